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
    SOMEWHERE,
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
    found = concluded(rule, placed(rule, known, area), activity)
    total, zones = (None, ()) if found.total is None else (known.total, known.zones)
    return found.at(project.id, total, zones)


@dataclass(frozen=True, slots=True)
class Placed:
    """What a rule comes to by the place of a project, whatever is done there.

    ``code`` is the reason that the place gives; where it is empty, the activity decides.
    ``measured`` and ``zoned`` tell whether measures, and zones, go with the finding, ``problem``
    what is wrong with the layer, and ``unclear`` with the zones there.
    """

    code: str
    needs: Need = ""
    measured: bool = False
    zoned: bool = False
    near_boundary: bool = False
    problem: Problem | None = None
    unclear: Problem | None = None


def placed(rule: Rule, known: Evidenced, area: Evidenced | None) -> Placed:
    """Decide on the place for an activity that the rule is, or may be, about."""
    code, needs = _place(rule, known, area)
    if code == "outside-area":
        return Placed(code, problem=known.problem)
    total = known.total
    met = total is not None and meets(rule, known, total) is Tri.YES
    return Placed(
        code,
        needs,
        measured=total is not None,
        zoned=total is not None and bool(known.zones),
        near_boundary=met and total is not None and _near_boundary(rule, known, total),
        problem=known.problem,
        unclear=known.unclear if code == "layer-failed" else None,
    )


def concluded(rule: Rule, place: Placed, activity: Activity) -> Finding:
    """Return what a rule comes to, as of no project and with what was measured left open."""
    if activity.applies is Tri.NO:
        place = Placed("not-this-activity", problem=place.problem)
    code, needs = place.code, place.needs
    if code:
        status = _STATUS[code]
    else:
        status, code = _done(rule, activity)
        needs = _NEEDS.get(code, "")
    if status is Status.UNDETERMINED and rule.basis == "interpretation":
        # A reading of a clause is a hint: an open question about it is one, too.
        status = Status.CONDITIONAL
    permit = activity.permit if code == "permitted" else None
    return Finding(
        project="",
        status=status,
        reason=_REASONS[code],
        code=code,
        rule=rule.id,
        layer=rule.layer,
        total=SOMEWHERE if place.measured else None,
        zones=(SOMEWHERE,) if place.zoned else (),
        missing=() if status is Status.COMPLIANT else activity.missing,
        hint=rule.basis == "interpretation",
        near_boundary=place.near_boundary,
        problem=place.unclear or place.problem,
        permit=permit.id if permit else None,
        best=_best(status, code, activity),
        worst=activity.worst if needs else status,
        needs=needs,
    )


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


def _place(rule: Rule, known: Evidenced, area: Evidenced | None) -> tuple[str, Need]:
    """Return the reason that the place gives, and what would settle it."""
    inside = _inside(area)
    if inside is Tri.NO:
        return "outside-area", ""
    code = _at_layer(rule, known)
    if area is not None and code in ("", "distance-not-stated"):
        if area.total is None:
            code = "no-area"
        elif inside is Tri.UNKNOWN:
            return "position", _line_of(area)
    return code, _NEEDS.get(code, "")


def _at_layer(rule: Rule, known: Evidenced) -> str:
    """Return the reason that the layer gives; none where the project meets what the rule is for."""
    if known.state == "failed":
        return "layer-failed"
    if known.state == "no_data" or known.total is None:
        return "no-data"
    touches = meets(rule, known, known.total)
    missed = touches is (Tri.YES if rule.scope.op == "outside" else Tri.NO)
    if known.unclear is not None and (missed or touches is Tri.UNKNOWN):
        return "layer-failed"
    if known.evidence is Evidence.SCHEMATIC:
        return "schematic-miss" if touches is Tri.NO else "schematic-hit"
    if known.outside and missed:
        return "outside-coverage"
    if touches is Tri.NO and _borrowed(rule, known.total):
        return "distance-not-stated"
    if touches is Tri.NO:
        return "outside-zone"
    return "position" if touches is Tri.UNKNOWN else ""


def _done(rule: Rule, activity: Activity) -> tuple[Status, str]:
    """Decide on the activity, the place being one where the rule holds."""
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

#: Reasons that rest on what is done alone, the place being certain.
_PLACED = frozenset({"attribute", "permit", "permitted"})

#: What follows from a reason that the place gives, or that an activity gives wherever it is.
_STATUS: Mapping[str, Status] = {
    "not-this-activity": Status.COMPLIANT,
    "outside-area": Status.COMPLIANT,
    "outside-zone": Status.COMPLIANT,
    "layer-failed": Status.FAILED,
    "no-area": Status.NOT_CHECKED,
    "no-data": Status.NOT_CHECKED,
    "outside-coverage": Status.NOT_CHECKED,
    "schematic-miss": Status.NOT_CHECKED,
    "schematic-hit": Status.UNDETERMINED,
    "distance-not-stated": Status.UNDETERMINED,
    "position": Status.UNDETERMINED,
}

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
