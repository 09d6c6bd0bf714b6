"""Pairs of geometries that overlap, and how much: sums over the tiles of both."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.measure.kernel.index import EdgeIndex

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Tiles of the left side that one call asks for.
_SHARE: Final = 2_000
#: Overlaps thinner than this are the rounding of coordinates: 16 units in the last place of 180°,
#: about 5e-8 m, and as much in a plane whose coordinates are below 2e7 m.
_BLUR_DEGREES: Final = 16 * 2.0**-45
_BLUR_PLANE: Final = 16 * 2.0**-28
_METRES: Final = 111_320.0


class Pairs(NamedTuple):
    """Geometries that overlap, ordered by left, then right.

    Attributes
    ----------
    left, right : int64 arrays (k,)
        Positions of the geometries.
    area : float64 array (k,)
        Of what they share: m² on the ellipsoid for degrees, else the plane's unit squared.
    """

    left: I8
    right: I8
    area: F8


def overlaps(left: EdgeIndex, right: EdgeIndex, *, workers: int | None = None) -> Pairs:
    """Return the polygons of two indexes that overlap, and the area they share.

    Parameters
    ----------
    left, right : EdgeIndex
        Of the same coordinates. Lines and points share no area.
    workers : int, optional
        Threads; by default as many as processors. No figure depends on it.

    Returns
    -------
    Pairs
        Touching is not overlapping: what is thinner than the rounding of coordinates is left out.
    """
    shares = range(0, len(left.owner), _SHARE)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        found = list(pool.map(lambda first: _share(left, right, first), shares))
    if not found:
        none = np.empty(0, np.int64)
        return Pairs(none, none, np.empty(0))
    a, b, area, extent = (np.concatenate(column) for column in zip(*found, strict=True))
    return _summed(a, b, area, extent, bool(left.degrees), len(right))


def _share(left: EdgeIndex, right: EdgeIndex, first: int) -> tuple[I8, I8, F8, F8]:
    """Return the pairs of some of the left tiles, tile by tile."""
    from zoning.measure.kernel.overlap import shared_areas
    from zoning.measure.kernel.tree import Tree, meetings

    last = min(first + _SHARE, len(left.owner))
    tree = Tree(right.box, right.nodes, right.levels)
    mine, other = meetings(left.box, first, last, tree)
    flat = (left.dimension[left.owner[mine]] == 2) & (right.dimension[right.owner[other]] == 2)
    mine, other = mine[flat], other[flat]
    area, extent = shared_areas(
        mine,
        other,
        left.edges,
        left.start,
        left.box,
        right.edges,
        right.start,
        right.box,
        bool(left.degrees),
    )
    return left.owner[mine], right.owner[other], area, extent


def _summed(a: I8, b: I8, area: F8, extent: F8, degrees: bool, many: int) -> Pairs:
    """Add up what tiles share by pair of geometries, always in the same order."""
    key = a * max(many, 1) + b
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    if not len(first):
        return Pairs(a[:0], b[:0], area[:0])
    total = np.add.reduceat(area[order], first)
    blur = _BLUR_DEGREES * _METRES**2 if degrees else _BLUR_PLANE
    kept = total > np.add.reduceat(extent[order], first) * blur
    left, right = a[order][first][kept], b[order][first][kept]
    return Pairs(left, right, total[kept])
