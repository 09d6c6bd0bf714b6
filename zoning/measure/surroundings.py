"""What of some zones together lies around a site.

Zones have thousands of vertices, and a site concerns those beside it. To join neighbours takes long
for all that lies far away; cut to the surroundings first, they come to the same there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.measure.split import polygons_of
from zoning.measure.unions import union_of
from zoning.measure.zones import ZoneSet

Places = NDArray[np.intp]
Floats = NDArray[np.float64]

#: Zones of more vertices than this, together, are cut before they are joined.
_MANY: Final = 600
#: Places on an edge of a box that lie no farther apart are one, degrees: 1 micrometre.
_ROUNDING_DEG: Final = 1e-11
#: The axis along which each of the bounds of a box is counted: west, south, east, north.
_AXES: Final = (0, 1, 0, 1)


def listed(which: Sequence[tuple[int, ...]]) -> tuple[Places, Places]:
    """Return the zones of all that have some, one after the other, and whose each is."""
    count = np.fromiter(map(len, which), dtype=np.intp, count=len(which))
    whose = np.repeat(np.arange(len(which)), count)
    return whose, np.fromiter(chain.from_iterable(which), dtype=np.intp, count=len(whose))


def large(zones: ZoneSet, which: Sequence[tuple[int, ...]]) -> NDArray[np.bool_]:
    """Mark the groups of several polygons that take long to be joined as they are."""
    whose, zone = listed(which)
    many = np.bincount(whose, minlength=len(which)) > 1
    out = np.zeros(len(which), dtype=bool)
    some = np.flatnonzero(many[whose])
    whose, shapes = whose[some], zones.geometries[zone[some]]
    size = np.bincount(whose, shapely.get_num_coordinates(shapes), minlength=len(which))
    out[size > _MANY] = True
    out[whose[~np.isin(shapely.get_type_id(shapes), (3, 6))]] = False
    return out


def joined(
    zones: ZoneSet, which: Sequence[tuple[int, ...]], bounds: Floats
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return what of each group of zones lies in a box, as one geometry.

    Parameters
    ----------
    zones : ZoneSet
    which : sequence of tuple of int, length n
        Polygons.
    bounds : ndarray of float64, shape (n, 4)
        The box of each group: west, south, east, north in degrees.

    Returns
    -------
    shapes : ndarray of shapely geometry, shape (n,)
    whole : ndarray of bool, shape (n,)
        Whether there is no more of the group than that.
    """
    group, zone = listed(which)
    parts, whose = shapely.get_parts(zones.geometries[zone], return_index=True)
    group = group[whose]
    cut = _cut(parts, bounds[group], group)
    shapes, whole = np.empty(len(which), dtype=object), np.ones(len(which), dtype=bool)
    whole[group[(shapely.bounds(parts) != shapely.bounds(cut)).any(axis=1)]] = False
    amiss = np.zeros(len(which), dtype=bool)
    amiss[group[~shapely.is_valid(cut)]] = True
    # A cut along an edge leaves lines and points.
    cut, whose = polygons_of(cut)
    group = group[whose]
    ends = np.searchsorted(group, np.arange(len(which) + 1)).tolist()
    for at, some in enumerate(which):
        if amiss[at]:
            shapes[at], whole[at] = zones.dissolved(some), True
        else:
            shapes[at] = union_of(cut[ends[at] : ends[at + 1]])
    return shapes, whole


def _cut(polygons: NDArray[Any], boxes: Floats, group: Places) -> NDArray[Any]:
    """Return what of each polygon lies in its box.

    Where a border that two of a group share crosses the box, it ends for both in one place: the way
    in which an edge runs decides how that is rounded, and neighbours must stay neighbours.
    """
    pairs = zip(polygons, boxes.tolist(), strict=True)
    out = np.array([shapely.clip_by_rect(shape, *box) for shape, box in pairs], dtype=object)
    xy, owner = shapely.get_coordinates(out, return_index=True)
    for side, axis in enumerate(_AXES):
        on = np.flatnonzero(xy[:, axis] == boxes[owner, side])
        along, whose = xy[on, 1 - axis], group[owner[on]]
        order = np.lexsort((along, whose))
        along, whose = along[order], whose[order]
        new = (np.diff(whose, prepend=-1) > 0) | (np.diff(along, prepend=-np.inf) > _ROUNDING_DEG)
        xy[on[order], 1 - axis] = along[np.flatnonzero(new)[np.cumsum(new) - 1]]
    return np.asarray(shapely.set_coordinates(out, xy), dtype=object)
