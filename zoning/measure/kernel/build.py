"""From geometries to tiles in the order of the curve."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.plane import MAX_EDGE_DEG
from zoning.measure.kernel import tree
from zoning.measure.kernel.tiles import FULL, WIDEST, Tiles, boxes, cut_polygons, reordered

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Vertices that one call cuts; many calls keep the threads equally busy.
_SHARE: Final = 1_000_000


def tiles_of(shapes: NDArray[Any], degrees: bool, threads: int) -> Tiles:
    """Return the tiles of geometries, sorted along the curve."""
    parts, owner = flat_parts(shapes)
    dimension = shapely.get_dimensions(parts)
    # Of a collection, what has its highest dimension counts.
    counts = dimension == shapely.get_dimensions(shapes)[owner]
    parts, owner, dimension = parts[counts], owner[counts], dimension[counts]
    found: list[Tiles] = []
    flat = dimension == 2
    if flat.any():
        found += _polygons(parts[flat], owner[flat], WIDEST if degrees else np.inf, threads)
    for size, make in ((1, _lines), (0, _points)):
        mine = dimension == size
        if mine.any():
            found.append(make(_fine(parts[mine], degrees), owner[mine]))
    return _sorted(_joined(found))


def _sorted(tiles: Tiles) -> Tiles:
    """Return tiles in the order of the curve, their edges with them."""
    order = np.argsort(tree.places(tiles.box), kind="stable")
    count = np.diff(tiles.start)[order]
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    lids = start[:-1] + (tiles.lids - tiles.start[:-1])[order]
    edges = reordered(tiles.edges, tiles.start, order)
    return Tiles(edges, start, lids, tiles.owner[order], tiles.box[order])


def tree_over(box: F8) -> tuple[F8, I8]:
    """Return the nodes and levels of the tree over sorted boxes."""
    return tree.grow(box)


def flat_parts(shapes: NDArray[Any]) -> tuple[NDArray[Any], I8]:
    """Return the simple parts of geometries, collections opened, and whose each is."""
    if np.all(shapely.get_type_id(shapes) == 3):  # the most frequent kind, and nothing to open
        parts, owner = shapes, np.arange(len(shapes))
    else:
        parts, owner = shapely.get_parts(shapes, return_index=True)
    while np.any(shapely.get_type_id(parts) > 3):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    there = ~(shapely.is_missing(parts) | shapely.is_empty(parts))
    return parts[there], owner[there].astype(np.int64)


def _polygons(parts: NDArray[Any], owner: I8, widest: float, threads: int) -> list[Tiles]:
    _, xy, (rings, polygons) = shapely.to_ragged_array(parts, include_z=False)
    rings, polygons = rings.astype(np.int64), polygons.astype(np.int64)
    ends = rings[polygons]
    cuts = np.searchsorted(ends, np.arange(0, ends[-1], _SHARE))
    cuts = np.unique(np.concatenate([cuts, [len(parts)]]))
    with ThreadPoolExecutor(threads) as pool:
        jobs = [
            pool.submit(cut_polygons, xy, rings, polygons, first, last, widest)
            for first, last in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
        ]
        return [_tiles(*job.result(), owner) for job in jobs]


def _tiles(edges: F8, tiles: I8, owner: I8) -> Tiles:
    """Return what the kernel found, with the boxes of the tiles."""
    start = np.concatenate([[0], tiles[:, 1]]).astype(np.int64)
    return Tiles(edges, start, tiles[:, 0].copy(), owner[tiles[:, 2]], boxes(edges, start))


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


def _joined(found: list[Tiles]) -> Tiles:
    """Return several lots of tiles as one."""
    if not found:
        none = np.empty(0, np.int64)
        return Tiles(np.empty((0, 4)), np.zeros(1, np.int64), none, none, np.empty((0, 4)))
    if len(found) == 1:
        return found[0]
    shift = np.cumsum([0, *(len(lot.edges) for lot in found)])
    starts = [lot.start[:-1] + by for lot, by in zip(found, shift[:-1], strict=True)]
    return Tiles(
        np.concatenate([lot.edges for lot in found]),
        np.concatenate([*starts, shift[-1:]]),
        np.concatenate([lot.lids + by for lot, by in zip(found, shift[:-1], strict=True)]),
        np.concatenate([lot.owner for lot in found]),
        np.concatenate([lot.box for lot in found]),
    )
