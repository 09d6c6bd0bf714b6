"""From geometries to tiles in the order of the curve."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import MAX_EDGE_DEG
from zoning.base.polygons import to_rings
from zoning.measure.kernel import tree
from zoning.measure.kernel.shares import each
from zoning.measure.kernel.tiles import FULL, WIDEST, Tiles, boxes, cut_polygons, put_tiles

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Vertices that one thread takes at a time, about, and the most shapes.
_SHARE: Final = 1 << 16
_SHAPES: Final = 4096
#: Shapes whose vertices tell how many others have.
_ASKED: Final = 256
_POLYGON: Final = 3
#: Of each type of GEOS; the last is that of None.
_DIMENSION: Final = np.array([0, 1, 1, 2, 0, 1, 2, 2, -1], dtype=np.int8)


class _Lot(NamedTuple):
    """Tiles in the order in which they were found, before they are put where the curve has them.

    Attributes
    ----------
    source : tuple of arrays
        ``xy, rings, polygons, edges``; see :func:`zoning.measure.kernel.tiles.put_tiles`.
    tiles : int64 array (t, 4)
        See :func:`zoning.measure.kernel.tiles.cut_polygons`.
    box : float64 array (t, 4)
    owner : int64 array (t,)
        Position of each tile's geometry.
    """

    source: tuple[F8, I8, I8, F8]
    tiles: I8
    box: F8
    owner: I8


def tiles_of(
    shapes: NDArray[Any], degrees: bool, threads: int | None
) -> tuple[Tiles, NDArray[np.int8]]:
    """Return the tiles of geometries, in the order of the curve, and each geometry's dimension."""
    step = _step(shapes)

    def cut(first: int) -> tuple[list[_Lot], NDArray[np.int8]]:
        return _lots(shapes[first : first + step], first, degrees)

    lots = each(cut, range(0, len(shapes), step), threads)
    dimension = np.concatenate([np.empty(0, np.int8), *(of_shape for _, of_shape in lots)])
    return _placed([lot for found, _ in lots for lot in found], threads), dimension


def _step(shapes: NDArray[Any]) -> int:
    """Return how many shapes have about as many vertices as one thread takes at a time."""
    asked = shapes[:: len(shapes) // _ASKED + 1]
    mean = shapely.get_num_coordinates(asked).sum() / max(len(asked), 1)
    return int(min(_SHARE / max(mean, 1.0) + 1, _SHAPES))


def _lots(shapes: NDArray[Any], first: int, degrees: bool) -> tuple[list[_Lot], NDArray[np.int8]]:
    """Cut some geometries, the first of them at position ``first``."""
    parts, sizes, owner, dimension, of_shape = flat_parts(shapes)
    owner += first
    found: list[_Lot] = []
    for size in np.unique(dimension).tolist():
        mine = dimension == size
        lot, whose = (parts, owner) if mine.all() else (parts[mine], owner[mine])
        if size == 2:
            found.append(_polygons(lot, sizes[mine], whose, WIDEST if degrees else np.inf))
        else:
            found.append((_lines if size else _points)(_fine(lot, degrees), whose))
    return found, of_shape


def _placed(found: list[_Lot], threads: int | None) -> Tiles:
    """Return tiles in the order of the curve, their edges with them."""
    tiles = np.concatenate([np.empty((0, 4), np.int64), *(lot.tiles for lot in found)])
    box = np.concatenate([np.empty((0, 4)), *(lot.box for lot in found)])
    owner = np.concatenate([np.empty(0, np.int64), *(lot.owner for lot in found)])
    order = np.argsort(tree.places(box), kind="stable")
    start = np.concatenate([[0], np.cumsum(tiles[order, 2])]).astype(np.int64)
    edges, at = np.empty((int(start[-1]), 4)), np.empty(len(order), np.int64)
    at[order] = start[:-1]
    ends = np.cumsum([len(lot.owner) for lot in found], dtype=np.int64)
    places = np.split(at, ends[:-1]) if found else []

    def put(at: int) -> None:
        put_tiles(*found[at].source, found[at].tiles, places[at], edges)

    each(put, range(len(found)), threads)
    return Tiles(edges, start, start[:-1] + tiles[order, 1], owner[order], box[order])


def tree_over(box: F8) -> tuple[F8, I8]:
    """Return the nodes and levels of the tree over sorted boxes."""
    return tree.grow(box)


def flat_parts(
    shapes: NDArray[Any],
) -> tuple[NDArray[Any], I8, I8, NDArray[np.int8], NDArray[np.int8]]:
    """Return simple parts, their vertices, whose they are, their dimension and that of each shape.

    Collections are opened; of a collection, what has its highest dimension counts.
    """
    parts, owner = shapes, np.arange(len(shapes))
    kind = shapely.get_type_id(parts)
    simple = not np.any(kind > _POLYGON)
    while np.any(kind > _POLYGON):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner, kind = owner[inner], shapely.get_type_id(parts)
    sizes = shapely.get_num_coordinates(parts).astype(np.int64)
    dimension = np.where(sizes > 0, _DIMENSION[kind], np.int8(-1))
    highest = dimension
    if not simple:
        highest = np.full(len(shapes), -1, dtype=np.int8)
        np.maximum.at(highest, owner, dimension)
    there = (dimension >= 0) & (simple | (dimension == highest[owner]))
    if there.all():
        return parts, sizes, owner, dimension, highest
    return parts[there], sizes[there], owner[there], dimension[there], highest


def _polygons(parts: NDArray[Any], sizes: I8, owner: I8, widest: float) -> _Lot:
    """Return polygons in tiles."""
    xy, vertices, many = to_rings(parts, sizes)
    rings, polygons = (np.concatenate([[0], np.cumsum(n)]) for n in (vertices, many))
    edges, tiles, box = cut_polygons(xy, rings, polygons, widest)
    return _Lot((xy, rings, polygons, edges), tiles, box, owner[tiles[:, 3]])


def _fine(parts: NDArray[Any], degrees: bool) -> NDArray[Any]:
    """Return lines with more vertices: along a short edge, length is even in degrees."""
    return np.asarray(shapely.segmentize(parts, MAX_EDGE_DEG)) if degrees else parts


def _lines(parts: NDArray[Any], owner: I8) -> _Lot:
    """Return lines as runs of edges that follow each other."""
    xy, line = shapely.get_coordinates(parts, return_index=True)
    inside = line[1:] == line[:-1]
    edges = np.column_stack([xy[:-1], xy[1:]])[inside]
    return _runs(edges, line[1:][inside], owner)


def _points(parts: NDArray[Any], owner: I8) -> _Lot:
    """Return points as edges without length."""
    xy = shapely.get_coordinates(parts)
    return _runs(np.column_stack([xy, xy]), np.arange(len(xy)), owner)


def _runs(edges: F8, part: I8, owner: I8) -> _Lot:
    """Return edges in tiles of ``FULL`` at the most, each of one part."""
    place = np.arange(len(edges)) - np.searchsorted(part, part)
    first = np.flatnonzero(place % FULL == 0)
    count = np.diff(first, append=len(edges))
    none = np.empty(0, np.int64)
    tiles = np.column_stack([first, count, count, part[first]]).astype(np.int64)
    return _Lot(
        (np.empty((0, 2)), none, none, edges), tiles, boxes(edges, tiles), owner[part[first]]
    )
