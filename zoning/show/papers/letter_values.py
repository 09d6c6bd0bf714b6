"""The values of a request to an office, and the list of all requests for machines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from zoning.base.seals import CSV_COLUMN, MARK
from zoning.base.settings import VERSION
from zoning.messages import Lang, message
from zoning.model import FindingView, ProjectResult, Report, Views
from zoning.review.reviewed import Reviewed
from zoning.show import lines
from zoning.show.cells import inert
from zoning.show.facts import name_of
from zoning.show.papers import parts
from zoning.show.papers.parts import Row
from zoning.show.papers.pictures import Picture
from zoning.show.papers.requests import OfficeRequest, Wanted, questions

#: No more names of sites than this stand in a heading.
_NAMED = 2
COLUMNS = (
    "rank", "office", "office_title", "layer", "layer_name", "findings", "sites", "clauses",
    "rules", "file",
)  # fmt: skip


def values(
    report: Report,
    reviewed: Reviewed,
    request: OfficeRequest,
    sketches: dict[str, Picture],
    lang: Lang,
) -> Row:
    """Return the values of one letter.

    Parameters
    ----------
    report : Report
    reviewed : Reviewed
    request : OfficeRequest
    sketches : dict
        Location sketches by site; what is missing is drawn and kept for the next letter.
    lang : {"zh", "en"}
    """
    results = [r for r in report.results if r.project.id in request.sites]
    views = Views.of(report)
    for result in results:
        if result.project.id not in sketches:
            drawn = parts.drawn(reviewed.layers, views, result, lang, zones=False)
            sketches[result.project.id] = drawn
    several = message("letters.several", count=len(results)).in_(lang)
    named = lines.joined(map(name_of, results[:_NAMED]), lang, "list")
    name = named if len(results) <= _NAMED else several
    counties = list(dict.fromkeys(c for r in results for c in r.counties))
    return {
        "title": message("letters.title", name=name).in_(lang),
        "addressee": _addressee(request, counties, lang),
        "reason": message(
            "letters.reason",
            names=lines.joined(map(name_of, results), lang, "list"),
            count=len(results),
            day=parts.day(report.as_of, lang),
            findings=request.findings,
        ).in_(lang),
        "sites": [_site(r, sketches, lang) for r in results],
        "layers": [_wanted(w, lang) for w in request.wanted],
        "questions": [
            {"question": text.in_(lang), "clauses": parts.clauses(found, lang)}
            for w in request.wanted
            for text, found in questions(w)
        ],
    }


def _addressee(request: OfficeRequest, counties: Sequence[str], lang: Lang) -> str:
    places = lines.joined(counties, lang, "list")
    key = "letters.addressee" if places else "letters.addressee-anywhere"
    return message(key, places=places, office=request.title).in_(lang)


def _site(result: ProjectResult, sketches: dict[str, Picture], lang: Lang) -> Row:
    return {
        "id": result.project.id,
        "name": name_of(result),
        "counties": lines.joined(result.counties, lang, "list"),
        "size": parts.size(result.project.geometry, lang),
        "points": parts.points(result, lang),
        "map": sketches[result.project.id],
    }


def _wanted(wanted: Wanted, lang: Lang) -> Row:
    fields = [f.title.in_(lang) for f in wanted.layer.fields if f.required or f.values]
    return {
        "layer": wanted.layer.name.in_(lang),
        "fields": lines.joined(fields, lang, "list") or message("letters.outline-only").in_(lang),
        "clauses": parts.clauses(wanted.views, lang),
        "sites": str(len(wanted.sites)),
        "count": str(len(wanted.views)),
    }


def listing(
    report: Report, made: Sequence[tuple[OfficeRequest, str]], lang: Lang
) -> dict[str, Any]:
    """Return all requests as JSON-ready values; each comes with the file of its letter."""
    return {
        "seal": MARK,
        "tool": f"zoning {report.tool_version}",
        "as_of": report.as_of.isoformat(),
        "catalogue_sha256": report.catalogue_sha256,
        "requests": [
            {
                "rank": rank,
                "office": request.id or None,
                "office_title": request.title.in_(lang),
                "file": file,
                "findings": request.findings,
                "sites": list(request.sites),
                "layers": [_entry(w, lang) for w in request.wanted],
            }
            for rank, (request, file) in enumerate(made, 1)
        ],
    }


def _entry(wanted: Wanted, lang: Lang) -> dict[str, Any]:
    return {
        "layer": wanted.layer.id,
        "layer_name": wanted.layer.name.in_(lang),
        "findings": len(wanted.views),
        "sites": list(wanted.sites),
        "questions": [
            {"question": text.in_(lang), "rules": _rules(found)}
            for text, found in questions(wanted)
        ],
        "clauses": [
            {
                "rule": view.rule.id,
                "document": view.rule.document,
                "number": view.document.number if view.document else None,
                "section": view.section(lang),
            }
            for view in {v.rule.id: v for v in wanted.views if v.rule is not None}.values()
            if view.rule is not None
        ],
    }


def _rules(views: Sequence[FindingView]) -> list[str]:
    return list(dict.fromkeys(v.rule.id for v in views if v.rule is not None))


def as_json(listed: dict[str, Any]) -> str:
    """Return the list as JSON text."""
    return json.dumps({**listed, "seal": MARK}, ensure_ascii=False, indent=1) + "\n"


def as_csv(made: Sequence[tuple[OfficeRequest, str]], lang: Lang) -> str:
    """Return the list as CSV, one row a layer, ranked over all offices."""
    rows = [(request, file, w) for request, file in made for w in request.wanted]
    rows.sort(key=lambda row: (-len(row[2].views), row[2].layer.id))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, CSV_COLUMN])
    for rank, (request, file, w) in enumerate(rows, 1):
        named = dict.fromkeys(v.citation(lang) for v in w.views if v.rule is not None)
        cells = (
            rank, request.id, request.title.in_(lang), w.layer.id, w.layer.name.in_(lang),
            len(w.views), "; ".join(w.sites), "; ".join(named), "; ".join(_rules(w.views)), file,
        )  # fmt: skip
        writer.writerow([*(inert(cell) for cell in cells), VERSION])
    return out.getvalue()
