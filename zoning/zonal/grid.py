"""The raster side of the zonal engine: what file it is, and whether its cells can be measured."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioIOError
from rasterio.windows import Window as RasterWindow

from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.zonal import mosaic
from zoning.zonal.cells import Affine6


@dataclass(frozen=True)
class Grid:
    """A raster file that the engine can read.

    Attributes
    ----------
    name : str
        Path or GDAL name; what messages call it.
    crs : pyproj.CRS
    affine : tuple of 6 floats
        ``x = a·col + c``, ``y = e·row + f`` (b = d = 0).
    height, width : int
    block : (int, int)
        Rows and columns of the file's blocks.
    bands : tuple of int
        Bands to read, counted from 1.
    dtypes : tuple of str
    nodata : tuple of float or None
    masked : tuple of bool
        True where the file holds a mask or alpha band instead of a nodata value.
    scales, offsets : tuple of float
        ``value = stored · scale + offset``.
    mosaic : str or None
        Description of the tiles that it is made up of.
    """

    name: str
    crs: CRS
    affine: Affine6
    height: int
    width: int
    block: tuple[int, int]
    bands: tuple[int, ...]
    dtypes: tuple[str, ...]
    nodata: tuple[float | None, ...]
    masked: tuple[bool, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    mosaic: str | None = None

    @property
    def source(self) -> str:
        """What GDAL is told to open; each thread opens it anew."""
        return self.mosaic or self.name

    @property
    def sign(self) -> float:
        """Direction in which the left side of a counter-clockwise shell runs (see coverage)."""
        return 1.0 if self.affine[0] * self.affine[4] < 0 else -1.0

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """xmin, ymin, xmax, ymax in the raster's CRS."""
        a, _, c, _, e, f = self.affine
        xs, ys = sorted((c, c + a * self.width)), sorted((f, f + e * self.height))
        return xs[0], ys[0], xs[1], ys[1]

    def is_data(self, index: int, stored: NDArray[Any], mask: NDArray[np.uint8] | None) -> Any:
        """Return which stored values of band position ``index`` are data (bool array or True)."""
        nodata = self.nodata[index]
        result: Any = True
        if nodata is not None and _holds(stored.dtype, nodata):
            # Compared in the band's own type: float32 cannot hold every float64 nodata value.
            result = stored != np.asarray(nodata).astype(stored.dtype)
        if mask is not None:
            result = (mask != 0) & result
        return result

    def read(
        self, dataset: Any, window: tuple[int, int, int, int]
    ) -> list[tuple[NDArray[Any], NDArray[np.uint8] | None]]:
        """Read a window (row0, row1, col0, col1): per band the stored values and the mask.

        Raises
        ------
        SourceError
            The file is damaged there.
        """
        row0, row1, col0, col1 = window
        part = RasterWindow(col0, row0, col1 - col0, row1 - row0)
        try:
            return [
                (
                    dataset.read(band, window=part),
                    dataset.read_masks(band, window=part) if masked else None,
                )
                for band, masked in zip(self.bands, self.masked, strict=True)
            ]
        except RasterioIOError as error:
            fault = problem(
                "raster-unreadable",
                file=self.name,
                key="raster-unreadable.read",
                row0=row0,
                row1=row1,
                error=error,
            )
            raise SourceError(fault) from error


def _holds(dtype: np.dtype[Any], value: float) -> bool:
    """Return whether a band of this type can hold a value at all (NaN is seen to elsewhere)."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return float(value).is_integer() and info.min <= value <= info.max
    return not np.isnan(value)


def open_grid(raster: Any, bands: Sequence[int] | None) -> Grid:
    """Read a raster's header and check that the engine can use it.

    Parameters
    ----------
    raster : path, str, open rasterio dataset, or list of paths
        Any file or name GDAL can open again; a folder or list of tiles of one grid.
    bands : sequence of int, optional
        Bands counted from 1; all bands if None.

    Returns
    -------
    Grid

    Raises
    ------
    SourceError
        The file cannot be opened, has no CRS, or its grid is rotated or sheared.
    UsageError
        A band does not exist.
    """
    tiles = mosaic.tiles_of(raster)
    if isinstance(raster, list | tuple):
        name = os.fspath(raster[0]) if raster else ""
    else:
        name = os.fspath(raster if isinstance(raster, str | os.PathLike) else raster.name)
    whole = mosaic.describe(tiles, name) if tiles is not None else None
    try:
        with rasterio.open(whole or name) as dataset:
            return replace(_grid(name, dataset, bands), mosaic=whole)
    except RasterioIOError as error:
        fault = problem("raster-unreadable", file=name, error=error)
        raise SourceError(fault) from error


def _grid(name: str, dataset: Any, bands: Sequence[int] | None) -> Grid:
    problems = []
    affine: Affine6 = tuple(dataset.transform)[:6]
    crs = _crs(dataset.crs)
    if crs is None:
        problems.append(_no_crs(name))
    if affine[1] != 0.0 or affine[3] != 0.0 or 0.0 in (affine[0], affine[4]):
        problems.append(_rotated(name, affine))
    if problems or crs is None:
        raise SourceError(problems)
    chosen = tuple(bands) if bands is not None else tuple(dataset.indexes)
    absent = [b for b in chosen if b not in dataset.indexes]
    if absent or not chosen:
        raise UsageError(_no_band(name, absent, dataset.count))
    complex_ = sorted({d for b in chosen if (d := dataset.dtypes[b - 1]).startswith("complex")})
    if complex_:
        raise SourceError(problem("raster-type", file=name, dtype=", ".join(complex_)))
    return _header(name, dataset, crs, affine, chosen)


def _header(name: str, dataset: Any, crs: CRS, affine: Affine6, chosen: tuple[int, ...]) -> Grid:
    at = [b - 1 for b in chosen]
    flags = [dataset.mask_flag_enums[i] for i in at]
    return Grid(
        name=name,
        crs=crs,
        affine=affine,
        height=dataset.height,
        width=dataset.width,
        block=dataset.block_shapes[at[0]],
        bands=chosen,
        dtypes=tuple(dataset.dtypes[i] for i in at),
        nodata=tuple(dataset.nodatavals[i] for i in at),
        masked=tuple(MaskFlags.per_dataset in f or MaskFlags.alpha in f for f in flags),
        scales=tuple(float(dataset.scales[i]) for i in at),
        offsets=tuple(float(dataset.offsets[i]) for i in at),
    )


def _crs(found: Any) -> CRS | None:
    """Return a raster's horizontal CRS as pyproj sees it, or None."""
    if found is None:
        return None
    try:
        crs = CRS.from_wkt(found.to_wkt())
    except CRSError:
        return None
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    return crs if crs.is_geographic or crs.is_projected else None


def _no_crs(name: str) -> Problem:
    return problem("raster-crs-missing", file=name)


def _rotated(name: str, affine: Affine6) -> Problem:
    return problem("raster-rotated", file=name, affine=affine)


def _no_band(name: str, absent: Sequence[int], count: int) -> Problem:
    return problem("raster-band-missing", file=name, count=count, absent=list(absent))
