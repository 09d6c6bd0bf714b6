"""Two epochs laid over each other: rasters of one grid, or polygons."""

from __future__ import annotations

import itertools
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
from zoning.stats.change import Legend
from zoning.stats.fields import alike
from zoning.stats.patches import codes_of
from zoning.zonal import zonal_areas
from zoning.zonal.grid import Grid, open_grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_NO_DATA: Final = 65535
_ROWS: Final = 1024
#: Rows and columns of a block of the result.
_TILE: Final = 256
#: Cells of a window, some twenty bytes each.
_CELLS: Final = 2**22
#: Cells of a strip that is outlined at a time; a strip of the result's blocks at least.
_STRIP: Final = 2**24
#: Bytes of blocks that GDAL keeps.
_CACHE: Final = 64 * 2**20
#: Pieces of changed ground that are cut at a time, and that are kept: the largest. No area of any
#: figure depends on them.
_PIECES: Final = 20_000
MOST_PIECES: Final = 100_000
_COLUMNS: Final = ("unit", "base", "current", "area_m2")
#: A polygon of changed ground, and its pair of classes.
_Outline = tuple[Any, int]
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
        paired, changed = folder / "pairs.tif", folder / "changed.tif"
        _write_pairs(grids, codes, paired, changed)
        counted = counter(progress, message("epochs.measuring-change"))
        areas = zonal_areas(str(paired), units, id_column="unit", threads=threads, progress=counted)
        progress(message("epochs.outlining-changed-ground"), 0, 1)
        pieces = _largest(_outlines(paired, changed, grids[0], codes), units, min_area_m2)
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
    return pairs, land, pieces


def _write_pairs(grids: tuple[Grid, Grid], codes: list[int], path: Path, changed: Path) -> None:
    """Write base × classes + current, one number a cell, and a mask of the cells that changed.

    Both are written by windows of whole blocks; most of the mask is empty and takes no room.
    """
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
        "tiled": True,
        "blockxsize": _TILE,
        "blockysize": _TILE,
        "bigtiff": "if_safer",
        "sparse_ok": True,
    }
    with (
        rasterio.Env(GDAL_CACHEMAX=_CACHE),
        rasterio.open(grids[0].source) as one,
        rasterio.open(grids[1].source) as two,
        rasterio.open(path, "w", **profile) as out,
        rasterio.open(changed, "w", **{**profile, "nodata": 0, "dtype": "uint8"}) as mask,
    ):
        for window in _windows(*grids):
            before, after = index[0](one, window), index[1](two, window)
            known = (before >= 0) & (after >= 0)
            pair = np.where(known, before * len(codes) + after, _NO_DATA).astype(np.uint16)
            place = Window.from_slices(window[:2], window[2:])
            out.write(pair, 1, window=place)
            differs = known & (before != after)
            if differs.any():
                mask.write(differs.astype(np.uint8), 1, window=place)


def _indexer(
    codes: list[int], grid: Grid
) -> Callable[[Any, tuple[int, int, int, int]], NDArray[np.int32]]:
    """Return a reader that gives the position of each cell's class, -1 without data."""
    known = np.array(codes)
    table = np.full(2**16, -2, np.int32)
    small = (known >= 0) & (known < table.size)
    table[known[small]] = np.flatnonzero(small)

    def read(dataset: Any, window: tuple[int, int, int, int]) -> NDArray[np.int32]:
        stored, mask = grid.read(dataset, window)[0]
        fine = grid.is_data(0, stored, mask)
        if stored.dtype in (np.uint8, np.uint16):
            at: NDArray[np.int32] = table[stored]
        else:
            near = np.minimum(np.searchsorted(known, stored), known.size - 1)
            at = np.where(known[near] == stored, near, -2).astype(np.int32)
        if fine is not True:
            at[~fine] = -1
        if at.min(initial=0) == -2:
            strange = np.unique(stored[at == -2])
            raise SourceError(_unknown(grid.name, strange[:8].tolist()))
        return at

    return read


def _windows(*grids: Grid) -> Iterator[tuple[int, int, int, int]]:
    """Yield what is held at once: whole blocks of both rasters and of the result."""
    height, width = grids[0].height, grids[0].width
    blocks = [grid.block for grid in grids if grid.block[0] <= _ROWS]
    rows = max(_TILE, *(block[0] for block in blocks)) if blocks else _TILE
    # Rasters in lines are read line by line: a part of one costs as much as all of it.
    tiled = len(blocks) == len(grids) and all(block[1] < width for block in blocks)
    step = max(_TILE, *(block[1] for block in blocks)) if tiled else width
    cols = max(_CELLS // (step * rows), 1) * step
    if cols >= width:
        rows *= max(_CELLS // (width * rows), 1)
    for row in range(0, height, rows):
        for col in range(0, width, cols):
            yield row, min(row + rows, height), col, min(col + cols, width)


def _outlines(
    path: Path, changed: Path, grid: Grid, codes: list[int]
) -> Iterator[tuple[Any, int, int]]:
    """Yield changed ground as polygons in EPSG:4490, with both classes."""
    a, _, c, _, e, f = grid.affine
    move = None
    if not alike(grid.crs, Crs(CRS)):
        move = Transformer.from_crs(grid.crs, CRS, always_xy=True).transform

    def placed(cells: NDArray[np.float64]) -> NDArray[np.float64]:
        xy = np.column_stack([c + a * cells[:, 0], f + e * cells[:, 1]])
        return xy if move is None else np.column_stack(move(*xy.T))

    with (
        rasterio.Env(GDAL_CACHEMAX=_CACHE),
        rasterio.open(path) as pairs,
        rasterio.open(changed) as mask,
    ):
        for shape, pair in _outlined(pairs, mask):
            yield (
                shapely.transform(shape, placed),
                codes[pair // len(codes)],
                codes[pair % len(codes)],
            )


def _outlined(pairs: Any, mask: Any) -> Iterator[_Outline]:
    """Yield changed ground as polygons of columns and rows, strip by strip.

    GDAL keeps every polygon of what it is given until the last is closed, so it is given strips;
    what goes on beyond a strip waits for the next.
    """
    rows = max(_STRIP // (pairs.width * _TILE), 1) * _TILE
    waiting: list[_Outline] = []
    for top in range(0, pairs.height, rows):
        place = Window(0, top, pairs.width, min(rows, pairs.height - top))
        differs = mask.read(1, window=place)
        found = []
        if differs.any():
            drawn = shapes(
                pairs.read(1, window=place), differs, transform=Affine.translation(0, top)
            )
            found = [(shapely.geometry.shape(outline), int(pair)) for outline, pair in drawn]
        below = top + rows
        done, waiting = waiting, []
        for outline in _joined(done, found, top):
            on = below < pairs.height and shapely.bounds(outline[0])[3] == below
            if on:
                waiting.append(outline)
            else:
                yield outline
    yield from waiting


def _joined(above: list[_Outline], below: list[_Outline], seam: int) -> Iterator[_Outline]:
    """Yield polygons of two strips, those made one that have an edge on the seam in common."""
    at_seam: dict[int, list[Any]] = {}
    for shape, pair in above:
        at_seam.setdefault(pair, []).append(shape)
    alone = {pair: len(some) for pair, some in at_seam.items()}
    for shape, pair in below:
        if pair in at_seam and shapely.bounds(shape)[1] == seam:
            at_seam[pair].append(shape)
        else:
            yield shape, pair
    for pair, some in at_seam.items():
        made = some
        if len(some) > alone[pair]:
            # Columns and rows are whole numbers: the union is exact, and so is what it leaves out.
            made = shapely.simplify(shapely.get_parts(shapely.union_all(some)), 0.0).tolist()
        yield from ((shape, pair) for shape in made)


def _largest(
    outlines: Iterator[tuple[Any, int, int]], units: GeoDataFrame, least: float
) -> GeoDataFrame:
    """Cut changed ground by the units some thousand pieces at a time, and keep the largest."""
    kept = _cut_by_units([], units, least)
    while some := list(itertools.islice(outlines, _PIECES)):
        found = _cut_by_units(some, units, least)
        kept = found if kept.empty else pd.concat([kept, found], ignore_index=True)
        if len(kept) > 2 * MOST_PIECES:
            kept = _most(kept)
    return _most(kept)


def _most(pieces: GeoDataFrame) -> GeoDataFrame:
    """Return the largest pieces in their order; the first among equals."""
    if len(pieces) <= MOST_PIECES:
        return pieces
    order = np.argsort(-pieces["area_m2"].to_numpy(), kind="stable")[:MOST_PIECES]
    return pieces.iloc[np.sort(order)].reset_index(drop=True)


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
