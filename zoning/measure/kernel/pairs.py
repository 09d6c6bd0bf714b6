"""Pairs of geometries that overlap, and how much: sums over the tiles of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.measure.kernel.index import EdgeIndex
from zoning.measure.kernel.shares import each

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Calls that the left side is divided among, and the fewest tiles that one asks for.
_SHARES: Final = 16
_LEAST: Final = 512
#: Overlaps thinner than this share of the greatest coordinate are its rounding: about 5e-8 m for
#: longitudes and latitudes.
_BLUR: Final = 16 * 2.0**-52
_METRES_PER_DEGREE: Final = 111_320.0


class Pairs(NamedTuple):
    """Geometries that overlap, ordered by left, then right.

    Attributes
    ----------
    left, right : int64 arrays (k,)
        Positions of the geometries.
    area : float64 array (k,)
        Of two polygons: m² on the ellipsoid for degrees, else the plane's unit squared.
    length : float64 array (k,)
        Of a line inside a polygon: geodesic, m, or the plane's unit.
    """

    left: I8
    right: I8
    area: F8
    length: F8


class _Tiled(NamedTuple):
    """What tiles share: their geometries, area and length, and the rounding that may be in it."""

    left: I8
    right: I8
    area: F8
    length: F8
    points: I8
    blur: F8


def overlaps(left: EdgeIndex, right: EdgeIndex, *, workers: int | None = None) -> Pairs:
    """Return which geometries of two indexes overlap, and by how much.

    Parameters
    ----------
    left, right : EdgeIndex
        Of the same coordinates. Polygons share an area with polygons and hold a length of lines, on
        either side; they hold points, whose pairs have neither. Other pairs share nothing.
    workers : int, optional
        Threads; by default as many as processors. No figure depends on it.

    Returns
    -------
    Pairs
        Touching is not overlapping: what is thinner than the rounding of coordinates is left out.
    """
    return _overlaps(left, right, workers, once=False)


def overlaps_within(index: EdgeIndex, *, workers: int | None = None) -> Pairs:
    """Return which geometries of one index overlap each other.

    Where there are none, what a site shares with the layer is the sum of what it shares with each;
    else overlaps have to be dissolved before they are added.

    Parameters
    ----------
    index : EdgeIndex
    workers : int, optional
        Threads; by default as many as processors. No figure depends on it.

    Returns
    -------
    Pairs
        Each pair once, ``left`` below ``right``.
    """
    return _overlaps(index, index, workers, once=True)


def areas(index: EdgeIndex) -> F8:
    """Return the area of each geometry, as :func:`overlaps` gives what it shares with others.

    Parameters
    ----------
    index : EdgeIndex

    Returns
    -------
    float64 array (n,)
        m² on the ellipsoid for degrees, else the plane's unit squared; 0 for lines and points.
    """
    from zoning.measure.kernel.overlap import tile_areas

    each = tile_areas(index.edges, index.start, index.box, bool(index.degrees))
    total = np.bincount(index.owner, each, len(index))
    return np.where(index.dimension == 2, total, 0.0)


def _overlaps(left: EdgeIndex, right: EdgeIndex, workers: int | None, once: bool) -> Pairs:
    blur = _BLUR * max(left.reach, right.reach)
    # Nothing but polygons: kinds need not be told apart.
    sizes = None if left.areal and right.areal else (_sizes(left), _sizes(right))
    from zoning.measure.kernel.tree import WIDTH

    count = len(left.owner)
    step = max(_LEAST, count // _SHARES // WIDTH * WIDTH)
    found = each(
        lambda first: list(_share(left, right, sizes, first, min(first + step, count), blur, once)),
        range(0, count, step),
        workers,
    )
    lots = [lot for lots in found for lot in lots if len(lot.left)]
    if not lots:
        none = np.empty(0, np.int64)
        return Pairs(none, none, np.empty(0), np.empty(0))
    columns = (np.concatenate(column) for column in zip(*lots, strict=True))
    return _summed(_Tiled(*columns), len(right))


def _sizes(index: EdgeIndex) -> F8:
    """Return the length of every edge of an index of lines; nothing where there are none."""
    if not (index.dimension == 1).any():
        return np.empty(0)
    edges = index.edges
    if bool(index.degrees):
        return geodesy.distances(edges[:, :2], edges[:, 2:])
    return np.asarray(np.hypot(*(edges[:, 2:] - edges[:, :2]).T), dtype=np.float64)


def _share(
    left: EdgeIndex,
    right: EdgeIndex,
    sizes: tuple[F8, F8] | None,
    first: int,
    last: int,
    blur: float,
    once: bool,
) -> Iterator[_Tiled]:
    """Yield what some of the left tiles share, kind by kind; ``once``: left below right only."""
    from zoning.measure.kernel.tree import Tree, meetings

    tree = Tree(right.box, right.nodes, right.levels)
    mine, other = meetings(left.box, first, last, tree)
    if once:
        below = left.owner[mine] < right.owner[other]
        mine, other = mine[below], other[below]
    if sizes is None:
        yield _areas(left, right, mine, other, blur)
        return
    a, b = left.dimension[left.owner[mine]], right.dimension[right.owner[other]]
    both = (a == 2) & (b == 2)
    yield _areas(left, right, mine[both], other[both], blur)
    for which in ((a == 1) & (b == 2), (a == 0) & (b == 2)):
        if which.any():
            yield _held(left, right, mine[which], other[which], sizes[0], blur)
    for which in ((a == 2) & (b == 1), (a == 2) & (b == 0)):
        if which.any():
            held = _held(right, left, other[which], mine[which], sizes[1], blur)
            yield held._replace(left=held.right, right=held.left)


def _areas(left: EdgeIndex, right: EdgeIndex, mine: I8, other: I8, blur: float) -> _Tiled:
    from zoning.measure.kernel.overlap import shared_areas

    degrees = bool(left.degrees)
    sides = (left.edges, left.start, left.box, right.edges, right.start, right.box)
    area, extent = shared_areas(mine, other, *sides, degrees)
    unit = _METRES_PER_DEGREE**2 if degrees else 1.0
    none = np.zeros(len(mine))
    owners = left.owner[mine], right.owner[other]
    return _Tiled(*owners, area, none, none.view(np.int64), extent * (blur * unit))


def _held(
    inner: EdgeIndex, outer: EdgeIndex, mine: I8, other: I8, sizes: F8, blur: float
) -> _Tiled:
    """Return what lines or points, all of one kind, lie inside the tiles of polygons."""
    from zoning.measure.kernel.inside import lengths_inside, points_inside

    owners = inner.owner[mine], outer.owner[other]
    none = np.zeros(len(mine))
    sides = (outer.edges, outer.start, outer.lids, outer.box, blur)
    if inner.dimension[owners[0][0]] == 0:
        count = points_inside(mine, other, inner.edges, inner.start, *sides)
        return _Tiled(*owners, none, none, count, none)
    length = lengths_inside(mine, other, inner.edges, inner.start, sizes, *sides)
    unit = _METRES_PER_DEGREE if bool(inner.degrees) else 1.0
    return _Tiled(*owners, none, length, none.astype(np.int64), none + blur * unit)


def _summed(tiled: _Tiled, many: int) -> Pairs:
    """Add up what tiles share by pair of geometries, always in the same order."""
    key = tiled.left * max(many, 1) + tiled.right
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    area, length, points, blur = (np.add.reduceat(c[order], first) for c in tiled[2:])
    kept = (np.maximum(area, length) > blur) | (points > 0)
    which = order[first][kept]
    return Pairs(tiled.left[which], tiled.right[which], area[kept], length[kept])
