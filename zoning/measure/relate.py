"""Measure every site against every zone of a layer: distance, overlap, depth. No law in here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import shapely

from zoning.measure.beyond import Beyond
from zoning.measure.meetings import Meetings, Relation
from zoning.measure.overlaps import OF_PART
from zoning.measure.pairs import Floats, Places, all_pairs, foremost_pairs, nearest
from zoning.measure.split import DRAWABLE, UNDRAWN, join
from zoning.measure.zones import SiteSet, Zones, ZoneSet
from zoning.model import Measure, Tri

if TYPE_CHECKING:
    from zoning.measure.parts import Parts

#: Vertices at which the depth of an overlap is taken, at the most (twice this).
_SAMPLE = 50


@dataclass(frozen=True, eq=False)
class Relations(Sequence[Relation]):
    """n sites against one layer; what is not near a zone is told by its distance alone.

    Attributes
    ----------
    layer : str
    near : Meetings
        The sites within reach of a zone, by position.
    beyond : Beyond
        How far the others are from the zone nearest to each.
    """

    layer: str
    near: Meetings
    beyond: Beyond

    def __len__(self) -> int:
        return len(self.beyond)

    @overload
    def __getitem__(self, index: int) -> Relation: ...
    @overload
    def __getitem__(self, index: slice) -> list[Relation]: ...
    def __getitem__(self, index: int | slice) -> Relation | list[Relation]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index >= len(self):
            raise IndexError(index)
        found = self.near.get(index)
        return Relation(self.beyond.measure(self.layer, index)) if found is None else found


def relate(sites: SiteSet, zones: Zones, distance_m: float = 0.0) -> Sequence[Relation]:
    """Measure sites against the zones of a layer, or against bands around them.

    Parameters
    ----------
    sites : SiteSet
        n sites.
    zones : Zones
        m zones.
    distance_m : float, optional
        Width of the band around each zone; 0 asks for the zone itself. A site exactly
        ``distance_m`` away keeps its distance, and one that only touches does not overlap.

    Returns
    -------
    sequence of Relation, length n
        Lengths and distances in m (geodesic), areas in m² (ellipsoidal), geometry in EPSG:4490.
    """
    if not len(zones) or not len(sites.geometries):
        return [Relation(None) for _ in sites.geometries]
    reach = distance_m + zones.worst_accuracy_m
    if sites.split is None:
        return _relate(sites, zones, distance_m, reach)
    near = zones.near(sites, reach)
    minimum = (near.min_area_m2, near.min_length_m)
    bare = replace(near, min_area_m2=0.0, min_length_m=0.0, origin=near.home)
    found: list[dict[int, Relation]] = [{} for _ in sites.geometries]
    whole, rest = sites.split.near(bare, reach, distance_m)
    owner = sites.split.owner
    for block, relation in _blocks(sites.split, bare, whole, distance_m):
        found[sites.split.site[block]][int(sites.split.starts[block])] = relation
    parts = sites.split.sites.subset(rest)
    measured = _relate_parts(parts, bare, distance_m, reach, owner[rest])
    # What they are prepared with takes more memory than they do themselves.
    shapely.destroy_prepared(parts.plane)
    for part, relation in zip(rest.tolist(), measured, strict=True):
        found[owner[part]][part] = relation
    every = zip(found, sites.sizes.tolist(), sites.geometries, strict=True)
    # A site's parts in their order, by which zones are named.
    return [
        _joined([relations[part] for part in sorted(relations)], size, site, minimum)
        for relations, size, site in every
    ]


def _blocks(
    parts: Parts, zones: ZoneSet, whole: dict[int, tuple[int, ...]], distance_m: float
) -> Iterator[tuple[int, Relation]]:
    """Yield the blocks of parts that lie wholly in zones."""
    each = {(block, (zone,)) for block, which in whole.items() for zone in which}
    asked = sorted(each | set(whole.items()))
    depth = dict.fromkeys(asked, distance_m)
    if distance_m == 0.0:
        depth = parts.depths(zones, asked)
    rows: dict[tuple[int, tuple[int, ...]], Measure] = {}
    for block, which in asked:
        site = int(parts.starts[block])
        raw, area, length = parts.sizes(block, zones.sliver_width_m)
        sizes = (depth[block, which], raw, area, length, length)
        rows[block, which] = _inside(parts.sites, zones, site, which, distance_m, sizes)
    blocks = np.array(list(whole), dtype=np.intp)
    many = np.bincount(parts.site[blocks], parts.vertices[blocks], len(parts.site)) > DRAWABLE
    for block, which in whole.items():
        shape = UNDRAWN if many[parts.site[block]] else parts.drawn(block)
        total = replace(rows[block, which], geometry=shape)
        yield block, _relation(total, [rows[block, (zone,)] for zone in which])


def _joined(
    relations: list[Relation], size: float, site: Any, minimum: tuple[float, float]
) -> Relation:
    """Put the relations of a site's parts together: the total, and each zone by name."""
    totals = [r.total for r in relations if r.total is not None]
    by_zone: dict[str, list[Measure]] = {}
    for relation in relations:
        for row in relation.zones:
            by_zone.setdefault(row.zone, []).append(row)
    rows = [join(rows, size, site, minimum, draw=False) for rows in by_zone.values()]
    rows.sort(key=lambda row: (row.distance_m, row.zone))
    return Relation(join(totals, size, site, minimum, draw=True), tuple(rows))


def _relate(sites: SiteSet, zones: Zones, distance_m: float, reach: float) -> Relations:
    """Measure sites none of which is very large."""
    # Who asked for more of the same zones before has found those within reach, too.
    last = sites.reached
    if not (last and last[0].zones is zones and reach <= last[0].reach):
        close = zones.within(sites, reach)
        last[:] = [_Reached(zones, reach, close, all_pairs(sites, close, reach))]
    close, pairs = last[0].close, last[0].pairs
    near = Meetings(sites, close, pairs, reach, distance_m, _SAMPLE, apart=True)
    return Relations(close.layer, near, Beyond(sites, zones))


@dataclass(frozen=True, eq=False)
class _Reached:
    """The sites and pieces of zones within reach of each other."""

    zones: Zones
    reach: float
    close: ZoneSet
    pairs: tuple[Places, Places, Floats]


def _relate_parts(
    sites: SiteSet, zones: ZoneSet, distance_m: float, reach: float, owner: Places
) -> Relations:
    """Measure parts of very large sites; ``owner`` tells whose part each is."""
    pairs = foremost_pairs(sites, zones, reach, distance_m, owner)
    distance, where = nearest(sites, zones, pairs, owner)
    near = Meetings(sites, zones, pairs, reach, distance_m, OF_PART, apart=False)
    beyond = Beyond(sites, zones)
    beyond.put(distance, zones.accuracy_m[where], [zones.names[zone] for zone in where.tolist()])
    return Relations(zones.layer, near, beyond)


def _relation(total: Measure, rows: list[Measure]) -> Relation:
    if total.touches is Tri.NO and any(row.touches is Tri.UNKNOWN for row in rows):
        total = replace(total, touches=Tri.UNKNOWN)
    return Relation(total, tuple(row for row in rows if row.touches is not Tri.NO))


def _inside(
    sites: SiteSet,
    zones: ZoneSet,
    site: int,
    which: tuple[int, ...],
    distance_m: float,
    figures: Sequence[float],
) -> Measure:
    """Say what a part that lies in zones has to do with them; the figures are depth, area and
    length, each of the last two before and after the layer's tolerances."""
    depth, raw_area, area, raw_length, length = figures
    accuracy = float(zones.accuracy_m[list(which)].max())
    dimension = int(sites.dimensions[site])
    size = (depth, length, area)[dimension]
    met_here = distance_m > 0.0 or size > 0.0
    touches = Tri.YES if met_here else Tri.UNKNOWN if accuracy > 0.0 else Tri.NO
    whole = float(sites.sizes[site])
    return Measure(
        layer=zones.layer,
        zone="、".join(dict.fromkeys(zones.names[i] for i in which)),
        distance_m=0.0,
        depth_m=depth,
        area_m2=area,
        raw_area_m2=raw_area,
        length_m=length,
        raw_length_m=raw_length,
        share=min(size / whole, 1.0) if dimension else float(met_here),
        accuracy_m=accuracy,
        touches=touches,
        geometry=None,
    )
