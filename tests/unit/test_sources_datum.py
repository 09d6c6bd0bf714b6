"""A datum must agree by name and by numbers, and an angle has no sixty minutes."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import geopandas
import pytest
import shapely

from tests.corpus.odd_places import ODD
from zoning.base import datums
from zoning.base.errors import SourceError
from zoning.read import ReadOptions, angles, read_vector
from zoning.read.crs import systems
from zoning.read.pieces import open_pieces

GRID = (
    'PROJCS["{name}",GEOGCS["{gcs}",DATUM["{datum}",SPHEROID["{name2}",{axes}]{shift}],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["{projection}"],'
    'PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
PLAIN = {
    "name": "Local", "gcs": "GCS", "easting": "500000.0", "datum": "D_China_2000",
    "name2": "CGCS2000", "shift": "", "axes": "6378137.0,298.257222101",
    "projection": "Gauss_Kruger",
}  # fmt: skip
OLD = {"datum": "D_Xian_1980", "name2": "Xian_1980", "axes": "6378140.0,298.257"}
ZEROS = ",TOWGS84[0,0,0,0,0,0,0]"


def prj(**changes):
    return GRID.format(**(PLAIN | changes))


@pytest.fixture
def shp(tmp_path):
    def write(text):
        path = tmp_path / "a.shp"
        square = shapely.box(600_000, 4_120_000, 600_100, 4_120_100)
        geopandas.GeoDataFrame({"id": [1]}, geometry=[square], crs=4546).to_file(path)
        path.with_suffix(".prj").write_text(text)
        return path

    return write


def code(path, options=None):
    with pytest.raises(SourceError) as caught:
        read_vector(path, options)
    (problem,) = caught.value.problems
    assert "--" in problem.cure.zh and "--" in problem.cure.en
    return problem.code


def code_in_pieces(path):
    """What a review in batches says of a file."""
    with pytest.raises(SourceError) as caught, open_pieces(path, ReadOptions()) as source:
        list(source.pieces.raws)
    return caught.value.problems[0].code


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        (OLD, "datum-unsupported"),
        (OLD | {"shift": ZEROS}, "datum-unsupported"),
        ({"datum": "D_Xian_1980"}, "datum-contradiction"),
        ({"name2": "Krassovsky_1940"}, "datum-contradiction"),
        ({"name": "Beijing_1954_GK_Zone_19"}, "datum-contradiction"),
        ({"name": "西安80_3度带"}, "datum-contradiction"),
        ({"projection": "Nobody_Knows"}, "crs-unknown"),
    ],
)
def test_what_contradicts_itself_is_refused_with_the_cure(shp, changes, wanted):
    path = shp(prj(**changes))
    assert code(path) == wanted
    reading = read_vector(path, ReadOptions(crs="EPSG:4546"))
    assert reading.record.crs == "EPSG:4546"


@pytest.mark.parametrize("shift", ["", ZEROS])
def test_zeros_change_nothing_on_the_right_datum(shp, shift):
    assert len(read_vector(shp(prj(shift=shift))).frame) == 1


def test_parameters_of_a_surveyor_are_a_transformation(shp):
    shift = ",TOWGS84[24,-123,-94,0.02,-0.25,-0.13,1.1]"
    reading = read_vector(shp(prj(**OLD, shift=shift)))
    assert "TOWGS84" in reading.record.crs


@pytest.mark.parametrize("text", ["hello", GRID[:60], "\0" * 40, 'GEOGCS["x",DATXM["y"]]'])
def test_a_crs_given_rescues_a_broken_prj_and_says_so(shp, text):
    path = shp(text)
    assert code(path) in ("crs-unknown", "crs-missing")
    record = read_vector(path, ReadOptions(crs="EPSG:4546")).record
    assert record.crs == "EPSG:4546"
    if text.strip("\0"):
        assert any(".prj" in notice.zh and "EPSG:4546" in notice.zh for notice in record.notices)


@pytest.mark.parametrize(
    "text", ["EPSG:4490", "EPSG:4326", "EPSG:4526", "EPSG:3857", "EPSG:32649", "EPSG:4480",
             "EPSG:4490+5737", "ESRI:104257", prj(), prj(name="自定义 中央子午线111"),
             "+proj=longlat +datum=WGS84", "+proj=longlat +ellps=intl +towgs84=24,-123,-94"],
)  # fmt: skip
def test_what_is_cgcs2000_by_name_and_numbers_is_taken(text):
    assert datums.unusable(systems.parse(text), "a.shp") is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("EPSG:4610", "datum-unsupported"),
        ("EPSG:4258", "datum-unsupported"),  # Europe's, on GRS 80
        ("EPSG:4978", "datum-unsupported"),  # X, Y, Z from the centre of the earth
        ("+proj=longlat +ellps=GRS80", "datum-unsupported"),  # no datum is named
        ("+proj=longlat +datum=WGS84 +towgs84=24,-123,-94", "datum-contradiction"),
        (prj(datum="太原坐标系"), "datum-unsupported"),
        (prj(datum="D_自定义", gcs="GCS_自定义"), "datum-unsupported"),
        (prj(datum="GCJ-02"), "datum-unsupported"),
        (prj(datum="1980年国家大地坐标系"), "datum-contradiction"),
        (prj(datum="BJ54"), "datum-contradiction"),
        (prj(name="CGCS2000_3_Degree_GK_CM_114E"), "crs-contradiction"),
        (prj(name="CGCS2000_3_Degree_GK_Zone_38"), "crs-contradiction"),
        (prj(name="2000坐标系 38带"), "crs-contradiction"),
        (prj(easting="38500000"), "crs-contradiction"),
        (prj()[:-1] + ',AUTHORITY["EPSG","4547"]]', "crs-contradiction"),
    ],
)
def test_what_is_not_is_refused(text, wanted):
    found = datums.unusable(systems.parse(text), "a.shp")
    assert found is not None
    assert found.code == wanted


def test_a_datum_without_a_name_is_taken_on_the_users_word(shp):
    nameless = prj(datum="Unknown_based_on_GRS80_ellipsoid", gcs="unknown", name="x")
    assert code(shp(nameless)) == "datum-unsupported"
    assert len(read_vector(shp(nameless), ReadOptions(crs=nameless)).frame) == 1


def test_seconds_of_a_rotation_are_metres_on_the_ground():
    for shift, bound in (("0,0,0,0,0,0.9,0", True), ("0.5,0,0,0,0,0.01,0", False)):
        crs = systems.parse(f"+proj=longlat +ellps=GRS80 +towgs84={shift}")
        assert datums.without_empty_shift(crs).is_bound == bound


def _package(path, *statements):
    square = shapely.box(112.2, 37.2, 112.21, 37.21)
    geopandas.GeoDataFrame({"id": [1]}, geometry=[square], crs=4490).to_file(path, layer="a")
    with closing(sqlite3.connect(path)) as base:
        for name in [
            n for (n,) in base.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        ]:
            base.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            base.execute(statement)
        base.commit()
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 4610 WHERE srs_id = 4490",
        "UPDATE gpkg_spatial_ref_sys SET definition = 'EPSG:4610' WHERE srs_id = 4490",
        "UPDATE gpkg_contents SET srs_id = 4610",
        # bytes 4 to 7 of a geometry: 4610, little-endian
        "UPDATE a SET geom = CAST(substr(geom, 1, 4) || x'02120000' || substr(geom, 9) AS BLOB)",
    ],
)
def test_a_geopackage_that_tells_two_systems_is_refused(tmp_path, statement):
    path = _package(tmp_path / "a.gpkg", statement)
    assert code(path) == code_in_pieces(path) == "crs-contradiction"
    assert len(read_vector(path, ReadOptions(crs="EPSG:4490")).frame) == 1
    assert read_vector(_package(tmp_path / "b.gpkg")).record.crs == "EPSG:4490"


def test_a_flatgeobuf_that_tells_two_systems_is_refused_in_pieces_too(tmp_path):
    path = ODD["fgb_two_systems"](tmp_path)
    assert code(path) == code_in_pieces(path) == "crs-contradiction"
    with open_pieces(path, ReadOptions(crs="EPSG:4547")) as source:
        assert sum(len(raw.geometry) for raw in source.pieces.raws) > 0


FEATURE = {"type": "Feature", "properties": {}, "geometry": {
    "type": "Point", "coordinates": [112.2, 37.2]}}  # fmt: skip
XIAN = {"type": "name", "properties": {"name": "EPSG:4610"}}


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (FEATURE | {"crs": XIAN}, "datum-unsupported"),
        (FEATURE | {"crs": "EPSG:4610"}, "datum-unsupported"),
        (FEATURE | {"crs": 4610}, "datum-unsupported"),
        ({"type": "FeatureCollection", "features": [FEATURE | {"crs": XIAN}]}, "crs-contradiction"),
    ],
)
def test_a_crs_member_is_never_passed_over(tmp_path, document, wanted):
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(document))
    assert code(path) == wanted
    record = read_vector(path, ReadOptions(crs="EPSG:4490")).record
    assert record.crs == "EPSG:4490"
    assert record.notices or wanted == "crs-contradiction"


@pytest.mark.parametrize("text", ["111°75′38″", "111°15′60″", "37°60′", "112度61分"])
def test_sixty_minutes_are_no_angle(text):
    assert angles.degrees(text) is None


def test_fifty_nine_are():
    assert angles.degrees("111°59′59.9″") == pytest.approx(111 + 59 / 60 + 59.9 / 3600)


def test_a_table_of_too_many_columns_is_refused_at_once(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("wkt" + "," * 100_000 + "\nPOINT (112 37)\n")
    with pytest.raises(SourceError) as caught:
        read_vector(path, ReadOptions(crs="EPSG:4490"))
    assert caught.value.problems[0].code == "file-too-large"
