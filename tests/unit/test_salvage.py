"""A damaged record fails by itself; the others are read, and the file is never a clean one."""

import sqlite3
import struct
from datetime import date

import geopandas
import pytest
import shapely

import zoning
from zoning.base.errors import SourceError
from zoning.read import read_vector

TRIGGERS = "select name from sqlite_master where type = 'trigger'"
SHAPES = [shapely.box(112 + i / 10, 37, 112.01 + i / 10, 37.01) for i in range(3)]
SITES = geopandas.GeoDataFrame({"name": ["甲", "乙", "丙"]}, geometry=SHAPES, crs=4490)


@pytest.fixture
def damaged(tmp_path):
    """A FlatGeobuf of three sites; the last begins with a size that no record has."""
    path = tmp_path / "a.fgb"
    SITES.to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    content = bytearray(path.read_bytes())
    # Magic (8 bytes), header with its size before it, then records, each with its size before it.
    at = 12 + struct.unpack_from("<I", content, 8)[0]
    for _ in range(2):
        at += 4 + struct.unpack_from("<I", content, at)[0]
    content[at + 4 : at + 8] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)
    return path


def test_the_good_records_of_a_damaged_file_are_read(damaged):
    reading = read_vector(damaged)
    assert list(reading.frame["name"]) == ["甲", "乙"]
    assert reading.failed == (2,)
    assert [p.code for p in reading.problems] == ["record-unreadable"]
    assert reading.record.features == 3
    assert any("record by record" in n.en for n in reading.record.notices)


def test_a_damaged_record_never_ends_as_a_clean_review(damaged):
    report = zoning.check(damaged, as_of=date(2026, 11, 21), only=["R002-001"])
    assert [r.status.value for r in report.results][2] == "failed"
    assert report.exit_code != 0


def test_a_file_of_which_nothing_can_be_read_is_damaged(tmp_path):
    path = tmp_path / "b.gpkg"
    path.write_bytes(b"SQLite format 3\0" + b"\0" * 4000)
    with pytest.raises(SourceError) as caught:
        read_vector(path)
    assert caught.value.problems[0].code in ("file-damaged", "not-vector")


def test_a_text_that_cannot_be_decoded_is_not_passed_over(tmp_path):
    path = tmp_path / "t.gpkg"
    SITES.to_file(path, driver="GPKG")
    with sqlite3.connect(path) as base:
        for (name,) in base.execute(TRIGGERS).fetchall():
            base.execute(f'drop trigger "{name}"')
        base.execute("update t set name = cast(x'ff80fe41' as text) where fid = 2")
    base.close()
    with pytest.raises(SourceError) as caught:
        read_vector(path)
    assert caught.value.problems[0].code == "file-damaged"
