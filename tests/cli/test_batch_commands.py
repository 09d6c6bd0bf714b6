"""``zoning check`` in batches from the command line, stopped by signals on its way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

ROOT = Path(__file__).parents[2]
WORDS = ("--batch-size", "2", "--as-of", "2026-11-01", "--rules", "R002-00*", "--lang", "en")


@pytest.fixture
def source(tmp_path):
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(111.0, 113.5, 24), rng.uniform(36.0, 39.0, 24)
    shapes = shapely.box(lon, lat, lon + 0.002, lat + 0.002)
    path = tmp_path / "sites.fgb"
    geopandas.GeoDataFrame({"id": range(24)}, geometry=shapes, crs=4490).to_file(path)
    return path


def contents(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def stopped(source, folder, number, parts):
    """Run a review, and send a signal once so many parts are there."""
    command = [sys.executable, "-m", "zoning", "check", source, "-o", folder, "--resume", *WORDS]
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while len(list((folder / "sites").glob("*.parquet"))) < parts:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    return process.wait()


def test_a_review_that_is_stopped_and_killed_ends_as_an_undisturbed_one(source, tmp_path, zoning):
    once, often = tmp_path / "once", tmp_path / "often"
    assert stopped(source, often, signal.SIGTERM, 2) == 143
    assert {path.name for path in tmp_path.iterdir()} == {"sites.fgb", "often"}
    assert not list(often.rglob(".*"))
    assert stopped(source, often, signal.SIGKILL, 5) == -signal.SIGKILL
    found = zoning("check", source, "-o", often, "--resume", *WORDS)
    plain = zoning("check", source, "-o", once, *WORDS)
    assert contents(often) == contents(once)
    assert {path.name for path in tmp_path.iterdir()} == {"sites.fgb", "once", "often"}
    assert found.code == plain.code == 3
    assert "24 sites reviewed in 12 batches" in plain.out
    assert "24 seen, 24 read, 0 failed, 0 set aside" in plain.out


def test_options_that_need_all_sites_at_once_are_refused(source, tmp_path, zoning):
    found = zoning("check", source, source, "--batch-size", "5", "--remedy", "--card")
    assert found.code == 2
    for said in ("--remedy", "--card", "no folder"):
        assert said in found.err
    assert not (tmp_path / "out").exists()


def test_very_many_sites_and_folders_are_reviewed_in_batches_unasked(
    source, tmp_path, zoning, monkeypatch
):
    rules = ("--as-of", "2026-11-01", "--rules", "R002-001", "--lang", "en")
    alone = zoning("check", source, "-o", tmp_path / "folder", *rules)
    assert "24 sites reviewed in 1 batch" in alone.out
    assert "--batch-size 0" not in alone.err
    monkeypatch.setattr("zoning.api.sources.AT_ONCE", 20)
    monkeypatch.setattr("zoning.api.sources._SMALL", 0)
    monkeypatch.setattr("zoning.api.sources.IN_ONE_FILE", 20)
    told = zoning("check", source, *rules)
    assert "24 sites reviewed in 1 batch" in told.out and "not kept" in told.out
    assert "24 sites are reviewed in batches" in told.err and "--batch-size 0" in told.err
    one = zoning("check", source, "-o", tmp_path / "one.gpkg", *rules)
    assert one.code == 2 and f"--output {tmp_path / 'one'}" in one.err
    card = zoning("check", source, "--card", *rules)
    assert card.code == 2 and "--batch-size 0" in card.err
    whole = zoning("check", source, "-o", tmp_path / "one.gpkg", "--batch-size", "0", *rules)
    assert whole.code == told.code == alone.code
    assert zoning("check", source, "--batch-size", "0", "--resume").code == 2
    assert zoning("check", source, "--batch-size", "0", "--jobs", "2").code == 2
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"sites.fgb", "folder", "one.gpkg"}


def test_processes_that_share_a_file_are_not_seen_in_it(source, tmp_path, zoning):
    rules = ("--as-of", "2026-11-01", "--rules", "R002-00*", "--lang", "en")
    one = zoning("check", source, "-o", tmp_path / "a.geojson", "--batch-size", "0", *rules)
    two = zoning("check", source, "-o", tmp_path / "b.geojson", "--jobs", "2", *rules)
    assert two.code == one.code
    assert two.out.replace("b.geojson", "a.geojson") == one.out
    assert (tmp_path / "b.geojson").read_bytes() == (tmp_path / "a.geojson").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"sites.fgb", "a.geojson", "b.geojson"}
