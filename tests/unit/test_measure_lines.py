"""Which county shares of the derived lines are told as implausible."""

from __future__ import annotations

import pytest

pytest.importorskip("pyflwdir")

from derived import measure_lines as ml


def _county(crop: float, built: float, name: str = "甲县", **lines: float) -> ml.County:
    shares = {"farmland": 10.0, "redline": 10.0, "growth": 1.0, **lines}
    return ml.County("1", name, 300.0, shares, crop, built)


@pytest.mark.parametrize(
    ("crop", "built", "share", "told", "why"),
    [
        (50.0, 1.0, 42.9, False, ""),  # 84.05 % of 50 is 42.0, and one point of slack
        (50.0, 1.0, 43.1, True, "c"),
        (0.0, 1.0, 0.5, True, "a"),  # all grass by the land cover
        (20.0, 1.0, 0.5, True, "b"),  # crops on slopes
        (0.0, 30.0, 0.0, False, ""),  # a town has none
        (0.0, 1.0, 1.0, False, ""),
    ],
)
def test_farmland(crop: float, built: float, share: float, told: bool, why: str) -> None:
    county = _county(crop, built, farmland=share)
    assert ml.beyond(county, "farmland", set()) is told
    if told:
        assert ml.reason(county, "farmland", ml.LEAST_FARMLAND) == why


def test_redline_is_expected_in_ecological_counties_only() -> None:
    county = _county(0.0, 0.0, redline=4.9)
    assert ml.beyond(county, "redline", {"甲县"})
    assert not ml.beyond(county, "redline", set())
    assert not ml.beyond(_county(0.0, 0.0, redline=5.0), "redline", {"甲县"})


def test_a_growth_boundary_may_be_thirteen_tenths_of_what_is_built_and_a_town() -> None:
    # 1.3 times 10 % is 13 %, 3 of 300 km2 is 1 %, and one point of slack
    assert not ml.beyond(_county(0.0, 10.0, growth=14.9), "growth", set())
    assert ml.beyond(_county(0.0, 10.0, growth=15.1), "growth", set())


def test_the_ecological_counties_of_the_table() -> None:
    names = ml.ecological()
    assert len(names) == 46
    assert {"右玉县", "平鲁区", "永和县"} <= names
    assert "小店区" not in names
