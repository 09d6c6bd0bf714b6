"""The rows of a PostGIS table or query, fetched through a cursor of the server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from zoning.read.formats.postgis_names import identifier, split

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql as psql

#: Rows that one answer of the server holds.
CHUNK: Final = 5000


def count_of(connection: psycopg.Connection[Any], source: psql.Composable) -> int:
    """Return the number of rows as the server counts them."""
    from psycopg import sql as psql

    row = connection.execute(psql.SQL("SELECT count(*) FROM {}").format(source), ()).fetchone()
    return int(row[0]) if row else 0


def has_arcs(
    connection: psycopg.Connection[Any],
    source: psql.Composable,
    geometry: str,
    where: psql.Composable,
    values: tuple[Any, ...],
) -> bool:
    """Return whether any geometry has an arc."""
    from psycopg import sql as psql

    arc = psql.SQL("SELECT bool_or(ST_HasArc({}::geometry)) FROM {}{}")
    query = arc.format(identifier(geometry), source, where)
    row = connection.execute(query, values).fetchone()
    return bool(row and row[0])


def primary_key(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Return the columns of the primary key in their order; none of a view, or without a key."""
    from psycopg import sql as psql

    quoted = psql.Identifier(*split(table)).as_string(connection)
    found = connection.execute(
        "SELECT a.attname FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY k(n, at)"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n"
        " WHERE i.indisprimary AND i.indrelid = to_regclass(%s) ORDER BY k.at",
        (quoted,),
    )
    return [str(row[0]) for row in found.fetchall()]


def selection(
    geometry: str,
    others: list[str],
    source: psql.Composable,
    where: psql.Composable,
    sagitta: float,
    order: list[str] | None = None,
) -> psql.Composed:
    """Return the statement that gives geometry and attributes.

    Parameters
    ----------
    geometry : str
        Name of the column.
    others : list of str
    source, where : Composable
        What stands after FROM, and the clause behind it.
    sagitta : float
        How far a chord may leave its arc, in units of the CRS: shapely knows no arcs.
    order : list of str, optional
        Columns to sort by; without any name, the whole row. Unsorted if left out.
    """
    from psycopg import sql as psql

    plain = psql.SQL("{}::geometry").format(identifier(geometry))
    shape = psql.SQL(
        "ST_AsBinary(ST_Force2D(CASE WHEN ST_HasArc({g}) THEN ST_CurveToLine({g}, {t}, 1, 0)"
        " ELSE {g} END))"
    ).format(g=plain, t=psql.Literal(sagitta))
    listed = psql.SQL(", ").join([shape, *map(identifier, others)])
    query = psql.SQL("SELECT {} FROM {}{}").format(listed, source, where)
    if order is None:
        return query
    # Not every type has an order; its text has one.
    texts = [psql.SQL("{}::text").format(identifier(name)) for name in others]
    named = [identifier(name) for name in order]
    keys: list[psql.Composable] = [*named] or [psql.SQL("1"), *texts]
    return psql.SQL("{} ORDER BY {}").format(query, psql.SQL(", ").join(keys))


def fetch(
    connection: psycopg.Connection[Any], query: psql.Composed, values: tuple[Any, ...]
) -> Iterator[tuple[list[Any], list[list[Any]], list[bytes]]]:
    """Yield rows by the thousand: geometries as WKB, attributes, and the digest of each row."""
    with connection.cursor(name="zoning") as cursor:
        cursor.itersize = CHUNK
        cursor.execute(query, values)
        while chunk := cursor.fetchmany(CHUNK):
            rows = [[_value(v) for v in row[1:]] for row in chunk]
            digests = [
                hashlib.sha256(repr((row[0], clean)).encode()).digest()
                for row, clean in zip(chunk, rows, strict=True)
            ]
            yield [row[0] for row in chunk], rows, digests


def digest_of(digests: bytes) -> str:
    """Return the digest of rows whatever their order, from their digests one after another."""
    words = np.frombuffer(digests, dtype=">u8").reshape(-1, 4)
    order = np.lexsort(words.T[::-1])
    return hashlib.sha256(words[order].tobytes()).hexdigest()


def _value(value: Any) -> str | int | float | bool | None:
    """Return a value as one of the types that every source gives."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | float):
        number = float(value)
        return None if np.isnan(number) else number
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)
