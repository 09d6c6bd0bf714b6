"""Positions written as codes: geohash, plus code and the Military Grid Reference System."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from zoning.read.crs import systems

_GEOHASH: Final = "0123456789bcdefghjkmnpqrstuvwxyz"
#: All of Shanxi lies in four cells of two letters.
_HASHED: Final = re.compile(rf"(?<![A-Za-z0-9])w[qrwx][{_GEOHASH}]{{4,10}}(?![A-Za-z0-9])")
_LONG: Final = 8
_PLUS: Final = "23456789CFGHJMPQRVWX"
#: All of Shanxi lies in one cell of two digits.
_PLUSSED: Final = re.compile(rf"(?<![A-Z0-9])8P[{_PLUS}]{{6}}\+[{_PLUS}]{{0,5}}")
#: Zones 49 and 50, and the bands of latitude from 32° to 48° N.
_GRID: Final = re.compile(
    r"(?<![A-Za-z0-9])(49|50)[ST][ -]?([A-HJ-NP-Z])([A-HJ-NP-V])[ -]?(\d{2,5})[ -]?(\d{2,5})(?!\d)"
)
_COLUMNS: Final = {49: "ABCDEFGH", 50: "JKLMNPQR"}
_ROWS: Final = "ABCDEFGHJKLMNPQRSTUV"


def find(text: str) -> Iterator[tuple[int, str, float, float]]:
    """Yield where each code begins that may mean a place in Shanxi, the code and the place."""
    for match in _HASHED.finditer(text):
        # Short ones without a digit may be words.
        if len(match[0]) >= _LONG or any(c.isdigit() for c in match[0]):
            yield (match.start(), match[0], *_geohash(match[0]))
    for match in _PLUSSED.finditer(text):
        yield (match.start(), match[0], *_plus(match[0]))
    for match in _GRID.finditer(text):
        found = _mgrs(*match.groups())
        if found is not None:
            yield (match.start(), match[0], *found)


def _geohash(code: str) -> tuple[float, float]:
    """Return the middle of a cell: five bits a character, longitude first, in turns."""
    low, high = [-180.0, -90.0], [180.0, 90.0]
    bits = "".join(f"{_GEOHASH.index(c):05b}" for c in code)
    for at, bit in enumerate(bits):
        axis = at % 2
        middle = (low[axis] + high[axis]) / 2
        (low if bit == "1" else high)[axis] = middle
    return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2


def _plus(code: str) -> tuple[float, float]:
    """Return the middle of the cell of the ten first digits of an Open Location Code."""
    digits = code.replace("+", "").rstrip("0")[:10]
    lat, lon, size = -90.0, -180.0, 20.0
    for at in range(0, len(digits) - 1, 2):
        lat += _PLUS.index(digits[at]) * size
        lon += _PLUS.index(digits[at + 1]) * size
        size /= 20.0
    return lon + size * 10, lat + size * 10


def _mgrs(zone: str, column: str, row: str, east: str, north: str) -> tuple[float, float] | None:
    """Return a position of the grid; None where the letters name no square of the zone."""
    if len(east) != len(north) or column not in _COLUMNS[int(zone)]:
        # Written without a space the digits are split in the middle.
        joined = east + north
        if len(joined) % 2 or column not in _COLUMNS[int(zone)]:
            return None
        east, north = joined[: len(joined) // 2], joined[len(joined) // 2 :]
    unit = 10 ** (5 - len(east))
    x = (_COLUMNS[int(zone)].index(column) + 1) * 100_000 + int(east) * unit
    # Rows repeat every 2 000 km; those of even zones begin five letters later.
    rank = (_ROWS.index(row) - (5 if int(zone) % 2 == 0 else 0)) % 20
    y = rank * 100_000 + int(north) * unit
    y += 2_000_000 if y >= 1_800_000 else 4_000_000
    system = systems.parse(f"EPSG:326{zone}")
    lon, lat = systems.to_lonlat(system, np.array([[x, y]], dtype=np.float64))[0]
    return float(lon), float(lat)
