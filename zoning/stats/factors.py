"""The factors of CSLE as plain functions of arrays, each with its units and source.

A = R·K·L·S·B·E·T in t/(hm²·a); times 100 it is t/(km²·a).
R: MJ·mm/(hm²·h·a). K: t·hm²·h/(hm²·MJ·mm). L, S, B, E, T: without unit.
Source: Liu, Zhang & Xie 2002, An empirical soil loss equation, Proc. 12th ISCO Conf., Beijing.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

F8 = NDArray[np.float64]

#: Length of the unit plot, m (72.6 ft).
UNIT_PLOT_M: Final = 22.13
#: Two gradients nearer than this, relative, are the same: a plane laid at exactly a threshold
#: must not fall on either side by the last bit of its elevations.
SNAP: Final = 1e-9
#: t/hm² to t/km².
PER_KM2: Final = 100.0
#: Slope classes of S, as gradients (tangents) of 5° and 10°.
TAN_5: Final = float(np.tan(np.radians(5.0)))
TAN_10: Final = float(np.tan(np.radians(10.0)))
#: Exponents of slope length, and the gradients up to and including which they hold.
EXPONENTS: Final = (0.2, 0.3, 0.4, 0.5)
#: In degrees, as CSLE is quoted; in per cent, as USLE defines them (Agriculture Handbook 537).
LENGTH_CLASSES: Final[dict[str, tuple[float, float, float]]] = {
    "degree": (
        float(np.tan(np.radians(1.0))),
        float(np.tan(np.radians(3.0))),
        float(np.tan(np.radians(5.0))),
    ),
    "percent": (0.01, 0.03, 0.05),
}


def steepness(gradient: ArrayLike) -> F8:
    """Return S of slopes.

    Parameters
    ----------
    gradient : array_like
        Tangent of the slope angle.

    Returns
    -------
    float64 array
        10.8 sin θ + 0.03 below 5°, 16.8 sin θ − 0.5 from 5°, 21.91 sin θ − 0.96 from 10°.

    Source
    ------
    McCool et al. 1987 (Trans. ASAE 30, 1387–1396) for the gentle and middle part; Liu, Nearing
    & Risse 1994 (Trans. ASAE 37, 1835–1840) from 10°.
    """
    g = np.asarray(gradient, float)
    sine = g / np.sqrt(1.0 + g * g)
    middle = np.where(g < TAN_10 * (1.0 - SNAP), 16.8 * sine - 0.5, 21.91 * sine - 0.96)
    found: F8 = np.where(g < TAN_5 * (1.0 - SNAP), 10.8 * sine + 0.03, middle)
    return found


def length_exponent(gradient: ArrayLike, classes: str = "degree") -> F8:
    """Return m: 0.2, 0.3, 0.4 or 0.5, the first up to and including the first threshold.

    Parameters
    ----------
    gradient : array_like
        Tangent of the slope angle.
    classes : {"degree", "percent"}
        Thresholds 1, 3, 5 in degrees, or in per cent.

    Source
    ------
    Wischmeier & Smith 1978, Agriculture Handbook 537, p. 15 (per cent).
    """
    limits = np.array(LENGTH_CLASSES[classes]) * (1.0 + SNAP)
    found = np.searchsorted(limits, np.asarray(gradient, float), side="left")
    exponents: F8 = np.asarray(EXPONENTS)[found]
    return exponents


def slope_length(length_m: ArrayLike, exponent: ArrayLike) -> F8:
    """Return L of a whole uniform slope: (λ / 22.13)^m (Wischmeier & Smith 1978)."""
    return np.asarray(
        (np.asarray(length_m, float) / UNIT_PLOT_M) ** np.asarray(exponent, float), float
    )


def segment_length(enter_m: ArrayLike, leave_m: ArrayLike, exponent: ArrayLike) -> F8:
    """Return L of a segment between two distances from the top of the slope.

    Parameters
    ----------
    enter_m, leave_m : array_like
        Slope length at the segment's upper and lower end, m.
    exponent : array_like
        m of the segment.

    Returns
    -------
    float64 array
        (λo^(m+1) − λi^(m+1)) / ((λo − λi)·22.13^m); its limit (m+1)(λ/22.13)^m where both are
        equal. Segments of one slope, weighted by their length, average to L of the whole slope.

    Source
    ------
    Foster & Wischmeier 1974 (Trans. ASAE 17, 305–309).
    """
    enter, leave, m = np.broadcast_arrays(
        np.asarray(enter_m, float), np.asarray(leave_m, float), np.asarray(exponent, float)
    )
    step = leave - enter
    safe = np.where(step > 0.0, step, 1.0)
    mean = (leave ** (m + 1.0) - enter ** (m + 1.0)) / (safe * UNIT_PLOT_M**m)
    return np.where(step > 0.0, mean, (m + 1.0) * (leave / UNIT_PLOT_M) ** m)


def vegetation_cover(ndvi: ArrayLike, soil: float, full: float, out: F8 | None = None) -> F8:
    """Return the covered share (0 to 1) from NDVI by the two-component pixel.

    Parameters
    ----------
    ndvi : array_like
    soil, full : float
        NDVI of bare soil, and of full cover.
    out : ndarray of float64, optional
        Takes the result; it may be ``ndvi`` itself. Fresh memory of the size of a block takes
        longer than the arithmetic.

    Source
    ------
    Gutman & Ignatov 1998, Int. J. Remote Sensing 19, 1533–1543.
    """
    share = np.asarray(np.subtract(ndvi, soil, out=out, dtype=float))
    share /= full - soil
    return np.clip(share, 0.0, 1.0, out=share)


def cover_factor(method: str, cover: ArrayLike, value: float = 0.0) -> F8:
    """Return B from the covered share (0 to 1).

    Parameters
    ----------
    method : {"constant", "forest", "shrub", "grass"}
    cover : array_like
        Covered share; taken for the crown density of forest too.
    value : float
        B of ``constant``.

    Source
    ------
    Soil-loss ratios of China's regional monitoring of soil erosion (unverified, see
    ``layers/tables/csle_factors.toml``).
    """
    c = np.asarray(cover, float)
    formulas: dict[str, Any] = {
        "constant": lambda: np.full(c.shape, value),
        "forest": lambda: 0.44468 * np.exp(-3.20096 * c) - 0.04099 * np.exp(c - c * c) + 0.025,
        "shrub": lambda: 1.0 / (1.17647 + 0.86242 * 1.05905 ** (100.0 * c)),
        "grass": lambda: 1.0 / (1.25 + 0.78845 * 1.05968 ** (100.0 * c)),
    }
    return np.asarray(formulas[method](), float)


def erodibility(sand: float, silt: float, clay: float, carbon: float) -> float:
    """Return K in t·hm²·h/(hm²·MJ·mm) from a soil's composition in %.

    Parameters
    ----------
    sand, silt, clay, carbon : float
        Mass shares in %; carbon is organic carbon.

    Source
    ------
    Williams 1990, EPIC (Phil. Trans. R. Soc. B 329, 421–428); 0.1317 converts from US units.
    """
    coarse = 0.2 + 0.3 * np.exp(-0.0256 * sand * (1.0 - silt / 100.0))
    fine = (silt / (clay + silt)) ** 0.3
    organic = 1.0 - 0.25 * carbon / (carbon + np.exp(3.72 - 2.95 * carbon))
    rest = 1.0 - sand / 100.0
    sandy = 1.0 - 0.7 * rest / (rest + np.exp(-5.51 + 22.9 * rest))
    return float(0.1317 * coarse * fine * organic * sandy)


def soil_loss(
    r: ArrayLike, k: ArrayLike, ls: ArrayLike, b: ArrayLike, e: ArrayLike, t: ArrayLike
) -> F8:
    """Return A = R·K·LS·B·E·T in t/(hm²·a).

    Parameters
    ----------
    r : array_like
        MJ·mm/(hm²·h·a).
    k : array_like
        t·hm²·h/(hm²·MJ·mm).
    ls, b, e, t : array_like
        Without unit.
    """
    product = np.asarray(r, float) * k * np.asarray(ls, float) * b * np.asarray(e, float) * t
    return np.asarray(product, float)
