"""Measure which source of the large rivers' lines is nearest to sources that are none of them.

    python data/build/measure_rivers.py            the table of docs/decisions/0098
    python data/build/measure_rivers.py --cache D  where downloads are kept

Candidates are WDBII, the national 1:4 million series, the valley floor of the elevation model in a
corridor along the series, and what rivers.fgb has. Witnesses are the streams of the elevation
model with nothing burned in, and the county lines of 天地图 where they run along the river. The
floor is no witness of itself. Medians in m, from the candidate to the floor and from the county
lines to the candidate.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import courses
import geopandas as gpd
import measure_accuracy as ma
import numpy as np
import references
import shapely
import vector
from fetch import Say

#: A county line runs along a river where it stays this near to a candidate for this far, and its
#: ends are at least this share of its length apart, measured along the river.
NEAR_M, LENGTH_M, SHARE = 2500.0, 4000.0, 0.6


def along_river(lines: Any, one: Any, two: Any) -> Any:
    """Return the parts of plane lines that run along either of two plane lines of a river."""
    zone = shapely.union(shapely.buffer(one, NEAR_M), shapely.buffer(two, NEAR_M))
    merged = shapely.line_merge(shapely.union_all(shapely.get_parts(lines)))
    parts = shapely.get_parts(shapely.intersection(merged, zone))
    kept = []
    for part in parts[shapely.length(parts) > LENGTH_M]:
        river = min(shapely.get_parts(two), key=part.distance)
        ends = shapely.line_locate_point(river, shapely.points([part.coords[0], part.coords[-1]]))
        if abs(ends[1] - ends[0]) > SHARE * part.length:
            kept.append(part)
    return shapely.multilinestrings(kept)


def floors_beside(cache: Path, say: Say) -> dict[str, Any]:
    """Return river -> the whole course by the floor in the corridor, plane."""
    lines = courses.national_lines(cache, say)
    out = {}
    for river, ends in {
        "汾河": [[112.08, 38.87], [110.7, 35.56]],
        "桑干河": [[112.18, 38.88], [114.1, 39.99]],
        "滹沱河": [[113.9, 39.25], [113.65, 38.395]],
    }.items():
        path = shapely.LineString(courses.floor(lines, ends, cache, say))
        out[river] = shapely.transform(path, vector.to_plane)
    return out


def _median(gaps: Any) -> str:
    return f"{np.median(gaps):.0f}" if len(gaps) else "–"


def rows(cache: Path, say: Say) -> list[list[str]]:
    """Return a row per reach: km, medians to the floor, km of county lines, medians from them."""
    frame = gpd.read_file(ma.DATA / "boundaries" / "rivers.fgb").set_index("name").geometry
    older, national = ma.older_rivers(cache, say), references.national_rivers(cache, say)
    beside, floors = floors_beside(cache, say), references.valley_floors(cache, say)
    counties = ma._lines(references.counties_tianditu(cache, say).values())
    witness = {r: along_river(counties, older[r], national[r]) for r in ma.BOTH}
    out = []
    for reach in ma.REACHES:
        if reach.river not in ma.BOTH:
            continue
        river = reach.river
        ours = references.plane(shapely.union_all(frame[list(reach.rows)].values))
        whole = references.plane(shapely.union_all(frame[_names(river)].values))
        lines = [older[river], national[river], beside[river], whole]
        to_floor = [
            ma.apart(ma.along(shapely.intersection(line, reach.box)), floors) for line in lines
        ]
        points = ma.along(shapely.intersection(witness[river], reach.box))
        from_county = [ma.apart(points, line) for line in lines]
        km = shapely.length(shapely.intersection(ours, reach.box)) / 1000.0
        own = 3 if reach.drawn == "floor" else None  # drawn from the floor: no witness of itself
        out.append(
            [f"{river} {reach.name}", f"{km:.0f}"]
            + ["–" if i in (2, own) else _median(gaps) for i, gaps in enumerate(to_floor)]
            + [f"{len(points) * ma.STEP_M / 1000:.0f}", *map(_median, from_county), reach.drawn]
        )
    return out


def _names(river: str) -> list[str]:
    return ["恢河", "桑干河"] if river == "桑干河" else [river]


def main() -> int:
    """Print the table; return 0."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(tempfile.gettempdir()) / "zoning-data-cache"
    parser.add_argument("--cache", type=Path, default=default, metavar="DIR")
    cache = parser.parse_args().cache.resolve()
    four = ["WDBII", "1:4M", "corridor floor", "drawn"]
    head = ["reach", "km", *(f"to floor: {n}" for n in four), "county km",
            *(f"county: {n}" for n in four), "taken"]  # fmt: skip
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows(cache, lambda text: print(f"    {text}", file=sys.stderr, flush=True)):
        print("| " + " | ".join(row) + " |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
