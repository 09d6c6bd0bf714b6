"""Measure the sites against the layers, and decide every rule for every site, in file order."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning import law, measure, read
from zoning.messages import message
from zoning.model import (
    Finding,
    LayerRecord,
    Measure,
    Project,
    ProjectResult,
    Query,
    Rule,
    SiteFindings,
    Status,
    Tri,
)
from zoning.review.declared import contradicted
from zoning.review.known import Known
from zoning.review.layers import Bounds, Layers

_log = logging.getLogger(__name__)

#: No degree is shorter than this within the province, m; at 41° N one of longitude is 84 km.
_LEAST_DEGREE_M = 70_000.0
#: Beyond what rounding and drawing can add, degrees.
_MARGIN_DEG = 1e-6


@dataclass(frozen=True)
class Numbers:
    """What the overlay stage found, by query and by site.

    ``sites`` has those with a place, in order, with what was prepared for measuring; ``uncovered``
    marks, by query, the sites that reach beyond where the layer is complete.
    """

    sites: measure.SiteSet
    surveyed: Mapping[Query, measure.Surveyed]
    counties: Sequence[tuple[str, ...]]
    outside: Sequence[Measure | None]
    uncovered: Mapping[Query, NDArray[np.bool_]]


def measure_sites(
    projects: Sequence[Project], cited: Sequence[Rule], layers: Layers, early: law.EarlyLaw
) -> Numbers:
    """Measure every site for every rule and every topic not held in full, and where it lies."""
    shapes = [p.geometry for p in projects if p.geometry is not None]
    sites = measure.SiteSet(np.array(shapes, dtype=object))
    queries, begun = _queries(cited, early), perf_counter()
    frames = open_layers(cited, layers, early)
    province = layers["province"]
    cover = layers.province
    edge = province.layer.positional_accuracy_m or 0.0
    # First, while nothing is prepared: around a very large site this takes much memory.
    beyond = uncovered(sites, layers, queries, cover)
    numbers = Numbers(
        surveyed=measure.survey(sites, layers.shown(), frames, queries, layers.zone_sets),
        sites=sites,
        counties=measure.places(sites, measure.zone_set(layers["counties"].layer, layers.counties)),
        outside=measure.outside(sites, cover, edge),
        uncovered=beyond,
    )
    _log.info("%d sites, %d queries: %.2f s", len(shapes), len(queries), perf_counter() - begun)
    return numbers


def open_layers(
    cited: Sequence[Rule], layers: Layers, early: law.EarlyLaw
) -> dict[str, measure.Columns]:
    """Open every layer that a review asks for; return the tables of those that have any."""
    found = layers.frames(query.layer for query in _queries(cited, early))
    layers.frames(("province", "counties", *(record.id for record in layers.lacking)))
    return found


def _queries(cited: Sequence[Rule], early: law.EarlyLaw) -> tuple[Query, ...]:
    return tuple(dict.fromkeys((*law.queries_of(cited), *early.queries)))


def uncovered(
    sites: measure.SiteSet, layers: Layers, queries: Sequence[Query], province: Any
) -> dict[Query, NDArray[np.bool_]]:
    """Mark the sites whose surroundings, as wide as a query asks, are not all covered.

    Where a layer is complete up to a county line, the ground is open as far inside as the line may
    be wrong. What lies beyond the province is not looked at: no layer covers it.
    """
    out: dict[Query, NDArray[np.bool_]] = {}
    wide: dict[float, NDArray[Any]] = {0.0: sites.geometries}
    around = _around(sites, queries, layers.edge_m)
    done: dict[tuple[int, float], tuple[Any, NDArray[np.bool_]]] = {}
    for query in queries:
        cover = layers.cover(query.layer, around)
        if cover is None:
            continue
        distance = query.distance_m + layers.edge_m
        if cover.is_empty:
            out[query] = np.ones(len(sites.geometries), dtype=bool)
            continue
        # Many layers are complete in the same counties, which is one area then.
        if (id(cover), distance) not in done:
            drawn = wide.setdefault(distance, np.full(len(sites.geometries), None))
            # The area is kept with it: while it lives, no other has its identity.
            done[id(cover), distance] = cover, _beyond(sites, cover, province, distance, drawn)
        out[query] = done[id(cover), distance][1]
    return out


def _beyond(
    sites: measure.SiteSet, cover: Any, province: Any, distance_m: float, drawn: NDArray[Any]
) -> NDArray[np.bool_]:
    """Mark the sites whose surroundings an area does not cover; takes those drawn, and adds some.

    What holds a box around the surroundings holds them, and what of the province is not covered
    lies plainly within the distance of most others, or beyond it: few have to be drawn.
    """
    shapely.prepare([cover, province])
    margin = np.array([-1.0, -1.0, 1.0, 1.0]) * (distance_m / _LEAST_DEGREE_M + _MARGIN_DEG)
    shapes = sites.geometries
    boxes = shapely.box(*(shapely.bounds(shapes) + margin).T)
    out = ~(shapely.contains_properly(cover, boxes) & shapely.contains_properly(province, boxes))
    rest = np.flatnonzero(out)
    if distance_m > 0.0 and len(rest):
        near, far = measure.beside(shapes[rest], shapely.difference(province, cover), distance_m)
        out[rest[far & shapely.intersects(province, shapes[rest])]] = False
        rest = rest[~near & out[rest]]
    new = rest[shapely.is_missing(drawn[rest])]
    if len(new):
        drawn[new] = _within(measure.around(shapes[new], distance_m), province)
    out[rest] = ~shapely.covers(cover, drawn[rest]) | shapely.is_empty(drawn[rest])
    return np.asarray(out, dtype=bool)


def _around(sites: measure.SiteSet, queries: Sequence[Query], edge_m: float) -> Bounds | None:
    """Return bounds around the sites, as wide as any query asks; None without a site."""
    if not len(sites.geometries):
        return None
    widest = edge_m + max((q.distance_m for q in queries), default=0.0)
    margin = 0.01 + widest / _LEAST_DEGREE_M
    west, south, east, north = shapely.total_bounds(sites.geometries).tolist()
    return west - margin, south - margin, east + margin, north + margin


def _within(shapes: NDArray[Any], province: Any) -> NDArray[Any]:
    """Return what of the shapes lies in the province; few reach beyond it."""
    shapely.prepare(province)
    out = shapes.copy()
    edge = ~shapely.contains_properly(province, shapes)
    out[edge] = shapely.intersection(shapes[edge], province)
    return out


def decide(
    projects: Sequence[Project],
    readings: Sequence[read.Reading],
    book: law.RuleBook,
    layers: Layers,
    numbers: Numbers,
    early: law.EarlyLaw,
) -> Iterator[ProjectResult]:
    """Decide every rule for every project; a feature that could not be read is reported so."""
    failed = failures(projects, readings)
    placed = [project for project in projects if project.geometry is not None]
    known, beyond = Known(layers, numbers), numbers.outside
    whole = np.array([m is not None and m.touches is Tri.YES for m in beyond], dtype=bool)
    concerned = early.queries
    decisions = law.decide_all(book, placed, known, whole)
    found = []
    for index, project in enumerate(placed):
        outside = beyond[index]
        declared = decisions.declaration(index)
        after = (
            *([declared] if declared else []),
            *_doubts(project),
            *contradicted(project, known, index),
            *_lacking(project, layers.lacking),
            *early.findings(project, {q: known.at(q, index) for q in concerned}),
        )
        before = [law.outside_finding(project, outside)] if outside is not None else []
        found.append(SiteFindings(decisions.table, index, before, after))
    decided = zip(law.statuses_of(found), found, numbers.counties, strict=True)
    for project in projects:
        if project.geometry is None:
            yield next(failed)
        else:
            yield ProjectResult(project, *next(decided))


def failures(
    projects: Sequence[Project], readings: Sequence[read.Reading]
) -> Iterator[ProjectResult]:
    """Report the features that could not be read."""
    faults = iter(problem for reading in readings for problem in reading.problems)
    for project in projects:
        if project.geometry is None:
            yield law.failed_project(project, [next(faults)])


def _doubts(project: Project) -> Iterator[Finding]:
    """Yield a finding where a site may not be what is drawn: nothing is clear there."""
    for doubt in project.doubts:
        yield Finding(project.id, Status.UNDETERMINED, doubt.text, doubt.code, needs="correction")


def _lacking(project: Project, records: Sequence[LayerRecord]) -> list[Finding]:
    """Return a finding for each layer without which the workspace calls a review incomplete."""
    return [
        Finding(
            project=project.id,
            status=Status.FAILED if record.state == "failed" else Status.NOT_CHECKED,
            reason=message("run.workspace-requires-layer-which", name=record.name),
            code="required-layer-missing",
            layer=record.id,
            problem=record.problem,
            needs="correction" if record.state == "failed" else "official_line",
        )
        for record in records
    ]
