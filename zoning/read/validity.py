"""Geometry checks: which features can be used, which can be repaired, which fail and why."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from zoning.base import geodesy
from zoning.base.errors import Problem, SourceError
from zoning.base.units import INVERSE_FLATTENING, SEMI_MAJOR_M
from zoning.messages import Text, message
from zoning.read import feature_faults, file_faults, limits
from zoning.read.types import Objects, Repair

Floats = npt.NDArray[np.float64]

_GEOD = pyproj.Geod(a=SEMI_MAJOR_M, rf=INVERSE_FLATTENING)
_COLLECTION = 7
_KINDS = {0: 0, 4: 0, 1: 1, 2: 1, 5: 1, 3: 2, 6: 2}
#: A repair may change the area by this share before the feature fails.
MAX_CHANGE = 1e-4
#: Mean width, in degrees (0.1 mm), below which a polygon is a line: rounding alone gives points on
#: a slanted line an area of 1e-17.
MIN_WIDTH = 1e-9
#: Vertices from which on a second thread pays.
_APART: Final = 1_000_000


@dataclass(slots=True)
class Checked:
    """Geometries after the checks: None where ``broken`` says why."""

    geometry: Objects
    broken: dict[int, Problem] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)
    notices: list[Text] = field(default_factory=list)
    #: Ellipsoidal areas of the geometries, m²; see :meth:`area_m2`.
    _areas: Floats | None = None

    def fail(self, rows: npt.ArrayLike, flaw: Callable[[int], Problem]) -> None:
        """Drop the geometries in ``rows``; the first flaw found of a feature stands."""
        self._areas = None
        for row in np.atleast_1d(np.asarray(rows, dtype=np.int64)).tolist():
            self.broken.setdefault(row, flaw(row))
            self.geometry[row] = None

    def keep(self, geometry: Objects, areas: Floats | None) -> None:
        """Take geometries for those that were checked, and their areas where these are known."""
        self.geometry, self._areas = geometry, areas

    def area_m2(self) -> float:
        """Return the ellipsoidal area of all geometries."""
        areas = geodesy.areas(self.geometry) if self._areas is None else self._areas
        return float(areas.sum())


def require_size(geometry: Objects, name: str, layer: str | None) -> None:
    """Refuse a layer too large to be checked and measured, before that is tried.

    Raises
    ------
    SourceError
        ``layer-too-large``.
    """
    vertices = int(shapely.get_num_coordinates(geometry).sum())
    rings = 0
    if vertices > limits.MAX_RINGS:  # a ring has four at least
        parts = shapely.get_parts(geometry[~shapely.is_missing(geometry)])
        rings = int((shapely.get_num_interior_rings(parts) + 1).sum())
    if vertices > limits.MAX_VERTICES or rings > limits.MAX_RINGS:
        raise SourceError(file_faults.layer_too_large(name, layer, vertices, rings))


def structure(geometry: Objects, broken: dict[int, Problem]) -> Checked:
    """Flatten, drop Z, and fail what has no shape at all: null, empty, mixed, not finite.

    ``broken`` holds what a reader already knows not to work, by row.
    """
    checked = Checked(np.array(geometry, dtype=object), dict(broken))
    for row in broken:
        checked.geometry[row] = None
    known = np.fromiter(broken, dtype=np.int64, count=len(broken))
    null = np.setdiff1d(np.flatnonzero(shapely.is_missing(checked.geometry)), known)
    checked.fail(null, lambda _: feature_faults.NULL)
    _flatten(checked)
    checked.fail(np.flatnonzero(shapely.is_empty(checked.geometry)), lambda _: feature_faults.EMPTY)
    _unwrap(checked.geometry)
    deep = shapely.has_z(checked.geometry) | shapely.has_m(checked.geometry)
    if deep.any():
        checked.geometry = shapely.force_2d(checked.geometry)
        count = int(deep.sum())
        checked.notices.append(message("validity.feature-s-carry-heights", count=count))
    checked.fail(_not_finite(checked.geometry), lambda _: feature_faults.NOT_FINITE)
    return checked


def _not_finite(geometry: Objects) -> npt.NDArray[np.int64]:
    """Return the rows with a NaN or infinite coordinate; bounds would hide a NaN."""
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    bad = ~np.isfinite(xy).all(axis=1)
    return np.unique(owner[bad]).astype(np.int64)


def _unwrap(geometry: Objects) -> None:
    """Replace a multi-geometry of one part by the part; some formats know no other."""
    multi = np.isin(shapely.get_type_id(geometry), (4, 5, 6))
    alone = multi & (shapely.get_num_geometries(geometry) == 1)
    geometry[alone] = shapely.get_geometry(geometry[alone], 0)


def _flatten(checked: Checked) -> None:
    """Turn collections of one kind into a multi-geometry; fail the mixed ones."""
    rows = np.flatnonzero(shapely.get_type_id(checked.geometry) == _COLLECTION)
    for row in rows.tolist():
        parts = np.array([checked.geometry[row]], dtype=object)
        for _ in range(limits.MAX_NESTING):
            if not (shapely.get_type_id(parts) == _COLLECTION).any():
                break
            parts = shapely.get_parts(parts)
        parts = shapely.get_parts(parts[~shapely.is_empty(parts)])
        kinds = {_KINDS.get(int(t), -1) for t in shapely.get_type_id(parts)}
        if -1 in kinds:
            checked.fail(row, lambda _: feature_faults.NESTED)
        elif len(kinds) > 1:
            checked.fail(row, lambda _: feature_faults.MIXED)
        else:
            checked.geometry[row] = collect(parts, kinds.pop() if kinds else 2)


def collect(parts: Objects, kind: int) -> shapely.Geometry:
    """Return simple parts of one kind (0 points, 1 lines, 2 polygons) as one geometry."""
    if len(parts) == 1:
        return parts[0]
    maker = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[kind]
    return maker(parts)


def bounds(geometry: Objects) -> npt.NDArray[np.float64]:
    """Return west, south, east, north (n, 4); NaN where there is no geometry."""
    return np.asarray(shapely.bounds(geometry), dtype=np.float64)


def range_check(checked: Checked) -> None:
    """Fail what lies beyond ±180° and ±90° after the transformation to degrees."""
    box = bounds(checked.geometry)
    with np.errstate(invalid="ignore"):
        inside = (box[:, 0] >= -180) & (box[:, 1] >= -90) & (box[:, 2] <= 180) & (box[:, 3] <= 90)
    finite = _not_finite(checked.geometry)
    present = ~shapely.is_missing(checked.geometry)
    checked.fail(
        np.union1d(np.flatnonzero(present & ~inside), finite), lambda _: feature_faults.RANGE
    )


def validity(checked: Checked, labels: Callable[[int], str], repair: bool) -> None:
    """Fail or repair invalid geometries, then wind the rings as RFC 7946 wants them."""
    geometry = checked.geometry
    present = ~shapely.is_missing(geometry)
    kind = shapely.get_dimensions(geometry)
    still = np.flatnonzero(present & (kind == 1) & (shapely.length(geometry) == 0))
    checked.fail(still, lambda _: feature_faults.ZERO_LENGTH)
    suspects = np.flatnonzero(present & (kind == 2))
    valid, wound, areas = _valid(geometry, suspects)
    invalid = suspects[~valid]
    for row in invalid.tolist():
        _mend(checked, row, labels(row), repair)
    left = geometry[suspects]
    wide = shapely.area(left) > shapely.length(left) * MIN_WIDTH / 2
    narrow = suspects[~shapely.is_missing(left) & ~wide]
    checked.fail(narrow, lambda _: feature_faults.ZERO_AREA)
    same = wound is not None and not len(invalid) and not len(narrow)
    if same:
        checked.keep(wound, areas)
    else:
        checked.keep(shapely.orient_polygons(geometry), None)


def _valid(
    geometry: Objects, rows: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.bool_], Any, Floats | None]:
    """Tell which polygons are valid; of very many vertices return all wound, and their areas, too.

    GEOS takes seconds for a million holes, in which another thread winds and measures them.
    """
    if shapely.get_num_coordinates(geometry).sum() < _APART:
        return shapely.is_valid(geometry[rows]), None, None
    with ThreadPoolExecutor(1) as pool:
        valid = pool.submit(shapely.is_valid, geometry[rows])
        wound = shapely.orient_polygons(geometry)
        areas = geodesy.areas(wound)  # the account of the file will ask for them
    return valid.result(), wound, areas


def _mend(checked: Checked, row: int, name: str, repair: bool) -> None:
    """Repair one invalid polygon, or fail it where that would change its area."""
    shape = checked.geometry[row]
    if ring_area(shape) == 0.0 and shapely.area(shapely.convex_hull(shape)) == 0.0:
        checked.fail(row, lambda _: feature_faults.ZERO_AREA)
        return
    if shapely.get_num_coordinates(shape) > limits.MAX_REPAIR_VERTICES:
        checked.fail(row, lambda _: feature_faults.too_many_vertices(limits.MAX_REPAIR_VERTICES))
        return
    reason = shapely.is_valid_reason(shape)
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    before, after = ring_area(shape), ring_area(mended)
    done = Repair(name, row, reason, before, after)
    if after == 0.0:
        checked.fail(row, lambda _: feature_faults.ZERO_AREA)
    elif not repair and (done.change > MAX_CHANGE or "outside shell" in reason):
        # A hole beyond the outline may be a second part, and the repair would drop it.
        checked.fail(row, lambda _: feature_faults.invalid(shape, reason, before, after))
    else:
        checked.geometry[row] = mended
        checked.repairs.append(done)


def ring_area(shape: shapely.Geometry) -> float:
    """Return the ellipsoidal area (m²) of outer rings less inner rings, each without its sign.

    For a valid polygon that is its area; for an invalid one it is what its rings claim.
    """
    total = 0.0
    for polygon in shapely.get_parts(shape):
        if shapely.get_dimensions(polygon) != 2 or shapely.is_empty(polygon):
            continue
        total += _one_ring(shapely.get_exterior_ring(polygon))
        for hole in range(shapely.get_num_interior_rings(polygon)):
            total -= _one_ring(shapely.get_interior_ring(polygon, hole))
    return total


def _one_ring(ring: shapely.Geometry) -> float:
    xy = shapely.get_coordinates(ring)
    area, _ = _GEOD.polygon_area_perimeter(xy[:, 0], xy[:, 1])
    return abs(float(area))
