"""Geometry as short text: coordinate differences, five bits a letter, which `layers.js` unpacks.

A vertex takes three to six letters instead of twenty, and a page of many layers stays small. The
letters are those of base64url: none of them means anything to HTML, JSON or a template engine.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

_LETTERS: Final = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8
)
_POINTS: Final = ("Point", "MultiPoint")


def packed(shape: Any, decimals: int) -> dict[str, Any]:
    """Return a geometry as GeoJSON whose lists of coordinates are packed into text.

    Parameters
    ----------
    shape : shapely geometry
        In degrees.
    decimals : int
        Digits kept after the point.

    Returns
    -------
    dict
        ``type``, ``coordinates`` with a text where GeoJSON has a list of positions, and ``d``, the
        number of digits. Points keep their numbers.
    """
    shape = shapely.force_2d(shape)
    kind = shape.geom_type
    if kind == "GeometryCollection":
        parts = [packed(part, decimals) for part in shape.geoms]
        return {"type": kind, "d": decimals, "geometries": parts}
    found: dict[str, Any] = {"type": kind, "coordinates": _coordinates(shape, decimals)}
    if kind not in _POINTS:
        found["d"] = decimals
    return found


def _coordinates(shape: Any, decimals: int) -> Any:
    kind = shape.geom_type
    if kind == "Point":
        return [round(shape.x, decimals), round(shape.y, decimals)]
    if kind in ("LineString", "LinearRing"):
        return pack(np.asarray(shape.coords), decimals)
    if kind == "Polygon":
        rings = (shape.exterior, *shape.interiors)
        return [pack(np.asarray(ring.coords), decimals) for ring in rings]
    return [_coordinates(part, decimals) for part in shape.geoms]


def pack(xy: NDArray[np.float64], decimals: int) -> str:
    """Return positions as text; a position equal to the one before it is left out."""
    whole = np.round(xy[:, :2] * 10.0**decimals).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    moved = np.append(True, steps[1:].any(axis=1))
    if moved.sum() >= 4:  # what is left must still be a ring
        steps = steps[moved]
    flat = steps.ravel()
    value = np.where(flat < 0, -2 * flat - 1, 2 * flat)
    rows = []
    while True:
        more = value > 31
        rows.append(np.where(more, (value & 31) | 32, value & 31))
        value = np.where(more, value >> 5, -1)
        if not more.any():
            break
        value = np.maximum(value, -1)
    table = np.stack(rows, axis=1)
    used = np.ones(table.shape, dtype=bool)
    for place in range(1, table.shape[1]):
        used[:, place] = used[:, place - 1] & (table[:, place - 1] >= 32)
    return bytes(_LETTERS[table[used]]).decode("ascii")


def unpack(text: str, decimals: int) -> NDArray[np.float64]:
    """Return the positions packed into a text, as the script does."""
    values, current, shift = [], 0, 0
    letters = {chr(letter): number for number, letter in enumerate(_LETTERS)}
    for letter in text:
        five = letters[letter]
        current |= (five & 31) << shift
        shift += 5
        if five < 32:
            values.append(-(current + 1) // 2 if current % 2 else current // 2)
            current, shift = 0, 0
    steps = np.array(values, dtype=np.int64).reshape(-1, 2)
    return np.asarray(np.cumsum(steps, axis=0) / 10.0**decimals)
