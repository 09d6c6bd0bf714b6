"""Theme maps and figures of units in a browser: pictures, transparency, table, swipe, CSV, keys."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from test_maps_choropleth import figures

import zoning
from zoning.show.map import save_html

pytestmark = pytest.mark.browser

READY = "window.zoningReady"


def quiet(browser) -> None:
    """Nothing was asked of the network and nothing failed."""
    urls = {e["request"]["url"] for e in browser.happened("Network.requestWillBeSent")}
    assert {u for u in urls if not u.startswith(("file:", "data:", "blob:"))} == set()
    assert browser.happened("Runtime.exceptionThrown") == []
    errors = [e["entry"] for e in browser.happened("Log.entryAdded")]
    assert [e["text"] for e in errors if e["level"] == "error"] == []


def count(browser, selector: str) -> int:
    return browser.run(f"document.querySelectorAll({selector!r}).length")


def texts(browser, selector: str) -> list[str]:
    return browser.run(f"[...document.querySelectorAll({selector!r})].map(n => n.textContent)")


@pytest.fixture(scope="module")
def theme(tmp_path_factory):
    page = zoning.briefing_map(layers=["land_cover", "annual_rain"], lang="en")
    return save_html(page, tmp_path_factory.mktemp("theme") / "theme.html")


def test_a_raster_lies_where_its_bounds_say(browser, theme):
    browser.open(theme, READY)
    browser.wait("document.querySelector('img.z-raster').naturalWidth > 0")
    off = browser.run(
        """(() => {
          const box = zoningPageObject.data.images[0].box, map = zoningPageObject.map;
          const frame = map.getContainer().getBoundingClientRect();
          const img = document.querySelector('img.z-raster').getBoundingClientRect();
          const nw = map.latLngToContainerPoint([box[3], box[0]]);
          const se = map.latLngToContainerPoint([box[1], box[2]]);
          const off = [img.left - frame.left - nw.x, img.top - frame.top - nw.y,
            img.right - frame.left - se.x, img.bottom - frame.top - se.y];
          return Math.max(...off.map(Math.abs));
        })()"""
    )
    assert off <= 0.51  # whole pixels of the screen
    quiet(browser)


def test_a_raster_has_a_key_and_a_transparency_slider(browser, theme):
    browser.open(theme, READY)
    assert count(browser, "img.z-raster") == 1  # the second waits for a click
    assert "cropland" in texts(browser, ".z-raster-keys .z-class")
    browser.run(
        """(() => { const s = document.querySelector('.z-slide input'); s.value = 20;
          s.dispatchEvent(new Event('input')); })()"""
    )
    assert browser.run("getComputedStyle(document.querySelector('img.z-raster')).opacity") == "0.2"
    browser.run(
        "document.querySelectorAll('.z-raster-keys')[1].parentNode.querySelector('input').click()"
    )
    browser.wait("document.querySelectorAll('img.z-raster').length === 2")
    assert "750 mm" in texts(browser, ".z-ticks span")
    quiet(browser)


def test_small_areas_lie_above_large_ones(browser, tmp_path):
    """The outline of the county is asked for last and lies on top."""
    page = zoning.briefing_map(layers=["control_units"], within="洪洞县", lang="en")
    browser.open(save_html(page, tmp_path / "c.html"), READY)
    strokes = browser.run(
        """[...document.querySelectorAll('.leaflet-z-context-pane path')]
          .map(p => p.getAttribute('stroke'))"""
    )
    assert strokes[-1] == "#111111" and strokes.count("#111111") == 1
    quiet(browser)


@pytest.fixture
def two_years(browser, tmp_path):
    """Four units: sure, across a limit, partly covered, none."""
    values = [1.0, 12.0, 30.0, float("nan")]
    first = figures(values, share=[1, 1, 0.9, 1], year=2020)
    later = figures([2.0, 14.0, 31.0, 5.0], least=[2, 1, 31, 5], most=[2, 40, 31, 5], year=2024)
    later.frame["name"] = first.frame["name"] = ["=1+1", "<img src=x onerror=alert(1)>", "C", "D"]
    page = zoning.briefing_map(figures=[first, later], lang="en")
    browser.open(save_html(page, tmp_path / "f.html"), READY)
    return browser


def test_the_table_stands_beside_the_map_and_sorts(two_years):
    sides = two_years.run(
        """(() => { const map = document.querySelector('.folium-map').getBoundingClientRect();
          const table = document.querySelector('.z-figures').getBoundingClientRect();
          return [map.right, table.left, table.right - innerWidth]; })()"""
    )
    assert sides[0] <= sides[1] + 1 and abs(sides[2]) <= 1
    assert texts(two_years, ".z-figures th button") == [
        "unit ▲",
        "2020",
        "2024",
        "change",
        "remark",
    ]

    def column(number):
        return texts(two_years, f".z-figures tbody tr td:nth-child({number})")

    two_years.run("document.querySelectorAll('.z-figures th button')[1].click()")
    assert column(2) == ["30.00", "12.00", "1.00", "—"]  # no figure is always last
    two_years.run("document.querySelectorAll('.z-figures th button')[1].click()")
    assert column(2) == ["1.00", "12.00", "30.00", "—"]
    assert two_years.run("document.activeElement.textContent").startswith("2020")
    sort = "document.querySelectorAll('.z-figures th')[1].getAttribute('aria-sort')"
    assert two_years.run(sort) == "ascending"
    assert column(4) == ["1.00", "2.00", "1.00", "—"]
    quiet(two_years)


def test_what_a_figure_cannot_carry_is_hatched_or_grey_with_the_reason(two_years):
    fills = two_years.run(
        """[0, 1].map(y => [...document.querySelectorAll(`.leaflet-z-figures-${y}-pane path`)]
          .map(p => p.getAttribute('fill')))"""
    )
    assert [f.startswith("url(") for f in fills[0]] == [False, False, True, False]
    assert fills[0][3] == "#c9c9c9"
    assert [f.startswith("url(") for f in fills[1]] == [False, True, False, False]
    remarks = " ".join(texts(two_years, ".z-remark"))
    assert "90.0%" in remarks and "no data" in remarks and "between 1.00 and 40.00" in remarks
    assert (
        len(texts(two_years, ".z-figure-keys .z-class"))
        == len(two_years.run("zoningPageObject.data.statistics.columns[0].keys")) + 2
    )


def test_the_slider_uncovers_one_year_or_the_other(two_years):
    def widths(value):
        two_years.run(
            f"""(() => {{ const s = document.querySelector('.z-swipe'); s.value = {value};
              s.dispatchEvent(new Event('input')); }})()"""
        )
        clips = two_years.run(
            """[0, 1].map(y => getComputedStyle(document.querySelector(
              `.leaflet-z-figures-${y}-pane`)).clip.match(/-?[\\d.]+(?=px)/g).map(Number))"""
        )
        return [round(right - left) for _, right, _, left in clips]

    wide = two_years.run("document.querySelector('.folium-map').clientWidth")
    assert widths(0) == [0, wide]
    assert widths(1000) == [wide, 0]
    before, after = widths(250)
    assert before == pytest.approx(wide / 4, abs=1) and before + after == wide
    assert "2020" in two_years.run("document.querySelector('.z-swipe').getAttribute('aria-label')")


def test_the_csv_holds_what_the_table_tells_and_no_formula(two_years):
    text = two_years.run("zoningPageObject.statistics.csv()")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["forest_cover_pct 2024"] for row in rows] == ["2", "14", "31", "5"]
    assert rows[3]["forest_cover_pct 2020"] == ""
    assert rows[0]["name"] == "'=1+1"
    assert "90.0%" in rows[2]["remark"] and "a warning" in rows[0]["notes"]
    two_years.run("[...document.querySelectorAll('.z-actions button')].at(-1).click()")
    quiet(two_years)


def test_a_row_chosen_is_shown_on_the_map_and_names_stay_text(two_years):
    zoom = "zoningPageObject.map.getZoom()"
    before = two_years.run(zoom)
    two_years.run("document.querySelectorAll('.z-figures tbody button')[1].click()")
    assert two_years.run(zoom) >= before
    assert count(two_years, ".z-figures .z-chosen") == 1
    assert count(two_years, ".z-figures img, .leaflet-tooltip img") == 0
    quiet(two_years)


def test_one_year_has_no_slider_and_the_columns_can_be_chosen(browser, tmp_path):
    one = replace(figures([1.0, 12.0, 30.0]), title=zoning.load_catalogue().layers["rivers"].name)
    browser.open(save_html(zoning.briefing_map(figures=one, lang="zh"), tmp_path / "f.html"), READY)
    assert count(browser, ".z-swipe") == 0
    browser.run(
        """(() => { const s = document.querySelector('.z-column select'); s.selectedIndex = 1;
          s.dispatchEvent(new Event('change')); })()"""
    )
    assert "km2" in texts(browser, ".z-figures th button")[1]
    quiet(browser)
