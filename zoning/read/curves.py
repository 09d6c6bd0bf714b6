"""Arcs as chords: WKB and WKT of curves are rewritten as lines and polygons, within a tolerance.

Shapely and GEOS know straight lines only. A chord leaves its arc by no more than
:data:`SAGITTA_M`, or :data:`SAGITTA_DEG` where coordinates are degrees; readers say that they
replaced arcs. Layouts: OGC 06-103r4 (Simple Features) and ISO 13249-3 (WKB codes 8 to 12).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from zoning.messages import Text, message

Floats = npt.NDArray[np.float64]

#: How far a chord may leave its curve: 1 mm, and less than that in degrees.
SAGITTA_M: Final = 1e-3
SAGITTA_DEG: Final = 8e-9

#: WKB types that hold arcs, or may, and the straight type each becomes.
_STRAIGHT: Final = {8: 2, 9: 2, 10: 3, 11: 5, 12: 6}
_HEAD: Final = 10
_POINTS: Final = (2, 8)
_NESTED: Final = (3, 4, 5, 6, 7, 9, 10, 11, 12)
_WORDS: Final = re.compile(
    r"\b(CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE)\b", re.IGNORECASE
)
_TOKEN: Final = re.compile(r"[(),]|[^\s(),]+")


class CurveError(ValueError):
    """The text or bytes do not follow the format, or hold an arc without three points."""


def told() -> Text:
    """Return the notice that arcs were replaced."""
    return message("curves.chords", tolerance=SAGITTA_M * 1000)


def sagitta(xy: Floats) -> float:
    """Return the tolerance for coordinates; those up to 360 may be degrees."""
    return SAGITTA_DEG if len(xy) and np.abs(xy).max() <= 360.0 else SAGITTA_M


def arc(first: Floats, middle: Floats, last: Floats, within: float) -> Floats:
    """Return the points after ``first`` along the arc through three points, ``last`` included.

    A full circle has its first and last point in one place, and the middle one opposite.
    """
    if np.array_equal(first, last):
        centre = (first + middle) / 2
        sweep = 2 * math.pi
    else:
        a, b = middle - first, last - first
        cross = a[0] * b[1] - a[1] * b[0]
        if abs(cross) <= 1e-12 * np.hypot(*a) * np.hypot(*b):
            return np.array([middle, last])  # on one line
        d = 2.0 * cross
        centre = first + np.array([
            (b[1] * (a @ a) - a[1] * (b @ b)) / d, (a[0] * (b @ b) - b[0] * (a @ a)) / d
        ])  # fmt: skip
        start, end = (math.atan2(*(p - centre)[::-1]) for p in (first, last))
        sweep = (end - start) % (2 * math.pi) if cross > 0 else -((start - end) % (2 * math.pi))
    radius = float(np.hypot(*(first - centre)))
    if radius == 0.0:
        return np.array([middle, last])
    step = 2.0 * math.acos(1.0 - min(within, radius / 10) / radius)
    count = max(math.ceil(abs(sweep) / step), 2)
    begin = math.atan2(*(first - centre)[::-1])
    angles = begin + sweep * np.arange(1, count) / count
    between = centre + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.vstack([between, last])


def circular(xy: Floats) -> Floats:
    """Return the chords of a circular string: arcs through points 1-2-3, 3-4-5 and so on."""
    if len(xy) == 0:
        return xy
    if len(xy) < 3 or len(xy) % 2 == 0:
        raise CurveError
    within = sagitta(xy)
    pieces = [xy[:1]]
    pieces += [arc(xy[i], xy[i + 1], xy[i + 2], within) for i in range(0, len(xy) - 2, 2)]
    return np.vstack(pieces)


def has_arcs(wkb: bytes) -> bool:
    """Return whether WKB is of a type that may hold arcs; a collection always may."""
    return len(wkb) >= _HEAD and _kind(wkb, 0)[0] in (*_STRAIGHT, 7)


def with_arcs(wkbs: Iterable[bytes | None]) -> list[int]:
    """Return which of many may hold arcs; most files are of one or two types."""
    heads = [bytes(wkb[:_HEAD]) if wkb is not None else b"" for wkb in wkbs]
    curved = {head for head in set(heads) if has_arcs(head)}
    return [at for at, head in enumerate(heads) if head in curved] if curved else []


def _kind(data: bytes, at: int) -> tuple[int, int, str]:
    """Return type, number of ordinates and byte order of the geometry at an offset."""
    order = "<" if data[at] == 1 else ">"
    code = struct.unpack_from(order + "I", data, at + 1)[0]
    z, m = bool(code & 0x80000000), bool(code & 0x40000000)
    low = code & 0x0FFFFFFF
    z, m = z or low // 1000 in (1, 3), m or low // 1000 in (2, 3)
    return low % 1000, 2 + z + m, order


def straight_wkb(data: bytes) -> bytes:
    """Return WKB in two dimensions with arcs as chords.

    Raises
    ------
    CurveError
        If it does not follow the format.
    """
    try:
        made, end = _geometry(data, 0, 0)
    except (struct.error, IndexError, ValueError) as error:
        raise CurveError from error
    if end != len(data):
        raise CurveError
    return made


def _geometry(data: bytes, at: int, depth: int) -> tuple[bytes, int]:
    if depth > 32:
        raise CurveError
    kind, width, order = _kind(data, at)
    extra = 4 if struct.unpack_from(order + "I", data, at + 1)[0] & 0x20000000 else 0  # EWKB SRID
    at += 5 + extra
    if kind == 1:
        xy, at = _points(data, at, 1, width, order)
        return b"\x01\x01\x00\x00\x00" + xy.tobytes(), at
    count = struct.unpack_from(order + "I", data, at)[0]
    at += 4
    if kind in _POINTS:
        xy, at = _points(data, at, count, width, order)
        return _line(circular(xy) if kind == 8 else xy), at
    if kind == 3:
        rings = []
        for _ in range(count):
            size = struct.unpack_from(order + "I", data, at)[0]
            xy, at = _points(data, at + 4, size, width, order)
            rings.append(xy)
        return _polygon(rings), at
    if kind not in _NESTED:
        raise CurveError
    parts = []
    for _ in range(count):
        part, at = _geometry(data, at, depth + 1)
        parts.append(part)
    return _collected(kind, parts), at


def _collected(kind: int, parts: list[bytes]) -> bytes:
    if kind == 9:
        return _line(_joined([_vertices(part) for part in parts]))
    if kind == 10:
        return _polygon([_vertices(part) for part in parts])
    head = struct.pack("<BII", 1, _STRAIGHT.get(kind, kind), len(parts))
    return head + b"".join(parts)


def _points(data: bytes, at: int, count: int, width: int, order: str) -> tuple[Floats, int]:
    end = at + 8 * width * count
    if end > len(data):
        raise CurveError
    flat = np.frombuffer(data, dtype=order + "f8", count=width * count, offset=at)
    return flat.reshape(count, width)[:, :2].astype("<f8"), end


def _vertices(line: bytes) -> Floats:
    return np.frombuffer(line, dtype="<f8", offset=9).reshape(-1, 2)


def _line(xy: Floats) -> bytes:
    return struct.pack("<BII", 1, 2, len(xy)) + np.ascontiguousarray(xy, dtype="<f8").tobytes()


def _polygon(rings: Sequence[Floats]) -> bytes:
    rings = [ring for ring in rings if len(ring)]
    parts = [struct.pack("<I", len(r)) + np.ascontiguousarray(r, "<f8").tobytes() for r in rings]
    return struct.pack("<BII", 1, 3, len(rings)) + b"".join(parts)


def _joined(pieces: Sequence[Floats]) -> Floats:
    """Return the pieces of a compound curve as one line; each begins where the last one ended."""
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        return np.empty((0, 2))
    for before, after in pairwise(pieces):
        if np.abs(before[-1] - after[0]).max() > 1e-6 * max(1.0, np.abs(after[0]).max()):
            raise CurveError
    return np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])])


def is_curved(wkt: str) -> bool:
    """Return whether WKT holds a curve type."""
    return _WORDS.search(wkt) is not None


def straight_wkt(text: str) -> bytes:
    """Return the WKB of WKT in two dimensions with arcs as chords.

    Raises
    ------
    CurveError
        If it does not follow the format.
    """
    tokens = _TOKEN.findall(text)
    try:
        made, end = _tagged(tokens, 0, 0)
    except (IndexError, ValueError) as error:
        raise CurveError from error
    if end != len(tokens):
        raise CurveError
    return made


_KINDS: Final = {"POINT": 1, "LINESTRING": 2, "POLYGON": 3, "MULTIPOINT": 4, "MULTILINESTRING": 5,
                 "MULTIPOLYGON": 6, "GEOMETRYCOLLECTION": 7, "CIRCULARSTRING": 8,
                 "COMPOUNDCURVE": 9, "CURVEPOLYGON": 10, "MULTICURVE": 11,
                 "MULTISURFACE": 12}  # fmt: skip
#: What stands in brackets without a name of its own, by what it stands in.
_UNNAMED: Final = {4: 1, 5: 2, 6: 3, 9: 2, 10: 2, 11: 2, 12: 3}


def _tagged(tokens: list[str], at: int, depth: int) -> tuple[bytes, int]:
    kind = _KINDS.get(tokens[at].upper(), 0)
    if not kind or depth > 32:
        raise CurveError
    at += 1
    if tokens[at].upper() in ("Z", "M", "ZM"):
        at += 1
    return _body(tokens, at, kind, depth)


def _body(tokens: list[str], at: int, kind: int, depth: int) -> tuple[bytes, int]:
    """Return the geometry of a known kind whose brackets open at ``at``."""
    if tokens[at].upper() == "EMPTY":
        return struct.pack("<BII", 1, _STRAIGHT.get(kind, kind), 0), at + 1
    if tokens[at] != "(":
        raise CurveError
    if kind in (1, 2, 8):
        close = tokens.index(")", at)
        rows = " ".join(tokens[at + 1 : close]).split(",")
        xy = np.array([[float(v) for v in row.split()[:2]] for row in rows]).reshape(-1, 2)
        if kind == 1:
            return b"\x01\x01\x00\x00\x00" + xy.astype("<f8").tobytes(), close + 1
        return _line(circular(xy) if kind == 8 else xy), close + 1
    parts = []
    while True:
        at += 1
        if tokens[at] == "(" or tokens[at].upper() == "EMPTY":
            part, at = _body(tokens, at, 2 if kind == 3 else _UNNAMED[kind], depth + 1)
        else:
            part, at = _tagged(tokens, at, depth + 1)
        parts.append(part)
        if tokens[at] == ")":
            break
        if tokens[at] != ",":
            raise CurveError
    if kind == 3:
        return _polygon([_vertices(part) for part in parts]), at + 1
    return _collected(kind, parts), at + 1
