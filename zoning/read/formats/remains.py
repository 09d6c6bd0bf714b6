"""What the parts of a container state beside its features, each part searched by one scanner.

A reader accounts for records, members and layers. What is left are texts and numbers around them:
comments, metadata, properties of documents, headers, tables without geometry, members of archives
that are documents. Each is searched for positions by :mod:`zoning.read.positions`; what is found
is held against the features once they have been projected, see :mod:`zoning.read.rest`.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

from zoning.base.patterns import pattern
from zoning.read import files, positions
from zoning.read.formats import archive, archive_ledger
from zoning.read.formats.tiff_tags import tags
from zoning.read.positions import Stated

#: Pictures, pages and indexes, by name and by how they begin: their numbers are places on paper or
#: in a file, and no form in which sites are submitted.
_PAPER: Final = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".pdf", ".emf", ".wmf", ".sbn",
                 ".sbx", ".qix")  # fmt: skip
_BEGIN: Final = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"BM", b"RIFF", b"%PDF", b"\x01\0\0\0",
                 b"\xd7\xcd\xc6\x9a", b"\0\0\x27\x0a", b"SQT")  # fmt: skip
#: Documents of older office programs.
_COMPOUND: Final = b"\xd0\xcf\x11\xe0"
_RASTER: Final = (".tif", ".tiff")
_OFFICE: Final = (".docx", ".pptx", ".xlsx", ".odt")
_MARKUP: Final = pattern(rb"\s*(?:\xef\xbb\xbf)?<[?!\w]")
_CELLS: Final = pattern(r"xl/(?:worksheets/[^/]+|sharedStrings)\.xml$", re.IGNORECASE)
_VALUE: Final = pattern(r"<(?:\w+:)?v>[^<]*</(?:\w+:)?v>|<(?:\w+:)?is>.*?</(?:\w+:)?is>", re.DOTALL)
#: Lists of coordinates, of which the readers of KML and GML count every one.
_COUNTED: Final = pattern(
    r"(<(?:\w+:)?(coordinates|posList|pos)\b[^<>]*>)[^<]*</(?:\w+:)?\2>", re.IGNORECASE
)
#: Extents of whole layers and systems of coordinates in the descriptions of a geodatabase.
_EXTENT: Final = pattern(r"<(Extent|SpatialReference)\b.*?</\1>", re.DOTALL)
_CDATA: Final = pattern(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_AROUND: Final = pattern(r"<!--|-->|<\?|\?>")
_TAG: Final = pattern(r"<(/?)([\w:.-]*)([^<>]*)>")
_AXIS: Final = pattern(r"lon|lat|north|south|east|west|^(?:\w+:)?[xyen]$", re.IGNORECASE)
#: Pages have an x and y of their own.
_LONG: Final = pattern(r"longitude|latitude|\b(?:lon|lat|lng)\b", re.IGNORECASE)
_GIVEN: Final = pattern(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_BLANK: Final = pattern(r"\s+")
#: Parts beside the one that begins a data set of several files.
_COMPANIONS: Final = (".cpg", ".dbt", ".fpt", ".qpj", ".qmd", ".sbn", ".sbx", ".qix", ".xml",
                      ".shp.xml", ".ind", ".tab", ".tfw", ".jgw", ".pgw", ".wld", ".aux.xml",
                      ".tif", ".txt")  # fmt: skip
#: Numbers farther apart than this only count where they are sure to be coordinates.
_APART: Final = positions.SPACER * 13
#: Numbers so far apart never count together.
_ALONE: Final = positions.SPACER * 41
_LARGEST: Final = 1 << 28
_HEAD: Final = 1 << 12
_COLUMNS: Final = pattern(rb"(?im)^[ \t]*Columns[ \t]+(\d{1,4})")
_MARK: Final = pattern(rb'(?im)^[ \t]*Delimiter[ \t]+"([^"])"')
_NUMBERS: Final = pattern(rb"(?m)^[-+.eE\d \t]+\r?$")


def of_archive(path: Path, skipped: Collection[str]) -> Iterator[Stated]:
    """Search the members of a zip but those ``skipped``, and what stands between them.

    Parameters
    ----------
    path : Path
    skipped : collection of str
        Titles of the members that were read or left out by choice.
    """
    with zipfile.ZipFile(path) as opened:
        yield positions.in_bytes(opened.comment, path.name)
        for info in opened.infolist():
            title = archive_ledger.shown(info)
            yield positions.in_bytes(info.extra + info.comment, title)
            yield positions.find(title, title)
            if title not in skipped and info.file_size <= _LARGEST:
                yield from of_member(title, opened.read(info))


def of_member(title: str, data: bytes) -> Iterator[Stated]:
    """Search a file that is no data set itself, by what its name says it is."""
    suffix = PurePosixPath(title).suffix.lower()
    if suffix in _PAPER and data.startswith(_BEGIN):
        return
    if data.startswith(_COMPOUND):
        # Texts of two bytes a sign, from an even place on, or of one.
        for codec in ("utf-16-le", "latin-1"):
            yield positions.find(data.decode(codec, "replace"), title)
    elif suffix in _RASTER:
        yield positions.find(tags(data), title)
    elif suffix in _OFFICE and data.startswith(b"PK\x03\x04"):
        yield from of_office(io.BytesIO(data), f"{title}/")
    elif _MARKUP.match(data):
        yield positions.find(marked(_text(data)), title)
    else:
        yield positions.in_bytes(data, title)


def of_office(path: Path | io.BytesIO, prefix: str = "") -> Iterator[Stated]:
    """Search a document of an office program: all but the values of its cells, which are read."""
    with zipfile.ZipFile(path) as opened:
        used = _strings_used(opened)
        for info in opened.infolist():
            title = prefix + archive_ledger.shown(info)
            suffix = PurePosixPath(title).suffix.lower()
            yield positions.in_bytes(info.extra + info.comment, title)
            data = opened.read(info) if info.file_size <= _LARGEST else b""
            if suffix in _PAPER and data.startswith(_BEGIN):
                continue
            if suffix == ".bin":
                yield positions.in_bytes(data, title)
                continue
            text = _text(data)
            if title.lower().endswith("sharedstrings.xml"):
                text = _unused(text, used)
            elif _CELLS.search(title) and not prefix:
                text = _VALUE.sub(" ", text)
            yield positions.find(marked(text, _APART, _LONG), title)
        yield positions.in_bytes(opened.comment, prefix or "zip")


def _strings_used(opened: zipfile.ZipFile) -> set[int]:
    """Return the numbers of the shared strings that cells show."""
    found: set[int] = set()
    for title in opened.namelist():
        if _CELLS.search(title) and "worksheets" in title.lower():
            shared = rb"<c [^>]*t=\"s\"[^>]*>.*?<v>(\d+)</v>"
            cells = re.findall(shared, opened.read(title), re.DOTALL)
            found.update(map(int, cells))
    return found


def _unused(text: str, used: set[int]) -> str:
    strings = re.split(r"<si\b", text)
    return " ".join(part for at, part in enumerate(strings[1:]) if at not in used)


def marked(text: str, apart: str = _ALONE, axis: re.Pattern[str] = _AXIS) -> str:
    """Return the texts and the values of the attributes of a marked-up document.

    Each stands alone unless its element or attribute is named after an axis. Lists of coordinates
    that the readers count are left out; comments and instructions stay.
    """
    # What a list of coordinates is told by does not count where it is text.
    text = _COUNTED.sub(r"\1", _CDATA.sub(lambda data: data[1].replace("<", " "), text))
    text = _AROUND.sub(apart, text)

    def flat(tag: re.Match[str]) -> str:
        around = f" {tag[2]} " if axis.search(tag[2]) else apart
        given = (
            f" {name} {one or two} " if axis.search(name) else f"{apart}{one or two}{apart}"
            for name, one, two in _GIVEN.findall(tag[3])
        )
        return around + "".join(given)

    return _TAG.sub(flat, _BLANK.sub(" ", text))


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _of_markup(path: Path) -> Iterator[Stated]:
    yield positions.find(marked(_text(path.read_bytes())), path.name)


def _of_kmz(path: Path) -> Iterator[Stated]:
    yield from of_archive(path, ())


def _of_text(path: Path) -> Iterator[Stated]:
    yield positions.in_bytes(path.read_bytes(), path.name)


def _of_head(path: Path) -> Iterator[Stated]:
    """Search what stands before the data of a packed file."""
    start = files.head(path, _HEAD)
    # Ten bytes tell how it is packed; its name and remark follow.
    yield positions.in_bytes(start[10:], path.name)


def _of_interchange(path: Path) -> Iterator[Stated]:
    """Search an interchange file but its lines of numbers, and cells beyond its columns."""
    data = path.read_bytes()
    yield positions.in_bytes(_NUMBERS.sub(b"", data), path.name)
    columns, mark = _COLUMNS.search(data), _MARK.search(data)
    table = files.part(path, ".mid")
    if columns is not None and table is not None:
        lines = io.StringIO(table.read_bytes().decode("latin-1").replace("\0", ""))
        rows = csv.reader(lines, delimiter=mark[1].decode("latin-1") if mark else "\t")
        beyond = (cell for row in rows for cell in row[int(columns[1]) :])
        yield replace(positions.find_each(list(beyond)), where=table.name)


def _of_flatgeobuf(path: Path) -> Iterator[Stated]:
    from zoning.read.formats import fgb_ledger

    with path.open("rb") as stream:
        yield positions.in_bytes(fgb_ledger.header_of(stream), path.name)


def _of_parquet(path: Path) -> Iterator[Stated]:
    from pyarrow import parquet

    schema = parquet.read_schema(path)
    entries = dict(parquet.read_metadata(path).metadata or {})
    entries.pop(b"ARROW:schema", None)  # the same once more
    # The systems of coordinates in it have numbers of their own.
    about = entries.pop(b"geo", b"{}").decode("utf-8", "replace")
    yield positions.find(re.sub(r'"crs":\s*\{.*\}(?=\s*,\s*"[a-z_]+":)', "", about), path.name)
    for field in schema:
        entries |= field.metadata or {}
    text = "\n".join(v.decode("utf-8", "replace") for pair in entries.items() for v in pair)
    yield positions.find(text, path.name)


def _of_parts(path: Path) -> Iterator[Stated]:
    """Search the companions of a data set of several files."""
    from zoning.read.formats import shapefile_ledger

    yield positions.in_bytes(shapefile_ledger.leftovers(path), path.name)
    stem = path.stem.lower()
    for part in sorted(path.parent.iterdir()):
        name = part.name.lower()
        if name.startswith(f"{stem}.") and name[len(stem) :] in _COMPANIONS and part.is_file():
            yield from of_member(part.name, part.read_bytes())
        elif name == f"{stem}.map":
            yield positions.find(part.read_bytes().decode("latin-1"), part.name)
        elif name == f"{stem}.prj":
            yield positions.in_bytes(part.read_bytes().rpartition(b"]")[2], part.name)


def _of_geodatabase(path: Path) -> Iterator[Stated]:
    """Search the tables without geometry, and the descriptions of all items."""
    from zoning.read.formats import gdb_ledger, sqlite_rest

    for name, heads, rows in gdb_ledger.bare(path):
        yield from sqlite_rest.of_table(heads, rows, name)
    for name, text in gdb_ledger.described(path):
        yield positions.find(marked(_EXTENT.sub(" ", text)), name)


def _of_drawing(path: Path) -> Iterator[Stated]:
    from zoning.read.formats import dxf_rest

    yield from dxf_rest.find(path)


def _of_geopackage(path: Path) -> Iterator[Stated]:
    from zoning.read.formats import sqlite_rest

    yield from sqlite_rest.find(path)


_KINDS: Final[dict[str, Callable[[Path], Iterator[Stated]]]] = {
    "boundary": _of_text,
    "dxf": _of_drawing,
    "filegdb": _of_geodatabase,
    "flatgeobuf": _of_flatgeobuf,
    "gml": _of_markup,
    "gpkg": _of_geopackage,
    "gzip": _of_head,
    "kml": _of_markup,
    "kmz": _of_kmz,
    "mif": _of_interchange,
    "parquet": _of_parquet,
    "shapefile": _of_parts,
    "tab": _of_parts,
    "xlsx": of_office,
}


def of(path: Path, kind: str) -> Iterator[Stated]:
    """Search a file of a kind for what it states beside its features; damaged parts state nothing.

    Parameters
    ----------
    path : Path
    kind : str
        As :func:`zoning.read.formats.detect.sniff` tells it.
    """
    search = _KINDS.get(kind)
    if search is None:
        return
    try:
        yield from search(path)
    except archive.BROKEN:
        return  # the reader itself says that the file is damaged
