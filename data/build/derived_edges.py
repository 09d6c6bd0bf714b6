"""Edges of spring basins that a text names: county lines, a river, a divide, a line of villages.

The table says for a basin in which counties it may lie, which surface watersheds it may not cross
into, and which rings lie beyond its edge. What is left is its limit, a polygon: cells outside are
never entered, and the smoothed shape is cut at the limit itself, so that an edge along a county
line or a river is that line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import derived_grid as dg
import geopandas as gpd
import numpy as np
import shapely
import shapely.ops
import vector
from scipy.ndimage import distance_transform_edt

#: Smoothing of a watershed's edge, m.
SHED_TOLERANCE_M = 700.0
#: A watershed may differ from the stated size by this share, and its pour point by these cells.
SHED_SHARE, SHED_CELLS = 0.05, 3
#: Cells that a basin is carried beyond its limit before it is smoothed and cut there.
BEYOND_CELLS = 4.0
ALL_COMPUTED = "N, E, S, W computed"


def shed(grid: dg.Cells, flow: Any, drained: dg.Floats, spec: dict[str, Any]) -> Any:
    """Return the surface watershed of a pour point that drains the stated area, in degrees."""
    row, column = grid.at(*spec["pour"])
    near = [
        (abs(r - row) + abs(c - column), r * drained.shape[1] + c)
        for r in range(row - SHED_CELLS, row + SHED_CELLS + 1)
        for c in range(column - SHED_CELLS, column + SHED_CELLS + 1)
        if abs(drained[r, c] / spec["km2"] - 1.0) < SHED_SHARE
    ]
    if not near:
        raise ValueError(f"{spec['name']}: nothing near {spec['pour']} drains {spec['km2']} km2")
    mask = flow.basins(np.array([min(near)[1]], dtype=np.int64)) > 0
    return dg.polygons(mask.astype(np.int32), grid.transform, SHED_TOLERANCE_M)[1]


def ring(parts: list[Any], rivers: dict[str, Any]) -> Any:
    """Return the polygon whose ring runs through places and along stretches of rivers."""
    coords: list[tuple[float, float]] = []
    for part in parts:
        if isinstance(part, dict):
            coords += _stretch(rivers[part["river"]], part["start"], part["end"])
        else:
            coords.append((float(part[0]), float(part[1])))
    return shapely.make_valid(shapely.Polygon(coords))


def _stretch(river: Any, start: list[float], end: list[float]) -> list[tuple[float, float]]:
    """Return the river's coordinates from the place nearest to one point to that of another."""
    line = max(shapely.get_parts(shapely.line_merge(river)), key=lambda part: float(part.length))
    first, last = (line.project(shapely.Point(place)) for place in (start, end))
    piece = shapely.ops.substring(line, min(first, last), max(first, last))
    coords = [(float(x), float(y)) for x, y in shapely.get_coordinates(piece)]
    return coords if first <= last else coords[::-1]


def limits(
    root: Path, specs: list[dict[str, Any]], sheds: dict[str, Any], rivers: gpd.GeoDataFrame
) -> dict[int, Any]:
    """Return order -> the polygon (degrees) a basin may lie in, for basins with named edges.

    The polygons that a basin's ``yields_to`` names are taken from its own.
    """
    counties = gpd.read_file(root / "boundaries" / "counties.fgb").set_index("adcode").geometry
    named = dict(zip(rivers.name, rivers.geometry, strict=True))
    whole = shapely.union_all(counties.values)
    found: dict[int, Any] = {}
    for spec in specs:
        if "limit" not in spec:
            continue
        rule = spec["limit"]
        codes = rule.get("counties")
        area = shapely.union_all(counties[codes].values) if codes else whole
        for code, name in rule.get("only_in_shed", {}).items():
            part = shapely.difference(counties[code], sheds[name])
            area = shapely.difference(area, part)
        cuts = [sheds[name] for name in rule.get("not_in_sheds", [])]
        cuts += [ring(parts, named) for parts in rule.get("beyond", [])]
        for cut in cuts:
            area = shapely.difference(area, cut)
        found[int(spec["order"])] = area
    for spec in specs:
        for other in spec.get("yields_to", []):
            order = int(spec["order"])
            found[order] = shapely.difference(found[order], found[int(other)])
    return {order: shapely.make_valid(area) for order, area in found.items()}


def carried(mine: dg.Mask, permitted: dg.Mask) -> dg.Mask:
    """Return a basin's cells and those beyond its limit whose nearest permitted cell it holds."""
    away, where = distance_transform_edt(~permitted, return_indices=True)
    near = mine[where[0], where[1]] & (away <= BEYOND_CELLS)
    return np.asarray(mine | (near & ~permitted))


def shaped(grid: dg.Cells, mine: dg.Mask, limit: Any, tolerance_m: float) -> Any:
    """Return the smoothed polygon of a basin's cells, cut at its limit, without crumbs."""
    permitted = grid.under([limit])
    label = carried(mine, permitted).astype(np.int32)
    whole = shapely.intersection(dg.polygons(label, grid.transform, tolerance_m)[1], limit)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    kept = [part for part in parts if vector.area_km2(part) >= 1.0]
    return shapely.MultiPolygon(kept)
