"""Make examples/county: a synthetic official data set of one real county, and sites to review.

    python data/build/example_county.py

Names of tables and columns, codes, encodings, coordinate systems and file kinds are those of the
data that offices deliver; every shape, name and number is invented from a seed and says so. Only
the county's outline, the Fen's course and the elevation are those of the embedded data.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT)]

from example_county_sites import write_sites  # noqa: E402
from example_county_workspace import write_workspace  # noqa: E402

from zoning.base.geodesy import areas  # noqa: E402

ADCODE, COUNTY = "141024", "洪洞县"
NOTE = "示例数据，虚构"
SEED = 141024
#: Metres about the county's own meridian; the FileGDB and the land-use survey carry its number.
PLANE, NUMBERED, DEGREES = "EPSG:4549", "EPSG:4525", "EPSG:4490"
STEP = 1_200.0
#: The county town, a second town and an industrial park: degrees, and radius in metres.
TOWNS = {
    "0701": [(111.675, 36.253, 2_600), (111.690, 36.400, 1_700)],
    "0601": [(111.635, 36.325, 1_900)],
}
SPRING = (111.800, 36.300)
LAND = {
    "0102": "水浇地", "0103": "旱地", "0201": "果园", "0201K": "可调整果园",
    "0301": "乔木林地", "0305": "灌木林地", "0307": "其他林地", "0404": "其他草地",
    "0508": "物流仓储用地", "0601": "工业用地", "0602": "采矿用地", "0701": "城镇住宅用地",
    "0702": "农村宅基地", "0810A": "广场用地", "08H2": "科教文卫用地", "1101": "河流水面",
    "1104A": "养殖坑塘",
}  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """The county in the plane, its cells with class and height, and the rivers through it."""

    county: shapely.Geometry
    cells: gpd.GeoDataFrame
    fen: shapely.Geometry
    brook: shapely.Geometry
    rng: np.random.Generator


def plane_point(lon: float, lat: float) -> shapely.Point:
    """Return a point of the plane."""
    move = Transformer.from_crs(DEGREES, PLANE, always_xy=True)
    return shapely.Point(move.transform(lon, lat))


def lattice(county: shapely.Geometry, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Cover the county with cells that share their corners: no gap, no overlap."""
    west, south, east, north = county.bounds
    xs, ys = np.arange(west - STEP, east + STEP, STEP), np.arange(south - STEP, north + STEP, STEP)
    corners = np.stack(np.meshgrid(xs, ys, indexing="ij"), axis=-1)
    corners = np.round(corners + rng.uniform(-0.22, 0.22, corners.shape) * STEP, 2)
    return [
        shapely.Polygon(
            [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]
        )
        for i in range(len(xs) - 1)
        for j in range(len(ys) - 1)
    ]


def heights(places: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return the embedded elevation at points, in metres."""
    with rasterio.open(ROOT / "data" / "rasters" / "grid_elevation.tif") as source:
        degrees = places.to_crs(source.crs)
        found = source.sample(list(zip(degrees.x, degrees.y, strict=True)))
        return np.array([value[0] for value in found], dtype=np.float64)


def land_class(place: shapely.Point, height: float, rng: np.random.Generator) -> str:
    """Choose the class of a cell by the towns, then by its height and by chance."""
    for code, circles in TOWNS.items():
        for lon, lat, radius in circles:
            if place.distance(plane_point(lon, lat)) < radius:
                return str(rng.choice([code, "0508", "08H2", "0810A"], p=[0.8, 0.1, 0.07, 0.03]))
    if height < 650:
        choice = {"0102": 0.7, "0103": 0.12, "0702": 0.09, "0201": 0.06, "1104A": 0.03}
    elif height < 950:
        choice = {"0103": 0.5, "0404": 0.2, "0305": 0.14, "0201K": 0.1, "0702": 0.04, "0602": 0.02}
    else:
        choice = {"0301": 0.62, "0305": 0.23, "0404": 0.1, "0307": 0.05}
    return str(rng.choice(list(choice), p=list(choice.values())))


def ground() -> Ground:
    """Return the county's invented land, the same every time."""
    rng = np.random.default_rng(SEED)
    read = {
        name: gpd.read_file(ROOT / "data" / "boundaries" / f"{name}.fgb").to_crs(PLANE)
        for name in ("counties", "rivers")
    }
    outline = read["counties"].set_index("adcode").geometry[ADCODE]
    county = shapely.set_precision(outline.simplify(60), 0.01)
    rivers = read["rivers"].clip(county.buffer(500))
    fen = rivers[rivers.name == "汾河"].union_all().simplify(40)
    brook = rivers[rivers.name == "洪安涧河"].union_all().simplify(40)
    cells = gpd.GeoDataFrame(geometry=lattice(county, rng), crs=PLANE)
    cells = cells[cells.intersects(county)].reset_index(drop=True)
    middles = cells.centroid
    cells["height"] = heights(middles)
    cells["DLBM"] = [land_class(m, h, rng) for m, h in zip(middles, cells["height"], strict=True)]
    water = fen.buffer(90, quad_segs=2).union(brook.buffer(25, quad_segs=2)).intersection(county)
    cells["geometry"] = cells.geometry.intersection(county).difference(water)
    river = gpd.GeoDataFrame({"DLBM": ["1101"], "height": [430.0]}, geometry=[water], crs=PLANE)
    cells = pd.concat([cells, river], ignore_index=True).explode(ignore_index=True)
    cells = cells[(cells.geom_type == "Polygon") & (cells.area > 400)].reset_index(drop=True)
    cells["geometry"] = shapely.set_precision(cells.geometry.to_numpy(), 0.001)
    return Ground(county, cells, fen, brook, rng)


def ellipsoidal(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return areas on the ellipsoid, in m² to two places."""
    return np.round(areas(frame.to_crs(DEGREES).geometry.to_numpy()), 2)


def rows(geometry: Any, crs: str = PLANE, **columns: Any) -> gpd.GeoDataFrame:
    """Return a table of which every row says that it is invented."""
    shapes = list(geometry)
    frame = gpd.GeoDataFrame(columns, geometry=shapes, index=range(len(shapes)), crs=crs)
    frame.insert(0, "BSM", [f"{ADCODE}{n:012}" for n in range(1, len(frame) + 1)])
    frame["BZ"] = NOTE
    return frame


def land_use(land: Ground) -> gpd.GeoDataFrame:
    """Return the land-use parcels of a 三调-like survey, with field ridges deducted."""
    cells = land.cells
    area = ellipsoidal(cells)
    sloping = cells["DLBM"].str.startswith("0103").to_numpy()
    share = np.where(sloping, 0.1, 0.0)
    ridge = np.round(area * share, 2)
    grade = np.where(cells["DLBM"].str.startswith("01"), np.where(sloping, "3", "1"), "")
    return rows(
        cells.geometry,
        YSDM="2001010100",
        TBBH=[str(n) for n in range(1, len(cells) + 1)],
        DLBM=cells["DLBM"].to_list(),
        DLMC=[LAND[code] for code in cells["DLBM"]],
        ZLDWDM=f"{ADCODE}000000",
        ZLDWMC=f"{COUNTY}(虚构)",
        TBMJ=area,
        KCDLBM=np.where(sloping, "1203", ""),
        KCXS=share,
        KCMJ=ridge,
        TBDLMJ=np.round(area - ridge, 2),
        GDPDJB=grade,
        SJNF=2024,
    )


def pieces(geometry: shapely.Geometry, least: float) -> list[shapely.Polygon]:
    """Return the polygons of a shape that are not small, in m²."""
    parts = shapely.get_parts(shapely.set_precision(geometry, 0.001))
    return [part for part in parts if part.geom_type == "Polygon" and part.area >= least]


def control_lines(land: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Return redline, permanent basic farmland and growth boundary."""
    cells = land.cells
    wild = cells[(cells["height"] > 1_000) & cells["DLBM"].str.startswith(("03", "04"))]
    # Cells of one mass meet at corners; a metre outward and back makes one shape of them.
    mass = wild.union_all().buffer(1, join_style="mitre").buffer(-1, join_style="mitre")
    redline = pieces(mass.intersection(land.county), 4e6)
    town = pieces(
        cells[cells["DLBM"].isin(["0701", "0601", "0508", "08H2", "0810A"])].union_all(), 0
    )
    farm = cells[cells["DLBM"].isin(["0101", "0102", "0103"])]
    farm = farm[land.rng.random(len(farm)) < 0.78]
    where = {"XZQDM": ADCODE, "XZQMC": COUNTY}
    out = {
        "STBHHX": rows(redline, HXMC="虚构生态保护红线", HXLX="生物多样性维护", **where),
        "YJJBNTTB": rows(farm.geometry, DLBM=farm["DLBM"].to_list(), **where),
        "CZKFBJ": rows(town, GHFQMC="城镇集中建设区", **where),
    }
    out["YJJBNTTB"]["YJJBNTTBBH"] = [f"P{n:05}" for n in range(len(farm))]
    out["STBHHX"]["HXMJ"] = ellipsoidal(out["STBHHX"])
    out["YJJBNTTB"]["YJJBNTMJ"] = ellipsoidal(out["YJJBNTTB"])
    out["CZKFBJ"]["MJ"] = ellipsoidal(out["CZKFBJ"])
    return out


def control_units(land: Ground, lines: dict[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Divide the county into priority, key and general units."""
    first = lines["STBHHX"].union_all().union(plane_point(*SPRING).buffer(1_500, quad_segs=4))
    first = first.intersection(land.county)
    second = lines["CZKFBJ"].union_all().difference(first)
    shapes = [first, second, land.county.difference(first.union(second))]
    kinds = ["优先保护单元", "重点管控单元", "一般管控单元"]
    return rows(
        shapes,
        HJGKDYBM=[f"ZH{ADCODE}{n}0001" for n in (1, 2, 3)],
        HJGKDYMC=[f"{COUNTY}虚构{kind}" for kind in kinds],
        GKDYFL=kinds,
        XZQDM=ADCODE,
        XZQMC=COUNTY,
    )


def rings(lon: float, lat: float, *radii: float) -> list[shapely.Geometry]:
    """Return nested zones about a place, each without the ones inside it."""
    circles = [plane_point(lon, lat).buffer(radius, quad_segs=6) for radius in radii]
    return [circles[0], *(b.difference(a) for a, b in pairwise(circles))]


def water(land: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Return spring basin, river ranges, river lines and drinking-water zones."""
    middle = plane_point(111.76, 36.3).x
    west, south, _, north = land.county.bounds
    east = land.county.difference(shapely.box(west, south, middle, north))
    inside = land.county.buffer(300)
    return {
        "QYBHFW": rows(pieces(east, 1e6)[:1], QYMC="霍泉", LX="泉域范围(虚构)"),
        "QYZDBHQ": rows(rings(*SPRING, 1_200), MC="霍泉泉域重点保护区(虚构)"),
        "HDGLFW": rows(
            [land.fen.buffer(260, quad_segs=2), land.brook.buffer(70, quad_segs=2)],
            MC=["汾河河道管理范围(虚构)", "洪安涧河河道管理范围(虚构)"],
            HLMC=["汾河", "洪安涧河"],
        ),
        "HL": rows(
            [land.fen.intersection(inside), land.brook.intersection(inside)],
            HLMC=["汾河", "洪安涧河"],
            HLJB=["干流", "支流"],
            SXMC="汾河",
            SFGL=[1, 0],
        ),
        "YYSSYBHQ": rows(
            rings(111.600, 36.270, 300, 1_200, 2_400),
            MC=[f"虚构水源地{level}" for level in ("一级区", "二级区", "准保护区")],
            BHQJB=["一级", "二级", "准"],
            SYLX="地下水",
        ),
    }


def forest(land: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Return the forest map, of which origin and category choose two more layers; and reserves."""
    wood = land.cells[land.cells["DLBM"].isin(["0301", "0305", "0307"])]
    high = (wood["height"] > 1_100).to_numpy()
    welfare = (wood["height"] > 1_000).to_numpy()
    return {
        "LDBH": rows(
            wood.geometry,
            DL=[LAND[code] for code in wood["DLBM"]],
            LDBHDJ=np.where(high, "Ⅱ", "Ⅳ"),
            QY=np.where(high & (wood["DLBM"] == "0301").to_numpy(), "天然", "人工"),
            SLLB=np.where(welfare, "公益林", "商品林"),
            GYLDJ=np.where(welfare, "国家级", ""),
            GJGYLDJ=np.where(welfare, "二级", ""),
        ),
        "ZRBHD": rows(
            [shape.intersection(land.county) for shape in rings(111.850, 36.360, 1_500, 2_600)],
            MC="霍山自然保护区(虚构)",
            BHDLX="自然保护区",
            GKFQ=["核心保护区", "一般控制区"],
            BHDJB="省级",
        ),
    }


def networks(land: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Return roads, railways and power lines: straight between places, across the county."""

    def line(*places: tuple[float, float]) -> shapely.Geometry:
        return shapely.LineString([plane_point(*p) for p in places]).intersection(land.county)

    return {
        "GL": rows(
            [
                line((111.655, 36.08), (111.640, 36.22), (111.650, 36.56)),
                line((111.69, 36.08), (111.70, 36.30), (111.71, 36.56)),
                line((111.40, 36.33), (111.70, 36.30)),
            ],
            MC=["G5京昆高速(虚构)", "G108(虚构)", "X501(虚构)"],
            XZDJ=["高速公路", "国道", "县道"],
        ),
        "TL": rows(
            [line((111.66, 36.08), (111.67, 36.30), (111.68, 36.56))],
            MC=["南同蒲铁路(虚构)"],
            LX=["普速铁路"],
            DD=["其他地区"],
        ),
        "DLX": rows(
            [line((111.45, 36.15), (111.60, 36.40)), line((111.60, 36.32), (111.75, 36.33))],
            MC=["220千伏虚构线", "110千伏虚构线"],
            DYDJ=["220千伏", "110千伏"],
        ),
    }  # fmt: skip


def places(land: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Return heritage zones, hazards and the industrial park."""
    lon, lat, radius = TOWNS["0601"][0]
    return {
        "WWBHFW": rows(
            rings(111.805, 36.303, 120, 260),
            MC="广胜寺(示意)",
            FQ=["保护范围", "建设控制地带"],
            BHJB="国家级",
        ),
        "DZZHYFQ": rows(
            [shape.intersection(land.county) for shape in rings(111.47, 36.45, 900, 3_000)],
            MC=["虚构滑坡", "虚构易发区"],
            JB=["危险区", "易发区"],
        ),
        "KFQ": rows(rings(lon, lat, radius + 200), MC="洪洞虚构经济开发区", LX="综合"),
        "CKQ": rows(rings(111.52, 36.22, 700), MC="虚构煤矿", ZT="active"),
    }


#: Folder, and coordinate system of each shapefile: offices differ.
SHAPEFILES = {
    "DLTB": ("自然资源", NUMBERED), "CKQ": ("自然资源", NUMBERED), "DZZHYFQ": ("自然资源", DEGREES),
    "HJGKDY": ("生态环境", DEGREES), "YYSSYBHQ": ("生态环境", DEGREES),
    "QYBHFW": ("水利", NUMBERED), "QYZDBHQ": ("水利", NUMBERED), "HDGLFW": ("水利", NUMBERED),
    "HL": ("水利", NUMBERED), "LDBH": ("林业", NUMBERED), "ZRBHD": ("林业", DEGREES),
    "GL": ("交通电力", DEGREES), "TL": ("交通电力", DEGREES), "DLX": ("交通电力", DEGREES),
    "WWBHFW": ("文物", DEGREES), "KFQ": ("工信", DEGREES),
}  # fmt: skip


def write_shapefile(frame: gpd.GeoDataFrame, folder: Path, name: str, crs: str) -> None:
    """Write a GBK shapefile as the offices' programs do: without a .cpg."""
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_crs(crs).to_file(folder / f"{name}.shp", engine="pyogrio", encoding="GBK")
    (folder / f"{name}.cpg").unlink()


def main() -> None:
    """Write the whole example."""
    out = ROOT / "examples" / "county"
    for folder in ("official", "sites"):
        shutil.rmtree(out / folder, ignore_errors=True)
    land = ground()
    lines = control_lines(land)
    tables = {"DLTB": land_use(land), "HJGKDY": control_units(land, lines)}
    tables |= water(land) | forest(land) | networks(land) | places(land)
    for name, (folder, crs) in SHAPEFILES.items():
        write_shapefile(tables[name], out / "official" / folder, name, crs)
    for name, frame in lines.items():
        frame.to_crs(NUMBERED).to_file(
            out / "official" / "自然资源" / "三条控制线.gdb",
            layer=name,
            driver="OpenFileGDB",
            engine="pyogrio",
        )
    write_sites(out / "sites")
    write_workspace(out)


if __name__ == "__main__":
    main()
