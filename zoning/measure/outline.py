"""How deep points lie within zones, measured to those blocks of edges that may be nearest."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import MAX_EDGE_DEG, plane_xy, project
from zoning.base.polygons import to_rings
from zoning.measure.links import SOME, Paired, links
from zoning.measure.loops import compiled
from zoning.measure.near import apart_by, least_scales, understated
from zoning.measure.pairs import Floats, Places, least_of
from zoning.measure.runs import spread

#: So many pairs of a group of points and a block of its zone, at the most, are compared at a time.
_SOME: Final = 2_000_000
#: Compiled loops, and how many points they are worth loading for: that takes half a second.
_LOOPS: Final = "depth"
_FEW: Final = 20_000
#: Edges of a ring that are passed over together.
_BLOCK: Final = 32
#: Beyond what rounding can take away, and by what an edge leaves itself in the plane, m.
_MARGIN_M: Final = 0.1


def depths_within(xy: Floats, whose: Places, zones: NDArray[Any], zone: Places) -> Floats:
    """Return how far the deepest of some points lies from the outline of a zone, m.

    A block of edges that lies near the first point of a group tells how far its points are at the
    most. The farthest of them is measured to all edges within that distance, and then those that
    may lie deeper still.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Longitudes and latitudes of the points.
    whose : ndarray of intp, shape (n,)
        The group of each point, ascending and without gaps.
    zones : ndarray of shapely geometry, shape (m,)
        Polygons, EPSG:4490.
    zone : ndarray of intp, shape (k,)
        That of each group of points.

    Returns
    -------
    ndarray of float64, shape (k,)
        In the plane.
    """
    out = np.zeros(len(zone))
    if not len(zone):
        return out
    outlines, points = _Outlines(zones), plane_xy(xy)
    loops = compiled(_LOOPS, worth=len(xy) >= _FEW)
    if loops is not None:
        return _by_kernel(loops, xy, points, whose, outlines, zone)
    ends = np.cumsum(outlines.blocks[zone])
    first = np.searchsorted(whose, np.arange(len(zone) + 1))
    for some in np.split(np.arange(len(zone)), np.flatnonzero(np.diff(ends // _SOME)) + 1):
        own = slice(first[some[0]], first[some[-1] + 1])
        out[some] = _deepest(xy[own], points[own], whose[own] - some[0], outlines, zone[some])
    return out


def load_loops() -> None:
    """Load compiled loops, if numba is there, before the first depths and gaps are asked for."""
    if compiled(_LOOPS, worth=True) is not None:
        none, square = np.zeros(1, dtype=np.intp), np.array([shapely.box(0, 0, 1, 1)])
        depths_within(np.array([[0.5, 0.5]]), none, square, none)
        links(Paired(square, square, *np.zeros((2, SOME), dtype=np.intp)))


def _by_kernel(
    loops: Any, xy: Floats, points: Floats, whose: Places, outlines: _Outlines, zone: Places
) -> Floats:
    """How far the deepest point of each group lies from the outline of its zone."""
    begin = np.searchsorted(whose, np.arange(len(zone) + 1))
    places, own = outlines.placed(xy, zone[whose]), (outlines.first[zone], outlines.end[zone])
    reach, nearest = loops.reaches(
        places, begin, *own, outlines.boxes, *outlines.runs, outlines.understated[zone]
    )
    reach += 4.0 * _MARGIN_M
    block, ends = loops.blocks_within(places, begin, *own, outlines.boxes, reach, nearest)
    used, block = np.unique(block, return_inverse=True)
    drawn, line = shapely.get_coordinates(outlines.lines(used), return_index=True)
    start = np.searchsorted(line, np.arange(len(used)))
    boxes = shapely.bounds(outlines.lines(used))
    size = np.diff(np.append(start, len(line)))
    out: Floats = loops.deepest(points, begin, block, ends, boxes, drawn, start, size)
    return out


def _deepest(
    xy: Floats, points: Floats, whose: Places, outlines: _Outlines, zone: Places
) -> Floats:
    """How far the deepest point of each group lies from the outline of its zone."""
    first = np.searchsorted(whose, np.arange(len(zone)))
    start, end = outlines.beside(xy[first], zone)
    most = _gaps(points, start[whose], end[whose]) + _MARGIN_M
    last = least_of(-most, whose)
    out = outlines.gaps(points[last], xy[last], zone, most[last], np.zeros(len(zone)))
    most[last] = 0.0
    rest = np.flatnonzero(most > out[whose])
    own = whose[rest]
    deep = outlines.gaps(points[rest], xy[rest], zone[own], most[rest], out[own])
    np.maximum.at(out, whose[rest], deep)
    return out


def _gaps(points: Floats, start: Floats, end: Floats) -> Floats:
    """How far points are from the edges that they are paired with."""
    part = _part(points, start, end)
    x, y = (points - start - (end - start) * part[:, None]).T
    return np.asarray(np.sqrt(x * x + y * y), dtype=np.float64)


def _part(points: Floats, start: Floats, end: Floats) -> Floats:
    """How far along edges, as shares of them, the places nearest to points are."""
    along, away = (end - start).T, (points - start).T
    square = along[0] * along[0] + along[1] * along[1]
    part = along[0] * away[0] + along[1] * away[1]
    part = np.divide(part, square, out=np.zeros_like(square), where=square > 0.0)
    return np.asarray(np.clip(part, 0.0, 1.0), dtype=np.float64)


class _Outlines:
    """The outlines of zones in blocks of edges that follow one another.

    An index holds the boxes of the blocks in m, on a scale that overstates no distance, each zone
    beyond reach of the others.
    """

    def __init__(self, zones: NDArray[Any]) -> None:
        parts, owner = shapely.get_parts(zones, return_index=True)
        self._xy, vertices, rings = to_rings(parts)
        edges = vertices - 1
        blocks = -(-edges // _BLOCK)
        ring = np.repeat(np.arange(len(edges)), blocks)
        before = _BLOCK * spread(np.zeros_like(blocks), blocks)
        self._start = (np.cumsum(vertices) - vertices)[ring] + before
        self._size = np.minimum(edges[ring] - before, _BLOCK) + 1
        self._zone = np.repeat(owner, rings)[ring]
        self.blocks = np.bincount(self._zone, minlength=len(zones))
        self.end = np.cumsum(self.blocks)
        self.first = self.end - self.blocks
        self._lines = np.full(len(ring), None)
        self._index(shapely.bounds(zones))

    def _index(self, bounds: Floats) -> None:
        extent = bounds[:, 2:] - bounds[:, :2]
        self._wide = extent.max(axis=1) > MAX_EDGE_DEG
        self._corner, self._scale = bounds[:, :2], least_scales(bounds)
        self.understated = understated(bounds)
        apart = 3.0 * np.hypot(*(extent * self._scale).T).max()
        self._shift = np.arange(len(bounds))[:, None] * (apart, 0.0)
        end = self._xy[self._start + self._size - 1]
        least = np.minimum(np.minimum.reduceat(self._xy, self._start), end)
        most = np.maximum(np.maximum.reduceat(self._xy, self._start), end)
        self.boxes = np.hstack([self.placed(xy, self._zone) for xy in (least, most)])

    @cached_property
    def _middle(self) -> Floats:
        """The middle of each block."""
        return np.asarray(0.5 * (self.boxes[:, :2] + self.boxes[:, 2:]), dtype=np.float64)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.box(*self.boxes.T))

    @cached_property
    def runs(self) -> tuple[Floats, Places, Places]:
        """Where the index has the vertices, the first of each block, and how many that has."""
        count = np.diff(np.append(self._start[self.first], len(self._xy)))
        zone = np.repeat(np.arange(len(self.first)), count)
        return self.placed(self._xy, zone), self._start, self._size

    def placed(self, xy: Floats, zone: Places) -> Floats:
        """Where the index has places of zones."""
        placed: Floats = (xy - self._corner[zone]) * self._scale[zone] + self._shift[zone]
        return placed

    def beside(self, xy: Floats, zone: Places) -> tuple[Floats, Floats]:
        """Return, in the plane, the ends of a part of an edge that is near to each place."""
        place, blocks = self.placed(xy, zone), self.blocks[zone]
        group = np.repeat(np.arange(len(zone)), blocks)
        block = spread(self.first[zone], blocks)
        x, y = (self._middle[block] - place[group]).T
        block = block[least_of(x * x + y * y, group)]
        size = self._size[block] - 1
        group, edge = np.repeat(np.arange(len(zone)), size), spread(self._start[block], size)
        ends = [self.placed(self._xy[at], zone[group]) for at in (edge, edge + 1)]
        nearest = least_of(_gaps(place[group], *ends), group)
        edge, part = edge[nearest], _part(place, ends[0][nearest], ends[1][nearest])
        start, along = self._xy[edge], self._xy[edge + 1] - self._xy[edge]
        half = 0.5 * MAX_EDGE_DEG / np.maximum(np.abs(along).max(axis=1), MAX_EDGE_DEG)
        low, high = np.maximum(part - half, 0.0), np.minimum(part + half, 1.0)
        return plane_xy(start + along * low[:, None]), plane_xy(start + along * high[:, None])

    def lines(self, block: Places) -> NDArray[Any]:
        """Return blocks in the plane, each drawn once."""
        asked = np.zeros(len(self._lines), dtype=bool)
        asked[block] = True
        new = np.flatnonzero(asked & shapely.is_missing(self._lines))
        size = self._size[new]
        drawn = shapely.linestrings(
            self._xy[spread(self._start[new], size)], indices=np.repeat(np.arange(len(new)), size)
        )
        wide = self._wide[self._zone[new]]
        # As all of the outline would be.
        drawn[wide] = shapely.segmentize(drawn[wide], MAX_EDGE_DEG)
        self._lines[new] = project(drawn)
        return self._lines[block]

    def gaps(
        self, points: Floats, xy: Floats, zone: Places, most: Floats, enough: Floats
    ) -> Floats:
        """How far points lie from the outline of a zone, none of them farther than ``most``.

        Of those that lie no farther than ``enough``, any distance up to that may be told.
        """
        reach = (most + _MARGIN_M)[:, None]
        place = self.placed(xy, zone)
        frames = shapely.box(*np.hstack((place - reach, place + reach)).T)
        which, block = self._tree.query(frames)
        own = self._zone[block] == zone[which]
        which, block = which[own], block[own]
        away = apart_by(np.hstack((place, place))[which], self.boxes[block], 1.0)
        out, drawn = most.copy(), shapely.points(points)

        def measure(rows: Places) -> None:
            gap = shapely.distance(drawn[which[rows]], self.lines(block[rows]))
            np.minimum.at(out, which[rows], gap)

        # The nearest block by its box leaves few others that may be nearer.
        first = least_of(away, np.cumsum(np.diff(which, prepend=-1) > 0) - 1)
        measure(first)
        rest = (away <= out[which] + _MARGIN_M) & (out > enough)[which]
        rest[first] = False
        measure(np.flatnonzero(rest))
        return out
