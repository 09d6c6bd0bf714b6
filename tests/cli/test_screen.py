"""What a planner reads of the ten examples: how long it is, and that it keeps to one language."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

import zoning as package
from zoning.model import Evidence

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "projects.geojson"
SITES = [f"P{number:02d}" for number in range(1, 11)]
WORDS = "examples/projects.geojson"


@pytest.fixture(scope="module")
def report():
    return package.check(EXAMPLES, as_of=date(2026, 11, 21))


def printed(report, lang, width=80, **options):
    console = Console(width=width)
    with console.capture() as shown:
        report.print(console, lang, words=WORDS, **options)
    return shown.get()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 120])
def test_ten_sites_fit_on_one_screen_and_one_in_less(report, lang, width):
    for sites, most in ((), 40), *(((site,), 25) for site in SITES):
        lines = printed(report, lang, width, sites=sites).splitlines()
        assert len(lines) <= most, sites
        assert max(map(cell_len, lines)) <= width


def test_the_screen_tells_hits_counts_questions_layers_and_commands(report):
    text = printed(report, "en")
    assert re.search(
        r"汾河 \d+ m ±[\d,]+ m · R002-001 晋环发〔2022〕3号 Ch. 3 §1 \(\+2 more\)", text
    )
    assert re.search(
        r"^× Violation  P01 洪洞焦化二期  洪洞县  40.00 ha +\d+ / +\d+ / +\d+ / +\d+$", text, re.M
    )
    assert "Most decisive questions" in text and "Most valuable missing layers" in text
    assert "Natural resources office" in text
    for command in ("ask", "check"):
        assert f"zoning {command} {WORDS}" in text


def test_the_clause_of_the_screen_stands_in_the_section_of_the_site(report, lang="en"):
    """At 200 columns nothing is cut, so the rule named under a site can be read off."""
    for site in SITES:
        screen = printed(report, lang, 200, sites=(site,))
        sections = printed(report, lang, 200, sites=(site,), details=True).split("─" * 200)[1]
        for rule in re.findall(r"· ([A-Z][A-Z0-9]*(?:-[A-Za-z0-9.]+)+) ", screen):
            assert rule in sections


#: Words that are the same in both languages: rule ids, attribute and file names, hashes, commands,
#: units, codes of reference systems, ids of sites.
PROPER = (
    r"\(id=P10\)", r"\b[A-Z][A-Z0-9]*(-[A-Za-z0-9.]+)+", r"\([a-z][a-z0-9_]*\)", r"\bsha256\b",
    r"\b[0-9a-f]{8,}\b", r"[\w./-]+\.(geojson|fgb|html|xlsx)", r"zoning( (check|ask|letters))?",
    r"--[a-z]+", r"\bP\d\d\b", r"OGC:CRS84", r"\bWGS 84\b", r"\bCGCS2000\b", r"\bRFC 7946\b",
    r"\bcrs\b", r"EPSG:\d+", r"\bt/[hd]\b", r"\bdeg\b",
)  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"details": True}, {"card": True}])
def test_no_english_word_in_chinese(report, options):
    text = printed(report, "zh", 100, **options)
    for pattern in PROPER:
        text = re.sub(pattern, " ", text)
    assert re.findall(r"[A-Za-z]{2,}", text) == []


@pytest.mark.parametrize("options", [{}, {"details": True}, {"card": True}])
def test_no_chinese_word_in_english(report, options):
    """Names of sites, counties and zones and the numbers of documents are given as written."""
    text = printed(report, "en", 4000, **options)
    names = {name for r in report.results for name in (r.project.name, *r.counties)}
    names |= {z.zone for r in report.results for f in r.findings for z in f.zones}
    names |= {d.number for d in report.documents if d.number}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_python_value_is_told(report, lang):
    told = printed(report, lang, 200, details=True, card=True)
    for site in ("P01", "P04"):
        told += "\n".join(package.explain(report, site).lines(lang, everything=True))
    assert not re.search(r"\b(True|False|None|nan|inf)\b|\('|',\)|\{'", told)


def test_details_count_duties_once_and_leave_dead_law_out(report):
    text = " ".join(printed(report, "en", 400, details=True).split())
    assert "ceased to be in force" not in text
    for result in report.results:
        for finding in result.duties:
            if finding.rule is None:
                continue  # the declaration of the site
            duty = finding.rule
            assert len(re.findall(rf"§ {re.escape(duty)} ", text)) == 1


def test_cards_never_call_a_site_outside_a_sketch_or_an_incomplete_layer(report):
    cards = report.cards()
    assert [card.project for card in cards] == SITES[:9]
    layers = report.reviewed.layers
    for card in cards:
        for line in card.lines:
            for entry in line.entries:
                if entry.standing == "outside":
                    assert entry.evidence is not Evidence.SCHEMATIC
                    assert entry.complete or layers.cover(entry.layer) is not None


def test_the_card_agrees_with_the_findings(report):
    """The quarry of the examples lies in the 1 km band, the well in the basin of 晋祠泉."""
    frame = report.card("P07", "zh").set_index("layer")
    assert frame.loc["spring_basins", "standing"] == "inside"
    assert frame.loc["spring_basins", "zones"] == "晋祠泉"
    band = report.card("P01").set_index("layer").loc["main_rivers_band_1km"]
    (found,) = [f for f in report.results[0].findings if f.rule == "R002-001"]
    assert band["standing"] == "inside"
    assert band["line_m"] == pytest.approx(found.total.distance_m)
    assert band["share"] == pytest.approx(found.total.share)


def test_cards_on_the_command_line(zoning):
    done = zoning("check", EXAMPLES, "--as-of", "2026-11-21", "--card", "-p", "P07")
    assert done.code == 1
    assert "P07  zoning card (near: within 2.00 km)" in done.out
    assert "P01" not in done.out
    site = done.out.split("zoning card")[1]
    assert "basin: Jinci Spring" in site and "ask: Ecology and environment office" in site


def test_an_unknown_site_is_refused(zoning):
    done = zoning("check", EXAMPLES, "--project", "P99")
    assert done.code == 2 and "P99" in done.err


def test_json_carries_the_cards(report):
    sites = {site["id"]: site for site in report.to_dict()["projects"]}
    assert "card" not in sites["P10"]
    (springs,) = [line for line in sites["P07"]["card"] if line["system"] == "springs"]
    assert springs["standing"] == "inside"
    assert springs["layers"][0]["zones"] == ["晋祠泉"]
