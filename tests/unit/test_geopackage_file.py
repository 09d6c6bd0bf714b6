"""A GeoPackage that SQLite wrote holds what GDAL writes of the same features."""

import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pyogrio
import shapely
from geopandas import GeoDataFrame

from zoning.show.geopackage_file import Drawn, new_geopackage
from zoning.show.vectors.ogr import fixed_day

DAY = "2026-11-20T00:00:00.000Z"
TYPES = {"name": "object", "count": "int64", "size": "float64", "flag": "bool"}
COLUMNS = {
    "name": ["甲", None, ""],
    "count": [1, -2, 3],
    "size": [0.1, float("nan"), 3.0],
    "flag": [True, False, True],
}
SQUARE = shapely.box(112.0, 37.0, 112.5, 37.25)
SHAPES = {
    "MultiPolygon": [shapely.MultiPolygon([SQUARE]), None, shapely.MultiPolygon([SQUARE, SQUARE])],
    "MultiPoint": [shapely.MultiPoint([(112.0, 37.0), (113.0, 38.0)]), None, None],
}


def rows(path, table):
    with closing(sqlite3.connect(path)) as base:
        return base.execute(f'SELECT * FROM "{table}"').fetchall()


def test_layers_and_tables_are_those_that_gdal_writes(tmp_path):
    ours, theirs = tmp_path / "ours.gpkg", tmp_path / "theirs.gpkg"
    plain = {name: COLUMNS[name] for name in ("name", "count")}
    options = {"SPATIAL_INDEX": "NO"}
    with new_geopackage(ours, DAY) as file, fixed_day(DAY):
        for kind, shapes in SHAPES.items():
            drawn = np.array(shapes, dtype=object)
            multi = shapely.GeometryType[kind.upper()]
            parts = (
                (
                    {name: values[own] for name, values in COLUMNS.items()},
                    Drawn.of(drawn[own], multi),
                )
                for own in (slice(1), slice(1, 3))
            )
            file.layer(kind, multi, TYPES, parts, "about")
            frame = GeoDataFrame(COLUMNS, geometry=drawn, crs="EPSG:4490")
            about = {**options, "DESCRIPTION": "about"}
            pyogrio.write_dataframe(
                frame, theirs, layer=kind, geometry_type=kind, layer_options=about
            )
        file.table("plain", plain, {name: TYPES[name] for name in plain})
        pyogrio.write_dataframe(pd.DataFrame(plain), theirs, layer="plain")
    standard = ("contents", "geometry_columns", "ogr_contents", "spatial_ref_sys")
    for table in (*SHAPES, "plain", *(f"gpkg_{name}" for name in standard)):
        assert rows(ours, table) == rows(theirs, table), table


def test_a_row_that_is_added_later_is_counted(tmp_path):
    path = tmp_path / "a.gpkg"
    with new_geopackage(path, DAY) as file:
        file.table("plain", {"name": ["a"]}, {"name": "object"})
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("INSERT INTO plain (name) VALUES ('b')")
    assert rows(path, "gpkg_ogr_contents") == [("plain", 2)]
    assert list(pyogrio.read_dataframe(path, layer="plain").name) == ["a", "b"]


def test_a_layer_without_features_has_no_extent(tmp_path):
    path = tmp_path / "a.gpkg"
    with new_geopackage(path, DAY) as file:
        file.layer("empty", shapely.GeometryType.MULTIPOLYGON, {"name": "object"}, [], "")
    assert rows(path, "gpkg_contents")[0][5:] == (None, None, None, None, 4490)
    assert pyogrio.read_info(path, layer="empty")["features"] == 0
