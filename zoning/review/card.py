"""The cards of sites: measured at the layers of every zoning system, when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning import measure
from zoning.catalogue.embedded import LoadedLayer
from zoning.messages import Text
from zoning.model import (
    Card,
    CardEntry,
    CardLine,
    Evidence,
    Measure,
    Project,
    Query,
    Standing,
    System,
    Tri,
)
from zoning.review.index import taken
from zoning.review.layers import Layers
from zoning.review.run import uncovered

#: A zone no farther away than this is told as near, m: a parameter of the card, of no legal weight.
NEAR_M = 2000.0


def cards(
    projects: Sequence[Project],
    layers: Layers,
    near_m: float = NEAR_M,
    sites: measure.SiteSet | None = None,
) -> tuple[Card, ...]:
    """Return the card of every site that has a place, in the order given.

    Parameters
    ----------
    projects : sequence of Project
    layers : Layers
        Of the review. A layer that it has not used yet is loaded now.
    near_m : float, optional
        Up to which distance a zone is near, m.
    sites : SiteSet, optional
        The projects that have a place, prepared for measuring.

    Returns
    -------
    tuple of Card
        One line for each system of the catalogue, in its order.
    """
    placed = [p for p in projects if p.geometry is not None]
    if not placed:
        return ()
    if sites is None:
        sites = measure.SiteSet(np.array([p.geometry for p in placed], dtype=object))
    systems = tuple(layers.catalogue.systems.values())
    names = tuple(dict.fromkeys(name for system in systems for name in system.layers))
    complete = _complete(sites, names, layers, near_m)
    columns = [
        [_column(name, system, sites, layers, complete[name], near_m) for name in system.layers]
        for system in systems
    ]
    layers.zone_sets.write()
    return tuple(
        Card(
            project.id,
            near_m,
            tuple(
                CardLine(system.id, system.title, tuple(entries[i] for entries in found))
                for system, found in zip(systems, columns, strict=True)
            ),
        )
        for i, project in enumerate(placed)
    )


def official_layers(layers: Layers) -> tuple[str, ...]:
    """Return the layers of the systems that the workspace has a source for."""
    if layers.opened is None:
        return ()
    named = {name for system in layers.catalogue.systems.values() for name in system.layers}
    return tuple(sorted(named & set(layers.opened.content.layers)))


@dataclass(frozen=True)
class _Complete:
    """Whether a layer is complete at each site, and as far around it as near goes."""

    here: NDArray[np.bool_]
    around: NDArray[np.bool_]


def _complete(
    sites: measure.SiteSet, names: Sequence[str], layers: Layers, near_m: float
) -> dict[str, _Complete]:
    pairs = {name: (Query(name), Query(name, near_m)) for name in names}
    cover = layers.province
    queries = [query for pair in pairs.values() for query in pair]
    open_ = uncovered(sites, layers, queries, cover)
    all_ = np.ones(len(sites.geometries), dtype=bool)
    return {
        name: _Complete(*(~open_[query] if query in open_ else all_ for query in pair))
        for name, pair in pairs.items()
    }


def _column(
    name: str,
    system: System,
    sites: measure.SiteSet,
    layers: Layers,
    complete: _Complete,
    near_m: float,
) -> list[CardEntry]:
    """Return the entry of each site at one layer."""
    loaded = layers[name]
    blank = _blank(loaded, system, layers)
    base, width = measure.origin(layers.shown(), Query(name))
    table = layers[base].table
    if loaded.record.state != "used" or table is None:
        state: Standing = "failed" if loaded.record.state == "failed" else "no_data"
        return [replace(blank, standing=state)] * len(sites.geometries)
    found = measure.relate(sites, _numbered(base, layers), width)
    called = _called(name, system, layers[base], sorted({i for r in found for i in _rows(r)}))
    return [
        _entry(blank, loaded, relation, (called, width, near_m), here, around)
        for relation, here, around in zip(
            found, complete.here.tolist(), complete.around.tolist(), strict=True
        )
    ]


def _blank(loaded: LoadedLayer, system: System, layers: Layers) -> CardEntry:
    """Return what is the same for every site: the layer, its source, and whom to ask."""
    layer, record = loaded.layer, loaded.record
    office = None if record.official else layers.catalogue.office_of(layer.id)
    return CardEntry(
        layer.id,
        layer.name,
        system.labels.get(layer.id),
        "no_data",
        source=record.file,
        office=office.title if office is not None else None,
    )


def _numbered(name: str, layers: Layers) -> measure.Zones:
    """Return the zones of a layer, each under the number of its row instead of its name."""
    if name not in layers.zone_sets:
        loaded = layers[name]
        assert loaded.given is not None  # the zones of a stored layer are there already
        layers.zone_sets[name] = measure.zone_set(loaded.layer, loaded.given)
    return layers.zone_sets[name].numbered()


def _rows(relation: measure.Relation) -> list[int]:
    """The rows of the zones that an entry may name."""
    nearest = relation.total.zone.split("、") if relation.total is not None else []
    return [int(row) for row in (*nearest, *(zone.zone for zone in relation.zones))]


def _called(
    name: str, system: System, origin: LoadedLayer, rows: Sequence[int]
) -> Mapping[int, tuple[str, Text | None]]:
    """Return the names of zones and what the card calls them: class, name, or nothing."""
    own = origin.layer.name_field
    classes = next((c for c in system.classes if c.layer == name), None)
    field = classes.field if classes is not None else None
    table = taken(origin, rows, (own, "name_en", field))
    blank = [None] * len(table)
    named = table[own] if own is not None and own in table else blank
    names = [str(value) if isinstance(value, str) else origin.layer.name.zh for value in named]
    if classes is not None:
        values = table[field] if field is not None and field in table else blank
        titles: list[Text | None] = [classes.titles.get(str(value)) for value in values]
    elif name in system.unnamed:
        titles = list(blank)
    else:
        english = table["name_en"] if own == "name" and "name_en" in table else named
        titles = [_title(zh, en) for zh, en in zip(named, english, strict=True)]
    return dict(zip(rows, zip(names, titles, strict=True), strict=True))


def _title(zh: Any, en: Any) -> Text | None:
    if not isinstance(zh, str) or not zh:
        return None
    return Text(zh, en if isinstance(en, str) and en else zh)


def _entry(
    blank: CardEntry,
    loaded: LoadedLayer,
    relation: measure.Relation,
    how: tuple[Mapping[int, tuple[str, Text | None]], float, float],
    here: bool,
    around: bool,
) -> CardEntry:
    called, width, near_m = how
    total = relation.total
    if total is None:
        # Official data without any zone: complete where the workspace says so, and nowhere else.
        standing: Standing = "outside" if here else "not_shown"
        evidence = loaded.evidence_of([])
        return replace(blank, standing=standing, evidence=evidence, complete=around)
    met = [row for row in relation.zones if row.touches is Tri.YES]
    evidence = loaded.evidence_of([called[int(row.zone)][0] for row in met])
    standing = _standing(total, width, near_m, here and evidence is not Evidence.SCHEMATIC)
    rows = met if standing == "inside" else list(relation.zones)
    which = [int(row.zone) for row in rows] or [int(total.zone.split("、")[0])]
    return replace(
        blank,
        standing=standing,
        zones=tuple(dict.fromkeys(title for i in which if (title := called[i][1]) is not None)),
        distance_m=0.0 if standing == "inside" else max(total.distance_m - width, 0.0),
        line_m=total.distance_m if width else None,
        share=total.share,
        unsure=standing == "inside" and total.shallow,
        accuracy_m=total.accuracy_m,
        evidence=evidence,
        complete=around,
    )


def _standing(total: Measure, width: float, near_m: float, known: bool) -> Standing:
    """Say where a site stands; ``known`` tells that missing all zones means there is none."""
    if total.touches is Tri.YES:
        return "inside"
    if total.touches is Tri.UNKNOWN:
        return "edge"
    if total.distance_m - width <= near_m:
        return "near"
    return "outside" if known else "not_shown"
