"""Measure the position of our lines against sources that the build does not use.

    python data/build/measure_accuracy.py            the tables of docs/explanation/accuracy.md
    python data/build/measure_accuracy.py --cache D  where downloads are kept

Points every 100 m along one line, each with its distance to the nearest point of the other line, in
both directions: from ours to the reference (is ours where the river is) and from the reference to
ours (does ours miss a bend). The worse of the two is the figure of a reach. A source that a reach
is drawn from is no reference of that reach; measure_rivers.py tells why it is drawn from which.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import courses
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from fetch import Say
from references import (
    COUNTY_LINES,
    WINDOW,
    counties_1m,
    counties_tianditu,
    national_rivers,
    plane,
    read_shapefile,
    valley_floors,
    water,
)

DATA = Path(__file__).resolve().parents[1]
STEP_M = 100.0
#: Points of a reference farther than this from ours belong to something else (a side channel, a
#: county line that has been redrawn since); they are counted and left out.
FAR_M = 10_000.0
#: References other than the named 1:4 million rivers are searched this near to ours only.
NEAR_M = 5_000.0
#: Banks of the double-line Yellow River lie nearer than this to the border in it.
BANK_M = 15_000.0
#: Overlap over union above which two polygons are the same county.
SAME_COUNTY = 0.9
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """A stretch of a river, picked by a box of degrees."""

    river: str
    name: str
    rows: tuple[str, ...]  # names in rivers.fgb
    west: float = WINDOW[0]
    south: float = WINDOW[1]
    east: float = WINDOW[2]
    north: float = WINDOW[3]

    valley: bool = False  # a cut valley, where the elevation model's floor is a witness
    drawn: str = "1:4M"  # the source that ours is taken from there: no witness of itself

    @property
    def box(self) -> Any:
        """The box as a polygon in the plane."""
        return plane(shapely.box(self.west, self.south, self.east, self.north))


REACHES = (
    Reach("黄河", "偏关–府谷 Pianguan–Fugu", ("黄河",), north=39.65, south=38.95, drawn="ours"),
    Reach("黄河", "府谷–禹门口 Fugu–Yumenkou", ("黄河",), north=38.95, south=35.66, valley=True,
          drawn="ours"),
    Reach("黄河", "三门峡–垣曲 Sanmenxia–Yuanqu", ("黄河",), north=35.2, west=111.35, east=112.05,
          drawn="ours"),
    Reach("汾河", "宁武–兰村 Ningwu–Lancun", ("汾河",), north=38.84, south=38.0, valley=True),
    Reach("汾河", "太原盆地 Taiyuan basin", ("汾河",), north=38.0, south=36.98, drawn="WDBII"),
    Reach("汾河", "灵石–洪洞 Lingshi–Hongtong", ("汾河",), north=36.98, south=36.4, valley=True,
          drawn="floor"),
    Reach("汾河", "临汾盆地 Linfen basin", ("汾河",), north=36.4, south=35.6, west=111.2),
    Reach("汾河", "新绛–河津 Xinjiang–Hejin", ("汾河",), north=35.7, west=110.7, east=111.2),
    Reach("桑干河", "宁武–朔州 Ningwu–Shuozhou", ("恢河",), north=39.35, south=38.9),
    Reach("桑干河", "朔州–册田 Shuozhou–Cetian", ("桑干河",), west=112.62, east=113.53),
    Reach("桑干河", "册田–省界 Cetian–border", ("桑干河",), west=113.53, east=114.1),
    Reach("滹沱河", "繁峙–原平 Fanshi–Yuanping", ("滹沱河",), north=39.35, south=38.78, east=113.9),
    Reach("滹沱河", "忻定盆地 Xinding basin", ("滹沱河",), north=38.78, south=38.46, east=113.3),
    Reach("滹沱河", "五台–盂县 Wutai–Yuxian", ("滹沱河",), north=38.46, west=113.2, east=113.62,
          valley=True),
)  # fmt: skip
#: Where the Yellow River is taken as an area of water.
WATER_REACHES = (
    Reach("黄河", "禹门口–潼关 Yumenkou–Tongguan", ("黄河小北干流",), north=35.66, south=34.62),
    Reach(
        "黄河", "潼关–三门峡 Tongguan–Sanmenxia", ("黄河",), north=34.95, west=110.45, east=111.33
    ),
)
#: Rivers that WDBII and the national series both hold.
BOTH = ("汾河", "桑干河", "滹沱河")


def along(lines: Any, step: float = STEP_M) -> npt.NDArray[Any]:
    """Return points every step along the parts of plane lines."""
    points = [
        shapely.line_interpolate_point(part, np.arange(step / 2, part.length, step))
        for part in shapely.get_parts(lines)
        if part.length > step
    ]
    return np.concatenate(points) if points else np.array([], dtype=object)


def apart(points: npt.NDArray[Any], shape: Any) -> Floats:
    """Return the distance in m of plane points to a plane shape: 0 inside an area."""
    parts = shapely.get_parts(shape)
    lines = parts[shapely.get_dimensions(parts) == 1]
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[1:] == owner[:-1]
    pairs = np.stack([xy[:-1][same], xy[1:][same]], axis=1)
    pieces = [*shapely.linestrings(pairs), *parts[shapely.get_dimensions(parts) == 2]]
    found, gaps = shapely.STRtree(pieces).query_nearest(
        points, return_distance=True, all_matches=False
    )
    out = np.full(len(points), np.inf)
    out[found[0]] = gaps
    return out


def figures(gaps: Floats) -> tuple[float, float, float]:
    """Return median, 90 % and 95 % of distances, m."""
    low, high, most = np.percentile(gaps, [50, 90, 95])
    return float(low), float(high), float(most)


def both_ways(ours: Any, reference: Any, box: Any) -> tuple[Floats, Floats]:
    """Return distances ours to reference and back, of the points inside a box.

    The other line is not cut at the box, so that an end of the box is no end of a river.
    """
    there = apart(along(shapely.intersection(ours, box)), reference)
    back = apart(along(shapely.intersection(reference, box)), ours)
    return there[there < FAR_M], back[back < FAR_M]


# ------------------------------------------------------------------------------- tables


def _row(label: str, reference: str, there: Floats, back: Floats) -> dict[str, Any]:
    one, two = figures(there), figures(back)
    worse = max(one, two, key=lambda f: f[2])
    return {
        "reach": label, "reference": reference, "km": round(len(there) * STEP_M / 1000),
        "median": round(worse[0]), "p90": round(worse[1]), "p95": round(worse[2]),
        "there95": round(one[2]), "back95": round(two[2]),
    }  # fmt: skip


def _most(there: Floats, back: Floats) -> float:
    """Return the larger 95 % distance of the two directions, m."""
    return max(figures(there)[2], figures(back)[2])


def river_rows(cache: Path, say: Say) -> list[dict[str, Any]]:
    """Return one row per reach and reference, and one per river over its reaches."""
    frame = gpd.read_file(DATA / "boundaries" / "rivers.fgb").set_index("name").geometry
    national, floors = national_rivers(cache, say), valley_floors(cache, say)
    older = older_rivers(cache, say)
    outline = shapely.boundary(shapely.union_all(list(counties_tianditu(cache, say).values())))
    rows: list[dict[str, Any]] = []
    sums: dict[tuple[str, str], tuple[list[Floats], list[Floats]]] = {}
    worst: dict[str, tuple[Floats, Floats]] = {}  # by reach, the witness farther from ours

    def add(river: str, label: str, name: str, there: Floats, back: Floats) -> None:
        rows.append(_row(f"{river} {label}", name, there, back))
        kept = sums.setdefault((river, name), ([], []))
        kept[0].append(there)
        kept[1].append(back)
        if label not in worst or _most(there, back) > _most(*worst[label]):
            worst[label] = there, back

    for reach in REACHES:
        ours = plane(shapely.union_all(frame[list(reach.rows)].values))
        others = {"1:4M": national[reach.river]}
        if reach.river == "黄河":
            others["border"] = shapely.intersection(outline, shapely.buffer(ours, NEAR_M))
        else:
            others["WDBII"] = older[reach.river]
        for name, reference in others.items():
            if name != reach.drawn:
                add(reach.river, reach.name, name, *both_ways(ours, reference, reach.box))
        if reach.valley:  # floors are many: only from ours to the nearest
            if reach.drawn != "floor":
                there, _ = both_ways(ours, floors, reach.box)
                add(reach.river, reach.name, "floor", there, there)
            there, _ = both_ways(national[reach.river], floors, reach.box)
            add("floor", f"of {reach.name}", "1:4M", there, there)
        if reach.river in BOTH:
            found = both_ways(older[reach.river], national[reach.river], reach.box)
            add("WDBII", f"of {reach.river} {reach.name}", "1:4M", *found)
    for (river, name), (there, back) in sums.items():
        rows.append(_row(f"{river} **all**", name, np.concatenate(there), np.concatenate(back)))
    for river in BOTH:
        parts = [worst[r.name] for r in REACHES if r.river == river]
        rows.append(
            _row(f"{river} **all**", "the worse of each reach",
                 *(np.concatenate([part[i] for part in parts]) for i in (0, 1)))
        )  # fmt: skip
    return rows


def older_rivers(cache: Path, say: Say) -> dict[str, Any]:
    """Return river -> plane lines of WDBII, which were ours before docs/decisions/0098."""
    lines: dict[str, list[Any]] = {}
    for spec in courses.specs():
        for ends in spec.get("replaces", []):
            piece = courses.stretch(courses.wdbii_lines(cache, say), ends)
            lines.setdefault(spec["river"], []).append(shapely.LineString(piece))
    return {river: plane(shapely.MultiLineString(parts)) for river, parts in lines.items()}


def water_rows(cache: Path, say: Say) -> list[dict[str, Any]]:
    """Return how far the province border, which runs in the river, lies outside the water."""
    polygon = water(cache, say)
    frame = gpd.read_file(DATA / "boundaries" / "rivers.fgb").set_index("name").geometry
    border = shapely.boundary(shapely.union_all(list(counties_tianditu(cache, say).values())))
    rows, sums = [], []
    for reach in WATER_REACHES:
        ours = plane(shapely.union_all(frame[list(reach.rows)].values))
        near = shapely.intersection(border, shapely.buffer(ours, NEAR_M))
        for name, line in (("our border line", ours), ("border", near)):
            gaps = apart(along(shapely.intersection(line, reach.box)), polygon)
            rows.append(_row(f"{reach.river} {reach.name}, outside the water", name, gaps, gaps))
            sums.append(gaps)
        bank = shapely.intersection(shapely.boundary(polygon), shapely.buffer(ours, BANK_M))
        gaps = apart(along(shapely.intersection(bank, reach.box)), ours)
        rows.append(_row(f"{reach.river} {reach.name}, banks", "our border line", gaps, gaps))
    every = np.concatenate(sums)
    rows.append(_row("黄河 **all**, outside the water", "both borders", every, every))
    return rows


def matched(ours: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    """Return our code -> the reference's polygon that is the same county: overlap over union.

    Below SAME_COUNTY the county has been redrawn or merged since, and is no witness.
    """
    codes = list(reference)
    shapes = np.array([shapely.simplify(reference[code], 100.0) for code in codes], dtype=object)
    tree = shapely.STRtree(shapes)
    out = {}
    for code, shape in ours.items():
        coarse = shapely.simplify(shape, 100.0)
        near = tree.query(coarse, predicate="intersects")
        shared = shapely.area(shapely.intersection(coarse, shapes[near]))
        share = shared / (shapely.area(coarse) + shapely.area(shapes[near]) - shared)
        best = int(np.argmax(share))
        if share[best] >= SAME_COUNTY:
            out[code] = reference[codes[near[best]]]
    return out


def county_rows(cache: Path, say: Say) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a row per city and reference, one for all, and the counties with the worst lines."""
    frame = gpd.read_file(DATA / "boundaries" / "counties.fgb").set_index("adcode")
    ours = dict(zip(frame.index, plane(frame.geometry.values), strict=True))
    pairs = matched(ours, counties_tianditu(cache, say))
    gaps: dict[str, list[tuple[Floats, Floats]]] = {}
    by_county = []
    for code, other in pairs.items():
        one, two = shapely.boundary(ours[code]), shapely.boundary(other)
        found = apart(along(one), two), apart(along(two), one)
        gaps.setdefault(frame.city[code], []).append(found)
        most = max(figures(found[0])[2], figures(found[1])[2])
        by_county.append((round(most), frame.city[code] + frame.name[code]))
    rows = []
    every = [pair for part in gaps.values() for pair in part]
    for label, found in [*sorted(gaps.items()), ("**all**", every)]:
        there, back = (np.concatenate([f[i] for f in found]) for i in (0, 1))
        rows.append(_row(f"counties {label} ({len(found)})", "天地图", there, back))
    lines = _lines(ours.values())
    generalised = read_shapefile(COUNTY_LINES, cache, say)
    generalised = generalised[generalised.PAC.between(140000, 149999)]
    others = {
        "BOUL_X": plane(shapely.multilinestrings(list(generalised.geometry))),
        "1:1M, 1999": _lines(counties_1m(cache, say).values()),
    }
    by_county.sort(reverse=True)
    notes = ["worst: " + "; ".join(f"{county} {most} m" for most, county in by_county[:8])]
    missing = sorted(set(ours) - set(pairs))
    notes.append("overlap too small: " + "、".join(frame.city[c] + frame.name[c] for c in missing))
    for name, reference in others.items():
        back = apart(along(reference), lines)
        rows.append(_row("counties **all**, reference to ours", name, back, back))
        notes.append(f"{name}: {np.mean(back < 5.0):.0%} of the points within 5 m of ours")
    return rows, notes


def _lines(polygons: Iterable[Any]) -> Any:
    """Return the boundaries of polygons as one bundle of lines, shared edges twice."""
    return shapely.multilinestrings(
        [part for shape in polygons for part in shapely.get_parts(shapely.boundary(shape))]
    )


def table(rows: list[dict[str, Any]]) -> str:
    """Return rows as a Markdown table."""
    head = "| reach | reference | km | median | 90 % | 95 % | ours→ref 95 % | ref→ours 95 % |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(str(value) for value in row.values()) + " |" for row in rows]
    return "\n".join(lines)


def _say(text: str) -> None:
    print(f"    {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Print the tables; return 0."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(tempfile.gettempdir()) / "zoning-data-cache"
    parser.add_argument("--cache", type=Path, default=default, metavar="DIR")
    cache = parser.parse_args().cache.resolve()
    print(table(river_rows(cache, _say)), end="\n\n")
    print(table(water_rows(cache, _say)), end="\n\n")
    rows, notes = county_rows(cache, _say)
    print(table(rows), end="\n\n")
    print("\n".join(notes))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
