"""The shortest move, the remainder and the stretches, on shapes whose answer is known."""

import math

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from zoning.base import geodesy
from zoning.base.plane import to_degrees, to_plane
from zoning.measure import remedy

#: Plane coordinates of a place near the middle of Shanxi.
X, Y = 0.0, 4_150_000.0


def plane_box(x, y, width, height):
    return box(X + x, Y + y, X + x + width, Y + y + height)


def degrees(geometry):
    return to_degrees(geometry)


def test_a_square_leaves_a_half_plane_straight_across_its_edge():
    site = degrees(plane_box(0, 0, 200, 200))
    ground = plane_box(-20_000, -20_000, 20_050, 40_000)  # everything west of x = 50
    east, north = remedy.shortest_move(site, ground, 1.0)
    assert east == pytest.approx(51.0, abs=0.1) and north == pytest.approx(0.0, abs=0.1)


def test_the_move_is_the_shortest_of_all_ways_out():
    site = degrees(plane_box(0, 0, 100, 100))
    ground = plane_box(-300, -900, 420, 2000)  # 120 m to the east, 200 + 100 m to the west
    move = remedy.shortest_move(site, ground, 0.5)
    assert math.hypot(*move) == pytest.approx(120.5, abs=0.1)


def test_a_site_fits_into_a_gap_of_its_width_and_no_narrower():
    site = degrees(plane_box(0, 0, 100, 100))
    walls = shapely.union_all(
        [plane_box(-6000, -6000, 6300, 12500), plane_box(410, -6000, 12000, 12500)]
    )  # a gap of 110 m from x = 300 to x = 410
    east, north = remedy.shortest_move(site, walls, 1.0)
    assert 300 < east < 311 and abs(north) < 1
    narrow = shapely.union_all(
        [plane_box(-6000, -6000, 6300, 12500), plane_box(390, -6000, 12000, 12500)]
    )
    assert remedy.shortest_move(site, narrow, 1.0) is None


def test_concave_and_holed_sites_keep_clear_with_every_part():
    ring = plane_box(0, 0, 300, 300).difference(plane_box(100, 100, 100, 100))
    post = plane_box(140, 140, 20, 20)  # stands in the hole: nothing to do
    assert remedy.shortest_move(degrees(ring), post, 1.0) == (0.0, 0.0)
    post = plane_box(90, 140, 20, 20)  # 10 m in the western bar
    move = remedy.shortest_move(degrees(ring), post, 1.0)
    assert math.hypot(*move) == pytest.approx(11.0, abs=0.1)


@pytest.mark.parametrize("seed", range(8))
def test_no_shorter_move_exists_among_many_tried(seed):
    rng = np.random.default_rng(seed)
    site = shapely.convex_hull(shapely.multipoints(np.add(rng.uniform(0, 400, (6, 2)), [X, Y])))
    blobs = shapely.buffer(shapely.points(np.add(rng.uniform(-300, 700, (5, 2)), [X, Y])), 150)
    ground = shapely.union_all([*blobs, shapely.centroid(site).buffer(100)])
    move = remedy.shortest_move(degrees(site), ground, 0.5)
    there = shapely.transform(to_plane(degrees(site)), lambda xy: xy + np.array(move))
    assert not shapely.intersects(there, ground)
    for angle in np.linspace(0, 2 * math.pi, 48, endpoint=False):
        step = 0.97 * math.hypot(*move) * np.array([math.cos(angle), math.sin(angle)])
        tried = shapely.transform(site, lambda xy, step=step: xy + step)
        assert shapely.intersects(tried, ground.buffer(0.5))


def test_points_move_to_the_nearest_edge():
    site = degrees(Point(X, Y))
    move = remedy.shortest_move(site, Point(X, Y).buffer(300, quad_segs=64), 1.0)
    assert math.hypot(*move) == pytest.approx(301.0, abs=0.5)


def test_nothing_helps_where_all_within_five_kilometres_is_forbidden():
    site = degrees(plane_box(0, 0, 100, 100))
    assert remedy.shortest_move(site, plane_box(-9000, -9000, 18_000, 18_000), 1.0) is None


def test_remainder_and_what_must_go_add_up():
    site = degrees(plane_box(0, 0, 200, 100))
    left, area = remedy.remainder(site, plane_box(-100, -100, 150, 300))
    assert area == pytest.approx(150 * 100, rel=1e-3)
    assert shapely.get_dimensions(left) == 2


def test_stretches_by_chainage_in_order():
    line = degrees(LineString([(X, Y), (X + 1000, Y), (X + 1000, Y + 1000)]))
    ground = shapely.union_all([plane_box(200, -10, 300, 20), plane_box(990, 700, 20, 100)])
    found = remedy.stretches(line, ground)
    assert [(round(a), round(b)) for a, b, _ in found] == [(200, 500), (1700, 1800)]


def test_moved_keeps_shape_and_says_how_far_and_where():
    site = degrees(plane_box(0, 0, 100, 100))
    there, distance, bearing = remedy.moved(site, (300.0, 400.0))
    assert distance == pytest.approx(500.0, rel=1e-3)
    assert bearing == pytest.approx(36.87, abs=0.1)
    assert to_plane(there).area == pytest.approx(10_000.0, rel=1e-6)


def test_ground_is_the_band_around_what_is_in_reach_and_empty_beyond():
    site = degrees(plane_box(0, 0, 100, 100))
    near = degrees(LineString([(X - 9000, Y + 600), (X + 9000, Y + 600)]))
    far = degrees(LineString([(X - 9000, Y + 90_000), (X + 9000, Y + 90_000)]))
    assert remedy.ground(site, np.array([far]), 100.0).is_empty
    band = remedy.ground(site, np.array([near, far]), 1000.0)
    assert shapely.bounds(band)[1] == pytest.approx(Y - 400, abs=8.0)
    move = remedy.shortest_move(site, band, 1.0)
    assert math.hypot(*move) == pytest.approx(501.0, abs=8.0) and move[1] < 0


@pytest.mark.parametrize("size", [200.0, 0.01])
def test_nothing_remains_of_a_site_wholly_on_forbidden_ground(size):
    left, area = remedy.remainder(degrees(plane_box(0, 0, size, size)), plane_box(-9, -9, 999, 999))
    assert left.is_empty and area == 0.0


def test_a_ring_road_is_cut_where_it_is_forbidden_and_nowhere_else():
    ring = degrees(LineString(plane_box(0, 0, 1000, 1000).exterior.coords))
    length = remedy.stretches(ring, plane_box(-100, -100, 1200, 1200))
    assert [(round(a), round(b, -1)) for a, b, _ in length] == [(0, 4000)]
    corner = to_plane(shapely.get_point(ring, 0))  # the ring begins and ends on this corner
    found = remedy.stretches(ring, corner.buffer(100))
    assert [(round(a), round(b)) for a, b, _ in found] == [(0, 100), (3900, 4000)]
    for begin, end, piece in found:
        assert to_plane(piece).length == pytest.approx(end - begin, abs=0.1)


def test_ground_without_a_distance_is_the_zone_itself():
    site, zone = degrees(plane_box(0, 0, 100, 100)), plane_box(300, 0, 100, 100)
    found = remedy.ground(site, np.array([degrees(zone)]))
    assert found.area == pytest.approx(zone.area, rel=1e-6)


def test_ground_is_held_as_far_as_the_farthest_move_leads():
    # Forbidden as far as 4,900 m to the north, and much farther in every other direction.
    site = degrees(plane_box(0, 0, 100, 100))
    zone = degrees(shapely.segmentize(plane_box(-15_000, -15_000, 30_000, 19_900), 500))
    move = remedy.shortest_move(site, remedy.ground(site, np.array([zone])), 1.0)
    assert move == pytest.approx((0.0, 4901.0), abs=0.5)


def test_a_straight_line_of_two_points_leaves_sideways():
    site = degrees(LineString([(X, Y), (X + 400, Y)]))
    move = remedy.shortest_move(site, plane_box(100, -40, 200, 140), 1.0)
    assert move == pytest.approx((0.0, -41.0), abs=0.1)


def test_chainage_is_taken_on_the_ellipsoid_and_runs_on_from_part_to_part():
    # 130 km from the central meridian the plane is longer than the ground by 1 in 5,000.
    east = X + 130_000
    ends = [LineString([(east, Y + a), (east, Y + b)]) for a, b in ((0, 20_000), (21_000, 26_000))]
    lines = [degrees(line) for line in ends]
    lengths = geodesy.lengths(np.array(lines))
    ground = box(east - 10, Y + 10_000, east + 10, Y + 22_000)
    found = remedy.stretches(shapely.multilinestrings(lines), ground)
    (_, first, _), (_, second, _) = found
    assert first == pytest.approx(lengths[0], abs=0.01)
    assert second == pytest.approx(lengths[0] + lengths[1] / 5, abs=0.1)
    for begin, end, piece in found:
        assert end - begin == pytest.approx(geodesy.lengths(piece)[0], abs=0.1)
    assert found[0][0] == pytest.approx(lengths[0] / 2, abs=0.5)


def test_outlines_are_coarsened_outwards_and_no_more_than_is_needed(monkeypatch):
    # By 0.5 m there are 128 · 144 pairs left, by 2 m (and a quarter of it) 64 · 64.
    ground = Point(0, 0).buffer(500, quad_segs=250)
    site = Point(900, 0).buffer(300, quad_segs=100)
    monkeypatch.setattr(remedy, "_PAIRS", 4_200)
    own, wide = remedy._coarse(site, ground)
    assert len(remedy._edges(own)) * len(remedy._edges(wide)) <= 4_200
    assert ground.within(wide) and wide.hausdorff_distance(ground) == pytest.approx(2.0, abs=0.1)
    assert site.within(own) and own.hausdorff_distance(site) == pytest.approx(0.5, abs=0.1)
    # Against a point no pairs are counted, only the edges of the ground.
    monkeypatch.setattr(remedy, "_PAIRS", 1_000)
    point = Point(0, 0)
    assert remedy._coarse(point, ground) == (point, ground)
    line = LineString([(0, 0), (10, 0)])
    assert remedy._coarse(line, ground) == (line, ground)


@pytest.mark.parametrize(("gap", "number"), [(0.5, 2), (0.0, 1)])
def test_stretches_with_free_ground_between_stay_apart(gap, number):
    line = degrees(LineString([(X, Y), (X + 1000, Y)]))
    ground = shapely.union_all([plane_box(200, -10, 100, 20), plane_box(300 + gap, -10, 50, 20)])
    assert len(remedy.stretches(line, ground)) == number
