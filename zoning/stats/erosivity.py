"""Where R comes from: the user's raster, or rain by a formula, with what has to be said of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoning.base.encoding import read_rows
from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.messages import message
from zoning.stats import rain
from zoning.stats.fields import Constant, Convert, numbers, within
from zoning.stats.figures import Note
from zoning.stats.request import Input, Request
from zoning.zonal.grid import Grid, open_grid

if TYPE_CHECKING:
    from zoning.stats.model import Built
    from zoning.stats.soil_loss import Source

#: The formula that was fitted in Shanxi; the embedded rain is calibrated for it.
_FITTED = "ning"


def erosivity(request: Request, inputs: Mapping[str, Input], target: Grid, built: Built) -> Source:
    """Return R on the calculation grid, and keep in ``built`` what must be said of it.

    Raises
    ------
    ZoningError
        Rain that cannot be used, a formula for other data.
    """
    if "erosivity" in inputs:
        return built.look(inputs["erosivity"], target, within("erosivity"))
    source = inputs["rain"]
    if source.path.suffix.lower() == ".csv":
        formula = request.rain_formula or "xie"
        first, series = _daily_csv(source.path)
        _say_formula(formula, built)
        built.notes.append(Note("source", source.title))
        return Constant(float(rain.daily_erosivity(series, first, formula)))
    grid = open_grid(str(source.path), None)
    if len(grid.bands) == 12:
        formula = request.rain_formula or _FITTED
        rain.require(formula, "monthly")
    else:
        formula = request.rain_formula or "xie"
        rain.require(formula, "daily")
        if request.rain_start is None:
            raise UsageError(_no_start(source.path, len(grid.bands)))
    _say_formula(formula, built)
    convert = _rain_convert(formula, request.rain_start)
    if source.embedded and formula == _FITTED:
        convert = _calibrated(convert, built)
    return built.look(source, target, convert, bands=None)


def _calibrated(convert: Convert, built: Built) -> Convert:
    """Return R of the embedded rain with the mean and the most of the stations of Shanxi.

    The embedded rain gives two mountain stations' rain to whole cells of 0.25 degrees, see
    docs/decisions/0174.
    """
    scale, most = built.parameter("rain_scale"), built.parameter("erosivity_max")
    built.notes.append(Note("method", message("model.r-calibrated", scale=scale, most=most)))

    def calibrated(parts: list[tuple[NDArray[Any], Any]], grid: Grid) -> NDArray[Any]:
        # NaN stays NaN.
        return np.asarray(np.minimum(scale * convert(parts, grid), most))

    return calibrated


def _rain_convert(formula: str, first: date | None) -> Convert:
    def convert(parts: list[tuple[NDArray[Any], Any]], grid: Grid) -> NDArray[Any]:
        stack = np.stack([numbers(i)(parts, grid) for i in range(len(parts))])
        bare = np.isnan(stack).any(axis=0)
        stack[:, bare] = 0.0
        if first is None or rain.FORMULAS[formula].needs == "monthly":
            found = rain.monthly_erosivity(stack, formula)
        else:
            found = rain.daily_erosivity(stack, first, formula)
        found[bare] = np.nan
        return found

    return convert


def _say_formula(formula: str, built: Built) -> None:
    rain_formula = rain.FORMULAS.get(formula)
    if rain_formula is None:
        rain.require(formula, "monthly")
        return
    unverified = None if rain_formula.verified else message("model.coefficients-unverified")
    built.facts["rain_formula"] = formula
    text = message("model.r", source=rain_formula.source, detail=unverified)
    built.notes.append(Note("method", text))


def _daily_csv(path: Path) -> tuple[date, NDArray[np.float64]]:
    """Read a station's daily rain; days must follow each other without a gap."""
    rows = read_rows(path)
    try:
        days = [date.fromisoformat(row["date"].strip()) for row in rows]
        values = np.array([float(row["rain_mm"]) for row in rows])
        gaps = [b for a, b in itertools.pairwise(days) if (b - a).days != 1]
        if not days or gaps:
            raise ValueError(f"gap before {gaps[0]}" if gaps else "no rows")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(
            problem("rain-unusable", file=str(path), key="rain-unusable.daily-csv", error=error)
        ) from error
    return days[0], values


def _no_start(path: Path, bands: int) -> Problem:
    return problem("rain-unusable", file=str(path), bands=bands)
