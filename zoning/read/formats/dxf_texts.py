"""What a drawing says in words, pointers and records: it might draw what no curve does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from zoning.messages import message
from zoning.model import SetAside
from zoning.read import values

if TYPE_CHECKING:
    from ezdxf.document import Drawing

    from zoning.read.formats.dxf_layer import Box

#: Corners from which on a pointer, or points in a record, could bound an area.
_CORNERS: Final = 3
#: Numbers with decimals, as lists of points have them; seven digits are northings here, and eight
#: eastings with their zone.
_NUMBER: Final = re.compile(r"(?<![\d.])\d{2,8}\.\d{2,}(?![\d.])")
_NORTHING: Final = (3_815_000.0, 4_525_000.0)
_EASTINGS: Final = ((19e6, 21e6), (37e6, 39e6))
#: Degrees of latitude and longitude, told from lengths by their decimals.
_DEGREES: Final = ((34.5, 40.8), (110.2, 114.6))
_DECIMALS: Final = 4
#: How far from the drawing a written number may lie, m and degrees.
_WITHIN: Final = (1_000.0, 0.01)


def may_draw(entity: Any) -> bool:
    """Whether writing writes out a geometry, or a pointer has the corners of an area."""
    if entity.dxftype() == "LEADER":
        corners = {(round(v[0], 3), round(v[1], 3)) for v in entity.vertices}
        return len(corners) > _CORNERS
    return values.is_written_out(text(entity))


def text(entity: Any) -> str:
    """Return what is written; empty for dimensions and the like."""
    stated = entity.dxf.get("text", "") if entity.dxf.is_supported("text") else ""
    return str(getattr(entity, "text", "") or stated)


def astray(document: Drawing, box: Box | None) -> Iterator[SetAside]:
    """Yield written coordinates that lie beyond the drawing, and records that hold points.

    Lists of points stand in every drawing beside its plots; only numbers that the drawing does not
    reach could be those of another one.
    """
    found = _written(document)
    lost = sum(_is_beyond(number, box) for number in found)
    if lost:
        yield SetAside(lost, message("dxf.numbers-beyond", count=lost))
    records = sum(map(_holds_points, document.objects))
    if records:
        yield SetAside(records, message("dxf.records", count=records))


def _written(document: Drawing) -> list[str]:
    texts = (text(e) for block in document.blocks for e in _all(block))
    return [number for words in texts for number in _NUMBER.findall(words)]


def _all(block: Any) -> Iterator[Any]:
    for entity in block:
        yield entity
        yield from getattr(entity, "attribs", ())


def _is_beyond(written: str, box: Box | None) -> bool:
    if box is None:
        return False
    number = float(written)
    west, south, east, north = box
    if abs(north) > 360.0 and _NORTHING[0] <= number <= _NORTHING[1]:
        return not south - _WITHIN[0] <= number <= north + _WITHIN[0]
    if any(low <= number <= high for low, high in _EASTINGS):
        within = west - _WITHIN[0] <= number <= east + _WITHIN[0]
        plain = west - _WITHIN[0] <= number % 1e6 <= east + _WITHIN[0]
        return not within and not plain
    if len(written.partition(".")[2]) < _DECIMALS or abs(north) > 360.0:
        return abs(north) > 360.0 and _is_degree(written)
    for (low, high), least, most in zip(_DEGREES, (south, west), (north, east), strict=True):
        if low <= number <= high:
            return not least - _WITHIN[1] <= number <= most + _WITHIN[1]
    return False


def _is_degree(written: str) -> bool:
    """Whether degrees are written in a drawing in metres, with more decimals than lengths have."""
    number = float(written)
    inside = any(low <= number <= high for low, high in _DEGREES)
    return inside and len(written.partition(".")[2]) > _DECIMALS


def _holds_points(record: Any) -> bool:
    if record.dxftype() != "XRECORD":
        return False
    tags = [(tag.code, tag.value) for tag in record.tags]
    points = {tuple(np.round(tuple(value), 3)) for code, value in tags if code in range(10, 20)}
    numbers = [value for code, value in tags if code in range(40, 60)]
    northings = sum(_NORTHING[0] <= number <= _NORTHING[1] for number in numbers)
    drawn = any(values.is_geometry(value) for _, value in tags)
    return len(points) >= _CORNERS or northings >= _CORNERS or drawn
