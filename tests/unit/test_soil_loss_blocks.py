"""How a raster of soil loss is cut into blocks, what a block reads, and how it is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import CRS
from stats_samples import METRES, hills, write

from zoning.messages import Text
from zoning.stats import Input, Request, soil_loss, terrain
from zoning.stats.model import build
from zoning.stats.soil_loss import Classes, Model, constant, write_rasters
from zoning.zonal.grid import Grid

SHAPE = (24, 31)
UPPERS = np.array([2500.0, 5000.0, 8000.0, 15000.0])


def grid(height: int, width: int) -> Grid:
    return Grid("x.tif", CRS.from_user_input(METRES), (30.0, 0.0, 5e5, 0.0, -30.0, 4.2e6),
                height, width, (1, width), (1,), ("float32",), (None,), (False,), (1.0,),
                (0.0,))  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> Model:
    """Bare hills, R and K the same everywhere."""
    files = {
        "dem": hills(*SHAPE),
        "landcover": np.full(SHAPE, 60, np.uint8),
        "cover": np.zeros(SHAPE, np.float32),
        "erosivity": np.full(SHAPE, 1000.0),
        "erodibility": np.full(SHAPE, 0.05),
    }
    inputs = {
        role: Input(write(tmp_path / f"{role}.tif", values), Text(role, role))
        for role, values in files.items()
    }
    return build(Request(), inputs, "worldcover")[0]


def written(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def tolerable(*pairs: tuple[int, float]) -> np.ndarray:
    table = np.full(256, np.nan)
    for code, value in pairs:
        table[code] = value
    return table


@pytest.mark.parametrize("block", [(24, 31), (5, 31), (7, 9), (24, 4)])
def test_blocks_are_told_in_order_and_give_the_same_raster(
    model: Model, tmp_path: Path, block: tuple[int, int]
) -> None:
    told: list[tuple[int, int]] = []
    write_rasters(model, tmp_path / "whole.tif", threads=1)
    write_rasters(
        model, tmp_path / "parts.tif", threads=2, block=block,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    parts, whole = written(tmp_path / "parts.tif"), written(tmp_path / "whole.tif")
    assert np.array_equal(parts, whole)
    assert (whole > 0.0).mean() > 0.9
    number = -(-SHAPE[0] // block[0]) * -(-SHAPE[1] // block[1])
    assert told == [(done, number) for done in range(1, number + 1)]


@pytest.mark.parametrize(
    ("size", "longest", "halo"),
    [(30.0, 100.0, 7), (33.4, 100.0, 6), (50.0, 100.0, 5), (99.0, 100.0, 5), (100.0, 100.0, 2)],
)
def test_the_halo_holds_the_longest_slope_and_what_its_gradient_needs(
    model: Model, size: float, longest: float, halo: int
) -> None:
    larger = np.full(SHAPE[0], 500.0)
    for dx, dy in ((np.full(SHAPE[0], size), larger), (larger, np.full(SHAPE[0], size))):
        assert replace(model, dx=dx, dy=dy, longest=longest).halo == halo
    assert replace(model, ls=constant(1.0)).halo == 0


def test_a_model_of_which_nothing_else_is_said_ends_slopes_at_100_m(model: Model) -> None:
    names = ("grid", "elevation", "r", "k", "group", "season", "practice", "ls", "method",
             "constant", "tillage", "dx", "dy")  # fmt: skip
    plain = Model(**{name: getattr(model, name) for name in names})
    assert (plain.longest, plain.multiplier) == (100.0, 1.0)
    assert plain.cuts.tolist() == [0.05, 0.7, 0.5]
    assert plain.limits == pytest.approx(np.tan(np.radians([1.0, 3.0, 5.0])))


def test_classes_and_where_another_reading_of_the_zones_disputes_them(
    model: Model, tmp_path: Path
) -> None:
    loss = tmp_path / "loss.tif"
    model = replace(model, ls=constant(0.1))  # 1000 · 0.05 · 0.1 · 100 = 500 t/(km²·a)
    plain = Classes(constant(1.0), constant(0.0), tolerable((1, 1000.0), (2, 200.0)), UPPERS)
    found = {}
    for zone in (1.0, 2.0):
        for other in (1.0, 2.0):
            given = replace(plain, zone=constant(zone), other=constant(other))
            out = tmp_path / f"{zone}-{other}.tif"
            write_rasters(model, loss, (out, given), threads=1)
            assert written(loss) == pytest.approx(np.full(SHAPE, 500.0))
            (found[zone, other],) = np.unique(written(out))
    assert found == {
        (1.0, 1.0): 2, (1.0, 2.0): terrain.LIGHT_BY_OTHER,
        (2.0, 1.0): terrain.SLIGHT_BY_OTHER, (2.0, 2.0): 3,
    }  # fmt: skip
    with rasterio.open(tmp_path / "1.0-1.0.tif") as dataset:
        assert (dataset.dtypes, dataset.nodata) == (("uint8",), 255.0)
    with rasterio.open(loss) as dataset:
        assert (dataset.dtypes, dataset.nodata) == (("float32",), -1.0)


@pytest.mark.parametrize("shape", [(1000, 20_000), (3_000, 700), (40, 50), (600, 8_192)])
def test_blocks_end_on_tiles_and_fit_into_memory(shape: tuple[int, int]) -> None:
    height, width = shape
    windows = list(soil_loss._windows(grid(height, width), None))
    assert sum((b - a) * (d - c) for a, b, c, d in windows) == height * width
    for row0, row1, col0, col1 in windows:
        assert row0 % 256 == col0 % 256 == 0
        assert row1 == height or row1 % 256 == 0
        assert col1 == width or col1 % 256 == 0
        assert (row1 - row0) * (col1 - col0) <= 256 * 8192


def test_only_rasters_larger_than_a_tile_are_tiled() -> None:
    for shape, tiled in (((256, 256), True), ((255, 300), False), ((300, 255), False)):
        profile = soil_loss._profile(grid(*shape), {"dtype": "float32"}, 3)
        assert profile.get("tiled", False) is tiled
        assert (profile["height"], profile["width"]) == shape
        assert (profile["num_threads"], profile["dtype"]) == (3, "float32")
