"""What a FlatGeobuf holds, counted by walking from feature to feature.

A file is: magic, header, index, features; header and features are FlatBuffers with their size in
front (4 bytes, little-endian). Source: the FlatGeobuf specification 3.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import BinaryIO

from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally

_MAGIC = 8
#: Slots of the header's table: envelope, number of features, entries of an index node (16 if
#: absent), system of coordinates; and of the table of that: authority, code, definition, and a code
#: that is no number.
_ENVELOPE, _COUNT, _NODE, _CRS = 1, 8, 9, 10
_AUTHORITY, _CODE, _WKT, _CODE_TEXT = 0, 1, 4, 5
#: Bytes of an entry of the index: four doubles and an offset.
_ENTRY = 40


def header_of(stream: BinaryIO) -> bytes:
    """Return the header of a FlatGeobuf; the stream stands behind it."""
    stream.seek(_MAGIC)
    return stream.read(int.from_bytes(stream.read(4), "little"))


def systems(path: Path) -> list[str]:
    """Return every definition that the header has of the system of coordinates."""
    with path.open("rb") as stream:
        header = header_of(stream)
    at = _place(header, _CRS)
    if at is None:
        return []
    table = at + int.from_bytes(header[at : at + 4], "little")
    authority, wkt, text = (_text(header, slot, table) for slot in (_AUTHORITY, _WKT, _CODE_TEXT))
    place = _place(header, _CODE, table)
    number = 0 if place is None else int.from_bytes(header[place : place + 4], "little")
    codes = [f"{authority or 'EPSG'}:{code}" for code in (number, text) if code]
    return [*codes, *filter(None, [wkt])]


def _text(header: bytes, slot: int, table: int) -> str:
    """Return a text of a FlatBuffers table: an offset, then a length and UTF-8."""
    place = _place(header, slot, table)
    if place is None:
        return ""
    at = place + int.from_bytes(header[place : place + 4], "little")
    size = int.from_bytes(header[at : at + 4], "little")
    return header[at + 4 : at + 4 + size].decode("utf-8", "replace")


def account(path: Path, read: int) -> Ledger:
    """Account for the features, whatever number the header states."""
    with path.open("rb") as stream:
        header = header_of(stream)
        count, node = _slot(header, _COUNT, 8, 0), _slot(header, _NODE, 2, 16)
        stream.seek(_index(count, node), 1)
        seen, rest = _walk(stream, path.stat().st_size)
    tallies = [Tally("record", seen, read, set_aside=_aside(seen - read))]
    if rest:
        told = message("fgb.rest", size=rest)
        tallies.append(Tally("span", 1, 0, set_aside=(SetAside(1, told),)))
    return Ledger(tuple(tallies))


def extent(path: Path) -> list[float] | None:
    """Return the envelope that the header states, or None."""
    with path.open("rb") as stream:
        header = header_of(stream)
    at = _place(header, _ENVELOPE)
    if at is None:
        return None
    vector = at + int.from_bytes(header[at : at + 4], "little")
    count = int.from_bytes(header[vector : vector + 4], "little")
    if count != 4 or vector + 36 > len(header):
        return None
    return list(struct.unpack_from("<4d", header, vector + 4))


def _aside(lost: int) -> tuple[SetAside, ...]:
    return (SetAside(lost, message("fgb.beyond-count", count=lost)),) if lost > 0 else ()


def _slot(header: bytes, slot: int, size: int, default: int) -> int:
    """Return a number of a FlatBuffers table by its slot, or its default where it is absent."""
    place = _place(header, slot)
    return default if place is None else int.from_bytes(header[place : place + size], "little")


def _place(header: bytes, slot: int, table: int | None = None) -> int | None:
    """Return where a slot of a FlatBuffers table has its value, or None where it is absent."""
    table = int.from_bytes(header[:4], "little") if table is None else table
    fields = table - int.from_bytes(header[table : table + 4], "little", signed=True)
    at = fields + 4 + 2 * slot
    if at + 2 > fields + int.from_bytes(header[fields : fields + 2], "little"):
        return None
    offset = int.from_bytes(header[at : at + 2], "little")
    return table + offset if offset else None


def _index(count: int, node: int) -> int:
    """Return the bytes of a packed R-tree of ``count`` features with ``node`` entries a node."""
    if not count or node < 2:
        return 0
    total = level = count
    while True:
        # Even a single feature has a root above it.
        level = math.ceil(level / node)
        total += level
        if level == 1:
            return total * _ENTRY


def _walk(stream: BinaryIO, size: int) -> tuple[int, int]:
    """Count the features that follow, and the bytes after them that are none."""
    seen = 0
    while True:
        at = stream.tell()
        length = int.from_bytes(stream.read(4), "little")
        if at + 4 >= size or not length or at + 4 + length > size:
            return seen, max(size - at, 0)
        stream.seek(length, 1)
        seen += 1
