"""A raster layer as a file: a cloud-optimised GeoTIFF."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning.base.seals import MARK
from zoning.base.settings import CRS
from zoning.base.targets import Target
from zoning.base.writing import whole

if TYPE_CHECKING:
    from zoning.zonal.convert import Cells


def write_cells(cells: Cells, place: Target | Path, tags: Mapping[str, str]) -> Path:
    """Write a raster as cloud-optimised GeoTIFF: tiled, compressed, with internal overviews."""
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy

    profile: dict[str, Any] = {
        "driver": "GTiff",
        "dtype": cells.values.dtype.name,
        "count": 1,
        "height": cells.values.shape[0],
        "width": cells.values.shape[1],
        "crs": CRS,
        "transform": cells.transform,
        "nodata": cells.nodata,
    }
    listed = "; ".join(f"{code} {name}" for code, name in cells.classes.items())
    with whole(place) as temporary, MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(cells.values, 1)
            target.scales, target.units = (cells.scale,), (cells.unit,)
            target.update_tags(OUTPUT=MARK, **tags, **({"classes": listed} if listed else {}))
        copy(
            memory.name,
            temporary,
            driver="COG",
            COMPRESS="DEFLATE",
            PREDICTOR="YES",
            BLOCKSIZE="256",
            OVERVIEW_RESAMPLING="NEAREST" if cells.classes else "AVERAGE",
        )
    return Target.of(place).path
