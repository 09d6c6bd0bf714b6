"""How many sites a second are reviewed in batches, on how many workers, in how much memory?

    python benchmarks/scale.py sites FILE --count 1000000    # writes made-up sites as GeoParquet
    python benchmarks/scale.py spool FILE                    # reads and sorts them, nothing more
    python benchmarks/scale.py check FILE [--jobs N]         # the whole review, on N processes
    python benchmarks/scale.py cluster FILE --workers 2      # the same on worker processes

With ``--workspace`` the layers are official ones. Figures go to docs/scale.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

import zoning
from zoning.api.batches import check_batches
from zoning.read import ReadOptions
from zoning.read.pieces import open_each
from zoning.review.spool import spool

DAY = date(2026, 11, 1)


def make_sites(path: Path, count: int) -> None:
    """Write sites of some hectares all over the province."""
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(110.8, 113.8, count), rng.uniform(35.5, 39.8, count)
    size = rng.uniform(0.0005, 0.004, count)
    frame = geopandas.GeoDataFrame(
        {
            "id": [f"P{n:07d}" for n in range(count)],
            "industry": rng.choice(["2521", "1511", "4411", "8334", "3011"], count),
            "nature": rng.choice(["new", "existing"], count),
        },
        geometry=shapely.box(lon, lat, lon + size, lat + 0.8 * size),
        crs=4490,
    )
    frame.to_parquet(path, row_group_size=50_000)


def now() -> tuple[float, float]:
    """Return the clock, and the processor time of this process and those it has waited for."""
    return time.perf_counter(), sum(os.times()[:4])


def told(what: str, count: int, begun: tuple[float, float]) -> None:
    """Print rates and the peak of memory of the largest process."""
    wall, used = (end - start for start, end in zip(begun, now(), strict=True))
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    peak = max(resource.getrusage(who).ru_maxrss for who in whose) / 1024
    print(f"{what}: {count:,} sites, {wall:.1f} s, {used:.1f} s of processor time here, "
          f"{count / wall:,.0f} a second, largest process {peak:.0f} MB", flush=True)  # fmt: skip


def read_and_sort(path: Path, size: int) -> None:
    """Time reading and sorting alone."""
    begun = now()
    with (
        tempfile.TemporaryDirectory(dir=path.parent) as folder,
        closing(open_each([path], ReadOptions())) as sources,
    ):
        laid = spool(sources, Path(folder), size, lambda *_: None)
        told("read and sorted", laid.features, begun)


def review(path: Path, asked: argparse.Namespace, scheduler: str | None) -> None:
    """Time the whole review."""
    begun = now()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        done = check_batches(
            path,
            Path(folder) / "out",
            batch_size=asked.batch_size,
            workspace=asked.workspace,
            as_of=DAY,
            lang="en",
            scheduler=scheduler,
            jobs=None if scheduler else asked.jobs,
        )
        if asked.compare:
            require_same(path, Path(folder) / "out" / "sites")
        size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) / 2**20
    told("reviewed", done.summary.sites, begun)
    print(f"{done.summary.findings:,} findings, {size:.1f} MB written")


def require_same(path: Path, parts: Path) -> None:
    """End with 1 unless the batches say of each site what the whole review says."""
    whole = zoning.check(path, as_of=DAY)
    expected = {result.project.id: result.status.value for result in whole.results}
    table = geopandas.read_parquet(parts)
    if dict(zip(table["project_id"], table["status"], strict=True)) != expected:
        sys.exit(1)


def on_workers(path: Path, asked: argparse.Namespace) -> None:
    """Start a scheduler and workers here, and time the review on them, the second time."""
    from distributed import Client

    started: list[subprocess.Popen[bytes]] = []

    def run(*words: Any) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen([sys.executable, "-m", *map(str, words)], **quiet))

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "scheduler.json"
        local = ("--host", "127.0.0.1", "--no-dashboard")
        try:
            run("distributed.cli.dask_scheduler", *local, "--port", 0, "--scheduler-file", place)
            for _ in range(asked.workers):
                run("distributed.cli.dask_worker", "--scheduler-file", place, *local,
                    "--nthreads", 1, "--no-nanny", "--local-directory", folder)  # fmt: skip
            while not place.is_file():
                time.sleep(0.1)
            with Client(scheduler_file=str(place), set_as_default=False) as client:
                client.wait_for_workers(asked.workers, timeout=60)
                address = client.scheduler.address
            for _ in range(2):  # the first opens the layers
                review(path, asked, address)
        finally:
            for process in started:
                process.kill()
                process.wait()


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("sites", "spool", "check", "cluster"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--batch-size", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--compare", action="store_true", help="with the review of the whole file")
    asked = parser.parse_args()
    if asked.what == "sites":
        make_sites(asked.file, asked.count)
    elif asked.what == "spool":
        read_and_sort(asked.file, asked.batch_size)
    elif asked.what == "check":
        review(asked.file, asked, None)
    else:
        on_workers(asked.file, asked)


if __name__ == "__main__":
    main()
