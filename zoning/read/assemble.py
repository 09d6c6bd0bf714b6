"""Coordinates to shapely geometries, many at a time, with the broken ones told apart.

GeoJSON, KML and DXF readers describe a feature as a list of :class:`Part`; building them in bulk
is some twenty times faster than one by one, and one bad ring does not cost the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from zoning.base.errors import Problem
from zoning.messages import message
from zoning.read import feature_faults
from zoning.read.types import Objects

Floats = npt.NDArray[np.float64]
#: Longitude, latitude and height; RFC 7946, 3.1.1, gives a fourth number no meaning.
_ORDINATES: Final = 3
#: Ends of a ring that are one vertex, in degrees and in metres: a centimetre.
MEETING: Final = (1e-7, 0.01)


@dataclass(frozen=True, slots=True)
class Part:
    """A point (n, 2 or 3), a line (one array), or a polygon (outer ring, then holes).

    ``kind`` is 0, 1 or 2 for point, line, polygon. A very large polygon may come ``built``, without
    arrays.
    """

    kind: int
    arrays: tuple[Floats, ...]
    built: Any = None


class BadShapeError(Exception):
    """A feature's coordinates do not make the geometry they claim to be."""

    def __init__(self, broken: Problem) -> None:
        super().__init__(broken.fault.en)
        self.broken = broken


def build(features: Sequence[Sequence[Part] | None]) -> tuple[Objects, dict[int, Problem]]:
    """Return one geometry a feature, and the flaws of those that cannot be built.

    ``None`` stands for no geometry and stays None; no parts make an empty geometry. Parts of
    different kinds are a flaw.
    """
    made = np.full(len(features), None, dtype=object)
    broken: dict[int, Problem] = {}
    owners: dict[int, list[int]] = {0: [], 1: [], 2: []}
    parts: dict[int, list[Part]] = {0: [], 1: [], 2: []}
    for row, feature in enumerate(features):
        if feature is None:
            continue
        kinds = {part.kind for part in feature}
        short = _too_short(feature)
        if not feature:
            made[row] = shapely.Polygon()
        elif len(kinds) > 1:
            broken[row] = feature_faults.MIXED
        elif short is not None:
            broken[row] = short
        else:
            kind = kinds.pop()
            owners[kind].extend([row] * len(feature))
            parts[kind].extend(feature)
    for kind, maker in ((0, _points), (1, _lines), (2, _polygons)):
        if parts[kind]:
            _gather(made, maker(parts[kind]), np.array(owners[kind]), kind)
    return made, broken


def closed(ring: Floats) -> Floats:
    """Return the ring with its first vertex repeated at the end, as GEOS wants it.

    Ends no farther apart than rounding puts them are one vertex. A ring of fewer than three
    vertices, or with one that is no number, is left for :func:`build` to refuse.

    Raises
    ------
    BadShapeError
        If the ring is open: vertices may be missing at its end, and nothing shows how many.
    """
    if len(ring) < 3 or np.array_equal(ring[0], ring[-1], equal_nan=True):
        return ring
    ends = np.array([0]), np.array([len(ring) - 1])
    if are_open(ring, *ends)[0]:
        raise BadShapeError(feature_faults.OPEN)
    return np.vstack([ring[:-1] if len(ring) > 3 else ring, ring[:1]])


def are_open(
    xy: Floats, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Return which rings have ends farther apart than rounding puts them.

    Parameters
    ----------
    xy : ndarray of float, shape (n, 2 or more)
    first, last : ndarray of int, shape (k,)
        The vertices at the ends of each ring.
    """
    start = xy[first, :2]
    within = np.where(np.abs(start).max(axis=1) <= 360.0, *MEETING)
    with np.errstate(invalid="ignore"):
        apart = np.abs(start - xy[last, :2]).max(axis=1)
        return np.asarray(apart > within)


def positions(values: Any) -> Floats:
    """Return a list of positions as (n, 2) or (n, 3) numbers.

    Raises
    ------
    BadShapeError
        If they are not numbers, or fewer than two to a position.
    """
    if values == []:
        return np.empty((0, 2))
    try:
        array = np.array(values)
    except (ValueError, TypeError, OverflowError):
        array = _ragged(values)
    if array.dtype.kind not in "fiu":
        array = _ragged(values)
    if array.ndim != 2 or array.shape[1] < 2:
        raise BadShapeError(
            feature_faults.unreadable(message("assemble.coordinates-must-pairs-numbers"))
        )
    if array.shape[1] > _ORDINATES:
        raise _too_many()
    return np.asarray(array, dtype=np.float64)


def _ragged(values: Any) -> npt.NDArray[Any]:
    """Read positions of unequal length, e.g. heights on some of the vertices only."""
    try:
        rows = []
        for position in values:
            x, y = position[0], position[1]
            if len(position) > _ORDINATES:
                raise _too_many()
            if isinstance(x, str | bool) or isinstance(y, str | bool):
                raise TypeError
            # None stands for NaN: some writers have no other way of saying it.
            rows.append([np.nan if v is None else float(v) for v in (x, y)])
        return np.array(rows, dtype=np.float64)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise BadShapeError(
            feature_faults.unreadable(message("assemble.coordinate-no-pair-numbers"))
        ) from error


def _too_many() -> BadShapeError:
    return BadShapeError(feature_faults.unreadable(message("assemble.too-many-ordinates")))


def _too_short(feature: Sequence[Part]) -> Problem | None:
    """Return the flaw of a line or ring with too few points, or of a ring that cannot close."""
    for part in feature:
        if part.kind == 1 and len(part.arrays[0]) < 2:
            detail = message("assemble.line-has-fewer-than")
            return feature_faults.unreadable(detail)
        if part.kind == 2 and any(len(ring) < 4 for ring in part.arrays):
            detail = message("assemble.ring-has-fewer-than")
            return feature_faults.unreadable(detail)
        if part.kind == 2 and any(np.isnan(ring[0]).any() for ring in part.arrays):
            return feature_faults.NOT_FINITE  # NaN equals nothing, so such a ring never closes
    return None


def _flat(arrays: Sequence[Floats]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return all coordinates in 2-D or 3-D, and the array each came from."""
    width = max(a.shape[1] for a in arrays)
    if any(a.shape[1] != width for a in arrays):
        arrays = [a[:, :2] for a in arrays]
    return np.concatenate(arrays), np.repeat(np.arange(len(arrays)), [len(a) for a in arrays])


def _points(parts: Sequence[Part]) -> Objects:
    coords, _ = _flat([p.arrays[0] for p in parts])
    return np.atleast_1d(shapely.points(coords))


def _lines(parts: Sequence[Part]) -> Objects:
    coords, index = _flat([p.arrays[0] for p in parts])
    return np.asarray(shapely.linestrings(coords, indices=index), dtype=object)


def _polygons(parts: Sequence[Part]) -> Objects:
    out = np.array([p.built for p in parts], dtype=object)
    drawn = [p for p in parts if p.built is None]
    if drawn:
        coords, index = _flat([ring for p in drawn for ring in p.arrays])
        rings = shapely.linearrings(coords, indices=index)
        owner = np.repeat(np.arange(len(drawn)), [len(p.arrays) for p in drawn])
        out[shapely.is_missing(out)] = shapely.polygons(rings, indices=owner)
    return out


def _gather(made: Objects, shapes: Objects, owner: npt.NDArray[Any], kind: int) -> None:
    """Put parts into their features; several of one feature become a multi-geometry."""
    rows, first, count = np.unique(owner, return_index=True, return_counts=True)
    single = count == 1
    made[rows[single]] = shapes[first[single]]
    several = np.isin(owner, rows[~single])
    if several.any():
        maker = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[kind]
        _, index = np.unique(owner[several], return_inverse=True)
        made[rows[~single]] = maker(shapes[several], indices=index)
