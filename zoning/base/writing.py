"""Write files whole or not at all, and never in the place of what is not ours."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zoning.base import scratch
from zoning.base.errors import UsageError, problem
from zoning.base.seals import seal
from zoning.base.targets import Target

#: What SQLite leaves beside a database that was not closed.
_LEFT = ("-journal", "-wal", "-shm")
#: Indexes that QGIS and ArcGIS made of an older shapefile, and that would mislead them.
_STALE = (".qix", ".sbn", ".sbx")


@contextmanager
def whole(place: Target | Path) -> Iterator[Path]:
    """Give a name in a temporary folder and move what is made there when the block ends well.

    The file does not exist yet, and may be made with further parts beside it. An error or an
    interrupt removes the folder, so an earlier file of that name survives and half a file never
    appears. Missing folders are made. What is made is sealed, so that the next run knows it.

    Parameters
    ----------
    place : Target or Path
        A path alone is a target of which no inputs are known.

    Raises
    ------
    UsageError
        If the place cannot be written, or holds what must not be replaced.
    """
    target = Target.of(place)
    path = target.path
    target.require()
    folder = path.with_name(f".{path.stem}.{scratch.run()}.part")
    scratch.sweep(path.parent, f"{path.stem}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()  # A place that cannot be written shows before any work is done.
        temporary = folder / path.name
        yield temporary
        target.require()  # Somebody may have put a file there meanwhile.
        _move(temporary, path)
    except (OSError, RuntimeError, ValueError) as error:
        # GDAL's writer reports a full disk through exceptions of its own.
        if isinstance(error, OSError) or type(error).__module__.startswith("pyogrio"):
            raise _unwritable(path, error) from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _move(temporary: Path, path: Path) -> None:
    """Seal what was made and move it into place, the main file last."""
    made = sorted(p for p in temporary.parent.iterdir() if not p.name.endswith(_LEFT))
    seal(temporary, made)
    for part in (*(p for p in made if p != temporary), temporary):
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(path.with_name(part.name))
    if path.suffix.lower() == ".shp":
        for suffix in _STALE:
            path.with_suffix(suffix).unlink(missing_ok=True)


def _unwritable(path: Path, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return UsageError(problem("output-unwritable", file=str(path), reason=reason))
