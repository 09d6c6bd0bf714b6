"""A Report as a JSON document: plain values, both languages, the same bytes every time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from zoning.base.errors import Problem
from zoning.messages import Text
from zoning.model import (
    Area,
    Card,
    Document,
    Finding,
    InputRecord,
    LayerRecord,
    Ledger,
    Measure,
    Missing,
    Permit,
    Presumed,
    ProjectResult,
    Report,
    Rule,
    Status,
    Views,
    indicative,
    samples,
    which,
)
from zoning.show import remedies
from zoning.show import schema as s
from zoning.show.card import card_dict
from zoning.show.facts import matters, overall, period_note
from zoning.show.json_text import json_text
from zoning.show.schema_remedies import StatusName
from zoning.show.statements import statement
from zoning.show.told import Told


def to_dict(report: Report, cards: Sequence[Card] = (), *, full: bool = False) -> s.ReportDict:
    """Return a report as JSON-ready values; its shape is `zoning.show.json_schema`.

    What is the same is said once: rules, documents, layers, reasons and questions stand in tables,
    and findings name them.

    Parameters
    ----------
    report : Report
        The finished review.
    cards : sequence of Card, optional
        Where its sites stand in the zoning systems.
    full : bool, default False
        List every finding with its figures, and every rule and document; else what conforms or was
        not checked is told by its rules only.

    Returns
    -------
    dict
        Both wordings of every text as ``{"zh", "en"}``; dates in ISO 8601; figures in m and m²
        with the unit in the key, rounded to 1 mm and 1 000 mm²; no geometry but the bounds.
    """
    views, told = Views.of(report), _Told()
    counts = Counter(r.status for r in report.results)
    by_site = {card.project: card for card in cards}
    projects = [
        _project(x, views, told, by_site.get(x.project.id), full=full) for x in report.results
    ]
    shown = {f["rule"] for p in projects for f in p["findings"]}
    rules = [x for x in report.rules if full or x.id in shown]
    cited = {x.document for x in rules}
    return {
        "schema_version": s.SCHEMA_VERSION,
        "form": "full" if full else "short",
        "tool": {"name": "zoning", "version": report.tool_version},
        "catalogue_sha256": report.catalogue_sha256,
        "as_of": report.as_of.isoformat(),
        "status": _status(overall(report)),
        "exit_code": report.exit_code,
        "counts": {status.value: counts[status] for status in Status if counts[status]},
        "inputs": [_input(x) for x in report.inputs],
        "layers": [_layer(x) for x in report.layers],
        "documents": [_document(x, report.as_of) for x in report.documents if x.id in cited],
        "rules": [_rule(x) for x in rules],
        "reasons": told.tables.get("reasons", {}),
        "questions": told.tables.get("questions", {}),
        "presumptions": told.tables.get("presumptions", {}),
        "measures": told.tables.get("measures", {}),
        "groups": told.tables.get("groups", {}),
        "projects": projects,
        "statement": [{"kind": x.kind, "text": text(x.text)} for x in statement(report)],
        "remedies": [remedies.to_dict(x) for x in report.remedies],
        "notices": [text(x) for x in (*report.notices, *report.law_notes)],
    }


def to_json(report: Report, cards: Sequence[Card] = (), *, full: bool = False) -> str:
    """Return the report as JSON text, one entry of a table a line, the same every time.

    Characters in users' names that would steer a terminal are written as ``\\uXXXX``.
    """
    return json_text(to_dict(report, cards, full=full))


class _Told(Told):
    """What findings name, in tables."""

    def reason(self, value: Text) -> str:
        return self.known("reasons", value, text)

    def question(self, value: Missing) -> str:
        return self.known("questions", value, _missing)

    def presumption(self, value: Presumed) -> str:
        return self.known("presumptions", value, _presumed)

    def measure(self, value: Measure) -> str:
        found = measure(value)
        return self("measures", tuple(found.items()), lambda: found)


def text(value: Text) -> s.TextDict:
    """Return both wordings."""
    return {"zh": value.zh, "en": value.en}


def number(value: float | None, digits: int = 3) -> float | None:
    """Round a figure; JSON has neither infinity nor NaN, so these become null."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)


def measure(value: Measure) -> s.MeasureDict:
    """Return the numbers of a measure, without its geometry."""
    return {
        "layer": value.layer,
        "zone": value.zone,
        "distance_m": number(value.distance_m),
        "depth_m": number(value.depth_m),
        "area_m2": round(value.area_m2, 3),
        "raw_area_m2": number(value.raw_area_m2),
        "length_m": number(value.length_m),
        "raw_length_m": number(value.raw_length_m),
        "share": number(value.share, 6),
        "accuracy_m": number(value.accuracy_m),
        "touches": value.touches.value,
    }


def _status(value: Status | None) -> StatusName | None:
    return value.value if value is not None else None


def _maybe(value: Text | None) -> s.TextDict | None:
    return text(value) if value is not None else None


def _date(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None


def _problem(value: Problem | None) -> s.ProblemDict | None:
    if value is None:
        return None
    return {
        "code": value.code,
        "fault": text(value.fault),
        "cure": text(value.cure),
        "file": value.file,
        "layer": value.layer,
        "feature": value.feature,
        "field": value.field,
    }


def _input(value: InputRecord) -> s.InputDict:
    return {
        "name": value.name,
        "sha256": value.sha256,
        "driver": value.driver,
        "layer": value.layer,
        "features": value.features,
        "crs": value.crs,
        "crs_evidence": text(value.crs_evidence),
        "encoding": value.encoding,
        "encoding_evidence": _maybe(value.encoding_evidence),
        "datum": value.datum,
        "notices": [text(x) for x in value.notices],
        "unread": [text(x) for x in value.unread],
        "ledger": _ledger(value.ledger),
        "area_m2": round(value.area_m2, 3),
        "accepted": value.accepted,
    }


def _ledger(value: Ledger) -> list[s.TallyDict]:
    return [
        {
            "kind": tally.kind,
            "seen": tally.seen,
            "read": tally.read,
            "failed": tally.failed,
            "set_aside": [
                {"count": part.count, "reason": text(part.reason), "may_hold": part.may_hold}
                for part in tally.set_aside
            ],
        }
        for tally in value.tallies
    ]


def _layer(value: LayerRecord) -> s.LayerDict:
    return {
        "id": value.id,
        "name": text(value.name),
        "state": value.state,
        "evidence": value.evidence.value if value.evidence else None,
        "indicative": indicative(value),
        "official": value.official,
        "accuracy_m": number(value.accuracy_m),
        "file": value.file,
        "sha256": value.sha256,
        "problem": _problem(value.problem),
        "notices": [text(x) for x in value.notices],
        "unread": [text(x) for x in value.unread],
        "ledger": _ledger(value.ledger),
        "accepted": value.accepted,
        "authority": value.authority,
        "date": value.dated.isoformat() if value.dated else None,
    }


def _document(value: Document, as_of: date) -> s.DocumentDict:
    return {
        "id": value.id,
        "title": text(value.title),
        "number": value.number,
        "issuer": text(value.issuer),
        "level": value.level,
        "published": _date(value.published),
        "in_force_from": _date(value.in_force_from),
        "in_force_until": _date(value.in_force_until),
        "period": [x.isoformat() for x in value.period] if value.period else None,
        "superseded_by": value.superseded_by,
        "source": value.source,
        "confidence": value.confidence,
        "verified": value.verified,
        "note": _maybe(value.note),
        "as_of_note": _maybe(period_note(value, as_of)),
    }


def _rule(value: Rule) -> s.RuleDict:
    return {
        "id": value.id,
        "layer": value.layer,
        "document": value.document,
        "section": text(value.section),
        "locator": value.locator,
        "text": text(value.text),
        "advice": text(value.advice),
        "effect": value.effect.value,
        "basis": value.basis,
        "force": value.force,
        "operation": value.scope.op,
        "distance_m": number(value.scope.distance_m),
        "distance_basis": value.scope.distance_basis,
        "zones_where": _where(value.scope.where),
        "territory": _territory(value.scope.area),
        "permits": [_permit(x) for x in value.permits],
        "special": value.special,
        "successor": value.successor,
        "candidates": list(value.candidates),
        "in_force_from": _date(value.in_force_from),
        "in_force_until": _date(value.in_force_until),
        "confidence": value.confidence,
        "verified": value.verified,
        "note": _maybe(value.note),
    }


def _where(table: Mapping[str, tuple[str | bool, ...]]) -> dict[str, list[str | bool]]:
    return {name: list(values) for name, values in sorted(table.items())}


def _territory(area: Area | None) -> s.TerritoryDict | None:
    return {"layer": area.layer, "where": _where(area.where)} if area is not None else None


def _permit(value: Permit) -> s.PermitDict:
    return {
        "id": value.id,
        "text": text(value.text),
        "proof": text(value.proof),
        "status": value.status.value,  # type: ignore[typeddict-item]
        "document": value.document,
        "section": _maybe(value.section),
    }


def _missing(value: Missing) -> s.MissingDict:
    return {
        "attribute": value.attribute,
        "title": text(value.title),
        "question": text(value.question),
        "if_yes": value.if_yes.value,
        "if_no": value.if_no.value,
        "outcomes": [{"value": text(o.value), "status": o.status.value} for o in value.outcomes],
    }


def _finding(value: Finding, views: Views, told: _Told) -> s.FindingDict:
    view = views(value)
    return {
        "status": value.status.value,
        "code": value.code,
        "rule": value.rule,
        "layer": view.layer_id,
        "reason": told.reason(value.reason),
        "hint": value.hint,
        "best": value.best.value,
        "worst": value.worst.value,
        "needs": value.needs,
        "near_boundary": value.near_boundary,
        "indicative": view.indicative,
        "total": told.measure(value.total) if value.total else None,
        "zones": [told.measure(x) for x in value.zones],
        "missing": [told.question(x) for x in value.missing],
        "presumed": [told.presumption(x) for x in value.presumed],
        "permit": value.permit,
        "problem": _problem(value.problem),
    }


def _others(findings: Iterable[Finding], views: Views, told: _Told) -> list[str]:
    """Return findings by status, reason and, where something was not checked, layer."""
    found: dict[tuple[Status, str, str | None], list[str]] = {}
    for finding in findings:
        layer = views(finding).layer_id if finding.status is Status.NOT_CHECKED else None
        key = finding.status, told.reason(finding.reason), layer
        found.setdefault(key, []).append(finding.rule or finding.code)
    return [
        told("groups", (key, *rules), partial(_group, *key, rules)) for key, rules in found.items()
    ]


def _other(finding: Finding) -> bool:
    return not matters(finding)


def _group(status: Status, reason: str, layer: str | None, rules: list[str]) -> s.GroupDict:
    return {"status": status.value, "reason": reason, "layer": layer, "rules": rules}


def _presumed(value: Presumed) -> s.PresumedDict:
    return {
        "attribute": value.attribute,
        "title": text(value.title),
        "value": value.value,
        "told": text(value.told),
        "reason": text(value.reason),
        "profile": text(value.profile),
        "rules": list(value.rules),
    }


def _project(
    value: ProjectResult, views: Views, told: _Told, card: Card | None, *, full: bool
) -> s.ProjectDict:
    project = value.project
    shape = project.geometry
    bounds = None
    if shape is not None and not shape.is_empty:
        bounds = [round(float(x), 7) for x in shape.bounds]
    found: s.ProjectDict = {
        "id": project.id,
        "name": project.name,
        "status": value.status.value,
        "counties": list(value.counties),
        "geometry_type": shape.geom_type if shape is not None else None,
        "bounds": bounds,
        "attributes": {k: project.attributes[k] for k in sorted(project.attributes)},
        "deduced": sorted(project.deduced),
        "notices": [text(x) for x in project.notices],
        "findings": [
            _finding(x, views, told)
            for x in (value.findings if full else which(value.findings, matters))
        ],
        "others": [] if full else _others(samples(value.findings, _other), views, told),
    }
    if card is not None:
        found["card"] = card_dict(card)
    return found
