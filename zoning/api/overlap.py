"""overlap_areas: how much of each site lies in each zone, without drawing the overlaps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from zoning.api.layers import load_layer
from zoning.base.errors import SourceError, UsageError, problem
from zoning.measure.kernel import EdgeIndex, overlaps
from zoning.read import Reading, ReadOptions, read_frame, read_vector

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    #: A file, the id of a layer, a frame, or an index built before.
    Shapes: TypeAlias = str | Path | GeoDataFrame | EdgeIndex


class _Side(NamedTuple):
    """An index, what its geometries are called, and how many were repaired."""

    edges: EdgeIndex
    names: NDArray[Any]
    repaired: int


def overlap_areas(
    sites: Shapes,
    zones: Shapes,
    *,
    options: ReadOptions | None = None,
    zone_options: ReadOptions | None = None,
    workspace: str | Path | None = None,
    workers: int | None = None,
) -> DataFrame:
    """Measure what sites and zones share, pair by pair.

    No overlap is drawn: the area is a sum over pairs of edges (decision 0120), which takes a small
    part of the time of ``geopandas.overlay`` and the same figures to 1e-8.

    Parameters
    ----------
    sites, zones : path, str, GeoDataFrame or EdgeIndex
        A file, the id of a layer of the catalogue, a frame, or an index over valid geometries in
        EPSG:4490 that was built before.
    options, zone_options : ReadOptions, optional
        What the sites and the zones do not say of themselves; ``repair`` accepts any repair.
    workspace : path, optional
        A ``zoning.toml``; its official sources replace the embedded layers.
    workers : int, optional
        Threads; by default as many as processors. No figure depends on it.

    Returns
    -------
    DataFrame
        A row for each site and zone that overlap, ordered by both: ``site`` and ``zone`` (the index
        of a frame, the position in a file or an index), ``area_m2`` (of polygons, ellipsoidal on
        CGCS2000) and, where there are lines, ``length_m`` (geodesic). A point within a polygon has
        neither. Touching is not overlapping, and zones that overlap each other each count.
        ``attrs["repaired"]`` tells how many sites and zones were repaired first.

    Raises
    ------
    ZoningError
        A source that cannot be read, or features of it that cannot be used: all at once. An invalid
        polygon is repaired or refused, never measured.
    MissingExtraError
        numba is not installed (extra ``stats``).
    """
    from pandas import DataFrame

    left = _side(sites, options, workspace, workers)
    right = _side(zones, zone_options, workspace, workers)
    if not (bool(left.edges.degrees) and bool(right.edges.degrees)):
        raise UsageError(problem("index-plane"))
    pairs = overlaps(left.edges, right.edges, workers=workers)
    frame = DataFrame(
        {
            "site": left.names[pairs.left],
            "zone": right.names[pairs.right],
            "area_m2": pairs.area,
        }
    )
    if (left.edges.dimension == 1).any() or (right.edges.dimension == 1).any():
        frame["length_m"] = pairs.length
    frame.attrs["repaired"] = {"sites": left.repaired, "zones": right.repaired}
    return frame


def _side(
    shapes: Shapes, options: ReadOptions | None, workspace: str | Path | None, workers: int | None
) -> _Side:
    """Read and check one side; an index was checked before."""
    if isinstance(shapes, EdgeIndex):
        return _Side(shapes, np.arange(len(shapes)), 0)
    reading, names = _read(shapes, options, workspace)
    if reading.problems:
        raise SourceError(reading.problems)
    geometries = reading.table.geometry
    index = EdgeIndex.build(geometries, workers=workers)
    return _Side(index, names, len(reading.repairs))


def _read(
    shapes: str | Path | GeoDataFrame, options: ReadOptions | None, workspace: str | Path | None
) -> tuple[Reading, NDArray[Any]]:
    """Return checked features, and what each is called."""
    if not isinstance(shapes, str | Path):
        if not hasattr(shapes, "geometry") or not hasattr(shapes, "columns"):
            raise UsageError(problem("overlap-unknown", kind=type(shapes).__name__))
        return read_frame(shapes, options, name="GeoDataFrame"), shapes.index.to_numpy()
    if Path(shapes).suffix == "" and not Path(shapes).exists():
        zones = load_layer(str(shapes), workspace=workspace)
        if not hasattr(zones, "geometry"):
            raise UsageError(problem("overlap-raster", name=str(shapes)))
        return read_frame(zones, options, name=str(shapes)), zones.index.to_numpy()
    reading = read_vector(shapes, options)
    return reading, reading.table.index
