"""Layers measured by unit: figures that a reader can work out by hand."""

from __future__ import annotations

import geopandas
import numpy as np
import pyogrio
import pytest
from shapely.geometry import LineString, Point, box

import zoning
from zoning.base import geodesy
from zoning.base.errors import CatalogueError, SourceError, UsageError
from zoning.base.progress import silent
from zoning.messages import Text
from zoning.stats import layer_figures

TITLE = Text("图层", "layer")


def _units():
    return geopandas.GeoDataFrame(
        {"unit": ["a", "b"], "name": ["A", "B"]},
        geometry=[box(112, 37, 113, 38), box(113, 37, 114, 38)],
        crs=4490,
    )


def _figures(*shapes):
    zones = geopandas.GeoDataFrame(geometry=list(shapes), crs=4490)
    return layer_figures(zones, _units(), TITLE, silent)


def test_the_ground_counts_once_where_zones_overlap():
    # Both zones cover the western half of unit a; together they are that half, not twice it.
    frame = _figures(box(112, 37, 112.5, 38), box(112, 37, 112.25, 38)).frame
    half = geodesy.areas(box(112, 37, 112.5, 38))[0]
    assert frame["area_km2"].tolist() == pytest.approx([half / 1e6, 0.0])
    assert frame["share"].tolist() == pytest.approx([0.5, 0.0])
    assert frame["zones"].tolist() == [2, 0]
    assert frame["area_mu"][0] == pytest.approx(half * 15 / 10_000)


def test_a_zone_across_a_border_is_divided_and_one_beside_it_is_not_counted():
    figures = _figures(box(112.9, 37, 113.1, 38), box(114, 37, 115, 38))
    parts = geodesy.areas([box(112.9, 37, 113, 38), box(113, 37, 113.1, 38)]) / 1e6
    assert figures.frame["area_km2"].tolist() == pytest.approx(parts.tolist())
    assert figures.frame["zones"].tolist() == [1, 1]
    # What lies in no unit is told: the figures add up to the layer.
    facts = figures.facts
    assert facts["layer_area_km2"] == pytest.approx(parts.sum() + facts["outside_area_km2"])
    assert facts["outside_area_km2"] == pytest.approx(
        geodesy.areas(box(114, 37, 115, 38))[0] / 1e6, abs=1e-6
    )
    assert figures.notes[0].kind == "warning"


def test_lines_have_a_length_and_points_a_number():
    line = LineString([(112.2, 37.5), (113.2, 37.5)])
    figures = _figures(line, line)
    assert [c.name for c in figures.columns] == [
        "unit",
        "name",
        "land_area_km2",
        "zones",
        "length_km",
    ]
    whole = geodesy.lengths(line)[0] / 1000
    assert figures.frame["length_km"].sum() == pytest.approx(whole, rel=1e-5)
    assert figures.frame["length_km"][0] == pytest.approx(0.8 * whole, rel=1e-4)
    points = _figures(Point(112.5, 37.5), Point(112.6, 37.5), Point(113.5, 37.5))
    assert points.frame["zones"].tolist() == [2, 1]


def test_a_layer_of_the_catalogue_a_file_and_a_frame(tmp_path):
    cities = zoning.load_layer("cities")
    by_id = zoning.layer_statistics("cities", "province")
    assert by_id.frame["share"].tolist() == pytest.approx([1.0], abs=1e-5)
    path = tmp_path / "cities.gpkg"
    cities[["name", "geometry"]].to_file(path)
    for own in (path, cities):
        found = zoning.layer_statistics(own, "province").frame["area_km2"]
        assert found.tolist() == pytest.approx(by_id.frame["area_km2"].tolist(), rel=1e-9)
    units = zoning.layer_statistics("cities", path).frame
    assert np.allclose(units["share"], 1.0) and len(units) == 11


def test_what_cannot_be_measured_says_so(tmp_path):
    with pytest.raises(CatalogueError, match="cities"):
        zoning.layer_statistics("citys")
    with pytest.raises(SourceError):
        zoning.layer_statistics(tmp_path / "none.gpkg")
    with pytest.raises(UsageError, match="polygons"):
        zoning.layer_statistics("cities", "karst_springs")


def test_the_command_writes_a_table(tmp_path):
    from typer.testing import CliRunner

    from zoning.cli import application

    out = tmp_path / "areas.xlsx"
    done = CliRunner().invoke(
        application(), ["stats", "layer", "cities", "--by", "province", "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert pyogrio.list_layers(out)[0][0] == "figures"
    for words in (["stats", "layer"], ["stats", "soil-loss", "cities"]):
        assert isinstance(CliRunner().invoke(application(), words).exception, UsageError)
