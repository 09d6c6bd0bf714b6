"""Findings as files: GeoJSON, GeoPackage, Excel and CSV; whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import geopandas
import pandas as pd
import pyogrio
import shapely

from zoning.base.errors import MissingExtraError, UsageError, problem
from zoning.base.settings import CRS
from zoning.base.writing import whole
from zoning.messages import Lang, Text, message
from zoning.model import ProjectResult, Report, Views
from zoning.show import titles
from zoning.show.facts import name_of, worst
from zoning.show.frame import (
    COLUMNS,
    provenance,
    rows,
    to_frame,
)
from zoning.show.statement import statement

#: Degrees are written to 1e-7, about 1 cm: finer than any layer, as RFC 7946 §11.2 advises.
_DECIMALS = 7
#: A cell that starts so would be run as a formula when a table is opened in a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_findings(report: Report, path: Path | str, lang: Lang) -> Path:
    """Write the findings to a file; its suffix chooses the format.

    Parameters
    ----------
    report : Report
        The finished review.
    path : path
        ``.geojson`` (RFC 7946), ``.gpkg``, ``.xlsx`` or ``.csv``; missing folders are made.
    lang : {"zh", "en"}
        Language of the texts.

    Returns
    -------
    Path
        The file written: the same bytes for the same report.

    Raises
    ------
    UsageError
        If the suffix is not supported or the place cannot be written.
    MissingExtraError
        If ``.xlsx`` is asked for and xlsxwriter is not installed.
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise _unsupported(path)
    with whole(path) as temporary:
        writer(report, temporary, lang)
    return path


def _unsupported(path: Path) -> UsageError:
    known = "、".join(SUFFIXES), ", ".join(SUFFIXES)
    return UsageError(
        problem(
            "output-suffix",
            file=str(path),
            key="output-suffix.unsupported-2",
            path=Text(path.suffix or "（无扩展名）", path.suffix or "(no suffix)"),
            known=Text(known[0], known[1]),
        )
    )


def _geojson(report: Report, path: Path, lang: Lang) -> None:
    """RFC 7946: longitude first, right-hand rings, no ``crs`` member.

    CGCS2000 and WGS 84 differ by less than 0.2 m, below the accuracy of every layer.
    """
    features = []
    for row in rows(report, lang):
        shape = row.pop("geometry")
        features.append(
            {"type": "Feature", "properties": row, "geometry": _rfc7946(shape)},
        )
    body = {
        "type": "FeatureCollection",
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


def _gpkg(report: Report, path: Path, lang: Lang) -> None:
    """Three layers: ``findings`` with overlaps, ``sites`` as given, ``provenance``."""
    path.unlink()  # GDAL must make the file itself, or it takes the empty one for damaged.
    frame = to_frame(report, lang)
    sites = geopandas.GeoDataFrame(
        [_site(x, Views.of(report), lang) for x in report.results],
        columns=[*_SITE_COLUMNS, "geometry"],
        geometry="geometry",
        crs=CRS,
    )
    facts = [*provenance(report, lang).items(), *_statement_rows(report, lang)]
    table = pd.DataFrame(facts, columns=["key", "value"])
    # GDAL stamps the current time into gpkg_contents unless told otherwise.
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{report.as_of}T00:00:00.000Z"})
    try:
        for name, part in (("findings", frame), ("sites", sites)):
            pyogrio.write_dataframe(
                part, path, layer=name, driver="GPKG", geometry_type="Unknown", append=False
            )
        pyogrio.write_dataframe(table, path, layer="provenance", driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


_SITE_COLUMNS = ("project_id", "project_name", "status", "status_title", "rule", "citation")


def _site(result: ProjectResult, views: Views, lang: Lang) -> dict[str, Any]:
    finding = worst(result.findings)
    return {
        "project_id": result.project.id,
        "project_name": name_of(result),
        "status": result.status.value,
        "status_title": titles.STATUS[result.status].in_(lang),
        "rule": finding.rule if finding else None,
        "citation": (views(finding).citation(lang) or None) if finding else None,
        "geometry": result.project.geometry,
    }


def _statement_rows(report: Report, lang: Lang) -> list[tuple[str, str]]:
    return [
        (f"statement:{i:02d}:{x.kind}", x.text.in_(lang))
        for i, x in enumerate(statement(report), start=1)
    ]


def inert(value: Any) -> Any:
    """Disarm a text that a spreadsheet would run as a formula: an apostrophe goes before it."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _csv(report: Report, path: Path, lang: Lang) -> None:
    # The byte-order mark makes Excel read UTF-8, not the code page of the machine.
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows(report, lang):
            writer.writerow([inert(row[name]) for name in COLUMNS])


def _xlsx(report: Report, path: Path, lang: Lang) -> None:
    try:
        import xlsxwriter
    except ImportError as error:
        purpose = message("files.writing-excel-file")
        raise MissingExtraError("xlsxwriter", "stats", purpose) from error

    views = Views.of(report)
    sites = [_site(x, views, lang) for x in report.results]
    sheets: list[tuple[str, Iterable[str], Iterable[Iterable[Any]]]] = [
        ("sites", _SITE_COLUMNS, ([x[c] for c in _SITE_COLUMNS] for x in sites)),
        ("findings", COLUMNS, ([x[c] for c in COLUMNS] for x in rows(report, lang))),
        (
            "provenance",
            ("key", "value"),
            [*provenance(report, lang).items(), *_statement_rows(report, lang)],
        ),
    ]
    with xlsxwriter.Workbook(path) as book:
        # Created "now" would change the bytes; the review's own date is what matters.
        created = datetime(report.as_of.year, report.as_of.month, report.as_of.day)
        book.set_properties({"created": created})
        bold = book.add_format({"bold": True})
        for title, header, body in sheets:
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 40, 16)
            for column, name in enumerate(header):
                sheet.write_string(0, column, name, bold)
            for line, row in enumerate(body, start=1):
                _write_row(sheet, line, row)


def _write_row(sheet: Any, line: int, row: Iterable[Any]) -> None:
    """Write each value with its own type: a text is never a formula, a link or a number."""
    for column, value in enumerate(row):
        if isinstance(value, str):
            clean = value.encode("utf-8", "backslashreplace").decode("utf-8")
            sheet.write_string(line, column, inert(clean))
        elif isinstance(value, bool):
            sheet.write_boolean(line, column, value)
        elif value is not None:
            sheet.write_number(line, column, value)


_WRITERS: Final[Mapping[str, Callable[[Report, Path, Lang], None]]] = MappingProxyType(
    {".geojson": _geojson, ".gpkg": _gpkg, ".xlsx": _xlsx, ".csv": _csv}
)
#: The suffixes `write_findings` understands.
SUFFIXES: Final = tuple(_WRITERS)
