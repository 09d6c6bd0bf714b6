"""Erosion zones of SL 190-2007: 西北黄土高原区 and 北方土石山区, by river basin.

The standard separates them by natural region; of Shanxi it is said (from memory, unverified) that
the Yellow River's side with the Fen belongs to the loess plateau, and Taihang, Wutai and Heng with
the rivers to the Hai to the northern rocky mountains. The basins are drawn on the elevation model;
the Qin and Dan, which reach the Yellow River through the Taihang, count with the mountains.
See docs/decisions/0085.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import derived_grid as dg
import geopandas as gpd
import numpy as np
import pyflwdir
from fetch import Say

LOESS, ROCKY = 1, 2
NAMES = {
    LOESS: ("西北黄土高原区", "North-western loess plateau", 1000.0),
    ROCKY: ("北方土石山区", "Northern rocky mountains", 200.0),
}
BURN_M = 300.0
TOLERANCE_M = 900.0
#: Basins of other rivers smaller than this inside a zone are dropped: plains where D8 errs.
SMALL_KM2 = 400.0


def _pour(grid: dg.Cells, drained: Any, lines: Any) -> int:
    """Return the cell under or beside lines that drains the most."""
    under = np.flatnonzero(grid.under(lines, touched=True).ravel())
    return int(under[np.argmax(drained.ravel()[under])])


@lru_cache(maxsize=1)
def zones(root: Path) -> dg.Ints:
    """Return the erosion zone of each cell of the grid: 1 loess plateau, 2 rocky mountains."""
    from derived_terrain import without_small

    grid = dg.cells(root)
    rivers = gpd.read_file(root / "boundaries" / "rivers.fgb")
    burnt = np.where(grid.under(rivers.geometry, touched=True), grid.height - BURN_M, grid.height)
    flow = pyflwdir.from_dem(
        burnt.astype(np.float32), nodata=-32768, transform=grid.transform, latlon=True,
        outlets="edge",
    )  # fmt: skip
    drained = flow.upstream_area("km2")
    yellow = rivers[(rivers.river == "黄河") & rivers.main_stem]
    pours = [_pour(grid, drained, yellow.geometry)]
    pours += [_pour(grid, drained, rivers[rivers.name == n].geometry) for n in ("沁河", "丹河")]
    basin = [flow.basins(np.array([pour])) > 0 for pour in pours]
    loess = without_small(basin[0] & ~basin[1] & ~basin[2], grid.area, SMALL_KM2)
    return np.where(loess, LOESS, ROCKY).astype(np.int32)


def erosion_zones(_cache: Path, out: Path, say: Say) -> None:
    """Write erosion_zones.fgb: two zones that partition the province."""
    root = dg.data_root(out)
    say("erosion zones")
    grid = dg.cells(root)
    drawn, cover = dg.polygons(zones(root), grid.transform, TOLERANCE_M), dg.province(root)
    rows = [
        {
            "name": name, "name_en": name_en, "tolerable_t_km2a": tolerable,
            "geometry": dg.clip(drawn[code], cover),
        }
        for code, (name, name_en, tolerable) in NAMES.items()
    ]  # fmt: skip
    dg.write(rows, out)
