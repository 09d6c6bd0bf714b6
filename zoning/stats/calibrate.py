"""Fit the factors of soil loss to published areas of erosion, within bounds, and say how well.

Two multipliers are fitted, one of tilled ground (R·K·LS·E·T) and one of all else (R·K·LS·E·B),
within the products of the factors' ranges. With more freedom any figure could be reached.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.base.errors import UsageError, problem
from zoning.base.units import M2_PER_KM2
from zoning.messages import message
from zoning.stats.figures import Column, Note, Table
from zoning.stats.own_tables import read_numbers
from zoning.stats.ratios import eroded
from zoning.stats.specs import CsleFactors

F8 = NDArray[np.float64]
#: Multipliers tried of each of the two, evenly in proportion.
_STEPS: Final = 61
#: Fewer published counties than this fit two numbers by chance.
LEAST: Final = 5
COLUMNS: Final = (
    Column("unit", message("targets.code")),
    Column("published_km2", message("targets.published"), "km2", 2),
    Column("before_km2", message("calibrate.before"), "km2", 2),
    Column("fitted_km2", message("calibrate.fitted"), "km2", 2),
    Column("residual_km2", message("calibrate.residual"), "km2", 2),
)


class Fit(NamedTuple):
    """What was fitted.

    Attributes
    ----------
    other, tilled : float
        Multipliers of the loss.
    skill : float
        1 − squared residuals over the squared deviations from the mean (Nash & Sutcliffe 1970).
    at_bound : bool
        True where a multiplier lies at the end of its range.
    table : Table
    """

    other: float
    tilled: float
    skill: float
    at_bound: bool
    table: Table

    def told(self, *, coarse: bool) -> dict[str, float | bool]:
        """Return the fit as plain facts; coarse embedded data rank nothing, however well it is."""
        return {"other": self.other, "tilled": self.tilled, "skill": self.skill,
                "ranking": self.skill >= 0.0 and not coarse}  # fmt: skip

    @property
    def notes(self) -> list[Note]:
        """Return what must be said of the fit."""
        told = message("calibrate.fit", other=self.other, tilled=self.tilled, skill=self.skill,
                       count=len(self.table.frame))  # fmt: skip
        notes = [Note("parameter", told)]
        if self.at_bound:
            notes.append(Note("warning", message("calibrate.at-bound")))
        if self.skill < 0.0:
            notes.insert(0, Note("warning", message("calibrate.no-skill", skill=self.skill)))
        return notes


def fit(
    steps: F8, units: list[str], published: Mapping[str, float], factors: CsleFactors,
    own: Mapping[str, str],
) -> Fit:  # fmt: skip
    """Fit the multipliers to published areas of erosion.

    Parameters
    ----------
    steps : float64 array (units, 2, STEPS)
        m² by unit, tilled and step of the ratio of loss to tolerance.
    units : list of str
    published : mapping
        Published area of erosion in km² by unit.
    factors : CsleFactors
    own : mapping
        As :func:`zoning.stats.soil_draws.standing` gives it.

    Raises
    ------
    UsageError
        Fewer than :data:`LEAST` published units among those computed.
    """
    known = [at for at, unit in enumerate(units) if unit in published]
    if len(known) < LEAST:
        raise UsageError(problem("calibrate-few", count=len(known), least=LEAST))
    truth = np.array([published[units[at]] for at in known])
    grids = [_grid(factors, own, last) for last in ("b", "t")]
    areas = [
        np.array([eroded(steps[at, tilled], np.log(grid)) for at in known]) / M2_PER_KM2
        for tilled, grid in enumerate(grids)
    ]
    errors = ((areas[0][:, :, None] + areas[1][:, None, :] - truth[:, None, None]) ** 2).sum(axis=0)
    best = np.unravel_index(int(np.argmin(errors)), errors.shape)
    spread = float(((truth - truth.mean()) ** 2).sum())
    skill = 1.0 - float(errors[best]) / spread if spread > 0.0 else -np.inf
    one = np.zeros(1)
    before = [sum(float(eroded(steps[at, t], one)[0]) for t in (0, 1)) / M2_PER_KM2 for at in known]
    fitted = areas[0][:, best[0]] + areas[1][:, best[1]]
    frame = pd.DataFrame(
        {"unit": [units[at] for at in known], "published_km2": truth, "before_km2": before,
         "fitted_km2": fitted, "residual_km2": fitted - truth}
    ).sort_values("residual_km2", key=np.abs, ascending=False)  # fmt: skip
    table = Table("calibration", message("calibrate.title"), COLUMNS, frame.reset_index(drop=True))
    ends = any(i in (0, len(g) - 1) for i, g in zip(best, grids, strict=True) if len(g) > 1)
    return Fit(float(grids[0][best[0]]), float(grids[1][best[1]]), skill, ends, table)


def _grid(factors: CsleFactors, own: Mapping[str, str], last: str) -> F8:
    """Return the multipliers that are tried: within the product of the factors' ranges."""
    ranges = [factors.range_of(name, own[name]) for name in ("r", "k", "ls", "e", last)]
    least, most = (float(np.prod([r[end] for r in ranges])) for end in (0, 1))
    return np.asarray(np.geomspace(least, most, _STEPS), float)


def read_published(path: Path, own: Collection[str] = ()) -> dict[str, float]:
    """Read a table ``unit, eroded_km2`` of published areas of erosion, CSV or XLSX.

    Raises
    ------
    SourceError
        Rows that are faulty; all of them are named.
    """
    return read_numbers(path, "eroded_km2", own, message("calibrate.needs"))
