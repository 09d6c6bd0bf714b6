"""The arithmetic of the spring basins, on grids small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pyflwdir")

from derived import dg, springs


def _grid(rows: int, columns: int) -> dg.Cells:
    """Return a flat grid of equator-sized cells: one arc minute, 1 km2 each."""
    from rasterio.transform import Affine

    shape = (rows, columns)
    transform = Affine(1 / 60.0, 0.0, 0.0, 0.0, -1 / 60.0, rows / 120.0)
    return dg.Cells(np.zeros(shape), np.ones(shape, np.int32), np.ones(shape), transform)


def test_cost_is_length_times_mean_factor() -> None:
    grid = _grid(1, 4)
    factor = np.array([[1.0, 1.0, 3.0, np.inf]])
    step = float(grid.step_m()[0][0])
    # 1 step at factor 1; then one at (1 + 3) / 2 = 2; the last cell is closed
    cost = springs.cost_distance(grid, factor, (0, 0))
    assert cost[0, :3] == pytest.approx([0.0, step, 3 * step])
    assert np.isinf(cost[0, 3])


def test_diagonal_steps_are_as_long_as_they_are() -> None:
    grid = _grid(2, 2)
    width, height = grid.step_m()
    cost = springs.cost_distance(grid, np.ones((2, 2)), (0, 0))
    assert cost[1, 1] == pytest.approx(np.hypot(width[0], height))
    # and the other diagonal
    assert springs.cost_distance(grid, np.ones((2, 2)), (0, 1))[1, 0] == pytest.approx(cost[1, 1])


def _growth(order: int, seed: int, length: int, wanted: float) -> springs.Growth:
    cost = np.abs(np.arange(length) - seed)[np.newaxis] * 1000.0
    group = np.zeros((1, length), np.int32)
    return springs.Growth(order, (0, seed), cost, group, np.array([wanted]))


def test_basins_take_the_wanted_area_and_never_the_same_cell() -> None:
    area = np.ones((1, 40))
    growths = [_growth(1, 8, 40, 9.0), _growth(2, 22, 40, 15.0)]
    owner = springs.compete(growths, area)
    # an interval around the seed has an odd number of cells: 9 = 4 + 1 + 4, 15 = 7 + 1 + 7
    assert (owner == 1).sum() == 9
    assert (owner == 2).sum() == 15
    assert owner[0, 8] == 1
    assert owner[0, 22] == 2


def test_a_group_is_calibrated_on_its_own() -> None:
    length = 30
    cost = np.abs(np.arange(length) - 15)[np.newaxis] * 1000.0
    group = (np.arange(length) > 15).astype(np.int32)[np.newaxis]
    growth = springs.Growth(1, (0, 15), cost, group, np.array([4.0, 9.0]))
    owner = springs.compete([growth], np.ones((1, length)))
    assert (owner[0, :16] == 1).sum() == 4
    assert (owner[0, 16:] == 1).sum() == 9


def test_tidy_drops_what_hangs_apart_and_fills_what_is_enclosed() -> None:
    owner = np.zeros((5, 8), np.int32)
    owner[0:3, 0:3] = 1
    owner[1, 1] = 0  # a hole
    owner[4, 7] = 1  # an island
    growth = springs.Growth(1, (0, 0), np.zeros((5, 8)), np.zeros((5, 8), np.int32), np.ones(1))
    tidied = springs.tidy(owner, [growth])
    assert tidied.sum() == 9
    assert tidied[1, 1] == 1


def test_tidy_refuses_a_basin_without_its_outlet() -> None:
    owner = np.zeros((2, 2), np.int32)
    growth = springs.Growth(7, (0, 0), np.zeros((2, 2)), np.zeros((2, 2), np.int32), np.ones(1))
    with pytest.raises(ValueError, match="basin 7"):
        springs.tidy(owner, [growth])
