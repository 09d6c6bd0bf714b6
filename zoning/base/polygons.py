"""Polygons of very many rings, from arrays of their vertices and to them."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

#: Rings to a polygon from which on an object a ring takes too much time and memory.
_MANY: Final = 16
#: Bytes of a polygon's WKB before its rings: byte order, type, number of rings.
_HEAD: Final = 9
#: Rings whose vertices are counted one by one before a run of equal ones is looked for.
_SINGLE: Final = 64


def from_rings(
    xy: NDArray[np.float64], vertices: NDArray[np.int64], rings: NDArray[np.int64]
) -> NDArray[Any]:
    """Build polygons from their WKB: no ring becomes an object of its own on the way.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2) or (n, 3)
        Vertices, ring by ring, each ring closed and of four at least.
    vertices : ndarray of int64, shape (r,)
        How many of them each ring has.
    rings : ndarray of int64, shape (p,)
        How many rings each polygon has, the outer one first.

    Returns
    -------
    ndarray of shapely geometry, shape (p,)
    """
    words = 2 * xy.shape[1]
    size = 1 + words * vertices
    heads = np.cumsum(size) - size
    out = np.empty(int(size.sum()), dtype="<u4")
    body = np.ones(len(out), dtype=bool)
    body[heads] = False
    out[heads] = vertices
    out[body] = np.ascontiguousarray(xy, dtype="<f8").view("<u4").ravel()
    ends = np.cumsum(rings)
    limits = np.append(heads, len(out))
    code = 3 if xy.shape[1] == 2 else 1003
    pieces = [
        struct.pack("<BII", 1, code, end - begin) + out[limits[begin] : limits[end]].tobytes()
        for begin, end in zip((ends - rings).tolist(), ends.tolist(), strict=True)
    ]
    return np.asarray(shapely.from_wkb(np.array(pieces, dtype=object)), dtype=object)


def to_rings(
    polygons: NDArray[Any], sizes: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return what :func:`from_rings` builds polygons from, without heights.

    Parameters
    ----------
    polygons : ndarray of shapely geometry
        None of them empty.
    sizes : ndarray of int64, optional
        How many vertices each has, where that is known.

    Returns
    -------
    xy, vertices, rings : ndarray
    """
    rings = np.asarray(shapely.get_num_interior_rings(polygons), dtype=np.int64) + 1
    whole = rings == 1
    vertices = np.empty(int(rings.sum()), dtype=np.int64)
    outer = np.repeat(whole, rings)
    sizes = shapely.get_num_coordinates(polygons) if sizes is None else sizes
    vertices[outer] = sizes[whole]
    vertices[~outer] = _ring_sizes(polygons[~whole], int(rings[~whole].sum()))
    return shapely.get_coordinates(polygons), vertices, rings


def _ring_sizes(polygons: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Return how many vertices each ring of polygons has, given how many rings there are."""
    if count < _MANY * len(polygons):
        rings = shapely.get_rings(polygons)
        return np.asarray(shapely.get_num_coordinates(rings), dtype=np.int64)
    drawn = shapely.to_wkb(polygons, output_dimension=2, byte_order=1)
    counts = [part for one in drawn for part in _counted(np.frombuffer(one, "<u4", offset=_HEAD))]
    return np.concatenate([np.empty(0, dtype=np.int64), *counts])


def _counted(words: NDArray[np.uint32]) -> list[NDArray[np.int64]]:
    """Return the vertices of each ring: its WKB begins with how many there are.

    Holes of one size in a row are counted together, since all of them begin at equal steps.
    """
    counts: list[NDArray[np.int64]] = []
    at, end = 0, len(words)
    while at < end:
        single: list[int] = []
        while at < end and len(single) < _SINGLE:
            size = int(words[at])
            single.append(size)
            at += 1 + 4 * size
        counts.append(np.array(single, dtype=np.int64))
        step, asked = 1 + 4 * single[-1], _SINGLE
        while at < end:
            alike = words[at : at + asked * step : step] == single[-1]
            # Only what follows without a break begins a ring.
            run = len(alike) if alike.all() else int(alike.argmin())
            counts.append(np.full(run, single[-1], dtype=np.int64))
            at += run * step
            if run < asked:
                break
            asked *= 2
    return counts
