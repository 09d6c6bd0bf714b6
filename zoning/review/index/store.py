"""Official layers kept between runs: where, under which key, and when what is kept is no good.

A layer is kept as it was read and checked. Its key holds the SHA-256 of the source, what the
workspace and the catalogue say of it, and the tool with its libraries; with any of these changed,
the source is read again. See docs/decisions/0124.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zoning.base import cache
from zoning.base.arrays import Arrays, DamagedError, write_arrays
from zoning.base.errors import ZoningError
from zoning.base.settings import default_lang
from zoning.catalogue.words import official_words
from zoning.messages import message
from zoning.model import InputRecord, Layer, OfficialLayer
from zoning.read import files
from zoning.review.index.frame import StoredFrame, write_frame
from zoning.review.index.plain import made, plain

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_log = logging.getLogger(__name__)

#: Raised when the layout of what is kept changes.
FORMAT: Final = 1
#: The part of the cache folder that holds layers.
_FOLDER: Final = "layers"
_SUFFIX: Final = ".idx"
#: A file that changed less than this before it was hashed may change again unseen, ns.
_RACY: Final = 2_000_000_000
#: What a file can be wrong in that was written by another version, or not by us at all.
_WRONG: Final = (OSError, DamagedError, KeyError, TypeError, ValueError, AttributeError)

Again = Callable[[], "GeoDataFrame"]


@dataclass(frozen=True)
class Kept:
    """The place of one official layer in the cache.

    Attributes
    ----------
    folder : Path
    layer : Layer
        As the catalogue has it.
    entry : OfficialLayer
        What the workspace says of its source.
    source : Path
        The file, as the workspace names it.
    found : Path
        The same file, links followed.
    digest : str
        SHA-256 of the source.
    """

    folder: Path
    layer: Layer
    entry: OfficialLayer
    source: Path
    found: Path
    digest: str

    @cached_property
    def _slot(self) -> str:
        """What stays the same when the source or the words about it change."""
        return _hash(str(self.found), self.layer.id, self.entry.layer)[:24]

    @cached_property
    def key(self) -> str:
        """What changes with anything that the layer as it was read depends on."""
        words = official_words().get(self.layer.id)
        return _hash(
            FORMAT, cache.tool(), self.digest, self.found.name, self.entry.model_dump_json(),
            self.layer.model_dump_json(), repr(words),
        )  # fmt: skip

    def _path(self, part: str = "zones") -> Path:
        return self.folder / f"{self._slot}-{self.key[:32]}.{part}{_SUFFIX}"

    def open(self, again: Again) -> tuple[StoredFrame, InputRecord] | None:
        """Return the layer as it is kept; None where it is not, or damaged, or another's.

        Parameters
        ----------
        again : callable
            Returns the frame from its source.
        """
        try:
            found = self._opened("zones", self.key)
            if found is None or found.about["named"] not in ("", str(self.source)):
                return None
            record = made(found.about["record"])
            if not isinstance(record, InputRecord) or record.sha256 != self.digest:
                return None
            return StoredFrame(found, self, self._once_more(again)), record
        except _WRONG as error:
            _log.info("%s: %s: read again", self.layer.id, error)
            return None

    def save(self, frame: GeoDataFrame, record: InputRecord, again: Again) -> StoredFrame | None:
        """Keep a layer that was read and has no faults; None where it cannot be kept."""
        if record.sha256 != self.digest or record.name != self.found.name:
            return None
        begun = time.perf_counter()
        try:
            told = plain(record)
            spelled = json.dumps(str(self.source), ensure_ascii=False)[1:-1]
            named = str(self.source) if spelled in json.dumps(told, ensure_ascii=False) else ""
            about = {**self._about(self.key), "record": told, "named": named}
            if not write_frame(self._path(), about, frame):
                return None
            self._remove_older()
            size = self._path().stat().st_size
            _log.info(
                "%s: kept, %.1f MB, %.2f s", self.layer.id, size / 1e6, time.perf_counter() - begun
            )
            return StoredFrame(Arrays(self._path()), self, self._once_more(again), frame)
        except OSError as error:
            _unwritable(self.folder, error)
        except (TypeError, DamagedError) as error:
            _log.info("%s: not kept: %s", self.layer.id, error)
        return None

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
        whole = _hash(self.key, key)
        try:
            found = self._opened(part, whole)
            if found is not None:
                return made(found.about["told"])
        except _WRONG as error:
            _log.info("%s: %s: %s", self.layer.id, part, error)
        answer = find()
        try:
            about = {**self._about(whole), "told": plain(answer)}
            write_arrays(self._path(part), about, {})
        except (OSError, TypeError) as error:
            _log.info("%s: %s not kept: %s", self.layer.id, part, error)
        return answer

    def arrays(
        self, part: str, key: str, make: Callable[[], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Return arrays made from the layer before under the same key, or make and keep them."""
        whole = _hash(self.key, key)
        try:
            found = self._opened(part, whole)
            if found is not None:
                return {name: found[name] for name in found}
        except _WRONG as error:
            _log.info("%s: %s: %s", self.layer.id, part, error)
        arrays = make()
        try:
            write_arrays(self._path(part), self._about(whole), arrays)
        except (OSError, TypeError) as error:
            _log.info("%s: %s not kept: %s", self.layer.id, part, error)
        return arrays

    def _opened(self, part: str, key: str) -> Arrays | None:
        path = self._path(part)
        if not path.exists() or not cache.owned(path):
            return None
        found = Arrays(path)
        return found if found.about["key"] == key else None

    def _about(self, key: str) -> dict[str, Any]:
        return {"key": key, "layer": self.layer.id, "source": str(self.found)}

    def _once_more(self, again: Again) -> Again:
        """Read the source in place of a damaged file, which goes."""

        def read() -> GeoDataFrame:
            _log.info("%s: damaged, read again", self.layer.id)
            self._path().unlink(missing_ok=True)
            return again()

        return read

    def _remove_older(self) -> None:
        """Remove what was kept of this layer under other keys."""
        for path in self.folder.glob(f"{self._slot}-*{_SUFFIX}"):
            if not path.name.startswith(f"{self._slot}-{self.key[:32]}."):
                path.unlink(missing_ok=True)


def kept(layer: Layer, entry: OfficialLayer, folder: Path) -> Kept | None:
    """Return the place of an official layer in the cache.

    None for a database, for a statement without a source, for a file that cannot be read, and
    where no cache is wanted.

    Parameters
    ----------
    layer : Layer
    entry : OfficialLayer
    folder : Path
        Where the workspace's relative paths start.
    """
    place = cache.folder()
    if place is None or entry.source is None or entry.is_database:
        return None
    source = folder / entry.source
    try:
        found = files.local(source)
        digest = _digest(found, place / _FOLDER)
        return Kept(place / _FOLDER, layer, entry, source, found, digest)
    except (OSError, ZoningError):
        return None  # The reader says what is wrong with it.


def _digest(source: Path, place: Path) -> str:
    """Return the SHA-256 of a source, from the last run if no part of it has changed since.

    A change shows in a part's size, number or times; the time of the last change to the file
    itself cannot be set by a program. A file that had changed just before it was hashed is hashed
    again, and so is any file on a system that does not keep that time.
    """
    if os.name != "posix":
        return files.sha256(source)
    noted = place / f"{_hash(str(source))[:24]}.sha256{_SUFFIX}"
    stats = _stats(source)
    try:
        if cache.owned(noted):
            found = Arrays(noted).about
            if found["stats"] == stats and _settled(stats, found["at"]):
                return str(found["sha256"])
    except _WRONG:
        pass  # Not noted yet, or not by us: it is hashed.
    at = time.time_ns()
    digest = files.sha256(source)
    if _stats(source) == stats and _settled(stats, at):
        try:
            about = {"source": str(source), "stats": stats, "at": at, "sha256": digest}
            write_arrays(noted, about, {})
        except OSError as error:
            _log.info("%s: %s", noted, error)
    return digest


def _stats(source: Path) -> list[list[Any]]:
    return [
        [part.name, s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns]
        for part in files.parts(source)
        for s in (part.stat(),)
    ]


def _settled(stats: list[list[Any]], at: int) -> bool:
    """Whether all parts had been left alone for a while at a point in time (ns)."""
    return all(max(mtime, ctime) + _RACY < at for *_, mtime, ctime in stats)


def _hash(*values: Any) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def _unwritable(folder: Path, error: OSError) -> None:
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
        except _WRONG:
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
    place = cache.folder()
    if place is not None and (place / _FOLDER).is_dir():
        yield from sorted((place / _FOLDER).glob(f"*{_SUFFIX}"))


__all__ = ["CacheEntry", "Kept", "clear", "entries", "kept"]
