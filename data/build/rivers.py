"""Rivers with names, and all tributaries.

The Yellow River is the province border from 偏关 to 垣曲, and the border line is the most accurate
trace of it there is here; other rivers are WDBII stretches, or streams of the elevation model.

Between 禹门口 and 三门峡 the bed is kilometres wide; main_rivers.fgb has the water there as an
area, so that distances count from its edge.

Everything is cut to the province plus a margin, so that a band along a river that runs just
outside the border is complete inside it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import courses
import derived_grid as dg
import flow
import geopandas as gpd
import numpy as np
import pyogrio
import shapely
import sources
import vector
from boundaries import simplified
from fetch import Say, members

MARGIN_M = 10_000.0
HEAD_KM2 = 50.0
#: Positional accuracy by origin (m): 95 % figures of measure_accuracy.py, rounded up to 50. Rivers
#: measured by themselves have their own in the table.
ACCURACY_M = {"border": 1250, "wdbii": 1750, "dem": 1450}
#: Code of a double-line river in the 1:4 million series, and the reach it is taken for (degrees).
DOUBLE_LINE, WATER_BOX = 21012, shapely.box(110.2, 34.5, 111.4, 35.7)
#: 95 % of the province border, which runs in the river, lies in the water or within 1722 m of it.
WATER_ACCURACY_M = 1750
#: What runs this near to the Yellow River's line for this far, or drains as much as this, is the
#: river itself on the model, which there often flows the wrong way.
BESIDE_M, BESIDE_LENGTH_M, BESIDE_KM2 = 1250.0, 3000.0, 2000.0
#: No nameless stream of the province drains more.
NAMELESS_KM2 = 10_000.0


def _province(cache: Path, say: Say) -> shapely.Geometry:
    return shapely.coverage_union_all(simplified(cache, say).geometry.values)


def _area_of_interest(cache: Path, say: Say) -> shapely.Geometry:
    """Return the province plus MARGIN_M, in local plane metres."""
    plane = shapely.transform(_province(cache, say), vector.to_plane)
    return shapely.simplify(shapely.buffer(plane, MARGIN_M), 200.0)


def _cut(line: shapely.LineString, area: shapely.Geometry) -> shapely.MultiLineString:
    """Return the parts of a degree line inside an area given in plane metres, downstream as is."""
    plane = shapely.transform(line, vector.to_plane)
    if shapely.contains(area, plane):
        return shapely.transform(_multi(plane), vector.from_plane)
    inside = shapely.intersection(plane, area)
    parts = [p for p in shapely.get_parts(inside) if p.geom_type == "LineString" and not p.is_empty]
    merged = shapely.line_merge(shapely.MultiLineString(parts), directed=True)
    return shapely.transform(_multi(merged), vector.from_plane)


def _multi(geometry: shapely.Geometry) -> shapely.MultiLineString:
    return shapely.MultiLineString(list(shapely.get_parts(geometry)))


def _mouth(spec: dict[str, Any], net: flow.Flow) -> int:
    """Return the cell within three cells of the stated mouth that drains the stated area."""
    width = net.area.shape[1]
    row, column = divmod(net.cell(*spec["mouth"]), width)
    near = [
        (abs(r - row) + abs(c - column), r * width + c)
        for r in range(row - 3, row + 4)
        for c in range(column - 3, column + 4)
        if abs(net.area[r, c] / spec["km2"] - 1.0) < 0.05
    ]
    if not near:
        raise ValueError(f"{spec['name']}: nothing near {spec['mouth']} drains {spec['km2']} km2")
    return int(min(near)[1])


def _from_dem(spec: dict[str, Any], net: flow.Flow) -> tuple[flow.Ints, float]:
    """Return the cells of the traced river from head to mouth, and its upstream area (km2)."""
    mouth = _mouth(spec, net)
    cells = net.trace_up(mouth, spec.get("until_km2", HEAD_KM2))
    return cells, round(float(net.area.ravel()[mouth]), 1)


def _named(cache: Path, say: Say) -> list[dict[str, Any]]:
    """Return one row per named river, whole (not yet cut), with the cells it runs through."""
    outline = max(shapely.get_parts(_province(cache, say)), key=lambda part: float(part.area))
    ring = shapely.get_exterior_ring(outline)
    net = flow.burned(cache, say)
    rows = []
    for spec in courses.specs():
        if spec["origin"] != "dem":
            whole, upstream = courses.whole(spec, ring, cache, say), None
            cells = net.under(whole)
        else:
            cells, upstream = _from_dem(spec, net)
            joined = np.append(cells, net.downstream(int(cells[-1])))
            line = flow.thin(shapely.LineString(net.centres(joined)))
            whole = shapely.MultiLineString([line])
        rows.append({"spec": spec, "whole": whole, "upstream": upstream, "cells": cells})
    return rows


def rivers(cache: Path, out: Path, say: Say) -> None:
    """Write rivers.fgb: one feature per named river or branch."""
    area = _area_of_interest(cache, say)
    rows = []
    for named in _named(cache, say):
        spec, geometry = named["spec"], _cut(named["whole"], area)
        if geometry.is_empty:
            raise ValueError(f"{spec['name']} lies outside the province and its margin")
        rows.append(
            {
                "river": spec["river"],
                "name": spec["name"],
                "name_en": spec["name_en"],
                "main_stem": spec["main_stem"],
                "yellow_tributary": spec["yellow_tributary"],
                "origin": spec["origin"],
                "evidence": spec.get("evidence", "derived"),
                "accuracy_m": spec.get("accuracy_m", ACCURACY_M.get(spec["origin"])),
                "name_confidence": spec["confidence"],
                "upstream_km2": named["upstream"],
                "length_km": round(vector.length_km(geometry), 1),
                "note": spec.get("note"),
                "geometry": geometry,
            }
        )
    frame = gpd.GeoDataFrame(rows, crs=vector.CRS)
    frame["upstream_km2"] = frame["upstream_km2"].astype(float)
    vector.write_fgb(frame, out)


def water(cache: Path, say: Say) -> shapely.MultiPolygon:
    """Return the Yellow River's water from 禹门口 to 三门峡, islands filled, in degrees."""
    [path] = [path for path in members(sources.WATER, cache, say) if path.suffix == ".shp"]
    frame = pyogrio.read_dataframe(path, bbox=WATER_BOX.bounds, encoding="GBK")
    inside = (frame.GBCODE == DOUBLE_LINE) & frame.geometry.within(WATER_BOX)
    shells = [shapely.Polygon(shape.exterior) for shape in frame.geometry[inside]]
    whole = shapely.set_precision(shapely.union_all(shells), 1e-7)
    return vector.normal_polygons([whole])[0]


def main_rivers(cache: Path, out: Path, say: Say) -> None:
    """Write main_rivers.fgb: the main stems of rivers.fgb, the wide Yellow River as an area."""
    frame = gpd.read_file(dg.data_root(out) / "boundaries" / "rivers.fgb")
    frame = frame[frame.main_stem].reset_index(drop=True)
    area = water(cache, say)
    west, south, east, north = shapely.bounds(area)
    wide = shapely.box(west - 1.0, south - 1.0, east, north)
    stem = frame.name == "黄河"
    rest = shapely.difference(frame.geometry[stem].iloc[0], wide)
    frame.loc[stem, "geometry"] = gpd.GeoSeries([_multi(rest)], crs=vector.CRS).values
    frame.loc[stem, "length_km"] = round(vector.length_km(rest), 1)
    at = frame.index[frame.name == "黄河小北干流"][0]
    frame.loc[at, ["name", "name_en"]] = "黄河禹门口—三门峡", "Huang He, Yumenkou to Sanmenxia"
    frame.loc[at, ["origin", "note"]] = "water", "the water's edge; islands count as water"
    frame.loc[at, "accuracy_m"] = WATER_ACCURACY_M
    frame.loc[at, "length_km"] = np.nan
    frame.loc[[at], "geometry"] = gpd.GeoSeries([area], index=[at], crs=vector.CRS)
    vector.write_fgb(frame, out)


def _name_of_cell(cache: Path, say: Say) -> dict[int, tuple[str, str]]:
    """Return cell -> (river, name); where two named rivers share a cell the first listed wins."""
    owner: dict[int, tuple[str, str]] = {}
    for named in _named(cache, say):
        if named["spec"].get("evidence") == "schematic":
            continue
        for cell in named["cells"]:
            owner.setdefault(int(cell), (named["spec"]["river"], named["spec"]["name"]))
    return owner


def tributaries(cache: Path, out: Path, say: Say) -> None:
    """Write tributaries.fgb: stream reaches that drain more than 100 km2."""
    area = _area_of_interest(cache, say)
    frame = flow.streams(flow.burned(cache, say))
    owner = _name_of_cell(cache, say)
    names = [_majority(cells, owner) for cells in frame["cells"]]
    frame["river"] = [name[0] if name else None for name in names]
    frame["name"] = [name[1] if name else None for name in names]
    frame = frame[~_yellow(frame, cache, say)].reset_index(drop=True)
    cut = [_cut(flow.thin(line), area) for line in frame.geometry]
    frame = frame.set_geometry(gpd.GeoSeries(cut, crs=vector.CRS))
    frame = frame[~frame.geometry.is_empty].sort_values("cell")
    columns = ["river", "name", "upstream_km2", "strahler", "geometry"]
    vector.write_fgb(frame[columns].reset_index(drop=True), out)


def _yellow(frame: gpd.GeoDataFrame, cache: Path, say: Say) -> Any:
    """Return which nameless reaches are the Yellow River itself: along its line or in its water."""
    [line] = [named["whole"] for named in _named(cache, say) if named["spec"]["name"] == "黄河"]
    bed = shapely.union_all(
        [
            shapely.buffer(shapely.transform(line, vector.to_plane), BESIDE_M),
            shapely.transform(water(cache, say), vector.to_plane),
        ]
    )
    shapely.prepare(bed)
    plane = shapely.transform(frame.geometry.values, vector.to_plane)
    beside = shapely.length(shapely.intersection(plane, bed))
    large = frame["upstream_km2"].to_numpy() > BESIDE_KM2
    found = (beside > 0.5 * shapely.length(plane)) & (large | (beside > BESIDE_LENGTH_M))
    found |= frame["upstream_km2"].to_numpy() > NAMELESS_KM2
    net, nameless = flow.burned(cache, say), frame["name"].isna().to_numpy()
    found &= nameless
    heads = {run[0]: index for index, run in enumerate(frame["cells"])}
    for index in np.flatnonzero(found):  # what the river flows on into is the river, too
        below = heads.get(net.downstream(int(frame["cell"].iloc[index])))
        while below is not None and nameless[below] and not found[below]:
            found[below] = True
            below = heads.get(net.downstream(int(frame["cell"].iloc[below])))
    say(f"{found.sum()} reaches along the Yellow River left out")
    return found


def _majority(cells: list[int], owner: dict[int, tuple[str, str]]) -> tuple[str, str] | None:
    """Return the named river that more than half of a reach's own cells belong to."""
    count = Counter(owner.get(cell) for cell in cells)
    name, share = count.most_common(1)[0]
    return name if share * 2 > len(cells) else None
