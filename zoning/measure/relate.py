"""Measure every site against every zone of a layer: distance, overlap, depth. No law in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.plane import to_degrees, to_plane
from zoning.measure.split import join
from zoning.measure.zones import SiteSet, Zones, ZoneSet
from zoning.model import Measure, Tri

#: The plane stretches by up to 0.06 %; a little more reach loses no zone.
_STRETCH = 1.001

#: Vertices at which the depth of an overlap is taken, at the most (twice this).
_SAMPLE = 50

#: A zone of more vertices than this is cut to the surroundings of a site before it cuts the site.
_MANY = 2_000

#: Grid on which an overlap is taken that cannot be taken exactly: 0.1 mm.
_GRID_M, _GRID_DEG = 1e-4, 1e-9

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Relation:
    """One site against one layer: the dissolved total, and each zone that it meets or may meet.

    ``total`` is None where the layer has no zones at all.
    """

    total: Measure | None
    zones: tuple[Measure, ...] = ()


@dataclass(frozen=True, eq=False)
class Relations(Sequence[Relation]):
    """n sites against one layer; what is not near a zone is told by its distance alone.

    Attributes
    ----------
    layer : str
    zones : sequence of str, length n
        Name of the zone nearest to each site.
    distance_m, accuracy_m : ndarray of float64, shape (n,)
        How far that zone is, and how well it is known.
    near : mapping of int to Relation
        The sites within reach of a zone, by position.
    """

    layer: str
    zones: Sequence[str]
    distance_m: Floats
    accuracy_m: Floats
    near: Mapping[int, Relation]

    def __len__(self) -> int:
        return len(self.distance_m)

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
        if found is None:
            gap, accuracy = float(self.distance_m[index]), float(self.accuracy_m[index])
            found = Relation(Measure(self.layer, self.zones[index], gap, accuracy_m=accuracy))
        return found


@dataclass(frozen=True, slots=True)
class _Job:
    """One overlap to be measured: a site against some zones, and the pieces of them in reach."""

    site: int
    zones: tuple[int, ...]
    gap: float
    pieces: Places


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
) -> Relations:
    """Measure sites none of which is very large; ``owner`` tells whose part each is."""
    if owner is None:
        pairs = _pairs(sites, zones, reach)
    else:
        pairs = _foremost_pairs(sites, zones, reach, distance_m, owner)
    nearest, where = _nearest(sites, zones, pairs, owner)
    single, whole = _jobs(zones, pairs, reach, distance_m)
    sample = _SAMPLE if owner is None else 2
    rows = _measure(sites, zones, single, distance_m, sample)
    totals = _measure(sites, zones, list(whole.values()), distance_m, sample)
    by_site: dict[int, list[Measure]] = {}
    for job, row in zip(single, rows, strict=True):
        by_site.setdefault(job.site, []).append(row)
    dissolved = dict(zip(whole, totals, strict=True))
    near = {
        site: _relation(dissolved.get(site, found[0]), found) for site, found in by_site.items()
    }
    names = [zones.names[zone] for zone in where.tolist()]
    return Relations(zones.layer, names, nearest, zones.accuracy_m[where], near)


def _relation(total: Measure, rows: list[Measure]) -> Relation:
    if total.touches is Tri.NO and any(row.touches is Tri.UNKNOWN for row in rows):
        total = replace(total, touches=Tri.UNKNOWN)
    return Relation(total, tuple(row for row in rows if row.touches is not Tri.NO))


def _pairs(sites: SiteSet, zones: ZoneSet, reach: float) -> tuple[Places, Places, Floats]:
    """Every site and piece of a zone within reach of each other, and the geodesic gap."""
    reach = reach * _STRETCH + 1e-6
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


def _foremost_pairs(
    sites: SiteSet, zones: ZoneSet, reach: float, distance_m: float, owner: Places
) -> tuple[Places, Places, Floats]:
    """Every part of a site and piece of a zone that decide what the site comes to.

    These are the pairs that meet, or lie within the band, and of each site and zone the nearest
    pair. Of a pair within a band that is not the nearest, the gap is told as just below the width.
    """
    pieces, whose = zones.pieces
    site, piece = zones.tree.query(
        sites.frames, predicate="dwithin", distance=reach * _STRETCH + 1e-6
    )
    order = np.lexsort((piece, site))
    site, piece = site[order], piece[order]
    # A box is no farther away than what it bounds.
    least = shapely.distance(sites.frames[site], pieces[piece])
    gap = np.full(len(site), np.inf)
    close = np.flatnonzero(least == 0.0)
    met = close[shapely.intersects(sites.plane[site[close]], pieces[piece[close]])]
    gap[met] = 0.0
    _, group = np.unique(owner[site] * len(zones) + whose[piece], return_inverse=True)
    best = np.full(group.max(initial=-1) + 1, np.inf)
    best[group[met]] = 0.0

    def measured(rows: Places) -> None:
        gap[rows] = geodesic_gap(sites.plane[site[rows]], pieces[piece[rows]])
        np.minimum.at(best, group[rows], gap[rows])

    order = np.lexsort((least, group))
    first = order[np.unique(group[order], return_index=True)[1]]
    measured(first[gap[first] > 0.0])
    measured(
        np.flatnonzero(np.isinf(gap) & (least <= best[group] * _STRETCH) & (best[group] > 0.0))
    )
    if distance_m > 0.0:
        rest = np.flatnonzero(np.isinf(gap) & (least <= distance_m * _STRETCH))
        left, right = sites.plane[site[rest]], pieces[piece[rest]]
        inside = shapely.dwithin(left, right, distance_m / _STRETCH)
        gap[rest[inside]] = np.nextafter(distance_m, 0.0)
        measured(rest[~inside & shapely.dwithin(left, right, distance_m * _STRETCH)])
    kept = np.flatnonzero(gap <= reach)
    kept = kept[np.lexsort((piece[kept], site[kept]))]  # whatever the index found first
    return site[kept], piece[kept], gap[kept]


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
    for index in np.flatnonzero(~alone):
        inside[index] = shapely.contains_properly(
            zones.prepared[list(jobs[index].zones)], boxes[index]
        ).any()
    out[inside] = site[inside]
    for index in np.flatnonzero(~inside):
        job = jobs[index]
        cover = _around(zones.dissolved(job.zones), boxes[index])
        overlap = _meeting(site[index], cover, _GRID_DEG)
        if shapely.get_dimensions(overlap) == 1:
            # A line along the edge touches; only what runs inside overlaps.
            overlap = shapely.difference(overlap, shapely.boundary(cover))
        out[index] = overlap
    return out


def _meeting(site: Any, cover: Any, grid: float) -> Any:
    """Return what two geometries share; where rounding defeats that, on a grid of 0.1 mm."""
    try:
        return shapely.intersection(site, cover)
    except shapely.GEOSException:
        site, cover = shapely.make_valid(np.array([site, cover], dtype=object))
        return shapely.intersection(site, cover, grid_size=grid)


def _around(cover: Any, box: Any) -> Any:
    """Return what of a zone of very many vertices lies around a box: it cuts the same."""
    if shapely.get_num_coordinates(cover) <= _MANY or shapely.get_dimensions(cover) != 2:
        return cover
    west, south, east, north = shapely.bounds(box)
    margin = 0.1 * max(east - west, north - south)
    near = shapely.clip_by_rect(cover, west - margin, south - margin, east + margin, north + margin)
    return near if shapely.is_valid(near) else cover


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
        out[index] = _meeting(site, shapely.union_all(bands), _GRID_M)
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
