"""Make the example rasters: 30 m terrain and land cover of two years, synthetic, from a seed.

python examples/make_rasters.py
"""

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

SIZE = 200
NOTE = "synthetic, made from a seed for examples and tests; not a survey"


def waves(rng, frequencies, weights, count):
    """Return a sum of plane waves with random directions and phases."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    total = np.zeros((SIZE, SIZE))
    for frequency, weight in zip(frequencies, weights, strict=True):
        for _ in range(count):
            turn, phase = rng.uniform(0, 2 * np.pi, 2)
            across = np.cos(turn) * x + np.sin(turn) * y
            total += weight * np.sin(2 * np.pi * frequency * across + phase)
    return total


def land_cover(rng):
    """Return WorldCover classes of two years: a town grows, grass is ploughed and planted."""
    one, two = (waves(rng, (2, 3, 5, 9), (0.71, 0.58, 0.45, 0.33), 1) for _ in range(2))
    before = np.full((SIZE, SIZE), 30, np.uint8)
    before[one > 0.4] = 10
    before[one < -0.8] = 40
    before[(one <= 0.4) & (one > 0.2) & (two > 0.5)] = 20
    before[two < -1.5] = 60
    before[90:104, 20:44] = 50
    before[150:153, :] = 80
    after = before.copy()
    after[100:116, 30:56] = 50
    for rows, cols, code in ((slice(40, 70), slice(130, 160), 40),
                             (slice(160, 190), slice(120, 150), 10)):  # fmt: skip
        part = after[rows, cols]
        part[part == 30] = code
    return before, after


def main():
    """Write three GeoTIFFs beside this file."""
    rng = np.random.default_rng(2024)
    height = 1300 + waves(rng, (1, 2, 4, 8, 16), (60, 35, 20, 8, 3.5), 3)
    before, after = land_cover(rng)
    layers = {
        "dem_30m": (np.rint(height).astype(np.int16), -32768),
        "landcover_2020": (before, 0),
        "landcover_2024": (after, 0),
    }
    for name, (values, nodata) in layers.items():
        with rasterio.open(
            Path(__file__).with_name(f"{name}.tif"), "w", driver="GTiff", width=SIZE, height=SIZE,
            count=1, dtype=values.dtype, nodata=nodata, crs="EPSG:4546", compress="deflate",
            zlevel=9, transform=Affine(30, 0, 596000, 0, -30, 4058000),
        ) as out:  # fmt: skip
            out.write(values, 1)
            out.update_tags(note=NOTE)


if __name__ == "__main__":
    main()
