"""Erosion zones of SL 190-2007: 西北黄土高原区 and 北方土石山区, by river basin.

The standard separates them by natural region; of Shanxi it is said (from memory, unverified) that
the Yellow River's side with the Fen belongs to the loess plateau, and Taihang, Wutai and Heng with
the rivers to the Hai to the northern rocky mountains. The basins are drawn on the elevation model;
the Qin and Dan, which reach the Yellow River through the Taihang, count with the mountains.
The national soil-conservation zoning goes by counties, and as remembered differs in ten of them:
there the zone is cut at the county lines and marked as disputed. See docs/decisions/0085.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

import derived_grid as dg
import geopandas as gpd
import numpy as np
import pyflwdir
import shapely
from derived_lists import TABLES, find
from fetch import Say

LOESS, ROCKY = 1, 2
NAMES = {
    LOESS: ("西北黄土高原区", "North-western loess plateau", 1000.0),
    ROCKY: ("北方土石山区", "Northern rocky mountains", 200.0),
}
BURN_M = 300.0
TOLERANCE_M = 900.0
#: What a disputed part rests on.
BASIS = "全国水土保持区划(试行,办水保〔2012〕512号)的县级分区,出自记忆"
#: Basins of other rivers smaller than this inside a zone are dropped: plains where D8 errs.
SMALL_KM2 = 400.0


def _pour(grid: dg.Cells, drained: Any, lines: Any) -> int:
    """Return the cell under or beside lines that drains the most."""
    under = np.flatnonzero(grid.under(lines, touched=True).ravel())
    return int(under[np.argmax(drained.ravel()[under])])


def _outlet(below: Any, cell: int) -> int:
    """Return the cell at which the water of a cell leaves the window."""
    while below[cell] not in (cell, -1):
        cell = int(below[cell])
    return cell


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
    # The 苍头河 meets the Yellow River in Inner Mongolia, upstream of the stretch in rivers.fgb; on
    # the model its water leaves the window where the Yellow River comes in.
    cangtou = _pour(grid, drained, rivers[rivers.name == "苍头河"].geometry)
    pours = [_pour(grid, drained, yellow.geometry), _outlet(flow.idxs_ds, cangtou)]
    loess = flow.basins(np.array(pours)) > 0
    for name in ("沁河", "丹河"):
        pour = _pour(grid, drained, rivers[rivers.name == name].geometry)
        loess &= flow.basins(np.array([pour])) == 0
    loess = without_small(loess, grid.area, SMALL_KM2)
    return np.where(loess, LOESS, ROCKY).astype(np.int32)


def disputed(root: Path) -> dict[str, tuple[Any, list[str]]]:
    """Return zone name -> area and names of the counties for which the table gives that zone."""
    counties = gpd.read_file(root / "boundaries" / "counties.fgb").set_index("adcode")
    found: dict[str, list[str]] = {}
    with (TABLES / "erosion_disputed.csv").open(encoding="utf-8") as handle:
        for entry in csv.DictReader(handle):
            code = find(counties.reset_index(), entry["county"])
            found.setdefault(entry["alternative"], []).append(code)
    return {
        zone: (
            shapely.union_all(counties.geometry[codes].values),
            list((counties["city"] + counties["name"])[codes]),
        )
        for zone, codes in found.items()
    }


def split(shape: Any, name: str, other: dict[str, tuple[Any, list[str]]]) -> list[dict[str, Any]]:
    """Return the undisputed rest of a zone, and its parts that the county table gives another."""
    rest, parts = shape, []
    for zone, (area, counties) in other.items():
        if zone == name:
            continue
        part = shapely.intersection(shape, area)
        rest = shapely.difference(rest, area)
        parts.append(
            {
                "disputed": True, "alternative": zone, "counties": "、".join(counties),
                "evidence": "schematic", "geometry": part,
            }
        )  # fmt: skip
    sure = {
        "disputed": False, "alternative": name, "counties": None, "evidence": "derived",
        "geometry": rest,
    }  # fmt: skip
    return [row for row in (sure, *parts) if not row["geometry"].is_empty]


def erosion_zones(_cache: Path, out: Path, say: Say) -> None:
    """Write erosion_zones.fgb: two zones that partition the province, disputed parts apart."""
    root = dg.data_root(out)
    say("erosion zones")
    grid = dg.cells(root)
    drawn, cover = dg.polygons(zones(root), grid.transform, TOLERANCE_M), dg.province(root)
    tolerable = {name: loss for name, _, loss in NAMES.values()}
    other, rows = disputed(root), []
    for code, (name, name_en, _) in NAMES.items():
        for part in split(drawn[code], name, other):
            rows.append(
                {
                    "name": name, "name_en": name_en, "tolerable_t_km2a": tolerable[name],
                    "disputed": part["disputed"], "alternative": part["alternative"],
                    "alternative_t_km2a": tolerable[part["alternative"]],
                    "counties": part["counties"], "evidence": part["evidence"],
                    "basis": BASIS if part["disputed"] else None,
                    "geometry": dg.clip(part["geometry"], cover),
                }
            )  # fmt: skip
    dg.write(rows, out)
