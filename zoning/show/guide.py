"""What a planner does next: which answers and which official layers would settle most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zoning.law import Question, questions
from zoning.messages import Text
from zoning.model import AttributeSpec, Finding, ProjectResult, Report, Status, Views


@dataclass(frozen=True)
class Guide:
    """What a report does not hold itself and its reader wants beside it.

    Attributes
    ----------
    specs : mapping of str to AttributeSpec
        Declared attributes.
    offices : mapping of str to Text
        By layer, the office that holds its official data.
    words : str
        The sites as a command line names them; empty where no command was given.
    written : str
        The file that the findings were written to; empty where there is none.
    sites : tuple of str
        Ids of the sites to be told of; empty for all.
    """

    specs: Mapping[str, AttributeSpec] = field(default_factory=dict)
    offices: Mapping[str, Text] = field(default_factory=dict)
    words: str = ""
    written: str = ""
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lacking:
    """A layer whose official data are wanted, and what waits for them."""

    layer: str
    name: Text
    office: Text | None
    sites: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def drawn(self) -> int:
        """How many findings rest on a zone that is drawn there: the layer is known to matter."""
        return sum(finding.status is Status.UNDETERMINED for finding in self.findings)

    @property
    def worst(self) -> Status:
        """The worst that may come of it."""
        return max((f.worst for f in self.findings), key=lambda status: status.severity)


def lacking(results: Sequence[ProjectResult], report: Report, guide: Guide) -> tuple[Lacking, ...]:
    """Return the layers whose official data would settle findings, the most valuable first.

    A layer on which a zone is drawn at some site comes before one of which nothing is known, then
    one that more findings wait for.
    """
    views = Views.of(report)
    waiting: dict[str, list[Finding]] = {}
    for result in results:
        for finding in result.to_obtain:
            waiting.setdefault(str(views(finding).layer_id), []).append(finding)
    found = []
    for name, findings in waiting.items():
        record = views.layers.get(name)
        title = record.name if record is not None else Text(name, name)
        sites = tuple(dict.fromkeys(f.project for f in findings))
        found.append(Lacking(name, title, guide.offices.get(name), sites, tuple(findings)))
    return tuple(sorted(found, key=lambda x: (-x.drawn, -len(x.findings), x.layer)))


def decisive(results: Sequence[ProjectResult], guide: Guide) -> tuple[Question, ...]:
    """Return the questions whose answer can still change what a site comes to, best first.

    Without declared attributes there are no questions to tell.
    """
    return questions(results, guide.specs) if guide.specs else ()
