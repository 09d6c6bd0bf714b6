"""Days before the law of a topic is held: which sites that concerns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from law_samples import known, project, rule, spec, topic

from zoning.base.errors import Problem
from zoning.law import EarlyLaw, Evidenced
from zoning.messages import Text
from zoning.model import Evidence, Query, Status, Tri

SPECS = {"a": spec("a")}
EARLY = date(2019, 12, 31)
HIT = known()
MISS = known(Tri.NO)
OPEN = Problem("open", Text("文", "text"), Text("文", "text"))


def law(*rules: Any, day: date = EARLY, **change: Any) -> EarlyLaw:
    return EarlyLaw([topic(**change)], rules or (rule(),), SPECS, day)


def codes(law: EarlyLaw, *known: Evidenced, **attributes: Any) -> list[tuple[Status, str]]:
    at = dict(zip(law.queries, known, strict=True))
    return [(f.status, f.code) for f in law.findings(project(**attributes), at)]


HELD: list[tuple[Status, str]] = []
NOT_HELD = [(Status.NOT_CHECKED, "law-not-held")]


@pytest.mark.parametrize(
    ("day", "expected"), [(EARLY, NOT_HELD), (date(2020, 1, 1), HELD), (date(2020, 1, 2), HELD)]
)
def test_the_first_day_is_held(day: date, expected: list[tuple[Status, str]]) -> None:
    early = law(day=day)
    assert codes(early, *[HIT for _ in early.queries]) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (HIT, NOT_HELD),
        (MISS, HELD),
        (known(Tri.UNKNOWN), NOT_HELD),
        (known(Tri.NO, Evidence.SCHEMATIC), NOT_HELD),
        (known(Tri.NO, Evidence.DERIVED), HELD),
        (known(Tri.NO, outside=True), NOT_HELD),
        (known(Tri.NO, unclear=OPEN), NOT_HELD),
        (known(Tri.NO, state="failed"), NOT_HELD),
        (Evidenced(None, state="no_data"), NOT_HELD),
        (Evidenced(Evidence.OFFICIAL), NOT_HELD),
    ],
)
def test_only_a_certain_miss_is_no_concern(
    at: Evidenced, expected: list[tuple[Status, str]]
) -> None:
    assert codes(law(), at) == expected


@pytest.mark.parametrize(
    ("stated", "expected"), [({"a": True}, NOT_HELD), ({"a": False}, HELD), ({}, NOT_HELD)]
)
def test_an_activity_that_no_rule_is_about_is_no_concern(
    stated: dict[str, bool], expected: list[tuple[Status, str]]
) -> None:
    early = law(rule(when={"attribute": "a", "is": True}))
    assert codes(early, HIT, **stated) == expected


def test_away_from_all_zones_is_what_a_clause_on_the_outside_is_about() -> None:
    early = law(rule(scope={"op": "outside"}), rule("T-2"))
    assert codes(early, MISS) == NOT_HELD


def test_one_zone_of_one_layer_is_enough() -> None:
    early = law(rule("A-1", layer="x"), rule("B-1", layer="y"), layers=("x", "y"))
    assert codes(early, MISS, HIT) == NOT_HELD
    assert codes(early, HIT, MISS) == NOT_HELD
    assert codes(early, MISS, MISS) == HELD


def test_the_widest_distance_of_a_layer_is_asked_once() -> None:
    near = {"op": "near", "distance_m": 50.0}
    far = {"op": "near", "distance_m": 80.0}
    rules = (
        rule("A-1", scope=far),
        rule("B-1", scope=near),
        rule("C-1"),
        rule("D-1", layer="other"),
    )
    assert law(*rules).queries == (Query("z", 80.0),)
    assert law(rule()).queries == (Query("z", 0.0),)


def test_a_topic_without_rules_concerns_nobody() -> None:
    early = law(rule(layer="other"))
    assert early.queries == () and codes(early) == HELD
