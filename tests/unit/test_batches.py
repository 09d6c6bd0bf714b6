"""A review in batches says what the whole review says, and goes on only with the same."""

import contextlib
import json
import os
import signal
import sqlite3
import zipfile
from datetime import date

import geopandas
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

import zoning
from zoning.api.batches import check_batches
from zoning.api.sources import stated_if_many
from zoning.base.errors import DataError, SourceError, UsageError
from zoning.read.counts import stated_count
from zoning.read.pieces import open_pieces
from zoning.read.types import ReadOptions
from zoning.review import spool as spooling
from zoning.show import analysis
from zoning.show.columns import COLUMNS
from zoning.show.columns import columns as columns_of
from zoning.show.summary import summary_of

DAY = date(2026, 11, 1)
ASKED = {"as_of": DAY, "only": ("R002-00*", "CODE-286")}


def sites() -> geopandas.GeoDataFrame:
    """Twelve sites: ids repeated far apart, one bow-tie, one without a shape, columns of types."""
    rng = np.random.default_rng(11)
    lon, lat = rng.uniform(111.0, 113.5, 12), rng.uniform(36.0, 39.0, 12)
    shapes = shapely.box(lon, lat, lon + 0.002, lat + 0.002)
    shapes[3] = shapely.Polygon([(112, 37), (112.01, 37.01), (112.01, 37), (112, 37.02)])
    shapes[8] = None
    return geopandas.GeoDataFrame(
        {
            "id": ["a", "b", "c", None, "e", "a", "5", None, "i", "a", "k", "l"],
            "industry": ["2521", None] * 6,
            "nature": "new",
            "workers": pd.array([1, None, 3] * 4, dtype="Int64"),
            "share": [0.5, None, 1.0, 2.0] * 3,
            "existing": [True, False] * 6,
            "begins": pd.to_datetime(["2026-01-02", None] * 6),
        },
        geometry=shapes,
        crs=4490,
    )


@pytest.fixture(params=["parquet", "gpkg", "fgb", "geojson"])
def source(request, tmp_path):
    path = tmp_path / f"sites.{request.param}"
    if request.param == "parquet":
        sites().to_parquet(path, row_group_size=4)
    elif request.param == "fgb":
        sites().to_file(path, SPATIAL_INDEX="NO")  # keeps the order
    else:
        sites().to_file(path)
    return path


@pytest.fixture
def made(tmp_path):
    path = tmp_path / "sites.parquet"
    sites().to_parquet(path)
    return path


def contents(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def rows(table, columns):
    """The rows of a table in an order of their own, nothing told apart from nothing."""
    plain = table[columns].astype(object).where(table[columns].notna(), None)
    return sorted(map(repr, plain.itertuples(index=False, name=None)))


def test_batches_say_what_the_whole_review_says(source, tmp_path, monkeypatch):
    # Pieces smaller than batches, and batches across pieces.
    monkeypatch.setattr("zoning.read.pieces.open_pieces.__wrapped__.__defaults__", (5,))
    whole = zoning.check(source, **ASKED)
    done = check_batches(source, tmp_path / "out", batch_size=4, lang="en", **ASKED)
    found = geopandas.read_parquet(tmp_path / "out" / "findings")
    columns = list(COLUMNS)
    told = pd.DataFrame(columns_of(whole, "en", full=False).rows())
    assert rows(found, columns) == rows(told, columns)
    listed = geopandas.read_parquet(tmp_path / "out" / "sites")
    columns = list(analysis.SITE_TYPES)
    assert rows(listed, columns) == rows(pd.DataFrame(analysis.site_rows(whole, "en")), columns)
    assert listed.crs == "EPSG:4490"
    assert done.exit_code == whole.exit_code
    assert done.summary.parts == 3
    (tally,) = [t for t in done.ledger.tallies if t.failed]
    assert (tally.seen, tally.read, tally.failed) == (12, 10, 2)
    assert done.ledger.tallies == whole.inputs[0].ledger.tallies


def test_several_sources_are_one_review(tmp_path):
    """Ids that two files share, a folder with text beside its data, and an archive."""
    folder = tmp_path / "folder"
    folder.mkdir()
    sites().iloc[:5].to_parquet(folder / "a.parquet")
    sites().iloc[3:9].to_file(folder / "b.fgb", SPATIAL_INDEX="NO")
    (folder / "readme.txt").write_text("what was handed in")
    sites().iloc[[0, 9]].to_file(tmp_path / "c.geojson")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.write(tmp_path / "c.geojson", "c.geojson")
    named = [str(folder), str(tmp_path / "c.zip")]
    whole = zoning.check(named, **ASKED)
    done = check_batches(named, tmp_path / "out", batch_size=4, lang="en", **ASKED)
    listed = geopandas.read_parquet(tmp_path / "out" / "sites")
    columns = list(analysis.SITE_TYPES)
    assert rows(listed, columns) == rows(pd.DataFrame(analysis.site_rows(whole, "en")), columns)
    assert done.summary.parts == 2 + 2 + 1
    accounts = [t for record in whole.inputs for t in record.ledger.tallies]
    assert sorted(map(repr, done.ledger.tallies)) == sorted(map(repr, accounts))
    assert {"a", "a#2", "a#3", "a#4"} <= set(listed["project_id"])
    assert stated_count(folder, ReadOptions()) == 11
    assert stated_count(named[1], ReadOptions()) == 2
    with pytest.raises(UsageError):
        check_batches([], tmp_path / "none", **ASKED)


def test_processes_write_the_bytes_of_one(made, tmp_path):
    from zoning.api import jobs

    check_batches(made, tmp_path / "one", batch_size=3, **ASKED)
    check_batches(made, tmp_path / "two", batch_size=3, jobs=2, **ASKED)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    assert jobs.processes(7_999) == 1
    with pytest.raises(UsageError):
        check_batches(made, tmp_path / "three", jobs=0, **ASKED)


def test_a_process_that_ends_by_itself_is_told(made, tmp_path, monkeypatch):
    monkeypatch.setattr("zoning.api.jobs._SERVE", "import sys; sys.stdin.buffer.read(9); exit(7)")
    with pytest.raises(DataError) as stop:
        check_batches(made, tmp_path / "out", batch_size=6, jobs=2, **ASKED)
    assert "code 7" in stop.value.problems[0].fault.en
    assert not list(tmp_path.glob(".*"))


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_program_asked_to_end_leaves_no_folder_behind(made, tmp_path):
    """The program keeps its own way to end before and after."""
    before = signal.getsignal(signal.SIGTERM)

    def end(_what, done, _total):
        if done == 4:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(SystemExit) as stop:
        check_batches(made, tmp_path / "out", batch_size=4, progress=end, **ASKED)
    assert stop.value.code == 128 + signal.SIGTERM
    assert not list(tmp_path.glob(".*"))
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_interrupted_review_ends_with_the_bytes_of_an_undisturbed_one(made, tmp_path):
    class StopError(Exception):
        pass

    def stop(_what, done, total):
        if done == 8 and total == 12:
            raise StopError

    check_batches(made, tmp_path / "once", batch_size=4, **ASKED)
    with pytest.raises(StopError):
        check_batches(made, tmp_path / "twice", batch_size=4, progress=stop, **ASKED)
    assert not list(tmp_path.glob(".*"))
    kept = json.loads((tmp_path / "twice" / "manifest.json").read_text("utf-8"))
    assert 0 < len(kept["parts"]) < 3
    assert "summary" not in kept
    check_batches(made, tmp_path / "twice", batch_size=4, resume=True, **ASKED)
    assert contents(tmp_path / "twice") == contents(tmp_path / "once")


def test_what_a_killed_review_had_done_is_in_the_journal(made, tmp_path):
    """Two lines are whole, one was being written; the parts of the first two are not made again."""
    out, begun = tmp_path / "out", []
    check_batches(made, out, batch_size=4, **ASKED)
    before = contents(out)
    body = json.loads(before["manifest.json"])
    lines = [json.dumps(part) for part in body["parts"]]
    (out / "manifest.jsonl").write_text("\n".join(lines)[:-9], "ascii")
    (out / "manifest.json").write_text(json.dumps({**body, "parts": []}), "utf-8")
    note = lambda _what, done, total: begun.append(done) if total == 12 else None  # noqa: E731
    check_batches(made, out, batch_size=4, resume=True, progress=note, **ASKED)
    assert contents(out) == before
    assert begun[-2:] == [8, 12]


def test_a_part_that_was_changed_is_made_again(made, tmp_path):
    out = tmp_path / "out"
    check_batches(made, out, batch_size=6, **ASKED)
    before = contents(out)
    (out / "sites" / "part-00001.parquet").write_bytes(b"PAR1")
    (out / "findings" / "part-00000.parquet").unlink()
    check_batches(made, out, batch_size=6, resume=True, **ASKED)
    assert contents(out) == before


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"as_of": date(2026, 1, 1)}, "as_of"),
        ({"only": ("R002-00*",)}, "options"),
        ({"full": True}, "options"),
        ({"lang": "zh"}, "options"),
        ({"batch_size": 5}, "batch_size"),
        ({"options": ReadOptions(repair=True)}, "options"),
        ({}, "input"),
    ],
)
def test_what_is_not_the_same_is_not_gone_on_with(made, tmp_path, changed, named):
    out = tmp_path / "out"
    asked = {"batch_size": 12, "lang": "en", **ASKED}
    check_batches(made, out, **asked)
    if named == "input":
        sites().iloc[1:].to_parquet(made)
    with pytest.raises(UsageError) as stop:
        check_batches(made, out, **{**asked, **changed}, resume=True)
    (problem,) = stop.value.problems
    assert problem.code == "batches-changed"
    assert named in problem.fault.en


def test_a_folder_with_anything_else_in_it_is_left_alone(made, tmp_path):
    with pytest.raises(UsageError) as stop:
        check_batches(made, tmp_path, **ASKED)
    assert stop.value.problems[0].code == "batches-foreign-folder"
    with pytest.raises(UsageError) as stop:
        check_batches(made, made, overwrite=True, **ASKED)
    assert stop.value.problems[0].code == "batches-not-a-folder"
    check_batches(made, tmp_path / "out", **ASKED)
    with pytest.raises(UsageError) as stop:
        check_batches(made, tmp_path / "out", **ASKED)
    assert stop.value.problems[0].code == "batches-exist"
    (tmp_path / "out" / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(SourceError) as stop:
        check_batches(made, tmp_path / "out", resume=True, **ASKED)
    assert stop.value.problems[0].code == "batches-damaged"
    check_batches(made, tmp_path / "out", overwrite=True, **ASKED)


def test_records_that_nobody_read_keep_the_review_from_being_whole(tmp_path):
    path = tmp_path / "sites.gpkg"
    sites().iloc[[0, 1]].to_file(path, layer="sites")
    import sqlite3

    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE more (x REAL, y REAL)")
        base.execute("INSERT INTO more VALUES (112.0, 37.0)")
    done = check_batches(path, tmp_path / "out", batch_size=1, lang="en", **ASKED)
    assert any("more" in text for text in done.summary.incomplete)
    assert done.exit_code != 0


def test_batches_that_do_not_add_up_are_a_fault(tmp_path):
    from zoning.model.ledger import NOTHING_COUNTED

    with pytest.raises(DataError) as stop:
        summary_of(tmp_path, NOTHING_COUNTED, 3, {0: {"sites": 2}})
    assert stop.value.problems[0].code == "batches-unbalanced"


def test_a_batch_holds_neighbours(tmp_path):
    """Two clusters of sites, listed in turn: each batch holds one of them."""
    lon = np.where(np.arange(8) % 2, 111.0, 113.0) + np.arange(8) * 0.01
    frame = geopandas.GeoDataFrame(
        {"id": [f"{n}" for n in range(8)]}, geometry=shapely.box(lon, 37, lon + 0.001, 37.001)
    ).set_crs(4490)
    frame.to_parquet(tmp_path / "sites.parquet")
    check_batches(tmp_path / "sites.parquet", tmp_path / "out", batch_size=4, **ASKED)
    parts = sorted((tmp_path / "out" / "sites").iterdir())
    found = [set(geopandas.read_parquet(part)["project_id"]) for part in parts]
    assert sorted(map(sorted, found)) == [["0", "2", "4", "6"], ["1", "3", "5", "7"]]


@pytest.mark.parametrize(
    ("sites", "batches"), [(0, 1), (1_000, 1), (1_001, 2), (20_000, 16), (90_000, 18)]
)
def test_batches_have_a_size_that_suits_how_many_sites_there_are(sites, batches):
    size = spooling.usual_size(sites)
    assert 1_000 <= size <= 5_000
    assert max(1, -(-sites // size)) == batches


def test_a_file_without_features_is_refused(tmp_path):
    path = tmp_path / "none.parquet"
    sites().iloc[:0].to_parquet(path)
    with pytest.raises(SourceError) as stop:
        check_batches(path, tmp_path / "out", **ASKED)
    assert stop.value.problems[0].code == "no-features"


def test_a_piece_reads_as_the_whole_file_does(source):
    whole = zoning.read.read_vector(source)
    with open_pieces(source, ReadOptions(), rows=5) as opened:
        raws = list(opened.pieces.raws)
        seen = sum(len(raw.geometry) for raw in raws)
        assert opened.pieces.account(seen).tallies[0].seen == 12
    table = pd.concat([pd.DataFrame(raw.attributes.rows(), dtype=object) for raw in raws])
    places = np.concatenate([raw.positions for raw in raws])
    assert places.tolist() == list(range(12))
    table.index = places
    pd.testing.assert_frame_equal(
        table.loc[whole.frame.index], pd.DataFrame(whole.frame.drop(columns="geometry"))
    )


@pytest.mark.parametrize("kind", ["gpkg", "parquet"])
def test_a_stated_extent_is_held_against_all_pieces(kind, tmp_path):
    """An extent that does not hold the data keeps batches from being whole, as it does a review."""
    path = tmp_path / f"sites.{kind}"
    good = sites().iloc[[0, 1, 2, 4, 5]]
    if kind == "gpkg":
        good.to_file(path, layer="sites")
        with contextlib.closing(sqlite3.connect(path)) as opened:
            opened.execute("UPDATE gpkg_contents SET min_x=100, max_x=101, min_y=30, max_y=31")
            opened.commit()
    else:
        good.to_parquet(path)
        table = pq.read_table(path)
        geo = json.loads(table.schema.metadata[b"geo"])
        geo["columns"]["geometry"]["bbox"] = [100.0, 30.0, 101.0, 31.0]
        pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo)}), path)
    for rows_ in (2, 100):
        with open_pieces(path, ReadOptions(), rows_) as found:
            read = sum(len(raw.geometry) for raw in found.pieces.raws)
            counted = found.pieces.account(read)
        assert any(tally.kind == "span" for tally in counted.tallies)


@pytest.mark.parametrize("suffix", ["parquet", "gpkg", "fgb", "geojson", "shp", "csv"])
def test_how_many_sites_a_source_states(suffix, tmp_path, monkeypatch):
    path, found = (
        tmp_path / f"sites.{suffix}",
        sites().iloc[[*range(8), *range(9, 12)]][["id", "geometry"]],
    )
    if suffix == "parquet":
        found.to_parquet(path)
    elif suffix == "csv":
        pd.DataFrame({"id": found["id"], "wkt": found.geometry.to_wkt()}).to_csv(path)
    else:
        found.to_file(path)
    told = stated_count(path, ReadOptions())
    assert told == (12 if suffix == "csv" else 11)  # the line of names is one
    monkeypatch.chdir(tmp_path)
    assert stated_count(path.name, ReadOptions()) == told


def test_a_source_that_tells_no_number_is_reviewed_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("zoning.api.sources._SMALL", 0)
    monkeypatch.setattr("zoning.api.sources.AT_ONCE", 1)
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1" * 9)
    (tmp_path / "unknown.xyz").write_bytes(b"\x00" * 9)
    for name in ("damaged.parquet", "unknown.xyz", "missing.gpkg", "-"):
        place = name if name == "-" else tmp_path / name
        assert stated_if_many([str(place)], ReadOptions()) is None


@pytest.mark.parametrize("asked", [{"only": ["R999"]}, {"themes": ["nowhere"]}])
def test_what_the_catalogue_does_not_know_is_refused_before_any_site_is_read(
    asked, tmp_path, monkeypatch
):
    sites().to_parquet(tmp_path / "sites.parquet")

    def read(*_):
        pytest.fail("sites were read")

    monkeypatch.setattr("zoning.api.batches.spool", read)
    monkeypatch.setattr("zoning.review.read_sites", read)
    with pytest.raises(UsageError, match=next(iter(asked.values()))[0]):
        check_batches(tmp_path / "sites.parquet", tmp_path / "out", as_of=DAY, **asked)
    with pytest.raises(UsageError, match=next(iter(asked.values()))[0]):
        zoning.check(tmp_path / "sites.parquet", as_of=DAY, **asked)
    assert not (tmp_path / "out").exists()
