"""The units side of the zonal engine: polygons in the raster's CRS, as edges in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.zonal.cells import polygon_areas
from zoning.zonal.grid import Grid

F8 = NDArray[np.float64]

#: A straight edge of the units' CRS may stray this far from its image in the raster's CRS, cells.
SAGITTA: Final = 1e-4
_MOST_VERTICES: Final = 20_000_000


@dataclass(frozen=True)
class Units:
    """Units ready for the engine.

    Attributes
    ----------
    ids : pandas.Index
        One identifier a unit; its name becomes the column's name.
    x, y : float64 arrays (v,)
        Vertices in columns and rows of the raster, ring after ring, unit after unit.
    owner : int32 array (v,)
        Unit of the edge from this vertex to the next; -1 at the last vertex of a ring.
    outside : float64 array (units,)
        m² of each unit that lie beyond the raster's edge.
    """

    ids: pd.Index
    x: F8
    y: F8
    owner: NDArray[np.int32]
    outside: F8

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.ids)


def prepare_units(units: gpd.GeoDataFrame, grid: Grid, id_column: str | None) -> Units:
    """Check the units, bring them into the raster's CRS and express them in cells.

    Parameters
    ----------
    units : geopandas.GeoDataFrame
        Polygons and multipolygons in any CRS; they may overlap.
    grid : Grid
    id_column : str, optional
        Column that names the units; the frame's index if None.

    Returns
    -------
    Units

    Raises
    ------
    SourceError
        No CRS; missing, empty, invalid or non-areal geometry; not representable in the raster's
        CRS. All faulty units are named at once.
    UsageError
        ``id_column`` is absent, or identifiers are missing or repeated.
    """
    ids = _ids(units, id_column)
    if units.crs is None:
        raise SourceError(_no_crs())
    geometries = np.asarray(units.geometry.values, dtype=object)
    _refuse(ids, _faults(geometries))
    geometries = to_raster_crs(shapely.force_2d(geometries), CRS(units.crs), grid)
    valid = shapely.is_valid(geometries)
    reasons = shapely.is_valid_reason(geometries[~valid])
    _refuse(ids, dict(zip(np.flatnonzero(~valid).tolist(), map(str, reasons), strict=True)))
    geometries = shapely.orient_polygons(geometries)
    x, y, owner = _edges(geometries, grid)
    return Units(ids, x, y, owner, _outside(ids, geometries, x, y, owner, grid))


def to_raster_crs(geometries: NDArray[Any], crs: CRS, grid: Grid) -> NDArray[Any]:
    """Return the polygons in the raster's CRS, densified so that their edges stay where they are.

    Between two geographic CRS only the vertices move: a datum shift bends nothing. Otherwise the
    edges are cut so finely that no chord strays more than ``SAGITTA`` cells from the curve.

    Raises
    ------
    SourceError
        The polygons reach where the raster's CRS is not defined.
    """
    if crs.equals(grid.crs, ignore_axis_order=True) or not len(geometries):
        return geometries
    move = Transformer.from_crs(crs, grid.crs, always_xy=True).transform
    if not (crs.is_geographic and grid.crs.is_geographic):
        for _ in range(4):
            step = _step(geometries, move, grid)
            if step is None:
                break
            geometries = shapely.segmentize(geometries, step)
    moved = shapely.transform(geometries, lambda points: np.column_stack(move(*points.T)))
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise SourceError(_not_representable(crs, grid))
    result: NDArray[Any] = moved
    return result


def _step(geometries: NDArray[Any], move: Any, grid: Grid) -> float | None:
    """Return the longest piece that keeps to ``SAGITTA``, or None if all edges already do."""
    _, x, y, last = _rings(geometries)
    from_x, from_y, to_x, to_y = x[~last], y[~last], np.roll(x, -1)[~last], np.roll(y, -1)[~last]
    ends = [np.array(move(*p)) for p in ((from_x, from_y), (to_x, to_y))]
    middle = np.array(move(0.5 * (from_x + to_x), 0.5 * (from_y + to_y)))
    cell = np.array([[abs(grid.affine[0])], [abs(grid.affine[4])]])
    if not np.isfinite([middle, *ends]).all():
        return None  # refused by the caller, once the vertices themselves are moved
    stray = np.hypot(*((middle - 0.5 * (ends[0] + ends[1])) / cell))
    if not (stray > SAGITTA).any():
        return None
    length = np.hypot(to_x - from_x, to_y - from_y)
    bent = stray > SAGITTA
    # The sagitta falls with the square of the length; a little less for the rest of the series.
    step = 0.95 * float(np.min(length[bent] * np.sqrt(SAGITTA / stray[bent])))
    if length.sum() / step > _MOST_VERTICES:
        raise SourceError(_too_coarse(grid))
    return step


def _rings(geometries: NDArray[Any]) -> tuple[NDArray[np.int64], F8, F8, NDArray[np.bool_]]:
    """Return unit, x, y of all vertices, and whether a vertex is the last of its ring."""
    _, points, offsets = shapely.to_ragged_array(geometries, include_z=False)
    ring_ends, ring_starts = offsets[0][1:], offsets[0]
    polygon_rings = offsets[1]
    geometry_polygons = offsets[2] if len(offsets) == 3 else np.arange(len(geometries) + 1)
    vertex_ends = ring_starts[polygon_rings[geometry_polygons]]
    unit = np.repeat(np.arange(len(geometries)), np.diff(vertex_ends))
    last = np.zeros(len(points), bool)
    last[ring_ends - 1] = True
    return unit, points[:, 0], points[:, 1], last


def _edges(geometries: NDArray[Any], grid: Grid) -> tuple[F8, F8, NDArray[np.int32]]:
    """Return vertices in cells, and the owner of each edge."""
    if not len(geometries):
        return np.zeros(0), np.zeros(0), np.zeros(0, np.int32)
    unit, x, y, last = _rings(geometries)
    a, _, c, _, e, f = grid.affine
    owner = np.where(last, -1, unit).astype(np.int32)
    return _to_cells(x, c, a), _to_cells(y, f, e), owner


def _to_cells(value: F8, origin: float, size: float) -> F8:
    """Return ``value`` in cells, put on a grid line where it cannot be told from it.

    A degree of longitude is known to 1e-14 and a second of arc is 3e-4 degrees: nearer than that
    a border drawn along the cells would leave slivers of 1e-10 cells in its neighbours.
    """
    cells = (value - origin) / size
    line = np.rint(cells)
    largest = max(float(np.abs(value).max(initial=0.0)), abs(origin))
    noise = min(8.0 * np.finfo(float).eps * largest / abs(size), 1e-6)
    return np.where(np.abs(cells - line) <= noise, line, cells)


def _outside(
    ids: pd.Index, geometries: NDArray[Any], x: F8, y: F8, owner: NDArray[np.int32], grid: Grid
) -> F8:
    """Return m² of each unit beyond the raster's edge (to about 1e-6 of themselves)."""
    result = np.zeros(len(geometries))
    beyond = (x < 0) | (x > grid.width) | (y < 0) | (y > grid.height)
    # The last vertex of a ring repeats the first, so edges' starts see every vertex.
    touched = np.unique(owner[beyond & (owner >= 0)])
    if not touched.size:
        return result
    rest = shapely.difference(geometries[touched], shapely.box(*grid.bounds))
    left, bottom, right, top = shapely.total_bounds(rest)
    areas = polygon_areas(rest, grid.crs, max(right - left, top - bottom) / 5000.0)
    reason = "reaches beyond the domain of the raster's projection"
    _refuse(ids, {int(u): reason for u in touched[np.isnan(areas)]})
    result[touched] = areas
    return result


def _ids(units: gpd.GeoDataFrame, id_column: str | None) -> pd.Index:
    """Return the identifiers of the units, each present once."""
    if id_column is not None and id_column not in units.columns:
        raise UsageError(_no_column(id_column, [str(c) for c in units.columns]))
    ids: pd.Index = units.index if id_column is None else pd.Index(units[id_column], name=id_column)
    if ids.name is None:
        ids = ids.rename("unit")
    twice = ids[ids.duplicated() | ids.isna()].unique().tolist()
    if twice:
        raise UsageError(_repeated(str(ids.name), twice))
    return ids


def _faults(geometries: NDArray[Any]) -> dict[int, str]:
    """Return what is wrong with each geometry that is not a polygon."""
    kinds = shapely.get_type_id(geometries)
    empty = shapely.is_empty(geometries)
    faults: dict[int, str] = {}
    for i, (kind, is_empty) in enumerate(zip(kinds, empty, strict=True)):
        if kind == -1:
            faults[i] = "no geometry"
        elif kind not in (3, 6):
            faults[i] = f"{shapely.GeometryType(kind).name.lower()}, not a polygon"
        elif is_empty:
            faults[i] = "empty geometry"
    return faults


def _refuse(ids: pd.Index, faults: dict[int, str]) -> None:
    """Raise one error that names every faulty unit, if there is any."""
    if faults:
        raise SourceError([_bad_geometry(ids[i], reason) for i, reason in sorted(faults.items())])


def _bad_geometry(identifier: Any, reason: str) -> Problem:
    return problem(
        "unit-geometry", feature=str(identifier), key="unit-geometry.bad-geometry", reason=reason
    )


def _no_crs() -> Problem:
    return problem("units-crs-missing")


def _not_representable(crs: CRS, grid: Grid) -> Problem:
    return problem("units-crs-mismatch", file=grid.name, name=crs.name, name2=grid.crs.name)


def _too_coarse(grid: Grid) -> Problem:
    return problem("units-crs-mismatch", file=grid.name, key="units-crs-mismatch.too-coarse")


def _no_column(column: str, columns: Sequence[str]) -> Problem:
    return problem("units-id-missing", field=column, column=column, columns=list(columns))


def _repeated(column: str, values: Sequence[Any]) -> Problem:
    shown = ", ".join(str(v) for v in values[:5])
    return problem("units-id-repeated", field=column, shown=shown)
