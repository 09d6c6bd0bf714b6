"""What two numbers may mean as a position in Shanxi, in each way that positions are written.

Degrees, arc minutes and seconds, degrees times a power of ten, packed degrees (1121706.0 for
112°17′06″) and metres in every projection in use here are tried, in both orders. How far the
writing itself speaks for a coordinate is told by a level: numbers with many decimals that lie in
the range of both axes are hardly anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from zoning.read.crs import systems

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Undo = Callable[[Floats], Floats] | None
#: Metres in a degree of latitude, and of longitude at 34.5° N, where they are longest here.
DEGREE: Final = (91_900.0, 111_200.0)
#: Levels: the numbers are called coordinates, they look like some, they hardly mean anything else.
CALLED, LIKELY, SURE = 0, 1, 2
_NEVER: Final = 99


def _seconds(values: Floats) -> Floats:
    return values / 3600.0


def _minutes(values: Floats) -> Floats:
    return values / 60.0


def _scaled(power: int) -> Callable[[Floats], Floats]:
    def degrees(values: Floats) -> Floats:
        return np.where(values == np.round(values), values / 10.0**power, np.nan)

    return degrees


def _packed(values: Floats) -> Floats:
    whole, minutes, seconds = values // 1e4, values // 100 % 100, values % 100
    degrees = whole + minutes / 60.0 + seconds / 3600.0
    return np.where((minutes < 60) & (seconds < 60), degrees, np.nan)


def _packed_hundredths(values: Floats) -> Floats:
    return _packed(values / 100.0)


def _packed_minutes(values: Floats) -> Floats:
    whole, minutes = values // 100, values % 100
    return np.where(minutes < 60, whole + minutes / 60.0, np.nan)


@dataclass(frozen=True, slots=True)
class _Scale:
    """A way of writing degrees, with the decimals from which on it is likely, and sure."""

    degrees: Callable[[Floats], Floats]
    likely: int
    sure: int
    called: int = 0


_SCALES: Final = (
    _Scale(lambda values: values, 2, 4),
    _Scale(_seconds, 0, 2),
    _Scale(_minutes, 2, 5),
    *(_Scale(_scaled(power), 0, 0 if power > 5 else _NEVER) for power in (5, 6, 7, 8, 9)),
    _Scale(_packed, 0, 1),
    _Scale(_packed_hundredths, 0, _NEVER),
    _Scale(_packed_minutes, 2, 4),
    _Scale(np.degrees, 7, _NEVER, 4),
)
#: Besides the systems in which data are taken without being asked for: UTM, 0.04 % shorter.
_PLANES: Final = (*(c.code for c in systems.CANDIDATES[1:]), "EPSG:32649", "EPSG:32650")
#: Decimals of metres from which on they are sure.
_MILLIMETRES: Final = 3
#: Northings in Shanxi, those of web maps too, and the least that an easting may be, m.
_NORTHINGS: Final = (3.7e6, 5.0e6)
_EASTING: Final = 1e5


def readings(
    xy: Floats, decimals: Ints, least: int | Ints, crs: pyproj.CRS | None = None, undo: Undo = None
) -> Floats:
    """Return the longitudes and latitudes that pairs of numbers may mean in Shanxi.

    Parameters
    ----------
    xy : ndarray of float, shape (n, 2)
    decimals : ndarray of int, shape (n, 2)
        How many each number is written with.
    least : int or ndarray of int
        The level from which on a meaning counts.
    crs : pyproj.CRS, optional
        Of the file; its own coordinates need no decimals.
    undo : callable, optional
        Takes the shift of a web map out of longitude and latitude.

    Returns
    -------
    ndarray of float, shape (k, n, 2)
        NaN where a meaning is none.
    """
    found = [_kept(lonlat, level, least) for lonlat, level in _all(xy, decimals, crs)]
    found = [lonlat for lonlat in found if np.isfinite(lonlat).any()]
    if undo is not None:
        found += [undo(lonlat) for lonlat in found]
    return np.array(found).reshape(len(found), len(xy), 2)


def _kept(lonlat: Floats, level: Ints, least: int | Ints) -> Floats:
    return np.where((inside(lonlat) & (level >= least))[:, None], lonlat, np.nan)


def inside(lonlat: Floats) -> NDArray[np.bool_]:
    """Return which positions lie in Shanxi."""
    west, south, east, north = systems.SHANXI
    with np.errstate(invalid="ignore"):
        x, y = lonlat[:, 0], lonlat[:, 1]
        return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def _all(xy: Floats, decimals: Ints, crs: pyproj.CRS | None) -> Iterator[tuple[Floats, Ints]]:
    fewest = decimals.min(axis=1, initial=_NEVER)
    with np.errstate(all="ignore"):
        for order in (xy, np.ascontiguousarray(xy[:, ::-1])):
            for scale in _SCALES:
                steps = (fewest >= scale.called, fewest >= scale.likely, fewest >= scale.sure)
                yield scale.degrees(order), np.sum(steps, axis=0) - 1
            level = np.where(fewest >= _MILLIMETRES, SURE, LIKELY)
            x, y = order.T
            may = (y >= _NORTHINGS[0]) & (y <= _NORTHINGS[1]) & (x >= _EASTING)
            if may.any():
                for code in _PLANES:
                    yield _degrees(systems.parse(code), order, may), level
            if crs is not None and not systems.geographic(crs):
                finite = np.asarray(np.isfinite(order).all(axis=1))
                yield _degrees(crs, order, finite), level


def _degrees(crs: pyproj.CRS, xy: Floats, may: NDArray[np.bool_]) -> Floats:
    lonlat = np.full(xy.shape, np.nan)
    lonlat[may] = systems.to_lonlat(crs, np.ascontiguousarray(xy[may]))
    return lonlat


def decimals_of(value: Any) -> int:
    """Return with how many decimals a number is written; degrees with minutes count as sure."""
    text = str(value).strip().lower()
    if isinstance(value, float) and text.endswith(".0"):
        return 0
    if not text.replace(".", "", 1).lstrip("+-").isdigit():
        # The shortest form of a float may have an exponent; anything else has marks of degrees.
        return len(f"{value:f}".rstrip("0").partition(".")[2]) if isinstance(value, float) else 9
    return len(text.partition(".")[2])


def slack(value: Any) -> float:
    """Return half a unit of the last digit of a number in degrees, m; 0 for any other."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return 0.5 * 10.0 ** -decimals_of(value) * DEGREE[1] if abs(number) <= 180.0 else 0.0


def distance(lonlat: Floats, box: Floats) -> Floats:
    """Return how far points lie from bounds, m: 0 within them, and never too little.

    An axis that is not stated is NaN and adds nothing.
    """
    off = np.maximum(np.maximum(box[..., :2] - lonlat, lonlat - box[..., 2:]), 0.0)
    known = np.isfinite(lonlat).any(axis=-1)
    return np.asarray(
        np.where(known, np.hypot(*np.moveaxis(np.nan_to_num(off) * DEGREE, -1, 0)), np.inf)
    )
