"""Maps of themes: all draw or say what to supply; one county; rasters in their colours."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import shapely

import zoning
from zoning import review
from zoning.api.layers import opened
from zoning.api.map import save_briefing_map
from zoning.base.errors import DataError, UsageError
from zoning.catalogue import load_catalogue
from zoning.show.map.context import simplify


def payload(page):
    """The data in a page."""
    text = page.get_root().render()
    found = re.search(r"zoningPage\(map_zoning, (\{.*\})\);", text)
    return json.loads(found[1])


#: Drawn here; the other themes with data hold the same kinds of layers.
DRAWN = ("security_pattern", "territory", "urban")
THEMES = sorted({layer.theme for layer in load_catalogue().layers.values()})


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_draws_or_says_what_to_supply(theme):
    layers = [x for x in load_catalogue().layers.values() if x.theme == theme]
    held = {x.id for x in layers if x.source is not None}
    if not held:
        with pytest.raises(DataError) as error:
            zoning.briefing_map(theme, lang="en")
        told = error.value.problems[0]
        assert told.code == "theme-without-data"
        assert all(x.name.en in told.fault.en for x in layers)
        return
    if theme not in DRAWN:
        return
    data = payload(zoning.briefing_map(theme, lang="en"))
    drawn = {x["id"] for x in (*data["layers"], *data["images"])}
    assert held <= drawn
    assert len(data["empty"]) == len(layers) - len(held)


def test_rasters_are_pictures_and_not_polygons():
    data = payload(zoning.briefing_map(layers=["land_cover", "annual_rain"], lang="zh"))
    assert [x["id"] for x in data["images"]] == ["land_cover", "annual_rain"]
    assert [x["shown"] for x in data["images"]] == [True, False]
    assert "耕地" in [own["name"] for own in data["images"][0]["classes"]]
    assert data["images"][1]["ramp"]["unit"] == "mm"
    assert {x["id"] for x in data["layers"]} <= {"province", "cities"}


def test_one_county_opens_on_it_and_does_not_say_that_nothing_is_there():
    page = zoning.briefing_map("karst", layers=["jin_shan_meng"], within="洪洞县", lang="en")
    data = payload(page)
    assert data["title"].startswith("洪洞县")
    west, south, east, north = data["bounds"]
    assert east - west < 1 and north - south < 1
    assert data["bounds"] == review.place_of("141024", opened(None)).total_bounds.round(5).tolist()
    assert any("does not mean" in text for text in data["empty"])


def test_a_place_that_is_not_one_is_refused():
    for place, code in (("不存在县", "place-unknown"), ("城区", "place-ambiguous")):
        with pytest.raises(UsageError) as error:
            zoning.briefing_map("karst", within=place)
        assert error.value.problems[0].code == code


def test_nothing_to_draw_is_refused():
    with pytest.raises(UsageError):
        zoning.briefing_map()
    with pytest.raises(DataError):
        zoning.briefing_map(layers=["wetlands"])


def test_zones_drawn_a_little_differently_leave_no_holes():
    """Control units meet in vertices that only one of two neighbours has."""
    shapes = np.asarray(zoning.load_layer("control_units").geometry.array)
    small = simplify(shapes)
    assert shapely.get_num_coordinates(small).sum() < shapely.get_num_coordinates(shapes).sum() / 2
    whole = shapely.union_all(small)
    assert sum(len(part.interiors) for part in shapely.get_parts(whole)) == 0
    assert shapely.area(small).sum() == pytest.approx(whole.area, rel=1e-9)


def test_a_still_picture_of_a_county_with_a_raster(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra zoning[plot] is not installed")
    target = tmp_path / "a.png"
    drawn, _ = save_briefing_map(
        target, layers=["land_cover", "main_rivers"], within="洪洞县", lang="zh", dpi=40
    )
    assert drawn == ["land_cover", "main_rivers"]
    assert target.read_bytes().startswith(b"\x89PNG")
