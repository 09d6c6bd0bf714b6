"""The page as text: nothing outward, nothing random, nothing that acts."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import folium
import geopandas
import pytest
from report_samples import HOSTILE, sample, styles
from shapely.geometry import LineString, box

from zoning.base.errors import UsageError
from zoning.show.map import layer_map, review_map, save_html
from zoning.show.map import page as page_module
from zoning.show.map.codec import unpack


def context() -> dict[str, geopandas.GeoDataFrame]:
    def frame(*rows):
        return geopandas.GeoDataFrame(
            {"name": [r[0] for r in rows], "name_en": [r[1] for r in rows]},
            geometry=[r[2] for r in rows],
            crs="EPSG:4490",
        )

    return {
        "province": frame(("山西省", "Shanxi", box(110.2, 34.5, 114.5, 40.7))),
        "counties": frame(
            ("左县", "Left", box(110.2, 34.5, 112.0, 40.7)),
            ("右县", "Right", box(112.0, 34.5, 114.5, 40.7)),
        ),
        "main_rivers": frame(
            ("汾河", "Fen", LineString([(112.0, 38.5), (112.5, 37.8), (111, 36)]))
        ),
    }


class Links(HTMLParser):
    """Collects every attribute that could load something."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.scripts = 0

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        self.found += [
            (tag, k, v) for k, v in attrs if k in ("src", "href", "data", "srcset", "action")
        ]


def saved(tmp_path, lang="en", name="map.html") -> str:
    path = save_html(review_map(sample(), context(), styles(), lang), tmp_path / name)
    return path.read_text(encoding="utf-8")


def payload(text: str) -> dict:
    return json.loads(re.search(r"zoningPage\(map_zoning, (\{.*\})\);", text)[1])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_loaded_from_anywhere(tmp_path, lang):
    text = saved(tmp_path, lang)
    links = Links()
    links.feed(text)
    assert links.found == []
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?https?:""", text)
    assert not re.findall(r"url\((?!#|data:|['\"]?#)", text.replace('"url(#z-"', ""))
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", text))
    assert addresses == {"http://www.w3.org/2000/svg", "https://leafletjs.com"}  # Names, no loads.
    assert "default-src 'none'" in text


def test_a_name_adds_no_script_element(tmp_path):
    links = Links()
    links.feed(saved(tmp_path))
    plain = Links()
    plain.feed(
        save_html(layer_map(context(), styles(), "en"), tmp_path / "l.html").read_text("utf-8")
    )
    assert links.scripts == plain.scripts


def test_a_name_is_data_to_the_template_engine_too(tmp_path):
    text = saved(tmp_path)
    assert "1337" not in text  # 7 * 191, were it evaluated.
    names = {site["name"] for site in payload(text)["sites"]}
    shown = re.sub("[\x00-\x1f\u202e\u2028]", "\ufffd", HOSTILE)
    assert shown in names


def test_the_data_of_the_script_survive_as_they_are():
    value = {"a": "</script><!-- & \u2028 {{x}} {% y %} {# z #} \\u003c", "b": [1.5, None, True]}
    text = page_module.script_json(value)
    assert not re.search(r"[<>&\u2028]|\{[{%#]", text)
    assert json.loads(text) == {**value, "a": value["a"].replace("\u2028", "\ufffd")}


def test_the_same_report_gives_the_same_bytes(tmp_path):
    assert saved(tmp_path, name="a.html") == saved(tmp_path, name="b.html")


def test_what_is_added_later_is_reproducible_too(tmp_path):
    def draw(name):
        page = review_map(sample(), context(), styles(), "en")
        folium.Marker((37.5, 112.0), popup="here").add_to(page)
        return save_html(page, tmp_path / name).read_bytes()

    assert draw("a.html") == draw("b.html")


def test_a_site_named_after_a_checksum_keeps_its_name(tmp_path):
    report, name = sample(), "site_0123456789abcdef0123456789abcdef"
    first = report.results[0]
    named = replace(first, project=replace(first.project, name=name))
    page = review_map(replace(report, results=(named,)), {}, (), "en")
    assert payload(save_html(page, tmp_path / "m.html").read_text("utf-8"))["sites"][0]["name"] == (
        name
    )


def test_sites_that_are_only_dots_tell_place_and_status(tmp_path):
    report = sample()
    results = report.results
    assert len({x.status for x in results}) > 1
    page = review_map(replace(report, results=results[:1]), {}, (), "en", others=results)
    found = payload(save_html(page, tmp_path / "m.html").read_text("utf-8"))
    assert len(found["sites"]) == 1
    assert f"Of {len(results) + 1} sites the 1 most severe" in found["partial"]
    assert {k: x["n"] for k, x in found["dots"].items()} == Counter(x.status for x in results)
    placed = [x for x in results if x.project.geometry is not None]
    for status in {x.status for x in placed}:
        spots = unpack(found["dots"][status]["g"]["coordinates"], 4)
        boxes = [x.project.geometry.bounds for x in placed if x.status is status]
        middle = {(round((w + e) / 2, 4), round((s + n) / 2, 4)) for w, s, e, n in boxes}
        assert {tuple(spot) for spot in spots.round(4).tolist()} == middle


def test_saving_twice_changes_nothing(tmp_path):
    page = review_map(sample(), context(), styles(), "en")
    first = save_html(page, tmp_path / "a.html").read_bytes()
    assert save_html(page, tmp_path / "b.html").read_bytes() == first


def test_a_tile_layer_is_refused_with_the_way_out(tmp_path):
    page = review_map(sample(), context(), styles(), "en")
    folium.TileLayer("https://tiles.example/{z}/{x}/{y}.png", attr="x").add_to(page)
    with pytest.raises(UsageError, match=r"map\.save\(\)") as error:
        save_html(page, tmp_path / "m.html")
    assert "tiles.example" in str(error.value)
    assert not list(tmp_path.iterdir())


def test_saving_is_whole_or_not_at_all(tmp_path, monkeypatch):
    page = review_map(sample(), context(), styles(), "en")
    path = tmp_path / "out" / "m.html"
    assert save_html(page, path) == path

    def interrupted(self, target):
        raise KeyboardInterrupt

    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_html(page, path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(UsageError):
        save_html(page, path.parent)


def test_a_notebook_shows_the_same_page():
    shown = review_map(sample(), context(), styles(), "zh")._repr_html_()
    assert shown.startswith("<div") and "srcdoc" in shown
    assert "zoningPage(map_zoning" in shown


def test_the_page_carries_provenance_warning_and_what_was_not_checked(tmp_path):
    data = payload(saved(tmp_path))
    assert data["facts"] == [
        "as of 2025-06-01", "zoning 0.1.0", "catalogue eeeeeeeeeeee",
        "projects.geojson: 9 features, 9 read, 0 failed, 0 left out; area 0.0000 ha (0.00 mu); "
        "CRS EPSG:4490 (RFC 7946); sha256 dddddddddddd",
    ]  # fmt: skip
    assert "not legal boundaries" in data["warning"]
    assert "Ecological redline" in data["empty"]
    assert "Basic farmland: could not be read" in data["closing"]
    assert "Drinking-water zones are not public." in data["closing"]
    assert any(x.startswith("Main rivers, surveyed") for x in data["sources"])


def test_findings_refer_to_texts_written_once(tmp_path):
    data = payload(saved(tmp_path))
    site = data["sites"][0]
    found = site["f"][0]
    texts = data["texts"]
    assert len(texts) == len(set(texts))
    assert (site["s"], found["r"], found["near"]) == ("violation", "R002-044", True)
    law = data["rules"]["R002-044"]
    assert texts[law["cite"]] == "晋政发〔2022〕11号 chapter 3, section 2"
    assert texts[law["advice"]] == "Move the site beyond the 1 km line."
    assert "indicative, not a legal boundary" in texts[found["basis"]]
    assert found["m"]["area"] == 976543.21  # whole: the script rounds, once
    assert "z" not in found  # Nothing to draw without the layers of the review.
    assert site["met"] == 1
    assert [s["g"] is None for s in data["sites"]].count(True) == 1  # The unreadable feature.


def test_bounds_are_those_of_the_sites(tmp_path):
    assert payload(saved(tmp_path))["bounds"] == [110.9, 36.0, 113.6, 39.52]


def test_layers_alone_have_no_sites_and_show_their_columns(tmp_path):
    from zoning.messages import Text
    from zoning.model import FieldSpec

    river = styles()[2].model_copy(
        update={"fields": (FieldSpec(name="name_en", title=Text("英", "English"), type="str"),)}
    )
    page = layer_map({"main_rivers": context()["main_rivers"]}, [river], "en", title="Rivers")
    data = payload(save_html(page, tmp_path / "l.html").read_text("utf-8"))
    assert (data["title"], data["sites"]) == ("Rivers", [])
    assert data["layers"][0]["features"][0]["p"] == [["English", "Fen"]]
    assert data["bounds"] == [111.0, 36.0, 112.5, 38.5]


def test_whole_layers_wait_for_a_click_and_the_ground_does_not(tmp_path):
    frames = {**context(), "redline": context()["counties"]}
    band = styles()[1].model_copy(update={"id": "redline"})
    page = review_map(sample(), frames, [*styles(), band], "en")
    data = payload(save_html(page, tmp_path / "m.html").read_text("utf-8"))
    assert {x["id"]: (x["shown"], x["base"]) for x in data["layers"]} == {
        "province": (True, True), "counties": (True, True), "main_rivers": (True, True),
        "redline": (False, False),
    }  # fmt: skip


def test_only_the_basemaps_asked_for_may_be_loaded(tmp_path, monkeypatch):
    monkeypatch.setenv("ZONING_TIANDITU_KEY", "abc123")
    names = ("osm", "tianditu", "gcj02:https://tiles.example/{z}/{x}/{y}.png")
    page = review_map(sample(), {}, (), "en", online=names)
    text = save_html(page, tmp_path / "m.html").read_text("utf-8")
    policy = re.search(r"img-src ([^\"]*)\"", text)[1].split()
    assert policy[:2] == ["data:", "https://tile.openstreetmap.org"]
    assert policy[2:] == [
        *(f"https://t{n}.tianditu.gov.cn" for n in range(8)), "https://tiles.example",
    ]  # fmt: skip
    offered = payload(text)["basemaps"]
    assert [x["gcj"] for x in offered] == [False, False, True]
    assert [len(x["urls"]) for x in offered] == [1, 2, 1]
    assert "tk=abc123" in offered[1]["urls"][0]


@pytest.mark.parametrize("name", ["bing", "https://x.example/a.png", "javascript:{z}{x}{y}",
                                  "https://x.example/{z}/{x}/{y}';script-src *"])  # fmt: skip
def test_an_unknown_basemap_is_refused(name):
    with pytest.raises(UsageError, match="basemap"):
        review_map(sample(), {}, (), "en", online=[name])


@pytest.mark.parametrize("key", ["", "a b", "x'; img-src *"])
def test_a_basemap_without_a_usable_key_is_refused(monkeypatch, key):
    monkeypatch.setenv("ZONING_TIANDITU_KEY", key)
    with pytest.raises(UsageError, match="ZONING_TIANDITU_KEY"):
        review_map(sample(), {}, (), "en", online=["tianditu"])
