"""Each format as a user would have it: the same two plots come out of every fixture."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from zoning.base.errors import SourceError
from zoning.read import ReadOptions, angles, read_vector
from zoning.read.formats import detect

HERE = Path(__file__).parent.parent / "fixtures" / "sources"
FIRST = shapely.box(112.70, 37.60, 112.72, 37.62)
SECOND = shapely.Polygon(
    shapely.box(112.50, 37.40, 112.54, 37.43).exterior,
    [shapely.box(112.51, 37.41, 112.52, 37.42).exterior],
)
NAMES = ["榆次某焦化项目", "太谷光伏项目"]
ZONE_38 = ReadOptions(crs="EPSG:4526")
DEGREES = ReadOptions(crs="EPSG:4490")

ROWS = [
    # file, options, driver, layer, CRS, what the evidence says of it
    ("plots.geojson", None, "GeoJSON", None, "OGC:CRS84", "RFC 7946"),
    ("plots.geojson.gz", None, "GeoJSON", None, "OGC:CRS84", "RFC 7946"),
    ("plots.geojsonl", None, "GeoJSONSeq", None, "OGC:CRS84", "RFC 7946"),
    ("plots.gpkg", None, "GPKG", "项目范围", "EPSG:4526", "own definition"),
    ("plots.fgb", None, "FlatGeobuf", "plots", "EPSG:4526", "own definition"),
    ("plots.parquet", None, "GeoParquet", None, "EPSG:4490", "PROJJSON"),
    ("plots-shapefile.zip", None, "ESRI Shapefile", "项目范围/范围.shp", "EPSG:4526",
     "晋中_高斯_38带"),
    ("official.gdb.zip", ReadOptions(layer="STBHHX"), "OpenFileGDB", "STBHHX", "EPSG:4490", "own"),
    ("official.gdb.zip", ReadOptions(layer="yjjbnttb"), "OpenFileGDB", "YJJBNTTB", "EPSG:4526", ""),
    ("plots.kml", None, "KML", None, "OGC:CRS84", "KML standard"),
    ("plots.kmz", None, "KMZ", None, "OGC:CRS84", "KML standard"),
    ("plots.csv", None, "CSV", None, "EPSG:4490", "SRID"),
    ("plots.xlsx", DEGREES, "XLSX", "项目清单", "EPSG:4490", "--crs"),
    ("plots.dxf", ZONE_38, "DXF", "用地红线", "EPSG:4526", "--crs"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "options", "driver", "layer", "crs", "evidence"), ROWS)
def test_every_format_gives_the_same_plots(file, options, driver, layer, crs, evidence):
    reading = read_vector(HERE / file, options)
    record = reading.record
    assert (record.driver, record.layer, record.crs) == (driver, layer, crs)
    assert evidence in record.crs_evidence.en
    assert (record.features, reading.problems, reading.repairs) == (2, (), ())
    assert record.name == file
    assert len(record.sha256) == 64
    second = shapely.Polygon(SECOND.exterior) if driver == "DXF" else SECOND
    for got, want in zip(reading.frame.geometry, (FIRST, second), strict=True):
        assert shapely.hausdorff_distance(got, want) < 1e-8
        assert got.exterior.is_ccw
        assert shapely.symmetric_difference(got, want).area < 1e-10
    assert list(reading.frame.index) == [0, 1]
    assert reading.frame.crs.to_epsg() == 4490
    names = next((c for c in ("名称", "name", "HXMC") if c in reading.frame), None)
    if driver != "DXF":
        assert list(reading.frame[names]) == NAMES


def test_whole_numbers_stay_whole_and_text_codes_stay_text():
    assert list(read_vector(HERE / "plots.gpkg").frame["industry"]) == [2521, 4416]
    points = read_vector(HERE / "points-gbk.csv", DEGREES)
    assert list(points.frame["industry"]) == ["02521", "04416"]
    assert points.record.encoding == "GB18030"
    assert list(points.frame["名称"]) == NAMES


def test_a_geodatabase_gives_the_meaning_of_its_codes():
    frame = read_vector(HERE / "official.gdb.zip", ReadOptions(layer="STBHHX")).frame
    assert list(frame["HXLX_label"]) == ["水源涵养", "生物多样性维护"]


@pytest.mark.parametrize(
    ("file", "code", "said"),
    [
        ("official.gdb.zip", "several-layers", "STBHHX, YJJBNTTB"),
        ("plots.dxf", "crs-missing", "EPSG:4526"),
        ("plots.xlsx", "crs-missing", "EPSG:4490"),
        ("points-gbk.csv", "crs-missing", "EPSG:4490"),
    ],
)
def test_what_is_not_known_is_asked_for(file, code, said):
    with pytest.raises(SourceError) as caught:
        read_vector(HERE / file)
    problem = caught.value.problems[0]
    assert problem.code == code
    assert said in problem.line("en")
    assert said.split(", ")[0] in problem.line("zh")


def test_a_layer_that_is_not_there():
    with pytest.raises(SourceError) as caught:
        read_vector(HERE / "plots.gpkg", ReadOptions(layer="other"))
    assert caught.value.problems[0].code == "layer-missing"
    assert "项目范围" in caught.value.problems[0].cure.zh


def test_a_box_filters_and_positions_stay_those_of_the_file():
    box = (112.49, 37.39, 112.55, 37.44)
    for file in ("plots.gpkg", "plots.fgb", "plots-shapefile.zip"):
        reading = read_vector(HERE / file, ReadOptions(bbox=box))
        assert list(reading.frame.index) == [1], file


def test_a_file_with_an_odd_name_is_read_literally(tmp_path):
    for name in ("a!b.gpkg", "c?d;e.gpkg", "项目 #1 100%.gpkg"):
        (tmp_path / name).write_bytes((HERE / "plots.gpkg").read_bytes())
        assert len(read_vector(tmp_path / name).frame) == 2


def test_the_suffix_does_not_decide(tmp_path):
    path = tmp_path / "plots.shp"
    path.write_bytes((HERE / "plots.geojson").read_bytes())
    assert read_vector(path).record.driver == "GeoJSON"


@pytest.mark.parametrize(
    "content",
    [
        b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>http://example.org/a.json'
        b"</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        b"<WFS_Capabilities/>",
        b'<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "b">]><kml>&a;</kml>',
        b"PK\x03\x04 torn",
        b"fgb\x03 torn",
        b"PAR1 torn",
        b"\x1f\x8b torn",
        b"\x00\x00\x27\x0a torn",
        b"  0\nSECTION\n  2\nENTITIES\n  0\nCIRC",
        b"\xff\xfe{\x00",
        bytes(range(256)) * 40,
    ],
)
def test_torn_or_foreign_content_is_refused_by_name(tmp_path, content):
    path = tmp_path / "a.gpkg"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read_vector(path)
    assert caught.value.problems[0].code in {
        "not-vector", "file-damaged", "shapefile-incomplete", "encoding-wrong", "no-features",
    }  # fmt: skip


def test_every_prefix_of_every_fixture_is_read_or_refused(tmp_path):
    for file in sorted(HERE.glob("p*")):
        data = file.read_bytes()
        path = tmp_path / file.name
        for share in (0.03, 0.3, 0.6, 0.9, 0.99):
            path.write_bytes(data[: max(1, int(len(data) * share))])
            try:
                read_vector(path, ReadOptions(crs="EPSG:4526"))
            except SourceError as error:
                assert error.problems[0].cure.zh


def test_coordinates_in_tables():
    assert angles.degrees("112°33′45″") == pytest.approx(112.5625)
    assert angles.degrees("东经112度30分") == pytest.approx(112.5)
    assert angles.degrees(" 37.5 ") == 37.5
    assert angles.degrees("north") is None
    assert angles.degrees(True) is None


def table(tmp_path: Path, text: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_without_usable_coordinates_are_named(tmp_path):
    text = "id,lon,lat\nA,112,37\nB,,37\nC,112,x\nD,37,112\nE,1e400,3\n"
    reading = read_vector(table(tmp_path, text), DEGREES)
    assert list(reading.frame["id"]) == ["A"]
    assert [(p.feature, p.code) for p in reading.problems] == [
        ("2 (id=B)", "geometry-null"),
        ("3 (id=C)", "geometry-unreadable"),
        ("4 (id=D)", "axes-swapped"),
        ("5 (id=E)", "coordinates-not-finite"),
    ]


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("a,b\n1,2\n", None, "table-no-coordinates"),
        ("x,y\n112,37\n", None, "table-no-coordinates"),
        ("lon,lat\n112,37\n", ReadOptions(lon="e", lat="n"), "field-missing"),
        ("wkt\nSRID=4490;POINT (112 37)\nSRID=3857;POINT (1 1)\n", None, "crs-mixed"),
        ("lon,lat\n", None, "no-features"),
    ],
)
def test_tables_that_cannot_be_placed(tmp_path, text, options, code):
    with pytest.raises(SourceError) as caught:
        read_vector(table(tmp_path, text), options)
    assert caught.value.problems[0].code == code


def test_named_columns_are_used(tmp_path):
    path = table(tmp_path, "name;e;n\n甲;112.5;37.5\n")
    frame = read_vector(path, ReadOptions(lon="e", lat="n", crs="4490")).frame
    assert (frame.geometry.iloc[0].x, frame.geometry.iloc[0].y) == (112.5, 37.5)
    assert list(frame.columns) == ["name", "geometry"]


def test_an_archive_with_several_data_sets_asks_which(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in ("plots.geojson", "plots.gpkg"):
            archive.write(HERE / file, f"资料/{file}")
        archive.writestr("readme.md", "x")
        archive.writestr("__MACOSX/._plots.geojson", "x")
    with pytest.raises(SourceError) as caught:
        read_vector(path)
    assert caught.value.problems[0].code == "several-layers"
    reading = read_vector(path, ReadOptions(layer="资料/plots.gpkg"))
    assert reading.record.driver == "GPKG"


def test_line_separated_features_with_record_separators(tmp_path):
    lines = (HERE / "plots.geojsonl").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "a.json"
    path.write_text("".join(f"\x1e{line}\n" for line in lines), encoding="utf-8")
    assert len(read_vector(path).frame) == 2


def test_the_hash_is_that_of_the_file_or_of_all_its_parts(tmp_path):
    import hashlib

    file = HERE / "plots.geojson"
    assert read_vector(file).record.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    with zipfile.ZipFile(HERE / "plots-shapefile.zip") as archive:
        for at, info in enumerate(archive.infolist()):
            (tmp_path / f"a{Path(info.filename).suffix}").write_bytes(archive.read(info))
            assert at < 5
    before = read_vector(tmp_path / "a.shp").record.sha256
    dbf = bytearray((tmp_path / "a.dbf").read_bytes())
    dbf[-3] ^= 1
    (tmp_path / "a.dbf").write_bytes(dbf)
    assert read_vector(tmp_path / "a.shp").record.sha256 != before


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_a_shapefile_without_its_companions(tmp_path, suffix):
    with zipfile.ZipFile(HERE / "plots-shapefile.zip") as archive:
        for info in archive.infolist():
            if Path(info.filename).suffix != suffix:
                name = f"a{Path(info.filename).suffix}"
                (tmp_path / name).write_bytes(archive.read(info))
    with pytest.raises(SourceError) as caught:
        read_vector(tmp_path / "a.shp")
    assert caught.value.problems[0].code == "shapefile-incomplete"
    assert suffix in caught.value.problems[0].fault.zh


def test_sniffing_reads_little(tmp_path):
    path = tmp_path / "a.geojson.gz"
    path.write_bytes(gzip.compress(b"{}"))
    assert detect.sniff(path) == "gzip"
    assert detect.sniff(HERE / "plots.kmz") == "kmz"
    assert detect.sniff(HERE / "plots.xlsx") == "xlsx"
    (tmp_path / "x.gdb").mkdir()
    assert detect.sniff(tmp_path / "x.gdb") is None


def test_attribute_values_are_plain_python():
    for file, options in (("plots.gpkg", None), ("plots.parquet", None), ("plots.csv", None)):
        frame = read_vector(HERE / file, options).frame
        for column in frame.columns.drop("geometry"):
            assert all(type(v) in (str, int, float, bool, type(None)) for v in frame[column])
    assert not np.isnan(read_vector(HERE / "plots.gpkg").frame["industry"].iloc[0])


def test_boundary_points_are_one_more_format():
    folder = HERE.parent / "txt"
    for file in sorted(folder.glob("*.txt")):
        reading = read_vector(file)
        assert reading.record.driver == "界址点 TXT"
        assert reading.record.encoding_evidence is not None
        assert len(reading.frame) + len(reading.failed) == reading.record.features
        assert len(reading.frame) >= 1
        west, south, east, north = reading.frame.total_bounds
        assert 110 < west < east < 115
        assert 34 < south < north < 41


def test_a_broken_plot_keeps_its_place_among_the_others(tmp_path):
    head = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=38\n[地块坐标]\n"
    good = (
        "4,1.0,{0},地块{0},面,,,,@\nJ1,1,4162000.0,38400000.0\nJ2,1,4162100.0,38400000.0\n"
        "J3,1,4162100.0,38400100.0\nJ4,1,4162000.0,38400100.0\n"
    )
    bad = good.replace("4162100.0,38400100.0", "4162100.0,x")
    path = tmp_path / "a.txt"
    text = head + good.format("A") + bad.format("B") + good.format("C")
    path.write_text(text, encoding="gbk")
    reading = read_vector(path)
    assert list(reading.frame["id"]) == ["A", "C"]
    assert reading.failed == (1,)
    assert len(reading.problems) == 1
    assert reading.problems[0].feature.startswith("2")


def test_a_database_goes_through_the_same_checks(monkeypatch):
    import geopandas as gpd

    from zoning.messages import Text
    from zoning.read.formats import database
    from zoning.read.formats.postgis import PostgisData

    tie = shapely.Polygon([(112, 37), (112.1, 37.1), (112.1, 37), (112, 37.1)])
    frame = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"]}, geometry=[FIRST, tie, None], crs="EPSG:4490"
    ).to_crs("EPSG:4526")
    said = []

    def fake(url, **given):
        said.append(given)
        how = Text("服务器", "the server")
        name = "postgresql://u@h/d/t"
        return PostgisData(frame, name, frame.crs, how, "geometry", "0" * 64)

    monkeypatch.setattr(database, "read_postgis", fake)
    reading = read_vector("postgresql://u:secret@h/d", ReadOptions(layer="t", bbox=(1, 2, 3, 4)))
    assert said == [
        {"table": "t", "sql": None, "bbox": (1, 2, 3, 4), "geometry_column": None, "crs": None}
    ]
    assert [p.code for p in reading.problems] == ["geometry-self-intersecting", "geometry-null"]
    assert shapely.hausdorff_distance(reading.frame.geometry.iloc[0], FIRST) < 1e-8
    assert reading.record.crs == "EPSG:4526"
    assert "secret" not in repr(reading)


@pytest.mark.parametrize(
    ("file", "module"), [("plots.parquet", "pyarrow"), ("plots.xlsx", "openpyxl")]
)
def test_a_missing_extra_is_named(monkeypatch, file, module):
    import sys

    from zoning.base.errors import MissingExtraError

    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError) as caught:
        read_vector(HERE / file)
    assert "[formats]" in caught.value.lines("zh")[0]
