"""Grouped points -> plots with geometry and area; a plot that cannot be built is a problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from zoning.messages import Text, message
from zoning.read.boundary_txt import area as area_of
from zoning.read.boundary_txt.grouping import Draft
from zoning.read.boundary_txt.rings import Nested, NestingError, nest
from zoning.read.boundary_txt.scan import RawPlot
from zoning.read.boundary_txt.types import (
    Faults,
    Floats,
    Plot,
    Shape,
    StatedArea,
    excerpt,
)


@dataclass(frozen=True, slots=True)
class Rings:
    """All rings of a file, computed in one go; each attribute is in ring order.

    ``filled`` holds polygons (None for lines and points), ``plane`` and ``ellipsoid`` their areas,
    m², ``valid`` whether they are simple, ``placed`` whether they have a place on the ellipsoid;
    ``offsets`` where each ring begins in ``points``
    (easting first), and the end of the last.
    """

    points: Floats
    offsets: NDArray[np.int64]
    filled: NDArray[np.object_]
    valid: NDArray[np.bool_]
    placed: list[bool]
    plane: list[float]
    ellipsoid: list[float]


def build(
    drafts: list[Draft],
    x: Floats,
    y: Floats,
    to_lonlat: pyproj.Transformer,
    faults: Faults,
    warnings: Faults,
) -> Iterator[Plot]:
    """Yield the plots that can be built, in file order.

    Parameters
    ----------
    drafts : list of Draft
        Grouped plots; the list is emptied on the way, which keeps the peak of memory down.
    x, y : ndarray
        Northing and easting (or latitude and longitude) columns of the whole file.
    to_lonlat : pyproj.Transformer
        From the file's CRS, easting first, to CGCS2000 degrees.
    faults, warnings : Faults
        Where plots that fail, and doubts about plots that do not, are put.
    """
    if not drafts:
        return
    rings = _rings(drafts, x, y, to_lonlat)
    at = 0
    drafts.reverse()
    while drafts:
        draft = drafts.pop()
        span = slice(at, at + len(draft.starts))
        at = span.stop
        offsets = rings.offsets[span.start : at + 1]
        points = rings.points[offsets[0] : offsets[-1]]
        offsets = offsets - offsets[0]
        area = plane = 0.0
        if not all(rings.placed[span]):
            _fault(draft.raw, faults, *_NOWHERE)
            continue
        if draft.raw.shape == "polygon":
            nested = _polygon(draft, rings, span, faults, warnings)
            rings.filled[span] = None  # copied into the geometry, or not needed
            if nested is None:
                continue
            geometry, depth = nested.geometry, nested.depth
            area = area_of.total(rings.ellipsoid[span], depth)
            plane = area_of.total(rings.plane[span], depth)
        else:
            geometry = _simple(draft.raw.shape, points, offsets)
        plot = _plot(draft, points, offsets, geometry, area, plane, faults, warnings)
        if plot is not None:
            yield plot


def _rings(drafts: list[Draft], x: Floats, y: Floats, to_lonlat: pyproj.Transformer) -> Rings:
    """Compute geometry, validity and area of all rings of a file."""
    points, offsets = _gather(drafts, x, y)
    lon, lat = to_lonlat.transform(points[:, 0], points[:, 1])
    filled = _fill_rings(drafts, points, offsets)
    finite = np.isfinite(lon) & np.isfinite(lat)
    return Rings(
        points=points,
        offsets=offsets,
        filled=filled,
        valid=shapely.is_valid(filled),
        placed=np.logical_and.reduceat(finite, offsets[:-1]).tolist(),
        plane=shapely.area(filled).tolist(),
        ellipsoid=area_of.ellipsoidal(lon, lat, offsets.tolist()),
    )


def _gather(drafts: list[Draft], x: Floats, y: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return all rings' points, easting first, and where each ring begins among them."""
    starts = np.frombuffer(b"".join([d.starts for d in drafts]), np.int64)
    lengths = np.frombuffer(b"".join([d.stops for d in drafts]), np.int64) - starts
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    take = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
    shift = np.repeat([d.shift for d in drafts], [len(d.starts) for d in drafts])
    points = np.empty((len(take), 2))
    points[:, 0] = y[take] + np.repeat(shift, lengths)
    points[:, 1] = x[take]
    return points, offsets


def _fill_rings(
    drafts: list[Draft], points: Floats, offsets: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Return each polygon ring as a filled polygon, None for lines and points."""
    wanted = np.repeat(
        [d.raw.shape == "polygon" for d in drafts], [len(d.starts) for d in drafts]
    ).astype(bool)
    filled = np.full(len(wanted), None, object)
    lengths = np.diff(offsets)
    if wanted.any():
        index = np.repeat(np.arange(int(wanted.sum())), lengths[wanted])
        rings = shapely.linearrings(points[np.repeat(wanted, lengths)], indices=index)
        filled[wanted] = shapely.polygons(rings)
    return filled


def _polygon(
    draft: Draft, rings: Rings, span: slice, faults: Faults, warnings: Faults
) -> Nested | None:
    """Nest the rings of one plot; None, and a problem, if they have no even–odd reading."""
    raw, plane = draft.raw, rings.plane[span]
    if 0.0 in plane:
        key = excerpt(draft.keys[plane.index(0.0)], 12)
        _fault(
            raw,
            faults,
            "txt-ring-flat",
            message("plots.points-ring-lie-on", key_=key),
            message("plots.correct-ring-s-points"),
        )
        return None
    try:
        nested = nest(rings.filled[span], rings.valid[span])
    except (NestingError, shapely.errors.GEOSException) as error:
        _fault(raw, faults, *_NESTING.get(str(error), _NESTING["crossing"]))
        return None
    if not nested.valid:
        reason = excerpt(shapely.is_valid_reason(nested.geometry), 80)
        _fault(
            raw,
            warnings,
            "txt-ring-crosses-itself",
            message("plots.boundary-crosses-itself", reason=reason),
            message("plots.check-order-points-geometry"),
        )
    elif nested.repaired:
        _fault(
            raw,
            warnings,
            "txt-rings-share-edge",
            message("plots.rings-share-edge-they"),
            message("plots.nothing-do-look-at"),
        )
    return nested


_NOWHERE = (
    "txt-range",
    message("plots.coordinates-lie-outside-domain"),
    message("plots.choose-right-crs-crs"),
)
_NESTING: dict[str, tuple[str, Text, Text]] = {
    "crossing": (
        "txt-rings-cross",
        message("plots.rings-cross-one-another"),
        message("plots.correct-points-where-they"),
    ),
    "repeat": (
        "txt-ring-repeated",
        message("plots.same-ring-given-twice"),
        message("plots.delete-repeated-ring"),
    ),
    "depth": (
        "txt-rings-too-deep",
        message("plots.rings-nested-more-than"),
        message("plots.check-whether-file-damaged"),
    ),
}


def _simple(shape: Shape, points: Floats, offsets: NDArray[np.int64]) -> Any:
    """Return a (multi)line, or a (multi)point."""
    if shape == "line":
        lines = [shapely.linestrings(points[a:b]) for a, b in pairwise(offsets.tolist())]
        return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)
    spots = shapely.points(points)
    return spots[0] if len(spots) == 1 else shapely.multipoints(spots)


def _plot(
    draft: Draft,
    points: Floats,
    offsets: NDArray[np.int64],
    geometry: Any,
    area: float,
    plane: float,
    faults: Faults,
    warnings: Faults,
) -> Plot | None:
    """Hold area and point count against what the file states, and freeze the plot."""
    raw = draft.raw
    said = area_of.stated(raw.area, area, plane) if raw.shape == "polygon" else None
    if not _count_fits(draft, said, area, plane, faults, warnings):
        return None
    if said is None and raw.shape == "polygon":
        area_of.warn_unusable(raw.area, warnings, line=raw.line, plot=raw.label)
    if said is not None:
        area_of.warn(said, area, plane, warnings, line=raw.line, plot=raw.label)
    return Plot(
        number=raw.number,
        name=raw.name,
        map_sheet=raw.map_sheet,
        use=raw.use,
        land_class=raw.land_class,
        shape=raw.shape,
        points=points,
        ring_offsets=offsets,
        ring_numbers=tuple(draft.keys),
        ring_closed=bytes(draft.closed),
        geometry=geometry,
        area_m2=area,
        plane_area_m2=plane,
        stated_area=said,
        stated_points=raw.count,
        line=raw.line,
    )


def _count_fits(
    draft: Draft,
    said: StatedArea | None,
    area: float,
    plane: float,
    faults: Faults,
    warnings: Faults,
) -> bool:
    """Tell whether no point is missing: the count fits, or else the stated area does.

    Files count with or without closing points, whether or not these are written.
    """
    raw = draft.raw
    found = raw.stop - raw.start
    closed = sum(draft.closed)
    if raw.count in (None, found, found - closed, found + len(draft.closed) - closed):
        return True
    fault = message("plots.plot-line-says-points", count=raw.count, found=found)
    if said is not None and (area_of.agrees(said.m2, area) or area_of.agrees(said.m2, plane)):
        _fault(
            raw,
            warnings,
            "txt-count-disagrees",
            fault,
            message("plots.area-agrees-stated-one"),
            "界址点数",
        )
        return True
    _fault(
        raw,
        faults,
        "txt-points-missing",
        fault,
        message("plots.add-missing-points-correct"),
        "界址点数",
    )
    return False


def _fault(
    raw: RawPlot, faults: Faults, code: str, fault: Text, cure: Text, column: str = "X,Y"
) -> None:
    faults.add(code, fault, cure, line=raw.line, plot=raw.label, column=column)
