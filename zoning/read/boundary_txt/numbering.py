"""Numbers of points as a witness: where J3 is followed by J5, a point is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from zoning.messages import message
from zoning.read.boundary_txt.grouping import Draft
from zoning.read.boundary_txt.types import UNNUMBERED, Faults


def check(draft: Draft, numbers: Sequence[int], warnings: Faults) -> None:
    """Name the first gap in a plot's numbering, where its points are numbered in order.

    Numbers that go up and down are those of a survey that shares its points, and say nothing. A
    ring may begin anew or go on from the one before; the closing point may repeat the first number.
    """
    gap = next(_gaps(draft, numbers), None)
    if gap is None:
        return
    before, after = gap
    warnings.add(
        "txt-numbering",
        message("numbering.gap", before=before, after=after),
        message("numbering.add-points"),
        line=draft.raw.line,
        plot=draft.raw.label,
        column="点号",
    )


def _gaps(draft: Draft, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    last = 0
    for start, stop, closed in zip(draft.starts, draft.stops, draft.closed, strict=True):
        ring = [numbers[at] for at in range(start, stop)]
        if UNNUMBERED in ring:
            return
        up = all(a <= b for a, b in pairwise(ring))
        down = all(a >= b for a, b in pairwise(ring))
        if up == down:
            return
        if up and last and ring[0] > last + 1:
            yield last, ring[0]
        if up and not last and ring[0] == 2:
            yield 0, 2
        yield from ((a, b) for a, b in pairwise(ring) if abs(a - b) > 1)
        last = ring[-1]
        if closed and stop < draft.raw.stop and numbers[stop] == last + 1:
            last += 1  # the closing point has a number of its own
