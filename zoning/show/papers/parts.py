"""What papers tell of a site and of its findings, as plain values in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import shapely

from zoning.base import geodesy
from zoning.messages import Lang, Text, message
from zoning.model import (
    AttributeSpec,
    Finding,
    FindingView,
    ProjectResult,
    Status,
    Value,
    Views,
)
from zoning.read.boundary_txt.write import boundary_points
from zoning.review.deciding import ADMINISTRATIVE
from zoning.review.layers import Layers
from zoning.show import lines, titles
from zoning.show.facts import name_of
from zoning.show.map.sketch import sketch
from zoning.show.papers.pictures import Picture

if TYPE_CHECKING:
    from zoning.catalogue import Catalogue

#: No more boundary points of a site than this are printed; the rest stands in the TXT.
MOST_POINTS: Final = 80
#: No more clauses than this are named in a cell.
MOST_CLAUSES: Final = 4

Row = dict[str, Any]


def day(value: date, lang: Lang) -> str:
    """Write a date as the language does: ``2026年11月27日``."""
    if lang == "zh":
        return message("papers.day", year=value.year, month=value.month, day=value.day).in_(lang)
    return value.isoformat()


def size(shape: Any, lang: Lang) -> str:
    """Write the ellipsoidal area, or the geodesic length of lines, or that it is a point."""
    dimension = int(shapely.get_dimensions(shape))
    if dimension == 2:
        return titles.area(float(geodesy.areas(shape).sum()), lang)
    if dimension == 1:
        return titles.length(float(geodesy.lengths(shape).sum()), lang)
    return message("papers.point").in_(lang)


def value_of(spec: AttributeSpec, value: Value, lang: Lang) -> str:
    """Write the value of an attribute as people say it."""
    if isinstance(value, bool):
        return message(f"activity.{'yes' if value else 'no'}").in_(lang)
    if isinstance(value, float | int):
        return f"{value:g} {spec.unit or ''}".strip()
    title = next((v.title for v in spec.values if v.value == value), None)
    return title.in_(lang) if title is not None else str(value)


def facts(result: ProjectResult, catalogue: Catalogue, lang: Lang) -> list[Row]:
    """Return what is known of a site: its place, its size, and what its file states of it."""
    project = result.project
    listed = lines.joined(result.counties, lang, "list")
    rows: list[tuple[Text | str, str]] = [
        (message("papers.name"), name_of(result)),
        (message("papers.id"), project.id),
        (message("papers.counties"), listed or message("papers.none").in_(lang)),
    ]
    if project.geometry is not None:
        rows.append((message("papers.size"), size(project.geometry, lang)))
    stated = {k: v for k, v in project.attributes.items() if k not in project.deduced}
    for name, value in stated.items():
        spec = catalogue.attributes.get(name)
        if spec is not None:
            rows.append((spec.title, value_of(spec, value, lang)))
    return [{"label": label_.in_(lang), "value": value} for label_, value in _texts(rows)]


def _texts(rows: Iterable[tuple[Text | str, str]]) -> Iterable[tuple[Text, str]]:
    for label, value in rows:
        yield (label if isinstance(label, Text) else Text(label, label)), value


def points(result: ProjectResult, lang: Lang) -> Row:
    """Return the boundary points of a site, two side by side, and in which system they are.

    Each holds ``name``, ``ring``, ``x`` (northing) and ``y`` (easting with the zone in front), m.
    """
    shape = result.project.geometry
    zone, found = boundary_points(shape)
    shown = [
        {"name": p.name, "ring": str(p.ring), "x": f"{p.x:.3f}", "y": f"{p.y:.3f}"}
        for p in found[:MOST_POINTS]
    ]
    half = (len(shown) + 1) // 2
    blank = dict.fromkeys(("name", "ring", "x", "y"), "")
    right = [*shown[half:], *[blank] * (2 * half - len(shown))]
    told = message("papers.points", zone=zone, meridian=3 * zone, count=len(found))
    more = message("papers.more-points", shown=len(shown)) if len(found) > len(shown) else None
    return {
        "told": told.in_(lang) + (more.in_(lang) if more is not None else ""),
        "rows": [{"left": a, "right": b} for a, b in zip(shown[:half], right, strict=True)],
    }


def drawn(
    layers: Layers, views: Views, result: ProjectResult, lang: Lang, *, zones: bool = True
) -> Picture:
    """Return the location sketch of a site."""
    title = message("papers.sketch", name=name_of(result)).in_(lang)
    return Picture(sketch(layers, views, result, lang, zones=zones), title)


def finding_row(view: FindingView, lang: Lang) -> Row:
    """Return a finding: clause, what was measured, on what data, the status, and the advice."""
    finding = view.finding
    clause = [view.citation(lang), view.clause(lang) or finding.reason.in_(lang)]
    if finding.hint:
        clause.append(message("papers.hint").in_(lang))
    return {
        "status": titles.STATUS[finding.status].in_(lang),
        "rule": finding.rule or "",
        "citation": view.citation(lang),
        "clause": "\n".join(part for part in clause if part),
        "text": view.clause(lang) or finding.reason.in_(lang),
        "found": "\n".join(_found(view, lang)),
        "advice": view.advice(lang) or "",
        "reason": finding.reason.in_(lang),
    }


def _found(view: FindingView, lang: Lang) -> list[str]:
    """Tell the figures, the zones and the data of a finding, a line each."""
    finding, out = view.finding, []
    placed = view.layer_id not in ADMINISTRATIVE
    measured = figures(view, lang)
    if measured:
        out.append(lines.joined(measured, lang, "semicolon"))
    zones = list(dict.fromkeys(x.zone for x in finding.zones if x.zone))[:4]
    if zones:
        out.append(lines.joined(zones, lang, "list"))
    if view.layer is not None and placed:
        out.append(lines.standing(view.layer, view.accuracy_m, lang))
    if finding.near_boundary and view.accuracy_m:
        out.append(
            message("papers.near", accuracy=titles.accuracy(view.accuracy_m, lang)).in_(lang)
        )
    if finding.problem is not None:
        out.append(finding.problem.line(lang))
    return out or [finding.reason.in_(lang)]


def figures(view: FindingView, lang: Lang) -> list[str]:
    """Return what was measured; that a site lies in its county needs no figures."""
    total = view.finding.total
    if total is None or view.layer_id in ADMINISTRATIVE:
        return []
    return titles.measures(total, lang)


def clauses(views: Iterable[FindingView], lang: Lang) -> str:
    """Name the clauses of some findings, each once, and say how many more there are."""
    named = list(dict.fromkeys(v.citation(lang) for v in views if v.rule is not None))
    if len(named) > MOST_CLAUSES:
        more = message("papers.more-clauses", count=len(named) - MOST_CLAUSES).in_(lang)
        named = [*named[:MOST_CLAUSES], more]
    return lines.joined(named, lang, "semicolon")


def worst(findings: Iterable[Finding]) -> Status:
    """Return the most severe that some findings can come to."""
    return max((f.worst if f.is_open else f.status for f in findings), key=lambda s: s.severity)


def by_layer(views: Views, findings: Iterable[Finding]) -> Mapping[str, list[FindingView]]:
    """Group findings by the layer that would settle them; those of most findings first."""
    groups: dict[str, list[FindingView]] = {}
    for view in map(views, findings):
        if view.layer_id is not None:
            groups.setdefault(view.layer_id, []).append(view)
    return dict(sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])))
