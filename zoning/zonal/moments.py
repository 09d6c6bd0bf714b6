"""Area-weighted statistics of continuous rasters: moments and quantiles of all units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.zonal import kernels as k
from zoning.zonal.grid import Grid
from zoning.zonal.order import HALF, Halves, keys_of, sum_halves
from zoning.zonal.passes import Piece

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]


@dataclass(frozen=True)
class Bins:
    """How the values of one band are sorted into bins.

    Attributes
    ----------
    low, width : float64 arrays (units,)
        Left side of the first bin and width of the bins of each unit.
    count : int
    exact : bool
        True where each bin holds a single value, its middle (integer bands of 16 bits or less).
    """

    low: F8
    width: F8
    count: int
    exact: bool


class Histogram(NamedTuple):
    """Area (m²) per unit and bin, zeros left out."""

    unit: I8
    bin: I8
    area: F8


class Part(NamedTuple):
    """What one window gives: units, and per band their moments and histogram."""

    units: I8
    moments: list[F8]
    histograms: list[Histogram]


@dataclass
class Moments:
    """Statistics of one band; all float64 arrays (units,).

    Attributes
    ----------
    area, gap : m² of cells with and without data
    cover : sum of covered shares of cells with data
    mean : area-weighted mean (NaN without data)
    square : area-weighted sum of squared deviations from the mean
    total : sum of covered share times value
    low, high : extremes of the values touched
    """

    area: F8
    gap: F8
    cover: F8
    mean: F8
    square: F8
    total: F8
    low: F8
    high: F8


def exact_bins(grid: Grid, band: int, n_units: int) -> Bins | None:
    """Return bins of one value each for small integer bands, None for the others."""
    dtype = np.dtype(grid.dtypes[band])
    if dtype.kind not in "iu" or dtype.itemsize > 2:
        return None
    info, scale, offset = np.iinfo(dtype), grid.scales[band], grid.offsets[band]
    width = abs(scale)
    # Half a step below the least value, so that rounding cannot move a value out of its bin.
    low = min(info.min * scale, info.max * scale) + offset - 0.5 * width
    return Bins(np.full(n_units, low), np.full(n_units, width), info.max - info.min + 1, True)


def range_bins(low: F8, high: F8, count: int) -> Bins:
    """Return ``count`` equal bins from ``low`` to ``high`` of each unit."""
    return Bins(low, (high - low) / count, count, False)


def values_of(grid: Grid, band: int, stored: NDArray[Any], mask: NDArray[np.uint8] | None) -> F8:
    """Return true values as float64: scaled, NaN for no data and for infinities."""
    values: F8 = stored.astype(np.float64)
    if grid.scales[band] != 1.0 or grid.offsets[band] != 0.0:
        values = values * grid.scales[band] + grid.offsets[band]
    fine = grid.is_data(band, stored, mask)
    if stored.dtype.kind == "f":
        fine = fine & np.isfinite(stored)
    if fine is not True:
        values[~fine] = np.nan
    return values


def sum_piece(piece: Piece, grid: Grid, bins: list[Bins | Halves | None]) -> Part:
    """Sum moments, and histograms where ``bins`` are given, of all bands of one window."""
    moments, histograms = [], []
    for band, (stored, mask) in enumerate(piece.bands):
        values = values_of(grid, band, stored, mask)
        moments.append(k.sum_moments(values, piece.areas, piece.step, piece.spans))
        histograms.append(_histogram(values, piece, bins[band]))
    return Part(piece.units, moments, histograms)


def _histogram(values: F8, piece: Piece, bins: Bins | Halves | None) -> Histogram:
    units, places, weights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    if bins is not None:
        keys = keys_of(values) if isinstance(bins, Halves) else None
        for at, unit in enumerate(piece.units):
            table = _table(values, keys, piece, bins, at, int(unit))
            filled = np.flatnonzero(table)
            units.append(np.full(filled.size, unit))
            places.append(filled)
            weights.append(table[filled])
    return Histogram(np.concatenate(units), np.concatenate(places), np.concatenate(weights))


def _table(
    values: F8,
    keys: NDArray[np.uint32] | None,
    piece: Piece,
    bins: Bins | Halves,
    at: int,
    unit: int,
) -> F8:
    """Return the area of one unit's cells by bin."""
    cells = piece.areas, piece.step, piece.spans, at
    if isinstance(bins, Bins):
        table = np.zeros(bins.count)
        width = bins.width[unit]
        per_value = 1.0 / width if width > 0.0 else 0.0
        k.sum_histogram(values, *cells, float(bins.low[unit]), per_value, table)
        return table
    assert keys is not None  # made where halves are sorted
    upper = np.zeros(0, np.int64) if bins.upper is None else bins.upper[unit]
    assert keys is not None  # made wherever halves are counted
    table = np.zeros(HALF * max(upper.size, 1))
    sum_halves(values, keys, *cells, upper, table)
    return table


def merge_moments(parts: list[Part], band: int, n_units: int) -> Moments:
    """Add up the windows in their order.

    Source
    ------
    T. F. Chan, G. H. Golub, R. J. LeVeque, Updating formulae and a pairwise algorithm for
    computing sample variances, COMPSTAT 1982, eq. 2.1.
    """
    total = Moments(*(np.zeros(n_units) for _ in range(6)), *(np.zeros(n_units) for _ in range(2)))
    total.low[:], total.high[:] = np.inf, -np.inf
    for part in parts:
        found = part.moments[band]
        total.gap[part.units] += found[:, k.NO_DATA]
        some = found[:, k.AREA] > 0.0
        at, found = part.units[some], found[some]
        area, shift = found[:, k.AREA], found[:, k.SHIFT]
        before, both = total.area[at], total.area[at] + area
        apart = shift + found[:, k.VALUE_AREA] / area - total.mean[at]
        spread = found[:, k.SQUARE_AREA] - found[:, k.VALUE_AREA] ** 2 / area
        total.square[at] += np.maximum(spread, 0.0) + apart**2 * before * area / both
        total.mean[at] += apart * area / both
        total.area[at] = both
        total.cover[at] += found[:, k.COVER]
        total.total[at] += found[:, k.VALUE_COVER] + shift * found[:, k.COVER]
        total.low[at] = np.minimum(total.low[at], found[:, k.LOW])
        total.high[at] = np.maximum(total.high[at], found[:, k.HIGH])
    empty = total.area == 0.0
    for column in (total.mean, total.total, total.low, total.high, total.square):
        column[empty] = np.nan
    return total


def quantiles(
    parts: list[Part], band: int, bins: Bins, moments: Moments, wanted: list[float]
) -> F8:
    """Return area-weighted quantiles.

    A quantile is the least value at or below which at least that share of the area lies. Within
    a bin of several values it is interpolated, so it is off by one bin's width at most.

    Returns
    -------
    float64 array (units, len(wanted))
        NaN without data.
    """
    unit, place, area = (
        np.concatenate(columns)
        for columns in zip(*(part.histograms[band] for part in parts), strict=True)
    )
    order = np.lexsort((place, unit))
    unit, place, area = unit[order], place[order], area[order]
    starts = np.searchsorted(unit, np.arange(len(moments.area) + 1))
    result = np.full((len(moments.area), len(wanted)), np.nan)
    for u in range(len(moments.area)):
        own = slice(starts[u], starts[u + 1])
        if starts[u + 1] == starts[u]:
            continue
        sums = np.cumsum(area[own])
        # A hair less, so that a share met exactly is not missed by the rounding of the sums.
        targets = np.array(wanted) * sums[-1] * (1.0 - 1e-12)
        at = np.searchsorted(sums, targets)
        if bins.exact:
            within = np.full(len(wanted), 0.5)
        else:
            within = 1.0 - (sums[at] - targets) / area[own][at]
        values = bins.low[u] + (place[own][at] + within) * bins.width[u]
        result[u] = np.clip(values, moments.low[u], moments.high[u])
    return result
