"""The whole check of many sites, file to written findings, beside a plain overlay of its layers.

    python benchmarks/check_sites.py WORKSPACE [--sites 1 1000 10000] [--rounds 3] [--embedded]

``WORKSPACE`` is a folder that ``official_layers.py`` wrote; with ``--embedded`` its layers are left
alone and only its sites are used. Each side is a process of its own: ``zoning check sites --output
findings.gpkg`` with all rules, and a geopandas user who reads sites and layers, goes to EPSG:4547
and intersects the sites with each polygon layer by ``geopandas.overlay``. Rounds are interleaved.
Told are medians of the time, the greatest memory, and the size of the findings.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

_PEER = """
import sys, geopandas
sites = geopandas.read_file(sys.argv[1]).to_crs(4547)
for name in sys.argv[3:]:
    zones = geopandas.read_file(name).to_crs(4547)
    found = geopandas.overlay(sites, zones, keep_geom_type=True)
    found["area_m2"] = found.area
    found.drop(columns="geometry").to_csv(sys.argv[2], mode="a")
"""


def timed(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Run a command; return its seconds and its greatest memory in MB."""
    begun = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 3):
        raise SystemExit(f"{command[0]} ended with {code}")
    return time.perf_counter() - begun, usage.ru_maxrss / 1e3


def layers_of(workspace: Path) -> list[str]:
    """Return the files of a workspace."""
    table = tomllib.loads((workspace / "zoning.toml").read_text(encoding="utf-8"))
    return [str((workspace / entry["source"]).resolve()) for entry in table["layers"].values()]


def compare(workspace: Path, count: int, rounds: int, *, embedded: bool) -> None:
    """Time both sides on one number of sites, and print a row of a table."""
    sites = str((workspace / f"sites_{count}.gpkg").resolve())
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        findings, table = folder / "findings.gpkg", folder / "overlay.csv"
        check = [sys.executable, "-m", "zoning", "check", sites, "--output", str(findings),
                 "--as-of", "2026-11-20", "--quiet", "--overwrite"]  # fmt: skip
        if not embedded:
            check += ["--workspace", str((workspace / "zoning.toml").resolve())]
        peer = [sys.executable, "-c", _PEER, sites, str(table), *layers_of(workspace)]
        for _ in range(rounds):
            ours.append(timed(check, folder))
            table.unlink(missing_ok=True)
            theirs.append(timed(peer, folder))
        size = findings.stat().st_size / 1e6
    mine, other = (statistics.median(t for t, _ in runs) for runs in (ours, theirs))
    memory = max(m for _, m in ours)
    print(f"| {count:,} | {mine:.1f} s | {other:.1f} s | {memory:,.0f} MB | {size:.1f} MB |")


def main() -> None:
    """Time every number of sites that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--sites", type=int, nargs="+", default=[1, 1000, 10_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--embedded", action="store_true")
    given = parser.parse_args()
    print("| sites | check | plain overlay | memory | findings |\n|---|---|---|---|---|")
    for count in given.sites:
        compare(given.workspace, count, given.rounds, embedded=given.embedded)


if __name__ == "__main__":
    main()
