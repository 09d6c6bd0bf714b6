"""Remedies: forbidden ground from the rules, a cure from the overlay, and the same review again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning import law, measure
from zoning.measure import remedy as cure
from zoning.model import (
    Evidence,
    Move,
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
#: So much is cut off around forbidden ground in turn, until the review of the rest is clear of it.
_MARGIN_M = (0.0, 0.05, 1.0, 10.0)

#: Reviews projects again: the same rules, layers and day.
Again = Callable[[Sequence[Project]], Sequence[ProjectResult]]

_BAD = Status.VIOLATION
_OPEN = (Status.VIOLATION, Status.RESTRICTED, Status.UNDETERMINED)


@dataclass(frozen=True)
class _Case:
    """A site with a violation: its ground as drawn, and widened by how well it is known."""

    project: Project
    elsewhere: frozenset[str]
    ground: Any
    wide: Any


def remedies(
    results: Sequence[ProjectResult], book: law.RuleBook, layers: Layers, again: Again
) -> tuple[Remedy, ...]:
    """Work out for each site with a violation what would cure it.

    A move or a remainder is only reported after it has passed ``again`` without any violation that
    a move could cure. A plant in operation gets none: it stands where it stands.
    """
    drafts: dict[str, Remedy] = {}
    cases: dict[str, _Case] = {}
    known = {rule.id: rule for rule in book.rules}
    sites = {r.project.id: r.project for r in results if r.project.geometry is not None}
    for result in results:
        broken = [known[f.rule] for f in result.findings if f.rule and f.status is _BAD]
        name = result.project.id
        if not broken or name not in sites:
            continue
        placed = tuple(r.id for r in broken if _movable(r, layers))
        elsewhere = tuple(r.id for r in broken if not _movable(r, layers))
        existing = result.project.attributes.get("nature") == "existing"
        drafts[name] = Remedy(name, placed, elsewhere, existing)
        if placed and not existing:
            ground, wide = _grounds(result.project, book, layers)
            cases[name] = _Case(result.project, frozenset(elsewhere), ground, wide)
    for name, case in cases.items():
        drafts[name] = _stretches(drafts[name], case)
    _remain(drafts, cases, again)
    near = _moves(cases, again, wide=False)
    far = _moves({name: case for name, case in cases.items() if name in near}, again, wide=True)
    for name, move in near.items():
        safer = far.get(name)
        more = (safer,) if safer is not None and safer.shift_m > move.shift_m + 1.0 else ()
        first = replace(move, clears_accuracy=True) if safer is not None and not more else move
        drafts[name] = replace(drafts[name], moves=(first, *more))
    return tuple(drafts.values())


def _movable(rule: Rule, layers: Layers) -> bool:
    """Whether a move could cure a violation: not where the zone is a whole administrative area."""
    return layers[rule.layer].layer.theme != "administrative"


def _grounds(project: Project, book: law.RuleBook, layers: Layers) -> tuple[Any, Any]:
    """Everything within reach that the project may not touch, in the plane, and its surroundings.

    The second is the first widened by the positional accuracy of each zone.
    """
    site = project.geometry
    province = shapely.union_all(layers.need("province").geometry.to_numpy())
    edge = cure.beyond(site, province)
    pieces, wide = [edge], [edge]
    for rule in book.forbidding(project):
        if not _movable(rule, layers):
            continue
        for out, with_accuracy in ((pieces, False), (wide, True)):
            found = _ground(site, rule, layers, with_accuracy=with_accuracy)
            if found is not None:
                out.append(found)
    return shapely.union_all(pieces), shapely.union_all(wide)


def _ground(site: Any, rule: Rule, layers: Layers, *, with_accuracy: bool) -> Any:
    query, area = law.query_of(rule), law.area_of(rule)
    zones = _zones(layers, query)
    if rule.scope.op == "outside":
        return cure.beyond(site, shapely.union_all(zones[0])) if zones is not None else None
    found = _drawn(layers, site, query, zones, with_accuracy)
    if found is None or area is None:
        return found
    held = _drawn(layers, site, area, _zones(layers, area), with_accuracy)
    return shapely.intersection(found, held) if held is not None else found


_Zones = tuple[NDArray[Any], NDArray[np.float64]]


def _drawn(
    layers: Layers, site: Any, query: Query, zones: _Zones | None, with_accuracy: bool
) -> Any:
    """Draw zones or their bands, zones of the same accuracy together."""
    if zones is None:
        return None
    shapes, accuracy = zones
    distance = measure.origin(layers.shown(), query)[1]
    if not with_accuracy:
        return cure.ground(site, shapes, distance)
    drawn = [cure.ground(site, shapes[accuracy == m], distance + m) for m in np.unique(accuracy)]
    return shapely.union_all(np.array(drawn, dtype=object))


def _zones(layers: Layers, query: Query) -> _Zones | None:
    """Zones that can be violated, with their accuracy: a sketched layer or zone never is."""
    name, _ = measure.origin(layers.shown(), query)
    loaded = layers[name]
    evidence = loaded.record.evidence
    if loaded.table is None or evidence is Evidence.SCHEMATIC:
        return None
    official = evidence is Evidence.OFFICIAL
    if not official and not loaded.layer.decides:
        return None
    table = layers.needed(name)
    keep = np.ones(len(table), dtype=bool)
    for column, allowed in query.where:
        if column not in table:
            return None
        keep &= table.isin(column, allowed)
    graded = loaded.layer.evidence_field
    if graded is not None and graded in table and not official:
        keep &= ~table.isin(graded, (Evidence.SCHEMATIC.value,))
    if not keep.any():
        return None
    zones = measure.zone_set(loaded.layer, table)
    return zones.geometries[keep], zones.accuracy_m[keep]


def _stretches(draft: Remedy, case: _Case) -> Remedy:
    if int(shapely.get_dimensions(case.project.geometry)) != 1:
        return draft
    found = cure.stretches(case.project.geometry, case.ground)
    return replace(draft, stretches=tuple(Stretch(*stretch) for stretch in found))


def _remain(drafts: dict[str, Remedy], cases: dict[str, _Case], again: Again) -> None:
    """Cut forbidden ground out of each polygon, with a margin where the review still finds some."""
    waiting = {
        name: case
        for name, case in cases.items()
        if int(shapely.get_dimensions(case.project.geometry)) == 2
    }
    for margin in _MARGIN_M:
        cut: dict[str, Any] = {}
        for name, case in waiting.items():
            ground = shapely.buffer(case.ground, margin) if margin else case.ground
            left, area = cure.remainder(case.project.geometry, ground)
            whole = float(measure.areas(case.project.geometry)[0])
            drafts[name] = replace(
                drafts[name],
                remainder=left,
                remainder_m2=area,
                removed_m2=max(whole - area, 0.0),
            )
            if not left.is_empty:
                cut[name] = left
        sites = [replace(waiting[name].project, geometry=left) for name, left in cut.items()]
        passed = _passed(again(sites), cases) if sites else {}
        waiting = {n: case for n, case in waiting.items() if n in cut and n not in passed}
    for name in waiting:
        whole = drafts[name].remainder_m2 + drafts[name].removed_m2
        nothing = shapely.Polygon()
        drafts[name] = replace(drafts[name], remainder=nothing, remainder_m2=0.0, removed_m2=whole)


def _moves(cases: dict[str, _Case], again: Again, *, wide: bool) -> dict[str, Move]:
    """Try shortest moves with growing clearance until the review finds no more violations."""
    waiting = {n: c for n, c in cases.items() if shapely.get_dimensions(c.project.geometry) != 1}
    done: dict[str, Move] = {}
    for clearance in _CLEARANCE_M:
        tried: dict[str, tuple[Any, float, float]] = {}
        for name, case in waiting.items():
            ground = case.wide if wide else case.ground
            move = cure.shortest_move(case.project.geometry, ground, clearance)
            if move is not None:
                tried[name] = cure.moved(case.project.geometry, move)
        sites = [replace(waiting[name].project, geometry=new) for name, (new, *_) in tried.items()]
        passed = _passed(again(sites), cases) if sites else {}
        for name, result in passed.items():
            there, distance, bearing = tried[name]
            rules = tuple(f.rule for f in result.findings if f.rule and f.status in _OPEN)
            done[name] = Move(distance, bearing, there, result.status, rules, wide)
        waiting = {n: case for n, case in waiting.items() if n in tried and n not in passed}
    return done


def _passed(results: Iterable[ProjectResult], cases: dict[str, _Case]) -> dict[str, ProjectResult]:
    """Of changed sites, those without a violation that a move could cure."""
    out: dict[str, ProjectResult] = {}
    for result in results:
        name = result.project.id
        broken = {f.rule for f in result.findings if f.status is _BAD}
        if broken <= cases[name].elsewhere:
            out[name] = result
    return out
