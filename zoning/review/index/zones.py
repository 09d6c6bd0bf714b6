"""The zones of a stored layer: those that sites are measured against are made, and no others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zoning import measure
from zoning.base.table import Table
from zoning.catalogue.embedded import LoadedLayer
from zoning.measure import Boxes, SiteSet, ZoneSet
from zoning.model import Layer
from zoning.review.index.frame import StoredFrame
from zoning.review.index.pieces import Pieces

Places = NDArray[np.intp]

#: No more zones than this are held for the next question, unless one asks for more.
_MOST = 50_000
#: So many times fewer zones than are held are made by themselves.
_SMALL = 10


#: What a number or a truth value begins with.
_OF_NUMBERS = frozenset("-0123456789inTF")


class _Held:
    """Zones that were made, and their rows, ascending; replaced together."""

    def __init__(self) -> None:
        self.made: tuple[Places, ZoneSet] | None = None


def taken(loaded: LoadedLayer, rows: Sequence[int], columns: Iterable[str | None]) -> Table:
    """Return some rows of a layer that has zones: geometries, and those of columns it has."""
    where = np.asarray(rows, dtype=np.intp)
    if isinstance(loaded.stored, StoredFrame):
        return loaded.stored.some(where, columns)
    assert loaded.given is not None
    wanted = [x for x in dict.fromkeys(columns) if x is not None and x in loaded.given]
    return loaded.given.take(where, wanted)


def named(loaded: LoadedLayer, names: Collection[str]) -> Table | None:
    """Return the zones of a layer with at least those of some names; None without data."""
    if not isinstance(loaded.stored, StoredFrame):
        return loaded.given
    own = loaded.layer.name_field
    if own is None or own not in loaded.stored or loaded.layer.name.zh in names:
        return Table.of(loaded.stored.whole())
    words: Collection[object] = names
    if not loaded.stored.of_texts(own):  # numbers are named as they are written
        words = [*names, *(number for name in names for number in _numbers(name))]
    rows = np.flatnonzero(loaded.stored.isin(own, words))
    return loaded.stored.some(rows, (own, loaded.layer.evidence_field))


def _numbers(name: str) -> Iterable[bool | float]:
    """The values other than a text that may be written so."""
    if name[:1] not in _OF_NUMBERS:
        return
    if name in ("True", "False"):
        yield name == "True"
    for kind in (int, float):
        try:
            yield kind(name)
        except ValueError:
            continue


@dataclass(frozen=True)
class StoredZones:
    """The zones of an official layer that is kept.

    Attributes
    ----------
    layer : Layer
        With evidence ``official``: all its zones are equally well known, but for their widths.
    frame : StoredFrame
    rows : ndarray of intp or None
        Those of the zones meant, ascending; None for all.
    pieces : Pieces or None
        What earlier reviews cut of them.
    """

    layer: Layer
    frame: StoredFrame
    rows: Places | None = None
    pieces: Pieces | None = None
    by_number: bool = False
    _held: _Held = field(default_factory=_Held, repr=False)

    def __len__(self) -> int:
        return len(self.frame) if self.rows is None else len(self.rows)

    @property
    def worst_accuracy_m(self) -> float:
        """The positional accuracy of the layer, and half the width of its widest line, m."""
        half = max(self.layer.half_width_m.values(), default=0.0)
        return (self.layer.positional_accuracy_m or 0.0) + half

    def subset(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> StoredZones:
        """Return some zones, by mark or by position."""
        every = np.arange(len(self.frame)) if self.rows is None else self.rows
        return replace(self, rows=every[keep])

    def numbered(self) -> StoredZones:
        """Return the zones, each under its row instead of its name."""
        return replace(self, by_number=True)

    def near(self, sites: SiteSet, reach: float) -> ZoneSet:
        """Return the zones that may lie within reach (m) of a site or be the nearest to it."""
        order, boxes = self._boxes
        # As many sites as zones concern nearly all of them: finding out which costs more.
        if len(order) <= len(sites.geometries):
            return self._named(order)
        rows = boxes.near(sites, reach, lambda these: self.frame.shapes(order[these]))
        return self._named(order if rows is None else order[rows])

    def within(self, sites: SiteSet, reach: float) -> ZoneSet:
        """Return the zones that may lie within reach (m) of a site."""
        order, boxes = self._boxes
        few = len(order) > len(sites.geometries)
        rows = boxes.within(sites, reach) if few else None
        return replace(self._named(order if rows is None else order[rows]), asked=(sites, reach))

    @cached_property
    def _boxes(self) -> tuple[Places, Boxes]:
        """The rows of the zones, neighbours one after the other, and the boxes around them."""
        order, bounds = self.frame.order, self.frame.bounds
        if self.rows is not None:
            meant = np.zeros(len(self.frame), dtype=bool)
            meant[self.rows] = True
            order, bounds = order[meant[order]], bounds[meant[order]]
        return order, Boxes(bounds)

    def _named(self, rows: Places) -> ZoneSet:
        rows = np.sort(rows)
        zones = self._made(rows)
        if not self.by_number:
            return zones
        return replace(zones, names=[str(row) for row in rows.tolist()], origin=zones.home)

    def forget(self) -> None:
        """Hold no zones any longer; those asked for next are made again."""
        self._held.made = None

    def _made(self, rows: Places) -> ZoneSet:
        """Make zones, from those made before where all of them are there."""
        held = self._held.made
        if held is not None and np.isin(rows, held[0], assume_unique=True).all():
            return held[1].subset(np.searchsorted(held[0], rows))
        if held is not None and len(rows) * _SMALL < len(held[0]):
            return self._fresh(rows)
        wanted = rows if held is None else np.union1d(held[0], rows)
        wanted = wanted if len(wanted) <= _MOST else rows
        self._held.made = wanted, self._fresh(wanted)
        return self._made(rows)

    def _fresh(self, rows: Places) -> ZoneSet:
        named = self.frame.values(rows, (self.layer.name_field, self.layer.half_width_by))
        # Most zones are near a site without being met: their pieces say how far away they are.
        shapes = measure.Shapes(len(rows), lambda which: self.frame.shapes(rows[which]))
        zones = measure.zone_set(self.layer, named, shapes)
        return replace(zones, memory=(self.pieces, rows) if self.pieces is not None else None)
