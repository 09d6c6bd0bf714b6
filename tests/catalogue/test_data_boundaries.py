"""Counties, cities, province: areas, shared edges, and known places in the right county."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

DATA = Path(__file__).resolve().parents[2] / "data"
GEOD = Geod(a=6378137.0, rf=298.257222101)

# adcode: name, counties, ellipsoidal area in km2 (to 1 km2)
CITIES = {
    "140100": ("太原市", 10, 6904),
    "140200": ("大同市", 10, 14074),
    "140300": ("阳泉市", 5, 4562),
    "140400": ("长治市", 12, 13978),
    "140500": ("晋城市", 6, 9417),
    "140600": ("朔州市", 6, 10630),
    "140700": ("晋中市", 11, 16386),
    "140800": ("运城市", 13, 14243),
    "140900": ("忻州市", 14, 25184),
    "141000": ("临汾市", 17, 20295),
    "141100": ("吕梁市", 13, 21132),
}

# WGS 84 positions of well-known places, independent of every file under data/ (three are given by
# the project's demands, the others from general knowledge, good to some hundred metres).
PLACES = {
    "迎泽广场": (112.5626, 37.8617, "太原市", "迎泽区"),
    "晋祠": (112.441, 37.708, "太原市", "晋源区"),
    "大同鼓楼": (113.297, 40.094, "大同市", "平城区"),
    "云冈石窟": (113.132, 40.110, "大同市", "云冈区"),
    "悬空寺": (113.71, 39.67, "大同市", "浑源县"),
    "盂县县城": (113.412, 38.086, "阳泉市", "盂县"),
    "阳泉站": (113.577, 37.858, "阳泉市", "城区"),
    "娘子关": (113.880, 37.965, "阳泉市", "平定县"),
    "武乡八路军太行纪念馆": (112.863, 36.838, "长治市", "武乡县"),
    "长治站": (113.11, 36.20, "长治市", "潞州区"),
    "皇城相府": (112.585, 35.518, "晋城市", "阳城县"),
    "应县木塔": (113.182, 39.565, "朔州市", "应县"),
    "平遥古城": (112.178, 37.202, "晋中市", "平遥县"),
    "乔家大院": (112.437, 37.409, "晋中市", "祁县"),
    "解州关帝庙": (110.872, 34.915, "运城市", "盐湖区"),
    "永乐宫": (110.68, 34.70, "运城市", "芮城县"),
    "五台山塔院寺": (113.595, 39.006, "忻州市", "五台县"),
    "洪洞大槐树": (111.669, 36.265, "临汾市", "洪洞县"),
    "广胜寺": (111.807, 36.302, "临汾市", "洪洞县"),
    "杏花村": (111.916, 37.330, "吕梁市", "汾阳市"),
    "碛口古镇": (110.795, 37.637, "吕梁市", "临县"),
}


def _area_km2(geometry: shapely.Geometry) -> float:
    return float(GEOD.geometry_area_perimeter(geometry)[0]) / 1e6


@pytest.fixture(scope="module")
def counties() -> gpd.GeoDataFrame:
    return gpd.read_file(DATA / "boundaries/counties.fgb").sort_values("adcode").reset_index()


@pytest.fixture(scope="module")
def cities() -> gpd.GeoDataFrame:
    return gpd.read_file(DATA / "boundaries/cities.fgb").sort_values("adcode").reset_index()


@pytest.fixture(scope="module")
def province() -> gpd.GeoDataFrame:
    return gpd.read_file(DATA / "boundaries/province.fgb")


def test_province_area(province: gpd.GeoDataFrame) -> None:
    assert _area_km2(province.geometry[0]) == pytest.approx(156_805, rel=0.001)


def test_cities_have_their_counties_and_areas(
    cities: gpd.GeoDataFrame, counties: gpd.GeoDataFrame
) -> None:
    found = {
        city.adcode: (city.name_, city.counties, round(_area_km2(city.geometry)))
        for city in cities.rename(columns={"name": "name_"}).itertuples()
    }
    assert found == CITIES
    assert dict(counties.city_adcode.value_counts()) == {k: v[1] for k, v in CITIES.items()}


def test_areas_add_up(
    counties: gpd.GeoDataFrame, cities: gpd.GeoDataFrame, province: gpd.GeoDataFrame
) -> None:
    whole = _area_km2(province.geometry[0])
    assert sum(map(_area_km2, counties.geometry)) == pytest.approx(whole, rel=1e-9)
    assert sum(map(_area_km2, cities.geometry)) == pytest.approx(whole, rel=1e-9)
    assert counties.area_km2.to_numpy() == pytest.approx(
        [_area_km2(geometry) for geometry in counties.geometry], abs=0.001
    )


def test_every_polygon_is_valid_and_counter_clockwise(
    counties: gpd.GeoDataFrame, cities: gpd.GeoDataFrame, province: gpd.GeoDataFrame
) -> None:
    for frame in (counties, cities, province):
        assert shapely.is_valid(frame.geometry.values).all()
        for part in shapely.get_parts(frame.geometry.values):
            assert shapely.is_ccw(part.exterior)


def test_no_gap_and_no_overlap(counties: gpd.GeoDataFrame, province: gpd.GeoDataFrame) -> None:
    polygons = np.asarray(counties.geometry.values)
    assert shapely.coverage_is_valid(polygons)
    assert shapely.is_empty(shapely.coverage_invalid_edges(polygons)).all()
    union = shapely.union_all(polygons)
    assert shapely.area(union) == pytest.approx(float(shapely.area(polygons).sum()), rel=1e-12)
    # A gap between counties would be a hole in the province; Shanxi has none.
    assert shapely.get_num_interior_rings(shapely.get_parts(union)).sum() == 0
    assert shapely.equals(union, province.geometry[0])


def test_a_moved_vertex_would_be_noticed(counties: gpd.GeoDataFrame) -> None:
    polygons = np.array(counties.geometry.values)
    polygons[0] = shapely.transform(polygons[0], lambda xy: xy + np.array([1e-6, 0.0]))
    assert not shapely.coverage_is_valid(polygons)


def test_cities_nest_exactly(counties: gpd.GeoDataFrame, cities: gpd.GeoDataFrame) -> None:
    assert shapely.coverage_is_valid(np.asarray(cities.geometry.values))
    for code, part in counties.groupby("city_adcode"):
        city = cities.geometry[cities.adcode == code].iloc[0]
        assert shapely.equals(shapely.coverage_union_all(part.geometry.values), city), code
        assert set(shapely.get_coordinates(city).ravel()) <= set(part.get_coordinates().stack())


def test_names_and_codes(counties: gpd.GeoDataFrame) -> None:
    assert counties.adcode.is_unique
    assert counties.adcode.str.fullmatch(r"14\d{4}").all()
    assert (counties.city_adcode == counties.adcode.str[:4] + "00").all()
    twice = counties.name[counties.name.duplicated()].tolist()
    assert twice == ["城区"]  # of 阳泉 and of 晋城
    renamed = {
        "云州区",
        "云冈区",
        "平城区",
        "怀仁市",
        "潞州区",
        "上党区",
        "屯留区",
        "潞城区",
        "太谷区",
    }
    assert renamed <= set(counties.name)


def test_member_lists(counties: gpd.GeoDataFrame) -> None:
    assert counties.yr_basin_86.sum() == 86
    assert counties.yanhuang_19.sum() == 19
    assert counties.taiyuan_core.sum() == 10
    assert counties.yr_basin_86[counties.yanhuang_19].all()
    by_city = counties.groupby("city").yr_basin_86.sum()
    for city in ("太原市", "晋城市", "运城市", "临汾市", "吕梁市"):
        assert by_city[city] == (counties.city == city).sum(), city
    partly = {"大同市": 1, "阳泉市": 1, "长治市": 4, "朔州市": 3, "晋中市": 10, "忻州市": 8}
    assert {city: by_city[city] for city in partly} == partly


@pytest.mark.parametrize("place", PLACES)
def test_known_place(place: str, counties: gpd.GeoDataFrame) -> None:
    lon, lat, city, county = PLACES[place]
    hit = counties[counties.contains(shapely.Point(lon, lat))]
    assert hit[["city", "name"]].to_numpy().tolist() == [[city, county]]


def test_places_cover_every_city() -> None:
    assert {city for _, _, city, _ in PLACES.values()} == {name for name, _, _ in CITIES.values()}


def test_labels_lie_inside(counties: gpd.GeoDataFrame) -> None:
    labels = gpd.GeoSeries.from_xy(counties.label_lon, counties.label_lat, crs=counties.crs)
    assert counties.contains(labels).all()


def test_gcj02_inverse_closes() -> None:
    spec = importlib.util.spec_from_file_location("gcj02", DATA / "build" / "gcj02.py")
    assert spec and spec.loader
    gcj02 = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gcj02)
    lon, lat = map(np.ravel, np.meshgrid(np.linspace(110, 115, 51), np.linspace(34, 41, 71)))
    back = gcj02.to_wgs84(*gcj02.from_wgs84(lon, lat))
    assert np.abs(back[0] - lon).max() < 1e-9
    assert np.abs(back[1] - lat).max() < 1e-9
    # At 迎泽广场 the shift is 551 m east and 56 m north.
    east, north = gcj02.shift(np.array([112.5626]), np.array([37.8617]))
    metres = float(east[0]) * 111_320 * np.cos(np.radians(37.8617)), float(north[0]) * 111_000
    assert metres == pytest.approx((551, 56), abs=1)
    # Outside China's formula range the iteration must say so rather than return a wrong place.
    with pytest.raises(ArithmeticError):
        gcj02.to_wgs84(np.array([np.nan]), np.array([37.0]))
