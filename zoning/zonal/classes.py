"""Area per class: from the stored values of a window to one table of all units."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base.errors import Problem, SourceError, problem
from zoning.zonal.grid import Grid
from zoning.zonal.kernels import QUANTUM_BITS, count_classes
from zoning.zonal.passes import Piece

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
#: More different values than this in one window are not classes.
MOST_CLASSES: Final = 2**16 - 1


class Codes(NamedTuple):
    """Stored values as small numbers that index a table.

    Attributes
    ----------
    codes : uint8 or uint16 array (rows, cols)
    values : int64 array (n,)
        Class of each code.
    is_data : bool array (n,)
        False for codes that mean no data.
    """

    codes: NDArray[Any]
    values: I8
    is_data: NDArray[np.bool_]


class ClassAreas(NamedTuple):
    """Areas in m², one entry a unit and class, and one a unit for cells without data."""

    unit: I8
    value: I8
    area: F8
    gap_unit: I8
    gap_area: F8


def sum_classes(piece: Piece, grid: Grid) -> ClassAreas:
    """Sum the area of each class under each unit of one window."""
    stored, mask = piece.bands[0]
    codes, values, is_data = encode(stored, mask, grid)
    quantum = (float(piece.areas.max()) or 1.0) / 2**QUANTUM_BITS
    quanta = np.rint(piece.areas[:, 0] / quantum).astype(np.int64)
    table = count_classes(codes, piece.areas, quanta, quantum, piece.step, values.size, piece.spans)
    row, column = np.nonzero(table[:, is_data])
    gap = table[:, ~is_data].sum(axis=1)
    return ClassAreas(
        piece.units[row],
        values[is_data][column],
        table[:, is_data][row, column],
        piece.units,
        gap,
    )


def merge_classes(parts: list[ClassAreas]) -> ClassAreas:
    """Add up the windows in their order, so that rounding does not depend on threads."""
    if not parts:
        none, zero = np.zeros(0, np.int64), np.zeros(0)
        return ClassAreas(none, none, zero, none, zero)
    unit, value, area, gap_unit, gap_area = (
        np.concatenate(columns) for columns in zip(*parts, strict=True)
    )
    order = np.lexsort((value, unit))
    unit, value, area = unit[order], value[order], area[order]
    first = np.ones(unit.size, bool)
    first[1:] = (unit[1:] != unit[:-1]) | (value[1:] != value[:-1])
    starts = np.flatnonzero(first)
    summed = np.add.reduceat(area, starts) if unit.size else area
    return ClassAreas(unit[starts], value[starts], summed, gap_unit, gap_area)


def encode(stored: NDArray[Any], mask: NDArray[np.uint8] | None, grid: Grid) -> Codes:
    """Turn stored values into class codes.

    Raises
    ------
    SourceError
        The values are fractions, or too many to be classes.
    """
    nodata = grid.nodata[0]
    if stored.dtype == np.uint8 and mask is None:
        values = np.arange(256)
        return Codes(stored, values, values != nodata if nodata is not None else values >= 0)
    fine = grid.is_data(0, stored, mask)
    if stored.dtype.kind == "f":
        fine = fine & ~np.isnan(stored)
    has_gap = not np.all(fine)
    classes = stored[fine] if has_gap else stored.ravel()
    if stored.dtype.kind not in "iu":
        # Neither infinities nor fractions are classes; 2^53 is where whole numbers end to be exact.
        whole = stored.dtype.kind == "f" and bool((np.abs(classes) <= 2.0**53).all())
        if not whole or not np.array_equal(classes, np.rint(classes)):
            raise SourceError(_not_classes(grid, stored.dtype.name))
        classes = classes.astype(np.int64)
    if classes.dtype == np.uint64 and classes.size and classes.max() > np.iinfo(np.int64).max:
        raise SourceError(problem("raster-overflow", file=grid.name, most=int(classes.max())))
    values, code = _compact(classes)
    if values.size > MOST_CLASSES:
        raise SourceError(_too_many(grid))
    # One code more than there are classes stands for no data.
    codes = np.full(stored.shape, values.size, np.uint8 if values.size < 256 else np.uint16)
    codes[fine if has_gap else slice(None)] = code if has_gap else code.reshape(stored.shape)
    is_data = np.arange(values.size + 1) < values.size
    return Codes(codes, np.append(values, 0), is_data)


def _compact(classes: NDArray[Any]) -> tuple[I8, NDArray[Any]]:
    """Return the sorted distinct values and the position of each element among them."""
    if not classes.size:
        return np.zeros(0, np.int64), np.zeros(0, np.uint8)
    low, high = int(classes.min()), int(classes.max())
    if high - low > 2**20:
        values, code = np.unique(classes, return_inverse=True)
        return values.astype(np.int64), code
    # A table of the range is far quicker than sorting millions of cells.
    relative = (classes.astype(np.int64) - low).astype(np.uint32)
    present = np.zeros(high - low + 1, bool)
    present[relative] = True
    position = (np.cumsum(present) - 1).astype(np.uint16 if present.sum() < 2**16 else np.uint32)
    return np.flatnonzero(present) + low, position[relative]


def _not_classes(grid: Grid, dtype: str) -> Problem:
    return problem("raster-not-classes", file=grid.name, bands=grid.bands[0], dtype=dtype)


def _too_many(grid: Grid) -> Problem:
    return problem(
        "raster-not-classes",
        file=grid.name,
        key="raster-not-classes.too-many",
        bands=grid.bands[0],
        most_classes=MOST_CLASSES,
    )
