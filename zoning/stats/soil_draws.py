"""What the soil-conservation ratio can be: ranges of the factors, zones, ground without data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.stats.chance import DRAWS, Draws, log_uniform, streams
from zoning.stats.ratios import eroded, histogram
from zoning.stats.request import Input
from zoning.stats.specs import CsleFactors

F8 = NDArray[np.float64]
#: Factors of the equation as they are named in the ranges; each multiplies the loss.
FACTORS: Final = ("r", "k", "ls", "b", "e", "t")
#: The roles of which a user's raster makes a factor the user's own.
_OWN: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "r": (("erosivity",), ("rain",)),
    "k": (("erodibility",), ("soil",)),
    "ls": (("ls",), ("dem",)),
    "b": (("cover", "landcover"), ("ndvi", "landcover")),
    "e": (("practice",),),
    "t": (),
}


def standing(inputs: Mapping[str, Input], factors: CsleFactors) -> dict[str, str]:
    """Return whether each factor is the user's ``own`` or ``embedded`` (or assumed)."""
    given = {role for role, source in inputs.items() if not source.embedded}
    found = {
        name: "own" if any(given >= set(roles) for roles in choices) else "embedded"
        for name, choices in _OWN.items()
    }
    if factors.parameters["t_cropland"].verified:
        found["t"] = "own"
    return found


def conservation_draws(
    areas: pd.DataFrame,
    readings: Sequence[float],
    factors: CsleFactors,
    own: Mapping[str, str],
    draws: int = DRAWS,
) -> Draws:
    """Draw the soil-conservation ratio of each unit, in % of its whole area.

    Parameters
    ----------
    areas : DataFrame
        Areas by the codes of :func:`zoning.stats.ratios.write_ratios`, identifier ``unit``.
    readings : sequence of float
        What :func:`~zoning.stats.ratios.write_ratios` returned.
    factors : CsleFactors
        With the range of each factor.
    own : mapping
        As :func:`standing` gives it.
    draws : int
    """
    u = streams((*FACTORS, "zone", "coverage"), draws)
    moved = {n: log_uniform(u[n], *factors.range_of(n, own[n])) for n in FACTORS}
    common = moved["r"] + moved["k"] + moved["ls"] + moved["e"]
    # Crops are bare ground whose tillage counts; all else has its cover and no tillage.
    both = (common + moved["b"], common + moved["t"])
    each = areas.drop_duplicates("unit").set_index("unit")
    units = [str(unit) for unit in each.index]
    table = histogram(areas, units, len(readings))
    other = u["zone"] < 0.5
    values = np.full((len(units), draws), np.nan)
    for at, unit in enumerate(units):
        ground = table[at].sum()
        if ground == 0.0:
            continue
        lost = np.zeros(draws)
        for reading, ratio in enumerate(readings):
            shift = np.where(other, np.log(ratio), 0.0)
            for tilled, factor in enumerate(both):
                lost += eroded(table[at, reading, tilled], factor + shift)
        missing = max(float(each.loc[unit, "unit_area_m2"]) - ground, 0.0)
        kept = ground - lost + missing * u["coverage"]
        values[at] = 100.0 * kept / (ground + missing)
    told = {**moved, "coverage": u["coverage"]}
    if len(readings) > 1:
        told["zone"] = other.astype(float)
    return Draws(tuple(units), values, told)
