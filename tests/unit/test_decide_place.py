"""The place of a decision: the territory, "outside the zones", what a layer leaves open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from zoning.base.errors import Problem
from zoning.catalogue.load import load_catalogue
from zoning.law import Evidenced, decide
from zoning.messages import Text
from zoning.model import Evidence, Finding, Measure, Project, Rule, Status, Tri

SPECS = load_catalogue().attributes
T = Text("文", "text")
SITE = Project("p", "P", None, {"karst_water": True})
OPEN = Problem("zones-unclassified", T, T)
BROKEN = Problem("layer-broken", T, T)
NEAR = {"op": "near", "distance_m": 100.0, "distance_basis": "parameter"}


def rule(**change: object) -> Rule:
    form = {"id": "T-1", "layer": "z", "document": "d", "section": T, "text": T, "advice": T,
            "effect": "prohibit", "when": {"attribute": "karst_water", "is": True}}  # fmt: skip
    return Rule.model_validate(form | change)


def measure(touches: Tri, **figures: Any) -> Measure:
    form = {"distance_m": 0.0, "depth_m": 500.0, "accuracy_m": 100.0, "share": 1.0}
    return Measure("z", "zone", touches=touches, **form | figures)


def known(touches: Tri = Tri.YES, evidence: Evidence = Evidence.SURVEYED, **more: Any) -> Evidenced:
    return replace(Evidenced(evidence, measure(touches)), **more)


def decided(
    at: Evidenced, area: Evidenced | None = None, project: Project = SITE, **change: object
) -> Finding:
    return decide(rule(**change), project, at, SPECS, area)


@pytest.mark.parametrize(
    ("area", "status", "code"),
    [
        (known(), Status.VIOLATION, "applies"),
        (known(Tri.NO), Status.COMPLIANT, "outside-area"),
        (known(Tri.UNKNOWN), Status.UNDETERMINED, "position"),
        (Evidenced(None, state="no_data"), Status.NOT_CHECKED, "no-area"),
        (known(evidence=Evidence.SCHEMATIC), Status.UNDETERMINED, "position"),
        (known(Tri.NO, Evidence.SCHEMATIC), Status.UNDETERMINED, "position"),
        (known(outside=True), Status.VIOLATION, "applies"),
        (known(Tri.NO, outside=True), Status.UNDETERMINED, "position"),
        (known(unclear=OPEN), Status.VIOLATION, "applies"),
        (known(Tri.NO, unclear=OPEN), Status.UNDETERMINED, "position"),
    ],
)
def test_the_territory_of_a_clause(area: Evidenced, status: Status, code: str) -> None:
    found = decided(known(), area)
    assert (found.status, found.code) == (status, code)
    # Away from every zone of the layer the territory is of no weight, but where it excludes.
    away = decided(known(Tri.NO), area)
    assert away.status is Status.COMPLIANT
    assert away.code == ("outside-area" if code == "outside-area" else "outside-zone")


@pytest.mark.parametrize(
    ("figures", "status", "code"),
    [
        ({"touches": Tri.NO}, Status.VIOLATION, "applies"),
        ({"touches": Tri.UNKNOWN}, Status.UNDETERMINED, "position"),
        ({"touches": Tri.YES}, Status.COMPLIANT, "outside-zone"),
        ({"touches": Tri.YES, "share": 0.5}, Status.VIOLATION, "applies"),
        ({"touches": Tri.YES, "share": 1.0 - 2e-6}, Status.VIOLATION, "applies"),
        ({"touches": Tri.YES, "share": 1.0 - 1e-6}, Status.COMPLIANT, "outside-zone"),
        ({"touches": Tri.YES, "depth_m": 99.0}, Status.UNDETERMINED, "position"),
        ({"touches": Tri.YES, "depth_m": 100.0}, Status.COMPLIANT, "outside-zone"),
    ],
)
def test_outside_holds_where_any_part_lies_in_no_zone(
    figures: dict[str, Any], status: Status, code: str
) -> None:
    found = decided(known(total=measure(**figures)), scope={"op": "outside"})
    assert (found.status, found.code) == (status, code)


@pytest.mark.parametrize(
    ("at", "op", "status", "code"),
    [
        (known(outside=True), "within", Status.VIOLATION, "applies"),
        (known(Tri.NO, outside=True), "within", Status.NOT_CHECKED, "outside-coverage"),
        (known(Tri.UNKNOWN, outside=True), "within", Status.UNDETERMINED, "position"),
        (known(Tri.NO, outside=True), "outside", Status.NOT_CHECKED, "outside-coverage"),
        (known(outside=True), "outside", Status.COMPLIANT, "outside-zone"),
        (known(unclear=OPEN), "within", Status.VIOLATION, "applies"),
        (known(Tri.NO, unclear=OPEN), "within", Status.FAILED, "layer-failed"),
        (known(Tri.UNKNOWN, unclear=OPEN), "within", Status.FAILED, "layer-failed"),
        (known(Tri.NO, unclear=OPEN), "outside", Status.FAILED, "layer-failed"),
        (known(unclear=OPEN), "outside", Status.COMPLIANT, "outside-zone"),
        (known(state="failed"), "within", Status.FAILED, "layer-failed"),
        (known(state="no_data"), "within", Status.NOT_CHECKED, "no-data"),
        (known(Tri.UNKNOWN, Evidence.SCHEMATIC), "within", Status.UNDETERMINED, "schematic-hit"),
    ],
)
def test_what_a_layer_leaves_open(at: Evidenced, op: str, status: Status, code: str) -> None:
    found = decided(at, scope={"op": op})
    assert (found.status, found.code) == (status, code)


def test_the_fault_that_is_told_is_the_one_that_decided() -> None:
    assert decided(known(Tri.NO, unclear=OPEN, problem=BROKEN)).problem is OPEN
    assert decided(known(unclear=OPEN, problem=BROKEN)).problem is BROKEN
    assert decided(known(unclear=OPEN)).problem is None
    assert decided(known(state="failed", problem=BROKEN)).problem is BROKEN


@pytest.mark.parametrize(
    ("touches", "metres", "scope", "code"),
    [
        (Tri.NO, 100.0, NEAR, "distance-not-stated"),
        (Tri.NO, 199.9, NEAR, "distance-not-stated"),
        (Tri.NO, 200.0, NEAR, "outside-zone"),
        (Tri.NO, 100.0, NEAR | {"distance_basis": "text"}, "outside-zone"),
        (Tri.NO, 100.0, {"distance_basis": "parameter"}, "outside-zone"),
        (Tri.UNKNOWN, 105.0, NEAR, "position"),
        (Tri.YES, 0.0, NEAR, "applies"),
    ],
)
def test_a_distance_of_ours_does_not_end_sharply(
    touches: Tri, metres: float, scope: dict[str, object], code: str
) -> None:
    assert decided(known(total=measure(touches, distance_m=metres)), scope=scope).code == code


def test_an_open_question_about_a_reading_is_a_hint() -> None:
    found = decided(known(Tri.UNKNOWN), basis="interpretation")
    assert (found.status, found.code, found.hint) == (Status.CONDITIONAL, "position", True)
    unseen = decided(Evidenced(None, state="no_data"), basis="interpretation")
    assert unseen.status is Status.NOT_CHECKED
    assert not decided(known()).hint


@pytest.mark.parametrize(
    ("op", "touches", "figures", "near"),
    [
        ("within", Tri.YES, {"depth_m": 99.0}, True),
        ("within", Tri.YES, {"depth_m": 100.0}, False),
        ("within", Tri.YES, {"depth_m": 500.0, "distance_m": 0.0}, False),
        ("within", Tri.NO, {"depth_m": 0.0, "distance_m": 500.0}, False),
        ("outside", Tri.NO, {"depth_m": 0.0, "distance_m": 99.0}, True),
        ("outside", Tri.NO, {"depth_m": 0.0, "distance_m": 100.0}, False),
        ("outside", Tri.YES, {"depth_m": 99.0, "share": 0.5}, True),
        ("outside", Tri.YES, {"depth_m": 500.0, "share": 0.5}, False),
    ],
)
def test_a_hit_by_less_than_the_accuracy_is_near_the_border(
    op: str, touches: Tri, figures: dict[str, Any], near: bool
) -> None:
    found = decided(known(total=measure(touches, **figures)), scope={"op": op})
    assert found.near_boundary is near


def test_a_finding_holds_the_measures_it_rests_on() -> None:
    zones = (measure(Tri.YES),)
    at = known(zones=zones)
    hit = decided(at)
    assert (hit.total, hit.zones, hit.missing, hit.permit) == (at.total, zones, (), None)
    other = Project("p", "P", None, {"karst_water": False})
    for found in (decided(at, project=other), decided(at, known(Tri.NO))):
        assert (found.total, found.zones, found.near_boundary) == (None, (), False)
    asked = Project("p", "P", None, {})
    assert [m.attribute for m in decided(at, project=asked).missing] == ["karst_water"]
    assert decided(known(Tri.NO), project=asked).missing == ()


def test_an_exception_that_holds_is_named_and_an_open_one_leaves_it_open() -> None:
    permit = {"id": "older_right", "when": {"attribute": "law_exception", "is": True}, "text": T,
              "proof": T}  # fmt: skip
    for value, status, code, named in (
        (True, Status.CONDITIONAL, "permitted", "older_right"),
        (None, Status.UNDETERMINED, "permit", None),
        (False, Status.VIOLATION, "applies", None),
    ):
        given = {} if value is None else {"law_exception": value}
        project = Project("p", "P", None, {"karst_water": True} | given)
        found = decided(known(), project=project, permits=[permit])
        assert (found.status, found.code, found.permit) == (status, code, named)


CLEAR, HELD, BAN = Status.COMPLIANT, Status.CONDITIONAL, Status.VIOLATION
NO_DATA = Evidenced(None, state="no_data")


@pytest.mark.parametrize(
    ("at", "area", "best", "worst", "needs"),
    [
        (known(), None, BAN, BAN, ""),
        (known(Tri.NO), None, CLEAR, CLEAR, ""),
        (NO_DATA, None, CLEAR, BAN, "official_line"),
        (known(state="failed"), None, CLEAR, BAN, "correction"),
        (known(Tri.UNKNOWN), None, CLEAR, BAN, "position"),
        (known(Tri.NO, outside=True), None, CLEAR, BAN, "official_line"),
        (known(evidence=Evidence.SCHEMATIC), None, CLEAR, BAN, "official_line"),
        (known(Tri.NO, Evidence.SCHEMATIC), None, CLEAR, BAN, "official_line"),
        (known(), NO_DATA, CLEAR, BAN, "official_line"),
        (known(), known(Tri.UNKNOWN), CLEAR, BAN, "position"),
        (known(), known(Tri.NO, outside=True), CLEAR, BAN, "official_line"),
        # A survey of the site tells nothing of a territory that is only sketched.
        (known(), known(Tri.UNKNOWN, Evidence.SCHEMATIC), CLEAR, BAN, "official_line"),
    ],
)
def test_what_an_open_place_can_come_to_and_what_settles_it(
    at: Evidenced, area: Evidenced | None, best: Status, worst: Status, needs: str
) -> None:
    found = decided(at, area)
    assert (found.best, found.worst, found.needs) == (best, worst, needs)


def test_where_the_place_is_certain_the_answers_alone_decide() -> None:
    permit = {"id": "older_right", "when": {"attribute": "law_exception", "is": True}, "text": T,
              "proof": T}  # fmt: skip
    found = decided(known(), permits=[permit])
    assert (found.best, found.worst, found.needs) == (HELD, BAN, "answer")
    found = decided(known(Tri.UNKNOWN), permits=[permit])
    assert (found.best, found.worst, found.needs) == (CLEAR, BAN, "position")
    found = decided(known(), project=Project("p", "P", None, {}))
    assert (found.best, found.worst, found.needs) == (CLEAR, BAN, "answer")
