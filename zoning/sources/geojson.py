"""GeoJSON (RFC 7946), its legacy ``crs`` member, and one feature a line (RFC 8142, NDJSON).

GDAL reads GeoJSON too, but refuses features beyond 200 MB, turns codes into floats where one is
missing, and reorders features by id. Here the order is the file's, and values are the file's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from zoning.errors import SourceError, Text
from zoning.sources import crs as systems
from zoning.sources import encodings, faults, files, flaws, limits, textual
from zoning.sources.assemble import BadShapeError, Part, build, closed, positions
from zoning.sources.types import Broken, Raw, ReadOptions

_DEPTH = {
    "Point": (0, 0), "MultiPoint": (0, 1), "LineString": (1, 1), "MultiLineString": (1, 2),
    "Polygon": (2, 2), "MultiPolygon": (2, 3),
}  # fmt: skip
IMPLIED = Text(
    "未写 crs，按 RFC 7946 为 WGS 84 经纬度；与 CGCS2000 相差不到 1 m，视为同一基准",
    "no crs member, so WGS 84 longitude and latitude by RFC 7946; CGCS2000 differs by less than "
    "1 m and is treated as the same datum",
)


class _Shape:
    """A geometry whose coordinates were packed as soon as its braces closed.

    Lists of Python floats take ten times the memory of an array; a polygon of five million
    vertices is packed before the next one is read.
    """

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Part, ...] | Broken) -> None:
        self.parts = parts


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a GeoJSON file.

    Raises
    ------
    SourceError
        ``file-too-large``, ``encoding-wrong``, ``not-vector``, ``too-deep``, ``no-features``,
        ``crs-unknown``.
    """
    if path.stat().st_size > limits.MAX_PARSED:
        raise SourceError(faults.too_large(name, Text("GeoJSON 文件", "The GeoJSON file"), "1 GiB"))
    return parse(path.read_bytes(), name, options)


def parse(data: bytes, name: str, options: ReadOptions) -> Raw:
    """Read GeoJSON from memory; see :func:`read`."""
    decoded = encodings.decode_file(data, name, options.encoding)
    text = decoded.text
    del data
    features, members, driver = _load(text, name)
    del text
    shapes: list[tuple[Part, ...] | None] = []
    broken: dict[int, Broken] = {}
    rows: list[Mapping[str, Any]] = []
    for row, feature in enumerate(features):
        shape = _shape(feature)
        if isinstance(shape, Broken):
            broken[row] = shape
            shapes.append(None)
        else:
            shapes.append(shape)
        rows.append(_attributes(feature))
    geometry, more = build(shapes)
    try:
        attributes = textual.frame(rows)
    except OverflowError as error:
        what = Text("属性字段数", "The number of fields")
        raise SourceError(faults.too_large(name, what, f"{limits.MAX_FIELDS}")) from error
    crs, evidence, implied = _crs(members, name)
    return Raw(
        geometry=geometry,
        attributes=attributes,
        positions=np.arange(len(rows)),
        driver=driver,
        crs=crs,
        crs_evidence=evidence,
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
        broken=broken | more,
        crs_is_implied=implied,
    )


def _load(text: str, name: str) -> tuple[list[Any], Mapping[str, Any], str]:
    """Return the features, the other top-level members, and the name of the format."""
    try:
        try:
            top = json.loads(text, object_hook=_pack)
        except json.JSONDecodeError as error:
            lines = _lines(text) if error.msg.startswith(("Extra data", "Expecting value")) else []
            if not lines:
                raise
            return lines, {}, "GeoJSONSeq"
    except RecursionError as error:
        raise SourceError(faults.too_deep(name)) from error
    except ValueError as error:
        detail = str(error) if isinstance(error, json.JSONDecodeError) else "JSON"
        raise SourceError(faults.not_vector(name, files.FORMATS, detail[:200])) from error
    features = _features(top)
    if features is None:
        raise SourceError(faults.not_vector(name, files.FORMATS, "JSON, no GeoJSON"))
    return features, top if isinstance(top, dict) else {}, "GeoJSON"


def _features(top: Any) -> list[Any] | None:
    """Return the features of a collection, a feature, or a bare geometry."""
    if isinstance(top, _Shape):
        return [{"geometry": top}]
    if not isinstance(top, dict):
        return None
    if top.get("type") == "FeatureCollection":
        return list(top["features"]) if isinstance(top.get("features"), list) else None
    return [top] if top.get("type") == "Feature" else None


def _lines(text: str) -> list[Any]:
    """Return one feature for each line, or nothing if a line holds none."""
    found: list[Any] = []
    for line in _texts(text):
        try:
            top = json.loads(line, object_hook=_pack)
        except json.JSONDecodeError:
            return []
        more = _features(top)
        if more is None:
            return []
        found.extend(more)
    return found


def _texts(text: str) -> Iterator[str]:
    """Yield the lines, or what stands between record separators (RFC 8142)."""
    for line in text.split("\x1e") if "\x1e" in text else text.splitlines():
        stripped = line.strip()
        if stripped:
            yield stripped


def _pack(found: dict[str, Any]) -> Any:
    """Replace a geometry object by its packed form while the rest is still being parsed."""
    kind = found.get("type")
    if kind == "GeometryCollection" and isinstance(found.get("geometries"), list):
        parts: list[Part] = []
        for member in found["geometries"]:
            if not isinstance(member, _Shape):
                return _Shape(flaws.NESTED)
            if isinstance(member.parts, Broken):
                return member
            parts.extend(member.parts)
        return _Shape(tuple(parts))
    if "coordinates" not in found or not isinstance(kind, str) or kind not in _DEPTH:
        return found
    try:
        return _Shape(tuple(_parts(*_DEPTH[kind], found["coordinates"])))
    except BadShapeError as error:
        return _Shape(error.broken)


def _parts(kind: int, depth: int, values: Any) -> Iterator[Part]:
    """Yield the parts of a geometry; ``depth`` is how many lists surround a position."""
    if not isinstance(values, list):
        detail = Text("coordinates 不是数组", "coordinates is no array")
        raise BadShapeError(flaws.unreadable(detail))
    if not values:
        return
    if kind == 2 and depth == 2:
        rings = [closed(positions(ring)) for ring in values]
        if len(rings[0]):
            yield Part(2, tuple(ring for ring in rings if len(ring)))
    elif kind == 1 and depth == 1:
        yield Part(1, (positions(values),))
    elif kind == 0 and depth == 0:
        yield Part(0, (positions([values]),))
    else:
        for value in values:
            yield from _parts(kind, depth - 1, value)


def _shape(feature: Any) -> tuple[Part, ...] | Broken | None:
    """Return a feature's parts, its flaw, or None for no geometry."""
    if not isinstance(feature, dict):
        return flaws.unreadable(Text("不是 Feature 对象", "it is no Feature object"))
    shape = feature.get("geometry")
    if shape is None:
        return None
    if isinstance(shape, _Shape):
        return shape.parts
    kind = shape.get("type") if isinstance(shape, dict) else None
    if isinstance(kind, str) and kind not in _DEPTH:
        return flaws.unsupported(kind[:40])
    return flaws.unreadable(Text("没有 coordinates", "it has no coordinates"))


def _attributes(feature: Any) -> dict[str, Any]:
    """Return a feature's properties; its ``id`` member joins them unless they have an id."""
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    found = dict(properties) if isinstance(properties, dict) else {}
    if feature.get("id") is not None and "id" not in found:
        found = {"id": feature["id"], **found}
    return found


def _crs(members: Mapping[str, Any], name: str) -> tuple[pyproj.CRS, Text, bool]:
    """Return the CRS, how it is known, and whether only the format implies it."""
    stated = members.get("crs")
    if not isinstance(stated, dict):
        return systems.parse("OGC:CRS84"), IMPLIED, True
    properties = stated.get("properties")
    code = properties.get("name") if isinstance(properties, dict) else None
    try:
        crs = systems.parse(str(code))
    except ValueError as error:
        raise SourceError(faults.crs_unknown(name, str(code))) from error
    return (
        crs,
        Text(f"文件的 crs 成员（旧版 GeoJSON）：{code}", f"crs member (old GeoJSON): {code}"),
        False,
    )
