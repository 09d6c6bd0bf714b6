"""Coordinates among the attributes, and stated extents, held against the geometry."""

from __future__ import annotations

import json

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from zoning.read import ReadOptions, read_vector, stated
from zoning.read.crs import systems

SHAPE = shapely.box(112.50, 37.80, 112.51, 37.81)


def told(**attributes):
    frame = pd.DataFrame({name: [value] for name, value in attributes.items()}, dtype=object)
    shapes = np.array([SHAPE, None], dtype=object)[:-1]
    found = stated.of(frame, systems.parse("EPSG:4490"))
    return bool(stated.contradictions(found, shapes))


@pytest.mark.parametrize(
    "attributes",
    [
        {"经度": 111.5, "纬度": 37.1}, {"lon_1": "111.5", "lat_1": "36.2"}, {"x": 36.2, "y": 111.2},
        {"X坐标": 4105000.12, "Y坐标": 37520000.3}, {"center_x": 500000.0, "center_y": 4.1e6},
        {"a": 111.51234, "b": 36.81234}, {"备注": "东经111°30′05″，北纬36°20′11″"},
        {"lon": 111.2, "Y": 36.2}, {"备注": "(111.51234, 36.21111)"},
    ],
)  # fmt: skip
def test_a_position_far_from_the_geometry(attributes):
    assert told(**attributes)


@pytest.mark.parametrize(
    "attributes",
    [
        {"经度": 112.505, "纬度": 37.805}, {"起点经度": 112.5, "起点纬度": 37.80},
        {"X": 4187000.5, "Y": 632000.5}, {"Shape_Leng": 112.3456, "Shape_Area": 37.12345},
        {"lon": 112, "lat": 38}, {"x": 12, "y": 40}, {"面积": 37.5, "周长": 111.2}, {"lon": None},
    ],
)  # fmt: skip
def test_a_position_that_agrees_or_is_none(attributes):
    assert not told(**attributes)


def test_an_office_is_a_part_that_a_user_may_answer_for(tmp_path):
    path = tmp_path / "a.geojson"
    properties = {"公司经度": 112.55, "公司纬度": 37.87, "办公地址": "E112.5512,N37.8734"}
    top = {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(SHAPE)}
    path.write_text(json.dumps(top), encoding="utf-8")
    reading = read_vector(path)
    assert reading.record.incomplete
    assert not reading.doubts
    assert not read_vector(path, ReadOptions(accept_left_out="办公地点")).record.incomplete
    top["properties"] |= {"经度": 112.1, "纬度": 37.2}
    path.write_text(json.dumps(top), encoding="utf-8")
    assert read_vector(path, ReadOptions(accept_left_out="办公地点")).doubts


@pytest.mark.parametrize(
    ("box", "incomplete"),
    [
        (SHAPE.bounds, False),
        ((111.5, 36.8, 111.6, 36.9), True),
        ((112.5, 37.8, 113.5, 37.81), True),
    ],
)
def test_a_stated_extent(tmp_path, box, incomplete):
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(SHAPE)}
    path = tmp_path / "a.geojson"
    text = json.dumps({"type": "FeatureCollection", "bbox": box, "features": [feature]})
    path.write_text(text, encoding="utf-8")
    assert read_vector(path).record.incomplete is incomplete


@pytest.mark.parametrize("count", [1, 2, 16, 17, 300])
def test_a_flatgeobuf_is_counted_whatever_the_height_of_its_index(tmp_path, count):
    frame = geopandas.GeoDataFrame(geometry=[SHAPE] * count, crs=4490)
    frame.to_file(tmp_path / "a.fgb", driver="FlatGeobuf")
    assert not read_vector(tmp_path / "a.fgb").record.incomplete
