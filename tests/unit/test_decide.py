"""Each branch of a decision, and that each of the seven statuses can be reached."""

from dataclasses import replace
from datetime import date

import pytest

from zoning.base.errors import Problem
from zoning.catalogue.load import load_catalogue
from zoning.law import (
    Evidenced,
    RuleBook,
    citable,
    decide,
    failed_project,
    in_force,
)
from zoning.messages import Text
from zoning.model import (
    Document,
    Evidence,
    Measure,
    Project,
    Rule,
    Status,
    Tri,
)

SPECS = load_catalogue().attributes
T = Text("文", "text")


def rule(**change):
    form = {
        "id": "T-1",
        "layer": "z",
        "document": "d",
        "section": T,
        "text": T,
        "advice": T,
        "effect": "prohibit",
        "when": {"attribute": "karst_water", "is": True},
    }
    return Rule.model_validate(form | change)


def measure(touches, depth=500.0, accuracy=100.0):
    return Measure("z", "zone", 0.0, depth_m=depth, accuracy_m=accuracy, touches=touches)


def site(**attributes):
    return Project("p", "P", None, attributes)


def known(touches=Tri.YES, evidence=Evidence.SURVEYED, **change):
    return replace(Evidenced(evidence, measure(touches)), **change)


YES, NO, NOTHING = site(karst_water=True), site(karst_water=False), site()


@pytest.mark.parametrize(
    ("project", "evidence", "status", "code"),
    [
        (YES, known(), Status.VIOLATION, "applies"),
        (NOTHING, known(), Status.UNDETERMINED, "attribute"),
        (NO, known(), Status.COMPLIANT, "not-this-activity"),
        (YES, known(Tri.NO), Status.COMPLIANT, "outside-zone"),
        (NOTHING, known(Tri.NO), Status.COMPLIANT, "outside-zone"),
        (YES, known(Tri.UNKNOWN), Status.UNDETERMINED, "position"),
        (NO, known(Tri.UNKNOWN), Status.COMPLIANT, "not-this-activity"),
        (YES, known(evidence=Evidence.SCHEMATIC), Status.UNDETERMINED, "schematic-hit"),
        (YES, known(Tri.NO, Evidence.SCHEMATIC), Status.NOT_CHECKED, "schematic-miss"),
        (YES, Evidenced(None, state="no_data"), Status.NOT_CHECKED, "no-data"),
        (NOTHING, Evidenced(None, state="no_data"), Status.NOT_CHECKED, "no-data"),
        (NO, Evidenced(None, state="no_data"), Status.COMPLIANT, "not-this-activity"),
        (YES, Evidenced(None, state="failed"), Status.FAILED, "layer-failed"),
        (YES, Evidenced(Evidence.OFFICIAL), Status.NOT_CHECKED, "no-data"),
    ],
)
def test_branches(project, evidence, status, code):
    found = decide(rule(), project, evidence, SPECS)
    assert (found.status, found.code) == (status, code)


@pytest.mark.parametrize(
    ("effect", "status"),
    [
        ("prohibit", Status.VIOLATION),
        ("exit", Status.VIOLATION),
        ("restrict", Status.RESTRICTED),
        ("avoid", Status.RESTRICTED),
        ("require", Status.CONDITIONAL),
        ("encourage", Status.CONDITIONAL),
    ],
)
def test_effects(effect, status):
    assert decide(rule(effect=effect), YES, known(), SPECS).status is status


@pytest.mark.parametrize("effect", ["prohibit", "exit", "restrict", "avoid", "require"])
def test_an_interpretation_is_a_hint_and_never_a_violation(effect):
    found = decide(rule(effect=effect, basis="interpretation"), YES, known(), SPECS)
    assert found.status is Status.CONDITIONAL and found.hint


def test_missing_attributes_are_named_with_both_outcomes():
    found = decide(rule(), NOTHING, known(), SPECS)
    (missing,) = found.missing
    assert missing.attribute == "karst_water"
    assert (missing.if_yes, missing.if_no) == (Status.VIOLATION, Status.COMPLIANT)


def test_a_hit_shallower_than_the_accuracy_is_marked():
    deep = decide(rule(), YES, known(), SPECS)
    shallow = decide(rule(), YES, known(total=measure(Tri.YES, depth=99.0)), SPECS)
    assert not deep.near_boundary
    assert shallow.near_boundary and shallow.status is Status.VIOLATION


DOCUMENT = Document.model_validate(
    {
        "id": "d",
        "title": T,
        "issuer": T,
        "level": "plan",
        "source": "s",
        "in_force_from": date(2022, 3, 8),
        "in_force_until": date(2026, 8, 14),
        "period": (date(2021, 1, 1), date(2025, 12, 31)),
    }
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2022-03-07", False), ("2022-03-08", True), ("2026-08-14", True), ("2026-08-15", False)],
)
def test_dates_are_inclusive(day, expected):
    assert in_force(rule(), DOCUMENT, date.fromisoformat(day)) is expected


def test_rules_out_of_force_and_ended_plans_are_said():
    kept, notes = citable([rule()], {"d": DOCUMENT}, date(2026, 1, 1))
    assert len(kept) == 1 and "2025-12-31" in notes[0].en
    kept, notes = citable([rule()], {"d": DOCUMENT}, date(2027, 1, 1))
    assert kept == () and "T-1" in notes[0].zh


def test_wholly_outside_is_not_checked_and_a_failed_feature_is_failed():
    beyond = Measure("province", "", 9e4, touches=Tri.YES)
    result = RuleBook([rule()], SPECS).review(YES, {}, outside=beyond)
    assert [f.status for f in result.findings] == [Status.NOT_CHECKED]
    broken = failed_project(YES, [Problem("null", T, T)])
    assert broken.status is Status.FAILED


@pytest.mark.parametrize("status", list(Status))
def test_severity_orders_the_seven(status):
    order = [
        "compliant",
        "conditional",
        "not_checked",
        "failed",
        "undetermined",
        "restricted",
        "violation",
    ]
    assert order.index(status.value) == status.severity
