"""The findings in a GeoPackage: every text once, and a view that joins them.

``findings`` has the columns of every other table of findings. What it is joined from are tables
that a reader need not know of: ``finding_rows``, one row a finding, numbers its site
(``finding_sites``), what is said of its clause (``finding_sayings``) and what was measured
(``finding_measures``, which many clauses share), and that the zones named (``finding_zones``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.show.columns import COLUMNS, DTYPES, OF_SAYING, OF_SITE, UNITS, Columns
from zoning.show.geopackage_file import SQL_TYPES, GeoPackage, insert

_TABLES: Final = {
    "finding_sites": OF_SITE,
    "finding_sayings": OF_SAYING,
    "finding_zones": ("zones",),
    "finding_measures": ("zone", "geometry_of", *UNITS),
    "finding_rows": ("site", "saying", "measure"),
}


def write_findings(found: Columns, file: GeoPackage) -> None:
    """Add findings to a GeoPackage."""
    zone, zones = _numbered(found.zones.tolist())
    drawn, _ = _numbered(found.geometry_of.tolist())
    # Many clauses ask the same of a site: rows of the same bytes are told once.
    measure, first = _alike(zone, drawn, *(found.figures[name].view(np.int64) for name in UNITS))
    named = [number or None for number in zone[first].tolist()]
    told = [found.figures[name][first] for name in UNITS]  # SQLite takes NaN for NULL
    base = file.base
    _fill(base, "finding_sites", *_turned(found.sites, OF_SITE))
    _fill(base, "finding_sayings", *_turned(found.sayings, OF_SAYING))
    _fill(base, "finding_zones", zones)
    _fill(base, "finding_measures", named, found.geometry_of[first], *told)
    _fill(base, "finding_rows", 1 + found.site, 1 + found.saying, measure)
    base.execute(_view())
    file.contents("findings", "attributes", "", [None] * 4, 0)


def _numbered(values: Sequence[Any]) -> tuple[NDArray[np.intp], list[Any]]:
    """Number values from 1 as they are met, and return them; 0 is for None."""
    met = [value for value in dict.fromkeys(values) if value is not None]
    known = {None: 0, **{value: number for number, value in enumerate(met, start=1)}}
    numbers = map(known.__getitem__, values)
    return np.fromiter(numbers, dtype=np.intp, count=len(values)), met


def _alike(*columns: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Number rows from 1 as they are met, those alike the same; return where each is met first."""
    order = np.lexsort(columns)
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for column in columns:
        new[1:] |= np.diff(column[order]) != 0
    first = order[new]  # the sort keeps the order of rows that are alike
    number = np.empty(len(first), dtype=np.intp)
    number[np.argsort(first)] = np.arange(1, len(first) + 1)
    out = np.empty(len(order), dtype=np.intp)
    out[order] = number[np.cumsum(new) - 1]
    return out, np.sort(first)


def _turned(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return rows as columns, also where there is no row."""
    return list(zip(*rows, strict=True)) or [()] * len(names)


def _fill(base: sqlite3.Connection, table: str, *columns: Sequence[Any] | NDArray[Any]) -> None:
    """Make a table and fill it; rows are numbered from 1."""
    names = _TABLES[table]
    typed = ", ".join(f"{x} {SQL_TYPES[DTYPES[x]] if x in DTYPES else 'INTEGER'}" for x in names)
    base.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {typed})")
    insert(base, table, [x.tolist() if isinstance(x, np.ndarray) else x for x in columns])


def _view() -> str:
    """Return the statement of the view; every column keeps its name and type."""
    home = {name: table for table, names in _TABLES.items() for name in names}
    told = ", ".join(f"{home[name]}.{name} AS {name}" for name in COLUMNS)
    return (
        f"CREATE VIEW findings AS SELECT finding_rows.id AS OGC_FID, {told} FROM finding_rows"
        " LEFT JOIN finding_sites ON finding_sites.id = finding_rows.site"
        " LEFT JOIN finding_sayings ON finding_sayings.id = finding_rows.saying"
        " LEFT JOIN finding_measures ON finding_measures.id = finding_rows.measure"
        " LEFT JOIN finding_zones ON finding_zones.id = finding_measures.zone"
    )
