"""The raster layers: cloud-optimised GeoTIFFs on one grid, that of the elevation model.

Grid: EPSG:4490, 30 arc seconds, 630 x 810 cells, upper left corner 109.75 E 41.0 N. Cells of the
coarser sources (0.05 and 0.25 degree) are whole multiples of it, so they are repeated, not
resampled. See docs/decisions/0086.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import derived_grid as dg
import geopandas as gpd
import numpy as np
import rasterio
import vector
from fetch import Say
from rasterio.features import rasterize
from rasterio.io import MemoryFile
from rasterio.shutil import copy

#: Codes of the class rasters, as in their tags and in ``layers/rasters.toml``.
SPACE_CODES = {"ecological": 1, "agricultural": 2, "urban": 3}
LINE_FILES = {
    "ecological_redline": 1,
    "permanent_basic_farmland": 2,
    "urban_growth_boundary": 3,
}
ZONE_CODES = {"西北黄土高原区": 1, "北方土石山区": 2}
UNIT_CODES = {"priority": 1, "key": 2, "general": 3}


def write_cog(values: Any, out: Path, *, nodata: float, tags: dict[str, str], scale: float = 1.0,
              unit: str = "", smooth: bool = False) -> None:  # fmt: skip
    """Write one band as COG: tiled, DEFLATE with predictor, internal overviews.

    Overviews of classes take the nearest cell, those of quantities the mean (``smooth``).
    """
    grid = dg.cells(dg.data_root(out))
    profile = {
        "driver": "GTiff", "dtype": values.dtype.name, "count": 1, "height": values.shape[0],
        "width": values.shape[1], "crs": vector.CRS, "transform": grid.transform,
        "nodata": nodata,
    }  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(values, 1)
            target.scales, target.units = (scale,), (unit,)
            target.update_tags(**tags)
        copy(
            memory.name, out, driver="COG", COMPRESS="DEFLATE", LEVEL="9", PREDICTOR="YES",
            BLOCKSIZE="256", OVERVIEWS="AUTO", NUM_THREADS="1",
            OVERVIEW_RESAMPLING="AVERAGE" if smooth else "NEAREST",
        )  # fmt: skip


def _source(out: Path, name: str) -> tuple[Any, float]:
    with rasterio.open(dg.data_root(out) / "rasters" / name) as source:
        return source.read(), source.nodata


def repeat(values: Any, shape: tuple[int, int]) -> Any:
    """Return a coarse raster of the same window on a finer grid, each cell repeated.

    Raises
    ------
    ValueError
        If the fine grid is not a whole multiple of the coarse one.
    """
    rows, columns = shape[0] / values.shape[0], shape[1] / values.shape[1]
    if rows != int(rows) or columns != int(columns):
        raise ValueError(f"{values.shape} does not divide {shape}")
    return np.repeat(np.repeat(values, int(rows), axis=0), int(columns), axis=1)


def elevation(_cache: Path, out: Path, _say: Say) -> None:
    """Write elevation.tif, m."""
    values, nodata = _source(out, "dem_30s.tif")
    write_cog(values[0], out, nodata=nodata, tags={"title": "Elevation, m"}, unit="m", smooth=True)


def slope(_cache: Path, out: Path, _say: Say) -> None:
    """Write slope.tif, degrees (uint16 x 0.01)."""
    grid = dg.cells(dg.data_root(out))
    values = np.round(dg.slope_degrees(grid) * 100.0).astype(np.uint16)
    tags = {"title": "Slope, degrees (Horn, 30 arc seconds)"}
    write_cog(values, out, nodata=65535, tags=tags, scale=0.01, unit="degree", smooth=True)


def landcover(_cache: Path, out: Path, _say: Say) -> None:
    """Write landcover.tif: IGBP classes, each 0.05 degree cell repeated 6 x 6."""
    values, nodata = _source(out, "landcover_2019.tif")
    with rasterio.open(dg.data_root(out) / "rasters" / "landcover_2019.tif") as source:
        tags = {"title": "Land cover 2019 (IGBP)", "classes": source.tags()["classes"]}
    fine = repeat(values[0], dg.cells(dg.data_root(out)).height.shape)
    write_cog(fine, out, nodata=nodata, tags=tags)


def ndvi(_cache: Path, out: Path, _say: Say) -> None:
    """Write ndvi.tif: climatological maximum (int16 x 0.0001)."""
    values, nodata = _source(out, "ndvi_max.tif")
    fine = repeat(values[0], dg.cells(dg.data_root(out)).height.shape)
    tags = {"title": "NDVI, climatological maximum"}
    write_cog(fine, out, nodata=nodata, tags=tags, scale=0.0001, smooth=True)


def rain(_cache: Path, out: Path, _say: Say) -> None:
    """Write rain_annual.tif: mean annual rain, mm, each 0.25 degree cell repeated 30 x 30."""
    values, _ = _source(out, "rain_monthly.tif")
    total = np.round(values.sum(axis=0)).astype(np.int16)
    fine = repeat(total, dg.cells(dg.data_root(out)).height.shape)
    write_cog(fine, out, nodata=-32768, tags={"title": "Mean annual rain, mm"}, unit="mm",
              smooth=True)  # fmt: skip


def burn(out: Path, shapes: list[tuple[Any, int]]) -> Any:
    """Return the code of the polygon that holds each cell's centre, 0 where there is none."""
    grid = dg.cells(dg.data_root(out))
    return rasterize(shapes, out_shape=grid.height.shape, transform=grid.transform, dtype="uint8")


def _classes(_cache: Path, out: Path, _say: Say, file: str, column: str,
             codes: dict[str, int], title: str) -> None:  # fmt: skip
    """Write a class raster of one polygon layer."""
    frame = gpd.read_file(dg.data_root(out) / "boundaries" / file)
    shapes = [(g, codes[k]) for g, k in zip(frame.geometry, frame[column], strict=True)]
    listed = "; ".join(f"{code} {name}" for name, code in codes.items())
    write_cog(burn(out, shapes), out, nodata=0, tags={"title": title, "classes": listed})


three_spaces = partial(
    _classes, file="three_spaces.fgb", column="space", codes=SPACE_CODES, title="Three spaces"
)
erosion_zones = partial(
    _classes, file="erosion_zones.fgb", column="name", codes=ZONE_CODES, title="Erosion zones"
)
erosion_alternative = partial(
    _classes, file="erosion_zones.fgb", column="alternative", codes=ZONE_CODES,
    title="Erosion zones, the other reading where disputed",
)  # fmt: skip
control_units = partial(
    _classes, file="control_units.fgb", column="unit_class", codes=UNIT_CODES,
    title="Control units",
)  # fmt: skip


def control_lines(_cache: Path, out: Path, _say: Say) -> None:
    """Write control_lines.tif: 1 redline, 2 farmland, 3 growth boundary, 0 none."""
    shapes = []
    for name, code in LINE_FILES.items():
        frame = gpd.read_file(dg.data_root(out) / "boundaries" / f"{name}.fgb")
        shapes += [(shape, code) for shape in frame.geometry]
    listed = "; ".join(f"{code} {name}" for name, code in LINE_FILES.items())
    write_cog(burn(out, shapes), out, nodata=0, tags={"title": "Three control lines",
              "classes": listed})  # fmt: skip
