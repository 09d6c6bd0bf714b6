"""Is a rule about a project: the activity, its exceptions, and what an unknown would decide."""

from __future__ import annotations

from typing import Any

import pytest
from law_samples import T, rule, spec, values

from zoning.law import Activity, assess, outcome
from zoning.law.activity import attribute_names
from zoning.model import Missing, Status, Tri

SPECS = {
    "a": spec("a"), "b": spec("b"), "c": spec("c"), "n": spec("n", "number", unit="t"),
    "code": spec("code", "code"), "kind": spec("kind", "enum", values=values("x", "y")),
}  # fmt: skip
A, B, C = ({"attribute": name, "is": True} for name in "abc")
CLEAR, DUTY, HELD, BAN = (
    Status.COMPLIANT, Status.CONDITIONAL, Status.RESTRICTED, Status.VIOLATION,
)  # fmt: skip


def permit(name: str, when: dict[str, Any], status: Status = DUTY) -> dict[str, Any]:
    return {"id": name, "when": when, "text": T, "proof": T, "status": status.value}


def found(*permits: dict[str, Any], stated: dict[str, Any] | None = None, **form: Any) -> Activity:
    return assess(rule(permits=permits, **form), stated or {}, SPECS)


def ends(missing: Missing) -> list[tuple[str, Status]]:
    return [(o.value.en, o.status) for o in missing.outcomes]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"effect": "prohibit"}, BAN),
        ({"effect": "exit"}, BAN),
        ({"effect": "restrict"}, HELD),
        ({"effect": "avoid"}, HELD),
        ({"effect": "require"}, DUTY),
        ({"effect": "encourage"}, DUTY),
        ({"effect": "prohibit", "basis": "interpretation"}, DUTY),
    ],
)
def test_what_follows_from_an_effect(form: dict[str, str], status: Status) -> None:
    assert outcome(rule(**form)) is status


def test_another_activity_asks_nothing() -> None:
    known = found(permit("p", B), when=A, stated={"a": False})
    assert known == Activity(Tri.NO)


@pytest.mark.parametrize(
    ("stated", "held", "unsure", "best", "worst"),
    [
        ({"b": False, "c": False}, None, (), BAN, BAN),
        ({"b": True, "c": False}, "mild", (), DUTY, DUTY),
        ({"b": True, "c": True}, "mild", (), DUTY, DUTY),
        ({"b": False, "c": True}, "strict", (), HELD, HELD),
        ({"c": True}, "strict", ("mild",), DUTY, HELD),
        ({"b": True}, "mild", (), DUTY, DUTY),
        ({"b": False}, None, ("strict",), HELD, BAN),
        ({}, None, ("mild", "strict"), DUTY, BAN),
    ],
)
def test_the_mildest_exception_holds_and_only_milder_ones_stay_open(
    stated: dict[str, bool], held: str | None, unsure: tuple[str, ...], best: Status, worst: Status
) -> None:
    known = found(permit("mild", B), permit("strict", C, HELD), when=A, stated={"a": True} | stated)
    assert (known.permit.id if known.permit else None) == held
    assert tuple(p.id for p in known.open_permits) == unsure
    assert (known.best, known.worst) == (best, worst)


def test_an_exception_never_makes_a_rule_stricter() -> None:
    known = found(permit("p", B, HELD), effect="require", stated={"b": True})
    assert (known.best, known.worst) == (DUTY, DUTY)
    assert not found(permit("p", B, HELD), effect="require").open_permits


def test_where_the_activity_is_unknown_all_is_possible() -> None:
    known = found(permit("p", B), when=A)
    assert (known.applies, known.best, known.worst) == (Tri.UNKNOWN, CLEAR, BAN)
    both = {m.attribute: ends(m) for m in known.missing}
    assert both == {"a": [("yes", BAN), ("no", CLEAR)], "b": [("yes", DUTY), ("no", BAN)]}
    assert attribute_names(rule(when=A, permits=[permit("p", B)])) == ("a", "b")


def test_what_is_asked_is_only_what_decides() -> None:
    both = {"all": [A, B]}
    assert [m.attribute for m in found(when=both, stated={"a": True}).missing] == ["b"]
    assert found(when={"any": [A, B]}, stated={"a": True}).missing == ()


def test_an_attribute_is_weighed_where_it_matters_most() -> None:
    # Where a is yes, b decides nothing; where a is no, all hangs on b.
    either = {m.attribute: ends(m) for m in found(when={"any": [A, B]}).missing}
    assert either["b"] == [("yes", BAN), ("no", CLEAR)]
    # An exception for c matters only where the rule applies at all.
    weighed = {m.attribute: ends(m) for m in found(permit("p", C, HELD), when=A).missing}
    assert weighed["c"] == [("yes", HELD), ("no", BAN)]


def test_an_enumerated_attribute_tells_every_value() -> None:
    (missing,) = found(when={"attribute": "kind", "in": ["y"]}).missing
    assert ends(missing) == [("x", CLEAR), ("y", BAN)]
    assert (missing.if_yes, missing.if_no) == (BAN, CLEAR)


def test_a_code_is_tried_under_each_prefix_and_under_none() -> None:
    (missing,) = found(when={"attribute": "code", "prefix": ["25", "26"]}).missing
    assert ends(missing)[:2] == [("25", BAN), ("26", BAN)]
    assert len(missing.outcomes) == 3 and missing.outcomes[2].status is CLEAR
    (missing,) = found(when={"attribute": "code", "in": ["x"]}).missing
    assert [end for _, end in ends(missing)] == [BAN, CLEAR]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"at_least": 8}, [CLEAR, BAN]),
        ({"below": 8}, [BAN, CLEAR]),
        ({"at_most": 8}, [BAN, CLEAR]),
        ({"at_most": 0}, [BAN, CLEAR]),
        ({"at_least": 0}, [CLEAR, BAN]),
        ({"at_least": -3}, [CLEAR, BAN]),
    ],
)
def test_a_number_is_tried_on_both_sides_of_a_bound(
    test: dict[str, float], expected: list[Status]
) -> None:
    (missing,) = found(when={"attribute": "n"} | test).missing
    assert [end for _, end in ends(missing)] == expected
    bound = next(iter(test.values()))
    assert all(f"{bound:g}" in said for said, _ in ends(missing))


def test_each_span_between_bounds_is_tried_once() -> None:
    span = {"all": [{"attribute": "n", "at_least": 2}, {"attribute": "n", "below": 8}]}
    (missing,) = found(when=span).missing
    assert [end for _, end in ends(missing)] == [CLEAR, BAN, CLEAR]
    half = {"all": [{"attribute": "n", "at_least": 2}, {"attribute": "n", "at_most": 2}]}
    (missing,) = found(when=half).missing
    assert [end for _, end in ends(missing)] == [CLEAR, BAN, CLEAR]


def test_an_exception_is_weighed_where_the_rule_applies_whatever_is_tried_first() -> None:
    weighed = found(permit("p", B), when={"attribute": "a", "is": False})
    assert {m.attribute: ends(m) for m in weighed.missing}["b"] == [("yes", DUTY), ("no", BAN)]


def test_of_answers_that_matter_as_much_those_tried_first_are_shown() -> None:
    # An exception holds already, so no answer can matter as much as a prohibition would.
    either = {"any": [{"all": [A, {"attribute": "kind", "in": ["y"]}]},
                      {"all": [{"attribute": "a", "is": False},
                               {"attribute": "kind", "in": ["x"]}]}]}  # fmt: skip
    known = found(permit("p", B), when=either, stated={"b": True})
    shown = {m.attribute: ends(m) for m in known.missing}
    assert shown["kind"] == [("x", CLEAR), ("y", DUTY)]
    assert shown["a"] == [("yes", CLEAR), ("no", DUTY)]


def test_many_values_that_a_rule_does_not_tell_apart_hide_no_answer_that_matters() -> None:
    """Of four attributes of ten values each, only the last value matters."""
    specs = {n: spec(n, "enum", values=values(*"0123456789")) for n in "pqrs"}
    when = {"all": [{"attribute": name, "in": ["9"]} for name in specs]}
    known = assess(rule(when=when), {}, specs)
    assert [m.attribute for m in known.missing] == list(specs)
    for missing in known.missing:
        assert [end for _, end in ends(missing)] == [CLEAR] * 9 + [BAN]
