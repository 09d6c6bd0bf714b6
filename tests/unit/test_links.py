"""Compiled loops find the nearest places that GEOS finds, to the last bit."""

import numpy as np
import pytest
import shapely

from zoning.measure import links
from zoning.measure.links import Paired

MIDDLE, EAST = np.array([5e5, 4.1e6]), np.array([1.0, 0.0])


def stars(rng: np.random.Generator, count: int, size: float, corners: int) -> np.ndarray:
    """Polygons around random places, some of them with a dent."""
    turn = np.sort(rng.uniform(0.0, 2 * np.pi, (count, corners)), axis=1)
    far = size * rng.uniform(0.3, 1.0, (count, corners))
    at = MIDDLE + rng.uniform(0.0, 5_000.0, (count, 1, 2))
    shapes = shapely.polygons(at + np.stack((far * np.cos(turn), far * np.sin(turn)), axis=-1))
    return shapes[shapely.is_valid(shapes)]


def cells(side: float) -> np.ndarray:
    """Squares on a grid: very many places are equally near to each other."""
    low = MIDDLE + 10.0 * np.stack(np.meshgrid(np.arange(15), np.arange(15)), axis=-1).reshape(
        -1, 2
    )
    return shapely.box(*low.T, *(low + side).T)


def both(pairs: Paired, most: float, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What loops say, and what GEOS says."""
    loops = pytest.importorskip("zoning.measure.kernel.links")
    told = []
    monkeypatch.setattr(links, "SOME", 0)
    for found in (loops, None):
        monkeypatch.setattr(links, "compiled", lambda name, worth, found=found: found)
        told.append(links.links(pairs, most))
    return told


@pytest.mark.parametrize("most", [0.0, 40.0, 1_000.0, np.inf])
def test_loops_and_geos_agree(most: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    one, other = stars(rng, 300, 150.0, 6), stars(rng, 300, 400.0, 15)
    rings = shapely.buffer(shapely.boundary(other[:60]), 4.0)
    ways = shapely.linestrings(
        MIDDLE + rng.uniform(0, 5_000, (60, 1, 2)) + rng.normal(0, 60, (60, 8, 2)).cumsum(axis=1)
    )
    several = np.array(
        [shapely.MultiLineString(list(ways[:9])), shapely.MultiPoint(ways[0].coords)]
    )
    twice = shapely.union(one[:50], one[50:100])
    left = np.concatenate((one, ways, rings, twice, cells(7.0), shapely.centroid(one[:20])))
    right = np.concatenate((other, rings, ways, twice, cells(10.0), several))
    near = shapely.STRtree(right).query(left, predicate="dwithin", distance=80.0)
    far = rng.integers(0, (len(left), len(right)), (5_000, 2)).T
    pairs = Paired(left, right, *np.concatenate((near, far), axis=1))
    (gap, ends), (gap_, ends_) = both(pairs, most, monkeypatch)
    assert (gap == gap_).all()
    apart = (gap > 0.0) & (gap < np.inf)
    assert (ends[apart] == ends_[apart]).all()
    assert (gap == 0.0).sum() > 500 and (apart.sum() > 500 or most == 0.0)
    assert (gap[gap < np.inf] <= most).all()


def test_what_holds_the_other_or_nearly_touches_is_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    square = shapely.box(*MIDDLE, *(MIDDLE + 100.0))
    frame = square.difference(shapely.box(*(MIDDLE + 20.0), *(MIDDLE + 80.0)))
    shapes = np.array(
        [
            shapely.box(*(MIDDLE + 40.0), *(MIDDLE + 50.0)),  # in the square, in the hole
            shapely.box(*(MIDDLE + 5.0), *(MIDDLE + 10.0)),  # in both
            shapely.box(*(MIDDLE - 500.0), *(MIDDLE + 500.0)),  # around both
            shapely.box(*(MIDDLE + 100.0), *(MIDDLE + 110.0)),  # a corner in common
            shapely.box(*(MIDDLE + EAST * (100.0 + 1e-7)), *(MIDDLE + 110.0)),  # beside
            shapely.LineString([MIDDLE + 30.0, MIDDLE + 30.0 + EAST * 40.0]),
            shapely.Point(MIDDLE + 50.0),
            # One part in the hole, the other in the frame.
            shapely.union(square.centroid.buffer(5.0), shapely.Point(MIDDLE + 8.0).buffer(3.0)),
        ]
    )
    zones = np.array([square, frame])
    pairs = Paired(shapes, zones, np.repeat(np.arange(8), 2), np.tile([0, 1], 8))
    told = both(pairs, np.inf, monkeypatch)
    expected = [0, 20, 0, 0, 0, 0, 0, 0, 1e-7, 1e-7, 0, 10, 0, 30, 0, 0]
    for gap, ends in told:
        assert gap == pytest.approx(expected, rel=1e-2)
        assert (gap[8:10] > 0.0).all()
        assert np.hypot(*(ends[1, 1] - ends[1, 0])) == 20.0
    assert (told[0][0] == told[1][0]).all()


def test_no_pairs_have_no_links() -> None:
    none = np.empty(0, dtype=np.intp)
    gap, ends = links.links(Paired(none.astype(object), none.astype(object), none, none))
    assert gap.shape == (0,) and ends.shape == (0, 2, 2)
