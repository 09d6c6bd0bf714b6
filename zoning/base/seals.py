"""The seal of a file that this program wrote: a hash of its content, inside the file itself.

A writer puts `MARK` wherever its format takes a remark. When the file is complete, the zeros of
the mark give way to the SHA-256 of the file as it was with zeros. Any later change, by whatever
program, breaks the seal; a copy keeps it.
"""

from __future__ import annotations

import hashlib
import mmap
import re
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_STEM: Final = "zoning-output:"
#: What a writer puts into its file.
MARK: Final = _STEM + "0" * 64
#: Last column of a CSV, which has no place for a remark: it alone tells that the table is ours.
CSV_COLUMN: Final = "zoning_version"

_SEAL = re.compile(rb"zoning-output:[0-9a-f]{64}")
_ZEROS = re.compile(re.escape(MARK.encode("ascii")))
_SLICE: Final = 1 << 22
#: Whether files were sealed, by their state: a target is looked at before, during and after a run.
_KNOWN: Final[dict[tuple[tuple[Path | int, ...], ...], bool]] = {}
#: Some file systems tell times by steps of 2 s.
_SOON_NS: Final = 3_000_000_000
#: What an archive begins with that holds a file.
_ARCHIVE: Final = b"PK\x03\x04"


def seal(path: Path, parts: Iterable[Path] = ()) -> None:
    """Seal a complete file, of several parts if need be; one without a mark stays as it is.

    Parameters
    ----------
    path : Path
        The main file.
    parts : iterable of Path
        All files of the data set, the main one among them.
    """
    _mark(path)
    files = _ordered(path, parts)
    for file in files:
        # A text of a user's may be a seal already, and a table has no place for one.
        at = _place(file, _ZEROS) if file.suffix.lower() != ".csv" else None
        if at is None:
            continue
        digest = _digest(files, file, at)
        with file.open("r+b") as stream:
            stream.seek(at + len(_STEM))
            stream.write(digest.encode("ascii"))
        return


def sealed(path: Path, parts: Iterable[Path] = ()) -> bool:
    """Say whether this program wrote a file and nobody has changed it since."""
    try:
        if path.suffix.lower() == ".csv":
            return _own_table(path)
        files = _ordered(path, parts)
        state = tuple((file, *_state(file)) for file in files)
        if state in _KNOWN:
            return _KNOWN[state]
        begun = time.time_ns()
        found = _is_sealed(files)
        # A change so soon after another may leave all that is told of a file as it was.
        if all(begun - max(changed) > _SOON_NS for _, _, _, *changed in state):
            _KNOWN[state] = found
        return found
    except OSError:
        return False  # What cannot be read is not known to be ours.


def _state(file: Path) -> tuple[int, int, int, int]:
    """Return what tells one state of a file from another: which, how long, and when changed."""
    told = file.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def _is_sealed(files: list[Path]) -> bool:
    for file in files:
        at = _place(file)
        if at is not None:
            with file.open("rb") as stream:
                stream.seek(at + len(_STEM))
                told = stream.read(64).decode("ascii")
            return told == _digest(files, file, at)
    return False


def _ordered(path: Path, parts: Iterable[Path]) -> list[Path]:
    return sorted({p for p in (path, *parts) if p.is_file()})


def _own_table(path: Path) -> bool:
    with path.open("rb") as stream:
        first = stream.readline(1 << 16)
    return first.rstrip(b"\r\n").endswith(b"," + CSV_COLUMN.encode("ascii"))


#: What readers of a format pass over behind its end.
_TAILS: Final = {
    ".html": f"<!-- {MARK} -->\n",
    ".htm": f"<!-- {MARK} -->\n",
    ".svg": f"<!-- {MARK} -->\n",
    ".pdf": f"% {MARK}\n",
    ".png": MARK,
}


def _mark(path: Path) -> None:
    """Put the mark where the format has a place of its own for it, unless a writer has done so."""
    if _is_archive(path):  # Workbooks, documents and bundles: the comment of the archive.
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = MARK.encode("ascii")
    elif (tail := _TAILS.get(path.suffix.lower())) is not None and _place(path, _ZEROS) is None:
        with path.open("ab") as stream:
            stream.write(tail.encode("ascii"))


def _is_archive(path: Path) -> bool:
    """Say whether a file is a zip. How one ends does not tell: those four bytes stand by chance in
    the tail of one compressed file in 65,000, which what is appended then would spoil."""
    with path.open("rb") as stream:
        begins = stream.read(len(_ARCHIVE)) == _ARCHIVE
    return begins and zipfile.is_zipfile(path)


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap | bytes]:
    """Give the bytes of a file without reading them all; an empty file cannot be mapped."""
    with path.open("rb") as stream:
        if not path.stat().st_size:
            yield b""
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as found:
            yield found


def _place(path: Path, sign: re.Pattern[bytes] = _SEAL) -> int | None:
    """Return where the seal of a file begins, or its mark."""
    with _mapped(path) as content:
        found = sign.search(content)
        return found.start() if found else None


def _digest(files: Iterable[Path], marked: Path, at: int) -> str:
    """Return the hash of all files, with zeros where the seal stands."""
    total = hashlib.sha256()
    for file in files:
        with _mapped(file) as content:
            start, stop = (at, at + len(MARK)) if file == marked else (len(content),) * 2
            for low, high in ((0, start), (stop, len(content))):
                for begin in range(low, high, _SLICE):
                    total.update(content[begin : min(begin + _SLICE, high)])
                if high == start and file == marked:
                    total.update(MARK.encode("ascii"))
        total.update(file.suffix.lower().encode())
    return total.hexdigest()
