"""Rasters: the values are plausible for Shanxi and the elevation lies where the ground is."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
import rasterio
import rasterio.features
import shapely

DATA = Path(__file__).resolve().parents[2] / "data"
Floats = npt.NDArray[np.float64]


def _read(name: str) -> tuple[Floats, rasterio.Affine]:
    with rasterio.open(DATA / "rasters" / name) as grid:
        return grid.read().astype(float) * grid.scales[0], grid.transform


def _inside(shape: tuple[int, int], transform: rasterio.Affine) -> npt.NDArray[np.bool_]:
    province = gpd.read_file(DATA / "boundaries/province.fgb").geometry[0]
    return rasterio.features.geometry_mask([province], shape, transform, invert=True)


def _bilinear(values: Floats, transform: rasterio.Affine, lon: Floats, lat: Floats) -> Floats:
    """Return values interpolated between cell centres."""
    column = (lon - transform.c) / transform.a - 0.5
    row = (lat - transform.f) / transform.e - 0.5
    c, r = np.floor(column).astype(int), np.floor(row).astype(int)
    u, v = column - c, row - r
    top = values[r, c] * (1 - u) + values[r, c + 1] * u
    low = values[r + 1, c] * (1 - u) + values[r + 1, c + 1] * u
    return np.asarray(top * (1 - v) + low * v)


def test_elevation_agrees_with_the_stations() -> None:
    (values,), transform = _read("dem_30s.tif")
    stations = gpd.read_file(DATA / "boundaries/stations.fgb")
    ground = _bilinear(values, transform, stations.lon.to_numpy(), stations.lat.to_numpy())
    miss = ground - stations.altitude_m.to_numpy()
    assert abs(np.median(miss)) < 5
    assert abs(miss.mean()) < 10
    assert np.median(np.abs(miss)) < 12
    assert np.quantile(np.abs(miss), 0.9) < 50


def test_elevation_lattice_is_not_off_by_half_a_cell() -> None:
    """In the gorge the border runs in the river: any shift of the grid climbs the valley sides.

    This ties three independent things together: the undone GCJ-02 shift (570 m), the border's
    simplification, and the corrected labels of the elevation model (0.865 cell).
    """
    (values,), transform = _read("dem_30s.tif")
    river = gpd.read_file(DATA / "boundaries/rivers.fgb").set_index("name").geometry["黄河"]
    points = shapely.get_coordinates(shapely.segmentize(river, 0.001))
    gorge = points[(points[:, 0] < 111.2) & (points[:, 1] > 36.0) & (points[:, 1] < 39.2)]
    assert len(gorge) > 3000
    half = 0.5 / 120
    mean = {
        (dx, dy): float(
            _bilinear(values, transform, gorge[:, 0] + dx * half, gorge[:, 1] + dy * half).mean()
        )
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    }
    assert min(mean, key=lambda key: mean[key]) == (0, 0)
    assert 650 < mean[0, 0] < 720  # from about 850 m at 保德 to 450 m


def test_known_heights() -> None:
    (values,), transform = _read("dem_30s.tif")
    assert (values.min(), values.max()) == (25, 2969)
    inside = _inside(values.shape, transform)
    assert 1050 < values[inside].mean() < 1250
    row, column = np.unravel_index(np.argmax(np.where(inside, values, 0)), values.shape)
    highest = transform.c + (column + 0.5) * transform.a, transform.f + (row + 0.5) * transform.e
    assert highest == pytest.approx((113.57, 39.08), abs=0.05)  # 五台山北台顶, 3061 m
    salt_lake = _bilinear(values, transform, np.array([111.0]), np.array([34.98]))[0]
    assert 310 < salt_lake < 340  # 运城盐湖 lies at about 318 m


def test_land_cover_shares() -> None:
    (values,), transform = _read("landcover_2019.tif")
    inside = values[_inside(values.shape, transform)]
    assert set(np.unique(values)) <= set(range(17))
    share = {code: float((inside == code).mean() * 100) for code in range(17)}
    assert share[10] == pytest.approx(51.8, abs=1.0)  # grass
    assert share[12] + share[14] == pytest.approx(29.2, abs=1.5)  # crop
    assert share[4] + share[5] == pytest.approx(8.6, abs=1.0)  # forest
    assert share[13] == pytest.approx(3.7, abs=0.5)  # urban


def test_land_cover_water_lies_on_the_lakes() -> None:
    """The only water cells are four lakes outside Shanxi; one cell of shift would miss them."""
    (values,), transform = _read("landcover_2019.tif")
    rows, columns = np.nonzero(values == 0)
    found = {
        (
            round(transform.c + (column + 0.5) * transform.a, 3),
            round(transform.f + (row + 0.5) * transform.e, 3),
        )
        for row, column in zip(rows, columns, strict=True)
    }
    lakes = {
        (112.675, 40.575),  # 岱海, west half
        (112.725, 40.575),  # 岱海, east half
        (113.975, 38.325),  # 岗南水库
        (114.275, 38.275),  # 黄壁庄水库
        (114.175, 36.275),  # 岳城水库
    }
    assert found == lakes
    with rasterio.open(DATA / "rasters/landcover_2019.tif") as grid:
        (taiyuan,) = next(grid.sample([(112.56, 37.86)]))
    assert taiyuan == 13


def test_ndvi_and_land_cover_share_one_grid() -> None:
    """Towns are the least green where the two grids are laid over each other unshifted."""
    (cover,), _ = _read("landcover_2019.tif")
    (green,), _ = _read("ndvi_max.tif")
    town = cover == 13
    at = {
        (dx, dy): float(green[np.roll(town, (dy, dx), axis=(0, 1))].mean())
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    }
    assert min(at, key=lambda key: at[key]) == (0, 0)


def test_ndvi() -> None:
    (low,), transform = _read("ndvi_min.tif")
    (high,), _ = _read("ndvi_max.tif")
    inside = _inside(low.shape, transform)
    assert (low[inside] < high[inside]).all()
    assert low[inside].min() >= -0.2
    assert high[inside].max() < 1
    assert 0.6 < high[inside].mean() < 0.85
    with rasterio.open(DATA / "rasters/ndvi_max.tif") as grid:
        forest, desert = (
            float(value[0]) * grid.scales[0]
            for value in grid.sample([(112.05, 36.6), (109.8, 40.6)])
        )
    assert forest > 0.8 > desert  # 沁源 against the Hetao border


def test_rain() -> None:
    values, transform = _read("rain_monthly.tif")
    inside = _inside(values.shape[1:], transform)
    monthly = values[:, inside].mean(axis=1)
    assert monthly.sum() == pytest.approx(492, rel=0.05)
    assert int(monthly.argmax()) in (6, 7)  # July or August
    assert monthly[5:9].sum() / monthly.sum() > 0.65  # June to September
    year = values.sum(axis=0)
    south, north = year[-8:].mean(), year[:8].mean()
    assert south > north
