"""The numbers and texts in the tags of a TIFF, which say where a raster lies."""

from __future__ import annotations

import struct
from typing import Final

#: Types of values that are read: text and numbers of eight bytes (TIFF 6.0, p. 15).
_TEXT, _DOUBLE = 2, 12
#: Tags with where the raster lies: the model's tie points and its matrix (GeoTIFF 1.1, 7.3).
_PLACES: Final = (33922, 34264)
_LARGEST: Final = 1 << 16


def tags(data: bytes) -> str:
    """Return the texts of the tags and the places that tie points state; empty for other files."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8:
        return ""
    try:
        return "\n".join(_of_directory(data, order))
    except struct.error:
        return ""


def _of_directory(data: bytes, order: str) -> list[str]:
    found = []
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    for entry in range(count):
        at = start + 2 + 12 * entry
        tag, kind, number, place = struct.unpack_from(f"{order}HHII", data, at)
        if number > _LARGEST:
            continue
        if kind == _TEXT:
            begin = place if number > 4 else at + 8
            found.append(data[begin : begin + number].decode("utf-8", "replace"))
        elif kind == _DOUBLE and tag in _PLACES:
            values = struct.unpack_from(f"{order}{number}d", data, place)
            pairs = (
                [(values[k + 3], values[k + 4]) for k in range(0, len(values) - 5, 6)]
                if tag == _PLACES[0]
                else [(values[3], values[7])]
            )
            found += [f"geo {x:.9f}, {y:.9f}" for x, y in pairs]
    return found
