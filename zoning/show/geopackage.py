"""A review as a GeoPackage: sites, overlaps, zones, findings, questions, each of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import tee
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from zoning.base.seals import MARK
from zoning.messages import Lang
from zoning.model import Report
from zoning.review.touched import Zone
from zoning.show import analysis, qgis
from zoning.show.beside import Beside
from zoning.show.findings_tables import write_findings
from zoning.show.frame import provenance
from zoning.show.gathered import OVERLAP_TYPES
from zoning.show.geopackage_file import Drawn, Features, GeoPackage, new_geopackage
from zoning.show.statements import statement

#: Names of the layers of points, lines and polygons that one table is divided into.
_TAILS: Final = ("_points", "_lines", "")
_TYPES: Final = (GeometryType.MULTIPOINT, GeometryType.MULTILINESTRING, GeometryType.MULTIPOLYGON)
_MAKERS: Final = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
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


@dataclass(frozen=True)
class Content:
    """A table whose rows are drawn in layers of one kind of geometry each.

    Attributes
    ----------
    columns : mapping of str to sequence
    layers : sequence of (ndarray of intp, Drawn)
        The rows of points, of lines and of polygons, and how they are drawn. What has no geometry
        is told among the polygons, so that no row is left out.
    """

    columns: Mapping[str, Sequence[Any]]
    layers: Sequence[tuple[NDArray[np.intp], Drawn]]

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Any]], shapes: NDArray[Any]) -> Content:
        """Draw a geometry a row, in degrees."""
        kinds = shapely.get_dimensions(shapes)
        kinds[kinds == -1] = 2
        rows = [np.flatnonzero(kinds == dimension) for dimension in range(3)]
        drawn = (Drawn.of(_multi(shapes[own], kind), _TYPES[kind]) for kind, own in enumerate(rows))
        return cls(columns, list(zip(rows, drawn, strict=True)))

    def features(self, dimension: int, names: Iterable[str]) -> Features:
        """Return some columns of the rows of one kind of geometry, and how they are drawn."""
        rows, drawn = self.layers[dimension]
        told = self.columns
        return {x: _some(told[x], rows) if told else [] for x in names}, drawn


def write_geopackage(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    """Write the layers, their QGIS styles, and what is needed to make the review again."""
    told = beside.gathered(report, lang)
    with new_geopackage(path, f"{report.as_of}T00:00:00.000Z") as file:
        sites = _write_layers(file, "sites", analysis.SITE_TYPES, [_drawn(told.sites)], lang)
        parts = _drawn([row for _, row in told.overlaps])
        overlaps = _write_layers(file, "overlaps", OVERLAP_TYPES, [parts], lang)
        place = len(file.listed)
        write_findings(told.found, file)
        for name, types, rows in _tables(report, lang, beside):
            file.table(name, {x: [row[x] for row in rows] for x in types}, types)
        # Last, for other processes may be cutting them; they are named among the layers.
        beyond = beside.zones() if beside.zones else ()
        zones = _write_layers(file, "zones", _ZONE_TYPES, beyond, lang, place)
        styles = [_style(*x, report) for x in (*sites, *overlaps, *zones)]
        file.table(
            "layer_styles", {x: [row[x] for row in styles] for x in _STYLE_TYPES}, _STYLE_TYPES
        )


def _drawn(rows: Sequence[Mapping[str, Any]]) -> Content:
    """Return rows as columns, and their geometries."""
    told = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    return Content.of(told, np.array([*told.pop("geometry", ()), None], dtype=object)[:-1])


def _write_layers(
    file: GeoPackage,
    name: str,
    types: Mapping[str, str],
    contents: Iterable[Content],
    lang: Lang,
    place: int | None = None,
) -> list[tuple[str, str]]:
    """Write a table as layers of one kind of geometry; return the style of each.

    Polygons are always written, and as they come; others where there are any.
    """
    styles: list[tuple[str, str]] = []
    for dimension, some in zip((2, 1, 0), tee(contents, 3), strict=True):
        parts: Iterable[Features] = (content.features(dimension, types) for content in some)
        if dimension != 2 and not (parts := [x for x in parts if x[1].blobs]):
            continue
        layer = f"{name}{_TAILS[dimension]}"
        about = MARK if layer == "sites" else layer
        at = None if place is None else place + len(styles)
        file.layer(layer, _TYPES[dimension], types, parts, about, at)
        look = qgis.by_status(dimension, lang) if name != "zones" else qgis.plain(dimension)
        styles.append((layer, look))
    return styles


def _some(column: Sequence[Any], rows: NDArray[np.intp]) -> Sequence[Any]:
    return column if len(rows) == len(column) else [column[at] for at in rows.tolist()]


def _multi(shapes: NDArray[Any], dimension: int) -> NDArray[Any]:
    """Return shapes of which each is of one part, or of several, all of one dimension."""
    out: NDArray[Any] = shapes.copy()
    out[shapely.is_empty(shapes)] = None
    kind = _TYPES[dimension]
    other = ~np.isin(shapely.get_type_id(out), (-1, kind, kind - 3))
    parts, whose = shapely.get_parts(shapes[other], return_index=True)
    parts, again = shapely.get_parts(parts, return_index=True)
    kept = shapely.get_dimensions(parts) == dimension
    made = np.full(np.count_nonzero(other), None)
    out[other] = _MAKERS[dimension](parts[kept], indices=whose[again][kept], out=made)
    return out


def zone_content(zones: Sequence[Zone], lang: Lang) -> Content:
    """Return zones beside sites as a table."""
    *told, shapes = zip(*zones, strict=True) if zones else [()] * (len(_ZONE_TYPES) + 1)
    columns: dict[str, Sequence[Any]] = dict(zip(_ZONE_TYPES, told, strict=True))
    called = dict(zip(columns["layer"], columns["layer_name"], strict=True))
    spoken = {layer: name.in_(lang) for layer, name in called.items()}
    columns["layer_name"] = [spoken[layer] for layer in columns["layer"]]
    return Content.of(columns, np.array([*shapes, None], dtype=object)[:-1])


def _tables(
    report: Report, lang: Lang, beside: Beside
) -> Iterable[tuple[str, Mapping[str, str], Sequence[Mapping[str, Any]]]]:
    """Yield the tables of a review beside its findings: names, types of columns, rows."""
    yield "questions", analysis.QUESTION_TYPES, analysis.question_rows(beside.questions, lang)
    missing = analysis.missing_layer_rows(report, beside.office, lang)
    yield "missing_layers", analysis.LAYER_TYPES, missing
    told = [{"key": key, "value": value} for key, value in facts(report, lang)]
    yield "provenance", {"key": "object", "value": "object"}, told


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
