"""How deep shapes reach into zones: at some of their vertices, a lower bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import plane_xy
from zoning.measure.near import frames
from zoning.measure.outline import depths_within
from zoning.measure.pairs import Floats, Places, around
from zoning.measure.surroundings import joined, large, listed
from zoning.measure.zones import ZoneSet

#: How far around an overlap its zones are joined first, m.
_NEAR_M = 1_000.0


def exist(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark the shapes that there are."""
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), dtype=bool)


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
    own = [which[row] for row in rows.tolist()]
    rest, reach = large(zones, own), _NEAR_M
    done = np.flatnonzero(~rest)
    out[done] = _outlined(zones, own, xy, whose, done)
    bounds = shapely.bounds(overlaps[rows])
    todo = np.flatnonzero(rest)
    while len(todo):
        # What lies beyond the edge of a frame is nearer than what the frame leaves out.
        near = shapely.bounds(frames(bounds[todo], reach))
        shapes, whole = joined(zones, [own[row] for row in todo.tolist()], near)
        out[todo] = _to_outlines(shapes, np.arange(len(todo)), xy, whose, todo)
        todo = todo[~whole & (out[todo] >= reach)]
        reach *= 2.0
    return out


def _outlined(
    zones: ZoneSet, which: Sequence[tuple[int, ...]], xy: Floats, whose: Places, rows: Places
) -> Floats:
    """How deep the points of some rows lie in the zones of each, m."""
    numbers: dict[tuple[int, ...], int] = {}
    group = np.array(
        [numbers.setdefault(which[row], len(numbers)) for row in rows.tolist()], dtype=np.intp
    )
    shapes = np.array([zones.dissolved(some) for some in numbers], dtype=object)
    plain = np.isin(shapely.get_type_id(shapes), (3, 6))
    out = np.zeros(len(rows))
    for number, some in enumerate(numbers):
        if not plain[number]:
            mine = np.flatnonzero(group == number)
            points = np.flatnonzero(np.isin(whose, rows[mine]))
            first = np.flatnonzero(np.diff(whose[points], prepend=-1))
            out[mine] = deepest(zones.rim(some), xy[points], first)
    direct = np.flatnonzero(plain[group])
    used, zone = np.unique(group[direct], return_inverse=True)
    out[direct] = _to_outlines(shapes[used], zone, xy, whose, rows[direct])
    return out


def _to_outlines(
    shapes: NDArray[Any], shape: Places, xy: Floats, whose: Places, rows: Places
) -> Floats:
    """How deep the points of some rows lie in polygons, m; ``shape`` tells that of each row."""
    place = np.full(int(whose.max(initial=-1)) + 1, -1)
    place[rows] = np.arange(len(rows))
    points = np.flatnonzero(place[whose] >= 0)
    return depths_within(xy[points], place[whose[points]], shapes, shape)


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
    first = xy[np.searchsorted(owner, np.arange(len(shapes)))]
    boxes = frames(np.hstack((first, first)), limit_m)
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
