"""Zones that are joined around a site only come to what all of them come to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from zoning.measure import SiteSet, ZoneSet, depths, relate, surroundings
from zoning.model import Tri


def cells(rng: np.random.Generator, count: int) -> Any:
    """Neighbours that share every vertex, with edges much longer than a site."""
    points = shapely.MultiPoint(rng.uniform((112.0, 37.0), (112.3, 37.3), (count, 2)))
    found = shapely.get_parts(shapely.voronoi_polygons(points))
    assert shapely.coverage_is_valid(found)
    # Some with holes: what is joined must not fill them.
    at = rng.permutation(len(found))[: count // 4]
    found[at] = shapely.difference(found[at], shapely.buffer(shapely.centroid(found[at]), 0.002))
    return found


def sites_on_borders(rng: np.random.Generator, zones: Any, count: int) -> SiteSet:
    xy = shapely.get_coordinates(shapely.get_exterior_ring(zones))
    inside = xy[((xy > (112.02, 37.02)) & (xy < (112.28, 37.28))).all(axis=1)]
    middle = inside[rng.integers(0, len(inside), count)] + rng.normal(0, 0.002, (count, 2))
    drawn = shapely.buffer(shapely.points(middle), rng.uniform(0.0005, 0.004, count), quad_segs=3)
    return SiteSet(np.asarray(drawn, dtype=object))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("near_m", [5.0, 400.0])
def test_zones_joined_around_a_site_come_to_what_all_of_them_do(
    seed: int, near_m: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    shapes = cells(rng, 40)
    sites = sites_on_borders(rng, shapes, 60)
    zones = ZoneSet("z", shapes, [f"z{at}" for at in range(len(shapes))], np.full(len(shapes), 5.0))
    monkeypatch.setattr(surroundings, "_MANY", 10**9)
    whole = [found.total for found in relate(sites, zones)]
    monkeypatch.setattr(surroundings, "_MANY", 0)
    monkeypatch.setattr(depths, "_NEAR_M", near_m)
    again = ZoneSet("z", shapes, zones.names, zones.accuracy_m)
    local = [found.total for found in relate(sites, again)]
    assert sum("、" in total.zone for total in whole if total is not None) > 25
    for one, other in zip(whole, local, strict=True):
        assert one is not None and other is not None
        assert (one.zone, one.touches) == (other.zone, other.touches)
        assert other.depth_m == pytest.approx(one.depth_m, abs=2e-3)
        assert other.area_m2 == pytest.approx(one.area_m2, rel=1e-9)
        assert other.geometry.equals_exact(one.geometry, 1e-9, normalize=True)
    assert not again._dissolved


def test_a_border_that_crosses_a_box_leaves_no_gap_between_neighbours() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        one, two = rng.uniform((112.0, 37.0), (112.1, 37.1), (2, 2))
        side = shapely.Point(rng.uniform((112.0, 37.0), (112.1, 37.1)))
        other = shapely.Point(2 * (one + two) / 2 - shapely.get_coordinates(side)[0])
        # The shared edge runs one way in the one, and the other way in the other.
        pair = np.array([shapely.Polygon([one, two, side]), shapely.Polygon([two, one, other])])
        zones = ZoneSet("z", pair, ["a", "b"], np.zeros(2))
        middle = (one + two) / 2
        box = np.hstack((middle - 0.003, middle + 0.003))
        shapes, whole = surroundings.joined(zones, [(0, 1)], box[None])
        assert not whole[0]
        edge = shapely.intersection(shapely.LineString([one, two]), shapely.box(*box))
        halfway = shapely.line_interpolate_point(edge, [0.2, 0.5, 0.8], normalized=True)
        assert shapely.contains_properly(shapes[0], halfway).all()


def test_what_only_touches_the_box_leaves_no_lines() -> None:
    hook = shapely.Polygon([(112, 37), (112.2, 37), (112.2, 37.2), (112.1, 37.2), (112.1, 37.1)])
    pair = np.array([hook, shapely.box(111.9, 37.1, 112.1, 37.2)])
    zones = ZoneSet("z", pair, ["a", "b"], np.zeros(2))
    boxes = np.array([[112.05, 37.0, 112.1, 37.1], [112.1, 37.15, 112.15, 37.2]])
    shapes, whole = surroundings.joined(zones, [(0, 1)] * 2, boxes)
    assert set(shapely.get_type_id(shapes)) == {3} and not whole.any()
    assert shapes[1].equals(shapely.box(*boxes[1]))


def test_what_a_cut_makes_invalid_is_joined_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = np.array([shapely.box(112, 37, 112.1, 37.1), shapely.box(112.1, 37, 112.2, 37.1)])
    zones = ZoneSet("z", pair, ["a", "b"], np.zeros(2))
    bow = shapely.Polygon([(112, 37), (112.1, 37.1), (112.1, 37), (112, 37.1)])
    monkeypatch.setattr(shapely, "clip_by_rect", lambda shape, *box: bow)
    shapes, whole = surroundings.joined(zones, [(0, 1)], np.array([[112.05, 37, 112.15, 37.05]]))
    assert whole.all() and shapes[0].equals(shapely.box(112, 37, 112.2, 37.1))


def test_only_groups_of_several_polygons_of_many_vertices_are_large() -> None:
    many = shapely.Point(112, 37).buffer(0.1, quad_segs=200)
    line = shapely.LineString([(111.9, 37), (112.1, 37)])
    shapes = np.array([many, shapely.box(112, 37, 112.2, 37.2), line], dtype=object)
    zones = ZoneSet("z", shapes, ["a", "b", "c"], np.zeros(3))
    assert surroundings.large(zones, [(0,), (0, 1), (1, 2), (0, 2), ()]).tolist() == [
        False,
        True,
        False,
        False,
        False,
    ]
    assert surroundings.large(zones, []).tolist() == []


@pytest.mark.parametrize("vertices", [20, 700, 3_000])
def test_a_point_on_a_border_lies_in_both_zones_together(vertices: int) -> None:
    y = np.linspace(37.0, 37.2, vertices)
    border = np.column_stack((112.1 + 0.001 * np.sin(np.arange(vertices)), y))
    left = shapely.Polygon([(112, 37), *border, (112, 37.2)])
    right = shapely.Polygon([(112.3, 37), (112.3, 37.2), *border[::-1]])
    on, end = border[vertices // 2], border[0]
    sites = SiteSet(shapely.points([on, end]))
    both = ZoneSet("z", np.array([left, right]), ["a", "b"], np.zeros(2))
    inside, edge = (found.total for found in relate(sites, both))
    assert inside is not None and (inside.touches, inside.share) == (Tri.YES, 1.0)
    # Of one of them alone it is on the edge: it touches, and touching does not count.
    alone = ZoneSet("z", np.array([left]), ["a"], np.zeros(1))
    for total in (edge, *(found.total for found in relate(sites, alone))):
        assert total is not None and total.touches is Tri.NO
