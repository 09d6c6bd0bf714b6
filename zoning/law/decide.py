"""Decide one rule for one project from numbers, attributes and a date. Knows no geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zoning.base.errors import Problem
from zoning.law.activity import (
    Activity,
    assess,
    outcome,
    permitted,
)
from zoning.law.logic import negate
from zoning.messages import Text, message
from zoning.model import (
    AttributeSpec,
    Evidence,
    Finding,
    Measure,
    Need,
    Project,
    Rule,
    Status,
    Tri,
)


@dataclass(frozen=True, slots=True)
class Evidenced:
    """What is known of one project at one layer: the measures, or why there are none.

    ``outside`` tells that the layer is not complete all around the project, ``unclear`` that the
    project may meet a zone whose class is not stated: either way, meeting no zone says nothing.
    ``shallow`` says of a project that lies inside whether it reaches in less deep than the zones
    are known, where that has been worked out already.
    """

    evidence: Evidence | None
    total: Measure | None = None
    zones: tuple[Measure, ...] = ()
    state: str = "used"
    problem: Problem | None = None
    outside: bool = False
    unclear: Problem | None = None
    shallow: bool | None = None

    @property
    def near_edge(self) -> bool:
        """Whether a project that lies inside reaches in less deep than the zones are known."""
        if self.shallow is None:
            return self.total is not None and self.total.shallow
        return self.shallow


def decide(
    rule: Rule,
    project: Project,
    known: Evidenced,
    specs: Mapping[str, AttributeSpec],
    area: Evidenced | None = None,
) -> Finding:
    """Decide a rule that is in force.

    The activity is asked first: where the rule is not about this activity, no layer is needed.
    Then the territory of the document, then the place; a layer without data, a failed one, or one
    too coarse never gives "compliant".

    Parameters
    ----------
    rule, project
        What is decided, for whom.
    known : Evidenced
        The rule's layer at this project.
    specs : mapping
        Declared attributes.
    area : Evidenced, optional
        The administrative area of ``rule.scope.area`` at this project.
    """
    return settle(rule, project, known, assess(rule, project.attributes, specs), area)


def settle(
    rule: Rule, project: Project, known: Evidenced, activity: Activity, area: Evidenced | None
) -> Finding:
    """Decide a rule whose activity test is done already."""
    if activity.applies is Tri.NO:
        return _finding(rule, project, known, Status.COMPLIANT, "not-this-activity", activity)
    inside = _inside(area)
    if inside is Tri.NO:
        return _finding(rule, project, known, Status.COMPLIANT, "outside-area", activity)
    status, code = _place(rule, known, activity)
    needs = _NEEDS.get(code, "")
    if code in _DECIDED and area is not None and area.total is None:
        status, code, needs = Status.NOT_CHECKED, "no-area", "official_line"
    elif code in _DECIDED and area is not None and inside is Tri.UNKNOWN:
        status, code, needs = Status.UNDETERMINED, "position", _line_of(area)
    if status is Status.UNDETERMINED and rule.basis == "interpretation":
        # A reading of a clause is a hint: an open question about it is one, too.
        status = Status.CONDITIONAL
    return _finding(rule, project, known, status, code, activity, needs)


def _line_of(area: Evidenced) -> Need:
    """What tells whether a site lies in a territory: its official line, or a survey of it."""
    if area.total is None or area.evidence is Evidence.SCHEMATIC:
        return "official_line"
    return "position" if area.total.touches is Tri.UNKNOWN else "official_line"


def _inside(area: Evidenced | None) -> Tri:
    """Whether the project lies in the territory of the clause; no territory means everywhere."""
    if area is None:
        return Tri.YES
    # A sketch, or an official file that ends short of the site, can neither clear it nor hold it.
    if area.total is None or area.evidence is Evidence.SCHEMATIC:
        return Tri.UNKNOWN
    touches = area.total.touches
    open_ = area.outside or area.unclear is not None
    return Tri.UNKNOWN if open_ and touches is Tri.NO else touches


def meets(rule: Rule, known: Evidenced, total: Measure) -> Tri:
    """Whether a site lies where the rule holds: inside the zones, or for ``outside`` not wholly."""
    if rule.scope.op != "outside" or total.touches is not Tri.YES:
        return negate(total.touches) if rule.scope.op == "outside" else total.touches
    if total.share < 1.0 - WHOLE:
        return Tri.YES
    return Tri.UNKNOWN if known.near_edge else Tri.NO


def _place(rule: Rule, known: Evidenced, activity: Activity) -> tuple[Status, str]:
    """Decide on the place, the activity being one the clause is or may be about."""
    if known.state == "failed":
        return Status.FAILED, "layer-failed"
    if known.state == "no_data" or known.total is None:
        return Status.NOT_CHECKED, "no-data"
    touches = meets(rule, known, known.total)
    missed = touches is (Tri.YES if rule.scope.op == "outside" else Tri.NO)
    if known.unclear is not None and (missed or touches is Tri.UNKNOWN):
        return Status.FAILED, "layer-failed"
    if known.evidence is Evidence.SCHEMATIC:
        if touches is Tri.NO:
            return Status.NOT_CHECKED, "schematic-miss"
        return Status.UNDETERMINED, "schematic-hit"
    if known.outside and missed:
        return Status.NOT_CHECKED, "outside-coverage"
    if touches is Tri.NO and _borrowed(rule, known.total):
        return Status.UNDETERMINED, "distance-not-stated"
    if touches is Tri.NO:
        return Status.COMPLIANT, "outside-zone"
    if touches is Tri.UNKNOWN:
        return Status.UNDETERMINED, "position"
    if activity.applies is Tri.UNKNOWN:
        return Status.UNDETERMINED, "attribute"
    if activity.permit is not None:
        return permitted(rule, activity.permit), "permitted"
    if activity.open_permits:
        return Status.UNDETERMINED, "permit"
    return outcome(rule), "applies"


def _borrowed(rule: Rule, total: Measure) -> bool:
    """Whether a site keeps a distance that is ours, not the clause's, but not by far.

    A clause that says "within a certain distance" does not end where our parameter does.
    """
    scope = rule.scope
    if scope.distance_basis != "parameter" or scope.distance_m is None:
        return False
    return scope.distance_m <= total.distance_m < FAR * scope.distance_m


def _finding(
    rule: Rule,
    project: Project,
    known: Evidenced,
    status: Status,
    code: str,
    activity: Activity,
    needs: Need = "",
) -> Finding:
    total = known.total if code not in _UNPLACED else None
    met = total is not None and meets(rule, known, total) is Tri.YES
    permit = activity.permit if code == "permitted" else None
    return Finding(
        project=project.id,
        status=status,
        reason=_REASONS[code],
        code=code,
        rule=rule.id,
        layer=rule.layer,
        total=total,
        zones=known.zones if total is not None else (),
        missing=() if status is Status.COMPLIANT else activity.missing,
        hint=rule.basis == "interpretation",
        near_boundary=met and total is not None and _near_boundary(rule, known, total),
        problem=known.unclear if code == "layer-failed" and known.unclear else known.problem,
        permit=permit.id if permit else None,
        best=_best(status, code, activity),
        worst=activity.worst if needs else status,
        needs=needs,
    )


def _best(status: Status, code: str, activity: Activity) -> Status:
    """What a finding can come to at best: where the place is open, that it lies elsewhere."""
    if code in _PLACED:
        return activity.best
    return Status.COMPLIANT if code in _NEEDS else status


def _near_boundary(rule: Rule, known: Evidenced, total: Measure) -> bool:
    """Whether a hit lies within the layer's positional accuracy."""
    if rule.scope.op == "outside" and total.touches is not Tri.YES:
        return total.distance_m < total.accuracy_m
    return known.near_edge


#: Beyond this many times a distance that the clause does not state, a site is far enough away.
FAR = 2.0

#: Share of a site that may lie outside without counting, for rounding of areas.
WHOLE = 1e-6

#: Reasons that need no measure, and those that rest on the site being inside.
_UNPLACED = frozenset({"not-this-activity", "outside-area"})
_DECIDED = frozenset({"attribute", "permitted", "permit", "applies", "distance-not-stated"})
#: Reasons that rest on what is done alone, the place being certain.
_PLACED = frozenset({"attribute", "permit", "permitted"})

#: What settles a finding that is left open for a reason.
_NEEDS: Mapping[str, Need] = {
    "no-area": "official_line",
    "layer-failed": "correction",
    "no-data": "official_line",
    "outside-coverage": "official_line",
    "schematic-miss": "official_line",
    "schematic-hit": "official_line",
    "distance-not-stated": "official_line",
    "position": "position",
    "attribute": "answer",
    "permit": "answer",
}

_REASONS: Mapping[str, Text] = {
    "not-this-activity": message("decide.reasons.not-this-activity"),
    "outside-area": message("decide.reasons.outside-area"),
    "no-area": message("decide.reasons.no-area"),
    "layer-failed": message("decide.reasons.layer-failed"),
    "no-data": message("decide.reasons.no-data"),
    "outside-coverage": message("decide.reasons.outside-coverage"),
    "schematic-miss": message("decide.reasons.schematic-miss"),
    "schematic-hit": message("decide.reasons.schematic-hit"),
    "outside-zone": message("decide.reasons.outside-zone"),
    "position": message("decide.reasons.position"),
    "distance-not-stated": message("decide.reasons.distance-not-stated"),
    "attribute": message("decide.reasons.attribute"),
    "permit": message("decide.reasons.permit"),
    "permitted": message("decide.reasons.permitted"),
    "applies": message("decide.reasons.applies"),
}
