"""A whole ``zoning check`` on official layers of full size, read anew and kept, beside a script.

Each run is a process of its own, from start to printed result. *first*: nothing is kept yet.
*second*: the layers are kept from the run before. *geopandas*: a script reads sites and layers and
overlays them in EPSG:4547. The three are interleaved; medians of wall time and of processor time.

    python benchmarks/official_layers.py FOLDER --sites 1 100 1000
    python benchmarks/check_official.py FOLDER [--sites 1 100 1000] [--rounds 5] [--first 1]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_RECIPE = """
import sys, geopandas
sites = geopandas.read_file(sys.argv[1]).to_crs(4547)
for layer in sys.argv[2:]:
    zones = geopandas.read_file(layer).to_crs(4547)
    found = sites.overlay(zones, how="intersection")
    found["area"] = found.area
"""
_LAYERS = (
    "control_units",
    "permanent_basic_farmland",
    "ecological_redline",
    "urban_growth_boundary",
)


def run(words: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Run a process; return its wall time and its processor time, s."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(done.stderr)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder: Path, count: int, rounds: int, first: int) -> None:
    """Print one row: the medians of each way to review so many sites."""
    sites = str(folder / f"sites_{count}.gpkg")
    check = [sys.executable, "-m", "zoning", "check", sites, "--workspace", str(folder), "--quiet"]
    recipe = [sys.executable, "-c", _RECIPE, sites, *(str(folder / f"{x}.gpkg") for x in _LAYERS)]
    times: dict[str, list[tuple[float, float]]] = {"first": [], "second": [], "geopandas": []}
    with tempfile.TemporaryDirectory() as kept:
        env = {**os.environ, "ZONING_CACHE": kept}
        run(check, env)
        for index in range(rounds):
            times["second"].append(run(check, env))
            times["geopandas"].append(run(recipe, dict(os.environ)))
            if index < first:
                with tempfile.TemporaryDirectory() as empty:
                    times["first"].append(run(check, {**env, "ZONING_CACHE": empty}))
        size = sum(path.stat().st_size for path in Path(kept).rglob("*.idx")) / 1e6
    told = []
    for name, found in times.items():
        if found:
            wall, busy = (statistics.median(column) for column in zip(*found, strict=True))
            told.append(f"{name} {wall:.2f} s ({busy:.2f} s of processor)")
    print(f"{count} sites: {', '.join(told)}; {size:.0f} MB kept", flush=True)


def main() -> None:
    """Measure each number of sites in turn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sites", type=int, nargs="*", default=[1, 100, 1000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first", type=int, default=1, help="how many rounds begin with nothing")
    options = parser.parse_args()
    for count in options.sites:
        measure(options.folder, count, options.rounds, options.first)


if __name__ == "__main__":
    main()
