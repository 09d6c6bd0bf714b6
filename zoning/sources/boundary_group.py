"""Points of a plot -> rings: where the ring number changes, and where a ring closes on itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from sys import intern
from typing import Final

import numpy as np

from zoning.errors import Text
from zoning.sources.boundary_scan import RawPlot, Scan
from zoning.sources.boundary_types import Faults, Floats, Shape, excerpt

_LEAST: Final[dict[Shape, int]] = {"polygon": 3, "line": 2, "point": 1}


@dataclass(slots=True)
class Draft:
    """A plot whose points are grouped: spans of the point columns, each a ring.

    ``shift`` is what to add to its eastings so that all plots of the file are written alike.
    """

    raw: RawPlot
    shift: float
    keys: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    closed: list[bool] = field(default_factory=list)

    def add(self, key: str, start: int, stop: int, closed: bool) -> None:
        """Add one ring; ``stop`` excludes the repeated closing point."""
        self.keys.append(key)
        self.spans.append((start, stop))
        self.closed.append(closed)


def group(
    raw: RawPlot, shift: float, scan: Scan, x: Floats, y: Floats, faults: Faults
) -> Draft | None:
    """Cut a plot's points into rings; None, and a problem, if that cannot be done."""
    draft = Draft(raw, shift)
    starts = [*scan.run_start[raw.first_run : raw.last_run], raw.stop]
    keys = [intern(scan.content.decode(k)) for k in scan.run_key[raw.first_run : raw.last_run]]
    clear = True
    for key, start, stop in zip(keys, starts[:-1], starts[1:], strict=True):
        if raw.shape == "polygon":
            clear &= _cut(draft, key, start, stop, x, y)
        else:
            draft.add(key, start, stop, False)
    if raw.shape == "polygon" and len(set(keys)) < len(keys):
        again = {key for key, times in Counter(keys).items() if times > 1}
        clear &= all(c for k, c in zip(draft.keys, draft.closed, strict=True) if k in again)
    if not clear:
        _ambiguous(raw, faults)
        return None
    for key, (start, stop) in zip(draft.keys, draft.spans, strict=True):
        if stop - start < _LEAST[raw.shape]:
            _too_short(raw, key, stop - start, faults)
            return None
    return draft


def _cut(draft: Draft, key: str, start: int, stop: int, x: Floats, y: Floats) -> bool:
    """Cut one run of a ring number at each point that closes a ring; False if that is unclear."""
    origin, whole = start, True
    while start < stop:
        end = _closing(start, stop, x, y)
        if end is not None:
            draft.add(key, start, end, True)
            origin, whole, start = start, False, end + 1
            continue
        same = (x[start:stop] == x[origin]) & (y[start:stop] == y[origin])
        if not whole and same.all():  # the closing point written twice
            return True
        # After a closed ring, the rest is a ring only if it ends where that one began: then the
        # outline passes its first point half-way.
        ends_there = bool(same[-1]) and stop - start > 1
        tail = stop - 1 if whole and ends_there else stop
        draft.add(key, start, tail, ends_there)
        return whole or ends_there
    return True


def _closing(start: int, stop: int, x: Floats, y: Floats) -> int | None:
    """Return the index of the point that repeats the first, at least three points on.

    Windows grow from the start, so that many short rings in one run take linear time.
    """
    at, size = start + 3, 64
    while at < stop:
        end = min(stop, at + size)
        hits = np.flatnonzero((x[at:end] == x[start]) & (y[at:end] == y[start]))
        if len(hits):
            return at + int(hits[0])
        at, size = end, size * 2
    return None


def _ambiguous(raw: RawPlot, faults: Faults) -> None:
    faults.add(
        "txt-ring-unclear",
        Text(
            "同一圈号出现多段，而其中有的没有闭合，分不清是一圈还是几圈。",
            "One ring number occurs in several runs of which some do not close: one ring or many?",
        ),
        Text(
            "给每一圈不同的圈号，或让每一圈首尾点相同。",
            "Give each ring its own number, or repeat each ring's first point at its end.",
        ),
        line=raw.line,
        plot=raw.label,
        column="地块圈号",
    )


def _too_short(raw: RawPlot, key: str, count: int, faults: Faults) -> None:
    kind = {"polygon": ("面", "a polygon"), "line": ("线", "a line"), "point": ("点", "a point")}
    zh, en = kind[raw.shape]
    least = _LEAST[raw.shape]
    faults.add(
        "txt-too-few-points",
        Text(
            f"第 {excerpt(key, 12)} 圈只有 {count} 个不同的点，{zh}至少要 {least} 个。",
            f"Ring {excerpt(key, 12)} has {count} distinct point(s); {en} needs {least}.",
        ),
        Text("补上缺少的界址点。", "Add the missing points."),
        line=raw.line,
        plot=raw.label,
        column="地块圈号",
    )
