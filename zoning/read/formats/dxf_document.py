"""Open a drawing, count its entities a second time, and know its texts and units.

ezdxf reads the structure. The second count goes through the tags themselves: what stands in the
file and is not in the structure that was read is told.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from zoning.base import encoding
from zoning.base.errors import SourceError, problem
from zoning.messages import Text, message
from zoning.read import file_faults, files, limits
from zoning.read.crs import systems

if TYPE_CHECKING:
    from ezdxf.document import Drawing

_BINARY: Final = b"AutoCAD Binary DXF"
_END: Final = re.compile(rb"(?:^|\n)[ \t]*0[ \t]*\r?\n[ \t]*EOF[ \t]*\r?\n?\s*\Z")
#: A name under group code 0; a value "0" is followed by a group code, which has no letter.
_TAG: Final = re.compile(
    rb"^[ \t]*0[ \t]*\r?\n[ \t]*([0-9]*[A-Za-z_][^\r\n]*?)[ \t]*\r?$"
    rb"(?:\n[ \t]*2[ \t]*\r?\n[ \t]*([^\r\n]*))?",
    re.MULTILINE,
)
#: What belongs to the entity before it or to a block, and is no entity of its own.
_PARTS: Final = frozenset({"VERTEX", "SEQEND", "ATTRIB", "BLOCK", "ENDBLK"})
#: $INSUNITS: metres to a unit. DXF reference, header variables.
_UNITS: Final = {1: 0.0254, 2: 0.3048, 3: 1609.344, 4: 0.001, 5: 0.01, 6: 1.0, 7: 1000.0,
                 10: 0.9144, 14: 0.1}  # fmt: skip
_NAMES: Final = {1: "in", 2: "ft", 3: "mile", 4: "mm", 5: "cm", 6: "m", 7: "km", 10: "yd",
                 14: "dm"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A drawing, what was mended to read it, and how many entities did not come through."""

    document: Drawing
    unread: tuple[Text, ...] = ()
    lost: int = 0

    def text(self, value: str) -> str:
        """Return a name of the drawing in the characters its author meant.

        Since R2007 a drawing is UTF-8, before that in its code page. Some programs write GBK under
        a header that says otherwise; the bytes then decide.
        """
        if value.isascii():
            return value
        for codec in (self.document.encoding, "latin-1"):
            try:
                data = value.encode(codec, "surrogateescape")
            except UnicodeEncodeError:
                continue
            if codec == "latin-1" or any("\udc80" <= c <= "\udcff" for c in value):
                value = encoding.first_fit(data) or value
        return value


def load(path: Path, name: str) -> Opened:
    """Read a drawing.

    Raises
    ------
    SourceError
        ``file-damaged``, ``file-too-large``.
    """
    if path.stat().st_size > limits.MAX_DRAWING:
        what = message("dxf.drawing")
        raise SourceError(file_faults.too_large(name, what, f"{limits.MAX_DRAWING >> 20} MiB"))
    data = path.read_bytes()
    if not data.startswith(_BINARY) and not _END.search(data[-4096:]):
        raise SourceError(file_faults.damaged(name, "DXF", "no EOF"))
    document, mended = _document(path, name)
    lost = _counted(data, name) - _held(document)
    return Opened(document, tuple(mended), lost.total())


def _document(path: Path, name: str) -> tuple[Drawing, list[Text]]:
    """Return the drawing; one whose structure is faulty is mended as far as it can be."""
    from ezdxf import recover
    from ezdxf.filemanagement import readfile
    from ezdxf.lldxf.const import DXFError

    kinds = (DXFError, OSError, ValueError, TypeError, LookupError, AttributeError)
    with files.plain_name(path) as plain:
        try:
            return readfile(plain), []
        except kinds as error:
            first = error
        try:
            document, auditor = recover.readfile(plain)
        except kinds:
            raise SourceError(file_faults.damaged(name, "DXF", str(first))) from first
    count = max(len(auditor.errors) + len(auditor.fixes), 1)
    return document, [message("dxf.mended", count=count, reason=str(first)[:200])]


def _counted(data: bytes, name: str) -> Counter[str]:
    """Count the entities by type from the tags of the sections that can hold any."""
    if data.startswith(_BINARY):
        tags = _binary(data, name)
    else:
        tags = [(m[1].decode("ascii", "replace"), m[2]) for m in _TAG.finditer(data)]
    counts: Counter[str] = Counter()
    section = ""
    for kind, following in tags:
        if kind == "SECTION":
            section = (following or b"").decode("ascii", "replace").strip().upper()
        elif kind == "ENDSEC":
            section = ""
        elif kind != "EOF" and section in ("ENTITIES", "BLOCKS", "") and kind not in _PARTS:
            counts[kind.upper()] += 1
    return counts


def _binary(data: bytes, name: str) -> list[tuple[str, bytes | None]]:
    from ezdxf.lldxf.const import DXFError
    from ezdxf.lldxf.tagger import binary_tags_loader

    found: list[tuple[str, bytes | None]] = []
    try:
        for tag in binary_tags_loader(data):
            if tag.code == 0:
                found.append((str(tag.value), None))
            elif tag.code == 2 and found and found[-1] == ("SECTION", None):
                found[-1] = ("SECTION", str(tag.value).encode())
    except (DXFError, ValueError, LookupError, EOFError) as error:
        raise SourceError(file_faults.damaged(name, "DXF", str(error))) from error
    return found


def _held(document: Drawing) -> Counter[str]:
    """Count the entities by type in the structure that was read."""
    return Counter(entity.dxftype() for block in document.blocks for entity in block)


def in_other_units(document: Any, xy: systems.Floats, crs: str | None, name: str) -> Text | None:
    """Compare the unit the header states with where the coordinates lie.

    Returns
    -------
    Text or None
        A notice where the coordinates are metres or degrees although the header states a unit.

    Raises
    ------
    SourceError
        ``dxf-units`` where they lie in Shanxi only when taken in the stated unit.
    """
    stated = int(document.header.get("$INSUNITS", 0) or 0)
    factor = _UNITS.get(stated)
    if factor in (None, 1.0) or not len(xy):
        return None
    if crs is not None:
        known = systems.require(crs, name)
        as_drawn = _inside(known, xy)
        scaled = not systems.geographic(known) and _inside(known, xy * factor)
    else:
        as_drawn, scaled = bool(systems.candidates(xy)), bool(systems.candidates(xy * factor))
    unit = _NAMES[stated]
    if scaled and not as_drawn:
        raise SourceError(problem("dxf-units", file=name, unit=unit, factor=f"{factor:g}"))
    return message("dxf.unit-not-heeded", unit=unit) if as_drawn else None


def _inside(crs: Any, xy: systems.Floats) -> bool:
    with np.errstate(all="ignore"):
        return systems.share_inside(systems.to_lonlat(crs, xy), systems.SHANXI) >= 0.5


__all__ = ["Opened", "in_other_units", "load"]
