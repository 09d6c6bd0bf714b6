"""Which attribute is worth stating most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from law_samples import T, project, spec, values

from zoning.law import Question, questions
from zoning.law.questions import allowed, asking, standing
from zoning.messages import Text, message
from zoning.model import Finding, Missing, Outcome, Project, ProjectResult, Status

SPECS = {
    "a": spec("a"),
    "b": spec("b", derive={"attribute": "code", "yes": ["1"], "source": T}),
    "code": spec("code", "code"),
}
WIDE = (Status.VIOLATION, Status.COMPLIANT)
NARROW = (Status.CONDITIONAL, Status.COMPLIANT)


def asked(*results: ProjectResult) -> tuple[Question, ...]:
    return questions(results, SPECS, everything=True)


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
    found = asked(result(finding(missing("a", *NARROW)), finding(missing("code", *WIDE))))
    assert [q.spec.name for q in found] == ["code", "a"]
    violation, conditional = Status.VIOLATION.severity, Status.CONDITIONAL.severity
    clear = Status.COMPLIANT.severity
    assert [q.weight for q in found] == [violation - clear, conditional - clear]
    assert [q.worst for q in found] == [Status.VIOLATION, Status.CONDITIONAL]


def test_several_missing_attributes_share_the_weight() -> None:
    one, two = asked(result(finding(missing("a", *WIDE), missing("code", *WIDE))))
    assert one.weight == two.weight == Status.VIOLATION.severity / 2
    # Of equals the first name is asked first.
    assert (one.spec.name, two.spec.name) == ("a", "code")


def test_a_layer_without_data_counts_a_tenth_and_waits() -> None:
    found = asked(
        result(finding(missing("a", *WIDE), rule="T-1", status=Status.NOT_CHECKED)),
        result(finding(missing("a", *WIDE), rule="T-2"), site=replace(project(), id="q")),
    )
    assert found[0].weight == pytest.approx(1.1 * Status.VIOLATION.severity)
    assert (found[0].waiting, found[0].decides) == ({"T-1"}, {"T-2"})
    assert found[0].projects == {"p", "q"}


def test_what_it_could_be_inferred_from_is_asked_where_that_is_missing_too() -> None:
    open_ = finding(missing("b", *WIDE))
    both = {q.spec.name: q for q in asked(result(open_))}
    assert both["code"].weight == both["b"].weight
    assert both["code"].stands_for == {"b"} and both["b"].stands_for == set()
    alone = asked(result(open_, site=project(code="2")))
    assert [q.spec.name for q in alone] == ["b"]


def test_a_question_without_outcomes_decides_nothing() -> None:
    (found,) = asked(result(finding(missing("a"))))
    assert (found.weight, found.worst) == (0.0, Status.COMPLIANT)


def test_a_milder_outcome_later_does_not_hide_the_worst() -> None:
    (found,) = asked(result(finding(missing("a", *WIDE)), finding(missing("a", *NARROW))))
    assert found.worst is Status.VIOLATION


def still_open(
    *asked: Missing, worst: Status = Status.VIOLATION, needs: Any = "answer", **change: Any
) -> Finding:
    return Finding(
        "p", Status.UNDETERMINED, T, "attribute", rule="T-1", missing=asked, worst=worst,
        needs=needs, **change,
    )  # fmt: skip


def certain(status: Status) -> Finding:
    return Finding("p", status, T, "applies", rule="T-0", best=status, worst=status)


A, B = missing("a", *WIDE), missing("b", Status.RESTRICTED, Status.COMPLIANT)


@pytest.mark.parametrize(
    ("bar", "names"),
    [
        (Status.COMPLIANT, ["a", "b"]),
        (Status.CONDITIONAL, ["a", "b"]),
        (Status.RESTRICTED, ["a"]),
        (Status.VIOLATION, []),
    ],
)
def test_only_what_can_still_change_the_status_is_asked(bar: Status, names: list[str]) -> None:
    found = result(certain(bar), still_open(A, B))
    assert [m.attribute for _, m, _ in asking([found])] == names
    assert standing(found).certain is bar
    assert standing(found).questions == len(names)
    assert standing(found).closed is (not names)


def test_a_duty_is_not_worth_a_question() -> None:
    duty = missing("a", Status.CONDITIONAL, Status.COMPLIANT)
    assert not list(asking([result(still_open(duty, worst=Status.CONDITIONAL))]))
    assert not list(asking([result(still_open(duty))]))
    same = missing("a", Status.VIOLATION, Status.VIOLATION)
    assert not list(asking([result(still_open(same))]))


@pytest.mark.parametrize(
    ("other", "needs", "names"),
    [
        (still_open(needs="official_line"), "official_line", []),
        (still_open(needs="official_line"), "answer", ["a"]),
        (still_open(needs="official_line"), "", ["a"]),
        (still_open(needs="signature"), "official_line", ["a"]),
        (certain(Status.CONDITIONAL), "official_line", ["a"]),
    ],
)
def test_no_answer_is_asked_that_only_a_line_could_settle(
    other: Finding, needs: str, names: list[str]
) -> None:
    found = result(other, still_open(A, needs=needs))
    assert [m.attribute for _, m, _ in asking([found])] == names


def test_a_site_tells_the_layers_it_waits_for_and_the_answers_to_sign() -> None:
    line = {"needs": "official_line"}
    found = standing(
        result(
            certain(Status.RESTRICTED),
            still_open(layer="x", **line),
            still_open(layer="x", **line),
            still_open(layer="y", worst=Status.RESTRICTED, **line),
            still_open(A, presumed=("one", "two")),
        )
    )
    assert (found.layers, found.declared, found.questions) == (("x",), 2, 1)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": "bool"}, "questions.yes-no"),
        ({"kind": "number"}, "questions.number-plain"),
        ({"kind": "code"}, "questions.code"),
        ({"kind": "text"}, "questions.text"),
    ],
)
def test_what_an_answer_can_be(form: dict[str, str], said: str) -> None:
    assert allowed(spec("a", **form)) == message(said)


def test_the_options_and_the_unit_of_an_answer_are_told() -> None:
    assert "x" in allowed(spec("a", "enum", values=values("x", "y"))).en
    assert "t/h" in allowed(spec("a", "number", unit="t/h")).en


def test_a_line_that_can_change_nothing_keeps_no_answer_back() -> None:
    settled = still_open(needs="official_line", worst=Status.RESTRICTED)
    found = result(certain(Status.RESTRICTED), settled, still_open(A, needs="official_line"))
    assert [m.attribute for _, m, _ in asking([found])] == ["a"]
