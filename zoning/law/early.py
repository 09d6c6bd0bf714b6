"""Days before the catalogue's law begins: what was in force then is not all known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from zoning.law.rulebook import RuleBook
from zoning.messages import message
from zoning.model import AttributeSpec, Finding, Project, Rule, Status, Topic


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
        self._books = [(topic, book) for topic, book in books if book.rules]

    def findings(self, project: Project) -> list[Finding]:
        """Return one finding for each topic of which some rule is or may be about the project.

        An activity that no rule held is about would hardly have been the business of the editions
        before; any other is not checked.
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
            )
            for topic, book in self._books
            if book.concerns(project)
        ]
