"""Columns of values beside geometries: what a review needs of a frame, without loading pandas."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoning.base.settings import CRS
from zoning.base.spelling import Words

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Name of the column of geometries in a frame.
GEOMETRY = "geometry"


class Table:
    """Columns by name, and a geometry a row where there are any.

    Parameters
    ----------
    columns : mapping of str to ndarray
        Each of one value a row.
    index : ndarray of int
        What each row goes by: its place in a file, mostly.
    geometry : ndarray of object, or callable, optional
        In EPSG:4490; what returns them is called when they are asked for.
    dtypes : mapping of str to str, optional
        What pandas calls the type of a column of objects, where it is another than ``object``.
    """

    def __init__(
        self,
        columns: Mapping[str, NDArray[Any]],
        index: NDArray[np.int64],
        geometry: NDArray[Any] | Callable[[], NDArray[Any]] | None = None,
        dtypes: Mapping[str, str] | None = None,
    ) -> None:
        self._columns, self.index, self._geometry = columns, index, geometry
        self._dtypes = dtypes or {}
        self._known: dict[str, Words] = {}
        #: Whether there are more rows elsewhere: a database sends what lies near the sites.
        self.partial = False

    def dtype(self, name: str) -> str:
        """Return what pandas calls the type of a column."""
        return self._dtypes.get(name) or str(self[name].dtype)

    @classmethod
    def of(cls, frame: GeoDataFrame) -> Table:
        """Return the columns of a frame that is kept with them."""
        names = [name for name in frame.columns if name != frame.geometry.name]
        shapes = np.asarray(frame.geometry.array, dtype=object)
        dtypes = {name: str(frame[name].dtype) for name in names}
        made = cls(_Series(frame, names), frame.index.to_numpy(), shapes, dtypes)
        made.__dict__["frame"] = frame
        return made

    def __len__(self) -> int:
        return len(self.index)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns beside the geometries."""
        return tuple(self._columns)

    @property
    def geometry(self) -> NDArray[Any]:
        """The geometries, in EPSG:4490."""
        assert self._geometry is not None
        if callable(self._geometry):
            self._geometry = self._geometry()
        return self._geometry

    @cached_property
    def frame(self) -> GeoDataFrame:
        """The same as a frame."""
        import pandas as pd
        from geopandas import GeoDataFrame

        counted = np.array_equal(self.index, np.arange(len(self)))
        index = pd.RangeIndex(len(self)) if counted else pd.Index(self.index)
        columns = {
            name: pd.Series(cells, index, dtype=self.dtype(name))
            for name, cells in self._columns.items()
        }
        return GeoDataFrame(pd.DataFrame(columns, index=index), geometry=self.geometry, crs=CRS)

    def drawn_as(self, geometry: Callable[[], NDArray[Any]]) -> Table:
        """Return the same columns beside other geometries."""
        return Table(self._columns, self.index, geometry, self._dtypes)

    def placed(self, index: NDArray[np.int64], geometry: NDArray[Any]) -> Table:
        """Return the same columns beside geometries, each row under a number of its own."""
        return Table(self._columns, index, geometry, self._dtypes)

    def take(self, rows: NDArray[Any], names: Collection[str] | None = None) -> Table:
        """Return some rows, by place or by mark, with all columns or those named."""
        held, wanted = self._columns, self.columns if names is None else names
        if isinstance(held, _Series):
            columns = {name: held.of(name, rows) for name in wanted}
        else:
            columns = {name: held[name][rows] for name in wanted}
        shapes = None if self._geometry is None else self.geometry[rows]
        return Table(columns, self.index[rows], shapes, self._dtypes)

    def numbered(self) -> Table:
        """Return the same rows, counted from 0."""
        return Table(self._columns, np.arange(len(self)), self._geometry, self._dtypes)

    def rows(self) -> list[dict[str, Any]]:
        """Return each row as its values by column."""
        made: list[dict[str, Any]] = [{} for _ in range(len(self))]
        for name in self.columns:
            for row, cell in zip(made, self[name].tolist(), strict=True):
                row[name] = cell
        return made

    def isna(self, name: str) -> NDArray[np.bool_]:
        """Mark the rows that hold nothing in a column."""
        return absent(self[name])

    def isin(self, name: str, values: Collection[Any]) -> NDArray[np.bool_]:
        """Mark the rows that hold one of some values in a column."""
        return among(self[name], values)

    def words(self, name: str) -> Words:
        """Return the words of a column."""
        if name not in self._known:
            self._known[name] = Words(dict.fromkeys(self[name].tolist()))
        return self._known[name]


def absent(cells: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark the cells that hold nothing: None, or no number."""
    marked = (cell is None or cell != cell for cell in cells.tolist())  # noqa: PLR0124
    return np.fromiter(marked, dtype=bool, count=len(cells))


def among(cells: NDArray[Any], values: Collection[Any]) -> NDArray[np.bool_]:
    """Mark the cells that hold one of some values."""
    wanted = frozenset(values)
    return np.fromiter((cell in wanted for cell in cells.tolist()), dtype=bool, count=len(cells))


def as_met(things: Sequence[Any], numbers: NDArray[np.intp]) -> tuple[list[Any], NDArray[np.intp]]:
    """Return things in the order in which rows name them, and the rows' numbers of them."""
    first = np.full(len(things), len(numbers))
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]  # of each, the first is written last
    order = np.argsort(first)[: np.count_nonzero(first < len(numbers))]
    place = np.empty(len(things), dtype=np.intp)
    place[order] = np.arange(len(order))
    return [things[at] for at in order.tolist()], place[numbers]


class _Series(Mapping[str, NDArray[Any]]):
    """Columns of a frame, made into arrays when they are asked for."""

    def __init__(self, frame: GeoDataFrame, names: Collection[str]) -> None:
        self._frame, self._names = frame, tuple(names)
        self._made: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._made:
            self._made[name] = cells = self.of(name, slice(None))
            cells.flags.writeable = False  # the next who asks gets the same
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def of(self, name: str, rows: NDArray[Any] | slice) -> NDArray[Any]:
        """Return some rows of a column."""
        if name in self._made:
            return self._made[name][rows]
        if name not in self._names:
            raise KeyError(name)
        import pandas as pd

        cells = np.asarray(self._frame[name].iloc[rows])
        if cells.dtype == object:
            # pandas' own sign for nothing compares with nothing, not even with itself.
            blank = np.fromiter((cell is pd.NA for cell in cells), dtype=bool, count=len(cells))
            if blank.any():
                cells = cells.copy()
                cells[blank] = None
        return cells

    def __iter__(self) -> Any:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
