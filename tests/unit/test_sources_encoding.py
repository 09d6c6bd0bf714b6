"""Encodings of shapefiles: what was written is what is read, whatever .cpg and LDID say."""

from __future__ import annotations

import struct
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from zoning.base.errors import SourceError
from zoning.read import ReadOptions, read_vector
from zoning.read.formats import shapefile, shapefile_encoding

CHINESE = ("某某铝业有限公司扩建项目", "汾河谷地", "晋中市榆次区")


def write_dbf(path: Path, field: bytes, values: list[bytes], ldid: int, width: int = 60) -> None:
    """Write a DBF with one text field, byte for byte."""
    head = struct.pack("<BBBBIHH", 3, 124, 1, 1, len(values), 32 + 32 + 1, width + 1)
    head += bytes(17) + bytes([ldid]) + bytes(2)
    head += field.ljust(11, b"\x00") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14) + b"\x0d"
    path.write_bytes(head + b"".join(b" " + v.ljust(width) for v in values) + b"\x1a")


def shapes(path: Path, texts, codec: str, *, ldid: int = 0, cpg: str | None = None, width=60):
    """Write a shapefile whose text is in ``codec`` and whose labels may lie."""
    points = [shapely.Point(112 + i / 10, 37) for i in range(len(texts))]
    gpd.GeoDataFrame({"x": range(len(texts))}, geometry=points, crs=4490).to_file(path)
    values = [t.encode(codec)[:width] for t in texts]
    write_dbf(path.with_suffix(".dbf"), "name".encode(codec), values, ldid, width)
    path.with_suffix(".cpg").unlink()
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


@pytest.mark.parametrize("ldid", [0x00, 0x4D, 0x57])
@pytest.mark.parametrize("cpg", [None, "UTF-8", "GBK", "936", "ISO-8859-1", "SYSTEM"])
@pytest.mark.parametrize(
    ("codec", "title", "texts"),
    [
        ("gbk", "GB18030", CHINESE),
        ("gb18030", "GB18030", (*CHINESE, "㐂村𠮷")),
        ("utf-8", "UTF-8", CHINESE),
        ("latin-1", "Windows-1252", ("Müller Straße", "Größe über alles")),
    ],
)
def test_the_matrix(tmp_path, codec, title, texts, cpg, ldid):
    path = shapes(tmp_path / "a.shp", texts, codec, ldid=ldid, cpg=cpg)
    reading = read_vector(path)
    assert tuple(reading.frame["name"]) == texts
    assert reading.record.encoding == title
    evidence = reading.record.encoding_evidence.en
    assert f"LDID 0x{ldid:02X}" in evidence
    assert (f"“{cpg}”" in evidence) if cpg else ("no .cpg" in evidence)


def test_the_evidence_names_a_lie(tmp_path):
    path = shapes(tmp_path / "a.shp", CHINESE, "gbk", cpg="UTF-8")
    evidence = read_vector(path).record.encoding_evidence
    assert "UTF-8 fails on 100% of the texts" in evidence.en
    assert "contradicts the statement" in evidence.en
    assert "以文字为准" in evidence.zh


def test_one_short_word_that_is_two_things_is_called_ambiguous(tmp_path):
    # F6 E2 is 鲡 (GB 2312 level 2, rare) and öâ (letters beside none): neither is likely.
    path = shapes(tmp_path / "a.shp", ("\u00f6\u00e2",), "latin-1")
    reading = read_vector(path)
    assert any("not certain" in n.en for n in reading.record.notices)
    assert "--encoding settles it" in reading.record.encoding_evidence.en


def test_the_user_overrides(tmp_path):
    path = shapes(tmp_path / "a.shp", CHINESE, "gbk", cpg="GBK")
    with pytest.raises(SourceError) as caught:
        read_vector(path, ReadOptions(encoding="UTF-8"))
    assert caught.value.problems[0].code == "encoding-wrong"
    with pytest.raises(SourceError) as caught:
        read_vector(path, ReadOptions(encoding="klingon"))
    assert caught.value.problems[0].code == "encoding-unknown"
    latin = read_vector(path, ReadOptions(encoding="latin-1"))
    assert latin.frame["name"].iloc[1] == "汾河谷地".encode("gbk").decode("latin-1")


def test_a_value_cut_in_the_middle_of_a_character(tmp_path):
    # 10 bytes hold three characters of three bytes and a third of the fourth.
    path = shapes(tmp_path / "a.shp", ("汾河谷地", "汾河谷地"), "utf-8", width=10)
    reading = read_vector(path)
    assert list(reading.frame["name"]) == ["汾河谷", "汾河谷"]
    assert reading.record.encoding == "UTF-8"


def test_ascii_needs_no_decision(tmp_path):
    reading = read_vector(shapes(tmp_path / "a.shp", ("a", "b"), "ascii"))
    assert "makes no difference" in reading.record.encoding_evidence.en
    assert reading.record.notices == ()


def test_no_process_wide_setting_is_touched(tmp_path):
    import pyogrio

    before = pyogrio.get_gdal_config_option("SHAPE_ENCODING")
    read_vector(shapes(tmp_path / "a.shp", CHINESE, "gbk"))
    assert pyogrio.get_gdal_config_option("SHAPE_ENCODING") == before


def test_the_header_gives_widths_and_driver_id(tmp_path):
    write_dbf(tmp_path / "a.dbf", b"name", [b"x"], 0x57, width=33)
    assert shapefile.header((tmp_path / "a.dbf").read_bytes()) == ({b"name": 33}, 0x57)
    assert shapefile.header(b"short") == ({}, None)


@pytest.mark.parametrize(
    ("cpg", "codec"),
    [("UTF-8", "utf-8"), ("65001", "utf-8"), ("ANSI 936", "gb18030"), ("cp936", "gb18030"),
     ("GB2312", "gb18030"), ("ISO 88591", "cp1252"), ("1252\r\n", "cp1252"), ("OEM", None),
     ("", None), (None, None)],
)  # fmt: skip
def test_names_in_cpg_files(cpg, codec):
    assert shapefile_encoding._from_cpg(cpg) == codec


@pytest.mark.parametrize("word", ["關", "壩體", "選煤廠", "鐵礦", "環評", "礦區範圍"])
def test_big5_that_its_driver_states_is_not_read_as_gb18030(word):
    assert shapefile_encoding.decide([word.encode("big5")], [], None, 0x4F).codec == "big5"
