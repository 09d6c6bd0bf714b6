"""Batches on a real Dask cluster over TCP: the same bytes as here, also when a worker dies."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import shapely

from zoning.api.batches import check_batches
from zoning.api.stats import StatisticsRequest, statistics
from zoning.base.errors import SourceError, UsageError

distributed = pytest.importorskip(
    "distributed", reason='distributed is missing: python -m pip install "zoning[cluster]"'
)
#: A few rules, so that a worker has little to open.
ASKED = {"as_of": date(2026, 11, 1), "only": ("R002-00*",), "lang": "en"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Address of a scheduler, and its two worker processes."""
    place = tmp_path_factory.mktemp("dask")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    start = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    started = []

    def run(*words):
        process = subprocess.Popen(
            words, cwd=place, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started.append(process)
        return process

    told = place / "scheduler.json"
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    run(*start, *local, "--port", "0", "--scheduler-file", str(told))
    deadline = time.monotonic() + 30
    while not told.is_file():
        assert time.monotonic() < deadline and started[0].poll() is None
        time.sleep(0.05)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(told)]
    workers = [
        run(*worker, *local, "--nthreads", "1", "--no-nanny", "--local-directory", str(place))
        for _ in range(2)
    ]
    yield json.loads(told.read_text())["address"], workers
    for process in started:
        process.kill()
        process.wait()


def sites(path: Path, count: int) -> Path:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(111.0, 113.5, count), rng.uniform(36.0, 39.0, count)
    frame = geopandas.GeoDataFrame(
        {"id": [f"S{n:03d}" for n in range(count)], "industry": "2521", "nature": "new"},
        geometry=shapely.box(lon, lat, lon + 0.002, lat + 0.002),
        crs=4490,
    )
    frame.to_parquet(path)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_cluster_writes_the_same_bytes_also_when_a_worker_is_killed(cluster, tmp_path):
    address, workers = cluster
    source = sites(tmp_path / "sites.parquet", 24)
    check_batches(source, tmp_path / "here", batch_size=4, **ASKED)
    killed = []

    def kill(_what, done, _total):
        if done and not killed:
            workers[0].send_signal(signal.SIGKILL)
            killed.append(done)

    there = tmp_path / "there"
    done = check_batches(source, there, batch_size=4, **ASKED, scheduler=address, progress=kill)
    assert killed and killed[0] < 24
    workers[0].wait()
    assert done.summary.sites == 24 and done.summary.parts == 6
    assert contents(there) == contents(tmp_path / "here")


def test_a_fault_of_a_batch_comes_back_as_it_was_raised(cluster, tmp_path):
    source = tmp_path / "sites.parquet"
    shape = shapely.box(500_000, 4_100_000, 500_100, 4_100_100)  # metres, of an unknown zone
    geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shape]).to_parquet(source)
    with pytest.raises(SourceError) as here:
        check_batches(source, tmp_path / "here", **ASKED)
    with pytest.raises(SourceError) as there:
        check_batches(source, tmp_path / "there", **ASKED, scheduler=cluster[0])
    assert there.value.problems == here.value.problems


def test_a_scheduler_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("zoning.api.cluster.PATIENCE_S", 1)
    source = sites(tmp_path / "sites.parquet", 1)
    with pytest.raises(UsageError) as stop:
        check_batches(source, tmp_path / "out", **ASKED, scheduler="tcp://127.0.0.1:9")
    assert [p.code for p in stop.value.problems] == ["cluster-unreachable"]


def test_county_figures_of_tiles_are_the_same_on_a_cluster(cluster, tmp_path):
    import rasterio
    from affine import Affine

    folder = tmp_path / "tiles"
    folder.mkdir()
    rng = np.random.default_rng(4)
    for row in range(2):
        for col in range(2):
            move = Affine(0.002, 0, 112.0 + col, 0, -0.002, 38.0 - row)
            with rasterio.open(
                folder / f"{row}{col}.tif", "w", driver="GTiff", width=500, height=500, count=1,
                dtype="uint8", nodata=255, crs="EPSG:4490", transform=move, tiled=True,
                blockxsize=128, blockysize=128,
            ) as out:  # fmt: skip
                out.write(rng.choice([10, 30, 40, 50], (500, 500)).astype(np.uint8), 1)
    asked = StatisticsRequest(
        landcover=folder, scheme="worldcover", by="city", accept="made up for a test"
    )
    here = statistics("forest-cover", asked)
    there = statistics("forest-cover", asked, scheduler=cluster[0])
    assert here.frame["forest_area_km2"].sum() > 0
    exact = here.frame.drop(columns="geometry"), there.frame.drop(columns="geometry")
    pandas.testing.assert_frame_equal(*exact, check_exact=True)
