"""The sites of examples/county, one for each way a review can end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from pyproj import Transformer

from zoning.read.boundary_txt.write import write_boundary_txt

PLANE, DEGREES = "EPSG:4549", "EPSG:4490"
BASE = {"数据": "示例数据，虚构", "建设性质": "新建"}
#: What an applicant states who has read the questions.
DONE = {
    "准入清单": "允许",
    "协调性分析": "是",
    "地下水": "否",
    "锅炉蒸吨": 0,
    "涉气": "否",
    "可能污染地下水": "否",
    "采矿": "否",
    "新增煤炭消费": "否",
    "可能污染土壤": "否",
}
#: Id, name, lower left corner in degrees, size in metres, and what the applicant states.
SITES: tuple[tuple[str, str, tuple[float, float], tuple[float, float], dict[str, Any]], ...] = (
    ("H01", "霍山采石场(虚构)", (111.850, 36.360), (300, 250),
     {"行业代码": "1011", "有限人为活动": "都不是", "国家重大项目": "都不是"}),
    ("H02", "广胜寺镇供水井(虚构)", (111.775, 36.262), (40, 30),
     {"行业代码": "4610", **DONE, "地下水": "是", "临时用地": "否"}),
    ("H03", "虚构光伏电站", (111.489, 36.295), (150, 120), {"行业代码": "4416", **DONE}),
    ("H04", "虚构苗圃", (111.523, 36.329), (120, 100),
     {"行业代码": "0212", **DONE, "开垦": "否", "灌溉退水直排": "否"}),
    ("H05", "汾河西岸物流园(虚构)", (111.640, 36.330), (260, 180), {"行业代码": "5990"}),
)  # fmt: skip


def write_sites(folder: Path) -> None:
    """Write all sites as one GeoJSON, one of them alone, and one as boundary points."""
    folder.mkdir(parents=True, exist_ok=True)
    move = Transformer.from_crs(DEGREES, PLANE, always_xy=True)
    rows, shapes = [], []
    for key, name, corner, (width, height), stated in SITES:
        x, y = (round(v) for v in move.transform(*corner))
        shapes.append(shapely.box(x, y, x + width, y + height))
        rows.append({"id": key, "name": name, **BASE, **stated})
    sites = gpd.GeoDataFrame(rows, geometry=shapes, crs=PLANE).to_crs(DEGREES)
    sites.to_file(folder / "拟建项目.geojson", driver="GeoJSON", engine="pyogrio")
    alone = sites[sites["id"] == "H03"].dropna(axis=1)
    alone.to_file(folder / "光伏电站.geojson", driver="GeoJSON", engine="pyogrio")
    write_boundary_txt(
        sites[sites["id"] == "H01"], folder / "采石场.txt", zone=37, encoding="gb18030"
    )
