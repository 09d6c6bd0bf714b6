"""The common grid of the derived layers: areas, slope, relief, polygons and back."""

from __future__ import annotations

import numpy as np
import pytest
from rasterio.transform import Affine

pytest.importorskip("pyflwdir")

from derived import dg


def test_cells_of_the_province_add_up_to_its_area() -> None:
    grid = dg.cells()
    # 156,805 km2 by the polygons; centres in or out leave a few cells of 0.7 km2
    assert grid.area[grid.inside].sum() == pytest.approx(156_805, rel=0.001)


def test_slope_of_a_tilted_plane() -> None:
    transform = Affine(1.0 / 120, 0.0, 0.0, 0.0, -1.0 / 120, 0.5)
    rows = np.zeros((5, 5)) + np.arange(5)[:, np.newaxis]
    flat = dg.Cells(rows, np.ones((5, 5), np.int32), np.ones((5, 5)), transform)
    _, step = flat.step_m()
    tilted = dg.Cells(rows * step, flat.county, flat.area, transform)
    # one step down per step north: 45 degrees
    assert dg.slope_degrees(tilted)[2, 2] == pytest.approx(45.0)
    assert dg.slope_degrees(flat)[2, 2] == pytest.approx(np.degrees(np.arctan(1 / step)))


def test_relief_is_the_range_in_the_window() -> None:
    values = np.array([[0.0, 0.0, 0.0, 9.0], [0.0, 5.0, 0.0, 0.0]])
    assert dg.window_range(values, 1).tolist() == [[5.0, 5.0, 9.0, 9.0], [5.0, 5.0, 9.0, 9.0]]


def test_polygons_keep_common_edges_and_area() -> None:
    labels = np.zeros((12, 12), np.int32)
    labels[:6] = 1
    labels[6:] = 2
    labels[0, 0] = 0
    transform = Affine(0.01, 0.0, 112.0, 0.0, -0.01, 38.0)
    drawn = dg.polygons(labels, transform, 0.0)
    assert sorted(drawn) == [1, 2]
    assert drawn[1].area == pytest.approx(71 * 1e-4)
    assert drawn[2].area == pytest.approx(72 * 1e-4)
    assert drawn[1].intersection(drawn[2]).area == pytest.approx(0.0, abs=1e-12)
