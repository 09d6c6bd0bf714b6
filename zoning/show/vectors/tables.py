"""Workbooks with the geometry as WKT, and GeoParquet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from zoning.base.errors import MissingExtraError, SourceError, problem
from zoning.base.seals import MARK
from zoning.messages import message
from zoning.show.vectors.columns import EXACT, Loss, names_of, records, renamed, safe_names

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Most characters of a cell.
_CELL: Final = 32_767
#: Names by which a column of a table is taken for a geometry; ours is the one that is.
_TAKEN: Final = ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "shape", "几何")
#: Files carry no time of their making, so that equal features give equal bytes.
_EPOCH: Final = datetime(2000, 1, 1)


def parquet(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:  # noqa: ARG001
    """Write GeoParquet with WKB geometry.

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    """
    try:
        from pyarrow import parquet as files
    except ImportError as error:
        purpose = message("layer-files.writing-geoparquet")
        raise MissingExtraError("pyarrow", "formats", purpose) from error
    frame.to_parquet(path, index=False)
    table = files.read_table(path)
    said = {**(table.schema.metadata or {}), b"seal": MARK.encode("ascii")}
    files.write_table(table.replace_schema_metadata(said), path)
    return []


def xlsx(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:
    """Write one row a feature with typed cells, the geometry as WKT that states its CRS.

    Raises
    ------
    MissingExtraError
        Without xlsxwriter.
    SourceError
        A geometry or text longer than a cell.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        purpose = message("files.writing-excel-file")
        raise MissingExtraError("xlsxwriter", "stats", purpose) from error
    names = safe_names(names_of(frame), taken=_TAKEN)
    told = renamed(names)
    shapes = _wkt(frame)
    rows = records(frame)
    _require_fitting(rows, shapes, path)
    wide = sorted({k for row in rows for k, v in row.items() if _beyond(v)})
    if wide:
        told.append(message("vectors.large-numbers", names=wide))
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _EPOCH})
        sheet = book.add_worksheet(_title(name))
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for at, head in enumerate((*names.values(), "WKT")):
            sheet.write_string(0, at, head, bold)
        for line, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1):
            for at, value in enumerate((*(row[key] for key in names), shape)):
                _write(sheet, line, at, value)
    return told


def _wkt(frame: GeoDataFrame) -> list[str]:
    """Return each geometry with every digit; the number of the CRS stands before it."""
    code = frame.crs.to_epsg()
    if code is None:
        raise SourceError(problem("target-crs-unnamed", crs=frame.crs.to_string()[:80]))
    shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
    return [f"SRID={code};{text}" for text in shapely.to_wkt(shapes, rounding_precision=-1)]


def _require_fitting(rows: list[dict[str, Any]], shapes: list[str], path: Path) -> None:
    for at, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1):
        if len(shape) > _CELL:
            raise SourceError(problem("target-cell", file=path.name, feature=str(at), limit=_CELL))
        for key, value in row.items():
            if isinstance(value, str) and len(value) > _CELL:
                raise SourceError(problem("target-value-too-long", file=path.name, field=key))


def _beyond(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT


def _write(sheet: Any, line: int, at: int, value: Any) -> None:
    """Write a value with its own type: a text is never a formula, a link or a number."""
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, int | float) and not _beyond(value):
        sheet.write_number(line, at, value)
    elif value is not None:
        sheet.write_string(line, at, str(value))


def _title(name: str) -> str:
    """Return a title that a worksheet may have."""
    clean = "".join("_" if c in "[]:*?/\\'" else c for c in name)[:31]
    return clean or "features"
