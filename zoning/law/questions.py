"""Which missing attributes can still change what a site comes to, and when none can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from zoning.law.activity import unit_of
from zoning.messages import Text, message
from zoning.model import (
    AttributeSpec,
    Finding,
    Missing,
    ProjectResult,
    Status,
    counts,
    highest,
    kinds,
)

#: An answer about a layer without data matters less: the layer must come first.
_UNPLACED = 0.1
#: What is settled by an answer, the place being certain.
_PLACED = ("answer", "")


@dataclass(slots=True)
class Question:
    """A missing attribute of one or more projects.

    ``weight`` sums, over the findings it is missing for, how far apart the outcomes lie.
    ``decides`` are the rules that it settles, ``waiting`` those that wait for data besides.
    ``stands_for`` names the attributes that could be inferred from this one.
    """

    spec: AttributeSpec
    weight: float = 0.0
    projects: set[str] = field(default_factory=set)
    decides: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    worst: Status = Status.COMPLIANT
    stands_for: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a site is decided.

    ``certain`` is what it comes to at the least. ``questions`` counts the attributes that can still
    change its status, ``layers`` names those that it waits for, ``declared`` counts the presumed
    answers that wait for a signature.
    """

    result: ProjectResult
    certain: Status
    questions: int
    layers: tuple[str, ...]
    declared: int

    @property
    def closed(self) -> bool:
        """Whether no answer can change it."""
        return self.questions == 0


def questions(
    results: Iterable[ProjectResult],
    specs: Mapping[str, AttributeSpec],
    *,
    everything: bool = False,
) -> tuple[Question, ...]:
    """List the missing attributes that can still change the status of a site, most decisive first.

    An attribute that could be inferred from another one that is missing too is counted towards
    that one as well: stating the industry code answers many questions at once.

    Parameters
    ----------
    results : iterable of ProjectResult
    specs : mapping
        Declared attributes.
    everything : bool
        Every missing attribute, also where it decides on a duty only, or spares a layer.
    """
    found = list(results)
    asked: dict[str, tuple[Question, NDArray[np.bool_]]] = {}
    stated: dict[str, NDArray[np.bool_]] = {}
    for finding, missing, at in _every(found) if everything else asking(found):
        name, derive = missing.attribute, specs[missing.attribute].derive
        sought = [(name, at)]
        if derive is not None:
            if derive.attribute not in stated:
                known = (derive.attribute in result.project.attributes for result in found)
                stated[derive.attribute] = np.fromiter(known, dtype=bool, count=len(found))
            sought.append((derive.attribute, at[~stated[derive.attribute][at]]))
        for other, where in sought:
            if len(where):
                new = Question(specs[other]), np.zeros(len(found), dtype=bool)
                question, sites = asked.setdefault(other, new)
                sites[where] = True
                _count(question, finding, missing, len(where))
                if other != name:
                    question.stands_for.add(name)
    for question, sites in asked.values():
        question.projects.update(found[at].project.id for at in np.flatnonzero(sites).tolist())
    every = (question for question, _ in asked.values())
    return tuple(sorted(every, key=lambda q: (-round(q.weight, 9), q.spec.name)))


def standing(result: ProjectResult) -> Standing:
    """Say how far a site is decided, and what it waits for."""
    asked = {missing.attribute for _, missing, _ in asking([result])}
    bar = tuple(reversed(Status))[_certain([result])[0]]
    layers = dict.fromkeys(
        str(f.layer) for f in result.to_obtain if f.layer and f.worst.severity > bar.severity
    )
    declared = sum(n * many for n, many in counts(result.findings, _presumed).items())
    return Standing(result, bar, len(asked), tuple(layers), declared)


def asking(
    results: Sequence[ProjectResult],
) -> Iterator[tuple[Finding, Missing, NDArray[np.intp]]]:
    """Yield what an answer can still change the status of sites by, and their positions.

    A site that a certain finding holds as severely as any open one could is decided. What waits
    for an official line as well is worth an answer only where answers alone can settle the site:
    not while some other line is needed whatever is answered.
    """
    found = [result.findings for result in results]
    bars = np.maximum(_certain(results), Status.CONDITIONAL.severity)
    for bar in np.unique(bars).tolist():
        of_bar = np.flatnonzero(bars == bar)
        stuck = highest([found[at] for at in of_bar.tolist()], _stuck(bar)) > 0
        for waits in (False, True):
            own = of_bar[stuck == waits]
            for finding, at in kinds([found[at] for at in own.tolist()], _asks(bar, waits)):
                for missing in finding.missing:
                    if _matters(missing, bar):
                        yield finding, missing, own[at]


def _live(finding: Finding, bar: int) -> bool:
    return finding.is_open and finding.worst.severity > bar


# One function for each bar, not for each site: what it says of a kind of finding is kept.
@cache
def _stuck(bar: int) -> Callable[[Finding], bool]:
    return lambda f: _live(f, bar) and not f.missing and f.needs != "signature"


@cache
def _asks(bar: int, stuck: bool) -> Callable[[Finding], bool]:
    def asks(finding: Finding) -> bool:
        if not _live(finding, bar) or (stuck and finding.needs not in _PLACED):
            return False
        return any(_matters(missing, bar) for missing in finding.missing)

    return asks


def _matters(missing: Missing, bar: int) -> bool:
    """Whether an answer can bring a site above what it comes to at the least."""
    ends = {outcome.status for outcome in missing.outcomes}
    return len(ends) > 1 and max(end.severity for end in ends) > bar


def allowed(spec: AttributeSpec) -> Text:
    """Say what an attribute can be."""
    if spec.type == "bool":
        return message("questions.yes-no")
    if spec.type == "enum":
        return message("questions.one-of", values=[v.title for v in spec.values])
    if spec.type == "number":
        plain = message("questions.number-plain")
        return message("questions.number", unit=unit_of(spec)) if spec.unit else plain
    return message(f"questions.{spec.type}")


def _certain(results: Sequence[ProjectResult]) -> NDArray[np.intp]:
    """How severe a status each site comes to at the least, whatever turns out."""
    best = highest([result.findings for result in results], _best)
    return np.maximum(best, Status.COMPLIANT.severity)


def _best(finding: Finding) -> int:
    return finding.best.severity


def _presumed(finding: Finding) -> int:
    return len(finding.presumed)


def _every(
    results: Sequence[ProjectResult],
) -> Iterator[tuple[Finding, Missing, NDArray[np.intp]]]:
    for finding, at in kinds([result.findings for result in results], _lacks):
        yield from ((finding, missing, at) for missing in finding.missing)


def _lacks(finding: Finding) -> bool:
    return bool(finding.missing)


def _count(question: Question, finding: Finding, missing: Missing, many: int) -> None:
    ends: Sequence[int] = [o.status.severity for o in missing.outcomes] or [0]
    spread = (max(ends) - min(ends)) / len(finding.missing)
    placed = finding.status is not Status.NOT_CHECKED
    question.weight += many * spread * (1.0 if placed else _UNPLACED)
    (question.decides if placed else question.waiting).add(str(finding.rule))
    worst = max((o.status for o in missing.outcomes), key=lambda s: s.severity, default=None)
    if worst is not None and worst.severity > question.worst.severity:
        question.worst = worst
