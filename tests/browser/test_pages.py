"""What a reader sees of a saved page and does with it, and that nothing leaves it."""

from __future__ import annotations

import base64
import re

import pytest
from samples import READY, SHOWN, count, pick, press, quiet, saved, shown, text, type_in

pytestmark = pytest.mark.browser

#: Leaves the page as it was when it opened.
RESET = """(() => {
  const page = window.zoningPageObject;
  page.sites.clear();
  page.map.closePopup();
  const close = document.querySelector('.z-side:not([hidden]) .z-close');
  if (close) close.click();
  page.sites.show(page.sites.worst(), true);
  if (document.activeElement) document.activeElement.blur();
})()"""


@pytest.fixture(scope="module")
def page(program, tmp_path_factory):
    """One page for all tests of this module."""
    program.fresh()
    program.open(saved(tmp_path_factory.mktemp("page") / "m.html", "zh"), READY)
    yield program
    quiet(program)


@pytest.fixture
def opened(page):
    page.run(RESET)
    return page


def test_sites_signs_legend_and_scale_are_drawn(opened):
    # Six sites have a geometry: five outlines and a point as paths, each with its sign.
    assert count(opened, ".leaflet-z-sites-pane path") == 6
    assert count(opened, ".leaflet-z-signs-pane .z-sign svg") == 6
    assert count(opened, ".z-keys .z-key") == 7
    assert count(opened, ".z-pick") == 7
    assert re.fullmatch(r"\d+ (m|km)", text(opened, ".leaflet-control-scale-line"))
    fills = opened.run(
        "[...document.querySelectorAll('.leaflet-z-sites-pane path')]"
        ".map(p => p.getAttribute('fill')).filter(f => f.startsWith('url(#z-'))"
    )
    assert "url(#z-violation)" in fills
    assert opened.run("document.documentElement.lang") == "zh"
    assert shown(opened, ".z-north")


def test_the_worst_site_opens_first_at_its_own_scale(opened):
    assert "Coking" in text(opened, ".z-pick[aria-current]")
    inside = opened.run(
        "(p => p.inner().contains([[37.80, 112.50], [37.81, 112.52]]))(zoningPageObject)"
    )
    assert inside
    assert opened.run("zoningPageObject.map.getZoom()") >= 12


def test_what_decides_is_on_the_map_and_only_the_part_inside_is_filled(opened):
    # Band, its edge and the river it is drawn around; the part twice, colour and broken line.
    assert count(opened, ".leaflet-z-zones-pane path") == 3
    assert count(opened, ".leaflet-z-overlaps-pane path") == 2
    wide = opened.run(
        "['sites', 'overlaps'].map(p => Math.min(...[...document.querySelectorAll("
        "`.leaflet-z-${p}-pane path`)].map(n => n.getBoundingClientRect().width)"
        ".filter(w => w > 40)))"
    )
    assert wide[1] == pytest.approx(wide[0] / 2, rel=0.2)  # half of the site lies in the band
    assert "1.00" in text(opened, ".z-layers .z-classes")


def test_a_popup_is_short_and_says_what_decides(opened):
    pick(opened, "Coking")
    found = text(opened, ".leaflet-popup-content")
    assert len(found) <= 1200
    for part in ("R002-044", "晋政发〔2022〕11号", "97.65", "1,464.81"):
        assert part in found


def test_a_finding_in_the_popup_stands_alone_with_its_ribbon(opened):
    pick(opened, "Coking")
    opened.run("document.querySelector('.z-hit').click()")
    opened.wait("!document.querySelector('.leaflet-popup')")  # It fades.
    assert shown(opened, ".z-bar")
    assert "±90" in text(opened, ".z-bar")
    assert count(opened, ".leaflet-z-sites-pane path") == 1  # the other sites are gone
    assert count(opened, ".z-sign") == 0
    assert count(opened, ".leaflet-z-zones-pane path") == 4  # and the ribbon is there
    assert opened.run("getComputedStyle(zoningPageObject.map.getPane('z-context')).display") == (
        "none"
    )
    opened.run("document.querySelector('.z-bar .z-button').click()")
    assert count(opened, ".leaflet-z-sites-pane path") == 6
    assert count(opened, ".z-sign") == 6
    assert not shown(opened, ".z-bar")


def test_more_opens_the_whole_card_beside_the_map(opened):
    pick(opened, "Coking")
    opened.run("document.querySelector('.z-more').focus()")
    press(opened, "Enter", 13)
    assert "R002-044" in text(opened, ".z-side")
    assert opened.run("document.activeElement.className") == "z-close"
    assert count(opened, ".z-side .z-finding") == 2
    assert opened.run(
        "document.querySelector('.z-side').getBoundingClientRect().right <= innerWidth"
    )
    opened.run("document.querySelector('.z-side .z-finding .z-button').click()")
    assert shown(opened, ".z-bar")
    press(opened, "Escape", 27)


def test_a_popup_lies_wholly_in_the_window_and_off_the_panel(opened):
    pick(opened, "Coking")
    opened.wait(
        """(() => {
          const b = document.querySelector('.leaflet-popup').getBoundingClientRect();
          const p = document.querySelector('.z-panel').getBoundingClientRect();
          return b.top >= 0 && b.left >= p.right && b.right <= innerWidth;
        })()"""
    )


def test_all_sites_lie_in_view_beside_the_panel_at_a_press(opened):
    opened.run("document.querySelector('.z-tool').click()")
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


def test_names_do_not_collide(opened):
    opened.run("document.querySelector('.z-tool').click()")
    boxes = opened.run(
        "[...document.querySelectorAll('.z-label span')].map(n => n.getBoundingClientRect())"
        ".map(b => [b.left, b.top, b.right, b.bottom])"
    )
    assert len(boxes) >= 3
    for at, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = right <= other[0] or left >= other[2] or bottom <= other[1] or top >= other[3]
            assert apart


def test_a_hostile_name_is_read_not_run(opened):
    pick(opened, "onerror")
    assert text(opened, ".leaflet-popup-content h2")[:100] == SHOWN[:100]
    assert count(opened, ".leaflet-popup-content img, .leaflet-popup-content script") == 0
    # The same for the tooltip of a site and of a river, and for labels and the list.
    opened.run("void zoningPageObject.map.closePopup()")
    opened.run(
        "void zoningPageObject.map.eachLayer("
        "l => { if (l.getTooltip && l.getTooltip()) l.openTooltip(); })"
    )
    opened.run("void zoningPageObject.sites.open(zoningPageObject.data.sites[5])")
    assert SHOWN in opened.run("document.body.textContent")
    assert count(opened, ".leaflet-container img[src=x]") == 0
    opened.run("void document.querySelectorAll('.leaflet-tooltip').forEach(n => n.remove())")


def test_a_feature_that_could_not_be_read_still_has_its_card(opened):
    pick(opened, "P04")
    assert "projects.geojson" in text(opened, ".z-side")


def test_a_layer_is_switched_on_in_the_colours_of_its_classes(opened):
    before = count(opened, ".leaflet-z-context-pane path")
    row = (
        "[...document.querySelectorAll('.z-row')].find(r => r.querySelector('.z-class .z-swatch'))"
    )
    opened.run(f"{row}.querySelector('input').click()")
    assert count(opened, ".leaflet-z-context-pane path") == before + 2
    fills = opened.run(
        "[...document.querySelectorAll('.leaflet-z-context-pane path')].slice(-2)"
        ".map(p => p.getAttribute('stroke'))"
    )
    assert fills == ["#d55e00", "#009e73"]
    names = opened.run(f"[...{row}.querySelectorAll('.z-class')].map(n => n.textContent)")
    assert names == ["生态空间", "城镇空间"]
    opened.run(f"{row}.querySelector('input').click()")
    assert count(opened, ".leaflet-z-context-pane path") == before


def test_layers_without_data_take_one_line(opened):
    rows = opened.run(
        "[...document.querySelectorAll('.z-body > details')].filter(d => !d.open)"
        ".map(d => d.querySelector('summary').textContent)"
    )
    assert sum(1 for r in rows if re.search(r"没有数据的图层\(1\)", r)) == 1


def test_the_panel_folds_away_and_comes_back(opened):
    opened.run("document.querySelector('.z-toggle').click()")
    assert opened.run("getComputedStyle(document.querySelector('.z-body')).display") == "none"
    assert opened.run("document.querySelector('.z-toggle').getAttribute('aria-expanded')") == (
        "false"
    )
    opened.run("document.querySelector('.z-toggle').click()")
    assert opened.run("document.querySelector('.z-body').offsetHeight") > 100


def test_search_finds_sites_counties_and_zones_by_keyboard_alone(opened):
    opened.run("document.querySelector('.z-search input').focus()")
    type_in(opened, "road")
    assert count(opened, ".z-hits li") == 1
    press(opened, "ArrowDown", 40)
    assert opened.run("document.querySelector('.z-hits li').getAttribute('aria-selected')") == (
        "true"
    )
    press(opened, "Enter", 13)
    assert "Road" in text(opened, ".z-pick[aria-current]")
    opened.run("(i => { i.value = ''; i.focus(); })(document.querySelector('.z-search input'))")
    type_in(opened, "右县")
    press(opened, "Enter", 13)
    assert opened.run("zoningPageObject.inner().contains([37.6, 113.2])")
    opened.run("(i => { i.value = ''; i.focus(); })(document.querySelector('.z-search input'))")
    type_in(opened, "no such place")
    assert count(opened, ".z-hits .z-none") == 1
    press(opened, "Escape", 27)
    assert not shown(opened, ".z-hits")


def test_coordinates_follow_the_pointer(opened):
    opened.call("Input.dispatchMouseEvent", type="mouseMoved", x=900, y=300)
    at = opened.run(
        "(p => [p.lng, p.lat])(zoningPageObject.map.containerPointToLatLng([900, 300]))"
    )
    told = text(opened, ".z-coordinates")
    degrees = [int(x) for x in re.findall(r"(\d+)°", told)[:2]]
    assert degrees == [int(at[0]), int(at[1])]
    assert re.search(r"38\s+X 41\d{5}\.\d\s+Y 38[34]\d{5}\.\d", told)


def test_a_length_is_measured_by_clicks_and_escape_ends_it(opened):
    opened.run("document.querySelectorAll('.z-tool')[1].click()")
    for x in (700, 900):
        for kind in ("mousePressed", "mouseReleased"):
            opened.call("Input.dispatchMouseEvent", type=kind, x=x, y=600, button="left",
                        clickCount=1)  # fmt: skip
    opened.wait("/\\d/.test(document.querySelector('.z-readout').textContent)")
    metres = opened.run(
        "(m => zoningGeodesy.length([m.containerPointToLatLng([700, 600]),"
        " m.containerPointToLatLng([900, 600])]))(zoningPageObject.map)"
    )
    told = text(opened, ".z-readout").replace(",", "")
    number = float(re.search(r"[\d.]+", told)[0])
    assert number == pytest.approx(metres / (1000 if "公里" in told else 1), abs=0.6)
    press(opened, "Escape", 27)
    opened.run("(m => { if (!document.querySelector('.z-readout').hidden) m.click(); })"
               "(document.querySelectorAll('.z-tool')[1])")  # fmt: skip
    assert not shown(opened, ".z-readout")


def test_everything_is_reached_by_the_tab_key_with_a_focus_to_see(opened):
    opened.run("document.body.tabIndex = -1; document.body.focus()")
    seen, unseen = set(), []
    for _ in range(90):
        press(opened, "Tab", 9)
        told = opened.run(
            "(n => [n.className.baseVal || n.className || n.tagName, n.type || '',"
            " getComputedStyle(n).outlineStyle, getComputedStyle(n).outlineWidth,"
            " n.getAttribute('aria-label') || n.textContent.trim()"
            " || n.closest('label')?.textContent || n.placeholder || ''])(document.activeElement)"
        )
        seen.add((told[0].split(" ")[0], told[1]))
        if told[2] == "none" or told[3] == "0px" or not told[4]:
            unseen.append(told)
    kinds = {name for name, _ in seen}
    assert {"z-toggle", "z-pick", "z-tool", "leaflet-control-zoom-in"} <= kinds
    assert {"search", "checkbox"} <= {kind for _, kind in seen}
    assert any("z-sign" in name or "leaflet-marker-icon" in name for name in kinds)
    assert [u for u in unseen if u[0] not in ("BODY", "folium-map")] == []


def test_no_serious_fault_of_accessibility(opened, request):
    opened.run((request.path.parent / "vendored" / "axe.min.js").read_text("utf-8") + ";0")
    for act in ("document.querySelector('.z-pick').click()",
                "document.querySelector('.z-more').click()",
                "document.querySelector('.z-side .z-finding .z-button').click()"):  # fmt: skip
        opened.run(act)
        found = opened.run(
            "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations"
            ".filter(v => ['serious', 'critical'].includes(v.impact))"
            ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(', ')))"
        )
        assert found == []


@pytest.mark.parametrize(("size", "width", "height"), [("A4", 842, 595), ("A3", 1191, 842)])
def test_a_print_is_one_page_of_the_size_chosen(opened, size, width, height):
    opened.run(f"zoningPageObject.print.choose({size!r})")
    answer = opened.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    pdf = base64.b64decode(answer["data"])
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
    box = [float(x) for x in re.search(rb"/MediaBox\s*\[([^\]]+)\]", pdf)[1].split()]
    assert box[2:] == pytest.approx([width, height], abs=2)
    assert not opened.run("document.documentElement.classList.contains('z-print')")
    assert count(opened, ".z-sheet") == 0


def test_a_print_has_title_legend_scale_date_and_evidence(opened):
    opened.run("zoningPageObject.print.choose('A4'); zoningPageObject.print.start()")
    told = text(opened, ".z-sheet")
    assert opened.run("document.title") in told
    assert "2025-06-01" in told
    assert "不是法定边界" in told
    assert count(opened, ".z-sheet .z-key") == 7
    assert count(opened, ".z-sheet .z-band-key") == 1
    assert shown(opened, ".z-sheet .z-north")
    assert shown(opened, ".leaflet-control-scale")
    assert not shown(opened, ".z-panel")
    assert count(opened, ".z-grid-labels .z-lon") >= 2
    assert opened.run("(k => k.scrollHeight <= k.clientHeight + 1)"
                      "(document.querySelector('.z-sheet-side'))")  # fmt: skip
    opened.run("zoningPageObject.print.end()")
    assert shown(opened, ".z-panel")
