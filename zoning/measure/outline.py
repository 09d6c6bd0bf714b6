"""How deep points lie within zones, measured to those edges of an outline that may be nearest."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import MAX_EDGE_DEG, project, to_degrees
from zoning.measure.near import scales
from zoning.measure.pairs import Floats, Places
from zoning.measure.runs import spread

#: So many edges, or blocks of them, are compared at a time.
_SOME: Final = 2_000_000
#: Edges of an outline that are passed over together.
_BLOCK: Final = 32
#: Beyond what rounding can take away, m.
_MARGIN_M: Final = 0.01


def depths_within(points: NDArray[Any], whose: Places, zones: NDArray[Any], zone: Places) -> Floats:
    """Return how far the deepest of some points lies from the outline of a zone, m.

    Edges are told apart in degrees: neither all of an outline is projected nor all of it measured.

    Parameters
    ----------
    points : ndarray of shapely geometry, shape (n,)
        In the plane.
    whose : ndarray of intp, shape (n,)
        The group of each point, ascending and without gaps.
    zones : ndarray of shapely geometry, shape (m,)
        Polygons, EPSG:4490.
    zone : ndarray of intp, shape (k,)
        That of each group of points.

    Returns
    -------
    ndarray of float64, shape (k,)
    """
    out = np.zeros(len(zone))
    if not len(zone):
        return out
    outlines = _Outlines(zones)
    ends = np.cumsum(outlines.compared[zone])
    first = np.searchsorted(whose, np.arange(len(zone) + 1))
    for groups in np.split(np.arange(len(zone)), np.flatnonzero(np.diff(ends // _SOME)) + 1):
        own = slice(first[groups[0]], first[groups[-1] + 1])
        begin = first[groups] - first[groups[0]]
        lines, group = outlines.near(points[own], begin, zone[groups])
        out[groups] = _deepest(points[own], whose[own] - groups[0], begin, lines, group)
    return out


def _deepest(
    points: NDArray[Any], whose: Places, begin: Places, lines: NDArray[Any], group: Places
) -> Floats:
    """How far the deepest point of each group lies from its lines.

    No point lies farther than from one edge: where that is less than another point's distance, it
    is not the deepest.
    """
    edges = shapely.multilinestrings(lines, indices=group)
    xy = shapely.get_coordinates(points)
    most = _from_one_edge(xy, whose, begin, lines, group)
    order = np.lexsort((most, whose))
    last = order[np.append(begin[1:], len(order)) - 1]
    out = np.asarray(shapely.distance(points[last], edges), dtype=np.float64)
    rest = np.setdiff1d(np.flatnonzero(most + _MARGIN_M >= out[whose]), last)
    np.maximum.at(out, whose[rest], shapely.distance(points[rest], edges[whose[rest]]))
    return out


def _from_one_edge(
    xy: Floats, whose: Places, begin: Places, lines: NDArray[Any], group: Places
) -> Floats:
    """How far points are from that edge which is nearest to the first point of their group."""
    ends, line = shapely.get_coordinates(lines, return_index=True)
    edge = np.flatnonzero(np.diff(line) == 0)
    own = group[line[edge]]
    gap = _gaps(xy[begin][own], ends[edge], ends[edge + 1])
    nearest = edge[np.lexsort((gap, own))[np.searchsorted(own, np.arange(len(begin)))]]
    return _gaps(xy, ends[nearest][whose], ends[nearest + 1][whose])


def _gaps(points: Floats, start: Floats, end: Floats) -> Floats:
    """How far points are from the edges that they are paired with, but for rounding."""
    along, away = end - start, points - start
    square = np.einsum("ij,ij->i", along, along)
    part = np.einsum("ij,ij->i", along, away)
    part = np.divide(part, square, out=np.zeros_like(square), where=square > 0.0)
    return _lengths(away - along * np.clip(part, 0.0, 1.0)[:, None])


def _lengths(steps: Floats) -> Floats:
    x, y = steps.T
    return np.asarray(np.sqrt(x * x + y * y), dtype=np.float64)


class _Outlines:
    """The outlines of zones, vertex by vertex: the edge of a vertex leads to the next."""

    def __init__(self, zones: NDArray[Any]) -> None:
        rings, owner = shapely.get_parts(shapely.boundary(zones), return_index=True)
        self.xy, ring = shapely.get_coordinates(rings, return_index=True)
        self.edges = np.flatnonzero(np.diff(ring) == 0)
        self.ends = np.searchsorted(owner[ring[self.edges]], np.arange(len(zones) + 1))
        self.many = self.compared = np.diff(self.ends)
        bounds = shapely.bounds(zones)
        self.wide = (bounds[:, 2:] - bounds[:, :2]).max(axis=1) > MAX_EDGE_DEG
        # Of each zone its own: the nearer the least and the most, the fewer edges are left.
        known = [told for told in map(scales, bounds[:, None]) if told is not None]
        self.scaling = len(known) == len(zones)
        if self.scaling:
            self.low, high, stretch = map(np.array, zip(*known, strict=True))
            self.ratio = (high / self.low).max(axis=1) * stretch
            zone, start = np.repeat(np.arange(len(zones)), self.many), self.xy[self.edges]
            self.scaled = start * self.low[zone]
            self.length = _lengths((self.xy[self.edges + 1] - start) * high[zone]) * stretch[zone]
            self._block()

    def _block(self) -> None:
        """Put edges that follow one another together: most blocks lie too far away at once."""
        self.compared = blocks = -(-self.many // _BLOCK)
        self.block_ends = np.cumsum([0, *blocks])
        self.starts = np.repeat(self.ends[:-1], blocks) + _BLOCK * spread(0 * blocks, blocks)
        self.sizes = np.diff([*self.starts, len(self.edges)])
        self.least = np.minimum.reduceat(self.scaled, self.starts)
        self.most = np.maximum.reduceat(self.scaled, self.starts)
        self.longest = np.maximum.reduceat(self.length, self.starts)

    def near(
        self, points: NDArray[Any], begin: Places, zone: Places
    ) -> tuple[NDArray[Any], Places]:
        """Return the edges that may be the nearest to some point of each group, in the plane, and
        the group of each; edges that follow one another are one line."""
        if not self.scaling:
            group = np.repeat(np.arange(len(zone)), self.many[zone])
            vertex = self.edges[spread(self.ends[zone], self.many[zone])]
        else:
            group, vertex = self._may_be_nearest(points, begin, zone)
        new = np.flatnonzero((np.diff(group, prepend=-1) != 0) | (np.diff(vertex, prepend=-2) != 1))
        count = np.diff([*new, len(vertex)]) + 1
        run = np.repeat(np.arange(len(new)), count)
        lines = shapely.linestrings(self.xy[spread(vertex[new], count)], indices=run)
        wide = self.wide[zone[group[new]]]
        # As all of the outline would be.
        lines[wide] = shapely.segmentize(lines[wide], MAX_EDGE_DEG)
        return project(lines), group[new]

    def _may_be_nearest(
        self, points: NDArray[Any], begin: Places, zone: Places
    ) -> tuple[Places, Places]:
        """Return the group and the vertex of edges that are no farther from the first point of the
        group than that which is nearest to any of its points can be."""
        first = shapely.get_coordinates(to_degrees(points[begin])) * self.low[zone]
        xy = shapely.get_coordinates(points)
        offset = xy - np.repeat(xy[begin], np.diff([*begin, len(xy)]), axis=0)
        extent = np.maximum.reduceat(_lengths(offset), begin)
        ratio = self.ratio[zone]

        def within(away: Floats, longest: Floats, least: Floats, group: Places) -> Places:
            """Say which of some edges or blocks may be the nearest, by places in them."""
            starts = np.searchsorted(group, np.arange(len(zone)))
            reach = np.minimum.reduceat(away, starts) * ratio + 2.0 * extent + _MARGIN_M
            return np.flatnonzero(least - longest <= reach[group])

        blocks = self.compared[zone]
        group = np.repeat(np.arange(len(zone)), blocks)
        block = spread(self.block_ends[zone], blocks)
        place = first[group]
        away = _lengths(self.scaled[self.starts[block]] - place)
        beside = np.maximum(np.maximum(self.least[block] - place, place - self.most[block]), 0.0)
        kept = within(away, self.longest[block], _lengths(beside), group)
        block = block[kept]
        edge = spread(self.starts[block], self.sizes[block])
        group = np.repeat(group[kept], self.sizes[block])
        away = _lengths(self.scaled[edge] - first[group])
        kept = within(away, self.length[edge], away, group)
        return group[kept], self.edges[edge[kept]]
