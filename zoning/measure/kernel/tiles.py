"""Polygons cut into tiles of few edges: what is done once for each layer.

An edge stands for the region below it, with a plus if it runs to the right and a minus if it runs
to the left; shells run clockwise and holes the other way. The edges of a polygon then add up to 1
inside and 0 outside. That stays so when the plane is cut: an upright cut just divides the edges,
and a level cut at ``c`` gives both halves a *lid* along ``c`` wherever the polygon crosses it: it
stands for all edges above, which the lower half no longer needs, and for all below, which the upper
half no longer needs. Between two cuts of a large polygon there is often nothing left but two lids.

The kernels keep to loops over plain arrays: numba takes a minute to compile them otherwise.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: A tile is cut further while it has more edges than this.
FULL: Final = 32
#: Tiles are kept this low and narrow, so that a short series of the ellipsoid's area holds in them.
WIDEST: Final = 0.25
#: Edges from which the place of a cut is taken.
_SAMPLE: Final = 32
#: Cuts that a tile can have gone through.
_DEPTH: Final = 120


class Tiles(NamedTuple):
    """Tiles of few edges.

    Attributes
    ----------
    edges : float64 array (n, 4)
        ``x0, y0, x1, y1``; within a tile first those of the polygon, then the lids.
    start : int64 array (t + 1,)
        Tile ``i`` owns the edges ``start[i]:start[i + 1]``.
    lids : int64 array (t,)
        Its first lid.
    owner : int64 array (t,)
        Its polygon.
    box : float64 array (t, 4)
        West, south, east, north of the tile's edges.
    """

    edges: F8
    start: I8
    lids: I8
    owner: I8
    box: F8


@kernel
def _put(work: F8, n: int, x0: float, y0: float, x1: float, y1: float, lid: float) -> int:
    """Write an edge unless it is a point; return the next free place."""
    if x0 == x1 and y0 == y1:
        return n
    work[n, 0], work[n, 1], work[n, 2], work[n, 3], work[n, 4] = x0, y0, x1, y1, lid
    return n + 1


@kernel
def _half(work: F8, start: int, end: int, axis: int, c: float, beyond: bool, n: int) -> int:
    """Copy what lies beyond a cut, or on this side of it, to ``n`` and on.

    An edge along an upright cut goes to both sides, for lines along it ask for it there; one along
    a level cut goes to the lower side only.
    """
    sign = -1.0 if beyond else 1.0
    other = 1 - axis
    cut = sign * c
    for i in range(start, end):
        a, b = sign * work[i, axis], sign * work[i, axis + 2]
        if a >= cut and b >= cut:
            if not (a == cut and b == cut and (axis == 0 or not beyond)):
                continue
        elif a == cut and b == cut and axis == 1 and beyond:
            continue
        for k in range(5):
            work[n, k] = work[i, k]
        if a > cut or b > cut:
            # Taken from the lesser end, so that an edge and its reverse are cut at one point.
            low = 0 if work[i, axis] < work[i, axis + 2] else 2
            v0, v1 = work[i, other + low], work[i, other + 2 - low]
            step = (v1 - v0) / (work[i, axis + 2 - low] - work[i, axis + low])
            at = v0 + (c - work[i, axis + low]) * step
            end_cut = 0 if a > cut else 2
            work[n, axis + end_cut] = c
            work[n, other + end_cut] = min(max(at, min(v0, v1)), max(v0, v1))
        if work[n, 0] != work[n, 2] or work[n, 1] != work[n, 3]:
            n += 1
    return n


@kernel
def _follows(work: F8, i: int) -> bool:
    """Whether an edge begins where the one before it ends."""
    return bool(work[i, 0] == work[i - 1, 2] and work[i, 1] == work[i - 1, 3])


@kernel
def _turns(work: F8, start: int, end: int, turns: F8) -> int:
    """Write where the sum of the edges over an upright line changes, sorted, and by how much.

    A chain of edges changes it at its two ends only.
    """
    n = 0
    for i in range(start, end):
        for last in range(2):
            chained = (
                (_follows(work, i) if i > start else False)
                if last == 0
                else (_follows(work, i + 1) if i + 1 < end else False)
            )
            if not chained:
                turns[n, 0], turns[n, 1] = work[i, 2 * last], 1.0 - 2.0 * last
                n += 1
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap >= 1:
        for i in range(gap, n):
            x, change = turns[i, 0], turns[i, 1]
            j = i - gap
            while j >= 0 and turns[j, 0] > x:
                turns[j + gap, 0], turns[j + gap, 1] = turns[j, 0], turns[j, 1]
                j -= gap
            turns[j + gap, 0], turns[j + gap, 1] = x, change
        gap //= 3
    return n


@kernel
def _close(work: F8, turns: F8, count: int, c: float, way: float, n: int) -> int:
    """Write the lids along the level line ``c`` to ``n`` and on; ``way`` is -1 for the upper half.

    Of a valid polygon the sum is 0 or 1; a cut rounded past its neighbour gives others.
    """
    total = 0.0
    for i in range(count - 1):
        total += turns[i, 1]
        x0, x1 = turns[i, 0], turns[i + 1, 0]
        if total * way > 0.0:
            n = _put(work, n, x0, c, x1, c, 1.0)
        elif total * way < 0.0:
            n = _put(work, n, x1, c, x0, c, 1.0)
        for _ in range(1, int(abs(total)) if x0 != x1 else 1):
            n = _put(work, n, work[n - 1, 0], c, work[n - 1, 2], c, 1.0)
    return n


@kernel
def _cut_at(work: F8, start: int, end: int, axis: int, low: float, high: float) -> float:
    """Return the mean of some edges' middles, or the middle of the tile where that is no cut."""
    total = 0.0
    n = min(end - start, _SAMPLE)
    for k in range(n):
        i = start + (end - start) * k // n
        total += 0.5 * (work[i, axis] + work[i, axis + 2])
    c = total / n
    margin = 0.1 * (high - low)
    return c if low + margin < c < high - margin else 0.5 * (low + high)


@kernel
def _divide(work: F8, start: int, end: int, widest: float, turns: F8, halves: I8) -> bool:
    """Cut the edges ``start:end`` in two, written behind them; false where that is no use.

    The halves are ``end:halves[0]`` and ``halves[0]:halves[1]``.
    """
    west = south = np.inf
    east = north = -np.inf
    for i in range(start, end):
        west, east = min(west, work[i, 0], work[i, 2]), max(east, work[i, 0], work[i, 2])
        south, north = min(south, work[i, 1], work[i, 3]), max(north, work[i, 1], work[i, 3])
    count, wide = end - start, max(east - west, north - south)
    if count <= FULL and wide <= widest:
        return False
    axis = 1 if north - south > 0.8 * (east - west) else 0
    low, high = (south, north) if axis == 1 else (west, east)
    c = _cut_at(work, start, end, axis, low, high)
    if not low < c < high:
        return False
    n, many = end, 0
    if axis == 1:
        # The lids follow from the upper edges; these are written twice, first only for that.
        many = _turns(work, end, _half(work, start, end, axis, c, True, end), turns)
    for side in range(2):
        n = _half(work, start, end, axis, c, side == 1, n)
        n = _close(work, turns, many, c, 1.0 - 2.0 * side, n)
        halves[side] = n
    # No use where nearly every edge crosses any cut.
    return bool(wide > widest or min(halves[0] - end, n - halves[0]) <= 0.85 * count)


@kernel
def _load(xy: F8, first: int, last: int, shell: bool, work: F8, n: int) -> int:
    """Write a ring's edges in the right direction to ``n`` and on."""
    doubled = 0.0
    for i in range(first, last - 1):
        doubled += (xy[i, 0] - xy[first, 0]) * (xy[i + 1, 1] - xy[first, 1])
        doubled -= (xy[i + 1, 0] - xy[first, 0]) * (xy[i, 1] - xy[first, 1])
    forward = (doubled < 0.0) == shell
    for k in range(last - 1 - first):
        i, j = (first + k, first + k + 1) if forward else (last - 1 - k, last - 2 - k)
        n = _put(work, n, xy[i, 0], xy[i, 1], xy[j, 0], xy[j, 1], 0.0)
    return n


@kernel
def _grown(array: Any, size: int, used: int) -> Any:
    """Return the array with room for at least ``size`` rows; the first ``used`` are kept."""
    if size <= array.shape[0]:
        return array
    out = np.empty((max(size, 2 * array.shape[0]), array.shape[1]), array.dtype)
    for i in range(used):
        for k in range(array.shape[1]):
            out[i, k] = array[i, k]
    return out


@kernel
def cut_polygons(
    xy: F8, rings: I8, polygons: I8, first: int, last: int, widest: float
) -> tuple[F8, I8]:
    """Cut polygons into tiles.

    Parameters
    ----------
    xy : float64 array (v, 2)
        Vertices of closed rings.
    rings : int64 array
        Ring ``r`` is ``xy[rings[r]:rings[r + 1]]``.
    polygons : int64 array
        Polygon ``p`` is made of the rings ``polygons[p]:polygons[p + 1]``, its shell first.
    first, last : int
        The polygons to cut.
    widest : float
        The extent that no tile exceeds.

    Returns
    -------
    edges : float64 array (n, 4)
        Those of one tile together, its lids last.
    tiles : int64 array (t, 3)
        Of each tile its first lid, the edge after its last, and its polygon.
    """
    vertices = rings[polygons[last]] - rings[polygons[first]]
    edges = np.empty((vertices + vertices // 2 + 64, 4))
    tiles = np.empty((vertices // 16 + last - first + 16, 3), np.int64)
    work, turns, halves = np.empty((1024, 5)), np.empty((64, 2)), np.empty(2, np.int64)
    stack = np.empty((_DEPTH, 2), np.int64)
    t = n = 0
    for p in range(first, last):
        size = rings[polygons[p + 1]] - rings[polygons[p]]
        work = _grown(work, size + 8, 0)
        count = 0
        for r in range(polygons[p], polygons[p + 1]):
            count = _load(xy, rings[r], rings[r + 1], r == polygons[p], work, count)
        stack[0, 0], stack[0, 1] = 0, count
        depth = 1 if count > 0 else 0
        while depth > 0:
            depth -= 1
            start, end = stack[depth, 0], stack[depth, 1]
            if start == end:
                continue
            # Room for both halves, each edge cut in two, and as many lids.
            work = _grown(work, end + 8 * (end - start) + 64, end)
            turns = _grown(turns, 2 * (end - start) + 2, 0)
            if depth < _DEPTH - 2 and _divide(work, start, end, widest, turns, halves):
                stack[depth, 0], stack[depth, 1] = end, halves[0]
                stack[depth + 1, 0], stack[depth + 1, 1] = halves[0], halves[1]
                depth += 2
                continue
            edges = _grown(edges, n + end - start, n)
            tiles = _grown(tiles, t + 1, t)
            for lid in range(2):
                tiles[t, 0] = n
                for i in range(start, end):
                    if work[i, 4] == lid:
                        for k in range(4):
                            edges[n, k] = work[i, k]
                        n += 1
            tiles[t, 1], tiles[t, 2] = n, p
            t += 1
    return edges[:n], tiles[:t]


@kernel
def reordered(edges: F8, start: I8, order: I8) -> F8:
    """Return the edges of tiles that are put in another order."""
    out = np.empty((edges.shape[0], 4))
    n = 0
    for k in range(order.size):
        for e in range(start[order[k]], start[order[k] + 1]):
            for c in range(4):
                out[n, c] = edges[e, c]
            n += 1
    return out


@kernel
def boxes(edges: F8, start: I8) -> F8:
    """Return west, south, east and north of each tile's edges."""
    out = np.empty((start.size - 1, 4))
    for t in range(start.size - 1):
        west = south = np.inf
        east = north = -np.inf
        for i in range(start[t], start[t + 1]):
            west, east = min(west, edges[i, 0], edges[i, 2]), max(east, edges[i, 0], edges[i, 2])
            south, north = (
                min(south, edges[i, 1], edges[i, 3]),
                max(north, edges[i, 1], edges[i, 3]),
            )
        out[t, 0], out[t, 1], out[t, 2], out[t, 3] = west, south, east, north
    return out
