"""From geometries to tiles in the order of the curve."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import MAX_EDGE_DEG
from zoning.base.polygons import to_rings
from zoning.measure.kernel import tree
from zoning.measure.kernel.tiles import FULL, WIDEST, Tiles, boxes, cut_polygons

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Vertices that one call cuts; many calls keep the threads equally busy.
_SHARE: Final = 500_000
_POLYGON: Final = 3
#: Of each type of GEOS; the last is that of None.
_DIMENSION: Final = np.array([0, 1, 1, 2, 0, 1, 2, 2, -1], dtype=np.int8)


def tiles_of(shapes: NDArray[Any], degrees: bool, threads: int) -> Tiles:
    """Return the tiles of geometries; their simple parts follow each other along the curve."""
    parts, owner, dimension = flat_parts(shapes)
    along = np.argsort(tree.places(shapely.bounds(parts)), kind="stable")
    parts, owner, dimension = parts[along], owner[along], dimension[along]
    found: list[Tiles] = []
    for size in (2, 1, 0):
        mine = dimension == size
        if not mine.any():
            continue
        lot, whose = (parts, owner) if mine.all() else (parts[mine], owner[mine])
        if size == 2:
            found += _polygons(lot, whose, WIDEST if degrees else np.inf, threads)
        else:
            found.append((_lines if size else _points)(_fine(lot, degrees), whose))
    return _joined(found, threads)


def tree_over(box: F8) -> tuple[F8, I8]:
    """Return the nodes and levels of the tree over sorted boxes."""
    return tree.grow(box)


def flat_parts(shapes: NDArray[Any]) -> tuple[NDArray[Any], I8, NDArray[np.int8]]:
    """Return the simple parts of geometries, whose each is, and its dimension.

    Collections are opened; of a collection, what has its highest dimension counts.
    """
    parts, owner = shapes, np.arange(len(shapes))
    kind = shapely.get_type_id(parts)
    while np.any(kind > _POLYGON):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner, kind = owner[inner], shapely.get_type_id(parts)
    dimension = _DIMENSION[kind]
    there = (kind >= 0) & ~shapely.is_empty(parts)
    highest = np.full(len(shapes), -1, dtype=np.int8)
    np.maximum.at(highest, owner[there], dimension[there])
    there &= dimension == highest[owner]
    if there.all():
        return parts, owner, dimension
    return parts[there], owner[there], dimension[there]


def _polygons(parts: NDArray[Any], owner: I8, widest: float, threads: int) -> list[Tiles]:
    """Cut polygons, some at a time: while one lot is read, others are cut."""
    ends = np.cumsum(shapely.get_num_coordinates(parts))
    cuts = np.searchsorted(ends, np.arange(_SHARE, ends[-1], _SHARE))
    cuts = np.unique(np.concatenate([[0], cuts, [len(parts)]])).tolist()
    with ThreadPoolExecutor(threads) as pool:
        jobs = []
        for first, last in zip(cuts[:-1], cuts[1:], strict=True):
            xy, vertices, rings = to_rings(parts[first:last])
            starts = (np.concatenate([[0], np.cumsum(count)]) for count in (vertices, rings))
            jobs.append((pool.submit(cut_polygons, xy, *starts, widest), owner[first:last]))
        return [_tiles(*job.result(), whose) for job, whose in jobs]


def _tiles(edges: F8, tiles: I8, box: F8, owner: I8) -> Tiles:
    """Return what the kernel found."""
    start = np.concatenate([[0], tiles[:, 1]]).astype(np.int64)
    return Tiles(edges, start, tiles[:, 0].copy(), owner[tiles[:, 2]], box)


def _fine(parts: NDArray[Any], degrees: bool) -> NDArray[Any]:
    """Return lines with more vertices: along a short edge, length is even in degrees."""
    return np.asarray(shapely.segmentize(parts, MAX_EDGE_DEG)) if degrees else parts


def _lines(parts: NDArray[Any], owner: I8) -> Tiles:
    """Return lines as runs of edges that follow each other."""
    xy, line = shapely.get_coordinates(parts, return_index=True)
    inside = line[1:] == line[:-1]
    edges = np.column_stack([xy[:-1], xy[1:]])[inside]
    return _runs(edges, line[1:][inside], owner)


def _points(parts: NDArray[Any], owner: I8) -> Tiles:
    """Return points as edges without length."""
    xy = shapely.get_coordinates(parts)
    return _runs(np.column_stack([xy, xy]), np.arange(len(xy)), owner)


def _runs(edges: F8, part: I8, owner: I8) -> Tiles:
    """Return edges in tiles of ``FULL`` at the most, each of one part."""
    place = np.arange(len(edges)) - np.searchsorted(part, part)
    start = np.concatenate([np.flatnonzero(place % FULL == 0), [len(edges)]]).astype(np.int64)
    whose = owner[part[start[:-1]]]
    return Tiles(edges, start, start[1:].copy(), whose, boxes(edges, start))


def _joined(found: list[Tiles], threads: int) -> Tiles:
    """Return several lots of tiles as one."""
    if not found:
        none = np.empty(0, np.int64)
        return Tiles(np.empty((0, 4)), np.zeros(1, np.int64), none, none, np.empty((0, 4)))
    if len(found) == 1:
        return found[0]
    shift = np.cumsum([0, *(len(lot.edges) for lot in found)])
    edges = np.empty((int(shift[-1]), 4))

    def put(lot: Tiles, at: int) -> None:
        edges[at : at + len(lot.edges)] = lot.edges

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(put, found, shift[:-1].tolist()))
    starts = [lot.start[:-1] + by for lot, by in zip(found, shift[:-1], strict=True)]
    return Tiles(
        edges,
        np.concatenate([*starts, shift[-1:]]),
        np.concatenate([lot.lids + by for lot, by in zip(found, shift[:-1], strict=True)]),
        np.concatenate([lot.owner for lot in found]),
        np.concatenate([lot.box for lot in found]),
    )
