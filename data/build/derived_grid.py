"""The grid that derived layers are computed on, and the way back from cells to polygons.

Derived products read other files of data/ (never packages), so that they can be rebuilt without a
network. The grid is that of the elevation model: 30 arc seconds, EPSG:4490.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import shapely
import vector
from rasterio.features import rasterize, shapes
from rasterio.transform import Affine

DATA = Path(__file__).resolve().parent.parent
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def data_root(out: Path) -> Path:
    """Return the data folder that ``out`` is being written below, else the repository's."""
    for folder in out.parents:
        if (folder / "boundaries" / "counties.fgb").is_file():
            return folder
    return DATA


@dataclass(frozen=True)
class Cells:
    """The common grid: elevation, the county of each cell, and the cells' true areas.

    Attributes
    ----------
    height : ndarray of float64, shape (rows, columns)
        Elevation in m.
    county : ndarray of int32
        Six-digit division code of the county whose polygon holds the cell's centre; 0 outside.
    area : ndarray of float64
        Ellipsoidal area of each cell, km2.
    """

    height: Floats
    county: Ints
    area: Floats
    transform: Affine

    @property
    def inside(self) -> Mask:
        """Cells whose centre lies in the province."""
        return np.asarray(self.county > 0)

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        """Return row and column of the cell that holds a position."""
        column = (lon - self.transform.c) / self.transform.a
        row = (lat - self.transform.f) / self.transform.e
        return int(row), int(column)

    def under(self, geometries: Any, touched: bool = False) -> Mask:
        """Return the cells whose centre lies in (or that are touched by) any geometry."""
        burnt = rasterize(
            list(geometries),
            out_shape=self.height.shape,
            transform=self.transform,
            all_touched=touched,
            dtype="uint8",
        )
        return np.asarray(burnt == 1)

    def step_m(self) -> tuple[Floats, float]:
        """Return the width of a cell by row and its height, in metres."""
        rows = np.arange(self.height.shape[0]) + 0.5
        lat = self.transform.f + rows * self.transform.e
        width = np.cos(np.radians(lat)) * vector.METRES_PER_DEGREE * self.transform.a
        return width, vector.METRES_PER_DEGREE * abs(self.transform.e)


def _cell_areas(shape: tuple[int, int], transform: Affine) -> Floats:
    """Return ellipsoidal cell areas (km2); all cells of a row are equal."""
    left, right = transform.c, transform.c + transform.a
    column = []
    for row in range(shape[0]):
        top, bottom = transform.f + row * transform.e, transform.f + (row + 1) * transform.e
        area, _ = vector.GEOD.polygon_area_perimeter(
            [left, right, right, left], [bottom, bottom, top, top]
        )
        column.append(abs(area) / 1e6)
    return np.repeat(np.array(column)[:, np.newaxis], shape[1], axis=1)


@lru_cache(maxsize=1)
def cells(root: Path = DATA) -> Cells:
    """Read the grid from data/: elevation and counties."""
    with rasterio.open(root / "rasters" / "dem_30s.tif") as source:
        height = source.read(1).astype(float)
        transform = source.transform
    counties = gpd.read_file(root / "boundaries" / "counties.fgb").sort_values("adcode")
    codes = [int(code) for code in counties.adcode]
    county = rasterize(
        list(zip(counties.geometry, codes, strict=True)),
        out_shape=height.shape,
        transform=transform,
        dtype="int32",
    )
    return Cells(height, county, _cell_areas(height.shape, transform), transform)


def window_range(values: Floats, radius: int) -> Floats:
    """Return the largest minus the smallest value in a square window: the relief."""
    from scipy.ndimage import maximum_filter, minimum_filter

    size = 2 * radius + 1
    return np.asarray(
        maximum_filter(values, size, mode="nearest") - minimum_filter(values, size, mode="nearest")
    )


def slope_degrees(grid: Cells) -> Floats:
    """Return Horn's slope in degrees; edge cells use their own value beyond the edge."""
    from scipy.ndimage import correlate

    width, height = grid.step_m()
    kernel = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]) / 8.0
    east = correlate(grid.height, kernel, mode="nearest") / width[:, np.newaxis]
    north = correlate(grid.height, kernel.T, mode="nearest") / height
    return np.asarray(np.degrees(np.arctan(np.hypot(east, north))))


def polygons(labels: Ints, transform: Affine, tolerance_m: float) -> dict[int, Any]:
    """Return label -> MultiPolygon (degrees) of the cells above 0, with smoothed common edges.

    The cells' staircase is smoothed as one coverage, so that neighbours keep the same edge.
    """
    pieces, values = [], []
    for shape, value in shapes(labels.astype("int32"), mask=labels > 0, transform=transform):
        pieces.append(shapely.geometry.shape(shape))
        values.append(int(value))
    if not pieces:
        return {}
    plane = shapely.transform(np.array(pieces, dtype=object), vector.to_plane)
    if tolerance_m:
        plane = shapely.coverage_simplify(plane, tolerance_m)
    degrees = shapely.transform(plane, vector.from_plane)
    found = np.array(values)
    return {
        label: shapely.union_all(degrees[found == label]) for label in np.unique(found).tolist()
    }


def clip(geometry: Any, cover: Any) -> Any:
    """Return the polygon parts of a geometry inside a cover, rounded to 1e-7 degree, valid."""
    cut = shapely.set_precision(shapely.intersection(geometry, cover), 1e-7)
    parts = [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def province(root: Path) -> Any:
    """Return the province's polygon."""
    return gpd.read_file(root / "boundaries" / "province.fgb").geometry.iloc[0]


def write(rows: list[dict[str, Any]], out: Path) -> None:
    """Write rows with a geometry (degrees) as FlatGeobuf, with each zone's ellipsoidal area."""
    frame = gpd.GeoDataFrame(rows, crs=vector.CRS)
    frame = frame.set_geometry(vector.normal_polygons(frame.geometry), crs=vector.CRS)
    if "area_km2" not in frame:
        frame["area_km2"] = [round(vector.area_km2(shape), 1) for shape in frame.geometry]
    vector.write_fgb(frame, out)
