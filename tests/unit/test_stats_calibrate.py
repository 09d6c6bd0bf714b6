"""Calibration to published areas, zones by county, and R against the published range."""

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from stats_samples import write

from zoning.base.errors import SourceError, UsageError
from zoning.base.settings import data_dir
from zoning.stats import tables
from zoning.stats.calibrate import fit, read_published
from zoning.stats.county_zones import burn_zones
from zoning.stats.rain import monthly_erosivity
from zoning.stats.ratios import STEPS

ONE = (STEPS - 2) // 2 + 1
OWN = dict.fromkeys(("r", "k", "ls", "b", "e", "t"), "own")


def ground(*units):
    """Return steps by unit: pairs of (m² just below the tolerance, m² far below)."""
    found = np.zeros((len(units), 2, STEPS))
    for at, (near, far) in enumerate(units):
        found[at, 0, ONE - 4], found[at, 0, 1] = near * 1e6, far * 1e6
    return found


def test_a_known_multiplier_is_found_again():
    """What lies half a doubling below the tolerance is eroded in truth: × 1.42 is needed."""
    units = [str(i) for i in range(6)]
    steps = ground(*[(10.0 * (i + 1), 50.0) for i in range(6)])
    published = {u: 10.0 * (i + 1) for i, u in enumerate(units)}
    found = fit(steps, units, published, tables.csle_factors(), OWN)
    assert found.other >= 2**0.5
    assert found.skill == pytest.approx(1.0, abs=0.05)
    assert found.table.frame["residual_km2"].abs().max() < 3.0
    assert found.table.frame["before_km2"].sum() == 0.0


def test_negative_skill_is_told_and_ranks_nothing():
    """Published areas that run against the computed ones cannot be fitted by any multiplier."""
    units = [str(i) for i in range(6)]
    steps = ground(*[(10.0 * (i + 1), 0.0) for i in range(6)])
    steps[:, 0, ONE + 40] = steps[:, 0, ONE - 4]  # All of it eroded, whatever the factors.
    steps[:, 0, ONE - 4] = 0.0
    published = {u: 10.0 * (6 - i) for i, u in enumerate(units)}
    found = fit(steps, units, published, tables.csle_factors(), OWN)
    assert found.skill < 0.0
    assert found.notes[0].kind == "warning"
    assert "cannot rank" in found.notes[0].text.en


def test_two_numbers_need_five_counties(tmp_path):
    with pytest.raises(UsageError) as caught:
        fit(ground((1.0, 1.0)), ["1"], {"1": 1.0}, tables.csle_factors(), OWN)
    assert caught.value.problems[0].code == "calibrate-few"
    path = tmp_path / "p.csv"
    path.write_text("unit,eroded_km2\n1,-3\n", encoding="utf-8")
    with pytest.raises(SourceError):
        read_published(path)


def test_r_of_the_embedded_rain_has_the_published_mean():
    """109 stations, 2000-2016: mean 1,629, 663 to 2,810 MJ·mm/(hm²·h·a)."""
    with rasterio.open(data_dir() / "rasters" / "rain_monthly.tif") as data:
        rain = data.read().astype(float)
        rain[:, (rain == data.nodata).any(axis=0)] = np.nan
    r = monthly_erosivity(np.nan_to_num(rain), "ning")[~np.isnan(rain).any(axis=0)]
    assert float(r.mean()) == pytest.approx(1629.0, rel=0.15)
    # The raster reaches beyond the province on all sides.
    assert 663.0 < np.quantile(r, 0.1) < np.quantile(r, 0.9) < 2810.0
    assert monthly_erosivity(np.full(12, 500 / 12), "ning") == pytest.approx(0.0068 * 500**1.99)


def test_every_county_has_a_region():
    regions = tables.soil_regions()
    assert len(regions.counties) == 117
    assert not regions.verified
    zones = {z.id for z in tables.erosion_classes().zones}
    assert {r.zone for r in regions.regions} <= zones


def test_counties_take_the_tolerance_of_their_region(tmp_path):
    """小店 lies on the loess plateau, 城区 of 阳泉 in the northern mountains."""
    units = geopandas.GeoDataFrame(
        {"unit": ["140105", "140302"], "name": ["小店区", "城区"]},
        geometry=[shapely.box(112.0, 37.0, 112.1, 37.1), shapely.box(112.1, 37.0, 112.2, 37.1)],
        crs=4490,
    )  # fmt: skip
    like = write(tmp_path / "z.tif", np.zeros((10, 20), np.float32), crs=4490,
                 origin=(112.0, 37.1), cell=0.01)  # fmt: skip
    table = burn_zones(units, like, tmp_path / "zones.tif")
    assert table.frame["tolerable"].tolist() == [1000.0, 200.0]
    with rasterio.open(tmp_path / "zones.tif") as data:
        codes = data.read(1)
    assert set(codes[:, :10].ravel()) == {1}
    assert set(codes[:, 11:].ravel()) == {2}
    with pytest.raises(UsageError):
        burn_zones(units.assign(unit=["1", "2"]), like, tmp_path / "x.tif")
