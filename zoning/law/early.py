"""Days before the catalogue's law begins: what was in force then is not all known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from zoning.law.decide import Evidenced
from zoning.law.rulebook import RuleBook
from zoning.messages import message
from zoning.model import (
    AttributeSpec,
    Evidence,
    Finding,
    Project,
    Query,
    Rule,
    Status,
    Topic,
    Tri,
)


class EarlyLaw:
    """The topics whose law is not held in full on a day, and the projects they concern.

    Parameters
    ----------
    topics : iterable of Topic
    rules : iterable of Rule
        All rules that a review is about, in force or not.
    specs : mapping
        Declared attributes.
    as_of : date
    """

    def __init__(
        self,
        topics: Iterable[Topic],
        rules: Iterable[Rule],
        specs: Mapping[str, AttributeSpec],
        as_of: date,
    ) -> None:
        known = tuple(rules)
        early = [topic for topic in topics if as_of < topic.complete_from]
        books = [(t, RuleBook([r for r in known if r.layer in t.layers], specs)) for t in early]
        self._books = [(topic, book, _reach(book)) for topic, book in books if book.rules]
        # Of a clause about what lies outside, a site away from all zones is what it is about.
        self._outward = {t.id for t, b in books if any(r.scope.op == "outside" for r in b.rules)}

    @property
    def queries(self) -> tuple[Query, ...]:
        """What is to be measured to know which topics can concern a site."""
        return tuple(query for *_, queries in self._books for query in queries)

    def findings(self, project: Project, known: Mapping[Query, Evidenced]) -> list[Finding]:
        """Return one finding for each topic of which some rule is or may be about the project.

        An activity that no rule held is about would hardly have been the business of the editions
        before, nor a site away from all zones of the topic; any other is not checked.
        """
        return [
            Finding(
                project=project.id,
                status=Status.NOT_CHECKED,
                reason=message(
                    "early-law.not-held",
                    title=topic.title,
                    day=topic.complete_from.isoformat(),
                    note=topic.note,
                ),
                code="law-not-held",
                needs="not_held",
            )
            for topic, book, queries in self._books
            if book.concerns(project)
            and (topic.id in self._outward or not all(_away(known[q]) for q in queries))
        ]


def _reach(book: RuleBook) -> tuple[Query, ...]:
    """Return one query a layer, as wide as the widest distance of its rules."""
    widest: dict[str, float] = {}
    for rule in book.rules:
        far = rule.scope.distance_m or 0.0
        widest[rule.layer] = max(far, widest.get(rule.layer, 0.0))
    return tuple(Query(layer, distance) for layer, distance in widest.items())


def _away(known: Evidenced) -> bool:
    """Whether a site certainly meets no zone of a layer."""
    if known.state != "used" or known.total is None or known.outside or known.unclear is not None:
        return False
    return known.evidence is not Evidence.SCHEMATIC and known.total.touches is Tri.NO
