"""How deep points lie within outlines that are cut into blocks of edges: compiled loops.

Distances are worked out step by step as GEOS does (``Distance::pointToSegment``), so that they are
the same to the last bit as those that it would tell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]


@kernel
def _box_gap(x: float, y: float, box: F8, i: int) -> float:
    """Return the squared distance of a point from a box."""
    east = max(box[i, 0] - x, x - box[i, 2], 0.0)
    north = max(box[i, 1] - y, y - box[i, 3], 0.0)
    return float(east * east + north * north)


@kernel
def _edge_gap(x: float, y: float, x0: float, y0: float, x1: float, y1: float) -> float:
    """Return the distance of a point from an edge."""
    dx, dy = x1 - x0, y1 - y0
    square = dx * dx + dy * dy
    part = ((x - x0) * dx + (y - y0) * dy) / square if square > 0.0 else 0.0
    if part <= 0.0:
        return float(np.sqrt((x - x0) * (x - x0) + (y - y0) * (y - y0)))
    if part >= 1.0:
        return float(np.sqrt((x - x1) * (x - x1) + (y - y1) * (y - y1)))
    return float(abs(((y0 - y) * dx - (x0 - x) * dy) / square) * np.sqrt(square))


@kernel
def _block_gap(x: float, y: float, xy: F8, begin: int, size: int, most: float) -> float:
    """Return the distance of a point from a run of edges, or ``most`` if that is less."""
    for i in range(begin, begin + size - 1):
        most = min(most, _edge_gap(x, y, xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]))
    return most


@kernel
def reaches(
    places: F8, begin: I8, low: I8, high: I8, box: F8, xy: F8, start: I8, size: I8, factor: F8
) -> tuple[F8, I8]:
    """Return how far from its first point the blocks lie that any of a group may be nearest to.

    Parameters
    ----------
    places : float64 array (n, 2)
        The points, group by group, on a scale that overstates no distance.
    begin : int64 array (k + 1,)
        Where the points of each group begin.
    low, high : int64 array (k,)
        The blocks of its outline.
    box : float64 array (b, 4)
        Of the blocks, on that scale.
    xy : float64 array (v, 2)
        Their vertices, on that scale.
    start, size : int64 array (b,)
        The first vertex of each block, and how many it has.
    factor : float64 array (k,)
        How many times farther apart places may be than the scale says.

    Returns
    -------
    reach : float64 array (k,)
        On the scale; what the edges leave themselves in the plane is not in it.
    nearest : int64 array (k,)
        The block nearest to the first point.
    """
    reach, nearest = np.empty(len(low)), np.empty(len(low), np.int64)
    for g in range(len(low)):
        x, y = places[begin[g], 0], places[begin[g], 1]
        closest, least = low[g], np.inf
        for b in range(low[g], high[g]):
            gap = _box_gap(x, y, box, b)
            if gap < least:
                closest, least = b, gap
        most = _block_gap(x, y, xy, start[closest], size[closest], np.inf)
        nearest[g] = closest
        for b in range(low[g], high[g]):
            if b != closest and _box_gap(x, y, box, b) < most * most:
                found = _block_gap(x, y, xy, start[b], size[b], most)
                if found < most:
                    nearest[g], most = b, found
        extent = 0.0
        for p in range(begin[g] + 1, begin[g + 1]):
            east, north = places[p, 0] - x, places[p, 1] - y
            extent = max(extent, east * east + north * north)
        reach[g] = most + 2.0 * np.sqrt(extent)
        if reach[g] > 0.0:  # a scale that says nothing has all places in one
            reach[g] *= factor[g]
    return reach, nearest


@kernel
def blocks_within(
    places: F8, begin: I8, low: I8, high: I8, box: F8, reach: F8, nearest: I8
) -> tuple[I8, I8]:
    """Return the blocks within reach of the first point of each group, and where each's begin.

    Of each group the nearest block comes first.
    """
    ends = np.zeros(len(low) + 1, np.int64)
    for g in range(len(low)):
        many = 1
        x, y, most = places[begin[g], 0], places[begin[g], 1], reach[g] * reach[g]
        for b in range(low[g], high[g]):
            if b != nearest[g] and _box_gap(x, y, box, b) <= most:
                many += 1
        ends[g + 1] = ends[g] + many
    out = np.empty(ends[-1], np.int64)
    for g in range(len(low)):
        at = ends[g]
        out[at] = nearest[g]
        x, y, most = places[begin[g], 0], places[begin[g], 1], reach[g] * reach[g]
        for b in range(low[g], high[g]):
            if b != nearest[g] and _box_gap(x, y, box, b) <= most:
                at += 1
                out[at] = b
    return out, ends


@kernel
def deepest(points: F8, begin: I8, block: I8, ends: I8, box: F8, xy: F8, start: I8, size: I8) -> F8:
    """Return how far the deepest point of each group lies from the blocks of its outline.

    Parameters
    ----------
    points : float64 array (n, 2)
        In the plane.
    begin : int64 array (k + 1,)
        Where the points of each group begin.
    block, ends : int64 array
        The blocks of the groups, and where those of each begin.
    box, xy, start, size : array
        As in :func:`reaches`, in the plane.

    Returns
    -------
    float64 array (k,)
    """
    out = np.zeros(len(begin) - 1)
    for g in range(len(begin) - 1):
        for p in range(begin[g], begin[g + 1]):
            x, y, near = points[p, 0], points[p, 1], np.inf
            for j in range(ends[g], ends[g + 1]):
                b = block[j]
                # A little more than the least, for rounding.
                if _box_gap(x, y, box, b) <= near * near * 1.000_000_001:
                    near = _block_gap(x, y, xy, start[b], size[b], near)
                if near <= out[g]:
                    break
            out[g] = max(out[g], near)
    return out
