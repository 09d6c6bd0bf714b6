"""A site of very many holes comes out as a plain overlay of it does."""

import numpy as np
import pytest
import shapely

from zoning.base import geodesy
from zoning.measure import SiteSet, ZoneSet, relate
from zoning.measure import overlaps as module
from zoning.model import Tri

SIDE = 72
STEP = 0.1 / SIDE


def holed(without=None):
    """A square with 5,184 square holes, a quarter of its area; ``without`` one of them."""
    corner = 112.5 + STEP * (np.arange(SIDE) + 0.25), 37.6 + STEP * (np.arange(SIDE) + 0.25)
    x, y = (axis.ravel() for axis in np.meshgrid(*corner))
    holes = shapely.box(x, y, x + STEP / 2, y + STEP / 2)
    rings = shapely.get_exterior_ring(np.delete(holes, without) if without is not None else holes)
    return shapely.Polygon(shapely.box(112.5, 37.6, 112.6, 37.7).exterior, rings), holes


SITE, HOLES = holed()


def related(site, *shapes, distance=0.0, **tolerances):
    zones = ZoneSet(
        "z",
        np.array(shapes, dtype=object),
        [f"z{i}" for i in range(len(shapes))],
        np.zeros(len(shapes)),
        **tolerances,
    )
    sites = SiteSet(np.array([site], dtype=object))
    assert sites.split is not None
    return relate(sites, zones, distance)[0]


IN_HOLE = shapely.buffer(shapely.centroid(HOLES[3_000]), STEP / 8)
DIAGONAL = shapely.Polygon([(112.45, 37.55), (112.66, 37.63), (112.58, 37.75)])


@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.box(112.4, 37.5, 112.7, 37.8)],
        [DIAGONAL],
        [DIAGONAL, shapely.box(112.55, 37.5, 112.7, 37.8), IN_HOLE],
        [shapely.box(112.4, 37.5, 112.7, 37.8), DIAGONAL],
        [DIAGONAL.boundary.buffer(STEP)],
    ],
    ids=["whole", "part", "three", "whole and part", "narrow"],
)
def test_areas_are_those_of_an_overlay(shapes):
    found = related(SITE, *shapes)
    area = geodesy.areas([shapely.intersection(SITE, shapely.union_all(shapes))])[0]
    assert found.total.touches is Tri.YES
    assert found.total.area_m2 == pytest.approx(area, rel=1e-9)
    for row in found.zones:
        alone = shapely.intersection(SITE, shapes[int(row.zone[1:])])
        assert row.area_m2 == pytest.approx(geodesy.areas([alone])[0], rel=1e-9)


def test_a_zone_in_a_hole_is_met_only_without_that_hole():
    missed, met = related(SITE, IN_HOLE).total, related(holed(3_000)[0], IN_HOLE).total
    assert (missed.touches, missed.area_m2, missed.geometry) == (Tri.NO, 0.0, None)
    assert missed.distance_m == pytest.approx(STEP / 8 * 88_000, rel=0.05)
    assert met.touches is Tri.YES
    assert met.area_m2 == pytest.approx(geodesy.areas([IN_HOLE])[0], rel=1e-9)


def test_of_a_zone_in_a_hole_and_one_outside_the_nearer_is_told():
    outside = shapely.box(112.6 + STEP / 100, 37.64, 112.61, 37.65)
    found = related(SITE, IN_HOLE, outside).total
    assert found.zone == "z1"
    assert found.distance_m == pytest.approx(STEP / 100 * 88_000, rel=0.05)


def test_a_zone_around_everything_holds_all_of_it():
    found = related(SITE, shapely.box(112.4, 37.5, 112.7, 37.8)).total
    assert found.share == pytest.approx(1.0, rel=1e-12)
    # The deepest place of the square, 0.15 degrees of longitude and latitude inside the zone.
    assert found.depth_m == pytest.approx(0.15 * 88_200, rel=0.05)


def test_bands_and_distances_from_outside():
    zone = shapely.box(112.61, 37.6, 112.62, 37.7)
    away, beside = (related(SITE, zone, distance=d).total for d in (500.0, 1_000.0))
    assert (away.touches, beside.touches) == (Tri.NO, Tri.YES)
    assert away.distance_m == beside.distance_m == pytest.approx(882, rel=0.01)
    assert 0.0 < beside.area_m2 < 118.0 * 11_200


def test_holes_that_no_edge_meets_stay_out_of_the_overlay(monkeypatch):
    part = shapely.Polygon(SITE.exterior, SITE.interiors[:400])
    cover = shapely.union(DIAGONAL, shapely.LineString([(112.6, 37.6), (112.6, 37.7)]).buffer(0.01))
    fast = module._meeting(part, cover, 1e-9)
    monkeypatch.setattr(module, "_HOLES", 10**6)
    plain = module._meeting(part, cover, 1e-9)
    assert fast.is_valid
    assert shapely.get_num_coordinates(fast) == shapely.get_num_coordinates(plain)
    assert shapely.area(shapely.symmetric_difference(fast, plain)) < 1e-15


def test_blocks_in_a_zone_and_beyond_another_are_not_measured_part_by_part():
    west, east = shapely.box(112.4, 37.5, 112.551, 37.8), shapely.box(112.551, 37.5, 112.7, 37.8)
    far = shapely.box(112.7, 37.5, 112.8, 37.8)
    zones = ZoneSet(
        "z",
        np.array([west, east, far], dtype=object),
        ["west", "east", "far"],
        np.full(3, 20_000.0),
    )
    parts = SiteSet(np.array([SITE], dtype=object)).split
    whole, rest = parts.near(zones, 20_000.0, 0.0)
    count = len(parts.sites.geometries)
    assert 0 < len(rest) < count
    assert whole and {zone for which in whole.values() for zone in which} <= {0, 1}
    assert len(rest) + len(parts.of(np.array(list(whole)))) == count
    found = relate(SiteSet(np.array([SITE], dtype=object)), zones)[0]
    plain = [geodesy.areas([shapely.intersection(SITE, zone)])[0] for zone in (west, east)]
    rows = {row.zone: row for row in found.zones}
    assert [rows["west"].area_m2, rows["east"].area_m2] == pytest.approx(plain, rel=1e-9)
    # The third is nearest in the north, 8.8 km from one part, which alone decides it.
    link = geodesy.distances(np.array([[112.6, 37.7]]), np.array([[112.7, 37.7]]))[0]
    assert rows["far"].distance_m == pytest.approx(link, rel=1e-3)
    assert rows["far"].touches is Tri.UNKNOWN


def test_a_site_that_a_zone_covers_has_share_one():
    found = related(SITE, shapely.box(112.4, 37.5, 112.7, 37.8))
    assert found.total.share == 1.0
    assert found.zones[0].share == 1.0
    assert found.total.geometry is SITE
