"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps: forward, and undone.

Sources
-------
GCJ-02 has never been published. The formula below is the one found in public since 2010 and used
by every open converter (eviltransform by J. Zou et al., MIT; coordtransform by wandergis, MIT). It
works on the Krassowsky ellipsoid (a = 6378245 m, e² = 0.00669342162296594323) and reproduces the
services' shift to about a metre. BD-09 is a second, published-by-use shift on top of GCJ-02.

WGS 84 and CGCS2000 differ by centimetres, far below that metre; both are called WGS 84 here.

The forward formulas have no closed inverse. The usual "subtract the forward shift once" is off by
up to a metre or two; here the fixed point is iterated, so the inverse agrees with the forward
formula to better than 1e-8 degrees (1 mm).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from zoning.base import units
from zoning.base.errors import SourceError, problem
from zoning.messages import Text, message

Datum = Literal["gcj02", "bd09"]
Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

_A: Final = 6378245.0
_E2: Final = 0.00669342162296594323
_BD: Final = np.pi * 3000.0 / 180.0
#: Each step gains about 1.7 digits for BD-09 and 2.6 for GCJ-02, so this is the noise floor.
_STEPS: Final = 12
#: Beyond this box the services do not shift (as the public formula has it), lon/lat degrees.
_BOX: Final = (72.004, 137.8347, 0.8293, 55.8271)
#: A site this far inside its county is in it; boundaries are not better known.
_INSIDE: Final = 0.99


@dataclass(frozen=True, slots=True)
class DatumHint:
    """A sign that coordinates are shifted: inverting ``datum`` brings the site home.

    Attributes
    ----------
    datum : {"gcj02", "bd09"}
        The shift that explains the place.
    shift_m : float
        Geodesic length of the shift at the site, m.
    inside_before, inside_after : float
        Share of the site within the stated county, 0 to 1, as given and after inversion.
    text : Text
        One sentence for the report.
    """

    datum: Datum
    shift_m: float
    inside_before: float
    inside_after: float
    text: Text


def _waves(x: Floats, first: float, second: float, third: float) -> Floats:
    """Return the sine series both GCJ-02 components share, m."""
    near = 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)
    far = first * np.sin(x / 12.0 * np.pi) + second * np.sin(x / third * np.pi)
    return np.asarray((near + far) * 2.0 / 3.0)


def _gcj_shift(lon: Floats, lat: Floats) -> Pair:
    """Return the GCJ-02 shift at WGS 84 positions, degrees."""
    x, y = lon - 105.0, lat - 35.0
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north = north + _waves(y, 160.0, 320.0, 30.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east = east + _waves(x, 150.0, 300.0, 30.0)
    phi = np.radians(lat)
    magic = 1.0 - _E2 * np.sin(phi) ** 2
    meridian = _A * (1.0 - _E2) / (magic * np.sqrt(magic))
    parallel = _A / np.sqrt(magic) * np.cos(phi)
    west, east_edge, south, north_edge = _BOX
    inside = (lon >= west) & (lon <= east_edge) & (lat >= south) & (lat <= north_edge)
    d_lon = np.where(inside, np.degrees(east / parallel), 0.0)
    d_lat = np.where(inside, np.degrees(north / meridian), 0.0)
    return d_lon, d_lat


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS 84 longitudes and latitudes to GCJ-02.

    Parameters
    ----------
    lon, lat : array_like
        Degrees, of the same shape.

    Returns
    -------
    tuple of ndarray
        Longitude and latitude in GCJ-02, degrees, of that shape.
    """
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    d_lon, d_lat = _gcj_shift(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift GCJ-02 longitudes and latitudes to BD-09, degrees to degrees."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS 84 longitudes and latitudes to BD-09, degrees to degrees."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def _invert(forward: Callable[[Floats, Floats], Pair], lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the point that ``forward`` moves to (lon, lat), by iterating the fixed point."""
    goal_lon, goal_lat = np.asarray(lon, float), np.asarray(lat, float)
    at_lon, at_lat = goal_lon, goal_lat
    for _ in range(_STEPS):
        got_lon, got_lat = forward(at_lon, at_lat)
        at_lon, at_lat = at_lon + (goal_lon - got_lon), at_lat + (goal_lat - got_lat)
    return at_lon, at_lat


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo GCJ-02.

    Parameters
    ----------
    lon, lat : array_like
        GCJ-02 degrees, of the same shape.

    Returns
    -------
    tuple of ndarray
        WGS 84 longitude and latitude, degrees; the forward formula takes them back to the input
        within 1e-8 degrees.
    """
    return _invert(wgs84_to_gcj02, lon, lat)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo the second shift of BD-09, degrees to degrees."""
    return _invert(gcj02_to_bd09, lon, lat)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo BD-09 and the GCJ-02 beneath it, degrees to degrees, within 1e-8 degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


_UNDO: Final[dict[str, Callable[[ArrayLike, ArrayLike], Pair]]] = {
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}


def undo(geometry: Any, datum: str) -> Any:
    """Return geometries with the declared shift removed from every vertex.

    Parameters
    ----------
    geometry : shapely geometry or array_like of them
        Longitude and latitude in ``datum``, degrees. A third coordinate is dropped.
    datum : {"gcj02", "bd09"}
        What the user declared the coordinates to be.

    Returns
    -------
    shapely geometry or ndarray of them
        The same geometries in WGS 84 degrees (CGCS2000 within centimetres).

    Raises
    ------
    SourceError
        For another ``datum``, or coordinates that are not degrees.
    """
    if datum not in _UNDO:
        raise SourceError(problem("datum-unknown", datum=datum))
    bounds = shapely.total_bounds(geometry)
    if (np.abs(bounds) > 180.0).any():  # NaN bounds (nothing but empty geometry) compare false
        raise SourceError(problem("datum-not-degrees", datum=datum))
    function = _UNDO[datum]

    def move(points: Floats) -> Floats:
        return np.column_stack(function(points[:, 0], points[:, 1]))

    return shapely.transform(geometry, move)


def _share_inside(site: Any, county: Any) -> float:
    """Return how much of ``site`` lies in ``county``: by area, else length, else points."""
    measure = {2: shapely.area, 1: shapely.length}.get(int(shapely.get_dimensions(site)))
    if measure is None:
        points = shapely.points(shapely.get_coordinates(site))
        return float(np.mean(shapely.covers(county, points))) if len(points) else 0.0
    whole = float(measure(site))
    return float(measure(shapely.intersection(site, county))) / whole if whole else 0.0


def gcj_hint(site: Any, county: Any, name: str | None = None) -> DatumHint | None:
    """Tell whether a site lies where GCJ-02 or BD-09 would have put one from its stated county.

    The sign is that less than 99 % of the site lies in the county as given, and at least 99 % does
    once the shift is undone. GCJ-02 is tried first: it is the smaller and commoner shift. This is
    a hint for a person to judge, never a correction.

    Parameters
    ----------
    site : shapely geometry
        EPSG:4490, longitude first, as read; not already inverted.
    county : shapely Polygon or MultiPolygon
        The county that the project states, EPSG:4490.
    name : str, optional
        The county's name, for the sentence.

    Returns
    -------
    DatumHint or None
        None if the site is where it should be, or no shift explains its place.
    """
    if site is None or shapely.is_empty(site) or not np.isfinite(shapely.bounds(site)).all():
        return None
    before = _share_inside(site, county)
    if before >= _INSIDE or np.abs(shapely.bounds(site)).max() > 180.0:
        return None
    geod = Geod(a=units.SEMI_MAJOR_M, rf=units.INVERSE_FLATTENING)
    candidates: tuple[Datum, ...] = ("gcj02", "bd09")
    for datum in candidates:
        home = undo(site, datum)
        after = _share_inside(home, county)
        if after >= _INSIDE:
            here, there = (shapely.get_coordinates(g)[0] for g in (site, home))
            shift = float(geod.inv(*here, *there)[2])
            return DatumHint(datum, shift, before, after, _hint(datum, shift, name))
    return None


def _hint(datum: Datum, shift: float, name: str | None) -> Text:
    """Word the hint."""
    title = {"gcj02": "GCJ-02", "bd09": "BD-09"}[datum]
    return message(
        "datum.site-lies-outside-were",
        title=title,
        shift=shift,
        datum=datum,
        name=name or message("datum.stated-county"),
    )
