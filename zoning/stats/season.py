"""Vegetation cover of one date or of several; then B is the mean of the half-months' by their R.

Each of the 24 half-months takes the cover of the date nearest to its middle, before or after, round
the year. A date's weight is the share of R that falls in its half-months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.errors import UsageError, problem
from zoning.messages import message
from zoning.stats.factors import vegetation_cover
from zoning.stats.fields import Convert, numbers, within
from zoning.stats.figures import Note, unverified_note
from zoning.stats.request import Input, Request
from zoning.zonal.grid import Grid, open_grid

if TYPE_CHECKING:
    from zoning.stats.model import Built
    from zoning.stats.soil_loss import Source

HALF_MONTHS: Final = 24
_DAYS: Final = 365
#: Middle of each half-month, in days of a year without a leap day.
_MIDDLES: Final = np.array(
    [date(2023, m, day).timetuple().tm_yday for m in range(1, 13) for day in (8, 23)], float
)


def season(
    request: Request, inputs: Mapping[str, Input], target: Grid, built: Built
) -> tuple[tuple[Source, float], ...]:
    """Return the covered share of each date and its weight.

    Raises
    ------
    UsageError
        Several bands without their dates, or another number of dates.
    """
    source = inputs["cover" if "cover" in inputs else "ndvi"]
    bands = open_grid(str(source.path), None).bands
    own = not source.embedded
    convert = within("cover") if "cover" in inputs else _from_ndvi(built, own=own)
    # Only values that nothing checks can be put in a table of every stored number.
    weights = _weights(request, source, len(bands), built) if len(bands) > 1 else [1.0]
    return tuple(
        (built.look(source, target, convert, bands=(band,), pointwise=not own), weight)
        for band, weight in zip(bands, weights, strict=True)
        if weight > 0.0
    )


def _from_ndvi(built: Built, *, own: bool) -> Convert:
    bare, full = built.parameter("ndvi_soil"), built.parameter("ndvi_full")
    ndvi = within("ndvi") if own else numbers()

    def convert(parts: list[tuple[NDArray[Any], Any]], grid: Grid) -> NDArray[Any]:
        found = ndvi(parts, grid)
        return vegetation_cover(found, bare, full, out=found)

    if not own:
        built.notes.append(Note("warning", message("model.ndvi-maximum")))
    return convert


def _weights(request: Request, source: Input, bands: int, built: Built) -> list[float]:
    """Return the share of R of each band's half-months, and say how it was found."""
    if request.cover_dates:
        if len(request.cover_dates) != bands:
            raise UsageError(problem("cover-dates", file=str(source.path), bands=bands,
                                     dates=len(request.cover_dates)))  # fmt: skip
        days = [_day(d) for d in request.cover_dates]
    elif bands == HALF_MONTHS:
        days = _MIDDLES.tolist()
    else:
        raise UsageError(problem("cover-dates", file=str(source.path), bands=bands, dates=0))
    table = built.factors.season
    found = weights_of(days, table.shares)
    shown = [f"{at}: {weight:.3f}" for at, weight in enumerate(found, start=1)]
    built.notes.append(Note("method", message("model.season", bands=bands, weights=shown)))
    if not table.verified:
        built.notes.append(unverified_note([message("model.season-shares")], [table.source]))
    built.facts["cover_weights"] = [round(weight, 6) for weight in found]
    return found


def _day(when: date) -> float:
    """Return the day of a year without a leap day; 29 February is the 28th."""
    leap = (when.month, when.day) == (2, 29)
    return float(date(2023, when.month, 28 if leap else when.day).timetuple().tm_yday)


def weights_of(days: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Return the share of R that goes to each date.

    Parameters
    ----------
    days : sequence of float
        Day of the year of each date.
    shares : sequence of float
        Share of R of the 24 half-months.

    Returns
    -------
    list of float
        They add up to 1; a half-month equally near to two dates is shared between them.
    """
    apart = np.abs(_MIDDLES[:, None] - np.asarray(days, float)[None, :])
    apart = np.minimum(apart, _DAYS - apart)
    near = apart == apart.min(axis=1, keepdims=True)
    part = np.asarray(shares, float) / np.sum(shares)
    return [float(w) for w in (near / near.sum(axis=1, keepdims=True) * part[:, None]).sum(axis=0)]
