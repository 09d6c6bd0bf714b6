"""Depths by the edges that may be nearest are those by whole outlines, to the last bit."""

import sys

import numpy as np
import pytest
import shapely

from zoning.base.errors import MissingExtraError
from zoning.base.plane import to_plane
from zoning.measure import ZoneSet, depths, loops, outline


def star(rng: np.random.Generator, at: np.ndarray, size: float, corners: int) -> shapely.Polygon:
    turn = np.linspace(0.0, 2 * np.pi, corners, endpoint=False)
    far = size * (1.0 + 0.3 * np.sin(5 * turn + at[0]) + 0.05 * rng.random(corners))
    return shapely.Polygon(at + np.column_stack((far * np.cos(turn), far * np.sin(turn))))


@pytest.mark.parametrize("how", ["arrays", "loops"])
@pytest.mark.parametrize("middle", [(112.0, 37.5), (112.0, 66.0)])
def test_edges_left_out_are_nearest_to_no_point(middle, how, monkeypatch):
    found = pytest.importorskip("zoning.measure.kernel.depth") if how == "loops" else None
    monkeypatch.setattr(outline, "compiled", lambda name, worth: found)
    monkeypatch.setattr(outline, "_SOME", 3_000)
    rng = np.random.default_rng(8)
    zones = []
    for size in np.geomspace(0.001, 1.0, 40):
        at = np.array(middle) + rng.uniform(-1.5, 1.5, 2)
        shape = star(rng, at, size, int(rng.integers(5, 300)))
        shape = shape.difference(star(rng, at, 0.2 * size, 9))
        zones.append(
            shape.union(star(rng, at + 3 * size, size, 12)) if rng.random() < 0.3 else shape
        )
    # Edges of just the length at which they are divided.
    zones.append(shapely.box(middle[0], middle[1], middle[0] + 0.3, middle[1] + 0.07))
    shapes = np.array(zones, dtype=object)
    zone = rng.integers(0, len(shapes), 300)
    count = rng.integers(1, 9, len(zone))
    whose = np.repeat(np.arange(len(zone)), count)
    west, south, east, north = shapely.bounds(shapes[zone]).T
    spread = np.geomspace(0.001, 0.4, len(zone))[whose, None] * rng.uniform(-1, 1, (len(whose), 2))
    place = np.column_stack(((west + east) / 2, (south + north) / 2))[whose]
    xy = place + spread * np.column_stack((east - west, north - south))[whose]
    points = to_plane(shapely.points(xy))
    whole = shapely.distance(points, shapely.boundary(to_plane(shapes))[zone[whose]])
    expected = np.zeros(len(zone))
    np.maximum.at(expected, whose, whole)
    assert expected.min() > 0.0
    found = outline.depths_within(xy, whose, shapes, zone)
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("latitude", [-60.0, 0.5, 37.5, 70.0])
def test_what_a_box_says_is_deep_is_deeper_than_the_limit(latitude):
    rng = np.random.default_rng(5)
    shapes = np.array(
        [star(rng, np.array([111.0 + 3 * row, latitude]), 1.0, 200) for row in range(4)]
    )
    zones = ZoneSet("a", shapes, list("abcd"), np.zeros(4))
    which = [(row,) for row in rng.integers(0, 4, 400).tolist()]
    at = np.array([(111.0 + 3 * row, latitude) for (row,) in which])
    sites = shapely.points(at + rng.uniform(-1.3, 1.3, (400, 2)))
    limit = rng.uniform(1.0, 40_000.0, 400)
    deep = depths.surely_deep(zones, which, sites, limit)
    rims = shapely.boundary(to_plane(shapes))[[row for (row,) in which]]
    true = np.where(
        shapely.contains(shapes[[row for (row,) in which]], sites),
        shapely.distance(to_plane(sites), rims),
        0.0,
    )
    assert 30 < deep.sum() < 370
    assert (true[deep] > limit[deep]).all()
    # A box leaves out no more than its corners hold.
    assert deep[true > 2.0 * limit + 10.0].all()


def test_compiled_loops_are_loaded_where_worth_it_and_can_be_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, "zoning.base.compiled", raising=False)
    assert loops.compiled("depth", worth=False) is None

    def lacking(name):
        raise MissingExtraError("numba", "stats", "")

    monkeypatch.setattr(loops, "import_module", lacking)
    assert loops.compiled("depth", worth=True) is None


def test_no_points_have_no_depth():
    none = np.empty(0, dtype=np.intp)
    assert outline.depths_within(np.empty((0, 2)), none, none.astype(object), none).size == 0
