"""Where files are kept that only save time: in the user's cache folder, to be deleted at will."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

#: Names the folder, or is ``off`` for none.
VARIABLE: Final = "ZONING_CACHE"


def folder() -> Path | None:
    """Return the cache folder, whether or not it exists; None where there is to be none.

    ``ZONING_CACHE`` names it or is ``off``; else it is ``zoning`` in the place that the system
    gives programs for such files.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        return None if named.casefold() == "off" else Path(named).expanduser()
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA")
        return Path(place) / "zoning" / "Cache" if place else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "zoning"
    place = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(place) if place.startswith("/") else home / ".cache") / "zoning"


def owned(path: Path) -> bool:
    """Return whether a file is this user's own: what others can write proves nothing."""
    if os.name != "posix":
        return True
    return path.stat().st_uid in (os.geteuid(), 0)


@cache
def tool() -> str:
    """Return what tells this installation from any other: its files, and the libraries it reads by.

    The files count by name, size and time of change, so that an edited module makes whatever it
    wrote before stale.
    """
    from importlib.metadata import version

    from zoning.base.settings import VERSION, data_dir, layers_dir

    package = Path(__file__).parents[1]
    files = [
        *_below(str(package)),
        *_below(str(layers_dir())),
        *_stats(data_dir() / "registry.toml"),
    ]
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    # Where certificates lie is stated by the libraries themselves, once they are loaded.
    told = {k: v for k, v in os.environ.items() if not k.endswith("_CA_BUNDLE")}
    settings = sorted(f"{k}={v}" for k, v in told.items() if k.startswith(_SETTINGS))
    said = repr((VERSION, sorted(files), libraries, settings))
    return hashlib.sha256(said.encode()).hexdigest()


def _below(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield name, size and time of change of the code and declarations below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path)
            elif entry.name.endswith((".py", ".toml")):
                yield from _stats(entry)


def _stats(entry: os.DirEntry[str] | Path) -> Iterator[tuple[str, int, int]]:
    stat = entry.stat()
    yield entry.name, stat.st_size, stat.st_mtime_ns


#: What reading, projecting and checking geometries rests on.
_LIBRARIES: Final = ("shapely", "pyproj", "pyogrio", "pandas")
#: Variables that change what GDAL and PROJ read.
_SETTINGS: Final = ("GDAL_", "OGR_", "PROJ_", "SHAPE_", "SHP_", "DXF_", "OPENFILEGDB_", "CPL_")
