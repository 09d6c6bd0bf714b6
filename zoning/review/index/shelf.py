"""What was found out about a layer is kept beside it, and what the cache holds is listed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoning.base import shelf
from zoning.base.arrays import Arrays, write_arrays
from zoning.base.settings import default_lang
from zoning.base.shelf import SUFFIX, WRONG, folder, hashed
from zoning.messages import message
from zoning.review.index.plain import made, plain

_log = logging.getLogger(__name__)


class Shelf(shelf.Shelf):
    """The place of one layer in the cache, and of what is told of it."""

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
