"""Whatever the bytes, reading ends in features, in named problems, or in a SourceError."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from zoning.base.errors import SourceError
from zoning.read import ReadOptions
from zoning.read.formats import geojson, shapefile, shapefile_encoding
from zoning.read.reader import finish
from zoning.read.validity import ring_area

QUICK = settings(max_examples=75, deadline=None)
NUMBER = st.one_of(
    st.floats(width=64), st.integers(-(10**20), 10**20), st.floats(109, 115), st.floats(33, 42)
)
POSITION = st.lists(NUMBER, min_size=0, max_size=4)
PLACE = st.tuples(st.floats(110.5, 114.5), st.floats(34.6, 40.5))
RING = st.lists(PLACE, min_size=1, max_size=9).map(lambda r: [*r, r[0]])
#: Valid rings: distances from a centre at ascending angles.
STAR = st.lists(st.floats(0.01, 0.4), min_size=3, max_size=9).map(
    lambda far: [
        (112.5 + r * np.cos(2 * np.pi * i / len(far)), 37.5 + r * np.sin(2 * np.pi * i / len(far)))
        for i, r in [*enumerate(far), (0, far[0])]
    ]
)
WILD = st.recursive(POSITION | st.none() | st.text(max_size=3), lambda c: st.lists(c, max_size=4))
KINDS = st.sampled_from(
    ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Curve"]
)
GEOMETRY = st.one_of(
    st.none(),
    st.builds(lambda k, c: {"type": k, "coordinates": c}, KINDS, WILD),
    st.builds(lambda r: {"type": "Polygon", "coordinates": r}, st.lists(RING, max_size=3)),
    st.builds(lambda r: {"type": "MultiPolygon", "coordinates": [[x] for x in r]},
              st.lists(RING, max_size=3)),
)  # fmt: skip
COLLECTED = st.recursive(
    GEOMETRY,
    lambda g: st.builds(
        lambda m: {"type": "GeometryCollection", "geometries": m}, st.lists(g, max_size=3)
    ),
    max_leaves=5,
)


def run(features, repair=False):
    text = json.dumps({"type": "FeatureCollection", "features": features})
    options = ReadOptions(repair=repair)
    raw = geojson.parse(text.encode("utf-8", "surrogatepass"), "a", options)
    return finish(raw, "a", "a", "0" * 64, options)


def as_features(shapes):
    return [{"type": "Feature", "properties": {"id": i}, "geometry": g}
            for i, g in enumerate(shapes)]  # fmt: skip


@QUICK
@given(st.lists(COLLECTED, min_size=1, max_size=5), st.booleans())
def test_every_feature_is_either_usable_or_named(shapes, repair):
    try:
        reading = run(as_features(shapes), repair)
    except SourceError as error:
        assert error.problems[0].code in {
            "axes-swapped", "geojson-metre-coordinates", "crs-contradicts-coordinates",
        }  # fmt: skip
        return
    good, bad = list(reading.frame.index), list(reading.failed)
    assert sorted(good + bad) == list(range(len(shapes)))
    assert {p.feature for p in reading.problems} == {f"{b + 1} (id={b})" for b in bad}
    usable = reading.frame.geometry.to_numpy()
    assert shapely.is_valid(usable).all()
    assert not shapely.is_empty(usable).any()
    assert not shapely.has_z(usable).any()
    assert np.isfinite(shapely.get_coordinates(usable)).all()
    for shape in usable:
        assert shape.geom_type != "GeometryCollection"
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw
                assert not any(hole.is_ccw for hole in part.interiors)


@QUICK
@given(st.lists(RING, min_size=1, max_size=4))
def test_a_repair_without_permission_never_changes_the_area(rings):
    shapes = [{"type": "Polygon", "coordinates": [r]} for r in rings]
    reading = run(as_features(shapes))
    repaired = {r.position: r for r in reading.repairs}
    for position, shape in reading.frame.geometry.items():
        drawn = ring_area(shapely.Polygon(rings[position]))
        allowed = 1e-4 if position in repaired else 1e-12
        assert abs(ring_area(shape) - drawn) <= allowed * drawn


@QUICK
@given(STAR, st.integers(0, 8), st.booleans())
def test_where_a_ring_starts_and_which_way_it_runs_changes_nothing(ring, start, reverse):
    turned = [*ring[:-1][start % (len(ring) - 1) :], *ring[:-1][: start % (len(ring) - 1)]]
    turned = turned[::-1] if reverse else turned
    turned.append(turned[0])
    shapes = [{"type": "Polygon", "coordinates": [r]} for r in (ring, turned)]
    first, second = run(as_features(shapes)).frame.geometry
    assert ring_area(first) == pytest.approx(ring_area(second), rel=1e-9)
    assert first.equals(second)


@QUICK
@given(st.data())
def test_damaged_bytes_are_read_or_refused(data):
    good = json.dumps({"type": "FeatureCollection", "features": as_features(
        [{"type": "Polygon", "coordinates": [[[112, 37], [113, 37], [113, 38], [112, 37]]]}]
    )}).encode()  # fmt: skip
    at = data.draw(st.integers(0, len(good)))
    size = data.draw(st.integers(0, 8))
    new = data.draw(st.binary(max_size=8))
    damaged = good[:at] + new + good[at + size :]
    try:
        raw = geojson.parse(damaged, "a", ReadOptions())
        if len(raw.geometry):
            finish(raw, "a", "a", "0" * 64, ReadOptions())
    except SourceError as error:
        assert error.problems[0].cure.zh


VALUES = st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(),
                   st.lists(st.text(max_size=3), max_size=2))  # fmt: skip


@QUICK
@given(st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=4), min_size=1, max_size=4))
def test_attributes_are_plain_and_clean(rows):
    point = {"type": "Point", "coordinates": [112, 37]}
    features = [{"type": "Feature", "properties": r, "geometry": point} for r in rows]
    frame = run(features).frame
    assert len(frame) == len(rows)
    for column in frame.columns.drop("geometry"):
        for value in frame[column]:
            assert type(value) in (str, int, float, bool, type(None))
            if isinstance(value, str):
                value.encode("utf-8")
                assert not any(ord(c) < 32 and c not in "\t\n\r" for c in value)


COMMON = "".join(chr(c) for c in range(0x4E00, 0x9FA5) if 0xB0 <= (
    chr(c).encode("gb2312", "ignore") or b"\0")[0] <= 0xD7)  # fmt: skip


@QUICK
@given(
    st.lists(st.text(COMMON, min_size=3, max_size=12), min_size=2, max_size=8),
    st.sampled_from(["utf-8", "gb18030"]),
    st.sampled_from([None, "UTF-8", "GBK", "ISO-8859-1", "junk"]),
    st.sampled_from([0x00, 0x4D, 0x57, None]),
)
def test_chinese_names_are_told_apart_whatever_is_declared(texts, codec, cpg, ldid):
    encoded = [t.encode(codec) for t in texts]
    choice = shapefile_encoding.decide(encoded, [], cpg, ldid)
    assert choice.codec == codec
    assert [e.decode(choice.codec) for e in encoded] == texts


@QUICK
@given(st.lists(st.binary(max_size=20), max_size=6), st.text(max_size=8), st.integers(0, 255))
def test_any_bytes_get_some_encoding(texts, cpg, ldid):
    choice = shapefile_encoding.decide(texts, texts, cpg, ldid)
    assert choice.evidence.zh
    assert choice.evidence.en
    b"".join(texts).decode(choice.codec, "replace")


@QUICK
@given(st.binary(max_size=200))
def test_any_header_is_survived(start):
    widths, _ = shapefile.header(start)
    assert all(0 <= w <= 255 for w in widths.values())
