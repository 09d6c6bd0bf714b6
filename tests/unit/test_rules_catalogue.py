"""The rules as data: complete, current, dated, and honest about what is not verified."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.each import each
from zoning.catalogue.candidates import DECISIONS, load_candidates
from zoning.catalogue.load import load_catalogue, schema_text
from zoning.law import (
    citable,
    force_span,
    in_force,
    read_attributes,
    timeline,
)
from zoning.model import Effect
from zoning.show.rules_page import rules_page

ROOT = Path(__file__).parents[2]
CATALOGUE = load_catalogue()
CANDIDATES = load_candidates()
#: How many candidate clauses each source document has.
COUNTS = {"R000": 56, "R001": 26, "R002": 126, "R003": 34, "R004": 34}


def test_every_candidate_clause_is_decided_once():
    expected = [f"{head}-{n:03}" for head, count in COUNTS.items() for n in range(1, count + 1)]
    assert [c.id for c in CANDIDATES] == expected
    assert len(expected) == 276
    assert {c.decision for c in CANDIDATES} <= set(DECISIONS)


def test_candidates_and_rules_agree():
    def agrees(candidate):
        back = {r.id for r in CATALOGUE.rules.values() if candidate.id in r.candidates}
        assert set(candidate.rules) == back
        assert bool(back) == (candidate.decision == "rule")

    each(CANDIDATES, agrees, lambda candidate: candidate.id)


def test_rules_page_is_current():
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert page == rules_page(CATALOGUE, CANDIDATES), "run: python docs/refresh.py"
    for name in CATALOGUE.rules:
        assert f"| {name}" in page


def test_schema_is_current():
    assert (ROOT / "layers" / "schema.json").read_text("utf-8") == schema_text()


def test_texts_are_bilingual_and_our_own():
    for rule in CATALOGUE.rules.values():
        assert re.search(r"[\u4e00-\u9fff]", rule.text.zh), rule.id
        assert re.search(r"[a-z]{3}", rule.text.en), rule.id
        assert not re.search(r"[\u4e00-\u9fff]", rule.text.en), rule.id
        if rule.locator is not None:
            assert rule.locator.strip("“”") != rule.text.zh, rule.id


def test_unverified_documents_say_so_and_give_a_source():
    for document in CATALOGUE.documents.values():
        assert document.source
        if re.search("凭记忆|未核实", document.source):
            assert not document.verified, document.id


def test_a_successor_follows_without_a_gap_of_more_than_a_year_or_is_unverified():
    for rule in CATALOGUE.rules.values():
        if rule.successor is None:
            continue
        heir = CATALOGUE.rules[rule.successor]
        _, end = force_span(rule, CATALOGUE.documents[rule.document])
        start, _ = force_span(heir, CATALOGUE.documents[heir.document])
        assert end is not None and start is not None and start > end, rule.id
        assert heir.effect is rule.effect or not rule.verified, rule.id


@pytest.mark.parametrize(
    ("day", "cited", "missing"),
    [
        ("2022-06-01", {"WPL-65-first", "NRR2017-27", "EPL-29"}, {"CODE-319-first", "YRL-25"}),
        (
            "2025-12-31",
            {"WPL-65-first", "HL2024-28-protection"},
            {"NPL-27", "HL2017-17-protection"},
        ),
        ("2026-03-14", {"NRR2017-27", "NPL-27"}, {"NRR2026-CORE"}),
        ("2026-03-15", {"NRR2026-CORE", "WPL-65-first"}, {"NRR2017-27"}),
        ("2026-08-14", {"WPL-65-first", "SPL-50-new"}, {"CODE-319-first"}),
        ("2026-08-15", {"CODE-319-first", "CODE-286"}, {"WPL-65-first", "SPL-50-new"}),
        ("2026-11-21", {"CODE-67-ban", "WIND2026-BAN-erl"}, {"CPQL-27", "WIND2019-FOREST"}),
        ("2027-01-01", {"CPQL-27"}, set()),
        ("2031-01-01", {"GWR-42"}, {"WIND2026-BAN-erl"}),
    ],
)
def test_what_can_be_cited_on_a_day(day, cited, missing):
    kept, _ = citable(CATALOGUE.rules.values(), CATALOGUE.documents, date.fromisoformat(day))
    ids = {rule.id for rule in kept}
    assert cited <= ids
    assert not missing & ids


def test_notices_name_what_ended_what_follows_and_what_is_still_to_come():
    _, notes = citable(CATALOGUE.rules.values(), CATALOGUE.documents, date(2026, 11, 21))
    text = "\n".join(note.en for note in notes)
    assert "ceased to be in force on 2026-08-14" in text
    assert "succeeded by CODE-318-outfall" in text
    assert "comes into force on 2027-01-01" in text
    assert "ended on 2025-12-31" in text


def test_higher_law_is_cited_first_and_hints_last():
    kept, _ = citable(CATALOGUE.rules.values(), CATALOGUE.documents, date(2026, 11, 21))
    levels = [CATALOGUE.documents[r.document].level for r in kept if r.basis == "text"]
    assert levels == sorted(
        levels,
        key=[
            "law",
            "regulation",
            "local_regulation",
            "rule",
            "normative",
            "plan",
            "standard",
        ].index,
    )
    hints = [r.basis == "interpretation" for r in kept]
    assert hints == sorted(hints)


def test_timeline_is_in_order_and_holds_the_changes_of_2026():
    events = timeline(CATALOGUE.rules.values(), CATALOGUE.documents)
    assert [e.day for e in events] == sorted(e.day for e in events)
    found = {(e.day.isoformat(), e.kind, e.document) for e in events}
    assert ("2026-08-15", "begins", "eco_code") in found
    assert ("2026-08-15", "ends", "water_pollution_law") in found
    assert ("2026-03-15", "begins", "nature_reserve_regs_2026") in found
    assert ("2026-01-01", "period_ends", "eco_env_plan_145") in found


def test_every_rule_is_in_force_on_some_day():
    for rule in CATALOGUE.rules.values():
        document = CATALOGUE.documents[rule.document]
        start, end = force_span(rule, document)
        day = start or end or date(2026, 1, 1)
        assert in_force(rule, document, day), rule.id


def test_exceptions_name_proof_and_never_stand_on_a_duty():
    for rule in CATALOGUE.rules.values():
        for permit in rule.permits:
            assert permit.proof.zh and permit.proof.en
            assert rule.effect is not Effect.REQUIRE, rule.id


#: Columns of a name or a division: their words are proper names, not classes.
NAMES = {"adcode", "name", "river"}


def chosen_zones():
    """Rule, layer, column and words, wherever a clause holds in some zones of a layer only."""
    for rule in CATALOGUE.rules.values():
        for layer, where in (
            (rule.layer, rule.scope.where),
            *([(rule.scope.area.layer, rule.scope.area.where)] if rule.scope.area else []),
        ):
            for column, words in where.items():
                yield rule.id, layer, column, words


def test_every_class_that_chooses_zones_is_a_declared_word():
    # Else a class unknown to the rules would skip a zone of official data without a word.
    seen = set()
    for rule, layer, column, words in chosen_zones():
        field = next(f for f in CATALOGUE.layers[layer].fields if f.name == column)
        if column in NAMES or field.type == "bool":
            continue
        assert field.values, f"{rule}: {layer}.{column} declares no values"
        assert set(words) <= set(field.values), f"{rule}: {layer}.{column}"
        seen.add((layer, column))
    assert {("power_lines", "voltage"), ("railways", "kind"), ("forest_land", "grade")} <= seen
    assert {("nature_reserves", "kind"), ("shoreline_control", "rank")} <= seen


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("explosive_site", ["5265", "5162", "0690", "1353"]),
        ("hazardous_store", ["5265", "5166", "4610", "5941"]),
        ("soil_pollution_risk", ["5265", "5941", "0111", "4840"]),
        ("groundwater_pollution_risk", ["5265", "5941", "0111", "4840"]),
        ("serious_pollution", ["5265", "5941", "1353", "1512", "3391", "3670", "4840"]),
        ("high_pollution", ["1353", "1512", "3391", "3670", "4011"]),
        ("heavy_metal", ["3391", "3670", "4011", "5191", "8411"]),
        ("tailings_pond", ["0810", "0912", "0610", "3120", "3212"]),
        ("mining", ["3011", "3031", "1522"]),
        ("excavation", ["3011", "3031", "4700", "4819", "7010"]),
        ("blasting", ["3011", "4700", "4819", "7010", "2671"]),
        ("groundwater", ["4415", "4416", "4819", "4700", "7010"]),
        ("well_drilling", ["4415", "4416", "4819"]),
        ("karst_water", ["4415", "4416"]),
        ("sewage_outfall", ["4620", "4822", "7810", "7723"]),
        ("waste_water_discharge", ["4620", "4822", "7810", "7723"]),
        ("waste_facility", ["4620", "7810", "4840", "4210"]),
    ],
)
def test_a_code_clears_nothing_that_the_trade_may_do(name, codes):
    for code in codes:
        values, _, _ = read_attributes(CATALOGUE.attributes.values(), {"industry": code})
        assert values.get(name) is not False, f"{code} clears {name}"


def test_each_layer_that_rules_use_is_held_by_one_office_and_systems_show_layers_once():
    held = [layer for office in CATALOGUE.offices.values() for layer in office.layers]
    assert len(held) == len(set(held))
    assert {rule.layer for rule in CATALOGUE.rules.values()} <= set(held)
    shown = [layer for system in CATALOGUE.systems.values() for layer in system.layers]
    assert len(shown) == len(set(shown)) and set(shown) <= set(held)
    assert CATALOGUE.office_of("heritage_zones").id == "heritage"
    assert CATALOGUE.office_of("unheard_of") is None
