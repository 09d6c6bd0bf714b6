"""How long does monitoring take, and how much memory?

    python benchmarks/monitor.py polygons --count 39000     # against geopandas.overlay
    python benchmarks/monitor.py raster --mpx 600           # two rasters of classes, by county

Both epochs are made here from a seed: parcels that fill a province, of which some were divided
anew and some changed their class; rasters of classes in patches, of which one in fifty changed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import geopandas
import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.windows import Window

import zoning
from zoning.base import geodesy

BOX = (110.3, 34.6, 114.5, 40.7)
CODES = np.array([10, 20, 30, 40, 50, 60], np.uint8)


def parcels(count: int, seed: int) -> geopandas.GeoDataFrame:
    """Parcels that fill the box: cells around points, with winding borders of some 40 vertices."""
    rng = np.random.default_rng(1)
    points = np.column_stack(
        [rng.uniform(BOX[0], BOX[2], count), rng.uniform(BOX[1], BOX[3], count)]
    )
    if seed:
        moved = np.random.default_rng(seed).random(count) < 0.05
        points[moved] += 0.2 * (BOX[2] - BOX[0]) / np.sqrt(count)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.box(*BOX))
    shapes = shapely.get_parts(cells)
    shapes = shapes[shapely.STRtree(shapes).query(shapely.points(points), predicate="within")[1]]
    step = (BOX[2] - BOX[0]) / np.sqrt(count) / 8
    shapes = shapely.transform(
        shapely.segmentize(shapes, step),
        lambda xy: xy + 0.2 * step * np.sin(xy[:, ::-1] / step * 3.0),
    )
    codes = CODES[np.random.default_rng(2).integers(0, 6, len(shapes))]
    if seed:
        other = np.random.default_rng(seed + 1).random(len(shapes)) < 0.05
        codes = np.where(other, 50, codes)
    frame = geopandas.GeoDataFrame({"class": codes.astype(int)}, geometry=shapes, crs=4490)
    return frame[frame.geometry.is_valid & ~frame.geometry.is_empty].reset_index(drop=True)


def rasters(folder: Path, mpx: float) -> tuple[Path, Path]:
    """Two rasters over the box, in degrees, in tiles of 512 cells."""
    ratio = (BOX[2] - BOX[0]) / (BOX[3] - BOX[1])
    height = int(np.sqrt(mpx * 1e6 / ratio)) // 512 * 512
    width = int(height * ratio) // 512 * 512
    move = Affine((BOX[2] - BOX[0]) / width, 0, BOX[0], 0, -(BOX[3] - BOX[1]) / height, BOX[3])
    profile = {
        "driver": "GTiff", "height": height, "width": width, "count": 1, "dtype": "uint8",
        "crs": "EPSG:4490", "transform": move, "nodata": 0, "tiled": True, "blockxsize": 512,
        "blockysize": 512, "compress": "deflate", "zlevel": 1,
    }  # fmt: skip
    rng = np.random.default_rng(3)
    paths = folder / "base.tif", folder / "current.tif"
    with (
        rasterio.open(paths[0], "w", **profile) as old,
        rasterio.open(paths[1], "w", **profile) as new,
    ):
        for row in range(0, height, 512):
            small = CODES[rng.integers(0, 6, (32, width // 16))]
            before = np.repeat(np.repeat(small, 16, axis=0), 16, axis=1)
            changed = np.where(rng.random(small.shape) < 0.02, 50, small).astype(np.uint8)
            after = np.repeat(np.repeat(changed, 16, axis=0), 16, axis=1)
            window = Window(0, row, width, 512)
            old.write(before, 1, window=window)
            new.write(after, 1, window=window)
    return paths


def timed(work: Any, runs: int) -> NDArray[np.float64]:
    """Return the median seconds: on the clock, and of processors, which a load changes little."""
    taken = []
    for _ in range(runs):
        begun, used = perf_counter(), process_time()
        work()
        taken.append((perf_counter() - begun, process_time() - used))
    return np.asarray(np.median(taken, axis=0))


def of_polygons(count: int, runs: int) -> None:
    """Print how long two epochs of polygons take, against geopandas."""
    from zoning.stats.polygon_epochs import lay_polygons

    base, current = parcels(count, 0), parcels(count, 7)
    units = base[["geometry"]].assign(unit=[str(n) for n in range(len(base))])
    counties = zoning.load_layer("counties")
    counties = geopandas.GeoDataFrame(
        {"unit": counties["adcode"].astype(str)}, geometry=counties.geometry.values, crs=4490
    )
    lay_polygons(base[:50], current[:50], counties, min_area_m2=0.0)  # compiles
    print(f"{len(base)} and {len(current)} polygons, "
          f"{shapely.get_num_coordinates(base.geometry).sum():,} vertices")  # fmt: skip
    own = timed(lambda: lay_polygons(base, current, units, min_area_m2=0.0), runs)
    county = timed(lambda: lay_polygons(base, current, counties, min_area_m2=0.0), runs)
    for name, taken in (("by polygon", own), ("by county", county)):
        print(f"monitor, {name}: {taken[0]:.2f} s, {taken[1]:.2f} s of processor time")
    for how in ("intersection", "union"):
        peer = timed(
            lambda how=how: geopandas.overlay(base, current, how=how, keep_geom_type=False),
            max(runs // 2, 1),
        )
        print(f"geopandas.overlay, {how}: {peer[0]:.2f} s, {peer[1]:.2f} s of processor time")
        for name, taken in (("by polygon", own), ("by county", county)):
            clock, used = peer / taken
            print(f"  {name} {clock:.1f}x on the clock, {used:.1f}x of processor time", flush=True)
    require_same(base, current, lay_polygons(base, current, units, min_area_m2=0.0)[0])


def require_same(base: Any, current: Any, pairs: Any) -> None:
    """End with 1 where the ground of any pair of classes differs from that of an overlay."""
    drawn = geopandas.overlay(base, current, how="intersection", keep_geom_type=False)
    drawn["area"] = geodesy.areas(drawn.geometry.to_numpy())
    expected = drawn.groupby(["class_1", "class_2"])["area"].sum()
    both = pairs[(pairs["base"] >= 0) & (pairs["current"] >= 0)]
    found = both.groupby(["base", "current"])["area_m2"].sum()
    if not np.allclose(
        found.reindex(expected.index, fill_value=0.0), expected, rtol=1e-7, atol=1.0
    ):
        sys.exit(1)


def of_raster(mpx: float) -> None:
    """Print how long two rasters take, and how much memory."""
    with tempfile.TemporaryDirectory() as folder:
        base, current = rasters(Path(folder), mpx)
        with rasterio.open(base) as opened:
            cells = opened.width * opened.height / 1e6
        begun, used = perf_counter(), process_time()
        figures = zoning.monitor(zoning.Epochs(base, current, "worldcover"))
        taken, used = perf_counter() - begun, process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pieces = len(figures.table("pieces").frame)
    print(f"{cells:.0f} Mpx, {pieces:,} pieces kept: {taken:.1f} s, {used:.1f} s of processor time")
    print(f"{cells / used:.1f} Mpx a second of it, peak {peak:.0f} MB")
    frame = figures.frame
    share = frame["to_construction_km2"].sum() / frame["base_ecological_km2"].sum()
    if not 0.015 < share < 0.025:  # one patch in fifty was built on
        sys.exit(1)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("polygons", "raster"))
    parser.add_argument("--count", type=int, default=39_000)
    parser.add_argument("--mpx", type=float, default=600.0)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    if asked.what == "polygons":
        of_polygons(asked.count, asked.runs)
    else:
        of_raster(asked.mpx)


if __name__ == "__main__":
    main()
