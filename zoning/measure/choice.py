"""Which zones of a layer a query is about, and which it may be about."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from zoning.base.errors import Problem, problem
from zoning.base.spelling import Words, county_of
from zoning.model import Evidence, Layer, Query

#: Columns by which offices name each zone: a name that none of them bears is no class that happens
#: to be missing, but a wrong name or one of another edition, and any zone may be meant by it.
_NAMING: Final = frozenset({"unit_code"})
#: No more words of a list are told than this.
_TOLD: Final = 5


class Columns(Protocol):
    """What a survey asks of the columns of a layer."""

    def __len__(self) -> int:
        """Return the number of zones."""
        ...

    def __contains__(self, name: object) -> bool:
        """Return whether there is such a column."""
        ...

    @property
    def partial(self) -> bool:
        """Whether there are more zones than these."""
        ...

    def isna(self, name: str) -> NDArray[np.bool_]:
        """Mark the zones that hold nothing in a column."""
        ...

    def isin(self, name: str, values: Collection[Any]) -> NDArray[np.bool_]:
        """Mark the zones that hold one of some values in a column."""
        ...

    def words(self, name: str) -> Words:
        """Return the words of a column."""
        ...


def picked(
    frame: Columns, query: Query, layer: Layer
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Problem | None]:
    """Tell the zones that a query is about from those it may be about.

    Parameters
    ----------
    frame : Columns
        Of the layer at which the query is measured.
    query : Query
    layer : Layer
        That layer.

    Returns
    -------
    sure : ndarray of bool
        The zones of the class asked for.
    possible : ndarray of bool
        Others that may be of it: their class is not stated, or by a word that may be another
        spelling of the one asked for.
    fault : Problem or None
        Why any zone may be.
    """
    sure = np.ones(len(frame), dtype=bool)
    possible = np.ones(len(frame), dtype=bool)
    fault: Problem | None = None
    for column, allowed in query.where:
        if column not in frame:
            sure[:] = False
            fault = fault or _unstated(query, column, len(frame), len(frame))
            continue
        known, empty = frame.isin(column, allowed), frame.isna(column)
        sure &= known
        doubtful, why = _doubtful(frame, query, layer, column, allowed)
        possible &= known | empty | doubtful
        if fault is None and not why and empty.any():
            fault = _unstated(query, column, len(frame), int(empty.sum()))
        fault = fault or why
    return sure, possible & ~sure, fault


def _doubtful(
    frame: Columns, query: Query, layer: Layer, column: str, allowed: Collection[Any]
) -> tuple[NDArray[np.bool_], Problem | None]:
    """Mark the zones whose word may stand for one asked for, and say which word that is."""
    none = np.zeros(len(frame), dtype=bool)
    if any(spec.name == column and (spec.values or spec.type != "str") for spec in layer.fields):
        return none, None  # What is read of such a column is a known word or nothing.
    words = frame.words(column)
    like = words.like(allowed)
    naming = column in _NAMING and layer.evidence is Evidence.OFFICIAL
    missing = [word for word in allowed if naming and word not in words]
    if frame.partial:
        missing = [word for word in missing if county_of(word) is None]
    meant = _meant(words, missing)
    doubtful = (like | meant).difference(allowed)
    if not doubtful:
        return none, None
    rows = frame.isin(column, doubtful)
    code, told = ("zones-not-named", missing) if missing else ("zones-alike", allowed)
    why = problem(
        code,
        layer=query.layer,
        field=column,
        frame_count=len(frame),
        doubtful=int((rows | frame.isna(column)).sum()),
        column=column,
        asked=[str(word) for word in told][:_TOLD],
        words=sorted(doubtful)[:_TOLD],
    )
    return rows, why


def _meant(words: Words, missing: Collection[str]) -> frozenset[str]:
    """Return the names that zones bear and that may be meant by names that none bears.

    The code of a unit tells its county: a wrong one is that of another unit there.
    """
    if not missing:
        return frozenset()
    counties = {county_of(word) for word in missing}
    if None in counties:
        return words.all
    return frozenset(word for word in words.all if county_of(word) in {None, *counties})


def _unstated(query: Query, column: str, count: int, empty: int) -> Problem | None:
    """Say which column leaves zones without a class."""
    if not empty:
        return None
    return problem(
        "zones-unclassified",
        layer=query.layer,
        field=column,
        frame_count=count,
        empty=empty,
        column=column,
    )
