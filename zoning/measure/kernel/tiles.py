"""Polygons cut into tiles of few edges: what is done once for each layer.

An edge stands for the region below it, with a plus if it runs to the right and a minus if it runs
to the left; shells run clockwise and holes the other way. The edges of a polygon then add up to 1
inside and 0 outside. That stays so when the plane is cut: an upright cut just divides the edges,
and a level cut at ``c`` gives both halves a *lid* along ``c`` wherever the polygon crosses it: it
stands for all edges above, which the lower half no longer needs, and for all below, which the upper
half no longer needs. Between two cuts of a large polygon there is often nothing left but two lids.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
I4 = NDArray[np.int32]

#: A tile is cut further while it has more edges than this.
FULL: Final = 32
#: Tiles are kept this low and narrow, so that a short series of the ellipsoid's area holds in them.
WIDEST: Final = 0.25
#: Edges from which the place of a cut is taken.
_SAMPLE: Final = 33


class Tiles(NamedTuple):
    """Tiles, those of one polygon together.

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


class _Work(NamedTuple):
    """Scratch: edges still to be cut, and which of them are lids."""

    edges: F8
    lid: NDArray[np.bool_]


@kernel
def _put(work: _Work, n: int, x0: float, y0: float, x1: float, y1: float, lid: bool) -> int:
    """Write an edge unless it is a point; return the next free place."""
    if x0 == x1 and y0 == y1:
        return n
    work.edges[n, 0] = x0
    work.edges[n, 1] = y0
    work.edges[n, 2] = x1
    work.edges[n, 3] = y1
    work.lid[n] = lid
    return n + 1


@kernel
def _edge(work: _Work, i: int) -> tuple[float, float, float, float, bool]:
    """Return an edge and whether it is a lid."""
    edges = work.edges
    return edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3], work.lid[i]


@kernel
def _at(a: float, va: float, b: float, vb: float, c: float) -> float:
    """Return the value at ``c`` between ``va`` at ``a`` and ``vb`` at ``b``.

    Taken from the lesser end, so that an edge and its reverse are cut at the same point.
    """
    if a > b:
        a, va, b, vb = b, vb, a, va
    value = va + (c - a) * ((vb - va) / (b - a))
    return min(max(value, min(va, vb)), max(va, vb))


@kernel
def _left_of(work: _Work, start: int, end: int, c: float, left: bool, n: int) -> int:
    """Copy what lies left (or right) of the upright line ``c`` to ``n`` and on."""
    for i in range(start, end):
        x0, y0, x1, y1, lid = _edge(work, i)
        in0, in1 = (x0 <= c, x1 <= c) if left else (x0 >= c, x1 >= c)
        if in0 and in1:
            # An edge on the line goes to both sides: lines along it ask for it there.
            n = _put(work, n, x0, y0, x1, y1, lid)
        elif in0 and x0 != c:
            n = _put(work, n, x0, y0, c, _at(x0, y0, x1, y1, c), lid)
        elif in1 and x1 != c:
            n = _put(work, n, c, _at(x0, y0, x1, y1, c), x1, y1, lid)
    return n


@kernel
def _below(work: _Work, start: int, end: int, c: float, n: int) -> int:
    """Copy what lies below or on the level line ``c`` to ``n`` and on."""
    for i in range(start, end):
        x0, y0, x1, y1, lid = _edge(work, i)
        if y0 <= c and y1 <= c:
            n = _put(work, n, x0, y0, x1, y1, lid)
        elif y0 < c:
            n = _put(work, n, x0, y0, _at(y0, x0, y1, x1, c), c, lid)
        elif y1 < c:
            n = _put(work, n, _at(y0, x0, y1, x1, c), c, x1, y1, lid)
    return n


@kernel
def _above(work: _Work, start: int, end: int, c: float, n: int) -> int:
    """Copy what lies above the level line ``c`` to ``n`` and on."""
    for i in range(start, end):
        x0, y0, x1, y1, lid = _edge(work, i)
        if y0 <= c and y1 <= c:
            continue
        if y0 >= c and y1 >= c:
            n = _put(work, n, x0, y0, x1, y1, lid)
        elif y0 > c:
            n = _put(work, n, x0, y0, _at(y0, x0, y1, x1, c), c, lid)
        else:
            n = _put(work, n, _at(y0, x0, y1, x1, c), c, x1, y1, lid)
    return n


@kernel
def _turns(work: _Work, start: int, end: int) -> tuple[F8, I8, int]:
    """Return where the sum of the edges over an upright line changes, sorted, and by how much.

    A chain of edges changes it at its two ends only.
    """
    x, change = np.empty(2 * (end - start)), np.empty(2 * (end - start), np.int64)
    n = 0
    for i in range(start, end):
        first = i == start or (
            work.edges[i, 0] != work.edges[i - 1, 2] or work.edges[i, 1] != work.edges[i - 1, 3]
        )
        if first:
            x[n], change[n] = work.edges[i, 0], 1
            n += 1
        last = i == end - 1 or (
            work.edges[i, 2] != work.edges[i + 1, 0] or work.edges[i, 3] != work.edges[i + 1, 1]
        )
        if last:
            x[n], change[n] = work.edges[i, 2], -1
            n += 1
    order = np.argsort(x[:n])
    return x[:n][order], change[:n][order], n


@kernel
def _close(work: _Work, turns: F8, change: I8, c: float, upper: bool, n: int) -> int:
    """Write the lids along the level line ``c`` to ``n`` and on."""
    total = 0
    i = 0
    while i < turns.size:
        x = turns[i]
        while i < turns.size and turns[i] == x:
            total += change[i]
            i += 1
        if total == 0 or i == turns.size:
            continue
        # Of a valid polygon the sum is 0 or 1; a cut point rounded past its neighbour gives others.
        runs_right = (total > 0) != upper
        # One level line, as long as the sum stays the same.
        for _ in range(abs(total)):
            if runs_right:
                n = _put(work, n, x, c, turns[i], c, True)
            else:
                n = _put(work, n, turns[i], c, x, c, True)
    return n


@kernel
def _bounds(edges: F8, start: int, end: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of some edges."""
    west = south = np.inf
    east = north = -np.inf
    for i in range(start, end):
        west = min(west, edges[i, 0], edges[i, 2])
        east = max(east, edges[i, 0], edges[i, 2])
        south = min(south, edges[i, 1], edges[i, 3])
        north = max(north, edges[i, 1], edges[i, 3])
    return west, south, east, north


@kernel
def _cut_at(edges: F8, start: int, end: int, axis: int, low: float, high: float) -> float:
    """Return the median of some edges' middles, or the middle of the tile where that is no cut."""
    n = min(end - start, _SAMPLE)
    middles = np.empty(n)
    for k in range(n):
        i = start + (end - start) * k // n
        middles[k] = 0.5 * (edges[i, axis] + edges[i, axis + 2])
    middles.sort()
    c = middles[n // 2]
    margin = 0.1 * (high - low)
    return c if low + margin < c < high - margin else 0.5 * (low + high)


@kernel
def _grown(array: Any, size: int) -> Any:
    """Return the array with room for at least ``size`` rows."""
    if size <= array.shape[0]:
        return array
    shape = max(size, 2 * array.shape[0])
    out = np.empty((shape,) + array.shape[1:], array.dtype)  # noqa: RUF005, numba has no star here
    out[: array.shape[0]] = array
    return out


@kernel
def _emit(out: Tiles, tiles: int, n: int, work: _Work, start: int, end: int, owner: int) -> int:
    """Write edges as a tile: the polygon's first, then the lids. Return the next free edge."""
    for wanted in (False, True):
        if wanted:
            out.lids[tiles] = n
        for i in range(start, end):
            if work.lid[i] == wanted:
                for k in range(4):
                    out.edges[n, k] = work.edges[i, k]
                n += 1
    box = _bounds(work.edges, start, end)
    for k in range(4):
        out.box[tiles, k] = box[k]
    out.owner[tiles] = owner
    out.start[tiles + 1] = n
    return n


@kernel
def _divide(work: _Work, start: int, end: int, widest: float) -> tuple[int, int]:
    """Cut the edges ``start:end`` in two, written behind them.

    Returns
    -------
    middle, last : int
        The halves are ``end:middle`` and ``middle:last``; -1 where a cut would be no use.
    """
    west, south, east, north = _bounds(work.edges, start, end)
    count, wide = end - start, max(east - west, north - south)
    if count <= FULL and wide <= widest:
        return -1, -1
    level = north - south > 0.8 * (east - west)
    low, high = (south, north) if level else (west, east)
    c = _cut_at(work.edges, start, end, 1 if level else 0, low, high)
    if not low < c < high:
        return -1, -1
    if not level:
        middle = _left_of(work, start, end, c, True, end)
        last = _left_of(work, start, end, c, False, middle)
    else:
        # The lids follow from the upper edges; these are written twice, first only for that.
        top = _above(work, start, end, c, end)
        turns, change, _ = _turns(work, end, top)
        middle = _close(work, turns, change, c, False, _below(work, start, end, c, end))
        last = _close(work, turns, change, c, True, _above(work, start, end, c, middle))
    if wide <= widest and min(middle - end, last - middle) > 0.85 * count:
        return -1, -1  # nearly every edge crosses any cut
    return middle, last


@kernel
def _load(xy: F8, first: int, last: int, shell: bool, work: _Work, n: int) -> int:
    """Write a ring's edges in the right direction to ``n`` and on."""
    doubled = 0.0
    for i in range(first, last - 1):
        doubled += (xy[i, 0] - xy[first, 0]) * (xy[i + 1, 1] - xy[first, 1])
        doubled -= (xy[i + 1, 0] - xy[first, 0]) * (xy[i, 1] - xy[first, 1])
    if (doubled < 0.0) == shell:
        for i in range(first, last - 1):
            n = _put(work, n, xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1], False)
    else:
        for i in range(last - 1, first, -1):
            n = _put(work, n, xy[i, 0], xy[i, 1], xy[i - 1, 0], xy[i - 1, 1], False)
    return n


@kernel
def cut_polygons(
    xy: F8, rings: I8, polygons: I8, owner: I8, first: int, last: int, widest: float
) -> Tiles:
    """Cut polygons into tiles.

    Parameters
    ----------
    xy : float64 array (v, 2)
        Vertices of closed rings.
    rings : int64 array
        Ring ``r`` is ``xy[rings[r]:rings[r + 1]]``.
    polygons : int64 array
        Polygon ``p`` is made of the rings ``polygons[p]:polygons[p + 1]``, its shell first.
    owner : int64 array
        The geometry each polygon is a part of; parts of one follow each other.
    first, last : int
        The polygons to cut.
    widest : float
        The extent that no tile exceeds.

    Returns
    -------
    Tiles
    """
    vertices = rings[polygons[last]] - rings[polygons[first]]
    out = Tiles(
        np.empty((vertices + vertices // 2 + 64, 4)),
        np.zeros(vertices // 16 + last - first + 17, np.int64),
        np.empty(vertices // 16 + last - first + 16, np.int64),
        np.empty(vertices // 16 + last - first + 16, np.int64),
        np.empty((vertices // 16 + last - first + 16, 4)),
    )
    work = _Work(np.empty((1024, 4)), np.empty(1024, np.bool_))
    stack = np.empty((64, 2), np.int64)
    tiles = n = 0
    for p in range(first, last):
        size = rings[polygons[p + 1]] - rings[polygons[p]]
        work = _Work(_grown(work.edges, 2 * size + 8), _grown(work.lid, 2 * size + 8))
        count = 0
        for r in range(polygons[p], polygons[p + 1]):
            count = _load(xy, rings[r], rings[r + 1], r == polygons[p], work, count)
        stack[0, 0], stack[0, 1] = 0, count
        depth = 1
        while depth > 0:
            depth -= 1
            start, end = stack[depth, 0], stack[depth, 1]
            if start == end:
                continue
            # Room for both halves, each edge cut in two, and as many lids.
            room = end + 8 * (end - start) + 64
            work = _Work(_grown(work.edges, room), _grown(work.lid, room))
            middle, done = -1, -1
            if depth < stack.shape[0] - 2:
                middle, done = _divide(work, start, end, widest)
            if middle >= 0:
                stack[depth, 0], stack[depth, 1] = end, middle
                stack[depth + 1, 0], stack[depth + 1, 1] = middle, done
                depth += 2
                continue
            out = Tiles(
                _grown(out.edges, n + end - start),
                _grown(out.start, tiles + 2),
                _grown(out.lids, tiles + 1),
                _grown(out.owner, tiles + 1),
                _grown(out.box, tiles + 1),
            )
            n = _emit(out, tiles, n, work, start, end, owner[p])
            tiles += 1
    return Tiles(
        out.edges[:n], out.start[: tiles + 1], out.lids[:tiles], out.owner[:tiles], out.box[:tiles]
    )


@kernel
def reorder(tiles: Tiles, order: I8) -> Tiles:
    """Return tiles in another order, their edges with them."""
    count = order.size
    start, lids = np.zeros(count + 1, np.int64), np.empty(count, np.int64)
    edges = np.empty_like(tiles.edges)
    n = 0
    for k in range(count):
        i = order[k]
        lids[k] = n + tiles.lids[i] - tiles.start[i]
        for e in range(tiles.start[i], tiles.start[i + 1]):
            for c in range(4):
                edges[n, c] = tiles.edges[e, c]
            n += 1
        start[k + 1] = n
    return Tiles(edges, start, lids, tiles.owner[order], tiles.box[order])
