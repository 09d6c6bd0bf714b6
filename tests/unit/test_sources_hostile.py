"""Files meant to do harm, or sent by mistake: bounded time and memory, inert text, plain words."""

from __future__ import annotations

import gzip
import json
import struct
import time
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from zoning.base.errors import SourceError
from zoning.read import (
    ReadOptions,
    inspect,
    limits,
    read_vector,
)
from zoning.read.formats import archive

POINT = {"type": "Point", "coordinates": [112.0, 37.0]}


def code_of(path: Path, options: ReadOptions | None = None) -> str:
    with pytest.raises(SourceError) as caught:
        read_vector(path, options)
    return caught.value.problems[0].code


def collection(path: Path, *features: dict) -> Path:
    full = [{"type": "Feature", "properties": {}, "geometry": POINT, **f} for f in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": full}))
    return path


def test_zip_bomb(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for at in range(7):
            zipped.writestr(f"{at}.geojson", bytes(10_000_000))
    started = time.perf_counter()
    assert code_of(path) == "file-too-large"
    assert time.perf_counter() - started < 1.0


def test_gzip_bomb(tmp_path):
    path = tmp_path / "bomb.geojson.gz"
    path.write_bytes(gzip.compress(bytes(100_000_000)))
    assert code_of(path) == "file-too-large"


def test_a_header_that_understates_the_size(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a.geojson", json.dumps(POINT) + " " * 5_000_000)
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02") + 24
    path.write_bytes(data[:at] + struct.pack("<I", 100) + data[at + 4 :])
    assert code_of(path) in {"file-damaged", "file-too-large"}


@pytest.mark.parametrize(
    "member",
    ["../evil.geojson", "a/../../evil.geojson", "/etc/evil.geojson", "..\\evil.geojson",
     "C:\\evil.geojson"],
)  # fmt: skip
def test_paths_that_leave_the_archive(tmp_path, member):
    path = tmp_path / "deep" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr(member, json.dumps(POINT))
    assert code_of(path) == "archive-unsafe-path"
    assert [p.name for p in tmp_path.rglob("*evil*")] == []


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("a.geojson", json.dumps(POINT))
    assert len(read_vector(path).frame) == 1
    assert list((tmp_path / "t").iterdir()) == []


def test_encrypted_nested_and_crowded_archives(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("inner.zip", b"PK\x03\x04")
    assert code_of(path) == "not-vector"
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert code_of(path) == "archive-encrypted"
    monkeypatch.setattr(limits, "MAX_MEMBERS", 0)
    assert code_of(path) == "file-too-large"


def test_a_data_file_that_is_an_archive_in_disguise(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("a.geojson", b"PK\x03\x04 not json")
    assert code_of(path) == "not-vector"


def test_copying_stops_at_the_budget(tmp_path):
    class Endless:
        def read(self, size: int) -> bytes:
            return bytes(size)

    with pytest.raises(SourceError):
        archive._copy(Endless(), tmp_path / "x", 5_000_000, "x")
    assert (tmp_path / "x").stat().st_size <= 5_000_000


def nested(depth: int) -> str:
    opening = '{"type": "GeometryCollection", "geometries": ['
    return opening * depth + json.dumps(POINT) + "]}" * depth


def test_deep_geojson_is_refused_and_shallow_flattened(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(nested(100_000))
    assert code_of(path) == "too-deep"
    path.write_text(nested(20))
    assert read_vector(path).frame.geometry.iloc[0].geom_type == "Point"
    path.write_text('{"type": "Feature", "geometry": null, "properties": {"a": '
                    + "[" * 100_000 + "]" * 100_000 + "}}")  # fmt: skip
    assert code_of(path) == "too-deep"


def test_deep_wkt_never_reaches_the_recursive_parser(tmp_path):
    path = tmp_path / "a.csv"
    deep = "GEOMETRYCOLLECTION (" * 100_000 + "POINT (112 37)" + ")" * 100_000
    stacked = "POLYGON " + "(" * 1_000_000
    path.write_text(f'id,WKT\n1,"{deep}"\n2,"{stacked}"\n3,POINT (112 37)\n')
    reading = read_vector(path, ReadOptions(crs="4490"))
    assert [p.code for p in reading.problems] == ["geometry-nested", "geometry-nested"]
    assert list(reading.frame["id"]) == ["3"]


def test_deep_kml(tmp_path):
    path = tmp_path / "a.kml"
    point = "<Point><coordinates>112,37</coordinates></Point>"
    multi = "<MultiGeometry>" * 50_000 + point + "</MultiGeometry>" * 50_000
    path.write_text(f"<kml><Placemark><name>x</name>{multi}</Placemark></kml>")
    assert len(read_vector(path).frame) == 1


def test_xml_entities_are_refused(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml>&b;</kml>')
    assert code_of(path) == "not-vector"
    text = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><kml>&a;</kml>'
    path.write_bytes(text.encode("utf-16"))
    assert code_of(path) == "not-vector"


def test_a_network_link_is_told_and_not_followed(tmp_path):
    path = tmp_path / "a.kml"
    link = "<NetworkLink><Link><href>http://example.org/x.kml</href></Link></NetworkLink>"
    mark = "<Placemark><Point><coordinates>112,37</coordinates></Point></Placemark>"
    path.write_text(f"<kml><Document>{link}{mark}</Document></kml>")
    assert any("not followed" in n.en for n in read_vector(path).record.notices)


@pytest.mark.parametrize("number", ["1e308", "-1e308", "1e999", "NaN", "Infinity", "1" * 400])
def test_absurd_coordinates_fail_their_feature_only(tmp_path, number):
    path = tmp_path / "a.geojson"
    good = json.dumps({"type": "Feature", "properties": {}, "geometry": POINT})
    ring = f"[[112,37],[112.1,37],[112.1,{number}],[112,37]]"
    bad = '{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[%s]}}'
    features = ", ".join((good, bad % ring))
    path.write_text('{"type":"FeatureCollection","features":[' + features + "]}")
    reading = read_vector(path)
    assert reading.failed == (1,)
    assert list(reading.frame.index) == [0]
    assert reading.problems[0].code in {
        "coordinates-out-of-range", "coordinates-not-finite", "geometry-unreadable",
    }  # fmt: skip


def test_absurd_coordinates_through_gdal(tmp_path):
    shapes = [shapely.Point(112, 37), shapely.Point(1e308, -1e308), shapely.Point(4e5, 4e6)]
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"id": [1, 2, 3]}, geometry=shapes, crs=4547).to_file(path)
    reading = read_vector(path)
    assert 1 in reading.failed
    assert 2 in reading.frame.index


def test_two_hundred_megabytes_would_be_cut(tmp_path):
    path = collection(tmp_path / "a.geojson", {"properties": {"name": "长" * 3_000_000}})
    reading = read_vector(path)
    assert len(reading.frame["name"].iloc[0]) == limits.MAX_TEXT
    assert any("cut at" in n.en for n in reading.record.notices)


def test_too_many_distinct_fields(tmp_path):
    many = [{"properties": {f"k{i}-{j}": 1 for j in range(50)}} for i in range(100)]
    assert code_of(collection(tmp_path / "a.geojson", *many)) == "file-too-large"


def test_control_characters_and_forged_direction_are_removed(tmp_path):
    dirty = "a\x00b\x1b[31mc\u202etxt\u2066\ud800\ufeff\x85"
    path = collection(
        tmp_path / "a.geojson",
        {"properties": {"name": dirty, "n\x07ame2": "=cmd|' /C calc'!A0", "html": "<b>x</b>"}},
    )
    frame = read_vector(path).frame
    assert frame["name"].iloc[0] == "ab[31mctxt"
    # Formulas and markup are text here; making them inert is the business of each output.
    assert frame["name2"].iloc[0] == "=cmd|' /C calc'!A0"
    json.dumps(frame.drop(columns="geometry").to_dict("records")).encode("utf-8")


def test_properties_that_look_like_structure(tmp_path):
    path = collection(
        tmp_path / "a.geojson",
        {"properties": {"geometry": "mine", "crs": {"a": [1]}, "type": "Point", "x": [1, {}]}},
        {"properties": ["no", "object"]},
        {"properties": None, "id": {"odd": 1}},
    )
    frame = read_vector(path).frame
    assert frame["geometry_"].iloc[0] == "mine"
    assert frame["crs"].iloc[0] == '{"a": [1]}'
    assert frame["type"].iloc[0] == "Point"
    assert frame.geometry.iloc[0].x == 112.0


@pytest.mark.parametrize(
    "feature",
    [None, 5, "x", [], {"type": "Feature"}, {"geometry": 5}, {"geometry": []},
     {"geometry": {"type": "Point"}}, {"geometry": {"type": ["Point"], "coordinates": [1, 2]}},
     {"geometry": {"type": "Point", "coordinates": None}},
     {"geometry": {"type": "Point", "coordinates": ["112", "37"]}},
     {"geometry": {"type": "Point", "coordinates": [[112, 37]]}},
     {"geometry": {"type": "Point", "coordinates": [[]]}},
     {"geometry": {"type": "Polygon", "coordinates": [[[]]]}},
     {"geometry": {"type": "Polygon", "coordinates": [112, 37]}},
     {"geometry": {"type": "Polygon", "coordinates": [[[112, 37], [113], [1, 2], [3, 4]]]}},
     {"geometry": {"type": "LineString", "coordinates": [[112, 37]]}},
     {"geometry": {"type": "MultiPoint", "coordinates": [[True, False]]}},
     {"geometry": {"type": "GeometryCollection", "geometries": [5]}},
     {"geometry": {"type": "GeometryCollection"}}],
)  # fmt: skip
def test_malformed_features_are_named_and_others_kept(tmp_path, feature):
    path = tmp_path / "a.geojson"
    good = {"type": "Feature", "properties": {"id": "ok"}, "geometry": POINT}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [good, feature, good]}))
    reading = read_vector(path)
    assert reading.failed == (1,)
    assert list(reading.frame.index) == [0, 2]
    assert reading.problems[0].feature == "2"
    assert reading.problems[0].line("zh") != reading.problems[0].line("en")


def test_a_million_vertices_are_no_trouble(tmp_path):
    turn = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    radius = 0.3 + 0.02 * np.sin(5000 * turn)
    ring = np.column_stack([112.5 + radius * np.cos(turn), 37.5 + radius * np.sin(turn)])
    path = tmp_path / "a.fgb"
    frame = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.Polygon(ring)], crs=4490)
    frame.to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    started = time.perf_counter()
    reading = read_vector(path)
    assert time.perf_counter() - started < 10
    assert shapely.get_num_coordinates(reading.frame.geometry.iloc[0]) == 1_000_001


def test_inspect_never_raises_on_content(tmp_path):
    for at, content in enumerate(
        (b"x", b"{", b"PK\x03\x04", nested(50_000).encode(), b"\x00" * 99)
    ):
        path = tmp_path / f"{at}.bin"
        path.write_bytes(content)
        found = inspect(path)
        assert found.problems
        assert found.verdict.en.startswith("zoning check would refuse")
        assert found.to_dict()["sha256"]
