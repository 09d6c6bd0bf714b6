"""What a planner does next: which answers and which official layers would settle most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zoning.law import Question, questions
from zoning.messages import Text
from zoning.model import (
    AttributeSpec,
    Finding,
    ProjectResult,
    Report,
    Status,
    Views,
    tallied,
    wants_line,
)


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


@dataclass(slots=True)
class Lacking:
    """A layer whose official data are wanted, and how many findings wait for them.

    ``drawn`` of them rest on a zone that is drawn there: the layer is known to matter.
    """

    layer: str
    name: Text
    office: Text | None
    findings: int = 0
    drawn: int = 0


def lacking(results: Sequence[ProjectResult], report: Report, guide: Guide) -> tuple[Lacking, ...]:
    """Return the layers whose official data would settle findings, the most valuable first.

    A layer on which a zone is drawn at some site comes before one of which nothing is known, then
    one that more findings wait for.
    """
    views = Views.of(report)
    waiting: dict[str, Lacking] = {}
    for tally in tallied([result.findings for result in results], _waits):
        layer, rule, drawn = tally.key
        name = str(views.layer_of(layer, rule))
        record = views.layers.get(name)
        title = record.name if record is not None else Text(name, name)
        found = waiting.setdefault(name, Lacking(name, title, guide.offices.get(name)))
        found.findings += tally.findings
        found.drawn += tally.findings if drawn else 0
    return tuple(sorted(waiting.values(), key=lambda x: (-x.drawn, -x.findings, x.layer)))


def _waits(finding: Finding) -> tuple[str | None, str | None, bool] | None:
    """Return layer and rule of a finding that waits for a line, and whether a zone is drawn."""
    if not wants_line(finding):
        return None
    return finding.layer, finding.rule, finding.status is Status.UNDETERMINED


def decisive(results: Sequence[ProjectResult], guide: Guide) -> tuple[Question, ...]:
    """Return the questions whose answer can still change what a site comes to, best first.

    Without declared attributes there are no questions to tell.
    """
    return questions(results, guide.specs) if guide.specs else ()
