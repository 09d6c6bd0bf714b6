"""Side lengths of a raster's cells in metres, for slopes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Proj, Transformer

from zoning.base.errors import SourceError, problem
from zoning.base.units import ECCENTRICITY2, SEMI_MAJOR_M
from zoning.zonal.grid import Grid

F8 = NDArray[np.float64]
#: A projection may stretch lengths by this much before slopes from it are refused.
STRETCH: Final = 0.02


def cell_metres(grid: Grid) -> tuple[F8, F8]:
    """Return width and height of the cells of each row, m.

    Parameters
    ----------
    grid : Grid
        Geographic (radii of curvature of CGCS2000) or projected.

    Returns
    -------
    dx, dy : float64 arrays (rows,)

    Raises
    ------
    SourceError
        The projection stretches lengths by more than 2 % somewhere on the raster, as Web Mercator
        does by 25 % here: slopes would be wrong by as much.
    """
    a, _, _, _, e, f = grid.affine
    if not grid.crs.is_geographic:
        _require_true_scale(grid)
        unit = grid.crs.axis_info[0].unit_conversion_factor
        return np.full(grid.height, abs(a) * unit), np.full(grid.height, abs(e) * unit)
    lat = np.radians(f + e * (np.arange(grid.height) + 0.5))
    w2 = 1.0 - ECCENTRICITY2 * np.sin(lat) ** 2
    meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY2) / w2**1.5
    normal = SEMI_MAJOR_M / np.sqrt(w2)
    return np.radians(abs(a)) * normal * np.cos(lat), np.radians(abs(e)) * meridian


def _require_true_scale(grid: Grid) -> None:
    left, bottom, right, top = grid.bounds
    x, y = np.meshgrid(np.linspace(left, right, 5), np.linspace(bottom, top, 5))
    to_degrees = Transformer.from_crs(grid.crs, grid.crs.geodetic_crs, always_xy=True)
    lon, lat = to_degrees.transform(x.ravel(), y.ravel())
    factors = Proj(grid.crs).get_factors(lon, lat)
    scales = np.concatenate([factors.meridional_scale, factors.parallel_scale])
    worst = float(np.max(np.abs(scales - 1.0)))
    if worst <= STRETCH:  # infinite where the projection is not defined: refused, too
        return
    raise SourceError(
        problem("raster-crs-unusable", file=grid.name, name=grid.crs.name, worst=100.0 * worst)
    )
