"""Measure every site against every zone of a layer: distance, overlap, depth. No law in here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.plane import to_degrees, to_plane
from zoning.measure.split import join
from zoning.measure.zones import SiteSet, Zones, ZoneSet
from zoning.model import Measure, Tri

#: Vertices at which the depth of an overlap is taken, at the most (twice this).
_SAMPLE = 50

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Relation:
    """One site against one layer: the dissolved total, and each zone that it meets or may meet.

    ``total`` is None where the layer has no zones at all.
    """

    total: Measure | None
    zones: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    """One overlap to be measured: a site against some zones, and the pieces of them in reach."""

    site: int
    zones: tuple[int, ...]
    gap: float
    pieces: Places


def relate(sites: SiteSet, zones: Zones, distance_m: float = 0.0) -> list[Relation]:
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
    list of Relation, length n
        Lengths and distances in m (geodesic), areas in m² (ellipsoidal), geometry in EPSG:4490.
    """
    if not len(zones) or not len(sites.geometries):
        return [Relation(None) for _ in sites.geometries]
    reach = distance_m + zones.worst_accuracy_m
    near = zones.near(sites, reach)
    if sites.split is None:
        return _relate(sites, near, distance_m, reach)
    parts, owner = sites.split
    minimum = (near.min_area_m2, near.min_length_m)
    bare = replace(near, min_area_m2=0.0, min_length_m=0.0, origin=near.home)
    found: list[list[Relation]] = [[] for _ in sites.geometries]
    measured = _relate(parts, bare, distance_m, reach, owner)
    for site, relation in zip(owner.tolist(), measured, strict=True):
        found[site].append(relation)
    whole = zip(found, sites.sizes.tolist(), sites.geometries, strict=True)
    return [_joined(relations, size, site, minimum) for relations, size, site in whole]


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


def _relate(
    sites: SiteSet,
    zones: ZoneSet,
    distance_m: float,
    reach: float,
    owner: Places | None = None,
) -> list[Relation]:
    """Measure sites none of which is very large; ``owner`` tells whose part each is."""
    pairs = _pairs(sites, zones, reach)
    nearest, where = _nearest(sites, zones, pairs, owner)
    out = [
        Relation(Measure(zones.layer, zones.names[zone], gap, accuracy_m=float(accuracy)))
        for gap, zone, accuracy in zip(
            nearest.tolist(), where.tolist(), zones.accuracy_m[where], strict=True
        )
    ]
    single, whole = _jobs(zones, pairs, reach, distance_m)
    sample = _SAMPLE if owner is None else 2
    rows = _measure(sites, zones, single, distance_m, sample)
    totals = _measure(sites, zones, list(whole.values()), distance_m, sample)
    by_site: dict[int, list[Measure]] = {}
    for job, row in zip(single, rows, strict=True):
        by_site.setdefault(job.site, []).append(row)
    dissolved = dict(zip(whole, totals, strict=True))
    for site, found in by_site.items():
        out[site] = _relation(dissolved.get(site, found[0]), found)
    return out


def _relation(total: Measure, rows: list[Measure]) -> Relation:
    if total.touches is Tri.NO and any(row.touches is Tri.UNKNOWN for row in rows):
        total = replace(total, touches=Tri.UNKNOWN)
    return Relation(total, tuple(row for row in rows if row.touches is not Tri.NO))


def _pairs(sites: SiteSet, zones: ZoneSet, reach: float) -> tuple[Places, Places, Floats]:
    """Every site and piece of a zone within reach of each other, and the geodesic gap."""
    # The plane stretches by up to 0.06 %; a little more reach loses no zone.
    reach = reach * 1.001 + 1e-6
    # Boxes first: most layers are far from a site that was cut into thousands of parts.
    site, piece = zones.tree.query(sites.frames, predicate="dwithin", distance=reach)
    pieces = zones.pieces[0]
    near = shapely.dwithin(sites.plane[site], pieces[piece], reach)
    # In the order of the pieces, whatever the index found first.
    order = np.lexsort((piece[near], site[near]))
    site, piece = site[near][order], piece[near][order]
    gap = np.zeros(len(site))
    apart = ~shapely.intersects(sites.plane[site], pieces[piece])
    gap[apart] = geodesic_gap(sites.plane[site[apart]], pieces[piece[apart]])
    return site, piece, gap


def _nearest(
    sites: SiteSet, zones: ZoneSet, pairs: tuple[Places, Places, Floats], owner: Places | None
) -> tuple[Floats, Places]:
    """Geodesic distance of each site to its nearest zone, and that zone's position.

    A part of a site that has a nearer part within reach gets infinity: its distance cannot count.
    """
    pieces, whose = zones.pieces
    distance = np.full(len(sites.geometries), np.inf)
    where = np.zeros(len(sites.geometries), dtype=np.intp)
    site, piece, gap = pairs
    order = np.argsort(gap, kind="stable")[::-1]  # the nearest is written last, of equals the first
    distance[site[order]] = gap[order]
    where[site[order]] = whose[piece[order]]
    away = np.flatnonzero(np.isinf(distance))
    if owner is not None:
        away = away[~np.isin(owner[away], owner[~np.isinf(distance)])]
        away = _foremost(sites, zones, away, owner)
    found = _first(zones.tree.query_nearest(sites.plane[away], all_matches=True))
    distance[away[found[0]]] = geodesic_gap(sites.plane[away[found[0]]], pieces[found[1]])
    where[away[found[0]]] = whose[found[1]]
    return distance, where


def _first(pairs: Places) -> Places:
    """Of equally near pieces, keep the first: which one an index comes upon is chance."""
    order = np.lexsort((pairs[1], pairs[0]))
    _, first = np.unique(pairs[0][order], return_index=True)
    return np.asarray(pairs[:, order[first]], dtype=np.intp)


def _foremost(sites: SiteSet, zones: ZoneSet, parts: Places, owner: Places) -> Places:
    """Keep the parts that may be the nearest of their site: a part is no nearer than a point in
    it, less its own extent."""
    if not len(parts):
        return parts
    inner = shapely.point_on_surface(sites.plane[parts])
    found, gap = zones.tree.query_nearest(inner, return_distance=True, all_matches=False)
    upper = np.full(len(parts), np.inf)
    upper[found[0]] = gap
    west, south, east, north = shapely.bounds(sites.plane[parts]).T
    lower = upper - np.hypot(east - west, north - south)
    best = np.full(int(owner.max()) + 1, np.inf)
    np.minimum.at(best, owner[parts], upper)
    return np.asarray(parts[lower <= best[owner[parts]]], dtype=np.intp)


def geodesic_gap(left: NDArray[Any], right: NDArray[Any]) -> Floats:
    """Geodesic length in m of the shortest link between paired plane geometries."""
    link = shapely.shortest_line(left, right)
    ends = shapely.get_coordinates(to_degrees(link)).reshape(-1, 2, 2)
    return geodesy.distances(ends[:, 0], ends[:, 1])


def _jobs(
    zones: ZoneSet, pairs: tuple[Places, Places, Floats], reach: float, distance_m: float
) -> tuple[list[_Job], dict[int, _Job]]:
    """List what to measure: each site with each zone in reach, and with all zones it meets."""
    pair_site, pair_piece, gaps = pairs
    owner = zones.pieces[1]
    groups: dict[tuple[int, int], list[tuple[float, int]]] = {}
    keys = zip(pair_site.tolist(), owner[pair_piece].tolist(), strict=True)
    for key, gap, piece in zip(keys, gaps.tolist(), pair_piece.tolist(), strict=True):
        if gap <= reach:
            groups.setdefault(key, []).append((gap, piece))
    single: list[_Job] = []
    met: dict[int, list[_Job]] = {}
    ordered = sorted((site, min(group)[0], zone) for (site, zone), group in groups.items())
    for site, gap, zone in ordered:
        near = np.array([p for g, p in groups[site, zone] if g <= distance_m], dtype=np.intp)
        job = _Job(site, (zone,), gap, near)
        single.append(job)
        if gap <= distance_m:
            met.setdefault(site, []).append(job)
    whole = {site: _join(jobs) for site, jobs in met.items() if len(jobs) > 1}
    return single, whole


def _join(jobs: list[_Job]) -> _Job:
    zones = tuple(sorted(job.zones[0] for job in jobs))
    pieces = np.concatenate([job.pieces for job in jobs])
    return _Job(jobs[0].site, zones, min(job.gap for job in jobs), pieces)


def _measure(
    sites: SiteSet, zones: ZoneSet, jobs: list[_Job], distance_m: float, sample: int
) -> list[Measure]:
    """Measure all overlaps at once: shapes first, then their sizes in two sweeps."""
    met = [job for job in jobs if job.gap <= distance_m]
    overlaps = (
        _bands(sites, zones, met, distance_m) if distance_m > 0.0 else _overlaps(sites, zones, met)
    )
    areas, lengths = _sizes(sites, met, overlaps)
    dimensions = shapely.get_dimensions(sites.geometries)
    depths = _depths(zones, met, overlaps, distance_m, sample)
    found = zip(overlaps, areas.tolist(), lengths.tolist(), depths.tolist(), strict=True)
    out: list[Measure] = []
    for job in jobs:
        nothing = (None, 0.0, 0.0, 0.0)
        overlap, area, length, depth = next(found) if job.gap <= distance_m else nothing
        if overlap is not None and overlap.is_empty:
            overlap = None
        kept_area, kept_length = _apply_tolerances(zones, overlap, area, length)
        accuracy = float(zones.accuracy_m[list(job.zones)].max())
        dimension = int(dimensions[job.site])
        size = (depth, kept_length, kept_area)[dimension]
        met_here = job.gap < distance_m if distance_m > 0.0 else size > 0.0
        unsure = accuracy > 0.0 and job.gap - distance_m <= accuracy
        touches = Tri.YES if met_here else Tri.UNKNOWN if unsure else Tri.NO
        whole = float(sites.sizes[job.site])
        out.append(
            Measure(
                layer=zones.layer,
                zone="、".join(dict.fromkeys(zones.names[i] for i in job.zones)),
                distance_m=job.gap,
                depth_m=depth,
                area_m2=kept_area,
                raw_area_m2=area,
                length_m=kept_length,
                raw_length_m=length,
                share=min(size / whole, 1.0) if dimension else float(met_here),
                accuracy_m=accuracy,
                touches=touches,
                geometry=overlap,
            )
        )
    return out


def _sizes(sites: SiteSet, jobs: list[_Job], overlaps: NDArray[Any]) -> tuple[Floats, Floats]:
    """Areas and lengths of overlaps; a site that lies wholly inside is not measured again."""
    site = np.array([job.site for job in jobs], dtype=np.intp)
    whole = np.array([o is sites.geometries[s] for o, s in zip(overlaps, site, strict=True)], bool)
    area, length = np.zeros(len(jobs)), np.zeros(len(jobs))
    area[whole], length[whole] = sites.areas[site[whole]], sites.lengths[site[whole]]
    area[~whole], length[~whole] = (
        geodesy.areas(overlaps[~whole]),
        geodesy.lengths(overlaps[~whole]),
    )
    return area, length


def _overlaps(sites: SiteSet, zones: ZoneSet, jobs: list[_Job]) -> NDArray[Any]:
    """The parts of sites inside zones, in degrees; overlapping zones are dissolved first."""
    out = np.empty(len(jobs), dtype=object)
    if not jobs:
        return out
    site = sites.geometries[[job.site for job in jobs]]
    first = np.array([job.zones[0] for job in jobs], dtype=np.intp)
    alone = np.array([len(job.zones) == 1 for job in jobs])
    # Most sites lie wholly inside: no need to cut them with a boundary of thousands of vertices.
    # A box inside says so of what it bounds, at five vertices.
    boxes = sites.boxes[[job.site for job in jobs]]
    inside = alone & shapely.contains_properly(zones.prepared[first], boxes)
    unsure = alone & ~inside
    inside[unsure] = shapely.contains_properly(zones.prepared[first[unsure]], site[unsure])
    out[inside] = site[inside]
    for index in np.flatnonzero(~inside):
        job = jobs[index]
        cover = zones.geometries[job.zones[0]]
        if len(job.zones) > 1:
            cover = shapely.union_all(zones.geometries[list(job.zones)])
        overlap = shapely.intersection(site[index], cover)
        if shapely.get_dimensions(overlap) == 1:
            # A line along the edge touches; only what runs inside overlaps.
            overlap = shapely.difference(overlap, shapely.boundary(cover))
        out[index] = overlap
    return out


def _bands(sites: SiteSet, zones: ZoneSet, jobs: list[_Job], distance_m: float) -> NDArray[Any]:
    """The parts of sites inside bands around zones, in degrees; all bands are drawn once."""
    out = np.empty(len(jobs), dtype=object)
    if not jobs:
        return out
    used = np.unique(np.concatenate([job.pieces for job in jobs]))
    drawn = zones.band(used, distance_m)
    shapely.prepare(drawn)
    for index, job in enumerate(jobs):
        bands = drawn[np.searchsorted(used, job.pieces)]
        site = sites.plane[job.site]
        if shapely.contains_properly(bands, site).any():
            out[index] = site
            continue
        # Bands are dissolved before the cut: pieces of a line cut apart would not join again.
        out[index] = shapely.intersection(site, shapely.union_all(bands))
    inside = np.array([out[i] is sites.plane[job.site] for i, job in enumerate(jobs)])
    result = to_degrees(out)
    result[inside] = sites.geometries[[job.site for job in jobs]][inside]
    return np.asarray(result, dtype=object)


def _apply_tolerances(
    zones: ZoneSet, overlap: Any, area: float, length: float
) -> tuple[float, float]:
    """Drop overlaps narrower than a sliver, then those under the legal minimum (met at ≥)."""
    if area and zones.sliver_width_m:
        parts = shapely.get_parts(overlap)
        sizes = geodesy.areas(parts)
        edge = geodesy.lengths(shapely.boundary(parts))
        # A strip of length l and width w has area l·w and perimeter about 2·l.
        width = np.divide(2.0 * sizes, edge, out=np.zeros_like(sizes), where=edge > 0)
        area = float(sizes[width >= zones.sliver_width_m].sum())
    return (
        area if area >= zones.min_area_m2 else 0.0,
        length if length >= zones.min_length_m else 0.0,
    )


def _depths(
    zones: ZoneSet, jobs: list[_Job], overlaps: NDArray[Any], distance_m: float, sample: int
) -> Floats:
    """How far the sites reach in, m: a lower bound taken at some of the overlaps' vertices."""
    there = ~(shapely.is_missing(overlaps) | shapely.is_empty(overlaps))
    if distance_m > 0.0:
        return np.where(there, [distance_m - job.gap for job in jobs], 0.0) if jobs else np.zeros(0)
    out = np.zeros(len(jobs))
    groups: dict[tuple[int, ...], list[int]] = {}
    for index in np.flatnonzero(there).tolist():
        groups.setdefault(jobs[index].zones, []).append(index)
    for which, members in groups.items():
        shapes = overlaps[members]
        inner = shapely.point_on_surface(shapes)
        xy, owner = shapely.get_coordinates(shapes, return_index=True)
        rank = np.arange(len(xy)) - np.searchsorted(owner, owner)
        step = np.maximum(1, np.bincount(owner, minlength=len(shapes)) // sample)
        keep = rank % step[owner] == 0
        points = to_plane(np.concatenate([shapely.points(xy[keep]), inner]))
        whose = np.concatenate([owner[keep], np.arange(len(shapes))])
        rim = zones.rim(which)
        near = rim.query_nearest(points, all_matches=False)
        gap = shapely.distance(points[near[0]], rim.geometries[near[1]])
        deepest = np.zeros(len(shapes))
        np.maximum.at(deepest, whose[near[0]], gap)
        out[members] = deepest
    return out
