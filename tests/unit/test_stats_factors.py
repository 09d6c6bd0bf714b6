"""Factors of CSLE: published values, values by hand, limits of USLE."""

from datetime import date, timedelta

import numpy as np
import pytest

from zoning.base.errors import UsageError
from zoning.stats import factors, rain


@pytest.mark.parametrize(
    ("degrees", "s"),
    [
        (0.0, 0.03),
        (2.0, 0.40691),  # 10.8 · 0.0348995 + 0.03
        (4.9999, 0.97125),  # the gentle formula up to 5°
        (5.0, 0.96422),  # the middle one from 5°: 16.8 · 0.0871557 − 0.5
        (9.9999, 2.41725),
        (10.0, 2.84463),  # 21.91 · 0.1736482 − 0.96: 18 % above its neighbour
        (15.0, 4.71073),
        (25.0, 8.29957),  # slope above which the law forbids ploughing
    ],
)
def test_steepness_by_hand(degrees, s):
    assert factors.steepness(np.tan(np.radians(degrees))) == pytest.approx(s, abs=2e-5)


def test_steepness_on_the_unit_plot_is_one_within_the_formula():
    # 9 % is the slope of the unit plot; McCool et al. 1987 join their two parts there.
    assert factors.steepness(0.09) == pytest.approx(1.005, abs=0.002)


@pytest.mark.parametrize(
    ("gradient", "degree", "percent"),
    [
        (0.005, 0.2, 0.2),
        (0.01, 0.2, 0.2),  # exactly 1 %: still the first class
        (0.0101, 0.2, 0.3),
        (np.tan(np.radians(1.0)), 0.2, 0.3),  # exactly 1°
        (0.03, 0.3, 0.3),
        (0.05, 0.3, 0.4),  # exactly 5 %
        (0.0501, 0.3, 0.5),
        (np.tan(np.radians(3.0)), 0.3, 0.5),
        (0.06, 0.4, 0.5),
        (np.tan(np.radians(5.0)), 0.4, 0.5),  # exactly 5°
        (0.09, 0.5, 0.5),
    ],
)
def test_length_exponent_in_both_calibers(gradient, degree, percent):
    assert factors.length_exponent(gradient) == degree
    assert factors.length_exponent(gradient, "percent") == percent


@pytest.mark.parametrize(
    ("metres", "m", "table"),
    # Agriculture Handbook 537, table 3, slope effect taken out: LS at 300 ft over LS at 72.6 ft.
    [(22.13, 0.5, 1.0), (88.52, 0.5, 2.0), (100.0, 0.5, 2.1257), (100.0, 0.4, 1.8281)],
)
def test_slope_length(metres, m, table):
    assert factors.slope_length(metres, m) == pytest.approx(table, abs=1e-4)


def test_ls_of_agriculture_handbook_537():
    # Table 3: 5 % slope of 100, 200 and 300 ft: LS 0.536, 0.758, 0.928 with the older S of
    # 65.41 sin² + 4.56 sin + 0.065; the ratio of lengths is free of S: sqrt(2), sqrt(3) (m = 0.5).
    one, two, three = factors.slope_length(np.array([100.0, 200.0, 300.0]) * 0.3048, 0.5)
    assert two / one == pytest.approx(0.758 / 0.536, abs=2e-3)
    assert three / one == pytest.approx(0.928 / 0.536, abs=2e-3)


def test_segments_of_a_slope_average_to_the_whole_slope():
    ends = np.array([0.0, 12.0, 30.0, 61.0, 100.0])
    for m in factors.EXPONENTS:
        parts = factors.segment_length(ends[:-1], ends[1:], m)
        assert np.average(parts, weights=np.diff(ends)) == pytest.approx(
            factors.slope_length(100.0, m), rel=1e-14
        )


def test_segment_of_no_length_is_the_limit():
    limit = factors.segment_length(100.0, 100.0, 0.5)
    assert limit == pytest.approx(1.5 * np.sqrt(100.0 / 22.13))
    assert factors.segment_length(100.0, 100.0 + 1e-4, 0.5) == pytest.approx(limit, rel=1e-6)


def test_cover_factor_by_hand():
    # No cover and full cover: 1/(1.25+0.78845) = 0.49056; forest 0.44468−0.04099+0.025 = 0.42869.
    assert factors.cover_factor("grass", 0.0) == pytest.approx(0.49056, abs=1e-5)
    assert factors.cover_factor("shrub", 0.0) == pytest.approx(1 / 2.03889, abs=1e-6)
    assert factors.cover_factor("forest", 0.0) == pytest.approx(0.42869, abs=1e-9)
    assert factors.cover_factor("constant", [0.1, 0.9], 0.35).tolist() == [0.35, 0.35]
    for method in ("grass", "shrub", "forest"):
        b = factors.cover_factor(method, np.linspace(0.0, 1.0, 101))
        assert (np.diff(b) < 0).all()
        assert 0.0 < b[-1] < 0.005


def test_vegetation_cover_is_clipped():
    found = factors.vegetation_cover([-0.2, 0.05, 0.455, 0.86, 0.99], 0.05, 0.86)
    assert found == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])


def test_erodibility_of_a_silt_loam_by_hand():
    # EPIC, sand 20, silt 65, clay 15, carbon 1: 0.2 + 0.3·exp(−0.0256·20·0.35) = 0.450782;
    # (65/80)^0.3 = 0.939609; 1 − 0.25/(1 + exp(0.77)) = 0.920880; last factor 0.999998.
    product = 0.1317 * 0.450782 * 0.939609 * 0.920880
    assert factors.erodibility(20, 65, 15, 1.0) == pytest.approx(product, rel=2e-5)


def test_usle_limit_on_the_unit_plot_is_r_times_k():
    ls = factors.slope_length(22.13, 0.5) * factors.steepness(0.09)
    loss = factors.soil_loss(1500.0, 0.04, ls, 1.0, 1.0, 1.0)
    assert loss == pytest.approx(1500.0 * 0.04, rel=0.006)


def test_monthly_erosivity_by_hand():
    months = np.array([0, 0, 0, 0, 0, 0, 100, 100, 0, 0, 0, 0.0])
    # P = 200, F = 2·100²/200 = 100.
    assert rain.monthly_erosivity(months) == pytest.approx(0.0068 * 200**1.99)
    assert rain.monthly_erosivity(months, "zhang-fu") == pytest.approx(0.3589 * 100**1.9462)
    assert rain.monthly_erosivity(months, "zhang-fu-annual") == pytest.approx(0.0668 * 200**1.6266)
    # p²/P = 50 in two months: 17.02 · 2 · 1.735 · 10^(1.5 lg 50 − 0.8188).
    by_hand = 17.02 * 2 * 1.735 * 10 ** (1.5 * np.log10(50) - 0.8188)
    assert rain.monthly_erosivity(months, "wischmeier") == pytest.approx(by_hand)


def test_no_rain_no_erosivity():
    for formula in ("zhang-fu", "wischmeier", "zhang-fu-annual"):
        assert rain.monthly_erosivity(np.zeros(12), formula) == 0.0
    for formula in ("xie", "zhang-xie-liu"):
        assert rain.daily_erosivity(np.zeros(365), date(2021, 1, 1), formula) == 0.0


def test_daily_erosivity_by_hand():
    days = np.zeros(365)
    july, october = date(2021, 7, 20), date(2021, 10, 5)
    first = date(2021, 1, 1)
    days[(july - first).days] = 60.0
    days[(october - first).days] = 30.0
    days[5] = 9.9  # under 10 mm: not erosive
    by_hand = 0.3937 * 60**1.7265 + 0.3101 * 30**1.7265
    assert rain.daily_erosivity(days, first) == pytest.approx(by_hand)
    # Zhang, Xie & Liu: mean day 45, mean year 90.
    beta = 0.8363 + 18.144 / 45 + 24.455 / 90
    other = 21.586 * beta**-7.1891 * (60**beta + 30**beta)
    assert rain.daily_erosivity(days, first, "zhang-xie-liu") == pytest.approx(other)


def test_two_equal_years_give_the_same_as_one():
    rng = np.random.default_rng(3)
    year = rng.gamma(0.1, 20.0, (365, 2))
    one = rain.daily_erosivity(year, date(2021, 1, 1))
    two = rain.daily_erosivity(np.concatenate([year, year]), date(2021, 1, 1))
    assert two == pytest.approx(one)


@pytest.mark.parametrize(
    "call",
    [
        lambda: rain.monthly_erosivity(np.ones(11)),
        lambda: rain.monthly_erosivity(-np.ones(12)),
        lambda: rain.monthly_erosivity(np.ones(12), "xie"),
        lambda: rain.daily_erosivity(np.ones(364), date(2021, 1, 1)),
        lambda: rain.daily_erosivity(np.ones(365), date(2021, 3, 1)),
        lambda: rain.daily_erosivity(np.ones(365), date(2021, 1, 1), "no-such"),
    ],
)
def test_unfit_rain_is_refused(call):
    with pytest.raises(UsageError):
        call()


def test_leap_year_counts_as_a_whole_year():
    first = date(2020, 1, 1)
    last = first + timedelta(days=365)
    assert last == date(2020, 12, 31)
    assert rain.daily_erosivity(np.full(366, 1.0), first) == 0.0
