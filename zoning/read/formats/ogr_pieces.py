"""A layer that GDAL opens, a few thousand features at a time: GeoPackage and FlatGeobuf.

GDAL hands its features out as Arrow batches, one after the other, so that nothing is skipped twice
and memory holds one batch. They become the same values as :mod:`zoning.read.formats.ogr` makes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio

from zoning.base.errors import MissingExtraError, SourceError
from zoning.messages import message
from zoning.model import Ledger
from zoning.read import extents, file_faults, files
from zoning.read.crs import choice
from zoning.read.formats import fgb_ledger, ogr, one_system, sqlite_ledger
from zoning.read.types import Pieces, Raw, ReadOptions

#: What Arrow raises on its own for a batch that cannot be decoded.
_ERRORS = (*ogr.ERRORS, OSError, SystemError)
#: GDAL's own Arrow writer for FlatGeobuf gets offsets wrong behind a feature without geometry
#: (3.12); the one that all formats share does not.
pyogrio.set_gdal_config_options({"OGR_FLATGEOBUF_STREAM_BASE_IMPL": True})


def pieces(path: Path, name: str, options: ReadOptions, rows: int, kind: str) -> Pieces:
    """Read one layer, ``rows`` features at a time.

    Parameters
    ----------
    path : Path
    name : str
        For messages.
    options : ReadOptions
        ``bbox`` is not heeded.
    rows : int
    kind : {"gpkg", "flatgeobuf"}

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    SourceError
        As :func:`zoning.read.formats.ogr.read`; ``file-damaged`` where GDAL stops at a feature, for
        here nothing is salvaged; ``crs-contradiction``.
    """
    _require_arrow()
    driver = ogr.DRIVERS[kind]
    with files.plain_name(path) as plain:
        layer = ogr.choose(plain, name, driver, options.layer)
        declared = dict(ogr.layers(plain, name, driver)).get(layer) or ""
    chords = ogr.chords() if ogr.has_arcs(declared) else ()

    def read_on() -> Iterator[Raw]:
        with files.plain_name(path) as plain:
            for at, raw in enumerate(_batches(plain, layer, name, driver, rows)):
                if at == 0:
                    one_system.require(raw, path, name, options, kind)
                yield replace(raw, notices=chords)

    def account(read: int) -> Ledger:
        if kind == "flatgeobuf":
            return fgb_ledger.account(path, read)
        return sqlite_ledger.account(path, layer, read, chosen=options.layer is not None)

    def stated() -> Any:
        if kind == "flatgeobuf":
            return fgb_ledger.extent(path)
        return sqlite_ledger.extent(path, layer)

    return extents.watched(Pieces(read_on(), account), stated, edited=kind == "gpkg")


def _require_arrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        purpose = message("batches.reading-in-pieces")
        raise MissingExtraError("pyarrow", "formats", purpose) from error


def _batches(plain: str, layer: str, name: str, driver: str, rows: int) -> Iterator[Raw]:
    """Yield the batches of a layer; what GDAL warns of meanwhile goes with the batch."""
    seen = 0
    try:
        about = pyogrio.read_info(plain, layer=layer)
        opening = pyogrio.open_arrow(plain, layer=layer, batch_size=rows, use_pyarrow=True)
        with opening as (meta, reader):
            crs = choice.of_file(meta.get("crs"))
            while True:
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    batch = next(reader, None)
                    if batch is None:
                        return
                    raw = _raw(batch, meta, about, crs, name, driver, layer)
                yield replace(
                    raw,
                    positions=seen + np.arange(batch.num_rows),
                    unread=ogr.gdal_notices(caught),
                )
                seen += batch.num_rows
    except _ERRORS as error:
        raise SourceError(file_faults.damaged(name, driver, str(error), layer)) from error


def _raw(
    batch: Any,
    meta: dict[str, Any],
    about: dict[str, Any],
    crs: Any,
    name: str,
    driver: str,
    layer: str,
) -> Raw:
    """Return a batch as features."""
    column = meta.get("geometry_name") or "wkb_geometry"
    if column not in batch.schema.names:
        raise SourceError(file_faults.no_geometry(name, layer))
    wkb = np.array([*batch.column(column).to_pylist(), None], dtype=object)[:-1]
    geometry, broken = ogr.from_wkb(wkb)
    told = {**about, "fields": meta["fields"]}
    columns = [_numpy(batch.column(str(field))) for field in meta["fields"]]
    return Raw(
        geometry=geometry,
        attributes=ogr.table(told, columns, batch.num_rows),
        positions=np.arange(batch.num_rows),
        driver=driver,
        crs=crs,
        crs_evidence=choice.STATED if crs is not None else choice.NONE,
        layer=layer,
        broken=broken,
    )


def _numpy(column: Any) -> Any:
    """Return a column as pyogrio would: dates as numpy's, anything else as objects."""
    kind = str(column.type)
    if kind.startswith(("date", "timestamp")):
        return column.to_numpy(zero_copy_only=False)
    return np.array([*column.to_pylist(), None], dtype=object)[:-1]
