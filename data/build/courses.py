"""The courses of the named rivers that are drawn from lines: border, WDBII, 1:4M series, floor.

Which source a stretch is taken from was measured, stretch by stretch, against two sources that
take part in neither: see docs/decisions/0098.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyflwdir
import pyogrio
import rasters
import shapely
import shapely.ops
import sources
import vector
import wdbii
from fetch import Say, members
from rasterio.features import rasterize

TABLE = Path(__file__).resolve().parent / "tables" / "rivers.toml"
#: Window that rivers of the national series are read in, degrees.
WINDOW = (110.0, 34.3, 114.8, 41.0)
#: Step at which two banks are averaged, degrees.
BANK_STEP = 0.005
#: Gaps between stretches of one river that are only a break in the digitising, or a change of
#: source where the two lines cross.
JOIN_M = 600.0
#: A valley floor is looked for this near to the national series' line: half of the places where
#: that line leaves the floor, it does so by less.
CORRIDOR_M = 800.0
#: Metres that cells of the corridor are lowered by; more than any local step of the terrain.
LOWERED_M = 300.0

#: Douglas-Peucker tolerance for the staircase of cells: half a cell.
TOLERANCE_M = 400.0
#: What lies this near to a replaced stretch of WDBII is that stretch, degrees.
REPLACED_DEG = 1e-5

Lines = list[shapely.LineString]


def specs() -> list[dict[str, Any]]:
    """Return the rows of tables/rivers.toml."""
    rows: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["river"]
    return rows


@lru_cache(maxsize=1)
def wdbii_lines(cache: Path, say: Say) -> Lines:
    """Return the lines of WDBII, joined over its bins."""
    return [piece.line for piece in wdbii.rivers(cache, say)]


def _middle(banks: Lines) -> shapely.LineString:
    """Return the line half-way between two banks that begin and end together."""
    first, second = banks
    if shapely.get_point(first, 0) != shapely.get_point(second, 0):
        second = second.reverse()
    shares = np.linspace(0.0, 1.0, 2 + round(first.length / BANK_STEP))
    points = [shapely.line_interpolate_point(bank, shares, True) for bank in (first, second)]
    return shapely.LineString(sum(shapely.get_coordinates(p) for p in points) / 2.0)


def single(lines: Lines) -> Lines:
    """Return the lines of a river, its two banks replaced by the middle where it has two."""
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines)))
    by_ends: dict[frozenset[tuple[float, float]], Lines] = {}
    for line in merged:
        ends = frozenset([line.coords[0], line.coords[-1]])
        by_ends.setdefault(ends, []).append(line)
    found = [_middle(part) if len(part) == 2 else part[0] for part in by_ends.values()]
    return list(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(found))))


@lru_cache(maxsize=1)
def national_lines(cache: Path, say: Say) -> Lines:
    """Return the rivers of the national 1:4 million series, name by name."""
    [path] = [p for p in members(sources.NATIONAL, cache, say) if p.suffix == ".shp"]
    frame = pyogrio.read_dataframe(path, bbox=WINDOW, encoding="GBK")
    out: Lines = []
    for _, part in frame.groupby("NAME"):
        out += single(list(part.geometry))
    return out


def _nearest(lines: Lines, ends: list[list[float]]) -> shapely.LineString:
    """Return the line that passes nearest to both places."""
    first, last = (shapely.Point(end) for end in ends)
    return min(lines, key=lambda part: max(part.distance(first), part.distance(last)))


def stretch(lines: Lines, ends: list[list[float]]) -> vector.Floats:
    """Return the coordinates between two places along the line nearest to both."""
    first, last = (shapely.Point(end) for end in ends)
    line = _nearest(lines, ends)
    span = sorted((line.project(first), line.project(last)))
    part = shapely.ops.substring(line, *span)
    forward = line.project(first) <= line.project(last)
    return np.asarray(shapely.get_coordinates(part if forward else part.reverse()))


def along_ring(ring: shapely.LinearRing, ends: list[list[float]]) -> vector.Floats:
    """Return the coordinates along a closed ring from one place to another, the shorter way."""
    line = shapely.LineString(ring)
    first, last = (line.project(shapely.Point(end)) for end in ends)
    low, high = sorted((first, last))
    inner = shapely.ops.substring(line, low, high)
    outer = np.vstack(
        [
            shapely.get_coordinates(shapely.ops.substring(line, high, line.length)),
            shapely.get_coordinates(shapely.ops.substring(line, 0.0, low))[1:],
        ]
    )
    if inner.length <= line.length / 2:
        coords = shapely.get_coordinates(inner)
        return np.asarray(coords if first <= last else coords[::-1])
    return np.asarray(outer if first > last else outer[::-1])


def floor(lines: Lines, ends: list[list[float]], cache: Path, say: Say) -> vector.Floats:
    """Return the valley floor between two places, sought in the corridor along a line of lines.

    The corridor of the whole river is lowered, so that the water runs in it and out at its end;
    where in the corridor it runs the elevation model alone says.
    """
    grid = rasters.read_dem(cache, say)
    river, t = _nearest(lines, ends), grid.transform
    plane = shapely.buffer(shapely.transform(river, vector.to_plane), CORRIDOR_M)
    inside = rasterize(
        [shapely.transform(plane, vector.from_plane)], out_shape=grid.values[0].shape,
        transform=t, all_touched=True,
    )  # fmt: skip
    height = np.where(inside == 1, grid.values[0] - LOWERED_M, grid.values[0])
    directions = pyflwdir.from_dem(
        height.astype(np.float32), nodata=rasters.DEM_NODATA, transform=t, latlon=True,
        outlets="edge",
    )  # fmt: skip
    first, last = (river.project(shapely.Point(end)) for end in ends)
    lon, lat = river.coords[0 if first < last else -1]
    cells = [int(int((lat - t.f) / t.e) * height.shape[1] + int((lon - t.c) / t.a))]
    while (below := int(directions.idxs_ds[cells[-1]])) != cells[-1]:
        cells.append(below)
    rows, columns = np.divmod(np.array(cells), height.shape[1])
    path = np.column_stack([t.c + (columns + 0.5) * t.a, t.f + (rows + 0.5) * t.e])
    return stretch([shapely.LineString(path)], ends)


def whole(
    spec: dict[str, Any], ring: shapely.LinearRing, cache: Path, say: Say
) -> shapely.MultiLineString:
    """Return the named river, its stretches joined where they meet within JOIN_M."""
    runs: list[vector.Floats] = []
    for first, last, *source in spec["parts"]:
        piece = _piece([first, last], source[0] if source else "wdbii", ring, cache, say)
        if runs:
            a, b = vector.to_plane(runs[-1][-1:]), vector.to_plane(piece[:1])
            if np.hypot(*(a - b)[0]) < JOIN_M:
                runs[-1] = np.vstack([runs[-1], piece])
                continue
        runs.append(piece)
    return shapely.MultiLineString([shapely.LineString(run) for run in runs])


def _piece(
    ends: list[list[float]], source: str, ring: shapely.LinearRing, cache: Path, say: Say
) -> vector.Floats:
    if source == "border":
        return along_ring(ring, ends)
    if source == "floor":
        path = shapely.LineString(floor(national_lines(cache, say), ends, cache, say))
        plane = shapely.simplify(shapely.transform(path, vector.to_plane), TOLERANCE_M)
        return vector.from_plane(shapely.get_coordinates(plane))
    lines = {"wdbii": wdbii_lines, "national": national_lines}[source](cache, say)
    return stretch(lines, ends)


def burning(cache: Path, say: Say) -> list[shapely.Geometry]:
    """Return the lines that the elevation model is lowered under.

    WDBII, but where a river's course was changed for better lines, those.
    """
    lines: list[shapely.Geometry] = list(wdbii_lines(cache, say))
    changed = [spec for spec in specs() if spec["origin"] == "blend"]
    old = [stretch(wdbii_lines(cache, say), ends) for s in changed for ends in s["replaces"]]
    beside = shapely.buffer(shapely.MultiLineString(old), REPLACED_DEG)
    kept = shapely.difference(np.array(lines, dtype=object), beside)
    new = [whole(spec, None, cache, say) for spec in changed]
    return [line for line in kept if not line.is_empty] + new
