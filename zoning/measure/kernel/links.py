"""The nearest places of two shapes, from the edges of both: compiled loops.

Edges are taken in the order in which GEOS takes them (``DistanceOp``), and each step is worked out
as there (``Distance::segmentToSegment``, ``LineSegment::closestPoints``), so that the places are
the same to the last bit as those that it would tell; but of edges that are equally near but for
that bit, it may take others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
Box = tuple[float, float, float, float]
Found = tuple[float, int, int]
Side = tuple[F8, F8, F8, I8, I8, NDArray[np.bool_]]

#: Edges that are nearer to each other than this, m, may meet.
DOUBT = 1e-6
#: By how much a limit is widened, for rounding.
MORE = 1.000_000_001


@kernel
def _more(a: float, b: float) -> float:
    """Return the greater of two numbers; ``max`` takes longer."""
    return a if a > b else b


@kernel
def _less(a: float, b: float) -> float:
    """Return the lesser of two numbers; ``min`` takes longer."""
    return a if a < b else b


@kernel
def _frame(xy: F8, low: int, high: int) -> Box:
    """Return the bounds of a run of vertices."""
    west = east = xy[low, 0]
    south = north = xy[low, 1]
    for i in range(low + 1, high):
        west, east = min(west, xy[i, 0]), max(east, xy[i, 0])
        south, north = min(south, xy[i, 1]), max(north, xy[i, 1])
    return west, south, east, north


@kernel
def _box_gap(a: Box, b: Box) -> float:
    """Return the squared distance of two boxes."""
    east = max(a[0] - b[2], b[0] - a[2], 0.0)
    north = max(a[1] - b[3], b[1] - a[3], 0.0)
    return float(east * east + north * north)


@kernel
def _square_gap(xy: F8, at: int, other: F8, i: int) -> float:
    """Return the squared distance of a vertex from an edge, nearly."""
    east, north = xy[at, 0] - other[i, 0], xy[at, 1] - other[i, 1]
    dx, dy = other[i + 1, 0] - other[i, 0], other[i + 1, 1] - other[i, 1]
    square, along = dx * dx + dy * dy, east * dx + north * dy
    if along <= 0.0:
        return float(east * east + north * north)
    if along >= square:
        east, north = xy[at, 0] - other[i + 1, 0], xy[at, 1] - other[i + 1, 1]
        return float(east * east + north * north)
    across = dx * north - dy * east
    return float(across * across / square)


@kernel
def _vertex_gap(xy: F8, at: int, other: F8, i: int, limit: float) -> float:
    """Return the distance of a vertex from an edge; infinity if its square exceeds a limit."""
    apart = _square_gap(xy, at, other, i)
    if apart > limit:
        return float(np.inf)
    dx, dy = other[i + 1, 0] - other[i, 0], other[i + 1, 1] - other[i, 1]
    east, north = xy[at, 0] - other[i, 0], xy[at, 1] - other[i, 1]
    square, along = dx * dx + dy * dy, east * dx + north * dy
    if 0.0 < along < square:
        return float(abs((dx * north - dy * east) / square) * np.sqrt(square))
    return float(np.sqrt(apart))


@kernel
def _crossing(left: F8, i: int, right: F8, j: int) -> bool:
    """Tell whether two edges whose boxes meet, not parallel, have a place in common."""
    ax, ay, bx, by = left[i, 0], left[i, 1], left[i + 1, 0], left[i + 1, 1]
    cx, cy, dx, dy = right[j, 0], right[j, 1], right[j + 1, 0], right[j + 1, 1]
    cross = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if cross == 0.0:
        return False
    r = ((ay - cy) * (dx - cx) - (ax - cx) * (dy - cy)) / cross
    s = ((ay - cy) * (bx - ax) - (ax - cx) * (by - ay)) / cross
    return not (r < 0.0 or r > 1.0 or s < 0.0 or s > 1.0)


@kernel
def _edge_gap(left: F8, i: int, right: F8, j: int, far: float) -> float:
    """Return the distance of two edges that do not cross; infinity if it exceeds ``far``."""
    limit = far * far * MORE
    gap = _vertex_gap(right, j, left, i, limit)
    gap = _less(gap, _vertex_gap(right, j + 1, left, i, limit))
    gap = _less(gap, _vertex_gap(left, i, right, j, limit))
    return _less(gap, _vertex_gap(left, i + 1, right, j, limit))


@kernel
def _foot(x: float, y: float, xy: F8, i: int) -> tuple[float, float, float]:
    """Return the place on an edge that is nearest to another, and how far it is from that."""
    x0, y0, x1, y1 = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
    dx, dy = x1 - x0, y1 - y0
    square = dx * dx + dy * dy
    part = ((x - x0) * dx + (y - y0) * dy) / square if square > 0.0 else 0.0
    if (x == x0 and y == y0) or (x == x1 and y == y1):
        return x, y, 0.0
    if 0.0 < part < 1.0:
        px, py = x0 + part * dx, y0 + part * dy
    else:
        first = np.sqrt((x0 - x) * (x0 - x) + (y0 - y) * (y0 - y))
        last = np.sqrt((x1 - x) * (x1 - x) + (y1 - y) * (y1 - y))
        px, py = (x0, y0) if first < last else (x1, y1)
    return px, py, float(np.sqrt((px - x) * (px - x) + (py - y) * (py - y)))


@kernel
def _ends(left: F8, i: int, right: F8, j: int, out: F8) -> None:
    """Set the places, on the one edge and on the other, that are nearest to each other."""
    least = np.inf
    for at in (j, j + 1):
        x, y, gap = _foot(right[at, 0], right[at, 1], left, i)
        if gap < least:
            least = gap
            out[0], out[1], out[2], out[3] = x, y, right[at, 0], right[at, 1]
    for at in (i, i + 1):
        x, y, gap = _foot(left[at, 0], left[at, 1], right, j)
        if gap < least:
            least = gap
            out[0], out[1], out[2], out[3] = left[at, 0], left[at, 1], x, y


@kernel
def _sure_gap(frame: Box, left: F8, ring: I8, right: F8, line: I8) -> float:
    """Return how far apart two shapes lie at the most.

    Of the one, the vertex nearest to the middle of the other; from there to its nearest edge.
    """
    x, y, least, at = 0.5 * (frame[0] + frame[2]), 0.5 * (frame[1] + frame[3]), np.inf, line[0]
    for j in range(line[0], line[-1]):
        gap = (right[j, 0] - x) * (right[j, 0] - x) + (right[j, 1] - y) * (right[j, 1] - y)
        if gap < least:
            least, at = gap, j
    least = np.inf
    for r in range(len(ring) - 1):
        for i in range(ring[r], ring[r + 1] - 1):
            least = _less(least, _square_gap(right, at, left, i))
    return float(np.sqrt(least))


@kernel
def _near_edges(frame: Box, low: F8, high: F8, line: I8, far: float, out: I8) -> int:
    """List the edges within reach of a box, and maybe others; return how many there are."""
    west, south, east, north = frame[0] - far, frame[1] - far, frame[2] + far, frame[3] + far
    many = 0
    for k in range(len(line) - 1):
        for j in range(line[k], line[k + 1] - 1):
            out[many] = j
            along = (low[j, 0] <= east) & (high[j, 0] >= west)
            many += along & (low[j, 1] <= north) & (high[j, 1] >= south)
    return many


@kernel
def _extent(low: F8, high: F8, which: I8) -> Box:
    """Return the bounds of some edges."""
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for j in which:
        west, south = min(west, low[j, 0]), min(south, low[j, 1])
        east, north = max(east, high[j, 0]), max(north, high[j, 1])
    return west, south, east, north


@kernel
def _nearer(left: Side, which: I8, right: Side, those: I8, far: float, best: Found) -> Found:
    """Return the nearest of some edges and others, if they are nearer than the best so far.

    None is looked for that is farther away than ``far``.
    """
    (xy, low, high, _, _, _), (other, least, most, _, _, _) = left, right
    found, one, two = best
    far = _less(far, found * MORE)
    for i in which:
        for j in those:
            east = _more(least[j, 0] - high[i, 0], low[i, 0] - most[j, 0])
            north = _more(least[j, 1] - high[i, 1], low[i, 1] - most[j, 1])
            east, north = _more(east, 0.0), _more(north, 0.0)
            if east * east + north * north > far * far:
                continue
            gap = 0.0
            if east > 0.0 or north > 0.0 or not _crossing(xy, i, other, j):
                gap = _edge_gap(xy, i, other, j, far)
            if gap < found:
                found, far, one, two = gap, _less(far, gap * MORE), i, j
                if gap <= DOUBT:
                    return found, one, two
    return found, one, two


@kernel
def _nearest(left: Side, a: int, right: Side, b: int, most: float, own: I8, near: I8) -> Found:
    """Return the nearest edges of two shapes, line by line.

    ``own`` and ``near`` have room for as many edges as there are.
    """
    ring = left[3][left[4][a] : left[4][a + 1] + 1]
    line = right[3][right[4][b] : right[4][b + 1] + 1]
    frame = _frame(left[0], ring[0], ring[-1])
    sure = _sure_gap(frame, left[0], ring, right[0], line)
    far = _more(_less(most, sure), DOUBT) * MORE
    best = (np.inf, 0, 0)
    for r in range(len(ring) - 1):
        for k in range(len(line) - 1):
            those = near[: _near_edges(frame, right[1], right[2], line[k : k + 2], far, near)]
            extent = _extent(right[1], right[2], those)
            which = own[: _near_edges(extent, left[1], left[2], ring[r : r + 2], far, own)]
            best = _nearer(left, which, right, those, far, best)
            if best[0] <= DOUBT:
                return best
    # What is surely near and was not found is left to be asked elsewhere, never passed over.
    return (0.0, 0, 0) if best[0] == np.inf and sure <= most else best


@kernel
def _inside(x: float, y: float, xy: F8, ring: I8) -> bool:
    """Tell whether a place that lies on no edge of an area lies in it."""
    odd = False
    for r in range(len(ring) - 1):
        for i in range(ring[r], ring[r + 1] - 1):
            if (xy[i, 1] > y) != (xy[i + 1, 1] > y):
                along = (y - xy[i, 1]) / (xy[i + 1, 1] - xy[i, 1])
                if x < xy[i, 0] + along * (xy[i + 1, 0] - xy[i, 0]):
                    odd = not odd
    return odd


@kernel
def _holds(xy: F8, ring: I8, other: F8, line: I8) -> bool:
    """Tell whether an area holds a line of another shape that meets none of its edges."""
    for at in line[:-1]:  # noqa: SIM110 (numba knows no any())
        if _inside(other[at, 0], other[at, 1], xy, ring):
            return True
    return False


@kernel
def nearest_places(pairs: I8, left: Side, right: Side, most: float) -> tuple[F8, F8]:
    """Return the nearest places of paired shapes, and how far apart these are.

    Parameters
    ----------
    pairs : int64 array (n, 2)
        A shape of the one side and of the other.
    left, right : tuple
        The shapes of a side: the vertices of all their lines, (v, 2); of the edge after each, the
        least and the greatest coordinates, (v, 2); where each line begins, (k + 1,); the first
        line of each shape, (s + 1,); and which shapes are areas, (s,).
    most : float
        Shapes farther apart than this are not looked into.

    Returns
    -------
    gap : float64 array (n,)
        0 where one surely holds the other, NaN where their edges meet or nearly do, infinity
        where they are farther apart than ``most``.
    places : float64 array (n, 4)
        Of the one shape and of the other.
    """
    xy, other = left[0], right[0]
    out, places = np.full(len(pairs), np.inf), np.zeros((len(pairs), 4))
    own, near = np.empty(len(xy), np.int64), np.empty(len(other), np.int64)
    for p in range(len(pairs)):
        a, b = pairs[p]
        ring = left[3][left[4][a] : left[4][a + 1] + 1]
        line = right[3][right[4][b] : right[4][b + 1] + 1]
        gap, one, two = _nearest(left, a, right, b, most, own, near)
        frame = _frame(xy, ring[0], ring[-1])
        if gap <= DOUBT:
            out[p] = np.nan
        elif _box_gap(frame, _frame(other, line[0], line[-1])) == 0.0 and (
            (right[5][b] and _holds(other, line, xy, ring))
            or (left[5][a] and _holds(xy, ring, other, line))
        ):
            out[p] = 0.0
        elif gap < np.inf:
            _ends(xy, one, other, two, places[p])
            east, north = places[p, 2] - places[p, 0], places[p, 3] - places[p, 1]
            out[p] = np.sqrt(east * east + north * north)
    return out, places
