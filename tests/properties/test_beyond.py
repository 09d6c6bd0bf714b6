"""How far zones are beyond reach: asked for one by one, for some, for all, or up to a limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from test_near_properties import grid, layer, scattered

from zoning.base import geodesy
from zoning.base.plane import to_degrees, to_plane
from zoning.measure import Relations, SiteSet, ZoneSet, beyond, relate
from zoning.measure.beyond import Beyond
from zoning.measure.near import apart_by, reached
from zoning.measure.runs import Cuts, Known, Runs, spread
from zoning.model import Tri


def case(seed: int) -> tuple[SiteSet, ZoneSet]:
    rng = np.random.default_rng(seed)
    shapes = grid(rng, 0.02) if seed % 2 else scattered(rng, 150, [0.4, 3.0][seed % 4 // 2])
    return SiteSet(np.array(scattered(rng, 30, 3.0), dtype=object)), layer(shapes, rng)


def least(sites: SiteSet, zones: ZoneSet) -> Any:
    """Measure every site against every zone as it is."""
    one, other = to_plane(sites.geometries), to_plane(zones.geometries)
    out = []
    for site in one:
        link = to_degrees(shapely.shortest_line(site, other))
        ends = shapely.get_coordinates(link).reshape(-1, 2, 2)
        gap = geodesy.distances(ends[:, 0], ends[:, 1])
        out.append(np.where(shapely.intersects(site, other), 0.0, gap).min())
    return np.array(out)


@pytest.mark.parametrize("seed", range(4))
def test_however_it_is_asked_the_distance_is_the_least(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites, zones = case(seed)
    known, every = least(sites, zones), np.arange(len(sites.geometries))
    assert Beyond(sites, zones).of(every)[0] == pytest.approx(known, rel=1e-9)
    for singly in (0, 1000):
        monkeypatch.setattr(beyond, "_SINGLY", singly)
        found = relate(sites, zones, 300.0)
        assert isinstance(found, Relations)
        totals = [relation.total for relation in found]
        assert [t.distance_m for t in totals if t is not None] == pytest.approx(known, rel=1e-9)
        for total in totals:
            assert total is not None
            rows = [int(name[1:]) for name in total.zone.split("、")]
            if total.distance_m > 300.0:
                assert total.accuracy_m == zones.accuracy_m[rows].max()
                assert (total.share, total.area_m2, total.geometry) == (0.0, 0.0, None)


@pytest.mark.parametrize("seed", range(4))
def test_up_to_a_limit_distances_are_exact_and_beyond_it_never_below(seed: int) -> None:
    sites, zones = case(seed)
    known, every = least(sites, zones), np.arange(len(sites.geometries))
    for limit in (500.0, 30_000.0):
        found = Beyond(sites, zones).within(every, limit)
        near = known <= limit
        assert found[near] == pytest.approx(known[near], rel=1e-9)
        assert (found[~near] >= limit).all()


@pytest.mark.parametrize("seed", range(4))
def test_boxes_leave_out_no_zone_within_reach(seed: int) -> None:
    sites, zones = case(seed)
    for reach in (0.0, 800.0, 40_000.0):
        kept = set(zones.within(SiteSet(sites.geometries[:3]), reach).names)
        for site in to_plane(sites.geometries[:3]):
            gaps = shapely.distance(site, to_plane(zones.geometries))
            assert {zones.names[row] for row in np.flatnonzero(gaps <= reach)} <= kept


def test_pieces_come_back_under_their_zones() -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 5, 40)
    owned = [
        np.array([f"{row}.{n}" for n in range(count)], dtype=object)
        for row, count in enumerate(counts)
    ]
    cuts, order = Cuts(40), rng.permutation(40)
    for lot in np.split(order, 4):
        runs = Runs(lot, counts[lot], np.concatenate([owned[row] for row in lot]))
        assert not cuts.has(lot).any()
        cuts.add(runs)
        for at, row in enumerate(lot.tolist()):
            assert runs.some(np.array([at])).pieces.tolist() == owned[row].tolist()
    asked = rng.permutation(40)[:25]
    found = cuts.runs(asked)
    assert cuts.has(asked).all() and found.counts.tolist() == counts[asked].tolist()
    assert found.pieces.tolist() == [piece for row in asked for piece in owned[row]]
    assert spread(np.array([5, 0]), np.array([2, 3])).tolist() == [5, 6, 0, 1, 2]


def test_a_zone_without_extent_makes_boxes_tell_nothing() -> None:
    """It has no box, so neither has its block: no zone beside it may be passed over for that."""
    shapes = [shapely.box(111 + i / 100, 36, 111.005 + i / 100, 36.005) for i in range(200)]
    shapes[50] = shapely.Polygon()
    zones = layer(shapes, np.random.default_rng(0))
    site = SiteSet(np.array([shapely.box(111.521, 36.001, 111.522, 36.002)], dtype=object))
    assert zones.within(site, 10.0) is zones
    total = relate(site, zones)[0].total
    assert total is not None and (total.zone, total.touches) == ("z52", Tri.YES)


def test_pieces_that_a_file_keeps_are_read_when_they_are_wanted() -> None:
    bounds = np.array([[0, 0, 1, 1], [5, 0, 6, 1], [0, 0, 9, 9]], dtype=float)
    cuts = Cuts(4)
    cuts.add(Runs(np.array([2]), np.array([1]), np.array(["cut"], dtype=object)))
    cuts.expect(Known(np.array([0, 3]), np.array([2, 1]), bounds, np.array([70, 71, 90])))
    rows = np.array([3, 2, 0])
    west, places = cuts.unread(rows, lambda boxes: boxes[:, 2] < 2.0)
    assert places.tolist() == [70]
    cuts.fill(west, np.array(["west"], dtype=object))
    assert cuts.runs(rows).pieces.tolist() == [None, "cut", "west", None]
    assert cuts.unread(rows, None)[1].tolist() == [90, 71]


@pytest.mark.parametrize("reach", [0.0, 700.0, 40_000.0])
@pytest.mark.parametrize("count", [1, 2, 40, 900])
def test_no_box_within_reach_is_passed_over(count: int, reach: float) -> None:
    rng = np.random.default_rng(count)

    def boxes(many: int, extent: float) -> Any:
        west, south = rng.uniform(-3e5, 3e5, (2, many))
        wide, high = rng.exponential(extent, (2, many)) * rng.integers(0, 2, (2, many))
        return np.stack((west, south, west + wide, south + high), axis=1)

    at, bounds = boxes(count, 300.0), boxes(200, 20_000.0)
    gap = np.array([apart_by(box[None], at, 1.0).min() for box in bounds])
    found = reached(at, bounds, reach)
    assert found[gap <= reach].all()
    # One is marked in vain no farther than a cell is wide beside those of its own.
    extent = np.ptp(at.reshape(-1, 2), axis=0).max() + 2.02 * reach + 2.0
    assert not found[gap > 1.01 * reach + 2.0 + 3.0 * extent / 15].any()
