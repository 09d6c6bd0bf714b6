"""Rules for people: the list, one rule, the timeline of the law, and who a change affects."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from zoning.law import Change, force_span, timeline
from zoning.messages import Lang, message
from zoning.model import Document, Rule
from zoning.show.tables import print_facts, print_table
from zoning.show.titles import STATUS

if TYPE_CHECKING:
    from rich.console import Console

    from zoning.catalogue import Catalogue

_LIST = ("rule", "theme", "layer", "effect", "number", "text")
_CHANGES = ("project", "change", "old-rule", "old-status", "new-rule", "new-status")


def print_rules(
    catalogue: Catalogue, console: Console, lang: Lang, *, theme: str | None = None
) -> None:
    """Print one row a rule, of one theme or of all."""
    rows = []
    for rule in sorted(catalogue.rules.values(), key=lambda r: r.id):
        found = catalogue.layers[rule.layer].theme
        if theme in (None, found):
            document = catalogue.documents[rule.document]
            number = document.number or document.title.in_(lang)
            effect, text = rule.effect.value, rule.text.in_(lang)
            rows.append((rule.id, found, rule.layer, effect, number, text))
    print_table(console, [f"rules-table.{head}" for head in _LIST], rows, lang)


def print_rule(catalogue: Catalogue, name: str, console: Console, lang: Lang) -> None:
    """Print a rule with its clause, document, exceptions and dates."""
    rule = catalogue.rule(name)
    facts = _facts(rule, catalogue.documents[rule.document], lang)
    print_facts(console, ((f"rule-fact.{key}", value) for key, value in facts), lang)


def _facts(rule: Rule, document: Document, lang: Lang) -> Iterator[tuple[str, str]]:
    when = rule.when.model_dump_json(exclude_none=True, by_alias=True) if rule.when else "-"
    start, end = force_span(rule, document)
    checked = rule.verified and document.verified
    unverified = "" if checked else message("rule-fact.unverified").in_(lang)
    yield "id", rule.id
    yield "text", rule.text.in_(lang)
    yield "advice", rule.advice.in_(lang)
    yield "effect", f"{rule.effect.value} ({rule.basis}, {rule.force})"
    yield "scope", _place(rule, lang)
    yield "activity", when
    yield "document", f"{document.title.in_(lang)} {document.number or ''}"
    yield "section", rule.section.in_(lang)
    yield "locator", rule.locator or "-"
    yield "issuer", document.issuer.in_(lang)
    yield "in-force", f"{start or '?'} - {end or ''}"
    yield "successor", rule.successor or document.superseded_by or "-"
    yield "source", document.source
    yield "confidence", f"{rule.confidence} {unverified}".strip()
    yield "note", rule.note.in_(lang) if rule.note else "-"
    proof = message("rule-fact.proof").in_(lang)
    for permit in rule.permits:
        told = f"{permit.id} → {permit.status.value}: {permit.text.in_(lang)}"
        yield "exception", f"{told} {proof}: {permit.proof.in_(lang)}"


def _place(rule: Rule, lang: Lang) -> str:
    scope = rule.scope
    place = rule.layer
    if scope.op == "outside":
        place = message("rule-fact.outside", layer=rule.layer).in_(lang)
    if scope.distance_m is not None:
        place = f"{rule.layer} < {scope.distance_m:g} m"
    if scope.distance_basis == "parameter":
        place += message("rule-fact.parameter").in_(lang)
    if scope.where:
        place += " " + "; ".join(f"{k} = {list(v)}" for k, v in scope.where.items())
    if scope.area is not None:
        place += f" @ {scope.area.layer} {dict(scope.area.where)}"
    return place


def timeline_lines(
    catalogue: Catalogue, lang: Lang, *, since: date | None = None, until: date | None = None
) -> Iterator[str]:
    """Yield each day and document on which the citable law changes."""
    unverified = message("timeline.unverified").in_(lang)
    for event in timeline(catalogue.rules.values(), catalogue.documents):
        if (since and event.day < since) or (until and event.day > until):
            continue
        document = catalogue.documents[event.document]
        title = f"{document.title.in_(lang)} {document.number or ''}".strip()
        mark = "" if document.verified else unverified
        yield f"{event.day}  {message(f'timeline.{event.kind}').in_(lang)}  {title}{mark}"
        if event.rules:
            yield _wrapped("    ", event.rules)
        if event.successors:
            yield _wrapped("    → ", event.successors)


def _wrapped(lead: str, names: Sequence[str]) -> str:
    rest = " " * len(lead)
    wrapper = textwrap.TextWrapper(100, lead, rest, break_on_hyphens=False, break_long_words=False)
    return wrapper.fill(", ".join(names))


def print_changes(changes: Sequence[Change], hidden: int, console: Console, lang: Lang) -> None:
    """Print the findings that differ between two reviews, and how many are not shown."""
    rows = [
        (
            change.project,
            message(f"changes.{change.kind}").in_(lang),
            change.old_rule or "-",
            STATUS[change.old].in_(lang) if change.old else "-",
            change.new_rule or "-",
            STATUS[change.new].in_(lang) if change.new else "-",
        )
        for change in changes
    ]
    if rows:
        print_table(console, [f"changes.{head}" for head in _CHANGES], rows, lang)
    if hidden:
        console.print(message("changes.hidden", count=hidden).in_(lang))
    projects = len({change.project for change in changes})
    console.print(message("changes.total", count=len(changes), projects=projects).in_(lang))
