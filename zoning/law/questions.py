"""Which missing attributes can still change what a site comes to, and when none can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from zoning.law.activity import unit_of
from zoning.messages import Text, message
from zoning.model import (
    AttributeSpec,
    Finding,
    Missing,
    Project,
    ProjectResult,
    Status,
    any_of,
    counts,
    which,
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
    asked: dict[str, Question] = {}
    for result in results:
        for finding, missing in _every(result) if everything else asking(result):
            for name in _names(missing.attribute, result.project, specs):
                question = asked.setdefault(name, Question(specs[name]))
                _count(question, finding, missing)
                if name != missing.attribute:
                    question.stands_for.add(missing.attribute)
    return tuple(sorted(asked.values(), key=lambda q: (-round(q.weight, 9), q.spec.name)))


def standing(result: ProjectResult) -> Standing:
    """Say how far a site is decided, and what it waits for."""
    asked = {missing.attribute for _, missing in asking(result)}
    bar = _certain(result)
    layers = dict.fromkeys(
        str(f.layer) for f in result.to_obtain if f.layer and f.worst.severity > bar.severity
    )
    declared = sum(n * many for n, many in counts(result.findings, _presumed).items())
    return Standing(result, bar, len(asked), tuple(layers), declared)


def asking(result: ProjectResult) -> Iterator[tuple[Finding, Missing]]:
    """Yield what an answer can still change the status of a site by.

    A site that a certain finding holds as severely as any open one could is decided. What waits
    for an official line as well is worth an answer only where answers alone can settle the site:
    not while some other line is needed whatever is answered.
    """
    bar = max(_certain(result), Status.CONDITIONAL, key=lambda s: s.severity)
    stuck = any_of(result.findings, _stuck(bar))
    for finding in which(result.findings, _asks(bar, stuck)):
        for missing in finding.missing:
            if _matters(missing, bar):
                yield finding, missing


def _live(finding: Finding, bar: Status) -> bool:
    return finding.is_open and finding.worst.severity > bar.severity


# One function for each bar, not for each site: what it says of a kind of finding is kept.
@cache
def _stuck(bar: Status) -> Callable[[Finding], bool]:
    return lambda f: _live(f, bar) and not f.missing and f.needs != "signature"


@cache
def _asks(bar: Status, stuck: bool) -> Callable[[Finding], bool]:
    def asks(finding: Finding) -> bool:
        if not _live(finding, bar) or (stuck and finding.needs not in _PLACED):
            return False
        return any(_matters(missing, bar) for missing in finding.missing)

    return asks


def _matters(missing: Missing, bar: Status) -> bool:
    """Whether an answer can bring a site above what it comes to at the least."""
    ends = {outcome.status for outcome in missing.outcomes}
    return len(ends) > 1 and max(end.severity for end in ends) > bar.severity


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


def _certain(result: ProjectResult) -> Status:
    """What a site comes to at the least, whatever turns out."""
    return max(
        counts(result.findings, _best), key=lambda status: status.severity, default=Status.COMPLIANT
    )


def _best(finding: Finding) -> Status:
    return finding.best


def _presumed(finding: Finding) -> int:
    return len(finding.presumed)


def _every(result: ProjectResult) -> Iterator[tuple[Finding, Missing]]:
    return ((finding, missing) for finding in result.findings for missing in finding.missing)


def _names(name: str, project: Project, specs: Mapping[str, AttributeSpec]) -> tuple[str, ...]:
    derive = specs[name].derive
    if derive is not None and derive.attribute not in project.attributes:
        return name, derive.attribute
    return (name,)


def _count(question: Question, finding: Finding, missing: Missing) -> None:
    ends: Sequence[int] = [o.status.severity for o in missing.outcomes] or [0]
    spread = (max(ends) - min(ends)) / len(finding.missing)
    placed = finding.status is not Status.NOT_CHECKED
    question.weight += spread * (1.0 if placed else _UNPLACED)
    question.projects.add(finding.project)
    (question.decides if placed else question.waiting).add(str(finding.rule))
    worst = max((o.status for o in missing.outcomes), key=lambda s: s.severity, default=None)
    if worst is not None and worst.severity > question.worst.severity:
        question.worst = worst
