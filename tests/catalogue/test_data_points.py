"""Springs, settlements and stations: where they lie and what they claim to know."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

DATA = Path(__file__).resolve().parents[2] / "data"

# Stations that do not carry the first part of their county's name: old names, town and mountain
# stations, city stations, and sites that have moved. id: (station, county it lies in)
RENAMED = {
    "53487": ("大同", "云州区"),  # moved east of the city
    "53488": ("大同县", "云州区"),  # 大同县 became 云州区 in 2018
    "53578": ("朔州", "朔城区"),
    "53588": ("五台山", "五台县"),
    "53677": ("太原北郊", "尖草坪区"),  # 北郊区 until 1997
    "53679": ("太原南郊", "小店区"),  # 南郊区 until 1997
    "53681": ("五台县豆村", "五台县"),
    "53763": ("太原古交区", "古交市"),
    "53772": ("太原", "榆次区"),  # moved south, to the border of 小店 and 榆次
    "53782": ("阳泉", "郊区"),
    "53868": ("临汾", "尧都区"),
    "53882": ("长治", "上党区"),  # moved south of the city
    "53959": ("运城", "盐湖区"),
    "53976": ("晋城", "城区"),
}


@pytest.fixture(scope="module")
def counties() -> gpd.GeoDataFrame:
    frame = gpd.read_file(DATA / "boundaries/counties.fgb")
    return (
        frame[["adcode", "name", "city", "geometry"]].add_prefix("in_").set_geometry("in_geometry")
    )


def _located(path: str, counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.read_file(DATA / path).sjoin(counties, how="left", predicate="within")


def test_stations_lie_in_the_county_they_are_named_after(counties: gpd.GeoDataFrame) -> None:
    joined = _located("boundaries/stations.fgb", counties)
    assert len(joined) == 109
    assert joined.in_name.notna().all()
    plain = joined[~joined.id.isin(RENAMED)]
    assert all(
        county.startswith(name) for name, county in zip(plain.name, plain.in_name, strict=True)
    )
    others = joined[joined.id.isin(RENAMED)]
    found = {
        row.id: (row.station, row.in_name)
        for row in others.rename(columns={"name": "station"}).itertuples()
    }
    assert found == RENAMED


def test_station_altitudes_are_plausible() -> None:
    stations = gpd.read_file(DATA / "boundaries/stations.fgb")
    assert stations.altitude_m.between(340, 2210).all()
    assert stations.set_index("name").altitude_m["五台山"] == pytest.approx(2208, abs=1)
    assert set(stations.accuracy_m) == {1000, 2000}


def test_settlements(counties: gpd.GeoDataFrame) -> None:
    joined = _located("boundaries/settlements.fgb", counties)
    assert joined.geonameid.is_unique
    assert joined.in_name.notna().mean() > 0.98  # a few lie at the border
    assert joined.name.isna().sum() == 3  # GeoNames gives no Chinese name
    assert joined.name.dropna().str.fullmatch(r"[\u4e00-\u9fff]{2,}").all()
    by_id = joined.set_index("geonameid")
    taiyuan, yuncheng = by_id.loc[1793511], by_id.loc[1785738]
    assert (taiyuan["name"], taiyuan.in_city) == ("太原", "太原市")
    assert (yuncheng["name"], yuncheng.in_city) == ("运城", "运城市")
    assert joined.population.dropna().gt(0).all()  # 0 means unknown and is null
    assert joined.name[joined.population.idxmax()] == "太原"


def test_springs_are_the_nineteen_in_legal_order() -> None:
    springs = gpd.read_file(DATA / "boundaries/springs.fgb").sort_values("order")
    assert springs.order.tolist() == list(range(1, 20))
    assert springs.name.is_unique
    assert springs.name.iloc[[0, 3, 15, 18]].tolist() == ["延河泉", "晋祠泉", "娘子关泉", "神头泉"]


def test_springs_lie_in_their_county(counties: gpd.GeoDataFrame) -> None:
    joined = _located("boundaries/springs.fgb", counties)
    outside = joined[joined.outside_province]
    assert outside.name.tolist() == ["三姑泉"]
    assert outside.in_name.isna().all()
    inside = joined[~joined.outside_province]
    assert inside.county_adcode.tolist() == inside.in_adcode.tolist()


def test_springs_carry_their_doubt() -> None:
    springs = gpd.read_file(DATA / "boundaries/springs.fgb")
    levels = {"low", "low-medium", "medium", "medium-high", "high"}
    for column in (
        "coord_confidence",
        "area_confidence",
        "counties_confidence",
        "overall_confidence",
    ):
        assert set(springs[column]) <= levels, column
    assert springs.accuracy_m.between(500, 10_000).all()
    # What is only remembered never ranks above "low" for the basin area.
    recalled = springs[springs.area_source == "from memory, unverified"]
    assert len(recalled) == 10
    assert set(recalled.area_confidence) == {"low"}
    assert set(springs.status) == {"flowing", "declining", "resumed", "dry", "unknown"}
    assert set(springs.name[springs.status == "dry"]) == {"兰村泉", "古堆泉"}


def test_spring_figures() -> None:
    springs = gpd.read_file(DATA / "boundaries/springs.fgb").set_index("name")
    assert springs.basin_area_km2["娘子关泉"] == 7217
    assert springs.basin_area_km2["辛安泉"] == 10950
    assert springs.basin_area_alt_km2["晋祠泉"] == 2713
    assert springs.counties_covered["神头泉"].split(";") == [
        "朔城区",
        "平鲁区",
        "山阴县",
        "右玉县",
        "左云县",
        "神池县",
        "宁武县",
    ]
    assert len(springs.counties_covered["辛安泉"].split(";")) == 12
    both = springs[["outlet_elev_min_m", "outlet_elev_max_m"]].dropna()
    assert (both.outlet_elev_min_m <= both.outlet_elev_max_m).all()
    assert np.isnan(springs.basin_area_alt_km2["神头泉"])


def test_spring_counties_exist_and_begin_with_the_outlet(counties: gpd.GeoDataFrame) -> None:
    with (DATA / "build/tables/springs.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        codes = row["counties_adcode"].split(";")
        assert set(codes) <= set(counties.in_adcode), row["name"]
        assert row["county_adcode"] in codes, row["name"]
        assert len(codes) == len(set(codes)), row["name"]
