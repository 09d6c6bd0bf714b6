"""What is to be reviewed: files, frames or single shapes, read and checked in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import shapely

from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.base.progress import Progress
from zoning.messages import Text, message
from zoning.read import (
    Reading,
    ReadOptions,
    heeded,
    limits,
    read_frame,
    read_vector,
    rest,
    sources,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry


class HasGeometry(Protocol):
    """A GeoDataFrame or a shapely geometry, told by the interface that both have."""

    @property
    def __geo_interface__(self) -> Any: ...


#: What a user may hand in for review: a path, several, a frame, or one shape.
Sites: TypeAlias = str | Path | Sequence[str | Path] | HasGeometry

#: How far beyond the sites a database is asked for zones, in degrees.
_MARGIN_DEG = 0.5


def read_sites(
    sites: Sites, options: ReadOptions, attributes: Mapping[str, Any] | None, progress: Progress
) -> tuple[Reading, ...]:
    """Read whatever was handed in, or raise what is wrong with all that cannot be read.

    Parameters
    ----------
    sites : path, sequence of paths, GeoDataFrame or shapely geometry
        A geometry without a CRS of its own is in ``options.crs``.
    options : ReadOptions
    attributes : mapping, optional
        What a single geometry is: ``{"industry": "2521", "nature": "new"}``.
    progress : callable

    Raises
    ------
    SourceError
        With the faults of every file at once; ``site-too-large`` before minutes of measuring.
    UsageError
        Attributes without a geometry, or nothing that can be read.
    """
    found = _read_any(sites, options, attributes, progress)
    readings = tuple(heeded(reading, options) for reading in found)
    beyond = [
        fault
        for reading in readings
        for fault in too_large(
            reading.table.geometry, reading.table.index.tolist(), reading.record.name
        )
    ]
    if beyond:
        raise SourceError(beyond)
    return readings


def too_large(shapes: Any, positions: Sequence[Any], name: str) -> Iterator[Problem]:
    """Yield a fault for each site of more vertices or rings than are measured in about a minute.

    Parameters
    ----------
    shapes : array of shapely geometries
    positions : sequence
        Where each of them stands in its file.
    name : str
        The file.
    """
    vertices = shapely.get_num_coordinates(shapes)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings = np.bincount(owner, shapely.get_num_interior_rings(parts) + 1, len(shapes)).astype(int)
    most = limits.MAX_SITE_VERTICES, limits.MAX_SITE_RINGS
    for row in np.flatnonzero((vertices > most[0]) | (rings > most[1])).tolist():
        yield problem(
            "site-too-large",
            file=name,
            feature=str(positions[row]),
            vertices=f"{vertices[row]:,}",
            rings=f"{rings[row]:,}",
            most_vertices=f"{most[0]:,}",
            most_rings=f"{most[1]:,}",
        )


def _read_any(
    sites: Sites, options: ReadOptions, attributes: Mapping[str, Any] | None, progress: Progress
) -> tuple[Reading, ...]:
    if isinstance(sites, shapely.Geometry):
        return (read_frame(_one(sites, attributes), options, name="geometry"),)
    if attributes is not None:
        raise UsageError(problem("attributes-without-geometry"))
    if isinstance(sites, str | Path | Sequence) and not isinstance(sites, bytes):
        readings = tuple(read_files(sites, options, progress))
        if not readings:
            # A review of nothing would find nothing, and so read as one that conforms.
            raise UsageError(problem("sites-none"))
        return readings
    if not hasattr(sites, "geometry") or not hasattr(sites, "columns"):
        raise UsageError(problem("sites-unknown", kind=type(sites).__name__))
    return (read_frame(sites, options, name="GeoDataFrame"),)


def _one(shape: BaseGeometry, attributes: Mapping[str, Any] | None) -> GeoDataFrame:
    from geopandas import GeoDataFrame

    return GeoDataFrame([dict(attributes or {})], geometry=[shape])


def read_files(
    files: str | Path | Sequence[str | Path], options: ReadOptions, progress: Progress
) -> list[Reading]:
    """Read every file, or raise what is wrong with all those that cannot be read."""
    paths = [files] if isinstance(files, str | Path) else list(files)
    readings: list[Reading] = []
    problems: list[Problem] = []
    for done, path in enumerate(paths):
        # Of a database's address only the name that hides the password may be shown.
        shown = path if sources.is_file(path) else str(path).partition("://")[0]
        progress(message("run.reading", path=shown), done, len(paths))
        try:
            readings.extend(_read(path, options))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)
    return readings


def _read(path: str | Path, options: ReadOptions) -> Iterator[Reading]:
    """Yield the reading of a file, or those of all data sets in a folder."""
    if not sources.is_folder(path):
        yield read_vector(path, options)
        return
    found = sources.folder(Path(path))
    readings: list[Reading] = []
    problems: list[Problem] = []
    for source in found.sources:
        try:
            readings.append(read_vector(source, options))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)
    # The account of the folder goes with its first data set.
    first = readings[0].record
    boxes = np.concatenate([shapely.bounds(r.table.geometry) for r in readings])
    account = found.ledger + rest.ledger(found.beside, boxes)
    record = replace(
        first,
        ledger=account + first.ledger,
        unread=(*first.unread, *account.unread),
        notices=(*first.notices, *account.unread),
        accepted=options.accept_left_out or first.accepted if account.unread else first.accepted,
    )
    readings[0] = replace(readings[0], record=record)
    yield from readings


def features(
    readings: Sequence[Reading],
) -> Iterator[tuple[int, Any, Mapping[str, Any]]]:
    """Every feature in file order, the broken ones with no geometry."""
    for reading in readings:
        index = reading.table.index.tolist()
        rows = dict(zip(index, reading.table.rows(), strict=True))
        shapes = dict(zip(index, reading.table.geometry, strict=True))
        for position in sorted({*rows, *reading.failed}):
            raw = rows.get(position, reading.failed_attributes.get(position, {}))
            yield position, shapes.get(position), raw


def speak(
    features: Sequence[tuple[int, Any, Mapping[str, Any]]],
    speaking: Callable[[tuple[Any, ...]], object],
) -> bool:
    """Tell whether any feature has a column that says something of a kind.

    Parameters
    ----------
    features : sequence
        As :func:`features` yields them.
    speaking : callable
        Returns the columns of some that say something of that kind.
    """
    # Most features of a file have the same columns.
    return any(map(speaking, {tuple(raw) for _, _, raw in features}))


def surroundings(readings: Sequence[Reading]) -> tuple[float, float, float, float] | None:
    """Return the bounds (degrees) outside which a database need not answer; None without sites."""
    bounds = np.array([shapely.total_bounds(r.table.geometry) for r in readings if len(r.table)])
    if not len(bounds):
        return None
    west, south = bounds[:, :2].min(axis=0) - _MARGIN_DEG
    east, north = bounds[:, 2:].max(axis=0) + _MARGIN_DEG
    return float(west), float(south), float(east), float(north)


def repairs(readings: Sequence[Reading]) -> tuple[Text, ...]:
    """Name every geometry whose repair changed its area, with the area before and after."""
    return tuple(
        message(
            "run.feature-geometry-repaired-area",
            name=reading.record.name,
            feature_=r.feature,
            method=r.method,
            area_before_m2=r.area_before_m2,
            area_after_m2=r.area_after_m2,
        )
        for reading in readings
        for r in reading.repairs
        if not r.kept_area
    )
