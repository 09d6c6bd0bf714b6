"""Findings as a table with geometries: one row a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas
import pandas as pd

from zoning.base.settings import CRS
from zoning.messages import Lang
from zoning.model import Document, Finding, FindingView, ProjectResult, Report, Views, which
from zoning.show import brief, titles
from zoning.show.document import number
from zoning.show.facts import matters
from zoning.show.receipt import receipt

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


#: Type of each column.
DTYPES: Final[Mapping[str, str]] = (
    dict.fromkeys(_TEXT_COLUMNS, "object")
    | dict.fromkeys(_BOOL_COLUMNS, "bool")
    | dict.fromkeys(UNITS, "float64")
)


def rows(report: Report, lang: Lang, *, full: bool = True) -> list[dict[str, Any]]:
    """Return one dict a finding with the keys `COLUMNS` and ``geometry``.

    Without ``full``, what conforms or was not checked is left out.
    """
    told = _Rows(Views.of(report), lang)
    return [
        told.row(result, finding)
        for result in report.results
        for finding in (result.findings if full else which(result.findings, matters))
    ]


def columns_of(table: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> dict[str, Any]:
    """Return rows as columns of stated types, also where there is no row."""
    return {n: pd.Series([row[n] for row in table], dtype=kind) for n, kind in types.items()}


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
        EPSG:4490, with the columns and types of `DTYPES`. The geometry is the overlap where
        there is one, else the site; ``geometry_of`` says which.
        ``.attrs["units"]`` names the unit of each figure, ``.attrs["provenance"]`` what is needed
        to make the frame again.
    """
    table = rows(report, lang)
    columns = columns_of(table, DTYPES)
    frame = geopandas.GeoDataFrame(columns, geometry=[x["geometry"] for x in table], crs=CRS)
    frame.attrs["units"] = dict(UNITS)
    frame.attrs["provenance"] = provenance(report, lang)
    return frame


def provenance(report: Report, lang: Lang) -> dict[str, str]:
    """Return what is needed to make the report again, as flat text values."""
    found = {
        "tool": f"zoning {report.tool_version}",
        "catalogue_sha256": report.catalogue_sha256,
        "as_of": report.as_of.isoformat(),
    }
    names = [record.name for record in report.inputs]
    for at, record in enumerate(report.inputs):
        # Files of the same name from two folders are two inputs.
        key = record.name if record.name not in names[:at] else f"{record.name} ({at + 1})"
        found[f"input:{key}"] = record.sha256
        found[f"receipt:{key}"] = receipt(record, lang)
        if record.accepted is not None:
            found[f"accepted:{key}"] = record.accepted
    for layer in report.layers:
        found[f"layer:{layer.id}"] = layer.sha256 or layer.state
    return found


class _Rows:
    """Makes rows; what a row says of its rule is the same for all findings of one kind."""

    def __init__(self, views: Views, lang: Lang) -> None:
        self.views, self.lang = views, lang
        self._alike: dict[tuple[object, ...], tuple[Finding, dict[str, Any]]] = {}

    def row(self, result: ProjectResult, finding: Finding) -> dict[str, Any]:
        """Return the row of one finding of a site."""
        view = self.views(finding)
        shape = view.overlap if view.overlap is not None else result.project.geometry
        return {
            **self._said(view),
            "project_id": result.project.id,
            "project_name": result.project.name,
            "project_status": result.status.value,
            "counties": "; ".join(result.counties) or None,
            "zones": "; ".join(x.zone for x in finding.zones) or None,
            "geometry_of": _geometry_of(view, shape),
            "near_boundary": finding.near_boundary,
            **_figures(view),
            "geometry": shape,
        }

    def _said(self, view: FindingView) -> dict[str, Any]:
        """Return the row of a finding with what its kind says; the rest is left empty."""
        found = view.finding
        key = (found.rule, found.layer, found.status, found.code, found.hint,
               id(found.reason), id(found.missing), id(found.problem))  # fmt: skip
        if key not in self._alike:
            # The finding is kept with it: what is told apart by identity must not pass away.
            self._alike[key] = found, _of_kind(view, self.lang)
        return self._alike[key][1]


def _of_kind(view: FindingView, lang: Lang) -> dict[str, Any]:
    finding = view.finding
    row: dict[str, Any] = {
        "status": finding.status.value,
        "status_title": titles.STATUS[finding.status].in_(lang),
        "code": finding.code,
        "rule": finding.rule,
        "layer": view.layer_id,
        "layer_name": view.layer.name.in_(lang) if view.layer else None,
        "article": view.section(lang),
        "in_force_from": view.begins.isoformat() if view.begins else None,
        "in_force_until": view.ends.isoformat() if view.ends else None,
        "effect": view.rule.effect.value if view.rule else None,
        "clause": view.clause(lang),
        "reason": finding.reason.in_(lang),
        "advice": view.advice(lang),
        "evidence": view.evidence.value if view.evidence else None,
        "missing": missing(finding, lang) or None,
        "problem": finding.problem.line(lang) if finding.problem else None,
        "hint": finding.hint,
        "indicative": view.indicative,
        **_document(view.document, lang),
    }
    order = (*_TEXT_COLUMNS, *_BOOL_COLUMNS, "share", "accuracy_m", *_FIGURES, "geometry")
    return {name: row.get(name) for name in order}


def _geometry_of(view: FindingView, shape: Any) -> str | None:
    if view.overlap is not None:
        return "overlap"
    return "site" if shape is not None else None


def _document(document: Document | None, lang: Lang) -> dict[str, str | None]:
    return {
        "document": document.id if document else None,
        "document_number": document.number if document else None,
        "document_title": document.title.in_(lang) if document else None,
        "issuer": document.issuer.in_(lang) if document else None,
    }


def _figures(view: FindingView) -> dict[str, float | None]:
    total = view.finding.total
    figures = {name: number(getattr(total, name)) if total else None for name in _FIGURES}
    share = number(total.share, 6) if total else None
    return figures | {"share": share, "accuracy_m": number(view.accuracy_m)}


def missing(finding: Finding, lang: Lang) -> str:
    """Return the missing attributes of a finding with their questions and what follows."""
    return " ".join(brief.question(x, lang) for x in finding.missing)
