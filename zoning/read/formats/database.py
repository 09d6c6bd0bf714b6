"""PostGIS as one more source: what the server sends goes through the same checks as a file."""

from __future__ import annotations

import numpy as np

from zoning.read import values
from zoning.read.formats.postgis import read_postgis
from zoning.read.reader import finish
from zoning.read.types import Raw, Reading, ReadOptions


def read_postgis_layer(
    url: str,
    *,
    table: str | None = None,
    sql: str | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    options: ReadOptions | None = None,
) -> Reading:
    """Read a table or query as :func:`zoning.read.read_vector` reads a file.

    Parameters
    ----------
    url : str
        ``postgresql://user@host:port/database``; no password of it is ever shown or recorded.
    table, sql : str, optional
        Exactly one of the two.
    bbox : tuple of float, optional
        West, south, east, north in EPSG:4490; the server leaves out what lies beyond.
    options : ReadOptions, optional
        ``crs``, ``datum``, ``repair`` and ``bbox`` are used.

    Returns
    -------
    Reading
        Positions count the rows received.

    Raises
    ------
    UsageError, SourceError, MissingExtraError
        As :func:`zoning.read.formats.postgis.read_postgis` does, and ``datum-unsupported``.
    """
    options = options or ReadOptions()
    # A shifted source cannot be filtered by true coordinates.
    box = None if options.datum else bbox or options.bbox
    data = read_postgis(url, table=table, sql=sql, bbox=box, crs=options.crs)
    frame = data.frame
    column = frame.geometry.name
    others = {str(c): frame[c].tolist() for c in frame.columns if c != column}
    raw = Raw(
        geometry=np.asarray(frame.geometry.to_numpy(), dtype=object),
        attributes=values.table(others, len(frame)),
        positions=np.arange(len(frame)),
        driver="PostGIS",
        crs=data.crs,
        crs_evidence=data.crs_evidence,
        layer=table,
    )
    return finish(raw, data.name, data.name, data.sha256, options)
