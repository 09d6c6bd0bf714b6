"""What a GeoPackage states beside the table that is read, and in pages that SQLite has given up."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from zoning.base.table import Table
from zoning.read import positions, stated, values
from zoning.read.crs import systems
from zoning.read.positions import Stated

#: Tables of the format with numbers of their own, of which the texts are searched: systems of
#: coordinates and extents, which are held against the data elsewhere.
_OWN: Final = frozenset({
    "gpkg_spatial_ref_sys", "gpkg_contents", "gpkg_ogr_contents", "gpkg_geometry_columns",
    "gpkg_extensions", "gpkg_tile_matrix", "gpkg_tile_matrix_set", "sqlite_sequence",
    "sqlite_stat1",
})  # fmt: skip
#: Tables of the index of a table and its column.
_INDEX: Final = ("", "_rowid", "_node", "_parent")
_DEFINED: Final = re.compile(r"\w+\[\"")
_ROWS: Final = 200_000
_LARGEST: Final = 1 << 28
#: Where the header of the file names the first of the free pages.
_FREE: Final = 32


def find(path: Path) -> Iterator[Stated]:
    """Search the definitions, the tables without geometry, and the pages that are free."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
            base.text_factory = lambda data: data.decode("utf-8", "replace")
            yield from _defined(base)
            yield from _tables(base)
            free = _free(base, path) + _behind(base, path)
    except sqlite3.Error:
        return  # that the tables could not be counted is told by the account
    yield positions.in_bytes(free, path.name)


def _defined(base: sqlite3.Connection) -> Iterator[Stated]:
    for name, text in base.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
        yield positions.find(str(text), str(name))


def _tables(base: sqlite3.Connection) -> Iterator[Stated]:
    columns = _rows(base, "SELECT table_name, column_name FROM gpkg_geometry_columns")
    index = {f"rtree_{table}_{c}{tail}".casefold() for table, c in columns for tail in _INDEX}
    apart = {str(table).casefold() for table, _ in columns} | index
    names = [str(n) for (n,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in (n for n in names if n.casefold() not in apart):
        quoted = '"' + name.replace('"', '""') + '"'
        cursor = base.execute(f"SELECT * FROM {quoted} LIMIT {_ROWS}")
        heads = [str(column[0]) for column in cursor.description]
        rows = cursor.fetchall()
        if name.casefold() not in _OWN:
            yield from of_table(heads, rows, name)
            continue
        texts = {_apart(cell) for row in rows for cell in row if isinstance(cell, str)}
        yield replace(positions.find_each([*heads, *texts]), where=name)


def _apart(text: str) -> str:
    """Return a text without the definition of a system that it begins with."""
    return text.rpartition("]")[2] if _DEFINED.match(text) else text


def _rows(base: sqlite3.Connection, query: str) -> list[Any]:
    try:
        return base.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []  # a plain SQLite file has no such table


def of_table(heads: list[str], rows: list[Any], name: str) -> Iterator[Stated]:
    """Search the rows of a table without geometry, and its blobs."""
    columns: dict[str, Any] = {}
    for at, head in enumerate(heads):
        cells = np.empty(len(rows), dtype=object)
        cells[:] = [row[at] for row in rows]
        for blob in (cell for cell in cells if isinstance(cell, bytes)):
            yield positions.in_bytes(blob, name)
        cells[[isinstance(cell, bytes) for cell in cells]] = None
        columns[values.free_name(head, columns)] = cells
    yield positions.find("; ".join(heads), name)
    table = Table(columns, np.arange(len(rows)))
    found = stated.of(table, systems.parse("EPSG:4490"))
    yield positions.joined((part.stated for part in found), name)


def _free(base: sqlite3.Connection, path: Path) -> bytes:
    """Return the content of the pages that SQLite keeps for later use (file format, 1.5)."""
    (size,) = base.execute("PRAGMA page_size").fetchone()
    (count,) = base.execute("PRAGMA freelist_count").fetchone()
    if not count:
        return b""
    found = []
    with path.open("rb") as stream:
        stream.seek(_FREE)
        trunk = int.from_bytes(stream.read(4), "big")
        seen: set[int] = set()
        while trunk and trunk not in seen and len(seen) <= count:
            seen.add(trunk)
            page = _page(stream, trunk, size)
            leaves = int.from_bytes(page[4:8], "big")
            numbers = [int.from_bytes(page[8 + 4 * k : 12 + 4 * k], "big") for k in range(leaves)]
            found += [_page(stream, number, size) for number in numbers if number]
            trunk = int.from_bytes(page[:4], "big")
    return b"".join(found)


def _behind(base: sqlite3.Connection, path: Path) -> bytes:
    """Return what stands behind the last page."""
    (size,), (count,) = (base.execute(f"PRAGMA page_{k}").fetchone() for k in ("size", "count"))
    with path.open("rb") as stream:
        stream.seek(size * count)
        return stream.read(_LARGEST)


def _page(stream: Any, number: int, size: int) -> bytes:
    stream.seek((number - 1) * size)
    return bytes(stream.read(size))
