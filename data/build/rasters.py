"""Raster products, each on its source's own grid, cut to one window around Shanxi."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import rasterio
import sources
import vector
from fetch import Say, members, single
from rasterio.transform import Affine, from_origin
from rasterio.windows import Window

#: West, south, east, north in degrees: Shanxi plus at least 30 km; whole cells of every grid used.
WINDOW = (109.75, 34.25, 115.0, 41.0)
DEM_CELL = 1.0 / 120.0
DEM_NODATA = -32768
RAIN_CELL = 0.25
CMG_CELL = 0.05
NDVI_NODATA = -32768
NDVI_SCALE = 0.0001


@dataclass(frozen=True)
class Grid:
    """A raster in memory: bands first, north up."""

    values: npt.NDArray[Any]
    transform: Affine
    nodata: float
    tags: dict[str, str]
    bands: tuple[str, ...]
    scale: float = 1.0
    unit: str = ""


def _shape(cell: float) -> tuple[int, int]:
    west, south, east, north = WINDOW
    return round((north - south) / cell), round((east - west) / cell)


def write(grid: Grid, path: Path) -> None:
    """Write a tiled, DEFLATE-compressed GeoTIFF with predictor, nodata, scale and tags."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    count, height, width = grid.values.shape
    floating = np.issubdtype(grid.values.dtype, np.floating)
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "dtype": grid.values.dtype.name,
        "count": count,
        "height": height,
        "width": width,
        "crs": vector.CRS,
        "transform": grid.transform,
        "nodata": grid.nodata,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "deflate",
        "zlevel": 9,
        "predictor": 3 if floating else 2,
        "interleave": "band",
        "num_threads": 1,
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(grid.values)
        target.scales = (grid.scale,) * count
        target.units = (grid.unit,) * count
        target.descriptions = grid.bands
        target.update_tags(**grid.tags)


def _snap(labels: npt.NDArray[np.float64], cell: float) -> npt.NDArray[np.float64]:
    """Return cell centres: each axis moved up (east, north) to the next half cell.

    The labels of the source are 0.865 cell west and 0.263 cell south of the true centres; the
    lattice of all global 30 arc-second models has its cell edges on whole multiples of the cell.
    """
    index = np.arange(labels.size)
    first = (np.ceil(labels[0] / cell - 0.5) + 0.5) * cell
    return np.asarray(first + index * cell, dtype=float)


def read_dem(cache: Path, say: Say) -> Grid:
    """Return elevation (int16, m) in the window with the lattice corrected."""
    path = single(sources.DEM, cache, say)
    west, south, _, north = WINDOW
    rows, columns = _shape(DEM_CELL)
    with h5py.File(path, "r") as source:
        lon = _snap(source["lon"][:].astype(float), DEM_CELL)
        lat = _snap(source["lat"][:].astype(float), DEM_CELL)
        left = round((west - (lon[0] - DEM_CELL / 2)) / DEM_CELL)
        low = round((south - (lat[0] - DEM_CELL / 2)) / DEM_CELL)
        block = source["data0"][0, 0, 0, 0, low : low + rows, left : left + columns]
    tags = {
        "title": "Elevation, 30 arc seconds",
        "source": f"{sources.METEVA} {sources.DEM.inner}",
        "processing": "lattice snapped east and north to the next half cell; cut to the window",
    }
    return Grid(
        block[::-1].astype(np.int16)[np.newaxis],
        from_origin(west, north, DEM_CELL, DEM_CELL),
        DEM_NODATA,
        tags,
        ("elevation",),
        unit="m",
    )


def dem(cache: Path, out: Path, say: Say) -> None:
    """Write dem_30s.tif."""
    write(read_dem(cache, say), out)


def _global(source: sources.Source, cache: Path, say: Say) -> npt.NDArray[Any]:
    """Return the window of a global 0.05 degree grid (origin 180 W, 90 N), whatever its CRS tag."""
    west, _, _, north = WINDOW
    rows, columns = _shape(CMG_CELL)
    column, row = round((west + 180.0) / CMG_CELL), round((90.0 - north) / CMG_CELL)
    with rasterio.open(single(source, cache, say)) as grid:
        if (grid.width, grid.height) != (7200, 3600):
            raise ValueError(f"{source.inner} is not the global 0.05 degree grid")
        return np.asarray(grid.read(window=Window(column, row, columns, rows)))


def landcover(cache: Path, out: Path, say: Say) -> None:
    """Write landcover_2019.tif: IGBP class codes 0 (water) to 16."""
    values = _global(sources.LANDCOVER, cache, say).astype(np.uint8)
    tags = {
        "title": "Land cover 2019, IGBP majority class",
        "source": f"{sources.MCD12C1} {sources.LANDCOVER.inner}",
        "classes": "0 water; 1 evergreen needleleaf; 2 evergreen broadleaf; 3 deciduous "
        "needleleaf; 4 deciduous broadleaf; 5 mixed forest; 6 closed shrub; 7 open shrub; "
        "8 woody savanna; 9 savanna; 10 grassland; 11 wetland; 12 cropland; 13 urban; "
        "14 cropland mosaic; 15 snow; 16 barren",
    }
    west, north = WINDOW[0], WINDOW[3]
    transform = from_origin(west, north, CMG_CELL, CMG_CELL)
    write(Grid(values, transform, 255, tags, ("igbp_class",)), out)


def _ndvi(cache: Path, out: Path, say: Say, source: sources.Source, title: str) -> None:
    """Write one NDVI grid as int16 with scale 0.0001."""
    values = _global(source, cache, say).astype(float)
    valid = np.isfinite(values) & (values > -1.5)
    scaled = np.where(valid, np.round(values / NDVI_SCALE), NDVI_NODATA).astype(np.int16)
    tags = {"title": title, "source": f"{source.package} {source.inner}"}
    transform = from_origin(WINDOW[0], WINDOW[3], CMG_CELL, CMG_CELL)
    write(Grid(scaled, transform, NDVI_NODATA, tags, ("ndvi",), scale=NDVI_SCALE), out)


ndvi_max = partial(_ndvi, source=sources.NDVI_MAX, title="NDVI, climatological maximum")
ndvi_min = partial(_ndvi, source=sources.NDVI_MIN, title="NDVI, climatological minimum")


def rain(cache: Path, out: Path, say: Say) -> None:
    """Write rain_monthly.tif: twelve bands, mean monthly rain in mm."""
    files = {path.stem: path for path in members(sources.RAIN, cache, say)}
    grids = {stem: np.load(path)["arr_0"] for stem, path in files.items()}
    lat, lon = grids["v7_lat_mt"][:, 0], grids["v7_lon_mt"][0]
    west, south, east, north = WINDOW
    rows = np.flatnonzero((lat > south) & (lat < north))[::-1]
    columns = np.flatnonzero((lon > west) & (lon < east))
    if (rows.size, columns.size) != _shape(RAIN_CELL):
        raise ValueError("the rain grid is not the expected 0.25 degree lattice")
    months = [f"v7_mt_month{month:02d}" for month in range(1, 13)]
    cut = [grids[month][np.ix_(rows, columns)] for month in months]
    values = np.stack(cut).astype(np.float32)
    tags = {"title": "Mean monthly rain", "source": f"{sources.ITUR} {sources.RAIN.inner}"}
    transform = from_origin(west, north, RAIN_CELL, RAIN_CELL)
    bands = tuple(f"month_{month:02d}" for month in range(1, 13))
    write(Grid(values, transform, -9999.0, tags, bands, unit="mm"), out)
