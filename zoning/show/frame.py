"""Findings as a table with geometries: one row a finding."""

from __future__ import annotations

from typing import Any

import geopandas
import pandas as pd

from zoning.base.settings import CRS
from zoning.messages import Lang
from zoning.model import Finding, ProjectResult, Report
from zoning.show import titles
from zoning.show.document import number
from zoning.show.facts import Facts, indicative

#: Unit of every column that holds a quantity.
UNITS = {
    "distance_m": "m",
    "depth_m": "m",
    "area_m2": "m²",
    "raw_area_m2": "m²",
    "length_m": "m",
    "raw_length_m": "m",
    "share": "1",
    "accuracy_m": "m",
}
_FIGURES = ("distance_m", "depth_m", "area_m2", "raw_area_m2", "length_m", "raw_length_m")
_TEXT_COLUMNS = (
    "project_id", "project_name", "project_status", "counties", "status", "status_title", "code",
    "rule", "layer", "layer_name", "zones", "document", "document_number", "document_title",
    "article", "issuer", "in_force_from", "in_force_until", "effect", "clause", "reason", "advice",
    "evidence", "missing", "problem", "geometry_of",
)  # fmt: skip
_BOOL_COLUMNS = ("hint", "near_boundary", "indicative")
#: All columns in order, without the geometry.
COLUMNS = (*_TEXT_COLUMNS, *_BOOL_COLUMNS, *UNITS)


def rows(report: Report, lang: Lang) -> list[dict[str, Any]]:
    """Return one dict a finding with the keys `COLUMNS` and ``geometry``."""
    facts = Facts.of(report)
    return [
        _row(result, finding, facts, lang)
        for result in report.results
        for finding in result.findings
    ]


def to_frame(report: Report, lang: Lang) -> geopandas.GeoDataFrame:
    """Return the findings as a frame, one row each.

    Parameters
    ----------
    report : Report
        The finished review.
    lang : {"zh", "en"}
        Language of the texts; column names are the same in both.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4490. The geometry is the overlap where there is one, else the site;
        ``geometry_of`` says which. ``.attrs["units"]`` names the unit of each figure and
        ``.attrs["provenance"]`` what is needed to make the frame again.
    """
    table = rows(report, lang)
    types = dict.fromkeys(COLUMNS, object) | dict.fromkeys(_BOOL_COLUMNS, bool)
    types |= dict.fromkeys(UNITS, float)
    columns = {
        name: pd.Series([row[name] for row in table], dtype=kind) for name, kind in types.items()
    }
    frame = geopandas.GeoDataFrame(columns, geometry=[x["geometry"] for x in table], crs=CRS)
    frame.attrs["units"] = dict(UNITS)
    frame.attrs["provenance"] = provenance(report)
    return frame


def provenance(report: Report) -> dict[str, str]:
    """Return what is needed to make the report again, as flat text values."""
    found = {
        "tool": f"zoning {report.tool_version}",
        "catalogue_sha256": report.catalogue_sha256,
        "as_of": report.as_of.isoformat(),
    }
    for record in report.inputs:
        found[f"input:{record.name}"] = record.sha256
    for layer in report.layers:
        found[f"layer:{layer.id}"] = layer.sha256 or layer.state
    return found


def _row(result: ProjectResult, finding: Finding, facts: Facts, lang: Lang) -> dict[str, Any]:
    rule, document, layer = facts.rule(finding), facts.document(finding), facts.layer(finding)
    overlap = finding.total.geometry if finding.total is not None else None
    has_overlap = overlap is not None and not overlap.is_empty
    shape = overlap if has_overlap else result.project.geometry
    begin = (rule and rule.in_force_from) or (document and document.in_force_from)
    end = (rule and rule.in_force_until) or (document and document.in_force_until)
    row: dict[str, Any] = {
        "project_id": result.project.id,
        "project_name": result.project.name,
        "project_status": result.status.value,
        "counties": "; ".join(result.counties) or None,
        "status": finding.status.value,
        "status_title": titles.STATUS[finding.status].in_(lang),
        "code": finding.code,
        "rule": finding.rule,
        "layer": finding.layer or (rule.layer if rule else None),
        "layer_name": layer.name.in_(lang) if layer else None,
        "zones": "; ".join(x.zone for x in finding.zones) or None,
        "document": document.id if document else None,
        "document_number": document.number if document else None,
        "document_title": document.title.in_(lang) if document else None,
        "article": rule.section.in_(lang) if rule else None,
        "issuer": document.issuer.in_(lang) if document else None,
        "in_force_from": begin.isoformat() if begin else None,
        "in_force_until": end.isoformat() if end else None,
        "effect": rule.effect.value if rule else None,
        "clause": rule.text.in_(lang) if rule else None,
        "reason": finding.reason.in_(lang),
        "advice": rule.advice.in_(lang) if rule else None,
        "evidence": layer.evidence.value if layer and layer.evidence else None,
        "missing": missing(finding, lang) or None,
        "problem": finding.problem.line(lang) if finding.problem else None,
        "geometry_of": "overlap" if has_overlap else ("site" if shape is not None else None),
        "hint": finding.hint,
        "near_boundary": finding.near_boundary,
        "indicative": indicative(layer),
        "share": number(finding.total.share, 6) if finding.total else None,
        "accuracy_m": number(finding.total.accuracy_m if finding.total else None),
        "geometry": shape,
    }
    if row["accuracy_m"] is None and layer is not None:
        row["accuracy_m"] = number(layer.accuracy_m)
    for name in _FIGURES:
        row[name] = number(getattr(finding.total, name)) if finding.total else None
    return row


def missing(finding: Finding, lang: Lang) -> str:
    """Return the missing attributes of a finding with their questions and both outcomes."""
    yes, no = ("是", "否") if lang == "zh" else ("yes", "no")
    return " ".join(
        f"{x.question.in_(lang)} {yes} → {titles.STATUS[x.if_yes].in_(lang)}; "
        f"{no} → {titles.STATUS[x.if_no].in_(lang)}."
        for x in finding.missing
    )
