"""Spring basins: cost distance from each outlet, calibrated to the published area.

No basin boundary is published as coordinates. What is published, for some of the springs, is the
area, the counties and now and then the area by county. The method (docs/decisions/0080) grows each
basin from its outlet over the cells that are cheapest to reach until it has that area. A step
costs its length times factors: outside the named counties, outside the surface watershed of the
outlet, on a plain, and below the outlet are all dearer. Basins compete for cells, so none overlap.
Where a text names an edge, the basin ends there (derived_edges) and grows elsewhere instead.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import derived_edges as edges
import derived_grid as dg
import geopandas as gpd
import numpy as np
import pyflwdir
import shapely
import vector
from fetch import Say
from scipy.ndimage import binary_fill_holes, label
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

TABLE = Path(__file__).resolve().parent / "tables" / "spring_basins.toml"
#: Factors on the cost of a step; why these, and how little they matter, is in decision 0080.
CORE, PART, TOUCH, OTHER = 1.0, 2.5, 5.0, 12.0
OFF_WATERSHED, PLAIN, BELOW = 1.6, 1.6, 2.5
PLAIN_RELIEF_M, BELOW_M = 60.0, 50.0
#: Metres a river is burned in by before flow directions are taken.
BURN_M = 300.0
#: Every basin holds the cells this near to its outlet.
SEED_M = 2000.0
#: Positional accuracy as a share of the radius of a circle of the basin's area: the two published
#: extents of 晋祠 (2030, 2713 km2) differ by 15.6 % of it; twice that where the area is unverified.
SHARE_PUBLISHED, SHARE_REMEMBERED = 0.156, 0.312
TOLERANCE_M = 1500.0
ROUNDS = 80


@dataclass(frozen=True)
class Growth:
    """One basin before competition: cost of every cell, and the calibration group of it."""

    order: int
    seed: tuple[int, int]
    cost: dg.Floats  # equivalent metres; inf where the basin may not go
    group: dg.Ints  # index into targets
    targets: dg.Floats  # km2 per group; nan = not calibrated


def cost_distance(grid: dg.Cells, factor: dg.Floats, seed: tuple[int, int]) -> dg.Floats:
    """Return the least sum of step length times mean factor from the seed to every cell, m.

    Steps go to the eight neighbours; a cell with an infinite factor is never entered.
    """
    rows, columns = factor.shape
    width, height = grid.step_m()
    flat = np.arange(rows * columns).reshape(rows, columns)
    starts, ends, prices = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = np.s_[: rows - down, max(0, -right) : columns - max(0, right)]
        b = np.s_[down:, max(0, right) : columns + min(0, right)]
        length = np.hypot(width[: rows - down] * abs(right), height * down)
        price = length[:, np.newaxis] * (factor[a] + factor[b]) / 2.0
        keep = np.isfinite(price)
        starts.append(flat[a][keep])
        ends.append(flat[b][keep])
        prices.append(price[keep])
    links = (np.concatenate(prices), (np.concatenate(starts), np.concatenate(ends)))
    graph = csr_matrix(links, shape=(flat.size, flat.size))
    found = dijkstra(graph, directed=False, indices=int(flat[seed]))
    return np.asarray(found.reshape(factor.shape))


def compete(growths: list[Growth], area: dg.Floats, rounds: int = ROUNDS) -> dg.Ints:
    """Return for each cell the position (from 1) of the basin that takes it, 0 for none.

    Each group of each basin has a reach; a cell goes to the basin for which cost over reach is
    least, if that is at most 1. The reaches are scaled by the square root of wanted over found
    area until the areas come out.
    """
    reach = [np.where(np.isfinite(g.targets), 0.5e3 * np.sqrt(g.targets), 1.0) for g in growths]
    owner = np.zeros(area.shape, dtype=np.int32)
    for _ in range(rounds):
        best = np.full(area.shape, np.inf)
        owner[:] = 0
        for position, growth in enumerate(growths, start=1):
            share = growth.cost / reach[position - 1][growth.group]
            wins = (share <= 1.0) & (share < best)
            owner[wins] = position
            best[wins] = share[wins]
        for position, growth in enumerate(growths, start=1):
            mine = owner == position
            sums = np.bincount(growth.group[mine], area[mine], len(growth.targets))
            ratio = growth.targets / np.maximum(sums, area.max())
            known = np.isfinite(ratio)
            reach[position - 1][known] *= np.clip(np.sqrt(ratio[known]), 0.7, 1.4)
    return owner


def tidy(owner: dg.Ints, growths: list[Growth]) -> dg.Ints:
    """Keep the part of each basin that holds its outlet, and fill what it encloses."""
    out = np.zeros_like(owner)
    for position, growth in enumerate(growths, start=1):
        parts, _ = label(owner == position, structure=np.ones((3, 3)))
        if not parts[growth.seed]:
            raise ValueError(f"basin {growth.order} does not hold its own outlet")
        whole = binary_fill_holes(parts == parts[growth.seed]) & (
            (owner == 0) | (owner == position)
        )
        out[whole & (out == 0)] = position
    return out


def _flow(grid: dg.Cells, rivers: gpd.GeoDataFrame) -> Any:
    """Return flow directions over the elevation model with the named rivers burned in."""
    burnt = np.where(grid.under(rivers.geometry, touched=True), grid.height - BURN_M, grid.height)
    return pyflwdir.from_dem(
        burnt.astype(np.float32),
        nodata=-32768,
        transform=grid.transform,
        latlon=True,
        outlets="edge",
    )


def _watersheds(flow: Any, drained: dg.Floats, seeds: list[tuple[int, int]]) -> list[Any]:
    """Return the surface watershed of each outlet: of the largest stream within two cells."""
    out = []
    for row, column in seeds:
        near = np.s_[row - 2 : row + 3, column - 2 : column + 3]
        down, right = np.unravel_index(int(drained[near].argmax()), (5, 5))
        pour = int((row - 2 + down) * drained.shape[1] + column - 2 + right)
        out.append(flow.basins(np.array([pour])) > 0)
    return out


def _factor(
    grid: dg.Cells, spec: dict[str, Any], shed: Any, plain: dg.Mask, low: float, open_to: dg.Mask
) -> Any:
    kind = np.full(grid.county.shape, OTHER)
    for name, value in (("core", CORE), ("part", PART), ("touch", TOUCH)):
        kind[np.isin(grid.county, [int(code) for code in spec.get(name, [])])] = value
    factor = kind * np.where(shed, 1.0, OFF_WATERSHED) * np.where(plain, PLAIN, 1.0)
    factor = factor * np.where(grid.height < low - BELOW_M, BELOW, 1.0)
    return np.where(grid.inside & open_to, factor, np.inf)


def _groups(grid: dg.Cells, spec: dict[str, Any], whole: float) -> tuple[dg.Ints, dg.Floats]:
    group = np.zeros(grid.county.shape, dtype=np.int32)
    if "groups" not in spec:
        return group, np.array([whole if spec.get("calibrated", True) else np.nan])
    for number, part in enumerate(spec["groups"]):
        group[np.isin(grid.county, [int(code) for code in part["counties"]])] = number
    return group, np.array([float(part["km2"]) for part in spec["groups"]])


def _seed(grid: dg.Cells, spring: Any) -> tuple[int, int]:
    """Return the outlet's cell; for an outlet on the border river, the next cell inside."""
    row, column = grid.at(spring.lon, spring.lat)
    if spring.outside_province or grid.inside[row, column]:
        return row, column
    rows, columns = np.nonzero(grid.inside)
    near = int(np.argmin(np.hypot(rows - row, columns - column)))
    return int(rows[near]), int(columns[near])


def _growth(
    grid: dg.Cells, spring: Any, spec: dict[str, Any], shed: Any, plain: dg.Mask, open_to: dg.Mask
) -> Growth:
    seed = _seed(grid, spring)
    group, targets = _groups(grid, spec, spring.basin_area_km2)
    factor = _factor(grid, spec, shed, plain, float(grid.height[seed]), open_to)
    width, height = grid.step_m()
    rows, columns = np.indices(factor.shape)
    away = np.hypot((rows - seed[0]) * height, (columns - seed[1]) * width[seed[0]])
    core = away <= SEED_M
    if spring.outside_province:
        factor[core & ~grid.inside] = 1.0
    if np.isnan(targets).all():
        members = np.isin(grid.county, [int(code) for code in spec["core"]])
        cost = np.where(shed & members, 0.5, np.inf)
    else:
        cost = cost_distance(grid, factor, seed)
    cost[core & open_to & (grid.inside | bool(spring.outside_province))] = 0.0
    return Growth(int(spring.order), seed, cost, group, targets)


def _residual(area: float, wanted: float) -> float | None:
    return round(100.0 * (area / wanted - 1.0), 2) if np.isfinite(wanted) else None


def _row(spring: Any, spec: dict[str, Any], geometry: Any) -> dict[str, Any]:
    area = vector.area_km2(geometry)
    calibrated = spec.get("calibrated", True)
    known = spring.area_confidence in ("high", "medium-high", "medium", "low-medium")
    strong = calibrated and known
    radius = 1000.0 * np.sqrt(max(area, 1.0) / np.pi)
    share = SHARE_PUBLISHED if strong else SHARE_REMEMBERED
    accuracy = round(float(np.hypot(share * radius, spring.accuracy_m)), -2)
    remembered = "" if known else "; area only remembered, unverified"
    how = (
        "calibrated to the stated area" if calibrated else "surface watershed in the named counties"
    )
    note = None if calibrated else "stated area counts parts outside Shanxi; not calibrated"
    return {
        "order": int(spring.order),
        "name": spring.name,
        "name_en": spring.name_en,
        "area_km2": round(area, 1),
        "area_published_km2": spring.basin_area_km2,
        "area_alt_km2": spring.basin_area_alt_km2,
        "area_source": spring.area_source,
        "area_confidence": spring.area_confidence,
        "residual_pct": _residual(area, spring.basin_area_km2) if calibrated else None,
        "members_source": spec["members"],
        "edges": spec.get("edges", edges.ALL_COMPUTED),
        "evidence": "derived" if strong else "schematic",
        "accuracy_m": accuracy,
        "method": f"cost distance from the outlet, {how}{remembered}",
        "note": note,
        "geometry": geometry,
    }


def _openings(
    grid: dg.Cells, limits: dict[int, Any], specs: dict[int, dict[str, Any]]
) -> dict[int, dg.Mask]:
    """Return order -> the cells a basin may enter: its limit, less what is another's alone."""
    within = {order: grid.under([area]) for order, area in limits.items()}
    everywhere = np.ones(grid.county.shape, dtype=bool)
    out = {}
    for order in specs:
        closed = [within[n] for n in within if specs[n].get("closed") and n != order]
        taken = np.any(closed, axis=0) if closed else ~everywhere
        out[order] = within.get(order, everywhere) & ~taken
    return out


def _shapes(
    grid: dg.Cells, owner: dg.Ints, orders: list[int], limits: dict[int, Any]
) -> dict[int, Any]:
    """Return order -> smoothed polygon; those with a limit are cut at it and go before others."""
    drawn = dg.polygons(owner, grid.transform, TOLERANCE_M)
    out: dict[int, Any] = {}
    done: Any = shapely.MultiPolygon()
    first = sorted(limits, key=orders.index)
    for order in first + [order for order in orders if order not in limits]:
        position = orders.index(order) + 1
        shape = drawn[position]
        if order in limits:
            shape = edges.shaped(grid, owner == position, limits[order], TOLERANCE_M)
        out[order] = shapely.difference(shape, done)
        if order in limits:
            done = shapely.union(done, shape)
    return out


def basins(_cache: Path, out: Path, say: Say) -> None:
    """Write spring_basins.fgb."""
    root = dg.data_root(out)
    grid = dg.cells(root)
    springs = gpd.read_file(root / "boundaries" / "springs.fgb").sort_values("order")
    rivers = gpd.read_file(root / "boundaries" / "rivers.fgb")
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    specs = {s["order"]: s for s in table["basin"]}
    listed = list(springs.itertuples())
    say("watersheds of the outlets")
    flow = _flow(grid, rivers)
    drained = np.asarray(flow.upstream_area("km2"), dtype=float)
    sheds = _watersheds(flow, drained, [_seed(grid, s) for s in listed])
    divides = {s["name"]: edges.shed(grid, flow, drained, s) for s in table["shed"]}
    limits = edges.limits(root, table["basin"], divides, rivers)
    openings = _openings(grid, limits, specs)
    plain = dg.window_range(grid.height, 2) < PLAIN_RELIEF_M
    growths = [
        _growth(grid, spring, specs[spring.order], shed, plain, openings[spring.order])
        for spring, shed in zip(listed, sheds, strict=True)
    ]
    say("competition for cells")
    owner = tidy(compete(growths, grid.area), growths)
    drawn = _shapes(grid, owner, [int(s.order) for s in listed], limits)
    cover = dg.province(root)
    rows = []
    for spring in listed:
        disc = shapely.Point(spring.lon, spring.lat).buffer(0.005)
        limit = shapely.union(cover, disc.buffer(0.01)) if spring.outside_province else cover
        shape = dg.clip(drawn[int(spring.order)], limit)
        rows.append(_row(spring, specs[spring.order], shape))
    dg.write(rows, out)
