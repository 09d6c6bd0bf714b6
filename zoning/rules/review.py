"""All rules over one project: which measurement a rule asks for, and what the rules come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from zoning.errors import Problem, Text
from zoning.model import (
    AttributeSpec,
    Document,
    Finding,
    Measure,
    Project,
    ProjectResult,
    Query,
    Rule,
    Status,
    Tri,
)
from zoning.rules.decide import Evidenced, decide, in_force


def query_of(rule: Rule) -> Query:
    """Return the measurement that decides a rule."""
    where = tuple(sorted((k, tuple(v)) for k, v in rule.scope.where.items()))
    return Query(rule.layer, rule.scope.distance_m or 0.0, where)


def citable(
    rules: Iterable[Rule], documents: Mapping[str, Document], as_of: date
) -> tuple[tuple[Rule, ...], tuple[Text, ...]]:
    """Keep the rules that can be cited on a day, and say which cannot, and which plans ran out."""
    kept: list[Rule] = []
    notes: dict[str, Text] = {}
    for rule in sorted(rules, key=lambda r: r.id):
        document = documents[rule.document]
        if not in_force(rule, document, as_of):
            notes[rule.id] = Text(
                f"{rule.id} 在 {as_of} 不在有效期内，未引用。",
                f"{rule.id} is not in force on {as_of} and was not cited.",
            )
            continue
        kept.append(rule)
        if document.period is not None and as_of > document.period[1]:
            end = document.period[1]
            notes[document.id] = Text(
                f"《{document.title.zh}》规划期已于 {end} 结束，条款是否延续须向发文机关确认。",
                f"The period of '{document.title.en}' ended on {end}; ask the issuer whether its "
                "clauses still stand.",
            )
    return tuple(kept), tuple(notes.values())


def review_project(
    project: Project,
    rules: Sequence[Rule],
    known: Mapping[Query, Evidenced],
    specs: Mapping[str, AttributeSpec],
    counties: tuple[str, ...] = (),
    outside: Measure | None = None,
) -> ProjectResult:
    """Decide every rule for a project; a site wholly outside the province is not checked at all."""
    findings: list[Finding] = []
    if outside is not None:
        findings.append(_outside(project, outside))
    if outside is None or outside.touches is not Tri.YES:
        findings.extend(decide(rule, project, known[query_of(rule)], specs) for rule in rules)
    findings.sort(key=lambda f: (-f.status.severity, f.rule or ""))
    worst = findings[0].status if findings else Status.NOT_CHECKED
    return ProjectResult(project, worst, tuple(findings), counties)


def failed_project(project: Project, problems: Sequence[Problem]) -> ProjectResult:
    """Report a project that could not be read; each fault is a finding of its own."""
    findings = tuple(
        Finding(project.id, Status.FAILED, problem.fault, problem.code, problem=problem)
        for problem in problems
    )
    return ProjectResult(project, Status.FAILED, findings)


def _outside(project: Project, part: Measure) -> Finding:
    whole = part.touches is Tri.YES
    reason = (
        Text(
            "项目在山西省外，没有任何图层覆盖，未检查。请核对坐标与坐标系。",
            "The site lies outside Shanxi, where no layer reaches; it was not checked. "
            "Check its coordinates and CRS.",
        )
        if whole
        else Text(
            "项目有一部分在山西省外，这部分未检查。",
            "Part of the site lies outside Shanxi; that part was not checked.",
        )
    )
    code = "outside-province" if whole else "partly-outside-province"
    return Finding(project.id, Status.NOT_CHECKED, reason, code, layer="province", total=part)
