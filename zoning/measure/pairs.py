"""Which sites and pieces of zones lie in reach of each other, and how far apart they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.plane import degrees_of
from zoning.measure.links import Paired, links
from zoning.measure.near import apart_by
from zoning.measure.zones import SiteSet, ZoneSet

#: The plane stretches by up to 0.06 %; a little more reach loses no zone.
STRETCH = 1.001

#: Most entries of an index that are listed for a shape instead of being asked for.
_LISTED = 40

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def all_pairs(sites: SiteSet, zones: ZoneSet, reach: float) -> tuple[Places, Places, Floats]:
    """Every site and piece of a zone that may lie within reach of each other, and their gap.

    Of each site and zone within reach the gap of the nearest piece is told, m, and of those that
    may be as near; of others it is NaN: whoever needs it works it out.
    """
    none = np.empty(0, dtype=np.intp)
    if not len(zones):
        return none, none, np.empty(0)
    reach = reach * STRETCH + 1e-6
    site, piece, away = _boxes_within(sites, zones, reach)
    if not len(site):
        return none, none, np.empty(0)
    whose = zones.pieces[1][piece]
    new = (np.diff(site, prepend=-1) != 0) | (np.diff(whose, prepend=-1) != 0)
    group, gap = np.cumsum(new) - 1, np.full(len(site), np.nan)
    first = least_of(away, group)
    gap[first] = _gaps(sites, zones, site[first], piece[first], reach)
    best = gap[first][group]
    # A box is no farther away than what it bounds.
    rest = np.flatnonzero(np.isnan(gap) & (away <= best * STRETCH) & (best > 0.0))
    gap[rest] = _gaps(sites, zones, site[rest], piece[rest], reach)
    kept = ~np.isinf(gap)
    return site[kept], piece[kept], gap[kept]


def _boxes_within(sites: SiteSet, zones: ZoneSet, reach: float) -> tuple[Places, Places, Floats]:
    """Every site and piece whose boxes lie within reach of each other, in this order, and their
    gap in the plane."""
    pieces = zones.pieces[0]
    # Most layers are far from a site that was cut into thousands of parts.
    frames, bounds = shapely.bounds(sites.plane), shapely.bounds(pieces)
    least = np.fmin.reduce(bounds[:, :2], axis=0, initial=np.inf)
    most = np.fmax.reduce(bounds[:, 2:], axis=0, initial=-np.inf)
    some = np.flatnonzero(apart_by(frames, np.hstack((least, most))[None], 1.0) <= reach)
    margin = np.array([-reach, -reach, reach, reach])
    site, piece = zones.tree.query(shapely.box(*(frames[some] + margin).T))
    site = some[site]
    away = apart_by(frames[site], bounds[piece], 1.0)
    # In the order of the pieces, whatever the index found first.
    order = np.lexsort((piece, site))
    order = order[away[order] <= reach]
    return site[order], piece[order], away[order]


def _gaps(sites: SiteSet, zones: ZoneSet, site: Places, piece: Places, reach: float) -> Floats:
    """Geodesic gap of paired sites and pieces, m; infinity beyond reach."""
    pairs = Paired(sites.plane, zones.pieces[0], site, piece)
    # Of very many vertices it takes long to find the nearest.
    near = ~sites.boxed[site]
    near[~near] = shapely.dwithin(*pairs.some(np.flatnonzero(~near)).shapes, reach)
    gap, some = np.full(len(site), np.inf), np.flatnonzero(near)
    gap[some] = geodesic_gap(pairs.some(some), reach)
    return gap


def least_of(values: Floats, group: Places) -> Places:
    """Return where each group has its least value; groups are ascending and without gaps."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    met = np.flatnonzero(values == np.minimum.reduceat(values, starts)[group])
    return np.asarray(met[np.searchsorted(group[met], np.arange(len(starts)))], dtype=np.intp)


def foremost_pairs(
    sites: SiteSet, zones: ZoneSet, reach: float, distance_m: float, owner: Places
) -> tuple[Places, Places, Floats]:
    """Every part of a site and piece of a zone that decide what the site comes to.

    These are the pairs that meet, or lie within the band, and of each site and zone the nearest
    pair. Of a pair within a band that is not the nearest, the gap is told as just below the width.
    """
    pieces, whose = zones.pieces
    site, piece = zones.tree.query(
        sites.frames, predicate="dwithin", distance=reach * STRETCH + 1e-6
    )
    order = np.lexsort((piece, site))
    site, piece = site[order], piece[order]
    # A box is no farther away than what it bounds.
    least = shapely.distance(sites.frames[site], pieces[piece])
    gap = np.full(len(site), np.inf)
    close = np.flatnonzero(least == 0.0)
    met = close[shapely.intersects(sites.plane[site[close]], pieces[piece[close]])]
    gap[met] = 0.0
    _, group = np.unique(owner[site] * len(zones) + whose[piece], return_inverse=True)
    best = np.full(group.max(initial=-1) + 1, np.inf)
    best[group[met]] = 0.0

    def measured(rows: Places) -> None:
        gap[rows] = geodesic_gap(Paired(sites.plane, pieces, site[rows], piece[rows]))
        np.minimum.at(best, group[rows], gap[rows])

    order = np.lexsort((least, group))
    first = order[np.unique(group[order], return_index=True)[1]]
    measured(first[gap[first] > 0.0])
    measured(np.flatnonzero(np.isinf(gap) & (least <= best[group] * STRETCH) & (best[group] > 0.0)))
    if distance_m > 0.0:
        rest = np.flatnonzero(np.isinf(gap) & (least <= distance_m * STRETCH))
        left, right = sites.plane[site[rest]], pieces[piece[rest]]
        inside = shapely.dwithin(left, right, distance_m / STRETCH)
        gap[rest[inside]] = np.nextafter(distance_m, 0.0)
        measured(rest[~inside & shapely.dwithin(left, right, distance_m * STRETCH)])
    kept = np.flatnonzero(gap <= reach)
    kept = kept[np.lexsort((piece[kept], site[kept]))]  # whatever the index found first
    return site[kept], piece[kept], gap[kept]


def nearest(
    sites: SiteSet, zones: ZoneSet, pairs: tuple[Places, Places, Floats], owner: Places | None
) -> tuple[Floats, Places]:
    """Geodesic distance of each site to its nearest zone, and that zone's position.

    A part of a site that has a nearer part within reach gets infinity: its distance cannot count.
    """
    pieces, whose = zones.pieces
    distance = np.full(len(sites.geometries), np.inf)
    where = np.zeros(len(sites.geometries), dtype=np.intp)
    site, piece, gap = pairs
    order = np.argsort(gap, kind="stable")[::-1]  # the nearest is written last, of equals the first
    distance[site[order]] = gap[order]
    where[site[order]] = whose[piece[order]]
    away = np.flatnonzero(np.isinf(distance))
    if owner is not None:
        away = away[~np.isin(owner[away], owner[~np.isinf(distance)])]
        away = _foremost(sites, zones, away, owner)
    found = closest(zones.tree, sites.plane[away])
    distance[away[found[0]]] = geodesic_gap(Paired(sites.plane, pieces, away[found[0]], found[1]))
    where[away[found[0]]] = whose[found[1]]
    return distance, where


def closest(tree: shapely.STRtree, shapes: NDArray[Any]) -> Places:
    """The entry of an index nearest to each shape, of equals the first; shape (2, n).

    A vertex is asked first: what is nearest to the shape is no farther from the vertex than what is
    nearest to that, and the extent of the shape. Few entries are, and only they are measured.
    """
    found, piece, most = around(tree, shapes)
    gap, _ = links(Paired(shapes, tree.geometries, found, piece))
    least = np.full(len(shapes), np.inf)
    np.minimum.at(least, found, gap)
    met = gap == least[found]
    many = tree.query_nearest(shapes[most], all_matches=True)
    many[0] = most[many[0]]
    return _first(np.concatenate((np.stack((found[met], piece[met])), many), axis=1))


def around(tree: shapely.STRtree, shapes: NDArray[Any]) -> tuple[Places, Places, Places]:
    """The entries of an index that may be the nearest to some point of each shape.

    Returns
    -------
    shape, entry : ndarray of intp
    many : ndarray of intp
        The shapes that have too many to be listed.
    """
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    which, first = np.unique(owner, return_index=True)
    if not len(which) or not len(tree):
        return which[:0], which[:0], which[:0]
    vertex = shapely.points(xy[first])
    offset = xy - np.repeat(xy[first], np.diff([*first, len(xy)]), axis=0)
    extent = np.maximum.reduceat(np.hypot(offset[:, 0], offset[:, 1]), first)
    (_, _), gap = tree.query_nearest(vertex, all_matches=False, return_distance=True)
    # The nearest to any other point lies no farther from it than that of the vertex, and so on.
    reach = (gap + 2.0 * extent) * 1.000_001 + 1e-6
    found, entry = tree.query(vertex, predicate="dwithin", distance=reach)
    many = np.bincount(found, minlength=len(which)) > _LISTED
    few = ~many[found]
    return which[found[few]], entry[few], which[many]


def _first(pairs: Places) -> Places:
    """Of equally near pieces, keep the first: which one an index comes upon is chance."""
    order = np.lexsort((pairs[1], pairs[0]))
    _, first = np.unique(pairs[0][order], return_index=True)
    return np.asarray(pairs[:, order[first]], dtype=np.intp)


def _foremost(sites: SiteSet, zones: ZoneSet, parts: Places, owner: Places) -> Places:
    """Keep the parts that may be the nearest of their site: a part is no nearer than a point in
    it, less its own extent."""
    if not len(parts):
        return parts
    inner = shapely.point_on_surface(sites.plane[parts])
    found, gap = zones.tree.query_nearest(inner, return_distance=True, all_matches=False)
    upper = np.full(len(parts), np.inf)
    upper[found[0]] = gap
    west, south, east, north = shapely.bounds(sites.plane[parts]).T
    lower = upper - np.hypot(east - west, north - south)
    best = np.full(int(owner.max()) + 1, np.inf)
    np.minimum.at(best, owner[parts], upper)
    return np.asarray(parts[lower <= best[owner[parts]]], dtype=np.intp)


def geodesic_gap(pairs: Paired, most: float = np.inf) -> Floats:
    """Geodesic length of the shortest link between paired shapes in the plane, m; infinity for
    those that lie farther apart there than ``most``."""
    gap, ends = links(pairs, most)
    apart = np.flatnonzero((gap > 0.0) & (gap < np.inf))
    places = degrees_of(ends[apart].reshape(-1, 2)).reshape(-1, 2, 2)
    gap[apart] = geodesy.distances(places[:, 0], places[:, 1])
    return gap
