"""Zones cut for the index, parts of a zone set, and what a site reaches of them."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
import shapely
from test_measure import offset, one, rect, zones

from zoning.measure import Shapes, SiteSet
from zoning.measure.relate import _relation, relate
from zoning.measure.zones import _PIECE, ZoneSet, _cut_lines
from zoning.model import Measure, Tri

POINT = shapely.Point(offset(-5000, 0))
LINE = shapely.LineString([offset(0, 400 * step) for step in range(20)])
AREA = rect(5000, 0, 5100, 100)


def test_pieces_keep_their_kind_and_their_zone() -> None:
    pieces, owner = zones(POINT, LINE, AREA).pieces
    kinds = {zone: set(shapely.get_type_id(pieces[owner == zone]).tolist()) for zone in range(3)}
    assert kinds == {0: {0}, 1: {1}, 2: {3}}
    assert (owner == 1).sum() == 3 and (owner == 0).sum() == (owner == 2).sum() == 1
    assert shapely.get_num_coordinates(pieces).max() <= _PIECE


@pytest.mark.parametrize("vertices", range(2, 3 * _PIECE))
def test_a_line_is_cut_without_a_gap(vertices: int) -> None:
    line = shapely.LineString([(x, x * x) for x in range(vertices)])
    pieces, owner = _cut_lines(np.array([line, shapely.reverse(line)], dtype=object))
    assert shapely.get_num_coordinates(pieces).max() <= _PIECE
    for own in (pieces[owner == 0], pieces[owner == 1]):
        assert sum(p.length for p in own) == pytest.approx(line.length, rel=1e-12)
        assert shapely.line_merge(shapely.union_all(own)).equals(line)


@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_part_of_a_zone_set_names_its_own_zones(where: int) -> None:
    whole = ZoneSet(
        "z", np.array([POINT, LINE, AREA], dtype=object), ["point", "line", "area"],
        np.array([1.0, 2.0, 3.0]),
    )  # fmt: skip
    keep = np.array([where != 0, True, where != 1])
    at = [POINT, LINE, shapely.centroid(AREA)][where]
    part = whole.subset(keep)
    assert part.worst_accuracy_m == max(m for m, k in zip((1.0, 2.0, 3.0), keep, strict=True) if k)
    found = one(at, part, 10.0)
    expected = ["line", "line", "area"][where] if where else None
    assert {m.zone for m in found.zones} | {found.total.zone} >= ({expected} if expected else set())
    assert (found.total.distance_m < 1.0) is bool(where)


def test_a_tiny_plot_is_measured_by_its_area() -> None:
    tiny = SiteSet(np.array([rect(0, 0, 0.5, 0.5), LINE, POINT], dtype=object))
    assert tiny.sizes.tolist() == pytest.approx([0.25, 400 * 19, 0.0], rel=1e-2)


@pytest.mark.parametrize(
    ("total", "row", "expected"),
    [
        (Tri.NO, Tri.UNKNOWN, Tri.UNKNOWN),
        (Tri.NO, Tri.NO, Tri.NO),
        (Tri.YES, Tri.UNKNOWN, Tri.YES),
        (Tri.UNKNOWN, Tri.YES, Tri.UNKNOWN),
    ],
)
def test_a_zone_that_may_be_met_leaves_the_whole_open(total: Tri, row: Tri, expected: Tri) -> None:
    found = _relation(Measure("z", "a", 1.0, touches=total), [Measure("z", "b", 1.0, touches=row)])
    assert found.total.touches is expected
    assert len(found.zones) == (row is not Tri.NO)


def test_a_wide_overlap_is_no_sliver() -> None:
    site, zone = rect(0, 0, 100, 100), rect(50, -10, 200, 110)
    wide = one(site, zones(zone, sliver_width_m=30.0)).total
    assert wide.area_m2 == wide.raw_area_m2 == pytest.approx(5000, rel=1e-2)
    # 50 m by 100 m: twice the area by the perimeter is 33 m.
    assert one(site, zones(zone, sliver_width_m=34.0)).total.area_m2 == 0.0


@pytest.mark.parametrize(("least", "expected"), [(0.0, 5.0), (4.9, 5.0), (5.1, 0.0)])
def test_a_line_under_the_least_length_is_no_hit(least: float, expected: float) -> None:
    road = shapely.LineString([offset(-100, 0), offset(5, 0)])
    found = one(road, zones(rect(0, -50, 100, 50), min_length_m=least)).total
    assert found.length_m == pytest.approx(expected, abs=0.01)
    assert found.touches is (Tri.YES if expected else Tri.NO)


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("deep", range(4))
def test_depth_is_taken_at_every_corner_of_a_plain_site(first: int, deep: int) -> None:
    corners: list[Any] = [(0, 0), (300, 0), (300, 300), (0, 300)]
    # The corner that lies 300 m inside, the one opposite on the zone's own corner.
    east, north = corners[(deep + 2) % 4]
    west, south = (east if east == 0 else east - 1000), (north if north == 0 else north - 1000)
    zone = rect(west, south, west + 1000, south + 1000)
    order = corners[first:] + corners[:first]
    site = shapely.Polygon([offset(*xy) for xy in order])
    assert one(site, zones(zone)).total.depth_m == pytest.approx(300, abs=0.5)


def test_geometries_are_made_once_and_only_those_asked_for() -> None:
    made: list[list[int]] = []

    def make(which: Any) -> Any:
        made.append(which.tolist())
        return shapely.points(which.astype(float), 0.0)

    shapes = Shapes(6, make)
    part = shapes.some(np.array([5, 1, 4]))
    assert (len(shapes), len(part), made) == (6, 3, [])
    assert part[1].x == 1.0 and [point.x for point in part[[0, 1, 0]]] == [5, 1, 5]
    assert [point.x for point in part[np.array([False, True, True])]] == [1, 4]
    assert made == [[1], [5], [4]]
    assert shapes[5] is part[0] and shapes.some(np.arange(4, 6))[1] is part[0]
    assert [point.x for point in shapely.centroid(shapes)] == [0, 1, 2, 3, 4, 5]
    assert made[3:] == [[0, 2, 3]]


def test_zones_that_are_not_met_are_not_made() -> None:
    made: list[int] = []

    def make(which: Any) -> Any:
        made.extend(which.tolist())
        return shapely.box(112.0 + which, 37.0, 112.5 + which, 37.5)

    names = ["a", "b", "c"]
    zones = ZoneSet("z", Shapes(3, make), names, np.zeros(3))
    assert zones.subset(np.array([0, 2])).names == ["a", "c"] and made == []
    zones.prepared(np.array([2, 2]))
    assert made == [2]
    assert zones.dissolved((1,)).bounds == (113.0, 37.0, 113.5, 37.5)
    assert made == [2, 1]


def test_what_was_measured_ends_when_nobody_asks_for_it_any_more() -> None:
    # Left to the collector of cycles, the overlaps of one batch outlive the next ones.
    sites = SiteSet(np.array([rect(-50, 0, 50, 100), rect(10, 10, 20, 20)], dtype=object))
    gc.collect()
    gc.disable()
    try:
        for distance_m in (0.0, 30.0):
            found = relate(sites, zones(rect(0, 0, 100, 100), rect(100, 0, 200, 100)), distance_m)
            assert found[0].total.area_m2 > 0.0 and found[1].zones
            near = weakref.ref(found.near)
            overlaps = weakref.ref(found.near._single if distance_m == 0.0 else found.near._several)
            del found
            assert near() is None and overlaps() is None
    finally:
        gc.enable()
