"""How far lines lie apart: points, distances, quantiles, and the packed polygons of a reference."""

from __future__ import annotations

import struct

import numpy as np
import pytest

pytest.importorskip("pyflwdir")
pytest.importorskip("h5py")

import derived  # noqa: F401 (the build is on the path)
import measure_accuracy as accuracy
import references
from shapely.geometry import LineString, MultiPolygon, Polygon, box


def test_points_stand_every_step_and_clear_of_the_ends() -> None:
    points = accuracy.along(LineString([(0, 0), (1000, 0)]), 100.0)
    assert [p.x for p in points] == [50.0 + 100.0 * i for i in range(10)]


def test_a_parallel_line_is_as_far_as_it_is_drawn() -> None:
    points = accuracy.along(LineString([(0, 0), (1000, 0)]), 100.0)
    away = accuracy.apart(points, LineString([(-500, 300), (2000, 300)]))
    assert away == pytest.approx(np.full(10, 300.0))
    assert accuracy.apart(points, box(0, -50, 500, 50)).tolist()[:5] == [0.0] * 5  # inside an area


def test_a_bend_that_is_missed_shows_from_the_reference_only() -> None:
    ours = LineString([(0, 0), (10_000, 0)])
    reference = LineString([(0, 0), (4_000, 0), (4_000, 3_000), (4_001, 0), (10_000, 0)])
    there, back = accuracy.both_ways(ours, reference, box(-1, -1, 10_001, 5_000))
    assert accuracy.figures(there)[2] < 1.0
    assert accuracy.figures(back)[2] > 2_000.0


def _packed(parts: list[bytes]) -> bytes:
    sizes = b"".join(struct.pack("<I", len(part)) for part in parts)
    return struct.pack("<I", len(parts)) + sizes + b"".join(parts)


def _ring(xy: list[tuple[float, float]], steps: bool) -> bytes:
    whole = np.round(np.add(xy, (180.0, 90.0)) / 2e-6).astype(np.int64)
    if not steps:
        return struct.pack("<I", 0) + whole.astype("<u4").tobytes()
    moves = np.diff(whole, axis=0).astype("<i2").tobytes()
    return struct.pack("<I", 1) + whole[:1].astype("<u4").tobytes() + moves


def test_packed_polygons_are_read_whole_and_by_steps() -> None:
    small = [(112.0, 37.0), (112.01, 37.0), (112.01, 37.01), (112.0, 37.0)]
    large = [(110.0, 35.0), (114.0, 35.0), (114.0, 40.0), (110.0, 35.0)]
    one = struct.pack("<I", 5) + _packed([_ring(small, True)])
    two = struct.pack("<I", 6) + _packed([_packed([_ring(large, False)])])
    first, second = references.unpack(_packed([one, two]))
    assert first.equals_exact(MultiPolygon([Polygon(small)]), 1e-6)
    assert second.equals_exact(MultiPolygon([Polygon(large)]), 1e-6)


def test_the_same_county_is_found_by_its_overlap() -> None:
    ours = {"1": box(0, 0, 10_000, 10_000), "2": box(10_000, 0, 20_000, 10_000)}
    reference = {"a": box(0, 0, 10_200, 10_000), "b": box(10_200, 0, 40_000, 10_000)}
    found = accuracy.matched(ours, reference)
    assert list(found) == ["1"]  # the second has been merged into something larger
