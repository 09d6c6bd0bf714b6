"""Zip and gzip: unpacked under names of our own, within bounds, or not at all.

A member's path is never used as a path: parts of one data set go to a numbered folder as
``data.<suffix>``. Sizes are counted while unpacking, because a header may lie about them.
"""

from __future__ import annotations

import contextlib
import gzip
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from zoning.base import encoding, scratch
from zoning.base.errors import Problem, SourceError, problem
from zoning.messages import message
from zoning.read import file_faults, files, limits

#: Suffixes that begin a data set inside an archive.
_DATA = (".shp", ".gpkg", ".geojson", ".geojsonl", ".json", ".fgb", ".parquet", ".kml", ".dxf",
         ".csv", ".xlsx", ".txt", ".gml", ".tab", ".mif")  # fmt: skip
#: Which of them a part belongs to that is no data set by itself.
_WHOLE = {part: whole for whole, parts in files.SETS.items() for part in parts}
BROKEN = (zipfile.BadZipFile, NotImplementedError, zlib.error, lzma.LZMAError, EOFError, OSError,
           RuntimeError, ValueError,
    IndexError,
    struct.error,
)  # fmt: skip
_CHUNK = 1 << 20
_GDB_FILE = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.]*$")


@dataclass(frozen=True, slots=True)
class Inner:
    """A data set in an archive: its path there, where it was unpacked, and its members."""

    title: str
    path: Path
    members: tuple[str, ...] = ()


def entries(path: Path, name: str) -> list[zipfile.ZipInfo]:
    """Return the members of a zip that is safe to unpack.

    Raises
    ------
    SourceError
        ``file-damaged``, ``archive-encrypted``, ``archive-unsafe-path``, ``file-too-large``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = [i for i in archive.infolist() if not i.is_dir() or i.file_size]
    except BROKEN as error:
        raise SourceError(file_faults.damaged(name, "zip", str(error))) from error
    if len(found) > limits.MAX_MEMBERS:
        what = message("archive.number-files-archive")
        raise SourceError(file_faults.too_large(name, what, f"{limits.MAX_MEMBERS:,}"))
    for info in found:
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        if not parts or ".." in parts or parts[0].startswith("/") or parts[0].endswith(":"):
            raise SourceError(_unsafe(name, info.filename))
        if info.flag_bits & 1:
            raise SourceError(_encrypted(name))
    _bomb(name, sum(i.file_size for i in found), sum(i.compress_size for i in found))
    return found


def _bomb(name: str, unpacked: int, packed: int) -> None:
    """Raise where an archive grows beyond what geodata do."""
    ratio = unpacked / max(packed, 1)
    if unpacked > limits.MAX_UNPACKED or (unpacked > limits.SMALL and ratio > limits.MAX_RATIO):
        what = message(
            "archive.archive-would-unpack-mb", unpacked=unpacked / 1000000.0, ratio=ratio
        )
        raise SourceError(file_faults.too_large(name, what, f"4 GiB / {limits.MAX_RATIO}:1"))


@contextlib.contextmanager
def unpacked(path: Path, name: str) -> Iterator[list[Inner]]:
    """Yield the data sets of a zip, unpacked into a folder that is removed afterwards."""
    found = entries(path, name)
    with scratch.folder() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                sets = _unpack(archive, found, folder, name)
        except BROKEN as error:
            raise SourceError(file_faults.damaged(name, "zip", str(error))) from error
        yield sets


def _unpack(
    archive: zipfile.ZipFile, found: list[zipfile.ZipInfo], folder: Path, name: str
) -> list[Inner]:
    sets: dict[str, Inner] = {}
    homes: dict[str, Path] = {}
    members: dict[str, list[str]] = {}
    budget = limits.MAX_UNPACKED
    for info in found:
        shown = PurePosixPath(title(info).replace("\\", "/"))
        key, target, is_data = _place(shown)
        if key is None:
            continue
        home = homes.setdefault(key, folder / str(len(homes)))
        home.mkdir(exist_ok=True)
        goal = home / target
        goal.parent.mkdir(exist_ok=True)
        if goal.exists():
            raise SourceError(problem("archive-member-twice", file=name, names=str(shown)))
        members.setdefault(key, []).append(str(shown))
        with archive.open(info) as source:
            budget -= _copy(source, goal, budget, name)
        if is_data:
            data = goal.parent if goal.parent != home else goal
            sets.setdefault(str(data), Inner(key, data))
    return [replace(found, members=tuple(members[found.title])) for found in sets.values()]


def _place(member: PurePosixPath) -> tuple[str | None, str, bool]:
    """Return the data set a member belongs to, its name there, and whether it begins the set."""
    suffix = member.suffix.lower()
    if any(p.startswith(("__MACOSX", "._")) for p in member.parts):
        return None, "", False  # of which the ledger looks at the content
    if member.parent.suffix.lower() == ".gdb":
        if not _GDB_FILE.match(member.name):
            return None, "", False
        return str(member.parent), f"data.gdb/{member.name}", True
    if suffix in _WHOLE:
        whole = _WHOLE[suffix]
        return str(member.with_suffix(whole)), f"data{suffix}", suffix == whole
    if suffix in _DATA:
        return str(member), f"data{suffix}", True
    return None, "", False


def _copy(source: object, goal: Path, budget: int, name: str) -> int:
    """Copy a stream to a file, giving up beyond ``budget`` bytes; return the bytes copied."""
    done = 0
    with goal.open("wb") as sink:
        while chunk := source.read(_CHUNK):  # type: ignore[attr-defined]
            done += len(chunk)
            if done > budget:
                what = message("archive.unpacked-size")
                raise SourceError(file_faults.too_large(name, what, "4 GiB"))
            sink.write(chunk)
    return done


def title(info: zipfile.ZipInfo) -> str:
    """Return a member's name as its author wrote it.

    Without flag bit 11 a name is in the packer's own encoding, which Python takes for cp437;
    Chinese Windows packs in GBK.
    """
    if info.flag_bits & 0x800:
        return info.filename
    try:
        data = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    return encoding.first_fit(data) or info.filename


def gunzip(path: Path, name: str, limit: int = limits.MAX_PARSED) -> bytes:
    """Return the content of a gzip file of at most ``limit`` bytes.

    Raises
    ------
    SourceError
        ``file-damaged`` or ``file-too-large``.
    """
    pieces, size = [], 0
    packed = path.stat().st_size
    try:
        with gzip.open(path) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    what = message("archive.unpacked-size")
                    raise SourceError(file_faults.too_large(name, what, f"{limit >> 20} MiB"))
                _bomb(name, size, packed)
                pieces.append(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(file_faults.damaged(name, "gzip", str(error))) from error
    return b"".join(pieces)


def member(path: Path, name: str, info: zipfile.ZipInfo) -> bytes:
    """Return one member of a zip that :func:`entries` has passed."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(info) as stream:
            data = stream.read(limits.MAX_PARSED + 1)
    except BROKEN as error:
        raise SourceError(file_faults.damaged(name, "zip", str(error))) from error
    if len(data) > limits.MAX_PARSED:
        what = message("archive.unpacked-size")
        raise SourceError(file_faults.too_large(name, what, "1 GiB"))
    return data


def _unsafe(name: str, inner: str) -> Problem:
    shown = inner[:80].encode("unicode_escape").decode()
    return problem("archive-unsafe-path", file=name, shown=shown)


def _encrypted(name: str) -> Problem:
    return problem("archive-encrypted", file=name)
