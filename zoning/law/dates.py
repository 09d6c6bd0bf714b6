"""Law in time: what can be cited on a day, in which order, what took its place, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from zoning.base.same import Same
from zoning.messages import Text, message
from zoning.model import Document, Permit, Rule

#: Higher law first; a plan binds less than a statute, a technical standard least.
RANK: Mapping[str, int] = {
    "law": 0,
    "regulation": 1,
    "local_regulation": 2,
    "rule": 3,
    "normative": 4,
    "plan": 5,
    "standard": 6,
}


def force_span(rule: Rule, document: Document) -> tuple[date | None, date | None]:
    """Return the first and last day on which a rule can be cited; None is open."""
    starts = [d for d in (rule.in_force_from, document.in_force_from) if d is not None]
    ends = [d for d in (rule.in_force_until, document.in_force_until) if d is not None]
    return max(starts, default=None), min(ends, default=None)


def in_force(rule: Rule, document: Document, as_of: date) -> bool:
    """Whether a rule can be cited on a day; a missing bound is open."""
    start, end = force_span(rule, document)
    return (start is None or start <= as_of) and (end is None or as_of <= end)


def precedence(rule: Rule, document: Document) -> tuple[int, int, int, str]:
    """Sort key: clauses before readings, higher law before lower, special before general."""
    return (
        int(rule.basis == "interpretation"),
        RANK[document.level],
        int(not rule.special),
        rule.id,
    )


def citable(
    rules: Iterable[Rule], documents: Mapping[str, Document], as_of: date
) -> tuple[tuple[Rule, ...], tuple[Text, ...]]:
    """Keep the rules that can be cited on a day, and say which cannot, and which plans ran out.

    Returns
    -------
    rules : tuple of Rule
        In the order of :func:`precedence`, whatever order they came in.
    notes : tuple of Text
        One sentence for each document that is not in force or whose period is over.
    """
    return _citable(Same(*rules), Same(documents), as_of)


# The same for each review of a day.
@lru_cache(maxsize=64)
def _citable(rules: Same, laws: Same, as_of: date) -> tuple[tuple[Rule, ...], tuple[Text, ...]]:
    documents: Mapping[str, Document] = laws.things[0]
    table = {rule.id: rule for rule in rules.things}
    kept: list[Rule] = []
    dropped: dict[str, list[Rule]] = defaultdict(list)
    for rule in sorted(table.values(), key=lambda r: precedence(r, documents[r.document])):
        if in_force(rule, documents[rule.document], as_of):
            kept.append(_with_exceptions(rule, documents, as_of))
        else:
            dropped[rule.document].append(rule)
    notes = [_not_cited(documents, table, dropped[d], d, as_of) for d in sorted(dropped)]
    for name in sorted({rule.document for rule in kept}):
        document = documents[name]
        if document.period is not None and as_of > document.period[1]:
            notes.append(_period_over(document))
    return tuple(kept), tuple(notes)


def _with_exceptions(rule: Rule, documents: Mapping[str, Document], as_of: date) -> Rule:
    """Drop the exceptions that another document makes, where that is not in force on the day."""
    held = tuple(p for p in rule.permits if p.document is None or _stands(documents, p, as_of))
    return rule if len(held) == len(rule.permits) else rule.model_copy(update={"permits": held})


def _stands(documents: Mapping[str, Document], permit: Permit, as_of: date) -> bool:
    document = documents[str(permit.document)]
    start, end = document.in_force_from, document.in_force_until
    return (start is None or start <= as_of) and (end is None or as_of <= end)


def _not_cited(
    documents: Mapping[str, Document],
    rules: Mapping[str, Rule],
    dropped: Sequence[Rule],
    name: str,
    as_of: date,
) -> Text:
    document = documents[name]
    ids = sorted(rule.id for rule in dropped)
    spans = [force_span(rule, document) for rule in dropped]
    begins = [start for start, _ in spans if start is not None and start > as_of]
    ends = [end for _, end in spans if end is not None and end < as_of]
    if begins:
        when = message("dates.comes-into-force-on", begins=min(begins))
    else:
        last = max(ends) if ends else as_of
        when = message("dates.ceased-force-on", last=last)
    successors = sorted({r.successor for r in dropped if r.successor and r.successor in rules})
    tail = message("dates.text")
    if successors and not begins:
        tail = message("dates.succeeded-by", successors=list(successors))
    title = document.title
    return message(
        "dates.cited-on",
        when=when,
        as_of=as_of,
        ids=list(ids),
        tail=tail,
        title=Text(title.zh.strip("《》"), title.en),
    )


def _period_over(document: Document) -> Text:
    assert document.period is not None
    end = document.period[1]
    return message("dates.period-ended-on-ask", title=document.title, end=end)


@dataclass(frozen=True, slots=True)
class Event:
    """One day on which the citable law changes."""

    day: date
    kind: Literal["begins", "ends", "period_ends"]
    document: str
    rules: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()


def timeline(rules: Iterable[Rule], documents: Mapping[str, Document]) -> tuple[Event, ...]:
    """List every change of the citable law in order of days.

    ``ends`` is the first day on which the clauses can no longer be cited.
    """
    begins: dict[tuple[date, str], list[Rule]] = defaultdict(list)
    ends: dict[tuple[date, str], list[Rule]] = defaultdict(list)
    cited: set[str] = set()
    for rule in rules:
        cited.add(rule.document)
        start, end = force_span(rule, documents[rule.document])
        if start is not None:
            begins[start, rule.document].append(rule)
        if end is not None:
            ends[end + timedelta(days=1), rule.document].append(rule)
    out = [Event(day, "begins", name, _ids(found)) for (day, name), found in begins.items()]
    for (day, name), found in ends.items():
        successors = tuple(sorted({r.successor for r in found if r.successor}))
        out.append(Event(day, "ends", name, _ids(found), successors))
    for name in cited:
        period = documents[name].period
        if period is not None:
            out.append(Event(period[1] + timedelta(days=1), "period_ends", name))
    return tuple(sorted(out, key=lambda e: (e.day, e.kind != "ends", e.document)))


def _ids(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(sorted(rule.id for rule in rules))
