"""Coordinate systems: known ones land where they should, doubtful ones are refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from zoning.base import gauss
from zoning.base.errors import SourceError
from zoning.read import ReadOptions, read_vector
from zoning.read.crs import datum, systems

#: Only pyogrio's writer, which makes the files of these tests, says this.
pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided")
#: A place in the west and one in the east of Shanxi, degrees.
WEST, EAST = (110.60, 35.00), (114.00, 40.00)


def gauss_kruger(lon: float, lat: float, meridian: float, false_easting: float):
    """Gauss–Krüger by the textbook series to the sixth power, independent of PROJ (m)."""
    a, f = 6378137.0, 1 / 298.257222101
    e2 = f * (2 - f)
    ep2 = e2 / (1 - e2)
    b, dl = np.radians(lat), np.radians(lon - meridian)
    n = a / np.sqrt(1 - e2 * np.sin(b) ** 2)
    t, eta2, c = np.tan(b), ep2 * np.cos(b) ** 2, dl * np.cos(b)
    arc = np.linspace(0, b, 20001)
    radius = a * (1 - e2) / (1 - e2 * np.sin(arc) ** 2) ** 1.5
    meridian_arc = float(np.sum((radius[1:] + radius[:-1]) / 2 * np.diff(arc)))
    north = meridian_arc + n * t * (
        c**2 / 2
        + (5 - t**2 + 9 * eta2 + 4 * eta2**2) * c**4 / 24
        + (61 - 58 * t**2 + t**4 + 270 * eta2 - 330 * eta2 * t**2) * c**6 / 720
    )
    east = n * (
        c
        + (1 - t**2 + eta2) * c**3 / 6
        + (5 - 18 * t**2 + t**4 + 14 * eta2 - 58 * eta2 * t**2) * c**5 / 120
    )
    return false_easting + east, north


def points(path: Path, *xy, crs=None, **columns) -> Path:
    frame = gpd.GeoDataFrame(
        columns or {"id": range(len(xy))}, geometry=[shapely.Point(p) for p in xy], crs=crs
    )
    if path.suffix == ".shp":
        frame.to_file(path)
        path.with_suffix(".prj").unlink(missing_ok=True)
    else:
        frame.to_file(path)
    return path


@pytest.mark.parametrize(
    ("epsg", "meridian", "false_easting", "place"),
    [
        (4525, 111.0, 37_500_000.0, WEST),
        (4526, 114.0, 38_500_000.0, EAST),
        (4546, 111.0, 500_000.0, WEST),
        (4547, 114.0, 500_000.0, EAST),
        (4497, 111.0, 19_500_000.0, WEST),
        (4498, 117.0, 20_500_000.0, EAST),
        (4508, 111.0, 500_000.0, WEST),
        (4509, 117.0, 500_000.0, EAST),
    ],
)
def test_gauss_kruger_against_the_series(tmp_path, epsg, meridian, false_easting, place):
    xy = gauss_kruger(*place, meridian, false_easting)
    path = points(tmp_path / "a.gpkg", xy, crs=epsg)
    point = read_vector(path).frame.geometry.iloc[0]
    # 1e-8 degrees are 1 mm; the series is cut at that size.
    assert (point.x, point.y) == pytest.approx(place, abs=2e-8)


def test_web_mercator_against_its_formula(tmp_path):
    lon, lat = EAST
    x = 6378137.0 * np.radians(lon)
    y = 6378137.0 * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    point = read_vector(points(tmp_path / "a.gpkg", (x, y), crs=3857)).frame.geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx(EAST, abs=1e-9)


def test_wgs84_to_cgcs2000_is_the_identity_without_network(tmp_path):
    assert systems.transformer(systems.parse("EPSG:4326")) is None
    assert not pyproj.network.is_network_enabled()
    point = read_vector(points(tmp_path / "a.gpkg", WEST, crs=4326)).frame.geometry.iloc[0]
    assert (point.x, point.y) == WEST


GCS = (
    'GEOGCS["{name}",DATUM["{datum}",SPHEROID["{spheroid}",{a},{rf}]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)
CGCS = GCS.format(name="GCS_China_Geodetic_Coordinate_System_2000", datum="D_China_2000",
                  spheroid="CGCS2000", a=6378137.0, rf=298.257222101)  # fmt: skip
XIAN = GCS.format(name="GCS_Xian_1980", datum="D_Xian_1980", spheroid="Xian_1980", a=6378140.0,
                  rf=298.257)  # fmt: skip
BEIJING = GCS.format(name="GCS_Beijing_1954", datum="D_Beijing_1954", spheroid="Krasovsky_1940",
                     a=6378245.0, rf=298.3)  # fmt: skip


def gk(name: str, gcs: str, meridian: float, fe: float, method: str = "Gauss_Kruger") -> str:
    return (
        f'PROJCS["{name}",{gcs},PROJECTION["{method}"],PARAMETER["False_Easting",{fe}],'
        f'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}],'
        'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )


@pytest.mark.parametrize(
    ("prj", "label"),
    [
        (gk("CGCS2000_3_Degree_GK_Zone_38", CGCS, 114.0, 38_500_000.0), "EPSG:4526"),
        (gk("CGCS2000_3_Degree_GK_CM_114E", CGCS, 114.0, 500_000.0), "EPSG:4547"),
        (gk("CGCS2000_GK_Zone_20", CGCS, 117.0, 20_500_000.0), "EPSG:4498"),
        (gk("新建投影", CGCS, 114.0, 38_500_000.0), "EPSG:4526"),
        (gk("Untitled", CGCS, 114.0, 500_000.0, "Transverse_Mercator"), "EPSG:4547"),
        (gk("县独立 113", CGCS, 113.0, 500_000.0), "县独立 113"),
    ],
)
def test_prj_files_as_desktop_gis_writes_them(tmp_path, prj, label):
    meridian = pyproj.CRS.from_wkt(prj)
    zone = gauss.zone(meridian)
    assert zone is not None
    path = points(tmp_path / "a.shp", gauss_kruger(*EAST, zone.meridian, zone.false_easting))
    path.with_suffix(".prj").write_text(prj, encoding="utf-8")
    reading = read_vector(path)
    assert reading.record.crs == label
    point = reading.frame.geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx(EAST, abs=2e-8)


@pytest.mark.parametrize("gcs", [XIAN, BEIJING])
def test_old_datums_are_refused_with_the_reason(tmp_path, gcs):
    path = points(tmp_path / "a.shp", (38_500_000.0, 4_429_000.0))
    path.with_suffix(".prj").write_text(gk("old", gcs, 114.0, 38_500_000.0))
    assert fault(path).code == "datum-unsupported"


def test_an_old_datum_with_parameters_is_transformed(tmp_path):
    path = points(tmp_path / "a.shp", (38_500_000.0, 4_429_000.0))
    given = (
        "+proj=tmerc +lat_0=0 +lon_0=114 +k=1 +x_0=38500000 +y_0=0 +a=6378140 +rf=298.257 "
        "+towgs84=100,50,20,0,0,0,0 +units=m +no_defs"
    )
    reading = read_vector(path, ReadOptions(crs=given))
    assert "TOWGS84" in reading.record.crs
    # 50 m on the y axis of the geocentric frame, at 114°E: about 100·sin + 50·cos east and west.
    east = -100 * np.sin(np.radians(114)) + 50 * np.cos(np.radians(114))
    metres = (reading.frame.geometry.iloc[0].x - 114.0) * 85_400
    assert metres == pytest.approx(east, abs=1.0)


def fault(path, options=None):
    with pytest.raises(SourceError) as caught:
        read_vector(path, options)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("epsg", "place", "expected"),
    [
        (4490, EAST, {"EPSG:4490"}),
        (4526, EAST, {"EPSG:4526"}),
        (4525, WEST, {"EPSG:4525"}),
        (4497, WEST, {"EPSG:4497"}),
        (3857, EAST, {"EPSG:3857"}),
        # 500 000 m is the central meridian of either zone: both are offered, neither is taken.
        (4546, (111.0, 37.0), {"EPSG:4546", "EPSG:4547"}),
    ],
)
def test_a_missing_crs_names_the_candidates(tmp_path, epsg, place, expected):
    x, y = pyproj.Transformer.from_crs(4490, epsg, always_xy=True).transform(*place)
    problem = fault(points(tmp_path / "a.gpkg", (x, y)))
    assert problem.code == "crs-missing"
    for lang in ("zh", "en"):
        named = {c.code for c in systems.CANDIDATES if c.code in problem.cure.in_(lang)}
        assert named == expected


def test_a_missing_crs_with_swapped_axes(tmp_path):
    x, y = gauss_kruger(*EAST, 114.0, 38_500_000.0)
    problem = fault(points(tmp_path / "a.gpkg", (y, x)))
    assert problem.code == "crs-missing"
    assert "EPSG:4526" in problem.cure.en
    assert "axes swapped first" in problem.cure.en


def test_a_missing_crs_that_fits_nowhere(tmp_path):
    problem = fault(points(tmp_path / "a.gpkg", (5.0, 5.0)))
    assert problem.code == "crs-missing"
    assert "ask whoever made the data" in problem.cure.en


@pytest.mark.parametrize(
    ("declared", "meridian", "false_easting", "right"),
    [
        (4547, 114.0, 38_500_000.0, "EPSG:4526"),
        (4526, 114.0, 500_000.0, "EPSG:4547"),
        (4525, 114.0, 38_500_000.0, "EPSG:4526"),
        (4498, 114.0, 38_500_000.0, "EPSG:4526"),
    ],
)
def test_eastings_of_another_zone_contradict_the_crs(
    tmp_path, declared, meridian, false_easting, right
):
    xy = gauss_kruger(*EAST, meridian, false_easting)
    problem = fault(points(tmp_path / "a.gpkg", xy, crs=declared))
    assert problem.code == "crs-contradicts-coordinates"
    assert right in problem.cure.zh


def test_northing_before_easting_is_swapped_axes(tmp_path):
    x, y = gauss_kruger(*EAST, 114.0, 38_500_000.0)
    problem = fault(points(tmp_path / "a.gpkg", (y, x), (y + 9, x), crs=4526))
    assert problem.code == "axes-swapped"


def test_a_site_outside_shanxi_is_read(tmp_path):
    beijing = points(tmp_path / "a.gpkg", (116.4, 39.9), crs=4490)
    reading = read_vector(beijing)
    assert len(reading.frame) == 1
    assert reading.record.notices == ()


def test_the_wrong_zone_without_prefix_is_hinted_at(tmp_path):
    # Declared at 117°E (6°), the numbers are those of 111°E (3°): the file lands 6° too far east.
    xy = gauss_kruger(*WEST, 111.0, 500_000.0)
    notices = read_vector(points(tmp_path / "a.gpkg", xy, crs=4509)).record.notices
    assert any("EPSG:4546" in n.en for n in notices)


def test_the_legacy_crs_member_is_honoured(tmp_path):
    x, y = gauss_kruger(*EAST, 114.0, 38_500_000.0)
    path = tmp_path / "a.geojson"
    feature = {"type": "Feature", "properties": {},
               "geometry": {"type": "Point", "coordinates": [x, y]}}  # fmt: skip
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4526"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": member, "features": [feature]}))
    reading = read_vector(path)
    assert reading.record.crs == "EPSG:4526"
    assert reading.frame.geometry.iloc[0].x == pytest.approx(EAST[0], abs=2e-8)


def test_the_user_overrides_and_the_record_says_so(tmp_path):
    path = points(tmp_path / "a.gpkg", gauss_kruger(*EAST, 114.0, 500_000.0), crs=4546)
    record = read_vector(path, ReadOptions(crs="4547")).record
    assert record.crs == "EPSG:4547"
    assert any("EPSG:4546" in n.en for n in record.notices)


@pytest.mark.parametrize("crs", ["EPSG:999999", "hello", "/etc/passwd", "https://x.org/a", ""])
def test_unknown_crs(tmp_path, crs):
    path = points(tmp_path / "a.gpkg", EAST, crs=4490)
    assert fault(path, ReadOptions(crs=crs)).code == "crs-unknown"


def test_an_unreadable_prj_is_not_called_missing(tmp_path):
    path = points(tmp_path / "a.shp", EAST)
    path.with_suffix(".prj").write_text("nonsense")
    assert fault(path).code == "crs-unknown"


@pytest.mark.parametrize("shift", ["gcj02", "bd09"])
def test_a_declared_web_map_datum_is_taken_out(tmp_path, shift):
    forward = datum.wgs84_to_gcj02 if shift == "gcj02" else datum.wgs84_to_bd09
    lon, lat = forward(np.array([EAST[0]]), np.array([EAST[1]]))
    path = points(tmp_path / "a.gpkg", (lon[0], lat[0]), crs=4326)
    reading = read_vector(path, ReadOptions(datum=shift))
    point = reading.frame.geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx(EAST, abs=1e-7)
    assert reading.record.datum == shift
    assert abs(lon[0] - EAST[0]) > 1e-3


def test_a_web_map_datum_does_not_fit_surveying_coordinates(tmp_path):
    path = points(tmp_path / "a.gpkg", gauss_kruger(*EAST, 114.0, 500_000.0), crs=4547)
    assert fault(path, ReadOptions(datum="gcj02")).code == "datum-not-applicable"


def test_the_table_of_zones_agrees_with_the_registry():
    assert len(gauss.CODES) == 11 * 2 + 21 * 2 - 11
    for (meridian, false_easting), code in gauss.CODES.items():
        zone = gauss.zone(pyproj.CRS.from_epsg(code))
        assert zone is not None
        assert (zone.meridian, zone.false_easting) == (meridian, false_easting)
        assert (zone.scale, zone.latitude, zone.false_northing) == (1.0, 0.0, 0.0)
