"""What a reader sees of a saved page, and that nothing leaves it."""

from __future__ import annotations

import re

import folium
import geopandas
import pytest
from report_samples import HOSTILE, sample, styles
from shapely.geometry import LineString, box

from zoning.show.map import review_map, save_html

pytestmark = pytest.mark.browser

READY = "window.zoningReady"
SHOWN = re.sub("[\x00-\x1f\u202e\u2028]", "\ufffd", HOSTILE)


def context():
    def frame(name, shape):
        return geopandas.GeoDataFrame({"name": [name]}, geometry=[shape], crs="EPSG:4490")

    return {
        "province": frame("山西省", box(110.2, 34.5, 114.5, 40.7)),
        "main_rivers": frame(HOSTILE, LineString([(112.0, 38.5), (112.5, 37.8), (111.0, 36.0)])),
    }


@pytest.fixture(params=["zh", "en"])
def opened(browser, tmp_path, request):
    path = save_html(review_map(sample(), context(), styles(), request.param), tmp_path / "m.html")
    browser.open(path, READY)
    return browser


def quiet(browser) -> None:
    """Nothing was asked of the network, nothing failed, no name acted."""
    urls = {e["request"]["url"] for e in browser.happened("Network.requestWillBeSent")}
    assert {u for u in urls if not u.startswith(("file:", "data:"))} == set()
    assert len([u for u in urls if u.startswith("file:")]) == 1
    assert browser.happened("Runtime.exceptionThrown") == []
    errors = [e["entry"] for e in browser.happened("Log.entryAdded")]
    assert [e["text"] for e in errors if e["level"] == "error"] == []
    assert browser.run("window.pwned") is None


def count(browser, selector: str) -> int:
    return browser.run(f"document.querySelectorAll({selector!r}).length")


def text(browser, selector: str) -> str:
    return browser.run(f"document.querySelector({selector!r}).textContent")


def pick(browser, number: int) -> None:
    browser.run(f"document.querySelectorAll('.z-pick')[{number}].click()")
    browser.wait("document.querySelector('.leaflet-popup-content')")


def test_sites_layers_legend_and_scale_are_drawn(opened):
    # Six sites have a geometry: five outlines and a point as paths, each with its sign.
    assert count(opened, ".leaflet-z-sites-pane path") == 6
    assert count(opened, ".leaflet-z-signs-pane .z-sign svg") == 6
    assert count(opened, ".leaflet-z-context-pane path") == 2
    assert count(opened, ".leaflet-z-overlaps-pane path") == 4  # Two overlaps, two strokes each.
    assert count(opened, ".z-key") == 8  # Seven statuses and the overlap.
    assert count(opened, ".z-pick") == 7
    assert count(opened, ".z-layers input[type=checkbox]") == 4
    assert re.fullmatch(r"\d+ km", text(opened, ".leaflet-control-scale-line"))
    fills = opened.run(
        "[...document.querySelectorAll('.leaflet-z-sites-pane path')]"
        ".map(p => p.getAttribute('fill')).filter(f => f.startsWith('url(#z-'))"
    )
    assert "url(#z-violation)" in fills
    assert opened.run("document.documentElement.lang") in ("zh", "en")
    quiet(opened)


def test_all_sites_lie_in_view_beside_the_panel(opened):
    assert opened.run(
        """(() => {
          const panel = document.querySelector('.z-panel').getBoundingClientRect();
          return [...document.querySelectorAll('.z-sign')].every(s => {
            const b = s.getBoundingClientRect();
            return b.left >= panel.right && b.right <= innerWidth
              && b.top >= 0 && b.bottom <= innerHeight;
          });
        })()"""
    )


def test_a_popup_says_what_was_found(opened):
    pick(opened, 0)
    found = text(opened, ".leaflet-popup-content")
    for part in ("R002-044", "晋政发〔2022〕11号", "97.65", "1,464.81", "±90"):
        assert part in found
    assert opened.run("map_zoning.getZoom()") > 12
    quiet(opened)


def test_a_popup_lies_wholly_in_the_window_and_off_the_panel(opened):
    pick(opened, 0)
    opened.wait(
        """(() => {
          const b = document.querySelector('.leaflet-popup').getBoundingClientRect();
          const p = document.querySelector('.z-panel').getBoundingClientRect();
          return b.top >= 0 && b.left >= p.right && b.right <= innerWidth;
        })()"""
    )


def test_a_hostile_name_is_read_not_run(opened):
    pick(opened, 5)
    assert text(opened, ".leaflet-popup-content h2") == SHOWN
    assert count(opened, ".leaflet-popup-content img, .leaflet-popup-content script") == 0
    # The same for the tooltip of a site and of a river, and for labels and the list.
    opened.run("void map_zoning.closePopup()")
    opened.run(
        "void map_zoning.eachLayer(l => { if (l.getTooltip && l.getTooltip()) l.openTooltip(); })"
    )
    assert SHOWN in opened.run("document.body.textContent")
    assert count(opened, ".leaflet-container img[src=x]") == 0
    quiet(opened)


def test_a_feature_that_could_not_be_read_still_has_its_card(opened):
    pick(opened, 3)
    assert "projects.geojson" in text(opened, ".leaflet-popup-content")


def test_a_layer_can_be_switched_off(opened):
    opened.run("document.querySelectorAll('.z-layers input')[1].click()")
    opened.wait("document.querySelectorAll('.leaflet-z-context-pane path').length === 1")


def test_the_panel_folds_away(opened):
    opened.run("document.querySelector('.z-toggle').click()")
    assert opened.run("getComputedStyle(document.querySelector('.z-body')).display") == "none"


def test_a_marker_of_folium_works_offline_too(browser, tmp_path):
    page = review_map(sample(), {}, (), "en")
    folium.Marker((37.5, 112.0), popup="<b>here</b>").add_to(page)
    browser.open(save_html(page, tmp_path / "m.html"), READY)
    browser.wait("document.querySelector('.leaflet-marker-icon[src^=\"data:image/png\"]')")
    browser.run("document.querySelector('.leaflet-marker-icon[src]').click()")
    browser.wait("document.querySelector('.leaflet-popup-content b')")
    quiet(browser)


def test_the_browser_itself_refuses_to_load(browser, tmp_path):
    path = save_html(review_map(sample(), {}, (), "en"), tmp_path / "m.html")
    browser.open(path, READY)
    blocked = browser.run("fetch('http://127.0.0.1:9/').then(() => 'loaded', () => 'refused')")
    assert blocked == "refused"
    told = [e["entry"]["text"] for e in browser.happened("Log.entryAdded")]
    assert any("Content Security Policy" in x for x in told)


def test_thousands_of_sites_are_drawn_on_a_canvas(browser, tmp_path):
    from dataclasses import replace

    report = sample()
    first = report.results[0]
    many = tuple(replace(first, project=replace(first.project, id=f"S{i}")) for i in range(900))
    browser.open(
        save_html(review_map(replace(report, results=many), {}, (), "en"), tmp_path / "m.html"),
        READY,
    )
    assert count(browser, ".z-sign") == 0
    assert count(browser, ".leaflet-z-signs-pane canvas") == 1
    assert count(browser, ".z-pick") == 200
    assert "700 more sites" in text(browser, ".z-list")
    quiet(browser)
