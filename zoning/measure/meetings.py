"""Which sites meet which zones of a layer, as columns; a measure is made when one is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.measure.links import Paired
from zoning.measure.overlaps import Jobs, Overlaps
from zoning.measure.pairs import Floats, Places, geodesic_gap
from zoning.measure.runs import spread
from zoning.measure.zones import SiteSet, ZoneSet
from zoning.model import FIGURES, Measure, Totals, Tri, Zoned

Marks = NDArray[np.bool_]

_TRI = tuple(Tri)
_NO, _UNKNOWN, _YES = (_TRI.index(tri) for tri in (Tri.NO, Tri.UNKNOWN, Tri.YES))
_SIZES = ("depth_m", "area_m2", "raw_area_m2", "length_m", "raw_length_m")
#: What a pair comes to that does not meet.
NOTHING: Mapping[str, Any] = dict.fromkeys(_SIZES, 0.0) | {"geometry": None}


@dataclass(frozen=True, slots=True)
class Relation:
    """One site against one layer: the dissolved total, and each zone that it meets or may meet.

    ``total`` is None where the layer has no zones at all.
    """

    total: Measure | None
    zones: tuple[Measure, ...] = ()


class Meetings(Mapping[int, Relation]):
    """The sites within reach of a zone, by position.

    What the law asks of all sites is worked out for all of them at once: whether a site meets the
    zones, and what share of it lies inside. A *row* is a site and a zone within reach of each
    other; rows are in the order of the sites, and of one site the nearest zone comes first.

    Parameters
    ----------
    sites : SiteSet
    zones : ZoneSet
    pairs : tuple of (ndarray of intp, ndarray of intp, ndarray of float64)
        Site and piece of a zone, and the gap between them in m.
    reach, distance_m : float
        How far a zone may be to be told of, and to be met, m.
    sample : int
        Vertices at which depth is taken.
    apart : bool
        Whether the zones that lie within a band are measured site by site, when they are asked for.

    Attributes
    ----------
    places : ndarray of intp, shape (n,)
        The sites, ascending.
    touches : ndarray of int, shape (n,)
        Position in ``Tri`` of whether the zones together are met.
    zoned : ndarray of bool, shape (n,)
        Whether a zone is met, or may be.
    gaps, share, accuracy_m : ndarray of float64, shape (n,)
        How far the nearest zone is, m, what share lies inside, and how well the zones are known, m.
    """

    def __init__(
        self,
        sites: SiteSet,
        zones: ZoneSet,
        pairs: tuple[Places, Places, Floats],
        reach: float,
        distance_m: float,
        sample: int,
        *,
        apart: bool,
    ) -> None:
        self._sites, self._zones = sites, zones
        self._distance_m, self._sample, self._apart = distance_m, sample, apart
        self._group(pairs, reach)
        first = np.diff(self._site, prepend=-1) != 0
        self._begin = np.append(np.flatnonzero(first), len(self._site))
        self.places = self._site[first]
        self._met = self._gap <= distance_m
        self._many = _over(np.add, self._met.astype(np.intp), self._begin)
        self._parts: dict[int, Overlaps] = {}
        self._settle()

    def _group(self, pairs: tuple[Places, Places, Floats], reach: float) -> None:
        """Put the pieces of each site and zone together."""
        site, piece, gap = pairs
        zone = self._zones.pieces[1][piece] if len(piece) else piece
        order = np.lexsort((piece, zone, site))
        site, zone = site[order], zone[order]
        self._piece, self._piece_gap = piece[order], gap[order]
        new = (np.diff(site, prepend=-1) != 0) | (np.diff(zone, prepend=-1) != 0)
        begin = np.append(np.flatnonzero(new), len(site))
        # Of pieces that are not the nearest of their zone the gap may not be known.
        least = _over(np.fmin, self._piece_gap, begin)
        site, zone = site[new], zone[new]
        order = np.lexsort((zone, least, site))
        order = order[least[order] <= reach]
        self._site, self._zone, self._gap = site[order], zone[order], least[order]
        self._runs = begin[:-1][order], begin[1:][order]

    def _settle(self) -> None:
        """Say of all sites at once what the law asks."""
        accuracy = self._zones.accuracy_m[self._zone]
        first = self._begin[:-1]
        self.gaps = self._gap[first]
        met = _over(np.maximum, np.where(self._met, accuracy, -np.inf), self._begin)
        self.accuracy_m = np.where(self._many > 0, met, accuracy[first])
        if self._distance_m > 0.0:
            here = self._gap < self._distance_m
            total = here[first]
        else:
            here = np.zeros(len(self._site), dtype=bool)
            if self._met.any():
                here[self._met] = self._single.extents > 0.0
            total, several = here[first], self._many > 1
            if several.any():
                total[several] = self._several.extents > 0.0
        self._touch = _touches(here, self._gap - self._distance_m, accuracy)
        self.touches = _touches(total, self.gaps - self._distance_m, self.accuracy_m)
        doubtful = _over(np.logical_or, self._touch == _UNKNOWN, self._begin)
        self.touches[(self.touches == _NO) & doubtful] = _UNKNOWN
        self.zoned = _over(np.logical_or, self._touch != _NO, self._begin)
        self.share = np.zeros(len(self.places))
        for rows, found, which in self._settled():
            self.share[rows] = found.shares[which]

    def _jobs(self, which: Places) -> Jobs:
        """List what to measure of sites, by place: each with all the zones that it meets."""
        begin, many, zone = self._begin[which], self._many[which], self._zone
        runs = zip(begin.tolist(), (begin + many).tolist(), strict=True)
        rows = [range(low, high) for low, high in runs]
        zones = [tuple(sorted(zone[own.start : own.stop].tolist())) for own in rows]

        def pieces(some: list[int]) -> list[Places]:
            return self._pieces([rows[at] for at in some])

        return Jobs(self.places[which], zones, self._gap[begin], pieces)

    def _rows(self, rows: Places) -> Jobs:
        """List what to measure of rows: each site with one zone."""
        zones = list(zip(self._zone[rows].tolist(), strict=True))
        every = rows.tolist()

        def pieces(some: list[int]) -> list[Places]:
            return self._pieces([range(every[at], every[at] + 1) for at in some])

        return Jobs(self._site[rows], zones, self._gap[rows], pieces)

    def _pieces(self, runs: list[range]) -> list[Places]:
        """Return the pieces of runs of rows that lie within the band."""
        rows = np.concatenate([np.arange(run.start, run.stop) for run in runs])
        begin, end = (side[rows] for side in self._runs)
        place, site = spread(begin, end - begin), np.repeat(self._site[rows], end - begin)
        new = np.isnan(self._piece_gap[place])
        piece = self._piece[place[new]]
        pairs = Paired(self._sites.plane, self._zones.pieces[0], site[new], piece)
        self._piece_gap[place[new]] = geodesic_gap(pairs)
        run = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
        kept = self._piece_gap[place] <= self._distance_m
        ends = np.cumsum(np.bincount(np.repeat(run, end - begin)[kept], minlength=len(runs)))
        return np.split(self._piece[place[kept]], ends[:-1])

    def _overlaps(self, jobs: Jobs) -> Overlaps:
        return Overlaps(self._sites, self._zones, jobs, self._distance_m, self._sample)

    @cached_property
    def _single(self) -> Overlaps:
        """Each site with each zone that it meets."""
        return self._overlaps(self._rows(np.flatnonzero(self._met)))

    @cached_property
    def _several(self) -> Overlaps:
        """Each site with all the zones that it meets: those that meet more than one, or any that
        lies within a band."""
        least = 0 if self._distance_m > 0.0 else 1
        return self._overlaps(self._jobs(np.flatnonzero(self._many > least)))

    def _settled(self) -> Iterator[tuple[Places, Overlaps, Places]]:
        """Yield which sites meet zones, what these come to, and where that is told of each."""
        least = 0 if self._distance_m > 0.0 else 1
        some, alone = np.flatnonzero(self._many > least), np.flatnonzero(self._many == least)
        if len(some):
            yield some, self._several, np.arange(len(some))
        if least and len(alone):
            yield alone, self._single, self._number[self._begin[alone]]

    def totals(self, sites: Places) -> Totals:
        """Return what some sites come to with all their zones, those of them that are within
        reach."""
        at, own = self._places_of(sites)
        known = {"distance_m": self.gaps, "share": self.share, "accuracy_m": self.accuracy_m}
        figures = np.zeros((len(FIGURES), len(own)))
        figures[[FIGURES.index(name) for name in known]] = [x[own] for x in known.values()]
        shapes = np.full(len(own), None)
        for rows, found, which in self._settled():
            here = np.flatnonzero(np.isin(own, rows, assume_unique=True))
            told = which[np.searchsorted(rows, own[here])]
            sizes = (found.areas, found.raw_areas, found.lengths, found.raw_lengths)
            for name, values in zip(
                _SIZES, (found.depths(told), *(x[told] for x in sizes)), strict=True
            ):
                figures[FIGURES.index(name), here] = values
            shapes[here] = found.shapes[told]
        shapes[shapely.is_empty(shapes)] = None
        return Totals(at, figures, shapes)

    def zones_of(self, sites: Places) -> Zoned:
        """Return the zones that some sites meet, or may meet."""
        at, own = self._places_of(sites)
        many = np.diff(self._begin)[own]
        rows = np.repeat(self._begin[own] - np.cumsum(many) + many, many) + np.arange(many.sum())
        kept = self._touch[rows] != _NO
        rows = rows[kept]
        names = [self._zones.names[zone] for zone in self._zone[rows].tolist()]
        layers = [self._zones.layer] * len(rows)
        return Zoned(np.repeat(at, many)[kept], layers, names, self._gap[rows])

    def _places_of(self, sites: Places) -> tuple[Places, Places]:
        """Return which of some sites are within reach, and the places of these."""
        own = np.searchsorted(self.places, sites)
        at = np.flatnonzero(np.append(self.places, -1)[own] == sites)
        return at, own[at]

    @cached_property
    def _number(self) -> Places:
        """Of each row that is met, its place among these."""
        return np.cumsum(self._met) - 1

    @cached_property
    def shallow(self) -> Marks:
        """Mark the sites that reach in less deep than the zones are known."""
        out = self.accuracy_m > 0.0
        if out.any():
            for rows, found, which in self._settled():
                limit = np.zeros(len(found.shapes))
                limit[which] = self.accuracy_m[rows]
                out[rows] &= found.shallow(limit)[which]
        return out

    def met(self) -> Iterator[tuple[list[int], list[str]]]:
        """Yield sites that meet the same zones, and the names of these."""
        yes = self._touch == _YES
        zones, ends = self._zone[yes].tolist(), np.cumsum(yes)[self._begin[1:] - 1].tolist()
        alike: dict[tuple[int, ...], list[int]] = {}
        for site, low, high in zip(self.places.tolist(), [0, *ends], ends, strict=False):
            alike.setdefault(tuple(zones[low:high]), []).append(site)
        for which, sites in alike.items():
            yield sites, [self._zones.names[zone] for zone in which]

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[int]:
        return iter(self.places.tolist())

    def __contains__(self, site: object) -> bool:
        return site in self._positions

    def __getitem__(self, site: int) -> Relation:
        return self._relation(self._positions[site])

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {site: at for at, site in enumerate(self.places.tolist())}

    def _relation(self, at: int) -> Relation:
        begin, end = self._begin[at : at + 2].tolist()
        rows = np.arange(begin, end)[self._touch[begin:end] != _NO].tolist()
        return Relation(self._total(at), tuple(self._row(at, row) for row in rows))

    def _total(self, at: int) -> Measure:
        begin, many = int(self._begin[at]), int(self._many[at])
        zones = sorted(self._zone[begin : begin + max(many, 1)].tolist())
        return Measure.later(
            partial(self._figures, at),
            layer=self._zones.layer,
            zone="、".join(dict.fromkeys(self._zones.names[zone] for zone in zones)),
            distance_m=float(self._gap[begin]),
            share=float(self.share[at]),
            accuracy_m=float(self.accuracy_m[at]),
            touches=_TRI[self.touches[at]],
        )

    def _row(self, at: int, row: int) -> Measure:
        zone = int(self._zone[row])
        return Measure.later(
            partial(self._row_figures, at, row),
            layer=self._zones.layer,
            zone=self._zones.names[zone],
            distance_m=float(self._gap[row]),
            accuracy_m=float(self._zones.accuracy_m[zone]),
            touches=_TRI[self._touch[row]],
        )

    def _figures(self, at: int, name: str) -> Mapping[str, Any]:
        """Return what a site comes to with all its zones together."""
        many = int(self._many[at])
        if not many:
            return NOTHING
        if self._distance_m > 0.0 or many > 1:
            return self._several.told(int(self._place[at]), name)
        return self._single.told(int(self._number[self._begin[at]]), name)

    @cached_property
    def _place(self) -> Places:
        """Of each site in ``_several``, its place there."""
        return np.cumsum(self._many > (0 if self._distance_m > 0.0 else 1)) - 1

    def _row_figures(self, at: int, row: int, name: str) -> Mapping[str, Any]:
        """Return what a site comes to with one zone."""
        if not self._met[row]:
            return {"share": 0.0, **NOTHING}
        if self._distance_m > 0.0 and self._many[at] == 1:
            return self._several.told(int(self._place[at]), name)
        if self._distance_m > 0.0 and self._apart:
            begin = int(self._begin[at])
            if at not in self._parts:
                own = np.arange(begin, begin + int(self._many[at]))
                self._parts[at] = self._overlaps(self._rows(own))
            return self._parts[at].told(row - begin, name)
        return self._single.told(int(self._number[row]), name)


def _over(function: np.ufunc, values: NDArray[Any], begin: Places) -> NDArray[Any]:
    """Take a function over runs of values, none of which is empty."""
    return np.asarray(function.reduceat(values, begin[:-1])) if len(begin) > 1 else values[:0]


def _touches(here: Marks, beyond: Floats, accuracy: Floats) -> NDArray[np.intp]:
    """Say whether zones are met, as positions in ``Tri``."""
    unsure = (accuracy > 0.0) & (beyond <= accuracy)
    return np.where(here, _YES, np.where(unsure, _UNKNOWN, _NO))
