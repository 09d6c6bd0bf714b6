"""A review shared by processes writes and says what one process writes and says."""

import io
import os
import pickle
import signal
import sqlite3
from contextlib import closing, contextmanager
from datetime import date

import geopandas
import numpy as np
import pytest
import shapely
from rich.console import Console

import zoning
from zoning.api import jobs, shares
from zoning.api.shares import Wanted, check_shared
from zoning.api.sources import processes_for
from zoning.base.errors import DataError
from zoning.read.types import ReadOptions

ASKED = {"as_of": date(2026, 11, 1), "only": ("R002-*", "CODE-28*", "YRL-2*")}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Ids used twice, a bow-tie and a site without a shape in the midst, lines, points, polygons
    near each other and far apart, so that neighbours do not follow each other in the file."""
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(110.6, 114.0, 16), rng.uniform(35.5, 39.5, 16)
    size = np.repeat([0.002, 0.05, 0.3, 0.01], 4)
    shapes = shapely.box(lon, lat, lon + size, lat + size)
    shapes[1::5] = shapely.centroid(shapes[1::5])
    shapes[2] = shapely.LineString([(111.5, 37.0), (113.4, 37.9)])
    shapes[5] = shapely.Polygon([(112, 37), (112.01, 37.01), (112.01, 37), (112, 37.02)])
    shapes[9] = None
    path = tmp_path_factory.mktemp("shares") / "sites.geojson"
    columns = {"id": ["a", "b"] * 8, "industry": ["2521", None] * 8, "nature": "new"}
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=4490).to_file(path)
    return path


@pytest.fixture(scope="module")
def whole(source):
    return zoning.check([source], **ASKED)


@pytest.fixture
def in_this_process(monkeypatch):
    """Work is done here, and comes back as from another process, the last share first."""

    def spread(_crew, wanted, task, _lost=""):
        for number in reversed(wanted):
            work, values = pickle.loads(pickle.dumps(task(number)))
            yield number, pickle.loads(pickle.dumps(work(*values)))

    @contextmanager
    def started(_sharing, _first=""):
        yield None

    monkeypatch.setattr(jobs, "spread", spread)
    monkeypatch.setattr(jobs, "started", started)


def tables(path):
    """Everything in a GeoPackage, in the order in which it lies there."""
    with closing(sqlite3.connect(path)) as base:
        made = base.execute("SELECT type, name, sql FROM sqlite_master ORDER BY rowid").fetchall()
        named = [name for kind, name, _ in made if kind in ("table", "view")]
        return made, {
            name: base.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in named
            if not name.startswith("rtree")
        }


def screen(report):
    console = Console(file=io.StringIO(), width=120)
    report.print(console, "en")
    return console.file.getvalue()


@pytest.mark.parametrize("share", [3, 100])
def test_shares_say_and_write_what_one_process_does(
    source, whole, in_this_process, share, tmp_path
):
    full = share == 3
    said = []
    report = check_shared(
        [source], 2, Wanted("en", full), share=share, progress=lambda *x: said.append(x[1:]),
        **ASKED,
    )  # fmt: skip
    assert said[-1] == (14, 16)
    assert screen(report) == screen(whole)
    assert report.exit_code == whole.exit_code
    assert report.layers == whole.layers
    assert repr(report.summary("en")) == repr(whole.summary("en"))
    kinds = ("geojson", "csv", "parquet", "xlsx") if full else ()
    for kind in ("gpkg", *kinds):
        one, two = tmp_path / f"one.{kind}", tmp_path / f"two.{kind}"
        whole.save(one, "en", full=full)
        report.save(two, "en", full=full)
        if kind == "gpkg":
            assert tables(two) == tables(one)
        else:
            assert two.read_bytes() == one.read_bytes()
    with pytest.raises(AssertionError):
        report.save(tmp_path / "three.gpkg", "zh", full=full)


def test_a_finding_of_a_share_is_that_of_one_process(source, whole, in_this_process):
    report = check_shared([source], 2, Wanted("en"), **ASKED)
    for mine, other in zip(report.results, whole.results, strict=True):
        assert mine.project == other.project
        assert (mine.status, mine.counties) == (other.status, other.counties)
        assert tuple(mine.findings) == tuple(other.findings)


def test_a_share_that_is_lost_is_told(source, monkeypatch):
    monkeypatch.setattr(shares, "_READY", "")
    monkeypatch.setattr(jobs, "_SERVE", "import sys; sys.stdin.buffer.read(9); exit(7)")
    with pytest.raises(DataError) as stop:
        check_shared([source], 2, Wanted("en"), **ASKED)
    (problem,) = stop.value.problems
    assert "code 7" in problem.fault.en and "--jobs 1" in problem.cure.en


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_review_asked_to_end_ends_its_processes(source, monkeypatch):
    begun, start = [], jobs.subprocess.Popen

    def noted(*words, **options):
        begun.append(start(*words, **options))
        return begun[-1]

    def end(_what, done, total):
        if total == 16:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(shares, "_READY", "")
    monkeypatch.setattr(jobs, "_SERVE", "import time; time.sleep(60)")
    monkeypatch.setattr(jobs.subprocess, "Popen", noted)
    with pytest.raises(SystemExit) as stop:
        check_shared([source], 2, Wanted("en"), progress=end, **ASKED)
    assert stop.value.code == 128 + signal.SIGTERM
    assert [process.returncode for process in begun] == [-signal.SIGKILL] * 2


def test_few_sites_are_not_shared(source, monkeypatch):
    assert processes_for([str(source)], ReadOptions(), None) == 0
    assert processes_for([str(source)], ReadOptions(), 1) == 0
    assert processes_for([str(source)], ReadOptions(), 3) == 3
    monkeypatch.setattr("zoning.api.sources._WORTH", 8)
    monkeypatch.setattr("zoning.api.sources._SMALL", 0)
    monkeypatch.setattr(jobs, "processors", lambda: 2)
    monkeypatch.setattr(jobs, "_MEMORY", 1)
    assert processes_for([str(source)], ReadOptions(), None) == 2
    monkeypatch.setattr(jobs, "processors", lambda: 1)
    assert processes_for([str(source)], ReadOptions(), None) == 0
    monkeypatch.setattr("zoning.api.sources.AT_ONCE", 15)
    assert processes_for([str(source)], ReadOptions(), None) == 1
