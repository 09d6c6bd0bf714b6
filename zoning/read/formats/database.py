"""PostGIS as one more source: what the server sends goes through the same checks as a file."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import numpy as np
import shapely

from zoning.base.errors import UsageError, problem
from zoning.model import Ledger, Tally
from zoning.read import curves, values
from zoning.read.formats import postgis, postgis_rows
from zoning.read.formats.postgis import Box, read_postgis
from zoning.read.reader import finish
from zoning.read.types import Pieces, Raw, Reading, ReadOptions


def read_postgis_layer(
    url: str,
    *,
    table: str | None = None,
    sql: str | None = None,
    bbox: Box | None = None,
    options: ReadOptions | None = None,
) -> Reading:
    """Read a table or query as :func:`zoning.read.read_vector` reads a file.

    Parameters
    ----------
    url : str
        ``postgresql://user@host:port/database``; no password of it is ever shown or recorded.
    table, sql : str, optional
        Exactly one of the two.
    bbox : tuple of float, optional
        West, south, east, north in EPSG:4490; the server leaves out what lies beyond.
    options : ReadOptions, optional
        ``crs``, ``datum``, ``repair`` and ``bbox`` are used.

    Returns
    -------
    Reading
        Positions count the rows received.

    Raises
    ------
    UsageError, SourceError, MissingExtraError
        As :func:`zoning.read.formats.postgis.read_postgis` does, and ``datum-unsupported``.
    """
    options = options or ReadOptions()
    return finish(*_raw(url, table, sql, None, bbox, options), options)


def read_address(address: str, options: ReadOptions) -> tuple[Raw, str, str, str]:
    """Read the table that an address names: ``postgresql://…/database?table=schema.table``.

    ``geometry=`` names the geometry column where there are several.

    Returns
    -------
    tuple of (Raw, str, str, str)
        The rows, the name for messages, the name for the record, and the digest.

    Raises
    ------
    UsageError
        ``postgis-no-table-given``, ``postgis-two-tables``, or as :func:`read_postgis_layer`.
    """
    url, table, column = _address(address, options)
    return _raw(url, table, None, column, None, options)


def pieces(address: str, options: ReadOptions) -> tuple[Pieces, str]:
    """Read the table that an address names some thousand rows at a time, and name it.

    The rows come in the order of the primary key, so that they have the same positions each time.

    Raises
    ------
    UsageError, SourceError, MissingExtraError
        As :func:`read_address` does.
    """
    url, table, column = _address(address, options)
    digests, counted = bytearray(), [0]

    def read_on() -> Iterator[Raw]:
        with postgis.opened(url, table, column, options.crs) as opened:
            seen, counted[0] = 0, opened.count
            for wkb, rows, told in opened.rows:
                digests.extend(b"".join(told))
                names = enumerate(opened.columns)
                columns = {name: [row[at] for row in rows] for at, name in names}
                yield Raw(
                    geometry=np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object),
                    attributes=values.table(columns, len(rows)),
                    positions=seen + np.arange(len(rows)),
                    driver="PostGIS",
                    crs=opened.crs,
                    crs_evidence=opened.crs_evidence,
                    layer=table,
                    notices=(curves.told(),) if opened.arcs else (),
                )
                seen += len(rows)

    def account(read: int) -> Ledger:
        return Ledger((Tally("row", counted[0], read),))

    found = Pieces(read_on(), account, lambda: postgis_rows.digest_of(bytes(digests)))
    return found, postgis.redacted(url, table)


def count(address: str, options: ReadOptions) -> int:
    """Return how many rows the table has that an address names.

    Raises
    ------
    UsageError, SourceError, MissingExtraError
        As :func:`read_address` does.
    """
    url, table, _ = _address(address, options)
    return postgis.count_rows(url, table)


def _address(address: str, options: ReadOptions) -> tuple[str, str, str | None]:
    """Return the address of the database, the table, and the column of geometries if stated."""
    parts = urlsplit(address)
    query = parse_qs(parts.query, keep_blank_values=True)
    stated = [*query.pop("table", []), *([options.layer] if options.layer else [])]
    column = query.pop("geometry", [None])[0]
    url = urlunsplit(parts._replace(query=urlencode(query, doseq=True)))
    tables = [table for table in dict.fromkeys(stated) if table]
    if not tables:
        raise UsageError(problem("postgis-no-table-given", file=postgis.redacted(url)))
    if len(tables) > 1:
        raise UsageError(problem("postgis-two-tables", file=postgis.redacted(url), names=tables))
    return url, tables[0], column


def _raw(
    url: str,
    table: str | None,
    sql: str | None,
    column: str | None,
    bbox: Box | None,
    options: ReadOptions,
) -> tuple[Raw, str, str, str]:
    # A shifted source cannot be filtered by true coordinates.
    box = None if options.datum else bbox or options.bbox
    data = read_postgis(
        url, table=table, sql=sql, bbox=box, geometry_column=column, crs=options.crs
    )
    frame = data.frame
    geometry = frame.geometry.name
    others = {str(c): frame[c].tolist() for c in frame.columns if c != geometry}
    rows = Ledger((Tally("row", data.count, len(frame)),)) if data.count is not None else Ledger()
    raw = Raw(
        geometry=np.asarray(frame.geometry.to_numpy(), dtype=object),
        attributes=values.table(others, len(frame)),
        positions=np.arange(len(frame)),
        driver="PostGIS",
        crs=data.crs,
        crs_evidence=data.crs_evidence,
        layer=table,
        notices=(curves.told(),) if data.arcs else (),
        ledger=rows,
    )
    return raw, data.name, data.name, data.sha256
