"""A review as a GeoPackage: sites, overlaps, zones, findings, questions, each of one kind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import shapely

from zoning.base.seals import MARK
from zoning.base.settings import CRS
from zoning.messages import Lang
from zoning.model import Report
from zoning.show import analysis, qgis
from zoning.show.beside import Beside
from zoning.show.findings_tables import write_findings
from zoning.show.frame import frame_of, provenance
from zoning.show.gathered import OVERLAP_TYPES
from zoning.show.statements import statement
from zoning.show.vectors.ogr import fixed_day

#: Names of the layers of points, lines and polygons that one table is divided into.
_TAILS: Final = ("_points", "_lines", "")
_TYPES: Final = ("MultiPoint", "MultiLineString", "MultiPolygon")
_MAKERS: Final = dict(
    zip(_TYPES, (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons), strict=True)
)


def write_geopackage(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    """Write the layers, their QGIS styles, and what is needed to make the review again."""
    told = beside.gathered(report, lang)
    sites = frame_of(told.sites, analysis.SITE_TYPES)
    overlaps = frame_of([row for _, row in told.overlaps], OVERLAP_TYPES)
    styles: list[tuple[str, str]] = []
    day = f"{report.as_of}T00:00:00.000Z"
    with fixed_day(day):
        for name, frame in (
            ("sites", sites),
            ("overlaps", overlaps),
            ("zones", _zones(beside, lang)),
        ):
            for layer, dimension, part in _divided(name, frame):
                _write_layer(part, path, layer, _TYPES[dimension])
                look = qgis.by_status(dimension, lang) if name != "zones" else qgis.plain(dimension)
                styles.append((layer, look))
        write_findings(told.found, path, day)
        for name, table in _tables(report, lang, beside):
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
        pyogrio.write_dataframe(_styles(styles, report), path, layer="layer_styles", driver="GPKG")


def _divided(
    name: str, frame: geopandas.GeoDataFrame
) -> Iterable[tuple[str, int, geopandas.GeoDataFrame]]:
    """Yield a table as layers of one kind of geometry; polygons always, others where there are."""
    kinds = shapely.get_dimensions(np.asarray(frame.geometry.array, dtype=object))
    for dimension in (2, 1, 0):
        # What has no geometry is told among the polygons, so that no site is left out.
        own = (kinds == dimension) | ((kinds == -1) & (dimension == 2))
        if dimension == 2 or own.any():
            yield f"{name}{_TAILS[dimension]}", dimension, frame[own]


def _write_layer(frame: geopandas.GeoDataFrame, path: Path, layer: str, kind: str) -> None:
    shapes = _multi(np.asarray(frame.geometry.array, dtype=object), kind)
    made = frame.reset_index(drop=True).set_geometry(geopandas.GeoSeries(shapes, crs=CRS))
    # A few rows need no index, which alone would take more room than they do.
    options = {"SPATIAL_INDEX": "NO", "DESCRIPTION": MARK if layer == "sites" else layer}
    pyogrio.write_dataframe(
        made, path, layer=layer, driver="GPKG", geometry_type=kind, layer_options=options
    )


def _multi(shapes: Any, kind: str) -> Any:
    """Return shapes as the parts of one dimension each, as one multipart geometry."""
    parts, whose = shapely.get_parts(shapes, return_index=True)
    parts, again = shapely.get_parts(parts, return_index=True)
    kept = shapely.get_dimensions(parts) == _TYPES.index(kind)
    made = _MAKERS[kind](parts[kept], indices=whose[again][kept], out=np.full(len(shapes), None))
    made[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = None
    return made


def _zones(beside: Beside, lang: Lang) -> geopandas.GeoDataFrame:
    if beside.zones is None:
        empty = dict.fromkeys(("layer", "layer_name", "zone", "evidence", "projects"), "object")
        return frame_of([], empty)
    return beside.zones.assign(layer_name=[x.in_(lang) for x in beside.zones["layer_name"]])


def _tables(report: Report, lang: Lang, beside: Beside) -> Iterable[tuple[str, pd.DataFrame]]:
    """Yield the tables without geometry, but for the findings."""
    yield "questions", analysis.questions(beside.questions, lang)
    yield "missing_layers", analysis.missing_layers(report, beside.office, lang)
    yield "provenance", pd.DataFrame(facts(report, lang), columns=["key", "value"])


def facts(report: Report, lang: Lang) -> list[tuple[str, str]]:
    """Return what is needed to make the review again, and what it did not check."""
    told = [
        (f"statement:{i:02d}:{x.kind}", x.text.in_(lang))
        for i, x in enumerate(statement(report), start=1)
    ]
    return [*provenance(report, lang).items(), *told]


def _styles(styles: list[tuple[str, str]], report: Report) -> pd.DataFrame:
    """Return the table in which QGIS looks for the style of a layer."""
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [layer for layer, _ in styles],
            "f_geometry_column": "geom",
            "styleName": [layer for layer, _ in styles],
            "styleQML": [look for _, look in styles],
            "styleSLD": "",
            "useAsDefault": True,
            "description": "",
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(report.as_of, tz="UTC"),
        }
    )
