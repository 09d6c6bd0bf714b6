"""The corridors (七廊) and the belt (一带) of the security pattern. See docs/decisions/0081."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import derived_grid as dg
import geopandas as gpd
import numpy as np
import shapely
import vector
from fetch import Say

#: Half the width of a corridor: the distance of 晋环发〔2022〕3号 ch. 3 §1 along these rivers.
HALF_WIDTH_M = 1000.0
SEVEN = {
    "汾河": "Fen", "桑干河": "Sanggan", "滹沱河": "Hutuo", "漳河": "Zhang", "沁河": "Qin",
    "涑水河": "Sushui", "大清河": "Daqing (Tang and Sha)",
}  # fmt: skip
#: Terrain of less relief than this within 5 x 5 cells is valley floor or terrace, not hills.
HILLS_M = 60.0
SAND_CITIES = ("大同市", "朔州市")
TOLERANCE_M = 900.0


def corridor(lines: Any, half_width_m: float, cover: Any) -> Any:
    """Return the band around lines (degrees), inside a cover, true to scale at their latitude."""
    plane = shapely.transform(shapely.union_all(lines), _true_scale(lines))
    band = shapely.simplify(shapely.buffer(plane, half_width_m, quad_segs=4), 40.0)
    degrees = shapely.transform(band, _true_scale(lines, inverse=True))
    return dg.clip(degrees, cover)


def _true_scale(lines: Any, inverse: bool = False) -> Any:
    """Return the change to and from metres, true at the middle latitude of the lines."""
    bounds = shapely.total_bounds(lines)
    lat = np.radians((bounds[1] + bounds[3]) / 2.0)
    scale = np.array([np.cos(lat), 1.0]) * vector.METRES_PER_DEGREE
    return (lambda xy: np.round(xy / scale, 7)) if inverse else (lambda xy: xy * scale)


def corridors(_cache: Path, out: Path, say: Say) -> None:
    """Write ecological_corridors.fgb: one zone a river."""
    root = dg.data_root(out)
    rivers = gpd.read_file(root / "boundaries" / "rivers.fgb")
    rivers = rivers[rivers.main_stem].sort_values("name")
    cover = dg.province(root)
    rows = []
    for name, name_en in SEVEN.items():
        say(name)
        part = rivers[rivers.river == name]
        rows.append(
            {
                "name": name, "name_en": f"{name_en} corridor",
                "stretches": "、".join(part.name), "half_width_m": HALF_WIDTH_M,
                "accuracy_m": float(part.accuracy_m.max()),
                "geometry": corridor(np.asarray(part.geometry.array), HALF_WIDTH_M, cover),
            }
        )  # fmt: skip
    dg.write(rows, out)


def belt(_cache: Path, out: Path, say: Say) -> None:
    """Write ecological_belt.fgb: the soil-loss part along the Yellow River, and the sand part."""
    root = dg.data_root(out)
    say("belt")
    grid, cover = dg.cells(root), dg.province(root)
    counties = gpd.read_file(root / "boundaries" / "counties.fgb")
    along = shapely.coverage_union_all(counties.geometry[counties.yanhuang_19].values)
    sand = shapely.coverage_union_all(counties.geometry[counties.city.isin(SAND_CITIES)].values)
    hills = grid.under([along], touched=True) & (dg.window_range(grid.height, 2) >= HILLS_M)
    drawn = dg.polygons(hills.astype(np.int32), grid.transform, TOLERANCE_M)[1]
    drawn = shapely.MultiPolygon([p for p in shapely.get_parts(drawn) if vector.area_km2(p) >= 5.0])
    rows = [
        {
            "name": "沿黄水土流失治理带", "name_en": "Soil-loss belt along the Yellow River",
            "evidence": "derived", "accuracy_m": 1000.0,
            "basis": "19 counties along the Yellow River, terrain with 60 m relief or more",
            "geometry": dg.clip(shapely.intersection(drawn, along), cover),
        },
        {
            "name": "京津风沙源治理带", "name_en": "Beijing-Tianjin sand-source belt",
            "evidence": "schematic", "accuracy_m": 20000.0,
            "basis": "大同 and 朔州, whole; the counties of the programme are not in our sources",
            "geometry": dg.clip(sand, cover),
        },
    ]  # fmt: skip
    dg.write(rows, out)
