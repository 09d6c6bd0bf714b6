"""Areas from the numbered corners of a table: one row a corner, in order, and the first one again.

What is less plain than that stays points, on which nothing is decided (see
:mod:`zoning.read.corners`): a gap in the numbers, an order that goes up and down, a boundary whose
first corner is not repeated, of which rows may be missing at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely

from zoning.base.patterns import pattern
from zoning.messages import message
from zoning.read import values
from zoning.read.assemble import MEETING
from zoning.read.corners import CORNER, FEWEST, PARCEL, POINT, folded
from zoning.read.types import Raw

#: Columns that belong to a corner, or to the side that begins there.
_OWN: Final = pattern(r"序号|边长|间距|距离|(?:坐标)?方位角|length|distance|bearing")
_NUMBERED: Final = pattern(r"([^\W\d_]{0,4}[-_ ]?)(\d{1,5})")


@dataclass(frozen=True, slots=True)
class _Area:
    """Rows of a table, from ``start`` up to ``stop``, that draw an area, and what they share."""

    start: int
    stop: int
    drawn: Any
    shared: dict[str, Any]


def assembled(raw: Raw) -> Raw:
    """Return a table with an area in place of the rows that are its corners, and say so."""
    heads = {name: folded(name) for name in raw.attributes.columns}
    numbers = [n for n, head in heads.items() if CORNER.fullmatch(head) or POINT.fullmatch(head)]
    parcels = [n for n, head in heads.items() if PARCEL.fullmatch(head) and n not in numbers]
    points = shapely.get_type_id(raw.geometry) == shapely.GeometryType.POINT
    if len(numbers) != 1 or not points.all() or len(points) <= FEWEST:
        return raw
    cells = {name: raw.attributes[name].tolist() for name in heads}
    keys = list(zip(*(cells[name] for name in parcels), strict=True)) or [()] * len(points)
    areas = list(_areas(raw, cells, numbers[0], keys))
    return _drawn(raw, cells, areas, numbers[0]) if areas else raw


def _areas(
    raw: Raw, cells: dict[str, list[Any]], number: str, keys: Sequence[tuple[Any, ...]]
) -> Iterator[_Area]:
    """Yield the runs of rows of one parcel that draw an area."""
    cuts = [0, *(at for at in range(1, len(keys)) if keys[at] != keys[at - 1]), len(keys)]
    runs = list(pairwise(cuts))
    own = [name for name in cells if name == number or _OWN.fullmatch(folded(name))]
    last = 0
    for start, stop in runs:
        key = keys[start]
        again = sum(keys[begin] == key for begin, _ in runs) > 1
        labels = [str(cell).strip() for cell in cells[number][start:stop]]
        ring = shapely.get_coordinates(raw.geometry[start:stop])
        final = _in_order(labels, last)
        drawn = None if final is None or again or None in key else _outline(ring)
        last = final or 0
        shared = {name: _shared(cells[name][start:stop]) for name in cells if name not in own}
        if drawn is not None and not any(kept is _DIFFER for kept in shared.values()):
            yield _Area(start, stop, drawn, shared)


_DIFFER: Final = object()


def _shared(cells: Sequence[Any]) -> Any:
    """Return what cells agree on; those that are empty say nothing."""
    known = dict.fromkeys(cell for cell in cells if cell is not None)
    return next(iter(known), None) if len(known) < 2 else _DIFFER


def _in_order(labels: Sequence[str], before: int) -> int | None:
    """Return the last number of labels that go up by one, or None.

    They begin with 1, or go on from the parcel before. The closing one has the first number again,
    or one of its own.
    """
    found = [_NUMBERED.fullmatch(label) for label in labels]
    if any(match is None for match in found):
        return None
    parts = [(match[1].strip(), int(match[2])) for match in found if match is not None]
    numbers = [number for _, number in parts]
    first = numbers[0]
    *open_, closing = numbers
    in_order = open_ == list(range(first, first + len(open_)))
    if len({prefix for prefix, _ in parts}) > 1 or first not in (1, before + 1) or not in_order:
        return None
    return max(numbers) if closing in (first, first + len(open_)) else None


def _outline(xy: Any) -> Any:
    """Return the area within corners of which the last is the first, or None."""
    within = MEETING[0] if np.abs(xy[0]).max() <= 360.0 else MEETING[1]
    if len(xy) <= FEWEST or not np.isfinite(xy).all() or np.abs(xy[0] - xy[-1]).max() > within:
        return None
    drawn = shapely.Polygon(np.vstack([xy[:-1], xy[:1]]))
    return drawn if shapely.is_valid(drawn) and shapely.area(drawn) > 0.0 else None


def _drawn(raw: Raw, cells: dict[str, list[Any]], areas: Sequence[_Area], number: str) -> Raw:
    """Put areas in place of their first rows, and take the others out."""
    within = {at for area in areas for at in range(area.start + 1, area.stop)}
    geometry = raw.geometry.copy()
    doubts = dict(raw.doubts)
    for area in areas:
        geometry[area.start] = area.drawn
        for name, column in cells.items():
            column[area.start] = area.shared.get(name)
        found = [raw.doubts.get(at) for at in range(area.start, area.stop)]
        doubts.pop(area.start, None)
        if found[0] is not None and None not in found:  # one corner may end in zeros by chance
            doubts[area.start] = found[0]
    kept = [at for at in range(len(geometry)) if at not in within]
    new = {at: to for to, at in enumerate(kept)}
    columns = {name: [column[at] for at in kept] for name, column in cells.items()}
    count = sum(area.stop - area.start for area in areas)
    told = message("outlines.assembled", rows=count, count=len(areas), column=number)
    return replace(
        raw,
        geometry=geometry[kept],
        attributes=values.table(columns, len(kept)),
        positions=raw.positions[kept],
        notices=(*raw.notices, told),
        broken={new[at]: flaw for at, flaw in raw.broken.items() if at in new},
        doubts={new[at]: text for at, text in doubts.items() if at in new},
    )
