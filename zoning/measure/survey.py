"""All measurements of a review: every query against every site, and where the sites lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.errors import Problem
from zoning.base.plane import scale, to_degrees, to_plane
from zoning.base.table import Table
from zoning.measure import split
from zoning.measure.choice import Columns, picked
from zoning.measure.links import Paired
from zoning.measure.meetings import Relation
from zoning.measure.pairs import geodesic_gap
from zoning.measure.relate import relate
from zoning.measure.shapes import Shapes
from zoning.measure.threads import grouped, shared
from zoning.measure.zones import SiteSet, Zones, ZoneSet
from zoning.model import (
    Layer,
    Measure,
    Query,
    Tri,
)

#: A drawn band is wider than this share of its width everywhere, and nowhere wider than this:
#: its arcs are chords, and the plane stretches by 0.06 % at the most.
_DRAWN: Final = (0.997, 1.002)


#: The word of a layer for all zones whose own width it does not give.
_OTHER: Final = "other"


def zone_set(layer: Layer, table: Table, shapes: Shapes | None = None) -> ZoneSet:
    """Prepare the zones of a layer for measuring.

    Accuracy comes from the layer's ``accuracy_field`` where a zone states one, else from the layer.
    The edge that the law counts from may lie half a width beside what is drawn as a line, towards a
    site: who keeps the distance from the line by less is as unsure as by an accuracy of that much.
    Geometries are those of the table, unless there are others for its rows.
    """
    count, names = len(table), np.full(len(table), layer.name.zh, dtype=object)
    accuracy = np.full(count, layer.positional_accuracy_m or 0.0)
    if layer.accuracy_field is not None and layer.accuracy_field in table:
        stated = table[layer.accuracy_field].astype(np.float64)
        accuracy = np.where(np.isfinite(stated), stated, accuracy)
    if layer.name_field is not None and layer.name_field in table:
        names = np.where(table.isna(layer.name_field), names, table[layer.name_field])
    drawn = table.geometry if shapes is None else shapes
    if layer.half_width_m:
        accuracy = accuracy + _half_widths(layer, table, np.asarray(drawn, dtype=object))
    return ZoneSet(
        layer.id,
        drawn,
        [str(name) for name in names],
        accuracy,
        layer.tolerances.sliver_width_m,
        layer.tolerances.min_area_m2,
        layer.tolerances.min_length_m,
    )


def _half_widths(layer: Layer, table: Table, drawn: NDArray[Any]) -> NDArray[np.float64]:
    """How far beside each zone its edge may lie, m: nowhere else where it is drawn as an area."""
    given, column = layer.half_width_m, layer.half_width_by
    other = given.get(_OTHER, max(given.values()))
    words = table[column] if column is not None and column in table else [None] * len(table)
    widths = np.array([given.get(str(word), other) for word in words], dtype=np.float64)
    return np.where(shapely.get_dimensions(drawn) == 1, widths, 0.0)


@dataclass(frozen=True)
class Surveyed:
    """What was measured for one query.

    ``unclear`` marks the sites that may meet a zone whose class is not stated: it may be of the
    class asked for, so for these sites meeting no other zone says nothing. ``fault`` names it.
    """

    relations: Sequence[Relation]
    unclear: NDArray[np.bool_]
    fault: Problem | None = None


def survey(
    sites: SiteSet,
    layers: Mapping[str, Layer],
    frames: Mapping[str, Columns],
    queries: Iterable[Query],
    prepared: MutableMapping[str, Zones] | None = None,
) -> dict[Query, Surveyed]:
    """Measure every site for every query whose layer has data.

    A layer that is a band around another is measured at that other layer, with the widths added.
    ``prepared`` holds the zones of these very frames from before, by layer, and takes new ones; it
    has those of everything that is no Table.
    """
    prepared = {} if prepared is None else prepared
    asked = [query for query in queries if origin(layers, query)[0] in frames]
    lots: dict[str, list[Query]] = {}
    for query in asked:
        name, _ = origin(layers, query)
        if name not in prepared:
            prepared[name] = zone_set(layers[name], cast("Table", frames[name]))
        lots.setdefault(name, []).append(query)
    largest = sorted(lots, key=lambda name: -len(prepared[name]))
    zones = {name: prepared[name] for name in largest}

    def measured(sites: SiteSet, name: str) -> dict[Query, Surveyed]:
        # The widest first: the zones near then hold those of narrower questions.
        wide = sorted(lots[name], key=lambda query: -query.distance_m)
        at = _At(sites, zones[name], frames[name], layers[name])
        return {query: at.surveyed(query, origin(layers, query)[1]) for query in wide}

    out: dict[Query, Surveyed] = {}
    for found in shared(sites, measured, grouped(zones)):
        out |= found
    return {query: out[query] for query in asked}


@dataclass(frozen=True)
class _At:
    """Sites at the zones of one layer."""

    sites: SiteSet
    zones: Zones
    frame: Columns
    layer: Layer
    #: The sites that may meet some zones, by the distance and these: lists ask for the same often.
    known: dict[tuple[float, bytes], NDArray[np.bool_]] = field(default_factory=dict)

    def surveyed(self, query: Query, distance_m: float) -> Surveyed:
        """Measure every site for one query, at the zones or at bands around them."""
        sure, possible, fault = picked(self.frame, query, self.layer)
        zones = self.zones if sure.all() else self.zones.subset(sure)
        found = relate(self.sites, zones, distance_m) if len(zones) else self._none()
        return Surveyed(found, self._near(possible, distance_m), fault)

    def _none(self) -> list[Relation]:
        """The layer has data, and none of its zones is of the class asked for."""
        return [Relation(Measure(self.layer.id, "", np.inf)) for _ in self.sites.geometries]

    def _near(self, possible: NDArray[np.bool_], distance_m: float) -> NDArray[np.bool_]:
        """Mark the sites that meet one of some zones, or may."""
        key = distance_m, possible.tobytes()
        if key not in self.known:
            met = np.zeros(len(self.sites.geometries), dtype=bool)
            if possible.any():
                near = relate(self.sites, self.zones.subset(possible), distance_m)
                met[:] = [r.total is not None and r.total.touches is not Tri.NO for r in near]
            self.known[key] = met
        return self.known[key]


def origin(layers: Mapping[str, Layer], query: Query) -> tuple[str, float]:
    """Return the layer at which a query is measured, bands undone, and the width in m."""
    name, distance = query.layer, query.distance_m
    while (source := layers[name].source) is not None and source.buffer is not None:
        name, distance = source.buffer.layer, distance + source.buffer.distance_m
    return name, distance


def around(geometries: NDArray[Any], distance_m: float) -> NDArray[Any]:
    """Return each geometry with the band of a given width around it (EPSG:4490 in and out)."""
    plane = to_plane(split.filled(geometries, distance_m))
    middle = shapely.get_coordinates(shapely.centroid(plane))
    bounds = shapely.bounds(geometries)
    width = distance_m * scale(middle[:, 0], 0.5 * (bounds[:, 1] + bounds[:, 3]))
    drawn: NDArray[Any] = to_degrees(shapely.buffer(plane, width, quad_segs=16))
    return drawn


def beside(
    geometries: NDArray[Any], area: Any, distance_m: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell of geometries whether their bands, as :func:`around` draws them, surely reach an area,
    and whether they surely do not (EPSG:4490)."""
    plane, shape = to_plane(geometries), to_plane(area)
    shapely.prepare(shape)
    reached = (shapely.dwithin(shape, plane, distance_m * factor) for factor in _DRAWN)
    near, maybe = reached
    return near, ~maybe


def places(sites: SiteSet, zones: ZoneSet) -> list[tuple[str, ...]]:
    """Name the zones that each site lies in, at least in part; touching does not count."""
    tree = shapely.STRtree(zones.geometries)
    met: set[tuple[int, int]] = set()
    which, parts = np.arange(len(sites.geometries)), sites.split
    shapes = sites
    if parts is not None:
        block, zone = tree.query(parts.boxes)
        meets = shapely.intersects(zones.prepared(zone), parts.boxes[block])
        block, zone = block[meets], zone[meets]
        inside = parts.inside(zones, block, zone)
        rest = np.unique(block[~inside])
        whole = inside & ~np.isin(block, rest)
        met.update(zip(parts.site[block[whole]].tolist(), zone[whole].tolist(), strict=True))
        shapes = parts.sites.subset(parts.of(rest))
        which = parts.owner[parts.of(rest)]
    part, zone = tree.query(shapes.geometries)
    inside = shapely.contains_properly(zones.prepared(zone), shapes.boxes[part])
    edge = np.flatnonzero(~inside)
    left, right = zones.prepared(zone[edge]), shapes.geometries[part[edge]]
    inside[edge] = shapely.intersects(left, right) & ~shapely.touches(left, right)
    met.update(zip(which[part[inside]].tolist(), zone[inside].tolist(), strict=True))
    out: list[list[str]] = [[] for _ in sites.geometries]
    for s, z in sorted(met):
        out[s].append(zones.names[z])
    return [tuple(names) for names in out]


def covered(cover: Any, sites: SiteSet) -> NDArray[np.bool_]:
    """Tell which sites an area covers wholly."""
    shapely.prepare(cover)
    out = shapely.covers(cover, sites.boxes)
    rest = np.flatnonzero(~out)
    out[rest] = shapely.covers(cover, sites.geometries[rest])
    return np.asarray(out, dtype=bool)


def outside(sites: SiteSet, cover: Any, accuracy_m: float) -> list[Measure | None]:
    """Measure the part of each site that lies outside a covering area.

    Parameters
    ----------
    cover : shapely geometry
        EPSG:4490.
    accuracy_m : float
        How well the cover's edge is known; a part that reaches less far outside does not count.

    Returns
    -------
    list of Measure or None
        None for a site inside; ``touches`` is YES where the whole site lies outside.
    """
    out: list[Measure | None] = [None] * len(sites.geometries)
    beyond = np.flatnonzero(~covered(cover, sites))
    if not len(beyond):
        return out
    site = sites.geometries[beyond]
    whole = ~shapely.intersects(cover, site)
    rest = site.copy()
    rest[~whole] = shapely.difference(site[~whole], cover)
    reach = _reach(rest, cover)
    area, length = geodesy.areas(rest), geodesy.lengths(rest)
    share = np.divide(
        area + length, sites.sizes[beyond], out=np.ones(len(beyond)), where=sites.sizes[beyond] > 0
    )
    for i in np.flatnonzero(reach > accuracy_m):
        out[beyond[i]] = Measure(
            layer="province",
            zone="",
            distance_m=float(reach[i]),
            area_m2=float(area[i]),
            length_m=float(length[i]),
            share=float(share[i]),
            accuracy_m=accuracy_m,
            touches=Tri.YES if whole[i] else Tri.UNKNOWN,
            geometry=rest[i],
        )
    return out


def _reach(rest: NDArray[Any], cover: Any) -> NDArray[np.float64]:
    """How far each outside part reaches beyond the cover's edge, m, at its farthest vertex."""
    edge = np.array([shapely.boundary(cover)], dtype=object)
    zones = ZoneSet("edge", edge, ["edge"], np.zeros(1))
    xy, owner = shapely.get_coordinates(to_plane(rest), return_index=True)
    corners = shapely.points(xy)
    found = zones.tree.query_nearest(corners, all_matches=False)
    gap = geodesic_gap(Paired(corners, zones.pieces[0], *found))
    reach = np.zeros(len(rest))
    np.maximum.at(reach, owner[found[0]], gap)
    return reach
