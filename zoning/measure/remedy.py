"""What would cure a site: the part outside forbidden ground, the shortest move, the stretches.

All work is done in the plane of :mod:`zoning.base.plane`; lengths and areas that leave are
taken again on the ellipsoid.

The shortest move is exact. A site S moved by t meets forbidden ground F exactly when t lies in the
set of all differences f - s (Minkowski sum of F and -S). Two regions meet when their boundaries
cross or one holds the other, so that set is the union of the parallelograms spanned by each edge
of F and each edge of -S, of F moved by one vertex of each part of S, and of -S moved by one vertex
of each part of F. The nearest point of its outline to the origin is the shortest move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from zoning.base import geodesy
from zoning.base.plane import scale, to_degrees, to_plane

#: Moves are looked for within these distances (m), the next only if the one before is not enough.
REACHES = (250.0, 1000.0, 2500.0, 5000.0)
_FARTHEST = REACHES[-1] + 200.0
#: Segments per quarter circle of a band.
_QUARTER = 32
#: No more pairs of edges than this; outlines are coarsened outwards until they are few enough.
_PAIRS = 60_000
#: Forbidden stretches closer than this (m) are one.
_JOINT_M = 1e-3
_COARSER = (0.0, 0.5, 2.0, 5.0, 15.0, 40.0)


def ground(site: Any, zones: NDArray[Any], distance_m: float = 0.0) -> Any:
    """Return zones, or the bands around them, as far as a move of the site could reach them.

    Parameters
    ----------
    site : geometry
        EPSG:4490.
    zones : ndarray of geometry
        EPSG:4490.
    distance_m : float, optional
        Width of the band.

    Returns
    -------
    geometry
        In the plane.
    """
    plane = to_plane(site)
    window = shapely.box(*shapely.bounds(shapely.buffer(shapely.envelope(plane), _FARTHEST)))
    rough = shapely.box(*shapely.bounds(to_degrees(shapely.buffer(window, distance_m))))
    near = to_plane(zones[shapely.intersects(zones, rough)])
    if not len(near):
        return shapely.Polygon()
    middle = shapely.get_coordinates(shapely.centroid(plane))
    latitude = shapely.get_coordinates(shapely.centroid(site))[:, 1]
    width = distance_m * float(scale(middle[:, 0], latitude)[0])
    wide = shapely.intersection(near, shapely.buffer(window, width))
    drawn = shapely.buffer(wide, width, quad_segs=_QUARTER) if width else wide
    return shapely.intersection(shapely.union_all(drawn), window)


def beyond(site: Any, cover: Any) -> Any:
    """Return what lies outside a covering area (EPSG:4490) within reach of a site, in the plane."""
    plane = to_plane(site)
    window = shapely.box(*shapely.bounds(shapely.buffer(shapely.envelope(plane), _FARTHEST)))
    rough = shapely.box(*shapely.bounds(to_degrees(window)))
    return shapely.difference(window, to_plane(shapely.intersection(cover, rough)))


def remainder(site: Any, ground: Any) -> tuple[Any, float]:
    """Return what is left of a polygon outside forbidden ground, EPSG:4490, and its area in m²."""
    left = to_degrees(shapely.difference(to_plane(site), ground))
    return left, float(geodesy.areas(left)[0])


def stretches(line: Any, ground: Any) -> list[tuple[float, float, Any]]:
    """Cut the forbidden stretches out of a line.

    Returns
    -------
    list of (from_m, to_m, geometry)
        Chainage along the line from its first vertex, and the stretch in EPSG:4490, in order.
        For a line of several parts chainage runs on from part to part.
    """
    out: list[tuple[float, float, Any]] = []
    start = 0.0
    for part in shapely.get_parts(line):
        plane = to_plane(part)
        whole = float(geodesy.lengths(part)[0])
        stretch = whole / plane.length if plane.length else 1.0
        for begin, end in _inside(plane, ground):
            piece = to_degrees(substring(plane, begin, end))
            out.append((start + begin * stretch, start + end * stretch, piece))
        start += whole
    return sorted(out, key=lambda found: found[0])


def _inside(line: Any, ground: Any) -> list[tuple[float, float]]:
    """Chainages of a line inside the ground, edge by edge: it may be closed or cross itself."""
    xy = shapely.get_coordinates(line)
    size = np.hypot(*np.diff(xy, axis=0).T)
    begin = np.concatenate([[0.0], np.cumsum(size)])[:-1]
    edges = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    shapely.prepare(ground)
    near = np.flatnonzero((size > 0.0) & shapely.intersects(ground, edges))
    pieces, owner = shapely.get_parts(shapely.intersection(edges[near], ground), return_index=True)
    pieces, inner = shapely.get_parts(pieces, return_index=True)
    whose = near[owner[inner]]
    found: list[tuple[float, float]] = []
    for piece, edge in zip(pieces, whose, strict=True):
        if piece.length > 0.0:
            along = np.hypot(*(shapely.get_coordinates(piece) - xy[edge]).T) + begin[edge]
            found.append((float(along.min()), float(along.max())))
    out: list[tuple[float, float]] = []
    for first, last in sorted(found):
        if out and first <= out[-1][1] + _JOINT_M:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return out


def shortest_move(site: Any, ground: Any, clearance_m: float) -> tuple[float, float] | None:
    """Find the shortest move that takes a site off forbidden ground.

    Parameters
    ----------
    site : geometry
        EPSG:4490.
    ground : geometry
        Forbidden ground in the plane.
    clearance_m : float
        How far from it the moved site is to stay.

    Returns
    -------
    (east, north) or None
        In m in the plane; None where no move of up to 5 km is enough.
    """
    plane = to_plane(site)
    origin = shapely.points(0.0, 0.0)
    for reach in REACHES:
        window = shapely.box(*shapely.bounds(shapely.buffer(shapely.envelope(plane), reach)))
        near = shapely.intersection(ground, shapely.buffer(window, 2 * clearance_m + 50.0))
        if near.is_empty:
            return (0.0, 0.0)
        blocked = shapely.buffer(_blocked_moves(plane, near), clearance_m)
        if not shapely.intersects(blocked, origin):
            return (0.0, 0.0)
        link = shapely.shortest_line(origin, shapely.boundary(blocked))
        east, north = shapely.get_coordinates(link)[1]
        if np.hypot(east, north) <= reach:
            return float(east), float(north)
    return None


def _blocked_moves(plane: Any, ground: Any) -> Any:
    """All moves that leave the site on forbidden ground."""
    site, ground = _coarse(plane, ground)
    pieces: list[Any] = []
    left, right = _edges(ground), -_edges(site)
    if len(left) and len(right):
        a, b = left[:, None, 0], left[:, None, 1]
        c, d = right[None, :, 0], right[None, :, 1]
        ring = np.stack([a + c, b + c, b + d, a + d, a + c], axis=2).reshape(-1, 5, 2)
        pieces.extend(shapely.convex_hull(shapely.linestrings(ring)))
    for part in shapely.get_parts(site):
        x, y = shapely.get_coordinates(part)[0]
        pieces.append(shapely.transform(ground, lambda xy, x=x, y=y: xy - [x, y]))
    if shapely.get_dimensions(site) == 2:
        for part in shapely.get_parts(ground):
            x, y = shapely.get_coordinates(part)[0]
            pieces.append(shapely.transform(site, lambda xy, x=x, y=y: [x, y] - xy))
    return shapely.union_all(np.array(pieces, dtype=object))


def _coarse(site: Any, ground: Any) -> tuple[Any, Any]:
    """Coarsen both outlines outwards until there are few enough pairs of edges."""
    for step in _COARSER:
        wide = shapely.simplify(shapely.buffer(ground, step), step) if step else ground
        own = site
        if step and shapely.get_dimensions(site) == 2:
            own = shapely.simplify(shapely.buffer(site, step / 4), step / 4)
        if len(_edges(wide)) * max(len(_edges(own)), 1) <= _PAIRS:
            break
    return own, wide


def _edges(geometry: Any) -> NDArray[np.float64]:
    """Edges of rings and lines as an array of shape (n, 2, 2)."""
    rim = shapely.boundary(geometry) if shapely.get_dimensions(geometry) == 2 else geometry
    out = [
        np.stack([xy[:-1], xy[1:]], axis=1)
        for part in shapely.get_parts(rim)
        if len(xy := shapely.get_coordinates(part)) > 1
    ]
    return np.concatenate(out) if out else np.empty((0, 2, 2))


def moved(site: Any, move: tuple[float, float]) -> tuple[Any, float, float]:
    """Move a site in the plane, its shape kept.

    Returns
    -------
    (geometry, distance_m, bearing_deg)
        EPSG:4490; geodesic distance and bearing (clockwise from north) between the centroids.
    """
    plane = shapely.transform(to_plane(site), lambda xy: xy + np.array(move))
    there = to_degrees(plane)
    old = shapely.get_coordinates(shapely.centroid(site))[0]
    new = shapely.get_coordinates(shapely.centroid(there))[0]
    bearing, _, distance = geodesy.geod().inv(old[0], old[1], new[0], new[1])
    return there, float(distance), float(bearing) % 360.0
