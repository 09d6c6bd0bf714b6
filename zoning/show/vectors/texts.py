"""GeoJSON, KML and the boundary-point TXT: formats that are text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from zoning.base.errors import UsageError, problem
from zoning.base.seals import MARK
from zoning.base.settings import VERSION
from zoning.messages import message
from zoning.read.boundary_txt.write import FIELDS, write_boundary_txt
from zoning.show.vectors.columns import Loss, names_of, records, text_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Longitude and latitude of these are taken for WGS 84: they differ by less than 1 m here.
_ALIKE: Final = (4490, 4326)
#: Characters that XML cannot hold.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Zones by EPSG code: 3° ones with their number in the easting, and without it.
_ZONED: Final = {4488 + z: (z, True) for z in range(25, 46)} | {
    4509 + z: (z, False) for z in range(25, 46)
}


def _require_degrees(frame: GeoDataFrame, path: Path) -> None:
    if frame.crs.to_epsg() not in _ALIKE and frame.crs.to_string() != "OGC:CRS84":
        raise UsageError(
            problem("target-crs", file=path.name, crs=frame.crs.to_string(), right="EPSG:4490")
        )


def geojson(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:
    """Write RFC 7946: one feature a line, every digit kept, types as JSON has them."""
    _require_degrees(frame, path)
    shapes = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=False)
    drawn = ["null" if s is None or s.is_empty else shapely.to_geojson(s) for s in shapes]
    lines = [
        f'{{"type":"Feature","properties":{_json(row)},"geometry":{shape}}}'
        for row, shape in zip(records(frame), drawn, strict=True)
    ]
    head = f'{{"type":"FeatureCollection","name":{_json(name)},"generator":"zoning {VERSION}",'
    body = f'{head}"seal":"{MARK}","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_bytes(body.encode("utf-8", "backslashreplace"))
    return [message("vectors.as-wgs84")]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def kml(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:
    """Write one placemark a feature, its attributes as named data, which KML has as text only."""
    _require_degrees(frame, path)
    shapes = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=False)
    rows = records(frame)
    body = "\n".join(_placemark(row, s) for row, s in zip(rows, shapes, strict=True))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>{_xml(name)}</name>\n{body}\n</Document></kml>\n<!-- {MARK} -->\n"
    )
    path.write_text(text, encoding="utf-8")
    told = [message("vectors.as-wgs84")]
    if any(not isinstance(v, str) for row in rows for v in row.values() if v is not None):
        told.append(message("vectors.all-text", format="KML"))
    return told


def _xml(text: str) -> str:
    return escape(_NO_XML.sub("", text))


def _placemark(row: dict[str, Any], shape: Any) -> str:
    stated = {key: text_of(value) for key, value in row.items() if value is not None}
    head = "".join(
        f"<{key}>{_xml(stated.pop(key))}</{key}>"
        for key in ("name", "description")
        if key in stated
    )
    data = "".join(
        f"<Data name={quoteattr(_NO_XML.sub('', key))}><value>{_xml(value)}</value></Data>"
        for key, value in stated.items()
    )
    extended = f"<ExtendedData>{data}</ExtendedData>" if data else ""
    return f"<Placemark>{head}{extended}{_kml_shape(shape)}</Placemark>"


def _kml_shape(shape: Any) -> str:
    parts = shapely.get_parts([shape])
    drawn = [_kml_part(part) for part in parts]
    if len(drawn) == 1 and not shape.geom_type.startswith(("Multi", "Geometry")):
        return drawn[0]
    return f"<MultiGeometry>{''.join(drawn)}</MultiGeometry>"


def _kml_part(part: Any) -> str:
    if part.geom_type.startswith(("Multi", "Geometry")):
        return _kml_shape(part)
    if part.geom_type != "Polygon":
        return f"<{part.geom_type}>{_kml_points(part)}</{part.geom_type}>"
    outer = f"<outerBoundaryIs><LinearRing>{_kml_points(part.exterior)}</LinearRing>"
    inner = "".join(
        f"<innerBoundaryIs><LinearRing>{_kml_points(ring)}</LinearRing></innerBoundaryIs>"
        for ring in part.interiors
    )
    return f"<Polygon>{outer}</outerBoundaryIs>{inner}</Polygon>"


def _kml_points(line: Any) -> str:
    xy = shapely.get_coordinates(line)
    return f"<coordinates>{' '.join(f'{x!r},{y!r}' for x, y in xy.tolist())}</coordinates>"


def boundary_points(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:
    """Write plots of the national exchange file, which has five columns and no others.

    Raises
    ------
    UsageError
        A CRS that is no zone of CGCS2000.
    SourceError
        A feature that is no plot of the zone.
    """
    code = frame.crs.to_epsg()
    zone, prefix = _ZONED.get(code, (None, True)) if code is not None else (None, True)
    if zone is None:
        right = "EPSG:4513–4533 / 4534–4554"
        raise UsageError(
            problem("target-crs", file=path.name, crs=frame.crs.to_string(), right=right)
        )
    write_boundary_txt(frame, path, zone=zone, prefix=prefix, source=name)
    kept = _plot_columns(names_of(frame))
    told = []
    lost = [column for column in names_of(frame) if column not in kept]
    if lost:
        told.append(message("vectors.columns-lost", names=lost, format="TXT"))
    values = [v for c in kept for v in frame[c].tolist() if v is not None]
    if any(not isinstance(v, str | float) or isinstance(v, np.floating) for v in values):
        told.append(message("vectors.all-text", format="TXT"))
    return told


def _plot_columns(names: list[str]) -> set[str]:
    """Return which columns the plot line has room for."""
    folded = {name.casefold(): name for name in names}
    found = (
        next((folded[o.casefold()] for o in options if o.casefold() in folded), None)
        for options in FIELDS.values()
    )
    return {name for name in found if name is not None}
