"""Zones and sites prepared for measuring: in degrees, in the plane, and in a spatial index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import geodesy
from zoning.base.plane import scale, to_degrees, to_plane
from zoning.measure.runs import Cuts, Memory, Runs, spread
from zoning.measure.shapes import Shapes
from zoning.measure.split import LARGE, cut, cut_all
from zoning.measure.unions import union_of

if TYPE_CHECKING:
    from zoning.measure.near import Boxes
    from zoning.measure.parts import Parts

#: Lines are cut into pieces of at most this many vertices (about 7 km), so that the index can be
#: selective and the plane's scale is the same all along a piece, to 3 cm on a band of 1 km.
_PIECE = 8

#: Polygons are cut for the index, too: a distance costs the product of both sides' vertices.
_AREA = 100

#: A layer of no more zones than this is taken as it is.
_ALL = 4

#: A site of no more vertices than this is asked for directly instead of by its box.
FEW = 50

#: Segments per quarter circle of a drawn band; its area is then 0.04 % short on a full circle.
_QUARTER = 32


@dataclass(frozen=True)
class SiteSet:
    """The sites under review.

    Attributes
    ----------
    geometries : ndarray of shapely geometry, shape (n,)
        2-D, valid, EPSG:4490, longitude first.
    origin : tuple of (SiteSet, ndarray of intp), optional
        The set that this is a part of, and the positions of its sites there.
    """

    geometries: NDArray[Any]
    origin: tuple[SiteSet, NDArray[np.intp]] | None = field(default=None, repr=False)
    #: What was found within reach the last time, for the next question of the same zones.
    reached: list[Any] = field(default_factory=list, repr=False, compare=False)

    def subset(self, places: NDArray[np.intp]) -> SiteSet:
        """Return some sites; what is prepared of them is prepared once for all subsets."""
        return SiteSet(self.geometries[places], (self, places))

    @cached_property
    def plane(self) -> NDArray[Any]:
        """The sites in the plane, m."""
        if self.origin is None:
            out: NDArray[Any] = to_plane(self.geometries)
            shapely.prepare(out)
            return out
        whole, places = self.origin
        known = whole._in_plane
        new = places[shapely.is_missing(known[places])]
        known[new] = to_plane(whole.geometries[new])
        found = np.asarray(known[places], dtype=object)
        shapely.prepare(found)
        return found

    @cached_property
    def _in_plane(self) -> NDArray[Any]:
        """Those of the sites in the plane that subsets asked for."""
        return np.full(len(self.geometries), None, dtype=object)

    @cached_property
    def frames(self) -> NDArray[Any]:
        """The boxes around the sites in the plane, small sites as they are."""
        return _boxed(self.plane, 1e-3)

    @cached_property
    def boxed(self) -> NDArray[np.bool_]:
        """Mark the sites for which a box stands in ``frames``."""
        return np.asarray(shapely.get_num_coordinates(self.geometries) > FEW, dtype=bool)

    @cached_property
    def boxes(self) -> NDArray[Any]:
        """The boxes around the sites in degrees; what holds a box holds what is in it."""
        return _boxed(self.geometries, 1e-9)

    @cached_property
    def split(self) -> Parts | None:
        """The sites with the very large ones cut into parts; None if there are none."""
        from zoning.measure.parts import Parts

        large = shapely.get_num_coordinates(self.geometries) > LARGE
        if not large.any():
            return None
        parts = [cut(g) if big else [g] for g, big in zip(self.geometries, large, strict=True)]
        owner = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
        return Parts(SiteSet(np.concatenate([np.asarray(p, dtype=object) for p in parts])), owner)

    @cached_property
    def sizes(self) -> NDArray[np.float64]:
        """Ellipsoidal area of each site in m², or its geodesic length in m where it has none."""
        return np.where(self.areas > 0.0, self.areas, self.lengths)

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """Ellipsoidal area of each site, m²; 0 for lines and points."""
        if self.origin is not None:
            return self.origin[0].areas[self.origin[1]]
        return geodesy.areas(self.geometries)

    @cached_property
    def dimensions(self) -> NDArray[np.int32]:
        """2 for polygons, 1 for lines, 0 for points."""
        return np.asarray(shapely.get_dimensions(self.geometries), dtype=np.int32)

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Geodesic length of each site, m; 0 for polygons and points."""
        if self.origin is not None:
            return self.origin[0].lengths[self.origin[1]]
        return geodesy.lengths(self.geometries)


class Zones(Protocol):
    """The zones of a layer, whether or not they are in memory."""

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    @property
    def worst_accuracy_m(self) -> float:
        """The coarsest positional accuracy among the zones."""
        ...

    def subset(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> Zones:
        """Return some zones, by mark or by position."""
        ...

    def numbered(self) -> Zones:
        """Return the zones, each under its position instead of its name."""
        ...

    def near(self, sites: SiteSet, reach: float) -> ZoneSet:
        """Return the zones that may lie within reach (m) of a site or be the nearest to it."""
        ...

    def within(self, sites: SiteSet, reach: float) -> ZoneSet:
        """Return the zones that may lie within reach (m) of a site."""
        ...


@dataclass(frozen=True)
class ZoneSet:
    """The zones of one layer.

    Attributes
    ----------
    layer : str
        Layer id.
    geometries : ndarray of shapely geometry, shape (m,), or Shapes
        2-D, valid, EPSG:4490.
    names : sequence of str, length m
    accuracy_m : ndarray of float64, shape (m,)
        Positional accuracy of each zone.
    sliver_width_m, min_area_m2, min_length_m : float
        The layer's tolerances.
    origin : tuple of (ZoneSet, ndarray of intp), optional
        The set that this is a part of, and the positions of its zones there.
    memory : tuple of (Memory, ndarray of intp), optional
        Who knows pieces from before, and the row under which it knows each zone.
    asked : tuple of (SiteSet, float), optional
        The sites that the pieces are for, and how far from them (m) any matters; of pieces that are
        known from before no others are read, and None stands in their place.
    """

    layer: str
    geometries: NDArray[Any] | Shapes
    names: Sequence[str]
    accuracy_m: NDArray[np.float64]
    sliver_width_m: float = 0.0
    min_area_m2: float = 0.0
    min_length_m: float = 0.0
    origin: tuple[ZoneSet, NDArray[np.intp]] | None = field(default=None, repr=False)
    memory: tuple[Memory, NDArray[np.intp]] | None = field(default=None, repr=False)
    asked: tuple[SiteSet, float] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.geometries)

    def subset(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> ZoneSet:
        """Return some zones, by mark or by position; they share what was prepared for all."""
        rows = np.arange(len(self))[keep]
        whole, places = self.home
        shapes = self.geometries
        return ZoneSet(
            self.layer,
            shapes.some(rows) if isinstance(shapes, Shapes) else shapes[rows],
            [self.names[row] for row in rows.tolist()],
            self.accuracy_m[rows],
            self.sliver_width_m,
            self.min_area_m2,
            self.min_length_m,
            (whole, places[rows]),
        )

    def near(self, sites: SiteSet, reach: float) -> ZoneSet:
        """Return the zones that may lie within reach (m) of a site or be the nearest to it."""
        if len(self) <= max(_ALL, len(sites.geometries)):
            return self
        rows = self.boxes.near(sites, reach, lambda these: self.geometries[these])
        return self if rows is None or len(rows) == len(self) else self.subset(rows)

    def within(self, sites: SiteSet, reach: float) -> ZoneSet:
        """Return the zones that may lie within reach (m) of a site."""
        if len(self) <= max(_ALL, len(sites.geometries)):
            return self
        rows = self.boxes.within(sites, reach)
        return self if rows is None or len(rows) == len(self) else self.subset(rows)

    def numbered(self) -> ZoneSet:
        """Return the zones, each under its position instead of its name."""
        names = [str(row) for row in range(len(self))]
        return replace(self, names=names, origin=self.home)

    @property
    def home(self) -> tuple[ZoneSet, NDArray[np.intp]]:
        """The set for which things are prepared, and the positions of these zones there."""
        return self.origin or (self, np.arange(len(self)))

    @cached_property
    def boxes(self) -> Boxes:
        """The boxes around the zones, in degrees."""
        from zoning.measure.near import Boxes

        return Boxes(shapely.bounds(self.geometries))

    @property
    def worst_accuracy_m(self) -> float:
        """The coarsest positional accuracy among the zones."""
        return float(self.accuracy_m.max()) if len(self.accuracy_m) else 0.0

    @cached_property
    def pieces(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Planar pieces small enough for the index, and the zone each belongs to."""
        whole, rows = self.home
        cut = whole._cut(rows, self.asked)
        return cut.pieces, np.repeat(np.arange(len(rows)), cut.counts)

    def _cut(self, rows: NDArray[np.intp], asked: tuple[SiteSet, float] | None) -> Runs:
        """Return the pieces of some zones, each zone cut once."""
        done = self._cuts
        new = np.unique(rows[~done.has(rows)])
        if self.memory is None:
            self._cut_now(new)
            return done.runs(rows)
        memory, names = self.memory
        # Names ascend with rows.
        known = memory.recall(names[new])
        done.expect(known._replace(rows=np.searchsorted(names, known.rows)))
        self._cut_now(new[~done.has(new)])
        which, places = done.unread(rows, None if asked is None else partial(_reached, *asked))
        pieces = memory.read(places) if len(places) else places
        if pieces is None:
            done.forget_unread()
            return self._cut(rows, asked)
        done.fill(which, pieces)
        return done.runs(rows)

    def _cut_now(self, new: NDArray[np.intp]) -> None:
        """Cut some zones."""
        if not len(new):
            return
        pieces, owner = cut_zones(to_plane(self.geometries[new]))
        cut = Runs(new, np.bincount(owner, minlength=len(new)), pieces)
        self._cuts.add(cut)
        if self.memory is not None:
            self.memory[0].keep(cut.of(self.memory[1][new]))

    @cached_property
    def _cuts(self) -> Cuts:
        return Cuts(len(self))

    def prepared(self, which: NDArray[np.intp]) -> NDArray[Any]:
        """Return some zones in degrees, indexed for repeated questions."""
        out: NDArray[Any] = self.geometries[which]
        shapely.prepare(out)
        return out

    def band(self, which: NDArray[np.intp], distance_m: float) -> NDArray[Any]:
        """Draw the bands of given width around some pieces, in the plane."""
        pieces = self.pieces[0][which]
        middle = to_degrees(shapely.centroid(pieces))
        x = shapely.get_coordinates(shapely.centroid(pieces))[:, 0]
        width = distance_m * scale(x, shapely.get_coordinates(middle)[:, 1])
        out: NDArray[Any] = shapely.buffer(pieces, width, quad_segs=_QUARTER)
        return out

    def dissolved(self, which: tuple[int, ...]) -> Any:
        """Return some zones as one geometry, in degrees; kept for later."""
        if len(which) == 1:
            return self.geometries[which[0]]
        whole, rows = self.home
        known, key = whole._dissolved, tuple(rows[list(which)].tolist())
        if key not in known:
            known[key] = union_of(self.geometries[list(which)])
        return known[key]

    @cached_property
    def _dissolved(self) -> dict[tuple[int, ...], Any]:
        return {}

    def rim(self, which: tuple[int, ...]) -> shapely.STRtree:
        """Index over the boundary of some zones dissolved, in the plane; kept for later."""
        whole, rows = self.home
        known, key = whole._rims, tuple(rows[list(which)].tolist())
        if key not in known:
            joined = np.array([self.dissolved(which)], dtype=object)
            edges = shapely.get_parts(shapely.boundary(to_plane(joined)))
            known[key] = shapely.STRtree(_cut_lines(edges)[0])
        return known[key]

    @cached_property
    def _rims(self) -> dict[tuple[int, ...], shapely.STRtree]:
        return {}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index over :attr:`pieces`."""
        return shapely.STRtree(self.pieces[0])


def _reached(sites: SiteSet, reach: float, bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the boxes in the plane that may lie within reach of a site."""
    from zoning.measure.near import reached

    return reached(shapely.bounds(sites.plane), bounds, reach)


def _boxed(geometries: NDArray[Any], margin: float) -> NDArray[Any]:
    """Return the boxes, a little wider, around geometries of more than a few vertices."""
    out = geometries.copy()
    many = shapely.get_num_coordinates(geometries) > FEW
    west, south, east, north = shapely.bounds(geometries[many]).T
    out[many] = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return out


def cut_zones(zones: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Cut zones into pieces for the index, zone by zone.

    Parameters
    ----------
    zones : ndarray of shapely geometry
        In the plane.

    Returns
    -------
    pieces : ndarray of shapely geometry
        Most zones are small and stay as they are.
    owner : ndarray of intp
        The zone of each piece, ascending.
    """
    parts, owner = shapely.get_parts(zones, return_index=True)
    kind, count = shapely.get_type_id(parts), shapely.get_num_coordinates(parts)
    line = np.isin(kind, (1, 2)) & (count > _PIECE)
    area = (kind == 3) & (count > _AREA)
    if not (line.any() or area.any()):
        return parts, owner
    runs, whose = _cut_lines(parts[line])
    whose = np.flatnonzero(line)[whose]
    areas, where = cut_all(parts[area], _AREA)
    small = np.flatnonzero(~(line | area))
    place = np.concatenate((small, whose, np.flatnonzero(area)[where])).astype(np.intp)
    order = np.argsort(place, kind="stable")
    pieces = np.concatenate((parts[small], runs, areas))[order]
    return pieces, owner[place[order]]


def _cut_lines(lines: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Cut lines into runs of ``_PIECE`` vertices that share end vertices; the line of each."""
    xy = shapely.get_coordinates(lines)
    count = shapely.get_num_coordinates(lines).astype(np.intp)
    first, runs = np.cumsum(count) - count, -(-(count - 1) // (_PIECE - 1))
    owner = np.repeat(np.arange(len(lines)), runs)
    start = first[owner] + (_PIECE - 1) * spread(np.zeros_like(runs), runs)
    size = np.minimum(start + _PIECE, (first + count)[owner]) - start
    whose = np.repeat(np.arange(len(start)), size)
    return shapely.linestrings(xy[spread(start, size)], indices=whose), owner
