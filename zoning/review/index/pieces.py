"""Pieces of large zones kept between runs: cutting a zone takes longer than reading its pieces."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base import cache
from zoning.base.arrays import Arrays, DamagedError, write_arrays
from zoning.base.shelf import WRONG, folder, hashed, slot_of
from zoning.catalogue.embedded import LoadedLayer
from zoning.review.index.shelf import Shelf

_log = logging.getLogger(__name__)

_PART: Final = "pieces"
#: Pieces are written when there are so many new ones, and a tenth of those written before.
_FEW: Final = 32


@dataclass(frozen=True)
class Pieces:
    """The pieces of a layer's zones that earlier reviews cut, and those that this one cuts.

    Attributes
    ----------
    shelf : Shelf
        Of the layer.
    """

    shelf: Shelf
    _new: dict[int, NDArray[Any]] = field(default_factory=dict, repr=False)

    def recall(self, rows: list[int]) -> dict[int, NDArray[Any]]:
        """Return the pieces of those zones, by row, that are known."""
        found = self._stored
        out = {row: self._new[row] for row in rows if row in self._new}
        if found is None:
            return out
        known, first, ends, shapes = found
        place = np.searchsorted(known, rows)
        there = place < len(known)
        there[there] = known[place[there]] == np.array(rows)[there]
        try:
            for row, at in zip(np.array(rows)[there].tolist(), place[there].tolist(), strict=True):
                low, high = first[at : at + 2].tolist()
                drawn = shapes.slices("shapes", ends[low:high], ends[low + 1 : high + 1])
                out[row] = shapely.from_wkb(np.array(drawn, dtype=object))
        except DamagedError as error:
            self._drop(error)
        return out

    def keep(self, cut: dict[int, NDArray[Any]]) -> None:
        """Take the pieces of zones that were cut, by row."""
        self._new.update(cut)

    def write(self) -> None:
        """Write the pieces if enough of them are new; whoever writes last is read next."""
        fresh = sum(map(len, self._new.values()))
        before = 0 if self._stored is None else len(self._stored[2]) - 1
        if fresh < _FEW + before // 10:
            return
        try:
            every = self._drawn()
            rows = sorted(every)
            drawn = [wkb for row in rows for wkb in every[row]]
            arrays: dict[str, NDArray[Any]] = {
                "rows": np.array(rows, dtype=np.int64),
                "first": np.cumsum([0, *(len(every[row]) for row in rows)], dtype=np.int64),
                "ends": np.cumsum([0, *map(len, drawn)], dtype=np.int64),
                "shapes": np.frombuffer(b"".join(drawn), dtype=np.uint8),
            }
            write_arrays(self.shelf.path(_PART), self.shelf.about(self.shelf.key), arrays)
            self.shelf.remove_older()
            self._new.clear()
            self.__dict__.pop("_stored", None)
        except DamagedError as error:
            self._drop(error)
        except OSError as error:
            _log.info("%s: pieces not kept: %s", self.shelf.layer, error)

    def _drawn(self) -> dict[int, list[bytes]]:
        """Return all pieces as they are written, by row, without making shapes of those known."""
        every: dict[int, list[bytes]] = {}
        if self._stored is not None:
            known, first, ends, shapes = self._stored
            drawn = shapes.slices("shapes", ends[:-1], ends[1:])
            spans = zip(
                known.tolist(), *(edge.tolist() for edge in (first[:-1], first[1:])), strict=True
            )
            every = {row: drawn[low:high] for row, low, high in spans}
        return every | {row: shapely.to_wkb(cut).tolist() for row, cut in self._new.items()}

    def _drop(self, error: DamagedError) -> None:
        _log.info("%s: %s: cut again", self.shelf.layer, error)
        self.shelf.path(_PART).unlink(missing_ok=True)

    @cached_property
    def _stored(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], Arrays] | None:
        """Rows, the first piece of each, where each piece ends, and the file."""
        try:
            found = self.shelf.opened(_PART, self.shelf.key)
            if found is None:
                return None
            return found["rows"], found["first"], found["ends"], found
        except WRONG as error:
            _log.info("%s: %s: cut again", self.shelf.layer, error)
            return None


def of_embedded(loaded: LoadedLayer) -> Pieces | None:
    """Return the pieces of an embedded layer; None where no cache is wanted."""
    place, digest = folder(), loaded.record.sha256
    if place is None or digest is None or loaded.record.official:
        return None
    key = hashed(cache.tool(), digest, repr(loaded.layer.source))
    return Pieces(
        Shelf(place, slot_of(loaded.layer.id), key, loaded.layer.id, loaded.record.file or "")
    )
