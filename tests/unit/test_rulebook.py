"""Which measurements rules ask for, and what the findings of a site come to."""

from __future__ import annotations

from typing import Any

import pytest
from law_samples import T, known, measured, project, rule, spec

from zoning.base.errors import Problem
from zoning.law import RuleBook, area_of, failed_project, queries_of, query_of
from zoning.model import Query, Status, Tri

SPECS = {"a": spec("a"), "b": spec("b")}
YES = {"attribute": "a", "is": True}


def permit(status: str = "conditional") -> dict[str, Any]:
    when = {"attribute": "b", "is": True}
    return {"id": "p", "when": when, "text": T, "proof": T, "status": status}


def test_a_bound_that_is_counted_in_is_measured_a_hair_wider() -> None:
    near = {"op": "near", "distance_m": 50.0}
    assert query_of(rule()) == Query("z", 0.0)
    assert query_of(rule(scope=near)) == Query("z", 50.0)
    found = query_of(rule(scope=near | {"includes_bound": True})).distance_m
    assert 50.0 < found < 50.01


def test_the_territory_is_a_measurement_of_its_own_and_each_is_asked_once() -> None:
    where = {"b": ["2"], "a": ["1"]}
    area = {"layer": "cities", "where": {"adcode": ["140900"]}}
    of_city = rule(scope={"where": where, "area": area})
    own = Query("z", 0.0, (("a", ("1",)), ("b", ("2",))))
    territory = Query("cities", 0.0, (("adcode", ("140900",)),))
    assert query_of(of_city) == own and area_of(of_city) == territory
    assert area_of(rule()) is None
    assert queries_of([of_city, rule(), of_city]) == (own, territory, Query("z", 0.0))


def test_findings_come_most_severe_first_and_equals_keep_their_order() -> None:
    rules = [rule("A-1", effect="require"), rule("B-1"), rule("C-1", effect="require"), rule("D-1")]
    book = RuleBook(rules, SPECS)
    found = book.review(project(), {Query("z"): known()}, ("c",))
    assert [f.rule for f in found.findings] == ["B-1", "D-1", "A-1", "C-1"]
    assert (found.status, found.counties) == (Status.VIOLATION, ("c",))


def test_nothing_reviewed_is_not_clear() -> None:
    found = RuleBook([], SPECS).review(project(), {})
    assert (found.status, found.findings) == (Status.NOT_CHECKED, ())


@pytest.mark.parametrize(
    ("touches", "code", "rules"),
    [
        (Tri.YES, "outside-province", []),
        (Tri.UNKNOWN, "partly-outside-province", ["A-1"]),
        (Tri.NO, "partly-outside-province", ["A-1"]),
    ],
)
def test_a_site_wholly_outside_is_not_decided_and_one_partly_is(
    touches: Tri, code: str, rules: list[str]
) -> None:
    book = RuleBook([rule("A-1", effect="require")], SPECS)
    found = book.review(project(), {Query("z"): known()}, outside=measured(touches))
    assert [f.code for f in found.findings if f.layer == "province"] == [code]
    assert [f.rule for f in found.findings if f.rule] == rules
    assert found.status is Status.NOT_CHECKED


def test_the_territory_decides_with_its_own_measure() -> None:
    city = Query("cities")
    book = RuleBook([rule(scope={"area": {"layer": "cities"}})], SPECS)
    at = {Query("z"): known(), city: known(Tri.NO)}
    assert book.review(project(), at).findings[0].code == "outside-area"
    assert book.review(project(), at | {city: known()}).findings[0].code == "applies"


@pytest.mark.parametrize(
    ("change", "stated", "forbids"),
    [
        ({}, {}, True),
        ({"when": YES}, {"a": True}, True),
        ({"when": YES}, {}, False),
        ({"when": YES}, {"a": False}, False),
        ({"effect": "restrict"}, {}, False),
        ({"basis": "interpretation"}, {}, False),
        ({"effect": "exit"}, {}, True),
        ({"permits": [permit()]}, {"b": True}, False),
        ({"permits": [permit()]}, {}, False),
        ({"permits": [permit()]}, {"b": False}, True),
    ],
)
def test_what_a_project_breaks_wherever_it_lies(
    change: dict[str, Any], stated: dict[str, bool], forbids: bool
) -> None:
    broken = RuleBook([rule(**change)], SPECS).forbidding(project(**stated))
    assert bool(broken) is forbids


@pytest.mark.parametrize(("stated", "expected"), [({"a": True}, 1), ({"a": False}, 0), ({}, 1)])
def test_what_may_be_about_a_project_concerns_it(stated: dict[str, bool], expected: int) -> None:
    assert RuleBook([rule(when=YES)], SPECS).concerns(project(**stated)) is bool(expected)


def test_projects_that_differ_are_told_apart_after_one_was_seen() -> None:
    book = RuleBook([rule(when=YES)], SPECS)
    for stated, expected in (({"a": True}, 1), ({"a": False}, 0), ({"a": True}, 1)):
        assert len(book.forbidding(project(**stated))) == expected


def test_each_fault_of_an_unread_project_is_a_finding() -> None:
    found = failed_project(project(), [Problem("x", T, T), Problem("y", T, T)])
    assert found.status is Status.FAILED
    assert [(f.code, f.status) for f in found.findings] == [
        ("x", Status.FAILED), ("y", Status.FAILED),
    ]  # fmt: skip
