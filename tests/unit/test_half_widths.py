"""The edge that the law counts from lies beside a line drawn in the middle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from zoning import measure
from zoning.base.geodesy import geod
from zoning.base.table import Table
from zoning.catalogue import load_catalogue, open_workspace
from zoning.model import Layer, Tri
from zoning.review.layers import Layers

CATALOGUE = load_catalogue()
WEST, EAST, NORTH = 111.60, 111.62, 36.30
ROAD = shapely.LineString([(WEST, NORTH), (EAST, NORTH)])


def site(metres: float) -> Any:
    """A small site so far to the north of the road."""
    middle = (WEST + EAST) / 2
    south = geod().fwd(middle, NORTH, 0.0, metres)[1]
    return shapely.box(middle - 1e-4, south, middle + 1e-4, south + 1e-4)


def met(layer: Layer, metres: float, drawn: Any = ROAD, grade: str = "expressway") -> Tri:
    frame = gpd.GeoDataFrame({"grade": [grade]}, geometry=[drawn], crs="EPSG:4490")
    zones = measure.zone_set(layer, Table.of(frame))
    found = measure.relate(measure.SiteSet(np.array([site(metres)], dtype=object)), zones, 30.0)
    return found[0].total.touches


@pytest.mark.parametrize(
    ("metres", "touches"),
    [(29.0, Tri.YES), (33.0, Tri.UNKNOWN), (69.0, Tri.UNKNOWN), (71.0, Tri.NO)],
)
def test_beyond_the_distance_by_less_than_half_the_width_is_not_settled(metres, touches):
    # 30 m from the land of an expressway, half the width of which is taken for 40 m.
    assert met(CATALOGUE.layers["highways"], metres) is touches


@pytest.mark.parametrize(
    ("grade", "metres", "touches"),
    [
        ("township", 39.0, Tri.UNKNOWN),
        ("township", 41.0, Tri.NO),
        ("", 69.0, Tri.UNKNOWN),  # a road of no stated grade may be the widest
    ],
)
def test_the_width_goes_by_the_grade(grade, metres, touches):
    assert met(CATALOGUE.layers["highways"], metres, grade=grade) is touches


def test_land_that_is_drawn_as_an_area_has_its_edge():
    land = shapely.box(WEST, NORTH - 0.001, EAST, NORTH)
    assert met(CATALOGUE.layers["highways"], 33.0, drawn=land) is Tri.NO


@pytest.mark.parametrize(
    ("said", "told", "beyond"),
    [
        ("", True, Tri.UNKNOWN),
        ("half_width_m = 0", False, Tri.NO),
        ("half_width_m = 5", False, Tri.UNKNOWN),
        ("half_width_m = 2.9", False, Tri.NO),
    ],
)
def test_a_workspace_states_the_width_or_is_told_that_it_is_presumed(
    tmp_path: Path, said: str, told: bool, beyond: Tri
) -> None:
    frame = gpd.GeoDataFrame({"grade": ["expressway"]}, geometry=[ROAD], crs="EPSG:4490")
    frame.to_file(tmp_path / "roads.gpkg")
    entry = f'[layers.highways]\nsource = "roads.gpkg"\n{said}\n'
    (tmp_path / "zoning.toml").write_text(entry, encoding="utf-8")
    layers = Layers(CATALOGUE, open_workspace(tmp_path, CATALOGUE.layers))
    loaded = layers["highways"]
    assert loaded.record.state == "used"
    assert any("centre" in notice.en for notice in loaded.record.notices) is told
    assert met(loaded.layer, 33.0) is beyond


def test_every_layer_that_distances_from_roads_and_lines_are_kept_to_has_a_width():
    wide = {name for name, layer in CATALOGUE.layers.items() if layer.half_width_m}
    assert wide == {"highways", "road_bridges_tunnels", "railways", "power_lines"}
    for name in wide:
        layer = CATALOGUE.layers[name]
        field = next((f for f in layer.fields if f.name == layer.half_width_by), None)
        words = set(layer.half_width_m) - {"other"}
        assert layer.half_width_m["other"] == max(layer.half_width_m.values())
        assert words <= set(field.values if field is not None else ())
