"""Two epochs laid over each other: rasters of one grid, or polygons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS as Crs  # noqa: N811 - the package's own CRS is a code
from pyproj import Transformer
from rasterio.features import shapes
from rasterio.windows import Window

from zoning.base import scratch
from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.base.geodesy import areas as polygon_areas
from zoning.base.progress import Progress, counter
from zoning.base.settings import CRS
from zoning.messages import message
from zoning.stats.change import OUTSIDE, Legend
from zoning.stats.fields import alike
from zoning.stats.patches import codes_of
from zoning.zonal import zonal_areas
from zoning.zonal.grid import Grid, open_grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_NO_DATA: Final = 65535
_ROWS: Final = 1024
_COLUMNS: Final = ("unit", "base", "current", "area_m2")
Laid = tuple[pd.DataFrame, pd.Series, "GeoDataFrame"]


def lay_rasters(
    base: Path,
    current: Path,
    units: GeoDataFrame,
    legend: Legend,
    progress: Progress,
    *,
    min_area_m2: float,
    threads: int | None = None,
) -> Laid:
    """Compare two rasters of classes.

    Returns
    -------
    pairs : DataFrame
        ``unit``, ``base``, ``current``, ``area_m2``.
    land : Series
        m² of each unit.
    pieces : GeoDataFrame
        Changed ground of ``min_area_m2`` or more, cut by the units.

    Raises
    ------
    SourceError
        The grids differ, or a class is not in the legend.
    """
    grids = open_grid(str(base), (1,)), open_grid(str(current), (1,))
    _require_same_grid(*grids)
    codes = sorted(legend.ranks)
    with scratch.folder() as folder:
        paired = folder / "pairs.tif"
        _write_pairs(grids, codes, paired)
        counted = counter(progress, message("epochs.measuring-change"))
        areas = zonal_areas(str(paired), units, id_column="unit", threads=threads, progress=counted)
        progress(message("epochs.outlining-changed-ground"), 0, 1)
        found = list(_outlines(paired, grids[0], codes))
    land = areas.drop_duplicates("unit").set_index("unit")["unit_area_m2"]
    data = areas[areas["class"].notna()]
    pair = data["class"].astype(np.int64).to_numpy()
    pairs = pd.DataFrame(
        {
            "unit": data["unit"].to_numpy(),
            "base": np.array(codes)[pair // len(codes)],
            "current": np.array(codes)[pair % len(codes)],
            "area_m2": data["area_m2"].to_numpy(float),
        }
    )
    return pairs, land, _cut_by_units(found, units, min_area_m2)


def lay_polygons(
    base: GeoDataFrame,
    current: GeoDataFrame,
    units: GeoDataFrame,
    *,
    min_area_m2: float,
) -> Laid:
    """Compare two layers of polygons with a column ``class`` (0 where there are no classes).

    Ground of one epoch alone gets the class ``OUTSIDE`` in the other.

    Raises
    ------
    SourceError
        Polygons of one epoch overlap each other: their areas would count twice.
    """
    for name, frame in (("BASE", base), ("CURRENT", current)):
        _require_no_overlap(name, frame, polygon_areas)
    pieces: list[tuple[Any, int, int]] = []
    covers = {"base": shapely.union_all(base.geometry), "now": shapely.union_all(current.geometry)}
    first, second = base.geometry.to_numpy(), current.geometry.to_numpy()
    tree = shapely.STRtree(second)
    for i, j in zip(*tree.query(first, predicate="intersects"), strict=True):
        part = shapely.intersection(first[i], second[j])
        pieces.append((part, int(base["class"].iloc[i]), int(current["class"].iloc[j])))
    for shape, code in zip(first, base["class"], strict=True):
        pieces.append((shapely.difference(shape, covers["now"]), int(code), OUTSIDE))
    for shape, code in zip(second, current["class"], strict=True):
        pieces.append((shapely.difference(shape, covers["base"]), OUTSIDE, int(code)))
    every = _cut_by_units(pieces, units, 0.0)
    pairs = every.groupby(["unit", "base", "current"], as_index=False)["area_m2"].sum()
    land = pd.Series(polygon_areas(units.geometry.to_numpy()), index=units["unit"])
    changed = every[(every["base"] != every["current"]) & (every["area_m2"] >= min_area_m2)]
    return pairs[list(_COLUMNS)], land, changed.reset_index(drop=True)


def _write_pairs(grids: tuple[Grid, Grid], codes: list[int], path: Path) -> None:
    """Write base × classes + current, one number a cell."""
    base = grids[0]
    index = [_indexer(codes, grid) for grid in grids]
    profile = {
        "driver": "GTiff",
        "width": base.width,
        "height": base.height,
        "count": 1,
        "dtype": "uint16",
        "nodata": _NO_DATA,
        "crs": base.crs.to_wkt(),
        "transform": Affine(*base.affine),
        "compress": "deflate",
        "zlevel": 1,
    }
    with (
        rasterio.open(grids[0].name) as one,
        rasterio.open(grids[1].name) as two,
        rasterio.open(path, "w", **profile) as out,
    ):
        for row in range(0, base.height, _ROWS):
            window = (row, min(row + _ROWS, base.height), 0, base.width)
            before, after = index[0](one, window), index[1](two, window)
            known = (before >= 0) & (after >= 0)
            pair = np.where(known, before * len(codes) + after, _NO_DATA).astype(np.uint16)
            out.write(pair, 1, window=Window(0, row, base.width, window[1] - row))


def _indexer(
    codes: list[int], grid: Grid
) -> Callable[[Any, tuple[int, int, int, int]], NDArray[np.int64]]:
    """Return a reader that gives the position of each cell's class, -1 without data."""
    known = np.array(codes)

    def read(dataset: Any, window: tuple[int, int, int, int]) -> NDArray[np.int64]:
        stored, mask = grid.read(dataset, window)[0]
        fine = np.broadcast_to(np.asarray(grid.is_data(0, stored, mask)), stored.shape)
        at = np.minimum(np.searchsorted(known, stored), known.size - 1)
        strange = np.unique(stored[fine & (known[at] != stored)])
        if strange.size:
            raise SourceError(_unknown(grid.name, strange[:8].tolist()))
        return np.where(fine, at, -1)

    return read


def _outlines(path: Path, grid: Grid, codes: list[int]) -> Iterator[tuple[Any, int, int]]:
    """Yield changed ground as polygons in EPSG:4490, with both classes."""
    with rasterio.open(path) as dataset:
        pairs = dataset.read(1)
    changed = (pairs != _NO_DATA) & (pairs // len(codes) != pairs % len(codes))
    if not changed.any():
        return
    move = None
    if not alike(grid.crs, Crs(CRS)):
        move = Transformer.from_crs(grid.crs, CRS, always_xy=True).transform
    # GDAL's polygonizer takes int32, not every unsigned type.
    outlines = shapes(pairs.astype(np.int32), mask=changed, transform=Affine(*grid.affine))
    for outline, pair in outlines:
        shape = shapely.geometry.shape(outline)
        if move is not None:
            shape = shapely.transform(shape, lambda xy: np.column_stack(move(*xy.T)))
        yield shape, codes[int(pair) // len(codes)], codes[int(pair) % len(codes)]


def _cut_by_units(
    pieces: list[tuple[Any, int, int]], units: GeoDataFrame, least: float
) -> GeoDataFrame:
    """Cut pieces by units; only their areal parts are kept."""
    shapes_ = np.array([p[0] for p in pieces] or [None], dtype=object)[: len(pieces)]
    polygons = units.geometry.to_numpy()
    which, unit = shapely.STRtree(polygons).query(shapes_, predicate="intersects")
    parts = shapely.intersection(shapes_[which], polygons[unit])
    area = polygon_areas(parts) if len(parts) else np.zeros(0)
    keep = np.flatnonzero((area > 0.0) & (area >= least))
    return geopandas.GeoDataFrame(
        {
            "unit": units["unit"].to_numpy()[unit[keep]],
            "base": np.array([pieces[which[i]][1] for i in keep], np.int64),
            "current": np.array([pieces[which[i]][2] for i in keep], np.int64),
            "area_m2": area[keep],
        },
        geometry=np.asarray(parts[keep], dtype=object),
        crs=CRS,
    )


def _require_same_grid(base: Grid, current: Grid) -> None:
    same = (
        (base.height, base.width) == (current.height, current.width)
        and alike(base.crs, current.crs)
        and np.allclose(base.affine, current.affine, rtol=0, atol=1e-6 * abs(base.affine[0]))
    )
    if same:
        return
    raise SourceError(
        problem(
            "grids-differ",
            file=current.name,
            width=base.width,
            height=base.height,
            width2=current.width,
            height2=current.height,
        )
    )


def _require_no_overlap(name: str, frame: GeoDataFrame, areas: Callable[[Any], Any]) -> None:
    shapes_ = frame.geometry.to_numpy()
    total = float(np.sum(areas(shapes_)))
    union = float(np.sum(areas(np.array([shapely.union_all(shapes_)], dtype=object))))
    if total - union <= 1e-6 * max(total, 1.0):
        return
    raise SourceError(problem("polygons-overlap", name=name, total=total - union))


def _unknown(name: str, codes: list[Any]) -> Problem:
    shown = ", ".join(f"{c:g}" for c in codes)
    return problem("legend-mismatch", file=name, shown=shown)


def classed(frame: GeoDataFrame, field: str | None, legend: Legend, name: str) -> GeoDataFrame:
    """Return polygons with their class codes in the column ``class``.

    Raises
    ------
    UsageError
        There is no such column, or it holds codes that are not in the legend.
    """
    if field is None:
        return frame.assign(**{"class": 0})
    if field not in frame:
        columns = [str(c) for c in frame.columns if c != "geometry"]
        raise UsageError(_no_field(field, columns, name))
    codes = _numbers(frame[field], legend)
    bad = frame[field][~codes.isin(list(legend.ranks))].unique()
    if len(bad):
        problem = _unknown(name, [])
        shown = ", ".join(map(str, bad[:8]))
        fault = message("epochs.classes-legend", shown=shown)
        raise UsageError(Problem(problem.code, fault, problem.cure, file=name, field=field))
    return frame.assign(**{"class": codes.astype(np.int64)})


def _numbers(values: pd.Series, legend: Legend) -> pd.Series:
    """Return class codes as numbers; codes of a land survey as they are delivered."""
    if legend.survey is None:
        return pd.to_numeric(values, errors="coerce")
    found = [legend.survey.of_code(code) for code in codes_of(values)]
    return pd.Series(found, index=values.index)


def _no_field(field: str, columns: list[str], name: str) -> Problem:
    return problem(
        "column-missing",
        file=name,
        field=field,
        key="column-missing.no-field",
        field_=field,
        columns=list(columns),
    )
