"""CSV and XLSX: rows with longitude and latitude, or with the geometry as WKT."""

from __future__ import annotations

import datetime
import io
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyproj
import shapely

from zoning.base import encoding
from zoning.base.errors import MissingExtraError, Problem, SourceError, problem
from zoning.messages import Text, message
from zoning.read import (
    feature_faults,
    file_faults,
    limits,
    values,
)
from zoning.read.crs import systems
from zoning.read.formats import archive
from zoning.read.types import Objects, Raw, ReadOptions

_WKT = ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "shape", "几何")
_LON = ("lon", "lng", "long", "longitude", "经度", "东经")
_LAT = ("lat", "latitude", "纬度", "北纬")
_DMS = re.compile(
    r"""^\s*(?:东经|北纬|[EN])?\s*(\d{1,3}(?:\.\d+)?)[°度]\s*(?:(\d{1,2}(?:\.\d+)?)['′分]\s*)?"""
    r"""(?:(\d{1,2}(?:\.\d+)?)["″秒])?\s*[EN]?\s*$"""
)
_SRID = re.compile(r"^\s*SRID=(\d{4,6});", re.IGNORECASE)
_Taken = TypeVar("_Taken")
_STACKED = re.compile(r"(?:\(\s*){40}")


def read_csv(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a delimited text file; every value stays the text it is.

    Raises
    ------
    SourceError
        ``file-too-large``, ``encoding-wrong``, ``file-damaged``, ``table-no-coordinates``.
    """
    if path.stat().st_size > limits.MAX_PARSED:
        raise SourceError(file_faults.too_large(name, message("tables.csv-file"), "1 GiB"))
    decoded = encoding.decode_file(path.read_bytes(), name, options.encoding)
    first = decoded.text.lstrip("\r\n").split("\n", 1)[0]
    mark = max((",", "\t", ";", "|"), key=first.count)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = pd.read_csv(
                io.BytesIO(decoded.text.replace("\x00", "").encode()),
                encoding="utf-8", sep=mark, dtype=str,
                keep_default_na=False, index_col=False,
            )  # fmt: skip
    except (ValueError, pd.errors.ParserWarning) as error:
        raise SourceError(file_faults.damaged(name, "CSV", str(error))) from error
    rows = [dict(zip(table.columns, r, strict=True)) for r in table.itertuples(index=False)]
    raw = _raw(rows, [str(c) for c in table.columns], "CSV", None, name, options)
    return _with_encoding(raw, decoded)


def _with_encoding(raw: Raw, decoded: encoding.Decoded) -> Raw:
    from dataclasses import replace

    return replace(raw, encoding=decoded.encoding, encoding_evidence=decoded.evidence)


def read_xlsx(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a worksheet whose first row that is not empty holds the column names.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    SourceError
        ``file-damaged``, ``several-layers``, ``layer-missing``, ``table-no-coordinates``.
    """
    sheets = worksheets(path, name)
    title = _sheet(sheets, name, options.layer)
    rows, columns = sheets[title]
    return _raw(rows, columns, "XLSX", title, name, options)


def worksheets(path: Path, name: str) -> dict[str, tuple[list[dict[str, Any]], list[str]]]:
    """Return rows and columns of every worksheet; see :func:`read_xlsx`."""
    return _from_book(
        path,
        name,
        lambda book: {s.title: _rows(s.iter_rows(values_only=True)) for s in book.worksheets},
    )


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
        sheet = book.worksheets[0]
        width = min(sheet.max_column or 0, limits.MAX_FIELDS)
        return [tuple(map(_cell, row)) for row in sheet.iter_rows(max_col=width, values_only=True)]

    return _from_book(path, name, rows)


def _from_book(path: Path, name: str, take: Callable[[Any], _Taken]) -> _Taken:
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


def _rows(values: Iterable[Sequence[Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows below the header as dictionaries, and the header."""
    columns: list[str] = []
    rows = []
    for row in values:
        if all(v is None for v in row):
            continue
        if not columns:
            columns = [str(v).strip() if v is not None else "" for v in row][: limits.MAX_FIELDS]
            continue
        rows.append({c: _cell(v) for c, v in zip(columns, row, strict=False) if c})
    return rows, [c for c in columns if c]


def _cell(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _sheet(sheets: dict[str, Any], name: str, wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in sheets:
            raise SourceError(file_faults.layer_missing(name, wanted, list(sheets)))
        return wanted
    filled = [title for title, (rows, _) in sheets.items() if rows]
    if len(filled) > 1:
        raise SourceError(file_faults.several_layers(name, filled))
    if not filled:
        raise SourceError(file_faults.no_features(name))
    return filled[0]


def _raw(
    rows: list[dict[str, Any]], columns: list[str], driver: str, layer: str | None, name: str,
    options: ReadOptions,
) -> Raw:  # fmt: skip
    """Find the coordinates among the columns and build the geometries."""
    wkt = _column(columns, options.wkt, () if options.lon else _WKT, name)
    lon = _column(columns, options.lon, _LON, name) if wkt is None else None
    lat = _column(columns, options.lat, _LAT, name) if wkt is None else None
    crs: pyproj.CRS | None = None
    if wkt is not None:
        geometry, broken, crs = _from_wkt([r.get(wkt) for r in rows], name)
        used = {wkt}
    elif lon is not None and lat is not None:
        geometry, broken = _from_numbers(rows, lon, lat)
        used = {lon, lat}
    else:
        raise SourceError(_no_coordinates(name, layer, columns))
    kept = [{k: (None if v == "" else v) for k, v in r.items() if k not in used} for r in rows]
    evidence = Text(
        "WKT 的 SRID" if crs else "表格不含坐标系", "SRID of the WKT" if crs else "a table has none"
    )
    return Raw(
        geometry=geometry,
        attributes=values.frame(kept),
        positions=np.arange(len(rows)),
        driver=driver,
        crs=crs,
        crs_evidence=evidence,
        layer=layer,
        broken=broken,
    )


def _column(columns: list[str], wanted: str | None, usual: Sequence[str], name: str) -> str | None:
    """Return the column asked for, or the first with a usual name."""
    if wanted is not None:
        if wanted not in columns:
            raise SourceError(_no_column(name, wanted, columns))
        return wanted
    lower = {c.strip().lower(): c for c in reversed(columns)}
    return next((lower[u] for u in usual if u in lower), None)


def _from_numbers(
    rows: list[dict[str, Any]], lon: str, lat: str
) -> tuple[Objects, dict[int, Problem]]:
    xy = np.full((len(rows), 2), np.nan)
    broken: dict[int, Problem] = {}
    for at, row in enumerate(rows):
        for axis, column in enumerate((lon, lat)):
            value = row.get(column)
            if value is None or not str(value).strip():
                broken.setdefault(at, feature_faults.NULL)
                continue
            number = degrees(value)
            if number is None:
                shown = str(value)[:40]
                detail = message("tables.no-number", column=column, shown=shown)
                broken.setdefault(at, feature_faults.unreadable(detail))
            else:
                xy[at, axis] = number
    return np.asarray(shapely.points(xy), dtype=object).reshape(-1), broken


def degrees(value: Any) -> float | None:
    """Return a number from ``112.5``, ``"112.5"`` or ``112°30′00″``, else None."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    match = _DMS.match(str(value)[:60])
    if match is None:
        return None
    return float(match[1]) + float(match[2] or 0) / 60 + float(match[3] or 0) / 3600


def _from_wkt(
    values: list[Any], name: str
) -> tuple[Objects, dict[int, Problem], pyproj.CRS | None]:
    """Return geometries, flaws, and the CRS where all SRIDs agree."""
    broken: dict[int, Problem] = {}
    texts: list[str | None] = []
    srids: set[str] = set()
    for at, value in enumerate(values):
        text = "" if value is None else str(value).strip()
        match = _SRID.match(text)
        if match:
            srids.add(match[1])
            text = text[match.end() :]
        if not text:
            broken[at] = feature_faults.NULL
        elif text.upper().count("COLLECTION") > limits.MAX_NESTING or _STACKED.search(text):
            # GEOS parses WKT recursively; a deep one would end the process.
            broken[at] = feature_faults.NESTED
        texts.append(None if at in broken else text)
    made = shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore")
    geometry = np.asarray(made, dtype=object).reshape(-1)
    detail = message("tables.no-valid-wkt")
    for at in np.flatnonzero(shapely.is_missing(geometry)).tolist():
        broken.setdefault(at, feature_faults.unreadable(detail))
    if len(srids) > 1:
        raise SourceError(_mixed_srids(name, sorted(srids)))
    return geometry, broken, systems.require(srids.pop(), name) if srids else None


def _no_coordinates(name: str, layer: str | None, columns: list[str]) -> Problem:
    listed = ", ".join(columns[:30])
    return problem("table-no-coordinates", file=name, layer=layer, listed=listed)


def _no_column(name: str, wanted: str, columns: list[str]) -> Problem:
    listed = ", ".join(columns[:30])
    return problem(
        "field-missing",
        file=name,
        field=wanted,
        key="field-missing.no-column",
        wanted=wanted,
        listed=listed,
    )


def _mixed_srids(name: str, srids: list[str]) -> Problem:
    listed = ", ".join(srids)
    return problem("crs-mixed", file=name, listed=listed)


def looks_like_csv(start: bytes, suffix: str) -> bool:
    """Return whether a file is named like a table and its beginning is text."""
    return suffix in (".csv", ".tsv") and b"\x00" not in start[:1000]
