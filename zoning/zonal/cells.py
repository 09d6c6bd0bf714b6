"""Areas of raster cells on the CGCS2000 ellipsoid, in m².

Geographic rasters: a cell is a quadrangle of parallels and meridians, its area is known in closed
form and depends on the row only. Projected rasters: a cell's area is its area in the plane divided
by the projection's areal scale, which varies smoothly; the scale is derived from PROJ's forward
formulas at Chebyshev nodes over the part of the raster that is needed, and interpolated by the
polynomial through them. The interpolation is checked at other points and its error stands in the
result.

Longitudes and latitudes of the raster's own CRS are read as they stand, on whatever ellipsoid it
names, and measured on CGCS2000 like everything else in this package. On WGS 84 that changes an
area by 1e-10 of itself. On a sphere (MODIS) it removes the 0.1–0.2 % by which spherical areas are
wrong at these latitudes.

Sources
-------
J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), eq. 3-12
(authalic function q) and 4-18 to 4-20 (radii of curvature). L. N. Trefethen, Approximation Theory
and Approximation Practice, SIAM (2013), ch. 4 and 5 (Chebyshev interpolation).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

from zoning.base import geodesy
from zoning.base.errors import SourceError, problem
from zoning.base.units import ECCENTRICITY2, SEMI_MAJOR_M
from zoning.messages import Text, message

F8 = NDArray[np.float64]
#: a, b, c, d, e, f of ``x = a·col + b·row + c``, ``y = d·col + e·row + f`` (affine order).
Affine6 = tuple[float, float, float, float, float, float]
#: First row, row after the last, first column, column after the last.
Box = tuple[int, int, int, int]

#: Interpolated cell areas must agree with directly computed ones to this, relative.
TOLERANCE: Final = 1e-10
#: Step of the numerical derivatives, degrees: error 1e-15, rounding of 1e-8 m in 1 km.
_STEP: Final = 0.01
_DEGREES: Final = (6, 8, 12, 16, 24, 32, 48)


def row_areas(top: ArrayLike, bottom: ArrayLike, width: float) -> F8:
    """Return the areas of quadrangles between parallels, in closed form without cancellation.

    Parameters
    ----------
    top, bottom : array_like
        Latitudes of the two parallels in degrees, in either order; beyond ±90 is cut off.
    width : float
        Difference of longitude in degrees.

    Returns
    -------
    float64 array
        m² on the CGCS2000 ellipsoid.
    """
    upper = np.radians(np.clip(np.asarray(top, float), -90.0, 90.0))
    lower = np.radians(np.clip(np.asarray(bottom, float), -90.0, 90.0))
    e2, e = ECCENTRICITY2, np.sqrt(ECCENTRICITY2)
    s1, s2 = np.sin(lower), np.sin(upper)
    # Differences as products, so that rows of a second of arc keep all their digits.
    rise = 2.0 * np.cos(0.5 * (upper + lower)) * np.sin(0.5 * (upper - lower))
    rational = rise * (1.0 + e2 * s1 * s2) / ((1.0 - e2 * s1 * s1) * (1.0 - e2 * s2 * s2))
    logarithm = np.arctanh(e * rise / (1.0 - e2 * s1 * s2)) / e
    b2 = SEMI_MAJOR_M**2 * (1.0 - e2)
    area: F8 = np.abs(0.5 * b2 * np.radians(width) * (rational + logarithm))
    return area


def polygon_areas(geometries: Any, crs: CRS, step: float) -> F8:
    """Return ellipsoidal areas of polygons whose edges are straight in ``crs``.

    Parameters
    ----------
    geometries : array of shapely polygons or multipolygons
    crs : pyproj.CRS
        Geographic in degrees, or projected.
    step : float
        Projected edges are cut into pieces of this length (units of ``crs``), each then taken as
        straight in longitude and latitude; the error falls with its square.

    Returns
    -------
    float64 array
        m² on the CGCS2000 ellipsoid; NaN where ``crs`` is not defined over the whole polygon.
    """
    if crs.is_geographic:
        return geodesy.areas(geometries)
    move = _to_geodetic(crs).transform
    pieces = shapely.segmentize(geometries, step)
    moved = shapely.transform(pieces, lambda points: np.column_stack(move(*points.T)))
    finite = np.array([bool(np.isfinite(shapely.get_coordinates(p)).all()) for p in moved], bool)
    result = np.full(len(moved), np.nan)
    result[finite] = geodesy.areas(moved[finite])
    return result


@dataclass(frozen=True)
class CellAreas:
    """Areas of the cells of one raster.

    Attributes
    ----------
    method : str
        ``"ellipsoidal rows"`` or ``"projection scale"``.
    error : float
        Largest relative difference of the interpolation found at check points; 0 for rows.
    """

    method: str
    error: float
    _rows: F8 | None = None
    _box: Box = (0, 1, 0, 1)
    _coefficients: F8 = field(default_factory=lambda: np.zeros((1, 1)))

    def factors(self, row0: int, row1: int, col0: int, col1: int) -> tuple[F8, F8]:
        """Return the areas of a window's cells in m² as a product of two matrices.

        Returns
        -------
        left : float64 array (row1 - row0, n)
        right : float64 array (n, 1) or (n, col1 - col0)
            One column where the area depends on the row only.
        """
        if self._rows is not None:
            return self._rows[row0:row1, None], np.ones((1, 1))
        top, bottom, left, right = self._box
        n, m = self._coefficients.shape
        rows = _to_unit(np.arange(row0 + 0.5, row1), top, bottom)
        cols = _to_unit(np.arange(col0 + 0.5, col1), left, right)
        down: F8 = chebyshev.chebvander(rows, n - 1) @ self._coefficients
        across: F8 = np.ascontiguousarray(chebyshev.chebvander(cols, m - 1).T, dtype=float)
        return down, across


def cell_areas(crs: CRS, affine: Affine6, shape: tuple[int, int], box: Box) -> CellAreas:
    """Prepare the cell areas of a raster.

    Parameters
    ----------
    crs : pyproj.CRS
        Geographic in degrees, or projected.
    affine : tuple of 6 floats
        Geotransform in affine order, without rotation.
    shape : (int, int)
        Rows and columns of the raster.
    box : tuple of 4 ints
        The part whose cells will be asked for; a projection need be defined there only.

    Returns
    -------
    CellAreas

    Raises
    ------
    SourceError
        The CRS is neither, is not in degrees, or its areal scale cannot be had over ``box``.
    """
    a, _, _, _, e, f = affine
    if crs.is_geographic:
        if abs(crs.axis_info[0].unit_conversion_factor - np.pi / 180.0) > 1e-15:
            raise _unusable(crs, message("zonal.not-degrees"))
        edges = f + e * np.arange(shape[0] + 1)
        return CellAreas("ellipsoidal rows", 0.0, row_areas(edges[:-1], edges[1:], abs(a)))
    if not crs.is_projected:
        raise _unusable(crs, message("zonal.no-projection"))
    return _fit(crs, affine, box)


def _fit(crs: CRS, affine: Affine6, box: Box) -> CellAreas:
    """Interpolate the areas of the cells in ``box`` to ``TOLERANCE``."""
    top, bottom, left, right = box
    rng = np.random.default_rng(0)
    check_row = top + (bottom - top) * rng.random(100)
    check_col = left + (right - left) * rng.random(100)
    truth = _sample(crs, affine, check_row, check_col)
    error = np.inf
    for n in _DEGREES if np.isfinite(truth).all() else ():
        nodes = chebyshev.chebpts1(n)
        rows, cols = np.meshgrid(
            _from_unit(nodes, top, bottom), _from_unit(nodes, left, right), indexing="ij"
        )
        values = _sample(crs, affine, rows.ravel(), cols.ravel())
        if not np.isfinite(values).all():
            break
        # Discrete orthogonality of the polynomials on their nodes gives the coefficients.
        basis = chebyshev.chebvander(nodes, n - 1) * (2.0 / n)
        basis[:, 0] *= 0.5
        coefficients = basis.T @ values.reshape(n, n) @ basis
        fitted = chebyshev.chebval2d(
            _to_unit(check_row, top, bottom), _to_unit(check_col, left, right), coefficients
        )
        error = float(np.max(np.abs(fitted / truth - 1.0)))
        if error <= TOLERANCE:
            return CellAreas("projection scale", error, None, box, coefficients)
    raise _unusable(crs, message("zonal.rough-scale"))


def _sample(crs: CRS, affine: Affine6, row: F8, col: F8) -> F8:
    """Return the mean area of cells centred at (row, col), by 2 × 2 Gauss-Legendre points."""
    a, _, c, _, e, f = affine
    to_geodetic, to_plane = _to_geodetic(crs), _to_plane(crs)
    total = np.zeros_like(row)
    half = 0.5 / np.sqrt(3.0)
    for dy in (-half, half):
        for dx in (-half, half):
            lon, lat = to_geodetic.transform(c + a * (col + dx), f + e * (row + dy))
            total += 0.25 * _true_over_plane(to_plane, lon, lat)
    return total * abs(a * e)


def _true_over_plane(to_plane: Transformer, lon: F8, lat: F8) -> F8:
    """Return CGCS2000 area per area in the plane; NaN outside the projection's domain.

    The derivatives of the projection are central differences of fourth order. PROJ's own factors
    are not used: for Web Mercator they refer to a sphere, which is 0.2 % off.
    """
    if not (np.isfinite(lon) & np.isfinite(lat)).all():
        return np.full(lon.shape, np.nan)
    by_lon, by_lat = (
        sum(
            weight
            * np.array(to_plane.transform(lon + k * east * _STEP, lat + k * north * _STEP))
            / np.radians(_STEP)
            for k, weight in ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))
        )
        for east, north in ((1.0, 0.0), (0.0, 1.0))
    )
    in_plane = np.abs(by_lon[0] * by_lat[1] - by_lon[1] * by_lat[0])
    sine2 = np.sin(np.radians(lat)) ** 2
    gauss = SEMI_MAJOR_M**2 * (1.0 - ECCENTRICITY2) / (1.0 - ECCENTRICITY2 * sine2) ** 2
    result: F8 = gauss * np.cos(np.radians(lat)) / np.where(in_plane > 0.0, in_plane, np.nan)
    return result


def _to_geodetic(crs: CRS) -> Transformer:
    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


def _to_plane(crs: CRS) -> Transformer:
    return Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)


def _to_unit(value: F8, low: float, high: float) -> F8:
    return (2.0 * value - low - high) / (high - low)


def _from_unit(value: F8, low: float, high: float) -> F8:
    return 0.5 * (low + high + (high - low) * value)


def _unusable(crs: CRS, why: Text) -> SourceError:
    return SourceError(
        problem(
            "raster-crs-unusable",
            key="raster-crs-unusable.unusable",
            name=crs.name,
            detail=why,
        )
    )
