"""Read a PostGIS table or query: read-only, filtered on the server, CRS as the server states it.

Needs the extra ``postgis`` (psycopg 3). Source of the catalogue facts: PostGIS manual, chapters
"Spatial Reference Systems" (``spatial_ref_sys``) and "Typmod" (``postgis_typmod_srid``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from zoning.base.errors import MissingExtraError, SourceError, UsageError
from zoning.base.settings import CRS
from zoning.messages import Text, message
from zoning.read import curves
from zoning.read.formats import postgis_faults as faults
from zoning.read.formats.postgis_names import identifier, split
from zoning.read.formats.postgis_rows import (
    count_of,
    digest_of,
    fetch,
    has_arcs,
    primary_key,
    selection,
)

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql as psql

#: Seconds to wait for the server's answer to the connection.
CONNECT_TIMEOUT_S: Final = 10
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class PostgisData:
    """What a table or query holds.

    Attributes
    ----------
    frame : GeoDataFrame
        Rows in the server's order, 2-D geometry (None where NULL) in the server's CRS; values are
        str, int, float, bool or None.
    name : str
        ``postgresql://user@host:port/database/table``, without the password.
    crs : pyproj.CRS
        CRS of ``frame``.
    crs_evidence : Text
        How the CRS was known.
    geometry_column : str
        Column the geometry was taken from.
    sha256 : str
        Digest of the rows that were read, whatever their order.
    count : int or None
        Rows by a count of the server in the same transaction; None where a box filters them.
    arcs : bool
        Whether the server replaced arcs by chords.
    """

    frame: gpd.GeoDataFrame
    name: str
    crs: pyproj.CRS
    crs_evidence: Text
    geometry_column: str
    sha256: str
    count: int | None = None
    arcs: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A table whose rows are fetched while its transaction is open, in an order of their own.

    Attributes are as in :class:`PostgisData`; ``columns`` names the attributes, and ``rows`` yields
    geometries as WKB, attributes and digests by the thousand.
    """

    name: str
    crs: pyproj.CRS
    crs_evidence: Text
    columns: list[str]
    count: int
    arcs: bool
    rows: Iterator[tuple[list[Any], list[list[Any]], list[bytes]]]


@dataclass(frozen=True, slots=True)
class _Column:
    """A geometry column: its name, whether it is of type geography, and its typmod."""

    name: str
    geography: bool
    typmod: int


def read_postgis(
    url: str,
    *,
    table: str | None = None,
    sql: str | None = None,
    bbox: Box | None = None,
    geometry_column: str | None = None,
    crs: str | int | pyproj.CRS | None = None,
    timeout_s: float = 60.0,
) -> PostgisData:
    """Read a table, a view, or a query.

    Parameters
    ----------
    url : str
        ``postgresql://user:password@host:port/database``; the password may also come from
        ``PGPASSWORD`` or a password file. It never appears in a message.
    table : str, optional
        ``table`` or ``schema.table``; names with dots or quotes in double quotes.
    sql : str, optional
        One ``SELECT``; exactly one of ``table`` and ``sql`` is needed.
    bbox : tuple of float, optional
        West, south, east, north in EPSG:4490 degrees. Rows whose bounding box does not meet it
        stay on the server.
    geometry_column : str, optional
        Needed if there are several.
    crs : str, int or pyproj.CRS, optional
        Overrides what the server states; needed if its SRID is 0.
    timeout_s : float
        Longest time one statement may take, s.

    Raises
    ------
    UsageError
        If the call is wrong.
    SourceError
        If the server cannot be reached, refuses, or does not know table, geometry or CRS.
    MissingExtraError
        If psycopg is not installed.
    """
    if (table is None) == (sql is None):
        raise UsageError(faults.one_of())
    name = redacted(url, table)
    with _connected(url, name, timeout_s) as connection:
        source = _source(connection, name, table, sql)
        column, others = _columns(connection, source, name, geometry_column)
        srid = _srid(connection, source, column, name)
        known, evidence = _crs(connection, srid, column, name, crs)
        where, values = _filter(column, srid, known, bbox)
        count = None if bbox is not None else count_of(connection, source)
        arcs = has_arcs(connection, source, column.name, where, values)
        sagitta = curves.SAGITTA_DEG if known.is_geographic else curves.SAGITTA_M
        frame, digest = _rows(connection, source, column, others, where, values, sagitta)
    frame = frame.set_crs(known)
    return PostgisData(frame, name, known, evidence, column.name, digest, count, arcs)


@contextmanager
def _connected(url: str, name: str, timeout_s: float) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection in one read-only transaction; turn driver errors into ours."""
    try:
        import psycopg
    except ImportError:
        raise MissingExtraError("psycopg", "postgis", message("postgis.reading-postgis")) from None
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
            connection.read_only = True
            # One picture of the table for all statements: the count is that of the rows.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute(
                "SELECT set_config('statement_timeout', %s, true)", (str(int(timeout_s * 1000)),)
            )
            yield connection
            connection.rollback()
    except psycopg.errors.QueryCanceled:
        raise SourceError(faults.too_slow(name, timeout_s)) from None
    except psycopg.Error as error:
        # "from None": the driver's own traceback may quote the connection string.
        raise SourceError(faults.refused(name, url, error)) from None


def redacted(url: str, table: str | None = None) -> str:
    """Return the address without password or options."""
    try:
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise MissingExtraError("psycopg", "postgis", message("postgis.reading-postgis")) from None
    import psycopg

    try:
        parts = conninfo_to_dict(url) if url.startswith(("postgresql://", "postgres://")) else None
    except psycopg.Error:  # its message may quote the password
        parts = None
    if parts is None:
        raise UsageError(faults.bad_url()) from None
    user = f"{parts['user']}@" if parts.get("user") else ""
    port = f":{parts['port']}" if parts.get("port") else ""
    base = f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}"
    return f"{base}/{table}" if table else base


def _source(
    connection: psycopg.Connection[Any], name: str, table: str | None, query: str | None
) -> psql.Composable:
    """Return what stands after FROM: a quoted table name, or the query in brackets."""
    from psycopg import sql as psql

    if query is not None:
        body = query.strip().rstrip(";").replace("%", "%%")
        return psql.SQL("({}) AS zoning_source").format(psql.SQL(body))
    parts = split(table or "")
    if not parts:
        raise UsageError(faults.bad_table(name, table or ""))
    quoted = psql.Identifier(*parts)
    found = connection.execute("SELECT to_regclass(%s)", (quoted.as_string(connection),))
    row = found.fetchone()
    if row is None or row[0] is None:
        raise SourceError(faults.no_table(connection, name, table or ""))
    return identifier(*parts)


def _columns(
    connection: psycopg.Connection[Any],
    source: psql.Composable,
    name: str,
    wanted: str | None,
) -> tuple[_Column, list[str]]:
    """Describe the columns: the geometry, and the names of the others."""
    from psycopg import sql as psql

    types = connection.execute("SELECT to_regtype('geometry')::oid, to_regtype('geography')::oid")
    geometry, geography = types.fetchone() or (None, None)
    if geometry is None:
        raise SourceError(faults.no_extension(name))
    # A prepared statement is one statement: a query that smuggles in a second one fails here.
    cursor = connection.cursor()
    empty = psql.SQL("SELECT * FROM {} LIMIT %s").format(source)
    cursor.execute(empty, (0,), prepare=True)
    description, result = cursor.description or [], cursor.pgresult
    found = [
        _Column(c.name, c.type_code == geography, result.fmod(i) if result else -1)
        for i, c in enumerate(description)
        if c.type_code in (geometry, geography)
    ]
    chosen = [c for c in found if wanted in (None, c.name)]
    if len(chosen) != 1:
        raise SourceError(faults.which_geometry(name, wanted, [c.name for c in found]))
    spatial = {c.name for c in found}
    others = list(dict.fromkeys(c.name for c in description if c.name not in spatial))
    return chosen[0], others


def _srid(
    connection: psycopg.Connection[Any], source: psql.Composable, column: _Column, name: str
) -> int:
    """Return the SRID of the column's type, or else the one all its geometries share."""
    from psycopg import sql as psql

    if column.typmod >= 0:
        found = connection.execute("SELECT postgis_typmod_srid(%s)", (column.typmod,)).fetchone()
        if found and found[0]:
            return int(found[0])
    if column.geography:
        return 4326
    query = psql.SQL("SELECT DISTINCT ST_SRID({g}) FROM {s} WHERE {g} IS NOT NULL LIMIT 3")
    rows = connection.execute(query.format(g=identifier(column.name), s=source), ()).fetchall()
    if len(rows) > 1:
        raise SourceError(faults.many_srids(name, column.name, sorted(int(r[0]) for r in rows)))
    return int(rows[0][0]) if rows else 0


def _crs(
    connection: psycopg.Connection[Any],
    srid: int,
    column: _Column,
    name: str,
    given: str | int | pyproj.CRS | None,
) -> tuple[pyproj.CRS, Text]:
    """Return the CRS and how it is known."""
    if given is not None:
        chosen = pyproj.CRS.from_user_input(given)
        code = chosen.to_string()
        return chosen, message("postgis.given-by-caller-server", code_=code, srid=srid)
    row = connection.execute(
        "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s", (srid,)
    ).fetchone()
    if srid == 0 or row is None:
        raise SourceError(faults.no_crs(name, column.name, srid))
    authority, code, text = row
    try:
        if str(authority).upper() == "EPSG":
            known = pyproj.CRS.from_epsg(int(code))
        else:
            known = pyproj.CRS.from_wkt(text or "")
    except pyproj.exceptions.CRSError:
        raise SourceError(faults.no_crs(name, column.name, srid)) from None
    how = "typmod" if column.typmod >= 0 else "ST_SRID"
    return known, message(
        "postgis.server-column-has-srid",
        name=column.name,
        srid=srid,
        how=how,
        authority=authority,
        code_=code,
    )


def _filter(
    column: _Column, srid: int, known: pyproj.CRS, bbox: Box | None
) -> tuple[psql.Composable, tuple[Any, ...]]:
    """Return the WHERE clause that keeps rows whose bounding box meets ``bbox``."""
    from psycopg import sql as psql

    if bbox is None:
        return psql.SQL(""), ()
    west, south, east, north = bbox
    if not (np.isfinite(bbox).all() and west <= east and south <= north):
        raise UsageError(faults.bad_bbox(bbox))
    transformer = pyproj.Transformer.from_crs(CRS, known, always_xy=True)
    box = np.array(transformer.transform_bounds(*bbox, densify_pts=41))
    if not np.isfinite(box).all():  # outside the projection's domain: filter nothing away
        return psql.SQL(""), ()
    # Edges bend under projection: a hundredth of the size more leaves nothing out.
    margin = 0.01 * max(box[2] - box[0], box[3] - box[1])
    box += np.array([-margin, -margin, margin, margin])
    cast = psql.SQL("::geography" if column.geography else "")
    clause = psql.SQL(" WHERE {} && ST_MakeEnvelope(%s, %s, %s, %s, %s){}")
    return clause.format(identifier(column.name), cast), (*map(float, box), srid)


def _rows(
    connection: psycopg.Connection[Any],
    source: psql.Composable,
    column: _Column,
    others: list[str],
    where: psql.Composable,
    values: tuple[Any, ...],
    sagitta: float,
) -> tuple[gpd.GeoDataFrame, str]:
    """Fetch in chunks; return the frame (no CRS yet) and the digest of its rows."""
    query = selection(column.name, others, source, where, sagitta)
    geometry: list[Any] = []
    rows: list[list[Any]] = []
    digests = bytearray()
    for wkb, clean, told in fetch(connection, query, values):
        geometry.extend(shapely.from_wkb(wkb, on_invalid="ignore"))
        rows.extend(clean)
        digests += b"".join(told)
    columns = {
        key: pd.Series([row[i] for row in rows], dtype=object) for i, key in enumerate(others)
    }
    # Named so that no attribute called "geometry" is overwritten.
    spot = "geometry" if "geometry" not in others else column.name
    frame = gpd.GeoDataFrame(
        {**columns, spot: gpd.GeoSeries(geometry)}, geometry=spot, index=range(len(rows))
    )
    return frame, digest_of(bytes(digests))


def count_rows(url: str, table: str, timeout_s: float = 60.0) -> int:
    """Return how many rows a table has.

    Raises
    ------
    UsageError, SourceError, MissingExtraError
        As :func:`read_postgis` does.
    """
    name = redacted(url, table)
    with _connected(url, name, timeout_s) as connection:
        return count_of(connection, _source(connection, name, table, None))


@contextmanager
def opened(
    url: str, table: str, geometry_column: str | None, crs: str | None, timeout_s: float = 60.0
) -> Iterator[Opened]:
    """Yield what a table is, with its rows, as long as its transaction is open.

    Raises
    ------
    UsageError, SourceError, MissingExtraError
        As :func:`read_postgis` does.
    """
    name = redacted(url, table)
    with _connected(url, name, timeout_s) as connection:
        source = _source(connection, name, table, None)
        column, others = _columns(connection, source, name, geometry_column)
        srid = _srid(connection, source, column, name)
        known, evidence = _crs(connection, srid, column, name, crs)
        where, values = _filter(column, srid, known, None)
        arcs = has_arcs(connection, source, column.name, where, values)
        sagitta = curves.SAGITTA_DEG if known.is_geographic else curves.SAGITTA_M
        order = primary_key(connection, table)
        query = selection(column.name, others, source, where, sagitta, order)
        counted = count_of(connection, source)
        yield Opened(name, known, evidence, others, counted, arcs, fetch(connection, query, values))
