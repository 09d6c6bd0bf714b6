"""One policy for every text file a user gives, whichever command reads it."""

import pytest

import zoning
from zoning.base.encoding import read_rows, read_text
from zoning.base.errors import SourceError
from zoning.stats.targets import read_table

ROWS = "unit,indicator,year,value,备注\n太原市,forest_cover,2020,23.5,甲\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_is_read_as_it_is_written(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(ROWS.encode(encoding))
    assert read_text(path).text == ROWS
    assert read_rows(path)[0]["备注"] == "甲"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_table_from_excel_goes_into_the_statistics(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.encode(encoding))
    known = read_table(path)
    assert known["140100", "forest_cover"].value == 23.5


def test_a_gbk_table_of_rain_is_read(tmp_path):
    from zoning.stats.erosivity import _daily_csv

    path = tmp_path / "r.csv"
    path.write_bytes("date,rain_mm,站名\n2020-01-01,1.5,太原\n2020-01-02,0,太原\n".encode("gbk"))
    first, values = _daily_csv(path)
    assert (first.isoformat(), values.tolist()) == ("2020-01-01", [1.5, 0.0])


def test_what_is_no_text_is_a_named_fault(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"unit,indicator\n\xff\xff\xff\x81\n")
    with pytest.raises(SourceError) as caught:
        zoning.county_statistics("forest-cover", by="province", targets=True, table=path)
    assert caught.value.problems[0].code == "encoding-wrong"
    with pytest.raises(SourceError) as caught:
        read_text(tmp_path / "none.csv")
    assert caught.value.problems[0].code == "file-missing"
    with pytest.raises(SourceError):
        read_text(path, "hex")
    path.write_text("unit,value\n" + "x" * 200_000 + ",1\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_rows(path)
    assert caught.value.problems[0].code == "csv-unreadable"
