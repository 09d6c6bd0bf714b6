"""Findings as files: GeoJSON, GeoPackage, GeoParquet, Excel and CSV; whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import shapely

from zoning.base.seals import CSV_COLUMN, MARK
from zoning.base.settings import VERSION
from zoning.base.targets import Target, require_suffix
from zoning.base.writing import whole
from zoning.messages import Lang
from zoning.model import Report
from zoning.show.analysis import SITE_TYPES
from zoning.show.beside import Beside
from zoning.show.cells import inert
from zoning.show.columns import COLUMNS, DTYPES
from zoning.show.frame import provenance
from zoning.show.statements import statement

#: Degrees are written to 1e-7, about 1 cm: finer than any layer, as RFC 7946 §11.2 advises.
_DECIMALS = 7


def write_findings(
    report: Report, place: Target | Path | str, lang: Lang, beside: Beside | None = None
) -> Path:
    """Write the findings to a file; its suffix chooses the format.

    Parameters
    ----------
    report : Report
        The finished review.
    place : Target or path
        ``.geojson`` (RFC 7946), ``.gpkg``, ``.parquet``, ``.xlsx`` or ``.csv``; missing folders
        are made.
    lang : {"zh", "en"}
        Language of the texts, and of the heads of a workbook.
    beside : Beside, optional
        What else the file shows; its ``full`` lists every finding.

    Returns
    -------
    Path
        The file written: the same bytes for the same report.

    Raises
    ------
    UsageError
        If the suffix is not supported or the file must not be written.
    MissingExtraError
        If ``.xlsx`` is asked for without xlsxwriter, or ``.parquet`` without pyarrow.
    """
    target = Target.of(place)
    require_suffix(target.path, _WRITERS)
    with whole(target) as temporary:
        _WRITERS[target.path.suffix.lower()](report, temporary, lang, beside or Beside())
    return target.path


def _geojson(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    """RFC 7946: longitude first, right-hand rings, no ``crs`` member.

    The sites come first, then the findings; only an overlap is a geometry of a finding's own.
    CGCS2000 and WGS 84 differ by less than 0.2 m, below the accuracy of every layer.
    """
    told = beside.gathered(report, lang)
    sites = [("site", row) for row in told.sites]
    found = [("finding", row) for row in told.found.rows()]
    features = []
    for kind, known in (*sites, *found):
        shape, row = known["geometry"], {x: known[x] for x in known if x != "geometry"}
        own = kind == "site" or row["geometry_of"] == "overlap"
        features.append(
            {
                "type": "Feature",
                "properties": {"kind": kind, **row},
                "geometry": _rfc7946(shape) if own else None,
            },
        )
    body = {
        "type": "FeatureCollection",
        "seal": MARK,
        "features": features,
        "provenance": provenance(report, lang),
        "statement": [x.text.in_(lang) for x in statement(report)],
    }
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")


def _rfc7946(shape: Any) -> dict[str, Any] | None:
    if shape is None or shape.is_empty:
        return None
    oriented = shapely.orient_polygons(shapely.force_2d(shape), exterior_cw=False)
    rounded = shapely.transform(oriented, lambda c: c.round(_DECIMALS))
    found: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return found


def _csv(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    # The byte-order mark makes Excel read UTF-8, not the code page of the machine.
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, CSV_COLUMN])
        for row in beside.gathered(report, lang).found.rows():
            writer.writerow([*(inert(row[name]) for name in COLUMNS), VERSION])


def _parquet(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    """Write GeoParquet: the sites with their geometry, then the findings with their overlaps."""
    types = {"kind": "object", **SITE_TYPES, **DTYPES}
    told = beside.gathered(report, lang)
    sites, found = told.sites, told.found
    shapes = [*(row["geometry"] for row in sites), *found.overlap]

    def column(name: str) -> Callable[[slice], Any]:
        own = ["site" if name == "kind" else row.get(name) for row in sites]

        def some(rows: slice) -> list[Any]:
            rest = slice(max(rows.start - len(own), 0), max(rows.stop - len(own), 0))
            if name in DTYPES:
                return [*own[rows], *found.part(name, rest).tolist()]
            return [*own[rows], *["finding" if name == "kind" else None] * len(found.site[rest])]

        return some

    marks = {
        "seal": MARK,
        "provenance": json.dumps(provenance(report, lang), ensure_ascii=False),
        "statement": json.dumps([x.text.in_(lang) for x in statement(report)], ensure_ascii=False),
    }
    table = {name: column(name) for name in types}
    from zoning.show.parts import geoparquet

    path.write_bytes(geoparquet(table, shapes, types, marks))


def _geopackage(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    from zoning.show.geopackage import write_geopackage

    write_geopackage(report, path, lang, beside)


def _workbook(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    from zoning.show.report_workbook import write_report_workbook

    write_report_workbook(report, path, lang, beside)


_WRITERS: Final[Mapping[str, Callable[[Report, Path, Lang, Beside], None]]] = MappingProxyType(
    {
        ".geojson": _geojson,
        ".gpkg": _geopackage,
        ".xlsx": _workbook,
        ".csv": _csv,
        ".parquet": _parquet,
    }
)
