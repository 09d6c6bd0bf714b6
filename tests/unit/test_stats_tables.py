"""Tables that users bring: which county a cell means, what is refused, and any table on the map."""

import geopandas
import openpyxl
import pytest
import shapely

from zoning.api.stats import StatisticsRequest, statistics
from zoning.base.errors import SourceError, UsageError
from zoning.catalogue.places import PlaceError, places
from zoning.stats.dashboard import read_figures
from zoning.stats.joined import joined
from zoning.stats.own_tables import UnitRows

UNITS = geopandas.GeoDataFrame(
    {"unit": ["140105", "140302", "140502", "140703"],
     "name": ["小店区", "城区", "城区", "太谷区"]},
    geometry=[shapely.box(112 + i, 37, 112.5 + i, 37.5) for i in range(4)], crs=4490,
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("140105", "140105"), (140105, "140105"), (140105.0, "140105"), ("140105.0", "140105"),
        (" 140105 ", "140105"), ("１４０１０５", "140105"), ("'140105", "140105"),
        ("140105000", "140105"), (140105000000, "140105"), ("140105000000", "140105"),
        ("1401", "140100"), ("14", "140000"), ("140 105", "140105"),
        ("小店区", "140105"), ("小 店 区", "140105"), ("小店", "140105"),
        ("太原市小店区", "140105"), ("山西省太原市小店区", "140105"),
        ("Xiaodian District", "140105"),
        ("太原", "140100"), ("Taiyuan", "140100"), ("山西省", "140000"), ("全省", "140000"),
        ("大同", "140200"), ("祁县", "140727"),
        ("140726", "140703"), ("太谷县", "140703"), ("晋中市太谷县", "140703"), ("太谷", "140703"),
        ("140227", "140215"), ("大同县", "140215"), ("怀仁县", "140681"), ("怀仁", "140681"),
        ("阳泉市城区", "140302"), ("晋城城区", "140502"),
        ("合计", None), ("合 计", None), ("Total", None),
    ],
)  # fmt: skip
def test_a_place_in_any_writing(cell, code):
    assert places().code_of(cell) == code


def test_the_city_of_a_row_tells_counties_of_one_name_apart():
    assert places().code_of("城区", "晋城市") == "140502"
    assert places().code_of("城区", "阳泉") == "140302"
    assert places().code_of("小店区", "太原市") == "140105"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("城区", "140302"),  # Four of that name, two of them of today.
        ("郊区", "140311"),  # A county of 长治 was called so until 2018.
        ("140202", "140213 平城区"), ("大同市城区", "140214 云冈区"), ("140411", "140403 潞州区"),
        ("140199", "no city or county"), ("130102", "no city or county"), ("小店镇", "no city"),
        ("140105001", "no code"), ("1.40105E+11", "no city"), ("", "no city"),
    ],
)  # fmt: skip
def test_places_that_are_none_or_several_or_no_more(cell, words):
    with pytest.raises(PlaceError) as caught:
        places().code_of(cell)
    assert words in caught.value.text.en


def sheet(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_any_table_is_laid_on_the_counties(tmp_path):
    path = sheet(tmp_path / "t.xlsx", ["设区市", "县（市、区）", "GDP", "说明", "name"],
                 ["太原市", "小店区", "1,203.5", "甲", "x"], ["阳泉市", "城区", 88, None, "y"],
                 ["晋中市", "太谷县", None, "乙", "z"], [None, "合计", 9, None, None],
                 ["大同市", "平城区", 5, None, None], [None, None, None, None, None])  # fmt: skip
    figures = joined(UNITS, path)
    frame = figures.frame
    assert frame["GDP"].tolist()[:2] == [1203.5, 88.0]
    assert frame["GDP"].isna().tolist() == [False, False, True, True]
    assert frame["说明"].tolist() == ["甲", "", "", "乙"]
    assert frame["name_"].tolist() == ["x", "y", "", "z"]
    assert frame["table_line"].tolist()[:2] == [2, 3]
    assert figures.bare == ("城区",)
    told = [n.text.en for n in figures.notes]
    assert figures.shortfall.en == "1 unit has no row in the table: 城区."
    assert any("2 rows of totals or of another level left out: 5, 6" in text for text in told)
    assert {c.name: c.unit for c in figures.columns}["GDP"] == "1"
    assert {c.name: c.digits for c in figures.columns}["GDP"] == 1


@pytest.mark.parametrize("head", ["县区代码", "区县代码", "县级行政区代码", "XZQDM", "县名称"])
def test_a_column_of_units_is_known_by_its_usual_heads(tmp_path, head):
    path = tmp_path / "t.csv"
    path.write_text(f"{head},面积\n140105,1\n", encoding="utf-8")
    assert "unit" in UnitRows(path).heads


def test_every_faulty_row_of_a_table_is_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(
        "行政区划代码,面积\n140105,1\n140105000000,2\n城区,3\n140202,4\n".encode("gbk")
    )
    with pytest.raises(SourceError) as caught:
        joined(UNITS, path)
    found = {p.feature: p.fault.en for p in caught.value.problems}
    assert set(found) == {"3", "4", "5"}
    assert "repeats row 2" in found["3"]
    path.write_text("县代号,面积\n140105,1\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        joined(UNITS, path)
    assert "县代号" in caught.value.problems[0].fault.en
    path.write_text("unit,面积\n140802,1\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        joined(UNITS, path)
    assert "no row belongs" in caught.value.problems[0].fault.en
    with pytest.raises(UsageError):
        joined(UNITS, None)


def test_a_table_is_a_topic_of_the_statistics(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("adcode,value\n140726,3\n", encoding="utf-8")
    figures = statistics("table", StatisticsRequest(by="county", table=path))
    row = figures.frame[figures.frame["unit"] == "140703"].iloc[0]
    assert row["value"] == 3.0
    assert len(figures.bare) == 116


def test_figures_are_read_by_names_in_both_languages(tmp_path):
    path = sheet(tmp_path / "t.xlsx", ["行政区", "指标", "数值", "年份", "口径"],
                 ["忻州市", "森林覆盖率", "14.21", 2020, "third_survey"],
                 [140900000000, "soil_conservation", 59.61, "2020", None])  # fmt: skip
    found = read_figures(path)
    assert {k: (v.value, v.year, v.caliber) for k, v in found.items()} == {
        ("140900", "forest_cover"): (14.21, 2020, "third_survey"),
        ("140900", "soil_conservation"): (59.61, 2020, None),
    }
