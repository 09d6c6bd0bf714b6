"""Official layers kept between runs: where, under which key, and when what is kept is no good.

A layer is kept as it was read and checked. Its key holds the SHA-256 of the source, what the
workspace and the catalogue say of it, and the tool with its libraries; with any of these changed,
the source is read again. See docs/decisions/0124.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zoning.base import cache
from zoning.base.arrays import Arrays, DamagedError, write_arrays
from zoning.base.errors import ZoningError
from zoning.base.shelf import SUFFIX, WRONG, hashed
from zoning.base.shelf import folder as folder_of_layers
from zoning.catalogue.words import official_words
from zoning.model import InputRecord, Layer, OfficialLayer
from zoning.read import files
from zoning.review.index.frame import StoredFrame, write_frame
from zoning.review.index.plain import made, plain
from zoning.review.index.shelf import Shelf, unwritable

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_log = logging.getLogger(__name__)

#: Raised when the layout of what is kept changes.
FORMAT: Final = 3
_ZONES: Final = "zones"
#: A file that changed less than this before it was hashed may change again unseen, ns.
_RACY: Final = 2_000_000_000
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
    workspace : Path
        The folder where its relative paths start.
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
    workspace: Path
    source: Path
    found: Path
    digest: str

    @cached_property
    def shelf(self) -> Shelf:
        """Where it is kept, and under which key."""
        words = official_words().get(self.layer.id)
        key = hashed(
            FORMAT, cache.tool(), self.digest, self.found.name, self.entry.model_dump_json(),
            repr(self.layer), repr(words),
        )  # fmt: skip
        place = str(self.workspace.resolve())
        slot = hashed(str(self.found), place, self.layer.id, self.entry.layer)[:24]
        return Shelf(self.folder, slot, key, self.layer.id, str(self.found))

    def open(self, again: Again) -> tuple[StoredFrame, InputRecord] | None:
        """Return the layer as it is kept; None where it is not, or damaged, or another's.

        Parameters
        ----------
        again : callable
            Returns the frame from its source.
        """
        try:
            found = self.shelf.opened(_ZONES, self.shelf.key)
            if found is None or found.about["named"] not in ("", str(self.source)):
                return None
            record = made(found.about["record"])
            if not isinstance(record, InputRecord) or record.sha256 != self.digest:
                return None
            return StoredFrame(found, self, self._once_more(again)), record
        except WRONG as error:
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
            about = {**self.shelf.about(self.shelf.key), "record": told, "named": named}
            if not write_frame(self.shelf.path(_ZONES), about, frame):
                return None
            self.shelf.remove_older()
            size = self.shelf.path(_ZONES).stat().st_size
            _log.info(
                "%s: kept, %.1f MB, %.2f s", self.layer.id, size / 1e6, time.perf_counter() - begun
            )
            return StoredFrame(Arrays(self.shelf.path(_ZONES)), self, self._once_more(again), frame)
        except OSError as error:
            unwritable(self.folder, error)
        except (TypeError, DamagedError) as error:
            _log.info("%s: not kept: %s", self.layer.id, error)
        return None

    def _once_more(self, again: Again) -> Again:
        """Read the source in place of a damaged file, which goes."""

        def read() -> GeoDataFrame:
            _log.info("%s: damaged, read again", self.layer.id)
            self.shelf.path(_ZONES).unlink(missing_ok=True)
            return again()

        return read


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
    place = folder_of_layers()
    if place is None or entry.source is None or entry.is_database:
        return None
    source = folder / entry.source
    try:
        found = files.local(source)
        digest = _digest(found, place)
        return Kept(place, layer, entry, folder, source, found, digest)
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
    noted = place / f"{hashed(str(source))[:24]}.sha256{SUFFIX}"
    stats = stats_of(source)
    try:
        if cache.owned(noted):
            found = Arrays(noted).about
            if found["stats"] == stats and _settled(stats, found["at"]):
                return str(found["sha256"])
    except WRONG:
        pass  # Not noted yet, or not by us: it is hashed.
    at = time.time_ns()
    digest = files.sha256(source)
    if stats_of(source) == stats and _settled(stats, at):
        try:
            about = {"source": str(source), "stats": stats, "at": at, "sha256": digest}
            write_arrays(noted, about, {})
        except OSError as error:
            _log.info("%s: %s", noted, error)
    return digest


def stats_of(source: Path) -> list[list[Any]]:
    """Return what tells a version of a source: of each part its name, size, number and times.

    The time of the last change to the file itself cannot be set by a program.
    """
    return [
        [part.name, s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns]
        for part in files.parts(source)
        for s in (part.stat(),)
    ]


def _settled(stats: list[list[Any]], at: int) -> bool:
    """Whether all parts had been left alone for a while at a point in time (ns)."""
    return all(max(mtime, ctime) + _RACY < at for *_, mtime, ctime in stats)
