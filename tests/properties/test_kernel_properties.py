"""Overlap areas, lengths and distances without geometry are those of GEOS, whatever the shapes."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from zoning.base import geodesy
from zoning.measure.kernel import EdgeIndex, areas, nearest, overlaps

GEOD = Geod(a=6378137.0, rf=298.257222101)
quick = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def plane(shapes):
    return EdgeIndex.build(np.asarray(shapes, dtype=object), degrees=False)


def found(left, right):
    pairs = overlaps(plane(left), plane(right))
    keys = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return dict(zip(keys, np.maximum(pairs.area, pairs.length).tolist(), strict=True))


def drawn(left, right, size=shapely.area):
    a, b = shapely.STRtree(right).query(left, predicate="intersects")
    sizes = size(shapely.intersection(np.asarray(left)[a], np.asarray(right)[b]))
    keys = zip(a.tolist(), b.tolist(), strict=True)
    return {key: value for key, value in zip(keys, sizes.tolist(), strict=True) if value > 0}


def assert_same(left, right, size=shapely.area, least=1e-9):
    """Same pairs, but for overlaps too small to be told from rounding; same sizes."""
    ours, theirs = found(left, right), drawn(left, right, size)
    assert {k for k, v in theirs.items() if v > least} <= set(ours)
    assert {k for k, v in ours.items() if v > least} <= set(theirs)
    for key in ours.keys() & theirs.keys():
        assert ours[key] == pytest.approx(theirs[key], rel=1e-9, abs=least)


def star(rng, centre, radius, vertices):
    angle = np.sort(rng.uniform(0, 2 * np.pi, vertices))
    reach = radius * rng.uniform(0.2, 1, vertices)
    xy = centre + np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None]
    return shapely.make_valid(shapely.polygons(xy), method="structure", keep_collapsed=False)


def stars(rng, count, most=60, spread=10.0):
    shapes = [
        star(rng, rng.uniform(0, spread, 2), rng.uniform(0.5, 4), int(rng.integers(3, most)))
        for _ in range(count)
    ]
    return np.array([s for s in shapes if not s.is_empty and s.area > 0], dtype=object)


def holed(shapes, rng):
    """Take smaller stars out of stars, and put islands into the holes."""
    out = []
    for shape in shapes:
        centre = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        hole = star(rng, centre, 1.0, 12)
        island = shapely.transform(hole, lambda xy, c=centre: c + (xy - c) * 0.4)
        out.append(shapely.union(shapely.difference(shape, hole), island))
    return np.array(
        [g for g in out if g.is_valid and g.geom_type in ("Polygon", "MultiPolygon")], dtype=object
    )


@quick
@given(seeds)
def test_random_polygons_with_holes_and_islands(seed):
    rng = np.random.default_rng(seed)
    assert_same(holed(stars(rng, 12), rng), stars(rng, 12))


@pytest.mark.parametrize("vertices", [33, 200, 1500])
def test_polygons_of_many_tiles(vertices):
    rng = np.random.default_rng(vertices)
    left = np.array([star(rng, (5, 5), 5, vertices), star(rng, (8, 5), 4, vertices)])
    right = stars(rng, 30)
    assert_same(left, right)
    assert_same(left, left)


@quick
@given(st.lists(st.tuples(*[st.integers(0, 7)] * 2), min_size=1, max_size=40), seeds)
def test_the_integer_grid_is_exact(cells, seed):
    """Unions of unit cells: holes, corners that touch, edges on edges; areas are whole numbers."""
    rng = np.random.default_rng(seed)
    other = {(int(x), int(y)) for x, y in rng.integers(0, 8, (20, 2))}
    left, right = (shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in c])
                   for c in (set(cells), other))  # fmt: skip
    shared = len(set(cells) & other)
    assert found([left], [right]) == ({(0, 0): shared} if shared else {})


@quick
@given(seeds, st.integers(2, 40))
def test_a_partition_shares_borders_and_nothing_else(seed, count):
    """Voronoi cells: no cell overlaps another, and a site's parts add up to the site."""
    rng = np.random.default_rng(seed)
    points = shapely.multipoints(rng.uniform(0, 10, (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, 10, 10)))
    cells = shapely.segmentize(cells, 0.2)  # collinear vertices, and more than one tile
    assert set(found(cells, cells)) == {(i, i) for i in range(len(cells))}
    sites = shapely.intersection(stars(rng, 5), shapely.box(0, 0, 10, 10))
    sites = sites[shapely.area(sites) > 0.1]
    parts = found(sites, cells)
    for i, site in enumerate(sites):
        assert sum(v for (a, _), v in parts.items() if a == i) == pytest.approx(site.area, rel=1e-9)


@quick
@given(seeds)
def test_neighbours_with_other_vertices_on_their_border(seed):
    """One side of a slanted border has more vertices than the other; rounding is no overlap."""
    rng = np.random.default_rng(seed)
    x0, y0, y1 = rng.uniform(40, 60, 3)
    x1 = x0 + 20.0
    share = np.sort(rng.uniform(0, 1, 40))[:, None]
    line = np.array([x0, y0]) + share * np.array([x1 - x0, y1 - y0])
    upper = shapely.Polygon([(x0, y0), (x1, y1), (x1, 99), (x0, 99)])
    lower = shapely.Polygon([(x0, y0), *line, (x1, y1), (x1, 1), (x0, 1)])
    assert sum(found([upper], [lower]).values()) < 1e-11


@quick
@given(seeds, st.sampled_from([1e-1, 1e-3, 1e-6]))
def test_needles(seed, width):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0, 10, (2, 20, 2))
    needles = np.array([shapely.Polygon([p, q, q + width]) for p, q in zip(a, b, strict=True)])
    needles = needles[shapely.is_valid(needles)]
    assert_same(needles, stars(rng, 8), least=1e-12)
    assert_same(needles, needles, least=1e-12)


@quick
@given(seeds)
def test_where_a_ring_begins_and_which_way_it_runs_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    left, right = stars(rng, 3), stars(rng, 3)
    left = shapely.get_parts(left)
    rings = [np.roll(shapely.get_coordinates(g)[:-1], 3, axis=0) for g in left]
    turned = np.array([shapely.Polygon(ring) for ring in rings])
    before, after = found(left, right), found(shapely.reverse(turned), right)
    assert before.keys() == after.keys()
    for key, value in before.items():
        assert after[key] == pytest.approx(value, rel=1e-12, abs=1e-13)


@quick
@given(seeds)
def test_lines_inside_polygons(seed):
    rng = np.random.default_rng(seed)
    lines = np.array([shapely.LineString(rng.uniform(0, 10, (5, 2))) for _ in range(10)])
    polygons = holed(stars(rng, 10, 200), rng)
    assert_same(lines, polygons, shapely.length)
    assert_same(polygons, lines, shapely.length)


@pytest.mark.parametrize("size", [1, 20])
def test_a_line_along_an_edge_touches(size):
    """A square of one tile, and one of many: its border, a line across, one half in and half on."""
    square = shapely.segmentize(shapely.box(0, 0, 10, 10), 10 / size)
    lines = [
        shapely.boundary(square),
        shapely.LineString([(-1, 5), (11, 5)]),
        shapely.LineString([(5, -1), (5, 11)]),
        shapely.LineString([(0, 0), (0, 5), (5, 5)]),
        shapely.LineString([(-1, 0), (4, 0)]),
        shapely.LineString([(0, 10), (10, 0)]),
    ]
    expected = {(1, 0): 10, (2, 0): 10, (3, 0): 5, (5, 0): np.sqrt(200)}
    assert found(lines, [square]) == pytest.approx(expected)


def test_points_inside_on_the_edge_and_outside():
    square = shapely.segmentize(shapely.box(0, 0, 10, 10), 0.5)
    points = shapely.points([(5, 5), (0, 5), (10, 10), (3, 0), (11, 5), (0.25, 0.25), (2.5, 2.5)])
    pairs = overlaps(plane(points), plane([square]))
    assert pairs.left.tolist() == [0, 5, 6]
    assert not pairs.area.any() and not pairs.length.any()


@quick
@given(seeds)
def test_nearest(seed):
    rng = np.random.default_rng(seed)
    zones = holed(stars(rng, 12, 120, 60.0), rng)
    lines = np.array([shapely.LineString(rng.uniform(0, 60, (3, 2))) for _ in range(4)])
    for sites in (shapely.points(rng.uniform(0, 60, (20, 2))), stars(rng, 10, 20, 60.0), lines):
        for others in (zones, lines):
            near = nearest(plane(sites), plane(others))
            gaps = shapely.distance(sites[:, None], others[None, :])
            assert near.distance == pytest.approx(gaps.min(axis=1), abs=1e-12)
            rows = np.arange(len(sites))
            assert near.distance == pytest.approx(gaps[rows, near.which], abs=1e-12)
            link = np.hypot(*(near.link[:, 2:] - near.link[:, :2]).T)
            assert link == pytest.approx(near.distance, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_of_equally_near_the_first_is_nearest(seed):
    """Squares of a grid share borders and corners, so that nearly everything is equally near."""
    rng = np.random.default_rng(seed)
    corners = rng.permutation(np.argwhere(np.ones((20, 20)))) * 2 + 1000.0
    zones = shapely.box(*corners.T, *(corners + 2).T)[:300]
    at = rng.integers(990, 1050, (60, 2)).astype(float)
    sites = np.concatenate([shapely.points(at), shapely.box(*at.T, *(at + 1).T)])
    near = nearest(plane(sites), plane(zones))
    gaps = shapely.distance(sites[:, None], zones[None, :])
    assert near.distance.tolist() == gaps.min(axis=1).tolist()
    assert near.which.tolist() == gaps.argmin(axis=1).tolist()


def over_shanxi(rng, count, degrees):
    """Stars between the province's corners, of a size in degrees."""
    centre = rng.uniform((110.3, 34.6), (114.5, 40.7), (count, 2))
    return np.array([star(rng, c, degrees, 25) for c in centre], dtype=object)


@pytest.mark.parametrize("degrees", [0.001, 0.02, 0.5, 2.0])
def test_areas_are_those_of_the_ellipsoid(degrees):
    """Within 1e-8 of the drawn overlap's area, and 1e-6 of the area between geodesics."""
    rng = np.random.default_rng(7)
    sites = over_shanxi(rng, 40, degrees)
    zones = shapely.transform(sites, lambda xy: xy + degrees * 0.3)
    edges = EdgeIndex.build(sites)
    assert areas(edges) == pytest.approx(geodesy.areas(sites), rel=1e-9)
    pairs = overlaps(edges, EdgeIndex.build(zones))
    shared = shapely.intersection(sites[pairs.left], zones[pairs.right])
    assert len(shared) >= 40
    assert pairs.area == pytest.approx(geodesy.areas(shared), rel=1e-8)
    for shape, area in zip(shared[:10], pairs.area[:10], strict=True):
        # Between vertices so close a geodesic is straight in degrees.
        fine = shapely.segmentize(shape, degrees / 2000)
        geodesic = abs(GEOD.geometry_area_perimeter(fine)[0])
        assert area == pytest.approx(geodesic, rel=1e-6)


def test_lengths_are_geodesic():
    line = shapely.LineString([(111.0, 36.0), (113.0, 38.5)])
    zone = shapely.box(111.5, 36.0, 112.7, 40.0)
    pairs = overlaps(EdgeIndex.build([line]), EdgeIndex.build([zone]))
    inside = shapely.segmentize(shapely.intersection(line, zone), 0.01)
    assert pairs.length == pytest.approx(geodesy.lengths([inside]), rel=1e-7)
