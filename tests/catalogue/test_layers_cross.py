"""Layers against one another and against published facts."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from layers_facts import CATALOGUE, LAYERS

from zoning.base import geodesy
from zoning.base.plane import to_plane
from zoning.base.settings import layers_dir
from zoning.zonal import convert


def frame(name):
    return LAYERS.need(name)


def km2(shapes):
    return float(geodesy.areas(np.atleast_1d(np.asarray(shapes, dtype=object))).sum()) / 1e6


def union(layer, **where):
    rows = frame(layer)
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return shapely.union_all(rows.geometry.to_numpy())


def county(name, city=None):
    rows = frame("counties")
    rows = rows[(rows["name"] == name) & ((rows["city"] == city) | (city is None))]
    assert len(rows) == 1
    return rows.geometry.iloc[0]


def metres_apart(a, b):
    one, two = to_plane(np.array([a, b], dtype=object))
    return float(shapely.distance(one, two))


# ------------------------------------------------------------------------------- systems


def test_forty_systems_are_decided():
    with (layers_dir() / "tables" / "systems.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len({row["system"] for row in rows}) == len(rows) == 40
    readme = (layers_dir() / "README.md").read_text("utf-8")
    for row in rows:
        names = [name for name in row["layers"].split(";") if name]
        assert row["decision"] in ("represented", "partly", "empty", "not represented")
        assert bool(names) == (row["decision"] != "not represented")
        assert row["decision"] == "represented" or row["note"], f"{row['system']} without a reason"
        assert row["name"] in readme
        for name in names:
            layer = CATALOGUE.layer(name)
            assert f"`{name}`" in readme
            if row["decision"] == "represented":
                assert layer.source is not None, f"{row['system']}: {name} is empty"


def test_counts_that_documents_state():
    counts = {
        "counties": 117, "cities": 11, "yellow_river_counties_19": 19, "karst_springs": 19,
        "yellow_river_basin_86": 86, "spring_basins": 19, "barrier_mountains": 3,
        "ecological_corridors": 7, "lakes_5": 5, "named_mountains": 10, "jin_shan_meng": 3,
        "coal_coke_counties": 7, "slaughter_counties": 3, "eco_civilisation_counties": 8,
        "two_mountain_bases": 4, "air_key_cities_2018": 8, "green_cities_4": 4,
        "town_groups": 4, "two_mountains": 2, "main_function_yangquan": 5,
    }  # fmt: skip
    assert {name: len(frame(name)) for name in counts} == counts
    cities = frame("yellow_river_basin_86").groupby("city").size()
    # §2 of the regulation: five whole cities (59 counties) and parts of six
    assert {c: int(cities[c]) for c in ("太原市", "吕梁市", "晋城市", "临汾市", "运城市")} == {
        "太原市": 10, "吕梁市": 13, "晋城市": 6, "临汾市": 17, "运城市": 13,
    }  # fmt: skip
    assert cities.sum() - 59 == 27


def test_every_county_has_a_main_function():
    rows = frame("main_functions_2014")
    assert set(rows["adcode"]) == set(frame("counties")["adcode"])
    assert rows["function"].value_counts().to_dict() == {
        "ecology": 46, "key_development": 37, "agriculture": 34,
    }  # fmt: skip
    ecology = rows[rows["function"] == "ecology"]
    assert ecology["level"].value_counts().to_dict() == {"province": 28, "national": 18}
    # published: about 8 x 10^4 km2; 23 of them were read by name
    assert ecology["area_km2"].sum() == pytest.approx(80_000, rel=0.01)
    assert ecology["basis"].value_counts().to_dict() == {"listed": 23, "deduced": 23}
    assert set(ecology["level_confidence"]) == {"medium"}
    assert rows["source"].str.len().min() > 10
    assert set(rows["confidence"]) == {"high"}


def test_the_newest_list_of_a_county_stands_in_the_layers_that_rules_use():
    zones = frame("main_function_zones").set_index("adcode")
    assert len(zones) == 117 and zones.index.is_unique
    decided = zones[zones["evidence"] == "derived"]
    assert dict(zip(decided["name"], decided["function"], strict=True)) == {
        "平定县": "agriculture", "盂县": "ecology",
        "城区": "urban", "矿区": "urban", "郊区": "urban",
    }  # fmt: skip
    for layer, function, known in [
        ("ecological_function_areas", "ecology", "盂县"),
        ("main_agri_areas", "agriculture", "平定县"),
    ]:
        rows = frame(layer)
        assert set(rows["adcode"]) == set(zones.index[zones["function"] == function])
        # the list of 2014-2018 has been redrawn: it hints, and a miss of it clears nothing
        assert CATALOGUE.layer(layer).evidence == "schematic"
        assert rows["name"][rows["evidence"] == "derived"].tolist() == [known]


def test_taiyuan_and_thirty_leaves_four_cities_out():
    cover = union("taiyuan_1p30")
    inside = shapely.contains(cover, frame("cities").geometry.representative_point().to_numpy())
    assert set(frame("cities")["name"][~inside]) == {"大同市", "朔州市", "长治市", "晋城市"}


# ------------------------------------------------------------------------------- springs


def test_every_basin_holds_its_spring():
    springs = frame("karst_springs").set_index("name").geometry
    basins = frame("spring_basins").set_index("name").geometry
    assert set(springs.index) == set(basins.index)
    assert [n for n in springs.index if not basins[n].contains(springs[n])] == []


def test_every_spring_lies_in_its_county_or_is_said_to_be_outside():
    springs = frame("karst_springs")
    codes = frame("counties").set_index("adcode").geometry
    for spring in springs.itertuples():
        near = metres_apart(spring.geometry, codes[spring.county_adcode])
        assert near == 0.0 or (spring.outside_province and near <= spring.accuracy_m), spring.name
    assert springs["name"][springs["outside_province"].astype(bool)].tolist() == ["三姑泉"]


def test_basins_meet_the_stated_areas_and_do_not_overlap():
    rows = frame("spring_basins")
    residual = rows.set_index("name")["residual_pct"].dropna()
    assert len(residual) == 18
    assert residual.abs().max() < 1.5
    assert km2(shapely.union_all(rows.geometry.to_numpy())) == pytest.approx(
        km2(rows.geometry.to_numpy()), rel=1e-4
    )
    weak = rows[rows["area_confidence"] == "low"]
    assert set(weak["evidence"]) == {"schematic"}
    assert rows["accuracy_m"].between(2000, 17000).all()


@pytest.mark.parametrize(
    ("name", "city", "published"),
    [("辛安泉", "长治市", 9430), ("娘子关泉", "阳泉市", 2430), ("古堆泉", "运城市", 23)],
)
def test_basins_meet_the_areas_stated_by_city(name, city, published):
    part = shapely.intersection(union("spring_basins", name=name), union("cities", name=city))
    # a spring's own disc and smoothed edges: one cell along a short boundary counts for little
    assert km2(part) == pytest.approx(published, rel=0.02, abs=5)


def test_basins_end_where_their_texts_say():
    basins = frame("spring_basins").set_index("name").geometry
    counties = frame("counties").set_index("name").geometry
    fen = frame("rivers").set_index("name").geometry["汾河"]

    def shared(spring, county):
        return km2(shapely.intersection(basins[spring], counties[county]))

    # east of the 汾河 (小店, 迎泽, 杏花岭 lie there whole or nearly so), beyond 古交's lines
    for county in ("小店区", "迎泽区", "杏花岭区", "静乐县", "交城县"):
        assert shared("晋祠泉", county) < 1.0, county
    assert shapely.shortest_line(basins["晋祠泉"], fen).length == 0.0
    for county in ("交城县", "文水县", "汾阳市", "孝义市", "岚县", "娄烦县"):
        assert shared("柳林泉", county) < 1.0, county
    for county in ("静乐县", "忻府区", "寿阳县", "盂县", "榆次区"):
        assert shared("兰村泉", county) < 1.0, county
    # of 古交 兰村 has what drains to 柳林河 only, 晋祠 most of the rest
    assert shared("兰村泉", "古交市") == pytest.approx(74, abs=8)
    assert shared("晋祠泉", "古交市") > 1100


def test_every_basin_says_what_its_sides_rest_on():
    rows = frame("spring_basins").set_index("name")["edges"]
    told = {name: text for name, text in rows.items() if text != "N, E, S, W computed"}
    assert set(told) == {"晋祠泉", "兰村泉", "柳林泉", "郭庄泉"}
    for text in told.values():
        assert all(side in text for side in ("N", "E", "S", "W"))
        assert "(text" in text


# ------------------------------------------------------------------------------- rivers


@pytest.mark.parametrize(
    ("river", "counties"),
    [
        ("汾河", ["宁武县", "静乐县", "娄烦县", "古交市", "晋源区", "尧都区", "河津市"]),
        ("桑干河", ["朔城区", "山阴县", "应县", "云州区", "阳高县"]),
        ("滹沱河", ["繁峙县", "代县", "原平市", "忻府区", "定襄县", "五台县", "盂县"]),
        ("漳河", ["襄垣县", "潞城区", "平顺县", "左权县"]),
        ("沁河", ["沁源县", "安泽县", "沁水县", "阳城县"]),
        ("涑水河", ["绛县", "闻喜县", "夏县", "盐湖区", "临猗县", "永济市"]),
        ("大清河", ["灵丘县"]),
    ],
)
def test_rivers_reach_their_counties(river, counties):
    rows = frame("seven_rivers")
    line = shapely.union_all(rows.geometry[rows["river"] == river].to_numpy())
    missed = [name for name in counties if metres_apart(line, county(name)) > 1000.0]
    assert missed == []


def test_the_yellow_river_passes_its_nineteen_counties():
    rows = frame("main_rivers")
    line = shapely.union_all(rows.geometry[rows["river"] == "黄河"].to_numpy())
    apart = {
        r.name: metres_apart(line, r.geometry)
        for r in frame("yellow_river_counties_19").itertuples()
    }
    assert {n: d for n, d in apart.items() if d > 3000.0} == {}


def test_corridors_hold_their_rivers_and_are_as_wide_as_stated():
    rivers, corridors = frame("seven_rivers"), frame("ecological_corridors").set_index("name")
    province = union("province")
    for name, corridor in corridors.geometry.items():
        line = shapely.union_all(rivers.geometry[rivers["river"] == name].to_numpy())
        line = shapely.intersection(line, province)
        left = float(geodesy.lengths(shapely.difference(line, corridor.buffer(1e-5)))[0])
        assert left < 2000.0, name
        whole = float(geodesy.lengths(line)[0]) / 1000
        assert km2(corridor) == pytest.approx(2.0 * whole, rel=0.2), name


@pytest.mark.parametrize(
    ("lake", "name"),
    [
        ("晋阳湖", "晋源区"),
        ("漳泽湖", "潞州区"),
        ("云竹湖", "榆社县"),
        ("盐湖", "盐湖区"),
        ("伍姓湖", "永济市"),
    ],
)
def test_lakes_lie_in_their_counties(lake, name):
    assert shapely.intersects(union("lakes_5", name=lake), county(name))


def test_the_lakes_stand_for_their_zones_and_clear_nothing():
    for name in ("lake_protection_zones", "lake_surroundings"):
        rows = frame(name)
        assert set(rows["name"]) == {"盐湖", "漳泽湖", "晋阳湖", "云竹湖", "伍姓湖"}
        assert CATALOGUE.layer(name).evidence == "schematic"
    rows = frame("lake_protection_zones")
    assert set(rows["name"][rows["evidence"] == "derived"]) == {"盐湖", "漳泽湖"}
    # the open water of the Salt Lake, south of 运城
    assert union("lake_protection_zones", name="盐湖").contains(shapely.Point(111.0, 34.985))


# ------------------------------------------------------------------------------- mountains


@pytest.mark.parametrize(
    ("lon", "lat", "screen"),
    [
        (113.562, 39.079, "太行山"),  # 五台山北台
        (113.638, 39.579, "太行山"),  # 恒山
        (111.846, 38.712, "吕梁山"),  # 芦芽山
        (111.538, 37.888, "吕梁山"),  # 关帝山孝文山
        (111.862, 36.446, "太岳山—中条山"),  # 霍山
        (111.962, 35.421, "太岳山—中条山"),  # 历山
    ],
)
def test_summits_stand_in_their_screens(lon, lat, screen):
    here = shapely.Point(lon, lat)
    rows = frame("barrier_mountains")
    assert rows["name"][rows.geometry.contains(here)].tolist() == [screen]


@pytest.mark.parametrize(
    ("lon", "lat"), [(112.55, 37.75), (111.0, 35.1), (113.2, 40.0), (111.5, 36.1)]
)
def test_basin_floors_are_no_mountains(lon, lat):
    assert not frame("barrier_mountains").geometry.contains(shapely.Point(lon, lat)).any()


# ------------------------------------------------------------------------------- lines and units


LINES = ("ecological_redline", "permanent_basic_farmland", "urban_growth_boundary")


@pytest.mark.parametrize("name", LINES)
def test_lines_keep_to_the_published_figures(name):
    rows = frame(name).dropna(subset=["published_km2"])
    assert len(rows) >= 2
    for row in rows.itertuples():
        assert km2(row.geometry) == pytest.approx(row.area_km2, rel=1e-4)
        if row.published_kind == "at_most":
            assert 0.97 * row.published_km2 <= row.area_km2 <= row.published_km2
        elif row.published_kind == "at_least":
            assert row.published_km2 <= row.area_km2 <= 1.02 * row.published_km2
        else:
            assert row.area_km2 == pytest.approx(row.published_km2, rel=0.002)


def test_lines_meet_the_totals_of_the_province():
    province = km2(union("province"))
    assert frame("ecological_redline")["area_km2"].sum() / province == pytest.approx(
        0.2195, abs=2e-4
    )
    # 4748 x 10^4 mu, at least
    assert 31_653 <= frame("permanent_basic_farmland")["area_km2"].sum() <= 31_900
    xinzhou = frame("ecological_redline").set_index("city")["area_km2"]["忻州市"]
    assert xinzhou == pytest.approx(6206.07, rel=0.002)


def test_lines_meet_the_totals_of_the_yellow_river_basin():
    basin = union("yellow_river_basin_86")
    found = {name: km2(shapely.intersection(union(name), basin)) for name in LINES}
    # floors of 24,400 km2 and 3325.47 x 10^4 mu, a ceiling of 3267.44 km2
    assert 24_400 <= found["ecological_redline"] <= 1.015 * 24_400
    assert 22_169.8 <= found["permanent_basic_farmland"] <= 1.015 * 22_169.8
    assert 0.98 * 3267.44 <= found["urban_growth_boundary"] <= 3267.44


@pytest.mark.parametrize(("one", "two"), [LINES[:2], LINES[1:], (LINES[0], LINES[2])])
def test_no_two_lines_overlap(one, two):
    shared = shapely.intersection(union(one), union(two))
    assert km2(shared) < 0.01


@pytest.mark.parametrize("name", ["three_spaces", "control_units", "erosion_zones"])
def test_partitions_leave_no_gap_and_no_overlap(name):
    whole, parts = km2(union("province")), frame(name).geometry.to_numpy()
    assert km2(parts) == pytest.approx(whole, rel=1e-5)
    assert km2(shapely.union_all(parts)) == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize(
    ("line", "space"), list(zip(LINES, ("ecological", "agricultural", "urban"), strict=True))
)
def test_each_line_lies_in_its_space(line, space):
    inside = shapely.intersection(union(line), union("three_spaces", space=space))
    # both are smoothed cells: edges differ by less than one
    assert km2(inside) > 0.95 * km2(union(line))


def test_disputed_erosion_zones_are_marked():
    rows = frame("erosion_zones")
    doubt = rows["disputed"].astype(bool)
    assert (rows["alternative"] != rows["name"]).tolist() == doubt.tolist()
    assert set(rows["evidence"][doubt]) == {"schematic"}
    loss = dict(zip(rows["name"], rows["tolerable_t_km2a"], strict=True))
    assert rows["alternative_t_km2a"].tolist() == [loss[name] for name in rows["alternative"]]
    shape = shapely.union_all(rows.geometry[doubt].to_numpy())
    loess = shapely.union_all(rows.geometry[rows["name"] == "西北黄土高原区"].to_numpy())
    for name in ("沁水县", "阳城县", "陵川县", "泽州县", "高平市"):
        whole = county(name)
        rocky = shapely.difference(whole, loess)
        assert km2(shapely.intersection(whole, shape)) == pytest.approx(km2(rocky), rel=1e-3), name
    # the 苍头河, which drains 89 % of 右玉, runs to the Yellow River; so does part of 平鲁
    for name, share in (("右玉县", 0.89), ("平鲁区", 0.45)):
        part = km2(shapely.intersection(county(name), loess)) / km2(county(name))
        assert part == pytest.approx(share, abs=0.04), name
    assert not shapely.intersects(shape, county("左云县").buffer(-0.001))


def test_units_take_the_shares_published_for_yangquan():
    rows = frame("control_units")
    rows = rows[rows["city"] == "阳泉市"]
    big = rows[~rows["county"].isin(["城区", "矿区"])]
    assert (big["share_pct"] - big["published_pct"]).abs().max() < 1.0
    # some twenty cells each
    assert (rows["share_pct"] - rows["published_pct"]).abs().max() < 5.0
    whole = rows.groupby("unit_class")["area_km2"].sum() / rows["area_km2"].sum() * 100
    # published for the city: 39.19 and 15.04; its own counties' shares come to 36.6 and 14.1
    assert whole["priority"] == pytest.approx(36.6, abs=0.3)
    assert whole["key"] == pytest.approx(14.1, abs=1.0)


@pytest.mark.parametrize(
    ("raster", "vector", "column"),
    [
        ("three_spaces_raster", "three_spaces", "space"),
        ("control_units_raster", "control_units", "unit_class"),
        ("erosion_zones_raster", "erosion_zones", "name"),
    ],
)
def test_class_rasters_agree_with_their_polygons(raster, vector, column):
    from zoning import review

    cells = review.read_cells(CATALOGUE.layer(raster))
    areas = convert.class_areas(cells)
    for code, name in cells.classes.items():
        part = union(vector, **{column: name})
        assert areas[code] / 1e6 == pytest.approx(km2(part), abs=convert.half_cell(part) / 1e6)


def test_the_raster_of_lines_agrees_with_the_three_layers():
    from zoning import review

    cells = review.read_cells(CATALOGUE.layer("control_lines_raster"))
    areas = convert.class_areas(cells)
    for code, name in cells.classes.items():
        part = union(name)
        assert areas[code] / 1e6 == pytest.approx(km2(part), abs=convert.half_cell(part) / 1e6)


def test_the_other_reading_differs_where_the_zones_are_disputed():
    import rasterio

    from zoning.base.settings import data_dir

    rows = frame("erosion_zones")
    with (
        rasterio.open(data_dir() / "rasters/grid_erosion_zones.tif") as one,
        rasterio.open(data_dir() / "rasters/grid_erosion_alternative.tif") as two,
    ):
        assert (one.transform, one.shape) == (two.transform, two.shape)
        differ = one.read(1) != two.read(1)
        cell = 0.5 * (30.9 * 24.4 + 30.9 * 23.3) * 900 / 1e6  # km2, about, at 35 to 40 degrees
    stated = rows["area_km2"][rows["disputed"].astype(bool)].sum()
    assert differ.sum() * cell == pytest.approx(stated, rel=0.06)


def test_rasters_share_one_grid():
    import rasterio

    from zoning.base.settings import data_dir

    grids = set()
    for layer in CATALOGUE.layers.values():
        if layer.kind != "raster":
            continue
        with rasterio.open(data_dir() / layer.source.file) as grid:
            grids.add((grid.crs.to_string(), grid.shape, tuple(grid.transform)[:6]))
            assert grid.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG", layer.id
            assert grid.overviews(1), layer.id
    assert len(grids) == 1


def test_pages_of_the_layers_are_up_to_date():
    import sys

    sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
    import build_layers

    def kept(name):
        path = build_layers.PLACE / name
        return path.read_text("utf-8").split(build_layers.RULES)[0] if path.is_file() else None

    made = build_layers.texts()
    behind = [n for n, text in made.items() if kept(n) != text.split(build_layers.RULES)[0]]
    assert behind == [], "run python docs/build_layers.py"
    pictures = {path.stem for path in build_layers.PLACE.glob("*.png")}
    drawn = {x.id for x in CATALOGUE.layers.values() if x.source is not None}
    assert pictures == drawn
