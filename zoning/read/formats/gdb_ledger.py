"""What a file geodatabase holds, counted from the headers of its tables.

Each ``aXXXXXXXX.gdbtable`` states its number of rows in bytes 4 to 7, little-endian; the first
table, ``GDB_SystemCatalog``, names the others by their hexadecimal number. Source: the reverse
engineered specification that GDAL's OpenFileGDB driver cites.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyogrio

from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import files, values
from zoning.read.formats import ogr
from zoning.read.formats.sqlite_ledger import AXES

#: Files of the format: tables and their indexes, the stamps, and locks.
_OWN = re.compile(
    r"^(?:a[0-9a-f]{8}\.(?:\w+\.)?(?:gdb\w+|atx|spx|horizon|freelist|cdf|band_index|\w*prj)"
    r"|gdb|timestamps|.*\.(?:lock|shp\.xml)|thumbs\.db|desktop\.ini|\.ds_store)$",
    re.IGNORECASE,
)
_TABLE = re.compile(r"^a([0-9a-f]{8})\.gdbtable$", re.IGNORECASE)


def account(path: Path, layer: str, read: int, *, chosen: bool) -> Ledger:
    """Account for the tables of a geodatabase and for the rows of the one that was read.

    Parameters
    ----------
    path : Path
        The ``.gdb`` folder.
    layer : str
        The feature class that was read.
    read : int
    chosen : bool
        Whether the user named it; then the other feature classes are left out on purpose.
    """
    rows = _rows(path)
    names, kinds = _names(path)
    own = next((number for number, name in names.items() if name == layer), None)
    seen = rows.get(own, read) if own is not None else read
    tables = {n: names.get(n, f"a{n:08x}") for n, count in rows.items() if n != own and count}
    system = [n for n, name in tables.items() if n in names and name.startswith("GDB_")]
    left = [n for n, name in tables.items() if chosen and kinds.get(name) is not None]
    bare = [n for n, name in tables.items() if name in kinds and kinds[name] is None]
    holding = [n for n in bare if n not in system and _places(path, tables[n])]
    plain = [n for n in bare if n not in holding]
    lost = sorted(set(tables) - {*system, *left, *plain, *holding})
    named = [tables[n] for n in holding]
    aside = [
        SetAside(len(left), message("sqlite.chosen-out", names=[tables[n] for n in left]), False),
        SetAside(len(named), message("sqlite.tables-with-places", names=named, count=len(named))),
        SetAside(len(plain), message("sqlite.plain", count=len(plain)), False),
        SetAside(len(system), message("gdb.system", count=len(system)), False),
        SetAside(len(lost), message("gdb.unlisted", names=[tables[n] for n in lost])),
    ]
    counted = tuple(part for part in aside if part.count)
    foreign = sorted(p.name for p in path.iterdir() if not _OWN.match(p.name) or p.is_dir())
    tallies = (Tally("record", seen, read), Tally("table", 1 + len(tables), 1, set_aside=counted))
    if not foreign:
        return Ledger(tallies)
    told = message("gdb.foreign", names=foreign[:5], count=len(foreign))
    beside = Tally("file", len(foreign), 0, set_aside=(SetAside(len(foreign), told),))
    return Ledger((*tallies, beside))


def _places(path: Path, table: str) -> bool:
    """Whether a table without geometry has columns of coordinates or texts that are geometries."""
    found = _table(path, table)
    if found is None:
        return True  # what cannot be read may hold any
    heads, columns = found
    names = {name.casefold() for name in heads}
    placed = all(names & set(axis) for axis in AXES)
    return placed or any(values.is_geometry(v) for column in columns for v in column)


def _table(path: Path, table: str) -> tuple[list[str], Any] | None:
    with files.plain_name(path) as plain, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            meta, _, _, columns = pyogrio.raw.read(plain, layer=table, read_geometry=False)
        except (*ogr.ERRORS, ValueError):
            return None
    return list(map(str, meta["fields"])), columns


def bare(path: Path) -> Iterator[tuple[str, list[str], list[Any]]]:
    """Yield name, columns and rows of the tables without geometry that can be read."""
    for name, kind in _names(path)[1].items():
        found = _table(path, name) if kind is None else None
        if found is not None:
            yield name, found[0], list(zip(*(c.tolist() for c in found[1]), strict=True))


def described(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the texts in which a geodatabase describes its items."""
    heads, columns = _table(path, "GDB_Items") or ([], ())
    for head, column in zip(heads, columns, strict=True):
        yield from ((head, text) for text in column if isinstance(text, str))


def _rows(path: Path) -> dict[int, int]:
    """Return the number of rows each table states, by the table's number."""
    found = {}
    for part in files.parts(path):
        match = _TABLE.match(part.name)
        if match:
            found[int(match[1], 16)] = int.from_bytes(files.head(part, 8)[4:8], "little")
    return found


def _names(path: Path) -> tuple[Mapping[int, str], Mapping[str, str | None]]:
    """Return the tables' names by number, and the kind of geometry of those that GDAL lists."""
    with files.plain_name(path) as plain, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _, fids, _, columns = pyogrio.raw.read(
                plain, layer="GDB_SystemCatalog", columns=["Name"], read_geometry=False,
                return_fids=True,
            )  # fmt: skip
            listed = dict(ogr.layers(plain, path.name, "OpenFileGDB"))
        except ogr.ERRORS:
            return {}, {}
    return dict(zip(map(int, fids), map(str, columns[0]), strict=True)), listed
