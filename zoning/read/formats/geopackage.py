"""Plain layers of a GeoPackage by SQLite alone: as fast as GDAL, which takes long to load.

What is not as plain as most are is left to :mod:`zoning.read.formats.ogr`, of which this gives the
same values: a test compares the two, file by file.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from zoning.read import values
from zoning.read.crs import choice, systems
from zoning.read.formats import sqlite_ledger
from zoning.read.types import Objects, Raw, ReadOptions

#: The largest number of features read here: all are held as rows before they become columns.
MOST: Final = 100_000
#: GeoPackage 1.0, 1.1, and any later one, with the versions that it then tells.
_VERSIONS: Final = {b"GP10": range(1), b"GP11": range(1), b"GPKG": range(10_200, 10_500)}
_SHAPES: Final = ("GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING",
                  "MULTIPOLYGON")  # fmt: skip
#: Codes of EPSG in use for Shanxi: which definition they stand for is the same in any release.
_CODES: Final = frozenset({3857, 4326, *range(4490, 4555), *range(32648, 32651)})
#: A geometry's header: no extension, and an envelope of none, two or three dimensions.
_ENVELOPES: Final = (0, 32, 48, 48)
#: Points to multipolygons in two or in three dimensions, in the numbers of ISO.
_FLAT: Final = frozenset(range(1, 7))
_RAISED: Final = frozenset(range(1001, 1007))
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: Beyond these a whole number, beside cells that hold nothing, would be read as another.
_WHOLE: Final = 1 << 53
_SMALL: Final = 1 << 31


class _UnusualError(Exception):
    """The layer is not as plain as this module reads it."""


def read(path: Path, options: ReadOptions) -> Raw | None:
    """Return the one layer of a GeoPackage, or None where it is for GDAL to read or to refuse."""
    if options.bbox is not None or any(
        path.with_name(path.name + tail).exists() for tail in ("-wal", "-journal")
    ):
        return None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
            return _read(base, options.layer)
    except (_UnusualError, sqlite3.Error, ValueError, OverflowError, shapely.GEOSException):
        return None


def count(path: Path, wanted: str | None) -> int | None:
    """Return how many features the layers of a GeoPackage hold, or one of them; None if SQLite
    does not tell."""
    told = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
    try:
        place = path.absolute().as_uri()
        with closing(sqlite3.connect(f"{place}?mode=ro", uri=True)) as base:
            layers = [str(name) for (name,) in base.execute(told) if wanted in (None, name)]
            return sum(sqlite_ledger.count(base, name) for name in layers)
    except sqlite3.Error:
        return None


def _require(*sound: bool) -> None:
    if not all(sound):
        raise _UnusualError


def _read(base: sqlite3.Connection, wanted: str | None) -> Raw:
    number = base.execute("PRAGMA application_id").fetchone()[0]
    (version,) = base.execute("PRAGMA user_version").fetchone()
    _require(version in _VERSIONS.get(number.to_bytes(4, "big"), ()))
    contents = base.execute(
        "SELECT table_name, data_type, srs_id FROM gpkg_contents WHERE data_type <> 'attributes'"
    ).fetchall()
    columns = base.execute(
        "SELECT table_name, column_name, geometry_type_name, srs_id, z, m"
        " FROM gpkg_geometry_columns"
    ).fetchall()
    _require(len(contents) == len(columns) == 1)
    (layer, kind, srs), (table, geometry, shape, own, z, m) = contents[0], columns[0]
    _require(all(isinstance(name, str) for name in (layer, geometry)), isinstance(srs, int))
    _require(kind == "features", layer == table, wanted in (None, layer), srs == own)
    _require(shape in _SHAPES, z in (0, 1, 2), m == 0)
    _nothing_else(base, layer, geometry)
    fid, fields = _fields(base, layer, geometry)
    names = ", ".join(map(_quoted, (fid, geometry, *fields)))
    rows = base.execute(f"SELECT {names} FROM {_quoted(layer)} LIMIT {MOST + 1}").fetchall()
    _require(0 < len(rows) <= MOST)
    ids, blobs, *cells = zip(*rows, strict=True)
    _require(all(a < b for a, b in pairwise(ids)))
    _as_counted(base, layer, len(rows))
    made = {name: _column(kind, cells[at]) for at, (name, kind) in enumerate(fields.items())}
    return Raw(
        geometry=_geometries(blobs, _RAISED if z == 1 else _FLAT),
        attributes=values.table(made, len(rows)),
        positions=np.arange(len(rows)),
        driver="GPKG",
        crs=systems.parse(f"EPSG:{_code(base, srs)}"),
        crs_evidence=choice.STATED,
        layer=layer,
    )


def _quoted(name: str) -> str:
    return sqlite_ledger.quoted(name)


def _nothing_else(base: sqlite3.Connection, layer: str, geometry: str) -> None:
    """Require a table as such, and no extension but the index of its geometries."""
    listed = base.execute("SELECT name, type, sql FROM sqlite_master")
    made = {name: (kind, sql) for name, kind, sql in listed}
    kind, text = made.get(layer, ("", ""))
    _require(kind == "table", isinstance(text, str), all(k != "view" for k, _ in made.values()))
    _require(not re.search(r"\b(WITHOUT|VIRTUAL|STRICT|GENERATED)\b", text, re.IGNORECASE))
    for table in ("gpkg_data_columns", "gpkg_metadata", "gpkgext_relations"):
        _require(table not in made)
    if "gpkg_extensions" in made:
        named = "SELECT table_name, column_name, extension_name FROM gpkg_extensions"
        _require(set(base.execute(named)) <= {(layer, geometry, "gpkg_rtree_index")})


def _fields(base: sqlite3.Connection, layer: str, geometry: str) -> tuple[str, Mapping[str, str]]:
    """Return the column of numbers and, of the attributes, the types by name."""
    told = base.execute(f"PRAGMA table_xinfo({_quoted(layer)})").fetchall()
    _require(all(hidden == 0 for *_, hidden in told))
    keys = [name for _, name, kind, _, _, key, _ in told if key and kind.upper() == "INTEGER"]
    _require(len(keys) == 1 == sum(bool(key) for *_, key, _ in told))
    fields = {name: kind.upper() for _, name, kind, *_ in told if name not in (*keys, geometry)}
    _require(len(fields) == len(told) - 2, all("\0" not in name for name in fields))
    return keys[0], fields


def _as_counted(base: sqlite3.Connection, layer: str, count: int) -> None:
    """Require the number of features that GDAL has noted, if it has."""
    if base.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_ogr_contents'").fetchone():
        noted = base.execute(
            "SELECT feature_count FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)",
            (layer,),
        ).fetchall()
        _require(all(number in (None, count) for (number,) in noted))


def _code(base: sqlite3.Connection, srs: int) -> int:
    told = base.execute("SELECT * FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs,))
    heads = [head for head, *_ in told.description]
    (row,) = told.fetchall()
    about = dict(zip(heads, row, strict=True))
    _require(str(about["organization"]).upper() == "EPSG", "epoch" not in heads)
    _require(about["organization_coordsys_id"] == srs, srs in _CODES)
    return srs


# ---------------------------------------------------------------- cells


def _column(kind: str, cells: Sequence[Any]) -> list[Any]:
    """Return cells as GDAL's columns of that type become."""
    width = re.fullmatch(r"TEXT\((\d+)\)", kind, re.ASCII)
    if width is not None:
        most = int(width[1])
        _require(all(cell is None or len(str(cell)) <= most for cell in cells))
    check = _CELLS.get("TEXT" if width else kind)
    _require(check is not None)
    assert check is not None
    stated = [cell for cell in cells if cell is not None]
    _require(all(map(check, stated)))
    if kind in _NUMBERS and len(stated) < len(cells):
        _require(all(abs(cell) <= _WHOLE for cell in stated))
    return [bool(cell) if kind == "BOOLEAN" and cell is not None else cell for cell in cells]


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str) and "\0" not in cell


def _is_day(cell: Any) -> bool:
    # What is no day raises ValueError, which GDAL takes otherwise.
    return isinstance(cell, str) and bool(_DAY.fullmatch(cell) and date.fromisoformat(cell))


_NUMBERS: Final = ("INTEGER", "INT", "MEDIUMINT")
_CELLS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "TEXT": _is_text,
    "INTEGER": lambda cell: isinstance(cell, int),
    "INT": lambda cell: isinstance(cell, int),
    "MEDIUMINT": lambda cell: isinstance(cell, int) and -_SMALL <= cell < _SMALL,
    "BOOLEAN": lambda cell: isinstance(cell, int) and cell in (0, 1),
    "REAL": lambda cell: isinstance(cell, float) and math.isfinite(cell),
    "DOUBLE": lambda cell: isinstance(cell, float) and math.isfinite(cell),
    "DATE": _is_day,
}


def _geometries(blobs: Sequence[Any], codes: frozenset[int]) -> Objects:
    """Return what the cells of the column of geometries draw."""
    wkb = np.empty(len(blobs), dtype=object)
    wkb[:] = [None if blob is None else _wkb(blob, codes) for blob in blobs]
    made = np.asarray(shapely.from_wkb(wkb), dtype=object)
    _require(not shapely.is_empty(made).any())
    return made


def _wkb(blob: Any, codes: frozenset[int]) -> bytes:
    """Return the geometry behind the header of the format (GeoPackage 1.4, 2.1.3)."""
    _require(isinstance(blob, bytes))
    _require(len(blob) > 13, blob[:3] == b"GP\0", blob[3] < 8)
    wkb = bytes(blob[8 + _ENVELOPES[blob[3] >> 1] :])
    _require(len(wkb) > 5, wkb[0] in (0, 1))
    _require(int.from_bytes(wkb[1:5], "little" if wkb[0] else "big") in codes)
    return wkb
