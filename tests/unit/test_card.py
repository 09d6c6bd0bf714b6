"""A site's card: where it stands in each zoning system, on zones whose distances are known."""

from __future__ import annotations

from dataclasses import replace

import geopandas
import pandas
import pytest
import shapely

from zoning import catalogue, review
from zoning.catalogue import embedded
from zoning.messages import Text
from zoning.model import Card, CardEntry, CardLine, Evidence, Project, System
from zoning.show.card import card_dict, card_frame, line_text, told

CATALOGUE = catalogue.load_catalogue()
#: 介休市, whose border is 5 km and more from the zone.
COUNTY, ZONE = "140781", shapely.box(112.00, 37.00, 112.02, 37.02)
#: A hundredth of a degree of longitude at 37.01° N on the ellipsoid, m.
HUNDREDTH = 890.0


def entry(
    tmp_path, site, layer="ecological_redline", *, near_m=2000.0, rows=None, head="", **names
):
    """Return the entry of one site at one layer, whose official data are given as rows."""
    path = tmp_path / "zones.gpkg"
    rows = [{"geometry": ZONE}] if rows is None else rows
    geopandas.GeoDataFrame(rows, crs="EPSG:4490").to_file(path)
    said = f'[layers.{layer}]\ndate = 2024-05-01\nauthority = "x"\n'
    said += head or f'source = "{path.name}"\ncovers = "province"\n'
    (tmp_path / "zoning.toml").write_text(said, encoding="utf-8")
    opened = catalogue.open_workspace(tmp_path, CATALOGUE.layers)
    return alone(site, layer, opened, near_m, **names)


def alone(site, layer, opened=None, near_m=2000.0, **names):
    system = System(id="s", title=Text("体系", "System"), layers=(layer,), **names)
    layers = review.Layers(replace(CATALOGUE, systems={"s": system}), opened)
    (card,) = review.cards([Project("S", "S", site, {})], layers, near_m)
    ((found,),) = [line.entries for line in card.lines]
    return found


def test_half_inside(tmp_path):
    found = entry(tmp_path, shapely.box(112.01, 37.005, 112.03, 37.015))
    assert (found.standing, found.distance_m, found.unsure) == ("inside", 0.0, False)
    assert found.share == pytest.approx(0.5, abs=1e-4)
    assert (found.evidence, found.complete) == (Evidence.OFFICIAL, True)
    assert (found.office, found.source) == (None, "zones.gpkg")


@pytest.mark.parametrize(("near_m", "standing"), [(2000.0, "near"), (800.0, "outside")])
def test_a_hundredth_of_a_degree_away(tmp_path, near_m, standing):
    found = entry(tmp_path, shapely.Point(112.03, 37.01), near_m=near_m)
    assert found.standing == standing
    assert found.distance_m == pytest.approx(HUNDREDTH, rel=1e-3)


def test_within_the_accuracy_of_the_line_a_site_may_be_inside(tmp_path):
    head = 'source = "zones.gpkg"\ncovers = "province"\naccuracy_m = 900\n'
    assert entry(tmp_path, shapely.Point(112.03, 37.01), head=head).standing == "edge"
    inside = entry(tmp_path, shapely.Point(112.019, 37.01), head=head)
    assert (inside.standing, inside.unsure) == ("inside", True)


FAR = shapely.Point(112.06, 37.01)


def test_away_from_all_zones_of_a_layer_that_is_nowhere_complete_is_not_outside(tmp_path):
    found = entry(tmp_path, FAR, head='source = "zones.gpkg"\n')
    assert (found.standing, found.complete) == ("not_shown", False)
    assert entry(tmp_path, FAR).standing == "outside"


def test_complete_in_one_county_only(tmp_path):
    head = f'source = "zones.gpkg"\ncovers = ["{COUNTY}"]\n'
    assert entry(tmp_path, FAR, head=head).standing == "outside"
    beyond = entry(tmp_path, shapely.Point(112.5, 37.0), head=head)
    assert (beyond.standing, beyond.complete) == ("not_shown", False)


def test_complete_at_the_site_but_not_around_it(tmp_path):
    counties = embedded.load_layer(CATALOGUE.layers["counties"]).frame
    county = counties.geometry[counties["adcode"] == COUNTY].iloc[0]
    edge = shapely.shortest_line(shapely.Point(112.1, 37.0), county.boundary)
    # Beyond the 700 m by which the county line may be wrong.
    site = shapely.line_interpolate_point(edge, edge.length - 0.0095)
    found = entry(tmp_path, site, head=f'source = "zones.gpkg"\ncovers = ["{COUNTY}"]\n')
    assert (found.standing, found.complete) == ("outside", False)
    assert "surroundings not complete" in told("outside", [found], "en")


def test_a_statement_that_there_is_no_zone_puts_a_site_outside(tmp_path):
    head = f'none_in = ["{COUNTY}"]\ndocument = "x"\n'
    found = entry(tmp_path, FAR, head=head)
    assert (found.standing, found.distance_m) == ("outside", None)
    assert entry(tmp_path, shapely.Point(112.5, 37.0), head=head).standing == "not_shown"


def test_a_source_that_cannot_be_read_is_told(tmp_path):
    assert entry(tmp_path, FAR, head='source = "nowhere.gpkg"\n').standing == "failed"


def test_a_band_is_measured_at_its_line(tmp_path):
    line = [{"geometry": shapely.LineString([(112.0, 36.9), (112.0, 37.1)]), "name": "汾河"}]
    head = 'source = "zones.gpkg"\ncovers = "province"\n'
    band = "main_rivers_band_1km"

    def at(lon):
        (tmp_path / "zoning.toml").write_text("", encoding="utf-8")
        path = tmp_path / "zones.gpkg"
        geopandas.GeoDataFrame(line, crs="EPSG:4490").to_file(path)
        said = f'[layers.main_rivers]\ndate = 2024-05-01\nauthority = "x"\n{head}'
        (tmp_path / "zoning.toml").write_text(said, encoding="utf-8")
        return alone(
            shapely.Point(lon, 37.01), band, catalogue.open_workspace(tmp_path, CATALOGUE.layers)
        )

    inside, beside = at(112.01), at(112.02)
    assert (inside.standing, inside.distance_m) == ("inside", 0.0)
    assert inside.line_m == pytest.approx(HUNDREDTH, rel=1e-3)
    assert beside.standing == "near"
    assert beside.distance_m == pytest.approx(2 * HUNDREDTH - 1000.0, rel=2e-3)
    assert [zone.zh for zone in inside.zones] == ["汾河"]


def test_zones_are_called_by_their_class_and_each_once(tmp_path):
    rows = [
        {
            "geometry": shapely.box(x, 37.0, x + 0.01, 37.02),
            "unit_class": kind,
            "name": "城区",
        }
        for x, kind in ((112.0, "key"), (112.01, "priority"), (112.02, "key"))
    ]
    classes = CATALOGUE.systems["control_units"].classes
    site = shapely.box(112.005, 37.005, 112.025, 37.015)
    found = entry(tmp_path, site, "control_units", rows=rows, classes=classes)
    assert {zone.en for zone in found.zones} == {"key unit", "priority unit"}
    assert found.share == pytest.approx(1.0)
    unknown = entry(
        tmp_path, site, "control_units", rows=[rows[0] | {"unit_class": "?"}], classes=classes
    )
    assert unknown.zones == ()


def test_a_sketch_never_puts_a_site_outside_and_no_data_name_the_office():
    far = shapely.Point(112.428, 37.715)  # on a mountain, 14 km from any sketched farmland
    found = alone(far, "permanent_basic_farmland")
    assert (found.standing, found.evidence) == ("not_shown", Evidence.SCHEMATIC)
    none = alone(far, "drinking_water_zones")
    assert (none.standing, none.distance_m) == ("no_data", None)
    assert none.office is not None and "Ecology" in none.office.en


def test_a_system_is_outside_only_where_all_its_layers_say_so():
    def line(*standings):
        found = [CardEntry(f"l{i}", Text("层", "layer"), None, s) for i, s in enumerate(standings)]
        return CardLine("s", Text("体系", "System"), tuple(found))

    assert line("outside", "outside").standing == "outside"
    assert line("outside", "not_shown").standing == "not_shown"
    assert line("outside", "no_data").standing == "no_data"
    assert line("near", "no_data", "edge").standing == "edge"
    assert line_text(line("outside", "no_data"), "en").startswith("no data: ")


def test_a_site_without_place_has_no_card():
    assert review.cards([Project("S", "S", None, {})], review.Layers(CATALOGUE)) == ()


def test_frame_and_json_tell_the_same():
    entries = (
        CardEntry("a", Text("甲", "A"), None, "inside", (Text("汾河", "Fen"),), 0.0, 600.1234, 0.25,
                  True, 1800.0, Evidence.DERIVED, True, "data/x.fgb", Text("水利", "Water office")),
        CardEntry("b", Text("乙", "B"), None, "no_data"),
    )  # fmt: skip
    card = Card("S", 2000.0, (CardLine("s", Text("体系", "System"), entries),))
    first, second = card_frame([card], "en").to_dict("records")
    assert (first["zones"], first["line_m"], first["office"]) == ("Fen", 600.1234, "Water office")
    assert second["standing"] == "no_data" and pandas.isna(second["evidence"])
    (line,) = card_dict(card)
    assert line["standing"] == "inside"
    assert line["layers"][0] == {
        "layer": "a", "standing": "inside", "zones": ["汾河"], "distance_m": 0.0, "line_m": 600.123,
        "share": 0.25, "unsure": True, "accuracy_m": 1800.0, "evidence": "derived",
        "complete": True,
    }  # fmt: skip
    assert line["layers"][1] == {"layer": "b", "standing": "no_data"}
