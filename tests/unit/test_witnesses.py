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


def told(*rows, shape=SHAPE):
    """Return for each row of attributes whether it contradicts the shape."""
    features = [(at, shape, row) for at, row in enumerate(rows)]
    reading = SimpleNamespace(table=[shape] * len(rows), failed=(), doubts={})
    projects = [Project(str(at), "", shape, {}) for at in range(len(rows))]
    found = compare_statements(projects, features, [reading])
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


def test_points_are_not_compared_with_an_area():
    assert told({"面积": 5}, shape=shapely.Point(112.2, 37.2)) == [False]


def test_both_values_are_named():
    (project,) = compare_statements(
        [Project("1", "", SHAPE, {})],
        [(0, SHAPE, {"面积(亩)": 5})],
        [SimpleNamespace(table=[0], failed=(), doubts={})],
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
    assert list(witnesses.undersized(frame)) == [0]
    assert "200公顷" in witnesses.undersized(frame)[0].zh
    assert witnesses.undersized(frame.drop(columns="面积")) == {}
    unitless = frame.assign(面积=[1500, 97.5, 1462, 9.75e5, 0.975])
    assert list(witnesses.undersized(unitless)) == []
