"""A batch of a review as parts of two tables, findings and sites, and its account.

A part is a GeoParquet file; the parts of a table have the same columns and types, whatever is in
them, so that a folder of parts is one table to any reader. The same batch makes the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pyproj

from zoning.base.columns import Coded, drawn_once
from zoning.base.errors import MissingExtraError
from zoning.base.settings import CRS
from zoning.messages import Lang, message
from zoning.model import Report, Status
from zoning.show import analysis
from zoning.show.columns import DTYPES, columns

#: The two tables, each a folder of parts.
TABLES: Final = ("findings", "sites")
#: Of each batch so many sites are kept in its account, the most severe first.
MOST_WORST: Final = 10
#: Rows of a group of a GeoParquet file.
_GROUP: Final = 50_000
_WORST: Final = ("project_id", "project_name", "status", "rule", "citation", "reason")


@dataclass(frozen=True, slots=True)
class Part:
    """What one batch comes to.

    Attributes
    ----------
    tables : mapping of str to bytes
        By table, its GeoParquet file.
    account : mapping
        Plain values for the manifest: numbers of sites and findings, what they came to, the sites
        that are worst, and the digest of each table.
    """

    tables: Mapping[str, bytes]
    account: Mapping[str, Any]


def part_of(report: Report, lang: Lang, *, full: bool) -> Part:
    """Return a batch as a part.

    Parameters
    ----------
    report : Report
        The review of the batch.
    lang : {"zh", "en"}
        Language of the texts.
    full : bool
        Whether to list what conforms or was not checked, too.

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    """
    found = columns(report, lang, full=full)
    sites = analysis.site_rows(report, lang)
    told = {name: [row[name] for row in sites].__getitem__ for name in analysis.SITE_TYPES}
    shapes = [row["geometry"] for row in sites]
    tables = {
        # The site has a row of its own; only an overlap is a geometry of a finding.
        "findings": geoparquet(
            {name: partial(found.coded, name) for name in DTYPES}, found.overlap, DTYPES
        ),
        "sites": geoparquet(told, shapes, analysis.SITE_TYPES),
    }
    return Part(tables, _account(report, len(found), sites, tables, lang))


def _account(
    report: Report,
    findings: int,
    sites: Sequence[Mapping[str, Any]],
    tables: Mapping[str, bytes],
    lang: Lang,
) -> dict[str, Any]:
    counts = Counter(result.status for result in report.results)
    worst = sorted(sites, key=lambda row: -Status(row["status"]).severity)[:MOST_WORST]
    failed = sum(result.project.geometry is None for result in report.results)
    return {
        "sites": len(sites),
        "failed": failed,
        "findings": findings,
        "exit_code": report.exit_code,
        "status": {status.value: counts[status] for status in Status if counts[status]},
        "incomplete": [text.in_(lang) for text in report.incomplete],
        "worst": [{name: row[name] for name in _WORST} for row in worst],
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in tables.items()},
    }


def worst_of(accounts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the most severe sites of all batches, the first among equals."""
    every = [site for account in accounts for site in account["worst"]]
    return sorted(every, key=lambda site: -Status(site["status"]).severity)[:MOST_WORST]


def geoparquet(
    table: Mapping[str, Callable[[slice], Any]],
    geometry: Any,
    types: Mapping[str, str],
    told: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return columns as a GeoParquet 1.1 file in memory, with what is told of the whole file.

    Parameters
    ----------
    table : mapping of str to callable
        Returns some rows of a column, as values (None, or NaN, for no value) or as
        :class:`zoning.base.columns.Coded`.
    geometry : sequence of shapely geometry or None
    types : mapping of str to str
        The columns to write, and the type of each.
    told : mapping of str to str

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("pyarrow", "formats", message("batches.writing-parts")) from error
    kinds = {"object": pa.string(), "bool": pa.bool_(), "float64": pa.float64()}
    kinds["int64"] = pa.int64()
    shapes = np.array([*geometry, None], dtype=object)[:-1]
    about = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": [],
                "crs": pyproj.CRS(CRS).to_json_dict(),
            }
        },
    }
    schema = pa.schema(
        [*((n, kinds[kind]) for n, kind in types.items()), ("geometry", pa.binary())]
    )
    schema = schema.with_metadata({"geo": json.dumps(about), **told})
    sink = pa.BufferOutputStream()
    # Nearly every figure is another, and nobody looks for the least geometry.
    repeated = [*(name for name, kind in types.items() if kind == "object"), "geometry"]
    how = {"use_dictionary": repeated, "write_statistics": [*types], "compression": "zstd"}
    with parquet.ParquetWriter(sink, schema, **how) as writer:
        # Every row repeats the texts of its clause: no more than a group of them lies in memory.
        for start in range(0, max(len(shapes), 1), _GROUP):
            rows = slice(start, start + _GROUP)
            arrays = [_array(pa, table[name](rows), kinds[kind]) for name, kind in types.items()]
            arrays.append(_array(pa, drawn_once(shapes[rows]), pa.binary()))
            writer.write_table(pa.table(arrays, schema=schema))
    return bytes(sink.getvalue())


def _array(pa: Any, values: Any, kind: Any) -> Any:
    if not isinstance(values, Coded):
        return pa.array(values, type=kind, from_pandas=True)
    # Each is made once, and not for every row anew.
    once, codes = pa.array(values.values, type=kind, from_pandas=True), pa.array(values.codes)
    try:
        return once.take(codes)
    except pa.ArrowInvalid:  # more than 2 GB are held in several chunks
        return pa.array(values.values[values.codes], type=kind, from_pandas=True)
