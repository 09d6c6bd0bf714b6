"""Sources of any size as batches on disk: neighbours together, each id used once.

Two passes over each source, of which only the first reads it. The first notes where each feature
lies and what id it states, and lays the features down as they come; the second sorts them along a
Hilbert curve into batches. Memory holds one piece, and some tens of bytes a feature. A batch holds
features of one source.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from math import ceil
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning import law
from zoning.base.errors import SourceError, UsageError, problem
from zoning.base.progress import Progress
from zoning.base.table import Table
from zoning.messages import Text, message
from zoning.model import Ledger
from zoning.read import Reading, ReadOptions, corners, values
from zoning.read.pieces import Source, reading_of, require_features
from zoning.read.types import Raw
from zoning.review.sites import too_large

#: Sites to a batch where nobody says: a batch costs some of its own, many sites take much memory.
_LEAST: Final = 1_000
_MOST: Final = 5_000
#: Into so many batches a source is divided between the two: all processes have work to the end.
_BATCHES: Final = 16
#: The last cell along each side of the curve.
_CELLS: Final = 2**16 - 1


@dataclass(frozen=True)
class Origin:
    """What is the same for every feature of a source.

    Attributes
    ----------
    source : (str, str, str)
        The name for messages, that for the record, and the digest.
    head : Raw
        It holds no feature.
    ledger : Ledger
        The account of the whole source, before any feature was checked.
    """

    source: tuple[str, str, str]
    head: Raw
    ledger: Ledger


class Batch(NamedTuple):
    """Some features of one source, in values that another process can be sent.

    Attributes
    ----------
    origin : int
        The number of the source.
    packed : bytes
        As :func:`reading` takes them.
    ids : mapping of int to str
        By position, the ids of features whose own is taken.
    """

    origin: int
    packed: bytes
    ids: Mapping[int, str]


@dataclass(frozen=True)
class Spool:
    """Sources laid down as batches.

    Attributes
    ----------
    origins : tuple of Origin
    batches : tuple of (int, Path)
        The origin of each, and where its features are.
    counts : tuple of int
        Features of each batch.
    ids : tuple of mapping of int to str
        By origin and position, the ids of features whose own is taken.
    """

    origins: tuple[Origin, ...]
    batches: tuple[tuple[int, Path], ...]
    counts: tuple[int, ...]
    ids: tuple[Mapping[int, str], ...]

    @property
    def features(self) -> int:
        """How many features there are."""
        return sum(self.counts)

    def ledger(self, failed: Mapping[int, int]) -> Ledger:
        """Return the account of all sources, once so many features of each batch have failed."""
        out = Ledger()
        for at, origin in enumerate(self.origins):
            own = [n for n, (of, _) in enumerate(self.batches) if of == at]
            features = sum(self.counts[n] for n in own)
            out += origin.ledger.with_failures(features, sum(failed[n] for n in own))
        return out

    def batch(self, number: int) -> Batch:
        """Return a batch."""
        origin, path = self.batches[number]
        packed, ids = path.read_bytes(), self.ids[origin]
        if not ids:
            return Batch(origin, packed, {})
        positions = chain.from_iterable(part["positions"].tolist() for part in _parts(packed))
        return Batch(origin, packed, {at: ids[at] for at in sorted(positions) if at in ids})


def spool(sources: Iterable[Source], folder: Path, size: int | None, progress: Progress) -> Spool:
    """Lay sources down in a folder as batches of ``size`` features.

    Parameters
    ----------
    sources : iterable of Source
    folder : Path
        Empty, and as large as the sources unpacked.
    size : int or None
        None for as many as suit how many there are.
    progress : callable

    Returns
    -------
    Spool
        The batches are the same for the same sources and size.

    Raises
    ------
    UsageError
        No source at all.
    SourceError
        A source without features, or one that cannot be read to its end; ``site-too-large``.
    """
    origins: list[Origin] = []
    batches: list[tuple[int, Path]] = []
    counts: list[int] = []
    every: list[_Laid] = []
    for source in sources:
        before = sum(counts)
        laid, head = _lay_down(source, folder, before, progress)
        account = source.pieces.account(laid.count)
        unread = tuple(dict.fromkeys((*laid.unread, *account.unread)))
        head = replace(head, notices=tuple(laid.notices), unread=unread)
        digest = source.sha256 or (source.pieces.digest() if source.pieces.digest else "")
        own = size or usual_size(laid.count)
        for path, count in _sort(laid, folder, len(batches), own, progress):
            batches.append((len(origins), path))
            counts.append(count)
        origins.append(Origin((source.name, source.short, digest), head, account))
        every.append(laid)
    if not origins:
        raise UsageError(problem("sites-none"))
    return Spool(tuple(origins), tuple(batches), tuple(counts), _settled(every))


def usual_size(count: int) -> int:
    """Return how many of so many features of a source a batch holds where nobody says."""
    return min(max(ceil(count / _BATCHES), _LEAST), _MOST)


def _lay_down(source: Source, folder: Path, before: int, progress: Progress) -> tuple[_Laid, Raw]:
    """Read a source to its end; return what it left and what is the same for its features."""
    laid = _Laid([], [], [], [], {}, {})
    head: Raw | None = None
    for raw in source.pieces.raws:
        count = before + laid.count
        progress(message("batches.reading", count=count), count, 0)
        head = head or replace(raw, **_without_features(raw))
        beyond = list(too_large(raw.geometry, raw.positions.tolist(), source.name))
        if beyond:
            raise SourceError(beyond)
        laid.add(corners.asked(raw, source.short), folder / f"piece-{len(laid.pieces)}")
    require_features(laid.count, source, head.layer if head is not None else None)
    assert head is not None  # nothing else is without features
    return laid, head


def _settled(every: Sequence[_Laid]) -> tuple[Mapping[int, str], ...]:
    """Return the ids of features whose own is taken, in any of the sources, by position."""
    places = [laid.positions for laid in every]
    found: list[dict[int, str]] = [{} for _ in every]
    positions = np.concatenate([np.concatenate(place) for place in places])
    owner = np.repeat(np.arange(len(every)), [laid.count for laid in every])
    stated = list(chain.from_iterable(chain(*laid.stated) for laid in every))
    for row, identity in law.settled_ids(positions.tolist(), stated).items():
        found[owner[row]][int(positions[row])] = identity
    return tuple(found)


def reading(origin: Origin, batch: Batch, options: ReadOptions) -> Reading:
    """Return a batch as if it had been a file of its own, but for positions and ids."""
    found = reading_of(_unpacked(origin.head, batch.packed), origin.source, options)
    return replace(found, ids=batch.ids)


@dataclass
class _Laid:
    """What the first pass leaves: files of features, and of each feature its place and id."""

    pieces: list[Path]
    positions: list[NDArray[np.int64]]
    centres: list[NDArray[np.float64]]
    stated: list[Sequence[str | None]]
    notices: dict[Text, None]
    unread: dict[Text, None]
    count: int = 0

    def add(self, raw: Raw, path: Path) -> None:
        """Lay the features of a piece down."""
        path.write_bytes(_packed(raw, np.arange(len(raw.geometry))))
        self.pieces.append(path)
        self.positions.append(raw.positions)
        with np.errstate(all="ignore"):
            bounds = shapely.bounds(raw.geometry)
            self.centres.append((bounds[:, :2] + bounds[:, 2:]) / 2)
        self.stated.append(law.stated_ids(values.clean(raw.attributes)[0]))
        self.notices |= dict.fromkeys(raw.notices)
        self.unread |= dict.fromkeys(raw.unread)
        self.count += len(raw.geometry)


def _sort(
    laid: _Laid, folder: Path, number: int, size: int, progress: Progress
) -> Iterator[tuple[Path, int]]:
    """Sort the features along a Hilbert curve into files of ``size``; the last may hold fewer."""
    batch = np.empty(laid.count, dtype=np.int64)
    batch[along_curve(np.concatenate(laid.centres))] = np.arange(laid.count) // size
    paths = [folder / f"batch-{number + n:05d}" for n in range(int(batch.max()) + 1)]
    first = 0
    for at, piece in enumerate(laid.pieces):
        progress(message("batches.sorting", count=laid.count), first, laid.count)
        raw = _load(piece.read_bytes())
        own = batch[first : first + len(laid.positions[at])]
        for to in np.unique(own):
            with paths[to].open("ab") as stream:
                stream.write(_packed_rows(raw, np.flatnonzero(own == to)))
        first += len(own)
        piece.unlink()
    return zip(paths, np.bincount(batch).tolist(), strict=True)


def along_curve(centres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order along a Hilbert curve; what has no place comes last, as it came."""
    order = np.full(len(centres), np.iinfo(np.int64).max)
    known = np.flatnonzero(np.isfinite(centres).all(axis=1))
    if known.size:
        place = centres[known] - centres[known].min(axis=0)
        extent = place.max(axis=0)
        cells = np.divide(place * _CELLS, extent, out=np.zeros_like(place), where=extent > 0.0)
        order[known] = _hilbert(*cells.astype(np.int64).T)
    return np.argsort(order, kind="stable")


def _hilbert(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of cells along the curve, quarter by quarter."""
    out = np.zeros_like(x)
    for bit in reversed(range(_CELLS.bit_length())):
        east, north = x >> bit & 1, y >> bit & 1
        out = out << 2 | (3 * east) ^ north
        # The curve enters and leaves each of the two southern quarters turned.
        turned = -(north ^ 1)
        x, y = x ^ _CELLS & turned & -east, y ^ _CELLS & turned & -east
        swap = (x ^ y) & turned
        x, y = x ^ swap, y ^ swap
    return out


_Rows = dict[str, Any]


def _packed(raw: Raw, rows: NDArray[np.int64]) -> bytes:
    """Return features as bytes; geometries as WKB, which is smaller and quicker than objects."""
    return _packed_rows(
        {
            "wkb": np.asarray(shapely.to_wkb(raw.geometry, include_srid=False), dtype=object),
            "columns": {name: raw.attributes[name] for name in raw.attributes.columns},
            "positions": raw.positions,
            "broken": dict(raw.broken),
            "doubts": dict(raw.doubts),
        },
        rows,
    )


def _packed_rows(found: _Rows, rows: NDArray[np.int64]) -> bytes:
    at = {int(row): new for new, row in enumerate(rows.tolist())}
    kept = {
        "wkb": found["wkb"][rows],
        "columns": {name: values[rows] for name, values in found["columns"].items()},
        "positions": found["positions"][rows],
        **{
            key: {at[row]: said for row, said in found[key].items() if row in at}
            for key in ("broken", "doubts")
        },
    }
    return pickle.dumps(kept, protocol=5)


def _load(packed: bytes) -> _Rows:
    """Return one set of features; the bytes are this program's own."""
    found: _Rows = pickle.loads(packed)
    return found


def _unpacked(head: Raw, packed: bytes) -> Raw:
    """Return the features of a batch in the order of the source."""
    parts = list(_parts(packed))
    positions = np.concatenate([part["positions"] for part in parts])
    order = np.argsort(positions, kind="stable")
    new = np.empty(len(order), dtype=np.int64)
    new[order] = np.arange(len(order))
    names = dict.fromkeys(chain.from_iterable(part["columns"] for part in parts))
    columns = {name: np.concatenate([_column(part, name) for part in parts]) for name in names}
    wkb = np.concatenate([part["wkb"] for part in parts])[order]
    return replace(
        head,
        geometry=np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object),
        attributes=Table(
            {name: values[order] for name, values in columns.items()}, np.arange(len(order))
        ),
        positions=positions[order],
        broken=_moved(parts, "broken", new),
        doubts=_moved(parts, "doubts", new),
    )


def _parts(packed: bytes) -> Iterator[_Rows]:
    stream = BytesIO(packed)
    while stream.tell() < len(packed):
        yield pickle.load(stream)


def _column(part: _Rows, name: str) -> NDArray[np.object_]:
    found: NDArray[np.object_] = part["columns"].get(name)
    return found if found is not None else np.full(len(part["positions"]), None, dtype=object)


def _moved(parts: Iterable[_Rows], key: str, new: NDArray[np.int64]) -> dict[int, Any]:
    out: dict[int, Any] = {}
    first = 0
    for part in parts:
        out |= {int(new[first + row]): said for row, said in part[key].items()}
        first += len(part["positions"])
    return dict(sorted(out.items()))


def _without_features(raw: Raw) -> dict[str, Any]:
    return {
        "geometry": raw.geometry[:0],
        "attributes": raw.attributes.take(np.arange(0)),
        "positions": raw.positions[:0],
        "broken": {},
        "doubts": {},
    }
