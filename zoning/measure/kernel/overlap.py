"""Areas of overlap without overlap geometry.

W. R. Franklin, "Calculating map overlay polygon areas without explicitly calculating the polygons"
(1990). A polygon is the sum of the regions below its directed edges, so the area that two polygons
share is the sum, over pairs of their edges, of the area below the lower of the two where both run.
Nothing has to be known of how edges follow each other. Edges are straight in the coordinates given;
the area below a straight line of longitude and latitude is taken on the ellipsoid, by the series of
the meridian strip's area around the southern edge of what two tiles have in common.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel
from zoning.base.units import ECCENTRICITY2, SEMI_MAJOR_M

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

_DEGREE: Final = np.pi / 180.0


@kernel
def _series(latitude: float, degrees: bool, out: F8) -> None:
    """Write the series of the area below a point at height ``u`` over a latitude, by the width.

    ``F(B + u) - F(B) = out[0] u + out[1] u² + out[2] u³ + out[3] u⁴``, where F' = M N cos B is the
    area of the meridian strip of unit width (``zoning.base.geodesy``). The last term takes the
    sphere's F'''', and the next, left out, is below 4e-12 of the first for ``u`` under 0.25°.
    """
    if not degrees:
        out[0], out[1], out[2], out[3] = 1.0, 0.0, 0.0, 0.0
        return
    s, c = np.sin(latitude * _DEGREE), np.cos(latitude * _DEGREE)
    w = 1.0 - ECCENTRICITY2 * s * s
    e = ECCENTRICITY2
    unit = SEMI_MAJOR_M * SEMI_MAJOR_M * (1.0 - e) * _DEGREE * _DEGREE
    first = c / w**2
    second = -s / w**2 + 4.0 * e * s * c * c / w**3
    third = -c / w**2 - 4.0 * e * s * s * c / w**3
    third += 4.0 * e * (c**3 - 2.0 * s * s * c) / w**3 + 24.0 * e * e * s * s * c**3 / w**4
    out[0] = unit * first
    out[1] = unit * second * _DEGREE / 2.0
    out[2] = unit * third * _DEGREE**2 / 6.0
    out[3] = unit * s * _DEGREE**3 / 24.0


@kernel
def _strip(a: float, b: float, series: F8) -> float:
    """Return the mean area below a line from height ``a`` to height ``b``, by its width."""
    aa, bb = a * a, b * b
    total = series[0] * 0.5 * (a + b) + series[1] * (aa + a * b + bb) / 3.0
    total += series[2] * 0.25 * (a + b) * (aa + bb)
    total += series[3] * 0.2 * (aa * aa + aa * a * b + aa * bb + a * b * bb + bb * bb)
    return float(total)


@kernel
def _level(x0: float, x1: float, height: float, box: F8, out: F8, n: int) -> int:
    """Write what of a level edge lies over a box; return the next free place."""
    a, b = min(max(x0, box[0]), box[2]), min(max(x1, box[0]), box[2])
    if a == b:
        return n
    out[n, 0], out[n, 1] = min(a, b) - box[0], max(a, b) - box[0]
    out[n, 2] = out[n, 3] = height
    out[n, 4], out[n, 5] = 0.0, 1.0 if a < b else -1.0
    return n + 1


@kernel
def _gather(edges: F8, start: int, end: int, box: F8, out: F8) -> int:
    """Write the edges that run over a box, to the right, from its corner; return how many.

    ``out`` has the columns x0, x1, y0, y1, slope, sign. Edges above the box count like its upper
    border, those below like its lower one: such edges that follow each other become one.
    """
    n = 0
    above0 = above1 = below0 = below1 = box[0]
    height = box[3] - box[1]
    for i in range(start, end):
        x0, x1 = edges[i, 0], edges[i, 2]
        y0, y1 = edges[i, 1], edges[i, 3]
        if y0 >= box[3] and y1 >= box[3]:
            if x0 != above1:
                n = _level(above0, above1, height, box, out, n)
                above0 = x0
            above1 = x1
            continue
        if y0 <= box[1] and y1 <= box[1]:
            if x0 != below1:
                n = _level(below0, below1, 0.0, box, out, n)
                below0 = x0
            below1 = x1
            continue
        sign = 1.0
        if x0 > x1:
            x0, x1, y0, y1, sign = x1, x0, y1, y0, -1.0
        if x0 == x1 or x1 <= box[0] or x0 >= box[2]:
            continue
        # What is near each other differs exactly.
        out[n, 0], out[n, 1] = x0 - box[0], x1 - box[0]
        out[n, 2], out[n, 3] = y0 - box[1], y1 - box[1]
        out[n, 4], out[n, 5] = (y1 - y0) / (x1 - x0), sign
        n += 1
    n = _level(above0, above1, height, box, out, n)
    return _level(below0, below1, 0.0, box, out, n)


@kernel
def _height(edges: F8, i: int, x: float) -> float:
    """Return the height of an edge over ``x``, exact at both ends and from the same end always."""
    if x == edges[i, 1]:
        return float(edges[i, 3])
    return float(edges[i, 2] + (x - edges[i, 0]) * edges[i, 4])


@kernel
def _shared(left: F8, n: int, right: F8, m: int, series: F8) -> float:
    """Sum the area below the lower of two edges over all pairs."""
    total = 0.0
    for i in range(n):
        west, east = left[i, 0], left[i, 1]
        for j in range(m):
            low, high = max(west, right[j, 0]), min(east, right[j, 1])
            if low >= high:
                continue
            e0, e1 = _height(left, i, low), _height(left, i, high)
            f0, f1 = _height(right, j, low), _height(right, j, high)
            d0, d1 = e0 - f0, e1 - f1
            if d0 * d1 >= 0.0:
                lower = _strip(e0, e1, series) if d0 + d1 < 0.0 else _strip(f0, f1, series)
            else:
                share = d0 / (d0 - d1)
                at = e0 + (e1 - e0) * share
                if d0 < 0.0:
                    lower = share * _strip(e0, at, series) + (1.0 - share) * _strip(at, f1, series)
                else:
                    lower = share * _strip(f0, at, series) + (1.0 - share) * _strip(at, e1, series)
            total += left[i, 5] * right[j, 5] * (high - low) * lower
    return total


@kernel
def _alike(edges_a: F8, first: int, count: int, edges_b: F8, other: int) -> bool:
    """Whether some edges are those of the other side, one after another."""
    for i in range(count):
        for c in range(4):
            if edges_a[first + i, c] != edges_b[other + i, c]:
                return False
    return True


@kernel
def _area(edges: F8, start: int, end: int, south: float, series: F8) -> float:
    """Return the area of a tile, whose south the series begins at."""
    total = 0.0
    for i in range(start, end):
        width = edges[i, 2] - edges[i, 0]
        total += width * _strip(edges[i, 1] - south, edges[i, 3] - south, series)
    return total


@kernel
def shared_areas(
    mine: I8,
    other: I8,
    edges_a: F8,
    start_a: I8,
    box_a: F8,
    edges_b: F8,
    start_b: I8,
    box_b: F8,
    degrees: bool,
) -> tuple[F8, F8]:
    """Return the area that each pair of tiles shares, and the rounding that may be in it.

    Parameters
    ----------
    mine, other : int64 arrays (k,)
        Tiles of either side whose boxes meet.
    edges_a, start_a, box_a, edges_b, start_b, box_b : arrays
        See :class:`zoning.measure.kernel.tiles.Tiles`.
    degrees : bool
        Longitude and latitude, areas on the ellipsoid in m²; else a plane.

    Returns
    -------
    area, extent : float64 arrays (k,)
        ``extent`` is half the outline of what the boxes share, in the unit of the coordinates.
    """
    count = mine.size
    area, extent = np.zeros(count), np.zeros(count)
    most = 1
    for k in range(count):
        most = max(most, start_a[mine[k] + 1] - start_a[mine[k]])
        most = max(most, start_b[other[k] + 1] - start_b[other[k]])
    left, right = np.empty((most + 2, 6)), np.empty((most + 2, 6))
    series, box = np.empty(4), np.empty(4)
    for k in range(count):
        a, b = mine[k], other[k]
        box[0], box[1] = max(box_a[a, 0], box_b[b, 0]), max(box_a[a, 1], box_b[b, 1])
        box[2], box[3] = min(box_a[a, 2], box_b[b, 2]), min(box_a[a, 3], box_b[b, 3])
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        extent[k] = box[2] - box[0] + box[3] - box[1]
        _series(box[1], degrees, series)
        n = start_a[a + 1] - start_a[a]
        same = n == start_b[b + 1] - start_b[b]
        if same and _alike(edges_a, start_a[a], n, edges_b, start_b[b]):
            area[k] = _area(edges_a, start_a[a], start_a[a + 1], box[1], series)
            continue
        n = _gather(edges_a, start_a[a], start_a[a + 1], box, left)
        m = _gather(edges_b, start_b[b], start_b[b + 1], box, right)
        area[k] = _shared(left, n, right, m, series)
    return area, extent


@kernel
def tile_areas(edges: F8, start: I8, box: F8, degrees: bool) -> F8:
    """Return the area of each tile of polygons; see :func:`shared_areas`."""
    area, series = np.zeros(box.shape[0]), np.empty(4)
    for t in range(box.shape[0]):
        _series(box[t, 1], degrees, series)
        area[t] = _area(edges, start[t], start[t + 1], box[t, 1], series)
    return area
