"""Worksheets of an XLSX workbook as tables, all cells accounted for."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from zoning.base.errors import MissingExtraError, Problem, SourceError
from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import file_faults, limits
from zoning.read.formats import archive, archive_ledger, heads
from zoning.read.formats.columns import Table
from zoning.read.types import ReadOptions

_Taken = TypeVar("_Taken")

#: Parts of a workbook; a workbook embedded in another is none.
_PARTS = r"(?:xl/(?!embeddings/)|docProps/|_rels/|customXml/|\[Content_Types\]\.xml$)"
#: Rows of a sheet that is read as it stands.
_MAX_ROWS = 100_000
#: Parts of a workbook with texts that are in no cell.
_BESIDE = re.compile(
    r"xl/(?:comments|threadedComments|drawings|media|workbook\.xml|externalLinks)|customXml/|docProps/",
    re.IGNORECASE,
)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)


def sheets(path: Path, name: str, options: ReadOptions | None = None) -> dict[str, Table]:
    """Return every worksheet, hidden ones too.

    The head is the first row that names the columns of coordinates, else the first that is not
    empty. What stands in merged cells stands in each of them.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    SourceError
        ``file-damaged``, ``file-too-large``, ``archive-member-twice``.
    """
    given = options or ReadOptions()
    return _open(
        path,
        name,
        lambda book: {s.title: _table(_filled(_cells(s, name)), given) for s in book.worksheets},
    )


def first_sheet(path: Path, name: str) -> list[tuple[Any, ...]]:
    """Return the rows of the first worksheet as they stand and of one width, the empty ones too.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    SourceError
        ``file-damaged``, ``file-too-large``.
    """

    def rows(book: Any) -> list[tuple[Any, ...]]:
        cells = _cells(book.worksheets[0], name).rows
        last = max(cells, default=0)
        if last > _MAX_ROWS:
            raise SourceError(_too_large(name, _MAX_ROWS))
        found = [cells.get(row, {}) for row in range(1, last + 1)]
        width = min(max((max(row, default=0) for row in found), default=0), limits.MAX_FIELDS)
        return [tuple(_cell(row.get(at)) for at in range(1, width + 1)) for row in found]

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
    except SourceError:
        raise
    # openpyxl lets through whatever the XML and zip readers raise.
    except Exception as error:
        raise SourceError(file_faults.damaged(name, "XLSX", str(error))) from error


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a sheet that hold something, by row and column from 1, and the merged ranges."""

    rows: dict[int, dict[int, Any]]
    merged: tuple[tuple[int, int, int, int], ...]


def _cells(sheet: Any, name: str) -> _Cells:
    """Read the cells that are there: a sheet may have one in its last row and column alone.

    openpyxl's own rows are filled up with empty cells, up to 16,384 in each of 1,048,576 rows.
    """
    from openpyxl.worksheet._reader import WorkSheetParser
    from openpyxl.worksheet.cell_range import CellRange

    book = sheet.parent
    rows: dict[int, dict[int, Any]] = {}
    count = 0
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for at, row in parser.parse():
            found = {cell["column"]: cell["value"] for cell in row if cell["value"] is not None}
            count += len(found)
            if count > limits.MAX_CELLS:
                raise SourceError(_too_large(name, limits.MAX_CELLS))
            if found:
                rows.setdefault(at, {}).update(found)
        ranges = parser.merged_cells.mergeCell if parser.merged_cells is not None else ()
        bounds = [CellRange(merged.ref).bounds for merged in ranges]
    return _Cells(dict(sorted(rows.items())), tuple(bounds))


def _too_large(name: str, limit: int) -> Problem:
    return file_faults.too_large(name, message("workbook.cells"), f"{limit:,}")


def _filled(cells: _Cells) -> dict[int, dict[int, Any]]:
    """Put what stands in a merged range into each of its cells, in the rows that hold anything.

    A title merged across the whole table stays what it is: one cell of a row above the head.
    """
    rows = cells.rows
    budget = limits.MAX_CELLS
    for west, north, east, south in cells.merged:
        value = rows.get(north, {}).get(west)
        if value is None:
            continue
        within = [row for row in range(north, min(south, max(rows)) + 1) if row in rows]
        budget -= len(within) * (east - west + 1)
        if budget < 0:
            break
        for row in within:
            for column in range(west, east + 1):
                rows[row].setdefault(column, value)
    return rows


def _counted(path: Path) -> tuple[int, int]:
    """Count the worksheets of a workbook, and the other parts in which geometry is written out."""
    beside = 0
    with zipfile.ZipFile(path) as opened:
        parts = sum(_SHEET.match(title) is not None for title in opened.namelist())
        for title in filter(_BESIDE.match, opened.namelist()):
            with opened.open(title) as stream:
                beside += archive_ledger.speaks(stream)
    return parts, beside


def members(path: Path, name: str, read: int) -> Ledger:
    """Account for the parts of a workbook of which ``read`` worksheets were opened."""
    try:
        parts, beside = _counted(path)
    except archive.BROKEN as error:
        raise SourceError(file_faults.damaged(name, "XLSX", str(error))) from error
    lost = max(parts - read, 0)
    told = message("workbook.sheets-unlisted", count=lost)
    aside = (SetAside(lost, told),) if lost else ()
    if beside:
        texts = SetAside(beside, message("workbook.texts-beside", count=beside))
        aside = (*aside, texts)
    parts_of_it = archive_ledger.account(path, name, (), parts=_PARTS)
    return parts_of_it + Ledger((Tally("sheet", read + lost + beside, read, set_aside=aside),))


def _table(rows: dict[int, dict[int, Any]], options: ReadOptions) -> Table:
    """Return the rows below the head, and what stands above it and beside them under no name."""
    order = list(rows)
    if not order:
        return Table((), ())
    searched = order[: heads.ROWS]
    head = next((at for at in searched if heads.is_head(_row(rows[at]), options)), order[0])
    above = [_row(rows[at]) for at in order if at < head]
    named = [at for at, value in sorted(rows[head].items()) if str(value).strip()]
    header = named[: limits.MAX_FIELDS]
    columns = tuple(str(rows[head][at]).strip() for at in header)
    body = [rows[at] for at in order if at > head]
    known = set(header)
    stray = sum(any(at not in known for at in row) for row in body)
    kept = tuple([_cell(row.get(at)) for at in header] for row in body)
    account = heads.above(above, options) + Ledger(_stray(stray))
    return Table(columns, kept, account, heads.joined(above))


def _row(cells: dict[int, Any]) -> list[Any]:
    return [value for _, value in sorted(cells.items())]


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
