"""Control units: priority, key and general, as 晋政发〔2020〕26号 defines them, as a partition.

Priority units hold the redline and what is ecologically important next to it, key units the
built-up areas and what is most suited to be built on, general units the rest. The shares are
calibrated to the only published ones, those of the five counties of Yangquan (2024-12-20);
elsewhere the scores at which Yangquan as a whole meets its shares are used.
See docs/decisions/0084.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

import derived_grid as dg
import derived_scores
import derived_spaces as ds
import geopandas as gpd
import numpy as np
import vector
from derived_lists import find
from derived_terrain import without_small
from fetch import Say

TABLE = Path(__file__).resolve().parent / "tables" / "unit_shares.csv"
CLASSES = {1: ("priority", "优先"), 2: ("key", "重点"), 3: ("general", "一般")}
YANGQUAN = "阳泉市"
TOLERANCE_M = 700.0
#: Key patches smaller than this are left to the unit around them, km2.
SMALL_KM2 = 4.0
ACCURACY_M = 5000.0


def top_share(score: dg.Floats, where: dg.Mask, area: dg.Floats, share: float) -> dg.Mask:
    """Return the best-scoring cells of a part that make up a share (0 to 1) of its area."""
    cells = np.flatnonzero(where.ravel())
    order = cells[np.argsort(-score.ravel()[cells], kind="stable")]
    grown = np.cumsum(area.ravel()[order])
    taken = order[grown <= share * grown[-1] + 0.5 * area.max()] if share > 0 else order[:0]
    out = np.zeros(score.shape, dtype=bool)
    out.ravel()[taken] = True
    return out


def shares(counties: gpd.GeoDataFrame) -> dict[str, tuple[float, float]]:
    """Return published shares of priority and key units by county code, and of 阳泉市."""
    out = {}
    with TABLE.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            whole = row["county"] == YANGQUAN
            code = YANGQUAN if whole else find(counties, row["county"])
            out[code] = (float(row["priority_pct"]) / 100.0, float(row["key_pct"]) / 100.0)
    return out


@lru_cache(maxsize=1)
def units(root: Path) -> dg.Ints:
    """Return the class of each cell: 1 priority, 2 key, 3 general; 0 outside."""
    grid, scores, drawn = dg.cells(root), derived_scores.scores(root), ds.lines(root)
    counties = gpd.read_file(root / "boundaries" / "counties.fgb")
    wanted = shares(counties)
    # the redline and the growth boundary come first, whatever their scores
    high = scores.ecology + 10.0 * (drawn == ds.LINES["redline"])
    build = scores.building + 10.0 * (drawn == ds.LINES["growth"])
    members = counties.adcode[counties.city == YANGQUAN].astype(int)
    city = np.isin(grid.county, members)
    part = wanted.pop(YANGQUAN)
    levels = []
    for score, share in zip((high, build), part, strict=True):
        levels.append(float(score[top_share(score, city, grid.area, share)].min()))
    out = np.full(grid.county.shape, 3, dtype=np.int32)
    out[without_small(grid.inside & (build >= levels[1]), grid.area, SMALL_KM2)] = 2
    out[(high >= levels[0]) & ((out != 2) | (high > 5.0))] = 1
    for code, (priority, key) in wanted.items():
        mine = grid.county == int(code)
        out[mine] = 3
        first = top_share(high, mine, grid.area, priority)
        rest = mine & ~first
        left = float(grid.area[rest].sum()) / float(grid.area[mine].sum())
        out[top_share(build, rest, grid.area, min(key / left, 1.0))] = 2
        out[first] = 1
    return np.where(grid.inside, out, 0).astype(np.int32)


def control_units(_cache: Path, out: Path, say: Say) -> None:
    """Write control_units.fgb: one zone per county and class."""
    root = dg.data_root(out)
    say("control units")
    grid = dg.cells(root)
    counties = gpd.read_file(root / "boundaries" / "counties.fgb").sort_values("adcode")
    stated = shares(counties)
    labels = ds.beyond(units(root), grid.inside)
    drawn = dg.polygons(labels, grid.transform, TOLERANCE_M)
    rows: list[dict[str, Any]] = []
    for county in counties.itertuples():
        parts = {c: dg.clip(drawn[c], county.geometry) for c in CLASSES}
        whole = sum(vector.area_km2(p) for p in parts.values() if not p.is_empty)
        known = stated.get(county.adcode)
        for number, (kind, kind_zh) in CLASSES.items():
            if parts[number].is_empty:
                continue
            area = vector.area_km2(parts[number])
            all_three = (*known, 1.0 - sum(known)) if known else (None,) * 3
            published = all_three[number - 1]
            rows.append(
                {
                    "unit_code": f"{county.adcode}-{number}",
                    "name": f"{county.name}{kind_zh}单元(推算)",
                    "unit_class": kind, "adcode": county.adcode, "county": county.name,
                    "city": county.city, "area_km2": round(area, 2),
                    "share_pct": round(100.0 * area / whole, 2),
                    "published_pct": None if published is None else round(100.0 * published, 2),
                    "accuracy_m": ACCURACY_M, "geometry": parts[number],
                }
            )  # fmt: skip
    dg.write(rows, out)
