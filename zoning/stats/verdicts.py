"""Whether a figure meets a target: met, not met or undetermined, and how probable that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.messages import Text, message
from zoning.stats.chance import LEVEL, SHOWN
from zoning.stats.target_specs import (
    Target,
)

F8 = NDArray[np.float64]
#: Under this share of ground with data a figure alone decides nothing.
ENOUGH: Final = 0.99
VERDICTS: Final[Mapping[str, Text]] = {
    "met": message("targets.verdicts.met"),
    "not_met": message("targets.verdicts.not-met"),
    "undetermined": message("targets.verdicts.undetermined"),
    "not_comparable": message("targets.verdicts.not-comparable"),
    "no_figure": message("targets.verdicts.no-figure"),
    "reference": message("targets.verdicts.reference"),
}


@dataclass(frozen=True, eq=False)
class Known:
    """One figure of one unit, wherever it came from.

    Attributes
    ----------
    value : float
        NaN where embedded coarse data give a range only.
    year : int or None
    caliber : str or None
    demonstration : bool
        True for figures of embedded coarse data: nothing is decided by them.
    draws : float64 array or None
        What the value can be; None for figures that an office states.
    coverage : float
        Share of the unit that has data.
    weak : tuple of str
        Factors that are embedded, assumed or unverified.
    doubted : tuple of str
        Rasters that failed the sanity gate.
    settles : str or None
        The factor that would settle the verdict most.
    """

    value: float
    year: int | None
    caliber: str | None = None
    demonstration: bool = False
    draws: F8 | None = None
    coverage: float = 1.0
    weak: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    settles: str | None = None


class Verdict(NamedTuple):
    """A verdict and what it rests on.

    Attributes
    ----------
    gap : float or None
        What is missing, in the indicator's unit; negative where there is more than asked.
    verdict : str
        A key of :data:`VERDICTS`.
    probability : float or None
        That the target is met, from the draws.
    path : float or None
        The value at the figure's year on the straight line between the base or target before it
        and the next one.
    settles : str or None
    reason : Text or None
    """

    gap: float | None
    verdict: str
    probability: float | None = None
    path: float | None = None
    settles: str | None = None
    reason: Text | None = None


def judge(target: Target, year: int, wanted: float, value: Known | None) -> Verdict:
    """Hold one figure against one target year.

    ``undetermined`` where the range straddles the target, under 99 % of the ground has data, or a
    factor is embedded or unverified, unless the probability reaches :data:`chance.LEVEL`.
    """
    if value is None:
        return Verdict(None, "no_figure", reason=message("targets.supply-table"))
    if target.caliber is not None and value.caliber != target.caliber:
        return Verdict(None, "not_comparable", reason=_caliber_reason(target, value))
    if value.demonstration:
        return Verdict(None, "undetermined", reason=message("targets.demonstration"))
    high = target.sense == "at_least"
    gap = wanted - value.value if high else value.value - wanted
    path, told = _path(target, year, wanted, value)
    verdict, probability, reason = _decide(gap <= 0.0, wanted, value, high=high)
    if verdict == "not_met" and value.year is None:
        verdict, reason = "undetermined", message("targets.year-figure-unknown")
    if verdict == "not_met" and reason is None:
        reason = told
    settles = value.settles if verdict == "undetermined" else None
    return Verdict(gap, verdict, probability, path, settles, reason)


def _decide(
    met: bool, wanted: float, value: Known, *, high: bool
) -> tuple[str, float | None, Text | None]:
    plain = "met" if met else "not_met"
    if value.draws is None:
        return plain, None, None
    drawn = value.draws >= wanted if high else value.draws <= wanted
    probability = float(np.mean(drawn))
    if value.doubted:
        named = ", ".join(value.doubted)
        return "undetermined", probability, message("targets.doubted", roles=Text(named, named))
    if not _open(wanted, value):
        return plain, probability, None
    if probability >= LEVEL:
        return "met", probability, None
    if probability <= 1.0 - LEVEL:
        return "not_met", probability, None
    return "undetermined", probability, _why_open(value, probability)


def _open(wanted: float, value: Known) -> bool:
    """Return whether anything unknown could turn the verdict."""
    return _straddles(wanted, value) or value.coverage < ENOUGH or bool(value.weak)


def _straddles(wanted: float, value: Known) -> bool:
    low, high = _band(value)
    return bool(low < wanted < high)


def _band(value: Known) -> tuple[float, float]:
    tail = (1.0 - SHOWN) / 2.0
    low, high = np.quantile(np.asarray(value.draws), (tail, 1.0 - tail))
    return float(low), float(high)


def _why_open(value: Known, probability: float) -> Text:
    low, high = _band(value)
    parts: list[Any] = [message("targets.open.range", low=low, high=high)]
    if value.coverage < ENOUGH:
        parts.append(message("targets.open.coverage", share=100.0 * value.coverage))
    if value.weak:
        parts.append(message("targets.open.weak", factors=[factor_title(f) for f in value.weak]))
    return message("targets.open.head", probability=100.0 * probability, parts=parts)


def factor_title(name: str) -> Text:
    """Return what a factor of the draws is called."""
    return message(f"targets.factors.{name}")


def _path(target: Target, year: int, wanted: float, value: Known) -> tuple[float | None, Text]:
    """Return the value on the straight line at the figure's year, and how the figure stands."""
    if value.year is None or value.year >= year:
        return None, message("targets.text")
    known = [*([target.base] if target.base else []), *target.values.items(), (year, wanted)]
    before = [point for point in known if point[0] <= value.year]
    if not before:
        return None, message("targets.no-base-before-figure")
    # A later target is reached by way of the earlier ones.
    (first, low), (last, high) = max(before), min(p for p in known if p[0] > value.year)
    line = low + (value.year - first) / (last - first) * (high - low)
    ahead = value.value >= line if target.sense == "at_least" else value.value <= line
    return line, message("targets.ahead" if ahead else "targets.behind", line=line, year=year)


def _caliber_reason(target: Target, value: Known) -> Text:
    return message(
        "targets.target-figure",
        caliber=target.caliber,
        value=value.caliber or message("targets.caliber-unknown"),
    )
