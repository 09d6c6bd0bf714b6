"""What is said when a PostGIS source cannot be read: fault and cure, the password never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoning.errors import Problem, Text

if TYPE_CHECKING:
    import psycopg


def one_of() -> Problem:
    """Neither or both of table and query."""
    return Problem(
        code="postgis-table-or-sql",
        fault=Text("须给出表名或 SQL 之一。", "Exactly one of table and SQL is needed."),
        cure=Text("写 table 或 sql，不要两个都写。", "Give table or sql, not both."),
    )


def bad_url() -> Problem:
    """An address that is no connection URI."""
    return Problem(
        code="postgis-url",
        fault=Text("数据库地址读不懂。", "The database address cannot be read."),
        cure=Text(
            "写成 postgresql://用户:密码@主机:端口/数据库；密码中的 @ : / 等须用百分号编码。",
            "Write postgresql://user:password@host:port/database; signs such as @ : / in the "
            "password must be percent-encoded.",
        ),
    )


def bad_table(name: str, table: str) -> Problem:
    """A table name that is none."""
    return Problem(
        code="postgis-table-name",
        fault=Text(f"表名 {table!r} 读不懂。", f"The table name {table!r} cannot be read."),
        cure=Text(
            "写成 表 或 模式.表；名字含点时加双引号。",
            "Write table or schema.table; put names that hold dots in double quotes.",
        ),
        file=name,
    )


def bad_bbox(bbox: tuple[float, float, float, float]) -> Problem:
    """A box that is none."""
    return Problem(
        code="bbox",
        fault=Text(f"范围 {bbox} 不成立。", f"The box {bbox} is none."),
        cure=Text("按 西,南,东,北 给出经纬度。", "Give west, south, east, north in degrees."),
    )


def refused(name: str, url: str, error: Exception) -> Problem:
    """Word a driver error, with the password taken out should it be quoted."""
    from psycopg.conninfo import conninfo_to_dict

    said = " ".join(str(error).split())[:300] or type(error).__name__
    secret = str(conninfo_to_dict(url).get("password") or "")
    quoted = url.partition("://")[2].partition("@")[0].partition(":")[2]
    for word in sorted({secret, quoted} - {""}, key=len, reverse=True):
        said = said.replace(word, "***")
    return Problem(
        code="postgis-error",
        fault=Text(f"数据库报告：{said}", f"The database says: {said}"),
        cure=Text(
            "检查地址、端口、用户、密码（PGPASSWORD）、权限与 SQL。",
            "Check address, port, user, password (PGPASSWORD), permissions and SQL.",
        ),
        file=name,
    )


def too_slow(name: str, timeout_s: float) -> Problem:
    """The statement timeout struck."""
    return Problem(
        code="postgis-timeout",
        fault=Text(f"查询超过 {timeout_s:g} s。", f"The query took more than {timeout_s:g} s."),
        cure=Text(
            "缩小范围，或在几何列上建 GiST 索引。",
            "Narrow the extent, or create a GiST index on the geometry column.",
        ),
        file=name,
    )


def no_table(connection: psycopg.Connection[Any], name: str, table: str) -> Problem:
    """The table is unknown; name those there are."""
    rows = connection.execute(
        "SELECT f_table_schema || '.' || f_table_name FROM geometry_columns ORDER BY 1 LIMIT 10"
        if connection.execute("SELECT to_regclass('geometry_columns')").fetchone() != (None,)
        else "SELECT NULL WHERE false"
    ).fetchall()
    known = ", ".join(str(r[0]) for r in rows) or "—"
    return Problem(
        code="postgis-no-table",
        fault=Text(f"没有表 {table}。", f"There is no table {table}."),
        cure=Text(f"有几何列的表：{known}。", f"Tables with geometry: {known}."),
        file=name,
        layer=table,
    )


def no_extension(name: str) -> Problem:
    """The database lacks PostGIS."""
    return Problem(
        code="postgis-missing",
        fault=Text("数据库没有 PostGIS 扩展。", "The database has no PostGIS extension."),
        cure=Text(
            "请管理员执行 CREATE EXTENSION postgis。",
            "Ask the administrator to run CREATE EXTENSION postgis.",
        ),
        file=name,
    )


def which_geometry(name: str, wanted: str | None, found: list[str]) -> Problem:
    """None, several, or not the wanted geometry column."""
    listed = ", ".join(found) or "—"
    if wanted is not None:
        fault = Text(f"没有几何列 {wanted}。", f"There is no geometry column {wanted}.")
    elif found:
        fault = Text("有多个几何列。", "There are several geometry columns.")
    else:
        fault = Text("没有几何列。", "There is no geometry column.")
    return Problem(
        code="postgis-geometry-column",
        fault=fault,
        cure=Text(f"用 geometry_column 指明：{listed}。", f"Set geometry_column to: {listed}."),
        file=name,
        field=wanted,
    )


def many_srids(name: str, column: str, srids: list[int]) -> Problem:
    """Geometries of one column differ in CRS."""
    listed = ", ".join(map(str, srids))
    return Problem(
        code="postgis-many-crs",
        fault=Text(f"一列中有多个 SRID：{listed}。", f"One column holds several SRIDs: {listed}."),
        cure=Text(
            "在 SQL 中用 ST_Transform 统一。", "Bring them together with ST_Transform in the SQL."
        ),
        file=name,
        field=column,
    )


def no_crs(name: str, column: str, srid: int) -> Problem:
    """The server does not tell the CRS."""
    return Problem(
        code="crs-missing",
        fault=Text(
            f"服务器没有说明坐标系（SRID {srid}）。", f"The server states no CRS (SRID {srid})."
        ),
        cure=Text(
            "用 UpdateGeometrySRID 写入 SRID，或用 --crs 指明。",
            "Set the SRID with UpdateGeometrySRID, or name the CRS with --crs.",
        ),
        file=name,
        field=column,
    )
