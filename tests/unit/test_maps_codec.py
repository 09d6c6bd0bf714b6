"""Packed geometry unpacks to what it was, to the digit kept."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPoint, Point, Polygon, box

from zoning.show.map.codec import pack, packed, unpack

degrees = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def test_a_small_case_by_hand():
    # 0 and 0, then one step east: zigzag 2 is C; one step back and one north: 1 is B, 2 is C.
    assert pack(np.array([[0, 0], [1, 0], [0, 1]], dtype=float), 0) == "AACABC"
    # 16 is zigzag 32: the low five bits are 0 with more to come (g), then 1 (B).
    assert pack(np.array([[16.0, 0.0]]), 0) == "gBA"


@given(st.lists(degrees, min_size=1, max_size=30), st.sampled_from([4, 5, 6]))
def test_positions_come_back_to_the_digit_kept(points, decimals):
    given_ = np.array(points)
    text = pack(given_, decimals)
    assert re.fullmatch(r"[\w-]+", text, re.ASCII)
    found = unpack(text, decimals)
    whole = np.round(given_ * 10.0**decimals)
    keep = np.r_[True, np.diff(whole, axis=0).any(axis=1)]
    expected = given_[keep] if keep.sum() >= 4 else given_  # Repeated positions are told once.
    assert len(found) == len(expected)
    assert np.abs(found - expected).max() <= 0.51 * 10.0**-decimals


def test_repeated_positions_are_told_once_but_a_ring_stays_a_ring():
    ring = np.array([[0, 0], [0, 0], [1, 0], [1, 1], [1, 1], [0, 0]], dtype=float)
    assert unpack(pack(ring, 0), 0).tolist() == [[0, 0], [1, 0], [1, 1], [0, 0]]
    tiny = np.array([[0, 0], [1e-9, 0], [1e-9, 1e-9], [0, 0]])
    assert len(unpack(pack(tiny, 6), 6)) == 4


def test_every_type_keeps_its_nesting():
    hole = Polygon(box(0, 0, 3, 3).exterior, [box(1, 1, 2, 2).exterior])
    found = packed(hole, 5)
    assert (found["type"], found["d"], len(found["coordinates"])) == ("Polygon", 5, 2)
    assert packed(Point(112.1234567, 37.5), 5) == {
        "type": "Point", "coordinates": [112.12346, 37.5],
    }  # fmt: skip
    assert packed(MultiPoint([(1, 2)]), 5)["coordinates"] == [[1, 2]]
    both = packed(GeometryCollection([Point(1, 2), LineString([(0, 0), (1, 1)])]), 5)
    assert [g["type"] for g in both["geometries"]] == ["Point", "LineString"]
