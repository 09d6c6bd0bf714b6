"""Write files whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zoning.base import scratch
from zoning.base.errors import UsageError, problem


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` and move it there when the block ends well.

    An error or an interrupt removes the temporary file and what SQLite leaves beside it, so an
    earlier file of that name survives and half a file never appears. Missing folders are made.

    Raises
    ------
    UsageError
        If the place cannot be written.
    """
    temporary = path.with_name(f".{path.stem}.{scratch.run()}.part{path.suffix}")
    scratch.sweep(path.parent, f"{path.stem}.")
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb"):
            pass  # A place that cannot be written shows before any work is done.
        yield temporary
        temporary.replace(path)
    except (OSError, RuntimeError, ValueError) as error:
        # GDAL's writer reports a full disk through exceptions of its own.
        if isinstance(error, OSError) or type(error).__module__.startswith("pyogrio"):
            raise _unwritable(path, error) from error
        raise
    finally:
        for tail in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):  # Most often it is not there; nothing here hides the cause.
                temporary.with_name(temporary.name + tail).unlink()


def _unwritable(path: Path, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return UsageError(problem("output-unwritable", file=str(path), reason=reason))
