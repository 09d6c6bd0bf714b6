"""Soil loss of rasters: cells by hand, blocks against the whole, thresholds, mass."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import rasterio
from stats_samples import METRES, box_units, hills, write

from zoning.base.errors import SourceError, UsageError
from zoning.base.progress import silent
from zoning.messages import Text
from zoning.stats import (
    Input,
    Request,
    factors,
    season,
    terrain,
)
from zoning.stats.cells import cell_metres
from zoning.stats.erosion import erosion
from zoning.stats.model import build
from zoning.stats.soil_loss import write_rasters
from zoning.stats.tables import csle_factors
from zoning.zonal import zonal_stats
from zoning.zonal.grid import open_grid


def source(path):
    return Input(path, Text(path.name, path.name))


@pytest.fixture
def rasters(tmp_path):
    """70 × 90 cells of 30 m: hills, seven land classes, cover, K and R of their own."""
    rng = np.random.default_rng(5)
    shape = (70, 90)
    z = hills(*shape)
    z[40:43, 50:55] = -32768
    cover = rng.choice([10, 20, 30, 40, 50, 60, 80], shape).astype(np.uint8)
    found = {
        "dem": write(tmp_path / "dem.tif", z, nodata=-32768),
        "landcover": write(tmp_path / "lc.tif", cover),
        "cover": write(tmp_path / "cover.tif", rng.random(shape).astype(np.float32)),
        "erosivity": write(tmp_path / "r.tif", rng.uniform(800, 2500, shape).astype(np.float32)),
        "erodibility": write(tmp_path / "k.tif", rng.uniform(0.02, 0.06, shape)),
    }
    return {role: source(path) for role, path in found.items()}


def slopes(z, size):
    gradient, flow = np.empty(z.shape), np.empty(z.shape, np.int8)
    pending = np.zeros(z.shape, np.int8)
    terrain.gradients(z, size, size, 1.0, gradient, flow, pending)
    return gradient, flow, pending


def run(inputs, out, request=None, **more):
    model, _ = build(request or Request(), inputs, "worldcover")
    write_rasters(model, out, **more)
    with rasterio.open(out) as dataset:
        return dataset.read(1), model


@pytest.mark.parametrize("block", [(70, 90), (7, 90), (13, 17), (1, 1), (32, 5)])
def test_blocks_give_the_whole_rasters_figures_bit_for_bit(rasters, tmp_path, block):
    whole, model = run(rasters, tmp_path / "whole.tif", block=(70, 90), threads=1)
    # 100 m of slope are four cells of 30 m; one more and two for the gradient of the last.
    assert model.halo == 7
    parts, _ = run(rasters, tmp_path / "parts.tif", block=block, threads=2)
    assert np.array_equal(whole, parts)
    assert (whole[40:43, 50:55] == -1).all()
    assert (whole >= 0).sum() > 6000


def test_too_small_a_halo_would_be_noticed(rasters, tmp_path, monkeypatch):
    whole, model = run(rasters, tmp_path / "whole.tif", block=(70, 90))
    monkeypatch.setattr(type(model), "halo", property(lambda self: 2))
    parts, _ = run(rasters, tmp_path / "parts.tif", block=(13, 17))
    assert not np.array_equal(whole, parts)


def test_a_plane_by_hand(tmp_path):
    """A 9 % plane falling east, 30 m cells: L by segments, one S, B = 1 on bare ground."""
    z = np.add.outer(np.zeros(5), 1000.0 - 2.7 * np.arange(6))
    inputs = {
        "dem": source(write(tmp_path / "dem.tif", z)),
        "landcover": source(write(tmp_path / "lc.tif", np.full((5, 6), 60, np.uint8))),
        "cover": source(write(tmp_path / "cover.tif", np.zeros((5, 6), np.float32))),
        "erosivity": source(write(tmp_path / "r.tif", np.full((5, 6), 1000.0))),
        "erodibility": source(write(tmp_path / "k.tif", np.full((5, 6), 0.05))),
    }
    loss, _ = run(inputs, tmp_path / "a.tif")
    # 9 % is 5.14°, so m = 0.5 and S = 16.8·0.0896377 − 0.5 = 1.0059134. Segments 0–30, 30–60,
    # 60–90, 90–100, then the limit at 100 m: L = 1.1643, 2.1288, 2.7557, 3.1074, 3.1886
    # (e.g. (60^1.5 − 30^1.5) / (30·22.13^0.5) = 2.1288); A = 1000·0.05·100·L·S t/(km²·a).
    length = factors.segment_length([0, 30, 60, 90, 100, 100], [30, 60, 90, 100, 100, 100], 0.5)
    assert length[0] == pytest.approx(30**1.5 / (30 * 22.13**0.5))
    assert length[1] == pytest.approx((60**1.5 - 30**1.5) / (30 * 22.13**0.5))
    assert length[5] == pytest.approx(1.5 * (100 / 22.13) ** 0.5)
    assert loss == pytest.approx(np.tile(5000.0 * 1.0059134 * length, (5, 1)), rel=1e-6)


def test_b_of_several_dates_is_their_mean_by_erosivity(tmp_path):
    """Grass, cover 0.1 on 15 April and 0.6 on 1 August; half the loss of each would be wrong."""
    z = np.add.outer(np.zeros(4), 1000.0 - 2.7 * np.arange(4))
    cover = np.stack([np.full((4, 4), 0.1), np.full((4, 4), 0.6)]).astype(np.float32)
    inputs = {
        "dem": source(write(tmp_path / "dem.tif", z)),
        "landcover": source(write(tmp_path / "lc.tif", np.full((4, 4), 30, np.uint8))),
        "erosivity": source(write(tmp_path / "r.tif", np.full((4, 4), 1000.0))),
        "erodibility": source(write(tmp_path / "k.tif", np.full((4, 4), 0.05))),
    }
    both = inputs | {"cover": source(write(tmp_path / "both.tif", cover))}
    dates = Request(cover_dates=(date(2023, 4, 15), date(2024, 8, 1)))
    got, _ = run(both, tmp_path / "a.tif", dates)
    parts = []
    for at in (0, 1):
        one = inputs | {"cover": source(write(tmp_path / f"c{at}.tif", cover[at]))}
        parts.append(run(one, tmp_path / f"a{at}.tif")[0])
    # 8 June lies 54 days from both; 8 December is nearer to April, round the turn of the year.
    shares = np.array(csle_factors().season.shares)
    april = (shares[:10].sum() + shares[10] / 2 + shares[22:].sum()) / shares.sum()
    assert april == pytest.approx(0.0958, abs=0.0001)
    assert got == pytest.approx(april * parts[0] + (1 - april) * parts[1], rel=1e-5)
    _, built = build(dates, both, "worldcover")
    assert built.facts["cover_weights"] == pytest.approx([april, 1 - april], abs=1e-6)
    with pytest.raises(UsageError) as caught:
        build(Request(), both, "worldcover")
    assert caught.value.problems[0].code == "cover-dates"


@pytest.mark.parametrize(
    ("days", "weights"),
    [
        ([1.0], [1.0]),
        ([8.0, 8.0], [0.5, 0.5]),
        # 265 lies 85 days from both; the 13 middles from day 266 on to day 82 are December's.
        ([350.0, 180.0], [13 / 24, 11 / 24]),
    ],
)
def test_half_months_go_to_the_nearest_date_round_the_year(days, weights):
    assert season.weights_of(days, [1 / 24] * 24) == pytest.approx(weights)


def test_diagonal_flow_is_longer_by_the_root_of_two():
    z = np.add.outer(-3.0 * np.arange(5), -3.0 * np.arange(5))
    ones = np.full(5, 30.0)
    gradient, flow, pending = slopes(z, ones)
    assert gradient == pytest.approx(np.full((5, 5), np.hypot(0.1, 0.1)))
    assert (flow[:4, :4] == 1).all()  # south-east
    enter = np.zeros(z.shape)
    terrain.entering_lengths(
        flow, gradient, pending.copy(), ones, ones, 100.0, np.array([0.05, 0.7, 0.5]), enter
    )
    diagonal = 30.0 * np.sqrt(2.0)
    assert np.diag(enter) == pytest.approx([0.0, diagonal, 2 * diagonal, 100.0, 100.0])


def test_slope_length_starts_anew_where_the_slope_flattens():
    # 20 % for three cells, then 8 %: below half of 20 %, so sediment settles; Horn's gradient of
    # the cell at the break is the mean, 14 %, which is not below half.
    profile = np.array([100, 94, 88, 82, 79.6, 77.2, 74.8])
    z = np.tile(profile, (3, 1))
    ones = np.full(3, 30.0)
    gradient, flow, pending = slopes(z, ones)
    assert gradient[1, 2:5] == pytest.approx([0.2, 0.14, 0.08])
    enter = np.zeros(z.shape)
    terrain.entering_lengths(
        flow, gradient, pending.copy(), ones, ones, 300.0, np.array([0.05, 0.7, 0.6]), enter
    )
    # 0.08 < 0.6 · 0.14 = 0.084: cut at the fifth cell.
    assert enter[1].tolist() == [0.0, 30.0, 60.0, 90.0, 0.0, 30.0, 60.0]
    enter[:] = 0
    terrain.entering_lengths(
        flow, gradient, pending.copy(), ones, ones, 300.0, np.array([0.05, 0.7, 0.5]), enter
    )
    assert enter[1].tolist() == [0.0, 30.0, 60.0, 90.0, 120.0, 150.0, 180.0]


@pytest.mark.parametrize("rise", [1.5, 0.3, 0.9])
@pytest.mark.parametrize("base", [0.0, 1234.1, 2999.7])
def test_no_rounding_flips_a_slope_class(rise, base):
    """Planes at exactly 5, 1 and 3 %: every cell keeps the class, at any elevation."""
    z = base + np.add.outer(np.zeros(6), rise * np.arange(9))
    gradient, _, _ = slopes(z, np.full(6, 30.0))
    classes = factors.length_exponent(gradient, "percent")
    assert np.unique(classes).size == 1
    assert classes[0, 0] == {1.5: 0.4, 0.3: 0.2, 0.9: 0.3}[rise]


def test_float32_would_flip_it():
    """What the rule above protects from: the same plane in single precision falls on both sides."""
    z = (np.float32(1234.1) + np.float32(5.29) * np.arange(400, dtype=np.float32))[None]
    # 5.29 m over 30 m is 10.0007°; single precision scatters around it.
    step = np.diff(z[0]) / np.float32(30.0)
    exact = float(np.tan(np.radians(10.0)))
    assert (step < np.float32(exact)).any()
    assert (step > np.float32(exact)).any()


def test_kernel_agrees_with_the_plain_functions(rasters, tmp_path):
    loss, model = run(rasters, tmp_path / "a.tif")
    job = (0, 70, 0, 90)
    z = model.elevation.values(model.elevation.fetch(rasterio.open(rasters["dem"].path), job))
    gradient, flow, pending = slopes(z, model.dx)
    enter = np.zeros(z.shape)
    terrain.entering_lengths(flow, gradient, pending, model.dx, model.dy, 100.0, model.cuts, enter)
    step = np.where(flow < 0, 30.0, np.where(flow % 2 == 1, 30.0 * np.sqrt(2), 30.0))
    leave = np.minimum(100.0, enter + step)
    length = factors.segment_length(enter, leave, factors.length_exponent(gradient))
    read = {}
    for role in ("landcover", "cover", "erosivity", "erodibility"):
        with rasterio.open(rasters[role].path) as dataset:
            read[role] = dataset.read(1).astype(float)
    b = np.select(
        [read["landcover"] == c for c in (10, 20, 30, 40, 50, 60, 80)],
        [
            factors.cover_factor("forest", read["cover"]),
            factors.cover_factor("shrub", read["cover"]),
            factors.cover_factor("grass", read["cover"]),
            np.full(z.shape, 0.35),  # cropland: B = 1, T = 0.35
            np.full(z.shape, 0.01),
            np.ones(z.shape),
            np.zeros(z.shape),
        ],
    )
    ls = length * factors.steepness(gradient)
    plain = 100.0 * factors.soil_loss(read["erosivity"], read["erodibility"], ls, b, 1.0, 1.0)
    fine = ~np.isnan(plain)
    assert loss[fine] == pytest.approx(plain[fine], rel=1e-6)
    assert (loss[~fine] == -1).all()


def test_mass_and_areas_close(rasters):
    """Sum over the units = sum over the raster; classes add up to the land; ratio by hand."""
    x0, y0 = 500000.0, 4200000.0
    cuts = [x0, x0 + 777.0, x0 + 1501.0, x0 + 2700.0]
    parts = box_units([(a, y0 - 2100, b, y0) for a, b in itertools.pairwise(cuts)])
    whole = box_units([(x0, y0 - 2100, x0 + 2700, y0)])
    request = Request(zone="loess")
    figures = [
        erosion("soil-loss", request, u, rasters, "worldcover", silent)
        for u in (parts, whole)
    ]  # fmt: skip
    split, one = (f.frame for f in figures)
    assert split["soil_loss_t_a"].sum() == pytest.approx(one["soil_loss_t_a"].iloc[0], rel=1e-9)
    names = ["slight_km2", "light_km2", "moderate_km2", "intense_km2", "very_intense_km2",
             "extreme_km2"]  # fmt: skip
    assert split[names].sum().to_numpy() == pytest.approx(one[names].iloc[0].to_numpy(), rel=1e-9)
    land = one["land_area_km2"].iloc[0] * one["coverage_share"].iloc[0]
    assert one[names].sum(axis=1).iloc[0] == pytest.approx(land, rel=1e-9)
    mean = one["soil_loss_t_km2_a"].iloc[0]
    assert mean * land == pytest.approx(one["soil_loss_t_a"].iloc[0], rel=1e-9)


def flat_inputs(tmp_path, loss, extra=()):
    """Rasters whose soil loss is ``loss`` t/(km²·a): LS, K and B are 1, R is a hundredth."""
    loss = np.asarray(loss, float)
    named = {"ls": np.ones_like(loss), "erodibility": np.ones_like(loss), "erosivity": loss / 100}
    found = {k: source(write(tmp_path / f"{k}.tif", v, cell=1000.0)) for k, v in named.items()}
    bare = np.full(loss.shape, 60, np.uint8)
    found["landcover"] = source(write(tmp_path / "lc.tif", bare, cell=1000.0))
    found["cover"] = source(write(tmp_path / "cover.tif", np.zeros_like(loss), cell=1000.0))
    for name, values in extra:
        found[name] = source(write(tmp_path / f"{name}.tif", values, cell=1000.0))
    return found


def test_ratio_by_hand_in_both_zones(tmp_path):
    """Eight cells of 1 km²; a limit belongs to the class above it."""
    loss = [[199.9, 200, 999.9, 1000], [2500, 5000, 8000, 15000]]
    inputs = flat_inputs(tmp_path, loss)
    units = box_units([(500000, 4198000, 504000, 4200000)])
    results = {}
    for zone in ("loess", "north_rock"):
        figures = erosion("soil-conservation", Request(zone=zone), units, inputs,
                          "worldcover", silent)  # fmt: skip
        results[zone] = figures.frame.iloc[0]
    # Loess: three cells under 1000, five eroded: 1 − 5/8. Rocky north: one under 200: 1 − 7/8.
    assert results["loess"]["soil_conservation_pct"] == pytest.approx(37.5, abs=1e-3)
    assert results["north_rock"]["soil_conservation_pct"] == pytest.approx(12.5, abs=1e-3)
    for key, cells in (("slight", 3), ("light", 1), ("moderate", 1), ("intense", 1),
                       ("very_intense", 1), ("extreme", 1)):  # fmt: skip
        # Gauss–Krüger near its central meridian: true areas within 1e-5 of the plane's.
        assert results["loess"][f"{key}_km2"] == pytest.approx(cells, rel=1e-4)
    assert results["north_rock"]["light_km2"] == pytest.approx(3.0, rel=1e-4)
    for zone in results:
        assert results[zone]["decided_by_zone_km2"] == pytest.approx(2.0, rel=1e-4)


def disputed(tmp_path, embedded=True):
    """Six cells of 1 km² at 500 t/(km²·a), slight on loess (1) and light in the rocky north (2)."""
    zones = np.array([[1, 1, 2], [2, 2, 1]], np.uint8)
    other = np.array([[1, 2, 2], [1, 1, 1]], np.uint8)
    inputs = flat_inputs(tmp_path, np.full((2, 3), 500.0))
    for name, values in (("zones", zones), ("zones_other", other)):
        made = source(write(tmp_path / f"{name}.tif", values, cell=1000.0))
        inputs[name] = replace(made, embedded=embedded)
    return inputs


def test_disputed_zones_give_a_range(tmp_path):
    units = box_units([(500000, 4198000, 503000, 4200000)])
    figures = erosion("soil-conservation", Request(), units, disputed(tmp_path), "worldcover",
                      silent)  # fmt: skip
    row = figures.frame.iloc[0]
    # by the zones 3 of 6 are eroded; one more may be, and two of the three may not
    assert row["soil_conservation_pct"] == pytest.approx(50.0, abs=1e-3)
    assert row["soil_conservation_min_pct"] == pytest.approx(100 * 2 / 6, abs=1e-2)
    assert row["soil_conservation_max_pct"] == pytest.approx(100 * 5 / 6, abs=1e-2)
    assert row["slight_km2"] == pytest.approx(3.0, rel=1e-4)
    assert row["light_km2"] == pytest.approx(3.0, rel=1e-4)
    assert row["decided_by_zone_km2"] == pytest.approx(6.0, rel=1e-4)
    assert figures.facts["zones_disputed"] is True


@pytest.mark.parametrize(("request_", "embedded"), [(Request(), False),
                                                    (Request(zone="loess"), True)])  # fmt: skip
def test_own_zones_are_not_disputed(tmp_path, request_, embedded):
    units = box_units([(500000, 4198000, 503000, 4200000)])
    figures = erosion("soil-conservation", request_, units, disputed(tmp_path, embedded),
                      "worldcover", silent)  # fmt: skip
    row = figures.frame.iloc[0]
    for end in ("min", "max"):
        assert row[f"soil_conservation_{end}_pct"] == row["soil_conservation_pct"]
    assert "zones_disputed" not in figures.facts


def test_zones_raster_and_wind(tmp_path):
    zones = np.array([[1, 1, 2, 2], [1, 2, 0, 1]], np.uint8)
    wind = np.array([[0, 300, 0, 0], [0, 0, 0, 6000.0]])
    inputs = flat_inputs(tmp_path, np.full((2, 4), 500.0), [("zones", zones), ("wind", wind)])
    units = box_units([(500000, 4198000, 504000, 4200000)])
    figures = erosion("soil-conservation", Request(), units, inputs, "worldcover",
                      silent)  # fmt: skip
    row = figures.frame.iloc[0]
    # 500 is slight on loess (4 cells, two of them eroded by wind) and light in the rocky north
    # (3 cells); the cell without a zone is no data.
    assert row["slight_km2"] == pytest.approx(2.0, rel=1e-4)
    assert row["light_km2"] == pytest.approx(4.0, rel=1e-4)
    assert row["intense_km2"] == pytest.approx(1.0, rel=1e-4)
    assert row["coverage_share"] == pytest.approx(7 / 8, rel=1e-4)
    assert row["low_coverage"]
    assert not any("not included" in n.text.en for n in figures.notes)


def test_without_a_zone_only_what_every_zone_would_say(tmp_path):
    """Under 200 and from 1000 no zone matters; between them the cell is no data."""
    zones = np.zeros((1, 4), np.uint8)
    inputs = flat_inputs(tmp_path, [[199.0, 200.0, 999.0, 1000.0]], [("zones", zones)])
    units = box_units([(500000, 4199000, 504000, 4200000)])
    figures = erosion("soil-conservation", Request(), units, inputs, "worldcover", silent)
    row = figures.frame.iloc[0]
    assert row["soil_conservation_pct"] == pytest.approx(50.0, abs=1e-3)
    assert row["coverage_share"] == pytest.approx(0.5, rel=1e-4)


def test_without_wind_it_says_so(tmp_path):
    inputs = flat_inputs(tmp_path, [[100.0]])
    units = box_units([(500000, 4199000, 501000, 4200000)])
    figures = erosion("soil-conservation", Request(zone="loess"), units, inputs,
                      "worldcover", silent)  # fmt: skip
    assert any("Wind erosion is not included" in n.text.en for n in figures.notes)
    assert any("未经官方核对" in n.text.zh for n in figures.notes if n.kind == "parameter")
    assert figures.facts["wind_erosion"] == "not included"


def test_web_mercator_elevations_are_refused(tmp_path):
    path = write(tmp_path / "dem.tif", hills(8, 8), crs="EPSG:3857", origin=(12.5e6, 4.5e6))
    with pytest.raises(SourceError) as caught:
        cell_metres(open_grid(str(path), (1,)))
    assert caught.value.problems[0].code == "raster-crs-unusable"


def test_degree_cells_have_their_ellipsoidal_size(tmp_path):
    path = write(tmp_path / "d.tif", hills(4, 4), crs="EPSG:4490", origin=(112, 38), cell=0.01)
    dx, dy = cell_metres(open_grid(str(path), (1,)))
    _, _, east = zonal_geod().inv(112.0, 37.995, 112.01, 37.995)
    _, _, north = zonal_geod().inv(112.0, 37.99, 112.0, 38.0)
    assert dx[0] == pytest.approx(east, rel=1e-7)
    assert dy[0] == pytest.approx(north, rel=1e-7)


def zonal_geod():
    from zoning.base.geodesy import geod

    return geod()


def test_rasters_that_lie_apart_are_refused(rasters, tmp_path):
    far = write(tmp_path / "far.tif", np.full((4, 4), 10, np.uint8), origin=(700000, 4000000))
    with pytest.raises(SourceError) as caught:
        build(Request(), rasters | {"landcover": source(far)}, "worldcover")
    assert caught.value.problems[0].code == "rasters-apart"


def test_coarser_and_reprojected_inputs_are_read_at_cell_centres(rasters, tmp_path):
    """A land cover of two cells in degrees: west forest, east bare; the border is at 500990 E."""
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(METRES, "EPSG:4490", always_xy=True)
    lon, lat = to_degrees.transform(500990.0, 4200000.0)
    path = write(
        tmp_path / "lc2.tif", np.array([[50, 80]], np.uint8), crs="EPSG:4490",
        origin=(lon - 0.1, lat + 0.05), cell=0.1,
    )  # fmt: skip
    inputs = rasters | {"landcover": source(path)}
    loss, model = run(inputs, tmp_path / "a.tif", block=(16, 16))
    assert model.group.note is not None
    assert "not interpolated" in model.group.note.text.en
    whole, _ = run(inputs, tmp_path / "b.tif", block=(70, 90))
    assert np.array_equal(loss, whole)
    good = loss >= 0
    assert (loss[:, :33][good[:, :33]] > 0).any()
    assert (loss[:, 33:][good[:, 33:]] == 0).all()


def test_unknown_codes_are_refused(rasters, tmp_path):
    path = write(tmp_path / "x.tif", np.full((70, 90), 7, np.uint8))
    model, _ = build(Request(), rasters | {"landcover": source(path)}, "worldcover")
    with pytest.raises(SourceError) as caught:
        write_rasters(model, tmp_path / "a.tif")
    assert caught.value.problems[0].code == "legend-mismatch"


def test_cancelling_leaves_no_loss_raster(rasters, tmp_path):
    class CancelledError(Exception):
        pass

    def stop(_what, _done, _total):
        raise CancelledError

    kept = tmp_path / "kept.tif"
    units = box_units([(500000, 4197900, 502700, 4200000)])
    with pytest.raises(CancelledError):
        erosion("soil-loss", Request(loss_raster=kept, zone="loess"), units, rasters,
                "worldcover", stop)  # fmt: skip
    assert not kept.exists()
    assert not list(tmp_path.glob(".*part*"))
    figures = erosion("soil-loss", Request(loss_raster=kept, zone="loess"), units, rasters,
                      "worldcover", silent)  # fmt: skip
    mean = zonal_stats(str(kept), units, stats=("mean",), id_column="unit")["mean"].iloc[0]
    assert figures.frame["soil_loss_t_km2_a"].iloc[0] == pytest.approx(mean, rel=1e-12)


def test_loss_raster_over_an_input_is_refused(rasters):
    with pytest.raises(UsageError):
        erosion("soil-loss", Request(loss_raster=rasters["dem"].path), None, rasters,
                "worldcover", silent)  # fmt: skip


# ------------------------------------------------------------------ where the factors come from


def factor(model, name, window=(0, 2, 0, 2)):
    found = getattr(model, name)
    return found.values(found.fetch(None, window))


@pytest.fixture
def square(tmp_path):
    """Four cells of 30 m with everything the model needs."""
    return {
        "dem": source(write(tmp_path / "dem.tif", hills(2, 2))),
        "landcover": source(write(tmp_path / "lc.tif", np.full((2, 2), 40, np.uint8))),
        "cover": source(write(tmp_path / "cover.tif", np.zeros((2, 2), np.float32))),
        "erosivity": source(write(tmp_path / "r.tif", np.full((2, 2), 1000.0))),
        "erodibility": source(write(tmp_path / "k.tif", np.full((2, 2), 0.05))),
    }


def rebuilt(square, request=None, drop=(), **more):
    inputs = {k: v for k, v in square.items() if k not in drop} | more
    return build(request or Request(), inputs, "worldcover")


def opened(model, name):
    found = getattr(model, name)
    with rasterio.open(found.grid.name) as data:
        return found.values(found.fetch(data, (0, 2, 0, 2)))


def test_k_from_soil_codes(square, tmp_path):
    path = write(tmp_path / "soil.tif", np.array([[7, 9], [13, 7]], np.uint8))
    model, built = rebuilt(square, drop=("erodibility",), soil=source(path))
    k = opened(model, "k")
    assert k[0, 0] == pytest.approx(factors.erodibility(20, 65, 15, 1.0))
    assert k[1, 0] < k[0, 0]  # sand erodes less than silt loam
    assert any("EPIC" in n.text.zh for n in built.notes)


def test_one_k_for_all_is_marked_as_assumed(square):
    model, built = rebuilt(square, drop=("erodibility",))
    assert factor(model, "k").tolist() == [[0.04, 0.04], [0.04, 0.04]]
    assert any("0.04" in n.text.en and n.kind == "parameter" for n in built.notes)


def test_e_from_practice_codes(square, tmp_path):
    path = write(tmp_path / "e.tif", np.array([[0, 1], [2, 255]], np.uint8), nodata=255)
    model, built = rebuilt(square, practice=source(path))
    e = opened(model, "practice")
    assert e[0].tolist() == [1.0, 0.084]
    assert e[1, 0] == 0.121
    assert np.isnan(e[1, 1])
    assert not any("E = 1" in n.text.en for n in built.notes)


def test_r_from_monthly_rain(square, tmp_path):
    months = np.zeros((12, 2, 2), np.float32)
    months[6:8] = 100.0
    path = write(tmp_path / "rain.tif", months)
    model, _ = rebuilt(square, drop=("erosivity",), rain=source(path))
    assert opened(model, "r") == pytest.approx(np.full((2, 2), 0.0068 * 200**1.99))


def test_r_from_daily_bands_needs_the_first_day(square, tmp_path):
    days = np.zeros((365, 2, 2), np.float32)
    days[200] = 60.0
    path = source(write(tmp_path / "rain.tif", days))
    with pytest.raises(UsageError) as caught:
        rebuilt(square, drop=("erosivity",), rain=path)
    assert caught.value.problems[0].code == "rain-unusable"
    request = Request(rain_start=date(2021, 1, 1))
    model, _ = rebuilt(square, request, drop=("erosivity",), rain=path)
    assert opened(model, "r") == pytest.approx(np.full((2, 2), 0.3937 * 60**1.7265))


def test_r_from_a_stations_daily_table(square, tmp_path):
    first = date(2021, 1, 1)
    rows = [f"{first + timedelta(days=i)},{60 if i == 200 else 0}" for i in range(365)]
    path = tmp_path / "station.csv"
    path.write_text("date,rain_mm\n" + "\n".join(rows), encoding="utf-8")
    model, _ = rebuilt(square, drop=("erosivity",), rain=source(path))
    assert factor(model, "r")[0, 0] == pytest.approx(0.3937 * 60**1.7265)
    path.write_text("date,rain_mm\n" + "\n".join(rows[:100] + rows[101:]), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        rebuilt(square, drop=("erosivity",), rain=source(path))
    assert "gap" in caught.value.problems[0].fault.en


def test_a_users_ls_replaces_routing(square, tmp_path):
    path = write(tmp_path / "ls.tif", np.array([[1.0, 2.0], [3.0, 4.0]]))
    inputs = square | {"ls": source(path)}
    loss, model = run(inputs, tmp_path / "a.tif")
    assert model.halo == 0
    # 1000 · 0.05 · LS · (B = 1) · (T = 0.35) · 100.
    assert loss == pytest.approx(1750.0 * np.array([[1.0, 2.0], [3.0, 4.0]]))


@pytest.mark.parametrize(
    ("role", "bad", "permitted", "cure"),
    [
        ("cover", 55.0, "0 to 1", "100"),
        ("cover", -0.5, "0 to 1", "100"),
        ("ndvi", 8000, "-1 to 1", "10000"),
        ("erosivity", -9999.0, "0 or more", "nodata"),
        ("erosivity", np.inf, "0 or more", "nodata"),
        ("erodibility", -0.1, "0 or more", "nodata"),
        ("ls", -1, "0 or more", "nodata"),
    ],
)
def test_factors_out_of_range_are_refused(rasters, tmp_path, role, bad, permitted, cure):
    values = np.zeros((70, 90), np.int16 if isinstance(bad, int) else np.float64)
    values[60, 80] = bad
    if role == "ndvi":
        del rasters["cover"]
    rasters[role] = source(write(tmp_path / "bad.tif", values))
    with pytest.raises(SourceError) as caught:
        run(rasters, tmp_path / "a.tif")
    problem = caught.value.problems[0]
    assert (problem.code, problem.field) == ("out-of-range", role)
    assert f"{bad:g}" in problem.fault.en
    assert f"{bad:g}" in problem.fault.zh
    assert permitted in problem.fault.en
    assert cure in problem.cure.en
    assert cure in problem.cure.zh


def test_negative_wind_erosion_is_refused(tmp_path):
    from types import SimpleNamespace

    from zoning.stats.fields import within

    grid = SimpleNamespace(name="wind.tif", scales=(1.0,), offsets=(0.0,))
    with pytest.raises(SourceError):
        within("wind")([(np.array([[-3.0, 2.0]]), True)], grid)
    assert np.isnan(within("wind")([(np.array([[np.nan]]), True)], grid)).all()


def test_rounding_scale_and_missing_data_are_no_fault(rasters, tmp_path):
    cover = np.full((70, 90), 1.0 + 5e-7)
    cover[0, 0], cover[1, 1] = -5e-7, -9999.0
    rasters["cover"] = source(write(tmp_path / "c.tif", cover, nodata=-9999.0))
    rounded, _ = run(rasters, tmp_path / "a.tif")
    exact = np.where(cover > 1.0, 1.0, np.where(cover < -1.0, cover, 0.0))
    rasters["cover"] = source(write(tmp_path / "e.tif", exact, nodata=-9999.0))
    assert np.array_equal(rounded, run(rasters, tmp_path / "b.tif")[0])
    percent = write(tmp_path / "p.tif", np.full((70, 90), 50, np.uint8))
    with rasterio.open(percent, "r+") as dataset:
        dataset.scales = (0.01,)
    rasters["cover"] = source(percent)
    assert (run(rasters, tmp_path / "d.tif")[0] >= 0).any()


@pytest.mark.parametrize(("name", "value"), [("t_cropland", -0.4), ("k_uniform", -1.0),
                                             ("ndvi_full", 9000.0)])  # fmt: skip
def test_parameters_out_of_range_are_refused(tmp_path, name, value):
    from zoning.base.errors import CatalogueError
    from zoning.stats.tables import with_user_factors

    path = tmp_path / "f.toml"
    path.write_text(
        f'[parameters.{name}]\nname = {{zh = "a", en = "a"}}\nvalue = {value}\n'
        'unit = "1"\nsource = "s"\nverified = false\n',
        encoding="utf-8",
    )
    with pytest.raises(CatalogueError) as caught:
        with_user_factors(path)
    assert caught.value.problems[0].code == "out-of-range"
    assert f"{value:g}" in caught.value.problems[0].fault.en
