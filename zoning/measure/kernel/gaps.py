"""What is nearest, tile by tile: distances of edges, and what need not be looked at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel
from zoning.measure.kernel.tree import WIDTH

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]


class Side(NamedTuple):
    """One side of a question for what is nearest; see ``zoning.measure.kernel.EdgeIndex``."""

    edges: F8
    start: I8
    owner: I8
    box: F8
    dimension: NDArray[np.int8]


@kernel
def _to_edge(x: float, y: float, edges: F8, i: int, out: F8) -> float:
    """Return the squared distance of a point from an edge, and write the point on the edge."""
    x0, y0 = edges[i, 0], edges[i, 1]
    dx, dy = edges[i, 2] - x0, edges[i, 3] - y0
    square = dx * dx + dy * dy
    t = ((x - x0) * dx + (y - y0) * dy) / square if square > 0.0 else 0.0
    t = min(max(t, 0.0), 1.0)
    out[0], out[1] = x0 + t * dx, y0 + t * dy
    return float((x - out[0]) ** 2 + (y - out[1]) ** 2)


@kernel
def _crosses(one: F8, i: int, two: F8, j: int) -> bool:
    """Whether two edges cross, each with its ends on either side of the other."""
    ex, ey = one[i, 2] - one[i, 0], one[i, 3] - one[i, 1]
    fx, fy = two[j, 2] - two[j, 0], two[j, 3] - two[j, 1]
    a = ex * (two[j, 1] - one[i, 1]) - ey * (two[j, 0] - one[i, 0])
    b = ex * (two[j, 3] - one[i, 1]) - ey * (two[j, 2] - one[i, 0])
    c = fx * (one[i, 1] - two[j, 1]) - fy * (one[i, 0] - two[j, 0])
    d = fx * (one[i, 3] - two[j, 1]) - fy * (one[i, 2] - two[j, 0])
    return bool(a * b < 0.0 and c * d < 0.0)


@kernel
def _gap(one: F8, i: int, two: F8, j: int) -> float:
    """Return the squared distance between two boxes."""
    x = max(one[i, 0] - two[j, 2], two[j, 0] - one[i, 2], 0.0)
    y = max(one[i, 1] - two[j, 3], two[j, 1] - one[i, 3], 0.0)
    return float(x * x + y * y)


@kernel
def _reach(box: F8, i: int, x: float, y: float) -> float:
    """Return a squared distance within which a point finds what fills a box to its four sides.

    It is a little more than the least, for the rounding of cuts.
    """
    west, east = abs(x - box[i, 0]), abs(x - box[i, 2])
    south, north = abs(y - box[i, 1]), abs(y - box[i, 3])
    upright = min(west, east) ** 2 + max(south, north) ** 2
    level = min(south, north) ** 2 + max(west, east) ** 2
    return float(1.001 * min(upright, level) + 1e-21 * (x * x + y * y))


@kernel
def _edge_gap(edges: F8, i: int, w: float, s: float, e: float, n: float) -> float:
    """Return the squared distance between the box of an edge and another box."""
    x = max(min(edges[i, 0], edges[i, 2]) - e, w - max(edges[i, 0], edges[i, 2]), 0.0)
    y = max(min(edges[i, 1], edges[i, 3]) - n, s - max(edges[i, 1], edges[i, 3]), 0.0)
    return float(x * x + y * y)


@kernel
def _holds(side: Side, tile: int, x: float, y: float) -> bool:
    """Whether a point lies in a tile of a polygon; one on an edge is told by its distance of 0."""
    w, s, e, n = side.box[tile, 0], side.box[tile, 1], side.box[tile, 2], side.box[tile, 3]
    # The box first: it is at hand, and rules most out.
    if not (w <= x <= e and s <= y <= n) or side.dimension[side.owner[tile]] != 2:
        return False
    total = 0
    for i in range(side.start[tile], side.start[tile + 1]):
        x0, y0, x1, y1 = side.edges[i, 0], side.edges[i, 1], side.edges[i, 2], side.edges[i, 3]
        if (x0 <= x) != (x1 <= x) and y < y0 + (x - x0) * ((y1 - y0) / (x1 - x0)):
            total += 1 if x0 < x1 else -1
    return total > 0


@kernel
def _between(one: F8, i: int, two: F8, j: int, best: float, link: F8, spot: F8) -> float:
    """Return the least squared distance of two edges if below ``best``; write its two ends.

    They do not cross.
    """
    for k in (0, 2):
        x, y = one[i, k], one[i, k + 1]
        d = _to_edge(x, y, two, j, spot)
        if d < best:
            best = d
            link[0], link[1], link[2], link[3] = x, y, spot[0], spot[1]
        x, y = two[j, k], two[j, k + 1]
        d = _to_edge(x, y, one, i, spot)
        if d < best:
            best = d
            link[0], link[1], link[2], link[3] = spot[0], spot[1], x, y
    return best


@kernel
def _look(left: Side, a: int, best: float, link: F8, axis: F8) -> None:
    """Write the direction of a link, and how far along it what is nearer than ``best`` begins.

    ``axis`` is the direction, that distance from the tile's first vertex, and the vertex. Whatever
    lies wholly farther along any direction than all of the tile is at least as far from it.
    """
    start, end = left.start[a], left.start[a + 1]
    x, y = left.edges[start, 0], left.edges[start, 1]
    dx, dy = link[2] - link[0], link[3] - link[1]
    length = np.hypot(dx, dy)
    axis[0], axis[1], axis[2], axis[3], axis[4] = 0.0, 0.0, np.inf, x, y
    if length == 0.0 or best == np.inf:
        return
    axis[0], axis[1] = dx / length, dy / length
    most = -np.inf
    for i in range(start, end):
        for k in (0, 2):
            along = axis[0] * (left.edges[i, k] - x) + axis[1] * (left.edges[i, k + 1] - y)
            most = max(most, along)
    # A little more, for rounding: of equally near ones the first is kept.
    axis[2] = most + np.sqrt(1.000001 * best + 1e-21 * (x * x + y * y))


@kernel
def _beyond(axis: F8, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether two points both lie too far along a direction."""
    one = axis[0] * (x0 - axis[3]) + axis[1] * (y0 - axis[4])
    two = axis[0] * (x1 - axis[3]) + axis[1] * (y1 - axis[4])
    return bool(min(one, two) > axis[2])


@kernel
def _box_beyond(axis: F8, box: F8, i: int) -> bool:
    """Whether a box lies wholly too far along a direction."""
    x = box[i, 0] if axis[0] > 0.0 else box[i, 2]
    y = box[i, 1] if axis[1] > 0.0 else box[i, 3]
    return bool(axis[0] * (x - axis[3]) + axis[1] * (y - axis[4]) > axis[2])


@kernel
def _to_tile(two: F8, j: int, left: Side, a: int, best: float, link: F8, spot: F8) -> float:
    """Return the least squared distance of an edge from a tile if below ``best``."""
    one = left.edges
    x0, x1 = min(two[j, 0], two[j, 2]), max(two[j, 0], two[j, 2])
    y0, y1 = min(two[j, 1], two[j, 3]), max(two[j, 1], two[j, 3])
    for i in range(left.start[a], left.start[a + 1]):
        gap = _edge_gap(one, i, x0, y0, x1, y1)
        if gap == 0.0 and _crosses(one, i, two, j):
            link[0], link[1], link[2], link[3] = one[i, 0], one[i, 1], one[i, 0], one[i, 1]
            return 0.0
        if gap < best:
            best = _between(one, i, two, j, best, link, spot)
    return best


@kernel
def _tiles_gap(
    a: int, b: int, left: Side, right: Side, best: float, link: F8, spot: F8, axis: F8
) -> float:
    """Return the least squared distance of two tiles if below ``best``; write its two ends."""
    one, two = left.edges, right.edges
    i, j = left.start[a], right.start[b]
    if _holds(right, b, one[i, 0], one[i, 1]) or _holds(left, a, two[j, 0], two[j, 1]):
        link[0], link[1], link[2], link[3] = one[i, 0], one[i, 1], one[i, 0], one[i, 1]
        return 0.0
    w, s, e, n = left.box[a, 0], left.box[a, 1], left.box[a, 2], left.box[a, 3]
    least, close = best, -1
    for j in range(right.start[b], right.start[b + 1]):
        d = _edge_gap(two, j, w, s, e, n)
        if d < least and not _beyond(axis, two[j, 0], two[j, 1], two[j, 2], two[j, 3]):
            least, close = d, j
    if close < 0:
        return best
    # The closest edge first: few others are then closer than what it finds.
    found = _to_tile(two, close, left, a, best, link, spot)
    if found < best:
        _look(left, a, found, link, axis)
        best = found
    for j in range(right.start[b], right.start[b + 1]):
        if _edge_gap(two, j, w, s, e, n) >= best:
            continue
        if not _beyond(axis, two[j, 0], two[j, 1], two[j, 2], two[j, 3]):
            found = _to_tile(two, j, left, a, best, link, spot)
            if found < best:
                _look(left, a, found, link, axis)
                best = found
    return best


@kernel
def nearest_tiles(
    left: Side, right: Side, first: int, last: int, nodes: F8, levels: I8
) -> tuple[F8, I8, F8]:
    """Find the geometry nearest to each of the left tiles ``first`` to ``last``.

    Parameters
    ----------
    left, right : Side
        In a plane.
    nodes, levels : arrays
        The tree over the right side.

    Returns
    -------
    distance : float64 array (k,)
        0 where they meet; infinite where the right side is empty.
    owner : int64 array (k,)
        Position of the nearest geometry, the least of equally near ones.
    link : float64 array (k, 4)
        A shortest link: ``x, y`` on the left, ``x, y`` on the right.
    """
    count = last - first
    distance, owner = np.full(count, np.inf), np.full(count, -1, np.int64)
    links, link, spot = np.zeros((count, 4)), np.zeros(4), np.zeros(2)
    axis = np.zeros(5)
    top = levels.size - 2
    stack = np.empty((WIDTH * (top + 3), 2), np.int64)
    bound = np.empty(WIDTH * (top + 3))
    tiles = right.box.shape[0]
    for i in range(first, last if tiles else first):
        x, y = left.edges[left.start[i], 0], left.edges[left.start[i], 1]
        best, reach, whose, depth = np.inf, np.inf, -1, 1
        _look(left, i, np.inf, link, axis)
        stack[0, 0], stack[0, 1], bound[0] = top, 0, 0.0
        while depth > 0:
            depth -= 1
            level, k = stack[depth, 0], stack[depth, 1]
            if bound[depth] > reach:
                continue
            if level < 0:
                if _box_beyond(axis, right.box, k):
                    continue
                # Of equally near ones the first geometry is kept.
                limit = np.nextafter(reach, np.inf)
                d = _tiles_gap(i, k, left, right, limit, link, spot, axis)
                if d < limit and (d < best or right.owner[k] < whose):
                    best, whose = d, right.owner[k]
                    reach = min(reach, best)
                    for c in range(4):
                        links[i - first, c] = link[c]
                continue
            below, children = (0, right.box) if level == 0 else (levels[level - 1], nodes)
            size = tiles if level == 0 else levels[level] - below
            least = np.inf
            for j in range(k * WIDTH, min((k + 1) * WIDTH, size)):
                d = _gap(left.box, i, children, below + j)
                if d > reach or _box_beyond(axis, children, below + j):
                    continue
                reach = min(reach, _reach(children, below + j, x, y))
                bound[depth], stack[depth, 0], stack[depth, 1] = d, level - 1, j
                # The nearest is put on top, to be looked at first.
                if d < least:
                    least, at = d, depth
                depth += 1
            if least < np.inf:
                bound[depth - 1], bound[at] = bound[at], bound[depth - 1]
                stack[at, 1], stack[depth - 1, 1] = stack[depth - 1, 1], stack[at, 1]
        distance[i - first], owner[i - first] = np.sqrt(best), whose
    return distance, owner, links
