"""Cells from polygons and polygons from cells, and the closure between them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

import zoning
from zoning.base import geodesy
from zoning.zonal import convert

CELL = convert.CELL


def _frame(*shapes):
    return gpd.GeoDataFrame(geometry=list(shapes), crs="EPSG:4490")


def _cells(values, classes=None, nodata=0.0, scale=1.0):
    return convert.Cells(np.array(values), convert.grid_transform(), nodata, classes or {}, scale)


def test_a_cell_takes_the_zone_that_holds_its_centre():
    west, north = convert.WEST + 10 * CELL, convert.NORTH - 10 * CELL
    # 2.4 x 1.6 cells: centres of columns 0 and 1 (0.5, 1.5; 2.5 is out) and of rows 0 and 1
    shape = box(west, north - 1.6 * CELL, west + 2.4 * CELL, north)
    burnt = convert.rasterise(_frame(shape), ["a"])
    assert np.argwhere(burnt.values == 1).tolist() == [[10, 10], [10, 11], [11, 10], [11, 11]]
    assert burnt.classes == {1: "a"}


def test_zones_of_one_name_share_a_code_and_lines_take_all_they_touch():
    west, north = convert.WEST, convert.NORTH
    line = LineString(
        [(west + 0.1 * CELL, north - 0.1 * CELL), (west + 2.9 * CELL, north - 0.2 * CELL)]
    )
    assert (convert.rasterise(_frame(line), ["r"]).values == 1).sum() == 3
    a, b = (
        box(west, north - CELL, west + CELL, north),
        box(west + 4 * CELL, north - CELL, west + 5 * CELL, north),
    )
    burnt = convert.rasterise(_frame(a, b), ["x", "x"])
    assert burnt.classes == {1: "x"}
    assert burnt.values.sum() == 2


def test_polygons_follow_the_cells_and_keep_holes():
    values = np.zeros(convert.SHAPE, np.uint8)
    values[0:3, 0:3] = 1
    values[1, 1] = 2
    drawn = convert.vectorise(_cells(values, {1: "ring", 2: "core"}))
    assert drawn["name"].tolist() == ["ring", "core"]
    ring = drawn.geometry.iloc[0].geoms[0]
    assert len(ring.interiors) == 1
    assert ring.area == pytest.approx(8 * CELL**2)
    assert drawn["area_km2"].sum() == pytest.approx(  # km2 to three digits each
        sum(convert.class_areas(_cells(values, {1: "a"})).values()) / 1e6, abs=2e-3
    )


def test_a_quantity_is_cut_at_round_limits_in_its_unit():
    values = np.zeros((2, 4), np.int16) - 1
    values[0] = [0, 500, 999, 1000]
    drawn = convert.vectorise(_cells(values, nodata=-1.0, scale=0.1))
    # 0 to 100 in ten classes of 10; 99.9 and 100 both fall into the last
    assert drawn["low"].tolist() == [0.0, 50.0, 90.0]
    assert drawn["high"].tolist() == [10.0, 60.0, 100.0]
    assert drawn.geometry.iloc[2].area == pytest.approx(2 * CELL**2)


@pytest.mark.parametrize(
    ("width", "expected"), [(0.9, 1.0), (1.0, 1.0), (1.1, 2.0), (23.0, 50.0), (0.03, 0.05)]
)
def test_round_widths(width, expected):
    assert convert._round_up(width) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["cities", "spring_basins", "three_spaces", "erosion_zones"])
def test_closure_polygons_to_cells_and_back(name):
    frame = zoning.load_layer(name)
    names = [str(n) for n in frame["name"]]
    cells = convert.rasterise(frame, names)
    areas = convert.class_areas(cells)
    back = convert.vectorise(cells).set_index("value")
    for code, label in cells.classes.items():
        part = frame.geometry[frame["name"] == label].union_all()
        slack = convert.half_cell(part)
        assert areas.get(code, 0.0) == pytest.approx(float(geodesy.areas(part)[0]), abs=slack)
        if code in back.index:
            assert back.loc[code, "area_km2"] == pytest.approx(
                areas[code] / 1e6, rel=1e-6, abs=1e-3
            )


def test_two_small_zones_in_one_cell_are_both_told():
    x, y = convert.WEST + 10.2 * CELL, convert.NORTH - 10.2 * CELL
    a, b = (Point(x, y + shift * CELL).buffer(0.02 * CELL) for shift in (0.0, 0.05))
    cells = convert.rasterise(_frame(a, b), ["a", "b"])
    assert cells.below_cell == ("a", "b")
    assert len(set(np.unique(cells.values).tolist()) - {0}) == 1


def test_a_band_narrower_than_a_cell_is_told_by_its_area():
    # along the centres of ten cells of a row: a hundredth of a cell wide, and ten whole cells
    y = convert.NORTH - 10.5 * CELL
    line = LineString([(convert.WEST + 10.4 * CELL, y), (convert.WEST + 19.6 * CELL, y)])
    band = line.buffer(0.005 * CELL, cap_style="flat")
    block = box(convert.WEST, convert.NORTH - 5 * CELL, convert.WEST + 5 * CELL, convert.NORTH)
    cells = convert.rasterise(_frame(band, block), ["band", "block"])
    assert cells.below_cell == ()
    [(name, (zone, drawn))] = cells.area_not_kept.items()
    assert name == "band"
    assert drawn / zone == pytest.approx(10 / (9.2 * 0.01), rel=1e-3)
