"""A workspace of invented official layers in the size of a province's real ones, from a seed.

    python benchmarks/official_layers.py FOLDER [--sites 1 1000 100000] [--scale 1.0] [--seed 13]

It writes ``zoning.toml`` and four GeoPackages: 998 control units that divide the province without
gap or overlap, 298,636 parcels of farmland (about 200 MB), 4,999 redline patches (about 110 MB),
some with thousands of vertices and holes, and 1,200 patches of the growth boundary. Neighbours
share every vertex of their border. Beside them stand projects of 0.1-60 ha, ``sites_N.gpkg``; the
first of many are those of few. ``--scale 0.01`` makes a hundredth of the features, for a trial.

The patches are made by ``made_cells``. Needs scipy, which the package itself does not.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import shapely
from made_cells import (
    PER_DEGREE,
    Field,
    Floats,
    Ints,
    are_valid,
    around,
    cells,
    lattice,
    with_holes,
)
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import zoning

SEED = 13
CRS = "EPSG:4490"

UNITS, PARCELS, PATCHES, TOWNS = 998, 298_636, 4_999, 1_200
SITES = 100_000
#: Layers of a smaller scale have fewer vertices than the province's border: it is simplified.
TRIAL = 0.01

_LAYER = """
[layers.{0}]
source = "{0}.gpkg"
authority = "nobody (invented)"
date = 2026-01-01
covers = "province"
"""


@dataclass(frozen=True)
class Layers:
    """The four layers, EPSG:4490."""

    control_units: geopandas.GeoDataFrame
    permanent_basic_farmland: geopandas.GeoDataFrame
    ecological_redline: geopandas.GeoDataFrame
    urban_growth_boundary: geopandas.GeoDataFrame

    def items(self) -> list[tuple[str, geopandas.GeoDataFrame]]:
        """Return each layer's id and features."""
        return list(vars(self).items())


def _frame(polygons: NDArray, **columns: object) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(columns, geometry=polygons, crs=CRS)


def make_units(
    rng: np.random.Generator, province: shapely.Geometry, count: int
) -> geopandas.GeoDataFrame:
    """Return control units that divide the province."""
    spacing = np.sqrt(156_700 / count) * 0.995
    seeds = lattice(rng, province, spacing)
    while len(seeds) < count:
        spacing *= 0.99
        seeds = lattice(rng, province, spacing)
    seeds = seeds[np.sort(rng.choice(len(seeds), count, replace=False))]
    west, south, east, north = np.array(shapely.bounds(province)) * np.tile(PER_DEGREE, 2)
    far = np.array(
        [[west - 600, south], [east + 600, north], [west, north + 600], [east, south - 600]]
    )
    inside = np.arange(count + 4) < count
    polygons, _ = cells(rng, np.vstack([seeds, far]), inside, 40)
    polygons = shapely.intersection(polygons, province)
    # A line along the border is no area.
    polygons = np.array(
        [
            g
            if g.geom_type.endswith("Polygon")
            else shapely.multipolygons([p for p in g.geoms if p.area])
            for g in polygons
        ]
    )
    kinds = rng.choice(
        ["优先保护单元", "重点管控单元", "一般管控单元"], len(polygons), p=[0.4, 0.35, 0.25]
    )
    return _frame(
        polygons,
        HJGKDYBM=[f"ZH14{i:08d}" for i in range(len(polygons))],
        HJGKDYMC=[f"管控单元{i}" for i in range(len(polygons))],
        GKDYFL=kinds,
    )


def make_parcels(
    rng: np.random.Generator, province: shapely.Geometry, count: int
) -> geopandas.GeoDataFrame:
    """Return parcels of farmland in fields of neighbours."""
    field = Field(rng, 4.0, 60.0)
    spacing = np.sqrt(31_653 / count)
    seeds, farmed = around(rng, province, spacing)
    value = field.at(seeds)
    farmed &= value > np.quantile(value[farmed], 1 - count / farmed.sum() * 1.02)
    tree = cKDTree(seeds[farmed])
    near = tree.query(seeds, distance_upper_bound=3 * spacing)[0] < np.inf
    seeds, farmed = seeds[near], farmed[near]
    polygons, _ = cells(rng, seeds, farmed, 4)
    polygons = polygons[are_valid(polygons)][:count]
    polygons = with_holes(rng, polygons, 0.02)
    n = len(polygons)
    return _frame(
        polygons,
        YJJBNTTBBH=[f"14{i:010d}" for i in range(n)],
        DLBM=rng.choice(["0101", "0102", "0103"], n, p=[0.05, 0.25, 0.7]),
        GDPDJB=rng.choice(["1", "2", "3", "4"], n),
        YJJBNTMJ=np.round(rng.uniform(5_000, 300_000, n), 2),
    )


def make_patches(
    rng: np.random.Generator, province: shapely.Geometry, count: int, share: float, points: int
) -> NDArray:
    """Return patches of very different sizes; some share borders, some have holes."""
    field = Field(rng, 15.0, 120.0)
    per_patch = 3
    spacing = np.sqrt(156_700 * share / (count * per_patch))
    seeds, inside = around(rng, province, spacing)
    value = field.at(seeds)
    inside &= value > np.quantile(value[inside], 1 - share * 0.95)
    inside &= rng.random(len(seeds)) > 0.04  # what is left out becomes a hole
    polygons, cell = cells(rng, seeds, inside, points)
    good = are_valid(polygons)
    polygons, cell = with_holes(rng, polygons[good], 0.3), cell[good]
    group = _groups(rng, seeds[cell], count)
    order = np.argsort(group, kind="stable")
    bounds = np.flatnonzero(np.diff(group[order])) + 1
    patches = np.array([shapely.coverage_union_all(g) for g in np.split(polygons[order], bounds)])
    return patches[are_valid(patches)]


def _groups(rng: np.random.Generator, seeds: Floats, count: int) -> Ints:
    """Divide cells among ``count`` patches, most of them of one cell, few of very many."""
    centre = np.zeros(len(seeds), bool)
    crowded = Field(rng, 20.0, 80.0).at(seeds) > 0
    weight = np.where(crowded, 8.0, 1.0)
    centre[
        rng.choice(len(seeds), min(count, len(seeds)), replace=False, p=weight / weight.sum())
    ] = True
    return np.asarray(cKDTree(seeds[centre]).query(seeds)[1], dtype=np.int64)


def make_layers(seed: int = SEED, scale: float = 1.0) -> Layers:
    """Return the four layers.

    Parameters
    ----------
    seed : int
    scale : float
        1 for official size; less makes proportionally fewer features of the same kind.
    """
    province = shapely.union_all(np.asarray(zoning.load_layer("province").geometry.array))
    if scale < TRIAL:
        province = shapely.simplify(province, 0.005)
    rng = [np.random.default_rng((seed, k)) for k in range(4)]

    def many(count: int) -> int:
        return max(int(count * scale), 8)

    units = make_units(rng[0], province, many(UNITS))
    parcels = make_parcels(rng[1], province, many(PARCELS))
    patches = make_patches(rng[2], province, many(PATCHES), 0.22, 120)
    redline = _frame(
        patches,
        HXMC=[f"红线{i}" for i in range(len(patches))],
        LHLX=rng[2].choice(["水源涵养", "水土保持", "生物多样性维护"], len(patches)),
    )
    towns = make_patches(rng[3], province, many(TOWNS), 0.02, 40)
    growth = _frame(
        towns,
        XZQMC=[f"城镇{i}" for i in range(len(towns))],
        GHFQDM=rng[3].choice(["110", "120", "130"], len(towns)),
    )
    return Layers(units, parcels, redline, growth)


def make_sites(count: int, seed: int = SEED) -> geopandas.GeoDataFrame:
    """Return the first ``count`` of 100,000 projects: polygons of 4-24 vertices, 0.1-60 ha."""
    if count > SITES:
        raise ValueError(f"at most {SITES} sites")
    province = shapely.union_all(np.asarray(zoning.load_layer("province").geometry.array))
    shapely.prepare(province)
    rng = np.random.default_rng((seed, 99))
    west, south, east, north = shapely.bounds(province)
    centre = rng.uniform((west, south), (east, north), (3 * SITES, 2))
    centre = centre[shapely.contains_xy(province, centre[:, 0], centre[:, 1])][:SITES]
    radius = np.sqrt(np.exp(rng.uniform(np.log(1e-3), np.log(0.6), SITES)) / np.pi)  # km
    corners = rng.integers(4, 25, SITES)
    turn = rng.uniform(0, 2 * np.pi, SITES)
    offsets = np.concatenate([[0], np.cumsum(corners)])
    whose = np.repeat(np.arange(SITES), corners)
    step = np.arange(offsets[-1]) - offsets[whose]
    angle = turn[whose] + 2 * np.pi * (step + rng.uniform(-0.3, 0.3, offsets[-1])) / corners[whose]
    reach = (radius[whose] * rng.uniform(0.6, 1.2, offsets[-1]))[:, None]
    xy = centre[whose] + reach * np.column_stack([np.cos(angle), np.sin(angle)]) / PER_DEGREE
    closed = np.insert(xy, offsets[1:], xy[offsets[:-1]], axis=0)
    rings = offsets + np.arange(SITES + 1)
    polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, closed, (rings, np.arange(SITES + 1))
    )
    frame = _frame(
        polygons,
        id=[f"P{i:06d}" for i in range(SITES)],
        industry=rng.choice(["2521", "4416", "7010", "3011", "0610", "4412"], SITES),
        nature=rng.choice(["new", "expansion", "existing"], SITES),
    )
    return frame.iloc[:count].copy()


def write(
    folder: Path, sites: Sequence[int] = (1, 1000), scale: float = 1.0, seed: int = SEED
) -> None:
    """Write the workspace and files of projects into a folder; what is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(Layers.__dataclass_fields__)
    if not all((folder / f"{name}.gpkg").exists() for name in names):
        for name, frame in make_layers(seed, scale).items():
            # Another program may look for a finished file: it appears whole.
            part = folder / f"part_{name}.gpkg"
            frame.to_file(part, layer=name)
            part.replace(folder / f"{name}.gpkg")
    text = 'name = "invented official layers (benchmark)"\n'
    text += "".join(_LAYER.format(name) for name in names)
    (folder / "zoning.toml").write_text(text, encoding="utf-8")
    for count in sites:
        path = folder / f"sites_{count}.gpkg"
        if not path.exists():
            make_sites(count, seed).to_file(path)


def main() -> None:
    """Write the workspace and say what is in it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sites", type=int, nargs="*", default=[1, 1000, 10_000, 100_000])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    begun = time.perf_counter()
    write(options.folder, options.sites, options.scale, options.seed)
    rows = [(p.name, p.stat().st_size / 1e6) for p in sorted(options.folder.glob("*.gpkg"))]
    print(pd.DataFrame(rows, columns=["file", "MB"]).round(1).to_string(index=False))
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
