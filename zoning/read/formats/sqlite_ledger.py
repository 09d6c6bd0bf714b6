"""What a GeoPackage holds, counted by SQLite itself, beside what GDAL made of it.

GDAL lists what ``gpkg_contents`` registers. A table that is not registered, a second column of
geometries, or places in a plain table are seen here only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.model.ledger import Kind
from zoning.read.formats.columns import LAT, LON

#: Texts that begin so are geometries.
_WORDS = ("POINT", "LINESTRING", "POLYGON", "MULTI", "GEOMETRYCOLLECTION", "CURVE", "COMPOUND",
          "CIRCULAR", "SRID=")  # fmt: skip
_TEXT = " OR ".join(f"upper(substr({{c}}, 1, {len(w)})) = '{w}'" for w in _WORDS)
#: A cell that is a geometry: of a GeoPackage or as WKB.
_BINARY = (
    "(typeof({c}) = 'blob' AND length({c}) >= 21 AND (substr({c}, 1, 2) = x'4750' OR "
    "substr({c}, 1, 1) IN (x'00', x'01')))"
)
#: The same as WKT or as GeoJSON too; what was read of the layer itself is asked that later.
_DRAWN = (
    f"{_BINARY} OR (typeof({{c}}) = 'text' AND instr({{c}}, '(') AND ({_TEXT}))"
    " OR (typeof({c}) = 'text' AND substr({c}, 1, 1) = '{{' AND instr({c}, '\"coordinates\"'))"
)
AXES = ((*LON, "x", "jd"), (*LAT, "y", "wd"))


def account(path: Path, layer: str, read: int, *, chosen: bool) -> Ledger:
    """Account for the tables of a GeoPackage and for the rows of the one that was read.

    Parameters
    ----------
    path : Path
    layer : str
        The table that was read.
    read : int
        The features that came of it.
    chosen : bool
        Whether the user named the table; then the other layers are left out on purpose.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
            return _account(base, layer, read, chosen)
    except sqlite3.Error as error:
        told = message("sqlite.not-counted", detail=str(error)[:200])
        return Ledger((Tally("table", 1, 0, set_aside=(SetAside(1, told),)),))


def extent(path: Path, layer: str) -> list[float] | None:
    """Return the extent that ``gpkg_contents`` states of a layer; None where it states none."""
    columns = "min_x, min_y, max_x, max_y"
    query = f"SELECT {columns} FROM gpkg_contents WHERE lower(table_name) = lower(?)"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
            row = base.execute(query, (layer,)).fetchone()
    except sqlite3.Error:
        return None  # that the tables could not be counted is told by the account
    return None if row is None else list(row)


def systems(path: Path, layer: str) -> list[str]:
    """Return every definition that a GeoPackage has of the CRS of a layer.

    The tables of contents and of geometry columns and the geometries themselves name a system
    each; and the table of systems tells a code and a definition of each of them. A number of a
    geometry that stands for no system, and is not that of the table, comes as ``srs_id …``.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
            return list(_systems(base, layer))
    except sqlite3.Error:
        return []  # that the tables could not be counted is told by the account


def _systems(base: sqlite3.Connection, layer: str) -> Iterator[str]:
    where = "WHERE lower(table_name) = lower(?)"
    columns = base.execute(
        f"SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns {where}", (layer,)
    ).fetchall()
    found = base.execute(f"SELECT srs_id FROM gpkg_contents {where}", (layer,)).fetchall()
    named = {row[-1] for row in (*columns, *found)}
    own = set(named)
    for table, column, _ in columns:
        cell = quoted(column)
        header = f"SELECT DISTINCT substr({cell}, 4, 5) FROM {quoted(table)}"
        named |= {_srs(bytes(h)) for (h,) in base.execute(header) if h is not None}
    for number in sorted(n for n in named if isinstance(n, int)):
        if number <= 0:
            yield from [f"srs_id {number}"] * (number not in own)
            continue
        rows = base.execute(
            "SELECT organization, organization_coordsys_id, definition"
            " FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (number,)
        )  # fmt: skip
        found = rows.fetchall()
        if not found and number not in own:
            yield f"srs_id {number}"
        for authority, code, definition in found or [("EPSG", number, "")]:
            yield f"{authority}:{code}"
            yield str(definition)


def _srs(header: bytes) -> int:
    """Return the number of the system in a geometry's header: flags, then four bytes."""
    return int.from_bytes(
        header[1:], "little" if header[:1] and header[0] & 1 else "big", signed=True
    )


def _account(base: sqlite3.Connection, layer: str, read: int, chosen: bool) -> Ledger:
    layers = dict(_pairs(base, "table_name, column_name", "gpkg_geometry_columns"))
    tables = [n for n, _ in _pairs(base, "name, type", "sqlite_master WHERE type = 'table'")]
    index = {f"rtree_{t}_{c}{tail}" for t, c in layers.items() for tail in ("", *_RTREE)}
    own = next((t for t in tables if t.casefold() == layer.casefold()), layer)
    rows = Tally("record", count(base, own), read)
    second = _drawn(base, own, _BINARY, layers.get(own, ""))
    tallies = [rows, *_aside("column", second, "second-geometry", own)]
    others = [t for t in tables if t not in (own, *index) and not t.startswith("sqlite_")]
    left = [t for t in others if chosen and t in layers]
    holding = [t for t in others if t not in left and (_drawn(base, t, _DRAWN) or _placed(base, t))]
    aside = []
    if left:
        told = message("sqlite.chosen-out", names=left)
        aside.append(SetAside(len(left), told, may_hold=False))
    if holding:
        told = message("sqlite.tables-with-places", names=holding, count=len(holding))
        aside.append(SetAside(len(holding), told))
    plain = len(others) - len(left) - len(holding)
    if plain:
        aside.append(SetAside(plain, message("sqlite.plain", count=plain), may_hold=False))
    return Ledger((*tallies, Tally("table", 1 + len(others), 1, set_aside=tuple(aside))))


#: Tables of a spatial index.
_RTREE = ("_rowid", "_node", "_parent")


def _aside(kind: Kind, count: int, rule: str, name: str) -> Iterator[Tally]:
    if count:
        told = message(f"sqlite.{rule}", name=name, count=count)
        yield Tally(kind, count, 0, set_aside=(SetAside(count, told),))


def _pairs(base: sqlite3.Connection, what: str, source: str) -> list[tuple[str, str]]:
    try:
        return [(str(a), str(b)) for a, b in base.execute(f"SELECT {what} FROM {source}")]
    except sqlite3.OperationalError:
        return []  # a plain SQLite file has no such table


def quoted(name: str) -> str:
    """Return a name as SQL takes any."""
    return '"' + name.replace('"', '""') + '"'


def _columns(base: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in base.execute(f"PRAGMA table_info({quoted(table)})")]


def count(base: sqlite3.Connection, table: str) -> int:
    """Return the number of rows of a table."""
    return int(base.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0])


def _drawn(base: sqlite3.Connection, table: str, test: str, known: str = "") -> int:
    """Count the rows with a geometry in another column than the one that is known."""
    tests = [test.format(c=quoted(c)) for c in _columns(base, table) if c != known]
    if not tests:
        return 0
    # In groups: SQLite takes no expression of more than a thousand terms.
    groups = [tests[at : at + 20] for at in range(0, len(tests), 20)]
    found = (
        base.execute(f"SELECT count(*) FROM {quoted(table)} WHERE {' OR '.join(group)}")
        for group in groups
    )
    return max(int(row.fetchone()[0]) for row in found)


def _placed(base: sqlite3.Connection, table: str) -> bool:
    """Whether a table has columns of coordinates, and rows."""
    names = {column.casefold() for column in _columns(base, table)}
    return all(names & set(axis) for axis in AXES) and count(base, table) > 0
