"""The dashboard of indicators: every target as data, figures by hand."""

import geopandas
import openpyxl
import pytest
import shapely

from zoning.base.errors import SourceError
from zoning.stats import tables
from zoning.stats.dashboard import _every, dashboard, read_figures

UNITS = geopandas.GeoDataFrame(
    {"unit": ["140300", "140900"], "name": ["阳泉市", "忻州市"]},
    geometry=[shapely.box(113, 37.8, 113.5, 38), shapely.box(112, 38, 113, 39)], crs=4490,
)  # fmt: skip


def test_every_target_of_the_documents_is_data():
    ids = [t.id for t in _every()]
    assert len(set(ids)) == len(ids)
    assert {f"I002-T{n:02d}" for n in range(1, 24)} <= set(ids)
    assert {f"I001-{n:02d}" for n in range(1, 25)} <= set(ids)
    assert {f"I004-{n:02d}" for n in range(1, 15)} <= set(ids)
    by_id = {t.id: t for t in _every()}
    pm = by_id["I002-T01"]
    assert (pm.base, pm.values, pm.sense, pm.binding) == ((2020, 44.0), {2025: 39.0}, "at_most",
                                                          "binding")  # fmt: skip
    assert by_id["I001-13"].values == {2025: 87.5, 2035: 95.0}
    assert by_id["I002-T21"].values == {}
    assert by_id["I002-T21"].stated == "2025: 稳中向好"
    for target in tables.indicator_system().targets:
        assert target.values or target.stated or target.base


def test_what_is_not_published_of_a_document_is_told():
    """The outline of the eco-province has 25: 11 named in the text, 10 remembered, 4 unknown."""
    notes = {n.text.en for n in dashboard(UNITS, None).notes}
    (short,) = (text for text in notes if "eco-province" in text)
    assert "25 in the document, 21 listed" in short
    assert short.endswith("Ask: Ecology and environment office.")
    assert any("23 in the document, 23 listed" in text for text in notes)
    assert any("24 in the document, 24 listed" in text for text in notes)


def rows_of(figures, target):
    frame = figures.table("dashboard").frame
    return frame[frame["target_id"] == target].set_index("target_year")


def test_figures_paths_and_gaps_by_hand(tmp_path):
    """Xinzhou's surface water: 78.5 in 2020, 87.5 wanted in 2025; 85 in 2023 is ahead of 83.9."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["unit", "indicator", "year", "value", "caliber"])
    sheet.append([140900, "I001-13", 2023, 85, None])
    sheet.append([140900, "forest_cover", 2025, 17.0, "third_survey"])
    sheet.append([140000, "I002-T01", 2025, 40.0, None])
    book.save(tmp_path / "mine.xlsx")
    figures = dashboard(UNITS, tmp_path / "mine.xlsx")
    water = rows_of(figures, "I001-13").loc[2025]
    assert (water["verdict"], water["gap"]) == ("not_met", pytest.approx(2.5))
    assert water["path"] == pytest.approx(78.5 + 0.6 * 9.0)
    assert "ahead" in water["reason"].en
    assert rows_of(figures, "I001-06").loc[2025, "verdict"] == "met"
    # A ceiling of the province: 40 over 39.
    pm = rows_of(figures, "I002-T01").loc[2025]
    assert (pm["verdict"], pm["gap"]) == ("not_met", pytest.approx(1.0))
    counts = figures.frame.set_index("unit")
    assert counts.loc["140900", "met"] == 1
    assert counts.loc["140900", "missing"] > 20
    assert counts.loc["140300", "met"] == 0


def test_a_name_means_the_target_of_the_rows_own_place(tmp_path):
    """Names stand for ids; those that several documents use go by the place of the row."""
    path = tmp_path / "t.csv"
    names = {t.id: t.name.zh for t in _every()}
    path.write_text(f"行政区,指标,年份,数值\n忻州,{names['I001-12']},2025,90\n", encoding="utf-8")
    assert set(read_figures(path)) == {("140900", "I001-12")}


def test_missing_figures_name_the_office():
    figures = dashboard(UNITS, None)
    frame = figures.table("dashboard").frame
    assert set(frame["verdict"]) == {"no_figure"}
    row = frame[frame["target_id"] == "I001-21"].iloc[0]
    assert "environment" in row["reason"].en
    told = [n.text.en for n in figures.notes if n.kind == "warning"]
    assert any("Forestry" in t and "I001-10" in t for t in told)


def test_faulty_rows_are_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("unit,indicator,year,value\n140900,no_such,2023,1\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_figures(path)
    assert caught.value.problems[0].feature == "2"
    (tmp_path / "t.xlsx").write_bytes(b"no workbook")
    with pytest.raises(SourceError):
        read_figures(tmp_path / "t.xlsx")
