"""The sites of examples/county, one for each way a review can end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from pyproj import Transformer

PLANE, DEGREES = "EPSG:4549", "EPSG:4490"
BASE = {"数据": "示例数据，虚构", "建设性质": "新建"}
#: Id, name, lower left corner in degrees, size in metres, and what the applicant states.
SITES: tuple[tuple[str, str, tuple[float, float], tuple[float, float], dict[str, Any]], ...] = (
    ("H01", "霍山采石场(虚构)", (111.845, 36.385), (300, 250), {"行业代码": "1011"}),
    ("H02", "汾河西岸物流园(虚构)", (111.640, 36.330), (260, 180), {"行业代码": "5990"}),
    ("H03", "虚构光伏电站", (111.46, 36.20), (300, 200), {"行业代码": "4416"}),
    ("H04", "赵城卫生院扩建(虚构)", (111.690, 36.402), (80, 60), {"行业代码": "8423"}),
    ("H05", "县城幼儿园(虚构)", (111.672, 36.250), (90, 70), {"行业代码": "8310"}),
)


def write_sites(folder: Path) -> None:
    """Write the sites as one GeoJSON, and the quarry as the boundary points of its surveyor."""
    folder.mkdir(parents=True, exist_ok=True)
    move = Transformer.from_crs(DEGREES, PLANE, always_xy=True)
    rows, shapes = [], []
    for key, name, corner, (width, height), stated in SITES:
        x, y = (round(v) for v in move.transform(*corner))
        shapes.append(shapely.box(x, y, x + width, y + height))
        rows.append({"id": key, "name": name, **BASE, **stated})
    sites = gpd.GeoDataFrame(rows, geometry=shapes, crs=PLANE).to_crs(DEGREES)
    sites.to_file(folder / "拟建项目.geojson", driver="GeoJSON", engine="pyogrio")
