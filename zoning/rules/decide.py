"""Decide one rule for one project from numbers, attributes and a date. Knows no geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from zoning.errors import Problem, Text
from zoning.model import (
    AttributeSpec,
    Document,
    Effect,
    Evidence,
    Finding,
    Measure,
    Missing,
    Project,
    Rule,
    Status,
    Tri,
)
from zoning.rules.logic import deciding, evaluate

_OUTCOME: Mapping[Effect, Status] = {
    Effect.PROHIBIT: Status.VIOLATION,
    Effect.EXIT: Status.VIOLATION,
    Effect.RESTRICT: Status.RESTRICTED,
    Effect.AVOID: Status.RESTRICTED,
    Effect.REQUIRE: Status.CONDITIONAL,
    Effect.ENCOURAGE: Status.CONDITIONAL,
}


@dataclass(frozen=True, slots=True)
class Evidenced:
    """What is known of one project at one layer: the measures, or why there are none."""

    evidence: Evidence | None
    total: Measure | None = None
    zones: tuple[Measure, ...] = ()
    state: str = "used"
    problem: Problem | None = None
    outside: bool = False


def in_force(rule: Rule, document: Document, as_of: date) -> bool:
    """Whether a rule can be cited on a day; a missing bound is open."""
    start = rule.in_force_from or document.in_force_from
    end = rule.in_force_until or document.in_force_until
    return (start is None or start <= as_of) and (end is None or as_of <= end)


def outcome(rule: Rule) -> Status:
    """What follows where the rule holds; an interpretation never gives more than a condition."""
    status = _OUTCOME[rule.effect]
    if rule.basis == "interpretation":
        return min(status, Status.CONDITIONAL, key=lambda s: s.severity)
    return status


def decide(
    rule: Rule, project: Project, known: Evidenced, specs: Mapping[str, AttributeSpec]
) -> Finding:
    """Decide a rule that is in force.

    The activity is asked first: where the rule is not about this activity, no layer is needed.
    Then the place; a layer without data, a failed one, or one too coarse never gives "compliant".
    """
    applies = evaluate(rule.when, project.attributes)
    if applies is Tri.NO:
        return _finding(rule, project, known, Status.COMPLIANT, "not-this-activity")
    status, code = _place(rule, known, applies)
    missing = () if status is Status.COMPLIANT else _missing(rule, project, specs)
    return _finding(rule, project, known, status, code, missing)


def _place(rule: Rule, known: Evidenced, applies: Tri) -> tuple[Status, str]:
    """Decide on the place, the activity being one the clause is or may be about."""
    if known.state == "failed":
        return Status.FAILED, "layer-failed"
    if known.state == "no_data" or known.total is None:
        return Status.NOT_CHECKED, "no-data"
    if known.outside:
        return Status.NOT_CHECKED, "outside-coverage"
    touches = known.total.touches
    if known.evidence is Evidence.SCHEMATIC:
        if touches is Tri.NO:
            return Status.NOT_CHECKED, "schematic-miss"
        return Status.UNDETERMINED, "schematic-hit"
    if touches is Tri.NO:
        return Status.COMPLIANT, "outside-zone"
    if touches is Tri.UNKNOWN:
        return Status.UNDETERMINED, "position"
    if applies is Tri.UNKNOWN:
        return Status.UNDETERMINED, "attribute"
    return outcome(rule), "applies"


def _missing(
    rule: Rule, project: Project, specs: Mapping[str, AttributeSpec]
) -> tuple[Missing, ...]:
    """Describe each attribute the activity hangs on, with what follows if it is yes or no."""
    return tuple(
        Missing(name, specs[name].title, specs[name].question, outcome(rule), Status.COMPLIANT)
        for name in deciding(rule.when, project.attributes)
    )


def _finding(
    rule: Rule,
    project: Project,
    known: Evidenced,
    status: Status,
    code: str,
    missing: tuple[Missing, ...] = (),
) -> Finding:
    total = known.total if code != "not-this-activity" else None
    met = total is not None and total.touches is Tri.YES
    return Finding(
        project=project.id,
        status=status,
        reason=_REASONS[code],
        code=code,
        rule=rule.id,
        layer=rule.layer,
        total=total,
        zones=known.zones if total is not None else (),
        missing=missing,
        hint=rule.basis == "interpretation",
        near_boundary=met and total is not None and total.depth_m < total.accuracy_m,
        problem=known.problem,
    )


_REASONS: Mapping[str, Text] = {
    "not-this-activity": Text(
        "该条款针对的活动与本项目无关。", "The clause is about another kind of activity."
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
    "outside-zone": Text("项目不在该区域内。", "The site does not meet the zone."),
    "position": Text(
        "项目离界线比图层的位置精度还近，需官方界线判定。",
        "The site is nearer to the line than the line's position is known; "
        "the official line decides.",
    ),
    "attribute": Text(
        "项目落入该区域，但缺少判定所需的属性。",
        "The site meets the zone, but an attribute needed to decide is missing.",
    ),
    "applies": Text(
        "项目落入该区域，条款适用。", "The site meets the zone and the clause applies."
    ),
}
