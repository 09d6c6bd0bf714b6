"""Which attributes are missing, and which of them would decide most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zoning.model import (
    AttributeSpec,
    Finding,
    Missing,
    Project,
    ProjectResult,
    Status,
)

#: An answer about a layer without data matters less: the layer must come first.
_UNPLACED = 0.1


@dataclass(slots=True)
class Question:
    """A missing attribute of one or more projects.

    ``weight`` sums, over the findings it is missing for, how far apart the outcomes lie.
    ``source`` names the attribute it could be inferred from, where that is missing as well.
    """

    spec: AttributeSpec
    weight: float = 0.0
    projects: set[str] = field(default_factory=set)
    decides: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    worst: Status = Status.COMPLIANT
    stands_for: set[str] = field(default_factory=set)


def questions(
    results: Iterable[ProjectResult], specs: Mapping[str, AttributeSpec]
) -> tuple[Question, ...]:
    """List the missing attributes, most decisive first.

    An attribute that could be inferred from another one that is missing too is counted towards
    that one as well: stating the industry code answers many questions at once.
    """
    asked: dict[str, Question] = {}
    for result in results:
        for finding in result.findings:
            for missing in finding.missing:
                for name in _names(missing.attribute, result.project, specs):
                    question = asked.setdefault(name, Question(specs[name]))
                    _count(question, finding, missing)
                    if name != missing.attribute:
                        question.stands_for.add(missing.attribute)
    return tuple(sorted(asked.values(), key=lambda q: (-round(q.weight, 9), q.spec.name)))


def _names(name: str, project: Project, specs: Mapping[str, AttributeSpec]) -> tuple[str, ...]:
    derive = specs[name].derive
    if derive is not None and derive.attribute not in project.attributes:
        return name, derive.attribute
    return (name,)


def _count(question: Question, finding: Finding, missing: Missing) -> None:
    ends = [o.status.severity for o in missing.outcomes] or [0]
    spread = (max(ends) - min(ends)) / len(finding.missing)
    placed = finding.status is not Status.NOT_CHECKED
    question.weight += spread * (1.0 if placed else _UNPLACED)
    question.projects.add(finding.project)
    (question.decides if placed else question.waiting).add(str(finding.rule))
    worst = max((o.status for o in missing.outcomes), key=lambda s: s.severity, default=None)
    if worst is not None and worst.severity > question.worst.severity:
        question.worst = worst
