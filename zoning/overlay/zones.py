"""Zones and sites prepared for measuring: in degrees, in the plane, and in a spatial index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.overlay import ellipsoid
from zoning.overlay.plane import scale, to_degrees, to_plane

#: Lines are cut into pieces of at most this many vertices (about 7 km), so that the index can be
#: selective and the plane's scale is the same all along a piece, to 3 cm on a band of 1 km.
_PIECE = 8

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
    def sizes(self) -> NDArray[np.float64]:
        """Ellipsoidal area of each site in m², or its geodesic length in m where it has none."""
        area = ellipsoid.areas(self.geometries)
        return np.where(area > 0.0, area, ellipsoid.lengths(self.geometries))


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
    """

    layer: str
    geometries: NDArray[Any]
    names: Sequence[str]
    accuracy_m: NDArray[np.float64]
    sliver_width_m: float = 0.0
    min_area_m2: float = 0.0
    min_length_m: float = 0.0

    def subset(self, keep: NDArray[np.bool_]) -> ZoneSet:
        """Return the zones where ``keep`` is true."""
        return ZoneSet(
            self.layer,
            self.geometries[keep],
            [n for n, k in zip(self.names, keep, strict=True) if k],
            self.accuracy_m[keep],
            self.sliver_width_m,
            self.min_area_m2,
            self.min_length_m,
        )

    @property
    def worst_accuracy_m(self) -> float:
        """The coarsest positional accuracy among the zones."""
        return float(self.accuracy_m.max()) if len(self.accuracy_m) else 0.0

    @cached_property
    def pieces(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Planar pieces small enough for the index, and the zone each belongs to."""
        parts, owner = shapely.get_parts(to_plane(self.geometries), return_index=True)
        line = np.isin(shapely.get_type_id(parts), (1, 2))
        cut, cut_owner = _cut_lines(parts[line], owner[line])
        return np.concatenate([parts[~line], cut]), np.concatenate([owner[~line], cut_owner])

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

    def rim(self, which: tuple[int, ...]) -> Any:
        """The boundary of some zones dissolved, in the plane; kept, for it is asked for again."""
        if which not in self._rims:
            whole = shapely.union_all(self.geometries[list(which)])
            self._rims[which] = shapely.boundary(to_plane(np.array([whole]))[0])
        return self._rims[which]

    @cached_property
    def _rims(self) -> dict[tuple[int, ...], Any]:
        return {}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index over :attr:`pieces`."""
        return shapely.STRtree(self.pieces[0])


def _cut_lines(
    lines: NDArray[Any], owner: NDArray[np.intp]
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Cut lines into runs of ``_PIECE`` vertices that share their end vertices."""
    pieces: list[Any] = []
    of: list[int] = []
    for line, zone in zip(lines, owner, strict=True):
        xy = shapely.get_coordinates(line)
        for start in range(0, len(xy) - 1, _PIECE - 1):
            pieces.append(shapely.linestrings(xy[start : start + _PIECE]))
            of.append(int(zone))
    return np.array(pieces, dtype=object), np.array(of, dtype=np.intp)
