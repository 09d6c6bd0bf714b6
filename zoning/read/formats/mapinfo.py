"""MapInfo tables (``.tab`` with ``.dat``, ``.map``, ``.id``) and interchange files (``.mif``).

GDAL opens them. A ``.tab`` may also point at other tables, pictures and servers, so only native
ones are handed over; and the number of objects is counted a second time in the parts themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from zoning.base import encoding
from zoning.base.errors import SourceError, problem
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import file_faults, files, limits, values
from zoning.read.formats import ogr
from zoning.read.types import Raw, ReadOptions

_TYPE: Final = re.compile(rb"^[ \t]*Type[ \t]+(\w+)", re.IGNORECASE | re.MULTILINE)
_LINKED: Final = re.compile(
    rb'"\\?IsSeamless"\s*=\s*"TRUE"|^[ \t]*Open[ \t]+Table\b', re.IGNORECASE | re.MULTILINE
)
_CHARSET: Final = re.compile(rb'Charset[ \t]+"(\w+)"', re.IGNORECASE)
#: An object of a ``.mif`` begins a line with its kind, and may hold others in a collection.
_OBJECT: Final = re.compile(
    r"^[ \t]*(POINT|LINE|PLINE|REGION|ARC|TEXT|RECT|ROUNDRECT|ELLIPSE|MULTIPOINT|COLLECTION|NONE)"
    r"(?=[ \t\r]|$)[ \t]*(\d*)",
    re.IGNORECASE | re.MULTILINE,
)
_CURVED: Final = frozenset({"ARC", "ELLIPSE", "ROUNDRECT"})
#: Points by which GDAL draws a whole ellipse (MITAB, ``TABGenerateArc``), hence degrees a chord.
_CHORD_DEG: Final = 2.0


def read_tab(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a native MapInfo table.

    Raises
    ------
    SourceError
        ``mapinfo-incomplete``, ``mapinfo-not-native``, ``file-damaged``.
    """
    head = path.read_bytes()[:65_536]
    kind = _TYPE.search(head)
    linked = _LINKED.search(head)
    if kind is None or kind[1].upper() not in (b"NATIVE", b"DBF") or linked:
        shown = "seamless" if linked else (kind[1].decode("ascii", "replace") if kind else "-")
        raise SourceError(problem("mapinfo-not-native", file=name, kind=shown))
    _require(path, name, (".dat", ".map", ".id"))
    dat = files.part(path, ".dat")
    assert dat is not None
    rows = int.from_bytes(files.head(dat, 8)[4:8], "little")
    deleted = _deleted(dat)
    raw = _read(path, name, options)
    aside = (SetAside(deleted, message("shapefile.rows-deleted", count=deleted)),)
    tally = Tally("record", rows, len(raw.geometry), set_aside=aside if deleted else ())
    return replace(raw, ledger=Ledger((tally,)))


def _require(path: Path, name: str, suffixes: tuple[str, ...]) -> None:
    missing = [suffix for suffix in suffixes if files.part(path, suffix) is None]
    if missing:
        raise SourceError(problem("mapinfo-incomplete", file=name, listed=missing))


def _deleted(dat: Path) -> int:
    """Count the rows of a ``.dat`` that are marked as deleted; its layout is that of a ``.dbf``."""
    data = dat.read_bytes()
    rows, start, width = (
        int.from_bytes(data[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12))
    )
    marks = data[start : start + rows * width : width] if width else b""
    return marks.count(b"*")


def read_mif(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a MapInfo interchange file.

    Raises
    ------
    SourceError
        ``file-too-large``, ``mapinfo-incomplete``, ``file-damaged``.
    """
    if path.stat().st_size > limits.MAX_PARSED:
        raise SourceError(file_faults.too_large(name, message("mapinfo.file"), "1 GiB"))
    text = path.read_bytes().decode("latin-1")
    if re.search(r"^[ \t]*Columns[ \t]+[1-9]", text, re.IGNORECASE | re.MULTILINE):
        _require(path, name, (".mid",))
    raw = _read(path, name, options)
    kinds = _objects(text)
    count = kinds.total()
    notices = tuple(_curved(kinds))
    mid = files.part(path, ".mid")
    lines = sum(map(bool, mid.read_bytes().splitlines())) if mid is not None else 0
    beyond = Tally("line", max(lines - count, 0), 0)
    ledger = Ledger((Tally("feature", count, len(raw.geometry)), *([beyond] * (lines > count))))
    return replace(raw, notices=(*raw.notices, *notices), ledger=ledger)


def _objects(text: str) -> Counter[str]:
    """Count the objects by kind; the parts of a collection are no objects of their own."""
    begins = re.search(r"^[ \t]*Data[ \t]*\r?$", text, re.IGNORECASE | re.MULTILINE)
    kinds: Counter[str] = Counter()
    parts = 0
    for found in _OBJECT.finditer(text, begins.end() if begins else 0):
        if parts:
            parts -= 1
            continue
        kinds[found[1].upper()] += 1
        if found[1].upper() == "COLLECTION":
            parts = int(found[2] or 0)
    return kinds


def _curved(kinds: Counter[str]) -> list[Text]:
    if not _CURVED & set(kinds):
        return []
    return [ogr.chords(_CHORD_DEG)[0]]


def _read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read through GDAL, which decodes what states a character set.

    Where none is stated, the texts are read as bytes and decoded together: as the user says, else
    as UTF-8, else as GB18030.
    """
    inner = replace(options, layer=None, bbox=None)
    stated = _CHARSET.search(files.head(path, 4096))
    if stated is not None and stated[1].lower() != b"neutral" and options.encoding is None:
        raw = ogr.read(path, name, inner, "mapinfo")
        title = stated[1].decode("ascii", "replace")
        return replace(raw, encoding=title, encoding_evidence=message("mapinfo.charset"))
    raw = ogr.read(path, name, inner, "mapinfo", encoding="ISO-8859-1")
    columns = {str(c): raw.attributes[c].tolist() for c in raw.attributes.columns}
    texts = [*columns, *(v for cells in columns.values() for v in cells if isinstance(v, str))]
    sample = "\n".join(texts).encode("latin-1", "replace")
    decoded = encoding.decode_file(sample, name, options.encoding)
    codec = encoding.lookup(decoded.encoding, name)

    def text(value: Any) -> Any:
        return value.encode("latin-1").decode(codec) if isinstance(value, str) else value

    mended = {text(column): [text(v) for v in cells] for column, cells in columns.items()}
    return replace(
        raw,
        attributes=values.table(mended, len(raw.attributes)),
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
    )
