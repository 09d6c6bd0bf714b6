"""One expected row a layer: count, bounds, size, share of the province, evidence.

``layers_expected.csv`` was looked at layer by layer, as pictures too, before it was kept.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from layers_facts import CATALOGUE, COLUMNS, facts

from tests.each import each
from zoning import review
from zoning.base.settings import data_dir
from zoning.catalogue import embedded

HERE = Path(__file__).parent
with (HERE / "layers_expected.csv").open(encoding="utf-8", newline="") as handle:
    EXPECTED = {row["layer"]: row for row in csv.DictReader(handle)}


def test_every_layer_has_its_row():
    assert sorted(EXPECTED) == sorted(CATALOGUE.layers)


def test_every_layer_is_as_expected():
    each(sorted(EXPECTED), is_as_expected, str)


def is_as_expected(name):
    row = dict(zip(COLUMNS, map(str, facts(CATALOGUE.layer(name))), strict=True))
    wanted = EXPECTED[name]
    for column in ("kind", "geometry", "evidence", "count", "unit"):
        assert row[column] == wanted[column], column
    for column in ("west", "south", "east", "north"):
        if wanted[column]:
            assert float(row[column]) == pytest.approx(float(wanted[column]), abs=2e-4), column
    for column in ("size", "share_pct"):
        if wanted[column]:
            assert float(row[column]) == pytest.approx(float(wanted[column]), rel=1e-3), column


def test_all_data_are_small_enough_to_ship():
    sizes = [path.stat().st_size for path in data_dir().rglob("*") if path.is_file()]
    assert sum(sizes) <= 25e6


def test_any_layer_loads_within_a_second():
    review.Layers(CATALOGUE).need("cities")  # imports are not the layer's
    slow = {}
    for layer in CATALOGUE.layers.values():
        embedded._read.cache_clear()
        started = time.process_time()  # the machine may be busy with something else
        if layer.kind == "raster":
            review.read_cells(layer)
        elif layer.source is not None:
            review.Layers(CATALOGUE).need(layer.id)
        took = time.process_time() - started
        if took >= 1.0:
            slow[layer.id] = round(took, 2)
    assert not slow


def test_a_field_that_is_used_is_in_the_data():
    for layer in CATALOGUE.layers.values():
        frame = review.Layers(CATALOGUE)[layer.id].frame
        if frame is None:
            continue
        for column in (layer.name_field, layer.accuracy_field, layer.evidence_field):
            assert column is None or column in frame, f"{layer.id}: {column}"


def test_no_layer_claims_more_than_its_file():
    ranks = ["official", "surveyed", "derived", "schematic"]
    stronger = [
        layer.id
        for layer in CATALOGUE.layers.values()
        if layer.source is not None
        and layer.source.file is not None
        and ranks.index(str(layer.evidence))
        < ranks.index(embedded.registry()[layer.source.file]["evidence"])
    ]
    assert stronger == []
