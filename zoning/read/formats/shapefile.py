"""Shapefiles: geometry through GDAL, text decoded here, so that the encoding can be answered for.

GDAL is asked for Latin-1, which maps every byte to one character and back; the bytes are then
decoded with the encoding that the evidence supports. The open option holds for this file only.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyogrio.errors import CRSError

from zoning.base import scratch
from zoning.base.errors import SourceError, problem
from zoning.base.table import Table
from zoning.messages import message
from zoning.read import extents, file_faults, files, values
from zoning.read.crs import choice
from zoning.read.formats import ogr, shapefile_encoding, shapefile_ledger
from zoning.read.formats.shapefile_encoding import Choice
from zoning.read.types import Raw, ReadOptions

#: Texts that are weighed; more would not change the verdict.
_SAMPLE = 20_000
_WIDEST = 254
#: Bytes of a .prj that are looked at.
_LONGEST_PRJ = 20_000
_MATCHING = "USE_OSR_FIND_MATCHES"
#: Bytes of a field name.
_NAME = 10


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a shapefile with all its parts.

    Raises
    ------
    SourceError
        ``file-damaged``, ``shapefile-incomplete``, ``crs-unknown``, ``encoding-unknown``,
        ``encoding-wrong``.
    """
    suffixes = [part.suffix.lower() for part in files.parts(path)]
    twice = sorted({suffix for suffix in suffixes if suffixes.count(suffix) > 1})
    if twice:
        raise SourceError(problem("shapefile-part-twice", file=name, parts=twice))
    missing = [s for s in (".shx", ".dbf") if s not in suffixes]
    if missing:
        raise SourceError(file_faults.shapefile_incomplete(name, missing))
    counts = shapefile_ledger.count(path)
    raw = _layer(path, name, options)
    _whole(raw, path, name)
    if options.bbox is None:
        raw = replace(raw, ledger=shapefile_ledger.ledger(counts, len(raw.geometry), name))
        raw = extents.held(raw, _extent(path), edited=True)
    raw = _projection(raw, path, name, options)
    choice = _choice(raw.attributes, path, name, options)
    attributes, lost = _decode(raw.attributes, choice)
    if lost and options.encoding is not None:
        raise SourceError(problem("encoding-wrong", file=name, encoding=options.encoding))
    notices = list(raw.notices)
    if choice.ambiguous:
        notices.append(
            message(
                "shapefile.attributes-were-read-which", title=choice.title, evidence=choice.evidence
            )
        )
    if lost:
        notices.append(message("shapefile.attribute-value-s-could", lost=lost))
    return replace(
        raw,
        attributes=attributes,
        encoding=choice.title,
        encoding_evidence=choice.evidence,
        notices=tuple(notices),
    )


def _layer(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read the parts through GDAL; a .prj on which GDAL gives up is left out."""
    try:
        return _read(path, name, options)
    except SourceError as error:
        if not isinstance(error.__cause__, CRSError | UnboundLocalError):
            raise
    with scratch.folder() as folder:
        for part in files.parts(path):
            if part.suffix.lower() != ".prj":
                (folder / f"data{part.suffix}").symlink_to(part)
        sound = folder / f"data{path.suffix}"
        return _read(sound, name, options)


def _read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read through GDAL, which need not compare the .prj with every CRS there is.

    That takes it eight seconds for a definition it does not find; what the CRS comes to is told
    from its parameters anyway.
    """
    before = pyogrio.get_gdal_config_option(_MATCHING)
    pyogrio.set_gdal_config_options({_MATCHING: "NO"})
    try:
        return ogr.read(path, name, options, "shapefile", ENCODING="ISO-8859-1")
    finally:
        pyogrio.set_gdal_config_options({_MATCHING: before})


def _whole(raw: Raw, path: Path, name: str) -> None:
    """Refuse a .shp that ends before its header says, where geometry is lost by that.

    Bytes 24 to 27 hold the length in 16-bit words, big-endian (Esri 1998, p. 4).
    """
    shp = files.part(path, ".shp") or path
    size, stated = shp.stat().st_size, _stated(shp)
    lost = int(shapely.is_missing(raw.geometry).sum())
    if size < stated and lost:
        raise SourceError(file_faults.truncated(name, stated, size, lost))


def _stated(shp: Path) -> int:
    """Length of a .shp by its own header, in bytes."""
    return 2 * int.from_bytes(files.head(shp, 28)[24:28], "big")


def _extent(path: Path) -> list[float]:
    """Bounds by the header of a .shp: four little-endian doubles from byte 36 (Esri 1998, p. 4)."""
    return list(struct.unpack("<4d", files.head(files.part(path, ".shp") or path, 68)[36:68]))


def _projection(raw: Raw, path: Path, name: str, options: ReadOptions) -> Raw:
    """Take the CRS from the text of the .prj, of which GDAL only hands on a code that it bears.

    What cannot be read is unreadable, not missing.
    """
    prj = files.part(path, ".prj")
    text = _text(prj.read_bytes()[:_LONGEST_PRJ]) if prj is not None else ""
    if not text:
        return replace(raw, crs=None)
    crs = choice.of_file(text)
    if crs is not None:
        raw = replace(raw, crs=crs, crs_evidence=message("shapefile.prj-file"))
        qpj = files.part(path, ".qpj")
        if qpj is not None and options.crs is None:
            choice.require_one([_text(qpj.read_bytes()[:_LONGEST_PRJ])], raw, name)
        return raw
    if options.crs is None:
        raise SourceError(file_faults.crs_unknown(f"{name} (.prj)", text))
    told = message("shapefile.prj-overridden", text=text[:60], crs=options.crs)
    return replace(raw, crs=None, notices=(*raw.notices, told))


def _text(data: bytes) -> str:
    """Return the definition as its encoding says, in one line."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8" if wide else "gb18030", "replace")
    return " ".join(text.replace("\0", " ").split())


def _choice(attributes: Table, path: Path, name: str, options: ReadOptions) -> Choice:
    if options.encoding is not None:
        return shapefile_encoding.override(options.encoding, name)
    cpg = files.part(path, ".cpg")
    dbf = files.part(path, ".dbf")
    widths, ldid = header(files.head(dbf, 65_536)) if dbf is not None else ({}, None)
    names = {str(column).encode("latin-1") for column in attributes.columns}
    texts = {n for n in names if len(n) < _NAME}
    cut = names - texts
    for column in attributes.columns:
        wide = widths.get(str(column).encode("latin-1"), _WIDEST)
        for value in attributes[column]:
            if isinstance(value, str) and not value.isascii():
                data = value.encode("latin-1")
                (cut if len(data) >= wide else texts).add(data)
                if len(texts) + len(cut) > _SAMPLE:
                    break
    stated = cpg.read_bytes()[:200].decode("latin-1") if cpg is not None else None
    return shapefile_encoding.decide(texts, cut, stated, ldid)


def header(start: bytes) -> tuple[dict[bytes, int], int | None]:
    """Return the text fields' widths by name, and the language driver id, of a DBF's first bytes.

    Layout: byte 29 is the LDID; from byte 32 on 32 bytes a field (name 0-10, type 11, width 16),
    ended by 0x0D.
    """
    if len(start) < 33:
        return {}, None
    widths = {}
    for at in range(32, len(start) - 31, 32):
        if start[at] == 0x0D:
            break
        if start[at + 11 : at + 12] == b"C":
            widths[start[at : at + 11].split(b"\x00")[0]] = start[at + 16]
    return widths, start[29]


def _decode(attributes: Table, choice: Choice) -> tuple[Table, int]:
    """Return the table decoded, and how many values held bytes that mean nothing."""
    seen: dict[str, str] = {}
    lost = 0

    def one(value: Any) -> Any:
        nonlocal lost
        if not isinstance(value, str) or value.isascii():
            return value
        if value not in seen:
            data = value.encode("latin-1")
            text = shapefile_encoding.decode(data, choice.codec, cut=True)
            if text is None:
                lost += 1
                text = data.decode(choice.codec, "replace")
            seen[value] = text
        return seen[value]

    columns = {str(one(str(c))): [one(v) for v in attributes[c]] for c in attributes.columns}
    return values.table(columns, len(attributes)), lost
