"""Exact fractional coverage of grid cells by polygons: the geometry half of the zonal engine.

The method is the signed-area accumulation of font rasterisers (libart, FreeType's smooth
rasteriser, font-rs). Every edge leaves two numbers in each cell it crosses: ``cover``, the signed
height it spans there, and ``area``, that height times its mean distance from the cell's left
side. Along a row, the coverage of a cell is the sum of the ``cover`` of all cells left of it,
plus its own ``cover``, minus its own ``area``. Between two marked cells the sum is 1 inside and 0
outside, or the share below or above a level edge. So cells that no slanting edge crosses are never
visited one by one; they come out as runs.

Coordinates are columns and rows (x to the right, y down, cell ``(r, c)`` is the square
``[c, c+1] × [r, r+1]``). Edges are straight in these coordinates. Rings must be oriented
consistently (shells one way, holes the other); then holes and parts need no special case.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
I4 = NDArray[np.int32]

#: Coverage below this is the rounding of a cell that the polygon only touches.
TOUCH: Final = 1e-12
#: A run this near to empty or full is so: its share is a sum over all marks left of it.
BLUR: Final = 1e-9
#: A running sum this far below 0 or above 1 shows rings that overlap or run the wrong way.
BROKEN: Final = 1e-6


class Spans(NamedTuple):
    """Where some units cover a window of the grid.

    Attributes
    ----------
    cell_ptr : int64 array (n + 1,)
        Unit ``u`` owns the boundary cells ``cell_ptr[u]:cell_ptr[u + 1]``.
    cell_row, cell_col : int32 arrays
        Cells relative to the window.
    cell_share : float64 array
        Covered share of each boundary cell, 0 to 1.
    run_ptr : int64 array (n + 1,)
        Unit ``u`` owns the interior runs ``run_ptr[u]:run_ptr[u + 1]``.
    run_row, run_from, run_to : int32 arrays
        Row, first column and column after the last of each run of equally covered cells.
    run_share : float64 array
        Covered share of the run's cells; exactly 1 in the interior.
    broken : int64
        Position of the first unit whose rings do not add up, or -1.
    """

    cell_ptr: I8
    cell_row: I4
    cell_col: I4
    cell_share: F8
    run_ptr: I8
    run_row: I4
    run_from: I4
    run_to: I4
    run_share: F8
    broken: int


class Marks(NamedTuple):
    """Scratch: what the edges of one unit left in the cells they cross (unordered)."""

    row: I4
    col: I4
    cover: F8
    area: F8


@kernel
def _mark(marks: Marks, n: int, row: int, col: int, cover: float, offset: float) -> int:
    """Write one mark at position ``n``; ``offset`` is the mean x within the cell."""
    marks.row[n] = row
    marks.col[n] = col
    marks.cover[n] = cover
    marks.area[n] = cover * offset
    return n + 1


@kernel
def _mark_piece(
    marks: Marks, n: int, row: int, x0: float, x1: float, cover: float, width: int
) -> int:
    """Mark the cells under the part of an edge that lies in one row, from ``x0`` to ``x1``.

    What lies left of the window counts in full at its left side (the running sum needs it); what
    lies right of it does not matter to the window.
    """
    if x0 > x1:
        x0, x1 = x1, x0
    if x0 >= width:
        return n
    if x1 <= 0.0:
        return _mark(marks, n, row, 0, cover, 0.0)
    if x0 < 0.0:
        part = cover * (-x0 / (x1 - x0))
        n = _mark(marks, n, row, 0, part, 0.0)
        cover -= part
        x0 = 0.0
    if x1 > width:
        cover *= (width - x0) / (x1 - x0)
        x1 = float(width)
    first, last = int(x0), int(x1)
    if last == x1 and last > first:
        last -= 1  # the edge ends on the left side of that cell without entering it
    if first == last:
        return _mark(marks, n, row, first, cover, 0.5 * (x0 + x1) - first)
    per_cell = cover / (x1 - x0)
    part = per_cell * (first + 1 - x0)
    n = _mark(marks, n, row, first, part, 0.5 * (x0 - first + 1.0))
    rest = cover - part
    for col in range(first + 1, last):
        n = _mark(marks, n, row, col, per_cell, 0.5)
        rest -= per_cell
    return _mark(marks, n, row, last, rest, 0.5 * (x1 - last))


@kernel
def _mark_edge(
    marks: Marks, n: int, xa: float, ya: float, xb: float, yb: float, height: int, width: int
) -> int:
    """Mark all cells of a ``height`` × ``width`` window that the edge a→b crosses."""
    sign = 1.0
    if ya > yb:
        xa, ya, xb, yb = xb, yb, xa, ya
        sign = -1.0
    y, end = max(ya, 0.0), min(yb, float(height))
    if y >= end:
        return n
    slope = (xb - xa) / (yb - ya)
    low, high = min(xa, xb), max(xa, xb)
    x = xa if y == ya else min(max(xa + (y - ya) * slope, low), high)
    row = int(y)
    while y < end:
        next_y = min(row + 1.0, end)
        next_x = xb if next_y == yb else min(max(xa + (next_y - ya) * slope, low), high)
        n = _mark_piece(marks, n, row, x, next_x, sign * (next_y - y), width)
        x, y = next_x, next_y
        row += 1
    return n


@kernel
def _room(x: F8, y: F8, edges: I4, row0: int, col0: int, height: int, width: int) -> int:
    """Return an upper bound of the number of marks these edges leave in the window."""
    room = 0
    for e in edges:
        top, bottom = min(y[e], y[e + 1]) - row0, max(y[e], y[e + 1]) - row0
        left, right = min(x[e], x[e + 1]) - col0, max(x[e], x[e + 1]) - col0
        rows = min(bottom, float(height)) - max(top, 0.0)
        if rows > 0.0:
            # A row adds its first and last cell and the part left of the window.
            room += 3 * (int(rows) + 2)
            room += max(int(min(right, float(width)) - max(left, 0.0)), 0)
    return room


@kernel
def _sort(keys: I8, start: int, end: int) -> None:
    """Sort ``keys[start:end]`` in place (Shell's method: a row holds few marks, seldom many)."""
    gap = 1
    while gap < (end - start) // 3:
        gap = 3 * gap + 1
    while gap >= 1:
        for i in range(start + gap, end):
            key = keys[i]
            j = i - gap
            while j >= start and keys[j] > key:
                keys[j + gap] = keys[j]
                j -= gap
            keys[j + gap] = key
        gap //= 3


@kernel
def _order(marks: Marks, n: int, starts: I8, keys: I8) -> None:
    """Order the first ``n`` marks by row and column.

    On return ``keys[starts[r]:starts[r + 1]]`` holds the marks of row ``r`` from left to right,
    each as ``column << 32 | position``; the position makes the order, and so the rounding of the
    sums, the same on every machine.
    """
    starts[:] = 0
    for i in range(n):
        starts[marks.row[i] + 1] += 1
    for r in range(1, starts.size):
        starts[r] += starts[r - 1]
    for i in range(n):
        r = marks.row[i]
        keys[starts[r]] = (np.int64(marks.col[i]) << 32) | i
        starts[r] += 1
    for r in range(starts.size - 1, 0, -1):
        starts[r] = starts[r - 1]
    starts[0] = 0
    for r in range(starts.size - 1):
        _sort(keys, starts[r], starts[r + 1])


@kernel
def _sweep_row(
    marks: Marks, keys: I8, row: int, width: int, sign: float, spans: Spans, n: int, m: int
) -> tuple[int, int, bool]:
    """Turn the sorted marks of one row into boundary cells (from ``n``) and runs (from ``m``)."""
    total = 0.0
    k = 0
    while k < keys.size:
        col = keys[k] >> 32
        cover = area = 0.0
        while k < keys.size and keys[k] >> 32 == col:
            i = keys[k] & 0xFFFFFFFF
            cover += marks.cover[i]
            area += marks.area[i]
            k += 1
        share = sign * (total + cover - area)
        total += cover
        if share > TOUCH:
            spans.cell_row[n] = row
            spans.cell_col[n] = col
            spans.cell_share[n] = min(share, 1.0)
            n += 1
        following = keys[k] >> 32 if k < keys.size else width
        if following > col + 1:
            inside = sign * total
            if inside < -BROKEN or inside > 1.0 + BROKEN:
                return n, m, True
            if inside > BLUR:
                spans.run_row[m] = row
                spans.run_from[m] = col + 1
                spans.run_to[m] = following
                spans.run_share[m] = inside if inside < 1.0 - BLUR else 1.0
                m += 1
    return n, m, False


@kernel
def _empty_spans(n_units: int, room: int) -> Spans:
    """Return spans with room for that many cells and runs."""
    return Spans(
        np.zeros(n_units + 1, np.int64),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room),
        np.zeros(n_units + 1, np.int64),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room),
        -1,
    )


@kernel
def _trimmed(spans: Spans, n: int, m: int, broken: int) -> Spans:
    """Return the ``n`` cells and ``m`` runs that were written."""
    return Spans(
        spans.cell_ptr,
        spans.cell_row[:n],
        spans.cell_col[:n],
        spans.cell_share[:n],
        spans.run_ptr,
        spans.run_row[:m],
        spans.run_from[:m],
        spans.run_to[:m],
        spans.run_share[:m],
        broken,
    )


@kernel
def cover_window(
    x: F8,
    y: F8,
    edges: I4,
    group_start: I8,
    group_end: I8,
    sign: float,
    row0: int,
    col0: int,
    height: int,
    width: int,
) -> Spans:
    """Compute where each unit covers a window of the grid.

    Parameters
    ----------
    x, y : float64 arrays (v,)
        Vertices of all rings in columns and rows; an edge ``e`` runs from vertex ``e`` to
        ``e + 1``.
    edges : int32 array
        Edges that meet the window's rows, those of one unit together.
    group_start, group_end : int64 arrays (n,)
        Range of each unit in ``edges``.
    sign : float
        1 where the left side of a shell runs down (y growing), as it does for counter-clockwise
        shells on a north-up raster; -1 where it runs up.
    row0, col0, height, width : int
        The window.

    Returns
    -------
    Spans
        Boundary cells and runs with their covered share, per unit.
    """
    n_units = group_start.size
    room = np.zeros(n_units, np.int64)
    for u in range(n_units):
        group = edges[group_start[u] : group_end[u]]
        room[u] = _room(x, y, group, row0, col0, height, width)
    spans = _empty_spans(n_units, room.sum())
    most = room.max() if n_units else 0
    marks = Marks(
        np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most), np.empty(most)
    )
    starts, keys = np.zeros(height + 1, np.int64), np.empty(most, np.int64)
    n = m = 0
    broken = -1
    for u in range(n_units):
        count = 0
        for e in edges[group_start[u] : group_end[u]]:
            xa, ya, xb, yb = x[e] - col0, y[e] - row0, x[e + 1] - col0, y[e + 1] - row0
            count = _mark_edge(marks, count, xa, ya, xb, yb, height, width)
        _order(marks, count, starts, keys)
        for r in range(height):
            row_keys = keys[starts[r] : starts[r + 1]]
            n, m, bad = _sweep_row(marks, row_keys, r, width, sign, spans, n, m)
            if bad and broken < 0:
                broken = u
        spans.cell_ptr[u + 1] = n
        spans.run_ptr[u + 1] = m
    return _trimmed(spans, n, m, broken)
