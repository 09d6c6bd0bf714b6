"""Small rasters and units for the tests of the zonal engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.transform import Affine

#: Cylindrical equal area on WGS 84: a cell of 100 m by 100 m is 10,000 m² everywhere.
EQUAL_AREA = "EPSG:6933"
#: Grid of 3 × 3 cells of 100 m with its lower left corner at (0, 0).
THREE = Affine(100, 0, 0, 0, -100, 300)


def write(
    path: Path,
    values: Any,
    *,
    crs: str | None = EQUAL_AREA,
    transform: Affine = THREE,
    nodata: float | None = None,
    **options: Any,
) -> Path:
    """Write (bands, rows, cols) or (rows, cols) to a GeoTIFF."""
    values = np.asarray(values)
    values = values[None] if values.ndim == 2 else values
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=values.shape[0],
        height=values.shape[1],
        width=values.shape[2],
        dtype=values.dtype,
        crs=crs,
        transform=transform,
        nodata=nodata,
        **options,
    ) as dataset:
        dataset.write(values)
    return path


def frame(*geometries: Any, crs: str | None = EQUAL_AREA) -> gpd.GeoDataFrame:
    """Return units named ``a``, ``b``, ``c`` …"""
    names = [chr(ord("a") + i) for i in range(len(geometries))]
    return gpd.GeoDataFrame({"name": names}, geometry=list(geometries), crs=crs)


def areas_of(table: Any, unit: str = "a") -> dict[int, float]:
    """Return class to m² of one unit."""
    own = table[(table["name"] == unit) & table["class"].notna()]
    return dict(zip(own["class"].astype(int), own["area_m2"], strict=True))


def shares_by_shapely(geometry: Any, transform: Affine, height: int, width: int) -> np.ndarray:
    """Return covered shares of all cells by intersecting each with the polygon: slow, exact."""
    rows, cols = np.mgrid[0:height, 0:width]
    x0, y0 = transform.c + transform.a * cols, transform.f + transform.e * rows
    cells = shapely.box(
        np.minimum(x0, x0 + transform.a),
        np.minimum(y0, y0 + transform.e),
        np.maximum(x0, x0 + transform.a),
        np.maximum(y0, y0 + transform.e),
    )
    return shapely.area(shapely.intersection(cells, geometry)) / abs(transform.a * transform.e)
