"""Official layers in place of the embedded ones: where they are complete, and when they fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from zoning.base.errors import CatalogueError, DataError
from zoning.base.table import Table
from zoning.catalogue import load_catalogue, open_workspace
from zoning.model import Evidence, OfficialLayer
from zoning.review import divisions, zone_sets
from zoning.review.index import Shelf
from zoning.review.layers import Layers
from zoning.review.zone_sets import united

CATALOGUE = load_catalogue()
NAME = "ecological_redline"
#: 介休市 in 晋中市; its neighbour in 吕梁市 is 孝义市.
COUNTY, CITY, OTHER = "140781", "140700", "141181"
ZONE = shapely.box(112.00, 37.00, 112.02, 37.02)
AWAY = shapely.box(100.00, 30.00, 100.02, 30.02)
SIGNED = 'date = 2024-05-01\nauthority = "x"\ndocument = "d"\n'


def layers(folder: Path, said: str = "", zone: Any = ZONE, layer: str = NAME) -> Layers:
    """Return the layers of a workspace whose one official layer has one zone."""
    source = folder / "zones.geojson"
    gpd.GeoDataFrame(geometry=[zone], crs="EPSG:4490").to_file(source)
    text = f'[layers.{layer}]\nsource = "{source.name}"\n{said}'
    (folder / "zoning.toml").write_text(text, encoding="utf-8")
    return Layers(CATALOGUE, open_workspace(folder, CATALOGUE.layers))


def at(code: str) -> Any:
    counties = Layers(CATALOGUE).counties
    return shapely.point_on_surface(counties.geometry[counties.isin("adcode", [code])][0])


@pytest.mark.parametrize(
    ("said", "county", "other"),
    [
        ("", False, False),
        (f'{SIGNED}covers = ["{COUNTY}"]\n', True, False),
        (f'{SIGNED}covers = ["{CITY}"]\n', True, False),
        (f'covers = ["{COUNTY}"]\n', False, False),
        (f'{SIGNED}none_in = ["{OTHER}"]\n', False, True),
        (f'{SIGNED}covers = ["{COUNTY}"]\nnone_in = ["{OTHER}"]\n', True, True),
    ],
)
def test_a_miss_says_nothing_where_nobody_vouches(
    tmp_path: Path, said: str, county: bool, other: bool
) -> None:
    cover = layers(tmp_path, said).cover(NAME)
    assert shapely.intersects(cover, at(COUNTY)) == county
    assert shapely.intersects(cover, at(OTHER)) == other


def test_complete_in_the_whole_province_is_everywhere(tmp_path: Path) -> None:
    assert layers(tmp_path, f'{SIGNED}covers = "province"\n').cover(NAME) is None


def test_without_a_workspace_the_catalogue_says_where_a_layer_is_complete() -> None:
    made = Layers(CATALOGUE)
    assert made.cover("counties") is None
    assert made.cover(NAME).is_empty
    assert made.lacking == () and made.notices() == ()


def test_a_band_is_complete_where_its_line_is(tmp_path: Path) -> None:
    band = CATALOGUE.layers["main_rivers_band_1km"]
    assert band.source is not None and band.source.buffer is not None
    base = band.source.buffer.layer
    line = shapely.LineString([(112.0, 36.9), (112.0, 37.1)])
    made = layers(tmp_path, f'{SIGNED}covers = ["{COUNTY}"]\n', line, base)
    assert made.cover(band.id).equals(made.cover(base))
    drawn = made[band.id]
    assert drawn.record.evidence is Evidence.OFFICIAL and drawn.record.id == band.id
    assert drawn.frame is not None and drawn.frame.geometry.iloc[0].area > 0


@pytest.mark.parametrize("said", ["", f'{SIGNED}covers = ["{COUNTY}"]\n'])
def test_a_source_that_lies_elsewhere_fails_and_is_not_replaced(tmp_path: Path, said: str) -> None:
    found = layers(tmp_path, said, AWAY)
    assert (found[NAME].frame, found[NAME].record.state) == (None, "failed")
    assert found[NAME].record.problem is not None
    assert found[NAME].record.problem.code == "workspace-elsewhere"
    with pytest.raises(DataError):
        found.need(NAME)


def test_a_source_beside_what_it_is_said_to_cover_fails(tmp_path: Path) -> None:
    made = layers(tmp_path, f'{SIGNED}covers = ["140200"]\n')
    assert made[NAME].record.state == "failed"
    assert layers(tmp_path, f'{SIGNED}covers = ["{CITY}"]\n')[NAME].record.state == "used"


def test_a_zone_where_there_is_said_to_be_none_fails(tmp_path: Path) -> None:
    made = layers(tmp_path, f'{SIGNED}none_in = ["{COUNTY}"]\n')
    assert (made[NAME].frame, made[NAME].record.state) == (None, "failed")
    fine = layers(tmp_path, f'{SIGNED}none_in = ["{OTHER}"]\n')
    assert fine[NAME].record.state == "used"


@pytest.mark.parametrize(
    ("stated", "number"),
    [("province", 117), ((COUNTY,), 1), ((CITY,), 11), (("999999",), 0)],
)
def test_division_codes(stated: Any, number: int) -> None:
    assert divisions.listed(Layers(CATALOGUE).counties, stated).sum() == number


def test_a_code_that_is_no_county_is_a_mistake_of_the_workspace(tmp_path: Path) -> None:
    made = layers(tmp_path, f'{SIGNED}covers = ["149999"]\n')
    with pytest.raises(CatalogueError) as caught:
        made.cover(NAME)
    assert caught.value.problems[0].code == "workspace-unknown-county"


def test_what_is_required_and_not_there_is_lacking(tmp_path: Path) -> None:
    text = f'required = ["{NAME}", "counties"]\n'
    made = layers(tmp_path, "")
    path = tmp_path / "zoning.toml"
    path.write_text(text + path.read_text("utf-8"), encoding="utf-8")
    opened = open_workspace(tmp_path, CATALOGUE.layers)
    made = Layers(CATALOGUE, opened)
    assert [record.id for record in made.lacking] == ["counties"]
    gpd.GeoDataFrame(geometry=[AWAY], crs="EPSG:4490").to_file(tmp_path / "zones.geojson")
    made = Layers(CATALOGUE, open_workspace(tmp_path, CATALOGUE.layers))
    assert [record.id for record in made.lacking] == [NAME, "counties"]


def test_a_review_that_is_closed_reads_no_more(tmp_path: Path) -> None:
    made = layers(tmp_path).hold(["counties"])
    with pytest.raises(DataError):
        made[NAME]
    assert "counties" in made.held()
    assert layers(tmp_path).hold([NAME])[NAME].record.official


def test_what_stays_embedded_beside_an_official_layer_is_told(tmp_path: Path) -> None:
    made = layers(tmp_path)
    assert made[NAME].record.official
    assert any("zoning.toml" in text.en for text in made.notices())
    assert made.shown()[NAME].evidence is Evidence.OFFICIAL
    assert [record.id for record in made.records()] == sorted(made.held())


def test_prepared_zones_are_shared_by_version_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zone_sets, "_PREPARED", {})  # whatever this process has measured before
    one, two = layers(tmp_path), layers(tmp_path)
    zones: Any = object()
    one.zone_sets[NAME] = zones
    assert two.zone_sets[NAME] is zones
    assert layers(tmp_path, "accuracy_m = 9\n").zone_sets[NAME] is not zones
    with pytest.raises(KeyError):
        one.zone_sets["counties"]  # embedded, and nobody has measured at it yet
    # Without a hash nobody knows that it is the same: a band, a table of a database.
    one._loaded[NAME] = replace(one[NAME], record=replace(one[NAME].record, sha256=None))
    other: Any = object()
    one.zone_sets[NAME] = other
    assert one.zone_sets[NAME] is other and two.zone_sets[NAME] is zones
    two.keep(two[NAME])
    two.zone_sets[NAME] = other
    assert layers(tmp_path).zone_sets[NAME] is zones


def test_what_is_said_of_a_source_is_part_of_its_version(tmp_path: Path) -> None:
    made = layers(tmp_path)
    said = made.read_as(NAME)
    assert said is not None and "zones.geojson" in said
    assert made.read_as("counties") is None
    assert Layers(CATALOGUE).read_as(NAME) is None


def test_an_empty_file_that_is_complete_says_that_there_is_none(tmp_path: Path) -> None:
    for said in (f'{SIGNED}covers = ["{COUNTY}"]\n', f'{SIGNED}none_in = ["{COUNTY}"]\n'):
        made = layers(tmp_path, said)
        nothing = '{"type": "FeatureCollection", "features": []}'
        (tmp_path / "zones.geojson").write_text(nothing, encoding="utf-8")
        assert made[NAME].record.state == "used"
        assert made[NAME].frame is not None and made[NAME].frame.empty


def test_a_source_that_failed_needs_no_remarks(tmp_path: Path) -> None:
    made = layers(tmp_path, zone=AWAY)
    assert made[NAME].frame is None
    assert len(made.notices()) == 1


@pytest.mark.parametrize(
    ("source", "bbox", "partial"),
    [
        ({"source": "zones.geojson"}, (111.0, 36.0, 113.0, 38.0), False),
        ({"source": "zones.geojson"}, None, False),
        ({"source": "postgresql://h/d", "table": "t"}, (111.0, 36.0, 113.0, 38.0), True),
        ({"source": "postgresql://h/d", "table": "t"}, None, False),
    ],
)
def test_only_a_database_asked_for_the_surroundings_sent_a_part(
    source: dict[str, str], bbox: tuple[float, float, float, float] | None, partial: bool
) -> None:
    made = Layers(CATALOGUE, bbox=bbox)
    frame = gpd.GeoDataFrame(geometry=[ZONE], crs="EPSG:4490")
    entry = OfficialLayer.model_validate(source)
    assert made.examined(CATALOGUE.layers[NAME], entry, frame).partial is partial


def test_layers_still_drawn_from_the_embedded_file_are_named(tmp_path: Path) -> None:
    line = shapely.LineString([(112.0, 36.9), (112.0, 37.1)])
    made = layers(tmp_path, zone=line, layer="rivers")
    embedded = ("seven_rivers", "main_rivers", "counties", "main_rivers_band_1km")
    for name in ("rivers", *embedded):
        made[name]
    assert made._beside("rivers") == ["main_rivers", "seven_rivers"]
    names = ", ".join(made.catalogue.layers[x].name.en for x in made._beside("rivers"))
    assert sum(names in text.en for text in made.notices()) == 1


def test_the_area_of_many_counties_is_united_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Shelf(tmp_path, "slot", "key", "counties", "counties.fgb")
    x, y = np.meshgrid(np.arange(8), np.arange(8))
    cells, some = shapely.box(x, y, x + 1, y + 1).ravel(), np.arange(64) < 48

    def table() -> Table:
        return Table({}, np.arange(64), cells, {})

    first = united(table(), some, place)
    assert first.equals(shapely.box(0, 0, 8, 6))
    kept = next(tmp_path.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(zone_sets, "_drawn", None)  # nothing is drawn again
        assert shapely.equals_exact(united(table(), some, place), first)
    kept.write_bytes(kept.read_bytes()[:-1])
    assert shapely.equals_exact(united(table(), some, place), first)
    assert united(table(), ~some, None).equals(shapely.box(0, 6, 8, 8))
