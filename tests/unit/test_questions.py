"""Which attribute is worth stating most."""

from __future__ import annotations

import pytest
from law_samples import T, project, spec

from zoning.law import questions
from zoning.messages import Text
from zoning.model import Finding, Missing, Outcome, Project, ProjectResult, Status

SPECS = {
    "a": spec("a"),
    "b": spec("b", derive={"attribute": "code", "yes": ["1"], "source": T}),
    "code": spec("code", "code"),
}
WIDE = (Status.VIOLATION, Status.COMPLIANT)
NARROW = (Status.CONDITIONAL, Status.COMPLIANT)


def missing(name: str, *ends: Status) -> Missing:
    outcomes = tuple(Outcome(Text("值", "value"), end) for end in ends)
    return Missing(name, T, T, Status.VIOLATION, Status.COMPLIANT, outcomes)


def finding(
    *asked: Missing, rule: str = "T-1", status: Status = Status.UNDETERMINED, site: str = "p"
) -> Finding:
    return Finding(site, status, T, "attribute", rule=rule, missing=asked)


def result(*findings: Finding, site: Project | None = None) -> ProjectResult:
    return ProjectResult(site or project(), Status.UNDETERMINED, findings)


def test_the_wider_the_outcomes_lie_apart_the_sooner_it_is_asked() -> None:
    found = questions(
        [result(finding(missing("a", *NARROW)), finding(missing("code", *WIDE)))], SPECS
    )
    assert [q.spec.name for q in found] == ["code", "a"]
    violation, conditional = Status.VIOLATION.severity, Status.CONDITIONAL.severity
    clear = Status.COMPLIANT.severity
    assert [q.weight for q in found] == [violation - clear, conditional - clear]
    assert [q.worst for q in found] == [Status.VIOLATION, Status.CONDITIONAL]


def test_several_missing_attributes_share_the_weight() -> None:
    one, two = questions([result(finding(missing("a", *WIDE), missing("code", *WIDE)))], SPECS)
    assert one.weight == two.weight == Status.VIOLATION.severity / 2
    # Of equals the first name is asked first.
    assert (one.spec.name, two.spec.name) == ("a", "code")


def test_a_layer_without_data_counts_a_tenth_and_waits() -> None:
    found = questions(
        [
            result(finding(missing("a", *WIDE), rule="T-1", status=Status.NOT_CHECKED)),
            result(finding(missing("a", *WIDE), rule="T-2", site="q")),
        ],
        SPECS,
    )
    assert found[0].weight == pytest.approx(1.1 * Status.VIOLATION.severity)
    assert (found[0].waiting, found[0].decides) == ({"T-1"}, {"T-2"})
    assert found[0].projects == {"p", "q"}


def test_what_it_could_be_inferred_from_is_asked_where_that_is_missing_too() -> None:
    asked = finding(missing("b", *WIDE))
    both = {q.spec.name: q for q in questions([result(asked)], SPECS)}
    assert both["code"].weight == both["b"].weight
    assert both["code"].stands_for == {"b"} and both["b"].stands_for == set()
    alone = questions([result(asked, site=project(code="2"))], SPECS)
    assert [q.spec.name for q in alone] == ["b"]


def test_a_question_without_outcomes_decides_nothing() -> None:
    (found,) = questions([result(finding(missing("a")))], SPECS)
    assert (found.weight, found.worst) == (0.0, Status.COMPLIANT)


def test_a_milder_outcome_later_does_not_hide_the_worst() -> None:
    (found,) = questions(
        [result(finding(missing("a", *WIDE)), finding(missing("a", *NARROW)))], SPECS
    )
    assert found.worst is Status.VIOLATION
