"""What a damaged file still holds, record by record: one bad record does not take the rest along.

GDAL's bulk reading stops at the first record it cannot decode. fiona asks for one at a time, which
is slow and used only here.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, Final

import fiona
import numpy as np
import shapely
import shapely.geometry
from fiona.errors import FionaError
from shapely.errors import ShapelyError

from zoning.base.errors import Problem, problem
from zoning.messages import message
from zoning.read import feature_faults, values
from zoning.read.assemble import are_open
from zoning.read.types import Raw

_log = logging.getLogger(__name__)
#: Where the ends of a ring are in an array of the two.
_ENDS: Final = np.array([0]), np.array([1])
#: What fiona raises for a record that cannot be decoded.
_UNREADABLE = (FionaError, ShapelyError, ValueError, UnicodeError, TypeError, RuntimeError)


def salvage(plain: str, layer: str | None, driver: str, reason: str) -> Raw | None:
    """Read a layer record by record, or return None where nothing of it can be read.

    Parameters
    ----------
    plain : str
        Path as GDAL takes it.
    layer : str or None
    driver : str
        For the record of the input.
    reason : str
        Why bulk reading failed; told with the notice.

    Returns
    -------
    Raw or None
        Without a CRS. Each record that cannot be read is ``broken`` and named, so that it fails by
        itself.
    """
    try:
        with fiona.open(plain, layer=layer) as source:
            raw = _read(source, driver)
    except _UNREADABLE as error:
        _log.info("%s: nothing to salvage: %s", plain, error)
        return None
    # Without a bad record the fault lies elsewhere, in a text say, and nothing tells which.
    if raw is None or not 0 < len(raw.broken) < len(raw.geometry):
        return None
    told = message("salvage.read-one-by-one", count=len(raw.broken), reason=reason)
    return replace(raw, layer=layer, unread=(told,))


def _read(source: Any, driver: str) -> Raw | None:
    first = 1 if driver in ("GPKG", "OpenFileGDB") else 0
    shapes: list[Any] = []
    rows: list[dict[str, Any]] = []
    broken: dict[int, Problem] = {}
    for number in range(len(source)):
        shape, row, fault = _record(source, number + first)
        if fault is not None:
            broken[number] = fault
        shapes.append(shape)
        rows.append(row)
    if not shapes:
        return None
    names = list(source.schema["properties"])
    columns = {name: [row.get(name) for row in rows] for name in names}
    return Raw(
        geometry=np.array(shapes, dtype=object),
        attributes=values.table(columns, len(rows)),
        positions=np.arange(len(rows)),
        driver=driver,
        crs=None,
        crs_evidence=message("ogr.file-states-none"),
        broken=broken,
    )


def _is_open(geometry: Any) -> bool:
    """Whether a ring of a polygon is open."""
    several = {"Polygon": [geometry.coordinates], "MultiPolygon": geometry.coordinates}
    return any(
        len(ring) > 1 and are_open(np.array([ring[0], ring[-1]]), *_ENDS)[0]
        for rings in several.get(geometry.type, ())
        for ring in rings
    )


def _record(source: Any, fid: int) -> tuple[Any, dict[str, Any], Problem | None]:
    """Return a record's geometry and attributes, or why it has none."""
    try:
        found = source[fid]
        if found is None:
            raise KeyError(fid)
        shape = shapely.geometry.shape(found.geometry) if found.geometry is not None else None
        if shape is not None and _is_open(found.geometry):  # shapely closes rings without a word
            return None, {}, feature_faults.OPEN
        row = {k: v if isinstance(v, str | int | float | bool) else None
               for k, v in found.properties.items()}  # fmt: skip
        return shape, row, None
    except (*_UNREADABLE, KeyError) as error:
        detail = " ".join(str(error).split())[:200]
        return None, {}, problem("record-unreadable", detail=detail)
