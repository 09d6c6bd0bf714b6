"""A source of any size as batches on disk: neighbours together, each id used once.

Two passes over the source, of which only the first reads it. The first notes where each feature
lies and what id it states, and lays the features down as they come; the second sorts them along a
Hilbert curve into batches. Memory holds one piece, and some tens of bytes a feature.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from zoning import law
from zoning.base.errors import SourceError
from zoning.base.progress import Progress
from zoning.base.table import Table
from zoning.messages import Text, message
from zoning.model import Ledger
from zoning.read import Reading, ReadOptions, values
from zoning.read.pieces import Source, reading_of, require_features
from zoning.read.types import Raw
from zoning.review.sites import too_large


@dataclass(frozen=True)
class Spool:
    """A source laid down as batches.

    Attributes
    ----------
    source : (str, str, str)
        The name for messages, that for the record, and the digest.
    head : Raw
        What is the same for every feature; it holds none.
    batches : tuple of Path
    counts : tuple of int
        Features of each batch.
    ledger : Ledger
        The account of the whole source, before any feature was checked.
    ids : mapping of int to str
        By position, the ids of features whose own is taken.
    """

    source: tuple[str, str, str]
    head: Raw
    batches: tuple[Path, ...]
    counts: tuple[int, ...]
    ledger: Ledger
    ids: Mapping[int, str]

    @property
    def features(self) -> int:
        """How many features there are."""
        return sum(self.counts)

    def batch(self, number: int) -> bytes:
        """Return a batch as :func:`reading` takes it."""
        return self.batches[number].read_bytes()

    def ids_of(self, number: int) -> dict[int, str]:
        """Return the settled ids of a batch, by position."""
        if not self.ids:
            return {}
        positions = _unpacked(self.head, self.batch(number)).positions.tolist()
        return {at: self.ids[at] for at in positions if at in self.ids}


def spool(source: Source, folder: Path, size: int, progress: Progress) -> Spool:
    """Lay a source down in a folder as batches of ``size`` features.

    Parameters
    ----------
    source : Source
    folder : Path
        Empty, and as large as the source unpacked.
    size : int
    progress : callable

    Returns
    -------
    Spool
        The batches are the same for the same source and size.

    Raises
    ------
    SourceError
        A source without features, or one that cannot be read to its end; ``site-too-large``.
    """
    laid = _Laid([], [], [], [], {}, {})
    head: Raw | None = None
    for raw in source.pieces.raws:
        progress(message("batches.reading", count=laid.count), laid.count, 0)
        head = head or replace(raw, **_without_features(raw))
        beyond = list(too_large(raw.geometry, raw.positions.tolist(), source.name))
        if beyond:
            raise SourceError(beyond)
        laid.add(raw, folder / f"piece-{len(laid.pieces)}")
    require_features(laid.count, source, head.layer if head is not None else None)
    assert head is not None  # nothing else is without features
    ledger = source.pieces.account(laid.count)
    unread = tuple(dict.fromkeys((*laid.unread, *ledger.unread)))
    head = replace(head, notices=tuple(laid.notices), unread=unread)
    digest = source.sha256 or (source.pieces.digest() if source.pieces.digest else "")
    batches, counts = _sort(laid, folder, size, progress)
    ids = law.settled_ids(np.concatenate(laid.positions).tolist(), list(chain(*laid.stated)))
    return Spool((source.name, source.short, digest), head, batches, counts, ledger, ids)


def reading(
    head: Raw,
    packed: bytes,
    ids: Mapping[int, str],
    source: tuple[str, str, str],
    options: ReadOptions,
) -> Reading:
    """Return a batch as if it had been a file of its own, but for positions and ids."""
    found = reading_of(_unpacked(head, packed), source, options)
    return replace(found, ids=ids)


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
    laid: _Laid, folder: Path, size: int, progress: Progress
) -> tuple[tuple[Path, ...], tuple[int, ...]]:
    """Sort the features along a Hilbert curve into files of ``size``; the last may hold fewer."""
    batch = np.empty(laid.count, dtype=np.int64)
    batch[_along_curve(np.concatenate(laid.centres))] = np.arange(laid.count) // size
    paths = tuple(folder / f"batch-{n:05d}" for n in range(int(batch.max()) + 1))
    first = 0
    for number, piece in enumerate(laid.pieces):
        progress(message("batches.sorting", count=laid.count), first, laid.count)
        raw = _load(piece.read_bytes())
        own = batch[first : first + len(laid.positions[number])]
        for to in np.unique(own):
            with paths[to].open("ab") as stream:
                stream.write(_packed_rows(raw, np.flatnonzero(own == to)))
        first += len(own)
        piece.unlink()
    return paths, tuple(np.bincount(batch).tolist())


def _along_curve(centres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order along a Hilbert curve; what has no place comes last, as it came."""
    order = np.full(len(centres), np.iinfo(np.int64).max)
    known = np.flatnonzero(np.isfinite(centres).all(axis=1))
    if known.size:
        points = geopandas.GeoSeries(shapely.points(centres[known]))
        order[known] = points.hilbert_distance(level=16).to_numpy(dtype=np.int64)
    return np.argsort(order, kind="stable")


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
