"""The findings in a GeoPackage: every text once, and a view that joins them.

``findings`` has the columns of every other table of findings. What it is joined from are tables
that a reader need not know of: ``finding_rows``, one row a finding, with figures of its own and
numbers of its site (``finding_sites``), of what is said of its clause (``finding_sayings``), and of
the zones that are named (``finding_zones``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from zoning.show.columns import COLUMNS, DTYPES, OF_SAYING, OF_SITE, UNITS, Columns

_SQL_TYPES: Final = {"object": "TEXT", "bool": "BOOLEAN", "float64": "REAL"}
_TABLES: Final = {
    "finding_sites": OF_SITE,
    "finding_sayings": OF_SAYING,
    "finding_zones": ("zones",),
    "finding_rows": ("site", "saying", "zone", "geometry_of", *UNITS),
}
#: Rows that are made at a time.
_SOME: Final = 50_000
_CONTENTS: Final = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
VALUES ('findings', 'attributes', 'findings', '', ?, 0)
"""


def write_findings(found: Columns, path: Path, day: str) -> None:
    """Add findings to a GeoPackage.

    Parameters
    ----------
    found : Columns
    path : Path
        Of a GeoPackage.
    day : str
        When the table was last changed, as GeoPackages write it.
    """
    named: dict[str, int] = {}
    for name in found.zones.tolist():
        if name:
            named.setdefault(name, len(named) + 1)
    with closing(sqlite3.connect(path)) as base, base:
        _fill(base, "finding_sites", found.sites)
        _fill(base, "finding_sayings", found.sayings)
        _fill(base, "finding_zones", ((name,) for name in named))
        _fill(base, "finding_rows", _rows(found, named))
        base.execute(_view())
        base.execute(_CONTENTS, (day,))


def _rows(found: Columns, named: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of findings, made some at a time."""
    for start in range(0, len(found), _SOME):
        rows = slice(start, start + _SOME)
        zone = [x and named[x] for x in found.zones[rows].tolist()]
        numbers = ((1 + whole[rows]).tolist() for whole in (found.site, found.saying))
        figures = [found.part(name, rows).tolist() for name in UNITS]  # SQLite takes NaN for NULL
        yield from zip(*numbers, zone, found.geometry_of[rows].tolist(), *figures, strict=True)


def _fill(base: sqlite3.Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Make a table and fill it; rows are numbered from 1."""
    names = _TABLES[table]
    typed = ", ".join(f"{x} {_SQL_TYPES[DTYPES[x]] if x in DTYPES else 'INTEGER'}" for x in names)
    base.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {typed})")
    places = ", ".join("?" * (len(names) + 1))
    numbered = ((number, *row) for number, row in enumerate(rows, start=1))
    base.executemany(f"INSERT INTO {table} VALUES ({places})", numbered)


def _view() -> str:
    """Return the statement of the view; every column keeps its name and type."""
    home = {name: table for table, names in _TABLES.items() for name in names}
    told = ", ".join(f"{home[name]}.{name} AS {name}" for name in COLUMNS)
    return (
        f"CREATE VIEW findings AS SELECT finding_rows.id AS OGC_FID, {told} FROM finding_rows"
        " LEFT JOIN finding_sites ON finding_sites.id = finding_rows.site"
        " LEFT JOIN finding_sayings ON finding_sayings.id = finding_rows.saying"
        " LEFT JOIN finding_zones ON finding_zones.id = finding_rows.zone"
    )
