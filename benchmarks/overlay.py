"""Overlap areas and distances on official-size layers: this package and its peers, in one run.

    python benchmarks/overlay.py                    # 1,000, 10,000 and 100,000 sites, five rounds
    python benchmarks/overlay.py --sites 10000 --rounds 1 --folder FOLDER
    python benchmarks/overlay.py --quick            # small layers, figures only: seconds

The layers are those of ``official_layers.py``. Each round asks every peer once, layer by layer;
medians are printed, then the ratios. Peers work in an equal-area projection, done beforehand:

overlay     ``geopandas.overlay`` and the area of what it draws
pairs       GEOS intersections of the true pairs only, handed in, on two threads: a bound
pieces      GEOS on zones cut beforehand into pieces of 100 vertices, with a tree kept
sedona      SedonaDB, where it is installed
saved       ``overlap_areas``' kernel with the zones' index mapped from a file
built       the same, with the index built

Pairs and areas are compared with GEOS in degrees and ``zoning.base.geodesy``; a pair too many, one
missing, or a difference above 1e-8 where the overlap exceeds 1 m² ends the run with 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from official_layers import Layers, write

from zoning.base import geodesy
from zoning.base.plane import to_plane
from zoning.measure.kernel import EdgeIndex, nearest, overlaps
from zoning.measure.split import cut

PLANE = "+proj=aea +lat_1=35.5 +lat_2=40 +lon_0=112.5 +ellps=GRS80 +units=m"
NAMES = tuple(Layers.__dataclass_fields__)
#: Sites at which distances are compared.
DISTANCES = 1_000
#: With ``--quick``: sites, share of the layers, and peers that are left out.
QUICK, SHARE, SLOW = 200, 0.004, ("pairs", "pieces", "sedona")
ALLOWED, LEAST_M2 = 1e-8, 1.0
#: Bytes before the arrays of a kept index.
HEAD = 2048


class Layer:
    """A layer in every form that a peer needs; made before the clock starts."""

    def __init__(self, folder: Path, name: str) -> None:
        """Read the layer, and keep its index in a file."""
        self.name = name
        self.frame = geopandas.read_file(folder / f"{name}.gpkg")[["geometry"]]
        self.plane = self.frame.to_crs(PLANE)
        self.shapes = np.asarray(self.frame.geometry.array, dtype=object)
        self.index = kept(folder / f"{name}.edges", self.shapes, degrees=True)

    @property
    def pieces(self) -> tuple[Any, np.ndarray]:
        """A tree over pieces of 100 vertices, and the zone each belongs to."""
        if not hasattr(self, "_pieces"):
            flat, owner = shapely.get_parts(np.asarray(self.plane.geometry), return_index=True)
            lots = [cut(g, 100) if shapely.get_num_coordinates(g) > 100 else [g] for g in flat]
            whose = np.repeat(owner, [len(lot) for lot in lots])
            tree = shapely.STRtree(np.array([piece for lot in lots for piece in lot], dtype=object))
            self._pieces = tree, whose
        return self._pieces


def kept(path: Path, shapes: np.ndarray, *, degrees: bool) -> Path:
    """Keep the index over shapes in a file: a line that tells what lies where, then the arrays."""
    if not path.exists():
        arrays = EdgeIndex.build(shapes, degrees=degrees).arrays()
        told, at = [], 0
        for name, array in arrays.items():
            told.append((name, array.dtype.str, array.shape, at))
            at += -(-array.nbytes // 64) * 64
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(json.dumps(told).encode().ljust(HEAD - 1) + b"\n")
            for (_, _, _, begin), array in zip(told, arrays.values(), strict=True):
                file.seek(HEAD + begin)
                file.write(np.ascontiguousarray(array).data)
            file.truncate(HEAD + at)
        part.rename(path)
    return path


def mapped(path: Path) -> EdgeIndex:
    """Return a kept index, mapped into memory."""
    raw = np.memmap(path, np.uint8, "r").view(np.ndarray)
    body, arrays = raw[HEAD:], {}
    for name, kind, shape, at in json.loads(raw[:HEAD].tobytes()):
        size = np.dtype(kind).itemsize * int(np.prod(shape))
        arrays[name] = body[at : at + size].view(kind).reshape(shape)
    return EdgeIndex.from_arrays(arrays)


def saved(layer: Layer, sites: Sites) -> pd.DataFrame:
    """Overlap areas with a kept index of the zones; that of the sites is the row ``sites``."""
    pairs = overlaps(sites.edges, mapped(layer.index))
    return pd.DataFrame({"site": pairs.left, "zone": pairs.right, "area": pairs.area})


def built(layer: Layer, sites: Sites) -> pd.DataFrame:
    """Overlap areas with everything built."""
    pairs = overlaps(sites.edges, EdgeIndex.build(layer.shapes))
    return pd.DataFrame({"site": pairs.left, "zone": pairs.right, "area": pairs.area})


def overlay(layer: Layer, sites: Sites) -> pd.DataFrame:
    """Draw the overlaps as a user of geopandas does."""
    left = sites.plane.assign(site=np.arange(len(sites.plane)))
    right = layer.plane.assign(zone=np.arange(len(layer.plane)))
    drawn = left.overlay(right, how="intersection")
    return pd.DataFrame({"site": drawn.site, "zone": drawn.zone, "area": drawn.area})


def pairs(layer: Layer, sites: Sites) -> pd.DataFrame:
    """Draw the true pairs, known beforehand, on two threads: nothing that draws is faster."""
    site, zone = sites.pairs[layer.name]
    left, right = np.asarray(sites.plane.geometry)[site], np.asarray(layer.plane.geometry)[zone]

    def half(k: int) -> np.ndarray:
        return shapely.area(shapely.intersection(left[k::2], right[k::2]))

    with ThreadPoolExecutor(2) as pool:
        area = np.empty(len(site))
        area[0::2], area[1::2] = pool.map(half, (0, 1))
    return pd.DataFrame({"site": site, "zone": zone, "area": area})


def pieces(layer: Layer, sites: Sites) -> pd.DataFrame:
    """Draw overlaps with pieces of zones, and add them up."""
    tree, owner = layer.pieces
    shapes = np.asarray(sites.plane.geometry)
    site, piece = tree.query(shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(shapes[site], tree.geometries[piece]))
    rows = pd.DataFrame({"site": site, "zone": owner[piece], "area": area})
    return rows.groupby(["site", "zone"], as_index=False).area.sum()


def sedona(layer: Layer, sites: Sites) -> pd.DataFrame:
    """Ask SedonaDB."""
    import pyarrow
    import sedonadb

    context = sedonadb.connect()
    left = sites.plane.assign(site=np.arange(len(sites.plane)))
    right = layer.plane.assign(zone=np.arange(len(layer.plane)))
    context.create_data_frame(left).to_view("a", overwrite=True)
    context.create_data_frame(right).to_view("b", overwrite=True)
    query = (
        "SELECT a.site, b.zone, ST_Area(ST_Intersection(a.geometry, b.geometry)) AS area "
        "FROM a JOIN b ON ST_Intersects(a.geometry, b.geometry)"
    )
    return pyarrow.table(context.sql(query)).to_pandas()


class Sites:
    """Projects in every form that a peer needs."""

    def __init__(self, folder: Path, count: int) -> None:
        """Read the projects."""
        self.frame = geopandas.read_file(folder / f"sites_{count}.gpkg")[["geometry"]]
        self.plane = self.frame.to_crs(PLANE)
        self.shapes = np.asarray(self.frame.geometry.array, dtype=object)
        self.pairs: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.edges = EdgeIndex.build(self.shapes)


PEERS: dict[str, Callable[[Layer, Sites], pd.DataFrame]] = {
    "saved": saved,
    "built": built,
    "overlay": overlay,
    "pairs": pairs,
    "pieces": pieces,
    "sedona": sedona,
}


def agreement(layer: Layer, sites: Sites) -> tuple[int, float]:
    """Return how many pairs are not those of GEOS, and the largest relative difference."""
    site, zone = shapely.STRtree(layer.shapes).query(sites.shapes, predicate="intersects")
    drawn = shapely.intersection(sites.shapes[site], layer.shapes[zone])
    truth = pd.Series(geodesy.areas(drawn), index=[site, zone], dtype=float)
    truth = truth[truth > 0.0]
    ours = saved(layer, sites).set_index(["site", "zone"]).area
    sites.pairs[layer.name] = tuple(np.array(k) for k in zip(*ours.index, strict=True))  # type: ignore[assignment]
    both = pd.concat([truth.rename("geos"), ours.rename("ours")], axis=1)
    other = both[both.isna().any(axis=1)]
    # Below the rounding of coordinates nobody can tell an overlap from a border.
    wrong = int((other.fillna(0.0).max(axis=1) > 1e-4).sum())
    large = both.dropna()[lambda b: b.geos > LEAST_M2]
    return wrong, float(((large.ours - large.geos).abs() / large.geos).max())


def clock(action: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of one call: on the clock, and of all processors."""
    start, busy = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - start, time.process_time() - busy


def medians(actions: dict[str, Callable[[], object]], rounds: int) -> dict[str, np.ndarray]:
    """Return the median seconds of each action, asked in turn."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            times[name].append(clock(action))
    return {name: np.median(values, axis=0) for name, values in times.items()}


def areas(layers: list[Layer], sites: Sites, names: list[str], rounds: int) -> list[pd.DataFrame]:
    """Return the median seconds of each peer (columns) on each layer (rows): wall, processors.

    The row ``sites`` is the index over the sites, which serves all layers; no peer has one.
    """
    built(layers[0], sites)  # compiles for arrays that are not mapped
    own = medians({"sites": lambda: EdgeIndex.build(sites.shapes)}, rounds)["sites"]
    table = {"sites": {name: own * (name in ("saved", "built")) for name in names}}
    for layer in layers:
        if "pieces" in names:
            _ = layer.pieces  # cut beforehand, as an index is
        actions = {name: partial(PEERS[name], layer, sites) for name in names}
        table[layer.name] = medians(actions, rounds)
        print(
            layer.name, {k: v.round(2).tolist() for k, v in table[layer.name].items()}, flush=True
        )
    frame = pd.DataFrame(table).T
    both = [frame.map(lambda pair, k=k: float(pair[k])) for k in range(2)]
    for part in both:
        part.loc["together"] = part.sum()
    return both


def distances(folder: Path, layers: list[Layer], count: int, rounds: int) -> pd.DataFrame:
    """Return the median seconds for the nearest zone of each site.

    ``opened`` maps the kept index anew each time, ``open`` has it mapped, as the peer has its tree.
    """
    sites = Sites(folder, count)
    plane = np.asarray(to_plane(sites.shapes), dtype=object)
    left = geopandas.GeoDataFrame(geometry=plane)
    build = partial(EdgeIndex.build, plane, degrees=False)
    own = [clock(build)[0] for _ in range(rounds)]
    # The index over the sites serves all layers; no peer has one.
    table = {"sites": dict.fromkeys(("opened", "open"), statistics.median(own))}
    edges = build()
    for layer in layers:
        shapes = np.asarray(to_plane(layer.shapes), dtype=object)
        right = geopandas.GeoDataFrame(geometry=shapes)
        path = kept(folder / f"{layer.name}.plane", shapes, degrees=False)
        index = mapped(path)
        actions: dict[str, Callable[[], object]] = {
            "opened": lambda path=path: nearest(edges, mapped(path)),
            "open": lambda index=index: nearest(edges, index),
            "sjoin_nearest": lambda right=right: left.sjoin_nearest(right),
        }
        if rounds > 1:
            left.sjoin_nearest(right)  # the peer's tree is built once, too
        table[layer.name] = {k: v[0] for k, v in medians(actions, rounds).items()}
        theirs = left.sjoin_nearest(right, distance_col="distance")["distance"]
        gap = theirs.groupby(level=0).first().to_numpy() - nearest(edges, index).distance
        table[layer.name]["gap"] = float(np.abs(gap).max())
        print(layer.name, table[layer.name], flush=True)
    frame = pd.DataFrame(table).T.fillna(0.0)
    frame.loc["together"] = frame.sum()
    return frame


def memory(folder: Path, count: int, peer: str, layer: str) -> float:
    """Return the peak memory in MB of a process that asks one peer for one layer."""
    command = [sys.executable, __file__, "--folder", str(folder), "--sites", str(count)]
    done = subprocess.run(
        [*command, "--alone", peer, layer], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def alone(folder: Path, count: int, peer: str, name: str) -> None:
    """Ask one peer, with no more than it needs in memory, and print the peak."""
    sites, layer = Sites(folder, count), object.__new__(Layer)
    layer.name, layer.index = name, folder / f"{name}.edges"
    if peer != "saved":
        layer.frame = geopandas.read_file(folder / f"{name}.gpkg")[["geometry"]]
        layer.shapes = np.asarray(layer.frame.geometry.array, dtype=object)
        layer.plane = layer.frame.to_crs(PLANE) if peer == "overlay" else layer.frame
    PEERS[peer](layer, sites)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def available() -> list[str]:
    """Return the peers that are installed, and say which are not."""
    out = []
    for name in PEERS:
        if name == "sedona" and importlib.util.find_spec("sedonadb") is None:
            print("SedonaDB is not installed (pip install sedonadb): left out")
            continue
        out.append(name)
    return out


def run(folder: Path, counts: list[int], rounds: int, skip: Sequence[str]) -> bool:
    """Measure and print everything; return whether all pairs and areas agree."""
    layers = [Layer(folder, name) for name in NAMES]
    for layer in layers:
        vertices = shapely.get_num_coordinates(layer.shapes).sum()
        print(f"{layer.name}: {len(layer.shapes):,} polygons of {vertices:,} vertices")
    good = True
    for count in counts:
        sites = Sites(folder, count)
        print(f"\n{count:,} sites", flush=True)
        for layer in layers:
            wrong, worst = agreement(layer, sites)
            good &= wrong == 0 and worst <= ALLOWED
            n = len(sites.pairs[layer.name][0])
            print(f"{layer.name}: {n:,} pairs, {wrong} not those of GEOS, {worst:.1e} apart")
        names = [name for name in available() if name not in skip]
        for what, table in zip(
            ("on the clock", "of processors"), areas(layers, sites, names, rounds), strict=True
        ):
            print(f"seconds {what}\n{table.round(3).to_string()}")
            for name in names[2:]:
                ratio = table.loc["together", name] / table.loc["together"]
                told = ", ".join(f"{k} {ratio[k]:.1f}x" for k in ("saved", "built") if k in names)
                print(f"against {name}: {told}", flush=True)
    return good


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="workspace and indexes, made where missing")
    parser.add_argument("--sites", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skip", nargs="*", default=[], choices=list(PEERS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-distances", action="store_true")
    parser.add_argument("--memory", action="store_true", help="peak memory on the farmland")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if options.alone:
            alone(folder, options.sites[0], *options.alone)
            return
        counts, rounds, many = options.sites, options.rounds, DISTANCES
        if options.quick:
            counts, rounds, many, options.skip = [QUICK], 1, QUICK, SLOW
        write(folder, [*counts, many], SHARE if options.quick else 1.0)
        print(f"Python {platform.python_version()}, geopandas {geopandas.__version__}")
        print(f"GEOS {shapely.geos_version_string}, {os.cpu_count()} processors")
        print(f"load {os.getloadavg()[0]:.1f}")
        good = run(folder, counts, rounds, options.skip)
        if not options.no_distances:
            layers = [Layer(folder, name) for name in NAMES]
            table = distances(folder, layers, many, rounds)
            print(f"\nnearest zone of {many:,} sites\n{table.round(4).to_string()}")
            ratio = table.loc["together", "sjoin_nearest"] / table.loc["together"]
            print(f"against sjoin_nearest: {ratio['opened']:.0f}x, open {ratio['open']:.0f}x")
            good &= bool(table.gap.max() < 1e-6)
        if options.memory:
            for peer in ("saved", "built", "overlay"):
                peak = memory(folder, counts[-1], peer, "permanent_basic_farmland")
                print(f"{peer}: {peak:,.0f} MB", flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
