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
    """The place of the first piece of all; the zones, the first piece of each, the bounds of each
    piece and where it ends; the file."""

    begin: int
    rows: NDArray[Any]
    first: NDArray[Any]
    bounds: NDArray[Any]
    ends: NDArray[Any]
    file: Arrays | None


_NONE: Final = np.zeros(1, dtype=np.int64)
_EMPTY: Final = _Stored(0, _NONE[:0], _NONE, np.empty((0, 4)), _NONE, None)


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
        return Known(rows, counts, self._stored.bounds[which], which + self._stored.begin)

    def read(self, places: NDArray[np.intp]) -> NDArray[Any] | None:
        """Return pieces; None where the file is damaged, which goes, or was written anew."""
        stored = self._stored
        if stored.file is None or (places < stored.begin).any():
            return None
        which = places - stored.begin
        try:
            drawn = stored.file.slices("shapes", stored.ends[which], stored.ends[which + 1])
        except DamagedError as error:
            _log.info("%s: %s: cut again", self.shelf.layer, error)
            self.shelf.path(_PART).unlink(missing_ok=True)
            self._reopen()
            return None
        made: NDArray[Any] = shapely.from_wkb(np.array(drawn, dtype=object))
        return made

    def keep(self, runs: Runs) -> None:
        """Take the pieces of zones that were cut, by row."""
        self._new.append(runs)

    def write(self) -> None:
        """Write the pieces if enough of them are new, beside those that others wrote meanwhile."""
        fresh = sum(len(runs.pieces) for runs in self._new)
        if fresh < _FEW + len(self._stored.bounds) // 10:
            return
        self._reopen()
        new = Runs.joined(self._new)
        drawn = [*self._drawn(), *shapely.to_wkb(new.pieces).tolist()]
        known = self._stored if len(drawn) > len(new.pieces) else _EMPTY
        bounds = np.concatenate((known.bounds, shapely.bounds(new.pieces)))
        many = np.concatenate((np.diff(known.first), new.counts))
        rows, once = np.unique(np.concatenate((known.rows, new.rows)), return_index=True)
        which = spread((np.cumsum(many) - many)[once], many[once])
        drawn = [drawn[piece] for piece in which.tolist()]
        arrays: dict[str, NDArray[Any]] = {
            "rows": rows.astype(np.int64),
            "first": np.cumsum([0, *many[once].tolist()], dtype=np.int64),
            "bounds": bounds[which],
            "ends": np.cumsum([0, *map(len, drawn)], dtype=np.int64),
            "shapes": np.frombuffer(b"".join(drawn), dtype=np.uint8),
        }
        try:
            write_arrays(self.shelf.path(_PART), self.shelf.about(self.shelf.key), arrays)
            self.shelf.remove_older()
            self._new.clear()
            self._reopen()
        except OSError as error:
            _log.info("%s: pieces not kept: %s", self.shelf.layer, error)

    def _drawn(self) -> list[bytes]:
        """Return all pieces that are kept, as they lie in the file; none where it is damaged."""
        stored = self._stored
        if stored.file is None:
            return []
        try:
            return stored.file.slices("shapes", stored.ends[:-1], stored.ends[1:])
        except DamagedError as error:
            _log.info("%s: %s: cut again", self.shelf.layer, error)
            return []

    @cached_property
    def _stored(self) -> _Stored:
        return self._opened(0)

    def _reopen(self) -> None:
        """Take the file that is there now; no place in it was ever one in the file before."""
        self.__dict__["_stored"] = self._opened(self._stored.begin + len(self._stored.bounds))

    def _opened(self, begin: int) -> _Stored:
        try:
            found = self.shelf.opened(_PART, self.shelf.key)
            if found is not None:
                rows, first, ends = (found[name] for name in ("rows", "first", "ends"))
                return _Stored(begin, rows, first, found["bounds"], ends, found)
        except WRONG as error:
            _log.info("%s: %s: cut again", self.shelf.layer, error)
        return _EMPTY._replace(begin=begin)


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
