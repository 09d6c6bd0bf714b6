"""A small picture of a changed patch: red on the outline of what lies around it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.features import rasterize
from rasterio.io import MemoryFile

#: Side of a picture in pixels, and how much wider than the patch it looks.
SIZE: Final = 160
_ROOM: Final = 3.0
#: White ground, grey unit, dark outline, red patch.
_COLOURS: Final = np.array(
    [[255, 255, 255], [232, 236, 232], [120, 130, 125], [200, 30, 30]], np.uint8
)


def patch_png(patch: Any, around: Any, size: int = SIZE) -> bytes:
    """Return a PNG of a patch within its unit.

    Parameters
    ----------
    patch, around : shapely geometry
        In degrees; ``around`` may be None.
    size : int
        Width and height in pixels.
    """
    west, south, east, north = patch.bounds
    lon, lat = (west + east) / 2.0, (south + north) / 2.0
    # Degrees of longitude are shorter by the cosine of the latitude: metres look alike both ways.
    shrink = float(np.cos(np.radians(lat)))
    half = max((east - west) * shrink, north - south, 1e-4) * _ROOM / 2.0
    step = 2.0 * half / size
    transform = Affine(step / shrink, 0.0, lon - half / shrink, 0.0, -step, lat + half)
    canvas = np.zeros((size, size), np.uint8)
    if around is not None and not around.is_empty:
        window = shapely.box(lon - half / shrink, lat - half, lon + half / shrink, lat + half)
        near = shapely.intersection(around, window)
        edge = shapely.intersection(shapely.boundary(around), window)
        _burn(canvas, near, 1, transform)
        _burn(canvas, edge, 2, transform)
    _burn(canvas, patch, 3, transform)
    with MemoryFile() as memory:
        profile = {"driver": "PNG", "width": size, "height": size, "count": 3, "dtype": "uint8"}
        with memory.open(**profile, transform=Affine(1.0, 0.0, 0.0, 0.0, -1.0, float(size))) as out:
            out.write(np.moveaxis(_COLOURS[canvas], 2, 0))
        return bytes(memory.read())


def _burn(canvas: Any, shape: Any, value: int, transform: Affine) -> None:
    if shape.is_empty:
        return
    with rasterio.Env():
        rasterize([(shape, value)], out=canvas, transform=transform, all_touched=True)
