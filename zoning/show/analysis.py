"""A report as tidy tables: sites, open questions, layers without data, and how many of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base import geodesy, units
from zoning.base.settings import CRS
from zoning.law import Question
from zoning.messages import Lang, Text
from zoning.model import Finding, ProjectResult, Report, Status, Views, counted, foremost, tallied
from zoning.show import titles
from zoning.show.document import number
from zoning.show.facts import name_of, rank
from zoning.show.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

#: Columns of the sites and the type of each; the counts are findings of the site.
SITE_TYPES: Final[Mapping[str, str]] = {
    "project_id": "object",
    "project_name": "object",
    "status": "object",
    "status_title": "object",
    "counties": "object",
    "area_m2": "float64",
    "area_ha": "float64",
    "area_mu": "float64",
    "length_m": "float64",
    "rule": "object",
    "citation": "object",
    "reason": "object",
    **{status.value: "int64" for status in Status},
    "to_answer": "int64",
    "to_obtain": "int64",
}
#: Columns of the questions.
QUESTION_TYPES: Final[Mapping[str, str]] = {
    "attribute": "object",
    "title": "object",
    "question": "object",
    "column": "object",
    "values": "object",
    "unit": "object",
    "projects": "object",
    "sites": "int64",
    "decides": "int64",
    "waits": "int64",
    "worst": "object",
    "worst_title": "object",
    "weight": "float64",
}
#: Columns of the layers without data.
LAYER_TYPES: Final[Mapping[str, str]] = {
    "layer": "object",
    "name": "object",
    "state": "object",
    "office": "object",
    "rules": "int64",
    "findings": "int64",
    "sites": "int64",
    "problem": "object",
}
#: Columns of the summary.
SUMMARY_TYPES: Final[Mapping[str, str]] = {
    "status": "object",
    "status_title": "object",
    "sites": "int64",
    "findings": "int64",
}


def site_rows(report: Report, lang: Lang) -> list[dict[str, Any]]:
    """Return one dict a site with the keys `SITE_TYPES` and ``geometry``."""
    views = Views.of(report)
    shapes = np.array([x.project.geometry for x in report.results] + [None], dtype=object)[:-1]
    found = [result.findings for result in report.results]
    columns = (
        geodesy.areas(shapes).tolist(),
        geodesy.lengths(shapes).tolist(),
        _counts(found, views),
        foremost(found, rank),
    )
    return [
        _site(result, views, lang, *told)
        for result, *told in zip(report.results, *columns, strict=True)
    ]


def _counts(found: Sequence[Sequence[Finding]], views: Views) -> list[dict[str, int]]:
    """Return the counts of each site: findings by status, what to answer and what to obtain."""
    statuses, many = counted(found, _status)
    told = {status: many[:, at].tolist() for at, status in enumerate(statuses)}
    none = [0] * len(found)
    columns = {status.value: told.get(status, none) for status in Status}
    asked, many = counted(found, _asked)
    columns["to_answer"] = _distinct(asked, many)
    absent, many = counted(found, _unchecked)
    layers = ({views.layer_of(*x)} - {None} for x in absent)
    columns["to_obtain"] = _distinct(layers, many)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _distinct(named: Iterable[Iterable[str | None]], many: NDArray[np.intp]) -> list[int]:
    """Return how many names each site meets, where each of some things has names."""
    sets = [set(names) for names in named]
    every = dict.fromkeys(name for names in sets for name in names)
    # Of floating-point numbers a product is taken many times faster.
    has = np.array([[x in names for x in every] for names in sets], dtype=np.float32)
    met = (many > 0).astype(np.float32) @ has.reshape(len(sets), len(every))
    found: list[int] = np.count_nonzero(met, axis=1).tolist()
    return found


def _site(
    result: ProjectResult,
    views: Views,
    lang: Lang,
    area: float,
    length: float,
    counts: Mapping[str, int],
    finding: Finding | None,
) -> dict[str, Any]:
    return {
        "project_id": result.project.id,
        "project_name": name_of(result),
        "status": result.status.value,
        "status_title": titles.STATUS[result.status].in_(lang),
        "counties": "; ".join(result.counties) or None,
        "area_m2": number(area) if area else None,
        "area_ha": number(units.ha(area), 4) if area else None,
        "area_mu": number(units.mu(area), 3) if area else None,
        "length_m": number(length) if length else None,
        "rule": finding.rule if finding else None,
        "citation": (views(finding).citation(lang) or None) if finding else None,
        "reason": finding.reason.in_(lang) if finding else None,
        **counts,
        "geometry": result.project.geometry,
    }


def _status(finding: Finding) -> Status:
    return finding.status


def _asked(finding: Finding) -> tuple[str, ...] | None:
    """Return the attributes that an undetermined finding lacks."""
    open_ = finding.status is Status.UNDETERMINED
    return (tuple(missing.attribute for missing in finding.missing) or None) if open_ else None


def _unchecked(finding: Finding) -> tuple[str | None, str | None] | None:
    """Return the layer and rule of a finding that was not checked."""
    return (finding.layer, finding.rule) if finding.status is Status.NOT_CHECKED else None


def sites(report: Report, lang: Lang) -> GeoDataFrame:
    """Return one row a site, in EPSG:4490, with the columns of `SITE_TYPES`."""
    from geopandas import GeoDataFrame

    table = site_rows(report, lang)
    shapes = [row["geometry"] for row in table]
    return GeoDataFrame(frame_of(table, SITE_TYPES), geometry=shapes, crs=CRS)


def questions(found: Iterable[Question], lang: Lang) -> pd.DataFrame:
    """Return :func:`question_rows` as a frame."""
    return frame_of(question_rows(found, lang), QUESTION_TYPES)


def question_rows(found: Iterable[Question], lang: Lang) -> list[dict[str, Any]]:
    """Return one row an attribute worth stating, most decisive first, as `QUESTION_TYPES` says."""
    return [_question(x, lang) for x in found]


def _question(asked: Question, lang: Lang) -> dict[str, Any]:
    spec = asked.spec
    chinese = [x for x in spec.aliases if not x.isascii()]
    return {
        "attribute": spec.name,
        "title": spec.title.in_(lang),
        "question": spec.question.in_(lang),
        "column": next(iter(chinese), spec.title.zh) if lang == "zh" else spec.name,
        "values": "; ".join(x.title.in_(lang) for x in spec.values) or None,
        "unit": spec.unit,
        "projects": "; ".join(sorted(asked.projects)),
        "sites": len(asked.projects),
        "decides": len(asked.decides),
        "waits": len(asked.waiting),
        "worst": asked.worst.value,
        "worst_title": titles.STATUS[asked.worst].in_(lang),
        "weight": round(asked.weight, 6),
    }


def missing_layers(
    report: Report, office: Callable[[str], Text | None], lang: Lang
) -> pd.DataFrame:
    """Return :func:`missing_layer_rows` as a frame."""
    return frame_of(missing_layer_rows(report, office, lang), LAYER_TYPES)


def missing_layer_rows(
    report: Report, office: Callable[[str], Text | None], lang: Lang
) -> list[dict[str, Any]]:
    """Return one row a layer without usable data, first the one that most findings wait for.

    Parameters
    ----------
    report : Report
    office : callable
        Returns who holds the official data of a layer, by its id.
    lang : {"zh", "en"}

    Returns
    -------
    list of dict
        As `LAYER_TYPES` says.
    """
    views = Views.of(report)
    none = np.zeros(len(report.results), dtype=bool)
    waiting = {x.id: _Waiting(none) for x in report.layers if x.state != "used"}
    for tally in tallied([result.findings for result in report.results], _unchecked):
        layer = views.layer_of(*tally.key)
        if layer is not None:
            waits = waiting.setdefault(layer, _Waiting(none))
            waits.add(tally.key[1], tally.findings, tally.sites)
    table: list[dict[str, Any]] = []
    for name, waits in waiting.items():
        record, held = views.layers.get(name), office(name)
        row = {
            "layer": name,
            "name": record.name.in_(lang) if record else name,
            "state": record.state if record else "no_data",
            "office": held.in_(lang) if held else None,
            "rules": len(waits.rules),
            "findings": waits.findings,
            "sites": int(waits.sites.sum()),
            "problem": record.problem.line(lang) if record and record.problem else None,
        }
        table.append(row)
    table.sort(key=lambda row: (-row["findings"], row["layer"]))
    return table


@dataclass(slots=True)
class _Waiting:
    """What waits for the data of a layer."""

    sites: NDArray[np.bool_]
    findings: int = 0
    rules: set[str] = field(default_factory=set)

    def add(self, rule: str | None, findings: int, sites: NDArray[np.bool_]) -> None:
        self.findings += findings
        self.sites = self.sites | sites
        if rule is not None:
            self.rules.add(rule)


def summary(report: Report, lang: Lang) -> pd.DataFrame:
    """Return how many sites and findings have each status, the most severe first."""
    of_sites = Counter(x.status for x in report.results)
    found = tallied([result.findings for result in report.results], _status)
    of_findings = Counter({tally.key: tally.findings for tally in found})
    table = [
        {
            "status": status.value,
            "status_title": titles.STATUS[status].in_(lang),
            "sites": of_sites[status],
            "findings": of_findings[status],
        }
        for status in sorted(Status, key=lambda s: -s.severity)
    ]
    return frame_of(table, SUMMARY_TYPES)
