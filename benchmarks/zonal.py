"""Speed and accuracy of the zonal engine against its peers, in one run on one machine.

    python benchmarks/zonal.py            # everything: about two minutes, most of it the peers
    python benchmarks/zonal.py --quick    # peers once instead of three times

The raster is made from a seed (1 second of arc over Shanxi, 15,639 × 22,186, uint8, tiled
DEFLATE): fractal terrain and texture, cut into eight classes with single-cell speckle, so that
runs and compression are those of a 30 m land-cover product. Towns are made by cutting every county
along the Voronoi cells of seeded points. Needs ``exactextract`` and ``rasterstats`` for the peers;
a missing one is skipped and said so. The package itself must be installed (or on PYTHONPATH).
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.transform import Affine
from rasterio.windows import Window

REPOSITORY = Path(__file__).resolve().parents[1]
COUNTIES = REPOSITORY / "data" / "boundaries" / "counties.fgb"
WIDTH, HEIGHT, SECOND = 15_639, 22_186, 1.0 / 3600.0
WEST, NORTH = 110.2225, 40.7415
TILE = 256
CLASSES = np.array([10, 20, 30, 40, 60, 70, 80, 90], np.uint8)
TOWNS = 1400
TARGETS = {"exactextract": 12.0, "rasterstats": 6.0}


@numba.njit(nogil=True, cache=True)
def _lattice(i: int, j: int, seed: int) -> float:
    """Return a reproducible number in [0, 1) for a lattice point (integer hash)."""
    h = np.uint32(i * 374761393 + j * 668265263 + seed * 974711)
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(2246822519))
    return float(h ^ (h >> np.uint32(15))) / 4294967296.0


@numba.njit(nogil=True, cache=True)
def _noise(out: np.ndarray, row0: int, size: int, weight: float, seed: int) -> None:
    """Add smooth value noise of one wavelength (cells) to ``out``."""
    for r in range(out.shape[0]):
        i, fy = (row0 + r) // size, ((row0 + r) % size) / size
        sy = fy * fy * (3.0 - 2.0 * fy)
        last, a, b = -1, 0.0, 0.0
        for c in range(out.shape[1]):
            j, fx = c // size, (c % size) / size
            if j != last:
                a = _lattice(i, j, seed) * (1 - sy) + _lattice(i + 1, j, seed) * sy
                b = _lattice(i, j + 1, seed) * (1 - sy) + _lattice(i + 1, j + 1, seed) * sy
                last = j
            out[r, c] += weight * (a + (b - a) * fx * fx * (3.0 - 2.0 * fx))


def _strip(row0: int, rows: int, seed: int) -> np.ndarray:
    """Return the classes of some rows."""
    terrain = np.zeros((rows, WIDTH), np.float32)
    texture = np.zeros((rows, WIDTH), np.float32)
    for k, size in enumerate((2048, 700, 230, 77)):
        _noise(terrain, row0, size, 0.55**k, seed + k)
    for k, size in enumerate((160, 60, 22, 9, 4)):
        _noise(texture, row0, size, 0.75**k, seed + 50 + k)
    edges_terrain = np.quantile(terrain[::8, ::8], [0.3, 0.7])
    edges_texture = np.quantile(texture[::8, ::8], [0.04, 0.12, 0.45, 0.7, 0.9])
    low, high = terrain < edges_terrain[0], terrain > edges_terrain[1]
    rank = np.digitize(texture, edges_texture)
    plain = np.array([4, 6, 0, 0, 2, 6])[rank]
    slope = np.array([7, 3, 0, 2, 1, 1])[rank]
    mountain = np.array([5, 3, 2, 1, 1, 1])[rank]
    index = np.where(low, plain, np.where(high, mountain, slope)).astype(np.uint8)
    rng = np.random.default_rng((seed, row0))
    speckle = rng.random((rows, WIDTH), np.float32) < 0.004
    index[speckle] = rng.integers(0, CLASSES.size, int(speckle.sum()), np.uint8)
    return CLASSES[index]


def make_raster(path: Path, seed: int = 20) -> None:
    """Write the benchmark's raster, if it is not there yet."""
    if path.exists():
        return
    partial = path.with_suffix(".part.tif")
    with (
        rasterio.open(
            partial,
            "w",
            driver="GTiff",
            width=WIDTH,
            height=HEIGHT,
            count=1,
            dtype="uint8",
            crs="EPSG:4490",
            transform=Affine(SECOND, 0, WEST, 0, -SECOND, NORTH),
            nodata=0,
            tiled=True,
            blockxsize=TILE,
            blockysize=TILE,
            compress="deflate",
        ) as out,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        starts = range(0, HEIGHT, TILE)
        made = pool.map(lambda r: (r, _strip(r, min(TILE, HEIGHT - r), seed)), starts)
        for row0, block in made:
            out.write(block, 1, window=Window(0, row0, WIDTH, block.shape[0]))
    partial.replace(path)


def make_towns(counties: gpd.GeoDataFrame, count: int = TOWNS, seed: int = 21) -> gpd.GeoDataFrame:
    """Cut the counties into about ``count`` pieces of which together they consist."""
    rng = np.random.default_rng(seed)
    shapes = counties.geometry.values
    share = shapely.area(shapes) / shapely.area(shapes).sum()
    towns = []
    for shape, pieces in zip(
        shapes, np.maximum(np.rint(share * count), 1).astype(int), strict=True
    ):
        x0, y0, x1, y1 = shape.bounds
        points: list[Any] = []
        while len(points) < pieces:
            p = shapely.Point(x0 + (x1 - x0) * rng.random(), y0 + (y1 - y0) * rng.random())
            points += [p] * bool(shape.contains(p))
        cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=shape)
        cut = shapely.intersection(shapely.get_parts(cells), shape) if pieces > 1 else [shape]
        for piece in cut:
            areal = [p for p in shapely.get_parts(piece) if p.geom_type == "Polygon"]
            towns.append(shapely.MultiPolygon(areal))
    return gpd.GeoDataFrame({"town": np.arange(len(towns))}, geometry=towns, crs=counties.crs)


def decode(path: Path, threads: int = 2, rows: int = TILE) -> None:
    """Decode every block of the file and throw it away: the floor for any engine."""
    starts = itertools.count(0, rows)

    def worker(_: int) -> None:
        with rasterio.Env(GDAL_CACHEMAX=64 * 2**20), rasterio.open(path) as dataset:
            buffer = np.empty((1, rows, WIDTH), np.uint8)
            while (row := next(starts)) < HEIGHT:
                n = min(rows, HEIGHT - row)
                dataset.read([1], window=Window(0, row, WIDTH, n), out=buffer[:, :n])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(worker, range(threads)))


def run_zoning(path: Path, units: gpd.GeoDataFrame, threads: int | None = None) -> pd.DataFrame:
    """Run this engine."""
    from zoning.zonal import zonal_areas

    return zonal_areas(path, units, threads=threads)


def run_exactextract(path: Path, units: gpd.GeoDataFrame) -> Any:
    """Run exactextract as its users do: shares of the classes."""
    from exactextract import exact_extract

    return exact_extract(str(path), units, ["count", "unique", "frac"], output="pandas")


def run_rasterstats(path: Path, units: gpd.GeoDataFrame) -> Any:
    """Run rasterstats as its users do: cell counts by centre."""
    from rasterstats import zonal_stats

    return zonal_stats(units, str(path), categorical=True, stats=["count"])


def clock(call: Callable[[], Any]) -> float:
    """Return the wall time of one call in seconds."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def installed(name: str) -> str | None:
    """Return a package's version or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def timings(tasks: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Return the median of ``rounds`` runs of each task, the tasks taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            taken[name].append(clock(task))
    for name, values in taken.items():
        print(f"  {name:<28} " + " ".join(f"{v:8.3f}" for v in values))
    return {name: statistics.median(values) for name, values in taken.items()}


def accuracy(path: Path, units: gpd.GeoDataFrame) -> None:
    """Compare with exactextract's coverage times ellipsoidal cell areas, county by county."""
    from exactextract import exact_extract

    from zoning.zonal.cells import row_areas

    ours = run_zoning(path, units)
    edges = NORTH - SECOND * np.arange(HEIGHT + 1)
    area_of_row = row_areas(edges[:-1], edges[1:], SECOND)
    sample = units.iloc[:: max(len(units) // 12, 1)]
    worst = worst_share = 0.0
    for unit in sample.index:
        got = exact_extract(
            str(path), sample.loc[[unit]], ["cell_id", "coverage", "values"], output="pandas"
        ).iloc[0]
        area = got["coverage"].astype(float) * area_of_row[got["cell_id"] // WIDTH]
        sums = pd.Series(area).groupby(np.asarray(got["values"])).sum()
        mine = ours[ours["unit"] == unit].set_index("class")["area_m2"]
        difference = (mine.astype(float) - sums).abs()
        worst = max(worst, float((difference / sums).max()))
        worst_share = max(worst_share, float((difference / sums.sum()).max()))
    print(f"\nagreement with exactextract coverage × ellipsoidal cell area, {len(sample)} counties")
    print(f"  worst class area, relative to the class  {worst:.1e}")
    print(f"  worst class area, relative to the county {worst_share:.1e}")


def child(kind: str, path: str, units: str) -> float:
    """Return the peak memory (MB) of a fresh process that runs one engine once."""
    out = subprocess.run(
        [sys.executable, __file__, "--child", kind, path, units],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(out.stdout.strip().splitlines()[-1])


def first_calls(path: Path, units_file: Path) -> None:
    """Report the time of a process's first call without and with numba's cache."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, __file__, "--child", "first", str(path), str(units_file)]
        for label in ("compiling (empty cache)", "from numba's cache"):
            out = subprocess.run(
                command,
                check=True,
                capture_output=True,
                text=True,
                env=os.environ | {"NUMBA_CACHE_DIR": cache},
            )
            print(f"  first call, {label:<24} {float(out.stdout.split()[0]):8.3f} s")


def peak_memory() -> float:
    """Return this process's peak resident memory in MB.

    Not ``ru_maxrss`` where it can be helped: on Linux a child starts with its parent's.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(s for s in status.read_text().splitlines() if s.startswith("VmHWM"))
        return float(line.split()[1]) / 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def run_child(kind: str, path: Path, units_file: Path) -> None:
    """Do one thing in a fresh process; print a time or the peak memory."""
    units = gpd.read_file(units_file)
    engines = {"zoning": run_zoning, "exactextract": run_exactextract, "first": run_zoning}
    engines["rasterstats"] = run_rasterstats
    spent = clock(lambda: engines[kind](path, units))
    if kind == "first":
        print(spent)
    print(peak_memory())


def verdict(label: str, value: float, limit: float, more: bool) -> bool:
    """Print a figure beside its target."""
    good = value >= limit if more else value <= limit
    print(
        f"  {label:<44} {value:8.2f}  target {'≥' if more else '≤'} {limit:g}"
        f"  {'met' if good else 'MISSED'}"
    )
    return good


def main() -> int:
    """Run the benchmark; 0 if every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="slow peers once")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "zoning-bench")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        run_child(chosen.child[0], Path(chosen.child[1]), Path(chosen.child[2]))
        return 0
    warnings.simplefilter("ignore")  # peers warn about their own dependencies
    chosen.folder.mkdir(parents=True, exist_ok=True)
    path, towns_file = chosen.folder / "classes.tif", chosen.folder / "towns.fgb"
    counties = gpd.read_file(COUNTIES)
    make_raster(path)
    towns = make_towns(counties)
    towns.to_file(towns_file)
    size = path.stat().st_size
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, GDAL {rasterio.__gdal_version__}, "
        f"numba {numba.__version__}, numpy {np.__version__}, rasterio {rasterio.__version__}"
    )
    print(
        f"raster {WIDTH} × {HEIGHT}, {size / 1e6:.1f} MB, {WIDTH * HEIGHT / size:.1f} : 1; "
        f"{len(counties)} counties, {len(towns)} towns\n"
    )
    first_calls(path, COUNTIES)
    run_zoning(path, counties)

    print("\nseconds, five rounds taking turns")
    fast = timings(
        {
            "decode, two threads": lambda: decode(path),
            "zoning, counties": lambda: run_zoning(path, counties),
            "zoning, towns": lambda: run_zoning(path, towns),
        },
        5,
    )
    fast |= timings({"zoning, counties, one thread": lambda: run_zoning(path, counties, 1)}, 3)
    rounds = 1 if chosen.quick else 3
    print(f"\npeers, {rounds} round(s)")
    peers: dict[str, Callable[[], Any]] = {
        "exactextract": lambda: run_exactextract(path, counties),
        "rasterstats": lambda: run_rasterstats(path, counties),
    }
    for name in list(peers):
        print(f"  {name} {installed(name) or 'not installed, skipped'}")
        if installed(name) is None:
            del peers[name]
    slow = timings(peers, rounds)

    print("\npeak memory of a fresh process, MB")
    memory = {name: child(name, str(path), str(COUNTIES)) for name in ("zoning", *slow)}
    memory["zoning, towns"] = child("zoning", str(path), str(towns_file))
    for name, value in memory.items():
        print(f"  {name:<28} {value:8.0f}")
    if "exactextract" in slow:
        accuracy(path, counties)

    print("\ntargets")
    county = fast["zoning, counties"]
    good = [verdict(f"{n} / zoning", t / county, TARGETS[n], True) for n, t in slow.items()]
    good.append(
        verdict("zoning / two-thread decode", county / fast["decode, two threads"], 3, False)
    )
    good.append(verdict("towns / counties", fast["zoning, towns"] / county, 1.5, False))
    good.append(
        verdict("peak memory, GB", max(memory["zoning"], memory["zoning, towns"]) / 1000, 1, False)
    )
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
