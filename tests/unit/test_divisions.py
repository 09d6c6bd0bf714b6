"""An official file of counties is complete only where it holds them, and its codes are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from zoning.base.errors import CatalogueError
from zoning.catalogue import load_catalogue
from zoning.catalogue.workspace import open_workspace
from zoning.measure import SiteSet
from zoning.model import Query
from zoning.review import divisions
from zoning.review.layers import Layers
from zoning.review.misplaced import misplaced
from zoning.review.run import uncovered
from zoning.review.validation import validate_workspace

CATALOGUE = load_catalogue()
NAME = "main_agri_areas"
SIGNED = 'date = 2024-05-01\nauthority = "厅"\n'
#: 洪洞县, and a place in 偏关县.
CODE, FAR = "141024", shapely.Point(111.5, 39.4)
OWN = divisions.known().frame
assert OWN is not None


def layers(folder: Path, frame: Any, said: str = 'covers = "province"\n', more: str = "") -> Layers:
    frame.to_file(folder / "counties.gpkg")
    text = f'[layers.counties]\nsource = "counties.gpkg"\n{SIGNED}{said}{more}'
    (folder / "zoning.toml").write_text(text, encoding="utf-8")
    return Layers(CATALOGUE, open_workspace(folder, CATALOGUE.layers))


def table(*codes: str) -> Any:
    rows = OWN[OWN["adcode"].isin(codes)] if codes else OWN
    return rows[["adcode", "name", "city", "geometry"]]


def test_a_file_that_lacks_counties_is_not_complete_there(tmp_path: Path) -> None:
    made = layers(tmp_path, table(CODE))
    assert len(made.missing("counties")) == 116 and CODE not in made.missing("counties")
    cover = made.cover("counties")
    assert not shapely.intersects(cover, FAR)
    assert shapely.covers(cover, OWN.geometry[OWN["adcode"] == CODE].iloc[0].representative_point())
    (verdict,) = validate_workspace(tmp_path)
    assert [p.code for p in verdict.remarks] == ["workspace-counties-lacking"]


def test_a_county_drawn_with_a_piece_of_it_is_lacking(tmp_path: Path) -> None:
    frame = table().copy()
    shapes = frame.geometry.to_numpy().copy()
    shapes[frame["adcode"] == CODE] = shapely.buffer(
        shapes[frame["adcode"] == CODE][0].representative_point(), 0.02
    )
    frame = frame.set_geometry(shapes, crs=4490)
    assert layers(tmp_path, frame).missing("counties") == (CODE,)


def test_a_whole_file_is_complete_where_it_says_so(tmp_path: Path) -> None:
    made = layers(tmp_path, table())
    assert (made.missing("counties"), made.cover("counties")) == ((), None)


def test_a_file_that_lacks_a_city_is_not_complete_there(tmp_path: Path) -> None:
    own = divisions.known("cities").frame
    assert own is not None
    one = own[own["adcode"] == "141000"][["adcode", "name", "geometry"]]
    one.to_file(tmp_path / "cities.gpkg")
    text = f'[layers.cities]\nsource = "cities.gpkg"\n{SIGNED}covers = "province"\n'
    (tmp_path / "zoning.toml").write_text(text, encoding="utf-8")
    made = Layers(CATALOGUE, open_workspace(tmp_path, CATALOGUE.layers))
    cover = made.cover("cities")
    assert shapely.intersects(cover, one.representative_point().iloc[0])
    assert not shapely.intersects(cover, FAR)
    (verdict,) = validate_workspace(tmp_path)
    assert "workspace-counties-lacking" in [p.code for p in verdict.remarks]


def test_other_layers_are_complete_by_all_counties_even_so(tmp_path: Path) -> None:
    shapes = OWN[OWN["adcode"] == "140321"].representative_point()
    zone = shapely.buffer(shapes.iloc[0], 0.01)
    table("140321").set_geometry([zone]).to_file(tmp_path / "zones.gpkg")
    more = f'[layers.main_agri_areas]\nsource = "zones.gpkg"\n{SIGNED}covers = ["140321"]\n'
    made = layers(tmp_path, table(CODE), more=more)
    assert shapely.covers(made.cover("main_agri_areas"), zone)


@pytest.mark.parametrize("written", [int, float, lambda code: f"{code}000000", lambda c: f"{c} "])
def test_a_code_is_read_however_it_is_written(tmp_path: Path, written: Any) -> None:
    frame = table().assign(adcode=[written(code) for code in table()["adcode"]])
    made = layers(tmp_path, frame)
    assert set(made.counties["adcode"]) == set(OWN["adcode"]) and made.missing("counties") == ()


def test_the_city_of_a_county_follows_from_its_code(tmp_path: Path) -> None:
    made = layers(tmp_path, table().drop(columns="city"))
    pairs = dict(zip(made.counties["adcode"], made.counties["city"], strict=True))
    assert pairs == dict(zip(OWN["adcode"], OWN["city"], strict=True))
    assert validate_workspace(tmp_path)[0].problems == ()


def test_counties_that_changed_places_are_complete_nowhere(tmp_path: Path) -> None:
    frame = table().copy()
    one, two = (np.flatnonzero(frame["adcode"] == code)[0] for code in (CODE, "140932"))
    frame.loc[frame.index[[one, two]], "adcode"] = ["140932", CODE]
    made = layers(tmp_path, frame)
    assert made["counties"].record.incomplete and made.cover("counties").is_empty


def test_every_code_of_a_statement_must_be_a_county(tmp_path: Path) -> None:
    made = layers(tmp_path, table(), f'covers = ["{CODE}", "141099"]\n')
    with pytest.raises(CatalogueError, match="141099"):
        made.cover("counties")


@pytest.mark.parametrize("stated", ["141024", "141024103", 141024, 141024.0, "洪洞县", "141000"])
def test_a_zone_is_held_against_the_county_it_states(stated: Any) -> None:
    inside = OWN[OWN["adcode"] == CODE].representative_point().iloc[0].buffer(0.001)
    for place, count in ((inside, 0), (FAR.buffer(0.001), 1)):
        frame = table(CODE).set_geometry([place]).drop(columns=["adcode", "name", "city"])
        assert len(misplaced(frame.assign(xzqdm_=[stated]), OWN, 700.0)) == count
        assert len(misplaced(frame.assign(note=[stated]), OWN, 700.0)) == 0


@pytest.mark.parametrize(("east", "count"), [(0.02, 0), (0.05, 1)])
def test_a_zone_within_the_doubt_about_a_line_contradicts_nothing(east: float, count: int) -> None:
    (county,) = OWN.geometry[OWN["adcode"] == CODE]
    edge = shapely.bounds(county)[2] + east
    places = shapely.box(edge, 36.0, edge + 0.001, 36.6)
    frame = table(CODE).set_geometry([places]).assign(XZQDM=CODE)[["XZQDM", "geometry"]]
    assert len(misplaced(frame, OWN, 700.0)) == count


@pytest.mark.parametrize(("accuracy", "open_"), [(None, True), (0, False), (300, False)])
def test_within_the_doubt_about_a_county_line_a_layer_is_not_complete(
    tmp_path: Path, accuracy: int | None, open_: bool
) -> None:
    """A site some 450 m inside the line of 洪洞县, and one deep inside it."""
    (county,) = OWN.geometry[OWN["adcode"] == CODE]
    inner = shapely.buffer(county, -0.0045)
    edge = shapely.line_interpolate_point(shapely.get_exterior_ring(inner), 0.0)
    deep = shapely.maximum_inscribed_circle(county).coords[0]
    sites = SiteSet(np.array([edge, shapely.Point(deep)], dtype=object))
    zone = table(CODE).set_geometry([shapely.buffer(shapely.Point(deep), 0.01)])
    zone.to_file(tmp_path / "zones.gpkg")
    entry = f'[layers.{NAME}]\nsource = "zones.gpkg"\n{SIGNED}covers = ["{CODE}"]\n'
    if accuracy is None:
        (tmp_path / "zoning.toml").write_text(entry, encoding="utf-8")
        made = Layers(CATALOGUE, open_workspace(tmp_path, CATALOGUE.layers))
    else:
        said = f'covers = "province"\naccuracy_m = {accuracy}\n'
        made = layers(tmp_path, table(), said, entry)
    found = uncovered(sites, made, [Query(NAME)], made.province)
    assert found[Query(NAME)].tolist() == [open_, False]
