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
FULL: Final = 64
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
def _write(out: F8, n: int, x0: float, y0: float, x1: float, y1: float) -> int:
    """Write an edge unless it is a point; return the next free place."""
    if x0 == x1 and y0 == y1:
        return n
    out[n, 0], out[n, 1], out[n, 2], out[n, 3] = x0, y0, x1, y1
    return n + 1


@kernel
def _copy(work: F8, i: int, n: int) -> int:
    """Copy a row to ``n``; return the next free place."""
    for k in range(4):
        work[n, k] = work[i, k]
    return n + 1


@kernel
def _parted(
    work: F8, start: int, end: int, axis: int, c: float, low: int, high: int
) -> tuple[int, int]:
    """Write what lies on this side of a cut to ``low`` and on, what lies beyond to ``high`` and on.

    An edge along an upright cut goes to both sides, for lines along it ask for it there; one along
    a level cut goes to the lower side only. Return the next free places.
    """
    other = 1 - axis
    for i in range(start, end):
        a, b = work[i, axis], work[i, axis + 2]
        if a <= c and b <= c:
            low = _copy(work, i, low)
            if axis == 0 and a == c and b == c:
                high = _copy(work, i, high)
        elif a >= c and b >= c:
            high = _copy(work, i, high)
        else:
            # Taken from the lesser end, so that an edge and its reverse are cut at one point.
            least = 0 if a < b else 2
            v0, v1 = work[i, other + least], work[i, other + 2 - least]
            step = (v1 - v0) / (work[i, axis + 2 - least] - work[i, axis + least])
            at = v0 + (c - work[i, axis + least]) * step
            at = min(max(at, min(v0, v1)), max(v0, v1))
            low, high = _copy(work, i, low), _copy(work, i, high)
            work[low - 1, axis + 2 - least] = work[high - 1, axis + least] = c
            work[low - 1, other + 2 - least] = work[high - 1, other + least] = at
    return low, high


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
def _lids(turns: F8, count: int) -> int:
    """Return how many lids close a cut.

    Of a valid polygon the sum is 0 or 1; a cut rounded past its neighbour gives others.
    """
    total, n = 0.0, 0
    for i in range(count - 1):
        total += turns[i, 1]
        n += int(abs(total)) if turns[i, 0] != turns[i + 1, 0] else 0
    return n


@kernel
def _close(work: F8, turns: F8, count: int, c: float, way: float, n: int) -> int:
    """Write the lids along the level line ``c`` to ``n`` and on; ``way``: -1 for the upper half."""
    total = 0.0
    for i in range(count - 1):
        total += turns[i, 1]
        x0, x1 = turns[i, 0], turns[i + 1, 0]
        if total * way < 0.0:
            x0, x1 = x1, x0
        for _ in range(int(abs(total))):
            n = _write(work, n, x0, c, x1, c)
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
def _divide(work: F8, node: I8, box: F8, widest: float, turns: F8, halves: I8) -> bool:
    """Cut a node in two, written behind it; false where that is no use.

    A node is the edges ``node[0]:node[1]`` and the lids ``node[1]:node[2]``; so are both rows of
    ``halves``.
    """
    start, lid, end = node[0], node[1], node[2]
    count, wide = end - start, max(box[2] - box[0], box[3] - box[1])
    if count <= FULL and wide <= widest:
        return False
    axis = 1 if box[3] - box[1] > 0.8 * (box[2] - box[0]) else 0
    c = _cut_at(work, start, end, axis, box[axis], box[axis + 2])
    if not box[axis] < c < box[axis + 2]:
        return False
    low, high = end, end + 4 * count
    halves[0, 0], halves[1, 0] = low, high
    low, high = _parted(work, start, lid, axis, c, low, high)
    halves[0, 1], halves[1, 1] = low, high
    low, high = _parted(work, lid, end, axis, c, low, high)
    if axis == 1:
        # The lids follow from the upper edges.
        many = _turns(work, halves[1, 0], high, turns)
        if _lids(turns, many) > 3 * count:  # no valid polygon
            return False
        low, high = (
            _close(work, turns, many, c, 1.0, low),
            _close(work, turns, many, c, -1.0, high),
        )
    halves[0, 2], halves[1, 2] = low, high
    # No use where nearly every edge crosses any cut.
    return bool(wide > widest or min(low - halves[0, 0], high - halves[1, 0]) <= 0.85 * count)


@kernel
def _load(xy: F8, first: int, last: int, shell: bool, out: F8, n: int) -> int:
    """Write a ring's edges in the right direction to ``n`` and on."""
    doubled = 0.0
    for i in range(first, last - 1):
        doubled += (xy[i, 0] - xy[first, 0]) * (xy[i + 1, 1] - xy[first, 1])
        doubled -= (xy[i + 1, 0] - xy[first, 0]) * (xy[i, 1] - xy[first, 1])
    forward = (doubled < 0.0) == shell
    for k in range(last - 1 - first):
        i, j = (first + k, first + k + 1) if forward else (last - 1 - k, last - 2 - k)
        n = _write(out, n, xy[i, 0], xy[i, 1], xy[j, 0], xy[j, 1])
    return n


@kernel
def _bounds(edges: F8, start: int, end: int, out: F8) -> None:
    """Write west, south, east and north of some edges."""
    west = south = np.inf
    east = north = -np.inf
    for i in range(start, end):
        x0, y0, x1, y1 = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        west, east = min(west, x0, x1), max(east, x0, x1)
        south, north = min(south, y0, y1), max(north, y0, y1)
    out[0], out[1], out[2], out[3] = west, south, east, north


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
def _survey(xy: F8, rings: I8, first: int, last: int, out: F8) -> int:
    """Write the box of a polygon's rings; return how many of their edges are no points."""
    west = south = np.inf
    east = north = -np.inf
    count = 0
    for r in range(first, last):
        for i in range(rings[r], rings[r + 1] - 1):
            x, y = xy[i, 0], xy[i, 1]
            west, east, south, north = min(west, x), max(east, x), min(south, y), max(north, y)
            count += x != xy[i + 1, 0] or y != xy[i + 1, 1]
    out[0], out[1], out[2], out[3] = west, south, east, north
    return count


@kernel
def _load_rings(xy: F8, rings: I8, first: int, last: int, out: F8, n: int) -> int:
    """Write the edges of a polygon's rings, the shell first, to ``n`` and on."""
    for r in range(first, last):
        n = _load(xy, rings[r], rings[r + 1], r == first, out, n)
    return n


@kernel
def cut_polygons(xy: F8, rings: I8, polygons: I8, widest: float) -> tuple[F8, I8, F8]:
    """Cut polygons into tiles.

    Parameters
    ----------
    xy : float64 array (v, 2)
        Vertices of closed rings.
    rings : int64 array
        Ring ``r`` is ``xy[rings[r]:rings[r + 1]]``.
    polygons : int64 array
        Polygon ``p`` is made of the rings ``polygons[p]:polygons[p + 1]``, its shell first.
    widest : float
        The extent that no tile exceeds.

    Returns
    -------
    edges : float64 array (n, 4)
        Of the polygons that had to be cut: those of one tile together, its lids last.
    tiles : int64 array (t, 4)
        Of each tile the first of its edges (-1 for a whole polygon), how many there are before the
        lids, how many with them, and the polygon.
    box : float64 array (t, 4)
        West, south, east, north of each tile.
    """
    edges = np.empty((xy.shape[0] + xy.shape[0] // 4 + 64, 4))
    work, turns = np.empty((1024, 4)), np.empty((64, 2))
    tiles = np.empty((xy.shape[0] // 16 + polygons.size + 16, 4), np.int64)
    box, halves = np.empty((tiles.shape[0], 4)), np.empty((2, 3), np.int64)
    stack, node = np.empty((_DEPTH, 3), np.int64), np.empty(3, np.int64)
    t = n = 0
    for p in range(polygons.size - 1):
        first, last = polygons[p], polygons[p + 1]
        tiles, box = _grown(tiles, t + 1, t), _grown(box, t + 1, t)
        count = _survey(xy, rings, first, last, box[t])
        if count <= FULL and max(box[t, 2] - box[t, 0], box[t, 3] - box[t, 1]) <= widest:
            if count > 0:
                tiles[t, 0], tiles[t, 1], tiles[t, 2], tiles[t, 3] = -1, count, count, p
                t += 1
            continue
        work = _grown(work, count, 0)
        _load_rings(xy, rings, first, last, work, 0)
        stack[0, 0], stack[0, 1], stack[0, 2] = 0, count, count
        depth = 1
        while depth > 0:
            depth -= 1
            node[0], node[1], node[2] = stack[depth, 0], stack[depth, 1], stack[depth, 2]
            start, end = node[0], node[2]
            if start == end:
                continue
            # Room for both halves, each edge cut in two, and three times as many lids.
            work = _grown(work, end + 8 * (end - start), end)
            turns = _grown(turns, 2 * (end - start) + 2, 0)
            tiles, box = _grown(tiles, t + 1, t), _grown(box, t + 1, t)
            _bounds(work, start, end, box[t])
            if depth < _DEPTH - 2 and _divide(work, node, box[t], widest, turns, halves):
                for half in range(2):
                    for k in range(3):
                        stack[depth, k] = halves[half, k]
                    depth += 1
                continue
            edges = _grown(edges, n + end - start, n)
            for i in range(start, end):
                for k in range(4):
                    edges[n + i - start, k] = work[i, k]
            tiles[t, 0], tiles[t, 1], tiles[t, 2], tiles[t, 3] = n, node[1] - start, end - start, p
            n, t = n + end - start, t + 1
    return edges[:n], tiles[:t], box[:t]


@kernel
def put_tiles(xy: F8, rings: I8, polygons: I8, edges: F8, tiles: I8, place: I8, out: F8) -> None:
    """Write the edges of tiles, each to its place; see :func:`cut_polygons`."""
    for t in range(place.size):
        first, p, n = tiles[t, 0], tiles[t, 3], place[t]
        if first < 0:
            _load_rings(xy, rings, polygons[p], polygons[p + 1], out, n)
            continue
        for i in range(first, first + tiles[t, 2]):
            for k in range(4):
                out[n, k] = edges[i, k]
            n += 1


@kernel
def boxes(edges: F8, tiles: I8) -> F8:
    """Return west, south, east and north of each tile's edges."""
    out = np.empty((tiles.shape[0], 4))
    for t in range(tiles.shape[0]):
        _bounds(edges, tiles[t, 0], tiles[t, 0] + tiles[t, 2], out[t])
    return out
