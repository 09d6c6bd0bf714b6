"""Decide one rule for one project from numbers, attributes and a date. Knows no geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zoning.errors import Problem, Text
from zoning.model import (
    AttributeSpec,
    Evidence,
    Finding,
    Measure,
    Project,
    Rule,
    Status,
    Tri,
)
from zoning.rules.activity import Activity, assess, outcome, permitted
from zoning.rules.logic import negate


@dataclass(frozen=True, slots=True)
class Evidenced:
    """What is known of one project at one layer: the measures, or why there are none."""

    evidence: Evidence | None
    total: Measure | None = None
    zones: tuple[Measure, ...] = ()
    state: str = "used"
    problem: Problem | None = None
    outside: bool = False


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
    if code in _DECIDED and area is not None and area.total is None:
        status, code = Status.NOT_CHECKED, "no-area"
    elif code in _DECIDED and inside is Tri.UNKNOWN:
        status, code = Status.UNDETERMINED, "position"
    if status is Status.UNDETERMINED and rule.basis == "interpretation":
        # A reading of a clause is a hint: an open question about it is one, too.
        status = Status.CONDITIONAL
    return _finding(rule, project, known, status, code, activity)


def _inside(area: Evidenced | None) -> Tri:
    """Whether the project lies in the territory of the clause; no territory means everywhere."""
    if area is None:
        return Tri.YES
    # A sketch, or an official file that ends short of the site, can neither clear it nor hold it.
    if area.total is None or area.evidence is Evidence.SCHEMATIC:
        return Tri.UNKNOWN
    touches = area.total.touches
    return Tri.UNKNOWN if area.outside and touches is Tri.NO else touches


def meets(rule: Rule, total: Measure) -> Tri:
    """Whether a site lies where the rule holds: inside the zones, or for ``outside`` not wholly."""
    if rule.scope.op != "outside" or total.touches is not Tri.YES:
        return negate(total.touches) if rule.scope.op == "outside" else total.touches
    if total.share < 1.0 - _WHOLE:
        return Tri.YES
    return Tri.UNKNOWN if total.depth_m < total.accuracy_m else Tri.NO


def _place(rule: Rule, known: Evidenced, activity: Activity) -> tuple[Status, str]:
    """Decide on the place, the activity being one the clause is or may be about."""
    if known.state == "failed":
        return Status.FAILED, "layer-failed"
    if known.state == "no_data" or known.total is None:
        return Status.NOT_CHECKED, "no-data"
    touches = meets(rule, known.total)
    if known.outside and (touches is not Tri.YES or rule.scope.op == "outside"):
        return Status.NOT_CHECKED, "outside-coverage"
    if known.evidence is Evidence.SCHEMATIC:
        if touches is Tri.NO:
            return Status.NOT_CHECKED, "schematic-miss"
        return Status.UNDETERMINED, "schematic-hit"
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


def _finding(
    rule: Rule, project: Project, known: Evidenced, status: Status, code: str, activity: Activity
) -> Finding:
    total = known.total if code not in _UNPLACED else None
    met = total is not None and meets(rule, total) is Tri.YES
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
        near_boundary=met and total is not None and _near_boundary(rule, total),
        problem=known.problem,
        permit=permit.id if permit else None,
    )


def _near_boundary(rule: Rule, total: Measure) -> bool:
    """Whether a hit lies within the layer's positional accuracy."""
    if rule.scope.op == "outside" and total.touches is not Tri.YES:
        return total.distance_m < total.accuracy_m
    return total.depth_m < total.accuracy_m


#: Share of a site that may lie outside without counting, for rounding of areas.
_WHOLE = 1e-6

#: Reasons that need no measure, and those that rest on the site being inside.
_UNPLACED = frozenset({"not-this-activity", "outside-area"})
_DECIDED = frozenset({"attribute", "permitted", "permit", "applies"})

_REASONS: Mapping[str, Text] = {
    "not-this-activity": Text(
        "该条款针对的活动与本项目无关。", "The clause is about another kind of activity."
    ),
    "outside-area": Text(
        "项目不在该文件的适用地域内。", "The site lies outside the territory of the document."
    ),
    "no-area": Text(
        "条款的适用地域没有数据，未检查；请提供官方数据。",
        "There are no data for the territory of the clause, so it was not checked; supply them.",
    ),
    "layer-failed": Text(
        "图层数据出错，无法判断。", "The layer's data are faulty, so nothing can be said."
    ),
    "no-data": Text(
        "没有该图层的数据，未检查；请提供官方数据。",
        "There are no data for this layer, so it was not checked; supply the official data.",
    ),
    "outside-coverage": Text(
        "项目在该图层覆盖范围之外，未检查。",
        "The site lies outside what the layer covers, so it was not checked.",
    ),
    "schematic-miss": Text(
        "只有示意性图层，不足以排除；未检查。",
        "Only a schematic layer exists; it cannot clear the site, so this was not checked.",
    ),
    "schematic-hit": Text(
        "示意性图层显示可能落入，需官方边界判定。",
        "A schematic layer suggests the site may lie inside; the official boundary decides.",
    ),
    "outside-zone": Text(
        "项目不在条款管的范围内。", "The site does not lie where the clause holds."
    ),
    "position": Text(
        "项目离界线比图层的位置精度还近，需官方界线判定。",
        "The site is nearer to the line than the line's position is known; "
        "the official line decides.",
    ),
    "attribute": Text(
        "项目落入条款的范围，但缺少判定所需的属性。",
        "The site lies where the clause holds, but an attribute needed to decide is missing.",
    ),
    "permit": Text(
        "项目落入条款的范围，条款适用；是否属于法定例外，尚缺属性。",
        "The site lies where the clause holds; whether a statutory exception holds "
        "depends on an attribute that is missing.",
    ),
    "permitted": Text(
        "项目落入条款的范围，但属于法定例外；须提交证明材料。",
        "The site lies where the clause holds, but a statutory exception covers it; "
        "the proof must be brought.",
    ),
    "applies": Text(
        "项目落入条款的范围，条款适用。", "The site lies where the clause holds, and it applies."
    ),
}
