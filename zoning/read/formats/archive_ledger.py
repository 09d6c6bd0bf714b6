"""What became of every member of an archive, also of those that its directory does not name.

A member that nobody reads may hold a site or a zone, unless its name says that it is a document, a
picture or a companion of a data set, and its content does not say otherwise.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from zoning.base.errors import SourceError, problem
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import file_faults
from zoning.read.formats import archive

#: Documents, pictures, styles and companions: no geodata, if the content agrees.
_OTHER = (".pdf", ".doc", ".docx", ".wps", ".rtf", ".ppt", ".pptx", ".odt", ".txt", ".md", ".htm",
          ".html", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".tfw",
          ".jgw", ".pgw", ".aux", ".xml", ".cpg", ".prj", ".qpj", ".sbn", ".sbx", ".qix", ".fix",
          ".atx", ".ain", ".aih", ".lyr", ".lyrx", ".qml", ".sld", ".mxd", ".qgs", ".ini", ".db",
          ".lock", ".ds_store", ".rels", ".bin", ".emf", ".wmf", ".vml")  # fmt: skip
#: What the content of geodata begins with, or has among its first bytes.
_MAGIC = (b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"fgb\x03", b"PAR1", b"AutoCAD Binary DXF",
          b"\x1f\x8b", b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"AC10", b"BZh", b"\xfd7zXZ\x00",
          b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"MSCF", b"\x1f\x9d", b"]\x00\x00")  # fmt: skip
#: Where a tape archive says that it is one.
_TAR = slice(257, 262)
_WORDS = ("界址点", "地块坐标")
_SIGNS = re.compile(
    rb'<kml|<gml|"coordinates"|"geometry"|"rings"|\bPOLYGON|LINESTRING|POINT ?\(|'
    rb"\bSECTION\r?\n|"
    + b"|".join(re.escape(w.encode(c)) for w in _WORDS for c in ("utf-8", "gb18030")),
    re.IGNORECASE,
)
#: Two numbers on a line, each of which is written as coordinates are.
_PAIR = re.compile(rb"\d{2,8}\.\d{3,}[\s,;\xa1]+\d{2,8}\.\d{3,}")
_APPLE = b"\x00\x05\x16\x07"
_HEAD = 1 << 16
#: Bytes of the longest sign.
_LONGEST = 32
_OFFICE = re.compile(r"^(word|ppt|xl|docProps|_rels|customXml|META-INF)/|^\[Content_Types\]\.xml$")
#: Bytes of the longest data descriptor, which follows a member whose flags announce it.
_DESCRIPTOR = 24


def account(
    path: Path,
    name: str,
    read: Collection[str],
    chosen_out: Collection[str] = (),
    parts: str | None = None,
) -> Ledger:
    """Account for every member of a zip.

    Parameters
    ----------
    path : Path
    name : str
        What messages call it.
    read : collection of str
        Titles of the members that were read.
    chosen_out : collection of str
        Titles of those that belong to data sets the user did not choose.
    parts : str, optional
        Regular expression of members that are parts of the format itself, as in a workbook.

    Raises
    ------
    SourceError
        ``file-damaged``, ``archive-member-twice``.
    """
    lost: list[str] = []
    plain = 0
    try:
        with zipfile.ZipFile(path) as opened:
            infos = [i for i in opened.infolist() if not i.is_dir() or i.file_size]
            titles = [shown(info) for info in infos]
            _once(titles, name)
            for info, title in zip(infos, titles, strict=True):
                if title in read or title in chosen_out or (parts and re.match(parts, title)):
                    continue
                if _harmless(opened, info, title):
                    plain += 1
                else:
                    lost.append(title)
            gaps, size = _between(path, opened)
    except archive.BROKEN as error:
        raise SourceError(file_faults.damaged(name, "zip", str(error))) from error
    out = sum(title in chosen_out for title in titles)
    asides = (
        SetAside(
            len(lost), message("archive.members-not-read", names=_some(lost), count=len(lost))
        ),
        SetAside(plain, message("archive.members-plain", count=plain), may_hold=False),
        SetAside(out, message("archive.members-chosen-out", count=out), may_hold=False),
    )
    aside = tuple(part for part in asides if part.count)
    known = sum(t in read or bool(parts and re.match(parts, t)) for t in titles)
    members = Tally("member", len(titles), known, set_aside=aside)
    if not gaps:
        return Ledger((members,))
    told = message("archive.members-unlisted", count=gaps, size=size)
    return Ledger((members, Tally("span", gaps, 0, set_aside=(SetAside(gaps, told),))))


def shown(info: zipfile.ZipInfo) -> str:
    """Return a member's path as every part of the reader calls it."""
    return str(PurePosixPath(archive.title(info).replace("\\", "/")))


def _some(names: Iterable[str]) -> Text:
    listed = list(names)
    if len(listed) > 5:
        return message("archive.and-others", names=listed[:5])
    return message("archive.names", names=listed)


def _once(titles: list[str], name: str) -> None:
    """Refuse two members of one name: unpacking would keep the last and drop the others."""
    twice = sorted({title for title in titles if titles.count(title) > 1})
    if twice:
        raise SourceError(problem("archive-member-twice", file=name, names=_some(twice)))


def _harmless(opened: zipfile.ZipFile, info: zipfile.ZipInfo, title: str) -> bool:
    """Whether a member can hold no geodata, by its name and by its content."""
    if not info.file_size:
        return True
    with opened.open(info) as stream:
        head = stream.read(_HEAD)
        return _plain(head, PurePosixPath(title), lambda: opened.read(info)) and not speaks(stream)


def harmless_file(path: Path) -> bool:
    """Whether a file beside data sets can hold no geodata, by its name and by its content."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        return _plain(head, PurePosixPath(path.name), path.read_bytes) and not speaks(stream)


def speaks(stream: IO[bytes]) -> bool:
    """Whether the rest of a stream has words of geodata in it."""
    kept = b""
    while chunk := stream.read(_HEAD):
        if _SIGNS.search(kept + chunk):
            return True
        kept = chunk[-_LONGEST:]
    return False


def _plain(head: bytes, title: PurePosixPath, whole: Callable[[], bytes]) -> bool:
    if head.startswith(_APPLE):
        return not _SIGNS.search(head)
    suffix = title.suffix.lower() or title.name.lower()
    if suffix not in _OTHER:
        return False
    if suffix in (".docx", ".pptx") and head.startswith(b"PK\x03\x04"):
        return _office(whole())
    if head.startswith(_MAGIC) or head[_TAR] == b"ustar":
        return False
    return not _SIGNS.search(head) and len(_PAIR.findall(head)) <= 2


def _office(data: bytes) -> bool:
    """Whether a zip holds parts of an office document and nothing else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as inner:
            return all(
                _OFFICE.match(n) and "embeddings/" not in n and not speaks(inner.open(n))
                for n in inner.namelist()
            )
    except archive.BROKEN:
        return False


def _end(stream: IO[bytes], size: int) -> int:
    """Return where the last record of a zip's directory ends, with the remark it announces."""
    tail = min(size, _HEAD + 22)
    stream.seek(size - tail)
    data = stream.read(tail)
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(data):
        return size
    return size - tail + at + 22 + int.from_bytes(data[at + 20 : at + 22], "little")


def _between(path: Path, opened: zipfile.ZipFile) -> tuple[int, int]:
    """Count the stretches of a zip that no entry of its directory covers, and their bytes."""
    spans = [(0, 0)]
    with path.open("rb") as stream:
        for info in opened.infolist():
            stream.seek(info.header_offset)
            fixed = stream.read(30)
            lengths = sum(int.from_bytes(fixed[a : a + 2], "little") for a in (26, 28))
            lengths += _DESCRIPTOR if info.flag_bits & 8 else 0
            spans.append(
                (info.header_offset, info.header_offset + 30 + lengths + info.compress_size)
            )
        spans.sort()
        # A directory ends with a record of 22 bytes and the archive's own remark.
        size_of_all, remark = path.stat().st_size, len(opened.comment)
        told = remark and _SIGNS.search(opened.comment)
        spans.append((opened.start_dir, _end(stream, size_of_all) - (remark if told else 0)))
        spans.append((size_of_all, size_of_all))
        reached, count, size = 0, 0, 0
        for start, end in spans:
            if start > reached:
                stream.seek(reached)
                if stream.read(min(start - reached, _HEAD)).strip(b"\x00"):
                    count, size = count + 1, size + start - reached
            reached = max(reached, end)
    return count, size
