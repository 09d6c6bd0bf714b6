"""Sites of very many vertices are measured in parts, and the parts put together again."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, ClassVar, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.polygons import from_rings, to_rings
from zoning.model import Measure, Tri

#: Sites with more vertices than this are cut; a plot drawn by hand has a few hundred.
LARGE = 20_000
#: Vertices of a part: distances between geometries cost the product of their vertices.
_PART = 1_000
#: Overlaps of cut sites with more vertices than this are not joined into one geometry.
DRAWABLE = 50_000
#: A degree is nowhere longer than this, m.
DEGREE_M = 111_694.0
#: A drawn band is nowhere narrower than this share of its width.
_DRAWN_SHARE = 0.99
#: Stands for an overlap of so many.
UNDRAWN: Final = shapely.Polygon()
#: By what share of it the sizes of its parts may fall short of a site's.
_ROUNDING: Final = 1e-12
#: No part is halved more often; two vertices in one place are not parted by any cut.
_HALVINGS = 40


def cut(geometry: Any, most: int = _PART) -> NDArray[Any]:
    """Cut a polygon or line into parts of few vertices by halving its bounding box.

    Parameters
    ----------
    geometry : shapely geometry
        Valid.
    most : int
        Vertices of a part, at the most.

    Returns
    -------
    ndarray of shapely geometry
        Parts that share nothing but edges and together are the geometry; the geometry itself,
        alone, if the cuts would not add up to it.
    """
    dimension = int(shapely.get_dimensions(geometry))
    whole = np.array([geometry], dtype=object)
    if dimension == 0:
        return whole
    done: list[Any] = []
    todo = list(_apart(geometry, most))[::-1]  # in the order in which halving comes to them
    while todo:
        part = todo.pop()
        if shapely.get_num_coordinates(part) <= most:
            done.append(part)
            continue
        west, south, east, north = part.bounds
        x, y = (west + east) / 2, (south + north) / 2
        wide = east - west >= north - south
        first = (west, south, x, north) if wide else (west, south, east, y)
        second = (x, south, east, north) if wide else (west, y, east, north)
        halves = (shapely.clip_by_rect(part, *box) for box in (first, second))
        todo.extend(h for half in halves if not (h := _of_dimension(half, dimension)).is_empty)
    parts = np.array(done, dtype=object)
    size = shapely.area if dimension == 2 else shapely.length
    adds_up = abs(size(parts).sum() / size(geometry) - 1.0) < 1e-9
    return parts if adds_up and _all_valid(parts) else whole


def _all_valid(parts: NDArray[Any]) -> bool:
    """Tell whether all parts are valid, which GEOS finds in two threads at once."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(shapely.is_valid, np.array_split(parts, 2))
        return all(valid.all() for valid in found)


def cut_all(polygons: NDArray[Any], most: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Cut many polygons at once, each as :func:`cut` would, into polygons of few vertices.

    Parameters
    ----------
    polygons : ndarray of shapely geometry
        Valid polygons of one part.
    most : int
        Vertices of a part, at the most.

    Returns
    -------
    parts : ndarray of shapely geometry
        Polygon by polygon.
    owner : ndarray of intp
        The polygon of each part, ascending.
    """
    holed = shapely.get_num_interior_rings(polygons) > most
    parts, owner = polygons[~holed], np.flatnonzero(~holed)
    done: list[tuple[NDArray[Any], NDArray[np.intp]]] = []
    for _ in range(_HALVINGS):
        large = shapely.get_num_coordinates(parts) > most
        done.append((parts[~large], owner[~large]))
        parts, whose = _halved(parts[large])
        owner = owner[large][whose]
        if not len(parts):
            break
    done.append((parts, owner))
    found, owner = (np.concatenate(column) for column in zip(*done, strict=True))
    # Where an outline turns round on a cut, a part touches itself.
    sound = shapely.is_valid(found)
    mended, whose = polygons_of(shapely.make_valid(found[~sound]))
    found = np.concatenate((found[sound], mended))
    owner = np.concatenate((owner[sound], owner[~sound][whose]))
    sizes = np.bincount(owner, shapely.area(found), minlength=len(polygons))
    amiss = ~(np.abs(sizes / shapely.area(polygons) - 1.0) < 1e-9)
    again = np.flatnonzero(amiss | holed)
    kept = ~amiss[owner]
    rest = [shapely.get_parts(cut(polygon, most)) for polygon in polygons[again]]
    found = np.concatenate((found[kept], *rest))
    owner = np.concatenate((owner[kept], np.repeat(again, [len(parts) for parts in rest])))
    order = np.argsort(owner, kind="stable")
    return found[order], owner[order].astype(np.intp)


def _halved(polygons: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Cut polygons across the middle of their longer side; return the parts and whose they are."""
    halves: list[Any] = []
    for polygon, (west, south, east, north) in zip(
        polygons, shapely.bounds(polygons).tolist(), strict=True
    ):
        x, y = (west + east) / 2, (south + north) / 2
        if east - west >= north - south:
            halves.append(shapely.clip_by_rect(polygon, west, south, x, north))
            halves.append(shapely.clip_by_rect(polygon, x, south, east, north))
        else:
            halves.append(shapely.clip_by_rect(polygon, west, south, east, y))
            halves.append(shapely.clip_by_rect(polygon, west, y, east, north))
    parts, half = polygons_of(np.array(halves, dtype=object))
    return parts, half // 2


def polygons_of(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the polygons among the parts of shapes, and whose each is: a cut along an edge leaves
    points and lines behind."""
    parts, whose = shapely.get_parts(shapes, return_index=True)
    kept = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    return parts[kept], whose[kept]


def _apart(geometry: Any, most: int) -> Sequence[Any]:
    """Return a polygon of very many holes in parts; anything else as it is.

    Holes that no cut meets are dealt out by their bounds: a cut through all the vertices, again
    and again, takes minutes for a million holes.
    """
    if shapely.get_type_id(geometry) != 3 or shapely.get_num_interior_rings(geometry) <= most:
        return [geometry]
    holes = _Holes.of(geometry)
    _Holes.last = None  # nothing asks for them again, and they take 130 MB of a million
    shell = shapely.polygons([shapely.get_exterior_ring(geometry)])
    todo = [(shell, np.arange(len(holes.count)))]
    leaves: list[tuple[Any, NDArray[np.intp]]] = []
    while todo:
        frame, inside = todo.pop()
        bounds = shapely.bounds(frame)
        (west, south), (east, north) = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
        axis = 0 if east - west >= north - south else 1
        middle = (west + east) / 2 if axis == 0 else (south + north) / 2
        low = holes.bounds[inside, axis + 2] < middle
        high = holes.bounds[inside, axis] > middle
        met = inside[~(low | high)]
        small = shapely.get_num_coordinates(frame).sum() + holes.count[inside].sum() <= most
        if small or len(met) == len(inside):
            leaves += holes.dealt(frame, inside)
            continue
        pierced = holes.pierced(frame, met)
        first = (west, south, middle, north) if axis == 0 else (west, south, east, middle)
        second = (middle, south, east, north) if axis == 0 else (west, middle, east, north)
        for box, kept in ((first, inside[low]), (second, inside[high])):
            half = _clipped(pierced, box)
            if len(half):
                todo.append((half, kept))
    return list(holes.built(leaves))


def filled(geometries: NDArray[Any], distance_m: float) -> NDArray[Any]:
    """Return geometries of which very large polygons lack the holes that a band around them fills.

    Parameters
    ----------
    geometries : ndarray of shapely geometry
        In degrees.
    distance_m : float
        Width of the band.
    """
    out = geometries.copy()
    most = 2.0 * _DRAWN_SHARE * distance_m / DEGREE_M
    for row in np.flatnonzero(shapely.get_num_coordinates(geometries) > LARGE):
        whole = geometries[row : row + 1]  # as it is, if it is one polygon: its holes may be known
        parts = whole if shapely.get_type_id(whole[0]) == 3 else shapely.get_parts(whole)
        kept = []
        for part in parts[shapely.get_type_id(parts) == 3]:
            holes = _Holes.of(part) if shapely.get_num_interior_rings(part) else None
            shell = shapely.polygons([shapely.get_exterior_ring(part)])
            if holes is None:
                kept.append(part)
                continue
            across = (holes.bounds[:, 2:] - holes.bounds[:, :2]).min(axis=1)
            kept.extend(holes.built([(shell[0], np.flatnonzero(across > most))]))
        if len(kept) == len(parts):
            out[row] = kept[0] if len(kept) == 1 else shapely.multipolygons(kept)
    return out


class _Holes:
    """The holes of a polygon, as arrays; ``last`` has those of the last, and what it was."""

    last: ClassVar[tuple[weakref.ref[Any], _Holes] | None] = None

    @classmethod
    def of(cls, polygon: Any) -> _Holes:
        """Return the holes of a polygon; bands of several widths and the cut ask for the same."""
        known = cls.last
        if known is None or known[0]() is not polygon:
            known = cls.last = weakref.ref(polygon), cls(polygon)
        return known[1]

    def __init__(self, polygon: Any) -> None:
        self._xy, vertices, _ = to_rings(np.array([polygon], dtype=object))
        self._start, self.count = np.cumsum(vertices)[:-1], vertices[1:]
        inner = self._xy[vertices[0] :]
        at = self._start - vertices[0]
        self.bounds = np.hstack((np.minimum.reduceat(inner, at), np.maximum.reduceat(inner, at)))

    def dealt(
        self, frame: NDArray[Any], holes: NDArray[np.intp]
    ) -> list[tuple[Any, NDArray[np.intp]]]:
        """Return the polygons of a frame, and which holes lie in each."""
        place = np.zeros(len(holes), dtype=np.intp)
        if len(frame) > 1 and len(holes):
            inner = shapely.point_on_surface(shapely.polygons(self._rings(holes)))
            which, found = shapely.STRtree(frame).query(inner, predicate="intersects")
            place[which] = found
        return [(polygon, holes[place == index]) for index, polygon in enumerate(frame)]

    def pierced(self, frame: NDArray[Any], holes: NDArray[np.intp]) -> NDArray[Any]:
        """Return the polygons of a frame with the few of the holes that lie in each."""
        if not len(holes):
            return frame
        out = []
        for polygon, mine in self.dealt(frame, holes):
            rings = shapely.get_rings(polygon)
            out.append(shapely.polygons(rings[0], np.concatenate((rings[1:], self._rings(mine)))))
        return np.array(out, dtype=object)

    def _rings(self, holes: NDArray[np.intp]) -> NDArray[Any]:
        count = self.count[holes]
        whose = np.repeat(np.arange(len(holes)), count)
        xy = self._xy[_runs(self._start[holes], count)]
        return np.asarray(shapely.linearrings(xy, indices=whose), dtype=object)

    def built(self, leaves: list[tuple[Any, NDArray[np.intp]]]) -> NDArray[Any]:
        """Return polygons with further holes."""
        if not leaves:
            return np.empty(0, dtype=object)
        frames = np.array([frame for frame, _ in leaves], dtype=object)
        drawn, vertices, rings = to_rings(frames)
        more = np.array([len(holes) for _, holes in leaves])
        mine = np.concatenate([holes for _, holes in leaves])
        # Polygon by polygon, first the rings of its frame, then its holes.
        counts = np.concatenate((vertices, self.count[mine]))
        each = np.arange(len(more))
        whose = np.concatenate((np.repeat(each, rings), np.repeat(each, more)))
        order = np.argsort(whose, kind="stable")
        xy = np.concatenate((drawn, self._xy[_runs(self._start[mine], self.count[mine])]))
        xy = xy[_runs((np.cumsum(counts) - counts)[order], counts[order])]
        return from_rings(xy, counts[order], rings + more)


def _runs(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places ``start, start + 1, …`` of runs, one after the other."""
    before = np.cumsum(counts) - counts
    places: NDArray[np.int64] = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
    return places


def _clipped(polygons: NDArray[Any], box: tuple[float, float, float, float]) -> NDArray[Any]:
    return polygons_of(shapely.clip_by_rect(polygons, *box))[0]


def _of_dimension(geometry: Any, dimension: int) -> Any:
    """Drop points and lines that a cut along an edge leaves behind."""
    parts = shapely.get_parts(geometry)
    kept = parts[shapely.get_dimensions(parts) == dimension]
    if len(kept) == len(parts):
        return geometry
    return shapely.multipolygons(kept) if dimension == 2 else shapely.multilinestrings(kept)


def join(
    measures: list[Measure], size: float, site: Any, minimum: tuple[float, float], *, draw: bool
) -> Measure:
    """Put the measures of a site's parts together.

    Parameters
    ----------
    measures : list of Measure
        One a part, taken without legal minimum.
    size : float
        Area of the whole site in m², or length in m where it has none.
    site : shapely geometry
        The whole site; it stands for an overlap that covers all of it.
    minimum : tuple of float
        Legal minimum area (m²) and length (m), applied to the total.
    draw : bool
        Whether the overlap's geometry is wanted.
    """
    nearest = min(measures, key=lambda m: m.distance_m)
    met = [m for m in measures if m.touches is Tri.YES]
    area = _at_least(sum(m.area_m2 for m in met), minimum[0])
    length = _at_least(sum(m.length_m for m in met), minimum[1])
    areal = int(shapely.get_dimensions(site)) == 2
    part = area if areal else length
    whole = part >= size * (1.0 - _ROUNDING)
    names = [name for m in (met or [nearest]) for name in m.zone.split("、")]
    return replace(
        nearest,
        zone="、".join(dict.fromkeys(names)),
        depth_m=max(m.depth_m for m in measures),
        area_m2=area,
        raw_area_m2=sum(m.raw_area_m2 for m in measures),
        length_m=length,
        raw_length_m=sum(m.raw_length_m for m in measures),
        share=(1.0 if whole else part / size) if size else float(bool(met)),
        accuracy_m=max(m.accuracy_m for m in (met or [nearest])),
        touches=_touches(part, measures),
        geometry=_shape(met, site, whole) if draw else None,
    )


def _at_least(size: float, minimum: float) -> float:
    return size if size >= minimum else 0.0


def _touches(part: float, measures: list[Measure]) -> Tri:
    if part > 0.0:
        return Tri.YES
    unsure = any(m.touches is not Tri.NO for m in measures)
    return Tri.UNKNOWN if unsure else Tri.NO


def _shape(met: list[Measure], site: Any, all_of_it: bool) -> Any:
    """The joined overlap; None where it is too large to be worth drawing."""
    if not met:
        return None
    if all_of_it:
        return site
    if any(m.geometry is UNDRAWN for m in met):
        return None
    shapes = np.array([m.geometry for m in met], dtype=object)
    if int(shapely.get_num_coordinates(shapes).sum()) > DRAWABLE:
        return None
    return shapely.union_all(shapes)
