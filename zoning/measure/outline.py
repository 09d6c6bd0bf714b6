"""How deep points lie within zones, measured to those edges of an outline that may be nearest."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import MAX_EDGE_DEG, project, to_degrees
from zoning.measure.near import scales
from zoning.measure.pairs import Floats, Places

#: So many edges are compared at a time.
_SOME: Final = 2_000_000
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
    ends = np.cumsum(outlines.many[zone])
    first = np.searchsorted(whose, np.arange(len(zone) + 1))
    for groups in np.split(np.arange(len(zone)), np.flatnonzero(np.diff(ends // _SOME)) + 1):
        own = slice(first[groups[0]], first[groups[-1] + 1])
        begin = first[groups] - first[groups[0]]
        edges = outlines.near(points[own], begin, zone[groups])
        gaps = shapely.distance(points[own], edges[whose[own] - groups[0]])
        out[groups] = np.maximum.reduceat(gaps, begin)
    return out


class _Outlines:
    """The outlines of zones, vertex by vertex: the edge of a vertex leads to the next."""

    def __init__(self, zones: NDArray[Any]) -> None:
        rings, owner = shapely.get_parts(shapely.boundary(zones), return_index=True)
        self.xy, ring = shapely.get_coordinates(rings, return_index=True)
        self.edges = np.flatnonzero(np.diff(ring) == 0)
        self.ends = np.searchsorted(owner[ring[self.edges]], np.arange(len(zones) + 1))
        self.many = np.diff(self.ends)
        bounds = shapely.bounds(zones)
        self.wide = (bounds[:, 2:] - bounds[:, :2]).max(axis=1) > MAX_EDGE_DEG
        self.scales = scales(bounds)
        if self.scales is not None:
            low, high, stretch = self.scales
            self.scaled = self.xy * low
            self.length = np.hypot(*(np.diff(self.xy, axis=0) * high).T) * stretch

    def near(self, points: NDArray[Any], begin: Places, zone: Places) -> NDArray[Any]:
        """Return the edges that may be the nearest to some point of each group, in the plane."""
        many = self.many[zone]
        group = np.repeat(np.arange(len(zone)), many)
        starts = np.cumsum(many) - many
        vertex = self.edges[np.arange(many.sum()) + np.repeat(self.ends[zone] - starts, many)]
        if self.scales is not None:
            kept = self._may_be_nearest(points, begin, vertex, starts, group)
            group, vertex = group[kept], vertex[kept]
        # Edges that follow one another are one line.
        new = np.flatnonzero((np.diff(group, prepend=-1) != 0) | (np.diff(vertex, prepend=-2) != 1))
        count = np.diff([*new, len(vertex)]) + 1
        run = np.repeat(np.arange(len(new)), count)
        rank = np.arange(len(run)) - np.repeat(np.cumsum(count) - count, count)
        lines = shapely.linestrings(self.xy[vertex[new][run] + rank], indices=run)
        wide = self.wide[zone[group[new]]]
        lines[wide] = shapely.segmentize(
            lines[wide], MAX_EDGE_DEG
        )  # as all of the outline would be
        edges: NDArray[Any] = shapely.multilinestrings(project(lines), indices=group[new])
        return edges

    def _may_be_nearest(
        self, points: NDArray[Any], begin: Places, vertex: Places, starts: Places, group: Places
    ) -> NDArray[np.bool_]:
        """Mark the edges that are no farther from the first point of a group than that which is
        nearest to any of its points can be."""
        assert self.scales is not None
        low, high, stretch = self.scales
        first = shapely.get_coordinates(to_degrees(points[begin])) * low
        xy = shapely.get_coordinates(points)
        offset = xy - np.repeat(xy[begin], np.diff([*begin, len(xy)]), axis=0)
        extent = np.maximum.reduceat(np.hypot(*offset.T), begin)
        away = np.hypot(*(self.scaled[vertex] - first[group]).T)
        most = np.minimum.reduceat(away, starts) * (high / low).max() * stretch
        reach = most + 2.0 * extent + _MARGIN_M
        return np.asarray(away - self.length[vertex] <= reach[group])
