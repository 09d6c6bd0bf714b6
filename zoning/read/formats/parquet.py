"""GeoParquet through pyarrow, which is optional."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from zoning.base.errors import MissingExtraError, SourceError, problem
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import (
    extents,
    file_faults,
    files,
    limits,
    values,
)
from zoning.read.crs import systems
from zoning.read.formats import geoarrow, ogr
from zoning.read.types import Objects, Pieces, Raw, ReadOptions

#: Rows beyond which a file is refused: run lengths let a few bytes stand for billions.
_MAX_ROWS = 20_000_000
#: Bytes that are read ahead of each column where a file is read piece by piece.
_BUFFER = 1 << 20


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a GeoParquet file, or a Parquet file with a column of WKB.

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    SourceError
        ``file-damaged``, ``no-geometry``, ``columns-ambiguous``, ``file-too-large``,
        ``crs-unknown``.
    """
    table, geo = _load(path, name)
    column = _primary(table, geo, name, options)
    raw = _raw(table, geo, column, name, options)
    filled = [c for c in _geometries(table, geo, column) if _filled(table.column(c))]
    raw = replace(raw, ledger=_ledger(table.num_rows, table.num_rows, filled))
    return extents.held(raw, _about(geo, column).get("bbox"))


def pieces(path: Path, name: str, options: ReadOptions, rows: int) -> Pieces:
    """Read a file as :func:`read` does, ``rows`` rows at a time.

    Raises
    ------
    MissingExtraError, SourceError
        As :func:`read` does; the rows themselves are checked when their turn comes.
    """
    parquet = _library()
    seen = 0
    primary: str | None = None
    filled: dict[str, None] = {}

    def read_on() -> Iterator[Raw]:
        nonlocal seen, primary
        with _faults(name), path.open("rb") as stream:
            file = parquet.ParquetFile(stream, buffer_size=_BUFFER)
            geo = _geo(file.schema_arrow.metadata or {})
            for batch in file.iter_batches(rows):
                table = _as_table(batch)
                table.validate(full=True)
                primary = column = primary or _primary(table, geo, name, options)
                filled.update(
                    (c, None) for c in _geometries(table, geo, column) if _filled(table.column(c))
                )
                yield replace(
                    _raw(table, geo, column, name, options), positions=seen + np.arange(len(table))
                )
                seen += table.num_rows

    def account(read: int) -> Ledger:
        return _ledger(count(path, name), read, sorted(filled))

    def stated() -> Any:
        with _faults(name):
            geo = _geo(parquet.read_schema(path).metadata or {})
        return _about(geo, primary).get("bbox") if primary is not None else None

    return extents.watched(Pieces(read_on(), account), stated)


def count(path: Path, name: str) -> int:
    """Return how many rows the end of a file states.

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    SourceError
        ``file-damaged``.
    """
    parquet = _library()
    with _faults(name):
        return int(parquet.read_metadata(path).num_rows)


def _raw(table: Any, geo: dict[str, Any], column: str, name: str, options: ReadOptions) -> Raw:
    """Return the rows of a table as features."""
    about = _about(geo, column)
    encoding = str(about.get("encoding", "WKB"))
    if encoding == "WKB":
        wkb = np.array([*table.column(column).to_pylist(), None], dtype=object)[:-1]
        geometry, broken = ogr.from_wkb(wkb)
    elif encoding in geoarrow.ENCODINGS:
        geometry, broken = geoarrow.geometries(table.column(column), encoding, name)
    else:
        raise SourceError(file_faults.not_vector(name, files.FORMATS, f"encoding {encoding[:40]}"))
    others = {
        n: [values.scalar(v) for v in table.column(n).to_pylist()]
        for n in table.column_names
        if n != column and not _is_box(table, n)
    }
    crs, evidence, told = (
        _crs(about, name, options) if geo else (None, message("parquet.no-metadata"), ())
    )
    return Raw(
        geometry=geometry,
        attributes=values.table(others, table.num_rows),
        positions=np.arange(table.num_rows),
        driver="GeoParquet" if geo else "Parquet",
        crs=crs,
        crs_evidence=evidence,
        notices=told,
        broken=broken,
        doubts=_boxes(table, geometry),
    )


def _is_box(table: Any, name: str) -> bool:
    """Whether a column is the one of bounds that GeoParquet 1.1 describes."""
    return name == "bbox" and str(table.schema.field(name).type).startswith("struct")


def _boxes(table: Any, geometry: Objects) -> dict[int, Text]:
    """Return by row what the column of bounds states against the geometry."""
    doubts: dict[int, Text] = {}
    if "bbox" not in table.column_names or not _is_box(table, "bbox"):
        return doubts
    sides = ("xmin", "ymin", "xmax", "ymax")
    for row, cell in enumerate(table.column("bbox").to_pylist()):
        box = extents.bounds([(cell or {}).get(side) for side in sides])
        told = extents.difference(box, extents.of(geometry[row : row + 1])) if cell else None
        if told is not None:
            doubts[row] = told
    return doubts


def _about(geo: dict[str, Any], column: str) -> dict[str, Any]:
    """Return what the metadata say of a column of geometries."""
    columns = geo.get("columns")
    about = columns.get(column) if isinstance(columns, dict) else None
    return about if isinstance(about, dict) else {}


def _primary(table: Any, geo: dict[str, Any], name: str, options: ReadOptions) -> str:
    """Return the column of geometries: stated, or the only one that holds WKB."""
    column = geo.get("primary_column")
    if isinstance(column, str) and column in table.column_names:
        return column
    if geo:
        raise SourceError(file_faults.no_geometry(name))
    found = [n for n in table.column_names if _is_wkb(table.column(n))]
    if options.wkt is not None:
        found = [n for n in found if n == options.wkt]
    if len(found) > 1:
        raise SourceError(problem("columns-ambiguous", file=name, names=found))
    if not found:
        raise SourceError(file_faults.no_geometry(name))
    return str(found[0])


def _is_wkb(column: Any) -> bool:
    """Return whether the values of a column that are not null begin as WKB does."""
    if str(column.type) not in ("binary", "large_binary"):
        return False
    filled = [v for v in column.drop_null().slice(0, 1000).to_pylist() if v]
    return bool(filled) and all(len(v) >= 9 and v[0] in (0, 1) for v in filled)


def _geometries(table: Any, geo: dict[str, Any], primary: str) -> list[str]:
    """Return the columns that hold, or may hold, geometries beside the primary one."""
    columns = geo.get("columns")
    stated = columns if isinstance(columns, dict) else {}
    binary = {f.name for f in table.schema if str(f.type) in ("binary", "large_binary")}
    return sorted((binary | (set(stated) & set(table.column_names))) - {primary})


def _filled(column: Any) -> bool:
    return bool(column.null_count < len(column))


def _ledger(seen: int, read: int, filled: list[str]) -> Ledger:
    """Account for the rows, and for columns of geometries beside the primary one."""
    rows = Tally("row", seen, read)
    if not filled:
        return Ledger((rows,))
    told = message("columns.other-geometry", names=filled)
    return Ledger((rows, Tally("column", len(filled), 0, set_aside=(SetAside(len(filled), told),))))


def _library() -> Any:
    try:
        from pyarrow import parquet
    except ImportError as error:
        purpose = message("parquet.reading-geoparquet")
        raise MissingExtraError("pyarrow", "formats", purpose) from error
    return parquet


def _as_table(batch: Any) -> Any:
    import pyarrow

    return pyarrow.Table.from_batches([batch])


@contextmanager
def _faults(name: str) -> Iterator[None]:
    """Turn what a damaged file raises into its fault."""
    import pyarrow

    try:
        yield
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise SourceError(file_faults.damaged(name, "GeoParquet", str(error))) from error


def _load(path: Path, name: str) -> tuple[Any, dict[str, Any]]:
    """Return the table and its ``geo`` metadata, once it is known not to be a bomb."""
    parquet = _library()
    with _faults(name), path.open("rb") as stream:
        file = parquet.ParquetFile(stream)
        geo = _geo(file.schema_arrow.metadata or {})
        groups = (file.metadata.row_group(i) for i in range(file.metadata.num_row_groups))
        size = sum(g.total_byte_size for g in groups)
        if file.metadata.num_rows > _MAX_ROWS or size > limits.MAX_UNPACKED:
            what = message("parquet.geoparquet-data")
            raise SourceError(file_faults.too_large(name, what, f"{_MAX_ROWS:,}"))
        table = file.read()
        # Lengths, offsets and UTF-8 are not checked by reading alone.
        table.validate(full=True)
        return table, geo


def _geo(metadata: dict[bytes, bytes]) -> dict[str, Any]:
    """Return the ``geo`` entry of the file's metadata."""
    found = json.loads(metadata.get(b"geo", b"{}"))
    return found if isinstance(found, dict) else {}


def _crs(
    about: dict[str, Any], name: str, options: ReadOptions
) -> tuple[pyproj.CRS | None, Text, tuple[Text, ...]]:
    """Return the CRS: an absent key means OGC:CRS84 by the standard, null means unknown."""
    if "crs" not in about:
        return systems.parse("OGC:CRS84"), message("parquet.no-crs-so-ogc"), ()
    if about["crs"] is None:
        return None, message("parquet.file-states-none"), ()
    crs, told = systems.stated(json.dumps(about["crs"]), name, options.crs)
    return crs, message("parquet.file-s-projjson"), told
