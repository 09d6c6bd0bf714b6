"""A finding with what it rests on: the one view that every output is made from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zoning.messages import Lang
from zoning.model.declared import Document, Rule
from zoning.model.enums import Evidence
from zoning.model.results import Finding, LayerRecord, Report


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding, its rule, the rule's document, and the record of the layer it was measured on.

    Rule and document are None for a site that could not be read, the layer for a finding of none.
    """

    finding: Finding
    rule: Rule | None = None
    document: Document | None = None
    layer: LayerRecord | None = None

    @property
    def layer_id(self) -> str | None:
        """Id of the layer, also where the review holds no record of it."""
        return self.finding.layer or (self.rule.layer if self.rule else None)

    @property
    def overlap(self) -> Any:
        """The overlap in EPSG:4490; None where there is none."""
        shape = self.finding.total.geometry if self.finding.total is not None else None
        return None if shape is None or shape.is_empty else shape

    @property
    def begins(self) -> date | None:
        """First day of force, of the rule or else of its document."""
        own = self.rule.in_force_from if self.rule else None
        return own or (self.document.in_force_from if self.document else None)

    @property
    def ends(self) -> date | None:
        """Last day of force, of the rule or else of its document."""
        own = self.rule.in_force_until if self.rule else None
        return own or (self.document.in_force_until if self.document else None)

    @property
    def evidence(self) -> Evidence | None:
        """Evidence of the layer."""
        return self.layer.evidence if self.layer else None

    @property
    def accuracy_m(self) -> float | None:
        """Positional accuracy of what was measured, or else of the layer, in m."""
        total = self.finding.total
        if total is not None and math.isfinite(total.accuracy_m):
            return total.accuracy_m
        return self.layer.accuracy_m if self.layer else None

    @property
    def indicative(self) -> bool:
        """Whether the layer is anything less than official data."""
        return indicative(self.layer)

    def clause(self, lang: Lang) -> str | None:
        """Return what the clause demands."""
        return self.rule.text.in_(lang) if self.rule else None

    def advice(self, lang: Lang) -> str | None:
        """Return what to do about it."""
        return self.rule.advice.in_(lang) if self.rule else None

    def section(self, lang: Lang) -> str | None:
        """Return the clause's place in its document."""
        return self.rule.section.in_(lang) if self.rule else None

    def citation(self, lang: Lang) -> str:
        """Return ``<number> <section>``, e.g. ``晋政发〔2020〕1号 第三条``, or nothing."""
        if self.rule is None:
            return ""
        document = self.document
        head = (document.number or document.title.in_(lang)) if document else self.rule.document
        return f"{head} {self.section(lang)}".strip()


@dataclass(frozen=True, slots=True)
class Views:
    """Makes the view of each finding of one report."""

    rules: Mapping[str, Rule]
    documents: Mapping[str, Document]
    layers: Mapping[str, LayerRecord]
    as_of: date

    @classmethod
    def of(cls, report: Report) -> Views:
        """Index a report."""
        return cls(
            rules={r.id: r for r in report.rules},
            documents={d.id: d for d in report.documents},
            layers={layer.id: layer for layer in report.layers},
            as_of=report.as_of,
        )

    def __call__(self, finding: Finding) -> FindingView:
        """Return a finding with what it rests on."""
        rule = self.rules.get(finding.rule) if finding.rule else None
        document = self.documents.get(rule.document) if rule else None
        layer = self.layer_of(finding.layer, finding.rule)
        return FindingView(finding, rule, document, self.layers.get(layer) if layer else None)

    def layer_of(self, layer: str | None, rule: str | None) -> str | None:
        """Return the id of a finding's layer: its own, or else its rule's."""
        known = self.rules.get(rule) if rule else None
        return layer or (known.layer if known else None)


def indicative(layer: LayerRecord | None) -> bool:
    """Say whether a layer's geometry is anything less than official data."""
    return layer is not None and layer.evidence not in (None, Evidence.OFFICIAL)
