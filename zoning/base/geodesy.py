"""Areas on the CGCS2000 ellipsoid and geodesic lengths, for whole arrays of geometries.

An edge is straight in longitude-latitude, as it is stored. The area under it down to the equator
is the integral of F(B) dL, where F is the closed form of the meridian-strip integral (the series
in 国土调查办发〔2008〕32号 is its expansion); along the edge it is integrated by Gauss-Legendre
quadrature, of two points on short edges and five on others, which is exact to rounding for edges
shorter than several degrees.
"""

from __future__ import annotations

import weakref
from functools import cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from zoning.base.polygons import to_rings
from zoning.base.units import ECCENTRICITY2, INVERSE_FLATTENING, SEMI_MAJOR_M

Floats = NDArray[np.float64]

#: Points of the quadrature along an edge. Two are exact to rounding, with an error of
#: h^4 / 4320 of the integrand, where no edge spans more than h = 2e-4 rad of latitude.
_RULES = {count: np.polynomial.legendre.leggauss(count) for count in (2, 5)}
_SHORT_RAD = 2e-4
#: Edges that are integrated at once: each takes some 100 bytes on the way.
_AT_ONCE = 1 << 18
#: Vertices from which on the area of a geometry is kept while that lives: each stage of a review
#: asks for it, and that of a million holes takes two seconds.
_KEPT: Final = 100_000
_KNOWN: Final[dict[int, tuple[weakref.ref[Any], float]]] = {}


@cache
def geod() -> Geod:
    """Return the CGCS2000 geodesic solver."""
    return Geod(a=SEMI_MAJOR_M, rf=INVERSE_FLATTENING)


def strip_area(lat_rad: Floats) -> Floats:
    """Area in m² of the strip one radian wide from the equator to a latitude.

    Parameters
    ----------
    lat_rad : ndarray
        Geodetic latitude in radians, any shape.

    Returns
    -------
    ndarray
        F(B) = b²/2 · [sin B / (1 − e² sin² B) + artanh(e sin B) / e], same shape. Source: the
        integral of M·N·cos B, e.g. Snyder, Map Projections (USGS PP 1395), eq. 3-12.
    """
    e = np.sqrt(ECCENTRICITY2)
    sine = np.sin(lat_rad)
    half_b2 = 0.5 * SEMI_MAJOR_M**2 * (1.0 - ECCENTRICITY2)
    area: Floats = half_b2 * (sine / (1.0 - ECCENTRICITY2 * sine * sine) + np.arctanh(e * sine) / e)
    return area


def _edge_integrals(xy: Floats, base: Floats) -> Floats:
    """Integrate F(B) − base dL along consecutive vertices (degrees in); both of length n − 1."""
    rad = np.radians(xy)
    lon, lat = rad[:, 0], rad[:, 1]
    d_lon = np.diff(lon)
    mid, half = 0.5 * (lat[1:] + lat[:-1]), 0.5 * np.diff(lat)
    mean = np.zeros_like(d_lon)
    for count, edges in _by_length(half):
        for node, weight in zip(*_RULES[count], strict=True):
            at = mid[edges] + half[edges] * node
            mean[edges] += 0.5 * weight * (strip_area(at) - base[edges])
    return d_lon * mean


def _by_length(half: Floats) -> tuple[tuple[int, Any], ...]:
    """Return how many points are taken along which edges, given half their span of latitude."""
    short = np.abs(half) <= 0.5 * _SHORT_RAD
    if short.all():
        return ((2, slice(None)),)
    return (2, short), (5, ~short)


def areas(geometries: Any) -> Floats:
    """Ellipsoidal areas of polygons and multipolygons.

    Parameters
    ----------
    geometries : array_like of shapely geometry
        Longitude-latitude in degrees (EPSG:4490). Points, lines and None count 0.

    Returns
    -------
    ndarray of float64, shape (n,)
        Area in m², holes taken off; ring order does not matter.
    """
    geoms = np.atleast_1d(np.asarray(geometries, dtype=object))
    large = shapely.get_num_coordinates(geoms) >= _KEPT
    if not large.any():
        return _areas(geoms)
    out = np.zeros(len(geoms))
    out[~large] = _areas(geoms[~large])
    out[large] = [_kept(geometry) for geometry in geoms[large]]
    return out


def _kept(geometry: Any) -> float:
    """Area of one geometry, which is immutable: measured once."""
    key = id(geometry)
    known = _KNOWN.get(key)
    if known is None or known[0]() is not geometry:
        area = float(_areas(np.array([geometry], dtype=object))[0])
        known = _KNOWN[key] = weakref.ref(geometry, lambda _: _KNOWN.pop(key, None)), area
    return known[1]


def _areas(geoms: NDArray[Any]) -> Floats:
    out = np.zeros(len(geoms))
    parts, owner = shapely.get_parts(geoms, return_index=True)
    polygons = shapely.get_type_id(parts) == 3
    while np.any(shapely.get_type_id(parts) == 7):  # collections inside collections
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
        polygons = shapely.get_type_id(parts) == 3
    polygons &= ~shapely.is_empty(parts)  # an empty polygon has no ring
    parts, owner = parts[polygons], owner[polygons]
    if not len(parts):
        return out
    # Arrays of all rings at once: an object a ring would take minutes for a million holes.
    xy, vertices, rings = to_rings(parts)
    signs = np.full(len(vertices), -1.0)
    signs[np.cumsum(rings) - rings] = 1.0
    ends = np.concatenate(([0], np.cumsum(vertices)))
    of_part = np.repeat(owner, rings)
    total = np.bincount(of_part, signs * _ring_areas(xy, ends), minlength=len(geoms))
    return total.astype(np.float64)


def _ring_areas(xy: Floats, offsets: NDArray[np.int64]) -> Floats:
    """Unsigned area of each closed ring, m²; ring k is ``xy[offsets[k]:offsets[k + 1]]``."""
    # F is taken relative to the first vertex of each ring; the constant cancels around it. That
    # keeps small polygons free of cancellation, and what else is measured makes no difference.
    first = strip_area(np.radians(xy[offsets[:-1], 1]))
    base = np.repeat(first, np.diff(offsets))
    edges = np.empty(len(xy) - 1)
    for start in range(0, len(edges), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        edges[part] = _edge_integrals(xy[start : start + _AT_ONCE + 1], base[:-1][part])
    edges[offsets[1:-1] - 1] = 0.0  # from the end of a ring to the beginning of the next
    return np.abs(np.add.reduceat(edges, offsets[:-1])).astype(np.float64)


def lengths(geometries: Any) -> Floats:
    """Geodesic lengths of lines in m, vertex by vertex; polygons and points count 0.

    Parameters
    ----------
    geometries : array_like of shapely geometry
        Longitude-latitude in degrees (EPSG:4490).

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    geoms = np.atleast_1d(np.asarray(geometries, dtype=object))
    parts, owner = shapely.get_parts(geoms, return_index=True)
    lines = np.isin(shapely.get_type_id(parts), (1, 2))
    parts, owner = parts[lines], owner[lines]
    xy, index = shapely.get_coordinates(parts, return_index=True)
    same = index[1:] == index[:-1]
    start, end = xy[:-1][same], xy[1:][same]
    step = distances(start, end)
    total = np.bincount(owner[index[1:][same]], weights=step, minlength=len(geoms))
    return total.astype(np.float64)


def distances(start: Floats, end: Floats) -> Floats:
    """Geodesic distances in m between paired points, shape (n, 2) in degrees each."""
    if not len(start):
        return np.zeros(0)
    _, _, metres = geod().inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(metres, dtype=np.float64)
