"""Remedies: forbidden ground from the rules, a cure from the overlay, and the same review again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from zoning import law, measure
from zoning.measure import remedy as cure
from zoning.model import (
    Evidence,
    Project,
    ProjectResult,
    Query,
    Remedy,
    Rule,
    Status,
    Stretch,
)
from zoning.review.layers import Layers

#: A moved site keeps this far off; the next is tried where the review still finds a violation.
_CLEARANCE_M = (1.0, 10.0, 60.0)

#: Reviews projects again: the same rules, layers and day.
Again = Callable[[Sequence[Project]], Sequence[ProjectResult]]


def remedies(
    results: Sequence[ProjectResult], book: law.RuleBook, layers: Layers, again: Again
) -> tuple[Remedy, ...]:
    """Work out for each site with a violation what would cure it.

    A move is only reported after the moved site has passed ``again`` without any violation that a
    move could cure.
    """
    drafts: dict[str, Remedy] = {}
    grounds: dict[str, Any] = {}
    known = {rule.id: rule for rule in book.rules}
    sites = {r.project.id: r.project for r in results if r.project.geometry is not None}
    for result in results:
        broken = [known[f.rule] for f in result.findings if f.rule and f.status is _BAD]
        if not broken or result.project.id not in sites:
            continue
        project = result.project
        placed = tuple(r.id for r in broken if _movable(r, layers))
        elsewhere = tuple(r.id for r in broken if not _movable(r, layers))
        draft = Remedy(project.id, placed, elsewhere)
        if placed:
            ground = _ground(project, book, layers)
            grounds[project.id] = ground
            draft = _parts(draft, project.geometry, ground)
        drafts[project.id] = draft
    _move(drafts, {k: (sites[k], g) for k, g in grounds.items()}, again)
    return tuple(drafts.values())


_BAD = Status.VIOLATION


def _movable(rule: Rule, layers: Layers) -> bool:
    """Whether a move could cure a violation: not where the zone is a whole administrative area."""
    return layers[rule.layer].layer.theme != "administrative"


def _ground(project: Project, book: law.RuleBook, layers: Layers) -> Any:
    """Everything within reach that the project may not touch, in the plane."""
    site = project.geometry
    pieces = [cure.beyond(site, shapely.union_all(layers.need("province").geometry.to_numpy()))]
    for rule in book.forbidding(project):
        if not _movable(rule, layers):
            continue
        query, area = law.query_of(rule), law.area_of(rule)
        zones = _zones(layers, query)
        if rule.scope.op == "outside":
            if zones is not None:
                pieces.append(cure.beyond(site, shapely.union_all(zones)))
            continue
        found = _drawn(layers, site, query, zones)
        if found is not None and area is not None:
            held = _drawn(layers, site, area, _zones(layers, area))
            found = shapely.intersection(found, held) if held is not None else found
        if found is not None:
            pieces.append(found)
    return shapely.union_all(np.array(pieces, dtype=object))


def _drawn(layers: Layers, site: Any, query: Query, zones: Any) -> Any:
    if zones is None:
        return None
    return cure.ground(site, zones, measure.origin(layers.shown(), query)[1])


def _zones(layers: Layers, query: Query) -> Any:
    """Zones that can be violated: a schematic layer or zone never is."""
    name, _ = measure.origin(layers.shown(), query)
    loaded = layers[name]
    frame = loaded.frame
    if frame is None or loaded.record.evidence is Evidence.SCHEMATIC or not loaded.layer.decides:
        return None
    keep = np.ones(len(frame), dtype=bool)
    for column, allowed in query.where:
        if column not in frame:
            return None
        keep &= frame[column].isin(allowed).to_numpy()
    graded = loaded.layer.evidence_field
    if graded in frame and loaded.record.evidence is not Evidence.OFFICIAL:
        keep &= (frame[graded] != Evidence.SCHEMATIC.value).to_numpy()
    return frame.geometry.to_numpy()[keep] if keep.any() else None


def _parts(draft: Remedy, site: Any, ground: Any) -> Remedy:
    dimension = int(shapely.get_dimensions(site))
    if dimension == 2:
        left, area = cure.remainder(site, ground)
        whole = float(measure.areas(site)[0])
        return replace(draft, remainder=left, remainder_m2=area, removed_m2=max(whole - area, 0.0))
    if dimension == 1:
        found = cure.stretches(site, ground)
        return replace(draft, stretches=tuple(Stretch(*stretch) for stretch in found))
    return draft


def _move(drafts: dict[str, Remedy], open_: dict[str, tuple[Project, Any]], again: Again) -> None:
    """Try shortest moves with growing clearance until the review finds no more violations."""
    waiting = {k: v for k, v in open_.items() if shapely.get_dimensions(v[0].geometry) != 1}
    for clearance in _CLEARANCE_M:
        moved: dict[str, Remedy] = {}
        for name, (project, ground) in waiting.items():
            move = cure.shortest_move(project.geometry, ground, clearance)
            if move is not None:
                there, distance, bearing = cure.moved(project.geometry, move)
                moved[name] = replace(
                    drafts[name], moved=there, shift_m=distance, bearing_deg=bearing
                )
        sites = [replace(waiting[name][0], geometry=found.moved) for name, found in moved.items()]
        passed = _passed(again(sites), drafts) if sites else {}
        for name, status in passed.items():
            drafts[name] = replace(moved[name], moved_status=status)
        waiting = {k: v for k, v in waiting.items() if k in moved and k not in passed}


def _passed(results: Iterable[ProjectResult], drafts: dict[str, Remedy]) -> dict[str, Status]:
    """Of moved sites, those without a violation that a move could cure, with their status."""
    out: dict[str, Status] = {}
    for result in results:
        name = result.project.id
        broken = {f.rule for f in result.findings if f.status is _BAD}
        if broken <= set(drafts[name].elsewhere):
            out[name] = result.status
    return out
