"""GML through GDAL, from a copy of its own: neither schemas nor files beside it are heeded.

GDAL would believe a ``.gfs`` or ``.xsd`` beside the file, write one there, and fetch what a schema
location names. Members and geometries are counted here a second time, because GDAL reads one
geometry a feature.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from zoning.base import encoding, scratch
from zoning.base.errors import SourceError, problem
from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.model.ledger import Kind
from zoning.read import file_faults, files, limits
from zoning.read.formats import ogr, services
from zoning.read.types import Raw, ReadOptions

_PROLOG: Final = re.compile(r"\A(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_MEMBERS: Final = frozenset({"featureMember", "featureMembers", "member", "cityObjectMember"})
_SHAPES: Final = frozenset({
    "Point", "MultiPoint", "LineString", "Curve", "CompositeCurve", "OrientableCurve",
    "MultiLineString", "MultiCurve", "Polygon", "Surface", "CompositeSurface", "PolyhedralSurface",
    "OrientableSurface", "MultiPolygon", "MultiSurface", "MultiGeometry", "GeometricComplex",
    "Solid", "MultiSolid", "LinearRing", "Tin", "TriangulatedSurface",
})  # fmt: skip
#: What holds a member or a part of a geometry, which may be told by a link.
_HOLDERS: Final = ("ember", "embers", "exterior", "interior", "baseSurface", "baseCurve")
_LISTS: Final = frozenset({"posList", "pos", "coordinates"})
_SLICE: Final = 1 << 20
_ARCS: Final = re.compile(r"<(?:\w+:)?(?:Arc|Circle|CubicSpline|BSpline|Bezier)\w*[\s>]")
_CODE: Final = re.compile(r"(?:EPSG|crs:EPSG)\D*?(?::[\d.]*)?[:/#](\d{4,6})$", re.IGNORECASE)


@dataclass(slots=True)
class _Count:
    """What a document holds by a count of its elements.

    ``bare`` counts the geometries that name no system, and ``inherited`` is whether an envelope
    names theirs; ``astray`` counts the lists of coordinates that stand in no geometry, and
    ``links`` what stands elsewhere.
    """

    features: int = 0
    several: int = 0
    bare: int = 0
    inherited: bool = False
    astray: int = 0
    links: int = 0
    systems: Counter[str] = field(default_factory=Counter)
    inside: list[str] = field(default_factory=list)
    shapes: int = 0
    own: int = 0
    root: ET.Element | None = None
    truncated: bool = False

    def enter(self, tag: str, element: ET.Element) -> None:
        """Take note of an element that begins; an envelope bounds a feature and is none."""
        bounds = "boundedBy" in self.inside
        stated = (element.get("srsName") or "").strip()
        if self.root is None:
            self.root = ET.Element(tag, element.attrib)
        self.truncated |= tag == "truncatedResponse"
        self.inherited |= bool(stated) and tag in ("Envelope", "Box")
        if tag in _SHAPES and not bounds:
            self.own += not self.shapes
            self.bare += not (self.shapes or stated)
            self.shapes += 1
        self.astray += tag in _LISTS and not self.shapes and not bounds
        self.links += tag.endswith(_HOLDERS) and any(k.endswith("}href") for k in element.attrib)
        if stated:
            found = _CODE.search(stated)
            self.systems[found[1] if found else stated[:80]] += 1
        self.inside.append(tag)

    def leave(self, tag: str, element: ET.Element) -> None:
        """Take note of an element that ends, and let go of a whole feature."""
        self.inside.pop()
        if tag in _SHAPES and self.shapes:
            self.shapes -= 1
        if self.inside and self.inside[-1] in _MEMBERS:
            self.features += 1
            self.several += self.own > 1
            self.own = 0
            element.clear()


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read one layer of a GML document.

    Raises
    ------
    SourceError
        ``file-too-large``, ``encoding-wrong``, ``not-vector``, ``crs-mixed``, and as
        :func:`zoning.read.formats.ogr.read`.
    """
    text, decoded = _text(path, name, options)
    count = _count(text, name)
    known = [*count.systems, *(["–"] if count.bare and not count.inherited else ())]
    if len(known) > 1:
        raise SourceError(problem("crs-mixed", file=name, listed=", ".join(known)))
    with scratch.folder() as folder:
        copy = folder / "data.gml"
        copy.write_text(text, "utf-8")
        inner = replace(options, bbox=None)
        raw = ogr.read(copy, name, inner, "gml", DOWNLOAD_SCHEMA="NO", WRITE_GFS="NO")
        others = [
            (title, int(features or 0))
            for title, _, features in ogr.contents(copy, name, "gml")
            if title != raw.layer
        ]
    return replace(
        raw,
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
        notices=(*raw.notices, *(ogr.chords() if _ARCS.search(text) else ())),
        ledger=_ledger(raw, count, others, options),
    )


def layers(path: Path, name: str) -> list[tuple[str, str | None, int | None]]:
    """Return the kinds of features with their geometry type and number."""
    text, _ = _text(path, name, ReadOptions())
    with scratch.folder() as folder:
        copy = folder / "data.gml"
        copy.write_text(text, "utf-8")
        return ogr.contents(copy, name, "gml")


def _text(path: Path, name: str, options: ReadOptions) -> tuple[str, encoding.Decoded]:
    """Return the document from its first element on, without document types."""
    if path.stat().st_size > limits.MAX_PARSED:
        raise SourceError(file_faults.too_large(name, message("gml.file"), "1 GiB"))
    decoded = encoding.decode_file(path.read_bytes(), name, options.encoding)
    text = decoded.text[_end(_PROLOG, decoded.text) :]
    if "<!DOCTYPE" in decoded.text or "<!ENTITY" in decoded.text:
        raise SourceError(file_faults.not_vector(name, files.FORMATS, "XML DOCTYPE"))
    return text, replace(decoded, text="")


def _end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _count(text: str, name: str) -> _Count:
    """Count members, the geometries that stand by themselves, and the systems they name."""
    count = _Count()
    try:
        for event, element in _events(text):
            tag = str(element.tag).rpartition("}")[2]
            if event == "end":
                count.leave(tag, element)
            elif not count.inside and not tag.endswith("FeatureCollection"):
                raise SourceError(file_faults.not_vector(name, files.FORMATS, f"<{tag[:40]}>"))
            else:
                count.enter(tag, element)
    except ET.ParseError as error:
        raise SourceError(file_faults.not_vector(name, files.FORMATS, str(error))) from error
    return count


def _events(text: str) -> Iterator[tuple[str, ET.Element]]:
    """Yield the beginnings and ends of elements, a slice of the text at a time."""
    parser: Any = ET.XMLPullParser(("start", "end"))
    for start in range(0, len(text), _SLICE):
        parser.feed(text[start : start + _SLICE])
        yield from parser.read_events()
    parser.close()
    yield from parser.read_events()


def _ledger(
    raw: Raw, count: _Count, left_out: list[tuple[str, int]], options: ReadOptions
) -> Ledger:
    """Account for the members, and for geometries beside the one that a feature has."""
    aside: list[SetAside] = []
    left = sum(number for _, number in left_out)
    if left:
        names = [title for title, _ in left_out]
        told = message("gml.other-layers", names=names, count=left)
        aside.append(SetAside(left, told, may_hold=options.layer is None))
    tallies = [Tally("feature", count.features, len(raw.geometry), set_aside=tuple(aside))]
    others: tuple[tuple[Kind, int, str], ...] = (
        ("geometry", count.several, "several-geometries"),
        ("geometry", count.astray, "lists-astray"),
        ("link", count.links, "links"),
    )
    for kind, number, rule in others:
        if number:
            told = message(f"gml.{rule}", count=number)
            tallies.append(Tally(kind, number, 0, set_aside=(SetAside(number, told),)))
    assert count.root is not None
    sent = services.of_document(count.root, count.truncated, count.features)
    return Ledger(tuple(tallies)) + sent
