"""Gauss–Krüger by its numbers: desktop GIS gives a projection any name, its parameters stay.

EPSG numbers CGCS2000's zones in four runs (EPSG registry, codes 4491 to 4554): 6° and 3°, each
with the zone number in front of the easting and without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pyproj

from zoning.messages import Text, message

_METHODS = ("transverse mercator", "gauss-kruger", "gauss_kruger", "gauss kruger")
#: Half a 6° zone at Shanxi's southern end is 276 km; beyond this the easting is another zone's.
REACH_M = 400_000.0
#: What names say of a projection: its central meridian, or the number of its zone.
_MERIDIAN: Final = re.compile(
    r"(?:(?<![a-z])CM|中央(?:子午线|经线))[_ :：]*(\d{2,3}(?:\.\d+)?)(?!\d)", re.IGNORECASE
)
_NUMBER: Final = re.compile(
    r"(?<![a-z])zone[_ ]*(\d{2})(?!\d)|(?<!\d)(\d{2})[_ ]*(?:号)?带", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Zone:
    """Parameters of a transverse Mercator projection: degrees and metres."""

    meridian: float
    false_easting: float
    false_northing: float
    latitude: float
    scale: float

    @property
    def prefix(self) -> int:
        """The zone number in front of the easting; 0 without one."""
        return int(self.false_easting // 1_000_000)


def _codes() -> dict[tuple[float, float], int]:
    """Return EPSG codes of CGCS2000 Gauss–Krüger by (central meridian, false easting)."""
    codes = {}
    for zone in range(13, 24):
        codes[(zone * 6.0 - 3.0, 500_000.0)] = 4502 + zone - 13
        codes[(zone * 6.0 - 3.0, zone * 1e6 + 500_000.0)] = 4491 + zone - 13
    # Later entries win: where 3° and 6° share a meridian and no prefix, they are one projection.
    for zone in range(25, 46):
        codes[(zone * 3.0, 500_000.0)] = 4534 + zone - 25
        codes[(zone * 3.0, zone * 1e6 + 500_000.0)] = 4513 + zone - 25
    return codes


CODES = _codes()


def zone(crs: pyproj.CRS) -> Zone | None:
    """Return the parameters of a transverse Mercator CRS in metres, or None for any other."""
    base = crs.source_crs if crs.is_bound else crs
    if base is None or not base.is_projected or base.coordinate_operation is None:
        return None
    operation = base.coordinate_operation
    if not any(m in operation.method_name.lower() for m in _METHODS):
        return None
    if any(abs(axis.unit_conversion_factor - 1.0) > 1e-9 for axis in base.axis_info):
        return None
    values = {p.name.lower(): float(p.value) * p.unit_conversion_factor for p in operation.params}
    degrees = {p.name.lower(): float(p.value) for p in operation.params}

    def find(table: dict[str, float], word: str, default: float) -> float:
        return next((v for name, v in table.items() if word in name), default)

    return Zone(
        meridian=round(find(degrees, "longitude", 0.0), 9),
        false_easting=find(values, "false easting", 0.0),
        false_northing=find(values, "false northing", 0.0),
        latitude=find(degrees, "latitude", 0.0),
        scale=find(degrees, "scale", 1.0),
    )


def identify(crs: pyproj.CRS, code: str | None) -> tuple[pyproj.CRS, Text | None]:
    """Return the EPSG system that a self-named Gauss–Krüger CRS is, and how that was found.

    Parameters
    ----------
    crs : pyproj.CRS
        On an ellipsoid that is accepted as CGCS2000.
    code : str or None
        Authority code, where the CRS carries one; then there is nothing to find.
    """
    found = zone(crs)
    if code is not None or found is None or crs.is_bound:
        return crs, None
    if found.latitude != 0.0 or found.false_northing != 0.0 or abs(found.scale - 1.0) > 1e-9:
        return crs, None
    epsg = CODES.get((found.meridian, found.false_easting))
    if epsg is None:
        return crs, None
    title = " ".join(crs.name.split())[:60]
    return pyproj.CRS.from_epsg(epsg), message(
        "gauss-kruger.custom-name-matched-by",
        title=title,
        meridian=found.meridian,
        false_easting=found.false_easting,
        epsg=epsg,
    )


def contradiction(crs: pyproj.CRS) -> tuple[tuple[str, str], ...] | None:
    """Say that the name of a Gauss–Krüger CRS, or its false easting, tells of another zone.

    Returns
    -------
    tuple of (str, str) pairs or None
        ``one`` and ``other``: what is said, and what the parameters are.
    """
    found = zone(crs)
    if found is None or abs(found.scale - 1.0) > 1e-9:
        return None  # UTM numbers its zones otherwise
    stated = [
        (match[0].strip("_ "), {float(match[1])}) for match in _MERIDIAN.finditer(crs.name)
    ] + [
        (match[0].strip("_ "), _meridians(int(match[1] or match[2])))
        for match in _NUMBER.finditer(crs.name)
    ]
    if found.prefix:
        stated.append((f"x_0 = {found.false_easting:.0f}", _meridians(found.prefix)))
    for said, meridians in stated:
        if found.meridian not in meridians:
            return (("one", said), ("other", described(crs)))
    return None


def _meridians(number: int) -> set[float]:
    """Return the central meridians of the 3° and the 6° zone of a number."""
    return {3.0 * number, 6.0 * number - 3.0}


def described(crs: pyproj.CRS) -> str:
    """Return the numbers of a CRS that place its coordinates, for a message."""
    found = zone(crs)
    name = crs.ellipsoid.name if crs.ellipsoid is not None else crs.name
    if found is None:
        return name
    return f"{name}, lon_0 = {found.meridian:g}°, x_0 = {found.false_easting:.0f} m"
