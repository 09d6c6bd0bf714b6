"""Context for display: small, gapless, named."""

from __future__ import annotations

import geopandas
import numpy as np
import shapely
from report_samples import styles
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box

from zoning.show.map.context import bounds, layer_payload, simplify


def wavy(points: int, x: float) -> np.ndarray:
    """A border of many vertices from south to north along a meridian."""
    y = np.linspace(35, 40, points)
    return np.column_stack([x + 0.01 * np.sin(y * 40) + 0.0003 * np.sin(y * 4000), y])


def counties(points: int = 20_000) -> np.ndarray:
    """Two areas that share a long border."""
    border = wavy(points, 112.0)
    west = Polygon([(110, 35), *border, (110, 40)])
    east = Polygon([*border, (114, 40), (114, 35)])
    return np.array([west, east], dtype=object)


def test_neighbours_are_simplified_together_and_no_gap_opens():
    small = simplify(counties())
    assert shapely.get_num_coordinates(small).sum() <= 9_000
    assert shapely.coverage_is_valid(small)
    assert shapely.area(shapely.intersection(*small)) == 0
    gap = shapely.difference(box(110, 35, 114, 40), shapely.union_all(small))
    assert shapely.area(gap) == 0


def test_a_line_keeps_more_of_its_course_than_an_area():
    course = wavy(20_000, 112.0)
    (small,) = simplify(np.array([LineString(course)], dtype=object))
    assert shapely.get_num_coordinates(small) < 20_000
    assert shapely.distance(shapely.points(course[::40]), small).max() <= 1e-4  # About 10 m.


def test_few_vertices_stay_as_they_are():
    shapes = np.array([box(110, 35, 111, 36)], dtype=object)
    assert simplify(shapes)[0] is shapes[0]


def test_overlapping_areas_are_simplified_one_by_one():
    shapes = np.array([shapely.buffer(Point(x, 37), 1, quad_segs=9_000) for x in (112, 112.5)])
    assert shapely.get_num_coordinates(simplify(shapes)).sum() <= 9_000


def payload(shapes, lang="en", **columns):
    frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4490")
    return layer_payload(frame, styles()[1], "counties", lang)


def test_names_are_in_the_language_asked_for_where_there_is_one():
    shapes = [box(110, 35, 111, 36), box(111, 35, 112, 36)]
    columns = {"name": ["甲", None], "name_en": ["A", None]}
    assert [f["n"] for f in payload(shapes, **columns)["features"]] == ["A", ""]
    assert [f["n"] for f in payload(shapes, "zh", **columns)["features"]] == ["甲", ""]
    assert [f["n"] for f in payload(shapes, name=["甲", "乙"])["features"]] == ["甲", "乙"]


def test_one_label_a_name_at_its_largest_part():
    lines = MultiLineString([[(110, 36), (110.1, 36)], [(111, 36), (113, 36)]])
    found = payload([lines, LineString([(110, 37), (110.2, 37)])], name=["汾河", "汾河"])
    assert found["labels"] == [(36.0, 112.0, "汾河")]


def test_other_crs_are_brought_home_and_coordinates_rounded():
    frame = geopandas.GeoDataFrame(
        {"name": ["x"]}, geometry=[Point(112.123456789, 37.5)], crs="EPSG:4490"
    )
    metres = layer_payload(frame.to_crs("EPSG:4547"), None, "springs", "zh")
    assert metres["features"][0]["g"] == {"type": "Point", "coordinates": [112.12346, 37.5]}
    assert (metres["name"], metres["note"]) == ("springs", "")


def test_empty_and_missing_geometries_are_passed_over():
    found = payload([None, Polygon(), box(110, 35, 111, 36)], name=["a", "b", "c"])
    assert [f["n"] for f in found["features"]] == ["c"]
    assert payload([], name=[])["features"] == []


def test_the_note_carries_evidence_accuracy_and_standing():
    note = payload([], name=[])["note"]
    assert note == "surveyed, open data, ±90 m, indicative, not a legal boundary"


def test_bounds_of_nothing_are_none():
    assert bounds([{"bounds": None}]) is None
