"""Polygons to cells and cells to polygons, on the grid of the raster layers.

A cell takes the zone that holds its centre (lines and points: every cell they touch), and a polygon
made of cells follows their edges. So the area of a class differs from that of its polygons by at
most half a cell along the boundary, and by far less where that is long; see :func:`half_cell`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.settings import CRS

if TYPE_CHECKING:
    from affine import Affine
    from geopandas import GeoDataFrame

#: The common grid: west and north edge and cell in degrees, rows and columns (decision 0086).
WEST, NORTH, CELL = 109.75, 41.0, 1.0 / 120.0
SHAPE: Final = (810, 630)
#: Number of classes that a continuous raster is cut into when it becomes polygons.
_CLASSES: Final = 10


@dataclass(frozen=True)
class Cells:
    """A raster in memory.

    Attributes
    ----------
    values : ndarray, shape (rows, columns)
    transform : affine.Affine
        Of the upper left corner, degrees.
    nodata : float or None
    classes : mapping of int to str
        Names of the codes of a class raster; empty for a quantity.
    scale : float
        What a stored value is multiplied by.
    unit : str
    below_cell : tuple of str
        Classes that held no cell's centre and were given the cell they lie in, if no other such
        class lies in it, too.
    area_not_kept : mapping of str to (float, float)
        Classes that cover over twice or under half of their zones' area, km²: in the zones and in
        the cells. Bands narrower than a cell do, where a line runs through the cells' centres.
    """

    values: NDArray[Any]
    transform: Affine
    nodata: float | None
    classes: Mapping[int, str] = field(default_factory=dict)
    scale: float = 1.0
    unit: str = ""
    below_cell: tuple[str, ...] = ()
    area_not_kept: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def grid_transform() -> Affine:
    """Return the affine transform of the common grid."""
    from affine import Affine

    return Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH)


def rasterise(frame: GeoDataFrame, names: list[str]) -> Cells:
    """Burn zones into the common grid: code 1 for the first name, and so on; 0 elsewhere.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        EPSG:4490; of zones that overlap the later one wins.
    names : list of str, length of frame
        Zones of one name share a code.
    """
    from rasterio.features import rasterize

    codes = {name: number for number, name in enumerate(dict.fromkeys(names), start=1)}
    shapes = np.asarray(frame.geometry.array, dtype=object)
    dtype = "uint8" if len(codes) < 256 else "uint16"
    pairs = [(shape, codes[name]) for shape, name in zip(shapes, names, strict=True)]
    flat = bool(len(shapes)) and bool(np.all(shapely.get_dimensions(shapes) == 2))
    values = (
        rasterize(
            pairs,
            out_shape=SHAPE,
            transform=grid_transform(),
            dtype=dtype,
            all_touched=not flat,
        )
        if pairs
        else np.zeros(SHAPE, dtype=dtype)
    )
    classes = {number: name for name, number in codes.items()}
    whose = [codes[name] for name in names]
    small = _keep_small(values, shapes, whose)
    cells = Cells(values, grid_transform(), 0.0, classes)
    return replace(
        cells,
        below_cell=tuple(classes[code] for code in small),
        area_not_kept=_area_not_kept(cells, shapes, whose) if flat else {},
    )


def _area_not_kept(
    cells: Cells, shapes: NDArray[Any], codes: Sequence[int]
) -> dict[str, tuple[float, float]]:
    """Return the classes whose cells cover over twice or under half of their zones, km²."""
    zones = np.bincount(codes, geodesy.areas(shapes) / 1e6)
    drawn = class_areas(cells)
    found = {}
    for code, name in cells.classes.items():
        zone, cell = float(zones[code]), drawn.get(code, 0.0) / 1e6
        if zone and not 0.5 <= cell / zone <= 2.0:
            found[name] = (zone, cell)
    return found


def _keep_small(
    values: NDArray[Any], shapes: NDArray[Any], codes: Sequence[int]
) -> tuple[int, ...]:
    """Give zones that hold no cell's centre the cell they lie in, and return their codes.

    Where two such zones share a cell, or one lies in the only cell of another, one is still lost;
    it is among the codes returned.
    """
    lost = sorted(set(codes) - set(np.unique(values).tolist()))
    whose = np.asarray(codes)
    for code in lost:
        inner = shapely.point_on_surface(shapes[whose == code])
        for x, y in shapely.get_coordinates(inner):
            row, column = int(np.floor((NORTH - y) / CELL)), int(np.floor((x - WEST) / CELL))
            if 0 <= row < SHAPE[0] and 0 <= column < SHAPE[1]:
                values[row, column] = code
    return tuple(sorted({*lost, *(set(codes) - set(np.unique(values).tolist()))}))


def vectorise(cells: Cells) -> GeoDataFrame:
    """Return one multipolygon a class, along the cells' edges, with its ellipsoidal area.

    A quantity is cut into about ten classes of equal width between its rounded extremes; each row
    then has ``low`` and ``high`` in its unit.
    """
    import geopandas
    import pandas as pd

    codes, table = (cells.values, None) if cells.classes else _cut(cells)
    shapes = _polygons(codes, cells, all_valid=table is not None)
    rows = pd.DataFrame({"value": list(shapes)})
    if table is None:
        rows["name"] = [cells.classes.get(code, str(code)) for code in shapes]
    else:
        rows["low"], rows["high"] = table[rows["value"] - 1], table[rows["value"]]
        rows["name"] = [f"{a:g}-{b:g}" for a, b in zip(rows["low"], rows["high"], strict=True)]
    geometry = list(shapes.values())
    rows["area_km2"] = np.round(geodesy.areas(geometry) / 1e6, 3)
    return geopandas.GeoDataFrame(rows, geometry=geometry, crs=CRS)


def _cut(cells: Cells) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return class numbers from 1 (0 where there is no value) and the class limits."""
    values = cells.values.astype(np.float64) * cells.scale
    valid = np.isfinite(values)
    if cells.nodata is not None:
        valid &= cells.values != cells.nodata
    low, high = float(values[valid].min()), float(values[valid].max())
    step = _round_up((high - low) / _CLASSES)
    limits = np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step
    if len(limits) < 2:
        limits = np.array([low, low + step])
    found = np.clip(np.digitize(values, limits), 1, len(limits) - 1)
    return np.where(valid, found, 0).astype(np.int32), limits


def _round_up(width: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below a width."""
    if width <= 0.0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(width))
    return float(next(power * n for n in (1.0, 2.0, 5.0, 10.0) if power * n >= width * (1 - 1e-9)))


def _polygons(codes: NDArray[Any], cells: Cells, *, all_valid: bool) -> dict[int, Any]:
    from rasterio.features import shapes

    nodata = 0.0 if all_valid else cells.nodata
    mask = np.ones(codes.shape, bool) if nodata is None else codes != nodata
    found: dict[int, list[Any]] = {}
    wide = codes if codes.dtype == np.uint8 else codes.astype(np.int32)
    for shape, value in shapes(wide, mask=mask, transform=cells.transform):
        rings = [shapely.linearrings(ring) for ring in shape["coordinates"]]
        found.setdefault(int(value), []).append(shapely.polygons(rings[0], rings[1:] or None))
    return {
        code: shapely.multipolygons(shapely.normalize(np.array(parts, dtype=object)))
        for code, parts in sorted(found.items())
    }


def class_areas(cells: Cells) -> dict[int, float]:
    """Return the ellipsoidal area of each code but nodata, m²."""
    rows = np.arange(cells.values.shape[0])
    top = cells.transform.f + rows * cells.transform.e
    west, east = cells.transform.c, cells.transform.c + cells.transform.a
    each = geodesy.areas([shapely.box(west, t + cells.transform.e, east, t) for t in top.tolist()])
    out = {}
    for code in np.unique(cells.values).tolist():
        if code != cells.nodata:
            out[int(code)] = float(((cells.values == code).sum(axis=1) * each).sum())
    return out


def half_cell(geometry: Any) -> float:
    """Return half a cell's diagonal times a boundary's length, m²: the most cells may err."""
    lat = float(shapely.get_y(shapely.centroid(geometry)))
    metres = 111_320.0 * CELL
    diagonal = float(np.hypot(metres, metres * np.cos(np.radians(lat))))
    return 0.5 * diagonal * float(geodesy.lengths(shapely.boundary(geometry))[0])
