"""Parts of a page on their own: figures of the ground, basemaps, many sites, other windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import folium
import numpy as np
import pytest
import shapely
from PIL import Image
from pyproj import Geod, Transformer
from report_samples import sample
from samples import READY, count, quiet, saved, shown, text

import zoning
from zoning.read.crs.datum import wgs84_to_gcj02
from zoning.show.map import review_map, save_html

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"
PICTURE = Path(__file__).with_name("picture.png")
GCJ = "gcj02:https://tiles.example/{z}/{x}/{y}.png"


@pytest.fixture
def opened(browser, tmp_path):
    browser.open(saved(tmp_path / "m.html", "en", online=[GCJ]), READY)
    return browser


def test_gauss_krueger_coordinates_are_those_of_proj(opened):
    places = np.random.default_rng(3).uniform([110.2, 34.5], [114.6, 40.8], (60, 2))
    found = opened.run(
        f"{places.tolist()}.map(p => zoningGeodesy.zone(p[1], p[0])).map(z => [z.zone, z.x, z.y])"
    )
    for (lon, lat), (zone, x, y) in zip(places.tolist(), found, strict=True):
        to_metres = Transformer.from_crs("EPSG:4490", f"EPSG:{4488 + zone}", always_xy=True)
        east, north = to_metres.transform(lon, lat)
        assert (x, y) == pytest.approx((north, east), abs=1e-3)


def test_lengths_and_areas_are_those_of_the_ellipsoid(opened):
    ring = [(112.0, 37.0), (112.4, 37.0), (112.5, 37.3), (112.1, 37.4)]
    area, _ = Geod(ellps="GRS80").polygon_area_perimeter(*zip(*ring, strict=True))
    length = Geod(ellps="GRS80").line_length(*zip(*ring, strict=True))
    points = [{"lng": lon, "lat": lat} for lon, lat in ring]
    # 20 km from the meridian in the middle the plane is too long by 5 in a million.
    assert opened.run(f"zoningGeodesy.area({points})") == pytest.approx(area, rel=2e-5)
    assert opened.run(f"zoningGeodesy.length({points})") == pytest.approx(length, rel=1e-5)


def test_classes_and_words_are_told_in_the_language_of_the_page(opened):
    assert opened.run("document.documentElement.lang") == "en"
    classes = opened.run("[...document.querySelectorAll('.z-class')].map(n => n.textContent)")
    assert "ecological space" in classes
    assert "Search sites" in opened.run("document.querySelector('.z-search input').placeholder")


def test_the_picture_is_as_it_was_looked_at(opened, tmp_path):
    """Loosely: fonts and drawing differ between machines, a missing layer or panel does not."""
    opened.picture(tmp_path / "now.png")
    with Image.open(tmp_path / "now.png") as now, Image.open(PICTURE) as then:
        small = [np.asarray(x.convert("L").resize((64, 36)), dtype=float) for x in (now, then)]
    assert np.abs(small[0] - small[1]).mean() < 6


def test_degrees_never_show_sixty_seconds(opened):
    assert opened.run("zoningGeodesy.degrees(111.99999999, 1)") == "112°00′00.0″"
    assert opened.run("zoningGeodesy.degrees(37.5, 0)") == "37°30′00″"


def test_on_a_gcj02_basemap_everything_is_shifted_and_coordinates_stay_true(opened):
    spot = "[37.805, 112.51]"
    east, north = wgs84_to_gcj02(112.51, 37.805)
    back = f"(p => [p.lng, p.lat])(m.containerPointToLatLng(m.latLngToContainerPoint({spot})))"
    before = opened.run(f"(m => m.latLngToContainerPoint({spot}))(zoningPageObject.map)")
    assert not shown(opened, ".z-ground .z-note")
    quiet(opened)  # Off: nothing was asked of it.
    opened.run("[...document.querySelectorAll('.z-ground')].forEach(d => d.open = true)")
    opened.run(
        "[...document.querySelectorAll('.z-ground .z-row')]"
        ".find(r => r.textContent.includes('tiles.example')).querySelector('input').click()"
    )
    assert "GCJ-02" in text(opened, ".z-ground .z-note")
    assert shown(opened, ".z-ground .z-note")
    projected = opened.run(
        f"(m => m.options.crs.projection.project(L.latLng({spot})))(zoningPageObject.map)"
    )
    plain = opened.run(f"L.Projection.SphericalMercator.project(L.latLng({north}, {east}))")
    assert (projected["x"], projected["y"]) == pytest.approx((plain["x"], plain["y"]), abs=0.01)
    assert opened.run(f"(m => {back})(zoningPageObject.map)") == pytest.approx(
        [112.51, 37.805], abs=2e-4
    )
    after = opened.run(f"(m => m.latLngToContainerPoint({spot}))(zoningPageObject.map)")
    moved = abs(after["x"] - before["x"]) + abs(after["y"] - before["y"])
    assert moved <= 2  # The view goes along: the same place stays in the middle.
    asked = {e["request"]["url"].split("/")[2]
             for e in opened.happened("Network.requestWillBeSent")
             if e["request"]["url"].startswith("http")}  # fmt: skip
    assert asked == {"tiles.example"}


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


def test_five_hundred_sites_stay_usable_and_others_are_dots(browser, tmp_path):
    report = sample()
    first = report.results[0]
    every = tuple(replace(first, project=replace(first.project, id=f"S{i}")) for i in range(500))
    away = shapely.Point(112.0, 37.0)
    more = [replace(first, project=replace(first.project, id=f"T{i}", geometry=away))
            for i in range(30)]  # fmt: skip
    page = review_map(replace(report, results=every), {}, (), "en", others=more)
    browser.open(save_html(page, tmp_path / "m.html"), READY)
    assert count(browser, ".z-sign") == 0
    assert count(browser, ".leaflet-z-signs-pane canvas") == 1
    assert count(browser, ".leaflet-z-zones-pane canvas") == 1
    assert count(browser, ".z-pick") == 200
    assert "330 more sites" in text(browser, ".z-list")
    assert "Of 530 sites the 500 most severe" in text(browser, ".z-body")
    assert "530" in text(browser, ".z-keys")
    browser.run("document.querySelectorAll('.z-pick')[7].click()")
    assert shown(browser, ".leaflet-popup-content")
    quiet(browser)


def test_a_narrow_window_opens_with_the_panel_folded(browser, tmp_path):
    browser.call("Emulation.setDeviceMetricsOverride", width=420, height=800,
                 deviceScaleFactor=1, mobile=False)  # fmt: skip
    browser.open(saved(tmp_path / "m.html", "zh"), READY)
    assert not shown(browser, ".z-body")
    browser.run("document.querySelector('.z-sign').dispatchEvent(new MouseEvent('click',"
                "{bubbles: true}))")  # fmt: skip
    assert browser.run("document.documentElement.scrollWidth") <= 420
    quiet(browser)


def test_the_examples_make_a_small_page_of_short_popups(browser, tmp_path):
    report = zoning.check(EXAMPLES, as_of=date(2026, 11, 21))
    path = tmp_path / "m.html"
    report.save_map(path, "en")
    assert path.stat().st_size < 3_000_000
    browser.open(path, READY)
    lengths = browser.run(
        "(p => p.data.sites.map(s => p.cards.brief(s, {}).textContent.length))(zoningPageObject)"
    )
    assert len(lengths) == 10
    assert max(lengths) <= 1200
    assert "洪洞焦化二期" in text(browser, ".z-pick[aria-current]")
    # The band of 1 km is on the map; the county, in which the site lies too, is not a zone.
    names = browser.run(
        "(p => p.data.sites.flatMap(s => s.z || []).map(z => p.cards.text(z.n)))(zoningPageObject)"
    )
    assert "Yellow River and the seven rivers, main stems + 1.00 km" in names
    counties = {layer.name.en for layer in report.layers if layer.id in ("counties", "province")}
    assert not counties & set(names)
    quiet(browser)
