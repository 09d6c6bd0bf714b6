"""Tables as offices write them: titles, signs between columns, encodings, spellings of angles."""

from __future__ import annotations

import codecs

import openpyxl
import pytest

from zoning.base.errors import SourceError
from zoning.read import ReadOptions, angles, read_vector

HEAD = "编号,经度,纬度,备注"
ROWS = "1,112.7012,37.6012,甲\n2,112.8012,37.7012,乙\n"
GIVEN = ReadOptions(crs="EPSG:4490")


@pytest.fixture
def csv(tmp_path):
    def read(text, coding="utf-8", **options):
        (tmp_path / "a.csv").write_bytes(text.encode(coding) if isinstance(text, str) else text)
        return read_vector(tmp_path / "a.csv", ReadOptions(crs="EPSG:4490", **options))

    return read


ABOVE = {
    "title": "项目坐标表\n",
    "title as wide as the table": "项目坐标表,,,\n",
    "title of two lines": '"项目\n坐标表",,,\n\n',
    "remark": "# 导出自系统\n",
    "title and units": "项目坐标表\n,度,度,\n",
    "sign between columns": "sep=,\n",
    "sign in quotation marks": '"sep=,"\r\n',
}


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_what_stands_above_the_head_is_no_row(csv, above):
    reading = csv(f"{above}{HEAD}\n{ROWS}")
    assert list(reading.frame["备注"]) == ["甲", "乙"]
    assert (reading.failed, reading.record.unread) == ((), ())
    assert reading.frame.geometry.iloc[1].x == 112.8012


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_the_sign_between_columns_is_that_of_the_head(csv, mark):
    reading = csv(f"甲,乙,丙,丁,戊\n{HEAD.replace(',', mark)}\n{ROWS.replace(',', mark)}")
    assert len(reading.table) == 2
    assert not reading.record.incomplete


@pytest.mark.parametrize(
    "above",
    ["0,112.5012,37.5012,丙\n", "# 坐标系：GCJ02\n", "项目坐标表（1980西安坐标系）,,,\n"],
)
def test_what_speaks_of_coordinates_above_the_head_leaves_the_file_incomplete(csv, above):
    assert len(csv(f"{above}{HEAD}\n{ROWS}").record.unread) == 1


def test_a_datum_above_the_head_that_the_user_heeds_is_heeded(csv):
    assert not csv(f"# 坐标系：GCJ02\n{HEAD}\n{ROWS}", datum="gcj02").record.incomplete
    assert not csv(f"CGCS2000 坐标\n{HEAD}\n{ROWS}").record.incomplete


def test_a_workbook_with_another_datum_in_its_title_is_incomplete(tmp_path):
    book = openpyxl.Workbook()
    for row in (["1980西安坐标系"], ["经度", "纬度"], [112.7012, 37.6012]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert len(read_vector(tmp_path / "a.xlsx", GIVEN).record.unread) == 1


def test_a_table_without_columns_of_coordinates_names_those_it_has(csv):
    with pytest.raises(SourceError) as caught:
        csv(f"项目坐标表\n{HEAD.replace('度', '')}\n{ROWS}")
    (fault,) = caught.value.problems
    assert fault.code == "table-no-coordinates"
    assert "备注" in fault.fault.en


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_table_in_utf_16(csv, mark):
    coding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    reading = csv(mark + f"{HEAD}\n{ROWS}".encode(coding))
    assert list(reading.frame["备注"]) == ["甲", "乙"]
    assert not reading.record.incomplete


@pytest.mark.parametrize(
    "text",
    [
        "112-30-44.5", "112.30.44.5", "112:30:44.5", "112 30 44.5", "E112-30-44.5",
        "东经112 30 44.5",
        "112°30′44.5″", "112º30’44.5”", "112°30'44.5''", "112-30-44.5E",
    ],
)  # fmt: skip
def test_angles_in_columns_of_coordinates(csv, text):
    found = csv(f"经度,纬度\n{text},37.6012\n").frame.geometry.iloc[0]
    assert found.x == pytest.approx(112 + 30 / 60 + 44.5 / 3600)


@pytest.mark.parametrize("text", ["112-30", "112-75-10", "112-30.44", "112-30:44", "1.2.3.4.5"])
def test_what_may_mean_several_things_is_no_angle(csv, text):
    (fault,) = csv(f"经度,纬度\n{text},37.6012\n112.5012,37.6012\n").problems
    assert text in fault.fault.en
    assert "112-30-44" in fault.fault.en
    assert angles.coordinate(text) is None


def test_numbers_of_documents_are_no_angles_elsewhere():
    assert angles.degrees("112-30-44") is None


@pytest.mark.parametrize(
    ("lon", "lat", "off"),
    [
        ("111°30′", "36°24′", "927 m"),  # half a minute of latitude
        ("111°30′", "36°24′15″", "766 m"),  # half a minute of longitude at 34.5° N
        ("111.50", "36.40", "460 m"),  # half of a hundredth of a degree of longitude
        ("111", "36", "45,950 m"),
        ("111.5012", "36.4", None),  # zeros that a program dropped
        ("111.501", "36.401", None),
        ("111°30.5′", "36°24.5′", None),
        ("111°30′00″", "36°24′00″", None),
        ("111.50000", "36.40000", None),
    ],
)
def test_coordinates_that_are_written_coarsely_decide_nothing(csv, lon, lat, off):
    doubts = csv(f"经度,纬度\n{lon},{lat}\n").doubts
    assert list(doubts) == ([0] if off else [])
    assert all(off in text.en for text in doubts.values())


@pytest.mark.parametrize(
    ("pair", "doubted"), [((111.5, 36.4), True), ((111.5, 36.4012), False), ((111, 36), True)]
)
def test_numbers_of_a_worksheet_that_are_written_coarsely(tmp_path, pair, doubted):
    book = openpyxl.Workbook()
    for row in (["经度", "纬度"], pair):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert bool(read_vector(tmp_path / "a.xlsx", GIVEN).doubts) == doubted


def test_metres_are_no_coarse_degrees(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n38543951,4018285\n")
    options = ReadOptions(crs="EPSG:4526", lon="x", lat="y")
    assert not read_vector(tmp_path / "a.csv", options).doubts
