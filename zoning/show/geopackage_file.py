"""A GeoPackage written by SQLite alone, table after table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

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
    """

    base: sqlite3.Connection
    day: str

    def layer(
        self, name: str, columns: Mapping[str, Sequence[Any]], types: Mapping[str, str],
        shapes: NDArray[Any], kind: str, description: str,
    ) -> None:  # fmt: skip
        """Write features.

        Parameters
        ----------
        name : str
        columns : mapping of str to sequence
        types : mapping of str to str
            Of each column, as `SQL_TYPES` names them.
        shapes : ndarray of shapely geometry or None
            In degrees.
        kind : str
            What all of them are, such as ``MULTIPOLYGON``.
        description : str
        """
        bounds = shapely.total_bounds(shapes).tolist() if len(shapes) else [None] * 4
        self.contents(name, "features", description, bounds, _SRS)
        row = name, "geom", kind, _SRS, 0, 0
        self.base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, ?, ?)", row)
        self._fill(name, {"geom": _blobs(shapes), **columns}, {"geom": kind, **_sql(types)})

    def table(
        self, name: str, columns: Mapping[str, Sequence[Any]], types: Mapping[str, str]
    ) -> None:
        """Write a table without geometry, as :meth:`layer`."""
        self.contents(name, "attributes", "", [None] * 4, 0)
        self._fill(name, columns, _sql(types))

    def contents(
        self, name: str, kind: str, description: str, bounds: Sequence[float | None], srs: int
    ) -> None:
        """Enter a table into the list of contents."""
        row = name, kind, name, description, self.day, *bounds, srs
        self.base.execute(f"INSERT INTO gpkg_contents VALUES ({', '.join('?' * len(row))})", row)

    def _fill(
        self, name: str, columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]
    ) -> None:
        declared = "".join(f', "{column}" {kind}' for column, kind in kinds.items())
        first = '"fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL'
        self.base.execute(f'CREATE TABLE "{name}" ( {first}{declared})')
        told = [columns[column] for column in kinds]
        count = len(told[0])
        places = ", ".join("?" * (len(told) + 1))
        rows = zip(range(1, count + 1), *told, strict=True)
        self.base.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)
        self.base.execute("INSERT INTO gpkg_ogr_contents VALUES (?, ?)", (name, count))
        for event, sign in (("insert", "+"), ("delete", "-")):
            self.base.execute(_COUNTED.format(event=event, table=name, sign=sign))


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
        yield GeoPackage(base, day)


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


def _blobs(shapes: NDArray[Any]) -> list[bytes | None]:
    """Return geometries as GeoPackages hold them; None for none."""
    heads = np.empty(len(shapes), dtype=_HEAD)
    bounds = shapely.bounds(shapes).reshape(-1, 4)[:, [0, 2, 1, 3]]
    for field, value in zip(
        heads.dtype.names or (), (b"GP", 0, _WITH_BOUNDS, _SRS, bounds), strict=True
    ):
        heads[field] = value
    told, size = heads.tobytes(), _HEAD.itemsize
    drawn = shapely.to_wkb(shapes, byte_order=1, output_dimension=2)
    return [
        None if wkb is None else told[at * size : (at + 1) * size] + wkb
        for at, wkb in enumerate(drawn.tolist())
    ]
