"""Points of a plot -> rings: where the ring number changes, and where a ring closes on itself."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from zoning.messages import message
from zoning.read.boundary_txt.scan import RawPlot, Scan
from zoning.read.boundary_txt.types import Faults, Shape, excerpt

_LEAST: Final[dict[Shape, int]] = {"polygon": 3, "line": 2, "point": 1}


@dataclass(slots=True)
class Draft:
    """A plot whose points are grouped: ring i is the points ``starts[i]`` to ``stops[i]``.

    ``shift`` is what to add to its eastings so that all plots of the file are written alike.
    """

    raw: RawPlot
    shift: float
    keys: list[str] = field(default_factory=list)
    starts: array[int] = field(default_factory=lambda: array("q"))
    stops: array[int] = field(default_factory=lambda: array("q"))
    closed: bytearray = field(default_factory=bytearray)

    def add(self, key: str, start: int, stop: int, closed: bool) -> None:
        """Add one ring; ``stop`` excludes the repeated closing point."""
        self.keys.append(key)
        self.starts.append(start)
        self.stops.append(stop)
        self.closed.append(closed)


def group(raw: RawPlot, shift: float, scan: Scan, faults: Faults) -> Draft | None:
    """Cut a plot's points into rings; None, and a problem, if that cannot be done."""
    draft = Draft(raw, shift)
    starts = [*scan.run_start[raw.first_run : raw.last_run], raw.stop]
    keys = [scan.content.decode(k) for k in scan.run_key[raw.first_run : raw.last_run]]
    clear = True
    for key, start, stop in zip(keys, starts[:-1], starts[1:], strict=True):
        if raw.shape == "polygon":
            clear &= _cut(draft, key, start, stop, scan.northing, scan.easting)
        else:
            draft.add(key, start, stop, False)
    if raw.shape == "polygon" and len(set(keys)) < len(keys):
        again = {key for key, times in Counter(keys).items() if times > 1}
        clear &= all(c for k, c in zip(draft.keys, draft.closed, strict=True) if k in again)
    if not clear:
        _ambiguous(raw, faults)
        return None
    for key, start, stop in zip(draft.keys, draft.starts, draft.stops, strict=True):
        if stop - start < _LEAST[raw.shape]:
            _too_short(raw, key, stop - start, faults)
            return None
    return draft


def _cut(draft: Draft, key: str, start: int, stop: int, x: array[float], y: array[float]) -> bool:
    """Cut one run of a ring number at each point that closes a ring; False if that is unclear."""
    origin, whole = start, True
    while start < stop:
        end = _closing(start, stop, x, y)
        if end is not None:
            draft.add(key, start, end, True)
            origin, whole, start = start, False, end + 1
            continue
        first = (x[origin], y[origin])
        # The closing point may be written twice, or more often.
        if not whole and all((x[k], y[k]) == first for k in range(start, stop)):
            return True
        # After a closed ring, the rest is a ring only if it ends where that one began: then the
        # outline passes its first point half-way.
        ends_there = (x[stop - 1], y[stop - 1]) == first and stop - start > 1
        tail = stop - 1 if whole and ends_there else stop
        draft.add(key, start, tail, ends_there)
        return whole or ends_there
    return True


def _closing(start: int, stop: int, x: array[float], y: array[float]) -> int | None:
    """Return the index of the point that repeats the first, at least three points on.

    Windows grow from the start, so that many short rings in one run take linear time.
    """
    x0, y0 = x[start], y[start]
    at = min(stop, start + 16)
    for k in range(start + 3, at):
        if x[k] == x0 and y[k] == y0:
            return k
    size = 64
    while at < stop:
        end = min(stop, at + size)
        xs, ys = (
            np.frombuffer(x, float, end - at, 8 * at),
            np.frombuffer(y, float, end - at, 8 * at),
        )
        hits = np.flatnonzero((xs == x0) & (ys == y0))
        if len(hits):
            return at + int(hits[0])
        at, size = end, size * 2
    return None


def _ambiguous(raw: RawPlot, faults: Faults) -> None:
    faults.add(
        "txt-ring-unclear",
        message("grouping.one-ring-number-occurs"),
        message("grouping.give-each-ring-own"),
        line=raw.line,
        plot=raw.label,
        column="地块圈号",
    )


def _too_short(raw: RawPlot, key: str, count: int, faults: Faults) -> None:
    kind = {
        "polygon": message("grouping.polygon"),
        "line": message("grouping.line"),
        "point": message("grouping.point"),
    }
    least = _LEAST[raw.shape]
    faults.add(
        "txt-too-few-points",
        message(
            "grouping.ring-has-distinct-point",
            key_=excerpt(key, 12),
            count=count,
            least=least,
            detail=kind[raw.shape],
        ),
        message("grouping.add-missing-points"),
        line=raw.line,
        plot=raw.label,
        column="地块圈号",
    )
