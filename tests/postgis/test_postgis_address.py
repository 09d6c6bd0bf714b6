"""A table named by its address on the command line, against a real server."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
import shapely

from tests.warm import python
from zoning.base.errors import SourceError, UsageError
from zoning.read import ReadOptions, inspect, read_vector

BOX = "POLYGON((112.7 37.6, 112.72 37.6, 112.72 37.62, 112.7 37.62, 112.7 37.6))"
ARC = (
    "CURVEPOLYGON(CIRCULARSTRING(112.8 37.6, 112.81 37.61, 112.82 37.6, 112.81 37.59, 112.8 37.6))"
)


@pytest.fixture
def table(schema, run):
    run(
        f"CREATE TABLE {schema}.sites (id int, name text, geom geometry(Geometry, 4490),"
        " centre geometry(Point, 4490))",
        f"INSERT INTO {schema}.sites VALUES (1, '甲', ST_GeomFromText('{BOX}', 4490), NULL),"
        f" (2, '乙', ST_GeomFromText('{ARC}', 4490), ST_SetSRID(ST_MakePoint(112.8, 37.6), 4490))",
    )
    return f"{schema}.sites"


def test_an_address_names_table_and_column(server, table):
    reading = read_vector(f"{server}?table={table}&geometry=geom")
    assert list(reading.frame["name"]) == ["甲", "乙"]
    rows = reading.record.ledger.of("row")[0]
    assert (rows.seen, rows.read) == (2, 2)
    assert any("chords" in note.en for note in reading.record.notices)
    # π · 0.01° squared, less what chords of less than 1 mm take off.
    assert shapely.area(reading.frame.geometry.iloc[1]) == pytest.approx(3.14159265e-4, rel=1e-5)
    same = read_vector(f"{server}?geometry=geom", ReadOptions(layer=table))
    assert same.record.sha256 == reading.record.sha256
    found = inspect(f"{server}?table={table}&geometry=geom")
    assert (found.driver, found.usable, found.problems) == ("PostGIS", 2, ())


def test_addresses_that_do_not_say_enough(server, table):
    for address, options, kind, code in (
        (server, None, UsageError, "postgis-no-table-given"),
        (f"{server}?table={table}", ReadOptions(layer="other"), UsageError, "postgis-two-tables"),
        (f"{server}?table={table}", None, SourceError, "postgis-geometry-column"),
        (f"{server}?table=nowhere", None, SourceError, "postgis-no-table"),
    ):
        with pytest.raises(kind) as caught:
            read_vector(address, options)
        assert caught.value.problems[0].code == code


def test_the_command_line_takes_an_address(server, table, tmp_path):
    words = ["check", f"{server}?table={table}&geometry=geom", "--format", "json"]
    done = subprocess.run(
        [*python(), "-m", "zoning", *words, "--rules", "WIND2026-BAN-protected"],
        cwd=tmp_path,
        env={**os.environ, "PGPASSWORD": "secret-word"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1, 3), done.stderr
    record = json.loads(done.stdout)["inputs"][0]
    assert (record["driver"], record["features"]) == ("PostGIS", 2)
    assert "secret-word" not in done.stdout + done.stderr
