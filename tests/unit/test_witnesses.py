"""What a file states beside its drawing, held against it."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas
import pytest
import shapely

from zoning.base import geodesy
from zoning.model import Project
from zoning.read.formats import totals
from zoning.review import witnesses
from zoning.review.witnesses import compare_statements

#: 0.01° x 0.01°: 98.5 ha, 1478 mu.
SHAPE = shapely.box(112.20, 37.2, 112.21, 37.21)
AREA = float(geodesy.areas([SHAPE])[0])


SITES = SimpleNamespace(name="sites.geojson", layer=None)


def told(*rows, shape=SHAPE, record=SITES, datum=None):
    """Return for each row of attributes whether it contradicts the shape."""
    features = [(at, shape, row) for at, row in enumerate(rows)]
    reading = SimpleNamespace(table=[shape] * len(rows), failed=(), doubts={}, record=record)
    projects = [Project(str(at), "", shape, {}) for at in range(len(rows))]
    found = compare_statements(projects, features, [reading], datum)
    return [bool(project.doubts) for project in found]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("面积", AREA), ("面积", AREA / 1e4), ("面积", AREA * 15 / 1e4), ("面积", AREA / 1e6),
        ("用地面积（公顷）", "98.5"), ("用地面积(亩)", 1478), ("占地面积_m2", AREA * 1.009),
        ("面积", "1478亩"), ("面积", "98.5 hm2"), ("面积", "985,230 平方米"), ("MJ", "99"),
        ("TBMJ", AREA), ("Shape_Area", shapely.area(SHAPE)), ("SHAPE_Area", AREA / 0.7966**2),
        ("AREA_HA", 98.52), ("面积", "约百亩"), ("面积", 0), ("面积", None), ("建筑面积", 5.0),
        ("面积系数", 3.0), ("TBMJ", True),
    ],
)  # fmt: skip
def test_an_area_that_fits_or_says_nothing(column, value):
    assert told({column: value}) == [False]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("面积", AREA * 1.02), ("面积", "98.5亩"), ("用地面积(公顷)", 1478), ("TBMJ", 98.5),
        ("占地面积", "12.5公顷"), ("Shape_Area", AREA * 3), ("mj", 5), ("面积_", AREA * 2),
        ("用地总面积(亩)", "1,000"), ("面积", "1e5"),
    ],
)  # fmt: skip
def test_an_area_that_contradicts_the_drawing(column, value):
    assert told({column: value}) == [True]


def test_pieces_may_bear_out_an_area_together():
    whole = {"用地面积(公顷)": round(2 * AREA / 1e4, 2)}
    assert told(whole, whole) == [False, False]
    assert told(whole) == [True]


POINT = shapely.Point(112.2, 37.2)
#: 0.01 degree of latitude: 1,110 m.
LINE = shapely.LineString([(112.2, 37.2), (112.2, 37.21)])


@pytest.mark.parametrize(
    ("shape", "column", "value", "wrong"),
    [
        (POINT, "占地面积", "300平方米", False),
        (POINT, "用地面积", "300亩", True),
        (POINT, "面积", 5, True),
        (POINT, "SHAPE_Area", 0.0, False),
        (POINT, "路基宽度", "60米", False),
        (LINE, "用地面积", "1公顷", False),
        (LINE, "用地面积", "3公顷", True),
        (LINE, "路基宽度", "8.5米", False),
        (LINE, "路基宽度", "60米", True),
        (LINE, "线路长度(km)", 1.15, False),
        (LINE, "线路长度(km)", 46.6, True),
        (LINE, "全长", "1110m", False),
        (LINE, "长度", 1.1, False),
        (LINE, "长度", 1100, False),
        (LINE, "length", 0.01, False),
        (LINE, "长度", 46.6, True),
        (SHAPE, "长度", 46.6, False),
    ],
)
def test_a_point_or_line_that_stands_for_land_is_told(shape, column, value, wrong):
    """A circle of 300 m² has a radius of 10 m; a hectare along 1,110 m reaches 4.5 m to each side,
    three hectares 13.5 m."""
    assert told({column: value}, shape=shape) == [wrong]


def test_pieces_of_a_line_bear_out_a_length_together():
    whole = {"线路长度": "2.2公里"}
    assert told(whole, whole, shape=LINE) == [False, False]
    assert told(whole, shape=LINE) == [True]


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("约1478亩", False), ("约1400亩", False), ("约1000亩", True), ("1400余亩", False),
        ("98.52公顷(1478亩)", False), ("98.52公顷，合1378亩", True), ("20公顷（300亩）", True),
    ],
)  # fmt: skip
def test_an_area_that_is_about_right_or_told_twice(value, wrong):
    assert told({"用地面积": value}) == [wrong]


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("用地规模", "300亩", True), ("征地面积", "98.5公顷", False), ("园区面积", "20公顷", False),
        ("Hectares", 98.5, False), ("Hectares", 20.0, True), ("用地亩数", 300, True),
        ("永久用地面积", "50公顷", False), ("永久用地面积", "150公顷", True),
        ("建设规模", "60万吨", False), ("用地", "工业用地", False), ("占地", "300亩", True),
    ],
)  # fmt: skip
def test_other_headings_of_an_area(column, value, wrong):
    assert told({column: value}) == [wrong]


def test_both_values_are_named():
    (project,) = compare_statements(
        [Project("1", "", SHAPE, {})],
        [(0, SHAPE, {"面积(亩)": 5})],
        [SimpleNamespace(table=[0], failed=(), doubts={}, record=SITES)],
    )
    (doubt,) = project.doubts
    assert doubt.code == "statement-contradicted"
    assert "5" in doubt.text.zh and f"{AREA:,.1f}" in doubt.text.zh and "面积(亩)" in doubt.text.zh


COLUMNS = ("序号", "面积", "容积率")


@pytest.mark.parametrize(
    ("total", "wrong"),
    [
        (("合计", 30.0, 9.9), 0), (("合计", 30.02, None), 0), (("合计", 31, None), 1),
        (("总 计", 2, None), 0), (("Total", "45", None), 1), (("合计", None, 1.0), 0),
    ],
)  # fmt: skip
def test_a_total_is_held_against_its_rows(total, wrong):
    rows = [("1", 10.0, 1.5), ("2", "20.00", 2.5), total]
    kept, sums = totals.split(rows, ())
    assert kept == [0, 1]
    assert len(totals.contradictions(COLUMNS, [rows[at] for at in kept], sums)) == wrong


def test_a_subtotal_stands_for_the_rows_since_the_last():
    rows = [("1", 10, 1), ("小计", 10, None), ("2", 20, 1), ("小计", 20, None), ("合计", 30, None)]
    kept, sums = totals.split(rows, ())
    assert kept == [0, 2]
    assert not totals.contradictions(COLUMNS, [rows[at] for at in kept], sums)


def test_a_row_with_a_place_is_never_a_total():
    assert totals.split([("合计", 112.2, 37.2)], (1, 2)) == ([0], [])


def test_a_zone_drawn_smaller_than_stated_may_lack_a_part():
    """Boxes of 0.01 degree near 38 N are 97.5 ha; what is drawn larger, or in another unit, hides
    nothing, and pieces that state the same area are added up."""
    boxes = [shapely.box(112 + i / 10, 38, 112.01 + i / 10, 38.01) for i in range(5)]
    stated = ["200公顷", "97.5公顷", "50公顷", "195公顷", "195公顷"]
    frame = geopandas.GeoDataFrame({"面积": stated, "名称": "甲"}, geometry=boxes, crs=4490)
    assert list(witnesses.undersized(frame)[0]) == [0]
    assert "200公顷" in witnesses.undersized(frame)[0][0].zh
    assert witnesses.undersized(frame.drop(columns="面积")) == ({}, ())
    official = frame.assign(JBNTBHMJ=[2e6] * 5).drop(columns="面积")
    assert witnesses.undersized(official)[0] == {}
    assert list(witnesses.undersized(official.head(1))[0]) == [0]
    assert witnesses.undersized(official.assign(JBNTBHMJ="一片"))[0] == {}
    unitless = frame.assign(面积=[1500, 97.5, 1462, 9.75e5, 0.975])
    assert witnesses.undersized(unitless) == ({}, ())


def test_a_column_that_contradicts_most_zones_means_something_else():
    boxes = [shapely.box(112 + i / 10, 38, 112.01 + i / 10, 38.01) for i in range(60)]
    areas = [1e6 + at if at < 18 else 9e5 + at for at in range(60)]
    frame = geopandas.GeoDataFrame({"YJJBNTMJ": areas}, geometry=boxes, crs=4490)
    found, told = witnesses.undersized(frame)
    assert (list(found), told) == (list(range(18)), ())
    found, told = witnesses.undersized(frame.assign(YJJBNTMJ=[2e6 + at for at in range(60)]))
    assert not found and "YJJBNTMJ" in told[0].zh


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("坐标系", "GCJ-02", True), ("坐标系统", "1980西安坐标系", True), ("datum", "BD09", True),
        ("crs", "EPSG:4610", True), ("ZBX", "北京54", True), ("SRID", 4214, True),
        ("备注", "坐标为高德坐标(GCJ-02)", True), ("坐标系", "地方坐标系", True),
        ("coordinate_system", "Xian_1980_3_Degree_GK_CM_111E", True),
        ("坐标系", "CGCS2000", False), ("crs", "EPSG:4547", False), ("SRID", 4490, False),
        ("备注", "由西安80转换为2000国家大地坐标系", False), ("备注", "由北京54坐标系转换", False),
        ("备注", "底图为1954年北京坐标系地形图", False), ("YSJZBX", "西安80", False),
        ("备注", "非西安80坐标", False), ("坐标系", "1980西安坐标系，1985国家高程基准", True),
        ("备注", "西安80坐标，未转换", True), ("坐标系", "西安80（非2000）", True),
        ("备注", "西安80，待转2000坐标系", True), ("备注", "位于西安路80号", False),
        ("建设单位", "百度", False), ("名称", "高德置地广场", False), ("坐标系", None, False),
    ],
)  # fmt: skip
def test_a_datum_that_a_cell_names(column, value, wrong):
    assert told({column: value}) == [wrong]


def test_a_datum_that_was_undone_is_no_contradiction():
    assert told({"坐标系": "GCJ-02"}, datum="gcj02") == [False]
    assert told({"坐标系": "GCJ-02"}, datum="bd09") == [True]


@pytest.mark.parametrize(
    ("name", "layer", "wrong"),
    [
        ("地块_西安80.geojson", None, True), ("sites_gcj02.kml", None, True),
        ("sites.gpkg", "西安80坐标系地块", True), ("地块_西安80转2000.shp", None, False),
    ],
)  # fmt: skip
def test_a_datum_that_a_file_or_table_is_named_by(name, layer, wrong):
    record = SimpleNamespace(name=name, layer=layer)
    assert told({}, {}, record=record) == [wrong, wrong]
