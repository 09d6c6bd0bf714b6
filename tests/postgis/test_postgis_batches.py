"""A PostGIS table in batches: read through a cursor of the server, in the order of its key."""

import geopandas
import pytest

import zoning
from zoning.api.batches import check_batches
from zoning.base.errors import UsageError

ASKED = {"only": ("R002-00*",)}


@pytest.fixture
def table(run, schema, server):
    """Address of a table of seven sites, written in another order than that of its key."""
    run(
        f"CREATE TABLE {schema}.sites (id int PRIMARY KEY, industry text,"
        " geom geometry(Polygon, 4490))",
        *(
            f"INSERT INTO {schema}.sites VALUES ({n}, '2521', ST_MakeEnvelope({111 + n / 10}, 37, "
            f"{111.001 + n / 10}, 37.001, 4490))"
            for n in (5, 1, 7, 2, 6, 3, 4)
        ),
    )
    return (
        f"{server}?table={schema}.sites" if "?" not in server else f"{server}&table={schema}.sites"
    )


def test_a_table_in_batches_is_reviewed_as_the_whole_table(table, tmp_path, monkeypatch):
    monkeypatch.setattr("zoning.read.formats.postgis_rows.CHUNK", 3)
    done = check_batches(table, tmp_path / "out", batch_size=3, lang="en", **ASKED)
    whole = zoning.check(table, **ASKED)
    found = geopandas.read_parquet(tmp_path / "out" / "sites")
    assert dict(zip(found["project_id"], found["status"], strict=True)) == {
        result.project.id: result.status.value for result in whole.results
    }
    assert done.ledger.tallies == whole.inputs[0].ledger.tallies
    assert (done.ledger.tallies[0].seen, done.summary.parts) == (7, 3)


def test_a_table_that_was_changed_is_not_gone_on_with(table, run, schema, tmp_path):
    check_batches(table, tmp_path / "out", batch_size=3, lang="en", **ASKED)
    check_batches(table, tmp_path / "out", batch_size=3, lang="en", resume=True, **ASKED)
    run(f"UPDATE {schema}.sites SET industry = '3011' WHERE id = 3")
    with pytest.raises(UsageError) as stop:
        check_batches(table, tmp_path / "out", batch_size=3, lang="en", resume=True, **ASKED)
    assert [p.code for p in stop.value.problems] == ["batches-changed"]


def test_a_view_without_a_key_has_an_order_too(table, run, schema, tmp_path):
    run(f"CREATE VIEW {schema}.seen AS SELECT industry, geom FROM {schema}.sites ORDER BY random()")
    address = table.replace("sites", "seen")
    for name in ("one", "two"):
        check_batches(address, tmp_path / name, batch_size=3, lang="en", **ASKED)
    one, two = ((tmp_path / n / "manifest.json").read_bytes() for n in ("one", "two"))
    assert one == two


def test_an_address_that_names_no_table_is_refused(server, tmp_path):
    with pytest.raises(UsageError) as stop:
        check_batches(server, tmp_path / "out", **ASKED)
    assert [p.code for p in stop.value.problems] == ["postgis-no-table-given"]
