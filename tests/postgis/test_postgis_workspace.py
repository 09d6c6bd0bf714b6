"""An official layer in a database gives the same findings as the same layer in a file."""

import json
import os
from urllib.parse import urlsplit

import geopandas
import pytest
import shapely

import zoning

URL = os.environ.get("ZONING_POSTGIS_URL")
pytestmark = [
    pytest.mark.postgis,
    pytest.mark.skipif(
        URL is None and os.environ.get("ZONING_REQUIRE_POSTGIS") != "1",
        reason="no PostGIS server: set ZONING_POSTGIS_URL, e.g. from bash .ci/postgis.sh",
    ),
]


@pytest.fixture
def zones():
    boxes = [shapely.box(112.3, 37.8, 112.45, 38.0), shapely.box(111.4, 36.0, 111.6, 36.2)]
    return geopandas.GeoDataFrame(
        {"QYMC": ["晋祠泉域", "龙子祠泉域"]}, geometry=boxes, crs="EPSG:4490"
    )


@pytest.fixture
def table(zones):
    import psycopg

    with psycopg.connect(URL, autocommit=True) as link:
        link.execute('DROP TABLE IF EXISTS "QY"')
        link.execute('CREATE TABLE "QY" ("QYMC" text, geom geometry(Polygon, 4490))')
        for name, shape in zip(zones["QYMC"], zones.geometry, strict=True):
            link.execute(
                'INSERT INTO "QY" VALUES (%s, ST_GeomFromWKB(%s, 4490))', (name, shape.wkb)
            )
        yield "'\"QY\"'"
        link.execute('DROP TABLE "QY"')


@pytest.fixture
def sites(tmp_path):
    boxes = [shapely.box(x, y, x + 0.004, y + 0.004) for x, y in ((112.448, 37.9), (112.6, 37.9))]
    frame = geopandas.GeoDataFrame(
        {"id": ["in", "out"], "karst_water": [True, True]}, geometry=boxes, crs="EPSG:4326"
    )
    frame.to_file(tmp_path / "sites.gpkg")
    return tmp_path / "sites.gpkg"


def findings(sites, folder, source):
    folder.mkdir()
    text = (
        f"[layers.spring_basins]\n{source}\ndate = 2024-05-01\nauthority = 'x'\n"
        "covers = 'province'\nfields = { name = 'QYMC' }\n"
    )
    (folder / "zoning.toml").write_text(text, encoding="utf-8")
    report = zoning.check(sites, workspace=folder)
    (record,) = [r for r in report.layers if r.id == "spring_basins"]
    assert record.official and record.state == "used", record.problem
    body = report.to_dict(full=True)
    found = [p["findings"] for p in body["projects"]]
    for finding in (f for site in found for f in site):
        finding["total"] = body["measures"].get(finding["total"])
    return found, record


def test_same_findings_from_the_database_as_from_the_file(sites, zones, table, tmp_path):
    (tmp_path / "file").mkdir()
    zones.to_file(tmp_path / "qy.gpkg")
    from_file, _ = findings(sites, tmp_path / "a", "source = '../qy.gpkg'")
    from_base, record = findings(sites, tmp_path / "b", f"source = '{URL}'\ntable = {table}")
    assert from_base == from_file
    rule = [f for f in from_base[0] if f["rule"] == "R002-044"]
    assert rule[0]["status"] == "restricted" and rule[0]["total"]["zone"] == "晋祠泉域"
    assert urlsplit(URL).hostname in record.file
    assert json.dumps(from_base) != "[]"
    sql = 'SELECT "QYMC", geom FROM "QY"'
    assert findings(sites, tmp_path / "c", f"source = '{URL}'\nsql = '{sql}'")[0] == from_file


def test_a_server_that_is_gone_fails_the_layer_and_hides_the_password(sites, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    (folder / "zoning.toml").write_text(
        "[layers.spring_basins]\nsource = 'postgresql://me:hush@127.0.0.1:9/none'\ntable = 't'\n"
        "date = 2024-05-01\nauthority = 'x'\ncovers = 'province'\n",
        encoding="utf-8",
    )
    report = zoning.check(sites, workspace=folder)
    text = json.dumps(report.to_dict())
    assert "hush" not in text
    (record,) = [r for r in report.layers if r.id == "spring_basins"]
    assert record.state == "failed"
    assert {f.status for p in report.results for f in p.findings if f.rule == "R002-044"} == {
        "failed"
    }


def test_a_table_that_lies_elsewhere_fails_and_one_that_is_only_far_does_not(sites, tmp_path):
    # Near the sites both tables answer with no row; only one of them has zones in the province.
    import psycopg

    places = {
        "QY_gone": shapely.box(100, 30, 101, 31),
        "QY_far": shapely.box(110.5, 35, 110.6, 35.1),
    }
    states = {}
    with psycopg.connect(URL, autocommit=True) as link:
        for name, shape in places.items():
            link.execute(f'DROP TABLE IF EXISTS "{name}"')
            link.execute(f'CREATE TABLE "{name}" ("QYMC" text, geom geometry(Polygon, 4490))')
            link.execute(
                f'INSERT INTO "{name}" VALUES (%s, ST_GeomFromWKB(%s, 4490))', ("x", shape.wkb)
            )
            folder = tmp_path / name
            folder.mkdir()
            (folder / "zoning.toml").write_text(
                f"[layers.spring_basins]\nsource = '{URL}'\ntable = '\"{name}\"'\n"
                "date = 2024-05-01\nauthority = 'x'\ncovers = 'province'\n"
                "fields = { name = 'QYMC' }\n",
                encoding="utf-8",
            )
            report = zoning.check(sites, workspace=folder)
            found = {f.status for p in report.results for f in p.findings if f.rule == "R002-044"}
            states[name] = {status.value for status in found}
            link.execute(f'DROP TABLE "{name}"')
    assert states == {"QY_gone": {"failed"}, "QY_far": {"compliant"}}
