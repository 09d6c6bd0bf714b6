"""Overlaps, distances and tolerances on shapes whose answers can be worked out by hand."""

import numpy as np
import pytest
import shapely

from zoning.base import geodesy
from zoning.base.plane import scale, to_degrees, to_plane
from zoning.measure import (
    SiteSet,
    ZoneSet,
    outside,
    relate,
)
from zoning.measure.overlaps import _meeting
from zoning.model import Tri

LON, LAT = 112.5, 37.5


def offset(
    east_m: float, north_m: float, lon: float = LON, lat: float = LAT
) -> tuple[float, float]:
    """The point so many metres east, then north, of a place (geodesic)."""
    geod = geodesy.geod()
    lon, lat, _ = geod.fwd(lon, lat, 90, east_m)
    lon, lat, _ = geod.fwd(lon, lat, 0, north_m)
    return lon, lat


def rect(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.Polygon(
        [offset(x, y) for x, y in ((west, south), (east, south), (east, north), (west, north))]
    )


def zones(*geometries, accuracy=0.0, **tolerances) -> ZoneSet:
    return ZoneSet(
        "z",
        np.array(geometries, dtype=object),
        [f"z{i}" for i in range(len(geometries))],
        np.full(len(geometries), accuracy),
        **tolerances,
    )


def one(site, zone_set, distance_m=0.0):
    return relate(SiteSet(np.array([site], dtype=object)), zone_set, distance_m)[0]


# A river due north through (LON, LAT); its band is 1 km to the east of it.
RIVER = shapely.LineString([offset(0, -20_000), offset(0, 0), offset(0, 20_000)])


@pytest.mark.parametrize(
    ("east", "expected"),
    [(0.0, Tri.YES), (600.0, Tri.YES), (999.99, Tri.YES), (1000.02, Tri.NO), (3000.0, Tri.NO)],
)
def test_point_in_band(east, expected):
    found = one(shapely.Point(offset(east, 0)), zones(RIVER), 1000.0).total
    assert found.touches is expected
    assert found.distance_m == pytest.approx(east, abs=0.01)


def test_at_exactly_the_distance_the_distance_is_kept():
    # The threshold is met at ≥: ask for a band exactly as wide as the gap.
    point = shapely.Point(offset(500, 0))
    gap = one(point, zones(RIVER), 1000.0).total.distance_m
    assert one(point, zones(RIVER), gap).total.touches is Tri.NO
    assert one(point, zones(RIVER), gap + 1e-6).total.touches is Tri.YES


def test_overlap_with_band_by_hand():
    # A 400 m × 200 m site from 800 m to 1200 m east: half of it, 200 × 200 m, is in the band.
    found = one(rect(800, -100, 1200, 100), zones(RIVER), 1000.0).total
    assert found.area_m2 == pytest.approx(40_000, rel=2e-3)
    assert found.share == pytest.approx(0.5, abs=2e-3)
    assert found.distance_m == pytest.approx(800, abs=0.05)
    assert found.depth_m == pytest.approx(200, abs=0.05)


def test_line_length_in_band_by_hand():
    # 3 km of road due east from 500 m: 500 m of it lie inside.
    road = shapely.LineString([offset(500, 0), offset(3500, 0)])
    found = one(road, zones(RIVER), 1000.0).total
    assert found.length_m == pytest.approx(500, abs=0.1)
    assert found.area_m2 == 0.0


def test_band_has_the_same_width_at_the_province_edge():
    # 2.1° off the central meridian the plane is stretched by 0.04 %: 0.4 m on 1 km if forgotten.
    lon = 110.4
    river = shapely.LineString([(lon, 37.3), (lon, 37.7)])
    start, far = offset(0, 0, lon, LAT), offset(2000, 0, lon, LAT)
    found = one(shapely.LineString([start, far]), zones(river), 1000.0).total
    assert found.length_m == pytest.approx(1000, abs=0.05)


def test_touching_is_not_overlapping():
    left, right = shapely.box(112, 37, 112.1, 37.1), shapely.box(112.1, 37, 112.2, 37.1)
    found = one(left, zones(right)).total
    assert (found.touches, found.area_m2, found.distance_m) == (Tri.NO, 0.0, 0.0)
    corner = shapely.Point(112.1, 37.05)
    assert one(corner, zones(right)).total.touches is Tri.NO
    edge = shapely.LineString([(112.1, 37), (112.1, 37.1)])
    assert one(edge, zones(right)).total.touches is Tri.NO


def test_touching_within_accuracy_is_unknown():
    left, right = shapely.box(112, 37, 112.1, 37.1), shapely.box(112.1, 37, 112.2, 37.1)
    assert one(left, zones(right, accuracy=5.0)).total.touches is Tri.UNKNOWN


@pytest.mark.parametrize(("gap", "expected"), [(90.0, Tri.UNKNOWN), (110.0, Tri.NO)])
def test_a_near_miss_is_unknown_within_the_accuracy(gap, expected):
    found = one(rect(0, 0, 100, 100), zones(rect(100 + gap, 0, 300, 100), accuracy=100.0))
    assert found.total.touches is expected
    assert found.total.distance_m == pytest.approx(gap, abs=0.05)


def test_overlapping_zones_of_one_theme_count_once():
    site = rect(0, 0, 100, 100)
    twice = zones(rect(-50, -50, 60, 150), rect(40, -50, 150, 150))
    found = one(site, twice)
    assert found.total.area_m2 == pytest.approx(geodesy.areas(site)[0], rel=1e-9)
    assert found.total.share == pytest.approx(1.0)
    assert sum(m.area_m2 for m in found.zones) == pytest.approx(1.2 * found.total.area_m2, rel=1e-3)


def test_sliver_and_minimum_area_are_separate_and_raw_is_kept():
    site = rect(0, 0, 100, 100)
    strip = rect(99.5, -10, 200, 110)  # overlaps by 0.5 m × 100 m = 50 m²
    raw = one(site, zones(strip)).total
    assert raw.area_m2 == pytest.approx(50, rel=1e-2)
    sliver = one(site, zones(strip, sliver_width_m=1.0)).total
    assert (sliver.area_m2, sliver.touches) == (0.0, Tri.NO)
    assert sliver.raw_area_m2 == pytest.approx(50, rel=1e-2)
    assert one(site, zones(strip, min_area_m2=raw.area_m2)).total.touches is Tri.YES
    assert one(site, zones(strip, min_area_m2=raw.area_m2 * 1.0001)).total.touches is Tri.NO


def test_zones_are_dissolved_before_the_minimum_is_applied():
    # Two halves of 5 000 m² each: neither reaches 8 000 m², together they do.
    site = rect(0, 0, 100, 100)
    halves = zones(rect(0, 0, 50, 100), rect(50, 0, 100, 100), min_area_m2=8_000.0)
    found = one(site, halves)
    assert found.total.touches is Tri.YES
    assert found.total.area_m2 == pytest.approx(10_000, rel=1e-3)
    assert found.zones == ()


def test_depth_is_how_far_the_site_reaches_in():
    found = one(shapely.Point(offset(30, 50)), zones(rect(0, 0, 100, 100))).total
    assert found.depth_m == pytest.approx(30, abs=0.05)


def test_no_zones_gives_no_measure():
    assert one(shapely.Point(LON, LAT), zones()).total is None


def test_outside_part_is_measured_and_small_overhangs_are_not():
    cover = rect(-1000, -1000, 1000, 1000)
    sites = SiteSet(
        np.array(
            [
                rect(0, 0, 100, 100),
                rect(950, 0, 1050, 100),
                rect(500, 0, 1500, 100),
                rect(5000, 0, 5100, 100),
            ],
            dtype=object,
        )
    )
    inside, overhang, partly, beyond = outside(sites, cover, 100.0)
    assert inside is None and overhang is None
    assert partly.touches is Tri.UNKNOWN
    assert partly.area_m2 == pytest.approx(50_000, rel=1e-2)
    assert partly.share == pytest.approx(0.5, rel=1e-2)
    assert beyond.touches is Tri.YES and beyond.share == pytest.approx(1.0)


def test_plane_round_trip_and_scale():
    points = shapely.points([110.3, 112.5, 114.5], [34.6, 37.5, 40.7])
    back = shapely.get_coordinates(to_degrees(to_plane(points)))
    assert back == pytest.approx(shapely.get_coordinates(points), abs=1e-11)
    # Scale against a short geodesic at the far edge.
    ends = np.array([[110.3, 37.5], [110.3001, 37.5]])
    plane = shapely.get_coordinates(to_plane(shapely.points(ends)))
    drawn = np.hypot(*(plane[1] - plane[0]))
    true = geodesy.distances(ends[:1], ends[1:])[0]
    assert drawn / true == pytest.approx(scale(plane[:1, 0], ends[:1, 1])[0], abs=1e-7)


def test_what_rounding_defeats_is_taken_on_a_grid():
    # A bow tie of two triangles of 1/4 and 1/4, which GEOS refuses to cut exactly.
    tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    half = shapely.box(0.5, -1, 2, 2)
    with pytest.raises(shapely.GEOSException):
        shapely.intersection(tie, half)
    assert _meeting(tie, half, 1e-6).area == pytest.approx(0.25)
