"""The arithmetic of mountains, corridors, lakes and lists, on grids that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pyflwdir")

from derived import lakes, lists, pattern, terrain, vector
from shapely.geometry import LineString, box


def test_mountain_classes_at_their_limits() -> None:
    height = np.array([2500.0, 2499.0, 1500.0, 1499.0, 1000.0, 1000.0, 300.0, 300.0, 299.0])
    slope = np.array([0.0, 1.9, 2.0, 4.9, 5.0, 4.9, 30.0, 30.0, 30.0])
    relief = np.array([0.0, 0.0, 0.0, 300.0, 0.0, 301.0, 300.0, 301.0, 900.0])
    found = terrain.kapos(height, slope, relief)
    assert found.tolist() == [True, False, True, False, True, True, False, True, False]


def test_small_holes_are_filled_and_small_patches_dropped() -> None:
    mask = np.zeros((9, 9), bool)
    mask[0:5, 0:5] = True
    mask[2, 2] = False  # a hole of 1 km2
    mask[8, 8] = True  # a patch of 1 km2
    kept = terrain.without_small(mask, np.ones((9, 9)), 2.0)
    assert kept.sum() == 25
    assert kept[2, 2]
    assert not kept[8, 8]


def test_a_corridor_is_as_wide_as_it_says() -> None:
    line = LineString([(112.0, 37.5), (112.5, 37.5)])
    cover = box(111.0, 37.0, 113.0, 38.0)
    drawn = pattern.corridor(np.array([line], dtype=object), 1000.0, cover)
    length = vector.length_km(line)
    # a band of 2 km, and a full circle of 1 km at its ends: half of it at each; ±1 %
    assert vector.area_km2(drawn) == pytest.approx(2.0 * length + np.pi, rel=0.01)


def test_a_lake_is_what_hangs_together_with_its_seed() -> None:
    height = np.array([[5.0, 5.0, 9.0, 5.0], [4.0, 9.0, 9.0, 5.0]])
    assert lakes.surface(height, (0, 0), 4.0, 5.0).tolist() == [
        [True, True, False, False],
        [True, False, False, False],
    ]
    with pytest.raises(ValueError, match="9 m"):
        lakes.surface(height, (0, 2), 4.0, 5.0)


def test_a_county_name_that_occurs_twice_needs_its_city() -> None:
    import pandas as pd

    rows = [("1", "城区", "阳泉市"), ("2", "城区", "晋城市"), ("3", "盂县", "阳泉市")]
    counties = pd.DataFrame(rows, columns=["adcode", "name", "city"])
    assert lists.find(counties, "盂县") == "3"
    assert lists.find(counties, "晋城市/城区") == "2"
    with pytest.raises(ValueError, match="城区: 2"):
        lists.find(counties, "城区")
