"""Rainfall erosivity R, MJ·mm/(hm²·h·a), from monthly or daily rain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoning.base.errors import Problem, UsageError, problem
from zoning.messages import message

F8 = NDArray[np.float64]


class Formula(NamedTuple):
    """How R is found: what it needs, where it comes from, and whether that was checked."""

    needs: str
    source: str
    verified: bool


#: The formulas on offer; the first of each kind is the default.
FORMULAS: Final[Mapping[str, Formula]] = MappingProxyType(
    {
        "ning": Formula(
            "monthly",
            "宁婷等 2020（山西 109 站 2000—2016 年日雨量拟合）：R = 0.0068 P^1.99（只用年雨量）；"
            "系数见于转述，未核对原文",
            False,
        ),
        "zhang-fu": Formula(
            "monthly", "章文波、付金生 2003，资源科学 25(1)：R = 0.3589 F^1.9462，F = Σp²/P", False
        ),
        "wischmeier": Formula(
            "monthly",
            "Wischmeier & Smith 1978: Σ 1.735·10^(1.5 lg(p²/P) − 0.8188), × 17.02 from US units",
            False,
        ),
        "zhang-fu-annual": Formula(
            "monthly", "章文波、付金生 2003：R = 0.0668 P^1.6266（只用年雨量）", False
        ),
        "xie": Formula(
            "daily",
            "Xie et al. 2016, J. Hydrology 535, 547–558: Σ a·P^1.7265 of days of 10 mm or more, "
            "a = 0.3937 from May to September, else 0.3101",
            False,
        ),
        "zhang-xie-liu": Formula(
            "daily",
            "章文波、谢云、刘宝元 2002，地理科学 22(6) 705–711：半月 α·ΣP^β，日雨量≥12 mm",
            False,
        ),
    }
)


def monthly_erosivity(rain_mm: ArrayLike, formula: str = "ning") -> F8:
    """Return R from the mean rain of the twelve months.

    Parameters
    ----------
    rain_mm : array_like (12, ...)
        Mean rain of each month, mm.
    formula : str
        ``ning`` (fitted in Shanxi), ``zhang-fu``, ``wischmeier`` or ``zhang-fu-annual``.

    Returns
    -------
    float64 array (...)
        MJ·mm/(hm²·h·a); 0 where no rain falls.

    Raises
    ------
    UsageError
        Not twelve months, negative rain, or a formula for other data.
    """
    require(formula, "monthly")
    p = np.asarray(rain_mm, float)
    if p.shape[0] != 12 or (p < 0.0).any():
        raise UsageError(_bad_rain("months"))
    year = p.sum(axis=0)
    fournier = np.divide((p * p).sum(axis=0), year, out=np.zeros_like(year), where=year > 0.0)
    if formula == "ning":
        return np.asarray(0.0068 * year**1.99, float)
    if formula == "zhang-fu":
        return np.asarray(0.3589 * fournier**1.9462, float)
    if formula == "zhang-fu-annual":
        return np.asarray(0.0668 * year**1.6266, float)
    share = np.divide(p * p, year, out=np.zeros_like(p), where=year > 0.0)
    # 10^(1.5 lg x − 0.8188) without a logarithm, so that a dry month gives 0.
    return np.asarray(17.02 * 1.735 * 10.0**-0.8188 * (share**1.5).sum(axis=0), float)


def daily_erosivity(rain_mm: ArrayLike, first: date, formula: str = "xie") -> F8:
    """Return the mean annual R from a daily series.

    Parameters
    ----------
    rain_mm : array_like (days, ...)
        Rain of consecutive days, mm.
    first : date
        Date of the first day.
    formula : str
        ``xie`` or ``zhang-xie-liu``.

    Returns
    -------
    float64 array (...)
        MJ·mm/(hm²·h·a), the mean of the years the series spans.

    Raises
    ------
    UsageError
        Less than a whole year, negative rain, or a formula for other data.
    """
    require(formula, "daily")
    p = np.asarray(rain_mm, float)
    days = [first + timedelta(days=i) for i in range(p.shape[0])]
    years = sorted({d.year for d in days})
    whole = bool(days) and days[0] == date(years[0], 1, 1) and days[-1] == date(years[-1], 12, 31)
    if not whole or (p < 0.0).any():
        raise UsageError(_bad_rain("days"))
    work: Mapping[str, Callable[[F8, list[date]], F8]] = {"xie": _xie, "zhang-xie-liu": _half_month}
    return work[formula](p, days) / len(years)


def _xie(p: F8, days: list[date]) -> F8:
    warm = np.array([5 <= d.month <= 9 for d in days])
    factor = np.where(warm, 0.3937, 0.3101).reshape(-1, *[1] * (p.ndim - 1))
    return np.asarray((factor * np.where(p >= 10.0, p, 0.0) ** 1.7265).sum(axis=0), float)


def _half_month(p: F8, days: list[date]) -> F8:
    """β = 0.8363 + 18.144/Pd + 24.455/Py, α = 21.586 β^−7.1891 over days of 12 mm or more."""
    rain = np.where(p >= 12.0, p, 0.0)
    count = (rain > 0.0).sum(axis=0)
    years = len({d.year for d in days})
    total = rain.sum(axis=0)
    day = np.divide(total, count, out=np.full(total.shape, np.inf), where=count > 0)
    year = np.divide(total, years, out=np.full(total.shape, np.inf), where=count > 0)
    year = np.where(year > 0.0, year, np.inf)
    beta = 0.8363 + 18.144 / day + 24.455 / year
    alpha = 21.586 * beta**-7.1891
    return np.asarray(alpha * np.where(rain > 0.0, rain**beta, 0.0).sum(axis=0), float)


def require(formula: str, needs: str) -> None:
    """Refuse a formula that is unknown or made for other data."""
    found = FORMULAS.get(formula)
    if found is not None and found.needs == needs:
        return
    fit = [name for name, f in FORMULAS.items() if f.needs == needs]
    raise UsageError(
        problem("bad-option", key="bad-option.require", formula=formula, fit=list(fit))
    )


def _bad_rain(kind: str) -> Problem:
    detail = message(f"rain-unusable.{kind}")
    return problem("rain-unusable", key="rain-unusable.bad-rain", detail=detail)
