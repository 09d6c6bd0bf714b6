"""Local files only: find them, hash them, tell their format from their first bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from zoning.base import scratch
from zoning.base.errors import Problem, SourceError, problem
from zoning.messages import message
from zoning.read import file_faults

#: Files that belong to a shapefile and change what is read from it.
SHAPEFILE_PARTS = (".shp", ".dbf", ".prj", ".qpj", ".cpg", ".shx")
#: Data sets of several files, by the suffix of the one that is named.
SETS = {
    ".shp": SHAPEFILE_PARTS,
    ".tab": (".tab", ".dat", ".map", ".id", ".ind"),
    ".mif": (".mif", ".mid"),
}

#: Characters that pyogrio reads as "archive!member", "path?query" or drops from a path.
_MANGLED = re.compile(r"[!?;\n\r\t]")
_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+://")

#: Name of standard input on the command line.
STDIN: Final = "-"
_DATABASES: Final = ("postgresql://", "postgres://")

FORMATS = message("files.geojson-also-geojsonl-gz")


def is_database(name: str) -> bool:
    """Return whether a source is an address of a PostgreSQL server."""
    return name.startswith(_DATABASES)


def is_file(name: str | Path) -> bool:
    """Return whether a source is meant as a path."""
    return str(name) != STDIN and not is_database(str(name))


def require_present(names: Iterable[str]) -> None:
    """Refuse files that are not there or cannot be opened, which is known before any is read.

    Raises
    ------
    SourceError
        With the problem of each of them; see :func:`local`.
    """
    problems: list[Problem] = []
    for name in names:
        try:
            if is_file(name) and not Path(name).is_dir():
                local(name)
        except SourceError as error:
            problems += error.problems
        except OSError:  # a name that no file can have
            problems.append(file_faults.missing(name))
    if problems:
        raise SourceError(problems)


def local(path: str | Path) -> Path:
    """Return the existing local file or folder that ``path`` names.

    Raises
    ------
    SourceError
        ``file-not-local`` for URLs and GDAL's virtual paths, ``file-missing``,
        ``file-unreadable``, ``file-empty``.
    """
    name = str(path)
    if name.startswith("/vsi") or _URL.match(name) or "\x00" in name:
        raise SourceError(file_faults.not_local(name))
    found = Path(name)
    try:
        exists = found.exists()
    except OSError:
        exists = False
    if not exists:
        raise SourceError(file_faults.missing(name))
    if found.is_dir():
        if found.suffix.lower() != ".gdb":
            raise SourceError(file_faults.is_folder(name))
        return found.resolve()
    if not found.is_file():
        raise SourceError(file_faults.not_regular(name))
    if not os.access(found, os.R_OK):
        raise SourceError(file_faults.unreadable(name))
    if found.stat().st_size == 0:
        raise SourceError(file_faults.empty(name))
    return found.resolve()


def parts(path: Path) -> list[Path]:
    """Return all files that make up the data set at ``path``, in a fixed order."""
    if path.is_dir():
        return sorted(p for p in path.iterdir() if p.is_file() and p.suffix != ".lock")
    suffixes = SETS.get(path.suffix.lower())
    if suffixes is None:
        # What SQLite has not yet written back belongs to the database.
        log = path.with_name(path.name + "-wal")
        return [path, log] if log.is_file() and log.stat().st_size else [path]
    stem = path.stem.lower()
    beside = [p for p in path.parent.iterdir() if p.stem.lower() == stem and p.is_file()]
    return sorted(
        (p for p in beside if p.suffix.lower() in suffixes), key=lambda p: p.suffix.lower()
    )


def data_sets(folder: Path) -> list[Path]:
    """Return every data set in a folder, by name: all its files, those of a shapefile as one.

    Hidden files and folders other than a FileGDB are not looked into; any other file is taken for
    data, and one that is none is an error of its own when it is read.

    Raises
    ------
    SourceError
        ``folder-empty``.
    """
    entries = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    shapes = {p.stem.lower() for p in entries if p.suffix.lower() == ".shp"}
    beside = {*SHAPEFILE_PARTS[1:], ".sbn", ".sbx", ".qix"}
    found = [
        p
        for p in entries
        if (p.is_file() or p.suffix.lower() == ".gdb")
        and not (p.suffix.lower() in beside and p.stem.lower() in shapes)
        and not p.name.lower().endswith(".shp.xml")
    ]
    if not found:
        raise SourceError(problem("folder-empty", file=str(folder)))
    return found


def part(path: Path, suffix: str) -> Path | None:
    """Return the part of a data set with ``suffix`` beside ``path``, in whatever case, or None."""
    return next((p for p in parts(path) if p.suffix.lower() == suffix), None)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file; of several, that of their ``<sha256> <suffix>`` lines.

    A shapefile or FileGDB is one data set in many files, so each of them counts; their names
    do not, so that a renamed copy keeps its hash.
    """
    files = parts(path)
    if files == [path]:
        return _digest(path)
    gdb = path.is_dir()
    lines = [f"{_digest(p)} {p.name if gdb else p.suffix.lower()}\n" for p in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def head(path: Path, size: int = 4096) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(size)


@contextlib.contextmanager
def plain_name(path: Path) -> Iterator[str]:
    """Yield a name of the file that GDAL and pyogrio take literally.

    Both give ``!``, ``?`` and some prefixes a meaning of their own; a file that is really called
    like that is read through links with plain names.
    """
    if not _MANGLED.search(str(path)):
        yield str(path)
        return
    with scratch.folder() as folder:
        if path.is_dir():
            link = folder / f"data{path.suffix}"
            link.symlink_to(path, target_is_directory=True)
        else:
            for piece in parts(path):
                (folder / f"data{piece.suffix}").symlink_to(piece)
            link = folder / f"data{path.suffix}"
        yield str(link)
