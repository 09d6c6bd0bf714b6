"""A frame in memory as one more source: it goes through the same checks as a file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import shapely

from zoning.base.errors import SourceError, problem
from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import values
from zoning.read.reader import finish
from zoning.read.types import Raw, Reading, ReadOptions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def read_frame(frame: GeoDataFrame, options: ReadOptions | None = None, *, name: str) -> Reading:
    """Check a GeoDataFrame and bring it to EPSG:4490, as ``read_vector`` does with a file.

    Parameters
    ----------
    frame : GeoDataFrame
        With a CRS, or with one in ``options.crs``.
    options : ReadOptions, optional
        ``crs``, ``datum``, ``repair`` and ``transform`` are used.
    name : str
        What messages and the report call it.

    Returns
    -------
    Reading
        Positions count the rows of the frame. ``record.sha256`` is that of its geometries (WKB)
        and attributes, so that equal frames have equal records.

    Raises
    ------
    SourceError
        No rows, two columns of one name, or a CRS that is missing or contradicted by the
        coordinates.
    """
    if not len(frame):
        raise SourceError(problem("no-features", file=name))
    repeated = frame.columns[frame.columns.duplicated()]
    if len(repeated):
        raise SourceError(problem("columns-repeated", file=name, names=[str(c) for c in repeated]))
    column = frame.geometry.name
    shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
    others = {str(c): frame[c].tolist() for c in frame.columns if c != column}
    raw = Raw(
        geometry=shapes,
        attributes=values.table(others, len(frame)),
        positions=np.arange(len(frame)),
        driver="GeoDataFrame",
        crs=frame.crs,
        crs_evidence=message("frame.crs" if frame.crs is not None else "frame.no-crs"),
        ledger=_ledger(frame, column),
    )
    return finish(raw, name, name, _digest(shapes, others), options or ReadOptions())


def _ledger(frame: GeoDataFrame, column: str) -> Ledger:
    """Account for the rows, and for columns of geometries beside the active one."""
    rows = Tally("row", len(frame), len(frame))
    others = [str(c) for c in frame.columns if c != column and str(frame[c].dtype) == "geometry"]
    filled = [name for name in others if frame[name].notna().any()]
    if not filled:
        return Ledger((rows,))
    told = message("columns.other-geometry", names=filled)
    return Ledger((rows, Tally("column", len(filled), 0, set_aside=(SetAside(len(filled), told),))))


def _digest(shapes: np.ndarray, columns: dict[str, list[object]]) -> str:
    """Return a hash of what the frame holds, whatever its index or dtypes."""
    import pandas as pd

    digest = hashlib.sha256()
    for wkb in shapely.to_wkb(shapes):
        digest.update(wkb or b"\0")
    digest.update(pd.DataFrame(columns).to_json(default_handler=str).encode())
    return digest.hexdigest()
