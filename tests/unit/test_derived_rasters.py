"""Raster products: cells repeated, centres, COG; and the outlets of the erosion zones."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pyflwdir")

import rasterio
from derived import dg, erosion, rasters
from rasterio.transform import Affine
from shapely.geometry import LineString, box


def test_cells_are_repeated_not_interpolated() -> None:
    fine = rasters.repeat(np.array([[1, 2]]), (2, 6))
    assert fine.tolist() == [[1, 1, 1, 2, 2, 2]] * 2
    with pytest.raises(ValueError, match="does not divide"):
        rasters.repeat(np.array([[1, 2]]), (2, 5))


def test_the_coarse_grids_are_whole_multiples_of_the_common_one() -> None:
    shape = dg.cells().height.shape
    for name, times in (("landcover_2019.tif", 6), ("ndvi_max.tif", 6), ("rain_monthly.tif", 30)):
        with rasterio.open(dg.DATA / "rasters" / name) as grid:
            assert (grid.height * times, grid.width * times) == shape
            assert grid.transform.c == pytest.approx(dg.cells().transform.c)
            assert grid.transform.f == pytest.approx(dg.cells().transform.f)


def test_a_class_raster_takes_the_polygon_at_the_centre(tmp_path) -> None:
    grid = dg.cells()
    west, north = grid.transform.c, grid.transform.f
    step = grid.transform.a
    # 1.6 cells wide: the second centre lies at 1.5
    shape = box(west, north - step, west + 1.6 * step, north)
    values = rasters.burn(tmp_path / "x.tif", [(shape, 7)])
    assert (values == 7).sum() == 2
    out = tmp_path / "x.tif"
    rasters.write_cog(values, out, nodata=0, tags={"classes": "7 seven"})
    with rasterio.open(out) as made:
        assert made.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert made.tags()["classes"] == "7 seven"
        assert (made.read(1) == values).all()


def test_the_outlet_is_the_cell_of_a_river_that_drains_most() -> None:
    transform = Affine(1.0, 0.0, 0.0, 0.0, -1.0, 3.0)
    grid = dg.Cells(np.zeros((3, 3)), np.ones((3, 3), np.int32), np.ones((3, 3)), transform)
    drained = np.arange(9.0).reshape(3, 3)
    line = LineString([(0.2, 1.5), (1.8, 1.5)])  # the middle row, its first two cells
    assert erosion._pour(grid, drained, [line]) == 4


def test_water_is_followed_to_where_it_leaves() -> None:
    below = np.array([1, 2, 2, 0, -1])  # 3 -> 0 -> 1 -> 2; nothing below 4
    assert erosion._outlet(below, 3) == 2
    assert erosion._outlet(below, 2) == 2


def test_a_disputed_part_is_cut_out_and_keeps_both_readings() -> None:
    other = {"loess": (box(0, 0, 1, 1), ["A"])}
    sure, doubt = erosion.split(box(0, 0, 2, 1), "rocky", other)
    assert (sure["disputed"], sure["alternative"], sure["geometry"].area) == (False, "rocky", 1.0)
    assert (doubt["disputed"], doubt["alternative"], doubt["geometry"].area) == (True, "loess", 1.0)
    assert doubt["counties"] == "A"
    # a county on the side that the table gives it anyway is no dispute
    [whole] = erosion.split(box(0, 0, 2, 1), "loess", other)
    assert not whole["disputed"]
    # a zone that lies wholly in the counties leaves no undisputed rest
    [only] = erosion.split(box(0, 0, 0.5, 1), "rocky", other)
    assert only["disputed"]
