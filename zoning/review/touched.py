"""The zones that the sites touch, cut to their surroundings: what a reader lays beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.table import as_met
from zoning.measure.runs import spread
from zoning.measure.split import polygons_of
from zoning.messages import Text
from zoning.model import Finding, Project, ProjectResult, ZonesMet, met
from zoning.review.covered import evidence_by_zone
from zoning.review.index import named
from zoning.review.layers import Layers
from zoning.review.rectangles import apart
from zoning.review.zones import zone_names

if TYPE_CHECKING:
    from zoning.catalogue.embedded import LoadedLayer

#: So much is drawn of a zone beyond where it is nearest to its site, m.
_BEYOND_M = 500.0
#: No degree is shorter than this within the province, m; at 41° N one of longitude is 84 km.
_LEAST_DEGREE_M = 80_000.0
#: Beside more sites than this, and than it has parts, a zone is drawn whole: cut around each it
#: would be all holes. What has no names is one zone, and may have all parcels of a province.
_CUT_AROUND = 100
#: Vertices from which on clipping pays.
_MANY = 100
#: Most of what is united lies apart; GEOS below 3.12 cannot tell.
_union_all: Final = (
    shapely.disjoint_subset_union_all if shapely.geos_version >= (3, 12) else shapely.union_all
)


class Zone(NamedTuple):
    """A zone as it is drawn beside sites, whose ids it names, in EPSG:4490."""

    layer: str
    layer_name: Text
    zone: str
    evidence: str
    official: bool
    projects: str
    shape: Any


class Met(ZonesMet):
    """What zones sites meet or may meet, site by site."""

    __slots__ = ()

    @classmethod
    def joined(cls, parts: Sequence[tuple[NDArray[np.intp], Met]]) -> Met:
        """Put parts together, each with the positions of its sites among all."""
        known: dict[tuple[str, str], int] = {}
        said = [[known.setdefault(x, len(known)) for x in own.zones] for _, own in parts]
        numbers = [np.array(x, dtype=np.intp) for x in said]
        site = np.concatenate([at[own.site] for at, own in parts])
        order = np.argsort(site, kind="stable")
        zone = np.concatenate([x[own.zone] for x, (_, own) in zip(numbers, parts, strict=True)])
        zones, zone = as_met(list(known), zone[order])
        return cls(zones, site[order], zone, np.concatenate([x.far_m for _, x in parts])[order])

    def lots(self, most: int) -> list[Met]:
        """Divide it by zones, layer after layer, so that about as much is met in each lot."""
        layers = {layer: at for at, layer in enumerate(dict.fromkeys(x for x, _ in self.zones))}
        order = np.argsort([layers[layer] for layer, _ in self.zones], kind="stable")
        many = np.bincount(self.zone, minlength=len(order))[order]
        ends = np.searchsorted(np.cumsum(many) - many, np.arange(most, len(self.zone), most))
        lots = [own for own in np.split(order, np.unique(ends)) if len(own)]
        size = np.array([len(own) for own in lots], dtype=np.intp)
        lot, number = np.empty(len(order), dtype=np.intp), np.empty(len(order), dtype=np.intp)
        lot[order], number[order] = np.repeat(np.arange(len(lots)), size), spread(0 * size, size)
        whose = lot[self.zone]
        rows = np.argsort(whose, kind="stable")
        parts = np.split(rows, np.cumsum(np.bincount(whose, minlength=len(lots))))
        told = [[self.zones[at] for at in own.tolist()] for own in lots]
        return [
            Met(zones, self.site[own], number[self.zone[own]], self.far_m[own])
            for zones, own in zip(told, parts, strict=False)  # nothing is left for the last part
        ]


class Places(NamedTuple):
    """What sites are called, and their bounds in degrees, shape (n, 4)."""

    ids: list[str]
    bounds: NDArray[np.float64]

    @classmethod
    def of(cls, projects: Sequence[Project]) -> Places:
        """Return those of the sites of a review."""
        bounds = shapely.bounds([project.geometry for project in projects]).reshape(-1, 4)
        return cls([project.id for project in projects], bounds)


def touched_zones(results: Sequence[ProjectResult], layers: Layers) -> list[Zone]:
    """Return the zones that sites lie in or near enough to matter.

    Parameters
    ----------
    results : sequence of ProjectResult
        With the findings to look at.
    layers : Layers
        Those of the review.

    Returns
    -------
    list of Zone
        Cut to rectangles around the sites, which reach 500 m beyond where the zone comes nearest
        and are joined where they meet; or whole beside more than 100 sites.
    """
    places = Places.of([result.project for result in results])
    return cut_zones(met_zones(results), places, layers)


def met_zones(results: Sequence[ProjectResult]) -> Met:
    """Return what zones the findings of sites were measured at."""
    shapes = [result.project.geometry for result in results]
    placed = np.array(
        [at for at, x in enumerate(shapes) if x is not None and not x.is_empty], dtype=np.intp
    )
    found = met([results[at].findings for at in placed.tolist()], _zoned)
    return Met(found.zones, placed[found.site], found.zone, found.far_m)


def cut_zones(told: Met, places: Places, layers: Layers) -> list[Zone]:
    """Return zones as they are drawn beside sites, layer by layer in the order of the zones."""
    near = _Near.of(told)
    names = near.named(places.ids)
    asked: dict[str, list[int]] = {}
    for number, (layer, _) in enumerate(told.zones):
        asked.setdefault(layer, []).append(number)
    rows: list[Zone] = []
    for layer, numbers in asked.items():
        loaded = layers[layer]
        name, official = loaded.layer.name, loaded.record.official
        own = [told.zones[number][1] for number in numbers]
        cut = _cut(loaded, own, near.some(np.array(numbers)), places.bounds)
        rows += [
            Zone(layer, name, own[at], kind, official, names[numbers[at]], shape)
            for at, kind, shape in zip(*cut, strict=True)
        ]
    return rows


@dataclass(frozen=True)
class _Near:
    """The sites of each of some zones, in the order in which they are met.

    Attributes
    ----------
    counts : ndarray of intp, shape (zones,)
        How many sites each zone has.
    site : ndarray of intp, shape (n,)
        Positions of the sites, zone by zone.
    far_m : ndarray of float64, shape (n,)
        How far each is from the zone.
    """

    counts: NDArray[np.intp]
    site: NDArray[np.intp]
    far_m: NDArray[np.float64]

    @classmethod
    def of(cls, told: Met) -> _Near:
        """Put together what is told of sites; of two distances from a zone the farther counts."""
        site, zone = told.site, told.zone
        order = np.lexsort((site, zone))
        new = (np.diff(zone[order], prepend=-1) != 0) | (np.diff(site[order], prepend=-1) != 0)
        begins = np.flatnonzero(new)
        far_m = np.append(told.far_m[order], 0.0)
        most = np.maximum.reduceat(far_m, begins) if len(begins) else far_m[:0]
        first = order[begins]
        order = np.lexsort((first, zone[first]))
        counts = np.bincount(zone[first], minlength=len(told.zones))
        return cls(counts, site[first[order]], most[order])

    def some(self, which: NDArray[np.intp]) -> _Near:
        """Return the sites of some of the zones."""
        rows = spread((np.cumsum(self.counts) - self.counts)[which], self.counts[which])
        return _Near(self.counts[which], self.site[rows], self.far_m[rows])

    def named(self, ids: Sequence[str]) -> list[str]:
        """Return the names of the sites of each zone, in the order of the alphabet."""
        ordered = sorted(range(len(ids)), key=ids.__getitem__)
        rank = np.empty(len(ids), dtype=np.intp)
        rank[ordered] = np.arange(len(ids))
        ranks = rank[self.site]
        zone = np.repeat(np.arange(len(self.counts)), self.counts)
        names = [ids[ordered[at]] for at in ranks[np.lexsort((ranks, zone))].tolist()]
        ends = np.cumsum(self.counts).tolist()
        return [", ".join(names[low:high]) for low, high in pairwise([0, *ends])]


def _zoned(finding: Finding) -> bool:
    return bool(finding.zones)


def _cut(
    loaded: LoadedLayer, names: Sequence[str], near: _Near, bounds: NDArray[Any]
) -> tuple[list[int], list[str], list[Any]]:
    """Return place, evidence and shape of the zones of a layer, all parts of one together."""
    number = {name: at for at, name in enumerate(names)}
    table = named(loaded, number)
    if table is None:
        return [], [], []
    places = map(number.get, zone_names(loaded.layer, table), repeat(-1))
    zone = np.fromiter(places, dtype=np.intp, count=len(table))
    rows = np.argsort(zone, kind="stable")
    rows = rows[zone[rows] >= 0]
    own, begins, counts = np.unique(zone[rows], return_index=True, return_counts=True)
    shapes = table.geometry[rows]
    few = near.counts[own] <= np.maximum(_CUT_AROUND, counts)
    _cut_around(shapes, np.repeat(few, counts), counts[few], near.some(own[few]), bounds)
    cuts = _united(shapes, counts)
    kinds = evidence_by_zone(loaded.layer, table, str(loaded.record.evidence))
    drawn = np.flatnonzero(~shapely.is_empty(cuts))
    told = [kinds[row] for row in rows[begins[drawn]].tolist()]
    return own[drawn].tolist(), told, cuts[drawn].tolist()


def _cut_around(
    shapes: NDArray[Any],
    which: NDArray[np.bool_],
    counts: NDArray[np.intp],
    near: _Near,
    bounds: NDArray[Any],
) -> None:
    """Cut some shapes, so many of each zone, to the surroundings of its sites, so wide that the
    zone is seen there."""
    partly = np.flatnonzero(which)
    if not len(partly):
        return
    margin = (near.far_m + _BEYOND_M)[:, None] / _LEAST_DEGREE_M
    boxes = bounds[near.site] + margin * (-1, -1, 1, 1)
    # Most of very many zones are parcels that the surroundings of one site hold: they need no cut.
    inner, starts = shapely.bounds(shapes[partly]), np.cumsum(counts) - counts
    zone = np.repeat(np.arange(len(counts)), near.counts)
    low = np.minimum.reduceat(inner[:, :2], starts)[zone]
    high = np.maximum.reduceat(inner[:, 2:], starts)[zone]
    held = ((low >= boxes[:, :2]) & (high <= boxes[:, 2:])).all(axis=1)
    cut = np.bincount(zone[held], minlength=len(counts)) == 0
    boxes, zone = apart(boxes[cut[zone]], zone[cut[zone]])
    rows = np.flatnonzero(np.repeat(cut, counts))
    partly, inner, own = partly[rows], inner[rows], np.repeat(np.arange(len(counts)), counts)[rows]
    # One zone may be all parcels of a province: each is held against the boxes where it lies.
    at, box = shapely.STRtree(shapely.box(*boxes.T)).query(shapely.box(*inner.T))
    mine = own[at] == zone[box]
    at, box = at[mine], box[mine]
    low, high = inner[at, :2] >= boxes[box, :2], inner[at, 2:] <= boxes[box, 2:]
    beyond = np.ones(len(rows), dtype=bool)
    beyond[at[low.all(axis=1) & high.all(axis=1)]] = False
    some = beyond[at]
    shapes[partly[beyond]] = _within(
        shapes[partly[beyond]], boxes[box[some]], (np.cumsum(beyond) - 1)[at[some]]
    )


def _within(
    shapes: NDArray[Any], boxes: NDArray[np.float64], whose: NDArray[np.intp]
) -> NDArray[Any]:
    """Return what of each shape lies within its boxes, of which no two meet; ``whose`` ascends.

    A polygon of many vertices is clipped at a box, which takes a tenth of the time of an overlay.
    """
    out = np.full(len(shapes), None, dtype=object)
    flat = shapely.get_dimensions(shapes) == 2
    large = flat & (shapely.get_num_coordinates(shapes) > _MANY)
    _clip(shapes, boxes[large[whose]], whose[large[whose]], out)
    rest = shapely.is_missing(out)
    around = np.full(np.count_nonzero(rest), shapely.MultiPolygon(), dtype=object)
    drawn = shapely.box(*boxes[rest[whose]].T)
    shapely.multipolygons(drawn, indices=(np.cumsum(rest) - 1)[whose[rest[whose]]], out=around)
    out[rest] = shapely.intersection(shapes[rest], around)
    return out


def _clip(
    shapes: NDArray[Any],
    boxes: NDArray[np.float64],
    whose: NDArray[np.intp],
    out: NDArray[Any],
) -> None:
    """Put what of some polygons lies in their boxes into their places, where clipping can tell."""
    sides = zip(whose.tolist(), boxes.tolist(), strict=True)
    cut = np.array([shapely.clip_by_rect(shapes[at], *box) for at, box in sides], dtype=object)
    unsound = whose[~shapely.is_valid(cut)]
    pieces, own = polygons_of(cut)
    own = whose[own]
    several = np.bincount(own, minlength=len(shapes)) > 1
    out[own] = pieces
    rows = several[own]
    drawn, place = np.unique(own[rows], return_inverse=True)
    out[drawn] = shapely.multipolygons(pieces[rows], indices=place)
    out[unsound] = None


def _united(shapes: NDArray[Any], counts: NDArray[np.intp]) -> NDArray[Any]:
    """Return the unions of so many shapes each, in order; those of one number together."""
    begins = np.cumsum(counts) - counts
    out: NDArray[Any] = shapes[begins]
    for count in np.unique(counts[counts > 1]).tolist():
        at = np.flatnonzero(counts == count)
        own = begins[at, None] + np.arange(count)
        out[at] = _union_all(shapes[own], axis=1)
    return out
