"""The matrix of layers by county or city: which evidence lies where."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import geopandas
import pytest
import shapely

from zoning.base.table import Table
from zoning.catalogue import load_catalogue
from zoning.catalogue.embedded import LoadedLayer
from zoning.messages import Text
from zoning.model import Evidence, Layer, LayerRecord
from zoning.review import Layers, coverage
from zoning.review.covered import evidence_by_zone

CATALOGUE = load_catalogue()
T = Text("文", "text")
#: Three counties side by side, the first two of one name in different cities.
UNITS = [shapely.box(west, 37, west + 1, 38) for west in (112, 113, 114)]
BOTH, SECOND = shapely.box(112.5, 37.2, 113.5, 37.3), shapely.box(113.2, 37.2, 113.3, 37.3)
#: On the edge between the first two: reaches 0.001° into the second.
EDGE = shapely.box(112.9, 37.2, 113.001, 37.3)


def loaded(
    name: str,
    shapes: Any,
    evidence: str = "surveyed",
    state: str = "used",
    columns: dict[str, list[object]] | None = None,
    **form: object,
) -> LoadedLayer:
    base = {"id": name, "name": T, "theme": "water", "geometry": "polygon", "description": T,
            "style": {"color": "#000000"}, "name_field": "name"}  # fmt: skip
    layer = Layer.model_validate(base | form)
    record = LayerRecord(name, T, Evidence(evidence), 0.0, None, None, state)
    table = None
    if shapes is not None:
        table = Table.of(geopandas.GeoDataFrame(columns or {}, geometry=list(shapes), crs=4490))
    return LoadedLayer(layer, record, table)


def table(*given: LoadedLayer, by: str = "county") -> dict[str, list[str]]:
    units = {"name": ["甲", "甲", "乙"], "city": ["一", "二", "二"],
             "adcode": ["140101", "140201", "140202"]}  # fmt: skip
    cities = {"name": ["南", "南", "北"], "adcode": ["140300", "140100", "140200"]}
    moved = [UNITS[2], UNITS[0], UNITS[1]]
    held = [loaded("counties", UNITS, columns=dict(units)),
            loaded("cities", moved, columns=dict(cities)), *given]  # fmt: skip
    made = Layers(replace(CATALOGUE, layers={one.layer.id: one.layer for one in held}))
    for one in held:
        made.keep(one)
    found = coverage(made, [one.layer.id for one in given], by)
    rows: dict[str, list[str]] = {"": list(found.columns)}
    return rows | {str(name): list(row) for name, row in found.iterrows()}


def test_counties_of_one_name_are_told_apart_by_their_city() -> None:
    assert table()[""] == ["一甲", "二甲", "乙"]
    assert table(by="city")[""] == ["南", "北", "南"]


def test_cities_are_in_the_order_of_their_codes() -> None:
    assert table(loaded("z", [SECOND]), by="city")["z"] == ["empty", "surveyed", "empty"]


def test_what_lies_where_and_what_is_not_known() -> None:
    found = table(
        loaded("z", [SECOND]), loaded("both", [BOTH]), loaded("edge", [EDGE]),
        loaded("nothing", []), loaded("missing", None),
    )  # fmt: skip
    assert found["z"] == ["empty", "surveyed", "empty"]
    assert found["both"] == ["surveyed", "surveyed", "empty"]
    assert found["edge"] == ["surveyed", "empty", "empty"]  # a shared edge is no zone
    assert found["nothing"] == ["empty"] * 3
    assert found["missing"] == ["none"] * 3


@pytest.mark.parametrize("order", [("schematic", "derived"), ("derived", "schematic")])
def test_the_best_evidence_counts(order: tuple[str, str]) -> None:
    shapes, kinds = [BOTH, BOTH], list(order)
    graded = loaded("z", shapes, columns={"kind": [*kinds]}, evidence_field="kind")
    assert table(graded)["z"] == ["derived", "derived", "empty"]


@pytest.mark.parametrize(("state", "expected"), [("used", "derived"), ("no_data", "none")])
def test_a_raster_is_everywhere_or_nowhere(state: str, expected: str) -> None:
    form = {"kind": "raster", "evidence": "derived", "geometry": None, "name_field": None}
    raster = loaded("raster", None, "derived", state)
    layer = raster.layer.model_copy(update=form)
    assert table(LoadedLayer(layer, raster.record, None))["raster"] == [expected] * 3


@pytest.mark.parametrize(
    ("own", "field", "expected"),
    [
        ("surveyed", "kind", ["surveyed", "schematic"]),
        ("official", "kind", ["official", "official"]),
        ("surveyed", "other", ["surveyed", "surveyed"]),
        ("official", "other", ["official", "official"]),
    ],
)
def test_zones_are_graded_unless_they_are_official(
    own: str, field: str, expected: list[str]
) -> None:
    frame = geopandas.GeoDataFrame({"kind": ["surveyed", "schematic"]}, geometry=[BOTH, SECOND])
    layer: Any = SimpleNamespace(evidence_field=field)
    assert evidence_by_zone(layer, frame, own) == expected
