"""Print what share of each county the derived lines take, and which shares are implausible.

    python data/build/measure_lines.py             the counties beyond a range, as documented
    python data/build/measure_lines.py --all       every county
    python data/build/measure_lines.py --lang zh   headings in Chinese

Nothing is downloaded; the files of data/ are read. The ranges are meant to find mistakes of the
method, not to say what a county's line is.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import derived_grid as dg
import derived_scores
import derived_spaces
import geopandas as gpd
import numpy as np
import rasterio
import shapely
import vector

LINES = {
    "farmland": "permanent_basic_farmland",
    "redline": "ecological_redline",
    "growth": "urban_growth_boundary",
}
#: Farmland: at most the estimated cropland, at least this, %, where less is built up.
LEAST_FARMLAND, TOWN_BUILT = 1.0, 10.0
#: Redline: at least this in a county whose main function is ecological, %.
LEAST_REDLINE = 5.0
#: Shares this little above a limit are not told, percentage points: the lines are smoothed.
SLACK = 1.0
HEADS = {
    "en": ("line", "county", "share, %", "range, %", "built cover, %"),
    "zh": ("界线", "县", "占比(%)", "范围(%)", "建成覆盖(%)"),
}
TITLES = {
    "en": {"farmland": "farmland", "redline": "redline", "growth": "growth boundary"},
    "zh": {"farmland": "基本农田", "redline": "生态红线", "growth": "开发边界"},
}


@dataclass(frozen=True)
class County:
    """A county with the shares (%) of lines, of built-up cover and of estimated cropland."""

    code: str
    name: str
    area: float
    lines: dict[str, float]
    built: float
    cropland: float

    def limits(self, line: str, ecological: bool) -> tuple[float, float]:
        """Return the least and the largest share that would be plausible, %."""
        if line == "farmland":
            least = 0.0 if self.built >= TOWN_BUILT else LEAST_FARMLAND
            return least, max(least, self.cropland)
        if line == "redline":
            return (LEAST_REDLINE if ecological else 0.0), 100.0
        return 0.0, (
            derived_spaces.GROWTH_OF_BUILT * self.built
            + 100.0 * derived_spaces.TOWN_KM2 / self.area
        )


def counties(root: Path = dg.DATA) -> list[County]:
    """Measure every county, in the order of codes."""
    grid = dg.cells(root)
    with rasterio.open(root / "rasters" / "grid_landcover.tif") as source:
        cover = source.read(1)
    drawn = {
        line: shapely.union_all(gpd.read_file(root / "boundaries" / f"{name}.fgb").geometry.values)
        for line, name in LINES.items()
    }
    estimated = derived_spaces.cropland(root)
    out = []
    frame = gpd.read_file(root / "boundaries" / "counties.fgb").sort_values("adcode")
    for row in frame.itertuples():
        area = vector.area_km2(row.geometry)
        mine = grid.county == int(row.adcode)
        whole = float(grid.area[mine].sum())
        built = 100.0 * float(grid.area[mine & np.isin(cover, derived_scores.URBAN)].sum()) / whole
        lines = {
            line: 100.0 * vector.area_km2(shapely.intersection(row.geometry, shape)) / area
            for line, shape in drawn.items()
        }
        held = 100.0 * float((grid.area * estimated)[mine].sum()) / whole
        out.append(County(row.adcode, row.name, area, lines, built, held))
    return out


def beyond(county: County, line: str, codes: set[str]) -> bool:
    """Return whether a county's share of a line lies outside its range."""
    least, most = county.limits(line, county.code in codes)
    share = county.lines[line]
    return share < least or share > most + SLACK


def main() -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="print every county")
    parser.add_argument("--lang", choices=sorted(HEADS), default="en", help="language of the heads")
    options = parser.parse_args()
    codes = {str(code) for code in derived_spaces.ecological(dg.DATA)}
    print("| " + " | ".join(HEADS[options.lang]) + " |\n|---|---|---:|---|---:|")
    measured = counties()
    for line in LINES:
        for county in measured:
            if options.all or beyond(county, line, codes):
                least, most = county.limits(line, county.code in codes)
                print(
                    f"| {TITLES[options.lang][line]} | {county.name} | {county.lines[line]:.1f} | "
                    f"{least:.0f}–{most:.1f} | {county.built:.1f} |"
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
