"""Look up what a finding rests on: its rule, document and layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from zoning.messages import Lang, Text, message
from zoning.model import (
    Document,
    Evidence,
    Finding,
    LayerRecord,
    ProjectResult,
    Report,
    Rule,
    Status,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Rules, documents and layer records of one report by id."""

    rules: Mapping[str, Rule]
    documents: Mapping[str, Document]
    layers: Mapping[str, LayerRecord]
    as_of: date

    @classmethod
    def of(cls, report: Report) -> Facts:
        """Index a report."""
        return cls(
            rules={r.id: r for r in report.rules},
            documents={d.id: d for d in report.documents},
            layers={layer.id: layer for layer in report.layers},
            as_of=report.as_of,
        )

    def rule(self, finding: Finding) -> Rule | None:
        """Return the rule a finding was decided by, if any."""
        return self.rules.get(finding.rule) if finding.rule else None

    def document(self, finding: Finding) -> Document | None:
        """Return the document of the finding's rule, if any."""
        rule = self.rule(finding)
        return self.documents.get(rule.document) if rule else None

    def layer(self, finding: Finding) -> LayerRecord | None:
        """Return the record of the layer a finding was measured on, if any."""
        rule = self.rule(finding)
        identifier = finding.layer or (rule.layer if rule else None)
        return self.layers.get(identifier) if identifier else None

    def citation(self, finding: Finding, lang: Lang) -> str:
        """Return ``<number> <section>``, e.g. ``晋政发〔2020〕1号 第三条``, or nothing."""
        rule, document = self.rule(finding), self.document(finding)
        if rule is None:
            return ""
        head = (document.number or document.title.in_(lang)) if document else rule.document
        return f"{head} {rule.section.in_(lang)}".strip()


def worst(findings: tuple[Finding, ...]) -> Finding | None:
    """Return the most severe finding, the first among equals."""
    return max(findings, key=lambda f: f.status.severity, default=None)


def by_severity(findings: tuple[Finding, ...]) -> list[Finding]:
    """Sort findings, most severe first; clauses before hints; otherwise in their own order."""
    return sorted(findings, key=lambda f: (-f.status.severity, f.hint))


def overall(report: Report) -> Status | None:
    """Return the most severe status of all projects, or None without any project."""
    return report.status if report.results else None


def indicative(layer: LayerRecord | None) -> bool:
    """Say whether a layer's geometry is anything less than official data."""
    return layer is not None and layer.evidence not in (None, Evidence.OFFICIAL)


def period_note(document: Document, as_of: date) -> Text | None:
    """Say that a plan's period has ended, or that the document has a successor."""
    if document.period is not None and document.period[1] < as_of:
        end = document.period[1].isoformat()
        return message("facts.plan-s-period-ended", end=end)
    if document.in_force_until is not None and document.in_force_until < as_of:
        end = document.in_force_until.isoformat()
        return message("facts.document-ceased-force-on", end=end)
    return None


def name_of(result: ProjectResult) -> str:
    """Return the project's name, or its id where it has none."""
    return result.project.name or result.project.id
