"""How deep shapes reach into zones: at some of their vertices, a lower bound."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import plane_xy
from zoning.measure.near import frames
from zoning.measure.outline import depths_within
from zoning.measure.pairs import Floats, Places, around
from zoning.measure.zones import ZoneSet


def exist(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark the shapes that there are."""
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), dtype=bool)


def listed(which: Sequence[tuple[int, ...]]) -> tuple[Places, Places]:
    """Return the zones of all that have some, one after the other, and whose each is."""
    count = np.fromiter(map(len, which), dtype=np.intp, count=len(which))
    whose = np.repeat(np.arange(len(which)), count)
    return whose, np.fromiter(chain.from_iterable(which), dtype=np.intp, count=len(whose))


def depths_in(
    zones: ZoneSet,
    which: Sequence[tuple[int, ...]],
    overlaps: NDArray[Any],
    rows: Places,
    sample: int,
) -> Floats:
    """How far some overlaps lie from the boundary of the zones that they are with, m."""
    out = np.zeros(len(rows))
    if not len(rows):
        return out
    xy, whose = sampled(overlaps[rows], sample)
    numbers: dict[tuple[int, ...], int] = {}
    group = np.array([numbers.setdefault(which[row], len(numbers)) for row in rows.tolist()])
    shapes = np.array([zones.dissolved(some) for some in numbers], dtype=object)
    plain = np.isin(shapely.get_type_id(shapes), (3, 6))
    for number, some in enumerate(numbers):
        if not plain[number]:
            mine = np.flatnonzero(group[whose] == number)
            first = np.flatnonzero(np.diff(whose[mine], prepend=-1))
            out[whose[mine[first]]] = deepest(zones.rim(some), xy[mine], first)
    direct = np.flatnonzero(plain[group[whose]])
    these, where = np.unique(whose[direct], return_inverse=True)
    used, zone = np.unique(group[these], return_inverse=True)
    out[these] = depths_within(xy[direct], where, shapes[used], zone)
    return out


def sampled(shapes: NDArray[Any], sample: int) -> tuple[Floats, Places]:
    """Some vertices of shapes and a point in each, in degrees; whose each is, ascending."""
    inner = shapely.get_coordinates(shapely.point_on_surface(shapes))
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    rank = np.arange(len(xy)) - np.searchsorted(owner, owner)
    step = np.maximum(1, np.bincount(owner, minlength=len(shapes)) // sample)
    keep = rank % step[owner] == 0
    points = np.concatenate([xy[keep], inner])
    whose = np.concatenate([owner[keep], np.arange(len(shapes))])
    order = np.argsort(whose, kind="stable")
    return points[order], whose[order]


def surely_deep(
    zones: ZoneSet, which: Sequence[tuple[int, ...]], shapes: NDArray[Any], limit_m: Floats
) -> NDArray[np.bool_]:
    """Mark shapes whose first vertex plainly lies deeper in one of some zones than a limit."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    boxes = frames(xy[np.searchsorted(owner, np.arange(len(shapes)))], limit_m)
    shape, zone = listed(which)
    out = np.zeros(len(shapes), dtype=bool)
    out[shape[shapely.contains_properly(zones.prepared(zone), boxes[shape])]] = True
    return out


def deepest(rim: shapely.STRtree, xy: Floats, first: Places) -> Floats:
    """How far from a rim the farthest of some points, in degrees, lies, m.

    ``first`` tells where the points of each shape begin.
    """
    points = shapely.points(plane_xy(xy))
    count = np.diff([*first, len(points)])
    whose = np.repeat(np.arange(len(first)), count)
    shape, edge, many = around(rim, shapely.multipoints(points, indices=whose))
    # Each point of a shape with each of the edges that may be nearest to one of them.
    times = count[shape]
    pair = np.repeat(np.arange(len(shape)), times)
    rank = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    point = first[shape[pair]] + rank
    gap = np.full(len(points), np.inf)
    np.minimum.at(gap, point, shapely.distance(points[point], rim.geometries[edge[pair]]))
    rest = np.flatnonzero(np.isin(whose, many))
    near = rim.query_nearest(points[rest], all_matches=False)
    gap[rest[near[0]]] = shapely.distance(points[rest[near[0]]], rim.geometries[near[1]])
    gap[np.isinf(gap)] = 0.0  # a rim without edges: points have none
    return np.asarray(np.maximum.reduceat(gap, first), dtype=np.float64)
