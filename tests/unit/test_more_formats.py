"""GML, MapInfo, Parquet, worksheets, folders, standard input: what is in them, what hides there."""

from __future__ import annotations

import contextlib
import io
import json
import math
import sys
import zipfile

import geopandas
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from zoning.base.errors import SourceError
from zoning.read import ReadOptions, read_vector, sources
from zoning.review.sites import read_files

BOX = shapely.box(112.70, 37.60, 112.72, 37.62)
HOLED = shapely.Polygon(
    shapely.box(112.50, 37.40, 112.54, 37.43).exterior,
    [shapely.box(112.51, 37.41, 112.52, 37.42).exterior],
)
DEGREES = ReadOptions(crs="EPSG:4490")


def codes(caught):
    return [problem.code for problem in caught.value.problems]


# ---------------------------------------------------------------- GML


def polygon(ring, number=1, srs="urn:ogc:def:crs:EPSG::4490"):
    """A GML polygon; the axes of EPSG:4490 are latitude, longitude."""
    places = " ".join(f"{y} {x}" for x, y in ring)
    return (
        f'<gml:Polygon srsName="{srs}" gml:id="g{number}"><gml:exterior><gml:LinearRing>'
        f"<gml:posList>{places}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
    )


def site(number, shape, kind="site", more=""):
    return (
        f'<gml:featureMember><a:{kind} gml:id="s{number}"><a:name>地块{number}</a:name>'
        f"<a:geom>{shape}</a:geom>{more}</a:{kind}></gml:featureMember>"
    )


def gml(path, *members, head='<?xml version="1.0" encoding="UTF-8"?>', encoding="utf-8"):
    body = (
        f'{head}<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" '
        f'xmlns:a="http://example.org/a">{"".join(members)}</gml:FeatureCollection>'
    )
    path.write_bytes(body.encode(encoding))
    return path


RING = list(BOX.exterior.coords)


def test_gml(tmp_path):
    path = gml(tmp_path / "a.gml", site(1, polygon(RING)), site(2, polygon(RING, 2)))
    reading = read_vector(path)
    assert [g.equals(BOX) for g in reading.frame.geometry] == [True, True]
    assert list(reading.frame["name"]) == ["地块1", "地块2"]
    assert (reading.record.driver, reading.record.unread) == ("GML", ())
    assert reading.record.ledger.of("feature")[0].read == 2
    assert [p.name for p in tmp_path.iterdir()] == ["a.gml"], "GDAL wrote something beside it"


def test_gml_in_gbk(tmp_path):
    head = '<?xml version="1.0" encoding="GBK"?>'
    reading = read_vector(
        gml(tmp_path / "a.gml", site(1, polygon(RING)), head=head, encoding="gbk")
    )
    assert list(reading.frame["name"]) == ["地块1"]
    assert reading.record.encoding == "GB18030"


def test_gml_arcs(tmp_path):
    arc = (
        '<gml:Surface srsName="urn:ogc:def:crs:EPSG::4526" gml:id="g1"><gml:patches>'
        "<gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember><gml:Curve gml:id='c'>"
        "<gml:segments><gml:Arc><gml:posList>4150000 38500000 4151000 38501000 4150000 38502000"
        "</gml:posList></gml:Arc><gml:Arc><gml:posList>4150000 38502000 4149000 38501000 4150000 "
        "38500000</gml:posList></gml:Arc></gml:segments></gml:Curve></gml:curveMember></gml:Ring>"
        "</gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>"
    )
    reading = read_vector(gml(tmp_path / "a.gml", site(1, arc)))
    area = reading.frame.to_crs("EPSG:4526").geometry.area.iloc[0]
    # Chords of 0.1° make the area smaller by one part in two million.
    assert area == pytest.approx(math.pi * 1e6, rel=1e-6)
    assert any("0.1°" in note.en for note in reading.record.notices)


HIDDEN_GML = {
    "second kind": (site(1, polygon(RING)), site(2, polygon(RING, 2), "annex")),
    "second geometry": (
        site(1, polygon(RING), more=f"<a:also>{polygon(RING, 9)}</a:also>"),
        site(2, polygon(RING, 2)),
    ),
}


@pytest.mark.parametrize("place", HIDDEN_GML)
def test_gml_says_what_it_leaves(tmp_path, place):
    path = gml(tmp_path / "a.gml", *HIDDEN_GML[place])
    try:
        assert read_vector(path).record.incomplete
    except SourceError as error:
        assert error.problems[0].code == "several-layers"


def test_gml_in_two_systems_is_refused(tmp_path):
    other = polygon(RING, 2, "urn:ogc:def:crs:EPSG::4526")
    with pytest.raises(SourceError) as caught:
        read_vector(gml(tmp_path / "a.gml", site(1, polygon(RING)), site(2, other)))
    assert codes(caught) == ["crs-mixed"]


def test_files_beside_a_gml_are_not_heeded(tmp_path):
    path = gml(tmp_path / "a.gml", site(1, polygon(RING)))
    (tmp_path / "a.gfs").write_text(
        "<GMLFeatureClassList><GMLFeatureClass><Name>none</Name></GMLFeatureClass>"
        "</GMLFeatureClassList>"
    )
    assert len(read_vector(path).frame) == 1


def test_xml_that_is_no_gml_never_reaches_gdal(tmp_path):
    path = tmp_path / "a.gml"
    for text in (
        "<OGRVRTDataSource>http://www.opengis.net/gml FeatureCollection</OGRVRTDataSource>",
        '<!DOCTYPE a [<!ENTITY b "c">]><FeatureCollection>http://www.opengis.net/gml</a>',
    ):
        path.write_text(text)
        with pytest.raises(SourceError) as caught:
            read_vector(path)
        assert codes(caught) == ["not-vector"]


# ---------------------------------------------------------------- MapInfo


MIF = """Version 300
Charset "{charset}"
Delimiter ","
CoordSys Earth Projection 8, 104, "m", 114, 0, 1, 38500000, 0
Columns 2
  id Integer
  mc Char(20)
Data

Region  2
  5
38500000 4150000
38500100 4150000
38500100 4150100
38500000 4150100
38500000 4150000
  5
38500010 4150010
38500020 4150010
38500020 4150020
38500010 4150020
38500010 4150010
    Pen (1,2,0)
Ellipse 38501000 4150000 38501200 4150200
"""
MID = '1,"甲"\n2,"乙"\n'


@pytest.mark.parametrize(
    ("charset", "codec", "told"),
    [
        ("WindowsSimpChinese", "gbk", "WindowsSimpChinese"),
        ("Neutral", "gbk", "GB18030"),
        ("Neutral", "utf-8", "UTF-8"),
    ],
)
def test_mif(tmp_path, charset, codec, told):
    (tmp_path / "a.mif").write_bytes(MIF.format(charset=charset).encode(codec))
    (tmp_path / "a.mid").write_bytes(MID.encode(codec))
    reading = read_vector(tmp_path / "a.mif")
    assert list(reading.frame["mc"]) == ["甲", "乙"]
    areas = reading.frame.to_crs("EPSG:4526").geometry.area.tolist()
    assert areas[0] == pytest.approx(9_900, rel=1e-6)
    assert areas[1] == pytest.approx(math.pi * 100**2, rel=1e-3)
    assert (reading.record.encoding, reading.record.unread) == (told, ())
    assert any("2.0°" in note.en for note in reading.record.notices)


def test_mif_without_its_table_is_incomplete(tmp_path):
    (tmp_path / "a.mif").write_text(MIF.format(charset="Neutral"))
    with pytest.raises(SourceError) as caught:
        read_vector(tmp_path / "a.mif")
    assert codes(caught) == ["mapinfo-incomplete"]


def make_tab(folder):
    frame = geopandas.GeoDataFrame({"mc": ["甲", "乙"]}, geometry=[BOX, HOLED], crs=4326)
    frame.to_file(folder / "a.tab", driver="MapInfo File", encoding="gb18030")
    return folder / "a.tab"


def test_tab(tmp_path):
    path = make_tab(tmp_path)
    reading = read_vector(path)
    assert list(reading.frame["mc"]) == ["甲", "乙"]
    for got, want in zip(reading.frame.geometry, (BOX, HOLED), strict=True):
        assert shapely.hausdorff_distance(got, want) < 1e-6
    assert reading.record.ledger.of("record")[0].read == 2
    before = reading.record.sha256
    (tmp_path / "a.dat").write_bytes(
        (tmp_path / "a.dat").read_bytes().replace(b"\xbc\xd7", b"\xb1\xfb")
    )
    assert read_vector(path).record.sha256 != before


def test_a_tab_that_points_elsewhere_is_refused(tmp_path):
    path = make_tab(tmp_path)
    native = path.read_bytes()
    for changed, code in (
        (native.replace(b"NATIVE", b"LINKED"), "mapinfo-not-native"),
        (native.replace(b"NATIVE", b"RASTER"), "mapinfo-not-native"),
        (
            native + b'\nbegin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n',
            "mapinfo-not-native",
        ),
    ):
        path.write_bytes(changed)
        with pytest.raises(SourceError) as caught:
            read_vector(path)
        assert codes(caught) == [code]
    path.write_bytes(native)
    (tmp_path / "a.map").unlink()
    with pytest.raises(SourceError) as caught:
        read_vector(path)
    assert codes(caught) == ["mapinfo-incomplete"]


def test_a_tab_whose_table_counts_more_is_incomplete(tmp_path):
    path = make_tab(tmp_path)
    data = bytearray((tmp_path / "a.dat").read_bytes())
    data[4] = 3
    (tmp_path / "a.dat").write_bytes(bytes(data) + b" " + "丙".encode("gbk").ljust(254))
    with contextlib.suppress(SourceError):
        assert read_vector(path).record.incomplete


# ---------------------------------------------------------------- Parquet


NATIVE = {
    "polygon": [BOX, None, HOLED],
    "multipolygon": [shapely.MultiPolygon([BOX, HOLED]), None, BOX],
    "point": [shapely.Point(112.7, 37.6), None],
    "linestring": [shapely.LineString([(112.7, 37.6), (112.8, 37.7), (112.9, 37.6)])],
    "multipoint": [shapely.MultiPoint([(112.7, 37.6), (112.8, 37.7)])],
    "multilinestring": [
        shapely.MultiLineString([[(112.7, 37.6), (112.8, 37.7)], [(112.9, 37.6), (112.8, 37.9)]])
    ],
}


@pytest.mark.parametrize("kind", NATIVE)
def test_geoparquet_in_its_own_layouts(tmp_path, kind):
    shapes = NATIVE[kind]
    frame = geopandas.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=4490)
    frame.to_parquet(tmp_path / "a.parquet", geometry_encoding="geoarrow", schema_version="1.1.0")
    reading = read_vector(tmp_path / "a.parquet")
    there = [n for n, shape in enumerate(shapes) if shape is not None]
    assert list(reading.frame["n"]) == there
    for got, n in zip(reading.frame.geometry, there, strict=True):
        assert got.equals(shapes[n])
    assert [p.code for p in reading.problems] == ["geometry-null"] * (len(shapes) - len(there))


def test_wkb_without_metadata_asks_for_a_crs(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"g": [BOX.wkb, None], "n": [1, 2]}).to_parquet(path)
    with pytest.raises(SourceError) as caught:
        read_vector(path)
    assert codes(caught) == ["crs-missing"]
    reading = read_vector(path, DEGREES)
    assert reading.frame.geometry.iloc[0].equals(BOX)
    assert reading.failed == (1,)


def test_two_columns_of_wkb_are_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"g": [BOX.wkb], "h": [HOLED.wkb]}).to_parquet(path)
    with pytest.raises(SourceError) as caught:
        read_vector(path, DEGREES)
    assert codes(caught) == ["columns-ambiguous"]
    chosen = read_vector(path, ReadOptions(crs="EPSG:4490", wkt="h"))
    assert chosen.frame.geometry.iloc[0].equals(HOLED)
    assert chosen.record.incomplete


# ---------------------------------------------------------------- worksheets


@pytest.fixture
def sheet(tmp_path):
    def read(fill, **options):
        book = openpyxl.Workbook()
        fill(book.active)
        book.save(tmp_path / "a.xlsx")
        return read_vector(tmp_path / "a.xlsx", ReadOptions(crs="EPSG:4490", **options))

    return read


def titled(page):
    page.append(["晋中市项目清单"])
    page.append(["编号", "名称", "坐标", None])
    page.append([None, None, "经度", "纬度"])
    for merged in ("A1:D1", "A2:A3", "B2:B3", "C2:D2"):
        page.merge_cells(merged)
    page.append([1, "甲", 112.7, 37.6])
    page.append([2, None, 112.8, 37.7])
    page.merge_cells("B4:B5")


def test_titles_and_merged_heads(sheet):
    reading = sheet(titled)
    assert list(reading.frame["编号"]) == [1, 2]
    assert list(reading.frame["名称"]) == ["甲", "甲"], "what is merged holds for all rows"
    assert shapely.get_coordinates(reading.frame.geometry.to_numpy()).tolist() == [
        [112.7, 37.6], [112.8, 37.7],
    ]  # fmt: skip
    assert reading.record.unread == ()


def test_a_row_above_the_head_is_told(sheet):
    def fill(page):
        for row in ([112.9, 37.9, "乙"], ["lon", "lat", "名称"], [112.7, 37.6, "甲"]):
            page.append(row)

    reading = sheet(fill)
    assert list(reading.frame["名称"]) == ["甲"]
    assert reading.record.incomplete


def test_a_cell_in_the_last_row_and_column(sheet):
    def fill(page):
        page.append(["lon", "lat"])
        page.append([112.7, 37.6])
        page["XFD1048576"] = 1

    reading = sheet(fill)
    assert len(reading.frame) == 1
    assert reading.record.incomplete


# ---------------------------------------------------------------- folders, standard input


COLLECTION = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {}, "geometry": BOX.__geo_interface__}],
}


def quiet(*_):
    pass


def test_a_folder_is_all_its_data_sets(tmp_path):
    (tmp_path / "a.geojson").write_text(json.dumps(COLLECTION))
    inner = tmp_path / "二期"
    inner.mkdir()
    frame = geopandas.GeoDataFrame({"a": [1]}, geometry=[BOX], crs=4490)
    frame.to_file(inner / "b.shp")
    make_tab(inner)
    (tmp_path / "说明.txt").write_text("各地块范围见附图。", "utf-8")
    (tmp_path / "zoning.toml").write_text('name = ""\n')
    found = read_files(tmp_path, ReadOptions(), quiet)
    assert sorted(r.record.name for r in found) == ["a.geojson", "a.tab", "b.shp"]
    files = found[0].record.ledger.of("file")[0]
    assert (files.seen, files.missing) == (1 + 1 + 1 + len(list(inner.iterdir())), 0)


def lose_dwg(folder):
    (folder / "plan.dwg").write_bytes(b"AC1032\0" + bytes(100))


def lose_table(folder):
    (folder / "b.dbf").write_bytes(bytes(100))


def lose_unknown(folder):
    (folder / "b.xyz").write_text("112.7001 37.6001\n112.8001 37.6001\n")


def lose_in_text(folder):
    (folder / "b.txt").write_text("112.7001,37.6001\n112.8001,37.6001\n112.8001,37.7001\n" * 3)


@pytest.mark.parametrize("hide", [lose_dwg, lose_table, lose_unknown, lose_in_text])
def test_a_folder_hides_nothing(tmp_path, hide):
    (tmp_path / "a.geojson").write_text(json.dumps(COLLECTION))
    hide(tmp_path)
    with pytest.raises(SourceError) as caught:
        read_files(tmp_path, ReadOptions(), quiet)
    assert codes(caught)[0] in ("folder-unread", "dwg")


def test_a_folder_without_data(tmp_path):
    with pytest.raises(SourceError) as caught:
        read_files(tmp_path, ReadOptions(), quiet)
    assert codes(caught) == ["folder-empty"]


class _Stdin(io.TextIOWrapper):
    def __init__(self, data):
        super().__init__(io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "driver"),
    [
        (json.dumps(COLLECTION).encode(), "GeoJSON"),
        (b"lon,lat\n112.7,37.6\n", "CSV"),
    ],
)
def test_standard_input(monkeypatch, data, driver):
    monkeypatch.setattr(sys, "stdin", _Stdin(data))
    reading = read_vector(sources.STDIN, DEGREES)
    assert (reading.record.driver, reading.record.name) == (driver, "-")
    assert len(reading.frame) == 1


def test_standard_input_that_is_nothing(monkeypatch):
    for data, code in ((b"", "file-empty"), (bytes(100), "not-vector")):
        monkeypatch.setattr(sys, "stdin", _Stdin(data))
        with pytest.raises(SourceError) as caught:
            read_vector(sources.STDIN)
        assert codes(caught)[0] == code
        assert caught.value.problems[0].file == "-"


def test_areas_of_many_rings_are_those_of_each():
    from zoning.base import geodesy

    ring = shapely.box(112, 37, 113, 38).exterior
    holes = [shapely.box(112.1 + n / 10, 37.1, 112.15 + n / 10, 37.2) for n in range(8)]
    whole = shapely.Polygon(ring, [h.exterior for h in holes])
    parts = geodesy.areas(np.array(holes, dtype=object))
    outer = geodesy.areas(np.array([shapely.Polygon(ring)], dtype=object))
    assert geodesy.areas(np.array([whole], dtype=object))[0] == pytest.approx(
        outer[0] - parts.sum(), rel=1e-12
    )
    both = np.array([whole, None, shapely.MultiPolygon([holes[0], holes[1]])], dtype=object)
    assert geodesy.areas(both)[[1, 2]] == pytest.approx([0.0, parts[0] + parts[1]])


@pytest.mark.parametrize(("limit", "most"), [("MAX_VERTICES", 9), ("MAX_RINGS", 2)])
def test_a_layer_beyond_the_limits_is_refused_before_it_is_checked(
    tmp_path, monkeypatch, limit, most
):
    from zoning.read import limits

    geopandas.GeoDataFrame({"a": [1, 2]}, geometry=[BOX, HOLED], crs=4490).to_file(
        tmp_path / "a.gpkg"
    )
    monkeypatch.setattr(limits, limit, most)
    with pytest.raises(SourceError) as caught:
        read_vector(tmp_path / "a.gpkg")
    assert codes(caught) == ["layer-too-large"]
    assert "15 vertices" in caught.value.problems[0].fault.en


def test_mapinfo_and_gml_inside_an_archive(tmp_path):
    (tmp_path / "tab").mkdir()
    tab = make_tab(tmp_path / "tab")
    (tmp_path / "a.mif").write_bytes(MIF.format(charset="Neutral").encode())
    (tmp_path / "a.mid").write_bytes(b'"a"\n')
    sets = {
        "MapInfo": list(tab.parent.iterdir()),
        "GML": [gml(tmp_path / "a.gml", site(1, polygon(RING)))],
    }
    for driver, parts in sets.items():
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for part in parts:
                archive.write(part, f"深/{part.name}")
        reading = read_vector(tmp_path / "a.zip")
        assert reading.record.driver.startswith(driver)
        assert reading.record.unread == ()
        # Without one of its parts a table is refused, and said to be.
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in sets["MapInfo"]:
            if part.suffix.lower() != ".map":
                archive.write(part, part.name)
    with pytest.raises(SourceError) as caught:
        read_vector(tmp_path / "a.zip")
    assert codes(caught) == ["mapinfo-incomplete"]
