"""What a user may name as a source: a file, a folder of files, standard input, or a database."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zoning.base import scratch
from zoning.base.errors import SourceError, problem
from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import file_faults, files, limits
from zoning.read.files import STDIN, is_database, is_file
from zoning.read.formats import archive_ledger, detect, remains, signs
from zoning.read.positions import Stated

#: Companions of a data set, by the suffix that it begins with.
_COMPANIONS: Final = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".shp.xml"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
#: The workspace file, which says where official layers lie and is no source itself.
_WORKSPACE: Final = "zoning.toml"


@dataclass(frozen=True, slots=True)
class Folder:
    """The data sets of a folder and of those within it, and the account of all its files.

    ``beside`` is what the other files state of positions.
    """

    sources: tuple[Path, ...]
    ledger: Ledger
    beside: tuple[Stated, ...] = ()


@contextlib.contextmanager
def located(path: str | Path) -> Iterator[Path]:
    """Yield the local file that ``path`` names; standard input as a file for as long as it is read.

    Raises
    ------
    SourceError
        As :func:`zoning.read.files.local` does, and ``file-too-large``.
    """
    if str(path) != STDIN:
        yield files.local(path)
        return
    with scratch.folder() as place:
        spooled = place / "stdin"
        size = 0
        with spooled.open("wb") as sink:
            while chunk := sys.stdin.buffer.read(1 << 20):
                size += len(chunk)
                if size > limits.MAX_UNPACKED:
                    what = message("sources.stdin")
                    raise SourceError(file_faults.too_large(STDIN, what, "4 GiB"))
                sink.write(chunk)
        if not size:
            raise SourceError(file_faults.empty(STDIN))
        # A table is known by its suffix, which a stream has not.
        kind = detect.sniff(spooled)
        if kind is None and not signs.is_dwg(files.head(spooled, 16)):
            spooled = spooled.rename(spooled.with_suffix(".csv"))
        yield spooled


def is_folder(path: str | Path) -> bool:
    """Return whether a source is a folder of data sets; a geodatabase is one itself."""
    return is_file(path) and Path(path).is_dir() and Path(path).suffix.lower() != ".gdb"


def folder(path: Path) -> Folder:
    """Find the data sets of a folder: every file belongs to one or can hold none.

    Raises
    ------
    SourceError
        ``folder-unread`` with the files that may hold a site and that no reader knows,
        ``folder-empty``, ``file-too-large``.
    """
    name = str(path)
    every = _files(path, name)
    sets = [f for f in every if f.is_dir() or _begins_set(f)]
    owned = {part for found in sets for part in _companions(found, every)}
    rest = [f for f in every if f not in owned and f not in sets]
    own = [f for f in rest if f.name == _WORKSPACE]
    plain = [f for f in rest if f not in own and archive_ledger.harmless_file(f)]
    lost = [str(f.relative_to(path)) for f in rest if f not in (*own, *plain)]
    if lost:
        raise SourceError(problem("folder-unread", file=name, names=lost[:5], count=len(lost)))
    if not sets:
        raise SourceError(problem("folder-empty", file=name))
    count = len(plain) + len(own)
    aside = (SetAside(count, message("sources.plain", count=count), may_hold=False),)
    tally = Tally("file", len(every), len(every) - count, set_aside=aside if count else ())
    beside = (part for f in plain for part in remains.of_member(f.name, f.read_bytes()))
    return Folder(tuple(sets), Ledger((tally,)), tuple(filter(None, beside)))


def _files(path: Path, name: str) -> list[Path]:
    """Return all files below a folder; a geodatabase counts as one."""
    found: list[Path] = []
    stack = [path]
    while stack:
        for entry in sorted(stack.pop().iterdir()):
            if entry.is_dir() and detect.sniff(entry) != "filegdb":
                stack.append(entry)
            elif entry.is_dir() or (entry.is_file() and entry.stat().st_size):
                found.append(entry)
            elif not entry.is_file():
                raise SourceError(file_faults.not_regular(str(entry)))
        if len(found) > limits.MAX_MEMBERS:
            what = message("sources.files-in-folder")
            raise SourceError(file_faults.too_large(name, what, f"{limits.MAX_MEMBERS:,}"))
    return sorted(found)


def _begins_set(path: Path) -> bool:
    """Return whether a file is one that a reader knows, or that is refused with a cure."""
    if path.suffix.lower() in (".shx", ".dbf"):
        return False  # the former begins as a .shp does
    return detect.sniff(path) is not None or signs.is_dwg(files.head(path, 16))


def _companions(begins: Path, every: Sequence[Path]) -> set[Path]:
    """Return the files that belong to a data set."""
    suffixes = _COMPANIONS.get(begins.suffix.lower(), ())
    stem = begins.stem.lower()
    names = {stem + suffix for suffix in suffixes}
    return {f for f in every if f.parent == begins.parent and f.name.lower() in names}


__all__ = ["STDIN", "Folder", "folder", "is_database", "is_file", "is_folder", "located"]
