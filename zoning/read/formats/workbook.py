"""Worksheets of an XLSX workbook as tables, all cells accounted for."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from zoning.base.errors import MissingExtraError, SourceError
from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import file_faults, limits
from zoning.read.formats import archive, archive_ledger
from zoning.read.formats.columns import Table

_Taken = TypeVar("_Taken")

#: Parts of a workbook; a workbook embedded in another is none.
_PARTS = r"(?:xl/(?!embeddings/)|docProps/|_rels/|customXml/|\[Content_Types\]\.xml$)"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)


def sheets(path: Path, name: str) -> dict[str, Table]:
    """Return every worksheet, hidden ones too; the first row that is not empty names the columns.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    SourceError
        ``file-damaged``, ``archive-member-twice``.
    """
    return _open(path, name, lambda book: {s.title: _table(_rows(s)) for s in book.worksheets})


def first_sheet(path: Path, name: str) -> list[tuple[Any, ...]]:
    """Return the rows of the first worksheet as they stand, the empty ones too.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    SourceError
        ``file-damaged``.
    """

    def rows(book: Any) -> list[tuple[Any, ...]]:
        cells = _rows(book.worksheets[0])
        return [tuple(map(_cell, row[: limits.MAX_FIELDS])) for row in cells]

    return _open(path, name, rows)


def _open(path: Path, name: str, take: Callable[[Any], _Taken]) -> _Taken:
    """Take something from a workbook while it is open."""
    try:
        import openpyxl
    except ImportError as error:
        purpose = message("tables.reading-xlsx")
        raise MissingExtraError("openpyxl", "formats", purpose) from error
    archive.entries(path, name)
    try:
        with warnings.catch_warnings(), path.open("rb") as stream:
            warnings.simplefilter("ignore")
            return take(openpyxl.load_workbook(stream, read_only=True, data_only=True))
    # openpyxl lets through whatever the XML and zip readers raise.
    except Exception as error:
        raise SourceError(file_faults.damaged(name, "XLSX", str(error))) from error


def _rows(sheet: Any) -> Iterable[Sequence[Any]]:
    # The size a sheet states may be stale, and openpyxl would stop there.
    sheet.reset_dimensions()
    rows: Iterable[Sequence[Any]] = sheet.iter_rows(values_only=True)
    return rows


def members(path: Path, name: str, read: int) -> Ledger:
    """Account for the parts of a workbook of which ``read`` worksheets were opened."""
    with zipfile.ZipFile(path) as opened:
        parts = sum(_SHEET.match(title) is not None for title in opened.namelist())
    lost = max(parts - read, 0)
    told = message("workbook.sheets-unlisted", count=lost)
    aside = (SetAside(lost, told),) if lost else ()
    parts_of_it = archive_ledger.account(path, name, (), parts=_PARTS)
    return parts_of_it + Ledger((Tally("sheet", read + lost, read, set_aside=aside),))


def _table(values: Iterable[Sequence[Any]]) -> Table:
    """Return the rows below the header, and what stands beside them under no name."""
    header: list[int] = []
    columns: tuple[str, ...] = ()
    rows: list[list[Any]] = []
    stray = 0
    for row in values:
        if all(value is None for value in row):
            continue
        if not header:
            named = [at for at, v in enumerate(row) if v is not None and str(v).strip()]
            header = named[: limits.MAX_FIELDS]
            columns = tuple(str(row[at]).strip() for at in header)
            continue
        cells = [_cell(row[at]) if at < len(row) else None for at in header]
        known = set(header)
        stray += any(v is not None for at, v in enumerate(row) if at not in known)
        rows.append(cells)
    return Table(columns, tuple(rows), Ledger(_stray(stray)))


def _stray(rows: int) -> tuple[Tally, ...]:
    """Account for cells under no heading: a second table may stand beside the first."""
    if not rows:
        return ()
    told = message("workbook.cells-unnamed", count=rows)
    return (Tally("column", rows, 0, set_aside=(SetAside(rows, told),)),)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value
