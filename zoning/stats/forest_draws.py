"""What forest cover can be: definitions, wrong classes, ground without data, mixed cells."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.stats.chance import DRAWS, Draws, streams, triangular
from zoning.stats.specs import Caliber, Scheme, Weights

F8 = NDArray[np.float64]
#: Of ground wrongly mapped as no forest, forest is the unit's share of forest, at least this.
_LEAST_OMITTED: Final = 0.1
#: The majority class of a coarse cell holds at least about half of it: the rest may be anything.
_MIXED: Final = 0.5
#: Overall accuracy assumed for a legend whose maker has published none.
ASSUMED_ACCURACY: Final = 0.75


def bounds(legend: Scheme, caliber: Caliber, *, coarse: bool) -> dict[int, Weights]:
    """Return (counted, least, most) of each class.

    Parameters
    ----------
    coarse : bool
        True for cells of kilometres that hold the majority class only: up to half of each may be
        another class.
    """
    found = {}
    for cover in legend.classes:
        share, least, most = cover.weights(caliber)
        if coarse:
            least, most = (1.0 - _MIXED) * least, max(most, _MIXED)
        found[cover.code] = (share, least, most)
    return found


def forest_draws(
    areas: pd.DataFrame, legend: Scheme, caliber: Caliber, *, coarse: bool, draws: int = DRAWS
) -> Draws:
    """Draw the forest cover of each unit, in % of its whole area.

    Parameters
    ----------
    areas : DataFrame
        As ``zonal_areas`` gives them, identifier column ``unit``.
    legend : Scheme
        With its overall accuracy.
    caliber : str
    coarse : bool
        See :func:`bounds`.
    draws : int
    """
    names = ("definition", "commission", "omission", "coverage")
    u = streams(names, draws)
    weights = bounds(legend, caliber, coarse=coarse)
    error = 1.0 - (legend.accuracy.value if legend.accuracy else ASSUMED_ACCURACY)
    each = areas.drop_duplicates("unit").set_index("unit")
    data = areas[areas["class"].notna()]
    values = np.full((len(each), draws), np.nan)
    for at, unit in enumerate(each.index):
        part = data[data["unit"] == unit]
        ground = part["area_m2"].to_numpy(float)
        if not ground.sum():
            continue
        counted, least, most = np.array(
            [weights.get(int(c), (0.0, 0.0, 1.0)) for c in part["class"]]
        ).T
        if coarse:  # The counted share of a majority class says nothing of what it hides.
            share = least[:, None] + u["definition"] * (most - least)[:, None]
        else:
            share = triangular(u["definition"], least, counted, most)
        forest = ground @ share
        if not coarse:
            forest = _confused(forest, ground.sum(), error, u)
        whole = float(each.loc[unit, "unit_area_m2"])
        missing = max(whole - ground.sum(), 0.0)
        values[at] = 100.0 * (forest + missing * u["coverage"]) / (missing + ground.sum())
    return Draws(tuple(map(str, each.index)), values, _factors(u))


def _confused(forest: F8, ground: float, error: float, u: dict[str, F8]) -> F8:
    """Take wrongly mapped forest off and put forest mapped as something else on."""
    lost = 2.0 * error * u["commission"] * forest * (1.0 - forest / ground)
    among = np.maximum(forest / ground, _LEAST_OMITTED)
    won = 2.0 * error * u["omission"] * (ground - forest) * among
    return np.clip(forest - lost + won, 0.0, ground)


def _factors(u: dict[str, F8]) -> dict[str, F8]:
    """Return the factors by the names under which the outputs tell them."""
    return {
        "definition": u["definition"],
        "confusion": u["omission"] - u["commission"],
        "coverage": u["coverage"],
    }
