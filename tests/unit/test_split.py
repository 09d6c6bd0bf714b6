"""A site of very many vertices comes out as the same site with few does."""

import numpy as np
import pytest
import shapely

from zoning.base import geodesy, polygons
from zoning.base.plane import to_plane
from zoning.measure import SiteSet, ZoneSet, areas, around, places, relate
from zoning.measure import split as module
from zoning.model import Measure, Tri


def star(vertices):
    t = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    r = 0.15 + 0.02 * np.sin(t * 40)
    return shapely.Polygon(np.column_stack([112.5 + r * np.cos(t), 37.6 + r * np.sin(t)]))


def zones(*geometries, accuracy=100.0, **tolerances):
    return ZoneSet(
        "z",
        np.array(geometries, dtype=object),
        [f"z{i}" for i in range(len(geometries))],
        np.full(len(geometries), accuracy),
        **tolerances,
    )


def test_parts_add_up_and_share_only_edges():
    site = star(50_000)
    parts = module.cut(site)
    assert len(parts) > 20
    assert shapely.area(parts).sum() == pytest.approx(site.area, rel=1e-12)
    assert shapely.get_num_coordinates(parts).max() <= 1_000
    assert shapely.area(shapely.union_all(parts)) == pytest.approx(site.area, rel=1e-9)
    # The longer side is halved each time: no strip of the whole width or height is left.
    west, south, east, north = shapely.bounds(parts).T
    assert max((east - west).max(), (north - south).max()) < 0.6 * 0.34


@pytest.mark.parametrize("block", [2_500, 16_000], ids=["small", "usual"])
@pytest.mark.parametrize("distance", [0.0, 1_000.0])
@pytest.mark.parametrize(
    "zone",
    [
        [shapely.box(112.4, 37.5, 112.55, 37.65)],
        [shapely.box(112.0, 37.0, 113.0, 38.0)],
        [shapely.box(112.4, 37.5, 112.5, 37.7), shapely.box(112.45, 37.5, 112.6, 37.7)],
        [shapely.box(114.0, 39.0, 114.1, 39.1)],
        [shapely.box(112.6724, 37.6, 112.7, 37.61)],
    ],
    ids=["partly", "all", "overlapping", "far", "near"],
)
def test_cut_and_uncut_agree(monkeypatch, zone, distance, block):
    monkeypatch.setattr("zoning.measure.parts._BLOCK", block)
    site = SiteSet(np.array([star(30_000)], dtype=object))
    cut = relate(site, zones(*zone), distance)[0]
    assert site.split is not None
    monkeypatch.setattr("zoning.measure.zones.LARGE", 10**9)
    whole = relate(SiteSet(site.geometries), zones(*zone), distance)[0]
    assert cut.total.touches is whole.total.touches
    assert cut.total.distance_m == pytest.approx(whole.total.distance_m, abs=1e-6)
    # Parts get extra vertices of their own where a band is drawn: 2 cm on an edge of 1 km.
    near = 1e-9 if distance == 0.0 else 1e-6
    assert cut.total.area_m2 == pytest.approx(whole.total.area_m2, rel=near)
    assert cut.total.share == pytest.approx(whole.total.share, rel=near)
    assert [m.zone for m in cut.zones] == [m.zone for m in whole.zones]
    for a, b in zip(cut.zones, whole.zones, strict=True):
        assert a.area_m2 == pytest.approx(b.area_m2, rel=near)
    if whole.total.touches is Tri.YES and whole.total.geometry is not None:
        assert cut.total.geometry.is_valid
        assert cut.total.geometry.area == pytest.approx(whole.total.geometry.area, rel=near)


def holed(across, skipped=()):
    """A square of 0.2 degrees with so many holes along each side, all but some."""
    step = 0.2 / across
    low = np.array([[112.5 + i * step, 37.8 + j * step] for i, j in np.ndindex(across, across)])
    kept = np.setdiff1d(np.arange(across**2), skipped)
    corners = np.array([[1, 1], [1, 3], [3, 3], [3, 1], [1, 1]]) * step / 4
    rings = [shapely.get_coordinates(shapely.box(112.5, 37.8, 112.7, 38.0))]
    xy = np.vstack([*rings, (low[kept, None] + corners).reshape(-1, 2)])
    count = np.full(len(kept) + 1, 5)
    return polygons.from_rings(xy, count, np.array([len(count)]))[0]


def test_a_zone_in_a_hole_meets_the_site_only_when_that_is_filled():
    across = 70
    step = 0.2 / across
    middle = across * (across // 2) + across // 2
    west, south = 112.5 + (across // 2 + 0.3) * step, 37.8 + (across // 2 + 0.3) * step
    zone = zones(shapely.box(west, south, west + 0.4 * step, south + 0.4 * step), accuracy=0.0)
    inside, filled = (
        SiteSet(np.array([holed(across, skipped)], dtype=object)) for skipped in ((), (middle,))
    )
    assert inside.split is not None
    free, met = relate(inside, zone)[0].total, relate(filled, zone)[0].total
    assert free.touches is Tri.NO
    assert free.area_m2 == 0.0
    # From the zone to the hole's edge: a twentieth of the step, along a parallel.
    gap = geodesy.distances(*np.array([[[west, south]], [[west - 0.05 * step, south]]]))[0]
    assert free.distance_m == pytest.approx(gap, rel=1e-3)
    assert met.touches is Tri.YES
    assert met.area_m2 == pytest.approx(areas(zone.geometries)[0], rel=1e-9)
    names = [tuple(found) for found in (places(inside, zone)[0], places(filled, zone)[0])]
    assert names == [(), ("z0",)]


def test_what_a_band_fills_is_dropped_before_it_is_drawn(monkeypatch):
    # Holes are 0.005 degrees wide and high: 558 m at most.
    site = np.array([holed(20, (7, 8, 9))], dtype=object)
    whole = around(site, 290.0)[0]
    monkeypatch.setattr(module, "LARGE", 1_000)
    for distance, left in ((60.0, 397), (280.0, 397), (290.0, 0), (500.0, 0)):
        filled = module.filled(site, distance)[0]
        assert shapely.covers(filled, site[0])
        assert shapely.get_num_interior_rings(filled) == left
    # The middle, at whose scale the band is drawn, moves by a little.
    band = around(site, 290.0)[0]
    assert shapely.symmetric_difference(band, whole).area < 1e-9 * whole.area


def test_blocks_are_neighbours_of_one_site(monkeypatch):
    monkeypatch.setattr("zoning.measure.parts._BLOCK", 3_000)
    small = shapely.box(111.0, 37.0, 111.1, 37.1)
    parts = SiteSet(np.array([small, star(30_000), small], dtype=object)).split
    assert parts.site.tolist() == [0, *[1] * (len(parts.site) - 2), 2]
    assert (np.diff(parts.block) >= 0).all()
    assert parts.vertices.sum() == shapely.get_num_coordinates(parts.sites.geometries).sum()
    assert parts.vertices.max() < 3_000 + 1_000
    for block, box in enumerate(parts.boxes):
        mine = parts.sites.geometries[parts.of(np.array([block]))]
        assert shapely.covers(box, mine).all()
        assert shapely.covers(parts.frames[block], to_plane(mine)).all()


def test_the_legal_minimum_is_for_the_whole_site():
    # Every part alone is far smaller than the minimum; together they reach it.
    site = SiteSet(np.array([star(30_000)], dtype=object))
    area = relate(site, zones(shapely.box(112, 37, 113, 38)))[0].total.area_m2
    for minimum, expected in ((area * 0.999, Tri.YES), (area * 1.001, Tri.UNKNOWN)):
        found = relate(site, zones(shapely.box(112, 37, 113, 38), min_area_m2=minimum))[0]
        assert found.total.touches is expected


def test_a_long_line_is_cut_too():
    x = np.linspace(111.5, 113.5, 40_000)
    road = shapely.LineString(np.column_stack([x, 37.5 + 0.01 * np.sin(x * 300)]))
    site = SiteSet(np.array([road], dtype=object))
    found = relate(site, zones(shapely.box(112, 37, 113, 38)))[0].total
    assert site.split is not None
    assert found.length_m == pytest.approx(site.sizes[0] / 2, rel=1e-2)


SQUARE = shapely.box(112.0, 37.0, 112.1, 37.1)


def part(touches=Tri.YES, zone="z", **figures):
    return Measure("z", zone, **{"distance_m": 0.0, "touches": touches} | figures)


def joined(*measures, size=100.0, site=SQUARE, minimum=(0.0, 0.0), draw=False):
    return module.join(list(measures), size, site, minimum, draw=draw)


def test_what_a_cut_along_an_edge_leaves_behind_is_dropped():
    line, other = shapely.LineString([(0, 0), (1, 1)]), shapely.LineString([(2, 0), (3, 1)])
    mixed = shapely.geometrycollections([SQUARE, line, other, shapely.Point(5, 5)])
    assert module._of_dimension(mixed, 2).equals(shapely.multipolygons([SQUARE]))
    assert module._of_dimension(mixed, 1).equals(shapely.multilinestrings([line, other]))
    for geometry, dimension in ((SQUARE, 2), (line, 1)):
        assert module._of_dimension(geometry, dimension) is geometry
    assert module._of_dimension(line, 2).is_empty


def test_points_and_small_shapes_stay_as_they_are():
    points = shapely.multipoints(np.zeros((5, 2)) + [[i, i] for i in range(5)])
    assert list(module.cut(points, most=2)) == [points]
    assert list(module.cut(SQUARE, most=5)) == [SQUARE]
    assert len(module.cut(shapely.segmentize(SQUARE, 0.03), most=16)) == 2


def test_joined_figures_by_hand():
    parts = [
        part(zone="a、b", area_m2=30.0, raw_area_m2=31.0, depth_m=5.0, accuracy_m=10.0),
        part(zone="b、c", area_m2=20.0, raw_area_m2=22.0, depth_m=9.0, accuracy_m=20.0),
        part(Tri.NO, zone="far", distance_m=70.0, raw_area_m2=1.0, accuracy_m=90.0),
    ]
    found = joined(*parts)
    assert (found.zone, found.area_m2, found.raw_area_m2) == ("a、b、c", 50.0, 54.0)
    assert (found.share, found.depth_m, found.accuracy_m) == (0.5, 9.0, 20.0)
    assert (found.distance_m, found.touches, found.geometry) == (0.0, Tri.YES, None)


def test_a_miss_names_the_nearest_zone():
    far, near = (part(Tri.NO, zone=n, distance_m=d) for n, d in (("far", 70.0), ("near", 60.0)))
    found = joined(far, near, draw=True)
    assert (found.zone, found.distance_m, found.touches) == ("near", 60.0, Tri.NO)
    assert (found.share, found.area_m2, found.geometry) == (0.0, 0.0, None)


@pytest.mark.parametrize(
    ("areas", "minimum", "touches"),
    [
        ((30.0, 20.0), 50.0, Tri.YES),
        ((30.0, 20.0), 50.1, Tri.UNKNOWN),
        ((0.0, 0.0), 0.0, Tri.UNKNOWN),
    ],
)
def test_the_minimum_is_reached_by_the_sum(areas, minimum, touches):
    found = joined(*(part(area_m2=a) for a in areas), minimum=(minimum, 1e9))
    assert found.touches is touches
    assert found.area_m2 == (sum(areas) if touches is Tri.YES else 0.0)


def test_an_open_part_leaves_the_site_open():
    assert joined(part(Tri.NO), part(Tri.UNKNOWN)).touches is Tri.UNKNOWN
    assert joined(part(Tri.NO), part(Tri.NO)).touches is Tri.NO


def test_of_a_line_the_length_counts():
    road = shapely.LineString([(112.0, 37.0), (112.1, 37.0)])
    parts = [part(length_m=n, raw_length_m=n, area_m2=7.0) for n in (20.0, 40.0)]
    found = joined(*parts, site=road, minimum=(1e9, 60.0))
    assert (found.length_m, found.raw_length_m, found.share) == (60.0, 60.0, 0.6)
    assert joined(*parts, site=road, minimum=(0.0, 60.1)).touches is Tri.UNKNOWN
    assert joined(*parts, site=road, size=0.0).share == 1.0


def test_an_overlap_of_all_is_the_site_itself_and_never_more():
    half, rest = shapely.box(112.0, 37.0, 112.05, 37.1), shapely.box(112.05, 37.0, 112.1, 37.1)
    for second, whole in ((50.0, True), (50.1, True), (49.9, False)):
        parts = (part(area_m2=50.0, geometry=half), part(area_m2=second, geometry=rest))
        found = joined(*parts, draw=True)
        assert found.share == pytest.approx(min(1.0, (50.0 + second) / 100.0))
        assert found.share <= 1.0
        assert (found.geometry is SQUARE) is whole
        assert found.geometry.equals(SQUARE)


@pytest.mark.parametrize(("vertices", "drawn"), [(50_000, True), (50_001, False)])
def test_an_overlap_of_very_many_vertices_is_not_drawn(vertices, drawn):
    lines = [
        shapely.linestrings(np.column_stack([np.linspace(x, x + 1, n), np.zeros(n)]))
        for x, n in ((0.0, 25_000), (5.0, vertices - 25_000))
    ]
    found = joined(*(part(area_m2=1.0, geometry=line) for line in lines), draw=True)
    assert (found.geometry is not None) is drawn


def test_a_site_whose_cuts_do_not_add_up_stays_whole(monkeypatch):
    site = star(3_000)
    monkeypatch.setattr(shapely, "clip_by_rect", lambda *_: shapely.box(0, 0, 1, 1))
    assert list(module.cut(site)) == [site]


def test_many_holes_are_dealt_out_to_the_arms_that_hold_them():
    # A comb: halving leaves several arms in one part, and every hole must stay in its own.
    arms = [shapely.box(112.0 + 0.04 * i, 37.0, 112.02 + 0.04 * i, 37.4) for i in range(8)]
    comb = shapely.union_all([*arms, shapely.box(112.0, 36.98, 112.3, 37.0)])
    holes = [
        shapely.box(x, y, x + 0.001, y + 0.001).exterior
        for x in np.arange(112.0015, 112.3, 0.002)
        if (x - 112.0) % 0.04 < 0.0185
        for y in np.arange(37.001, 37.398, 0.0035)
    ]
    site = shapely.polygons(comb.exterior, holes=holes)
    assert shapely.is_valid(site) and len(holes) > 1_000
    parts = module.cut(site)
    assert len(parts) > 5 and shapely.is_valid(parts).all()
    assert shapely.get_num_coordinates(parts).max() <= 1_000
    assert shapely.area(parts).sum() == pytest.approx(site.area, rel=1e-9)
