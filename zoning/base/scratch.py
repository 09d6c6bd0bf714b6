"""Files and folders for the time of a run: named after the run, so that the next clears up.

A run that ends in an error or on a signal removes what it has begun. One that is killed outright
cannot; its leftovers carry its host and process number, and whoever works in the same place next
removes those of processes that are gone.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from zoning.base.errors import UsageError, problem


def run() -> str:
    """Return what tells this run from all others on this and other machines: host and process."""
    return f"{_host()}-{os.getpid()}"


@contextmanager
def folder(parent: Path | None = None) -> Iterator[Path]:
    """Give a folder that is removed when the block ends.

    Parameters
    ----------
    parent : Path, optional
        Where to make it; the system's place for temporary files if left out.

    Raises
    ------
    UsageError
        ``no-scratch`` if there is no place that can be written.
    """
    try:
        place = Path(tempfile.gettempdir()) if parent is None else parent
        sweep(place, "zoning-")
        made = tempfile.TemporaryDirectory(
            dir=place, prefix=f".zoning-{run()}." if parent else f"zoning-{run()}."
        )
    except OSError as error:
        raise UsageError(problem("no-scratch", reason=error.strerror or str(error))) from error
    with made as name:
        yield Path(name)


def sweep(place: Path, stem: str) -> None:
    """Remove from a folder what runs of this machine began under ``stem`` and can never finish."""
    if os.name != "posix":
        return  # asking after a process there may end it
    pattern = re.compile(rf"\.?{re.escape(stem)}{re.escape(_host())}-(\d+)\.")
    with suppress(OSError):  # A place that cannot be listed shows when it is written.
        for entry in place.iterdir():
            match = pattern.match(entry.name)
            if match is None or _alive(int(match[1])):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)


@cache
def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]", "", socket.gethostname())[:32] or "host"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True
