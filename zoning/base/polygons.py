"""Polygons of very many rings, from arrays of their vertices."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


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
