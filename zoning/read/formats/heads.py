"""The head of a table: the row that names the columns, below titles that are no part of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zoning.base import datums
from zoning.base.errors import SourceError
from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import stated
from zoning.read.formats.columns import Table, choose
from zoning.read.types import ReadOptions

#: Rows that are searched for the head.
ROWS: Final = 20
_MARKS: Final = (",", "\t", ";", "|")
#: Characters in which the head of a text is searched.
_BEGINNING: Final = 1 << 16
#: What a spreadsheet reads as the sign between the columns, and no row of the table.
_DIRECTIVE: Final = re.compile(r'\A[\r\n]*"?sep=([,;|\t])"?[^\S\r\n]*(?:\r\n|\n|\r)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A delimited text from its head on, the sign between its columns, and what stands above it."""

    text: str
    mark: str
    ledger: Ledger
    above: str


def is_head(names: Sequence[Any], options: ReadOptions) -> bool:
    """Return whether a row names the columns of coordinates."""
    columns = tuple(str(name).strip() for name in names)
    try:
        choose(Table(columns, ()), "", None, options)
    except SourceError as error:
        return error.problems[0].code == "columns-ambiguous"
    return True


def above(rows: Sequence[Sequence[Any]], options: ReadOptions) -> Ledger:
    """Account for the rows above the head: titles, units and the upper line of a head.

    One with two numbers or more might be a site, and one that names another datum speaks of the
    coordinates below, unless the user has said what these are.
    """
    if not rows:
        return Ledger()
    numbers = [row for row in rows if sum(map(_is_number, row)) > 1 or stated.speaks(_joined(row))]
    free = options.datum is None and options.transform is None
    named = [row for row in rows if row not in numbers and free and _names_datum(row)]
    plain = len(rows) - len(numbers) - len(named)
    told = message("workbook.rows-above-head", count=len(numbers))
    aside = [SetAside(len(numbers), told)]
    if named:
        told = message("workbook.datum-above-head", said=_joined(named[0])[:80])
        aside.append(SetAside(len(named), told))
    aside.append(SetAside(plain, message("workbook.titles", count=plain), may_hold=False))
    kept = tuple(part for part in aside if part.count)
    return Ledger((Tally("line", len(rows), 0, set_aside=kept),))


def of_text(text: str, options: ReadOptions) -> Found:
    """Find the head of a delimited text, and with it the sign that stands between its columns.

    Where no row names columns of coordinates, the widest of the first rows is taken for the head:
    what is said then is which columns there are.
    """
    directive = _DIRECTIVE.match(text)
    if directive is not None:
        text = text[directive.end() :]
    marks = (directive[1],) if directive is not None else _MARKS
    begun = [(mark, list(_rows(text[:_BEGINNING], mark))) for mark in marks]
    found = min(
        (
            (at, -len(row), mark, line)
            for mark, rows in begun
            for at, (line, row) in enumerate(rows)
            if is_head(row, options)
        ),
        default=None,
    ) or min(
        (
            (-len(row), at, mark, line)
            for mark, rows in begun
            for at, (line, row) in enumerate(rows)
        ),
        default=(0, 0, ",", 0),
    )
    mark, line = found[2:]
    titles = [row for at, row in dict(begun)[mark] if at < line]
    stream = io.StringIO(text, newline="")
    offset = sum(len(stream.readline()) for _ in range(line))
    return Found(text[offset:], mark, above(titles, options), joined(titles))


def _rows(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first rows that say something, each with the number of lines above it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    line, count = 0, 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
                count += 1
            if count == ROWS:
                return
            line = reader.line_num
    except csv.Error:
        return


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().replace(".", "", 1).lstrip("+-").isdigit()
    return isinstance(value, int | float) and not isinstance(value, bool)


def joined(rows: Sequence[Sequence[Any]]) -> str:
    """Return what stands in rows as one text."""
    return "; ".join(map(_joined, rows))


def _joined(row: Sequence[Any]) -> str:
    return "; ".join(str(value) for value in row if value not in (None, ""))


def _names_datum(row: Sequence[Any]) -> bool:
    return datums.names_another(_joined(row))
