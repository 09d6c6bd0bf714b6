"""What a raster holds where the units lie: points for comparison, and every value that is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import CRS as Crs  # noqa: N811 - the package's own CRS is a code
from pyproj import Transformer

from zoning.base.settings import CRS
from zoning.stats.fields import alike
from zoning.zonal.grid import Grid, open_grid

F8 = NDArray[np.float64]
Bounds = tuple[float, float, float, float]
#: Longitudes and latitudes to values, (bands, n).
Values = Callable[[F8, F8], F8]
#: Rows and columns that are sampled; more would tell nothing new about units or legends.
_ACROSS: Final = 200
#: Cells read at once where every cell is looked at.
_CELLS: Final = 4_000_000


@dataclass(frozen=True)
class Sample:
    """Values of a raster at evenly spaced cells.

    Attributes
    ----------
    grid : Grid
    lon, lat : float64 arrays (n,)
        Centres of the cells in degrees.
    values : float64 array (bands, n)
        Scale and offset applied, NaN for declared no data.
    """

    grid: Grid
    lon: F8
    lat: F8
    values: F8


def take(path: Path, bounds: Bounds, bands: Sequence[int] | None = (1,)) -> Sample | None:
    """Read evenly spaced cells of the part of a raster within bounds (degrees).

    Returns
    -------
    Sample or None
        None where the raster does not reach the bounds.

    Raises
    ------
    SourceError
        The raster cannot be used.
    """
    grid = open_grid(str(path), bands)
    window = _window(grid, bounds)
    if window is None:
        return None
    rows = _spaced(window[0], window[1])
    cols = _spaced(window[2], window[3])
    values = np.empty((len(grid.bands), rows.size, cols.size))
    with rasterio.open(grid.source) as dataset:
        for at, row in enumerate(rows.tolist()):
            read = grid.read(dataset, (row, row + 1, window[2], window[3]))
            for band, (stored, mask) in enumerate(read):
                values[band, at] = _plain(grid, band, stored, mask)[0, cols - window[2]]
    a, _, c, _, e, f = grid.affine
    x, y = np.meshgrid(c + a * (cols + 0.5), f + e * (rows + 0.5))
    if not alike(grid.crs, Crs(CRS)):
        x, y = Transformer.from_crs(grid.crs, CRS, always_xy=True).transform(x, y)
    return Sample(grid, np.ravel(x), np.ravel(y), values.reshape(len(grid.bands), -1))


def at_points(path: Path, lon: F8, lat: F8, band: int = 1) -> F8:
    """Return the values of a small raster in degrees at points, NaN where it has none."""
    found: F8 = bands_at_points(path, lon, lat, (band,))[0]
    return found


def bands_at_points(path: Path, lon: F8, lat: F8, bands: Sequence[int] | None = None) -> F8:
    """Return the values of all bands of a small raster in degrees, shape (bands, n)."""
    return values_of(path, bands)(lon, lat)


def values_of(path: Path, bands: Sequence[int] | None = None) -> Values:
    """Read a small raster in degrees; what is returned gives its values, (bands, n), at points."""
    grid = open_grid(str(path), bands)
    a, _, c, _, e, f = grid.affine
    with rasterio.open(grid.source) as dataset:
        read = grid.read(dataset, (0, grid.height, 0, grid.width))
    whole = [_plain(grid, band, stored, mask) for band, (stored, mask) in enumerate(read)]

    def at(lon: F8, lat: F8) -> F8:
        col, row = np.floor((lon - c) / a), np.floor((lat - f) / e)
        inside = (row >= 0) & (row < grid.height) & (col >= 0) & (col < grid.width)
        found = np.full((len(whole), lon.size), np.nan)
        index = row[inside].astype(np.int64), col[inside].astype(np.int64)
        for band, values in enumerate(whole):
            found[band, inside] = values[index]
        return found

    return at


def beyond(path: Path, bounds: Bounds, low: float, high: float) -> tuple[Counter[float], int]:
    """Count the values outside limits among all cells within bounds, and all cells with data."""
    grid = open_grid(str(path), (1,))
    window = _window(grid, bounds)
    odd: Counter[float] = Counter()
    total = 0
    if window is None:
        return odd, total
    step = max(1, _CELLS // max(window[3] - window[2], 1))
    with rasterio.open(grid.source) as dataset:
        for row in range(window[0], window[1], step):
            part = (row, min(row + step, window[1]), window[2], window[3])
            stored, mask = grid.read(dataset, part)[0]
            fine = grid.is_data(0, stored, mask)
            values = stored.ravel() if fine is True else stored[fine]
            if values.dtype.kind == "f":
                values = values[~np.isnan(values)]
            total += values.size
            scale, offset = grid.scales[0], grid.offsets[0]
            least, most = sorted(((low - offset) / scale, (high - offset) / scale))
            if values.size and (values.min() < least or values.max() > most):
                strange, count = np.unique(
                    values[(values < least) | (values > most)], return_counts=True
                )
                odd.update(dict(zip(strange.tolist(), count.tolist(), strict=True)))
    return odd, total


def _plain(grid: Grid, band: int, stored: NDArray[Any], mask: Any) -> F8:
    values: F8 = stored.astype(np.float64) * grid.scales[band] + grid.offsets[band]
    fine = grid.is_data(band, stored, mask)
    if fine is not True:
        values[~np.broadcast_to(np.asarray(fine), stored.shape)] = np.nan
    return values


def _spaced(first: int, end: int) -> NDArray[np.int64]:
    """Return at most ``_ACROSS`` numbers, spread evenly, each the middle of its stretch."""
    count = min(end - first, _ACROSS)
    return first + ((np.arange(count) + 0.5) * (end - first) / count).astype(np.int64)


def _window(grid: Grid, bounds: Bounds) -> tuple[int, int, int, int] | None:
    """Return the rows and columns within bounds (degrees), or None."""
    if not alike(grid.crs, Crs(CRS)):
        move = Transformer.from_crs(CRS, grid.crs, always_xy=True)
        bounds = move.transform_bounds(*bounds, densify_pts=21)
    if not np.all(np.isfinite(bounds)):
        return None
    a, _, c, _, e, f = grid.affine
    cols = sorted(((bounds[0] - c) / a, (bounds[2] - c) / a))
    rows = sorted(((bounds[1] - f) / e, (bounds[3] - f) / e))
    row0, row1 = max(0, int(np.floor(rows[0]))), min(grid.height, int(np.ceil(rows[1])))
    col0, col1 = max(0, int(np.floor(cols[0]))), min(grid.width, int(np.ceil(cols[1])))
    return (row0, row1, col0, col1) if row0 < row1 and col0 < col1 else None
