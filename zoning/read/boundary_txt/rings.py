"""Rings nest by even–odd containment: what lies inside an odd number of rings belongs to the plot.

The common reading, "ring 1 minus the rest", loses every second outer ring and every island in a
hole. Here ring numbers and order mean nothing; only containment does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

#: Real plots nest two or three deep. Deeper than this is a broken or hostile file, and the pairs
#: of nested rings grow with the square of the depth.
MAX_DEPTH: Final = 50
#: Most ring × ring pairs looked at in one go: bounds memory, not the result.
_PAIRS: Final = 4_000_000
#: A geometry made valid may differ from the sum of its rings by this share.
_SAME_AREA: Final = 1e-9

Ints = NDArray[np.int64]


class NestingError(Exception):
    """The rings have no even–odd reading; ``args[0]`` is ``crossing``, ``repeat`` or ``depth``."""


@dataclass(frozen=True, slots=True)
class Nested:
    """Result of nesting.

    Attributes
    ----------
    geometry : shapely Polygon or MultiPolygon
        In the rings' CRS.
    depth : list of int
        Rings around each ring: even ones add area, odd ones take it away.
    valid : bool
        False if a ring crosses itself.
    repaired : bool
        Whether parts that share an edge had to be merged; the area is unchanged.
    """

    geometry: Any
    depth: list[int]
    valid: bool
    repaired: bool


def nest(rings: NDArray[np.object_], simple: NDArray[np.bool_]) -> Nested:
    """Build one geometry from simple rings by the even–odd rule.

    Parameters
    ----------
    rings : ndarray of shapely Polygon, shape (n,)
        Each ring filled, n ≥ 1, of non-zero area.
    simple : ndarray of bool, shape (n,)
        Whether each ring is a valid polygon.

    Returns
    -------
    Nested
        If a ring crosses itself the geometry is returned invalid, for the common repair to judge.

    Raises
    ------
    NestingError
        If rings cross or repeat one another, so that even–odd containment is undefined.
    """
    if len(rings) == 1:
        return Nested(rings[0], [0], bool(simple[0]), False)
    depth, parent = containment(rings)
    geometry = _assemble(rings, depth, parent)
    if shapely.is_valid(geometry):
        return Nested(geometry, depth.tolist(), True, False)
    if not simple.all():
        return Nested(geometry, depth.tolist(), False, False)
    merged = _merge(rings, depth)
    areas = shapely.area(rings)
    expected = float(np.where(depth % 2 == 0, areas, -areas).sum())
    if abs(shapely.area(merged) - expected) > _SAME_AREA * float(areas.sum()):
        raise NestingError("crossing")
    return Nested(merged, depth.tolist(), True, True)


def containment(rings: NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Return for each ring how many others contain it, and the smallest of those (or -1).

    Rings that do not cross contain one another exactly if the larger one contains an inner point
    of the smaller one. The larger rings are the prepared side of the query, so a huge outer ring
    with thousands of holes is indexed once.
    """
    count = len(rings)
    areas = shapely.area(rings)
    order = np.argsort(areas, kind="stable")
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    tree = shapely.STRtree(shapely.point_on_surface(rings))
    depth, parent = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    step = max(1, _PAIRS // count)
    for start in range(0, count, step):
        chunk = order[start : start + step]
        outer, inner = tree.query(rings[chunk], predicate="contains")
        outer = chunk[outer]
        real = rank[outer] > rank[inner]
        outer, inner = outer[real], inner[real]
        if (areas[inner] > areas[outer] * (1.0 - _SAME_AREA)).any():
            raise NestingError("repeat")
        # Nothing here may cost as much as all rings: there can be a hundred thousand chunks.
        np.add.at(depth, inner, 1)
        if len(inner) and depth[inner].max() > MAX_DEPTH:
            raise NestingError("depth")
        # From small to large: the first ring found around another is the smallest.
        by_size = np.argsort(rank[outer], kind="stable")[::-1]
        fresh = parent[inner[by_size]] < 0
        parent[inner[by_size][fresh]] = outer[by_size][fresh]
    return depth, parent


def _assemble(rings: NDArray[np.object_], depth: Ints, parent: Ints) -> Any:
    """Make polygons of even rings as shells and odd rings as holes of their parents."""
    holes = np.flatnonzero(depth % 2 == 1)
    shells = parent[holes]
    if (depth[shells] != depth[holes] - 1).any():
        raise NestingError("crossing")
    order = np.argsort(shells, kind="stable")
    holes, shells = holes[order], shells[order]
    cuts = np.flatnonzero(np.diff(shells)) + 1
    parts = rings.copy()
    outline = shapely.get_exterior_ring
    for group in np.split(holes, cuts) if len(holes) else ():
        shell = parent[group[0]]
        parts[shell] = shapely.polygons(outline(rings[shell]), outline(rings[group]))
    parts = parts[depth % 2 == 0]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _merge(rings: NDArray[np.object_], depth: Ints) -> Any:
    """Even–odd by overlay, level by level: merges parts with common edges."""
    merged: Any = shapely.Polygon()
    for level in range(int(depth.max()) + 1):
        layer = shapely.union_all(rings[depth == level])
        join = shapely.union if level % 2 == 0 else shapely.difference
        merged = join(merged, layer)
    return merged
