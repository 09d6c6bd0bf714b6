"""A review shared by processes writes and says what one process writes and says."""

import io
import os
import pickle
import signal
import sqlite3
import sys
import time
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from rich.console import Console

import zoning
from zoning.api import copies, jobs, remote
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
    monkeypatch.setattr(copies, "possible", lambda: False)


@pytest.fixture(params=["copied", "begun anew"])
def copied(request, monkeypatch):
    """Whether the processes are copies of this one."""
    if request.param == "copied" and sys.platform != "linux":
        pytest.skip("this system does not copy processes")
    assert request.param != "copied" or copies.possible()
    monkeypatch.setattr(copies, "possible", lambda: request.param == "copied")
    return request.param == "copied"


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


@pytest.fixture
def pids(monkeypatch):
    """The processes that were begun."""
    begun, copy, start = [], copies._copy, jobs.subprocess.Popen

    def noted(make):
        def made(*words, **options):
            process = make(*words, **options)
            begun.append(process)
            return process

        return made

    monkeypatch.setattr(copies, "_copy", noted(copy))
    monkeypatch.setattr(jobs.subprocess, "Popen", noted(start))
    return begun


def leave(*_values):
    os._exit(7)


def sleep(*_values):
    time.sleep(60)


def works_as(monkeypatch, work, statement):
    """Let the other processes do something else."""
    monkeypatch.setattr(remote, "share_of", work)
    monkeypatch.setattr(jobs, "READY", "")
    monkeypatch.setattr(jobs, "_SERVE", statement)


def test_processes_find_what_this_one_does(source, whole, copied, pids, tmp_path):
    report = check_shared([source], 2, Wanted("en"), **ASKED)
    assert screen(report) == screen(whole)
    report.save(tmp_path / "two.gpkg", "en")
    whole.save(tmp_path / "one.gpkg", "en")
    assert tables(tmp_path / "two.gpkg") == tables(tmp_path / "one.gpkg")
    assert [isinstance(process, copies.Copy) for process in pids] == [copied] * 2
    # Once the zones have been written nobody needs them.
    assert [process.returncode for process in pids] == [-signal.SIGKILL] * 2


def test_a_share_that_is_lost_is_told(source, copied, pids, monkeypatch):
    works_as(monkeypatch, leave, "import sys; sys.stdin.buffer.read(9); exit(7)")
    with pytest.raises(DataError) as stop:
        check_shared([source], 2, Wanted("en"), **ASKED)
    (problem,) = stop.value.problems
    assert "code 7" in problem.fault.en and "--jobs 1" in problem.cure.en
    assert None not in [process.returncode for process in pids]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_task_that_cannot_be_sent_is_not_waited_for(source, copied, pids, monkeypatch):
    monkeypatch.setattr(remote, "share_of", lambda *_: None)
    with pytest.raises(RuntimeError, match="handed out"):
        check_shared([source], 2, Wanted("en"), **ASKED)
    assert None not in [process.returncode for process in pids]


def test_a_copy_that_fails_does_not_go_on_as_this_process(source, monkeypatch, capfd):
    if sys.platform != "linux":
        pytest.skip("this system does not copy processes")
    with copies.copied(1, lambda: 1 / 0) as (one,):
        assert one.wait() == 1
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_copies_end_when_this_process_does(tmp_path):
    """However it ends: nothing is left that reads from it or writes to it."""
    if sys.platform != "linux":
        pytest.skip("this system does not copy processes")
    program = (
        "import os, signal; from zoning.api import copies\n"
        "with copies.copied(2, lambda: None) as crew:\n"
        "    print(*(one.pid for one in crew), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = jobs.subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    left = [int(pid) for pid in done.stdout.split()]
    assert len(left) == 2
    for _ in range(100):
        left = [pid for pid in left if runs(pid)]
        if not left:
            break
        time.sleep(0.1)
    assert left == []


def runs(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_review_asked_to_end_ends_its_processes(source, copied, pids, monkeypatch):
    spread = jobs.spread

    def end(*words):
        done = spread(*words)
        os.kill(os.getpid(), signal.SIGTERM)
        return done

    works_as(monkeypatch, sleep, "import time; time.sleep(60)")
    monkeypatch.setattr(jobs, "spread", end)
    with pytest.raises(SystemExit) as stop:
        check_shared([source], 2, Wanted("en"), **ASKED)
    assert stop.value.code == 128 + signal.SIGTERM
    assert [process.returncode for process in pids] == [-signal.SIGKILL] * 2


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
