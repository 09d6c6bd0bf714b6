"""The arithmetic of scores, lines and units, on grids that can be counted by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

pytest.importorskip("pyflwdir")

from derived import dg, farmland, scores, spaces, units, vector


def test_a_grade_includes_its_upper_limit() -> None:
    values = np.array([0.0, 2.0, 2.1, 6.0, 15.0, 25.0, 25.1])
    expected = [1.0, 1.0, 0.8, 0.8, 0.5, 0.2, 0.0]
    assert scores.grade(values, scores.FARM_SLOPES).tolist() == expected


def test_stretch_puts_the_percentiles_at_zero_and_one() -> None:
    values = np.arange(101.0)
    drawn = scores.stretch(values, np.ones(101, bool))
    assert drawn[2] == 0.0
    assert drawn[98] == 1.0
    assert drawn[50] == pytest.approx(0.5)
    assert drawn[[0, 100]].tolist() == [0.0, 1.0]


def test_refining_keeps_the_mean_and_the_corners() -> None:
    fine = scores.refine(np.array([[0.0, 4.0], [0.0, 4.0]]), (4, 4))
    # cell centres at 0.25 and 0.75 of a coarse cell: 0, 1, 3, 4 by linear interpolation
    assert fine[0].tolist() == [0.0, 1.0, 3.0, 4.0]


def test_bare_plains_without_nature_are_of_no_ecological_importance() -> None:
    one, none = np.array([1.0]), np.array([0.0])
    assert scores.ecology(one, one, one, one, none)[0] == 0.0
    # all at 1: 0.3 + 0.25 + 0.3 and 0.15 x 0.05 ** 0.25 for a full cover
    expected = 0.85 + 0.15 * 0.05**0.25
    assert scores.ecology(one, one, one, one, one)[0] == pytest.approx(expected)


def test_a_line_takes_the_best_cells_up_to_its_total_city_by_city() -> None:
    score = np.tile(np.arange(10.0), (2, 1)) + 1.0
    left = np.zeros((2, 10), bool)
    left[:, :5] = True
    allowed = np.ones((2, 10), bool)
    totals = [spaces.Total(4.0, left), spaces.Total(6.0, ~left)]
    found = spaces.cut(score, allowed, totals, np.ones((2, 10)), 0.0)
    # 4 km2 of the left half are its two best columns, 6 km2 of the right its three best
    assert np.flatnonzero(found[0]).tolist() == [3, 4, 7, 8, 9]
    assert (found[0] == found[1]).all()


def test_cropland_is_fitted_to_published_totals() -> None:
    # two covers of one cell each: 10 km2 of crops, 10 of grass; 6 km2 in the first, 9 in both
    parts = [np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])]
    area = np.array([[10.0, 10.0]])
    first, both = np.array([[True, False]]), np.array([[True, True]])
    found = farmland.fitted(parts, [(first, 6.0), (both, 9.0)], area)
    assert found[0] == pytest.approx([0.6, 0.3])


def test_the_best_cells_of_a_county_up_to_an_area() -> None:
    county = np.repeat([[1, 2]], 20, axis=1).astype(np.int32)
    score = np.arange(40.0)[np.newaxis]
    allowed = score != 19.0  # the best cell of the first is taken already
    most = np.array([0.0, 8.4, 16.8])
    found = farmland.best(score, allowed, county, most, np.ones((1, 40)))
    assert np.flatnonzero(found[0]).tolist() == [*range(11, 19), *range(24, 40)]


def test_farmland_is_shared_out_by_the_cropland_of_counties() -> None:
    county = np.repeat([[1, 2]], 20, axis=1).astype(np.int32)
    score = np.where(county == 1, 1.0, 100.0) + np.arange(40.0)[np.newaxis]  # all of 2 is better
    allowed = np.ones((1, 40), bool)
    wanted = np.array([0.0, 4.0, 8.0])
    area = np.ones((1, 40))
    found = farmland.in_proportion(score, allowed, county, wanted, 15.0, area, 0.0)
    # 15 km2 as 1 to 2: the five best of the first county, the ten best of the second
    assert np.flatnonzero(found[0]).tolist() == [*range(15, 20), *range(30, 40)]


def test_no_line_leaves_its_space() -> None:
    space = gpd.read_file(dg.DATA / "boundaries" / "three_spaces.fgb")
    for name, kind in {
        "ecological_redline": "ecological",
        "permanent_basic_farmland": "agricultural",
        "urban_growth_boundary": "urban",
    }.items():
        line = gpd.read_file(dg.DATA / "boundaries" / f"{name}.fgb").geometry.union_all()
        outside = line.difference(space.geometry[space.space == kind].union_all())
        assert vector.area_km2(outside) < 0.01, name


def test_what_the_cities_leave_is_parted_by_the_basin() -> None:
    area = np.ones((1, 10))
    basin = np.arange(10)[np.newaxis] < 6
    first = np.isin(np.arange(10), [0, 1, 9])[np.newaxis]  # two cells in the basin, one beyond
    rest = np.isin(np.arange(10), [3, 4, 5, 6, 7, 8])[np.newaxis]
    inside, outside = spaces.rest_totals(first, rest, basin, area, (4.0, 7.0))
    assert (inside.km2, np.flatnonzero(inside.cells).tolist()) == (2.0, [3, 4, 5])
    assert (outside.km2, np.flatnonzero(outside.cells).tolist()) == (2.0, [6, 7, 8])


def test_a_line_stays_out_of_what_is_taken() -> None:
    score = np.array([[1.0, 2.0, 3.0, 4.0]])
    allowed = np.array([[True, True, False, False]])
    whole = np.ones((1, 4), bool)
    found = spaces.cut(score, allowed, [spaces.Total(1.0, whole)], np.ones((1, 4)), 0.0)
    assert found.tolist() == [[False, True, False, False]]


def test_a_county_without_a_town_gets_its_best_cells() -> None:
    score = np.array([[9.0, 1.0, 5.0, 4.0, 3.0, 2.0, 1.0]])
    county = np.array([[1, 1, 2, 2, 2, 2, 2]])
    drawn = np.array([[True, False, False, False, False, False, False]])
    found = spaces.towns(score, county, drawn)
    assert np.flatnonzero(found).tolist() == [2, 3, 4, 5]


def test_units_take_their_share_of_the_county() -> None:
    score = np.arange(10.0)[np.newaxis]
    where = np.ones((1, 10), bool)
    area = np.ones((1, 10)) * 0.001
    area[0, -1] = 0.001
    found = units.top_share(score, where, area, 0.3)
    assert np.flatnonzero(found).tolist() == [7, 8, 9]
    assert not units.top_share(score, where, area, 0.0).any()


def test_labels_are_carried_beyond_the_province() -> None:
    labels = np.array([[0, 1, 2, 0]])
    inside = np.array([[False, True, True, False]])
    assert spaces.beyond(labels, inside).tolist() == [[1, 1, 2, 2]]
