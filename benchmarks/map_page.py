"""How large is the review map of many sites, and how soon is it seen?

    python benchmarks/map_page.py [--sites 10 500] [--seed 1]

For each number of sites of some 30 ha, strewn at random: the time of the review and of the page,
the size of the page, and in a headless Chromium the first paint, the time until the page answers,
and the processor time of the main thread, which other work on the machine does not stretch.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import geopandas
import numpy as np
import shapely

import zoning

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from devtools import Browser, find

#: West, south, east, north of ground that lies wholly in the province.
GROUND = (111.0, 35.5, 113.0, 39.0)
SIDE = 0.006


def sites(count: int, seed: int) -> geopandas.GeoDataFrame:
    """Return square sites of new coking plants."""
    west, south, east, north = GROUND
    corner = np.random.default_rng(seed).uniform((west, south), (east, north), (count, 2))
    shapes = shapely.box(*corner.T, *(corner + SIDE).T)
    columns = {"id": [f"S{i:04}" for i in range(count)], "industry": "2521", "new": True}
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def seen(page: Path, folder: Path) -> dict[str, float]:
    """Return the seconds until a page is painted and until it answers, and its processor time."""
    program = find()
    if program is None:
        sys.exit("no Chromium found")
    with Browser(program, folder) as browser:
        browser.fresh()
        browser.call("Performance.enable", timeDomain="threadTicks")
        browser.open(page, "window.zoningReady")
        ready = browser.run("performance.now()") / 1000
        browser.wait("performance.getEntriesByName('first-contentful-paint').length")
        paint = browser.run("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        found = browser.call("Performance.getMetrics")["metrics"]
        busy = next(x["value"] for x in found if x["name"] == "TaskDuration")
    return {"first paint s": paint / 1000, "answers s": ready, "processor s": busy}


def main() -> None:
    """Measure and print a line for each number of sites."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, nargs="+", default=[10, 500])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for count in options.sites:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            sites(count, options.seed).to_file(folder / "sites.gpkg")
            start = time.perf_counter()
            report = zoning.check(folder / "sites.gpkg")
            checked = time.perf_counter()
            report.save_map(folder / "map.html", "zh")
            drawn = time.perf_counter()
            figures = {
                "sites": count,
                "review s": checked - start,
                "page s": drawn - checked,
                "page MB": (folder / "map.html").stat().st_size / 1e6,
                **seen(folder / "map.html", folder / "profile"),
            }
        print("  ".join(f"{key} {value:.4g}" for key, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
