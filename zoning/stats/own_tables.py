"""Tables that users bring: CSV or the first sheet of a workbook, a row a place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from zoning.base.encoding import read_rows
from zoning.base.errors import MissingExtraError, Problem, SourceError, problem
from zoning.catalogue.places import PlaceError, places, plain
from zoning.messages import Text, message

#: Heads of columns by what they hold, in the order in which they are looked for.
_HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("unit", "adcode", "行政区划代码", "区划代码", "行政区代码", "xzqdm", "code", "代码",
             "县区代码", "区县代码", "县代码", "县级代码", "县市区代码", "县级行政区代码",
             "单元", "行政区", "行政区名称", "xzqmc", "县（市、区）", "县(市、区)", "县区", "区县",
             "县", "县市区", "县名", "县名称", "县区名称", "县级行政区", "name", "名称"),
    "city": ("city", "市", "地市", "设区市", "所属市", "所在市"),
    "indicator": ("indicator", "指标", "指标名称", "指标代码"),
    "value": ("value", "数值", "值", "指标值", "完成值"),
    "year": ("year", "年份", "年度", "年"),
    "caliber": ("caliber", "口径"),
    "area_km2": ("area_km2", "控制面积", "控制面积km2"),
    "eroded_km2": ("eroded_km2", "水土流失面积", "水土流失面积km2"),
}  # fmt: skip
_ROWS, _COLUMNS = 100_000, 200


class UnitRows:
    """The rows of a table with the unit of each; what is wrong is gathered, and raised at once.

    Parameters
    ----------
    path : Path
    own : collection of str
        Units of the user's own file, which are taken as they are.
    """

    def __init__(self, path: Path, own: Collection[str] = ()) -> None:
        self.path, self.own = path, own
        self.totals: list[int] = []
        self._problems: list[Problem] = []
        self._seen: dict[object, int] = {}
        self.heads, self._lines = _read(path)

    def __iter__(self) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
        """Yield line, unit and the row by the names of its columns."""
        if "unit" not in self.heads and self._lines:
            self.fault(1, message("own-tables.no-unit", columns=list(self.heads)))
            return
        for line, row in self._lines:
            try:
                unit = places().code_of(row.get("unit"), row.get("city"), self.own)
            except PlaceError as error:
                self.fault(line, error.text)
                continue
            if unit is None:
                self.totals.append(line)
            else:
                yield line, unit, row

    def fault(self, line: int, told: Text) -> None:
        """Keep what is wrong with a row."""
        self._problems.append(
            problem("table-row", file=str(self.path), feature=str(line), detail=told)
        )

    def once(self, line: int, key: object) -> bool:
        """Return whether a key occurs for the first time; if not, that is a fault."""
        first = self._seen.setdefault(key, line)
        if first != line:
            self.fault(line, message("own-tables.repeated", first=first))
        return first == line

    def settle(self) -> None:
        """Raise all that is wrong.

        Raises
        ------
        SourceError
            Some rows are faulty.
        """
        if self._problems:
            raise SourceError(self._problems)


def _read(path: Path) -> tuple[list[str], list[tuple[int, dict[str, Any]]]]:
    """Return the names of the columns and the rows, each with its line; empty rows are none."""
    found: Sequence[Mapping[str, Any]]
    found = _workbook(path) if path.suffix.lower() in (".xlsx", ".xlsm") else read_rows(path)
    lines = [(at, row) for at, row in enumerate(found, start=2) if any(map(plain, row.values()))]
    heads = list(dict.fromkeys(k for _, row in lines for k in row if k))
    known = _known(heads)
    named = [(line, {known.get(k, k): v for k, v in row.items() if k}) for line, row in lines]
    return [known.get(h, h) for h in heads], named


def _known(heads: Sequence[str]) -> dict[str, str]:
    """Return what each head is called here; the first head that fits each name."""
    folded = {plain(h).casefold().removeprefix("\ufeff"): h for h in reversed(heads)}
    first = {name: next((folded[w] for w in words if w in folded), None)
             for name, words in _HEADS.items()}  # fmt: skip
    return {head: name for name, head in first.items() if head is not None}


def _workbook(path: Path) -> list[dict[str, Any]]:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError("openpyxl", "formats", message("dashboard.reading")) from error
    if not path.is_file():
        raise SourceError(problem("file-missing", file=str(path), key="file-missing.table-file"))
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        cells = book.worksheets[0].iter_rows(max_row=_ROWS, max_col=_COLUMNS, values_only=True)
        lines = [list(line) for line in cells]
    except Exception as error:  # openpyxl raises whatever its parts raise
        told = message("dashboard.bad-row", error=error)
        raise SourceError(problem("table-row", file=str(path), detail=told)) from error
    if not lines:
        return []
    heads = [str(h or "").strip() for h in lines[0]]
    return [dict(zip(heads, line, strict=False)) for line in lines[1:]]


def read_numbers(path: Path, column: str, own: Collection[str], needs: Text) -> dict[str, float]:
    """Read one number of no less than 0 for each unit.

    Parameters
    ----------
    path : Path
    column : str
        Name of the column.
    own : collection of str
        Units of the user's own file.
    needs : Text
        What the table needs, said of rows without it.

    Raises
    ------
    SourceError
        Rows that are faulty; all of them are named.
    """
    rows, found = UnitRows(path, own), dict[str, float]()
    for line, unit, row in rows:
        try:
            value = float(plain(row[column]).replace(",", ""))
            if not 0.0 <= value < float("inf"):
                raise ValueError(value)
        except (KeyError, TypeError, ValueError):
            rows.fault(line, needs)
            continue
        if rows.once(line, unit):
            found[unit] = value
    rows.settle()
    return found
