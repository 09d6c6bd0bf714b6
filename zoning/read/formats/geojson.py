"""GeoJSON (RFC 7946), its legacy ``crs`` member, and one feature a line (RFC 8142, NDJSON).

GDAL reads GeoJSON too, but refuses features beyond 200 MB, turns codes into floats where one is
missing, and reorders features by id. Here the order is the file's, and values are the file's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from zoning.base import encoding
from zoning.base.errors import Problem, SourceError, problem
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import (
    extents,
    feature_faults,
    file_faults,
    files,
    limits,
    values,
)
from zoning.read.assemble import (
    BadShapeError,
    Part,
    build,
    closed,
    positions,
)
from zoning.read.crs import systems
from zoning.read.formats import geojson_rest, services
from zoning.read.formats.geojson_arrays import Held, put_back, taken_out
from zoning.read.types import Raw, ReadOptions

_DEPTH = {
    "Point": (0, 0), "MultiPoint": (0, 1), "LineString": (1, 1), "MultiLineString": (1, 2),
    "Polygon": (2, 2), "MultiPolygon": (2, 3),
}  # fmt: skip
#: Members that say what an object is, and where.
_MEANING = {"type", "features", "geometry", "geometries", "coordinates", "properties", "crs"}
_SHAPED = {"type", "coordinates", "geometries"}
#: Members that hold coordinates, in GeoJSON and in the dialects of others.
_DRAWN = ("coordinates", "rings", "curveRings", "paths", "curvePaths", "arcs")
IMPLIED = message("geojson.no-crs-member-so")


class _Shape:
    """A geometry whose coordinates were packed as soon as its braces closed.

    Lists of Python floats take ten times the memory of an array; a polygon of five million
    vertices is packed before the next one is read. ``size`` counts the geometry objects in it, and
    ``more`` holds the members that they have beside their coordinates.
    """

    __slots__ = ("more", "parts", "size")

    def __init__(self, parts: tuple[Part, ...] | Problem, size: int = 1) -> None:
        self.parts = parts
        self.size = size
        self.more: tuple[dict[str, Any], ...] = ()


class _Doubled(dict[str, Any]):
    """An object in which a member that gives it its meaning occurs twice."""


class _Packer:
    """Packs geometries while a text is parsed, and counts whatever looks like one.

    The count does not ask where in the document an object stands, so a geometry that no feature
    refers to shows as a difference.
    """

    def __init__(self, held: Sequence[Held]) -> None:
        self.seen = 0
        self.held = held

    def __call__(self, pairs: list[tuple[str, Any]]) -> Any:
        if self.held:
            pairs = [(key, put_back(value, self.held)) for key, value in pairs]
        found = dict(pairs)
        if len(found) < len(pairs):
            found = _apart(pairs)
        self.seen += _drawn(found)
        made = _pack(found)
        if isinstance(made, _Shape):
            own = {key: value for key, value in found.items() if key not in _SHAPED}
            inner = [m for m in found.get("geometries") or () if isinstance(m, _Shape)]
            made.more = (*(more for m in inner for more in m.more), *([own] if own else ()))
        return made


def _apart(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keep both values of a name that occurs twice, as two columns of one name are kept."""
    found: dict[str, Any] = {}
    twice = set()
    for key, value in pairs:
        if key not in found:
            found[key] = value
        elif found[key] != value:
            twice.add(key)
            found[values.free_name(key, found)] = value
    return _Doubled(found) if twice & _MEANING else found


def _drawn(found: dict[str, Any]) -> bool:
    """Whether an object has coordinates of its own, in whatever dialect."""
    return any(isinstance(found.get(key), list) and found[key] for key in _DRAWN)


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a GeoJSON file.

    Raises
    ------
    SourceError
        ``file-too-large``, ``encoding-wrong``, ``not-vector``, ``too-deep``, ``no-features``,
        ``crs-unknown``.
    """
    if path.stat().st_size > limits.MAX_PARSED:
        raise SourceError(file_faults.too_large(name, message("geojson.geojson-file"), "1 GiB"))
    return parse(path.read_bytes(), name, options)


def parse(data: bytes, name: str, options: ReadOptions) -> Raw:
    """Read GeoJSON from memory; see :func:`read`."""
    decoded = encoding.decode_file(data, name, options.encoding)
    coded, coding = decoded.encoding, decoded.evidence
    text, held = taken_out(decoded.text)
    del data, decoded
    features, members, driver, seen = _load(text, held, name)
    del text
    shapes: list[tuple[Part, ...] | None] = []
    broken: dict[int, Problem] = {}
    rows: list[Mapping[str, Any]] = []
    for row, feature in enumerate(features):
        shape = _shape(feature)
        if isinstance(shape, Problem):
            broken[row] = shape
            shapes.append(None)
        else:
            shapes.append(shape)
        rows.append(_attributes(feature))
    geometry, more = build(shapes)
    try:
        attributes = values.frame(rows)
    except OverflowError as error:
        what = message("geojson.number-fields")
        raise SourceError(file_faults.too_large(name, what, f"{limits.MAX_FIELDS}")) from error
    objects = geojson_rest.objects(members, features)
    crs, evidence, implied, told = _crs(members, name, options)
    if crs is not None and options.crs is None:
        systems.require_one(geojson_rest.systems_within(objects, name), crs, name, None)
    raw = Raw(
        geometry=geometry,
        attributes=attributes,
        positions=np.arange(len(rows)),
        driver=driver,
        crs=crs,
        crs_evidence=evidence,
        encoding=coded,
        encoding_evidence=coding,
        broken=broken | more,
        crs_is_implied=implied,
        notices=told,
        ledger=_ledger(features, seen)
        + geojson_rest.texts(objects)
        + services.of_collections(geojson_rest.collections(members), len(rows)),
        doubts=geojson_rest.boxes(features, geometry),
        beside=geojson_rest.beside(objects),
    )
    return extents.held(raw, geojson_rest.extent(members, geometry))


def _ledger(features: list[Any], seen: int) -> Ledger:
    """Account for the features, and for every geometry of the document."""
    used = 0
    for feature in features:
        shape = feature.get("geometry") if isinstance(feature, dict) else None
        used += (
            shape.size if isinstance(shape, _Shape) else isinstance(shape, dict) and _drawn(shape)
        )
    lost = max(seen - used, 0)
    aside = (SetAside(lost, message("geojson.outside-features", count=lost)),) if lost else ()
    number = len(features)
    return Ledger(
        (Tally("feature", number, number), Tally("geometry", used + lost, used, set_aside=aside))
    )


def _load(
    text: str, held: Sequence[Held], name: str
) -> tuple[list[Any], Mapping[str, Any], str, int]:
    """Return the features, the other top-level members, the format, and a count of geometries."""
    pack = _Packer(held)
    try:
        try:
            top = json.loads(text, object_pairs_hook=pack)
        except json.JSONDecodeError as error:
            pack = _Packer(held)
            apart = error.msg.startswith(("Extra data", "Expecting value"))
            lines, collections = _lines(text, pack) if apart else ([], [])
            if not lines:
                raise
            return lines, {geojson_rest.LINES: collections}, "GeoJSONSeq", pack.seen
    except RecursionError as error:
        raise SourceError(file_faults.too_deep(name)) from error
    except ValueError as error:
        detail = str(error) if isinstance(error, json.JSONDecodeError) else "JSON"
        raise SourceError(file_faults.not_vector(name, files.FORMATS, detail[:200])) from error
    if isinstance(top, _Doubled):
        raise SourceError(problem("member-twice", file=name))
    features = _features(top)
    if features is None:
        raise SourceError(file_faults.not_vector(name, files.FORMATS, "JSON, no GeoJSON"))
    return features, top if isinstance(top, dict) else {}, "GeoJSON", pack.seen


def _features(top: Any) -> list[Any] | None:
    """Return the features of a collection, a feature, or a bare geometry."""
    if isinstance(top, _Shape):
        return [{"geometry": top}]
    if not isinstance(top, dict):
        return None
    if top.get("type") == "FeatureCollection":
        return list(top["features"]) if isinstance(top.get("features"), list) else None
    return [top] if top.get("type") == "Feature" else None


def _lines(text: str, pack: _Packer) -> tuple[list[Any], list[Any]]:
    """Return the features of all lines, or nothing if a line holds none; and the collections."""
    found: list[Any] = []
    collections: list[Any] = []
    for line in _texts(text):
        try:
            top = json.loads(line, object_pairs_hook=pack)
        except json.JSONDecodeError:
            return [], []
        more = _features(top)
        if more is None or (isinstance(top, _Doubled) and top.get("type") != "Feature"):
            return [], []
        if more[:1] != [top] and isinstance(top, dict):
            collections.append({key: v for key, v in top.items() if key != "features"})
        found.extend(more)
    return found, collections


def _texts(text: str) -> Iterator[str]:
    """Yield the lines, or what stands between record separators (RFC 8142)."""
    for line in text.split("\x1e") if "\x1e" in text else text.splitlines():
        stripped = line.strip()
        if stripped:
            yield stripped


def _pack(found: dict[str, Any]) -> Any:
    """Replace a geometry object by its packed form while the rest is still being parsed."""
    kind = found.get("type")
    if isinstance(found, _Doubled) and "coordinates" in found:
        return _Shape(feature_faults.TWICE)
    if kind == "GeometryCollection" and isinstance(found.get("geometries"), list):
        parts: list[Part] = []
        size = sum(m.size for m in found["geometries"] if isinstance(m, _Shape))
        for member in found["geometries"]:
            if not isinstance(member, _Shape):
                return _Shape(feature_faults.NESTED, size)
            if isinstance(member.parts, Problem):
                return _Shape(member.parts, size)
            parts.extend(member.parts)
        return _Shape(tuple(parts), size)
    if "coordinates" not in found or not isinstance(kind, str) or kind not in _DEPTH:
        return found
    drawn = found["coordinates"]
    built = drawn.parts(kind) if isinstance(drawn, Held) else None
    try:
        return _Shape(tuple(_parts(*_DEPTH[kind], drawn)) if built is None else built)
    except BadShapeError as error:
        return _Shape(error.broken)


def _parts(kind: int, depth: int, values: Any) -> Iterator[Part]:
    """Yield the parts of a geometry; ``depth`` is how many lists surround a position."""
    if not isinstance(values, list):
        detail = message("geojson.coordinates-no-array")
        raise BadShapeError(feature_faults.unreadable(detail))
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


def _shape(feature: Any) -> tuple[Part, ...] | Problem | None:
    """Return a feature's parts, its flaw, or None for no geometry."""
    if not isinstance(feature, dict):
        return feature_faults.unreadable(message("geojson.no-feature-object"))
    if isinstance(feature, _Doubled):
        return feature_faults.TWICE
    shape = feature.get("geometry")
    if shape is None:
        return None
    if isinstance(shape, _Shape):
        return shape.parts
    kind = shape.get("type") if isinstance(shape, dict) else None
    if isinstance(kind, str) and kind not in _DEPTH:
        return feature_faults.unsupported(kind[:40])
    return feature_faults.unreadable(message("geojson.has-no-coordinates"))


def _attributes(feature: Any) -> dict[str, Any]:
    """Return a feature's properties; its ``id`` member joins them unless they have an id."""
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    found = dict(properties) if isinstance(properties, dict) else {}
    if feature.get("id") is not None and "id" not in found:
        found = {"id": feature["id"], **found}
    return found


def _crs(
    members: Mapping[str, Any], name: str, options: ReadOptions
) -> tuple[pyproj.CRS | None, Text, bool, tuple[Text, ...]]:
    """Return the CRS, how it is known, whether only the format implies it, and notices."""
    named = members.get("crs")
    if named is None:
        return systems.parse("OGC:CRS84"), IMPLIED, True, ()
    code = geojson_rest.code(named)
    crs, told = systems.stated(code, name, options.crs)
    return crs, message("geojson.crs-member-old-geojson", code_=code), False, told
