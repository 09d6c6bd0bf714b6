"""Kernels that sum raster values over the spans of ``coverage``: classes, moments, histograms.

All take areas as an array of one column (area depends on the row only) or of as many columns as
the window; ``step`` 0 or 1 chooses between them.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel
from zoning.zonal.coverage import Spans

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Columns of what ``sum_moments`` returns.
AREA, VALUE_AREA, SQUARE_AREA, LOW, HIGH, COVER, VALUE_COVER, NO_DATA, SHIFT = range(9)
#: Interior areas are summed as multiples of the largest cell area / 2**QUANTUM_BITS. Integer sums
#: are exact in any order, need no flush per row, and 2**24 cells of 2**38 fit in 62 bits.
QUANTUM_BITS: Final = 38


@kernel
def multiply(left: F8, right: F8) -> F8:
    """Return the product of two matrices of which the inner size is small.

    Not ``@``: BLAS would start threads of its own inside each of ours.
    """
    result = np.zeros((left.shape[0], right.shape[1]))
    for r in range(left.shape[0]):
        row = result[r]
        for k in range(left.shape[1]):
            factor, line = left[r, k], right[k]
            for c in range(row.size):
                row[c] += factor * line[c]
    return result


@kernel
def count_classes(
    codes: Any, areas: F8, quanta: I8, quantum: float, step: int, n_codes: int, spans: Spans
) -> F8:
    """Sum the area of each class code under each unit.

    Parameters
    ----------
    codes : uint8 or uint16 array (rows, cols)
        Class codes below ``n_codes``.
    areas : float64 array (rows, 1 or cols)
        Cell areas in m².
    quanta : int64 array (rows,)
        The areas as multiples of ``quantum`` (m²); read only where ``step`` is 0.
    spans : Spans

    Returns
    -------
    float64 array (units, n_codes)
        m².
    """
    n_units = spans.cell_ptr.size - 1
    result = np.zeros((n_units, n_codes))
    # Neighbouring cells mostly hold the same class; four tables keep each sum from waiting for
    # the one just stored.
    tables = np.zeros((4, n_codes), np.int64)
    sums = np.zeros((4, n_codes))
    for u in range(n_units):
        tables[:] = 0
        sums[:] = 0.0
        for k in range(spans.run_ptr[u], spans.run_ptr[u + 1]):
            r = spans.run_row[k]
            line, area = codes[r], areas[r]
            c, end = spans.run_from[k], spans.run_to[k]
            if spans.run_share[k] < 1.0:
                while c < end:
                    result[u, line[c]] += spans.run_share[k] * area[c * step]
                    c += 1
            elif step == 0:
                w = quanta[r]
                while c + 4 <= end:
                    tables[0, line[c]] += w
                    tables[1, line[c + 1]] += w
                    tables[2, line[c + 2]] += w
                    tables[3, line[c + 3]] += w
                    c += 4
                while c < end:
                    tables[0, line[c]] += w
                    c += 1
            else:
                while c + 4 <= end:
                    sums[0, line[c]] += area[c]
                    sums[1, line[c + 1]] += area[c + 1]
                    sums[2, line[c + 2]] += area[c + 2]
                    sums[3, line[c + 3]] += area[c + 3]
                    c += 4
                while c < end:
                    sums[0, line[c]] += area[c]
                    c += 1
        for i in range(n_codes):
            inner = tables[0, i] + tables[1, i] + tables[2, i] + tables[3, i]
            result[u, i] += inner * quantum + (sums[0, i] + sums[1, i] + sums[2, i] + sums[3, i])
        for k in range(spans.cell_ptr[u], spans.cell_ptr[u + 1]):
            r, c = spans.cell_row[k], spans.cell_col[k]
            result[u, codes[r, c]] += spans.cell_share[k] * areas[r, c * step]
    return result


@kernel
def _add_value(out: F8, value: float, share: float, area: float) -> None:
    """Add one cell to the moments of one unit; NaN counts as no data."""
    if np.isnan(value):
        out[NO_DATA] += share * area
        return
    if np.isnan(out[SHIFT]):
        out[SHIFT] = value
    # Moments about a value of the data itself, so that the variance does not cancel.
    d = value - out[SHIFT]
    wd = share * area * d
    out[AREA] += share * area
    out[VALUE_AREA] += wd
    out[SQUARE_AREA] += wd * d
    out[COVER] += share
    out[VALUE_COVER] += share * d
    out[LOW] = min(out[LOW], value)
    out[HIGH] = max(out[HIGH], value)


@kernel
def sum_moments(values: F8, areas: F8, step: int, spans: Spans) -> F8:
    """Sum the area-weighted moments of a continuous raster under each unit.

    Parameters
    ----------
    values : float64 array (rows, cols)
        NaN where there is no data.
    areas : float64 array (rows, 1 or cols)
        Cell areas in m².
    spans : Spans

    Returns
    -------
    float64 array (units, 9)
        Columns ``AREA`` … ``SHIFT``; the value moments are about ``SHIFT`` (NaN: no data at all).
    """
    n_units = spans.cell_ptr.size - 1
    result = np.zeros((n_units, 9))
    result[:, LOW] = np.inf
    result[:, HIGH] = -np.inf
    result[:, SHIFT] = np.nan
    for u in range(n_units):
        out = result[u]
        for k in range(spans.run_ptr[u], spans.run_ptr[u + 1]):
            r = spans.run_row[k]
            for c in range(spans.run_from[k], spans.run_to[k]):
                _add_value(out, values[r, c], spans.run_share[k], areas[r, c * step])
        for k in range(spans.cell_ptr[u], spans.cell_ptr[u + 1]):
            r, c = spans.cell_row[k], spans.cell_col[k]
            _add_value(out, values[r, c], spans.cell_share[k], areas[r, c * step])
    return result


@kernel
def sum_histogram(
    values: F8,
    areas: F8,
    step: int,
    spans: Spans,
    unit: int,
    low: float,
    per_value: float,
    table: F8,
) -> None:
    """Add the area of one unit's cells to the bins of ``table``.

    Parameters
    ----------
    unit : int
        Position of the unit in ``spans``.
    low, per_value : float
        Bin of a value: ``floor((value - low) * per_value)``, kept inside the table.
    table : float64 array (bins,)
        m² per bin, changed in place.
    """
    last = table.size - 1
    for k in range(spans.run_ptr[unit], spans.run_ptr[unit + 1]):
        r = spans.run_row[k]
        for c in range(spans.run_from[k], spans.run_to[k]):
            v = values[r, c]
            if not np.isnan(v):
                i = int(min(max((v - low) * per_value, 0.0), float(last)))
                table[i] += spans.run_share[k] * areas[r, c * step]
    for k in range(spans.cell_ptr[unit], spans.cell_ptr[unit + 1]):
        r, c = spans.cell_row[k], spans.cell_col[k]
        v = values[r, c]
        if not np.isnan(v):
            i = int(min(max((v - low) * per_value, 0.0), float(last)))
            table[i] += spans.cell_share[k] * areas[r, c * step]
