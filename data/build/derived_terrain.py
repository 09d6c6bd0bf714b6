"""Mountain terrain, and the ranges and screens (三屏) it belongs to.

Mountain cells are those of the UNEP-WCMC definition (Kapos et al. 2000, classes 1-6 by elevation,
slope and relief within 7 km) that also rise 200 m or more within 5 x 5 cells, the limit between
hills and low mountains of Chinese geomorphological mapping; without it the loess hills count as
mountains. Each belongs to the nearest of ten axes within REACH_KM. See docs/decisions/0081.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import derived_grid as dg
import numpy as np
import shapely
from fetch import Say
from rasterio.features import rasterize
from scipy.ndimage import distance_transform_edt, label, maximum_filter, minimum_filter

TABLE = Path(__file__).resolve().parent / "tables" / "mountains.toml"
#: Relief within 7 km counts from this on; the 30" grid has 0.73 x 0.93 km cells here.
RELIEF_M, RELIEF_RADIUS_KM = 300.0, 7.0
#: Hills below, mountains from here on: height range in 5 x 5 cells (3.7 x 4.6 km).
LOW_MOUNTAIN_M = 200.0
#: Basins enclosed by mountains count as mountains below this size, lone hills do not count.
SMALL_KM2 = 25.0
REACH_KM = 45.0
TOLERANCE_M = 900.0
SCREENS = {
    "吕梁山": ("Lüliang screen", "水土保持"),
    "太行山": ("Taihang screen", "水源涵养"),
    "太岳山—中条山": ("Taiyue-Zhongtiao screen", "生物多样性保护"),
}


def relief_within(grid: dg.Cells, radius_km: float) -> dg.Floats:
    """Return the height range within an ellipse of cells of the given radius on the ground, m."""
    width, height = grid.step_m()
    down = round(radius_km * 1000.0 / height)
    right = round(radius_km * 1000.0 / float(np.median(width)))
    rows, columns = np.ogrid[-down : down + 1, -right : right + 1]
    foot = (rows / down) ** 2 + (columns / right) ** 2 <= 1.0
    high = maximum_filter(grid.height, footprint=foot, mode="nearest")
    return np.asarray(high - minimum_filter(grid.height, footprint=foot, mode="nearest"))


def kapos(height: dg.Floats, slope: dg.Floats, relief: dg.Floats) -> dg.Mask:
    """Return the cells in classes 1 to 6 of UNEP-WCMC: elevation (m), slope (degrees), relief."""
    steep = (height >= 1500) & (slope >= 2)
    middle = (height >= 1000) & (height < 1500) & ((slope >= 5) | (relief > RELIEF_M))
    low = (height >= 300) & (height < 1000) & (relief > RELIEF_M)
    return np.asarray((height >= 2500) | steep | middle | low)


def without_small(mask: dg.Mask, area: dg.Floats, smallest: float) -> dg.Mask:
    """Fill holes and drop patches of less than ``smallest`` km2 (neighbours by edge)."""
    out = mask.copy()
    for wanted in (False, True):
        parts, count = label(out == wanted)
        sizes = np.bincount(parts.ravel(), area.ravel(), count + 1)
        sizes[0] = np.inf
        out[sizes[parts] < smallest] = not wanted
    return out


@lru_cache(maxsize=1)
def mountains(root: Path = dg.DATA) -> dg.Mask:
    """Return the mountain cells of the whole grid."""
    grid = dg.cells(root)
    relief = relief_within(grid, RELIEF_RADIUS_KM)
    found = kapos(grid.height, dg.slope_degrees(grid), relief)
    return without_small(
        found & (dg.window_range(grid.height, 2) >= LOW_MOUNTAIN_M), grid.area, SMALL_KM2
    )


def nearest_axis(grid: dg.Cells, axes: list[Any], reach_km: float) -> dg.Ints:
    """Return the position (from 1) of the nearest axis of each cell; 0 beyond the reach."""
    numbered = [(axis, number) for number, axis in enumerate(axes, start=1)]
    burnt = rasterize(
        numbered, out_shape=grid.height.shape, transform=grid.transform, dtype="int32"
    )
    width, height = grid.step_m()
    away, where = distance_transform_edt(
        burnt == 0, sampling=(height, float(np.median(width))), return_indices=True
    )
    return np.where(away <= reach_km * 1000.0, burnt[where[0], where[1]], 0).astype(np.int32)


def _ranges() -> list[dict[str, Any]]:
    ranges: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["range"]
    return ranges


def _range_cells(root: Path) -> tuple[dg.Cells, dg.Ints]:
    grid = dg.cells(root)
    axes = [shapely.LineString(r["axis"]) for r in _ranges()]
    owner = nearest_axis(grid, axes, REACH_KM)
    touching = grid.under([dg.province(root)], touched=True)
    return grid, np.where(mountains(root) & touching, owner, 0).astype(np.int32)


def ranges(_cache: Path, out: Path, say: Say) -> None:
    """Write named_mountains.fgb: the mountain terrain of the ten named ranges."""
    root = dg.data_root(out)
    say("mountain terrain")
    grid, owner = _range_cells(root)
    drawn, cover = dg.polygons(owner, grid.transform, TOLERANCE_M), dg.province(root)
    rows = [
        {
            "name": spec["name"], "name_en": spec["name_en"], "screen": spec["screen"],
            "geometry": dg.clip(drawn[number], cover),
        }
        for number, spec in enumerate(_ranges(), start=1)
    ]  # fmt: skip
    dg.write(rows, out)


def screens(_cache: Path, out: Path, say: Say) -> None:
    """Write barrier_mountains.fgb: the three screens."""
    root = dg.data_root(out)
    say("three screens")
    grid, owner = _range_cells(root)
    names = list(SCREENS)
    of_range = np.array([0, *(names.index(r["screen"]) + 1 for r in _ranges())], dtype=np.int32)
    drawn, cover = dg.polygons(of_range[owner], grid.transform, TOLERANCE_M), dg.province(root)
    rows = [
        {
            "name": name, "name_en": SCREENS[name][0], "function": SCREENS[name][1],
            "ranges": "、".join(r["name"] for r in _ranges() if r["screen"] == name),
            "geometry": dg.clip(drawn[number], cover),
        }
        for number, name in enumerate(names, start=1)
    ]  # fmt: skip
    dg.write(rows, out)
