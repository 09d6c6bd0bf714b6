"""Pieces of zones, those of one zone after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
Marks = Callable[[NDArray[np.float64]], NDArray[np.bool_]]


@dataclass(frozen=True)
class Runs:
    """The pieces of some zones.

    Attributes
    ----------
    rows : ndarray of intp, shape (n,)
        What each zone is known by.
    counts : ndarray of intp, shape (n,)
        How many pieces each has.
    pieces : ndarray of shapely geometry
        In the order of the zones.
    """

    rows: Places
    counts: Places
    pieces: NDArray[Any]

    def of(self, rows: Places) -> Runs:
        """Return the same pieces with their zones known by other numbers."""
        return replace(self, rows=rows)

    def some(self, which: Places) -> Runs:
        """Return the pieces of some zones, by position."""
        counts = self.counts[which]
        starts = (np.cumsum(self.counts) - self.counts)[which]
        return Runs(self.rows[which], counts, self.pieces[spread(starts, counts)])

    @staticmethod
    def joined(parts: list[Runs]) -> Runs:
        """Return all of some, in order."""
        none = np.empty(0, dtype=np.intp)
        return Runs(
            np.concatenate([none, *(part.rows for part in parts)]),
            np.concatenate([none, *(part.counts for part in parts)]),
            np.concatenate([np.empty(0, dtype=object), *(part.pieces for part in parts)]),
        )


class Known(NamedTuple):
    """What is told of the pieces of some zones before any of them is read.

    Attributes
    ----------
    rows, counts : ndarray of intp, shape (n,)
        What each zone is known by, ascending, and how many pieces it has.
    bounds : ndarray of float64, shape (m, 4)
        Of the pieces in the plane, those of one zone after another.
    places : ndarray of intp, shape (m,)
        Where the pieces are kept.
    """

    rows: Places
    counts: Places
    bounds: NDArray[np.float64]
    places: Places


class Memory(Protocol):
    """Pieces of zones from earlier reviews, by row."""

    def recall(self, rows: Places) -> Known:
        """Return what is told of the pieces of those of some zones, ascending, that are known."""
        ...

    def read(self, places: Places) -> NDArray[Any] | None:
        """Return pieces; None where they cannot be read after all."""
        ...

    def keep(self, runs: Runs) -> None:
        """Take the pieces of zones that were cut."""
        ...


class Cuts:
    """The pieces of those zones of a layer that were cut so far, or that are known from before.

    Parameters
    ----------
    count : int
        The number of zones.
    """

    def __init__(self, count: int) -> None:
        self._first = np.full(count, -1, dtype=np.intp)
        self._counts = np.zeros(count, dtype=np.intp)
        self._pieces = np.empty(0, dtype=object)
        self._bounds = np.empty((0, 4))
        #: Where each piece is kept that was not read yet; -1 for one that is here.
        self._places = np.empty(0, dtype=np.intp)

    def has(self, rows: Places) -> NDArray[np.bool_]:
        """Mark the zones whose pieces are there, or known."""
        return np.asarray(self._first[rows] >= 0)

    def add(self, runs: Runs) -> None:
        """Take the pieces of zones."""
        many = len(runs.pieces)
        self.expect(Known(runs.rows, runs.counts, np.zeros((many, 4)), np.full(many, -1)))
        self._pieces[len(self._pieces) - many :] = runs.pieces

    def expect(self, known: Known) -> None:
        """Take what is told of the pieces of zones; each is read when it is wanted."""
        self._first[known.rows] = len(self._pieces) + np.cumsum(known.counts) - known.counts
        self._counts[known.rows] = known.counts
        self._pieces = np.concatenate((self._pieces, np.full(len(known.places), None)))
        self._bounds = np.concatenate((self._bounds, known.bounds))
        self._places = np.concatenate((self._places, known.places))

    def unread(self, rows: Places, wanted: Marks | None) -> tuple[Places, Places]:
        """Return the numbers of the pieces of zones that are to be read, and where they are kept.

        ``wanted`` marks by its bounds each piece that matters; without it, all do.
        """
        which = spread(self._first[rows], self._counts[rows])
        which = which[self._places[which] >= 0]
        if wanted is not None and len(which):
            which = which[wanted(self._bounds[which])]
        return which, self._places[which]

    def fill(self, which: Places, pieces: NDArray[Any]) -> None:
        """Take pieces that were read."""
        self._pieces[which], self._places[which] = pieces, -1

    def runs(self, rows: Places) -> Runs:
        """Return the pieces of some zones, all of which are known; None for what is not read."""
        counts = self._counts[rows]
        return Runs(rows, counts, self._pieces[spread(self._first[rows], counts)])


def spread(starts: Places, counts: Places) -> Places:
    """Return the numbers of runs, one run after another."""
    before = np.cumsum(counts) - counts
    return np.asarray(np.arange(counts.sum()) + np.repeat(starts - before, counts), dtype=np.intp)
