"""A very large site in parts, and neighbouring parts in blocks.

Most of such a site lies wholly in a zone or far from all. A block of which that is plain is taken
as one; only the parts of the others are projected and cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.plane import to_plane
from zoning.measure.depths import deepest, sampled
from zoning.measure.overlaps import OF_PART
from zoning.measure.pairs import STRETCH, Floats, Places
from zoning.measure.split import DEGREE_M
from zoning.measure.zones import FEW, SiteSet, ZoneSet

#: Vertices of a block; it has two or three parts.
_BLOCK: Final = 2_000
#: By how much the box of a block is widened in the plane, m: edges are straight in degrees.
_MARGIN_M: Final = 0.1


@dataclass(frozen=True)
class Parts:
    """Sites of which some are cut.

    Attributes
    ----------
    sites : SiteSet
        The parts, neighbours of a site one after the other.
    owner : ndarray of intp
        The site of each part, ascending.
    """

    sites: SiteSet
    owner: Places

    @cached_property
    def block(self) -> Places:
        """The block of each part."""
        count = shapely.get_num_coordinates(self.sites.geometries)
        before = np.cumsum(count) - count
        first = np.searchsorted(self.owner, self.owner)
        run = (before - before[first]) // _BLOCK
        new = np.flatnonzero((np.diff(self.owner) != 0) | (np.diff(run) != 0)) + 1
        return np.repeat(np.arange(len(new) + 1), np.diff([0, *new, len(count)]))

    @cached_property
    def starts(self) -> Places:
        """The first part of each block, and the number of parts."""
        return np.searchsorted(self.block, np.arange(self.block[-1] + 2))

    @cached_property
    def site(self) -> Places:
        """The site of each block."""
        return self.owner[self.starts[:-1]]

    @cached_property
    def vertices(self) -> Places:
        """How many vertices each block has."""
        count = shapely.get_num_coordinates(self.sites.geometries)
        return np.asarray(np.add.reduceat(count, self.starts[:-1]), dtype=np.intp)

    @cached_property
    def bounds(self) -> Floats:
        """West, south, east and north of the blocks, degrees."""
        of_parts = shapely.bounds(self.sites.geometries)
        least = np.minimum.reduceat(of_parts[:, :2], self.starts[:-1])
        return np.hstack((least, np.maximum.reduceat(of_parts[:, 2:], self.starts[:-1])))

    @cached_property
    def boxes(self) -> NDArray[Any]:
        """The boxes around the blocks, degrees."""
        west, south, east, north = self.bounds.T
        margin = 1e-9
        out: NDArray[Any] = shapely.box(
            west - margin, south - margin, east + margin, north + margin
        )
        return out

    @cached_property
    def frames(self) -> NDArray[Any]:
        """Boxes around the blocks in the plane."""
        west, south, east, north = shapely.bounds(to_plane(self.boxes)).T
        out: NDArray[Any] = shapely.box(
            west - _MARGIN_M, south - _MARGIN_M, east + _MARGIN_M, north + _MARGIN_M
        )
        return out

    @cached_property
    def corners(self) -> NDArray[Any]:
        """A vertex of each part, degrees."""
        count = shapely.get_num_coordinates(self.sites.geometries)
        xy = shapely.get_coordinates(self.sites.geometries)
        out: NDArray[Any] = shapely.points(xy[np.cumsum(count) - count])
        return out

    @cached_property
    def corners_in_plane(self) -> NDArray[Any]:
        """A vertex of each part in the plane."""
        out: NDArray[Any] = to_plane(self.corners)
        return out

    def drawn(self, block: int) -> Any:
        """Return the parts of a block as one geometry."""
        return shapely.union_all(self.sites.geometries[slice(*self.starts[block : block + 2])])

    def of(self, blocks: Places) -> Places:
        """Return the parts of some blocks."""
        chosen = np.zeros(len(self.vertices), dtype=bool)
        chosen[blocks] = True
        return np.flatnonzero(chosen[self.block])

    def inside(self, zones: ZoneSet, block: Places, zone: Places) -> NDArray[np.bool_]:
        """Tell which pairs are of a block and a zone in which all of it plainly lies."""
        out = self.vertices[block] > FEW
        out[out] = shapely.contains_properly(zones.prepared(zone[out]), self.boxes[block[out]])
        return out

    def near(
        self, zones: ZoneSet, reach: float, distance_m: float
    ) -> tuple[dict[int, tuple[int, ...]], Places]:
        """Return what of the sites can decide what they have to do with some zones.

        Parameters
        ----------
        zones : ZoneSet
        reach : float
            In the plane, m.
        distance_m : float
            Width of the band around each zone; a block beyond it can only be the nearest to a zone.

        Returns
        -------
        whole : dict of int to tuple of int
            The blocks that lie wholly in some zones and beyond all others, and those zones.
        parts : ndarray of intp
            The other parts that meet a zone, or may be the nearest of their site to one.
        """
        distance = reach * STRETCH + 1e-6
        block, piece = zones.tree.query(self.frames, predicate="dwithin", distance=distance)
        pieces, whose = zones.pieces
        key, pair = np.unique(block * len(zones) + whose[piece], return_inverse=True)
        at, zone = np.divmod(key, max(len(zones), 1))
        # Of each pair the distance of the box, and that of a vertex: the true one lies between.
        least, most = np.full((2, len(key)), np.inf)
        np.minimum.at(least, pair, shapely.distance(self.frames[block], pieces[piece]))
        first = self.corners_in_plane[self.starts[block]]
        np.minimum.at(most, pair, shapely.distance(first, pieces[piece]))
        met = least <= distance_m * STRETCH
        inside = np.zeros(len(key), dtype=bool)
        inside[met] = self.inside(zones, at[met], zone[met])
        most[inside] = 0.0
        _, group = np.unique(self.site[at] * len(zones) + zone, return_inverse=True)
        best = np.full(group.max(initial=-1) + 1, np.inf)
        np.minimum.at(best, group, most)
        # A zone in which a block of the site lies has none that is nearer to it.
        nearest = (best[group] > 0.0) & (least <= best[group] * STRETCH)
        rest = np.unique(at[~inside & (met | nearest)])
        whole: dict[int, tuple[int, ...]] = {}
        settled = inside & ~np.isin(at, rest)
        for row, which in zip(at[settled].tolist(), zone[settled].tolist(), strict=True):
            whole[row] = (*whole.get(row, ()), which)
        chosen = np.union1d(rest, self._foremost(zones, list(whole)))
        return whole, self.of(chosen.astype(np.intp))

    def _foremost(self, zones: ZoneSet, whole: list[int]) -> Places:
        """The blocks that may be the nearest of their site, unless one lies in a zone."""
        site = self.site
        left = np.flatnonzero(~np.isin(site, site[whole]))
        many = left[np.bincount(site)[site[left]] > 1]
        corners = self.corners_in_plane[self.starts[many]]
        least, most = (
            zones.tree.query_nearest(shapes, return_distance=True, all_matches=False)[1]
            for shapes in (self.frames[many], corners)
        )
        best = np.full(int(self.owner[-1]) + 1, np.inf)
        np.minimum.at(best, site[many], most * STRETCH)
        alone = np.setdiff1d(left, many)
        return np.concatenate((alone, many[least <= best[site[many]]]))

    def sizes(self, block: int, sliver_width_m: float) -> tuple[float, float, float]:
        """Return a block's area, what of it is no sliver (m²), and its length (m)."""
        which = slice(*self.starts[block : block + 2])
        areas, lengths = self.sites.areas[which], self.sites.lengths[which]
        kept = areas
        if sliver_width_m:
            wide = 2.0 * areas >= sliver_width_m * self._outlines[which]
            shapes = self.sites.geometries[which][~wide]
            outline = geodesy.lengths(shapely.boundary(shapes))
            wide[~wide] = 2.0 * areas[~wide] >= sliver_width_m * outline
            kept = areas[wide]
        return float(areas.sum()), float(kept.sum()), float(lengths.sum())

    @cached_property
    def _outlines(self) -> Floats:
        """Lengths of the parts' outlines that are not too small, m."""
        return np.asarray(shapely.length(self.sites.geometries) * DEGREE_M)

    def depths(
        self, zones: ZoneSet, asked: list[tuple[int, tuple[int, ...]]]
    ) -> dict[tuple[int, tuple[int, ...]], float]:
        """Return how far blocks reach into zones that they lie in, m: a lower bound.

        The greatest of a site is what its parts have when each is measured alone.
        """
        groups: dict[tuple[int, ...], list[int]] = {}
        for block, which in asked:
            groups.setdefault(which, []).append(block)
        out: dict[tuple[int, tuple[int, ...]], float] = {}
        for which, blocks in groups.items():
            depth = np.zeros(len(self.vertices))
            parts = self.of(np.array(blocks, dtype=np.intp))
            np.maximum.at(depth, self.block[parts], self._deepest(zones.rim(which), parts))
            out |= {(block, which): float(depth[block]) for block in blocks}
        return out

    def _deepest(self, rim: shapely.STRtree, parts: Places) -> Floats:
        """How far some parts lie within a rim, m; those that may lie deepest as if they were alone.

        No point of a part lies deeper than its corner by more than the part is wide.
        """
        out = np.zeros(len(parts))
        found, gap = rim.query_nearest(
            self.corners_in_plane[parts], return_distance=True, all_matches=False
        )
        out[found[0]] = gap
        best = np.zeros(int(self.owner[-1]) + 1)
        np.maximum.at(best, self.owner[parts], out)
        shapes = self.sites.geometries[parts]
        west, south, east, north = shapely.bounds(shapes).T
        most = out + np.hypot(east - west, north - south) * DEGREE_M * STRETCH
        open_ = np.flatnonzero(most > best[self.owner[parts]])
        xy, whose = sampled(shapes[open_], OF_PART)
        out[open_] = deepest(rim, xy, np.flatnonzero(np.diff(whose, prepend=-1)))
        return out
