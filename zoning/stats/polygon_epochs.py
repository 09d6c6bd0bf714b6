"""Two epochs of polygons laid over each other: areas from edges, geometry of what changed only.

What two epochs share is summed from edges; no overlay is made. What one epoch has and the other
has not is what remains of a polygon, as a number. Only ground that changed is cut out, many
polygons at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from zoning.base.errors import SourceError, problem
from zoning.base.geodesy import areas as polygon_areas
from zoning.base.processors import processors
from zoning.base.settings import CRS
from zoning.measure.kernel import EdgeIndex, areas, overlaps, overlaps_within
from zoning.stats.change import OUTSIDE

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
Objects = NDArray[np.object_]
#: Ground that one epoch has alone and that is less than this, m², or than this share of its
#: polygon, is the rounding of coordinates and areas.
_LEAST_M2: Final = 0.01
_LEAST_SHARE: Final = 1e-8
#: Pairs of polygons that one thread cuts at a time.
_SHARE: Final = 500


@dataclass
class _Epoch:
    """Polygons of an epoch, each within one unit.

    Attributes
    ----------
    shapes : array of polygons
    code : int64 array
        Class.
    unit : int64 array or None
        Position of the unit; None where the other epoch's counts.
    """

    shapes: Objects
    code: I8
    unit: I8 | None = None

    @cached_property
    def edges(self) -> EdgeIndex:
        """What areas are summed from."""
        return EdgeIndex.build(self.shapes)

    @cached_property
    def sizes(self) -> F8:
        """Area of each polygon, m²."""
        return areas(self.edges)


@dataclass(frozen=True)
class _Ground:
    """Ground of one pair of classes in one unit, and how to cut it out.

    ``base`` and ``current`` are positions in the epochs, -1 where an epoch does not cover it.
    """

    base: I8
    current: I8
    area: F8


def lay_polygons(
    base: GeoDataFrame, current: GeoDataFrame, units: GeoDataFrame, *, min_area_m2: float
) -> tuple[pd.DataFrame, pd.Series, GeoDataFrame]:
    """Compare two layers of polygons with a column ``class`` (0 where there are no classes).

    Ground of one epoch alone gets the class ``OUTSIDE`` in the other.

    Parameters
    ----------
    base, current, units : GeoDataFrame
        EPSG:4490; ``units`` has the column ``unit``.
    min_area_m2 : float
        Smaller changed pieces are left out of the geometry, never out of the areas.

    Returns
    -------
    pairs, land, pieces
        As :func:`zoning.stats.epochs.lay_rasters` returns them.

    Raises
    ------
    SourceError
        Polygons of one epoch overlap each other: their areas would count twice.
    """
    before, now = _epoch(base), _epoch(current)
    for name, epoch in (("BASE", before), ("CURRENT", now)):
        _require_no_overlap(name, epoch)
    polygons = units.geometry.to_numpy()
    own = _same(before.shapes, polygons)
    if own is None:
        before, now = _within(before, polygons), _within(now, polygons)
        sizes = np.asarray(polygon_areas(polygons), dtype=float)
    else:
        # The units are the earlier epoch's own polygons: nothing else of it lies in them.
        before.unit = own
        sizes = before.sizes[np.argsort(own)]
    ground = _ground(before, now)
    codes = (
        np.where(ground.base < 0, OUTSIDE, before.code[ground.base]),
        np.where(ground.current < 0, OUTSIDE, now.code[ground.current]),
    )
    assert before.unit is not None  # only the later epoch may leave that to the other
    unit = before.unit[ground.base]
    if now.unit is not None:
        unit = np.where(ground.base < 0, now.unit[ground.current], unit)
    table = pd.DataFrame(
        {
            "unit": units["unit"].to_numpy()[unit],
            "base": codes[0],
            "current": codes[1],
            "area_m2": ground.area,
        }
    )
    pairs = table.groupby(["unit", "base", "current"], as_index=False)["area_m2"].sum()
    land = pd.Series(sizes, index=units["unit"])
    changed = np.flatnonzero((codes[0] != codes[1]) & (ground.area >= min_area_m2))
    shapes = _cut_out(before, now, ground, changed)
    pieces = geopandas.GeoDataFrame(
        table.iloc[changed].reset_index(drop=True), geometry=shapes, crs=CRS
    )
    return pairs, land, pieces


def _epoch(frame: GeoDataFrame) -> _Epoch:
    return _Epoch(frame.geometry.to_numpy(), frame["class"].to_numpy(np.int64))


def _require_no_overlap(name: str, epoch: _Epoch) -> None:
    twice = float(overlaps_within(epoch.edges).area.sum())
    if twice > 1e-6 * max(float(epoch.sizes.sum()), 1.0):
        raise SourceError(problem("polygons-overlap", name=name, total=twice))


def _within(epoch: _Epoch, polygons: Objects) -> _Epoch:
    """Cut polygons by the units; what lies in no unit is left out."""
    meets, unit, area = _overlaps(epoch.edges, EdgeIndex.build(polygons))
    # A polygon that is wholly in a unit stays as it is.
    whole = _whole(epoch.sizes[meets], area)
    parts = epoch.shapes[meets]
    parts[~whole] = _areal(_each(shapely.intersection, parts[~whole], polygons[unit[~whole]]))
    kept = ~shapely.is_empty(parts)
    return _Epoch(parts[kept], epoch.code[meets[kept]], unit[kept])


def _overlaps(left: EdgeIndex, right: EdgeIndex) -> tuple[I8, I8, F8]:
    """Return the polygons that overlap, by position, and the area they share, m²."""
    found = overlaps(left, right)
    return found.left, found.right, found.area


def _same(shapes: Objects, polygons: Objects) -> I8 | None:
    """Return which unit each polygon is, where the units are the polygons themselves."""
    if len(shapes) != len(polygons):
        return None
    if shapely.equals_identical(shapes, polygons).all():
        return np.arange(len(shapes))
    at = {wkb: position for position, wkb in enumerate(shapely.to_wkb(polygons))}
    found = np.array([at.get(wkb, -1) for wkb in shapely.to_wkb(shapes)], dtype=np.int64)
    return found if len(np.unique(found)) == len(polygons) and (found >= 0).all() else None


def _ground(before: _Epoch, now: _Epoch) -> _Ground:
    """Return what both epochs share, then what each has alone."""
    left, right, area = _overlaps(before.edges, now.edges)
    gained: tuple[I8, F8] = np.empty(0, np.int64), np.empty(0)
    if before.unit is not None and now.unit is not None:
        same = before.unit[left] == now.unit[right]
        left, right, area = left[same], right[same], area[same]
        gained = _remaining(now.sizes, right, area)
    alone = [_remaining(before.sizes, left, area), gained]
    none = [np.full(len(rows), -1) for rows, _ in alone]
    return _Ground(
        np.concatenate([left, alone[0][0], none[1]]),
        np.concatenate([right, none[0], alone[1][0]]),
        np.concatenate([area, alone[0][1], alone[1][1]]),
    )


def _remaining(sizes: F8, at: I8, area: F8) -> tuple[I8, F8]:
    """Return the polygons that are not wholly shared, and how much of each is not."""
    left = sizes - np.bincount(at, area, len(sizes))
    rows = np.flatnonzero(~_whole(sizes, sizes - left))
    return rows, left[rows]


def _whole(sizes: F8, area: F8) -> NDArray[np.bool_]:
    """Return which areas are those of whole polygons."""
    return np.asarray(sizes - area <= np.maximum(_LEAST_M2, _LEAST_SHARE * sizes))


def _cut_out(before: _Epoch, now: _Epoch, ground: _Ground, wanted: I8) -> Objects:
    """Return the geometry of some ground."""
    out = np.empty(len(wanted), dtype=object)
    base, current = ground.base[wanted], ground.current[wanted]
    # Of a polygon that lies wholly in the other, nothing has to be cut: its area tells.
    area, todo = ground.area[wanted], (base >= 0) & (current >= 0)
    for at, epoch in ((base, before), (current, now)):
        here = np.flatnonzero(todo)
        here = here[_whole(epoch.sizes[at[here]], area[here])]
        out[here] = epoch.shapes[at[here]]
        todo[here] = False
    out[todo] = _each(shapely.intersection, before.shapes[base[todo]], now.shapes[current[todo]])
    shared = (ground.base >= 0) & (ground.current >= 0)
    left, right = ground.base[shared], ground.current[shared]
    for rows, epoch, other, own, its in (
        (current < 0, before, now, left, right),
        (base < 0, now, before, right, left),
    ):
        which = (base if epoch is before else current)[rows]
        out[rows] = _without(epoch.shapes, which, other.shapes, own, its)
    return _areal(out)


def _without(shapes: Objects, which: I8, others: Objects, own: I8, its: I8) -> Objects:
    """Return some polygons without all others that they share ground with."""
    order = np.argsort(own, kind="stable")
    own, its = own[order], its[order]
    first, last = np.searchsorted(own, which), np.searchsorted(own, which, side="right")
    # Joined first: a large polygon is then cut once.
    turn = np.arange(int((last - first).max(initial=0)))
    there = first[:, None] + turn < last[:, None]
    cover = np.full(there.shape, None, dtype=object)
    cover[there] = others[its[(first[:, None] + turn)[there]]]

    def cut(one: Objects, other: Objects) -> Objects:
        return np.asarray(shapely.difference(one, shapely.union_all(other, axis=1)), dtype=object)

    return _each(cut, shapes[which], cover)


def _each(cut: Any, one: Objects, other: Objects) -> Objects:
    """Cut polygons pair by pair; GEOS lets the threads run side by side."""
    if len(one) <= _SHARE:
        return np.asarray(cut(one, other), dtype=object)
    shares = list(_shares(len(one)))
    with ThreadPoolExecutor(processors()) as pool:
        found = list(pool.map(lambda part: cut(one[part], other[part]), shares))
    return np.concatenate(found)


def _shares(count: int) -> Iterator[slice]:
    return (slice(at, at + _SHARE) for at in range(0, count, _SHARE))


def _areal(shapes: Objects) -> Objects:
    """Keep the polygons of what a cut left; lines and points have no area."""
    mixed = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    if mixed.any():
        parts, row = shapely.get_parts(shapes[mixed], return_index=True)
        flat = shapely.get_dimensions(parts) == 2
        parts, row = parts[flat], row[flat]
        if (shapely.get_type_id(parts) != shapely.GeometryType.POLYGON).any():
            parts, part_row = shapely.get_parts(parts, return_index=True)
            row = row[part_row]
        made = np.full(int(mixed.sum()), shapely.Polygon(), dtype=object)
        rows, at = np.unique(row, return_inverse=True)
        made[rows] = shapely.multipolygons(parts, indices=at)
        shapes[mixed] = made
    lower = (shapely.get_dimensions(shapes) < 2) & ~shapely.is_empty(shapes)
    shapes[lower] = shapely.Polygon()
    return shapes
