"""Stream network of the 30 arc-second elevation model, with the large rivers burned in.

On the basin floors (太原, 运城, 大同) a 30 arc-second model is too flat to find the beds; lowering
the cells under a known river forces the flow into it. In the gorges burning changes little.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import courses
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyflwdir
import rasters
import shapely
import vector
from fetch import Say
from rasterio.features import rasterize
from rasterio.transform import Affine

#: Metres that cells under a known river are lowered by; more than any local step of the terrain.
BURN_M = 300
#: A stream starts where more than this drains through a cell.
STREAM_KM2 = 100.0

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Flow:
    """Directions, upstream area (km2) and the grid they are on."""

    directions: Any  # pyflwdir.FlwdirRaster
    area: npt.NDArray[np.float64]
    transform: Affine

    def cell(self, lon: float, lat: float) -> int:
        """Return the linear index of the cell that holds a position."""
        column = (lon - self.transform.c) / self.transform.a  # north-up grid, no rotation
        row = (lat - self.transform.f) / self.transform.e
        return int(int(row) * self.area.shape[1] + int(column))

    def centres(self, cells: Ints) -> vector.Floats:
        """Return longitude, latitude of cell centres."""
        row, column = np.divmod(cells, self.area.shape[1])
        lon = self.transform.c + (column + 0.5) * self.transform.a
        lat = self.transform.f + (row + 0.5) * self.transform.e
        return np.column_stack([lon, lat])

    def under(self, geometry: shapely.Geometry) -> Ints:
        """Return the cells under a line."""
        burnt = rasterize([geometry], out_shape=self.area.shape, transform=self.transform)
        return np.flatnonzero(burnt.ravel() == 1)

    def downstream(self, cell: int) -> int:
        """Return the next cell down, or the cell itself at the edge."""
        return int(self.directions.idxs_ds[cell])

    def trace_up(self, mouth: int, until_km2: float) -> Ints:
        """Return cells from the head down to ``mouth`` along the largest upstream area."""
        above = _upstream_lists(self)
        flat = self.area.ravel()
        cells = [mouth]
        while True:
            choice = max(above.get(cells[-1], []), key=lambda c: float(flat[c]), default=-1)
            if choice < 0 or flat[choice] < until_km2:
                return np.array(cells[::-1], dtype=np.int64)
            cells.append(choice)

    def trace_down(self, head: int, mouth: int) -> Ints:
        """Return cells from ``head`` to ``mouth``; the head must drain to it."""
        cells = [head]
        while cells[-1] != mouth:
            following = self.downstream(cells[-1])
            if following == cells[-1]:
                raise ValueError("the head does not drain to the mouth")
            cells.append(following)
        return np.array(cells, dtype=np.int64)


_LISTS: dict[int, dict[int, list[int]]] = {}


def _upstream_lists(flow: Flow) -> dict[int, list[int]]:
    """Return cell -> its upstream neighbours that drain at least 1 km2 (cached per flow)."""
    if id(flow) not in _LISTS:
        below = flow.directions.idxs_ds
        lists: dict[int, list[int]] = {}
        for cell in np.flatnonzero(flow.area.ravel() > 1.0):
            if below[cell] >= 0 and below[cell] != cell:
                lists.setdefault(int(below[cell]), []).append(int(cell))
        _LISTS[id(flow)] = lists
    return _LISTS[id(flow)]


@lru_cache(maxsize=1)
def burned(cache: Path, say: Say) -> Flow:
    """Return the flow over the elevation model with the lines of courses.py burned in."""
    grid = rasters.read_dem(cache, say)
    height = grid.values[0].astype(np.float32)
    lines = courses.burning(cache, say)
    under = rasterize(lines, out_shape=height.shape, transform=grid.transform)
    height = np.where(under == 1, height - BURN_M, height).astype(np.float32)
    say("flow directions on the elevation model")
    directions = pyflwdir.from_dem(
        height, nodata=rasters.DEM_NODATA, transform=grid.transform, latlon=True, outlets="edge"
    )
    return Flow(directions, directions.upstream_area("km2").astype(float), grid.transform)


def thin(line: shapely.LineString, tolerance: float = courses.TOLERANCE_M) -> shapely.LineString:
    """Return the line without its staircase (Douglas-Peucker in local metres, ends kept)."""
    plane = shapely.transform(line, vector.to_plane)
    return shapely.transform(shapely.simplify(plane, tolerance), vector.from_plane)


def streams(flow: Flow) -> gpd.GeoDataFrame:
    """Return stream reaches with upstream_km2 (at the lower end) and Strahler order."""
    mask = flow.area > STREAM_KM2
    order = flow.directions.stream_order(mask=mask)
    features = flow.directions.streams(mask=mask, strahler=order)
    frame = gpd.GeoDataFrame.from_features(features, crs=vector.CRS)
    # A reach runs from its head to the cell it joins; its own cells are those before that.
    runs = [
        [flow.cell(*point) for point in shapely.get_coordinates(line)] for line in frame.geometry
    ]
    frame["cells"] = [run[:-1] if len(run) > 1 else run for run in runs]
    frame["cell"] = [cells[-1] for cells in frame["cells"]]
    frame["upstream_km2"] = np.round(flow.area.ravel()[frame["cell"]], 1)
    frame["strahler"] = frame["strahler"].astype(int)
    return frame
