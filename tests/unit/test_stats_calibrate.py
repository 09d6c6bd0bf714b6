"""Calibration to published areas, zones by county, and R against the published range."""

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from stats_samples import write

from zoning.base.errors import SourceError, UsageError
from zoning.base.settings import data_dir
from zoning.messages import Text
from zoning.stats import Input, Request, tables
from zoning.stats.calibrate import fit, read_published
from zoning.stats.county_zones import burn_zones
from zoning.stats.erosivity import erosivity
from zoning.stats.inputs import reference
from zoning.stats.model import Built
from zoning.stats.rain import monthly_erosivity
from zoning.stats.ratios import STEPS
from zoning.zonal.grid import open_grid

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


def at_stations(bands):
    """Return the values of the rain's cells at the 109 stations of Shanxi, (months, stations)."""
    stations = geopandas.read_file(data_dir() / "boundaries" / "stations.fgb").geometry
    assert len(stations) == 109
    with rasterio.open(data_dir() / "rasters" / "rain_monthly.tif") as data:
        return np.array(list(data.sample(list(zip(stations.x, stations.y, strict=True))))).T.astype(
            float
        )[bands]


def embedded_r(tmp_path, rain):
    """Return R as the model takes it from the embedded rain, for columns of monthly rain."""
    stock = reference("rain")
    z = write(tmp_path / "z.tif", np.full((27, 21), 900.0), crs=4490, origin=(109.75, 41.0),
              cell=0.25)  # fmt: skip
    inputs = {"rain": Input(stock, Text("r", "r"), embedded=True)}
    built = Built(tables.csle_factors())
    field = erosivity(Request(), inputs, open_grid(str(z), (1,)), built)
    return field.convert([(one, True) for one in rain.astype(np.float32)], field.grid), built


def test_r_at_the_109_stations_is_as_published(tmp_path):
    """宁婷 et al. 2020, 109 stations, 2000-2016: mean 1,629, 663 to 2,810 MJ·mm/(hm²·h·a)."""
    r, built = embedded_r(tmp_path, at_stations(slice(None)))
    assert float(r.mean()) == pytest.approx(1629.0, rel=0.005)
    assert r.min() > 663.0
    assert r.max() == 2810.0
    # Where the cells hold the rain of Wutai Shan and Hua Shan, and nowhere else.
    assert (r == 2810.0).sum() == 5
    # Three quarters of the ground are published to lie in 1,200 to 2,000.
    assert 0.6 < ((r >= 1200.0) & (r <= 2000.0)).mean() < 0.9
    assert any("1,629" in note.text.en for note in built.notes)
    assert monthly_erosivity(np.full(12, 500 / 12), "ning") == pytest.approx(0.0068 * 500**1.99)


def test_half_months_of_r_follow_from_the_embedded_rain():
    """Rain of a half-month runs straight between the months' middles, R is its power of 1.7265."""
    month = at_stations(slice(None)).mean(axis=1)
    turn = (np.roll(month, -1) - np.roll(month, 1)) / 8.0
    half = np.maximum(np.stack([month - turn, month + turn], axis=1).ravel() / 2.0, 0.0)
    share = half**1.7265 / (half**1.7265).sum()
    season = tables.csle_factors().season
    assert sum(season.shares) == pytest.approx(1.0, abs=2e-4)
    # The table is of the whole province, the stations stand in the valleys.
    assert season.shares == pytest.approx(share, abs=0.01)
    assert int(np.argmax(season.shares)) == 13  # Second half of July, as published.
    assert not season.verified


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
