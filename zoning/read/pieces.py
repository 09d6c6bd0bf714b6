"""read_pieces: a source that need not fit into memory, some thousand features at a time.

GeoParquet, FlatGeobuf, GeoPackage and PostGIS tables are read piece by piece. Every other format is
read whole, as :func:`zoning.read.read_vector` does, and is then a source of one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from zoning.base.errors import SourceError, UsageError, problem
from zoning.model import Ledger
from zoning.model.ledger import NOTHING_COUNTED, Tally
from zoning.read import file_faults, files, rest, sources
from zoning.read.crs import systems
from zoning.read.formats import detect, remains
from zoning.read.positions import Stated
from zoning.read.reader import finish, read_raw
from zoning.read.readings import Floats
from zoning.read.types import Pieces, Raw, Reading, ReadOptions

#: Features that are held at once while a source is read.
ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Source:
    """A source that is read piece by piece.

    Attributes
    ----------
    name, short : str
        What messages and the report call it.
    pieces : Pieces
    sha256 : str or None
        Of the file; that of a database is known once it has been read.
    """

    name: str
    short: str
    pieces: Pieces
    sha256: str | None = None


@contextmanager
def open_pieces(path: str | Path, options: ReadOptions, rows: int = ROWS) -> Iterator[Source]:
    """Open a file or a database table.

    Parameters
    ----------
    path : str or Path
        As for :func:`zoning.read.read_vector`.
    options : ReadOptions
        ``bbox`` is refused: a filter belongs before the batches.
    rows : int
        Features to a piece.

    Raises
    ------
    SourceError, UsageError, MissingExtraError
        As for :func:`zoning.read.read_vector`.
    """
    if options.bbox is not None:
        raise UsageError(problem("bad-option", key="bad-option.batches-bbox"))
    name = str(path)
    if sources.is_database(name):
        from zoning.read.formats import database

        found, shown = database.pieces(name, options)
        yield Source(shown, shown, found)
        return
    with sources.located(path) as place:
        short = name if name == sources.STDIN else place.name
        yield Source(name, short, _of_file(place, name, options, rows), files.sha256(place))


def open_each(paths: Iterable[str | Path], options: ReadOptions) -> Generator[Source, None, None]:
    """Open sources one after the other, of a folder all data sets; each is closed before the next.

    Parameters
    ----------
    paths : iterable of str or Path
    options : ReadOptions

    Raises
    ------
    SourceError, UsageError, MissingExtraError
        As :func:`open_pieces` and :func:`zoning.read.sources.folder`.
    """
    for path in paths:
        if not sources.is_folder(path):
            with open_pieces(path, options) as source:
                yield source
            continue
        found = sources.folder(Path(path))
        boxes: list[Floats] = []  # the account of the folder goes with its last data set
        for place in found.sources:
            last = place == found.sources[-1]
            with open_pieces(place, options) as source:
                beside = found.beside if last else ()
                pieces = _with_rest(source.pieces, beside, options, boxes)
                if last:
                    pieces = replace(pieces, account=_adding(pieces.account, found.ledger))
                yield replace(source, pieces=pieces)


def _adding(account: Callable[[int], Ledger], more: Ledger) -> Callable[[int], Ledger]:
    return lambda read: more + account(read)


def _of_file(place: Path, name: str, options: ReadOptions, rows: int) -> Pieces:
    kind = detect.sniff(place)
    options_ = detect.one_layer(kind, place.name, name, options) if kind else options
    # GDAL and Arrow are loaded by whoever opens a file, not by all who are sent features.
    if kind == "parquet":
        from zoning.read.formats import parquet

        found = parquet.pieces(place, name, options_, rows)
        return _with_rest(found, remains.of(place, kind), options)
    if kind in ("gpkg", "flatgeobuf"):
        from zoning.read.formats import ogr_pieces

        found = ogr_pieces.pieces(place, name, options_, rows, kind)
        return _with_rest(found, remains.of(place, kind), options)
    raw = read_raw(place, name, options)
    counted = raw.ledger

    def account(read: int) -> Ledger:
        return counted if read == len(raw.geometry) else NOTHING_COUNTED

    bare = replace(raw, ledger=NOTHING_COUNTED, beside=())
    return _with_rest(Pieces(iter((bare,)), account), raw.beside, options)


def _with_rest(
    pieces: Pieces,
    beside: Iterable[Stated],
    options: ReadOptions,
    known: list[Floats] | None = None,
) -> Pieces:
    """Return a source whose account tells what it states beside its features, too.

    ``known`` are the boxes of features that were read before, and takes those of this source.
    """
    boxes: list[Floats] = [] if known is None else known

    def read_on() -> Iterator[Raw]:
        for raw in pieces.raws:
            crs = systems.parse(options.crs) if options.crs else raw.crs
            more = [raw.known] if raw.known is not None else []
            found = np.concatenate([shapely.bounds(raw.geometry), *more])
            boxes.append(rest.degrees(found, crs) if crs is not None else found)
            yield raw

    def account(read: int) -> Ledger:
        every = np.concatenate([*boxes, np.empty((0, 4))])
        return pieces.account(read) + rest.ledger(beside, every)

    return Pieces(read_on(), account, pieces.digest)


def reading_of(raw: Raw, source: tuple[str, str, str], options: ReadOptions) -> Reading:
    """Check the features of a batch, and bring them to EPSG:4490, as ``read_vector`` does.

    Parameters
    ----------
    raw : Raw
    source : (str, str, str)
        The name for messages, that for the record, and the digest of the whole source.
    options : ReadOptions
    """
    rows = Ledger((Tally("feature", len(raw.geometry), len(raw.geometry)),))
    with np.errstate(all="ignore"):
        return finish(replace(raw, ledger=rows), *source, options)


def require_features(count: int, source: Source, layer: str | None) -> None:
    """Refuse a source without any feature.

    Raises
    ------
    SourceError
    """
    if not count:
        raise SourceError(file_faults.no_features(source.name, layer))
