"""Ellipsoidal area of rings, and the stated area held against it."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Final, Literal

from pyproj import Geod

from zoning.base import units
from zoning.messages import message
from zoning.read.boundary_txt.types import (
    AREA_TOLERANCE,
    Faults,
    Floats,
    StatedArea,
    excerpt,
)

_UNITS: Final[dict[Literal["m2", "ha", "mu", "km2"], float]] = {
    "m2": 1.0,
    "ha": units.M2_PER_HA,
    "mu": units.M2_PER_MU,
    "km2": units.M2_PER_KM2,
}
_NAMES: Final = {
    "m2": "m²",
    "ha": message("area.hectares"),
    "mu": message("area.mu"),
    "km2": "km²",
}
_SUFFIX: Final[tuple[tuple[str, Literal["m2", "ha", "mu", "km2"]], ...]] = (
    (r"平方公里|km2|平方千米", "km2"),
    (r"公顷|ha|hm2", "ha"),
    (r"亩", "mu"),
    (r"平方米|平米|m2", "m2"),
)
#: What people write for "not stated".
_NOTHING: Final = ("", "无", "空", "/", "-", "—", "——")
_VALUE: Final = re.compile(r"(\d{1,15}(?:\.\d{1,20})?)\s*(\D.*)?")


def ellipsoidal(lon: Floats, lat: Floats, offsets: list[int]) -> list[float]:
    """Return the area of each ring on CGCS2000, m².

    Parameters
    ----------
    lon, lat : ndarray
        Vertices of all rings one after another, degrees; no repeated closing points.
    offsets : list of int
        Where each ring begins, and the end of the last.

    Returns
    -------
    list of float
        Unsigned geodesic area (Karney 2013, as in pyproj.Geod), in ring order.
    """
    geod = Geod(a=units.SEMI_MAJOR_M, rf=units.INVERSE_FLATTENING)
    return [abs(geod.polygon_area_perimeter(lon[a:b], lat[a:b])[0]) for a, b in pairwise(offsets)]


def stated(text: str, area: float, plane: float) -> StatedArea | None:
    """Read a stated area; its unit is the one it names, else the one in which it agrees.

    Parameters
    ----------
    text : str
        The area field, e.g. ``0.7655``, ``7654.6`` or ``0.7655公顷``.
    area, plane : float
        Computed area on the ellipsoid and in the plane, m².

    Returns
    -------
    StatedArea or None
        None if the field holds no positive number. Without a unit, m² and ha are tried; they are
        a factor 10 000 apart, so at most one agrees, and the nearer one stands if neither does.
    """
    match = _VALUE.fullmatch(text.replace(" ", "").lower())
    value = float(match[1]) if match else 0.0
    if match is None or value <= 0.0:
        return None
    if match[2]:
        unit = next((u for pattern, u in _SUFFIX if re.fullmatch(pattern, match[2])), None)
        return StatedArea(value, unit, value * _UNITS[unit], "suffix") if unit else None
    options: tuple[Literal["m2", "ha"], ...] = ("ha", "m2")
    for option in options:
        m2 = value * _UNITS[option]
        if agrees(m2, area) or agrees(m2, plane):
            return StatedArea(value, option, m2, "agreement")
    base = area if area > 0.0 else 1.0
    nearest = min(options, key=lambda u: abs(math.log(value * _UNITS[u] / base)))
    return StatedArea(value, nearest, value * _UNITS[nearest], "nearest")


def agrees(m2: float, computed: float) -> bool:
    """Tell whether a stated area lies within 0.1 % of the computed one."""
    return abs(m2 - computed) <= AREA_TOLERANCE * computed


def warn(
    said: StatedArea, area: float, plane: float, faults: Faults, *, line: int, plot: str
) -> None:
    """Name a stated area that differs by more than 0.1 % from the computed one."""
    if agrees(said.m2, area):
        return
    share = (said.m2 - area) / area if area else math.inf
    in_plane = message("area.equals-plane", plane=plane) if agrees(said.m2, plane) else None
    faults.add(
        "txt-area-disagrees",
        message(
            "area.stated-differs",
            value=said.value,
            unit=_NAMES[said.unit],
            m2=said.m2,
            area=area,
            share=share,
            in_plane=in_plane,
        ),
        message("area.check-area-unit-ha"),
        line=line,
        plot=plot,
        column="地块面积",
    )


def warn_unusable(text: str, faults: Faults, *, line: int, plot: str) -> None:
    """Name an area field that holds something, and no area: negative, NaN, or no number."""
    clean = text.strip()
    if clean in _NOTHING or re.fullmatch(r"0*(\.0*)?", clean):
        return
    faults.add(
        "txt-area-unusable",
        message("area.stated-area-no-positive", clean=excerpt(clean)),
        message("area.give-hectares-square-metres"),
        line=line,
        plot=plot,
        column="地块面积",
    )


def total(areas: list[float], depth: list[int]) -> float:
    """Return the even–odd sum: rings of even depth add, those of odd depth take away."""
    if len(areas) == 1:
        return areas[0]
    return math.fsum(a if d % 2 == 0 else -a for a, d in zip(areas, depth, strict=True))
