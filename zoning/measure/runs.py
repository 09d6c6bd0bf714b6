"""Pieces of zones, those of one zone after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


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


class Cuts:
    """The pieces of those zones of a layer that were cut so far.

    Parameters
    ----------
    count : int
        The number of zones.
    """

    def __init__(self, count: int) -> None:
        self._first = np.full(count, -1, dtype=np.intp)
        self._counts = np.zeros(count, dtype=np.intp)
        self._pieces = np.empty(0, dtype=object)

    def has(self, rows: Places) -> NDArray[np.bool_]:
        """Mark the zones whose pieces are there."""
        return np.asarray(self._first[rows] >= 0)

    def add(self, runs: Runs) -> None:
        """Take the pieces of zones."""
        self._first[runs.rows] = len(self._pieces) + np.cumsum(runs.counts) - runs.counts
        self._counts[runs.rows] = runs.counts
        self._pieces = np.concatenate((self._pieces, runs.pieces))

    def runs(self, rows: Places) -> Runs:
        """Return the pieces of some zones, all of which are there."""
        counts = self._counts[rows]
        return Runs(rows, counts, self._pieces[spread(self._first[rows], counts)])


def spread(starts: Places, counts: Places) -> Places:
    """Return the numbers of runs, one run after another."""
    before = np.cumsum(counts) - counts
    return np.asarray(np.arange(counts.sum()) + np.repeat(starts - before, counts), dtype=np.intp)
