"""Zonal statistics that are exact and quick: areas per class, and statistics of values.

Every cell counts with the share of it that a unit covers, times its area on the CGCS2000
ellipsoid. See docs/decisions/0020 to 0023 for the method, the areas and the measured accuracy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.base.errors import Problem, UsageError, problem

if TYPE_CHECKING:
    import geopandas as gpd

    from zoning.zonal.moments import Bins, Moments, Part
    from zoning.zonal.order import Halves
    from zoning.zonal.passes import Pass

#: Below this share of its area with data, a unit's figures are flagged.
ENOUGH: Final = 0.99
STATISTICS: Final = ("mean", "sum", "integral", "min", "max", "std", "count")

Progress = Callable[[int, int], None]
#: Applies a function to each window of a plan, and returns the results in their order.
Run = Callable[["Pass", Callable[[Any], Any], int | None, Progress | None], list[Any]]
F8 = NDArray[np.float64]


def zonal_areas(
    raster: Any,
    units: gpd.GeoDataFrame,
    *,
    band: int = 1,
    id_column: str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    run: Run | None = None,
) -> pd.DataFrame:
    """Measure the area of each class of a categorical raster in each unit.

    One pass over the raster serves all units. Boundary cells count with the exact share that the
    unit covers (edges are straight in the raster's CRS), all cells with their area on the
    CGCS2000 ellipsoid.

    Parameters
    ----------
    raster : path, str, open rasterio dataset, or list of paths
        Any raster GDAL can open, geographic or projected, north-up or south-up, of whole-number
        classes; a folder or a list of tiles of one grid counts as one raster. Nodata values and
        mask bands are honoured.
    units : geopandas.GeoDataFrame
        Polygons; they may overlap, have holes and many parts, and reach beyond the raster. In
        another CRS than the raster's they are densified and reprojected (to 1e-4 cells).
    band : int
        Band, counted from 1.
    id_column : str, optional
        Column that names the units; the frame's index if None.
    threads : int, optional
        All available cores if None. The figures do not depend on it, to the last bit.
    progress : callable, optional
        ``progress(done, total)`` after each window; an exception it raises cancels the run.
    run : callable, optional
        Takes the place of :func:`zoning.zonal.passes.run_pass`, to work elsewhere.

    Returns
    -------
    pandas.DataFrame
        One row a unit and class, in the order of ``units``, then by class:

        - the identifier, named as ``id_column`` (or as the index, or ``unit``);
        - ``class``: Int64; missing in the single row of a unit without any data;
        - ``area_m2``: area of the class in the unit;
        - ``share``: that area by the unit's area with data (0 to 1; NaN without data);
        - ``unit_area_m2``: the whole unit's area, also without data or beyond the raster;
        - ``coverage_share``: share of the unit's area that has data;
        - ``low_coverage``: True if that is under 0.99.

        ``attrs["units"]`` holds the unit of each column, ``attrs["cell_area"]`` the method and
        ``attrs["low_coverage"]`` the identifiers flagged.

    Raises
    ------
    SourceError
        Unreadable, rotated or CRS-less raster; values that are not classes; unusable units.
    UsageError
        Unknown band or column, repeated identifiers.
    MissingExtraError
        numba is not installed.

    Source
    ------
    Coverage: see ``zoning.zonal.coverage``; areas: see ``zoning.zonal.cells``.
    """
    from zoning.zonal.classes import merge_classes, sum_classes
    from zoning.zonal.passes import run_pass

    plan = _plan(raster, units, [band], id_column, codes_only=True)
    parts = (run or run_pass)(plan, partial(sum_classes, grid=plan.grid), threads, progress)
    found = merge_classes(parts)
    n = plan.units.count
    data: F8 = np.bincount(found.unit, found.area, n).astype(float)
    gap: F8 = np.bincount(found.gap_unit, found.gap_area, n).astype(float)
    whole, coverage = _coverage(data, gap, plan.units.outside)
    bare = np.setdiff1d(np.arange(n), found.unit)
    unit = np.concatenate([found.unit, bare])
    frame = pd.DataFrame(
        {
            str(plan.units.ids.name): plan.units.ids[unit],
            "class": pd.array(
                np.concatenate([found.value.astype(object), np.full(bare.size, pd.NA)]), "Int64"
            ),
            "area_m2": np.concatenate([found.area, np.zeros(bare.size)]),
            "share": np.concatenate([found.area / data[found.unit], np.full(bare.size, np.nan)]),
            "unit_area_m2": whole[unit],
            "coverage_share": coverage[unit],
            "low_coverage": coverage[unit] < ENOUGH,
        }
    )
    frame = frame.iloc[np.argsort(unit, kind="stable")].reset_index(drop=True)
    frame.attrs.update(_attrs(plan, coverage, {"area_m2": "m2", "share": "1"}))
    return frame


def zonal_stats(
    raster: Any,
    units: gpd.GeoDataFrame,
    *,
    bands: Sequence[int] | None = None,
    stats: Sequence[str] = ("mean", "sum", "min", "max"),
    quantiles: Sequence[float] = (),
    value_range: tuple[float, float] | None = None,
    bins: int = 4096,
    id_column: str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compute statistics of a continuous raster in each unit, weighted by true area.

    Parameters
    ----------
    raster, units, id_column, threads, progress
        As for :func:`zonal_areas`. A band's scale and offset are applied.
    bands : sequence of int, optional
        Bands, counted from 1; all if None.
    stats : sequence of str
        Any of ``mean`` and ``std`` (weighted by area), ``sum`` (of value times covered share of
        the cell: for amounts per cell), ``integral`` (of value times m²: for amounts per m²),
        ``min`` and ``max`` (of all cells touched), ``count`` (sum of covered shares).
    quantiles : sequence of float
        Shares from 0 to 1, e.g. ``(0.05, 0.5)`` for columns ``q0.05`` and ``q0.5``: the least
        value at or below which that share of the area lies. Its rank is exact, to the rounding of
        sums (1e-12), however the values are spread; the value is that of a cell, rounded to 32
        bits where the raster holds more. But for integers of 8 and 16 bits the raster is read a
        second time.
    value_range : (float, float), optional
        Sort the values into ``bins`` over this range instead, to save that second reading; then a
        quantile is off by the width of a bin, and values outside count in the first or last.
    bins : int
        Number of bins over ``value_range``.

    Returns
    -------
    pandas.DataFrame
        One row a unit and band: the identifier, ``band``, the statistics, ``area_m2`` (area with
        data), ``unit_area_m2``, ``coverage_share`` and ``low_coverage`` as for
        :func:`zonal_areas`. Statistics of a unit without data are NaN (``count`` 0).

    Raises
    ------
    SourceError
        Unreadable, rotated or CRS-less raster; unusable units.
    UsageError
        Unknown statistic, quantile, range, band or column; repeated identifiers.
    MissingExtraError
        numba is not installed.
    """
    from zoning.zonal.moments import merge_moments

    _check_request(stats, quantiles, value_range, bins)
    plan = _plan(raster, units, bands, id_column, codes_only=False)
    n = plan.units.count
    chosen = _bins(plan, quantiles, value_range, bins)
    parts = _stats_pass(plan, chosen, threads, progress)
    moments = [merge_moments(parts, b, n) for b in range(len(plan.grid.bands))]
    found = _quantiles(plan, parts, chosen, moments, quantiles, threads, progress)
    frames = []
    coverage = np.zeros((len(moments), n))
    for at, (band, moment) in enumerate(zip(plan.grid.bands, moments, strict=True)):
        whole, coverage[at] = _coverage(moment.area, moment.gap, plan.units.outside)
        columns: dict[str, Any] = {str(plan.units.ids.name): plan.units.ids, "band": band}
        columns |= _columns(moment, stats)
        columns |= {f"q{q:g}": found[at][:, i] for i, q in enumerate(quantiles)}
        columns |= {"area_m2": moment.area, "unit_area_m2": whole}
        columns |= {"coverage_share": coverage[at], "low_coverage": coverage[at] < ENOUGH}
        frames.append(pd.DataFrame(columns))
    frame = pd.concat(frames, ignore_index=True)
    frame = frame.iloc[np.argsort(np.tile(np.arange(n), len(frames)), kind="stable")]
    frame = frame.reset_index(drop=True)
    frame.attrs.update(
        _attrs(plan, coverage.min(axis=0), {"area_m2": "m2", "integral": "value m2"})
    )
    return frame


def _plan(
    raster: Any,
    units: gpd.GeoDataFrame,
    bands: Sequence[int] | None,
    id_column: str | None,
    *,
    codes_only: bool,
) -> Pass:
    """Open and check both inputs; numba is needed from here on."""
    from zoning.zonal.grid import open_grid
    from zoning.zonal.passes import plan_pass
    from zoning.zonal.units import prepare_units

    grid = open_grid(raster, bands)
    return plan_pass(grid, prepare_units(units, grid, id_column), codes_only=codes_only)


def _coverage(data: F8, gap: F8, outside: F8) -> tuple[F8, F8]:
    """Return the whole area of each unit and the share of it that has data."""
    whole = data + gap + outside
    return whole, np.divide(data, whole, out=np.zeros_like(whole), where=whole > 0.0)


def _attrs(plan: Pass, coverage: F8, units: dict[str, str]) -> dict[str, Any]:
    areas = plan.areas
    return {
        "units": units | {"unit_area_m2": "m2", "coverage_share": "1"},
        "ellipsoid": "CGCS2000",
        "cell_area": areas.method if areas else "none",
        "cell_area_error": areas.error if areas else 0.0,
        "raster_crs": plan.grid.crs.to_string(),
        "low_coverage": plan.units.ids[coverage < ENOUGH].tolist(),
    }


def _bins(
    plan: Pass,
    quantiles: Sequence[float],
    value_range: tuple[float, float] | None,
    count: int,
) -> list[Bins | Halves | None]:
    """Return how the values of each band are sorted in the first reading."""
    from zoning.zonal.moments import exact_bins, range_bins
    from zoning.zonal.order import Halves

    n = plan.units.count
    chosen: list[Bins | Halves | None] = []
    for band in range(len(plan.grid.bands)):
        if not quantiles:
            chosen.append(None)
        elif (own := exact_bins(plan.grid, band, n)) is not None:
            chosen.append(own)
        elif value_range is not None:
            low, high = value_range
            chosen.append(range_bins(np.full(n, float(low)), np.full(n, float(high)), count))
        else:
            chosen.append(Halves())
    return chosen


def _quantiles(
    plan: Pass,
    parts: list[Part],
    chosen: list[Bins | Halves | None],
    moments: list[Moments],
    wanted: Sequence[float],
    threads: int | None,
    progress: Progress | None,
) -> list[F8]:
    """Return the quantiles of each band; reads the raster again where halves are sorted."""
    from zoning.zonal import moments as m
    from zoning.zonal import order

    if not wanted or not parts:
        return [np.full((plan.units.count, len(wanted)), np.nan) for _ in moments]
    ascending = sorted(wanted)
    sought = {
        band: order.seek([part.histograms[band] for part in parts], plan.units.count, ascending)
        for band, bins in enumerate(chosen)
        if isinstance(bins, order.Halves)
    }
    again = [sought[b].halves() if b in sought else None for b in range(len(chosen))]
    second = _stats_pass(plan, list(again), threads, progress) if sought else []
    found = []
    for band, (bins, moment) in enumerate(zip(chosen, moments, strict=True)):
        if isinstance(bins, m.Bins):
            found.append(m.quantiles(parts, band, bins, moment, list(wanted)))
        else:
            histograms = [part.histograms[band] for part in second]
            columns = [ascending.index(q) for q in wanted]
            found.append(order.resolve(sought[band], histograms, moment)[:, columns])
    return found


def _stats_pass(
    plan: Pass,
    bins: list[Bins | Halves | None],
    threads: int | None,
    progress: Progress | None,
) -> list[Part]:
    from zoning.zonal.moments import sum_piece
    from zoning.zonal.passes import run_pass

    return run_pass(plan, partial(sum_piece, grid=plan.grid, bins=bins), threads, progress)


def _columns(moment: Moments, stats: Sequence[str]) -> dict[str, F8]:
    safe = np.where(moment.area > 0.0, moment.area, 1.0)
    every = {
        "mean": moment.mean,
        "sum": moment.total,
        "integral": moment.mean * moment.area,
        "min": moment.low,
        "max": moment.high,
        "std": np.sqrt(moment.square / safe),
        "count": moment.cover,
    }
    return {name: every[name] for name in stats}


def _check_request(
    stats: Sequence[str],
    quantiles: Sequence[float],
    value_range: tuple[float, float] | None,
    bins: int,
) -> None:
    """Refuse what cannot be computed, all at once."""
    problems = []
    names = (stats,) if isinstance(stats, str) else stats
    for name in names:
        if isinstance(stats, str) or name not in STATISTICS:
            problems.append(_bad("stats", str(name), f"a sequence out of {', '.join(STATISTICS)}"))
    for q in quantiles:
        if not 0.0 <= q <= 1.0:
            problems.append(_bad("quantiles", str(q), "0 … 1"))
    if value_range is not None and not value_range[0] < value_range[1]:
        problems.append(_bad("value_range", str(value_range), "(low, high), low < high"))
    if bins < 1:
        problems.append(_bad("bins", str(bins), "1, 2, …"))
    if problems:
        raise UsageError(problems)


def _bad(parameter: str, value: str, allowed: str) -> Problem:
    return problem(
        "zonal-request",
        field=parameter,
        key="zonal-request.bad",
        parameter=parameter,
        value=value,
        allowed=allowed,
    )
