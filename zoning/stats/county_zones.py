"""Erosion zones county by county, from the third-level division (``--zone county``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from pyproj import CRS as Crs  # noqa: N811 - the package's own CRS is a code
from pyproj import Transformer
from rasterio.features import rasterize

from zoning.base.errors import UsageError, problem
from zoning.base.settings import CRS
from zoning.messages import Text, message
from zoning.stats.fields import alike
from zoning.stats.figures import Column, Table
from zoning.stats.tables import erosion_classes, soil_regions
from zoning.zonal.grid import open_grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

COLUMNS: Final = (
    Column("unit", message("targets.code")),
    Column("name", message("targets.name")),
    Column("region", message("county-zones.region")),
    Column("region_name", message("county-zones.region-name")),
    Column("tolerable", message("county-zones.tolerable"), "t/(km2 a)", 0),
    Column("confidence", message("county-zones.confidence")),
)


def burn_zones(units: GeoDataFrame, like: Path, path: Path) -> Table:
    """Write the zone code of each county on the cells of another raster.

    Returns
    -------
    Table
        Region, tolerance and confidence of each county.

    Raises
    ------
    UsageError
        Units that are no counties of the table.
    """
    table, zones = soil_regions(), {z.id: z for z in erosion_classes().zones}
    regions = {r.id: r for r in table.regions}
    known = {code: (regions[region], confidence) for code, _, region, confidence in table.counties}
    strange = sorted(set(units["unit"]) - set(known))
    if strange:
        raise UsageError(problem("bad-option", field="zone", key="county-zones.no-counties",
                                 units=strange[:5]))  # fmt: skip
    grid = open_grid(str(like), (1,))
    shapes = units.geometry.to_numpy()
    if not alike(grid.crs, Crs(CRS)):
        move = Transformer.from_crs(CRS, grid.crs, always_xy=True).transform
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(move(*xy.T)))
    codes = [zones[known[unit][0].zone].code for unit in units["unit"]]
    # Cells along the outer border whose centre lies beyond it belong to the nearest county.
    burned = rasterize(list(zip(shapes, codes, strict=True)), (grid.height, grid.width),
                       transform=Affine(*grid.affine), dtype="uint8", all_touched=True)  # fmt: skip
    burned = rasterize(list(zip(shapes, codes, strict=True)), out=burned,
                       transform=Affine(*grid.affine))  # fmt: skip
    with rasterio.open(
        path, "w", driver="GTiff", width=grid.width, height=grid.height, count=1, dtype="uint8",
        crs=grid.crs.to_wkt(), transform=Affine(*grid.affine), nodata=0, compress="deflate",
    ) as out:  # fmt: skip
        out.write(burned, 1)
    rows = [
        (unit, name, known[unit][0].id, known[unit][0].name,
         float(zones[known[unit][0].zone].tolerable), known[unit][1])
        for unit, name in zip(units["unit"], units["name"], strict=True)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[c.name for c in COLUMNS])
    title = message("county-zones.title", source=Text(table.source, table.source))
    return Table("regions", title, COLUMNS, frame)
