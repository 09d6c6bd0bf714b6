"""Columns as users name them, and values as users write them."""

import math

import pytest

from zoning.catalogue.load import load_catalogue
from zoning.law import make_projects, read_attributes
from zoning.law.activity import assess
from zoning.model import Tri

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


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("开采岩溶地下水", "karst_water"),
        ("高污染工业项目", "high_pollution"),
        ("固废危废设施或填埋场", "waste_facility"),
        ("是否开采岩溶地下水", "karst_water"),
        ("项目是否涉及采矿", "mining"),
        ("是否打井", "well_drilling"),
        ("是否属于尾矿库", "tailings_pond"),
    ],
)
def test_a_column_may_bear_the_title_of_an_attribute_or_ask_for_it(column, name):
    known, _, notices = read(**{column: "是"})
    assert known[name] is True and notices == ()


@pytest.mark.parametrize(
    ("column", "value", "name", "expected"),
    [
        ("锅炉蒸吨", "10t/h", "boiler_tph", 10.0),
        ("锅炉蒸吨", "35 蒸吨", "boiler_tph", 35.0),
        ("锅炉蒸吨", " 1,0 ", "boiler_tph", 10.0),
        ("年产能", "60万吨/年", "capacity_tpa", 6e5),
        ("年运量", "150万吨", "freight_wan_t", 150.0),
        ("年运量", "1,500,000吨", "freight_wan_t", 150.0),
        ("建筑面积", "2.5万平方米", "floor_area_m2", 25_000.0),
        ("建筑面积", "900㎡", "floor_area_m2", 900.0),
        ("坡度", "25°", "slope_deg", 25.0),
        ("锅炉蒸吨", 0, "boiler_tph", 0.0),
        ("锅炉蒸吨", -10, "boiler_tph", None),
        ("锅炉蒸吨", "10MW", "boiler_tph", None),
        ("锅炉蒸吨", "10-20", "boiler_tph", None),
        ("锅炉蒸吨", "nan t/h", "boiler_tph", None),
    ],
)
def test_numbers_with_units(column, value, name, expected):
    known, _, notices = read(**{column: value})
    assert known.get(name) == (None if expected is None else pytest.approx(expected))
    assert bool(notices) == (expected is None)


@pytest.mark.parametrize("value", ["-10", "看图", "10MW"])
def test_a_size_nobody_understands_leaves_open_whether_there_is_such_a_thing(value):
    known, _, _ = read(锅炉蒸吨=value, 行业代码="4416")
    assert "has_coal_boiler" not in known
    assert read(行业代码="4416")[0]["has_coal_boiler"] is False


def test_a_trade_in_words_beside_its_code_is_passed_over():
    known, _, notices = read(行业代码="2521", 行业类别="炼焦")
    assert known["industry"] == "2521" and notices == ()
    assert read(行业类别="炼焦")[2]
    assert read(行业类别="2521")[0]["industry"] == "2521"
    assert "industry" not in read(行业代码="2521", 行业类别="4416")[0]


@pytest.mark.parametrize("value", [None, "", "  ", "未知", "-", math.nan, "N/A"])
def test_nothing_stated_is_unknown(value):
    known, _, notices = read(行业代码=value)
    assert "industry" not in known and notices == ()


@pytest.mark.parametrize("value", [610, "610", "111", 6, "6", "252", 610.0, "C252"])
def test_a_code_that_may_have_lost_its_zero_is_not_taken_for_another_trade(value):
    # 0610 (coal) saved by a spreadsheet is 610, which must not pass as group 610.
    known, _, notices = read(行业代码=value)
    assert "industry" not in known and "high_pollution" not in known
    assert len(notices) == 1
    assert "四位" in notices[0].zh and "four digits" in notices[0].en


@pytest.mark.parametrize("value", ["0000", "99999", "9811", "9900", "98", "25210", "2501", 9900])
def test_codes_that_the_standard_does_not_have_are_unknown(value):
    known, _, notices = read(行业代码=value)
    assert "industry" not in known
    assert "GB/T 4754" in notices[0].zh and "GB/T 4754" in notices[0].en


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("06", "06"),
        ("061", "061"),
        ("0610", "0610"),
        ("2500", "25"),
        ("２５２１", "2521"),
        ("2521.0", "2521"),
        ("2521(GB/T 4754-2017)", "2521"),
        ("2521、2521", "2521"),
    ],
)
def test_codes_that_stay_readable(value, code):
    known, _, notices = read(行业代码=value)
    assert known["industry"] == code and notices == ()


@pytest.mark.parametrize(
    "value",
    [
        "4415,2521",
        "4415、2521",
        "2521;4415",
        "2521/4415",
        "2521 4415",
        "D4415，C2521",
        "4415和2521",
    ],
)
def test_several_codes_in_one_cell_are_unknown(value):
    known, _, notices = read(行业代码=value)
    assert "industry" not in known and "high_pollution" not in known
    assert "拆分" in notices[0].zh and "split the site" in notices[0].en
    rule = load_catalogue().rules["R002-001"]
    assert assess(rule, known, SPECS).applies is Tri.UNKNOWN
    # A second column does not settle which of them is meant.
    assert "industry" not in read(行业代码=value, industry="4415")[0]


@pytest.mark.parametrize("value", ["701", 701, 70101, "7", "H14", "R22"])
def test_land_use_codes_that_lost_a_zero_or_are_of_another_list(value):
    known, _, notices = read(land_use_code=value)
    assert "land_use_code" not in known and "sensitive_use" not in known
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


@pytest.mark.parametrize(
    ("one", "other"), [("Nature", "nature"), ("建设性质", "建设性质 "), ("JSXZ", "jsxz")]
)
def test_columns_whose_names_fold_together(one, other):
    for first, second in [("new", "已有"), ("已有", "new")]:
        known, _, notices = read(**{one: first, other: second})
        assert "nature" not in known
        assert len(notices) == 1 and "互相矛盾" in notices[0].zh
    for first, second in [("new", "新建"), ("new", ""), (None, "new"), ("未知", "new")]:
        known, _, notices = read(**{one: first, other: second})
        assert known["nature"] == "new" and notices == ()


def test_what_is_contradicted_is_not_deduced_either():
    known, deduced, notices = read(industry="4415", 高污染="是", GWR="否")
    assert "high_pollution" not in known and "high_pollution" not in deduced
    assert len(notices) == 1


def test_a_stated_no_does_not_beat_a_deduced_yes():
    known, deduced, notices = read(行业代码="2521", 高污染="否")
    assert "high_pollution" not in known and "high_pollution" not in deduced
    assert known["two_high"] is True
    assert len(notices) == 1
    assert "高污染工业项目" in notices[0].zh and "行业代码" in notices[0].zh
    assert "High-pollution" in notices[0].en and "2521" in notices[0].en
    rule = load_catalogue().rules["R002-001"]
    assert assess(rule, {**known, "nature": "new"}, SPECS).applies is Tri.UNKNOWN
    assert read(行业代码="3360", 高污染="否")[0]["high_pollution"] is False  # nothing deduced
    assert "groundwater" not in read(取用岩溶水="是", 取用地下水="否")[0]
    assert read(取用岩溶水="是", industry="4415")[0]["groundwater"] is True


def test_a_statement_that_something_else_contradicts_is_unknown_whichever_is_milder():
    for columns, name in (
        ({"industry": "2521", "limited_activity_kind": "8"}, "limited_activity_kind"),
        ({"industry": "4415", "high_pollution": "是"}, "high_pollution"),
        ({"industry": "4416", "发电类型": "风电"}, "energy_type"),
        ({"boiler_tph": "20", "有燃煤锅炉": "否"}, "has_coal_boiler"),
    ):
        known, deduced, notices = read(**columns)
        assert name not in known and name not in deduced, columns
        (notice,) = notices
        assert SPECS[name].title.zh in notice.zh and "矛盾" in notice.zh


def test_a_size_says_that_there_is_such_a_thing_and_zero_that_there_is_none():
    assert read(boiler_tph="20")[0]["has_coal_boiler"] is True
    assert read(boiler_tph="0")[0]["has_coal_boiler"] is False
    assert "has_coal_boiler" not in read()[0]


@pytest.mark.parametrize("column", ["建设性", "建设性\ufffd", "constructi"])
def test_column_names_cut_by_dbf(column):
    known, _, notices = read(**{column: "新建", "行业代": "2521"})
    assert known["nature"] == "new" and known["industry"] == "2521"
    assert len(notices) == 2
    assert "行业代码" in notices[0].zh and "cut off" in notices[0].en


def test_cut_column_names_in_gbk():
    known, _, notices = read(工业城镇建="是", 建设性质="新建")
    assert known["industrial_or_urban"] is True and known["nature"] == "new"
    assert len(notices) == 1


def test_what_is_no_cut_name_is_not_taken_for_one():
    # The whole name speaks; the cut one is ambiguous; it is another's name; nothing was cut.
    assert read(建设性质="新建", 建设性="已有")[0]["nature"] == "new"
    assert read(危险化="是") == ({}, frozenset(), ())
    assert set(read(地下水="否")[0]) == {"groundwater", "karst_water"}  # without one, no other
    assert read(industrial="否", a_long_column_name=1) == ({}, frozenset(), ())


def test_grey_codes_stay_unknown():
    assert read(industry="4415")[0]["high_pollution"] is False
    assert "high_pollution" not in read(industry="3360")[0]  # electroplating: in neither list
    assert "high_pollution" not in read(industry="30")[0]  # division 30 holds cement and glass


def test_ids_names_and_repeats():
    raws = [{"编号": "A", "项目名称": "甲"}, {"编号": "A"}, {"编号": None}, {"id": 7.0}]
    projects = make_projects(((i, None, raw) for i, raw in enumerate(raws)), SPECS)
    assert [p.id for p in projects] == ["A", "A#2", "3", "7"]
    assert [p.name for p in projects] == ["甲", "A#2", "3", "7"]
    assert "#2" in projects[1].notices[0].en and not projects[0].notices


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["A", "A", "A#2"], ["A", "A#3", "A#2"]),
        (["A#2", "A", "A", "A"], ["A#2", "A", "A#3", "A#4"]),
        (["2", None, "A", "A"], ["2", "2#2", "A", "A#2"]),
        ([None, "1"], ["1#2", "1"]),
    ],
)
def test_identities_are_unique(ids, expected):
    projects = make_projects(((i, None, {"编号": v}) for i, v in enumerate(ids)), SPECS)
    assert [p.id for p in projects] == expected


def test_an_empty_id_column_does_not_blank_a_stated_one():
    assert make_projects([(0, None, {"ID": "A", "id": ""})], SPECS)[0].id == "A"


@pytest.mark.parametrize("value", ["高", "大概", "2"])
def test_a_stated_value_nobody_understands_is_not_answered_by_the_code(value):
    # Food processing alone means "not high-pollution"; with an unreadable statement it is unknown.
    known, _, notices = read(行业代码="8110", 高污染=value)
    assert "high_pollution" not in known and len(notices) == 1
    assert read(行业代码="8110")[0]["high_pollution"] is False
