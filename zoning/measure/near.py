"""Which zones of a layer can matter to some sites, told by boxes before any zone is looked at.

A layer of a province has hundreds of thousands of zones, and a site concerns a handful. Zones whose
box lies beyond the reach asked for and beyond the nearest zone cannot change any measure, so they
need not be read, projected or cut. Boxes are compared in degrees scaled to metres, once so that no
distance is overstated and once so that none is understated; between the two lies every distance on
the ellipsoid and in the plane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import CENTRAL_MERIDIAN
from zoning.measure.zones import FEW, SiteSet

Places = NDArray[np.intp]
Floats = NDArray[np.float64]

#: Zones a block: neighbours are passed over together.
_BLOCK = 64
#: Blocks whose zones are compared at once.
_AT_ONCE = 1_000
#: Length of a degree along a meridian, m: the least and the most on the ellipsoid (at the equator
#: and at the pole), and along the equator.
_ALONG = (110_574.0, 111_694.0)
_EQUATOR = 111_319.0
#: The shortest way between two places bows towards the pole, by less than this (degrees).
_BOW = 0.5
#: Beyond these extents (degrees) boxes are not compared: every zone may matter.
_WIDEST, _HIGHEST = 20.0, 60.0
#: No more sites make the cells finer in which they are drawn.
_CELLS = 10_000
#: By how much a box is widened, m: the box of a point has no extent.
_MARGIN = 0.01


@dataclass(frozen=True)
class Boxes:
    """The boxes of a layer's zones.

    Attributes
    ----------
    bounds : ndarray of float64, shape (m, 4)
        West, south, east, north in degrees; of neighbours one after the other where that is known.
    """

    bounds: Floats

    @cached_property
    def _starts(self) -> Places:
        return np.arange(0, len(self.bounds), _BLOCK)

    @cached_property
    def _blocks(self) -> Floats:
        """The boxes around the blocks."""
        least = np.minimum.reduceat(self.bounds[:, :2], self._starts)
        return np.hstack((least, np.maximum.reduceat(self.bounds[:, 2:], self._starts)))

    def near(
        self, sites: SiteSet, reach: float, shapes: Callable[[Places], NDArray[Any]]
    ) -> Places | None:
        """Return the zones that may lie within reach of a site, or be the nearest to it.

        Parameters
        ----------
        sites : SiteSet
            At least one.
        reach : float
            In the plane, m.
        shapes : callable
            Returns the geometries of some zones, in degrees.

        Returns
        -------
        ndarray of intp or None
            Positions in ``bounds``, ascending; None where every zone may matter.
        """
        parts = sites.split
        at = shapely.bounds(sites.geometries) if parts is None else parts.bounds
        known = scales(np.vstack((at, self._blocks)))
        if known is None:
            return None
        low, high, stretch = known
        frames = _boxes(at * np.tile(low, 2))
        tree = shapely.STRtree(_boxes(self._blocks * np.tile(low, 2)))
        # Some zone of the nearest block is no farther away than its box reaches.
        zone, whose = self._members(tree.query_nearest(frames, all_matches=False)[1])
        most = np.full(len(at), np.inf)
        np.minimum.at(most, whose, _span(at[whose], self.bounds[zone], high))
        limit = np.maximum(most * stretch, reach) * 1.01 + 1.0
        site, block = tree.query(frames, predicate="dwithin", distance=limit)
        zone, whose = self._members(block)
        site = site[whose]
        gap = apart_by(at[site], self.bounds[zone], low)
        close = gap <= limit[site]
        site, zone, gap = site[close], zone[close], gap[close]
        # The zone of the nearest box is looked at; none beyond it can be nearer.
        first = self._first(site, zone, gap, low)
        used, which = np.unique(first, return_inverse=True)
        drawn = shapely.transform(shapes(used), lambda xy: xy * high)
        places = _within(sites) if parts is None else parts.corners[parts.starts[:-1]]
        inner = shapely.transform(places, lambda xy: xy * high)
        limit = np.maximum(shapely.distance(inner, drawn[which]) * stretch, reach) * 1.01 + 1.0
        return np.asarray(np.unique(zone[gap <= limit[site]]), dtype=np.intp)

    def within(self, sites: SiteSet, reach: float) -> Places | None:
        """Return the zones that may lie within reach of a site.

        Parameters
        ----------
        sites : SiteSet
            At least one.
        reach : float
            In the plane, m.

        Returns
        -------
        ndarray of intp or None
            Positions in ``bounds``, ascending; None where every zone may matter.
        """
        at = shapely.bounds(sites.geometries)
        if scales(np.vstack((at, self._blocks))) is None:
            return None
        limit = reach * 1.01 + 1.0
        low = _lowest(at, limit)
        site, block = self._tree.query(shapely.box(*_widened(at, limit / low).T))
        close = np.zeros(self._blocked.shape[:2], dtype=bool)
        # Some sites at a time: each block has many zones.
        for start in range(0, len(site), _AT_ONCE):
            run = slice(start, start + _AT_ONCE)
            whose, which = site[run, None], block[run]
            met, rank = np.nonzero(apart_by(at[whose], self._blocked[which], low[whose]) <= limit)
            close[which[met], rank] = True
        return np.flatnonzero(close)

    @cached_property
    def _blocked(self) -> Floats:
        """The boxes by block; what the last block lacks is beyond every reach."""
        lacking = -len(self.bounds) % _BLOCK
        nowhere = np.tile([np.inf, np.inf, -np.inf, -np.inf], (lacking, 1))
        return np.vstack((self.bounds, nowhere)).reshape(-1, _BLOCK, 4)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        """Index over the blocks, degrees."""
        return shapely.STRtree(shapely.box(*self._blocks.T))

    def _members(self, block: Places) -> tuple[Places, Places]:
        """The zones of each of some blocks, and the position of the block of each."""
        zone = self._starts[block][:, None] + np.arange(_BLOCK)
        there = zone < len(self.bounds)
        whose = np.broadcast_to(np.arange(len(block))[:, None], zone.shape)
        return zone[there], whose[there]

    def _first(self, site: Places, zone: Places, gap: Floats, low: Floats) -> Places:
        """Of the zones beside each site, the nearest by its box; of several the smallest."""
        least = np.full(site.max(initial=-1) + 1, np.inf)
        np.minimum.at(least, site, gap)
        nearest = gap == least[site]
        site, zone = site[nearest], zone[nearest]
        bounds = self.bounds[zone]
        width = np.hypot(*((bounds[:, 2:] - bounds[:, :2]) * low).T)
        order = np.lexsort((width, site))
        _, first = np.unique(site[order], return_index=True)
        return np.asarray(zone[order[first]], dtype=np.intp)


def scales(boxes: Floats) -> tuple[Floats, Floats, float] | None:
    """Metres a degree, at the least and at the most, and by how much the plane stretches.

    None where the boxes reach too far for one number each.
    """
    box = np.hstack((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)))
    low = least_scales(box[None])[0]
    if not low.any():
        return None
    west, south, east, north = box
    lowest = 0.0 if south < 0.0 < north else min(abs(south), abs(north))
    away = max(abs(west - CENTRAL_MERIDIAN), abs(east - CENTRAL_MERIDIAN))
    # A parallel of the ellipsoid is up to 0.34 % longer than that of a sphere of the same equator.
    high = np.array([_EQUATOR * np.cos(np.radians(lowest)) * 1.004, _ALONG[1]])
    sine = np.cos(np.radians(lowest)) * np.sin(np.radians(away))
    return low, high, float(1.0 / np.sqrt(1.0 - sine * sine)) * 1.001


def least_scales(boxes: Floats) -> Floats:
    """Metres a degree in each of some boxes, at the least; 0 where one reaches too far for that."""
    west, south, east, north = boxes.T
    highest = np.maximum(np.abs(south), np.abs(north)) + _BOW
    away = np.maximum(np.abs(west - CENTRAL_MERIDIAN), np.abs(east - CENTRAL_MERIDIAN))
    known = (np.maximum(east - west, away) <= _WIDEST) & (highest <= _HIGHEST)
    low = np.column_stack((_EQUATOR * np.cos(np.radians(highest)), np.full(len(boxes), _ALONG[0])))
    return np.where(known[:, None], low, 0.0)


def understated(boxes: Floats) -> Floats:
    """How many times farther apart, at the most, places in each of some boxes lie in the plane than
    :func:`least_scales` says; infinity where it says nothing."""
    west, south, east, north = boxes.T
    low = least_scales(boxes)
    lowest = np.where((south < 0.0) & (north > 0.0), 0.0, np.minimum(np.abs(south), np.abs(north)))
    cosine = np.cos(np.radians(lowest))
    away = np.maximum(np.abs(west - CENTRAL_MERIDIAN), np.abs(east - CENTRAL_MERIDIAN))
    # A parallel of the ellipsoid is up to 0.34 % longer than that of a sphere of the same equator.
    high = np.column_stack((_EQUATOR * cosine * 1.004, np.full(len(boxes), _ALONG[1])))
    there = low.all(axis=1)
    out = np.full(len(boxes), np.inf)
    sine = cosine[there] * np.sin(np.radians(away[there]))
    out[there] = (high[there] / low[there]).max(axis=1) / np.sqrt(1.0 - sine * sine) * 1.001
    return out


def frames(bounds: Floats, reach: Floats | float) -> NDArray[Any]:
    """Return boxes, in degrees, around all that lies within reach (m) of boxes, and a little more.

    Parameters
    ----------
    bounds : ndarray of float64, shape (n, 4)
        West, south, east, north.
    reach : ndarray of float64, shape (n,), or float

    Returns
    -------
    ndarray of shapely geometry, shape (n,)
    """
    limit = np.broadcast_to(reach, len(bounds)) * 1.01 + 1.0
    out: NDArray[Any] = shapely.box(*_widened(bounds, limit[:, None] / _lowest(bounds, limit)).T)
    return out


def _lowest(bounds: Floats, reach: Floats | float) -> Floats:
    """Metres a degree around boxes, at the least."""
    # Nothing within reach of a box lies farther from the equator than this.
    highest = np.abs(bounds[:, 1::2]).max(axis=1) + reach / _ALONG[0]
    low = np.full((len(bounds), 2), _ALONG[0])
    low[:, 0] = _EQUATOR * np.cos(np.radians(np.minimum(highest, 89.0)))
    return low


def _widened(bounds: Floats, margin: Floats) -> Floats:
    return np.asarray(bounds + np.tile(margin, 2) * (-1, -1, 1, 1), dtype=np.float64)


def _within(sites: SiteSet) -> NDArray[Any]:
    """Return each site, or a point in it."""
    out = sites.geometries.copy()
    many = shapely.get_num_coordinates(out) > FEW
    out[many] = shapely.point_on_surface(out[many])
    return out


def _boxes(bounds: Floats) -> NDArray[Any]:
    """Boxes as polygons, a little wider: the tree overlooks neighbours of a box without extent."""
    west, south, east, north = bounds.T
    out: NDArray[Any] = shapely.box(
        west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN
    )
    return out


def _span(left: Floats, right: Floats, scale: Floats) -> Floats:
    """How far apart places in paired boxes can lie."""
    along = np.maximum(left[:, 2:] - right[:, :2], right[:, 2:] - left[:, :2]) * scale
    return np.asarray(np.hypot(along[:, 0], along[:, 1]), dtype=np.float64)


def apart_by(left: Floats, right: Floats, scale: Floats | float) -> Floats:
    """How far apart paired boxes lie; 0 where they meet."""
    gap = np.maximum(left[..., :2] - right[..., 2:], right[..., :2] - left[..., 2:])
    along = np.maximum(gap, 0.0) * scale
    return np.asarray(np.hypot(along[..., 0], along[..., 1]), dtype=np.float64)


def reached(at: Floats, bounds: Floats, reach: float) -> NDArray[np.bool_]:
    """Mark the boxes that may lie within reach of others, in the plane.

    The others are drawn as cells; a box that covers none of these cells lies beyond.

    Parameters
    ----------
    at, bounds : ndarray of float64, shape (n, 4) and (m, 4)
        The others, at least one, and the boxes: west, south, east, north, m.
    reach : float
        m.
    """
    wide = at + (reach * 1.01 + 1.0) * np.array([-1, -1, 1, 1])
    low, high = wide[:, :2].min(axis=0), wide[:, 2:].max(axis=0)
    many = int(8 * (1 + np.sqrt(min(len(at), _CELLS))))
    first, last = (
        ((np.clip(box.reshape(-1, 2, 2), low, high) - low) / (high - low) * (many - 1)).astype(int)
        for box in (wide, bounds)
    )
    # Each box of the first counts at its corners; summed up twice, in all cells that it covers.
    cells = np.zeros((many + 1, many + 1), dtype=np.int64)
    (west, south), (east, north) = first[:, 0].T, first[:, 1].T + 1
    for x, y, sign in ((west, south, 1), (east, south, -1), (west, north, -1), (east, north, 1)):
        np.add.at(cells, (x, y), sign)
    drawn = np.zeros_like(cells)
    drawn[1:, 1:] = (cells.cumsum(axis=0).cumsum(axis=1) > 0)[:-1, :-1]
    below = drawn.cumsum(axis=0).cumsum(axis=1)
    (west, south), (east, north) = last[:, 0].T, last[:, 1].T + 1
    met = below[east, north] - below[west, north] - below[east, south] + below[west, south]
    there = (bounds[:, :2] <= high).all(axis=1) & (bounds[:, 2:] >= low).all(axis=1)
    return np.asarray(there & (met > 0), dtype=bool)
