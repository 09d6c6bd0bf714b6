"""Very long arrays of coordinates: read apart from the rest, to the same geometry."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely

from zoning.read import ReadOptions
from zoning.read.formats import geojson, geojson_arrays
from zoning.read.types import Raw


def pierced(west: float, holes: int) -> list[Any]:
    """Return the rings of a square of 1° with holes in a row."""
    rings = [[[west, 37], [west + 1, 37], [west + 1, 38], [west, 38], [west, 37]]]
    for at in np.linspace(west + 0.001, west + 0.999, holes, endpoint=False):
        x, e = float(at), 1 / holes / 3
        rings.append([[x, 37.1], [x, 37.9], [x + e, 37.9 - 1e-7], [x + e, 37.1], [x, 37.1]])
    return rings


def document(kind: str, coordinates: Any) -> str:
    shape = {"type": kind, "coordinates": coordinates}
    found = {"type": "Feature", "properties": {"name": "甲"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [found]})


def read(text: str) -> Raw:
    return geojson.parse(text.encode(), "a.geojson", ReadOptions())


@pytest.fixture
def long(monkeypatch):
    """Take arrays for long from 200 characters on."""

    written = geojson_arrays._ARRAY.pattern

    def set_to(size: int) -> None:
        pattern = written.replace(str(65536), str(size))
        monkeypatch.setattr(geojson_arrays, "_ARRAY", geojson_arrays.re.compile(pattern))
        monkeypatch.setattr(geojson_arrays, "LONG", size)

    return set_to


def heights(rings: list[Any]) -> list[Any]:
    return [[[*position, 900.5] for position in ring] for ring in rings]


RINGS = pierced(112, 20)
OPEN = [*RINGS[:5], RINGS[5][:-1]]
RAGGED = [[[112, 37, 1], *RINGS[0][1:]], *RINGS[1:]]


@pytest.mark.parametrize(
    ("kind", "coordinates", "apart"),
    [
        ("Polygon", RINGS, True),
        ("Polygon", heights(RINGS), True),
        ("MultiPolygon", [RINGS, pierced(114, 3), [pierced(116, 1)[0]]], True),
        ("MultiLineString", RINGS[1:], True),
        ("Polygon", [RINGS], True),  # a list too deep: a fault either way
        ("Polygon", OPEN, False),
        ("Polygon", RAGGED, False),
        ("Polygon", [*RINGS, []], False),
        ("Polygon", [*RINGS, [[112.5, 37.5], [112.6, 37.5], [112.5, 37.5]]], False),
    ],
)
def test_apart_or_not_the_same_is_read(long, kind, coordinates, apart):
    text = document(kind, coordinates)
    long(10**9)
    plain = read(text)
    long(200)
    assert bool(geojson_arrays.taken_out(text)[1]) is apart
    found = read(text)
    assert shapely.equals_identical(found.geometry, plain.geometry).all() or (
        plain.geometry[0] is None and found.geometry[0] is None
    )
    assert found.broken == plain.broken
    assert found.ledger == plain.ledger
    assert found.attributes.rows() == plain.attributes.rows()


@pytest.mark.parametrize(
    "text",
    [
        document("Polygon", RINGS).replace("112.001, 37.1", "112.001 37.1"),
        document("Polygon", RINGS).replace("112.001, 37.1", "112.001, 37.1.2"),
        document("Polygon", RINGS).replace("112.001, 37.1", "112.001,, 37.1"),
        document("Polygon", RINGS).replace("[[112.001", "[112.001"),
    ],
)
def test_what_is_no_list_of_rings_stays_in_the_text(long, text):
    long(200)
    assert geojson_arrays.taken_out(text) == (text, [])


def test_an_array_outside_the_features_is_counted(long):
    long(200)
    top = json.loads(document("Polygon", [RINGS[0]]))
    top["more"] = {"type": "Polygon", "coordinates": pierced(114, 9)}
    text = json.dumps(top)
    assert len(geojson_arrays.taken_out(text)[1]) == 1
    assert read(text).ledger.unread
    top["features"][0]["properties"] = {"coordinates": pierced(114, 9)}
    assert read(json.dumps(top)).ledger.tallies[1].missing == 0


def test_nothing_is_taken_for_a_numbered_string(long):
    long(200)
    text = document("Polygon", RINGS).replace("\\u7532", "\\u00000")
    assert geojson_arrays.taken_out(text) == (text, [])
