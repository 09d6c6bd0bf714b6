"""Who is affected by a change of law: the findings that differ between two reviews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from zoning.model import (
    Finding,
    Report,
    Rule,
    Status,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One finding that another catalogue or another day turns out differently.

    ``replaced`` has the same status under a successor clause; ``changed`` another status;
    ``added`` and ``dropped`` have no counterpart.
    """

    project: str
    kind: Literal["changed", "replaced", "added", "dropped"]
    old_rule: str | None
    new_rule: str | None
    old: Status | None
    new: Status | None


def compare(old: Report, new: Report) -> tuple[Change, ...]:
    """List the findings that differ, project by project, most severe first.

    A clause that ended is compared with its successor where the new review cites it. Findings
    that are compliant on one side and absent on the other change nothing and are left out.
    """
    successors = _successors({r.id: r for r in old.rules}, {r.id: r for r in new.rules})
    before = {r.project.id: r.findings for r in old.results}
    after = {r.project.id: r.findings for r in new.results}
    out: list[Change] = []
    for project in dict.fromkeys((*before, *after)):
        found = _project(project, before.get(project, ()), after.get(project, ()), successors)
        out.extend(sorted(found, key=_severity))
    return tuple(out)


def _successors(old: Mapping[str, Rule], new: Mapping[str, Rule]) -> dict[str, str]:
    """For each old rule the one that stands in its place: itself, or its successor."""
    out: dict[str, str] = {}
    for name, rule in old.items():
        if name in new:
            out[name] = name
        elif rule.successor is not None and rule.successor in new:
            out[name] = rule.successor
    return out


def _project(
    project: str,
    before: Sequence[Finding],
    after: Sequence[Finding],
    successors: Mapping[str, str],
) -> Iterator[Change]:
    new = {f.rule: f for f in after if f.rule is not None}
    met: set[str] = set()
    for finding in before:
        if finding.rule is None:
            continue
        successor = successors.get(finding.rule)
        other = new.get(successor) if successor is not None else None
        if other is None or other.rule is None:
            if finding.status is not Status.COMPLIANT:
                yield Change(project, "dropped", finding.rule, None, finding.status, None)
            continue
        met.add(other.rule)
        if other.status is not finding.status:
            kind: Literal["changed", "replaced"] = "changed"
        elif other.rule != finding.rule and finding.status is not Status.COMPLIANT:
            kind = "replaced"
        else:
            continue
        yield Change(project, kind, finding.rule, other.rule, finding.status, other.status)
    for name, finding in new.items():
        if name not in met and finding.status is not Status.COMPLIANT:
            yield Change(project, "added", None, name, None, finding.status)


def _severity(change: Change) -> tuple[int, str]:
    ends = [s.severity for s in (change.old, change.new) if s is not None]
    return -max(ends), change.new_rule or change.old_rule or ""
