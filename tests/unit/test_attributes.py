"""Columns as users name them, and values as users write them."""

import math

import pytest

from zoning.catalog import load_catalogue
from zoning.rules import make_projects, read_attributes

SPECS = load_catalogue().attributes


def read(**raw):
    return read_attributes(SPECS.values(), raw)


@pytest.mark.parametrize("name", ["industry", "行业代码", "Industry Code", "INDUSTRY_CODE", "HYDM"])
@pytest.mark.parametrize("value", ["2521", 2521, 2521.0, "C2521", "2521 炼焦", " 2521 "])
def test_industry_is_found_and_read(name, value):
    known, deduced, notices = read(**{name: value})
    assert known["industry"] == "2521"
    assert known["high_pollution"] is True
    assert {"high_pollution", "two_high"} <= deduced
    assert notices == ()


@pytest.mark.parametrize("value", [None, "", "  ", "未知", "-", math.nan, "N/A"])
def test_nothing_stated_is_unknown(value):
    known, _, notices = read(行业代码=value)
    assert "industry" not in known and notices == ()


def test_a_number_that_lost_its_zero_is_not_taken_for_another_trade():
    # 0610 (coal) saved as a number is 610, which must not pass as group 610.
    known, _, notices = read(行业代码=610)
    assert "industry" not in known
    assert len(notices) == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("是", True),
        ("否", False),
        ("yes", True),
        (0, False),
        (1.0, True),
        ("F", False),
    ],
)
def test_yes_and_no(value, expected):
    assert read(取用岩溶水=value)[0]["karst_water"] is expected


def test_what_is_not_understood_is_unknown_and_said():
    known, _, notices = read(建设性质="差不多新")
    assert "nature" not in known
    assert "差不多新" in notices[0].zh and "new" in notices[0].en


def test_contradicting_columns_are_unknown_and_said():
    known, _, notices = read(nature="new", 建设性质="已有")
    assert "nature" not in known
    assert len(notices) == 1


def test_stated_beats_deduced_and_grey_codes_stay_unknown():
    assert read(industry="4415", high_pollution="是")[0]["high_pollution"] is True
    assert read(industry="4415")[0]["high_pollution"] is False
    assert "high_pollution" not in read(industry="3360")[0]  # electroplating: in neither list
    assert "high_pollution" not in read(industry="30")[0]  # division 30 holds cement and glass


def test_ids_names_and_repeats():
    raws = [{"编号": "A", "项目名称": "甲"}, {"编号": "A"}, {"编号": None}, {"id": 7.0}]
    projects = make_projects(((i, None, raw) for i, raw in enumerate(raws)), SPECS)
    assert [p.id for p in projects] == ["A", "A#2", "3", "7"]
    assert [p.name for p in projects] == ["甲", "A#2", "3", "7"]
    assert "#2" in projects[1].notices[0].en and not projects[0].notices
