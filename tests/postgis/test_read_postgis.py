"""PostGIS for real: CRS from the server, server-side filter, read-only, no injection."""

import threading
import time

import numpy as np
import pytest
import shapely

from zoning.base.errors import SourceError, UsageError
from zoning.read.formats.postgis import read_postgis

pytestmark = pytest.mark.postgis
SQUARE = "POLYGON((112.5 37.8,112.6 37.8,112.6 37.9,112.5 37.9,112.5 37.8))"


@pytest.fixture
def sites(schema, run):
    run(
        f"CREATE TABLE {schema}.sites (id int PRIMARY KEY, 名称 text, mj numeric(10,2), ok bool, "
        "d date, raw bytea, tags text[], geom geometry(Polygon, 4490))",
        f"INSERT INTO {schema}.sites VALUES "
        f"(1, '甲''; DROP', 12.50, true, '2024-05-01', '\\xdead', '{{a,b}}', "
        f"ST_GeomFromText('{SQUARE}', 4490)), "
        f"(2, NULL, 'NaN', NULL, NULL, NULL, NULL, "
        f"ST_Translate(ST_GeomFromText('{SQUARE}', 4490), 1, 0)), "
        "(3, '无', 0, false, NULL, NULL, NULL, NULL)",
        f"CREATE INDEX ON {schema}.sites USING gist (geom)",
    )
    return f"{schema}.sites"


def code_of(caught):
    (problem,) = caught.value.problems
    assert problem.line("zh")
    return problem.code


def test_table(server, sites):
    found = read_postgis(server, table=sites)
    frame = found.frame
    assert found.crs.to_epsg() == 4490
    assert frame.crs.to_epsg() == 4490
    assert "4490" in found.crs_evidence.zh
    assert "typmod" in found.crs_evidence.en
    assert found.geometry_column == "geom"
    assert frame["id"].tolist() == [1, 2, 3]
    assert frame["名称"].tolist() == ["甲'; DROP", None, "无"]
    assert frame["mj"].tolist() == [12.5, None, 0.0]
    assert frame["ok"].tolist() == [True, None, False]
    assert frame.loc[0, ["d", "raw"]].tolist() == ["2024-05-01", "dead"]
    assert frame.geometry[0].equals(shapely.from_wkt(SQUARE))
    assert frame.geometry[2] is None
    assert found.name.endswith(f"/{sites}")
    assert len(found.sha256) == 64
    assert read_postgis(server, table=sites).sha256 == found.sha256


def test_digest_does_not_depend_on_the_order_of_rows(server, sites):
    up, down = (
        read_postgis(server, sql=f"SELECT * FROM {sites} ORDER BY id {way}")
        for way in ("ASC", "DESC")
    )
    assert up.frame["id"].tolist() == down.frame["id"].tolist()[::-1]
    assert up.sha256 == down.sha256


def test_bbox_is_filtered_on_the_server(server, sites, run):
    assert read_postgis(server, table=sites, bbox=(112.55, 37.85, 112.56, 37.86)).frame[
        "id"
    ].tolist() == [1]
    assert len(read_postgis(server, table=sites, bbox=(100, 30, 101, 31)).frame) == 0
    # A row that would raise if it ever left the server.
    sql = f"SELECT id, geom, 1 / (2 - id) AS boom FROM {sites} WHERE id < 3"
    with pytest.raises(SourceError, match="division by zero"):
        read_postgis(server, sql=sql)
    assert len(read_postgis(server, sql=sql, bbox=(112.5, 37.8, 112.6, 37.9)).frame) == 1


@pytest.mark.parametrize("srid", [4326, 4526, 4547, 3857, 32649])
def test_bbox_in_any_crs(server, schema, run, srid):
    run(
        f"CREATE TABLE {schema}.t AS SELECT g AS id, ST_Transform(ST_SetSRID("
        f"ST_MakePoint(110 + g * 0.1, 37.8), 4326), {srid}) AS geom FROM generate_series(0, 40) g"
    )
    found = read_postgis(server, table=f"{schema}.t", bbox=(111.95, 37, 113.05, 38))
    assert found.crs.to_epsg() == srid
    assert "ST_SRID" in found.crs_evidence.zh
    assert set(range(20, 31)) <= set(found.frame["id"]) <= set(range(19, 32))
    lon = found.frame.to_crs(4326).geometry.x
    assert lon.min() == pytest.approx(110 + found.frame["id"].min() * 0.1, abs=1e-6)


def test_query_with_percent_and_semicolon(server, sites):
    found = read_postgis(server, sql=f"SELECT * FROM {sites} WHERE 名称 LIKE '甲%' ;\n")
    assert found.frame["id"].tolist() == [1]


def test_geography_arcs_and_heights(server, schema, run):
    run(
        f"CREATE TABLE {schema}.g (p geography(Point, 4326))",
        f"INSERT INTO {schema}.g VALUES ('POINT(112.5 37.8)'), ('POINT(115 37.8)')",
        f"CREATE TABLE {schema}.c AS SELECT ST_GeomFromText('CURVEPOLYGON(CIRCULARSTRING("
        "0 0, 1 1, 2 0, 1 -1, 0 0))', 4490) AS geom",
        f"CREATE TABLE {schema}.z AS SELECT ST_GeomFromText('POINT Z (1 2 3)', 4490) AS geom",
    )
    found = read_postgis(server, table=f"{schema}.g", bbox=(112, 37, 113, 38))
    assert len(found.frame) == 1
    assert found.crs.to_epsg() == 4326
    arc = read_postgis(server, table=f"{schema}.c").frame.geometry[0]
    assert arc.area == pytest.approx(np.pi, rel=1e-3)
    point = read_postgis(server, table=f"{schema}.z").frame.geometry[0]
    assert not shapely.has_z(point)


@pytest.mark.parametrize(
    "name",
    ['Odd "Name"', "with.dot", "x; DROP TABLE y", "表", "a'b", "100%s", "--", 'a"; SELECT 1; --'],
)
def test_table_names_are_quoted(server, schema, run, name):
    quoted = '"' + name.replace('"', '""') + '"'
    run(
        f"CREATE TABLE {schema}.{quoted} AS SELECT 7 AS {quoted}, "
        f"ST_GeomFromText('POINT(1 2)', 4490) AS \"g%s{quoted[1:]}"
    )
    found = read_postgis(server, table=f"{schema}.{quoted}", bbox=(0, 0, 3, 3))
    assert found.frame[name].tolist() == [7]
    assert found.geometry_column == f"g%s{name}"


@pytest.mark.parametrize(
    "table", ["sites; DROP TABLE sites", "no_such", "a.b.c.d", "", '"', "x y", "pg_class.", "a..b"]
)
def test_names_that_are_no_table(server, sites, table):
    with pytest.raises((SourceError, UsageError)) as caught:
        read_postgis(server, table=table)
    assert code_of(caught) in ("postgis-no-table", "postgis-table-name", "postgis-error")
    assert len(read_postgis(server, table=sites).frame) == 3


def test_an_unknown_table_names_those_there_are(server, sites):
    with pytest.raises(SourceError) as caught:
        read_postgis(server, table="no_such")
    assert code_of(caught) == "postgis-no-table"
    assert sites in caught.value.problems[0].cure.zh


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM {t}",
        "WITH x AS (DELETE FROM {t} RETURNING *) SELECT * FROM x",
        "SELECT * FROM {t}) q; DELETE FROM {t}; --",
        "SELECT 1; DELETE FROM {t}",
        "SELECT set_config('transaction_read_only', 'off', false), geom FROM {t}",
        "SELECT nonsense",
        "",
    ],
)
def test_queries_cannot_write(server, sites, sql):
    with pytest.raises(SourceError) as caught:
        read_postgis(server, sql=sql.format(t=sites))
    assert code_of(caught) == "postgis-error"
    assert len(read_postgis(server, table=sites).frame) == 3


def test_writing_functions_are_refused(server, schema, sites, run):
    run(
        f"CREATE FUNCTION {schema}.f() RETURNS geometry LANGUAGE plpgsql AS "
        f"$$ BEGIN DELETE FROM {sites}; RETURN NULL; END $$"
    )
    with pytest.raises(SourceError, match="read-only"):
        read_postgis(server, sql=f"SELECT {schema}.f() AS geom")
    assert len(read_postgis(server, table=sites).frame) == 3


def test_crs_that_the_server_does_not_know(server, schema, run):
    run(f"CREATE TABLE {schema}.t AS SELECT ST_GeomFromText('POINT(1 2)') AS geom")
    with pytest.raises(SourceError) as caught:
        read_postgis(server, table=f"{schema}.t")
    assert code_of(caught) == "crs-missing"
    found = read_postgis(server, table=f"{schema}.t", crs="EPSG:4526")
    assert found.crs.to_epsg() == 4526
    run(f"INSERT INTO {schema}.t VALUES (ST_GeomFromText('POINT(1 2)', 4490))")
    with pytest.raises(SourceError, match="0, 4490"):
        read_postgis(server, table=f"{schema}.t")


def test_geometry_columns(server, schema, run):
    run(
        f"CREATE TABLE {schema}.two (a geometry(Point, 4490), b geometry(Point, 4326), x int)",
        f"CREATE TABLE {schema}.none (x int)",
    )
    for table, wanted in (("two", None), ("two", "x"), ("none", None)):
        with pytest.raises(SourceError) as caught:
            read_postgis(server, table=f"{schema}.{table}", geometry_column=wanted)
        assert code_of(caught) == "postgis-geometry-column"
    found = read_postgis(server, table=f"{schema}.two", geometry_column="b")
    assert found.crs.to_epsg() == 4326
    assert [c for c in found.frame.columns if c != "geometry"] == ["x"]


def test_statement_timeout(server):
    sql = "SELECT ST_SetSRID(ST_MakePoint(1, 2), 4490) AS geom FROM pg_sleep(30)"
    start = time.monotonic()
    with pytest.raises(SourceError) as caught:
        read_postgis(server, sql=sql, timeout_s=0.3)
    assert time.monotonic() - start < 5
    assert code_of(caught) == "postgis-timeout"


def with_password(server, password):
    head, _, tail = server.partition("://")
    return f"{head}://zoning:{password}@{tail.rpartition('@')[2]}"


@pytest.mark.parametrize("password", ["s3cr3t-PW", "p%40ss%2Fword"])
def test_the_password_is_never_shown(server, password):
    url = with_password(server, password)
    bad = [
        (url.rsplit("/", 1)[0] + "/no_such_database", "postgis-error"),
        (url.rsplit(":", 1)[0] + ":1/zoning", "postgis-error"),
        (url.rsplit(":", 1)[0] + ":notaport/zoning", "postgis-error"),
        (url.replace("postgresql://", "mysql://"), "postgis-url"),
        (url.replace("@", "@@@"), None),
    ]
    for address, code in bad:
        with pytest.raises((SourceError, UsageError)) as caught:
            read_postgis(address, table="t")
        words = str(caught.value) + "".join(caught.value.lines("zh"))
        chain = [caught.value.__cause__, caught.value.__suppress_context__]
        assert chain == [None, True] or code == "postgis-url"
        for secret in (password, "p@ss/word", "word", "s3cr3t"):
            assert secret not in words.replace("password", "")
        if code:
            assert code_of(caught) == code
    found = read_postgis(url, sql="SELECT ST_SetSRID(ST_MakePoint(1, 2), 4490) AS geom")
    assert password not in found.name
    assert found.name.startswith("postgresql://zoning@127.0.0.1:")


def test_usage(server):
    for arguments in ({}, {"table": "a", "sql": "b"}):
        with pytest.raises(UsageError):
            read_postgis(server, **arguments)
    with pytest.raises(UsageError, match="west"):
        read_postgis(server, sql="SELECT 'POINT(1 2)'::geometry(Point,4490) g", bbox=(2, 1, 1, 2))


def test_concurrent_readers(server, sites):
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(read_postgis(server, table=sites)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({r.sha256 for r in results}) == 1


def test_many_rows_come_in_chunks(server, schema, run):
    run(
        f"CREATE TABLE {schema}.t AS SELECT g AS id, ST_SetSRID(ST_MakePoint(110 + g * 1e-4, 37), "
        "4490) AS geom FROM generate_series(1, 12345) g"
    )
    found = read_postgis(server, table=f"{schema}.t")
    assert found.frame["id"].tolist() == list(range(1, 12346))
    assert found.frame.geometry.x.iloc[-1] == pytest.approx(110 + 1.2345)
