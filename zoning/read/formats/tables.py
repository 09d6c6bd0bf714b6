"""CSV and XLSX: rows with longitude and latitude, or with the geometry as WKT."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from zoning.base import encoding
from zoning.base.errors import Problem, SourceError, problem
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import (
    angles,
    corners,
    curves,
    feature_faults,
    file_faults,
    limits,
    outlines,
    stated,
    values,
)
from zoning.read.crs import systems
from zoning.read.formats import heads, totals, workbook
from zoning.read.formats.columns import Table, choose
from zoning.read.readings import DEGREE
from zoning.read.types import Objects, Raw, ReadOptions

#: Half a unit of the last digit of a coordinate, m, from which on nobody knows what the site is.
COARSE_M: Final = 100.0
_DECIMALS = re.compile(r"\d\.\d+")
_SRID = re.compile(r"^\s*SRID=(\d{4,6});", re.IGNORECASE)
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
    begun = heads.of_text(decoded.text, options)
    text, mark = begun.text, begun.mark
    if text.lstrip("\r\n").split("\n", 1)[0].count(mark) >= limits.MAX_FIELDS:
        what = message("geojson.number-fields")
        raise SourceError(file_faults.too_large(name, what, f"{limits.MAX_FIELDS}"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = pd.read_csv(
                io.BytesIO(text.replace("\x00", "").encode()),
                encoding="utf-8", sep=mark, dtype=str, header=None,
                keep_default_na=False, index_col=False,
            )  # fmt: skip
    except (ValueError, pd.errors.ParserWarning) as error:
        raise SourceError(file_faults.damaged(name, "CSV", str(error))) from error
    # A row shorter than the heading lacks its last cells.
    head, *body = table.fillna("").itertuples(index=False, name=None)
    rows = tuple(row for row in body if any(row))
    columns = tuple(str(column) for column in head)
    found = Table(columns, rows, _lines(text, mark, rows) + begun.ledger, begun.above)
    return _with_encoding(_raw(found, "CSV", None, name, options), decoded)


def _lines(text: str, mark: str, rows: Sequence[Sequence[str]]) -> Ledger:
    """Count the rows without the parser, and those that a stray quotation mark made one cell of.

    A cell of several lines is no fault; one whose lines look like rows of the table is.
    """
    quoted = rf'(?<![^{re.escape(mark)}\r\n])"([^"]*(?:""[^"]*)*)"'
    bare = re.sub(quoted, lambda found: "q" if found[1] else "", text.replace("\x00", ""))
    blank = f"{mark} \t\f\v"
    seen = sum(bool(line.strip(blank)) for line in re.split(r"[\r\n]+", bare)) - 1
    width = len(rows[0]) - 1 if rows else 0
    inside = sum(
        line.count(mark) >= width
        for row in rows
        for cell in row
        if "\n" in cell and width
        for line in cell.split("\n")[1:]
    )
    tallies = [Tally("row", seen, len(rows))]
    if inside:
        told = message("tables.rows-inside-cell", count=inside)
        tallies.append(Tally("line", inside, 0, set_aside=(SetAside(inside, told),)))
    return Ledger(tuple(tallies))


def _with_encoding(raw: Raw, decoded: encoding.Decoded) -> Raw:
    return replace(raw, encoding=decoded.encoding, encoding_evidence=decoded.evidence)


def read_xlsx(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a worksheet; titles may stand above the head.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    SourceError
        ``file-damaged``, ``several-layers``, ``layer-missing``, ``table-no-coordinates``.
    """
    sheets = workbook.sheets(path, name, options)
    title = _sheet(sheets, name, options.layer)
    table = sheets[title]
    rows = Tally("row", len(table.rows), len(table.rows))
    ledger = workbook.members(path, name, len(sheets)) + table.ledger + Ledger((rows,))
    return _raw(replace(table, ledger=ledger), "XLSX", title, name, options)


def _sheet(sheets: dict[str, Table], name: str, wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in sheets:
            raise SourceError(file_faults.layer_missing(name, wanted, list(sheets)))
        return wanted
    filled = [title for title, table in sheets.items() if table.rows or _heading(table).tallies]
    if len(filled) > 1:
        raise SourceError(file_faults.several_layers(name, filled))
    if not filled:
        raise SourceError(file_faults.no_features(name))
    return filled[0]


def _raw(table: Table, driver: str, layer: str | None, name: str, options: ReadOptions) -> Raw:
    """Build the geometries from the columns that hold them; total rows are no features."""
    place = choose(table, name, layer, options)
    kept, sums = totals.split(table.rows, place.used)
    rows = [table.rows[at] for at in kept]
    crs: pyproj.CRS | None = None
    curved = False
    doubts: dict[int, Text] = {}
    if place.wkt is not None:
        geometry, broken, crs, curved = _from_wkt([row[place.wkt] for row in rows], name)
    else:
        assert place.lon is not None
        assert place.lat is not None
        axes = {table.columns[at]: [row[at] for row in rows] for at in (place.lon, place.lat)}
        geometry, broken, doubts = _from_numbers(axes)
    others = [
        (column, [None if row[at] == "" else values.scalar(row[at]) for row in rows])
        for at, column in enumerate(table.columns)
        if at not in place.used
    ]
    evidence = message("tables.srid-of-wkt" if crs else "tables.no-crs")
    wrong = totals.contradictions(table.columns, rows, sums)
    raw = Raw(
        geometry=geometry,
        attributes=values.table(others, len(rows)),
        positions=np.array(kept, dtype=np.int64),
        driver=driver,
        crs=crs,
        crs_evidence=evidence,
        layer=layer,
        notices=(curves.told(),) if curved else (),
        broken=broken,
        ledger=_without_totals(table.ledger, len(sums)) + _heading(table),
        doubts=dict.fromkeys(range(len(rows)), wrong[0]) if wrong else doubts,
    )
    made = outlines.assembled(raw) if place.wkt is None else raw
    return replace(made, doubts={**corners.titled(made.geometry, table.above), **made.doubts})


def _heading(table: Table) -> Ledger:
    """Set aside a heading with coordinates in it: it is a row, or has swallowed one."""
    spoken = stated.speaks("; ".join(table.columns))
    if not spoken and not any(
        len(_DECIMALS.findall(c)) > 1 or values.is_geometry(c) for c in table.columns
    ):
        return Ledger()
    aside = SetAside(1, message("tables.heading-with-coordinates"))
    return Ledger((Tally("line", 1, 0, set_aside=(aside,)),))


def _without_totals(ledger: Ledger, count: int) -> Ledger:
    """Set total rows aside in the account of the rows."""
    if not count:
        return ledger
    aside = SetAside(count, message("totals.rows", count=count), may_hold=False)
    return Ledger(
        tuple(
            replace(t, read=t.read - count, set_aside=(aside,)) if t.kind == "row" else t
            for t in ledger.tallies
        )
    )


def _from_numbers(
    axes: Mapping[str, Sequence[Any]],
) -> tuple[Objects, dict[int, Problem], dict[int, Text]]:
    """Return a point a row from the columns of longitude and latitude, in this order.

    Besides come, by row, what is no number, and what is written too coarsely.
    """
    xy = np.full((len(next(iter(axes.values()))), 2), np.nan)
    half = np.zeros_like(xy)
    spelled = np.zeros(len(xy), dtype=bool)
    broken: dict[int, Problem] = {}
    for axis, (column, cells) in enumerate(axes.items()):
        for at, value in enumerate(cells):
            if value is None or not str(value).strip():
                broken.setdefault(at, feature_faults.NULL)
                continue
            found = angles.coordinate(value)
            if found is None:
                shown = str(value)[:40]
                detail = message("tables.no-number", column=column, shown=shown)
                broken.setdefault(at, feature_faults.unreadable(detail))
            else:
                xy[at, axis], half[at, axis] = found.value, found.half
                spelled[at] |= found.spelled
    slack = half * DEGREE
    least = np.where(spelled, slack.max(axis=1), slack.min(axis=1))
    doubts = dict(_rounded(xy, least, list(zip(*axes.values(), strict=True))))
    return np.asarray(shapely.points(xy), dtype=object).reshape(-1), broken, doubts


def _rounded(
    xy: NDArray[np.float64], slack: NDArray[np.float64], cells: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[int, Text]]:
    """Yield the rows whose coordinates are written too coarsely, and how far a site may lie off.

    ``slack`` is that of the finer of two numbers, and of the coarser of two angles.
    """
    coarse = (slack > COARSE_M) & (np.abs(xy) <= 360.0).all(axis=1)
    for at in np.flatnonzero(coarse).tolist():
        shown = ", ".join(str(cell).strip()[:40] for cell in cells[at])
        yield at, message("tables.rounded", shown=shown, off=float(slack[at]))


def _from_wkt(
    values: list[Any], name: str
) -> tuple[Objects, dict[int, Problem], pyproj.CRS | None, bool]:
    """Return geometries, flaws, the CRS where all SRIDs agree, and whether any had arcs."""
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
    geometry = _parsed([None if text and curves.is_curved(text) else text for text in texts])
    curved = [at for at, text in enumerate(texts) if text and curves.is_curved(text)]
    for at in curved:
        with contextlib.suppress(curves.CurveError):
            wkb = curves.straight_wkt(str(texts[at]))
            geometry[at] = shapely.from_wkb(wkb, on_invalid="ignore")
    detail = message("tables.no-valid-wkt")
    lost = [at for at in np.flatnonzero(shapely.is_missing(geometry)).tolist() if at not in broken]
    for at, shape in zip(lost, _parsed([texts[at] for at in lost], "fix"), strict=True):
        broken[at] = feature_faults.unbuilt(shape, detail)
    if len(srids) > 1:
        raise SourceError(_mixed_srids(name, sorted(srids)))
    return geometry, broken, systems.require(srids.pop(), name) if srids else None, bool(curved)


def _parsed(texts: list[str | None], on_invalid: Literal["ignore", "fix"] = "ignore") -> Objects:
    """Parse WKT; what GEOS or shapely have no type for, such as curves, is None."""
    try:
        made = shapely.from_wkt(np.array(texts, dtype=object), on_invalid=on_invalid)
        return np.asarray(made, dtype=object).reshape(-1)
    except (NotImplementedError, shapely.errors.ShapelyError):
        if len(texts) == 1:
            return np.array([None], dtype=object)
    # One such text stops all; halves leave it alone in the end.
    middle = len(texts) // 2
    halves = (texts[:middle], texts[middle:])
    return np.concatenate([_parsed(half, on_invalid) for half in halves])


def _mixed_srids(name: str, srids: list[str]) -> Problem:
    listed = ", ".join(srids)
    return problem("crs-mixed", file=name, listed=listed)
