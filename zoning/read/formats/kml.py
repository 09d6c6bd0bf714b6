"""KML and KMZ: placemarks with points, lines and polygons; always WGS 84 by the standard.

GDAL makes a layer of each folder, and its answer depends on which of its two drivers was built;
here all placemarks are one layer, with their folder as an attribute. Document types, which XML
bombs need, are refused; network links are never followed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from zoning.base import encoding
from zoning.base.errors import Problem, SourceError
from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.model.ledger import Kind
from zoning.read import (
    feature_faults,
    file_faults,
    files,
    limits,
    values,
)
from zoning.read.assemble import (
    BadShapeError,
    Floats,
    Part,
    build,
    closed,
)
from zoning.read.crs import systems
from zoning.read.formats import archive, archive_ledger
from zoning.read.types import Raw, ReadOptions

_REMARK = re.compile(r"<!--.*?-->", re.DOTALL)
_EVIDENCE = message("kml.wgs-84-longitude-latitude")
#: Some write "112.5, 37.8"; the standard has no space there.
_SPACED = re.compile(r"\s,|,\s")
_SLICE = 1 << 22
#: Numbers of a position: longitude, latitude and height.
_MOST = 3
_SHAPES = {"Point": 0, "LineString": 1, "LinearRing": 1, "Polygon": 2}


def read_kmz(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read the first KML document of a KMZ."""
    found = [i for i in archive.entries(path, name) if i.filename.lower().endswith(".kml")]
    if not found:
        raise SourceError(file_faults.no_features(name))
    # doc.kml by convention, else the first; others are only reached through network links.
    chosen = next((i for i in found if i.filename.lower() == "doc.kml"), found[0])
    raw = parse(archive.member(path, name, chosen), name, options, "KMZ")
    members = archive_ledger.account(path, name, [archive_ledger.shown(chosen)])
    return replace(raw, ledger=members + raw.ledger)


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a KML file."""
    if path.stat().st_size > limits.MAX_PARSED:
        raise SourceError(file_faults.too_large(name, message("kml.kml-file"), "1 GiB"))
    return parse(path.read_bytes(), name, options, "KML")


def parse(data: bytes, name: str, options: ReadOptions, driver: str) -> Raw:
    """Read KML from memory.

    Raises
    ------
    SourceError
        ``not-vector``, ``encoding-wrong``, ``file-too-large``.
    """
    decoded = encoding.decode_file(data, name, options.encoding)
    root = _tree(decoded.text, name)
    remarks = sum("<coordinates" in found[0] for found in _REMARK.finditer(decoded.text))
    decoded = replace(decoded, text="")
    shapes: list[list[Part] | None] = []
    rows: list[dict[str, Any]] = []
    broken: dict[int, Problem] = {}
    used = labels = 0
    for folder, element in _walk(root):
        try:
            parts = _geometry(element)
            shape = _without_labels(parts)
            used += sum(len(part.arrays) for part in shape or ())
            labels += len(parts or ()) - len(shape or ())
            shapes.append(shape)
        except BadShapeError as error:
            broken[len(shapes)] = error.broken
            used += _filled(element)
            shapes.append(None)
        rows.append(_attributes(element, folder))
    geometry, more = build(shapes)
    return Raw(
        geometry=geometry,
        attributes=values.frame(rows),
        positions=np.arange(len(rows)),
        driver=driver,
        crs=systems.parse("OGC:CRS84"),
        crs_evidence=_EVIDENCE,
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
        ledger=_ledger(root, len(rows), used, labels) + _in_remarks(remarks),
        broken=broken | more,
    )


def _in_remarks(count: int) -> Ledger:
    """Account for what is drawn in the document's remarks, which no program shows."""
    if not count:
        return Ledger()
    told = message("kml.in-remarks", count=count)
    return Ledger((Tally("geometry", count, 0, set_aside=(SetAside(count, told),)),))


def _tree(text: str, name: str) -> ET.Element:
    """Parse the document, without any document type."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise SourceError(file_faults.not_vector(name, files.FORMATS, "XML DOCTYPE"))
    try:
        # The encoding given here outranks the declaration, which may still name the old one.
        root = ET.fromstring(text.encode(), parser=ET.XMLParser(encoding="utf-8"))
    except (ET.ParseError, ValueError) as error:
        raise SourceError(file_faults.not_vector(name, files.FORMATS, str(error))) from error
    if _tag(root) != "kml":
        raise SourceError(file_faults.not_vector(name, files.FORMATS, f"<{_tag(root)[:40]}>"))
    return root


def _without_labels(parts: list[Part] | None) -> list[Part] | None:
    """Leave out the points that only carry the label of a polygon: all of them lie within it."""
    areas = [part for part in parts or () if part.kind == 2]
    points = [part for part in parts or () if part.kind == 0]
    if not areas or not points or len(areas) + len(points) < len(parts or ()):
        return parts
    shapes, flawed = build([areas])
    at = shapely.points(np.concatenate([part.arrays[0][:, :2] for part in points]))
    try:
        within = not flawed and bool(shapely.intersects(shapes[0], at).all())
    except shapely.errors.GEOSException:
        within = False  # an invalid polygon fails by itself
    return areas if within else parts


def _filled(element: ET.Element) -> int:
    """Count the lists of coordinates that say something."""
    return sum(
        _tag(e).casefold() == "coordinates" and bool((e.text or "").strip()) for e in element.iter()
    )


def _ledger(root: ET.Element, read: int, used: int, labels: int) -> Ledger:
    """Count every placemark, link and list of coordinates of the document, wherever it stands."""
    lists = _filled(root)
    aside = (
        *_aside(labels, "label", may_hold=False),
        *_aside(max(lists - used - labels, 0), "coordinates"),
    )
    drawn = Tally("geometry", lists, used, set_aside=aside)
    found = Counter(_tag(element).casefold() for element in root.iter())
    placemarks = found["placemark"]
    tallies = [Tally("placemark", placemarks, read, set_aside=_aside(placemarks - read, "astray"))]
    others: tuple[tuple[Kind, str], ...] = (("link", "networklink"), ("overlay", "groundoverlay"))
    for kind, tag in others:
        if found[tag]:
            tallies.append(Tally(kind, found[tag], 0, set_aside=_aside(found[tag], tag)))
    return Ledger((*tallies, drawn))


def _aside(count: int, rule: str, *, may_hold: bool = True) -> tuple[SetAside, ...]:
    told = message(f"kml.aside.{rule}", count=count)
    return (SetAside(count, told, may_hold),) if count else ()


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _walk(root: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """Yield the placemarks in document order, each with the folder it lies in."""
    stack: list[tuple[str, ET.Element]] = [("", root)]
    while stack:
        folder, element = stack.pop()
        tag = _tag(element)
        if tag == "Placemark":
            yield folder, element
        elif tag in ("kml", "Document", "Folder"):
            inside = (_text(element, "name") or folder) if tag == "Folder" else folder
            stack.extend((inside, child) for child in reversed(element))


def _text(element: ET.Element, tag: str) -> str | None:
    for child in element:
        if _tag(child) == tag and child.text and child.text.strip():
            return child.text.strip()
    return None


def _attributes(element: ET.Element, folder: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if element.get("id"):
        found["id"] = element.get("id")
    found |= {key: _text(element, key) for key in ("name", "description")}
    if folder:
        found["folder"] = folder
    for data in element.iter():
        tag, key = _tag(data), data.get("name")
        if tag == "SimpleData" and key and data.text:
            found[key] = data.text.strip()
        elif tag == "Data" and key:
            found[key] = _text(data, "value")
    return found


def _geometry(placemark: ET.Element) -> list[Part] | None:
    """Return the parts of a placemark, or None where it has no geometry at all."""
    stack = [c for c in reversed(placemark) if _tag(c) in (*_SHAPES, "MultiGeometry", "Track",
                                                           "MultiTrack", "Model")]  # fmt: skip
    if not stack:
        return None
    parts: list[Part] = []
    while stack:
        element = stack.pop()
        tag = _tag(element)
        if tag == "MultiGeometry":
            stack.extend(reversed(element))
        elif tag == "Polygon":
            outer = list(_rings(element, "outerBoundaryIs"))
            if len(outer) > 1:
                raise BadShapeError(feature_faults.unreadable(message("kml.several-outlines")))
            rings = [*outer, *_rings(element, "innerBoundaryIs")]
            if rings:
                parts.append(Part(2, tuple(rings)))
        elif tag in _SHAPES:
            xy = _coordinates(element)
            xy = closed(xy) if tag == "LinearRing" else xy
            if len(xy):
                parts.append(Part(_SHAPES[tag], (xy,)))
        elif tag in ("Track", "MultiTrack", "Model"):
            raise BadShapeError(feature_faults.unsupported(tag))
    return parts


def _rings(polygon: ET.Element, side: str) -> Iterator[Floats]:
    for boundary in polygon:
        if _tag(boundary) == side:
            for ring in boundary:
                if _tag(ring) == "LinearRing":
                    yield closed(_coordinates(ring))


def _coordinates(element: ET.Element) -> Floats:
    """Return ``lon,lat[,height]`` tuples as (n, 2) numbers."""
    text = next((c.text or "" for c in element if _tag(c) == "coordinates"), "")
    if _SPACED.search(text):
        text = re.sub(r"\s*,\s*", ",", text)
    pieces, start = [], 0
    while start < len(text):
        # In slices, because a list of five million short strings alone takes 400 MB.
        end = _gap(text, start + _SLICE)
        tuples = text[start:end].split()
        if tuples:
            pieces.append(_numbers(tuples))
        start = end
    width = min((p.shape[1] for p in pieces), default=2)
    return np.concatenate([p[:, :width] for p in pieces]) if pieces else np.empty((0, 2))


def _gap(text: str, start: int) -> int:
    """Return where the next white space is, or the end."""
    found = re.compile(r"\s").search(text, start)
    return found.start() if found else len(text)


def _numbers(tuples: list[str]) -> Floats:
    try:
        widths = {t.count(",") + 1 for t in tuples}
        if max(widths) > _MOST:
            raise BadShapeError(feature_faults.unreadable(message("kml.coordinates-too-many")))
        if len(widths) == 1 and (width := widths.pop()) > 1:
            return np.array(",".join(tuples).split(","), dtype=float).reshape(-1, width)
        return np.array([[float(v) for v in t.split(",")[:2]] for t in tuples]).reshape(-1, 2)
    except ValueError as error:
        detail = message("kml.coordinates-hold-something-no")
        raise BadShapeError(feature_faults.unreadable(detail)) from error
