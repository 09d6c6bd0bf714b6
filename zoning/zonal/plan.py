"""How one pass over a raster is cut into windows, and which units each window concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel
from zoning.zonal.grid import Grid
from zoning.zonal.units import Units

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
I4 = NDArray[np.int32]

#: Bytes of a window that are in use at once: enough to keep threads busy; the memory bound.
TARGET_BYTES: Final = 2**22
#: No window is larger (the integer sums of ``zonal_kernels`` rely on it).
MOST_CELLS: Final = 2**24


@dataclass(frozen=True)
class Window:
    """A part of the raster, read once, and the units that touch it.

    Attributes
    ----------
    row0, row1, col0, col1 : int
        Half-open range of rows and columns, aligned to the file's blocks.
    edges : int32 array
        Edges that meet these rows (of all units).
    units, start, end : int64 arrays (n,)
        Units that touch the window and their ranges in ``edges``.
    """

    row0: int
    row1: int
    col0: int
    col1: int
    edges: I4
    units: I8
    start: I8
    end: I8

    @property
    def box(self) -> tuple[int, int, int, int]:
        """row0, row1, col0, col1."""
        return self.row0, self.row1, self.col0, self.col1


class _Groups(NamedTuple):
    """The edges of one unit in one strip, for all strips in turn."""

    strip: I8
    unit: I8
    start: I8
    end: I8
    left: F8
    right: F8


@kernel
def _strip_range(ya: float, yb: float, height: int, strip: int) -> tuple[int, int]:
    """Return the first strip an edge meets and the one after the last (equal: none)."""
    top, bottom = max(min(ya, yb), 0.0), min(max(ya, yb), float(height))
    if top >= bottom:
        return 0, 0
    return int(top) // strip, (int(np.ceil(bottom)) - 1) // strip + 1


@kernel
def _edges_by_strip(y: F8, owner: I4, height: int, strip: int) -> tuple[I8, I4]:
    """Return for each strip of rows the edges that meet it, in their order (CSR)."""
    starts = np.zeros((height + strip - 1) // strip + 1, np.int64)
    for e in range(owner.size):
        if owner[e] >= 0:
            first, end = _strip_range(y[e], y[e + 1], height, strip)
            for s in range(first, end):
                starts[s + 1] += 1
    for s in range(1, starts.size):
        starts[s] += starts[s - 1]
    edges, at = np.empty(starts[-1], np.int32), starts[:-1].copy()
    for e in range(owner.size):
        if owner[e] >= 0:
            first, end = _strip_range(y[e], y[e + 1], height, strip)
            for s in range(first, end):
                edges[at[s]] = e
                at[s] += 1
    return starts, edges


@kernel
def _extent_in_rows(
    xa: float, ya: float, xb: float, yb: float, top: float, bottom: float
) -> tuple[float, float]:
    """Return the range of columns of the part of an edge between two rows."""
    slope = (xb - xa) / (yb - ya)
    y0, y1 = max(min(ya, yb), top), min(max(ya, yb), bottom)
    x0, x1 = xa + (y0 - ya) * slope, xa + (y1 - ya) * slope
    return min(x0, x1), max(x0, x1)


@kernel
def _groups(x: F8, y: F8, owner: I4, starts: I8, edges: I4, strip: int) -> _Groups:
    """Find the ranges of single units in the edge lists of the strips, and their columns."""
    n = 0
    for s in range(starts.size - 1):
        for i in range(starts[s], starts[s + 1]):
            n += i == starts[s] or owner[edges[i]] != owner[edges[i - 1]]
    groups = _Groups(
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.full(n, np.inf),
        np.full(n, -np.inf),
    )
    g = -1
    for s in range(starts.size - 1):
        for i in range(starts[s], starts[s + 1]):
            e = edges[i]
            if i == starts[s] or owner[e] != owner[edges[i - 1]]:
                g += 1
                groups.strip[g], groups.unit[g], groups.start[g] = s, owner[e], i
            left, right = _extent_in_rows(
                x[e], y[e], x[e + 1], y[e + 1], float(s * strip), float((s + 1) * strip)
            )
            groups.left[g] = min(groups.left[g], left)
            groups.right[g] = max(groups.right[g], right)
            groups.end[g] = i + 1
    return groups


def plan_windows(units: Units, grid: Grid, cell_bytes: int) -> list[Window]:
    """Cut the raster into windows of whole blocks that touch at least one unit.

    The plan depends on the raster and the units only, never on the number of threads, so that
    sums come out the same to the last bit.

    Parameters
    ----------
    units : Units
    grid : Grid
    cell_bytes : int
        Working memory per cell: 1 for class codes alone, 8 where float64 values or areas are.

    Returns
    -------
    list of Window
        Each block belongs to one window at most. A unit wholly outside the raster is in none.
    """
    target = max(TARGET_BYTES // cell_bytes, 1)
    strip = _strip_height(grid, target)
    starts, edges = _edges_by_strip(units.y, units.owner, grid.height, strip)
    groups = _groups(units.x, units.y, units.owner, starts, edges, strip)
    first = np.maximum(np.floor(groups.left), 0).astype(np.int64) // grid.block[1]
    right = np.minimum(np.ceil(groups.right), grid.width).astype(np.int64)
    last = np.maximum(-(-right // grid.block[1]), first + 1)
    used = (groups.left < grid.width) & (groups.right > 0)
    windows: list[Window] = []
    for s in np.unique(groups.strip[used]):
        row0, row1 = int(s) * strip, min((int(s) + 1) * strip, grid.height)
        at = np.flatnonzero(used & (groups.strip == s))
        most = max(target // ((row1 - row0) * grid.block[1]), 1)
        for block0, block1 in _pieces(first[at], last[at], most):
            here = at[(first[at] < block1) & (last[at] > block0)]
            windows.append(
                Window(
                    row0=row0,
                    row1=row1,
                    col0=block0 * grid.block[1],
                    col1=min(block1 * grid.block[1], grid.width),
                    edges=edges,
                    units=groups.unit[here],
                    start=groups.start[here],
                    end=groups.end[here],
                )
            )
    return windows


def _strip_height(grid: Grid, target: int) -> int:
    """Return the rows of a strip: whole blocks if a block is not out of proportion."""
    rows, cols = grid.block
    if rows * cols > MOST_CELLS:
        return max(MOST_CELLS // cols, 1)
    return min(rows * max(target // (rows * grid.width), 1), grid.height)


def _pieces(first: I8, last: I8, most: int) -> list[tuple[int, int]]:
    """Return the union of block ranges, cut into pieces of at most ``most`` blocks."""
    merged: list[list[int]] = []
    for begin, end in sorted(zip(first.tolist(), last.tolist(), strict=True)):
        if merged and begin < merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return [(b, min(b + most, end)) for begin, end in merged for b in range(begin, end, most)]
