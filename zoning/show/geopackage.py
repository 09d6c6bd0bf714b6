"""A review as a GeoPackage: sites, overlaps, zones, findings, questions, each of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.seals import MARK
from zoning.messages import Lang
from zoning.model import Report
from zoning.show import analysis, qgis
from zoning.show.beside import Beside
from zoning.show.findings_tables import write_findings
from zoning.show.frame import provenance
from zoning.show.gathered import OVERLAP_TYPES
from zoning.show.geopackage_file import GeoPackage, new_geopackage
from zoning.show.statements import statement

#: Names of the layers of points, lines and polygons that one table is divided into.
_TAILS: Final = ("_points", "_lines", "")
_TYPES: Final = ("MultiPoint", "MultiLineString", "MultiPolygon")
_MAKERS: Final = dict(
    zip(_TYPES, (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons), strict=True)
)
#: Columns of the zones beside the sites.
_ZONE_TYPES: Final = {
    "layer": "object",
    "layer_name": "object",
    "zone": "object",
    "evidence": "object",
    "official": "bool",
    "projects": "object",
}
_STYLE_TYPES: Final = {
    "f_table_catalog": "object",
    "f_table_schema": "object",
    "f_table_name": "object",
    "f_geometry_column": "object",
    "styleName": "object",
    "styleQML": "object",
    "styleSLD": "object",
    "useAsDefault": "bool",
    "description": "object",
    "owner": "object",
    "ui": "object",
    "update_time": "datetime",
}

#: Columns, and a geometry a row.
_Content = tuple[Mapping[str, Sequence[Any]], NDArray[Any]]


def write_geopackage(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    """Write the layers, their QGIS styles, and what is needed to make the review again."""
    told = beside.gathered(report, lang)
    layers = (
        ("sites", analysis.SITE_TYPES, _drawn(told.sites)),
        ("overlaps", OVERLAP_TYPES, _drawn([row for _, row in told.overlaps])),
        ("zones", _ZONE_TYPES, _zones(beside, lang)),
    )
    with new_geopackage(path, f"{report.as_of}T00:00:00.000Z") as file:
        styles = [style for layer in layers for style in _write_layers(file, *layer, lang)]
        write_findings(told.found, file)
        for name, types, rows in _tables(report, lang, beside, styles):
            file.table(name, {x: [row[x] for row in rows] for x in types}, types)


def _drawn(rows: Sequence[Mapping[str, Any]]) -> _Content:
    """Return rows as columns, and their geometries."""
    told = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    return told, np.array([*told.pop("geometry", ()), None], dtype=object)[:-1]


def _write_layers(
    file: GeoPackage,
    name: str,
    types: Mapping[str, str],
    content: _Content,
    lang: Lang,
) -> Iterable[tuple[str, str]]:
    """Write a table as layers of one kind of geometry; yield the style of each.

    Polygons are always written, others where there are any.
    """
    columns, shapes = content
    kinds = shapely.get_dimensions(shapes)
    for dimension in (2, 1, 0):
        # What has no geometry is told among the polygons, so that no site is left out.
        own = np.flatnonzero((kinds == dimension) | ((kinds == -1) & (dimension == 2)))
        if dimension != 2 and not len(own):
            continue
        layer = f"{name}{_TAILS[dimension]}"
        told = {x: [columns[x][at] for at in own.tolist()] if columns else [] for x in types}
        about = MARK if layer == "sites" else layer
        kind = _TYPES[dimension]
        file.layer(layer, told, types, _multi(shapes[own], kind), kind.upper(), about)
        yield layer, qgis.by_status(dimension, lang) if name != "zones" else qgis.plain(dimension)


def _multi(shapes: Any, kind: str) -> Any:
    """Return shapes as the parts of one dimension each, as one multipart geometry."""
    parts, whose = shapely.get_parts(shapes, return_index=True)
    parts, again = shapely.get_parts(parts, return_index=True)
    kept = shapely.get_dimensions(parts) == _TYPES.index(kind)
    made = _MAKERS[kind](parts[kept], indices=whose[again][kept], out=np.full(len(shapes), None))
    made[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = None
    return made


def _zones(beside: Beside, lang: Lang) -> _Content:
    zones = beside.zones
    if zones is None:
        return {}, np.empty(0, dtype=object)
    told: dict[str, Sequence[Any]] = {name: zones[name].tolist() for name in zones.columns}
    called = {name: name.in_(lang) for name in dict.fromkeys(told["layer_name"])}
    return {**told, "layer_name": [called[name] for name in told["layer_name"]]}, zones.geometry


def _tables(
    report: Report, lang: Lang, beside: Beside, styles: Sequence[tuple[str, str]]
) -> Iterable[tuple[str, Mapping[str, str], Sequence[Mapping[str, Any]]]]:
    """Yield the tables without geometry, but for the findings: names, types of columns, rows."""
    yield "questions", analysis.QUESTION_TYPES, analysis.question_rows(beside.questions, lang)
    missing = analysis.missing_layer_rows(report, beside.office, lang)
    yield "missing_layers", analysis.LAYER_TYPES, missing
    told = [{"key": key, "value": value} for key, value in facts(report, lang)]
    yield "provenance", {"key": "object", "value": "object"}, told
    yield "layer_styles", _STYLE_TYPES, [_style(layer, look, report) for layer, look in styles]


def facts(report: Report, lang: Lang) -> list[tuple[str, str]]:
    """Return what is needed to make the review again, and what it did not check."""
    told = [
        (f"statement:{i:02d}:{x.kind}", x.text.in_(lang))
        for i, x in enumerate(statement(report), start=1)
    ]
    return [*provenance(report, lang).items(), *told]


def _style(layer: str, look: str, report: Report) -> dict[str, Any]:
    """Return a row of the table in which QGIS looks for the style of a layer."""
    return {
        **dict.fromkeys(_STYLE_TYPES, ""),
        "f_table_name": layer,
        "f_geometry_column": "geom",
        "styleName": layer,
        "styleQML": look,
        "useAsDefault": True,
        "update_time": f"{report.as_of}T00:00:00Z",
    }
