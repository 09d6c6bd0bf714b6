"""B and soil loss of a block of cells, compiled."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel
from zoning.stats.factors import PER_KM2

F8 = NDArray[np.float64]
U1 = NDArray[np.uint8]
I8 = NDArray[np.int64]

#: How B is found: the cover is B already, see :func:`losses`.
GIVEN: Final = 4
_TO_KM2: Final = PER_KM2
#: 1.05905^(100 c) = exp(c · 100 ln 1.05905), and so for grass.
_LOG_SHRUB: Final = 100.0 * float(np.log(1.05905))
_LOG_GRASS: Final = 100.0 * float(np.log(1.05968))


@kernel
def _cover_factor(how: int, share: float, constant: float) -> float:
    """B of a cell by the number of its method, see :func:`losses`."""
    if how == 0:
        return constant
    if how == 1:
        b = 0.44468 * np.exp(-3.20096 * share) - 0.04099 * np.exp(share - share * share)
        return float(b + 0.025)
    if how == 2:
        return float(1.0 / (1.17647 + 0.86242 * np.exp(_LOG_SHRUB * share)))
    if how == 3:
        return float(1.0 / (1.25 + 0.78845 * np.exp(_LOG_GRASS * share)))
    return share


@kernel
def add_cover_factor(group: U1, cover: F8, method: U1, constant: F8, weight: float, b: F8) -> None:
    """Add the weighted B of one date to ``b``; arguments as of :func:`losses`."""
    rows, cols = group.shape
    for r in range(rows):
        for c in range(cols):
            which = group[r, c]
            if which != 255:
                b[r, c] += weight * _cover_factor(method[which], cover[r, c], constant[which])


@kernel
def losses(
    ls: F8,
    r_table: F8,
    r_index: I8,
    k_table: F8,
    k_index: I8,
    e_table: F8,
    e_index: I8,
    group: U1,
    cover: F8,
    method: U1,
    constant: F8,
    tillage: F8,
    loss: F8,
) -> None:
    """Fill in A = R·K·LS·B·E·T in t/(km²·a); -1 where any factor has no data.

    R, K and E come by distinct row: row ``r`` of R is ``r_table[r_index[r]]``. ``group`` numbers
    the land-cover groups, 255 for none; ``method``, ``constant`` and ``tillage`` say how B and T
    of each group are found: 0 constant, 1 forest, 2 shrub, 3 grass (formulas of
    :func:`zoning.stats.factors.cover_factor`), 4 ``cover`` holds B itself.
    """
    rows, cols = ls.shape
    for r in range(rows):
        rain, soil, practice = r_table[r_index[r]], k_table[k_index[r]], e_table[e_index[r]]
        for c in range(cols):
            which = group[r, c]
            loss[r, c] = -1.0
            if which == 255:
                continue
            b = _cover_factor(method[which], cover[r, c], constant[which])
            a = rain[c] * soil[c] * ls[r, c] * b * practice[c] * tillage[which]
            if not np.isnan(a):
                loss[r, c] = a * _TO_KM2
