"""Very long coordinate arrays of polygons, taken out of GeoJSON before the rest is parsed.

As lists of Python numbers the coordinates of a million holes take 2 GB and 40 s; as one array they
take 80 MB and 4 s. An array that is not plainly the rings of polygons, each closed and of four
positions at least, stays in the text, and the parser says what is wrong with it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.polygons import from_rings
from zoning.read.assemble import Part
from zoning.read.types import Objects

#: Characters of an array from which on it is worth taking out.
LONG: Final = 1 << 16
_ARRAY = re.compile(rf'(?<!\\)"coordinates"\s*:\s*(\[[\d\s.,eE+\-\[\]]{{{LONG},}}\])')
_OPEN, _CLOSE, _NUMBER = (ord(c) for c in "[]0")


def _rings(position: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Return what polygons and multipolygons look like with every number written as 0."""
    # Possessive repeats: nothing is kept to go back to.
    found = position
    patterns = []
    for _ in range(3):
        found = rb"\[" + found + rb"(?:," + found + rb")*+\]"
        patterns.append(re.compile(found))
    return patterns[1], patterns[2]


_SHAPES = {2: _rings(rb"\[0,0\]"), 3: _rings(rb"\[0,0,0\]")}


class Held(list[Any]):
    """Stands in a parsed document for an array that was taken out; ``depth`` counts its lists."""

    def __init__(self, polygons: Objects, depth: int) -> None:
        super().__init__([0])
        self.polygons = polygons
        self.depth = depth

    def parts(self, kind: str) -> tuple[Part, ...] | None:
        """Return the parts of a geometry of a kind; None if the array is none of that kind."""
        if (kind, self.depth) in (("Polygon", 3), ("MultiPolygon", 4)):
            return tuple(Part(2, (), polygon) for polygon in self.polygons)
        if (kind, self.depth) == ("MultiLineString", 3):
            rings = shapely.get_rings(self.polygons)
            dimension = 3 if shapely.has_z(self.polygons).any() else 2
            xy = (shapely.get_coordinates(r, include_z=dimension == 3) for r in rings)
            return tuple(Part(1, (array,)) for array in xy)
        return None


def taken_out(text: str) -> tuple[str, list[Held]]:
    """Return a document in which very long arrays are numbered strings, and those arrays."""
    if len(text) < LONG or "\\u0000" in text or "\x00" in text:
        return text, []
    held: list[Held] = []
    pieces: list[str] = []
    done = 0
    for match in _ARRAY.finditer(text):
        found = _polygons(match[1])
        if found is not None:
            pieces += (text[done : match.start(1)], f'"\\u0000{len(held)}"')
            held.append(found)
            done = match.end(1)
    return ("".join((*pieces, text[done:])), held) if held else (text, held)


def put_back(value: Any, held: Sequence[Held]) -> Any:
    """Return the array that a numbered string stands for; anything else as it is."""
    if held and isinstance(value, str) and value.startswith("\x00"):
        return held[int(value[1:])]
    return value


def _polygons(array: str) -> Held | None:
    data = array.encode("ascii", "replace")  # a digit of another script is no number
    signs = _signs(data)
    skeleton = signs.tobytes()
    for dimension, (polygon, several) in _SHAPES.items():
        depth = 3 if polygon.fullmatch(skeleton) else 4 if several.fullmatch(skeleton) else 0
        numbers = _numbers(data) if depth else None
        if numbers is not None and len(numbers) == int((signs == _NUMBER).sum()):
            made = _made(numbers.reshape(-1, dimension), *_counts(signs))
            return None if made is None else Held(made, depth)
    return None


def _signs(data: bytes) -> NDArray[np.uint8]:
    """Return the brackets and commas, with one 0 for each number and no white space."""
    raw = np.frombuffer(data, dtype=np.uint8)
    kind = np.ones(256, dtype=np.uint8)
    kind[list(b" \t\r\n")] = 0
    kind[list(b"[],")] = 2
    kinds = kind[raw]
    first = kinds == 1
    first[1:] &= kinds[:-1] != 1
    out = np.where(first, np.uint8(_NUMBER), raw)[first | (kinds == 2)]
    return np.asarray(out, dtype=np.uint8)


def _numbers(data: bytes) -> NDArray[np.float64] | None:
    plain = data.translate(bytes.maketrans(b"[]", b"  "))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.fromstring(plain, dtype=np.float64, sep=",")
        except (DeprecationWarning, ValueError):
            return None


def _counts(signs: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the vertices of each ring, and the rings of each polygon."""
    close = signs == _CLOSE
    position = close[3:] & (signs[2:-1] == _NUMBER)
    ring = close[3:] & close[2:-1] & (signs[1:-2] == _NUMBER)
    polygon = close[3:] & close[2:-1] & close[1:-2] & (signs[:-3] == _NUMBER)
    vertices = np.diff(np.cumsum(position)[ring], prepend=0)
    rings = np.diff(np.cumsum(ring)[polygon], prepend=0)
    return vertices, rings


def _made(
    xy: NDArray[np.float64], vertices: NDArray[np.int64], rings: NDArray[np.int64]
) -> Objects | None:
    starts = np.cumsum(vertices) - vertices
    if (vertices < 4).any() or (xy[starts] != xy[starts + vertices - 1]).any():
        return None
    return from_rings(xy, vertices, rings)
