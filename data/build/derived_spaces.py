"""Three lines and three spaces: scores cut where the published totals are reached.

Order of precedence: growth boundary, then redline, then farmland, so that no two overlap. The
redline takes the best-scoring cells until its total is met, city by city where one is published;
the rest at one score inside the Yellow River basin and one outside. Farmland shares the same
totals out among the counties by their cropland. See docs/decisions/0083 and 0099.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import derived_farmland
import derived_grid as dg
import derived_scores
import geopandas as gpd
import numpy as np
import shapely
import vector
from derived_lists import find
from derived_terrain import without_small
from fetch import Say

TABLES = Path(__file__).resolve().parent / "tables"
TABLE, FUNCTIONS = TABLES / "control_totals.toml", TABLES / "main_functions.csv"
PROVINCE = "山西省"
#: The counties of 山西省黄河流域条例, which have totals of their own.
BASIN = "黄河流域86县"
LINES = {"redline": 1, "farmland": 2, "growth": 3}
SPACES = {"ecological": 1, "agricultural": 2, "urban": 3}
#: Patches below this are dropped and holes filled before a total is met, km2.
SMALL_KM2 = {"redline": 4.0, "farmland": 2.0, "growth": 2.0}
#: A floor is aimed at from above and a ceiling from below, so that smoothing does not cross it.
MARGIN = {"equal": 1.0, "at_least": 1.008, "at_most": 0.99}
#: Cells that a county without any gets for its town, the best-scoring ones.
TOWN_CELLS = 4
TOLERANCE_M = 700.0
#: Label of a cell: its space times this, plus its line.
SPACE_STEP = 4
ACCURACY_M = 5000.0
#: Cells with at least this share of built-up cover count as urban space outside the boundary.
BUILT = 0.5
#: Published farmland as a share of published cropland in the province (4748 of 5649 万亩).
FARMLAND_OF_CROP = 4748.0 / 5649.0
#: Growth boundary: at most 1.3 times the built-up cover (国函〔2023〕101号), and a town, km2.
GROWTH_OF_BUILT, TOWN_KM2 = 1.3, 3.0
#: A county whose main function is ecological has at least this share of redline. No source gives
#: the figure: it is this project's, about a quarter of the least share that a city has published.
LEAST_REDLINE = 0.055
#: Added to the score of what such a county gets first, above any score.
FIRST = 10.0


@dataclass(frozen=True)
class Total:
    """A published area and the cells it is to be met in."""

    km2: float
    cells: dg.Mask


def cut(score: dg.Floats, allowed: dg.Mask, totals: list[Total], area: dg.Floats, small: float,
        ) -> dg.Mask:  # fmt: skip
    """Return the cells above a score, one for each total, such that the totals are met.

    After each cut small patches go and small holes fill; the score is found by bisection, so the
    area of what remains differs from the total by less than the last step changes.
    """
    chosen = np.zeros(score.shape, dtype=bool)
    for total in totals:
        where = allowed & total.cells
        low, high = 0.0, float(score[where].max(initial=0.0)) + 1e-9
        best, miss = np.zeros_like(chosen), np.inf
        for _ in range(24):
            middle = 0.5 * (low + high)
            found = without_small(where & (score >= middle), area, small) & where
            size = float(area[found].sum())
            if abs(size - total.km2) < miss:
                best, miss = found, abs(size - total.km2)
            low, high = (middle, high) if size > total.km2 else (low, middle)
        chosen |= best
    return chosen


def towns(score: dg.Floats, county: dg.Ints, drawn: dg.Mask) -> dg.Mask:
    """Return the best cells of each county (codes above 0) in which nothing is drawn yet."""
    out = np.zeros(score.shape, dtype=bool)
    for code in np.setdiff1d(np.unique(county[county > 0]), np.unique(county[drawn])):
        where = np.flatnonzero(county.ravel() == code)
        best = where[np.argsort(-score.ravel()[where], kind="stable")[:TOWN_CELLS]]
        out.ravel()[best] = True
    return out


def _entries(line: str) -> dict[str, dict[str, Any]]:
    """Return city, basin or province -> the published total of a line."""
    entries = tomllib.loads(TABLE.read_text(encoding="utf-8"))["total"]
    return {entry["city"]: entry for entry in entries if entry["line"] == line}


def _aim(entry: dict[str, Any], whole: float) -> float:
    """Return what a total is aimed at, km2: a floor from above, a ceiling from below."""
    stated = float(entry.get("km2", entry.get("share", 0.0) * whole))
    return stated * MARGIN[entry["kind"]]


def _by_city(line: str, city: dg.Ints, names: list[str]) -> list[Total]:
    """Return the totals of the cities that have one."""
    mine = _entries(line)
    return [
        Total(_aim(mine[name], 0.0), city == names.index(name) + 1)
        for name in names
        if name in mine
    ]


def rest_totals(
    first: dg.Mask, rest: dg.Mask, basin: dg.Mask, area: dg.Floats, aims: tuple[float, float]
) -> list[Total]:
    """Return what is left of the basin's and the province's totals once the cities have theirs.

    Parameters
    ----------
    first : mask
        The line in the cities that have a total.
    rest : mask
        Cells of the other cities.
    basin : mask
        Cells of the basin, in whatever city.
    area : array
        Areas of cells, km2.
    aims : pair of float
        Totals of the basin and of the province, km2.
    """
    inside = aims[0] - float(area[first & basin].sum())
    outside = aims[1] - float(area[first].sum()) - inside
    return [Total(inside, rest & basin), Total(outside, rest & ~basin)]


def city_cells(root: Path) -> tuple[dg.Ints, list[str]]:
    """Return the position (from 1) of each cell's city and the cities' names in code order."""
    grid = dg.cells(root)
    cities = gpd.read_file(root / "boundaries" / "cities.fgb").sort_values("adcode")
    codes = [int(code) // 100 for code in cities.adcode]
    found = np.searchsorted(codes, grid.county // 100)
    return np.where(grid.inside, found + 1, 0).astype(np.int32), list(cities.name)


def basin_cells(root: Path) -> dg.Mask:
    """Return the cells of the counties of the Yellow River basin."""
    counties = gpd.read_file(root / "boundaries" / "counties.fgb")
    codes = [int(code) for code in counties.adcode[counties.yr_basin_86 == 1]]
    return np.isin(dg.cells(root).county, codes)


def _growth(root: Path) -> dg.Mask:
    """Return the growth boundary: cities with a ceiling, the basin's ceiling, else one score."""
    grid, score = dg.cells(root), derived_scores.scores(root).building
    city, names = city_cells(root)
    basin, small = basin_cells(root), SMALL_KM2["growth"]
    built = derived_farmland.by_county(derived_scores.scores(root).built, grid.county, grid.area)
    most = GROWTH_OF_BUILT * built + TOWN_KM2
    allowed = derived_farmland.best(score, grid.inside, grid.county, most, grid.area)
    totals = _by_city("growth", city, names)
    first = cut(score, allowed, totals, grid.area, small)
    level = float(np.quantile(score[first], 0.02))
    known = np.any([total.cells for total in totals], axis=0)
    outside = allowed & ~known & ~basin
    found = first | (without_small(outside & (score >= level), grid.area, small) & outside)
    aim = _aim(_entries("growth")[BASIN], 0.0) - float(grid.area[first & basin].sum())
    added = np.zeros_like(found)
    for _ in range(2):  # the second time, the towns that the first left without are counted
        left = aim - float(grid.area[added & basin].sum())
        total = Total(left, grid.inside & ~known & basin)
        drawn = found | cut(score, allowed, [total], grid.area, small)
        added = towns(score, np.where(known, 0, grid.county), drawn)
    return np.asarray(drawn | added)


def cropland(root: Path) -> dg.Floats:
    """Return the estimated share of cropland by cell."""
    grid, scores = dg.cells(root), derived_scores.scores(root)
    city, names = city_cells(root)
    flat = dg.slope_degrees(grid) <= derived_farmland.FLAT_DEG
    stated = _entries("cropland")
    totals = [
        (grid.inside if name == PROVINCE else city == names.index(name) + 1, float(entry["km2"]))
        for name, entry in stated.items()
    ]
    return derived_farmland.fitted([scores.crop * flat, scores.grass * flat], totals, grid.area)


def ecological(root: Path) -> list[int]:
    """Return the codes of counties whose main function is ecological."""
    counties = gpd.read_file(root / "boundaries" / "counties.fgb")
    with FUNCTIONS.open(encoding="utf-8", newline="") as handle:
        names = {r["county"] for r in csv.DictReader(handle) if "ecology" in r["function"]}
    return sorted(int(find(counties, name)) for name in names)


Rest = Callable[[dg.Mask], list[Total]]


def _totals(line: str, root: Path) -> tuple[list[Total], Rest]:
    """Return the totals of cities, and what gives those of the rest once the cities are drawn."""
    grid = dg.cells(root)
    city, names = city_cells(root)
    basin, whole = basin_cells(root), float(grid.area[grid.inside].sum())
    mine, cities = _entries(line), _by_city(line, city, names)
    rest = grid.inside & ~np.any([total.cells for total in cities], axis=0)
    aims = (_aim(mine[BASIN], whole), _aim(mine[PROVINCE] | {"kind": "equal"}, whole))
    return cities, lambda first: rest_totals(first, rest, basin, grid.area, aims)


def _redline(root: Path, free: dg.Mask) -> dg.Mask:
    """Return the redline; an ecological county that would have next to none gets its best cells."""
    grid, score = dg.cells(root), derived_scores.scores(root).ecology
    small, (cities, rest) = SMALL_KM2["redline"], _totals("redline", root)

    def met(values: dg.Floats) -> dg.Mask:
        first = cut(values, free, cities, grid.area, small)
        return first | cut(values, free, rest(first), grid.area, small)

    found = met(score)
    counties = [grid.county == code for code in ecological(root)]
    least = [Total(LEAST_REDLINE * float(grid.area[mine].sum()), mine) for mine in counties]
    short = [total for total in least if float(grid.area[found & total.cells].sum()) < total.km2]
    return met(score + FIRST * cut(score, free, short, grid.area, small))


def _farmland(root: Path, free: dg.Mask) -> dg.Mask:
    """Return farmland: each total shared out among its counties by their cropland."""
    grid, score = dg.cells(root), derived_scores.scores(root).farming
    wanted = derived_farmland.by_county(cropland(root), grid.county, grid.area)
    cities, rest = _totals("farmland", root)

    def met(totals: list[Total]) -> dg.Mask:
        found = [
            derived_farmland.in_proportion(
                score, free & total.cells, grid.county, wanted, total.km2, grid.area,
                SMALL_KM2["farmland"],
            )
            for total in totals
        ]  # fmt: skip
        return np.any(found, axis=0)

    first = met(cities)
    return first | met(rest(first))


@lru_cache(maxsize=1)
def lines(root: Path) -> dg.Ints:
    """Return the line of each cell: 0 none, 1 redline, 2 farmland, 3 growth boundary."""
    grid = dg.cells(root)
    out = np.where(_growth(root), LINES["growth"], 0).astype(np.int32)
    out[_redline(root, grid.inside & (out == 0))] = LINES["redline"]
    out[_farmland(root, grid.inside & (out == 0))] = LINES["farmland"]
    return out


def beyond(labels: dg.Ints, inside: dg.Mask) -> dg.Ints:
    """Return labels carried outward from the nearest cell inside, so that a cut leaves no gap."""
    from scipy.ndimage import distance_transform_edt

    where = distance_transform_edt(~inside, return_distances=False, return_indices=True)
    return np.asarray(labels[where[0], where[1]])


@lru_cache(maxsize=1)
def spaces(root: Path) -> dg.Ints:
    """Return the space of each cell: 1 ecological, 2 agricultural, 3 urban; 0 outside."""
    grid, scores, drawn = dg.cells(root), derived_scores.scores(root), lines(root)
    share = [scores.ecology / np.quantile(scores.ecology[drawn == 1], 0.5),
             scores.farming / np.quantile(scores.farming[drawn == 2], 0.5)]  # fmt: skip
    out = np.where(share[0] >= share[1], SPACES["ecological"], SPACES["agricultural"])
    small = without_small(out == SPACES["ecological"], grid.area, SMALL_KM2["redline"])
    out = np.where(small, SPACES["ecological"], SPACES["agricultural"])
    out[scores.built >= BUILT] = SPACES["urban"]
    for name, code in LINES.items():
        space = {"redline": "ecological", "farmland": "agricultural", "growth": "urban"}[name]
        out[drawn == code] = SPACES[space]
    return np.where(grid.inside, out, 0).astype(np.int32)


@lru_cache(maxsize=1)
def _pieces(root: Path) -> tuple[tuple[int, int, str, str, Any], ...]:
    """Return line, space, city, code and shape, cut at the cities' own edges.

    Lines and spaces are smoothed as one coverage, so that a line does not leave its space.
    """
    grid = dg.cells(root)
    labels = beyond(SPACE_STEP * spaces(root) + lines(root), grid.inside)
    drawn = dg.polygons(labels + 1, grid.transform, TOLERANCE_M)
    cities = gpd.read_file(root / "boundaries" / "cities.fgb").sort_values("adcode")
    out = []
    for label, shape in drawn.items():
        space, line = divmod(label - 1, SPACE_STEP)
        for city in cities.itertuples():
            part = dg.clip(shape, city.geometry)
            if not part.is_empty:
                out.append((line, space, city.name, city.adcode, part))
    return tuple(out)


def by_city(which: int, root: Path) -> list[dict[str, Any]]:
    """Return one row per line (which = 0) or space (which = 1) and city."""
    found: dict[tuple[int, str, str], list[Any]] = {}
    for piece in _pieces(root):
        found.setdefault((piece[which], piece[2], piece[3]), []).append(piece[4])
    return [
        {
            "label": label, "city": city, "adcode": code,
            "geometry": dg.clip(shapely.union_all(parts, grid_size=1e-7), dg.province(root)),
        }
        for (label, city, code), parts in sorted(found.items(), key=lambda i: (i[0][0], i[0][2]))
    ]  # fmt: skip


def _line_rows(line: str, root: Path) -> list[dict[str, Any]]:
    """Return the rows of one line with its published figures and residuals."""
    stated, rows = _entries(line), []
    for row in _line_cache(root):
        if row["label"] != LINES[line]:
            continue
        area = round(vector.area_km2(row["geometry"]), 2)
        entry = stated.get(row["city"], {})
        wanted = entry.get("km2")
        rows.append(
            {
                "city": row["city"], "adcode": row["adcode"], "area_km2": area,
                "published_km2": wanted, "published_kind": entry.get("kind"),
                "published_source": entry.get("source"),
                "residual_pct": round(100.0 * (area / wanted - 1.0), 2) if wanted else None,
                "calibrated_by": "city" if wanted else _rest(stated),
                "geometry": row["geometry"],
            }
        )  # fmt: skip
    return rows


def _rest(stated: dict[str, Any]) -> str:
    if PROVINCE in stated:
        return "province and basin totals"
    return "basin total, beyond it the score of the calibrated cities"


@lru_cache(maxsize=1)
def _line_cache(root: Path) -> tuple[dict[str, Any], ...]:
    return tuple(by_city(0, root))


def _write_line(line: str, name: str, name_en: str, out: Path, say: Say) -> None:
    root = dg.data_root(out)
    say(f"three lines: {line}")
    rows = [
        {
            "name": f"{row['city']}{name}(推算)", "name_en": name_en,
            "accuracy_m": ACCURACY_M, **row,
        }
        for row in _line_rows(line, root)
    ]  # fmt: skip
    dg.write(rows, out)


def redline(_cache: Path, out: Path, say: Say) -> None:
    """Write ecological_redline.fgb."""
    _write_line("redline", "生态保护红线", "Ecological redline (derived)", out, say)


def farmland(_cache: Path, out: Path, say: Say) -> None:
    """Write permanent_basic_farmland.fgb."""
    _write_line("farmland", "永久基本农田", "Permanent basic farmland (derived)", out, say)


def growth(_cache: Path, out: Path, say: Say) -> None:
    """Write urban_growth_boundary.fgb."""
    _write_line("growth", "城镇开发边界", "Urban growth boundary (derived)", out, say)


def three_spaces(_cache: Path, out: Path, say: Say) -> None:
    """Write three_spaces.fgb: a partition of the province."""
    say("three spaces")
    titles = {1: "生态空间", 2: "农业空间", 3: "城镇空间"}
    kinds = {code: kind for kind, code in SPACES.items()}
    rows = [
        {
            "space": kinds[row["label"]], "name": f"{row['city']}{titles[row['label']]}",
            "city": row["city"], "adcode": row["adcode"], "accuracy_m": ACCURACY_M,
            "geometry": row["geometry"],
        }
        for row in by_city(1, dg.data_root(out))
        if row["label"] in kinds
    ]  # fmt: skip
    dg.write(rows, out)
