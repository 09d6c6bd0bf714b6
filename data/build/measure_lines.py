"""Print what share of each county the derived lines take, and which shares are implausible.

    python data/build/measure_lines.py             the counties beyond a range, as documented
    python data/build/measure_lines.py --all       every county
    python data/build/measure_lines.py --lang zh   headings in Chinese

Nothing is downloaded; the files of data/ are read. The ranges are meant to find mistakes of the
method, not to say what a county's line is.
"""

from __future__ import annotations

import argparse
import csv
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
FUNCTIONS = Path(__file__).resolve().parent / "tables" / "main_functions.csv"
#: Function of counties that the national guide puts in the scope of the redline.
ECOLOGICAL = "ecology"
#: Farmland: at most the published share of cropland, at least this, %, where less is built up.
LEAST_FARMLAND, TOWN_BUILT = 1.0, 10.0
#: Redline: at least this in a county whose main function is ecological, %.
LEAST_REDLINE = 5.0
#: Growth boundary: at most 1.3 times the built-up cover (国函〔2023〕101号), and a town.
GROWTH_OF_BUILT, TOWN_KM2 = 1.3, 3.0
#: Shares this little above a limit are not told, percentage points: the lines are smoothed.
SLACK = 1.0
HEADS = {
    "en": ("line", "county", "share, %", "range, %", "crop, built cover, %", "why"),
    "zh": ("界线", "县", "占比(%)", "范围(%)", "耕地、建成覆盖(%)", "缘由"),
}
TITLES = {
    "en": {"farmland": "farmland", "redline": "redline", "growth": "growth boundary"},
    "zh": {"farmland": "基本农田", "redline": "生态红线", "growth": "开发边界"},
}
#: Cropland cover below which terraces are taken to count as grass in the land cover, %.
LITTLE_CROP = 5.0


@dataclass(frozen=True)
class County:
    """A county with the shares (%) of lines and of land cover."""

    code: str
    name: str
    area: float
    lines: dict[str, float]
    crop: float
    built: float

    def limits(self, line: str, ecological: bool) -> tuple[float, float]:
        """Return the least and the largest share that would be plausible, %."""
        if line == "farmland":
            least = 0.0 if self.built >= TOWN_BUILT else LEAST_FARMLAND
            return least, max(least, derived_spaces.FARMLAND_OF_CROP * self.crop)
        if line == "redline":
            return (LEAST_REDLINE if ecological else 0.0), 100.0
        return 0.0, GROWTH_OF_BUILT * self.built + 100.0 * TOWN_KM2 / self.area


def counties(root: Path = dg.DATA) -> list[County]:
    """Measure every county, in the order of codes."""
    grid = dg.cells(root)
    with rasterio.open(root / "rasters" / "grid_landcover.tif") as source:
        cover = source.read(1)
    drawn = {
        line: shapely.union_all(gpd.read_file(root / "boundaries" / f"{name}.fgb").geometry.values)
        for line, name in LINES.items()
    }
    out = []
    frame = gpd.read_file(root / "boundaries" / "counties.fgb").sort_values("adcode")
    for row in frame.itertuples():
        area = vector.area_km2(row.geometry)
        mine = grid.county == int(row.adcode)
        whole = float(grid.area[mine].sum())
        covers = [
            100.0 * float(grid.area[mine & np.isin(cover, classes)].sum()) / whole
            for classes in (derived_scores.CROP, derived_scores.URBAN)
        ]
        lines = {
            line: 100.0 * vector.area_km2(shapely.intersection(row.geometry, shape)) / area
            for line, shape in drawn.items()
        }
        out.append(County(row.adcode, row.name, area, lines, covers[0], covers[1]))
    return out


def ecological() -> set[str]:
    """Return the names of counties whose main function is ecological, by the project's table."""
    with FUNCTIONS.open(encoding="utf-8", newline="") as handle:
        return {row["county"] for row in csv.DictReader(handle) if ECOLOGICAL in row["function"]}


def beyond(county: County, line: str, names: set[str]) -> bool:
    """Return whether a county's share of a line lies outside its range."""
    least, most = county.limits(line, county.name in names)
    share = county.lines[line]
    return share < least or share > most + SLACK


def reason(county: County, line: str, least: float) -> str:
    """Return the letter of the reason, as explained below the table in docs/explanation."""
    if line != "farmland":
        return {"redline": "d", "growth": "e"}[line]
    if county.lines[line] > least:
        return "c"
    return "a" if county.crop < LITTLE_CROP else "b"


def main() -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="print every county")
    parser.add_argument("--lang", choices=sorted(HEADS), default="en", help="language of the heads")
    options = parser.parse_args()
    names = ecological()
    print("| " + " | ".join(HEADS[options.lang]) + " |\n|---|---|---:|---|---:|---|")
    measured = counties()
    for line in LINES:
        for county in measured:
            if options.all or beyond(county, line, names):
                least, most = county.limits(line, county.name in names)
                why = reason(county, line, least) if beyond(county, line, names) else ""
                print(
                    f"| {TITLES[options.lang][line]} | {county.name} | {county.lines[line]:.1f} | "
                    f"{least:.0f}–{most:.1f} | {county.crop:.1f}, {county.built:.1f} | {why} |"
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
