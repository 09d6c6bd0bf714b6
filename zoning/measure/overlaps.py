"""What sites share with zones or bands around them: shapes, sizes, and how deep they reach in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.plane import to_degrees
from zoning.measure.depths import depths_in, exist, surely_deep
from zoning.measure.pairs import STRETCH, Floats, Places
from zoning.measure.split import DEGREE_M
from zoning.measure.surroundings import joined, large, listed
from zoning.measure.zones import SiteSet, ZoneSet

#: A zone of more vertices than this is cut to the surroundings of a site before it cuts the site.
_MANY = 2_000

#: A degree of latitude, or of longitude on the equator, is nowhere shorter than this, m.
_LEAST_DEGREE_M = 110_574.0
#: Surroundings reach at least so far beyond a site: a point has no extent, and no box to cut to.
_BESIDE_DEG = 1e-6
#: Grid on which an overlap is taken that cannot be taken exactly: 0.1 mm.
_GRID_M, _GRID_DEG = 1e-4, 1e-9

#: Vertices at which the depth of an overlap is taken, at the most (twice this), of a part alone.
OF_PART = 2
#: A drawn band is nowhere narrower than this share of its width: its arcs are chords.
_DRAWN = 0.999

#: A site of more holes than this takes part in an overlay with those only that an edge meets.
_HOLES = 30


#: To work out one site alone takes as long as so many of all together.
_ALONE = 30


@dataclass(frozen=True)
class Jobs:
    """Overlaps to be measured, each of a site and some zones.

    Attributes
    ----------
    site : ndarray of intp, shape (n,)
    zones : sequence of tuple of int, length n
    gap : ndarray of float64, shape (n,)
        How far apart site and zones are, m.
    pieces : callable
        Returns, for each of some jobs, the pieces of its zones that lie within the band.
    """

    site: Places
    zones: Sequence[tuple[int, ...]]
    gap: Floats
    pieces: Callable[[list[int]], list[Places]]

    def __len__(self) -> int:
        return len(self.site)


class Overlaps:
    """What sites share with zones, or with bands around them, and what that comes to.

    Attributes
    ----------
    shapes : ndarray of shapely geometry
        In degrees, one a job; the site itself where it lies wholly inside.
    raw_areas, areas, raw_lengths, lengths : ndarray of float64
        m² and m, before and after the layer's tolerances.
    """

    def __init__(
        self, sites: SiteSet, zones: ZoneSet, jobs: Jobs, distance_m: float, sample: int
    ) -> None:
        self._zones, self._distance_m, self._sample = zones, distance_m, sample
        # Not the jobs themselves: they know whoever asks, and neither would end before the other.
        self._which, self._gap = jobs.zones, jobs.gap
        self.shapes, whole = (
            _bands_of(sites, zones, jobs, distance_m)
            if distance_m > 0.0
            else _overlaps_of(sites, zones, jobs)
        )
        self._site = site = jobs.site
        self._singly = 0
        self._sites = sites
        self.raw_areas, self.raw_lengths = np.zeros(len(jobs)), np.zeros(len(jobs))
        # A site that lies wholly inside is not measured again.
        self.raw_areas[whole] = sites.areas[site[whole]]
        self.raw_lengths[whole] = sites.lengths[site[whole]]
        self.raw_areas[~whole] = geodesy.areas(self.shapes[~whole])
        self.raw_lengths[~whole] = geodesy.lengths(self.shapes[~whole])
        self.areas, self.lengths = _tolerated(zones, self.shapes, self.raw_areas, self.raw_lengths)

    def depths(self, which: Places) -> Floats:
        """How far some sites reach in, m: a lower bound taken at some of the overlaps' vertices."""
        known = self._depths
        new = which[np.isnan(known[which])]
        known[new] = depths_in(self._zones, self._which, self.shapes, new, self._sample)
        return np.asarray(known[which])

    @cached_property
    def _depths(self) -> Floats:
        """The depths that are known; NaN for those to be measured."""
        here = self._distance_m - self._gap if self._distance_m > 0.0 else np.nan
        return np.where(exist(self.shapes), here, 0.0)

    def shallow(self, limit_m: Floats) -> NDArray[np.bool_]:
        """Mark the sites that reach in less deep than so many metres."""
        out = limit_m > 0.0
        rest = np.flatnonzero(out & np.isnan(self._depths))
        # One vertex that lies deep enough settles it for most.
        out[rest] = ~surely_deep(
            self._zones,
            [self._which[row] for row in rest.tolist()],
            self.shapes[rest],
            limit_m[rest],
        )
        rest = np.flatnonzero(out)
        out[rest] = self.depths(rest) < limit_m[rest]
        return out

    @cached_property
    def extents(self) -> Floats:
        """What of each site lies inside: m² of a polygon, m of a line, depth in m of a point."""
        dimension = self._sites.dimensions[self._site]
        out = np.where(dimension == 2, self.areas, self.lengths)
        point = dimension == 0
        if point.any():
            out[point] = self.depths(np.flatnonzero(point))
        return np.asarray(out, dtype=np.float64)

    @cached_property
    def shares(self) -> Floats:
        """Which share of each site lies inside."""
        whole = self._sites.sizes[self._site]
        point = self._sites.dimensions[self._site] == 0
        here = self._gap < self._distance_m if self._distance_m > 0.0 else self.extents > 0.0
        part = np.divide(self.extents, whole, out=np.zeros(len(whole)), where=~point)
        return np.where(point, here, np.minimum(part, 1.0))

    def _depth(self, at: int) -> float:
        """Return how far one site reaches in; after some have been asked for, all are."""
        if np.isnan(self._depths[at]):
            self._singly += 1
            alone = (self._singly - 1) * _ALONE < len(self.shapes)
            self.depths(np.array([at]) if alone else np.arange(len(self.shapes)))
        return float(self._depths[at])

    def told(self, at: int, name: str) -> dict[str, Any]:
        """Return the fields of a measure; the depth only if that is the one that is wanted."""
        if name == "depth_m":
            return {"depth_m": self._depth(at)}
        shape = self.shapes[at]
        return {
            "area_m2": float(self.areas[at]),
            "raw_area_m2": float(self.raw_areas[at]),
            "length_m": float(self.lengths[at]),
            "raw_length_m": float(self.raw_lengths[at]),
            "share": float(self.shares[at]),
            "geometry": None if shape.is_empty else shape,
        }


def _overlaps_of(
    sites: SiteSet, zones: ZoneSet, jobs: Jobs
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The parts of sites inside zones, in degrees, and which of them are whole sites.

    Overlapping zones are dissolved first.
    """
    out = np.empty(len(jobs), dtype=object)
    if not len(jobs):
        return out, np.zeros(0, dtype=bool)
    site = sites.geometries[jobs.site]
    # Most sites lie wholly inside: no need to cut them with a boundary of thousands of vertices.
    # A box inside says so of what it bounds, at five vertices.
    boxes = sites.boxes[jobs.site]
    job, zone = listed(jobs.zones)
    alone = np.bincount(job, minlength=len(jobs)) == 1
    inside = np.zeros(len(jobs), dtype=bool)
    inside[job[shapely.contains_properly(zones.prepared(zone), boxes[job])]] = True
    unsure = np.flatnonzero((alone & ~inside & sites.boxed[jobs.site])[job])
    inside[job[unsure]] = shapely.contains_properly(zones.prepared(zone[unsure]), site[job[unsure]])
    covers = np.full(len(jobs), None)
    several = np.flatnonzero(~alone & ~inside)
    covers[several] = _joined(
        zones, [jobs.zones[index] for index in several.tolist()], boxes[several]
    )
    # What lies on the line between two zones lies wholly inside both together.
    inside[several] = shapely.contains_properly(covers[several], boxes[several])
    out[inside] = site[inside]
    cut = np.flatnonzero(~inside)
    single = np.flatnonzero((alone & ~inside)[job])
    covers[job[single]] = zones.geometries[zone[single]]
    covers = covers[cut]
    # Of a zone of very many vertices, what lies around a box cuts the same.
    many = (shapely.get_num_coordinates(covers) > _MANY) & (shapely.get_dimensions(covers) == 2)
    for at in np.flatnonzero(many).tolist():
        near = _clipped(covers[at], boxes[cut[at]])
        covers[at] = near if shapely.is_valid(near) else covers[at]
    found = _meetings(site[cut], covers, _GRID_DEG)
    # A line along the edge touches; only what runs inside overlaps.
    lines = shapely.get_dimensions(found) == 1
    found[lines] = shapely.difference(found[lines], shapely.boundary(covers[lines]))
    out[cut] = found
    return out, inside


def _meetings(sites: NDArray[Any], covers: NDArray[Any], grid: float) -> NDArray[Any]:
    """Return what paired geometries share: of all at once, unless that takes care with some."""
    if not (shapely.get_num_interior_rings(sites) > _HOLES).any():
        try:
            return np.asarray(shapely.intersection(sites, covers), dtype=object)
        except shapely.GEOSException:
            return _one_by_one(sites, covers, grid)
    return _one_by_one(sites, covers, grid)


def _one_by_one(sites: NDArray[Any], covers: NDArray[Any], grid: float) -> NDArray[Any]:
    out = np.empty(len(sites), dtype=object)
    for index, (site, cover) in enumerate(zip(sites, covers, strict=True)):
        out[index] = _meeting(site, cover, grid)
    return out


def _meeting(site: Any, cover: Any, grid: float) -> Any:
    """Return what two geometries share.

    Of very many holes most lie wholly inside the cover, or wholly outside: they are put back, or
    left out, and only those on the cover's edge take part in the overlay.
    """
    if shapely.get_num_interior_rings(site) <= _HOLES or shapely.get_dimensions(cover) != 2:
        return _intersection(site, cover, grid)
    rings = shapely.get_rings(site)
    holes = shapely.polygons(rings[1:])
    shapely.prepare(cover)
    kept = shapely.contains_properly(cover, holes)
    met = ~kept & shapely.intersects(cover, holes)
    frame = _intersection(shapely.polygons(rings[0], holes=rings[1:][met]), cover, grid)
    return _with_holes(frame, holes[kept])


def _with_holes(frame: Any, holes: NDArray[Any]) -> Any:
    """Return a geometry less holes that lie wholly inside its polygons."""
    if not len(holes):
        return frame
    parts = shapely.get_parts(frame)
    flat = np.flatnonzero(shapely.get_type_id(parts) == 3)
    place = np.zeros(len(holes), dtype=np.intp)
    if len(flat) > 1:
        inner = shapely.point_on_surface(holes)
        which, found = shapely.STRtree(parts[flat]).query(inner, predicate="intersects")
        place[which] = found
    for index, row in enumerate(flat.tolist()):
        rings = shapely.get_rings(parts[row])
        mine = shapely.get_exterior_ring(holes[place == index])
        parts[row] = shapely.polygons(rings[0], holes=np.concatenate((rings[1:], mine)))
    if len(parts) == 1:
        return parts[0]
    return (shapely.multipolygons if len(flat) == len(parts) else shapely.geometrycollections)(
        parts
    )


def _intersection(site: Any, cover: Any, grid: float) -> Any:
    """Return what two geometries share; where rounding defeats that, on a grid of 0.1 mm."""
    try:
        return shapely.intersection(site, cover)
    except shapely.GEOSException:
        site, cover = shapely.make_valid(np.array([site, cover], dtype=object))
        return shapely.intersection(site, cover, grid_size=grid)


def _joined(zones: ZoneSet, which: Sequence[tuple[int, ...]], boxes: NDArray[Any]) -> NDArray[Any]:
    """Return groups of zones, each as one geometry, or what of it lies around a box."""
    out, rest = np.empty(len(which), dtype=object), large(zones, which)
    out[~rest] = [zones.dissolved(some) for some, far in zip(which, rest, strict=True) if not far]
    some = [which[at] for at in np.flatnonzero(rest).tolist()]
    out[rest], _ = joined(zones, some, _bounds_around(boxes[rest]))
    return out


def _bounds_around(boxes: NDArray[Any]) -> Floats:
    """Return the bounds of boxes, and a little beyond."""
    bounds = shapely.bounds(boxes)
    margin = 0.1 * (bounds[:, 2:] - bounds[:, :2]).max(axis=1, keepdims=True)
    margin = np.maximum(margin, _BESIDE_DEG)
    return np.hstack((bounds[:, :2] - margin, bounds[:, 2:] + margin))


def _clipped(shape: Any, box: Any) -> Any:
    """Return what of a zone lies in a box and a little beyond."""
    return shapely.clip_by_rect(shape, *_bounds_around(np.array([box]))[0].tolist())


def _bands_of(
    sites: SiteSet, zones: ZoneSet, jobs: Jobs, distance_m: float
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The parts of sites inside bands around zones, in degrees, and which are whole sites.

    A site that is so near that none of it can lie beyond the band needs none drawn.
    """
    out = np.empty(len(jobs), dtype=object)
    if not len(jobs):
        return out, np.zeros(0, dtype=bool)
    site = jobs.site
    west, south, east, north = shapely.bounds(sites.plane[site]).T
    inside = (jobs.gap + np.hypot(east - west, north - south)) * STRETCH <= _DRAWN * distance_m
    rest = np.flatnonzero(~inside)
    if len(rest):
        own = dict(zip(rest.tolist(), jobs.pieces(rest.tolist()), strict=True))
        inside[rest] = _held(sites.plane[site[rest]], zones.pieces[0], own.values(), distance_m)
        rest = rest[~inside[rest]]
    if len(rest):
        used = np.unique(np.concatenate([own[index] for index in rest.tolist()]))
        drawn = zones.band(used, distance_m)
        shapely.prepare(drawn)
    for index in rest.tolist():
        bands = drawn[np.searchsorted(used, own[index])]
        shape = sites.plane[site[index]]
        inside[index] = shapely.contains_properly(bands, shape).any()
        if not inside[index]:
            # Bands are dissolved before the cut: pieces of a line cut apart would not join again.
            out[index] = _meeting(shape, shapely.union_all(bands), _GRID_M)
    out[~inside] = to_degrees(out[~inside])
    out[inside] = sites.geometries[site[inside]]
    return out, inside


def _held(
    shapes: NDArray[Any], pieces: NDArray[Any], own: Collection[Places], distance_m: float
) -> NDArray[np.bool_]:
    """Tell of shapes whether some place in one of their pieces is so near to all their vertices
    that none of the shape can lie beyond the band.

    A disc around the place holds what lies between vertices that it holds. The place is that which
    is nearest to the middle of the shape.
    """
    count = [len(which) for which in own]
    piece = pieces[np.concatenate(list(own))]
    shape = np.repeat(np.arange(len(shapes)), count)
    west, south, east, north = shapely.bounds(shapes).T
    middle = shapely.points((west + east) / 2, (south + north) / 2)
    order = np.lexsort((shapely.distance(middle[shape], piece), shape))
    _, first = np.unique(shape[order], return_index=True)
    link = shapely.shortest_line(piece[order[first]], middle)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    offset = xy - shapely.get_coordinates(link)[::2][owner]
    _, first = np.unique(owner, return_index=True)
    farthest = np.maximum.reduceat(np.hypot(offset[:, 0], offset[:, 1]), first)
    return np.asarray(farthest * STRETCH <= _DRAWN * distance_m, dtype=bool)


def _tolerated(
    zones: ZoneSet, overlaps: NDArray[Any], areas: Floats, lengths: Floats
) -> tuple[Floats, Floats]:
    """Drop overlaps narrower than a sliver, then those under the legal minimum (met at ≥)."""
    kept = areas.copy()
    if zones.sliver_width_m:
        parts, owner = shapely.get_parts(overlaps, return_index=True)
        doubt = np.unique(owner[~_surely_wide(parts, zones.sliver_width_m)])
        for index in doubt[areas[doubt] > 0.0].tolist():
            shapes = parts[owner == index]
            size = geodesy.areas(shapes)
            edge = geodesy.lengths(shapely.boundary(shapes))
            # A strip of length l and width w has area l·w and perimeter about 2·l.
            width = np.divide(2.0 * size, edge, out=np.zeros_like(size), where=edge > 0)
            kept[index] = size[width >= zones.sliver_width_m].sum()
    return (
        np.where(kept >= zones.min_area_m2, kept, 0.0),
        np.where(lengths >= zones.min_length_m, lengths, 0.0),
    )


def _surely_wide(parts: NDArray[Any], width_m: float) -> NDArray[np.bool_]:
    """Tell which shapes are wider than that on any reckoning: most are, and need none exactly."""
    farthest = np.radians(np.abs(shapely.bounds(parts)[:, [1, 3]]).max(axis=1))
    area = shapely.area(parts) * _LEAST_DEGREE_M**2 * np.cos(farthest)
    return np.asarray(2.0 * area >= 1.01 * width_m * shapely.length(parts) * DEGREE_M)
