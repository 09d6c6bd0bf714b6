"""How sure a figure is: draws over everything that is not known, always the same ones.

Each quantity that is not known is a factor with its range; a draw takes one value of each. All
units share the draws, so that what is wrong for one is wrong for all (docs/decisions/0149).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
#: Draws of each figure; the probability of a verdict is known to about 1 %.
DRAWS: Final = 2000
#: A verdict that anything unknown could turn needs this probability.
LEVEL: Final = 0.95
#: The range that is shown holds this share of the draws.
SHOWN: Final = 0.95
#: Draws are reproducible: the seed is a constant of the program.
_SEED: Final = 20201231


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of a figure of every unit, and of the factors behind them.

    Attributes
    ----------
    units : tuple of str
    values : float64 array (units, draws)
        NaN for units without data.
    factors : mapping of str to float64 array
        Draws of each factor, shape (draws,) or (units, draws).
    """

    units: tuple[str, ...]
    values: F8
    factors: Mapping[str, F8]

    def of(self, unit: str) -> F8:
        """Return the draws of one unit."""
        found: F8 = self.values[self.units.index(unit)]
        return found

    def band(self) -> tuple[F8, F8]:
        """Return the ends of the range shown, by unit."""
        tail = (1.0 - SHOWN) / 2.0
        low, high = np.quantile(self.values, (tail, 1.0 - tail), axis=1)
        return low, high

    def around(self, figure: F8) -> tuple[F8, F8]:
        """Return the ends of the range shown, wide enough to hold each unit's own figure."""
        low, high = self.band()
        return np.fmin(low, figure), np.fmax(high, figure)

    def settling(self, unit: str) -> str | None:
        """Return the factor that explains most of the spread of a unit, None where none does.

        By the rank correlation (Spearman 1904) of factor and figure over the draws.
        """
        at = self.units.index(unit)
        figure = _ranks(self.values[at])
        weights = {}
        for name, draws in self.factors.items():
            ranks = _ranks(draws if draws.ndim == 1 else draws[at])
            if np.ptp(ranks) > 0.0 and np.ptp(figure) > 0.0:
                weights[name] = abs(float(np.corrcoef(ranks, figure)[0, 1]))
        best = max(sorted(weights), key=weights.__getitem__, default=None)
        return best if best is not None and weights[best] > 0.1 else None


def streams(names: Sequence[str], draws: int = DRAWS) -> dict[str, F8]:
    """Return uniform draws (0 to 1) of each factor; they depend on its name only."""
    return {name: np.random.default_rng([_SEED, *name.encode()]).random(draws) for name in names}


def triangular(u: F8, least: F8, mode: F8, most: F8) -> F8:
    """Return the values of a triangular distribution at probabilities.

    Parameters
    ----------
    u : float64 array (draws,)
    least, mode, most : float64 arrays (n,)

    Returns
    -------
    float64 array (n, draws)
        ``least`` everywhere where the range is empty.
    """
    width = (most - least)[:, None]
    safe = np.where(width > 0.0, width, 1.0)
    peak = np.where(width > 0.0, (mode - least)[:, None] / safe, 0.0)
    rising = np.sqrt(np.maximum(u * peak, 0.0))
    falling = 1.0 - np.sqrt(np.maximum((1.0 - u) * (1.0 - peak), 0.0))
    return np.asarray(least[:, None] + width * np.where(u < peak, rising, falling), float)


def log_uniform(u: F8, least: float, most: float) -> F8:
    """Return the natural logarithms of values spread evenly, in proportion, over a range."""
    return np.asarray(np.log(least) + u * (np.log(most) - np.log(least)), float)


def _ranks(values: F8) -> F8:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts).astype(float)
    return np.asarray((ends - (counts - 1) / 2.0)[inverse], float)
