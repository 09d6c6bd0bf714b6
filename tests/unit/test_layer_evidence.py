"""On which evidence a decision rests: by zone, by layer, and where a layer must not decide."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import Point

from zoning.base.table import Table
from zoning.catalogue.embedded import LoadedLayer, load_layer
from zoning.catalogue.load import load_catalogue
from zoning.model import Evidence, LayerRecord


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def _loaded(catalogue, name, evidence, frame):
    layer = catalogue.layer(name)
    record = LayerRecord(layer.id, layer.name, evidence, 1.0, None, None, "used")
    return LoadedLayer(layer, record, Table.of(frame))


def test_the_strongest_zone_that_is_met_counts(catalogue):
    loaded = load_layer(catalogue.layer("spring_basins"))
    assert loaded.evidence_of(["晋祠泉"]) is Evidence.DERIVED
    assert loaded.evidence_of(["延河泉"]) is Evidence.SCHEMATIC
    assert loaded.evidence_of(["延河泉", "晋祠泉"]) is Evidence.DERIVED
    assert loaded.evidence_of([]) is Evidence.DERIVED


def test_one_plus_thirty_is_certain_in_taiyuan_only(catalogue):
    loaded = load_layer(catalogue.layer("taiyuan_1p30"))
    names = dict(zip(loaded.frame["evidence"], loaded.frame["name"], strict=True))
    assert loaded.evidence_of([names["derived"]]) is Evidence.DERIVED
    assert loaded.evidence_of([names["schematic"]]) is Evidence.SCHEMATIC
    assert loaded.evidence_of([]) is Evidence.DERIVED


@pytest.mark.parametrize(
    "name",
    ["ecological_redline", "permanent_basic_farmland", "urban_growth_boundary", "control_units"],
)
def test_a_computed_stand_in_for_a_legal_line_never_decides(catalogue, name):
    loaded = load_layer(catalogue.layer(name))
    assert loaded.record.evidence is Evidence.DERIVED
    assert loaded.evidence_of([]) is Evidence.SCHEMATIC
    assert loaded.evidence_of(list(loaded.frame["name"][:1])) is Evidence.SCHEMATIC


def test_official_data_decide_whatever_columns_they_have(catalogue):
    frame = gpd.GeoDataFrame({"QYMC": ["晋祠泉"]}, geometry=[Point(112.4, 37.7)], crs="EPSG:4490")
    for name in ("ecological_redline", "spring_basins"):
        loaded = _loaded(catalogue, name, Evidence.OFFICIAL, frame)
        assert loaded.evidence_of(["晋祠泉"]) is Evidence.OFFICIAL
    other = _loaded(catalogue, "spring_basins", Evidence.SURVEYED, frame)
    assert other.evidence_of(["晋祠泉"]) is Evidence.SURVEYED
