"""Gradient, flow direction, slope length and classes of a block of cells, compiled.

Everything is computed in float64 from the stored elevations, and each threshold is compared in
float64: float32 would put single cells into another slope class, where S jumps by 18 % at 10°.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel
from zoning.stats.factors import (
    SNAP,
    TAN_5,
    TAN_10,
    UNIT_PLOT_M,
)

F8 = NDArray[np.float64]
I1 = NDArray[np.int8]
U1 = NDArray[np.uint8]
I8 = NDArray[np.int64]

#: Steps to the eight neighbours: east, south-east, south, …, north-east.
_DR: Final = (0, 1, 1, 1, 0, -1, -1, -1)
_DC: Final = (1, 1, 0, -1, -1, -1, 0, 1)
NO_CLASS: Final = 255
#: Codes of the class raster: slight beyond doubt; slight, light only by the tolerance of the
#: zone; light beyond doubt; moderate; intense; very intense; extreme.
CLASS_CODES: Final = (1, 2, 3, 4, 5, 6, 7, 8)
#: Slight by the tolerance of its zone and light by the other reading of the zones; the reverse.
LIGHT_BY_OTHER: Final = 9
SLIGHT_BY_OTHER: Final = 10
_UNIT: Final = UNIT_PLOT_M
_AT5: Final = TAN_5 * (1.0 - SNAP)
_AT10: Final = TAN_10 * (1.0 - SNAP)
_MEET: Final = 1.0 - SNAP


@kernel
def _known(z: F8, r: int, c: int) -> bool:
    """Whether a cell exists and has data."""
    rows, cols = z.shape
    return bool(0 <= r < rows and 0 <= c < cols and not np.isnan(z[r, c]))


@kernel
def _beside(z: F8, r: int, c: int, dr: int, dc: int) -> float:
    """Elevation of a neighbour; beyond the data the slope goes on as on the opposite side."""
    if _known(z, r + dr, c + dc):
        return float(z[r + dr, c + dc])
    if _known(z, r - dr, c - dc):
        return float(2.0 * z[r, c] - z[r - dr, c - dc])
    return float(z[r, c])


@kernel
def _elevation(z: F8, r: int, c: int, dr: int, dc: int) -> float:
    """Elevation of a neighbour, so that a plane stays a plane up to its corners."""
    if _known(z, r + dr, c + dc) or _known(z, r - dr, c - dc):
        return _beside(z, r, c, dr, dc)
    return float(_beside(z, r, c, dr, 0) + _beside(z, r, c, 0, dc) - z[r, c])


@kernel
def _step(direction: int, ex: float, ey: float) -> float:
    """Length of flow through a cell, m."""
    if direction < 0:
        return float(np.sqrt(ex * ey))
    if direction % 2 == 1:
        return float(np.sqrt(ex * ex + ey * ey))
    return ex if direction % 4 == 0 else ey


@kernel
def _slow_cell(z: F8, r: int, c: int, ex: float, ey: float, multiplier: float, flow: I1) -> float:
    """Gradient and flow of a cell at the edge of the raster or beside missing data."""
    near = np.empty(8)
    for k in range(8):
        near[k] = _elevation(z, r, c, _DR[k], _DC[k])
    gx = (near[7] + 2.0 * near[0] + near[1]) - (near[5] + 2.0 * near[4] + near[3])
    gy = (near[3] + 2.0 * near[2] + near[1]) - (near[5] + 2.0 * near[6] + near[7])
    gx /= 8.0 * ex
    gy /= 8.0 * ey
    best = 0.0
    for k in range(8):
        drop = (z[r, c] - near[k]) / _step(k, ex, ey)
        if drop > best and _known(z, r + _DR[k], c + _DC[k]):
            best = drop
            flow[r, c] = k
    return float(np.sqrt(gx * gx + gy * gy) * multiplier)


@kernel
def _inner_cells(z: F8, dx: F8, dy: F8, multiplier: float, gradient: F8, flow: I1) -> None:
    """Gradient and flow of all cells but the outermost; NaN where a neighbour is missing.

    No branch depends on the data, so that the compiler can treat several cells at once: which
    neighbour is the lowest cannot be predicted, and wrong guesses cost more than the arithmetic.
    """
    rows, cols = z.shape
    for r in range(1, rows - 1):
        ex, ey = dx[r], dy[r]
        diagonal = np.sqrt(ex * ex + ey * ey)
        above, level, below = z[r - 1], z[r], z[r + 1]
        out, to = gradient[r], flow[r]
        for c in range(1, cols - 1):
            here = level[c]
            nw, n, ne = above[c - 1], above[c], above[c + 1]
            w, e = level[c - 1], level[c + 1]
            sw, s, se = below[c - 1], below[c], below[c + 1]
            gx = ((ne + 2.0 * e + se) - (nw + 2.0 * w + sw)) / (8.0 * ex)
            gy = ((sw + 2.0 * s + se) - (nw + 2.0 * n + ne)) / (8.0 * ey)
            out[c] = np.sqrt(gx * gx + gy * gy) * multiplier + (here - here)
            first = e <= w
            low0, k0 = e if first else w, 0 if first else 4
            first = s <= n
            low1, k1 = s if first else n, 2 if first else 6
            first = se <= sw
            low2, k2 = se if first else sw, 1 if first else 3
            first = nw <= ne
            low3, k3 = nw if first else ne, 5 if first else 7
            first = low2 <= low3
            low2, k2 = low2 if first else low3, k2 if first else k3
            drop0, drop1 = (here - low0) / ex, (here - low1) / ey
            drop2 = (here - low2) / diagonal
            first = drop0 >= drop1
            drop0, k0 = drop0 if first else drop1, k0 if first else k1
            first = drop0 >= drop2
            drop0, k0 = drop0 if first else drop2, k0 if first else k2
            to[c] = k0 if drop0 > 0.0 else -1


@kernel
def gradients(
    z: F8, dx: F8, dy: F8, multiplier: float, gradient: F8, flow: I1, pending: I1
) -> None:
    """Fill in the gradient (Horn 1981, 3 × 3) and the direction of steepest descent (D8).

    Parameters
    ----------
    z : float64 array (rows, cols)
        Elevation, m; NaN without data.
    dx, dy : float64 arrays (rows,)
        Size of the cells, m.
    multiplier : float
        Applied to the gradient.
    gradient : float64 array (rows, cols)
        Tangent of the slope, filled in; NaN without data.
    flow : int8 array (rows, cols)
        Number of the neighbour below, filled in; -1 in pits, on flats and without data.
    pending : int8 array (rows, cols)
        Zeros; the number of cells that flow into each, filled in.
    """
    _inner_cells(z, dx, dy, multiplier, gradient, flow)
    rows, cols = z.shape
    for r in range(rows):
        edge = r == 0 or r == rows - 1
        for c in range(cols):
            if edge or c == 0 or c == cols - 1 or np.isnan(gradient[r, c]):
                flow[r, c] = -1
                gradient[r, c] = np.nan
                if not np.isnan(z[r, c]):
                    gradient[r, c] = _slow_cell(z, r, c, dx[r], dy[r], multiplier, flow)
            k = flow[r, c]
            if k >= 0:
                pending[r + _DR[k], c + _DC[k]] += 1


@kernel
def entering_lengths(
    flow: I1, gradient: F8, pending: I1, dx: F8, dy: F8, longest: float, cuts: F8, enter: F8
) -> None:
    """Fill in the slope length at which water enters each cell; ``pending`` is used up.

    It is the longest length that leaves a cell above, and starts anew where the slope flattens:
    where a cell's gradient is under ``cuts[1]`` (gentle cell) or ``cuts[2]`` (steep cell) times
    that of the cell above, sediment settles. ``cuts[0]`` is the gradient that parts gentle from
    steep. Lengths beyond ``longest`` count as ``longest``: so a cell depends only on cells nearer
    than that, and blocks with a halo of that width give the figures of the whole raster.

    Source
    ------
    Van Remortel, Maichle & Hickey 2004, Computers & Geosciences 30, 1043–1053 (rule of cut-offs).
    """
    rows, cols = flow.shape
    to, slope, waits, entry = flow.ravel(), gradient.ravel(), pending.ravel(), enter.ravel()
    steps = np.empty((rows, 4))
    for r in range(rows):
        for k in range(4):
            steps[r, k] = _step(k, dx[r], dy[r])
    jump = np.empty(8, np.int64)
    for k in range(8):
        jump[k] = _DR[k] * cols + _DC[k]
    for start in range(rows * cols):
        i, r = start, start // cols
        while waits[i] == 0:
            waits[i] = -1
            k = to[i]
            if k < 0:
                break
            leave = min(longest, entry[i] + steps[r, k & 3])
            above = slope[i]
            i += jump[k]
            r += _DR[k]
            cut = cuts[1] if slope[i] < cuts[0] else cuts[2]
            # Chosen, not branched to: a guess would be wrong for every third cell.
            comes = leave if slope[i] >= cut * above else 0.0
            entry[i] = max(entry[i], comes)
            waits[i] -= 1


@kernel
def _power(length: float, which: int) -> float:
    """``length ** (m + 1)`` for m = 0.2, 0.3, 0.4, 0.5."""
    if which == 3:
        return float(length * np.sqrt(length))
    return float(length ** (1.2 + 0.1 * which))


@kernel
def _length(
    above: float, step: float, longest: float, first: float, whole: float, unit: float, which: int
) -> float:
    """L of a cell that water enters after ``above``; ``first`` is that of a slope's first cell."""
    if above == 0.0 or step >= longest:
        return first
    if above >= longest:
        return (1.2 + 0.1 * which) * whole
    leave = min(above + step, longest)
    return float((_power(leave, which) - _power(above, which)) / ((leave - above) * unit))


@kernel
def topography(
    gradient: F8,
    flow: I1,
    enter: F8,
    dx: F8,
    dy: F8,
    longest: float,
    limits: F8,
    ls: F8,
) -> None:
    """Fill in L·S of each cell.

    A cell that is itself longer than ``longest`` holds whole slopes of that length and takes no
    length from above.
    """
    unit = np.array([_UNIT**0.2, _UNIT**0.3, _UNIT**0.4, _UNIT**0.5])
    whole = np.empty(4)
    for w in range(4):
        whole[w] = (longest / _UNIT) ** (0.2 + 0.1 * w)
    rise, base = (10.8, 16.8, 21.91), (0.03, -0.5, -0.96)
    steps = np.empty(4)
    fresh = np.empty((4, 4))
    rows, cols = gradient.shape
    for r in range(rows):
        # L of a slope's first cell, by direction (east, diagonal, south, none) and exponent.
        for kind in range(4):
            steps[kind] = _step(-1 if kind == 3 else kind, dx[r], dy[r])
            for w in range(4):
                first = min(longest, steps[kind])
                fresh[kind, w] = _power(first, w) / (first * unit[w])
        for c in range(cols):
            g = gradient[r, c]
            if np.isnan(g):
                ls[r, c] = np.nan
                continue
            sine = g / np.sqrt(1.0 + g * g)
            part = int(g >= _AT5) + int(g >= _AT10)
            s = rise[part] * sine + base[part]
            w = int(g > limits[0]) + int(g > limits[1]) + int(g > limits[2])
            k = flow[r, c]
            kind = 3 if k < 0 else (1 if k % 2 == 1 else k % 4)
            above, first = enter[r, c], fresh[kind, w]
            if w < 3:
                length = _length(above, steps[kind], longest, first, whole[w], unit[w], w)
                ls[r, c] = length * s
                continue
            # Steep ground, nearly all of it: the same without a branch, since where a slope begins
            # cannot be predicted.
            leave = min(above + steps[kind], longest)
            length = leave * np.sqrt(leave) - above * np.sqrt(above)
            length /= (leave - above) * unit[3]
            length = 1.5 * whole[3] if above >= longest else length
            length = first if above == 0.0 or steps[kind] >= longest else length
            ls[r, c] = length * s


@kernel
def classify(
    loss: F8,
    wind_table: F8,
    wind_index: I8,
    zone: U1,
    tolerable: F8,
    wind_tolerable: float,
    bounds: F8,
    uppers: F8,
    classes: U1,
) -> None:
    """Fill in the class code of each cell from water and wind erosion, the worse of the two.

    ``tolerable`` by zone code (NaN for unknown codes), ``bounds`` its least and greatest value,
    ``uppers`` the upper limits of light, moderate, intense and very intense, all t/(km²·a). A cell
    without a zone has a class only where every zone would give it the same.
    """
    rows, cols = loss.shape
    for r in range(rows):
        for c in range(cols):
            a = loss[r, c]
            classes[r, c] = 255
            if a < 0.0:
                continue
            limit = tolerable[zone[r, c]]
            code = 0
            if a < bounds[0] * _MEET:
                code = 1
            elif a >= bounds[1] * _MEET:
                code = _strength(a, uppers)
            elif a < limit * _MEET:
                code = 2
            elif a >= limit * _MEET:
                code = 3
            blown = wind_table[wind_index[r], c]
            if blown >= wind_tolerable * _MEET:
                code = max(code, _strength(blown, uppers))
            if code > 0:
                classes[r, c] = code


@kernel
def _strength(a: float, uppers: F8) -> int:
    """Class code of a loss that is light or more in every zone."""
    code = 4
    for u in range(4):
        if a >= uppers[u] * _MEET:
            code = 5 + u
    return code


def prepare(values: Any) -> F8:
    """Return a contiguous float64 array, the form the kernels are compiled for."""
    return np.ascontiguousarray(values, dtype=np.float64)
