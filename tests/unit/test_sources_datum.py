"""A datum must agree by name and by numbers, and an angle has no sixty minutes."""

from __future__ import annotations

import geopandas
import pytest
import shapely

from zoning.base.errors import SourceError
from zoning.read import ReadOptions, angles, read_vector
from zoning.read.crs import systems

GRID = (
    'PROJCS["{name}",GEOGCS["GCS",DATUM["{datum}",SPHEROID["{name2}",{axes}]{shift}],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["{projection}"],'
    'PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
PLAIN = {
    "name": "Local", "datum": "D_China_2000", "name2": "CGCS2000", "shift": "",
    "axes": "6378137.0,298.257222101", "projection": "Gauss_Kruger",
    "easting": 500_000.0,
}  # fmt: skip
OLD = {"datum": "D_Xian_1980", "name2": "Xian_1980", "axes": "6378140.0,298.257"}
ZEROS = ",TOWGS84[0,0,0,0,0,0,0]"


@pytest.fixture
def shp(tmp_path):
    def write(text):
        path = tmp_path / "a.shp"
        square = shapely.box(600_000, 4_120_000, 600_100, 4_120_100)
        geopandas.GeoDataFrame({"id": [1]}, geometry=[square], crs=4546).to_file(path)
        path.with_suffix(".prj").write_text(text)
        return path

    return write


def prj(**changes):
    return GRID.format(**(PLAIN | changes))


def code(path, options=None):
    with pytest.raises(SourceError) as caught:
        read_vector(path, options)
    (problem,) = caught.value.problems
    assert "--" in problem.cure.zh and "--" in problem.cure.en
    return problem.code


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
        ({"datum": "D_Local"}, "datum-unsupported"),
        ({"datum": "太原市独立坐标"}, "datum-unsupported"),
        ({"easting": 38_500_000.0}, "projection-contradiction"),
        ({"name": "CGCS2000_3_Degree_GK_Zone_38"}, "projection-contradiction"),
        ({"name": "CGCS2000_GK_CM_114E"}, "projection-contradiction"),
    ],
)
def test_what_contradicts_itself_is_refused_with_the_cure(shp, changes, wanted):
    path = shp(prj(**changes))
    assert code(path) == wanted
    reading = read_vector(path, ReadOptions(crs="EPSG:4546"))
    assert reading.record.crs == "EPSG:4546"


def test_a_name_that_fits_its_zone_is_no_contradiction(shp):
    for name in ("CGCS2000_3_Degree_GK_CM_111E", "x 第37带", "GK_Zone_19", "UTM zone 49N"):
        assert read_vector(shp(prj(name=name))).record.crs == "EPSG:4546"


def test_a_datum_without_a_name_is_told_beside_the_crs(shp):
    evidence = read_vector(shp(prj(datum="D_unknown"))).record.crs_evidence
    assert "unknown" in evidence.en and "CGCS2000" in evidence.zh


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


def test_a_name_of_today_is_no_contradiction():
    for good in ("EPSG:4490", "EPSG:4326", "EPSG:4526", "EPSG:3857", "EPSG:32649"):
        assert systems.contradiction(systems.parse(good)) is None
    assert systems.contradiction(systems.parse("EPSG:4610")) is None  # its own ellipsoid


@pytest.mark.parametrize("text", ["111°75′38″", "111°15′60″", "37°60′", "112度61分"])
def test_sixty_minutes_are_no_angle(text):
    assert angles.degrees(text) is None


def test_fifty_nine_are():
    assert angles.degrees("111°59′59.9″") == pytest.approx(111 + 59 / 60 + 59.9 / 3600)
