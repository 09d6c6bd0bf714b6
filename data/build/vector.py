"""Vector output and the few geodetic helpers that the products share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyproj import Geod

CRS = "EPSG:4490"
GEOD = Geod(a=6378137.0, rf=298.257222101)  # CGCS2000
METRES_PER_DEGREE = 111_320.0
#: Middle latitude of Shanxi, for the local plane that simplification works in.
LAT0 = 37.6

Floats = npt.NDArray[np.float64]


def to_plane(coords: Floats) -> Floats:
    """Return local plane metres (equirectangular about LAT0) of longitude, latitude in degrees."""
    scale = np.array([np.cos(np.radians(LAT0)), 1.0]) * METRES_PER_DEGREE
    return np.asarray(coords * scale, dtype=float)


def from_plane(coords: Floats) -> Floats:
    """Return degrees of local plane metres, rounded to 1e-7 degree (1 cm)."""
    scale = np.array([np.cos(np.radians(LAT0)), 1.0]) * METRES_PER_DEGREE
    return np.asarray(np.round(coords / scale, 7), dtype=float)


def area_km2(geometry: shapely.Geometry) -> float:
    """Return the ellipsoidal area in km2."""
    area, _ = GEOD.geometry_area_perimeter(
        shapely.geometry.polygon.orient(geometry) if geometry.geom_type == "Polygon" else geometry
    )
    return abs(float(area)) / 1e6


def length_km(geometry: shapely.Geometry) -> float:
    """Return the geodesic length in km."""
    return float(GEOD.geometry_length(geometry)) / 1000.0


def normal_polygons(geometries: Iterable[shapely.Geometry]) -> npt.NDArray[Any]:
    """Return MultiPolygons with counter-clockwise shells and a reproducible vertex order."""
    out = []
    for geometry in geometries:
        parts = shapely.get_parts(shapely.normalize(geometry))
        out.append(shapely.MultiPolygon([shapely.geometry.polygon.orient(p, 1.0) for p in parts]))
    return np.array(out, dtype=object)


def write_fgb(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write ``frame`` as FlatGeobuf with a spatial index, in EPSG:4490."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    kinds = frame.geometry.geom_type.unique()
    kind = kinds[0] if len(kinds) == 1 else "Unknown"
    pyogrio.write_dataframe(
        frame.set_crs(CRS, allow_override=True),
        path,
        driver="FlatGeobuf",
        layer=path.stem,
        geometry_type=kind,
        layer_options={"SPATIAL_INDEX": "YES", "TITLE": path.stem},
    )
