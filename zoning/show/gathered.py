"""What files of findings are written from: gathered of a report, or of parts that are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base import units
from zoning.base.columns import drawn_once, objects
from zoning.base.table import as_met
from zoning.messages import Lang
from zoning.model import FindingView, ProjectResult, Report, Status, Views
from zoning.show import analysis, titles
from zoning.show.columns import OF_SAYING, UNITS, Columns, columns
from zoning.show.document import number
from zoning.show.facts import name_of

#: Columns of the overlaps.
OVERLAP_TYPES: Final = {
    "project_id": "object",
    "project_name": "object",
    "status": "object",
    "status_title": "object",
    "layer": "object",
    "layer_name": "object",
    "zones": "object",
    "rules": "object",
    "citation": "object",
    "area_m2": "float64",
    "area_ha": "float64",
    "area_mu": "float64",
    "length_m": "float64",
    "share": "float64",
    "evidence": "object",
    "accuracy_m": "float64",
}
_Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Gathered:
    """The tables of n sites.

    Attributes
    ----------
    sites : sequence of dict, length n
        As :func:`zoning.show.analysis.site_rows` returns them.
    found : Columns
        The findings.
    overlaps : sequence of (int, dict)
        The position of the site and a row with `OVERLAP_TYPES` and ``geometry``, site by site.
    """

    sites: Sequence[dict[str, Any]]
    found: Columns
    overlaps: Sequence[tuple[int, dict[str, Any]]]


def gather(report: Report, lang: Lang, *, full: bool) -> Gathered:
    """Return what is written of a report.

    Parameters
    ----------
    report : Report
    lang : {"zh", "en"}
    full : bool
        Whether what conforms or was not checked is listed, too.
    """
    found = columns(report, lang, full=full)
    return Gathered(analysis.site_rows(report, lang), found, _overlaps(report, found, lang))


def sendable(told: Gathered) -> Gathered:
    """Return the same without what another process has no use for: the findings themselves, and
    the geometries of the sites, which it has."""
    none, shapes = np.empty(0, dtype=np.intp), np.full(len(told.sites), None)
    found = replace(told.found, findings=(), place=none, shapes=shapes)
    sites = [{**row, "geometry": None} for row in told.sites]
    return replace(told, sites=sites, found=found)


def joined(parts: Sequence[tuple[_Places, Gathered]], shapes: Sequence[Any]) -> Gathered:
    """Return the tables of all sites, as they were gathered of one report.

    Parameters
    ----------
    parts : sequence of (ndarray of intp, Gathered)
        Positions of the sites of a part among all, and their tables; every site is in one part.
    shapes : sequence of shapely geometry or None
        Those of all sites.
    """
    order = np.argsort(np.concatenate([at for at, _ in parts]))
    overlaps = [(int(at[site]), row) for at, part in parts for site, row in part.overlaps]
    rows = _placed([row for _, part in parts for row in part.sites], order)
    found = _joined([(at, part.found) for at, part in parts], order)
    return Gathered(
        [{**row, "geometry": shape} for row, shape in zip(rows, shapes, strict=True)],
        replace(found, shapes=objects(shapes)),
        sorted(overlaps, key=lambda found: found[0]),
    )


def _joined(parts: Sequence[tuple[_Places, Columns]], sites: _Places) -> Columns:
    """Return the findings of all sites; those of one site are in one part, and keep their order."""
    found = [part for _, part in parts]
    site = np.concatenate([at[part.site] for at, part in parts])
    order = np.argsort(site, kind="stable")
    known: dict[tuple[Any, ...], int] = {}
    said = [[known.setdefault(x, len(known)) for x in part.sayings] for part in found]
    saying = [np.array(own, dtype=np.intp)[x.saying] for own, x in zip(said, found, strict=True)]
    sayings, numbers = as_met(list(known), np.concatenate(saying)[order])

    def column(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in found])[order]

    return Columns(
        sites=_placed([row for part in found for row in part.sites], sites),
        sayings=sayings,
        site=site[order],
        saying=numbers,
        zones=column("zones"),
        geometry_of=column("geometry_of"),
        overlap=column("overlap"),
        partial=column("partial"),
        figures={x: np.concatenate([p.figures[x] for p in found])[order] for x in UNITS},
        shapes=found[0].shapes[:0],
        place=found[0].place[:0],
        findings=(),
    )


def _placed(rows: Sequence[Any], order: _Places) -> list[Any]:
    return [rows[at] for at in order.tolist()]


def _overlaps(report: Report, columns: Columns, lang: Lang) -> list[tuple[int, dict[str, Any]]]:
    """Return each part of a site that a zone takes, once, with all rules decided on it.

    A site wholly within a zone is drawn among the sites already; its findings tell of it.
    """
    views, partial = Views.of(report), np.flatnonzero(columns.partial)
    layer, rule, status = (OF_SAYING.index(name) for name in ("layer", "rule", "status"))
    said = [columns.sayings[at] for at in columns.saying[partial].tolist()]
    sites, (once, codes) = columns.site[partial].tolist(), drawn_once(columns.overlap[partial])
    drawn = once[codes].tolist()
    found: dict[tuple[int, str | None, bytes], list[int]] = {}
    for at, (site, saying, wkb) in enumerate(zip(sites, said, drawn, strict=True)):
        found.setdefault((site, saying[layer], wkb), []).append(at)
    out = []
    for (site, _, _), group in found.items():
        worst = max(group, key=lambda at: Status(said[at][status]).severity)
        view = views(columns.finding(int(partial[worst])))
        row = _overlap(report.results[site], view, lang)
        row["rules"] = "; ".join(said[at][rule] or "" for at in group)
        out.append((site, {**row, "geometry": columns.overlap[partial[group[0]]]}))
    return out


def _overlap(result: ProjectResult, worst: FindingView, lang: Lang) -> dict[str, Any]:
    total, layer = worst.finding.total, worst.layer
    assert total is not None, "an overlap is part of a measure"
    area = total.raw_area_m2
    return {
        "project_id": result.project.id,
        "project_name": name_of(result),
        "status": worst.finding.status.value,
        "status_title": titles.STATUS[worst.finding.status].in_(lang),
        "layer": worst.layer_id,
        "layer_name": layer.name.in_(lang) if layer else None,
        "zones": "; ".join(x.zone for x in worst.finding.zones) or None,
        "rules": None,
        "citation": worst.citation(lang) or None,
        "area_m2": number(area) if area else None,
        "area_ha": number(units.ha(area), 4) if area else None,
        "area_mu": number(units.mu(area), 3) if area else None,
        "length_m": number(total.raw_length_m) or None,
        "share": number(total.share, 6),
        "evidence": worst.evidence.value if worst.evidence else None,
        "accuracy_m": number(worst.accuracy_m),
    }
