"""10,000 synthetic sites against the rivers layer: this package and what a GIS user does today.

The peer is the usual geopandas recipe: project to EPSG:4547, buffer the rivers by 1 km, ``sjoin``,
``overlay(intersection)`` and ``sjoin_nearest``. Five rounds, both sides interleaved; medians.

    python benchmarks/many_sites.py [--sites 10000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import shapely

import zoning
from zoning.catalogue.load import load_catalogue
from zoning.measure import SiteSet, survey
from zoning.model import Query


def make_sites(count: int, seed: int = 20261121) -> geopandas.GeoDataFrame:
    """Rectangles of 1-60 ha, half of them within a few km of a main river."""
    rng = np.random.default_rng(seed)
    rivers = zoning.load_layer("main_rivers").union_all()
    vertices = shapely.get_coordinates(rivers)
    near = vertices[rng.integers(0, len(vertices), count // 2)]
    near = near + rng.normal(0, 0.02, near.shape)
    west, south, east, north = zoning.load_layer("province").total_bounds
    far = rng.uniform((west, south), (east, north), (count - len(near), 2))
    centre = np.vstack([near, far])
    half = rng.uniform(0.0005, 0.004, (count, 2))
    boxes = shapely.box(*(centre - half).T, *(centre + half).T)
    frame = geopandas.GeoDataFrame(geometry=boxes, crs="EPSG:4326")
    frame["id"] = [f"S{i}" for i in range(count)]
    frame["industry"] = rng.choice(["2521", "4416", "7010", "3011"], count)
    frame["nature"] = rng.choice(["new", "existing"], count)
    return frame


def ours(sites: geopandas.GeoDataFrame, rivers: geopandas.GeoDataFrame) -> int:
    """Distances, ellipsoidal overlaps and nearest rivers; returns the number of hits."""
    layers = load_catalogue().layers
    query = Query("main_rivers", 1000.0)
    found = survey(
        SiteSet(np.asarray(sites.geometry.array)), layers, {"main_rivers": rivers}, [query]
    )
    return sum(r.total is not None and r.total.touches == "yes" for r in found[query])


def peer(sites: geopandas.GeoDataFrame, rivers: geopandas.GeoDataFrame) -> int:
    """The recipe of a geopandas user; lengths and areas planar in the zone's projection."""
    plane, lines = sites.to_crs(4547), rivers.to_crs(4547)
    bands = lines.set_geometry(lines.buffer(1000, quad_segs=32))
    overlap = plane.overlay(bands[["name", "geometry"]], how="intersection")
    overlap = overlap.dissolve("id")
    overlap["area_m2"] = overlap.area
    plane.sjoin_nearest(lines[["name", "geometry"]], distance_col="distance_m")
    return len(overlap)


def clock(action, *arguments) -> tuple[float, int]:
    """Seconds and result of one call."""
    start = time.perf_counter()
    result = action(*arguments)
    return time.perf_counter() - start, result


def main() -> None:
    """Print the medians and their ratio, then the whole review from file to report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    sites, rivers = make_sites(options.sites), zoning.load_layer("main_rivers")
    times: dict[str, list[float]] = {"zoning": [], "geopandas": []}
    for _ in range(options.rounds):
        for name, action in (("zoning", ours), ("geopandas", peer)):
            seconds, hits = clock(action, sites, rivers)
            times[name].append(seconds)
            print(f"{name:10s} {seconds:7.2f} s  {hits} sites in the band", flush=True)
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(
        f"median: zoning {middle['zoning']:.2f} s, geopandas {geopandas.__version__} "
        f"{middle['geopandas']:.2f} s, ratio {middle['geopandas'] / middle['zoning']:.1f}x"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.gpkg"
        sites.to_file(path)
        whole = [
            clock(lambda: zoning.check(path, as_of=date(2026, 11, 21)))[0]
            for _ in range(options.rounds)
        ]
    print(f"whole review of the file, every rule: {statistics.median(whole):.2f} s")


if __name__ == "__main__":
    main()
