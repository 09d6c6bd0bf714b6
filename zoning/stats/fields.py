"""Values of one raster at the cells of another: never resampled silently, never guessed.

A cell of the calculation grid takes the value of the cell that holds its centre. Nothing is
interpolated or averaged; where the grids differ, a note says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from zoning.base.errors import Problem, SourceError, problem
from zoning.messages import Text, message
from zoning.stats.figures import Note
from zoning.stats.request import Input
from zoning.zonal.grid import Grid, open_grid

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
#: First row, row after the last, first column, column after the last.
Window = tuple[int, int, int, int]
#: Stored values and what is data, one pair a band -> values (any type).
Convert = Callable[[list[tuple[NDArray[Any], Any]], Grid], NDArray[Any]]

#: Rasters of fewer values than this are read and converted once.
_SMALL: Final = 4_000_000
#: CGCS2000 and WGS 84 longitudes and latitudes differ by decimetres, far below a cell.
_ALIKE: Final = frozenset({4490, 4326})


class Piece(NamedTuple):
    """What was read for one window; :func:`values` turns it into the window's values."""

    stored: Any
    rows: I8 | None
    cols: I8 | None


class Spread(NamedTuple):
    """Values by distinct row: row ``r`` of the window is ``table[row[r]]``.

    A coarse raster has few distinct rows; copying them out would cost more than using them.
    """

    table: F8
    row: I8


@dataclass(frozen=True)
class Constant:
    """One value everywhere."""

    value: float
    note: Note | None = None

    def fetch(self, _dataset: Any, window: Window) -> Piece:
        """Return the window's shape."""
        return Piece((window[1] - window[0], window[3] - window[2]), None, None)

    def values(self, piece: Piece) -> NDArray[Any]:
        """Return the value in the shape of the window."""
        return np.full(piece.stored, self.value)

    def spread(self, piece: Piece) -> Spread:
        """Return one row that stands for all."""
        height, width = piece.stored
        return Spread(np.full((1, width), self.value), np.zeros(height, np.int64))


@dataclass(frozen=True)
class Field:
    """One raster seen from the calculation grid.

    Attributes
    ----------
    grid : Grid
        The raster.
    target : Grid
        The calculation grid.
    convert : callable
        Stored values to factor values, on the raster's own cells.
    outside : float
        Value where the raster has no cell.
    note : Note or None
        Said where the two grids differ.
    pointwise : bool
        True where each stored number has one value, so that a table can hold them all.
    """

    grid: Grid
    target: Grid
    convert: Convert
    outside: float
    note: Note | None
    pointwise: bool = False

    @cached_property
    def same(self) -> bool:
        """True where both rasters have the same cells."""
        return self.note is None

    @cached_property
    def _whole(self) -> NDArray[Any] | None:
        size = self.grid.height * self.grid.width * len(self.grid.bands)
        if self.same or size > _SMALL:
            return None
        with rasterio.open(self.grid.source) as dataset:
            return self._convert(dataset, (0, self.grid.height, 0, self.grid.width))

    @cached_property
    def _separable(self) -> tuple[I8, I8] | None:
        """Row and column of the raster for each row and column of the target, -1 outside."""
        if not alike(self.grid.crs, self.target.crs):
            return None
        a, _, c, _, e, f = self.target.affine
        x = c + a * (np.arange(self.target.width) + 0.5)
        y = f + e * (np.arange(self.target.height) + 0.5)
        return _row_index(y, self.grid), _col_index(x, self.grid)

    @cached_property
    def _move(self) -> Transformer:
        return Transformer.from_crs(self.target.crs, self.grid.crs, always_xy=True)

    def fetch(self, dataset: Any, window: Window) -> Piece:
        """Read what a window needs; called from one thread only."""
        if self.same:
            return Piece(self.grid.read(dataset, window), None, None)
        rows, cols = self._index(window)
        if self._whole is not None:
            return Piece(self._whole, rows, cols)
        held = (rows >= 0) & (cols >= 0) if rows.ndim == cols.ndim == 2 else None
        good_rows = rows[held] if held is not None else rows[rows >= 0]
        good_cols = cols[held] if held is not None else cols[cols >= 0]
        if not good_rows.size or not good_cols.size:
            return Piece(None, rows, cols)
        r0, c0 = int(good_rows.min()), int(good_cols.min())
        part = (r0, int(good_rows.max()) + 1, c0, int(good_cols.max()) + 1)
        stored = self.grid.read(dataset, part)
        return Piece(stored, np.where(rows >= 0, rows - r0, -1), np.where(cols >= 0, cols - c0, -1))

    def values(self, piece: Piece) -> NDArray[Any]:
        """Return the window's values; may be called from any thread."""
        source = piece.stored
        if isinstance(source, list):
            source = self._converted(source)
        if piece.rows is None or piece.cols is None:
            return np.asarray(source)
        if piece.rows.ndim == 1:
            table, index = self.spread(piece)
            return table.take(index, axis=0)
        beyond = (piece.rows < 0) | (piece.cols < 0)
        if source is None:
            return np.full(beyond.shape, self.outside)
        taken = source[np.maximum(piece.rows, 0), np.maximum(piece.cols, 0)]
        taken[beyond] = self.outside
        return np.asarray(taken)

    def spread(self, piece: Piece) -> Spread:
        """Return the window's values by distinct row; may be called from any thread."""
        if piece.rows is None or piece.cols is None or piece.rows.ndim == 2:
            found = self.values(piece)
            return Spread(found, np.arange(len(found)))
        source = piece.stored
        if isinstance(source, list):
            source = self._converted(source)
        rows, index = np.unique(piece.rows, return_inverse=True)
        if source is None:
            return Spread(np.full((rows.size, piece.cols.size), self.outside), index)
        table = source[np.maximum(rows, 0)].take(np.maximum(piece.cols, 0), axis=1)
        table[rows < 0] = self.outside
        table[:, piece.cols < 0] = self.outside
        return Spread(table, index)

    def _index(self, window: Window) -> tuple[I8, I8]:
        row0, row1, col0, col1 = window
        if self._separable is not None:
            return self._separable[0][row0:row1], self._separable[1][col0:col1]
        a, _, c, _, e, f = self.target.affine
        x, y = np.meshgrid(
            c + a * (np.arange(col0, col1) + 0.5), f + e * (np.arange(row0, row1) + 0.5)
        )
        x, y = self._move.transform(x, y)
        rows, cols = _row_index(y, self.grid), _col_index(x, self.grid)
        return np.where(cols >= 0, rows, -1), np.where(rows >= 0, cols, -1)

    def _convert(self, dataset: Any, window: Window) -> NDArray[Any]:
        return self._converted(self.grid.read(dataset, window))

    def _converted(self, read: list[tuple[NDArray[Any], Any]]) -> NDArray[Any]:
        stored, mask = read[0]
        if self.table is not None and mask is None:
            return np.asarray(self.table.take(stored.view(f"u{stored.itemsize}")))
        parts = [(s, self.grid.is_data(i, s, mask)) for i, (s, mask) in enumerate(read)]
        return self.convert(parts, self.grid)

    @cached_property
    def table(self) -> NDArray[Any] | None:
        """The values of every number the band can store, where these are few enough."""
        kind = np.dtype(self.grid.dtypes[0])
        if not self.pointwise or kind.kind not in "iu" or kind.itemsize > 2:
            return None
        numbers_ = np.arange(2 ** (8 * kind.itemsize)).astype(f"u{kind.itemsize}").view(kind)
        return self.convert([(numbers_, self.grid.is_data(0, numbers_, None))], self.grid)


def open_field(
    source: Input,
    target: Grid,
    convert: Convert,
    *,
    bands: Sequence[int] | None = (1,),
    outside: float = float("nan"),
    pointwise: bool = False,
) -> Field:
    """Look at a raster from the calculation grid.

    Raises
    ------
    SourceError
        The raster cannot be used, or lies beside the calculation grid.
    """
    grid = open_grid(str(source.path), bands)
    _require_overlap(grid, target, source)
    note = _difference(grid, target, source)
    return Field(grid, target, convert, outside, note, pointwise)


def numbers(index: int = 0) -> Convert:
    """Return the conversion to float64 with NaN for no data, scale and offset applied."""

    def convert(parts: list[tuple[NDArray[Any], Any]], grid: Grid) -> NDArray[Any]:
        stored, fine = parts[index]
        scale, offset = grid.scales[index], grid.offsets[index]
        found = stored.astype(np.float64)
        if scale != 1.0 or offset != 0.0:
            found *= scale
            found += offset
        if fine is not True:
            found[~fine] = np.nan
        return np.asarray(found)

    return convert


class Limits(NamedTuple):
    """What the values of a factor can be, and the way out where they are not."""

    role: str
    low: float
    high: float
    cure: Text


_NEGATIVE: Final = message("fields.correct-data-if-marks")
#: What users' rasters can hold, by role; also what parameters of the same kind can be.
LIMITS: Final[Mapping[str, Limits]] = {
    **{
        role: Limits(role, 0.0, np.inf, _NEGATIVE)
        for role in ("erosivity", "erodibility", "ls", "wind")
    },
    "cover": Limits(
        "cover",
        0.0,
        1.0,
        message("fields.divide-per-cent-by"),
    ),
    "ndvi": Limits(
        "ndvi",
        -1.0,
        1.0,
        message("fields.divide-ndvi-was-multiplied"),
    ),
}
#: Rounding that is no fault.
_ROUNDING: Final = 1e-6


def within(role: str) -> Convert:
    """Return :func:`numbers` for a factor; values that it cannot have are refused.

    Raises
    ------
    SourceError
        From the conversion: a value lies outside the limits of ``role``.
    """
    limits, plain = LIMITS[role], numbers()

    def convert(parts: list[tuple[NDArray[Any], Any]], grid: Grid) -> NDArray[Any]:
        found = plain(parts, grid)
        # fmin and fmax pass over NaN, and give it where there is nothing else.
        least = float(np.fmin.reduce(found, axis=None, initial=np.nan))
        most = float(np.fmax.reduce(found, axis=None, initial=np.nan))
        if limits.low <= least and most <= limits.high and most < np.inf:
            return found
        if np.isnan(least):
            return found
        require_within(limits, least, most, grid.name)
        return np.asarray(np.clip(found, limits.low, limits.high))

    return convert


def require_within(limits: Limits, least: float, most: float, file: str) -> None:
    """Refuse values beyond the limits by more than rounding."""
    if limits.low - _ROUNDING <= least and most <= limits.high + _ROUNDING and most < np.inf:
        return
    bounded = np.isfinite(limits.high)
    kind = "from-to" if bounded else "or-more"
    fault = message(
        "fields.values-run-from-permitted",
        role=limits.role,
        least=least,
        most=most,
        detail=message(f"fields.{kind}", low=limits.low, high=limits.high),
    )
    raise SourceError(Problem("out-of-range", fault, limits.cure, file=file, field=limits.role))


def alike(one: CRS, other: CRS) -> bool:
    """Return whether coordinates of the two systems are the same to a few decimetres."""
    if one.equals(other, ignore_axis_order=True):
        return True
    return one.to_epsg() in _ALIKE and other.to_epsg() in _ALIKE


def _row_index(y: Any, grid: Grid) -> I8:
    found = np.floor((np.asarray(y, float) - grid.affine[5]) / grid.affine[4])
    inside = (found >= 0) & (found < grid.height)
    return np.where(inside, found, -1).astype(np.int64)


def _col_index(x: Any, grid: Grid) -> I8:
    found = np.floor((np.asarray(x, float) - grid.affine[2]) / grid.affine[0])
    inside = (found >= 0) & (found < grid.width)
    return np.where(inside, found, -1).astype(np.int64)


def _same_cells(grid: Grid, target: Grid) -> bool:
    if (grid.height, grid.width) != (target.height, target.width):
        return False
    # Within a millionth of a cell over the whole raster.
    corners = [(0, 0), (grid.height, grid.width)]
    for row, col in corners:
        for a, b, at, size in ((0, 2, col, 0), (4, 5, row, 4)):
            one = grid.affine[b] + grid.affine[a] * at
            other = target.affine[b] + target.affine[a] * at
            if abs(one - other) > 1e-6 * abs(target.affine[size]):
                return False
    return alike(grid.crs, target.crs)


def _difference(grid: Grid, target: Grid, source: Input) -> Note | None:
    if _same_cells(grid, target):
        return None
    one, other = _cell(grid), _cell(target)
    finer = alike(grid.crs, target.crs) and abs(grid.affine[0]) < 0.67 * abs(target.affine[0])
    more = message("fields.finer-than-used") if finer else None
    told = message(
        "fields.cells-taken-at-centres", one=one, other=other, detail=source.title, more=more
    )
    return Note("resampling", told)


def _cell(grid: Grid) -> str:
    unit = "°" if grid.crs.is_geographic else " m"
    code = grid.crs.to_epsg()
    return f"{abs(grid.affine[0]):.6g}{unit}, {f'EPSG:{code}' if code else grid.crs.name}"


def _require_overlap(grid: Grid, target: Grid, source: Input) -> None:
    bounds = target.bounds
    if not alike(grid.crs, target.crs):
        move = Transformer.from_crs(target.crs, grid.crs, always_xy=True)
        bounds = move.transform_bounds(*bounds)
    left, bottom, right, top = grid.bounds
    # Written so that infinite bounds, which a failed transformation gives, count as beside.
    if bounds[0] < right and bounds[2] > left and bounds[1] < top and bounds[3] > bottom:
        return
    raise SourceError(
        problem(
            "rasters-apart",
            file=str(source.path),
            name=target.name,
            grid=_cell(grid),
            target=_cell(target),
        )
    )
