"""Quantiles that are exact however the values are spread: two readings, 16 bits a time.

The bits of a 32-bit real number, its sign turned round, sort as the number does. A first reading
sorts the area of each unit by the upper half of these bits, which tells the half that a quantile
lies in; a second sorts the values with that half by the lower one. Nothing depends on the range or
the shape of the distribution: the rank is exact but for the rounding of sums (1e-12), the value is
that of a cell, rounded to 32 bits (6e-8 of itself) where the raster holds more.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel
from zoning.zonal.coverage import Spans

if TYPE_CHECKING:
    from zoning.zonal.moments import Histogram, Moments

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
#: Halves of a value.
HALF: Final = 2**16
#: A hair less, so that a share met exactly is not missed by the rounding of sums.
_HAIR: Final = 1.0 - 1e-12


@dataclass(frozen=True)
class Halves:
    """Which half of the bits is sorted.

    Attributes
    ----------
    upper : int64 array (units, n) or None
        For the second reading, the upper halves that the quantiles of each unit lie in, ascending;
        None for the first.
    """

    upper: I8 | None = None


def keys_of(values: F8) -> NDArray[np.uint32]:
    """Return numbers that sort as the values do, as 32-bit reals; of NaN, anything."""
    with np.errstate(over="ignore"):
        bits = (values.astype(np.float32) + np.float32(0.0)).view(np.uint32)  # no negative zero
    return np.where(bits >> 31 == 1, ~bits, bits | np.uint32(2**31))


def values_of(keys: Any) -> F8:
    """Return the values that keys stand for."""
    bits = np.asarray(keys, dtype=np.uint32)
    bits = np.where(bits >> 31 == 1, bits & np.uint32(2**31 - 1), ~bits)
    return bits.view(np.float32).astype(np.float64)


@kernel
def _put(table: F8, upper: I8, key: int, area: float) -> None:
    """Add a cell to the table of upper halves, or to that of the lower ones of some of them."""
    high = key >> 16
    if upper.size == 0:
        table[high] += area
        return
    for n in range(upper.size):
        if upper[n] == high:
            table[n * 65536 + (key & 65535)] += area
            return


@kernel
def sum_halves(
    values: F8,
    keys: NDArray[np.uint32],
    areas: F8,
    step: int,
    spans: Spans,
    unit: int,
    upper: I8,
    table: F8,
) -> None:
    """Add the area of one unit's cells to ``table``, changed in place.

    Parameters
    ----------
    values : float64 array (rows, cols)
        NaN where there is no data.
    keys : uint32 array (rows, cols)
    areas, step, spans
        As for ``sum_histogram``.
    unit : int
        Position of the unit in ``spans``.
    upper : int64 array (n,)
        Upper halves of which the lower ones are sorted; none: the upper ones themselves are.
    table : float64 array (65536,) or (n · 65536,)
        m².
    """
    for k in range(spans.run_ptr[unit], spans.run_ptr[unit + 1]):
        r = spans.run_row[k]
        for c in range(spans.run_from[k], spans.run_to[k]):
            if not np.isnan(values[r, c]):
                _put(table, upper, int(keys[r, c]), spans.run_share[k] * areas[r, c * step])
    for k in range(spans.cell_ptr[unit], spans.cell_ptr[unit + 1]):
        r, c = spans.cell_row[k], spans.cell_col[k]
        if not np.isnan(values[r, c]):
            _put(table, upper, int(keys[r, c]), spans.cell_share[k] * areas[r, c * step])


@dataclass(frozen=True)
class Sought:
    """Where the quantiles of each unit lie after the first reading; arrays (units, quantiles).

    Attributes
    ----------
    upper : int64
        Upper half of the value; -1 without data.
    rest : float64
        Area of that half that lies at or below the quantile, m².
    """

    upper: I8
    rest: F8

    def halves(self) -> Halves:
        """Return what the second reading sorts; each upper half of a unit once."""
        return Halves(np.where(np.diff(self.upper, axis=1, prepend=-2) == 0, -1, self.upper))


def seek(found: list[Histogram], units: int, wanted: list[float]) -> Sought:
    """Return the upper halves that quantiles lie in.

    Parameters
    ----------
    found : list of Histogram
        Of all windows, by upper half.
    units : int
    wanted : list of float
        Ascending.
    """
    unit, half, area = _merged(found)
    upper, rest = np.full((units, len(wanted)), -1), np.zeros((units, len(wanted)))
    bounds = np.searchsorted(unit, np.arange(units + 1))
    for u, (low, high) in enumerate(pairwise(bounds.tolist())):
        if low < high:
            sums = np.cumsum(area[low:high])
            targets = np.array(wanted) * sums[-1] * _HAIR
            at = np.searchsorted(sums, targets)
            upper[u] = half[low:high][at]
            rest[u] = targets - (sums[at] - area[low:high][at])
    return Sought(upper, rest)


def resolve(sought: Sought, found: list[Histogram], moments: Moments) -> F8:
    """Return the quantiles after the second reading, NaN without data."""
    unit, place, area = _merged(found)
    result = np.full(sought.upper.shape, np.nan)
    own = sought.halves().upper
    assert own is not None  # the second reading has them
    slots = own.shape[1]
    where = unit * (slots * HALF) + place
    for u, n in zip(*np.nonzero(sought.upper >= 0), strict=True):
        slot = int(np.flatnonzero(own[u] == sought.upper[u, n])[0])
        begins = (u * slots + slot) * HALF
        low, high = np.searchsorted(where, (begins, begins + HALF))
        sums = np.cumsum(area[low:high])
        at = min(int(np.searchsorted(sums, sought.rest[u, n] * _HAIR)), len(sums) - 1)
        key = (int(sought.upper[u, n]) << 16) | (int(place[low + at]) & (HALF - 1))
        result[u, n] = values_of(key)
    within: F8 = np.clip(result, moments.low[:, None], moments.high[:, None])
    return within


def _merged(found: list[Histogram]) -> tuple[I8, I8, F8]:
    """Return histograms of all windows as one, by unit and bin, each pair once."""
    unit, place, area = (np.concatenate(columns) for columns in zip(*found, strict=True))
    order = np.lexsort((place, unit))
    unit, place, area = unit[order], place[order], area[order]
    first = np.ones(unit.size, bool)
    first[1:] = (unit[1:] != unit[:-1]) | (place[1:] != place[:-1])
    starts = np.flatnonzero(first)
    return unit[starts], place[starts], np.add.reduceat(area, starts) if unit.size else area
