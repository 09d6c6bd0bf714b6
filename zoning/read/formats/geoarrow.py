"""Geometries in GeoParquet's own layouts of numbers: nested lists of coordinates in place of WKB.

Layouts: GeoParquet 1.1, "Native encodings", after the GeoArrow specification.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from zoning.base.errors import Problem, SourceError
from zoning.read import feature_faults, file_faults
from zoning.read.assemble import are_open
from zoning.read.types import Objects

#: How many lists surround a coordinate, and the type of geometry they make.
ENCODINGS: Final = {
    "point": (0, shapely.GeometryType.POINT),
    "linestring": (1, shapely.GeometryType.LINESTRING),
    "polygon": (2, shapely.GeometryType.POLYGON),
    "multipoint": (1, shapely.GeometryType.MULTIPOINT),
    "multilinestring": (2, shapely.GeometryType.MULTILINESTRING),
    "multipolygon": (3, shapely.GeometryType.MULTIPOLYGON),
}


def geometries(column: Any, encoding: str, name: str) -> tuple[Objects, dict[int, Problem]]:
    """Return the geometries of a column, None where it is null, and those with an open ring.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
    encoding : str
        One of :data:`ENCODINGS`.
    name : str
        The file, for messages.

    Raises
    ------
    SourceError
        ``file-damaged`` where the column is not laid out so.
    """
    import pyarrow

    depth, kind = ENCODINGS[encoding]
    made: Objects = np.full(len(column), None, dtype=object)
    broken: dict[int, Problem] = {}
    present = np.flatnonzero(np.asarray(column.is_valid()))
    array = column.drop_null()
    array = array.combine_chunks() if isinstance(array, pyarrow.ChunkedArray) else array
    try:
        offsets = []
        for _ in range(depth):
            offsets.append(_offsets(array))
            array = array.flatten()
        xy = _coordinates(array)
        if len(xy) and len(present):
            arguments = {"offsets": tuple(reversed(offsets))} if offsets else {}
            made[present] = shapely.from_ragged_array(kind, xy, **arguments)
            rows = _open(offsets, xy) if encoding.endswith("polygon") else []
            broken = dict.fromkeys(present[rows].tolist(), feature_faults.OPEN)
    except (pyarrow.ArrowException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SourceError(file_faults.damaged(name, "GeoParquet", str(error))) from error
    except shapely.errors.ShapelyError as error:  # a ring of three points, in whatever row
        raise SourceError(file_faults.damaged(name, "GeoParquet", str(error))) from error
    return made, broken


def _open(offsets: list[npt.NDArray[np.int64]], xy: npt.NDArray[np.float64]) -> list[int]:
    """Return the rows with a ring that is not closed; shapely would close it without a word."""
    *outer, rings = offsets
    drawn = np.flatnonzero(np.diff(rings))
    found = drawn[are_open(xy, rings[drawn], rings[drawn + 1] - 1)]
    for starts in reversed(outer):
        found = np.searchsorted(starts, found, side="right") - 1
    return [int(row) for row in np.unique(found)]


def _offsets(array: Any) -> npt.NDArray[np.int64]:
    """Return where each list begins among all its members, and the end of the last."""
    from pyarrow import compute

    lengths = compute.fill_null(compute.list_value_length(array), 0)
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, dtype=np.int64))])


def _coordinates(array: Any) -> npt.NDArray[np.float64]:
    """Return x and y from structures of numbers, or from lists of a fixed length."""
    import pyarrow
    from pyarrow import compute

    if pyarrow.types.is_struct(array.type):
        axes = [compute.struct_field(array, axis) for axis in ("x", "y")]
        return np.column_stack([np.asarray(axis, dtype=np.float64) for axis in axes])
    width = array.type.list_size
    flat = np.asarray(array.flatten(), dtype=np.float64)
    return np.ascontiguousarray(flat.reshape(-1, width)[:, :2])
