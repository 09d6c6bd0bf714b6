"""What SQLite alone reads of a GeoPackage is what GDAL makes of it; what is odd is left to GDAL."""

from __future__ import annotations

import random
import shutil
import sqlite3
import struct
from contextlib import closing

import geopandas
import pytest
import shapely

from zoning.base.errors import SourceError
from zoning.read import ReadOptions
from zoning.read.formats import geopackage, ogr
from zoning.read.formats.sqlite_ledger import quoted

SHAPES = [shapely.box(112 + n / 10, 37, 112.01 + n / 10, 37.01) for n in range(3)]
ALL = ReadOptions()


def frame(**columns):
    return geopandas.GeoDataFrame(columns, geometry=SHAPES, crs=4490)


def changed(path, *commands):
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("PRAGMA synchronous = OFF")
        triggers = base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            base.execute(f"DROP TRIGGER {quoted(name)}")
        for command in commands:
            base.execute(*([command] if isinstance(command, str) else command))
    return path


def told(raw):
    cells = {n: [(type(c), c) for c in raw.attributes[n].tolist()] for n in raw.attributes.columns}
    shapes = [None if shape is None else shape.wkb for shape in raw.geometry]
    places = (raw.positions.dtype, raw.positions.tolist())
    crs = (raw.crs, raw.crs_evidence, raw.driver, raw.layer)
    said = (raw.notices, raw.unread, dict(raw.broken), raw.ledger, raw.encoding)
    return cells, list(cells), shapes, places, crs, said


def compare(path, options=ALL):
    """Return whether the layer is read without GDAL, and require that GDAL reads the same."""
    own = geopackage.read(path, options)
    if own is not None:
        assert told(own) == told(ogr.read(path, str(path), options, "gpkg"))
    return own is not None


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "a.gpkg"
    columns = {"id": ["甲", None, ""], "n": [1, 2**60, -3], "size": [0.5, None, 1e300],
               "is_new": [True, False, True]}  # fmt: skip
    frame(**columns).to_file(path, layer=NAME)
    return path


@pytest.fixture
def plain(written, tmp_path):
    return shutil.copy(written, tmp_path / "项目 #1.gpkg")


NAME = "a 'b' \"c\""
TABLE = quoted(NAME)
POINT = b"GP\0\x01" + struct.pack("<iBI2d", 4490, 1, 1, 112.5, 37.5)
RAISED = b"GP\0\x01" + struct.pack("<iBI3d", 4490, 1, 1001, 112.5, 37.5, 9.0)
#: Ring without end, of three points.
OPEN = b"GP\0\x01" + struct.pack("<iBIII6d", 4490, 1, 3, 1, 3, 112, 37, 113, 37, 113, 38)
#: Changes after which SQLite alone still reads the layer.
AS_PLAIN = {
    "nothing": [],
    "null": [f"UPDATE {TABLE} SET geom = NULL WHERE fid = 2"],
    "gap": [f"DELETE FROM {TABLE} WHERE fid = 1", "UPDATE gpkg_ogr_contents SET feature_count = 2"],
    "moved": [f"UPDATE {TABLE} SET fid = 9 WHERE fid = 2"],
    "point": [(f"UPDATE {TABLE} SET geom = ?", (POINT,))],
    "day": [f"ALTER TABLE {TABLE} ADD d DATE",
            f"UPDATE {TABLE} SET d = '2024-02-29' WHERE fid = 1"],
    "width": [f"ALTER TABLE {TABLE} ADD t TEXT(3)", f"UPDATE {TABLE} SET t = '煤矿区'"],
    "small": [f"ALTER TABLE {TABLE} ADD m MEDIUMINT", f"UPDATE {TABLE} SET m = 7 WHERE fid = 1"],
    "flag": [f"ALTER TABLE {TABLE} ADD f BOOLEAN", f"UPDATE {TABLE} SET f = 1 WHERE fid = 1"],
    "default": [f"ALTER TABLE {TABLE} ADD e TEXT NOT NULL DEFAULT '无'"],
    "stale": ["UPDATE gpkg_contents SET min_x = 1, max_x = 2"],
    "styles": ["CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)",
               "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('layer_styles',"
               " 'attributes')"],
    "tail": [(f"UPDATE {TABLE} SET geom = ?", (POINT + b"abc",))],
}  # fmt: skip
#: Changes after which the layer is left to GDAL.
AS_ODD = {
    "collection": [(f"UPDATE {TABLE} SET geom = ?", (POINT[:9] + b"\7" + POINT[10:],))],
    "open": [(f"UPDATE {TABLE} SET geom = ? WHERE fid = 1", (OPEN,))],
    "raised": [(f"UPDATE {TABLE} SET geom = ? WHERE fid = 1", (RAISED,))],
    "cut": [(f"UPDATE {TABLE} SET geom = ? WHERE fid = 1", (POINT[:-1],))],
    "empty": [(f"UPDATE {TABLE} SET geom = ?", (POINT[:3] + b"\x11" + POINT[4:],))],
    "text as geometry": [f"UPDATE {TABLE} SET geom = 'POINT (1 2)' WHERE fid = 1"],
    "text as number": [f"UPDATE {TABLE} SET n = 'many' WHERE fid = 1"],
    "number as text": [f"ALTER TABLE {TABLE} ADD b BLOB", f"UPDATE {TABLE} SET b = 5"],
    "blob as text": [f"UPDATE {TABLE} SET id = x'3132' WHERE fid = 1"],
    "nul": [f"UPDATE {TABLE} SET id = 'a' || char(0) || 'b' WHERE fid = 1"],
    "long": [f"ALTER TABLE {TABLE} ADD t TEXT(2)", f"UPDATE {TABLE} SET t = '煤矿区'"],
    "no day": [f"ALTER TABLE {TABLE} ADD d DATE", f"UPDATE {TABLE} SET d = '2024-02-30'"],
    "time": [f"ALTER TABLE {TABLE} ADD d DATETIME"],
    "large beside null": [f"UPDATE {TABLE} SET n = NULL WHERE fid = 1"],
    "not small": [f"ALTER TABLE {TABLE} ADD m MEDIUMINT", f"UPDATE {TABLE} SET m = 5000000000"],
    "two and a flag": [f"UPDATE {TABLE} SET is_new = 2 WHERE fid = 1"],
    "no number": [f"UPDATE {TABLE} SET size = 9e999 WHERE fid = 1"],
    "generated": [f"ALTER TABLE {TABLE} ADD g TEXT AS (id || 'x')"],
    "counted otherwise": ["UPDATE gpkg_ogr_contents SET feature_count = 2"],
    "empty table": [f"DELETE FROM {TABLE}", "UPDATE gpkg_ogr_contents SET feature_count = 0"],
    "view": [f"CREATE VIEW v AS SELECT * FROM {TABLE}"],
    "described": ["CREATE TABLE gpkg_data_columns (table_name TEXT)"],
    "extension": ["INSERT INTO gpkg_extensions VALUES (NULL, NULL, 'x', 'y', 'read-write')"],
    "another system": ["UPDATE gpkg_contents SET srs_id = 4326"],
    "own system": ["UPDATE gpkg_spatial_ref_sys SET organization = 'NONE' WHERE srs_id = 4490"],
    "system by another number": ["UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 4547"
                                 " WHERE srs_id = 4490"],
    "curves": ["UPDATE gpkg_geometry_columns SET geometry_type_name = 'CURVEPOLYGON'"],
    "version": ["PRAGMA user_version = 99999"],
    "another name": [f"ALTER TABLE {TABLE} RENAME TO other"],
}  # fmt: skip


@pytest.mark.parametrize("change", AS_PLAIN)
def test_a_plain_layer_is_read_as_gdal_reads_it(plain, change):
    assert compare(changed(plain, *AS_PLAIN[change]))


@pytest.mark.parametrize("change", AS_ODD)
def test_an_odd_layer_is_left_to_gdal(plain, change):
    assert geopackage.read(changed(plain, *AS_ODD[change]), ALL) is None


def test_heights_are_read_too(tmp_path):
    path = tmp_path / "a.gpkg"
    frame().set_geometry(shapely.force_3d(SHAPES, 7.0)).to_file(path)
    assert compare(path)


def test_many_features_and_part_of_a_layer_are_left_to_gdal(plain, monkeypatch):
    layer = ReadOptions(layer=NAME.upper())
    assert compare(plain)
    assert not compare(plain, layer)
    assert not compare(plain, ReadOptions(bbox=(112, 37, 113, 38)))
    monkeypatch.setattr(geopackage, "MOST", 2)
    assert not compare(plain)


def test_damage_is_never_read_as_something_else(plain, tmp_path):
    content, draw = plain.read_bytes(), random.Random(1)
    path = tmp_path / "damaged.gpkg"
    found = 0
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(draw.choice((1, 20, 400))):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            found += compare(path)
        except SourceError:
            pytest.fail("GDAL refuses what was read without it")
    assert found > 10
