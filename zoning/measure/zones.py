"""Zones and sites prepared for measuring: in degrees, in the plane, and in a spatial index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.plane import scale, to_degrees, to_plane
from zoning.measure.split import LARGE, cut

#: Lines are cut into pieces of at most this many vertices (about 7 km), so that the index can be
#: selective and the plane's scale is the same all along a piece, to 3 cm on a band of 1 km.
_PIECE = 8

#: Polygons are cut for the index, too: a distance costs the product of both sides' vertices.
_AREA = 100

#: A site of no more vertices than this is asked for directly instead of by its box.
_FEW = 50

#: Segments per quarter circle of a drawn band; its area is then 0.04 % short on a full circle.
_QUARTER = 32


@dataclass(frozen=True)
class SiteSet:
    """The sites under review.

    Attributes
    ----------
    geometries : ndarray of shapely geometry, shape (n,)
        2-D, valid, EPSG:4490, longitude first.
    """

    geometries: NDArray[Any]

    @cached_property
    def plane(self) -> NDArray[Any]:
        """The sites in the plane, m."""
        out: NDArray[Any] = to_plane(self.geometries)
        shapely.prepare(out)
        return out

    @cached_property
    def frames(self) -> NDArray[Any]:
        """The boxes around the sites in the plane, small sites as they are."""
        return _boxed(self.plane, 1e-3)

    @cached_property
    def boxes(self) -> NDArray[Any]:
        """The boxes around the sites in degrees; what holds a box holds what is in it."""
        return _boxed(self.geometries, 1e-9)

    @cached_property
    def parts(self) -> tuple[SiteSet, NDArray[np.intp]]:
        """The sites, the very large ones in parts, and each part's site."""
        return self.split or (self, np.arange(len(self.geometries)))

    @cached_property
    def split(self) -> tuple[SiteSet, NDArray[np.intp]] | None:
        """The sites with the very large ones cut into parts, and each part's site; None if none."""
        large = shapely.get_num_coordinates(self.geometries) > LARGE
        if not large.any():
            return None
        parts = [cut(g) if big else [g] for g, big in zip(self.geometries, large, strict=True)]
        owner = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
        return SiteSet(np.concatenate([np.asarray(p, dtype=object) for p in parts])), owner

    @cached_property
    def sizes(self) -> NDArray[np.float64]:
        """Ellipsoidal area of each site in m², or its geodesic length in m where it has none."""
        return np.where(self.areas > 0.0, self.areas, self.lengths)

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """Ellipsoidal area of each site, m²; 0 for lines and points."""
        return geodesy.areas(self.geometries)

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Geodesic length of each site, m; 0 for polygons and points."""
        return geodesy.lengths(self.geometries)


@dataclass(frozen=True)
class ZoneSet:
    """The zones of one layer.

    Attributes
    ----------
    layer : str
        Layer id.
    geometries : ndarray of shapely geometry, shape (m,)
        2-D, valid, EPSG:4490.
    names : sequence of str, length m
    accuracy_m : ndarray of float64, shape (m,)
        Positional accuracy of each zone.
    sliver_width_m, min_area_m2, min_length_m : float
        The layer's tolerances.
    origin : tuple of (ZoneSet, ndarray of bool), optional
        The set that this is a part of, and which of its zones it holds.
    """

    layer: str
    geometries: NDArray[Any]
    names: Sequence[str]
    accuracy_m: NDArray[np.float64]
    sliver_width_m: float = 0.0
    min_area_m2: float = 0.0
    min_length_m: float = 0.0
    origin: tuple[ZoneSet, NDArray[np.bool_]] | None = field(default=None, repr=False)

    def subset(self, keep: NDArray[np.bool_]) -> ZoneSet:
        """Return the zones where ``keep`` is true; they share what was prepared for all."""
        return ZoneSet(
            self.layer,
            self.geometries[keep],
            [n for n, k in zip(self.names, keep, strict=True) if k],
            self.accuracy_m[keep],
            self.sliver_width_m,
            self.min_area_m2,
            self.min_length_m,
            (self, keep),
        )

    @property
    def worst_accuracy_m(self) -> float:
        """The coarsest positional accuracy among the zones."""
        return float(self.accuracy_m.max()) if len(self.accuracy_m) else 0.0

    @cached_property
    def pieces(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Planar pieces small enough for the index, and the zone each belongs to."""
        if self.origin is not None:
            whole, keep = self.origin
            pieces, owner = whole.pieces
            mine = keep[owner]
            return pieces[mine], (np.cumsum(keep) - 1)[owner[mine]]
        parts, owner = shapely.get_parts(to_plane(self.geometries), return_index=True)
        kind = shapely.get_type_id(parts)
        line, area = np.isin(kind, (1, 2)), kind == 3
        lines = _cut(parts[line], owner[line], _cut_line, _PIECE)
        areas = _cut(parts[area], owner[area], lambda polygon: cut(polygon, _AREA), _AREA)
        point = ~(line | area)
        found = (parts[point], lines[0], areas[0])
        return np.concatenate(found), np.concatenate((owner[point], lines[1], areas[1]))

    @cached_property
    def prepared(self) -> NDArray[Any]:
        """The zones in degrees, indexed for repeated questions."""
        out = self.geometries.copy()
        shapely.prepare(out)
        return out

    def band(self, which: NDArray[np.intp], distance_m: float) -> NDArray[Any]:
        """Draw the bands of given width around some pieces, in the plane."""
        pieces = self.pieces[0][which]
        middle = to_degrees(shapely.centroid(pieces))
        x = shapely.get_coordinates(shapely.centroid(pieces))[:, 0]
        width = distance_m * scale(x, shapely.get_coordinates(middle)[:, 1])
        out: NDArray[Any] = shapely.buffer(pieces, width, quad_segs=_QUARTER)
        return out

    def dissolved(self, which: tuple[int, ...]) -> Any:
        """Return some zones as one geometry, in degrees; kept for later."""
        if len(which) == 1:
            return self.geometries[which[0]]
        if which not in self._dissolved:
            self._dissolved[which] = shapely.union_all(self.geometries[list(which)])
        return self._dissolved[which]

    @cached_property
    def _dissolved(self) -> dict[tuple[int, ...], Any]:
        return {}

    def rim(self, which: tuple[int, ...]) -> shapely.STRtree:
        """Index over the boundary of some zones dissolved, in the plane; kept for later."""
        if which not in self._rims:
            whole = np.array([self.dissolved(which)], dtype=object)
            edges = shapely.get_parts(shapely.boundary(to_plane(whole)))
            pieces, _ = _cut(edges, np.zeros(len(edges), dtype=np.intp), _cut_line, _PIECE)
            self._rims[which] = shapely.STRtree(pieces)
        return self._rims[which]

    @cached_property
    def _rims(self) -> dict[tuple[int, ...], shapely.STRtree]:
        return {}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index over :attr:`pieces`."""
        return shapely.STRtree(self.pieces[0])


def _boxed(geometries: NDArray[Any], margin: float) -> NDArray[Any]:
    """Return the boxes, a little wider, around geometries of more than a few vertices."""
    out = geometries.copy()
    many = shapely.get_num_coordinates(geometries) > _FEW
    west, south, east, north = shapely.bounds(geometries[many]).T
    out[many] = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return out


def _cut(
    parts: NDArray[Any], owner: NDArray[np.intp], how: Callable[[Any], Any], small: int
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Cut geometries into pieces and say whose each is; most are small and stay as they are."""
    large = shapely.get_num_coordinates(parts) > small
    if not large.any():
        return parts, owner.astype(np.intp)
    pieces = [how(p) if big else (p,) for p, big in zip(parts, large.tolist(), strict=True)]
    whose = np.repeat(owner, [len(p) for p in pieces]) if pieces else owner
    flat = [piece for group in pieces for piece in group]
    return np.array(flat, dtype=object), whose.astype(np.intp)


def _cut_line(line: Any) -> list[Any]:
    """Cut a line into runs of ``_PIECE`` vertices that share their end vertices."""
    xy = shapely.get_coordinates(line)
    starts = range(0, len(xy) - 1, _PIECE - 1)
    return [shapely.linestrings(xy[start : start + _PIECE]) for start in starts]
