"""By what the first bytes of a file give its format away, apart from the readers."""

from __future__ import annotations

import codecs
import re

#: Marks of UTF-16, in which half of a plain text is zeros.
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def looks_like_boundary_txt(head: bytes) -> bool:
    """Tell from the first kilobytes whether a file is of this format, in any encoding."""
    words = [
        word.encode(codec)
        for word in ("属性描述", "地块坐标")
        for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
    ]
    return any(word in head for word in words)


def looks_like_csv(start: bytes, suffix: str) -> bool:
    """Return whether a file is named like a table and its beginning is text."""
    return suffix in (".csv", ".tsv") and (start.startswith(_WIDE) or b"\x00" not in start[:1000])


def looks_like_tab(start: bytes) -> bool:
    """Return whether a file begins as a ``.tab`` does."""
    return start[:20].lower().lstrip().startswith(b"!table")


def looks_like_mif(start: bytes) -> bool:
    """Return whether a file begins as a ``.mif`` does."""
    return re.match(rb"\s*Version\s+\d+\s+Charset\s", start, re.IGNORECASE) is not None


def looks_like_gml(text: bytes) -> bool:
    """Return whether a file begins as GML does."""
    return text.startswith(b"<") and b"opengis.net/gml" in text and b"FeatureCollection" in text


def is_dwg(start: bytes) -> bool:
    """Return whether a file begins as AutoCAD's own format does."""
    return re.match(rb"AC1[0-9]{3}\x00", start) is not None or start.startswith(
        (b"AC1.", b"AC2.", b"MC0.0")
    )
