"""Measure every site against every zone of a layer: distance, overlap, depth. No law in here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.model import Measure, Tri
from zoning.overlay import ellipsoid
from zoning.overlay.plane import to_degrees, to_plane
from zoning.overlay.zones import SiteSet, ZoneSet

#: Segments per quarter circle of a drawn band; its area is then 0.04 % short on a full circle.
_QUARTER = 32


@dataclass(frozen=True, slots=True)
class Relation:
    """One site against one layer: the dissolved total, and each zone that it meets or may meet.

    ``total`` is None where the layer has no zones at all.
    """

    total: Measure | None
    zones: tuple[Measure, ...] = ()


def relate(sites: SiteSet, zones: ZoneSet, distance_m: float = 0.0) -> list[Relation]:
    """Measure sites against the zones of a layer, or against bands around them.

    Parameters
    ----------
    sites : SiteSet
        n sites.
    zones : ZoneSet
        m zones.
    distance_m : float, optional
        Width of the band around each zone; 0 asks for the zone itself. A site exactly
        ``distance_m`` away keeps its distance, and one that only touches does not overlap.

    Returns
    -------
    list of Relation, length n
        Lengths and distances in m (geodesic), areas in m² (ellipsoidal), geometry in EPSG:4490.
    """
    if not len(zones.geometries) or not len(sites.geometries):
        return [Relation(None) for _ in sites.geometries]
    nearest, where = _nearest(sites, zones)
    reach = distance_m + zones.worst_accuracy_m
    close = np.flatnonzero(nearest <= reach)
    out = [
        Relation(
            Measure(
                zones.layer,
                zones.names[zone],
                float(gap),
                accuracy_m=float(zones.accuracy_m[zone]),
            )
        )
        for gap, zone in zip(nearest, where, strict=True)
    ]
    for site, found in _close_zones(sites, zones, close, reach).items():
        out[site] = _detail(sites, zones, site, found, distance_m)
    return out


def _nearest(sites: SiteSet, zones: ZoneSet) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Geodesic distance of each site to its nearest zone, and that zone's position."""
    pieces, owner = zones.pieces
    found = zones.tree.query_nearest(sites.plane, all_matches=False)
    gap = _geodesic_gap(sites.plane[found[0]], pieces[found[1]])
    distance = np.full(len(sites.geometries), np.inf)
    where = np.zeros(len(sites.geometries), dtype=np.intp)
    distance[found[0]] = gap
    where[found[0]] = owner[found[1]]
    return distance, where


def _geodesic_gap(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
    """Geodesic length of the shortest link between paired plane geometries."""
    link = shapely.shortest_line(left, right)
    ends = shapely.get_coordinates(to_degrees(link)).reshape(-1, 2, 2)
    return ellipsoid.distances(ends[:, 0], ends[:, 1])


def _close_zones(
    sites: SiteSet, zones: ZoneSet, close: NDArray[np.intp], reach: float
) -> dict[int, dict[int, float]]:
    """For each close site, the zones within reach and their geodesic distances."""
    out: dict[int, dict[int, float]] = {int(i): {} for i in close}
    if not len(close):
        return out
    pieces, owner = zones.pieces
    # The plane stretches by up to 0.06 %; a little more reach loses no zone.
    pairs = zones.tree.query(sites.plane[close], predicate="dwithin", distance=reach * 1.001 + 1e-6)
    gap = _geodesic_gap(sites.plane[close[pairs[0]]], pieces[pairs[1]])
    for site, zone, metres in zip(close[pairs[0]], owner[pairs[1]], gap, strict=True):
        known = out[int(site)]
        if metres <= reach and metres < known.get(int(zone), np.inf):
            known[int(zone)] = float(metres)
    return out


def _detail(
    sites: SiteSet, zones: ZoneSet, site: int, found: dict[int, float], distance_m: float
) -> Relation:
    """Measure one site against the zones near it, then all of them dissolved."""
    rows: list[Measure] = []
    for zone, gap in sorted(found.items(), key=lambda pair: (pair[1], pair[0])):
        overlap = _overlap(sites, zones, site, [zone], distance_m) if gap <= distance_m else None
        rows.append(_measure(sites, zones, site, [zone], gap, overlap, distance_m))
    hits = [z for z, gap in found.items() if gap <= distance_m]
    gap = min(found.values())
    if len(hits) > 1:
        overlap = _overlap(sites, zones, site, sorted(hits), distance_m)
        total = _measure(sites, zones, site, sorted(hits), gap, overlap, distance_m)
    else:
        total = rows[0]
    if total.touches is Tri.NO and any(row.touches is Tri.UNKNOWN for row in rows):
        total = replace(total, touches=Tri.UNKNOWN)
    kept = tuple(row for row in rows if row.touches is not Tri.NO)
    return Relation(total, kept)


def _overlap(sites: SiteSet, zones: ZoneSet, site: int, which: list[int], distance_m: float) -> Any:
    """The part of the site inside the zones or their bands, in degrees."""
    if distance_m <= 0.0:
        area = shapely.union_all(zones.geometries[which])
        overlap = shapely.intersection(sites.geometries[site], area)
        if shapely.get_dimensions(overlap) == 1:
            # A line along the edge touches; only what runs inside overlaps.
            overlap = shapely.difference(overlap, shapely.boundary(area))
        return overlap
    pieces, owner = zones.pieces
    width = distance_m * sites.scale[site]
    near = zones.tree.query(sites.plane[site], predicate="dwithin", distance=width)
    near = near[np.isin(owner[near], which)]
    band = shapely.union_all(shapely.buffer(pieces[near], width, quad_segs=_QUARTER))
    return to_degrees(shapely.intersection(sites.plane[site], band))


def _measure(
    sites: SiteSet,
    zones: ZoneSet,
    site: int,
    which: list[int],
    gap: float,
    overlap: Any,
    distance_m: float,
) -> Measure:
    """Put the numbers of one overlap together and say whether the site meets the zone."""
    geometry = sites.geometries[site]
    accuracy = float(zones.accuracy_m[which].max())
    area = length = 0.0
    if overlap is not None:
        area = float(ellipsoid.areas(overlap)[0])
        length = float(ellipsoid.lengths(overlap)[0])
    kept_area, kept_length = _apply_tolerances(zones, overlap, area, length)
    depth = _depth(zones, which, overlap, gap, distance_m)
    touches = _touches(geometry, gap, distance_m, kept_area, kept_length, depth, accuracy)
    whole = float(ellipsoid.areas(geometry)[0]) or float(ellipsoid.lengths(geometry)[0])
    part = kept_area if shapely.get_dimensions(geometry) == 2 else kept_length
    return Measure(
        layer=zones.layer,
        zone="、".join(dict.fromkeys(zones.names[i] for i in which)),
        distance_m=gap,
        depth_m=depth,
        area_m2=kept_area,
        raw_area_m2=area,
        length_m=kept_length,
        raw_length_m=length,
        share=min(part / whole, 1.0) if whole else float(touches is Tri.YES),
        accuracy_m=accuracy,
        touches=touches,
        geometry=overlap if overlap is not None and not overlap.is_empty else None,
    )


def _apply_tolerances(
    zones: ZoneSet, overlap: Any, area: float, length: float
) -> tuple[float, float]:
    """Drop overlaps narrower than a sliver, then those under the legal minimum (met at ≥)."""
    if area and zones.sliver_width_m:
        parts = shapely.get_parts(overlap)
        sizes = ellipsoid.areas(parts)
        edge = ellipsoid.lengths(shapely.boundary(parts))
        # A strip of length l and width w has area l·w and perimeter about 2·l.
        width = np.divide(2.0 * sizes, edge, out=np.zeros_like(sizes), where=edge > 0)
        area = float(sizes[width >= zones.sliver_width_m].sum())
    return (
        area if area >= zones.min_area_m2 else 0.0,
        length if length >= zones.min_length_m else 0.0,
    )


def _depth(zones: ZoneSet, which: list[int], overlap: Any, gap: float, distance_m: float) -> float:
    """How far the site reaches in, m: a lower bound taken at the overlap's vertices."""
    if overlap is None or overlap.is_empty:
        return 0.0
    if distance_m > 0.0:
        return distance_m - gap
    pieces, owner = zones.pieces
    rim = shapely.boundary(shapely.union_all(pieces[np.isin(owner, which)]))
    vertices = shapely.points(shapely.get_coordinates(to_plane(overlap)))
    inner = to_plane(np.array([shapely.point_on_surface(overlap)]))
    return float(shapely.distance(np.concatenate([vertices, inner]), rim).max())


def _touches(
    geometry: Any,
    gap: float,
    distance_m: float,
    area: float,
    length: float,
    depth: float,
    accuracy: float,
) -> Tri:
    """Whether the site meets the zone: yes, no, or nearer than the zone's position is known."""
    dimension = int(shapely.get_dimensions(geometry))
    if distance_m > 0.0:
        met = gap < distance_m
    elif dimension == 2:
        met = area > 0.0
    elif dimension == 1:
        met = length > 0.0
    else:
        met = depth > 0.0
    if met:
        return Tri.YES
    return Tri.UNKNOWN if gap - distance_m <= accuracy and accuracy > 0.0 else Tri.NO
