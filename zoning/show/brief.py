"""Findings in a line: duties, open questions, and what was not checked, as plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from zoning.messages import Lang, Text, message, table
from zoning.model import (
    Finding,
    Missing,
    Permit,
    Status,
    Views,
)
from zoning.show import titles


def exception(views: Views, finding: Finding) -> Text | None:
    """Say which exception of the law was used, and the proof it takes; None if none was."""
    rule = views(finding).rule
    permits: tuple[Permit, ...] = rule.permits if rule is not None else ()
    used = next((p for p in permits if p.id == finding.permit), None)
    if used is None:
        return None
    return message("brief.brought", text=used.text, proof=used.proof)


def duty(views: Views, finding: Finding, lang: Lang) -> str:
    """Return a duty in one sentence: the exception that was used, else the clause."""
    used, rule = exception(views, finding), views(finding).rule
    if used is not None:
        return used.in_(lang)
    return (rule.text if rule is not None else finding.reason).in_(lang)


def question(missing: Missing, lang: Lang) -> str:
    """Return what has to be known and what follows, e.g. ``… yes → Violation; no → Compliant``."""
    ends: dict[Status, list[str]] = {}
    for found in missing.outcomes:
        ends.setdefault(found.status, []).append(found.value.in_(lang))
    comma, stop = table(lang)["separator.list"], "; "
    if not ends:
        yes, no = (message(f"explain.{key}").in_(lang) for key in ("answer-yes", "answer-no"))
        ends = {missing.if_yes: [yes]}
        ends.setdefault(missing.if_no, []).append(no)
    told = stop.join(
        f"{comma.join(values)} → {titles.STATUS[status].in_(lang)}"
        for status, values in sorted(ends.items(), key=lambda pair: -pair[0].severity)
    )
    title = f"{missing.title.in_(lang)} ({missing.attribute})"
    return f"{title}: {missing.question.in_(lang)} {told}"


def presumed(finding: Finding, lang: Lang) -> list[str]:
    """Return one line an answer that is presumed, with the reason and the rules it holds off."""
    return [
        message(
            "brief.presumed",
            title=answer.title,
            told=answer.told,
            reason=answer.reason,
            rules=answer.rules,
        ).in_(lang)
        for answer in finding.presumed
    ]


def unchecked(views: Views, findings: Iterable[Finding], lang: Lang) -> list[str]:
    """Return one line a reason, with the layers behind it and the number of their rules."""
    groups: dict[Text, Counter[str]] = {}
    for finding in findings:
        layer = views(finding).layer
        name = layer.name.in_(lang) if layer else finding.rule or finding.code
        groups.setdefault(finding.reason, Counter())[name] += 1
    out = []
    for reason, layers in groups.items():
        named = [message("brief.layer-rules", name=name, count=n) for name, n in layers.items()]
        told = message("brief.unchecked", count=layers.total(), reason=reason, layers=named)
        out.append(told.in_(lang))
    return out
