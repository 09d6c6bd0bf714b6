"""Pieces of large zones kept between runs: cutting a zone takes longer than reading its pieces."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import cache
from zoning.base.arrays import Arrays, DamagedError, write_arrays
from zoning.base.shelf import WRONG, folder, hashed, slot_of
from zoning.catalogue.embedded import LoadedLayer
from zoning.measure.runs import Known, Runs, spread
from zoning.review.index.shelf import Shelf

_log = logging.getLogger(__name__)

_PART: Final = "pieces"
#: Pieces are written when there are so many new ones, and a tenth of those written before.
_FEW: Final = 32


class _Stored(NamedTuple):
    """The zones, the first piece of each, the bounds of each piece and where it ends; the file."""

    rows: NDArray[Any]
    first: NDArray[Any]
    bounds: NDArray[Any]
    ends: NDArray[Any]
    file: Arrays | None


_NONE: Final = np.zeros(1, dtype=np.int64)
_NOTHING: Final = _Stored(_NONE[:0], _NONE, np.empty((0, 4)), _NONE, None)


@dataclass(frozen=True)
class Pieces:
    """The pieces of a layer's zones that earlier reviews cut, and those that this one cuts.

    Attributes
    ----------
    shelf : Shelf
        Of the layer.
    """

    shelf: Shelf
    _new: list[Runs] = field(default_factory=list, repr=False)

    def recall(self, rows: NDArray[np.intp]) -> Known:
        """Return what is told of the pieces of those of some zones, by row and ascending."""
        rows = rows[np.isin(rows, self._stored.rows, assume_unique=True)]
        place = np.searchsorted(self._stored.rows, rows)
        starts = self._stored.first[place]
        counts = self._stored.first[place + 1] - starts
        which = spread(starts, counts)
        return Known(rows, counts, self._stored.bounds[which], which)

    def read(self, places: NDArray[np.intp]) -> NDArray[Any] | None:
        """Return pieces; None where the file is damaged, which goes."""
        _, _, _, ends, file = self._stored
        try:
            drawn = [] if file is None else file.slices("shapes", ends[places], ends[places + 1])
        except DamagedError as error:
            _log.info("%s: %s: cut again", self.shelf.layer, error)
            self.shelf.path(_PART).unlink(missing_ok=True)
            self.__dict__["_stored"] = _NOTHING
            return None
        made: NDArray[Any] = shapely.from_wkb(np.array(drawn, dtype=object))
        return made

    def keep(self, runs: Runs) -> None:
        """Take the pieces of zones that were cut, by row."""
        self._new.append(runs)

    def write(self) -> None:
        """Write the pieces if enough of them are new; whoever writes last is read next."""
        fresh = sum(len(runs.pieces) for runs in self._new)
        if fresh < _FEW + len(self._stored.bounds) // 10:
            return
        known = self.recall(self._stored.rows)
        before = self.read(known.places)
        parts = [] if before is None else [Runs(known.rows, known.counts, before)]
        every = Runs.joined([*parts, *self._new])
        _, once = np.unique(every.rows, return_index=True)
        every = every.some(once)
        drawn = shapely.to_wkb(every.pieces).tolist()
        arrays: dict[str, NDArray[Any]] = {
            "rows": every.rows.astype(np.int64),
            "first": np.cumsum([0, *every.counts.tolist()], dtype=np.int64),
            "bounds": shapely.bounds(every.pieces),
            "ends": np.cumsum([0, *map(len, drawn)], dtype=np.int64),
            "shapes": np.frombuffer(b"".join(drawn), dtype=np.uint8),
        }
        try:
            write_arrays(self.shelf.path(_PART), self.shelf.about(self.shelf.key), arrays)
            self.shelf.remove_older()
            self._new.clear()
            self.__dict__.pop("_stored", None)
        except OSError as error:
            _log.info("%s: pieces not kept: %s", self.shelf.layer, error)

    @cached_property
    def _stored(self) -> _Stored:
        try:
            found = self.shelf.opened(_PART, self.shelf.key)
            if found is not None:
                rows, first, ends = (found[name] for name in ("rows", "first", "ends"))
                return _Stored(rows, first, found["bounds"], ends, found)
        except WRONG as error:
            _log.info("%s: %s: cut again", self.shelf.layer, error)
        return _NOTHING


def of_embedded(loaded: LoadedLayer) -> Pieces | None:
    """Return the pieces of an embedded layer; None where no cache is wanted."""
    shelf = shelf_of(loaded)
    return None if shelf is None else Pieces(shelf)


def shelf_of(loaded: LoadedLayer) -> Shelf | None:
    """Return the place of an embedded layer in the cache; None where no cache is wanted."""
    place, digest = folder(), loaded.record.sha256
    if place is None or digest is None or loaded.record.official:
        return None
    key = hashed(cache.tool(), digest, repr(loaded.layer.source))
    return Shelf(place, slot_of(loaded.layer.id), key, loaded.layer.id, loaded.record.file or "")
