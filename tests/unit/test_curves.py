"""Arcs as chords: areas worked out by hand, from text and from bytes alike."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
import shapely

from zoning.read import ReadOptions, curves, read_vector

CIRCLE = "CIRCULARSTRING(0 0, 1000 1000, 2000 0, 1000 -1000, 0 0)"
TEXTS = [
    (f"CURVEPOLYGON({CIRCLE})", "Polygon", math.pi * 1e6),
    ("CURVEPOLYGON(CIRCULARSTRING(0 0, 2000 0, 0 0))", "Polygon", math.pi * 1e6),
    (
        "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(0 0, 1000 1000, 2000 0), (2000 0, 0 0)))",
        "Polygon",
        math.pi * 1e6 / 2,
    ),
    (f"CURVEPOLYGON({CIRCLE}, (900 -50, 1100 -50, 1100 50, 900 50, 900 -50))", "Polygon",
     math.pi * 1e6 - 20_000),
    (f"MULTISURFACE(CURVEPOLYGON({CIRCLE}), ((5000 0, 5010 0, 5010 10, 5000 10, 5000 0)))",
     "MultiPolygon", math.pi * 1e6 + 100),
    ("MULTICURVE((0 0, 1 1), CIRCULARSTRING Z (0 0 5, 1 1 5, 2 0 5))", "MultiLineString", 0.0),
    ("GEOMETRYCOLLECTION(POINT(1 2), COMPOUNDCURVE((0 0, 1 1)))", "GeometryCollection", 0.0),
    ("CURVEPOLYGON EMPTY", "Polygon", 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "area"), TEXTS)
def test_text(text, kind, area):
    shape = shapely.from_wkb(curves.straight_wkt(text))
    assert (shape.geom_type, shape.is_valid) == (kind, True)
    # A sliver of less than 1 mm along a circle of 6.3 km.
    assert shape.area == pytest.approx(area, abs=6.3)
    assert shape.area <= area + 1e-6


@pytest.mark.parametrize(
    "text",
    ["CIRCULARSTRING(0 0, 1 1)", "CIRCULARSTRING(0 0, 1 1, 2 0, 3 3)", "CURVEPOLYGON((0 0, 1 1",
     "COMPOUNDCURVE((0 0, 1 1), (5 5, 6 6))", "CURVEPOLYGON(CIRCLE(0 0))", "CIRCULARSTRING(a b)",
     "MULTISURFACE(" * 50],
)  # fmt: skip
def test_text_that_is_none(text):
    with pytest.raises(curves.CurveError):
        curves.straight_wkt(text)


def wkb(kind, points, *, order="<", width=2):
    head = struct.pack(order + "B", 1 if order == "<" else 0)
    return (
        head
        + struct.pack(order + "II", kind, len(points))
        + b"".join(struct.pack(f"{order}{width}d", *p) for p in points)
    )


def test_bytes_in_any_order_and_dimension():
    flat = [(0, 0), (1000, 1000), (2000, 0), (1000, -1000), (0, 0)]
    high = [(*p, 7.0) for p in flat]
    for order, kind, width, points in (
        ("<", 8, 2, flat), (">", 8, 2, flat), ("<", 1008, 3, high), (">", 0x80000008, 3, high)
    ):  # fmt: skip
        ring = wkb(kind, points, order=order, width=width)
        data = struct.pack("<BII", 1, 10, 1) + ring
        assert curves.has_arcs(data)
        assert shapely.from_wkb(curves.straight_wkb(data)).area == pytest.approx(
            math.pi * 1e6, abs=6.3
        )
    with pytest.raises(curves.CurveError):
        curves.straight_wkb(data[:-3])
    with pytest.raises(curves.CurveError):
        curves.straight_wkb(data + b"\0")


def test_straight_bytes_stay_what_they_are():
    box, point = shapely.box(0, 0, 1, 1), shapely.Point(1, 2)
    line = shapely.LineString([(0, 0), (1, 1)])
    shapes = [box, line, point, shapely.GeometryCollection([point, box])]
    for shape in shapes:
        assert shapely.from_wkb(curves.straight_wkb(shape.wkb)).equals(shape)
    assert not curves.has_arcs(shapes[0].wkb)


def test_the_chords_leave_the_arc_by_the_tolerance():
    points = curves.circular(np.array([(5e5, 4e6), (5e5 + 300, 4e6 + 300), (5e5 + 600, 4e6)]))
    middles = (points[1:] + points[:-1]) / 2
    gap = 300 - np.hypot(*(middles - (5e5 + 300, 4e6)).T)
    assert 0 < gap.max() <= curves.SAGITTA_M


def test_a_table_with_arcs(tmp_path):
    path = tmp_path / "a.csv"
    arc = "CURVEPOLYGON(CIRCULARSTRING(112 37, 112.01 37.01, 112.02 37, 112.01 36.99, 112 37))"
    path.write_text(f'id,wkt\n1,"{arc}"\n2,"CIRCULARSTRING(0 0, 1 1)"\n', "utf-8")
    reading = read_vector(path, ReadOptions(crs="EPSG:4490"))
    assert reading.failed == (1,)
    assert shapely.area(reading.frame.geometry.iloc[0]) == pytest.approx(math.pi * 1e-4, rel=1e-5)
    assert curves.told() in reading.record.notices
