"""A page made by hand: the report of the unit tests, a river, and the band that decides."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas
import shapely
from report_samples import HOSTILE, sample, styles
from shapely.geometry import LineString, box

from zoning.model import Views
from zoning.review.deciding import Deciding, Shown
from zoning.show.map import review_map, save_html

READY = "window.zoningReady"
SHOWN = re.sub("[\x00-\x1f\u202e\u2028]", "\ufffd", HOSTILE)


def context() -> dict[str, geopandas.GeoDataFrame]:
    def frame(*rows):
        names, shapes = [r[0] for r in rows], [r[1] for r in rows]
        return geopandas.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:4490")

    return {
        "province": frame(("山西省", box(110.2, 34.5, 114.5, 40.7))),
        "counties": frame(
            ("左县", box(110.2, 34.5, 112.0, 40.7)), ("右县", box(112.0, 34.5, 114.5, 40.7))
        ),
        "main_rivers": frame((HOSTILE, LineString([(112.0, 38.5), (112.5, 37.8), (111.0, 36.0)]))),
        "three_spaces": geopandas.GeoDataFrame(
            {"name": ["一", "二"], "space": ["urban", "ecological"]},
            geometry=[box(112.4, 37.7, 112.5, 37.9), box(112.5, 37.7, 112.7, 37.9)],
            crs="EPSG:4490",
        ),
    }


def zones() -> dict[str, list[Shown]]:
    """The band of 1 km that the first site is half inside of, and its ribbon of 90 m."""
    report = sample()
    view = Views.of(report)(report.results[0].findings[1])
    line = LineString([(112.4985, 37.75), (112.4985, 37.86)])
    band = shapely.buffer(line, 0.0115, cap_style="flat")
    edge = shapely.boundary(band)
    drawn = Deciding((view,), 1000.0, line, band, view.overlap, edge)
    return {"P01": [Shown(drawn, (112.47, 37.78, 112.55, 37.83), shapely.buffer(edge, 0.001))]}


def saved(path: Path, lang: str, **more: object) -> Path:
    """Write the page and return where it is."""
    layers = (*styles(), styles()[1].model_copy(update={"id": "three_spaces"}))
    page = review_map(sample(), context(), layers, lang, zones=zones(), **more)  # type: ignore[arg-type]
    return save_html(page, path)


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


def shown(browser, selector: str) -> bool:
    return browser.run(
        f"(n => Boolean(n && n.getClientRects().length))(document.querySelector({selector!r}))"
    )


def pick(browser, name: str) -> None:
    """Choose a site in the list by a part of its name."""
    browser.run(
        f"[...document.querySelectorAll('.z-pick')].find(b => b.textContent.includes({name!r}))"
        ".click()"
    )


def press(browser, key: str, code: int, modifiers: int = 0) -> None:
    """Press a key as a person does."""
    for kind in ("keyDown", "keyUp"):
        browser.call(
            "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
            modifiers=modifiers, **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}),
        )  # fmt: skip


def type_in(browser, words: str) -> None:
    browser.call("Input.insertText", text=words)
