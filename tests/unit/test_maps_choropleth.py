"""Figures on a map: a colour only for what a figure carries, and the reason for the rest."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas
import numpy as np
import pytest
import shapely

from zoning.api.map import briefing_map, save_briefing_map, save_figures_map
from zoning.base.errors import SourceError, UsageError
from zoning.messages import Text
from zoning.show.figures import write_figures
from zoning.show.map.choropleth import breaks, judged, statistics_payload
from zoning.show.saved_figures import read_figures
from zoning.stats.figures import Column, Figures, Note
from zoning.stats.forest import COLUMNS

PERCENT = next(c for c in COLUMNS if c.name == "forest_cover_pct")


def figures(cover, *, least=None, most=None, share=1.0, embedded=False, year=2020, **facts):
    """Units in a row, of 1,000 km² each."""
    cover = np.asarray(cover, dtype=float)
    count = len(cover)
    frame = geopandas.GeoDataFrame(
        {
            "unit": [str(n + 1) for n in range(count)],
            "name": [f"U{n + 1}" for n in range(count)],
            "land_area_km2": 1000.0,
            "forest_area_km2": cover * 10,
            "forest_cover_pct": cover,
            "forest_cover_least_pct": cover if least is None else least,
            "forest_cover_most_pct": cover if most is None else most,
            "coverage_share": share,
            "low_coverage": np.asarray(share) < 0.99,
        },
        geometry=[shapely.box(112 + n * 0.1, 37, 112.1 + n * 0.1, 37.1) for n in range(count)],
        crs="EPSG:4490",
    )
    for column in COLUMNS:
        if column.name not in frame:
            frame[column.name] = np.nan
    facts = {"embedded": embedded, "landcover_year": year, "caliber": "third_survey", **facts}
    notes = (Note("warning", Text("警告", "a warning")), Note("source", Text("来源", "a source")))
    return Figures("forest-cover", Text("森林", "Forest"), COLUMNS, frame, notes, facts=facts)


def shown(found: Figures, limits=(10.0, 20.0)):
    return [judged(row, PERCENT, found, list(limits)) for _, row in found.frame.iterrows()]


def test_classes_hold_about_as_many_units_each_and_have_short_limits():
    assert breaks(range(1, 101)) == [21, 41, 60, 80]
    assert breaks([5, 5, 5]) == []
    assert breaks([]) == []
    assert breaks([0, 0, 0, 0, 7.77]) == [1.6]


def test_a_figure_that_is_sure_has_the_colour_of_its_class():
    found = shown(figures([9.99, 10.0, 25.0]))
    assert [(x.own, x.look) for x in found] == [(0, "sure"), (1, "sure"), (2, "sure")]


def test_a_range_within_the_class_is_sure_and_across_a_limit_is_hatched():
    found = shown(figures([15.0, 15.0], least=[10.0, 9.0], most=[19.9, 16.0]))
    assert [x.look for x in found] == ["sure", "hatched"]
    assert "9.00" in found[1].reason.en and "16.00" in found[1].reason.en


def test_part_of_a_unit_is_hatched_and_less_than_half_is_grey():
    found = shown(figures([15.0, 15.0, 15.0, 15.0], share=[1.0, 0.989, 0.5, 0.49]))
    assert [(x.look, x.own) for x in found] == [
        ("sure", 1), ("hatched", 1), ("hatched", 1), ("grey", None),
    ]  # fmt: skip
    assert found[3].value == 15.0  # the table still tells it, with the reason
    assert "49%" in found[3].reason.en


def test_no_figure_is_grey():
    (found,) = shown(figures([np.nan]))
    assert (found.value, found.own, found.look) == (None, None, "grey")


def test_a_figure_that_is_withheld_tells_its_range():
    (found,) = shown(figures([np.nan], least=[3.8], most=[56.2]))
    assert (found.value, found.own, found.look) == (None, None, "grey")
    assert "3.80" in found.reason.en and "56.20" in found.reason.en


def test_coarse_embedded_data_colour_no_county():
    """1,000 km² are 41 cells of 0.05°, and 400 are needed."""
    (county,) = shown(figures([15.0], embedded=True))
    assert county.look == "grey" and "41" in county.reason.en
    large = figures([15.0], embedded=True)
    large.frame["land_area_km2"] = 10_000.0
    (province,) = shown(large)
    assert (province.look, province.own) == ("hatched", 1)


def test_a_layer_that_is_derived_is_hatched():
    (found,) = shown(figures([15.0], evidence="derived"))
    assert found.look == "hatched"


def test_grey_figures_make_no_classes():
    payload = statistics_payload([figures([1, 2, 3, 4, 5, 99], share=[1, 1, 1, 1, 1, 0.1])], "en")
    cover = payload["columns"][0]
    assert cover["name"] == "forest_cover_pct"
    assert cover["keys"][-1]["name"] == "≥ 4.2"
    assert payload["units"][5]["c"][0] == [None]
    assert payload["warnings"] == ["a warning"] and payload["notes"] == ["a source"]


def test_two_years_share_their_classes_and_are_labelled():
    payload = statistics_payload([figures([1, 2]), figures([8, 9], year=2024)], "zh")
    assert payload["years"] == ["2020", "2024"]
    assert payload["units"][0]["v"][0] == [1.0, 8.0]
    first, second = payload["units"][1]["c"][0]
    assert first < second


def test_units_of_one_name_are_told_apart():
    found = figures([1, 2, 3])
    found.frame["name"] = ["城区", "城区", "太谷区"]
    assert [u["n"] for u in statistics_payload([found], "zh")["units"]] == [
        "城区 1", "城区 2", "太谷区",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        figures([1, 2], caliber="statutory"),
        figures([1, 2, 3]),
        replace(figures([1, 2]), topic="soil-loss"),
    ],
)
def test_what_cannot_be_compared_is_refused(other):
    with pytest.raises(UsageError) as error:
        statistics_payload([figures([1, 2]), other], "en")
    assert error.value.problems[0].code == "figures-differ"
    with pytest.raises(UsageError) as error:
        statistics_payload([figures([1])] * 3, "en")
    assert error.value.problems[0].code == "figures-count"


def test_figures_saved_as_json_come_back_beside_the_new(tmp_path):
    old = figures([1, 2], year=2015)
    write_figures(old, tmp_path / "old.json", "en")
    back = read_figures(tmp_path / "old.json", figures([8, 9]))
    assert back.frame["forest_cover_pct"].tolist() == [1.0, 2.0]
    assert back.facts["landcover_year"] == 2015
    save_figures_map(figures([8, 9]), tmp_path / "m.html", tmp_path / "old.json", "en")
    assert "2015" in (tmp_path / "m.html").read_text("utf-8")


def test_what_is_no_saved_figures_is_refused(tmp_path):
    body = json.loads(write_figures(figures([1]), tmp_path / "a.json", "en").read_text("utf-8"))
    for number, wrong in enumerate(
        ("{", [], {}, {**body, "topic": "soil-loss"}, {**body, "rows": []})
    ):
        path = tmp_path / f"{number}.json"
        path.write_text(wrong if isinstance(wrong, str) else json.dumps(wrong))
        with pytest.raises(SourceError) as error:
            read_figures(path, figures([1]))
        assert error.value.problems[0].code == "figures-unreadable"


def test_figures_need_a_page(tmp_path):
    with pytest.raises(UsageError) as error:
        save_briefing_map(tmp_path / "a.png", figures=figures([1, 2]))
    assert error.value.problems[0].code == "figures-need-a-page"
    assert not list(tmp_path.iterdir())


def test_names_with_markup_stay_text():
    found = figures([1, 2])
    found.frame["name"] = ["<script>alert(1)</script>", "{{ 7*7 }}"]
    text = briefing_map(figures=found, lang="en").get_root().render()
    assert "<script>alert" not in text and "49" not in text.split("7*7")[0][-20:]


def test_a_column_without_digits_has_whole_limits():
    from zoning.show.map.choropleth import _keys

    keys = _keys([1000.0, 25000.0], Column("a", Text("甲", "a"), "km2", 0), ("#000000",) * 5)
    assert [k["name"] for k in keys] == ["< 1,000", "1,000 – 25,000", "≥ 25,000"]
