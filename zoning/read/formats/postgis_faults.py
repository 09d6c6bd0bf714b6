"""What is said when a PostGIS source cannot be read: fault and cure, the password never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoning.base.errors import Problem, problem
from zoning.messages import message

if TYPE_CHECKING:
    import psycopg


def one_of() -> Problem:
    """Neither or both of table and query."""
    return problem("postgis-table-or-sql")


def bad_url() -> Problem:
    """An address that is no connection URI."""
    return problem("postgis-url")


def bad_table(name: str, table: str) -> Problem:
    """A table name that is none."""
    return problem("postgis-table-name", file=name, table=table)


def bad_bbox(bbox: tuple[float, float, float, float]) -> Problem:
    """A box that is none."""
    return problem("bbox", bbox=bbox)


def refused(name: str, url: str, error: Exception) -> Problem:
    """Word a driver error, with the password taken out should it be quoted."""
    from psycopg.conninfo import conninfo_to_dict

    said = " ".join(str(error).split())[:300] or type(error).__name__
    secret = str(conninfo_to_dict(url).get("password") or "")
    quoted = url.partition("://")[2].partition("@")[0].partition(":")[2]
    for word in sorted({secret, quoted} - {""}, key=len, reverse=True):
        said = said.replace(word, "***")
    return problem("postgis-error", file=name, said=said)


def too_slow(name: str, timeout_s: float) -> Problem:
    """The statement timeout struck."""
    return problem("postgis-timeout", file=name, timeout_s=timeout_s)


def no_table(connection: psycopg.Connection[Any], name: str, table: str) -> Problem:
    """The table is unknown; name those there are."""
    rows = connection.execute(
        "SELECT f_table_schema || '.' || f_table_name FROM geometry_columns ORDER BY 1 LIMIT 10"
        if connection.execute("SELECT to_regclass('geometry_columns')").fetchone() != (None,)
        else "SELECT NULL WHERE false"
    ).fetchall()
    known = ", ".join(str(r[0]) for r in rows) or "—"
    return problem("postgis-no-table", file=name, layer=table, table=table, known=known)


def no_extension(name: str) -> Problem:
    """The database lacks PostGIS."""
    return problem("postgis-missing", file=name)


def which_geometry(name: str, wanted: str | None, found: list[str]) -> Problem:
    """None, several, or not the wanted geometry column."""
    listed = ", ".join(found) or "—"
    if wanted is not None:
        fault = message("postgis-faults.there-no-geometry-column", wanted=wanted)
    elif found:
        fault = message("postgis-faults.there-several-geometry-columns")
    else:
        fault = message("postgis-faults.there-no-geometry-column-2")
    return Problem(
        code="postgis-geometry-column",
        fault=fault,
        cure=message("postgis-geometry-column.cure", listed=listed),
        file=name,
        field=wanted,
    )


def many_srids(name: str, column: str, srids: list[int]) -> Problem:
    """Geometries of one column differ in CRS."""
    listed = ", ".join(map(str, srids))
    return problem("postgis-many-crs", file=name, field=column, listed=listed)


def no_crs(name: str, column: str, srid: int) -> Problem:
    """The server does not tell the CRS."""
    return problem("crs-missing", file=name, field=column, key="crs-missing.no-crs-2", srid=srid)
