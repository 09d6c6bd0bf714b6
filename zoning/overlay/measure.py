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
    out = [
        Relation(Measure(zones.layer, zones.names[zone], gap, accuracy_m=float(accuracy)))
        for gap, zone, accuracy in zip(
            nearest.tolist(), where.tolist(), zones.accuracy_m[where], strict=True
        )
    ]
    reach = distance_m + zones.worst_accuracy_m
    single, whole = _jobs(sites, zones, np.flatnonzero(nearest <= reach), reach, distance_m)
    rows = _measure(sites, zones, single, distance_m)
    totals = _measure(sites, zones, list(whole.values()), distance_m)
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


def _nearest(sites: SiteSet, zones: ZoneSet) -> tuple[Floats, Places]:
    """Geodesic distance of each site to its nearest zone, and that zone's position."""
    pieces, owner = zones.pieces
    found = zones.tree.query_nearest(sites.plane, all_matches=False)
    distance = np.full(len(sites.geometries), np.inf)
    where = np.zeros(len(sites.geometries), dtype=np.intp)
    distance[found[0]] = geodesic_gap(sites.plane[found[0]], pieces[found[1]])
    where[found[0]] = owner[found[1]]
    return distance, where


def geodesic_gap(left: NDArray[Any], right: NDArray[Any]) -> Floats:
    """Geodesic length in m of the shortest link between paired plane geometries."""
    link = shapely.shortest_line(left, right)
    ends = shapely.get_coordinates(to_degrees(link)).reshape(-1, 2, 2)
    return ellipsoid.distances(ends[:, 0], ends[:, 1])


def _jobs(
    sites: SiteSet, zones: ZoneSet, close: Places, reach: float, distance_m: float
) -> tuple[list[_Job], dict[int, _Job]]:
    """List what to measure: each close site with each zone in reach, and with all it meets."""
    if not len(close):
        return [], {}
    pieces, owner = zones.pieces
    # The plane stretches by up to 0.06 %; a little more reach loses no zone.
    pair_site, pair_piece = zones.tree.query(
        sites.plane[close], predicate="dwithin", distance=reach * 1.001 + 1e-6
    )
    pair_site = close[pair_site]
    gaps = geodesic_gap(sites.plane[pair_site], pieces[pair_piece])
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


def _measure(sites: SiteSet, zones: ZoneSet, jobs: list[_Job], distance_m: float) -> list[Measure]:
    """Measure all overlaps at once: shapes first, then their sizes in two sweeps."""
    met = [job for job in jobs if job.gap <= distance_m]
    overlaps = (
        _bands(sites, zones, met, distance_m) if distance_m > 0.0 else _overlaps(sites, zones, met)
    )
    areas, lengths = ellipsoid.areas(overlaps), ellipsoid.lengths(overlaps)
    dimensions = shapely.get_dimensions(sites.geometries)
    found = zip(overlaps, areas.tolist(), lengths.tolist(), strict=True)
    out: list[Measure] = []
    for job in jobs:
        overlap, area, length = next(found) if job.gap <= distance_m else (None, 0.0, 0.0)
        if overlap is not None and overlap.is_empty:
            overlap = None
        kept_area, kept_length = _apply_tolerances(zones, overlap, area, length)
        depth = _depth(zones, job, overlap, distance_m)
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


def _overlaps(sites: SiteSet, zones: ZoneSet, jobs: list[_Job]) -> NDArray[Any]:
    """The parts of sites inside zones, in degrees; overlapping zones are dissolved first."""
    out = np.empty(len(jobs), dtype=object)
    if not jobs:
        return out
    site = sites.geometries[[job.site for job in jobs]]
    first = np.array([job.zones[0] for job in jobs], dtype=np.intp)
    alone = np.array([len(job.zones) == 1 for job in jobs])
    # Most sites lie wholly inside: no need to cut them with a boundary of thousands of vertices.
    inside = alone & shapely.contains_properly(zones.prepared[first], site)
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
        sizes = ellipsoid.areas(parts)
        edge = ellipsoid.lengths(shapely.boundary(parts))
        # A strip of length l and width w has area l·w and perimeter about 2·l.
        width = np.divide(2.0 * sizes, edge, out=np.zeros_like(sizes), where=edge > 0)
        area = float(sizes[width >= zones.sliver_width_m].sum())
    return (
        area if area >= zones.min_area_m2 else 0.0,
        length if length >= zones.min_length_m else 0.0,
    )


def _depth(zones: ZoneSet, job: _Job, overlap: Any, distance_m: float) -> float:
    """How far the site reaches in, m: a lower bound taken at the overlap's vertices."""
    if overlap is None:
        return 0.0
    if distance_m > 0.0:
        return distance_m - job.gap
    rim = zones.rim(job.zones)
    inner = np.array([overlap, shapely.point_on_surface(overlap)], dtype=object)
    corners = shapely.points(shapely.get_coordinates(to_plane(inner)))
    return float(shapely.distance(corners, rim).max())
