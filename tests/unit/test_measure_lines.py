"""Which county shares of the derived lines are told as implausible."""

from __future__ import annotations

import pytest

pytest.importorskip("pyflwdir")

from derived import dg, spaces
from derived import measure_lines as ml


def _county(cropland: float, built: float, **lines: float) -> ml.County:
    shares = {"farmland": 10.0, "redline": 10.0, "growth": 1.0, **lines}
    return ml.County("140999", "甲县", 300.0, shares, built, cropland)


@pytest.mark.parametrize(
    ("cropland", "built", "share", "told"),
    [
        (42.0, 1.0, 42.9, False),  # within a point of the estimated cropland
        (42.0, 1.0, 43.1, True),
        (20.0, 1.0, 0.5, True),  # every county that is no town has some
        (0.0, 30.0, 0.0, False),  # a town has none
        (0.0, 1.0, 1.0, False),
    ],
)
def test_farmland(cropland: float, built: float, share: float, told: bool) -> None:
    assert ml.beyond(_county(cropland, built, farmland=share), "farmland", set()) is told


def test_redline_is_expected_in_ecological_counties_only() -> None:
    county = _county(0.0, 0.0, redline=4.9)
    assert ml.beyond(county, "redline", {"140999"})
    assert not ml.beyond(county, "redline", set())
    assert not ml.beyond(_county(0.0, 0.0, redline=5.0), "redline", {"140999"})


def test_a_growth_boundary_may_be_thirteen_tenths_of_what_is_built_and_a_town() -> None:
    # 1.3 times 10 % is 13 %, 3 of 300 km2 is 1 %, and one point of slack
    assert not ml.beyond(_county(0.0, 10.0, growth=14.9), "growth", set())
    assert ml.beyond(_county(0.0, 10.0, growth=15.1), "growth", set())


def test_the_ecological_counties_of_the_table() -> None:
    codes = spaces.ecological(dg.DATA)
    assert len(codes) == 46
    assert {140623, 140603, 141032} <= set(codes)  # 右玉, 平鲁, 永和
    assert 140105 not in codes  # 小店


def test_no_county_is_beyond_its_range_but_two_of_xinzhou() -> None:
    codes = {str(code) for code in spaces.ecological(dg.DATA)}
    told = {
        (county.name, line)
        for county in ml.counties()
        for line in ml.LINES
        if ml.beyond(county, line, codes)
    }
    assert told == {("定襄县", "farmland"), ("五寨县", "farmland")}
