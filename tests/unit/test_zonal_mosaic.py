"""Tiles as one raster: the figures of the whole, nothing between them, and nothing ambiguous."""

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from zonal_samples import EQUAL_AREA, frame

from zoning.base.errors import SourceError
from zoning.zonal import zonal_areas, zonal_stats
from zoning.zonal.mosaic import describe

CELL = 100.0


def tile(path, values, col, row, *, nodata=255, cell=CELL):
    """Write a tile whose upper left cell is (row, col) of a grid."""
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype=values.dtype.name, crs=EQUAL_AREA, nodata=nodata,
        transform=Affine(cell, 0, col * CELL, 0, -cell, -row * CELL),
    ) as out:  # fmt: skip
        out.write(values, 1)
    return path


@pytest.fixture
def whole(tmp_path):
    values = np.random.default_rng(2).integers(0, 5, (40, 60)).astype(np.uint8)
    return values, tile(tmp_path / "whole.tif", values, 0, 0)


def cut(folder, values):
    folder.mkdir()
    for row in (0, 25):
        for col in (0, 30):
            part = values[row : row + (25 if row == 0 else 15), col : col + 30]
            tile(folder / f"t_{row}_{col}.tif", np.ascontiguousarray(part), col, row)
    return folder


UNITS = frame(
    shapely.Polygon([(120, -130), (5700, -900), (4100, -3900), (800, -2500)]),
    shapely.box(-500, -4500, 3050, -2450),
)


def test_a_folder_and_a_list_of_tiles_give_the_figures_of_the_whole_raster(tmp_path, whole):
    values, single = whole
    folder = cut(tmp_path / "tiles", values)
    expected = zonal_areas(single, UNITS, id_column="name")
    for raster in (folder, sorted(folder.iterdir()), [str(p) for p in sorted(folder.iterdir())]):
        found = zonal_areas(raster, UNITS, id_column="name")
        pd.testing.assert_frame_equal(found, expected, rtol=1e-12)
    means = zonal_stats(folder, UNITS, id_column="name")
    pd.testing.assert_frame_equal(means, zonal_stats(single, UNITS, id_column="name"), rtol=1e-12)


def test_a_vrt_file_is_a_raster_like_any_other(tmp_path, whole):
    values, single = whole
    folder = cut(tmp_path / "tiles", values)
    vrt = tmp_path / "mosaic.vrt"
    vrt.write_text(describe(sorted(folder.iterdir()), "tiles"), "utf-8")
    expected = zonal_areas(single, UNITS, id_column="name")
    found = zonal_areas(vrt, UNITS, id_column="name")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


@pytest.mark.parametrize("nodata", [255, None])
def test_between_tiles_there_is_no_data_and_not_class_zero(tmp_path, nodata):
    """Two tiles of 10 × 10 cells of class 0 with 10 columns between them: a third is unknown."""
    zero = np.zeros((10, 10), np.uint8)
    tiles = [
        tile(tmp_path / f"{n}.tif", zero, col, 0, nodata=nodata) for n, col in enumerate((0, 20))
    ]
    found = zonal_areas(tiles, frame(shapely.box(0, -1000, 3000, 0)), id_column="name")
    assert found["class"].tolist() == [0]
    assert found["coverage_share"].tolist() == pytest.approx([2 / 3], abs=1e-6)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"col": 9}, "tiles-overlap"),
        ({"col": 10.5}, "tiles-differ"),
        ({"col": 10, "nodata": 7}, "tiles-differ"),
        ({"col": 10, "cell": 50.0}, "tiles-differ"),
    ],
)
def test_tiles_that_do_not_make_one_grid_are_refused(tmp_path, second, code):
    zero = np.zeros((10, 10), np.uint8)
    tile(tmp_path / "a.tif", zero, 0, 0)
    tile(tmp_path / "b.tif", zero, row=0, **second)
    with pytest.raises(SourceError) as stop:
        zonal_areas(tmp_path, UNITS, id_column="name")
    assert stop.value.problems[0].code == code


def test_a_folder_without_tiles_is_refused(tmp_path):
    with pytest.raises(SourceError) as stop:
        zonal_areas(tmp_path, UNITS, id_column="name")
    assert stop.value.problems[0].code == "tiles-none"
