"""Total rows of a table: they are no sites, and what they add up to is held against the rows."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zoning.messages import Text, message
from zoning.read import positions, values

_WORD = re.compile(
    r"^\s*(?:本页)?(合\s*计|总\s*计|共\s*计|小\s*计|总和|(?:sub-?|grand )?total|sum)\s*[:：]?\s*$",
    re.IGNORECASE,
)
_PART = re.compile(r"小\s*计|本页|sub", re.IGNORECASE)
#: Headings of columns that a total adds up; a ratio or a code is none of them.
_SUMMED = re.compile(r"面积|亩|公顷|数量|个数|宗数|area|count|number|(?:^|_)(?:ha|m2|mu)$|mj$",
                     re.IGNORECASE)  # fmt: skip
#: A total agrees within this share, besides the rounding of each row.
TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Total:
    """A total row: its cells, and the first and last of the rows it stands for."""

    cells: Sequence[Any]
    start: int
    stop: int


def split(rows: Sequence[Sequence[Any]], place: Sequence[int]) -> tuple[list[int], list[Total]]:
    """Return which rows are features, and the totals; a row with coordinates is never a total.

    Parameters
    ----------
    rows : sequence of rows
    place : sequence of int
        Columns that hold the coordinates.
    """
    kept: list[int] = []
    totals: list[Total] = []
    begun = 0
    for at, row in enumerate(rows):
        word = _total(row, place)
        if word is None:
            kept.append(at)
            continue
        totals.append(Total(row, begun if _PART.search(word) else 0, len(kept)))
        begun = len(kept)
    return kept, totals


def contradictions(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], totals: Sequence[Total]
) -> list[Text]:
    """Return what a total states and the rows do not add up to, one sentence a column."""
    found = []
    for total in totals:
        for at, name in enumerate(columns):
            stated = number(total.cells[at])
            parts = [number(row[at]) for row in rows[total.start : total.stop]]
            known = [part for part in parts if part is not None]
            if stated is None or not _SUMMED.search(name) or not known:
                continue
            added = math.fsum(part for part, _ in known)
            slack = TOLERANCE * abs(added) + sum(unit for _, unit in known) + stated[1]
            if abs(stated[0] - added) > slack and stated[0] != len(parts):
                told = {"column": name, "stated": stated[0], "added": added, "rows": len(parts)}
                found.append(message("totals.disagrees", **told))
    return found


def number(value: Any) -> tuple[float, float] | None:
    """Return a number and half a unit of its last written digit, or None."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip().replace(",", "")
    try:
        found = float(text)
    except ValueError:
        return None
    if not math.isfinite(found):
        return None
    decimals = len(text.partition(".")[2]) if "." in text and "e" not in text.lower() else 0
    return found, 0.5 * 10.0**-decimals


def _total(row: Sequence[Any], place: Sequence[int]) -> str | None:
    """Return the word that makes a row a total, or None."""
    if any(row[at] is not None and str(row[at]).strip() for at in place):
        return None
    words = [str(v) for v in row if isinstance(v, str)]
    # Sums of two columns may look like a position; a text that states one is none of them.
    if any(map(values.is_geometry, words)) or positions.find_each(words):
        return None
    return next((word for word in words if _WORD.match(word)), None)
