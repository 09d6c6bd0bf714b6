"""Small rasters and units with known figures, for the tests of the statistics."""

import geopandas
import numpy as np
import rasterio
import shapely
from affine import Affine

#: CGCS2000 / 3-degree Gauss-Kruger CM 111E: metres, scale 1 on its central meridian.
METRES = "EPSG:4546"


def write(path, values, *, crs=METRES, origin=(500000.0, 4200000.0), cell=30.0, **more):
    """Write a raster whose upper left corner is at ``origin``."""
    values = np.asarray(values)
    bands = values if values.ndim == 3 else values[None]
    transform = Affine(cell, 0, origin[0], 0, -cell, origin[1])
    with rasterio.open(
        path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=len(bands),
        dtype=bands.dtype, crs=crs, transform=transform, **more,
    ) as out:  # fmt: skip
        out.write(bands)
    return path


def box_units(boxes, crs=METRES, names=None):
    """Return units from (left, bottom, right, top)."""
    return geopandas.GeoDataFrame(
        {
            "unit": [str(i + 1) for i in range(len(boxes))],
            "name": names or [f"U{i + 1}" for i in range(len(boxes))],
        },
        geometry=[shapely.box(*b) for b in boxes],
        crs=crs,
    )


def hills(rows, cols, seed=7, relief=400.0):
    """Seeded smooth terrain with whole-metre elevations, pits and flats."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:cols] / 12.0
    z = np.zeros((rows, cols))
    for _ in range(6):
        a, b, p, q = rng.normal(size=4)
        z += np.sin(a * x + b * y + p) * np.cos(b * x - a * y + q)
    return np.rint(800.0 + relief / 6.0 * z).astype(np.int16)
