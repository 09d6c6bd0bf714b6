"""What a shapefile holds, counted from its headers and lengths, beside what GDAL made of it.

GDAL reads as many records as the shortest of ``.shx`` and ``.dbf`` announces, skips rows marked as
deleted, and never looks at bytes that no entry of ``.shx`` points to. Sources: ESRI Shapefile
Technical Description (1998), pp. 4 and 23-24; dBASE III table layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoning.base.errors import SourceError, problem
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import files

Ints = npt.NDArray[np.int64]
_HEADER = 100
#: Where a table's header holds the number of rows, its own length and that of a row.
_DBF = ((4, 8), (8, 10), (10, 12))


@dataclass(frozen=True, slots=True)
class Counts:
    """Records by each witness, and what no index entry points to.

    ``shx`` counts the entries of the index, ``dbf`` the rows its header states, ``dbf_room`` those
    that its length has room for, ``deleted`` the rows marked so; ``stray`` counts the bytes of the
    ``.shp`` outside every indexed record, in ``gaps`` pieces.
    """

    shx: int
    dbf: int
    dbf_room: int
    deleted: int
    stray: int
    gaps: int


def count(path: Path) -> Counts:
    """Count the records of a shapefile whose three parts are there."""
    shp, shx, dbf = (files.part(path, suffix) for suffix in (".shp", ".shx", ".dbf"))
    assert shp is not None
    assert shx is not None
    assert dbf is not None
    offsets, ends = _indexed(shx)
    gaps, stray = _unindexed(offsets, ends, shp.stat().st_size)
    rows, room, deleted = _rows(dbf)
    return Counts(len(offsets), rows, room, deleted, stray, gaps)


def ledger(counts: Counts, read: int, name: str) -> Ledger:
    """Account for the records, or refuse parts that do not hold the same number of them.

    Raises
    ------
    SourceError
        ``shapefile-parts-differ``.
    """
    indexed = max(counts.shx, counts.dbf_room)
    if len({counts.shx, counts.dbf, counts.dbf_room}) > 1:
        raise SourceError(
            problem(
                "shapefile-parts-differ",
                file=name,
                shx=counts.shx,
                dbf=counts.dbf,
                room=counts.dbf_room,
            )
        )
    aside = _aside(counts.deleted, message("shapefile.rows-deleted", count=counts.deleted))
    records = Tally("record", indexed, read, set_aside=aside)
    if not counts.gaps:
        return Ledger((records,))
    told = message("shapefile.stray-bytes", count=counts.gaps, size=counts.stray)
    spans = Tally("span", counts.gaps, 0, set_aside=_aside(counts.gaps, told))
    return Ledger((records, spans))


def leftovers(path: Path) -> bytes:
    """Return what a table holds beside its fields: behind their list, each row, and the last row.

    Fields are listed from byte 32 on, 32 bytes each with their width in byte 16, up to 0x0D; texts
    have its upper part in byte 17.
    """
    table = files.part(path, ".dbf") or files.part(path, ".dat")
    data = table.read_bytes() if table is not None else b""
    rows, start, width = (int.from_bytes(data[a:b], "little") for a, b in _DBF)
    at, used, behind = 32, 1, start + rows * width
    while at + 32 <= min(start, len(data)) and data[at] != 0x0D:
        used += data[at + 16] + (data[at + 17] << 8 if data[at + 11] == ord("C") else 0)
        at += 32
    padding = (data[row + used : row + width] for row in range(start, behind, width or 1))
    return b"\n".join((data[at:start], data[behind:], *(padding if used < width else ())))


def _aside(number: int, reason: Text) -> tuple[SetAside, ...]:
    return (SetAside(number, reason),) if number else ()


def _indexed(shx: Path) -> tuple[Ints, Ints]:
    """Return where each indexed record begins and ends in the ``.shp``, in bytes."""
    body = shx.read_bytes()[_HEADER:]
    words = np.frombuffer(body[: len(body) // 8 * 8], dtype=">i4").astype(np.int64).reshape(-1, 2)
    offsets = 2 * words[:, 0]
    return offsets, offsets + 8 + 2 * words[:, 1]


def _unindexed(offsets: Ints, ends: Ints, size: int) -> tuple[int, int]:
    """Count the stretches of a ``.shp`` that no index entry covers, and their bytes."""
    order = np.argsort(offsets, kind="stable")
    reached = np.maximum.accumulate(np.concatenate([[_HEADER], ends[order]]))
    starts = np.concatenate([offsets[order], [size]])
    gaps = starts - reached
    return int((gaps > 0).sum()), int(gaps[gaps > 0].sum())


def _rows(dbf: Path) -> tuple[int, int, int]:
    """Return the rows a table states, those it has room for, and those marked as deleted.

    Bytes 4 to 7 hold the number of rows, 8 and 9 the length of the header, 10 and 11 that of a row,
    little-endian; a row begins with ``*`` where it is deleted.
    """
    header = files.head(dbf, 12)
    stated, start, width = (int.from_bytes(header[a:b], "little") for a, b in _DBF)
    size = dbf.stat().st_size
    if not width or start >= size:
        return stated, 0, 0
    data = np.memmap(dbf, dtype=np.uint8, mode="r")
    end = start + stated * width
    # An end mark and padding follow the last row; anything else is more rows.
    more = len(bytes(data[end:]).strip(b"\x1a\x00 \r\n")) if end < size else 0
    room = stated + -(-more // width) if end <= size else (size - start) // width
    marks = data[start:end:width]
    return stated, room, int((marks == ord("*")).sum())
