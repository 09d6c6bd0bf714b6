"""Scores of the dual evaluation: ecological importance, farming and building suitability, 0 to 1.

After the national guide to dual evaluation (资源环境承载能力和国土空间开发适宜性评价, 2020) and the
quick indices of the redline guide (生态保护红线划定指南, 2017), reduced to what open data here can
carry. See docs/decisions/0083.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import derived_grid as dg
import geopandas as gpd
import numpy as np
import rasterio
import vector
from scipy.ndimage import gaussian_filter, zoom

#: IGBP classes of the land-cover raster.
FOREST, SHRUB, SAVANNA, GRASS = (1, 2, 3, 4, 5), (6, 7), (8, 9), (10,)
CROP, URBAN, WATER = (12, 14), (13,), (0, 11)
#: How near to its natural state a cover is, for the habitat term.
NATURAL = {FOREST: 1.0, SHRUB: 0.8, SAVANNA: 0.8, GRASS: 0.6, WATER: 0.8, CROP: 0.15, URBAN: 0.0}
#: Slope classes of the guide: upper limits in degrees and the grade below each; 0 beyond the last.
FARM_SLOPES = ((2.0, 1.0), (6.0, 0.8), (15.0, 0.5), (25.0, 0.2))
BUILD_SLOPES = ((3.0, 1.0), (8.0, 0.8), (15.0, 0.5), (25.0, 0.2))
#: Local relief lowers the grade of building land: by one class from 100 m, by two from 200 m.
BUILD_RELIEF = ((100.0, 1.0), (200.0, 0.6), (np.inf, 0.25))
#: Reach of a settlement, m: its pull falls to 1/e at this distance times the root of its size.
PULL_M = 1500.0
#: Met stations stand beside county towns, which the settlements list only in part; assumed size.
TOWN = 4e4
#: Populations above this are those of whole prefectures in the list.
LARGEST = 8e5


@dataclass(frozen=True)
class Scores:
    """Three scores (0 to 1) and the shares of three covers, on the common grid."""

    ecology: dg.Floats
    farming: dg.Floats
    building: dg.Floats
    built: dg.Floats
    crop: dg.Floats
    grass: dg.Floats


def grade(values: dg.Floats, steps: tuple[tuple[float, float], ...]) -> dg.Floats:
    """Return the grade of the first step whose upper limit a value does not exceed, else 0."""
    out = np.zeros(values.shape)
    for limit, score in reversed(steps):
        out = np.where(values <= limit, score, out)
    return out


def stretch(values: dg.Floats, within: dg.Mask) -> dg.Floats:
    """Return values with their 2nd and 98th percentile inside a mask at 0 and 1, cut there."""
    low, high = np.percentile(values[within], (2.0, 98.0))
    return np.asarray(np.clip((values - low) / max(high - low, 1e-12), 0.0, 1.0))


def refine(coarse: dg.Floats, shape: tuple[int, int]) -> dg.Floats:
    """Return a coarse raster of the same window on a finer grid, bilinear between cell centres."""
    factors = (shape[0] / coarse.shape[0], shape[1] / coarse.shape[1])
    return np.asarray(zoom(coarse, factors, order=1, mode="nearest", grid_mode=True))


def _coarse(root: Path, name: str, band: int | None = 1) -> dg.Floats:
    with rasterio.open(root / "rasters" / name) as source:
        values = source.read(masked=True).astype(float) * source.scales[0]
    filled = np.where(np.ma.getmaskarray(values), np.nan, values.data)
    chosen = filled[band - 1] if band else np.nansum(filled, axis=0)
    return np.where(np.isnan(chosen), np.nanmean(chosen), chosen)


def cover_share(classes: dg.Floats, wanted: tuple[int, ...], shape: tuple[int, int]) -> dg.Floats:
    """Return the share of land-cover classes on the finer grid, softened by interpolation."""
    return refine(np.isin(classes, wanted).astype(float), shape)


def _pull(grid: dg.Cells, places: gpd.GeoDataFrame) -> dg.Floats:
    """Return the pull of settlements: the largest of exp(-distance / reach), by size."""
    width, height = grid.step_m()
    rows, columns = np.indices(grid.height.shape)
    out = np.zeros(grid.height.shape)
    for place in places.itertuples():
        row, column = grid.at(place.geometry.x, place.geometry.y)
        size = min(max(float(place.population), 5e3), LARGEST)
        reach = PULL_M * (size / 2e4) ** 0.4
        reach_rows = int(8 * reach / height) + 1
        near = np.s_[
            max(0, row - reach_rows) : row + reach_rows + 1,
            max(0, column - 2 * reach_rows) : column + 2 * reach_rows + 1,
        ]
        away = np.hypot((rows[near] - row) * height, (columns[near] - column) * width[row])
        out[near] = np.maximum(out[near], np.exp(-away / reach))
    return out


def ecology(
    ndvi: dg.Floats, rain: dg.Floats, slope: dg.Floats, relief: dg.Floats, natural: dg.Floats
) -> dg.Floats:
    """Return ecological importance from inputs that are already 0 to 1 (natural: of the cover).

    The mean of water conservation (vegetation x rain x cover), soil conservation (vegetation on
    slopes), habitat (cover x relief) and sensitivity to erosion (fourth root of rain, slope, relief
    and bareness), weighted 0.3, 0.25, 0.3 and 0.15, times the naturalness of the cover.
    """
    water = ndvi * np.sqrt(rain) * natural
    soil = ndvi * np.sqrt(slope)
    habitat = natural * np.sqrt(relief)
    erosion = (np.maximum(rain, 0.05) * slope * relief * np.maximum(1.0 - ndvi, 0.05)) ** 0.25
    mean = 0.3 * water + 0.25 * soil + 0.3 * habitat + 0.15 * erosion
    return np.asarray(mean * np.sqrt(natural))


@lru_cache(maxsize=1)
def scores(root: Path = dg.DATA) -> Scores:
    """Compute the scores on the common grid."""
    grid = dg.cells(root)
    shape, inside = grid.height.shape, grid.inside
    classes = _coarse(root, "landcover_2019.tif")
    slope, relief = dg.slope_degrees(grid), dg.window_range(grid.height, 2)
    ndvi = stretch(refine(_coarse(root, "ndvi_max.tif"), shape), inside)
    rain = stretch(refine(_coarse(root, "rain_monthly.tif", None), shape), inside)
    natural = np.zeros(shape)
    for wanted, value in NATURAL.items():
        natural += value * cover_share(classes, wanted, shape)
    crop, built = cover_share(classes, CROP, shape), cover_share(classes, URBAN, shape)
    places = gpd.read_file(root / "boundaries" / "settlements.fgb")
    # the list names villages in the north only; places without a population are left out
    places = places[places.population > 0]
    towns = gpd.read_file(root / "boundaries" / "stations.fgb").assign(population=TOWN)
    pull = np.maximum(_pull(grid, places), _pull(grid, towns))
    steep = stretch(slope, inside)
    rugged = stretch(relief, inside)
    farming = grade(slope, FARM_SLOPES) * (0.35 + 0.65 * crop) * (1.0 - 0.6 * built)
    farming = farming * np.clip(1.0 - relief / 500.0, 0.1, 1.0) * (0.7 + 0.3 * rain)
    land = grade(slope, BUILD_SLOPES) * grade(relief, BUILD_RELIEF)
    building = land * (0.55 * pull + 0.45 * built)
    return Scores(
        gaussian_filter(ecology(ndvi, rain, steep, rugged, natural), 1.0),
        gaussian_filter(farming, 0.8),
        gaussian_filter(building, 0.8),
        built,
        crop,
        cover_share(classes, GRASS, shape),
    )


def polygon_areas(geometries: Any) -> dg.Floats:
    """Return ellipsoidal areas in km2."""
    return np.array([vector.area_km2(shape) for shape in geometries])
