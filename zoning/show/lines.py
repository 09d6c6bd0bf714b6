"""The parts of a finding as lines of text, the same for terminal, map and document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from zoning.messages import Lang, message, table
from zoning.model import Document, FindingView, LayerRecord, Status
from zoning.show import brief, titles
from zoning.show.facts import period_note

#: No more zones than this are named in a line; the files and the JSON hold all of them.
_MAX_ZONES = 4


def joined(parts: Iterable[str], lang: Lang, mark: str = "comma") -> str:
    """Join parts as the language does, with its ``comma``, ``semicolon`` or ``list`` mark."""
    return table(lang)[f"separator.{mark}"].join(parts)


def standing(layer: LayerRecord, accuracy_m: float | None, lang: Lang) -> str:
    """Name a layer with its evidence and positional accuracy."""
    parts = [layer.name.in_(lang)]
    if layer.evidence is not None:
        parts.append(titles.EVIDENCE[layer.evidence].in_(lang))
    if accuracy_m:
        parts.append(titles.accuracy(accuracy_m, lang))
    return joined(parts, lang)


def in_force(document: Document, lang: Lang) -> list[str]:
    """Say since when a document is in force, and until when."""
    begin, end = document.in_force_from, document.in_force_until
    parts = [message("document.begins", day=begin).in_(lang)] if begin else []
    return [*parts, message("document.ends", day=end).in_(lang)] if end else parts


def heading(document: Document, lang: Lang) -> str:
    """Return a document's title as the language marks titles."""
    title = document.title.in_(lang)
    return message("document.title", title=title.strip("《》") if lang == "zh" else title).in_(lang)


def document_line(document: Document, as_of: date, lang: Lang) -> str:
    """Describe a document in a sentence: number, title, issuer, force, and what to mind."""
    head = heading(document, lang)
    parts = [f"{document.number} {head}" if document.number else head]
    parts += [document.issuer.in_(lang), *in_force(document, lang)]
    if not document.verified:
        parts.append(message("document.unverified").in_(lang))
    note = period_note(document, as_of)
    stop = table(lang)["separator.stop"]
    return joined(parts, lang) + (stop + note.in_(lang) if note else stop.strip())


def finding_lines(
    view: FindingView, exception: str | None, lang: Lang, *, details: bool
) -> Iterator[tuple[str, str]]:
    """Yield the labelled lines of one finding, in the order a planner asks."""
    finding = view.finding
    missing = [("missing", brief.question(x, lang)) for x in finding.missing]
    clause = view.clause(lang)
    if finding.code == "attribute" and clause is not None and not details:
        yield "clause", clause
        yield from missing
        return
    if finding.problem is None or finding.problem.fault != finding.reason:
        yield "reason", finding.reason.in_(lang)
    if finding.problem is not None:
        yield "problem", finding.problem.line(lang)
    if clause is not None:
        yield "clause", clause
    if exception is not None:
        yield "permit", exception
    yield from _place(view, lang)
    yield from missing
    advice = view.advice(lang)
    if advice is not None and finding.status is not Status.COMPLIANT:
        yield "advice", advice


def _place(view: FindingView, lang: Lang) -> Iterator[tuple[str, str]]:
    """Figures, zones, and the data they rest on."""
    finding = view.finding
    figures = titles.measures(finding.total, lang) if finding.total is not None else []
    if figures:
        yield "measures", joined(figures, lang, "semicolon")
    names = list(dict.fromkeys(x.zone for x in finding.zones if x.zone))
    if names:
        more = f" … (+{len(names) - _MAX_ZONES})" if len(names) > _MAX_ZONES else ""
        yield "zones", joined(names[:_MAX_ZONES], lang, "list") + more
    if view.layer is not None:
        yield "basis", basis(view, view.layer, lang)


def basis(view: FindingView, layer: LayerRecord, lang: Lang) -> str:
    """Say what data a finding rests on, how sure they are, and whether the edge is near."""
    total = view.finding.total
    accuracy = (total.accuracy_m if total else 0.0) or layer.accuracy_m
    parts = [standing(layer, accuracy, lang)]
    if view.indicative:
        parts.append(titles.INDICATIVE.in_(lang))
    if view.finding.near_boundary and accuracy:
        parts.append(titles.near_boundary(accuracy).in_(lang))
    return joined(parts, lang, "semicolon")
