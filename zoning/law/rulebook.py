"""All rules over one project: which measurements a rule asks for, and what the rules come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from zoning.base.errors import Problem
from zoning.base.same import Same
from zoning.law.activity import (
    Activity,
    assess,
    attribute_names,
    outcome,
)
from zoning.law.decide import Evidenced, settle
from zoning.law.declaration import declaration, weighed
from zoning.law.places import bound_of
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
    return _prepared(Same(*rules))[1]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A rule, and what is the same of it in every review.

    ``like`` is the first rule with the same test of the activity and the same exceptions, ``names``
    are the attributes that these ask for. Rules with one ``place`` hold at the same places.
    """

    rule: Rule
    like: Same
    names: tuple[str, ...]
    query: Query
    area: Query | None
    place: int


@lru_cache(maxsize=64)
def _prepared(rules: Same) -> tuple[tuple[Entry, ...], tuple[Query, ...]]:
    """Work out what is the same of some rules in every review."""
    likes: dict[tuple[Any, ...], Same] = {}
    places: dict[tuple[Any, ...], int] = {}
    entries = []
    for rule in rules.things:
        like = likes.setdefault((rule.when, rule.permits, outcome(rule)), Same(rule))
        query, area = query_of(rule), area_of(rule)
        place = query, area, rule.scope.op, bound_of(rule)
        number = places.setdefault(place, len(places))
        entries.append(Entry(rule, like, attribute_names(rule), query, area, number))
    wanted = (query for entry in entries for query in (entry.query, entry.area))
    return tuple(entries), tuple(dict.fromkeys(query for query in wanted if query is not None))


def _where(table: _Where) -> tuple[tuple[str, tuple[str | bool, ...]], ...]:
    return tuple(sorted((name, tuple(values)) for name, values in table.items()))


#: Projects alike of which the assessments are kept, one for every rule.
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
        self.entries = _prepared(Same(*self.rules))[0]
        self._specs = Same(specs)
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
        for entry, found in zip(self.entries, self._activities(project.attributes), strict=True):
            rule = entry.rule
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
        for entry, activity in zip(self.entries, self._activities(project.attributes), strict=True):
            here, there = known[entry.query], known[entry.area] if entry.area else None
            kept: Finding | None = settle(entry.rule, project, here, activity, there)
            if kept and bears(kept) and not presumed.keys().isdisjoint(entry.names):
                other = self.assess(entry, supposed)
                kept, off = weighed(kept, settle(entry.rule, project, here, other, there))
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
            found = [self.assess(entry, attributes) for entry in self.entries]
            self._alike[signature] = found
        return found

    def assess(self, entry: Entry, attributes: Mapping[str, Value]) -> Activity:
        """Assess a rule once for all projects that are alike in what it asks for."""
        known = tuple((name, attributes[name]) for name in entry.names if name in attributes)
        return _assessed(entry.like, known, self._specs)


# One review after another asks the same; figures that differ from site to site add to it.
@lru_cache(maxsize=65_536)
def _assessed(rule: Same, known: tuple[tuple[str, Value], ...], specs: Same) -> Activity:
    return assess(rule.things[0], dict(known), specs.things[0])


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
