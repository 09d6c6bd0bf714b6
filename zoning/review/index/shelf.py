"""Files that are kept for one layer, under a key that holds all they depend on."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zoning.base import cache
from zoning.base.arrays import Arrays, DamagedError, write_arrays
from zoning.base.settings import default_lang
from zoning.messages import message
from zoning.review.index.plain import made, plain

_log = logging.getLogger(__name__)

#: The part of the cache folder that holds layers.
_FOLDER: Final = "layers"
SUFFIX: Final = ".idx"
#: What a file can be wrong in that was written by another version, or not by us at all.
WRONG: Final = (OSError, DamagedError, KeyError, TypeError, ValueError, AttributeError)


def folder() -> Path | None:
    """Return the folder of the layers; None where no cache is wanted."""
    place = cache.folder()
    return None if place is None else place / _FOLDER


def hashed(*values: Any) -> str:
    """Return the SHA-256 of values that JSON holds."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Shelf:
    """The place of one layer in the cache.

    Attributes
    ----------
    folder : Path
    slot : str
        What stays the same when the layer's source changes, or what is said of it.
    key : str
        What changes with anything that the files depend on.
    layer, source : str
        For people: the layer's id, and the file it comes from.
    """

    folder: Path
    slot: str
    key: str
    layer: str
    source: str

    def path(self, part: str) -> Path:
        """Return the file of a part."""
        return self.folder / f"{self.slot}-{self.key[:32]}.{part}{SUFFIX}"

    def told(self, part: str, key: str, find: Callable[[], Any]) -> Any:
        """Return what was found out about the layer before under the same key, or find it out.

        Parameters
        ----------
        part : str
            Names what is told.
        key : str
            Holds what it depends on besides the layer itself.
        find : callable
            Returns it.
        """
        whole = hashed(self.key, key)
        try:
            found = self.opened(part, whole)
            if found is not None:
                return made(found.about["told"])
        except WRONG as error:
            _log.info("%s: %s: %s", self.layer, part, error)
        answer = find()
        try:
            about = {**self.about(whole), "told": plain(answer)}
            write_arrays(self.path(part), about, {})
        except (OSError, TypeError) as error:
            _log.info("%s: %s not kept: %s", self.layer, part, error)
        return answer

    def arrays(
        self, part: str, key: str, make: Callable[[], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Return arrays made from the layer before under the same key, or make and keep them."""
        whole = hashed(self.key, key)
        try:
            found = self.opened(part, whole)
            if found is not None:
                return {name: found[name] for name in found}
        except WRONG as error:
            _log.info("%s: %s: %s", self.layer, part, error)
        arrays = make()
        try:
            write_arrays(self.path(part), self.about(whole), arrays)
        except (OSError, TypeError) as error:
            _log.info("%s: %s not kept: %s", self.layer, part, error)
        return arrays

    def opened(self, part: str, key: str) -> Arrays | None:
        """Return a part that is there under a key, and this user's own.

        Raises
        ------
        OSError, DamagedError, KeyError
        """
        path = self.path(part)
        if not path.exists() or not cache.owned(path):
            return None
        found = Arrays(path)
        return found if found.about["key"] == key else None

    def about(self, key: str) -> dict[str, Any]:
        """Return what every part says of itself."""
        return {"key": key, "layer": self.layer, "source": self.source}

    def remove_older(self) -> None:
        """Remove what was kept of this layer under other keys."""
        for path in self.folder.glob(f"{self.slot}-*{SUFFIX}"):
            if not path.name.startswith(f"{self.slot}-{self.key[:32]}."):
                path.unlink(missing_ok=True)


def unwritable(folder: Path, error: OSError) -> None:
    """Say once a run that nothing can be kept; the review itself goes on."""
    if folder not in _TOLD:
        _TOLD.add(folder)
        reason = error.strerror or str(error)
        told = message("cache.unwritable", folder=str(folder), reason=reason)
        _log.warning("%s", told.in_(default_lang()))


_TOLD: set[Path] = set()


@dataclass(frozen=True)
class CacheEntry:
    """A layer in the cache.

    Attributes
    ----------
    layer : str
        Its id.
    source : str
        The file it was read from.
    size : int
        Bytes, with all that was made from it.
    modified : float
        When it was kept, seconds since 1970.
    """

    layer: str
    source: str
    size: int
    modified: float


def entries() -> list[CacheEntry]:
    """Return what the cache holds, by source and layer."""
    sizes: dict[tuple[str, str], tuple[int, float]] = {}
    for path in _held():
        try:
            about, stat = Arrays(path).about, path.stat()
            key = (str(about.get("layer", "")), str(about["source"]))
        except WRONG:
            key, stat = ("", str(path)), path.stat()
        size, at = sizes.get(key, (0, 0.0))
        sizes[key] = size + stat.st_size, max(at, stat.st_mtime)
    rows = [CacheEntry(layer, source, *told) for (layer, source), told in sizes.items()]
    return sorted(rows, key=lambda row: (row.source, row.layer))


def clear() -> tuple[int, int]:
    """Remove everything from the cache; return how many files and bytes that were."""
    count = size = 0
    for path in _held():
        size, count = size + path.stat().st_size, count + 1
        path.unlink(missing_ok=True)
    return count, size


def _held() -> Iterator[Path]:
    place = folder()
    if place is not None and place.is_dir():
        yield from sorted(place.glob(f"*{SUFFIX}"))
