"""A GeoPackage written by SQLite alone, table after table."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from zoning.base.settings import CRS

#: What columns of each type are declared as.
SQL_TYPES: Final[Mapping[str, str]] = {
    "object": "TEXT",
    "bool": "BOOLEAN",
    "int64": "INTEGER",
    "float64": "REAL",
    "datetime": "DATETIME",
}
_SRS: Final = int(CRS.rpartition(":")[2])
#: "GPKG", and the version of the standard: 1.4.
_APPLICATION, _VERSION = 0x47504B47, 10400
#: The tables that the standard asks for, and the number of rows as GDAL looks for it.
_STANDARD: Final = """
CREATE TABLE gpkg_spatial_ref_sys (
    srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT
);
CREATE TABLE gpkg_contents (
    table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_ogr_contents (
    table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL
);
CREATE TABLE gpkg_geometry_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
    srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
    CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
"""
#: Rows that are changed later are counted, as GDAL does.
_COUNTED: Final = """
CREATE TRIGGER "trigger_{event}_feature_count_{table}" AFTER {event} ON "{table}" BEGIN
UPDATE gpkg_ogr_contents SET feature_count = feature_count {sign} 1
WHERE lower(table_name) = lower('{table}'); END
"""
#: Values of one statement; SQLite takes 999 at the least.
_VALUES: Final = 250
#: The head of a geometry: little-endian, with its bounds.
_HEAD: Final = np.dtype("S2, u1, u1, <i4, (4,)<f8")
_WITH_BOUNDS: Final = 0b11


@dataclass(frozen=True)
class GeoPackage:
    """A GeoPackage that is being written.

    Attributes
    ----------
    base : sqlite3.Connection
    day : str
        When its tables were last changed, as GeoPackages write it.
    listed : list of tuple
        Rows for the list of contents, in its order.
    """

    base: sqlite3.Connection
    day: str
    listed: list[tuple[Any, ...]] = field(default_factory=list)

    def layer(
        self, name: str, kind: GeometryType, types: Mapping[str, str], parts: Iterable[Features],
        description: str, place: int | None = None,
    ) -> None:  # fmt: skip
        """Write features, each part as it comes.

        Parameters
        ----------
        name : str
        kind : GeometryType
            Of all of them.
        types : mapping of str to str
            Of each column, as `SQL_TYPES` names them.
        parts : iterable of (mapping of str to sequence, Drawn)
            Columns and geometries.
        description : str
        place : int, optional
            In the list of contents; the last by default.
        """
        row = name, "geom", kind.name, _SRS, 0, 0
        self.base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, ?, ?)", row)
        bounds = []

        def told() -> Iterator[Mapping[str, Sequence[Any]]]:
            for columns, drawn in parts:
                bounds.append(drawn.bounds)
                yield {"geom": drawn.blobs, **columns}

        self._fill(name, told(), {"geom": kind.name, **_sql(types)})
        around = _total(np.array(bounds).reshape(-1, 4))
        self.contents(name, "features", description, around, _SRS, place)

    def table(
        self, name: str, columns: Mapping[str, Sequence[Any]], types: Mapping[str, str]
    ) -> None:
        """Write a table without geometry, as :meth:`layer`."""
        self.contents(name, "attributes", "", [None] * 4, 0)
        self._fill(name, [columns], _sql(types))

    def contents(
        self, name: str, kind: str, description: str, bounds: Sequence[float | None], srs: int,
        place: int | None = None,
    ) -> None:  # fmt: skip
        """Enter a table into the list of contents, which is written at the end."""
        row = name, kind, name, description, self.day, *bounds, srs
        self.listed.insert(len(self.listed) if place is None else place, row)

    def _fill(
        self, name: str, parts: Iterable[Mapping[str, Sequence[Any]]], kinds: Mapping[str, str]
    ) -> None:
        declared = "".join(f', "{column}" {kind}' for column, kind in kinds.items())
        first = '"fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL'
        self.base.execute(f'CREATE TABLE "{name}" ( {first}{declared})')
        count = 0
        for part in parts:
            count += insert(self.base, name, [part[column] for column in kinds], count + 1)
        self.base.execute("INSERT INTO gpkg_ogr_contents VALUES (?, ?)", (name, count))
        for event, sign in (("insert", "+"), ("delete", "-")):
            self.base.execute(_COUNTED.format(event=event, table=name, sign=sign))


def insert(
    base: sqlite3.Connection, table: str, columns: Sequence[Sequence[Any]], first: int = 1
) -> int:
    """Add rows to a table, numbered from the first; return how many they are.

    Many rows with one statement take half the time of one at a time.
    """
    count, width = len(columns[0]), 1 + len(columns)
    assert {len(column) for column in columns} == {count}
    values = chain.from_iterable(zip(range(first, first + count), *columns, strict=True))
    row = f"({', '.join('?' * width)})"
    many = max(1, _VALUES // width)
    for size, times in ((many, count // many), (1, count % many)):
        rows = (tuple(islice(values, size * width)) for _ in range(times))
        base.executemany(f'INSERT INTO "{table}" VALUES {", ".join([row] * size)}', rows)
    return count


@contextmanager
def new_geopackage(path: Path, day: str) -> Iterator[GeoPackage]:
    """Write a GeoPackage; what is at the path is taken for an empty file.

    Parameters
    ----------
    path : Path
        Of a file that nobody looks at before it is complete: nothing is kept of a failure.
    day : str
        When its tables were last changed.
    """
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        base.executescript(
            f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION}"
        )
        base.executescript(_STANDARD)
        base.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _systems())
        file = GeoPackage(base, day)
        yield file
        places = ", ".join("?" * len(file.listed[0]))
        base.executemany(f"INSERT INTO gpkg_contents VALUES ({places})", file.listed)


def _systems() -> Iterator[tuple[Any, ...]]:
    """Yield the systems of coordinates: those that every GeoPackage names, and ours."""
    for srs, kind in ((-1, "Cartesian"), (0, "geographic")):
        about = f"undefined {kind} coordinate reference system"
        yield f"Undefined {kind} SRS", srs, "NONE", srs, "undefined", about
    about = "longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid"
    for srs, name, told in ((4326, "WGS 84 geodetic", about), (_SRS, pyproj.CRS(CRS).name, None)):
        defined = pyproj.CRS(srs).to_wkt("WKT1_GDAL", output_axis_rule=True)
        yield name, srs, "EPSG", srs, defined, told


def _sql(types: Mapping[str, str]) -> dict[str, str]:
    return {name: SQL_TYPES[kind] for name, kind in types.items()}


class Drawn(NamedTuple):
    """Geometries as GeoPackages hold them.

    Attributes
    ----------
    blobs : list of bytes or None
    bounds : tuple of float
        West, south, east and north of all of them; NaN without any.
    """

    blobs: list[bytes | None]
    bounds: tuple[float, ...]

    @classmethod
    def of(cls, shapes: NDArray[Any], multi: GeometryType) -> Drawn:
        """Draw geometries in degrees.

        Parameters
        ----------
        shapes : ndarray of shapely geometry or None
        multi : GeometryType
            Of multipart geometries; a single one is drawn as the only part of one.
        """
        bounds = shapely.bounds(shapes).reshape(-1, 4)
        heads = np.empty(len(shapes), dtype=_HEAD)
        told = b"GP", 0, _WITH_BOUNDS, _SRS, bounds[:, [0, 2, 1, 3]]
        for name, value in zip(heads.dtype.names or (), told, strict=True):
            heads[name] = value
        text, size, one = heads.tobytes(), _HEAD.itemsize, struct.pack("<BII", 1, multi, 1)
        parts = [b"" if kind == multi else one for kind in shapely.get_type_id(shapes).tolist()]
        drawn = shapely.to_wkb(shapes, byte_order=1, output_dimension=2).tolist()
        blobs = [
            None if wkb is None else text[at * size : (at + 1) * size] + part + wkb
            for at, (part, wkb) in enumerate(zip(parts, drawn, strict=True))
        ]
        return cls(blobs, _total(bounds))


#: Columns, and the geometries of their rows.
Features: TypeAlias = tuple[Mapping[str, Sequence[Any]], Drawn]


def _total(bounds: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the bounds around some bounds, of which each may be NaN."""
    low = np.fmin.reduce(bounds[:, :2], axis=0, initial=np.nan)
    return *low.tolist(), *np.fmax.reduce(bounds[:, 2:], axis=0, initial=np.nan).tolist()
