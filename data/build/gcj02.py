"""GCJ-02, the shifted datum of Chinese web maps: forward formula and exact numerical inverse.

The forward shift is a published polynomial-and-sine formula on the Krasovsky ellipsoid. It has no
closed inverse; the shift changes by less than 1 % of itself over the length of the shift, so the
fixed-point iteration below gains about four digits per step.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SEMI_MAJOR = 6378245.0  # Krasovsky 1940, metres
ECCENTRICITY_2 = 0.00669342162296594323


def _waves(value: Array) -> Array:
    """Return the two long sine terms (in units of the coordinate's own scale)."""
    return 20.0 * np.sin(value * np.pi) + 40.0 * np.sin(value / 3.0 * np.pi)


def _common(dx: Array) -> Array:
    """Return the short-period term that both axes share."""
    return 20.0 * np.sin(6.0 * dx * np.pi) + 20.0 * np.sin(2.0 * dx * np.pi)


def shift(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Return the GCJ-02 offset (degrees east, degrees north) at a WGS 84 position in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (_common(x) + _waves(y)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (_common(x) + _waves(x)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    w2 = 1.0 - ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian = SEMI_MAJOR * (1.0 - ECCENTRICITY_2) / (w2 * np.sqrt(w2))
    parallel = SEMI_MAJOR / np.sqrt(w2) * np.cos(phi)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def from_wgs84(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Return GCJ-02 coordinates of WGS 84 positions (degrees)."""
    east, north = shift(lon, lat)
    return lon + east, lat + north


def to_wgs84(lon: Array, lat: Array, tolerance: float = 1e-11) -> tuple[Array, Array]:
    """Return WGS 84 coordinates of GCJ-02 positions (degrees).

    Raises
    ------
    ArithmeticError
        If the round trip is not closed to ``tolerance`` degrees within 30 steps, which happens
        only for values that are not GCJ-02 coordinates in China.
    """
    x, y = np.array(lon, dtype=float), np.array(lat, dtype=float)
    for _ in range(30):
        back_x, back_y = from_wgs84(x, y)
        miss_x, miss_y = back_x - lon, back_y - lat
        x, y = x - miss_x, y - miss_y
        if (
            max(np.max(np.abs(miss_x), initial=0.0), np.max(np.abs(miss_y), initial=0.0))
            < tolerance
        ):
            return x, y
    raise ArithmeticError("GCJ-02 inverse did not close; are these coordinates in China?")
