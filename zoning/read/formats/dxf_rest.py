"""What a drawing states besides what it draws: its tags are read one by one, whatever they are for.

Texts, extended data, records, header variables, tables, dimensions, windows and entities that no
program knows are all pairs of a group code and a value (DXF reference, group codes by number).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from zoning.read import positions
from zoning.read.formats.dxf_shapes import CURVES, FILLED
from zoning.read.positions import Stated

_BINARY: Final = b"AutoCAD Binary DXF"
#: Entities that the account of the drawing counts by what they draw.
_DRAWN: Final = CURVES | FILLED | {"POLYLINE", "VERTEX", "HATCH", "MPOLYGON", "MLINE", "SEQEND"}
_COUNTED: Final = ("ENTITIES", "BLOCKS")
#: Group codes of texts, of the first number of a point, of single numbers, and of binary data.
_TEXTS: Final = frozenset((*range(1, 10), *range(300, 310), *range(410, 420), *range(430, 440),
                           *range(470, 480), 999, 1000, 1003))  # fmt: skip
_POINTS: Final = frozenset((*range(10, 19), 110, 111, 112, *range(1010, 1014)))
_NUMBERS: Final = frozenset((*range(40, 60), *range(140, 150), *range(460, 470), 1040))
_BYTES: Final = frozenset((*range(310, 320), 1004))
#: What formats a paragraph: commands up to a semicolon, breaks and braces; degrees and signs.
_FORMAT: Final = re.compile(r"\\[A-Za-oQ-Z][^;\\{}]{0,60};|\\[P~]|[{}]")
_SIGN: Final = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
#: Behind a text, so that the next counts with it only where both are sure to be coordinates, and
#: behind a point, so that the next never does.
_APART, _ALONE = positions.SPACER * 13, positions.SPACER * 41


def find(path: Path) -> Iterator[Stated]:
    """Yield the positions that the tags of a drawing state."""
    texts: list[str] = []
    points: list[str] = []
    blobs: list[str] = []
    kind, xs, counted = "", dict[int, str](), False
    for code, value in _tags(path):
        if code == 2 and kind == "SECTION":
            counted = value.strip().upper() in _COUNTED
        if code == 0:
            kind, xs = value.strip().upper(), {}
            points.append(_ALONE)
        elif code in _TEXTS:
            texts += (value, "" if code == 3 and kind == "MTEXT" else _APART)
        elif code in _POINTS and (kind not in _DRAWN or code >= 1000 or not counted):
            xs[code] = value
        elif code - 10 in xs:
            points += (xs.pop(code - 10), ", ", value, _ALONE)
        elif code in _NUMBERS and (kind == "XRECORD" or code >= 1000):
            points += (value, ", ")
        elif code in _BYTES:
            blobs.append(value)
    yield positions.find(_written("".join(texts)), path.name)
    yield positions.find("".join(points), path.name)
    if blobs:
        digits = re.sub(r"[^0-9A-Fa-f]", "", "".join(blobs))
        yield positions.in_bytes(bytes.fromhex(digits[: len(digits) // 2 * 2]), path.name)


def _written(text: str) -> str:
    """Return texts without what formats them."""
    signs = _SIGN.sub(lambda m: chr(int(m[1], 16)), text)
    return _FORMAT.sub(" ", signs.replace("%%d", "°").replace("%%D", "°"))


def _tags(path: Path) -> Iterator[tuple[int, str]]:
    data = path.read_bytes()
    if data.startswith(_BINARY):
        from ezdxf.lldxf.tagger import binary_tags_loader

        yield from ((tag.code, _shown(tag.value)) for tag in binary_tags_loader(data))
        return
    lines = data.decode("utf-8", "surrogateescape").splitlines()
    for code, value in zip(lines[::2], lines[1::2], strict=False):
        if code.strip().lstrip("-").isdigit():
            yield int(code), value


def _shown(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
