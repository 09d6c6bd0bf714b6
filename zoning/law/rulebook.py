"""All rules over one project: which measurements a rule asks for, and what the rules come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from zoning.base.errors import Problem
from zoning.law.activity import (
    Activity,
    assess,
    attribute_names,
    outcome,
)
from zoning.law.decide import Evidenced, settle
from zoning.law.declaration import declaration, weighed
from zoning.messages import message
from zoning.model import (
    AttributeSpec,
    Finding,
    Measure,
    Project,
    ProjectResult,
    Query,
    Rule,
    Status,
    Tri,
    Value,
    highest,
)

#: A site exactly at a bound that is counted in lies inside a band wider by this.
_HAIR_M = 0.001

_Where = Mapping[str, tuple[str | bool, ...]]


def query_of(rule: Rule) -> Query:
    """Return the measurement that decides a rule."""
    distance = rule.scope.distance_m or 0.0
    if rule.scope.includes_bound:
        distance += _HAIR_M
    return Query(rule.layer, distance, _where(rule.scope.where))


def area_of(rule: Rule) -> Query | None:
    """Return the measurement that says whether a project lies in the territory of a clause."""
    area = rule.scope.area
    return Query(area.layer, 0.0, _where(area.where)) if area is not None else None


def queries_of(rules: Sequence[Rule]) -> tuple[Query, ...]:
    """Return every measurement that some rules ask for, each once."""
    wanted = (query for rule in rules for query in (query_of(rule), area_of(rule)))
    return tuple(dict.fromkeys(query for query in wanted if query is not None))


def _where(table: _Where) -> tuple[tuple[str, tuple[str | bool, ...]], ...]:
    return tuple(sorted((name, tuple(values)) for name, values in table.items()))


#: Assessments that are kept for projects alike; figures that differ from site to site add to them.
_MOST_SEEN: Final = 200_000
#: The same of projects; each keeps one for every rule.
_MOST_ALIKE: Final = 10_000


class RuleBook:
    """The rules of one review, with everything that is the same for all projects worked out once.

    Parameters
    ----------
    rules : sequence of Rule
        In force on the day of the review.
    specs : mapping
        Declared attributes.
    """

    def __init__(self, rules: Sequence[Rule], specs: Mapping[str, AttributeSpec]) -> None:
        self.rules = tuple(rules)
        self.specs = specs
        self.entries = [(r, attribute_names(r), query_of(r), area_of(r)) for r in self.rules]
        self._seen: dict[tuple[str, tuple[Value | None, ...]], Activity] = {}
        self._alike: dict[frozenset[tuple[str, Value]], list[Activity]] = {}

    def review(
        self,
        project: Project,
        known: Mapping[Query, Evidenced],
        counties: tuple[str, ...] = (),
        outside: Measure | None = None,
    ) -> ProjectResult:
        """Decide every rule; a site wholly outside the province is not checked at all.

        Findings come most severe first; among equals the order of the rules is kept.
        """
        findings: list[Finding] = []
        if outside is not None:
            findings.append(outside_finding(project, outside))
        if outside is None or outside.touches is not Tri.YES:
            findings.extend(self._decide(project, known))
        found = by_severity(findings)
        return ProjectResult(project, status_of(found), found, counties)

    def forbidding(self, project: Project) -> tuple[Rule, ...]:
        """Return the rules that a project breaks wherever it meets their zones."""
        out = []
        for (rule, *_), found in zip(
            self.entries, self._activities(project.attributes), strict=True
        ):
            sure = found.applies is Tri.YES and found.permit is None and not found.open_permits
            if sure and outcome(rule) is Status.VIOLATION:
                out.append(rule)
        return tuple(out)

    def concerns(self, project: Project) -> bool:
        """Whether any rule is, or may be, about what a project does, wherever it lies."""
        found = self._activities(project.attributes)
        return any(activity.applies is not Tri.NO for activity in found)

    def _decide(self, project: Project, known: Mapping[Query, Evidenced]) -> list[Finding]:
        presumed = {answer.attribute: answer.value for answer in project.presumed}
        supposed = {**project.attributes, **presumed}
        findings: list[Finding] = []
        held: list[Finding] = []
        for (rule, names, query, area), activity in zip(
            self.entries, self._activities(project.attributes), strict=True
        ):
            place = known[area] if area else None
            kept: Finding | None = settle(rule, project, known[query], activity, place)
            if kept and bears(kept) and not presumed.keys().isdisjoint(names):
                other = self.assess(rule, names, supposed)
                then = settle(rule, project, known[query], other, place)
                kept, off = weighed(kept, then)
                held.extend([off] if off else [])
            findings.extend([kept] if kept else [])
        return [*findings, declaration(project, held)] if held else findings

    def _activities(self, attributes: Mapping[str, Value]) -> list[Activity]:
        """Assess all rules once for all projects that are alike."""
        signature = frozenset(attributes.items())
        found = self._alike.get(signature)
        if found is None:
            if len(self._alike) >= _MOST_ALIKE:
                self._alike.clear()
            found = [self.assess(rule, names, attributes) for rule, names, *_ in self.entries]
            self._alike[signature] = found
        return found

    def assess(
        self, rule: Rule, names: tuple[str, ...], attributes: Mapping[str, Value]
    ) -> Activity:
        """Assess a rule once for all projects that are alike in what it asks for."""
        key = (rule.id, tuple(attributes.get(name) for name in names))
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            known = tuple((name, attributes[name]) for name in names if name in attributes)
            found = self._seen[key] = _assessed(_Same(rule), known, _Same(self.specs))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A thing as a key: equal to itself alone, and kept while the key is."""

    thing: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


@lru_cache(maxsize=8192)  # twenty times the rules: one review after another asks the same
def _assessed(rule: _Same, known: tuple[tuple[str, Value], ...], specs: _Same) -> Activity:
    return assess(rule.thing, dict(known), specs.thing)


def bears(found: Finding) -> bool:
    """Whether presumed answers may bear on a finding: it is open and may still restrict."""
    return found.is_open and found.may_restrict


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings, most severe first; among equals their order is kept."""
    return tuple(sorted(findings, key=lambda f: -f.status.severity))


def status_of(findings: Sequence[Finding]) -> Status:
    """Return the most severe status that findings count as; nothing reviewed is not checked."""
    return statuses_of([findings])[0]


def statuses_of(sites: Sequence[Sequence[Finding]]) -> list[Status]:
    """Return of the findings of each site what `status_of` returns."""
    ranked = (*reversed(Status), Status.NOT_CHECKED)  # the last, -1, is of a site without any
    return [ranked[severity] for severity in highest(sites, _severity).tolist()]


def _severity(finding: Finding) -> int:
    return finding.counts_as.severity


def failed_project(project: Project, problems: Sequence[Problem]) -> ProjectResult:
    """Report a project that could not be read; each fault is a finding of its own."""
    findings = tuple(
        Finding(
            project.id,
            Status.FAILED,
            problem.fault,
            problem.code,
            problem=problem,
            needs="correction",
        )
        for problem in problems
    )
    return ProjectResult(project, Status.FAILED, findings)


def outside_finding(project: Project, part: Measure) -> Finding:
    """Say that a site lies outside the province, wholly or in part."""
    whole = part.touches is Tri.YES
    reason = (
        message("rulebook.site-lies-outside-shanxi")
        if whole
        else message("rulebook.part-site-lies-outside")
    )
    code = "outside-province" if whole else "partly-outside-province"
    return Finding(
        project.id,
        Status.NOT_CHECKED,
        reason,
        code,
        layer="province",
        total=part,
        needs="not_held",
    )
