"""How much of a line lies inside a polygon, and which points do: tile by tile.

Touching is not overlapping: what runs along an edge, or lies on it, is not inside. The border
between two tiles belongs to the one on its right or below it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]


@kernel
def _winds(edges: F8, start: int, lids: int, end: int, x: float, y: float) -> int:
    """Return the sum of a tile's edges over a point: 1 inside, 0 outside."""
    total = 0
    for i in range(start, end):
        x0, y0, x1, y1, sign = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3], 1
        if x0 > x1:
            x0, y0, x1, y1, sign = x1, y1, x0, y0, -1
        if not x0 <= x < x1:
            continue
        height = y0 + (x - x0) * ((y1 - y0) / (x1 - x0))
        # A lid belongs to the tile below it.
        if y < height or (i >= lids and y == height):
            total += sign
    return total


@kernel
def _clip(x: float, dx: float, low: float, high: float, t: F8) -> bool:
    """Narrow ``t[0]:t[1]`` to where ``x + t dx`` lies between two numbers; false if nowhere."""
    if dx == 0.0:
        return low <= x <= high
    a, b = (low - x) / dx, (high - x) / dx
    t[0], t[1] = max(t[0], min(a, b)), min(t[1], max(a, b))
    return bool(t[0] < t[1])


@kernel
def _along(e: F8, length: float, f: F8, blur: float, out: F8) -> bool:
    """Whether an edge lies on the line through another; ``out`` gets the part they share."""
    dx, dy = e[2] - e[0], e[3] - e[1]
    for k in range(2):
        x, y = f[2 * k] - e[0], f[2 * k + 1] - e[1]
        if abs(dx * y - dy * x) > blur * length:
            return False
        out[k] = (dx * x + dy * y) / (length * length)
    if out[0] > out[1]:
        out[0], out[1] = out[1], out[0]
    return True


@kernel
def _breaks(
    e: F8, length: float, edges: F8, start: int, lids: int, end: int, blur: float, out: F8, on: F8
) -> tuple[int, int]:
    """Write where a line may enter or leave, and the stretches that run along an edge."""
    dx, dy = e[2] - e[0], e[3] - e[1]
    part = np.empty(2)
    n = m = 0
    for i in range(start, end):
        f = edges[i]
        fx, fy = f[2] - f[0], f[3] - f[1]
        if dx != 0.0:
            out[n], out[n + 1] = (f[0] - e[0]) / dx, (f[2] - e[0]) / dx
            n += 2
        cross = dx * fy - dy * fx
        if cross != 0.0:
            out[n] = ((f[0] - e[0]) * fy - (f[1] - e[1]) * fx) / cross
            n += 1
        if _along(e, length, f, blur, part):
            out[n], out[n + 1] = part[0], part[1]
            n += 2
            if i < lids:
                on[m, 0], on[m, 1] = part[0], part[1]
                m += 1
    return n, m


@kernel
def _sort(numbers: F8, count: int) -> int:
    """Sort the first numbers by insertion: they are few. Return how many."""
    for i in range(1, count):
        number = numbers[i]
        j = i - 1
        while j >= 0 and numbers[j] > number:
            numbers[j + 1] = numbers[j]
            j -= 1
        numbers[j + 1] = number
    return count


@kernel
def _share_inside(
    e: F8, edges: F8, start: int, lids: int, end: int, box: F8, blur: float, breaks: F8, on: F8
) -> float:
    """Return the share of a straight line that lies inside a tile."""
    dx, dy = e[2] - e[0], e[3] - e[1]
    length = np.hypot(dx, dy)
    t = np.array([0.0, 1.0])
    if length == 0.0:
        return 0.0
    if not (_clip(e[0], dx, box[0], box[2], t) and _clip(e[1], dy, box[1], box[3], t)):
        return 0.0
    if (dx == 0.0 and e[0] == box[2]) or (dy == 0.0 and e[1] == box[1]):
        return 0.0
    n, m = _breaks(e, length, edges, start, lids, end, blur, breaks, on)
    breaks[n], breaks[n + 1] = t[0], t[1]
    n = _sort(breaks, n + 2)
    total = 0.0
    for k in range(n - 1):
        low, high = max(breaks[k], t[0]), min(breaks[k + 1], t[1])
        if low >= high:
            continue
        middle = 0.5 * (low + high)
        edge = False
        for j in range(m):
            edge = edge or on[j, 0] <= middle <= on[j, 1]
        if edge:
            continue
        if _winds(edges, start, lids, end, e[0] + middle * dx, e[1] + middle * dy) > 0:
            total += high - low
    return total


@kernel
def lengths_inside(
    mine: I8,
    other: I8,
    edges_a: F8,
    start_a: I8,
    sizes: F8,
    edges_b: F8,
    start_b: I8,
    lids_b: I8,
    box_b: F8,
    blur: float,
) -> F8:
    """Return how much of each line's tile lies inside a polygon's tile.

    Parameters
    ----------
    mine, other : int64 arrays (k,)
        Tiles of lines and of polygons whose boxes meet.
    edges_a, start_a, edges_b, start_b, lids_b, box_b : arrays
        See :class:`zoning.measure.kernel.tiles.Tiles`.
    sizes : float64 array
        Length of each edge of the lines.
    blur : float
        Distance from an edge below which a line runs along it.

    Returns
    -------
    float64 array (k,)
        In the unit of ``sizes``.
    """
    out = np.zeros(mine.size)
    most = 1
    for k in range(mine.size):
        most = max(most, start_b[other[k] + 1] - start_b[other[k]])
    breaks, on = np.empty(5 * most + 2), np.empty((most, 2))
    for k in range(mine.size):
        b = other[k]
        start, end = start_b[b], start_b[b + 1]
        for i in range(start_a[mine[k]], start_a[mine[k] + 1]):
            share = _share_inside(
                edges_a[i], edges_b, start, lids_b[b], end, box_b[b], blur, breaks, on
            )
            out[k] += share * sizes[i]
    return out


@kernel
def _near(e: F8, x: float, y: float, blur: float) -> bool:
    """Whether a point lies on an edge."""
    dx, dy = e[2] - e[0], e[3] - e[1]
    square = dx * dx + dy * dy
    t = ((x - e[0]) * dx + (y - e[1]) * dy) / square if square > 0.0 else 0.0
    t = min(max(t, 0.0), 1.0)
    return bool(np.hypot(x - e[0] - t * dx, y - e[1] - t * dy) <= blur)


@kernel
def points_inside(
    mine: I8,
    other: I8,
    edges_a: F8,
    start_a: I8,
    edges_b: F8,
    start_b: I8,
    lids_b: I8,
    box_b: F8,
    blur: float,
) -> I8:
    """Return how many points of each tile lie inside a polygon's tile; see ``lengths_inside``."""
    out = np.zeros(mine.size, np.int64)
    for k in range(mine.size):
        b = other[k]
        for i in range(start_a[mine[k]], start_a[mine[k] + 1]):
            x, y = edges_a[i, 0], edges_a[i, 1]
            if not (box_b[b, 0] <= x < box_b[b, 2] and box_b[b, 1] < y <= box_b[b, 3]):
                continue
            edge = False
            for j in range(start_b[b], lids_b[b]):
                edge = edge or _near(edges_b[j], x, y, blur)
            if not edge and _winds(edges_b, start_b[b], lids_b[b], start_b[b + 1], x, y) > 0:
                out[k] += 1
    return out
