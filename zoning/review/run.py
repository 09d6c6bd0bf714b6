"""The joints of a review: features become projects, relations become evidence, in file order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning import law, measure, read
from zoning.base.errors import Problem, SourceError
from zoning.messages import Text, message
from zoning.model import (
    Finding,
    LayerRecord,
    Measure,
    Project,
    ProjectResult,
    Query,
    Rule,
    Status,
    Tri,
)
from zoning.review.layers import Layers


@dataclass(frozen=True)
class Numbers:
    """What the overlay stage found, by query and by site.

    ``uncovered`` marks, by layer, the sites that lie beyond where an official layer is complete.
    """

    relations: Mapping[Query, Sequence[measure.Relation]]
    faults: Mapping[Query, Problem]
    counties: Sequence[tuple[str, ...]]
    outside: Sequence[Measure | None]
    uncovered: Mapping[str, NDArray[np.bool_]]


def read_files(
    files: str | Path | Sequence[str | Path], options: read.ReadOptions, tell: Any
) -> list[read.Reading]:
    """Read every file, or raise what is wrong with all those that cannot be read."""
    paths = [files] if isinstance(files, str | Path) else list(files)
    readings: list[read.Reading] = []
    problems: list[Problem] = []
    for done, path in enumerate(paths):
        tell(message("run.reading", path=path), done, len(paths))
        try:
            readings.append(read.read_vector(path, options))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)
    return readings


def features(
    readings: Sequence[read.Reading],
) -> Iterator[tuple[int, Any, Mapping[str, Any]]]:
    """Every feature in file order, the broken ones with no geometry."""
    for reading in readings:
        columns = reading.frame.drop(columns=reading.frame.geometry.name)
        rows = dict(zip(reading.frame.index, columns.to_dict("records"), strict=True))
        shapes = dict(zip(reading.frame.index, reading.frame.geometry, strict=True))
        for position in sorted({*rows, *reading.failed}):
            raw = rows.get(position, reading.failed_attributes.get(position, {}))
            yield position, shapes.get(position), raw


def measure_sites(projects: Sequence[Project], cited: Sequence[Rule], layers: Layers) -> Numbers:
    """Measure every site for every rule, and where it lies."""
    shapes = [p.geometry for p in projects if p.geometry is not None]
    sites = measure.SiteSet(np.array(shapes, dtype=object))
    if shapes:
        west, south, east, north = shapely.total_bounds(sites.geometries)
        layers.bbox = (west - 0.5, south - 0.5, east + 0.5, north + 0.5)
    queries = law.queries_of(cited)
    frames = layers.frames(query.layer for query in queries)
    found = {q: measure.unclassified(frames[q.layer], q) for q in queries if q.layer in frames}
    province = layers["province"]
    cover = shapely.union_all(layers.need("province").geometry.to_numpy())
    edge = province.layer.positional_accuracy_m or 0.0
    return Numbers(
        relations=measure.survey(sites, layers.shown(), frames, queries),
        faults={query: problem for query, problem in found.items() if problem is not None},
        counties=measure.places(sites, measure.zone_set(layers["counties"].layer, layers.counties)),
        outside=measure.outside(sites, cover, edge),
        uncovered=_uncovered(sites, layers, frames),
    )


def _uncovered(
    sites: measure.SiteSet, layers: Layers, names: Mapping[str, Any]
) -> dict[str, NDArray[np.bool_]]:
    out: dict[str, NDArray[np.bool_]] = {}
    for name in names:
        cover = layers.cover(name)
        if cover is not None:
            shapely.prepare(cover)
            out[name] = ~np.asarray(shapely.covers(cover, sites.geometries), dtype=bool)
    return out


def decide(
    projects: Sequence[Project],
    readings: Sequence[read.Reading],
    book: law.RuleBook,
    layers: Layers,
    numbers: Numbers,
) -> Iterator[ProjectResult]:
    """Decide every rule for every project; a feature that could not be read is reported so."""
    faults = iter(problem for reading in readings for problem in reading.problems)
    queries = law.queries_of(book.rules)
    # What is the same for every site, such as a layer without data, is said once.
    fixed = {q: e for q in queries if (e := _fixed(layers, numbers, q)) is not None}
    moving = [query for query in queries if query not in fixed]
    index = 0
    for project in projects:
        if project.geometry is None:
            yield law.failed_project(project, [next(faults)])
            continue
        known = {**fixed, **{q: _evidence(layers, numbers, q, index) for q in moving}}
        counties, beyond = numbers.counties[index], numbers.outside[index]
        index += 1
        yield _complete(book.review(project, known, counties, beyond), layers.lacking)


def _complete(result: ProjectResult, lacking: Sequence[LayerRecord]) -> ProjectResult:
    """Add a finding for each layer without which the workspace calls a review incomplete."""
    if not lacking:
        return result
    extra = [
        Finding(
            project=result.project.id,
            status=Status.FAILED if record.state == "failed" else Status.NOT_CHECKED,
            reason=message("run.workspace-requires-layer-which", name=record.name),
            code="required-layer-missing",
            layer=record.id,
            problem=record.problem,
        )
        for record in lacking
    ]
    findings = sorted((*result.findings, *extra), key=lambda f: -f.status.severity)
    return replace(result, status=findings[0].status, findings=tuple(findings))


def _fixed(layers: Layers, numbers: Numbers, query: Query) -> law.Evidenced | None:
    """What a query comes to wherever the site lies; None where that depends on the site."""
    record = layers[query.layer].record
    fault = numbers.faults.get(query)
    if fault is not None:
        return law.Evidenced(record.evidence, state="failed", problem=fault)
    if query not in numbers.relations:
        return law.Evidenced(record.evidence, state=record.state, problem=record.problem)
    return None


def _evidence(layers: Layers, numbers: Numbers, query: Query, index: int) -> law.Evidenced:
    layer = layers[query.layer]
    record = layer.record
    found = numbers.relations[query][index]
    met = [zone.zone for zone in found.zones if zone.touches is Tri.YES]
    beyond = numbers.uncovered.get(query.layer)
    return law.Evidenced(
        layer.evidence_of(met),
        found.total,
        found.zones,
        record.state,
        outside=beyond is not None and bool(beyond[index]),
    )


def repairs(readings: Sequence[read.Reading]) -> tuple[Text, ...]:
    """Name every geometry whose repair changed its area, with the area before and after."""
    return tuple(
        message(
            "run.feature-geometry-repaired-area",
            name=reading.record.name,
            feature_=r.feature,
            method=r.method,
            area_before_m2=r.area_before_m2,
            area_after_m2=r.area_after_m2,
        )
        for reading in readings
        for r in reading.repairs
        if not r.kept_area
    )
