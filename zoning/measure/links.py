"""How far apart sites and zones lie in the plane, and between which places."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.polygons import to_rings
from zoning.measure.loops import compiled

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

#: Compiled loops, and how many pairs they are worth loading for.
_LOOPS: Final = "links"
_FEW: Final = 50_000
#: Of fewer pairs, putting down their edges takes longer than GEOS does.
SOME: Final = 100
#: The kinds of shape that have edges and no single points: lines, areas, and several of these.
_EDGED: Final = (1, 3, 5, 6)
_AREAS: Final = (3, 6)


class Paired(NamedTuple):
    """Shapes, in the plane, in pairs; none is empty.

    Attributes
    ----------
    left, right : ndarray of shapely geometry
    first, second : ndarray of intp, shape (n,)
        Which of the left, and of the right.
    """

    left: NDArray[Any]
    right: NDArray[Any]
    first: Places
    second: Places

    def __len__(self) -> int:
        return len(self.first)

    def some(self, which: Places) -> Paired:
        """Return some of the pairs."""
        return Paired(self.left, self.right, self.first[which], self.second[which])

    @property
    def shapes(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """The shapes, pair by pair."""
        return self.left[self.first], self.right[self.second]


def links(pairs: Paired, most: float = np.inf) -> tuple[Floats, Floats]:
    """Return how far apart paired shapes lie, and where they are nearest to each other.

    Parameters
    ----------
    pairs : Paired
    most : float, optional
        Shapes farther apart than this, m, need not be looked into.

    Returns
    -------
    gap : ndarray of float64, shape (n,)
        m; 0 where they meet, infinity for those farther apart than ``most``.
    ends : ndarray of float64, shape (n, 2, 2)
        The place on the one and on the other, where they lie apart.
    """
    gap, ends = np.full(len(pairs), np.nan), np.zeros((len(pairs), 2, 2))
    looped = compiled(_LOOPS, worth=len(pairs) >= _FEW) if len(pairs) >= SOME else None
    if looped is not None and len(pairs):
        left, first = _edges(pairs.left, pairs.first)
        right, second = _edges(pairs.right, pairs.second)
        fit = np.flatnonzero((first >= 0) & (second >= 0))
        which = np.column_stack((first[fit], second[fit]))
        gap[fit], found = looped.nearest_places(which, left, right, most)
        ends[fit] = found.reshape(-1, 2, 2)
    rest = np.flatnonzero(np.isnan(gap))
    gap[rest[shapely.intersects(*pairs.some(rest).shapes)]] = 0.0
    rest = rest[gap[rest] != 0.0]
    drawn = shapely.shortest_line(*pairs.some(rest).shapes)
    gap[rest], ends[rest] = shapely.length(drawn), shapely.get_coordinates(drawn).reshape(-1, 2, 2)
    gap[gap > most] = np.inf
    return gap, ends


def _edges(shapes: NDArray[Any], which: Places) -> tuple[tuple[Any, ...], Places]:
    """Return the edges of those of some shapes that are asked for and have edges only, and where
    each is among them; -1 for the others."""
    used, place = np.unique(which, return_inverse=True)
    kinds = shapely.get_type_id(shapes[used])
    edged = np.isin(kinds, _EDGED)
    own, kinds, parts = np.where(edged, np.cumsum(edged) - 1, -1), kinds[edged], shapes[used[edged]]
    owner = np.arange(len(parts))
    if (kinds > 3).any():
        parts, owner = shapely.get_parts(parts, return_index=True)
    xy, vertices, rings = to_rings(parts)
    line = np.concatenate(([0], np.cumsum(vertices)))
    first = np.searchsorted(np.repeat(owner, rings), np.arange(len(kinds) + 1))
    after = np.vstack((xy[1:], xy[:1]))
    low, high = np.minimum(xy, after), np.maximum(xy, after)
    return (xy, low, high, line, first, np.isin(kinds, _AREAS)), own[place]
