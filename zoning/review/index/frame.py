"""A frame of zones kept in a file: its rows are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.arrays import Arrays, DamagedError, write_arrays
from zoning.base.columns import Column, encode, packed_shapes
from zoning.base.settings import CRS
from zoning.base.spelling import Words
from zoning.base.table import GEOMETRY, Table

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from zoning.review.index.store import Kept

_Found = TypeVar("_Found")
Places = NDArray[np.intp]

#: Zones are read in this many pieces when all of them are looked through in turn.
_GROWTH: Final = 8


def write_frame(path: Path, about: dict[str, Any], frame: GeoDataFrame) -> bool:
    """Write a frame; return whether it could be kept as it is.

    Parameters
    ----------
    path : Path
    about : dict
        What else is to be kept: anything that JSON holds.
    frame : GeoDataFrame
        EPSG:4490, numbered from 0.

    Raises
    ------
    OSError
        The place cannot be written.
    """
    names = [str(name) for name in frame.columns if name != GEOMETRY]
    plain = (
        np.array_equal(frame.index, np.arange(len(frame)))
        and frame.crs == CRS
        and frame.geometry.name == GEOMETRY
        and [*dict.fromkeys(names)] == [name for name in frame.columns if name != GEOMETRY]
        and len(frame) > 0
    )
    columns: list[dict[str, Any]] = []
    arrays: dict[str, NDArray[Any]] = {}
    for number, name in enumerate(names):
        cells = frame[name]
        encoded = encode(number, name, np.asarray(cells), str(cells.dtype)) if plain else None
        if encoded is None:
            return False
        columns.append(encoded[0])
        arrays.update(encoded[1])
    # Neighbours beside one another: what a site needs lies in few blocks.
    order = np.argsort(frame.geometry.hilbert_distance().to_numpy(), kind="stable")
    shapes = np.asarray(frame.geometry.array, dtype=object)[order]
    arrays["order"] = order.astype(np.int32)
    arrays["bounds"] = shapely.bounds(shapes)
    arrays.update(packed_shapes(shapes))
    kept = {"columns": columns, "zones": len(frame)}
    write_arrays(path, {**about, "frame": kept}, arrays)
    return True


class StoredFrame:
    """The zones of a layer as a file keeps them.

    Parameters
    ----------
    arrays : Arrays
        Of :func:`write_frame`.
    kept : Kept
        Its place in the cache.
    again : callable
        Returns the frame from its source, should a part of the file turn out to be damaged.
    held : GeoDataFrame, optional
        The frame itself, where it has just been read.

    Raises
    ------
    DamagedError
        What tells where the zones lie is not what was written.
    """

    def __init__(
        self,
        arrays: Arrays,
        kept: Kept,
        again: Callable[[], GeoDataFrame],
        held: GeoDataFrame | None = None,
    ) -> None:
        self.kept, self.partial = kept, False
        self._arrays, self._again = arrays, again
        #: West, south, east, north of each zone in degrees, neighbours beside one another.
        self.bounds: NDArray[np.float64] = arrays["bounds"]
        #: The row of each of these zones.
        self.order: Places = arrays["order"].astype(np.intp)
        self._ends: NDArray[np.int64] = arrays["shape_ends"]
        told = arrays.about["frame"]
        self._columns: list[dict[str, Any]] = told["columns"]
        self._zones: int = told["zones"]
        self._held = None if held is None else Table.of(held)
        self._damaged = False

    def __len__(self) -> int:
        return self._zones

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def isna(self, name: str) -> NDArray[np.bool_]:
        """Mark the zones that hold nothing in a column."""
        return self._sound(self._kept[name].isna, lambda table: table.isna(name))

    def isin(self, name: str, values: Collection[Any]) -> NDArray[np.bool_]:
        """Mark the zones that hold one of some values in a column."""
        return self._sound(
            lambda: self._kept[name].isin(values), lambda table: table.isin(name, values)
        )

    def words(self, name: str) -> Words:
        """Return the words of a column."""
        return self._sound(lambda: self._kept[name].words, lambda table: table.words(name))

    def of_texts(self, name: str) -> bool:
        """Say of a column whether it is known to hold texts or nothing."""
        return self._sound(self._kept[name].of_texts, lambda _table: False)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns beside the geometries."""
        return tuple(column["name"] for column in self._columns)

    @cached_property
    def _place(self) -> Places:
        place = np.empty(len(self), dtype=np.intp)
        place[self.order] = np.arange(len(self))
        return place

    def shapes(self, rows: Places) -> NDArray[Any]:
        """Return the geometries of some rows."""
        return self._sound(
            lambda: self._drawn(self._place[rows]),
            lambda table: table.geometry[rows],
        )

    def some(self, rows: Places, columns: Iterable[str | None]) -> Table:
        """Return some rows with their geometries and those of some columns that there are."""
        held = self.values(rows, columns)
        return held.placed(held.index, self.shapes(rows))

    def values(self, rows: Places, columns: Iterable[str | None]) -> Table:
        """Return some rows of some columns that there are, without geometries."""
        wanted = [name for name in dict.fromkeys(columns) if name is not None and name in self]
        return self._sound(
            lambda: self._table(wanted, rows),
            lambda table: table.take(rows, wanted).numbered(),
        )

    def forget(self) -> None:
        """Hold the zones no longer in memory, if the file still gives them."""
        if not self._damaged:
            self._held = None

    def whole(self) -> GeoDataFrame:
        """Return the frame as it was read."""
        made = lambda: self._table(self.columns, None, self._drawn(self._place))  # noqa: E731
        return self._sound(made, lambda table: table, keep=True).frame

    def meets(self, area: Any) -> bool:
        """Return whether any zone lies in an area, at least in part; looks no further than need."""
        shapely.prepare(area)
        west, south, east, north = shapely.bounds(area)
        box = self.bounds
        near = (box[:, 0] <= east) & (box[:, 1] <= north) & (box[:, 2] >= west)
        rows = self.order[near & (box[:, 3] >= south)]
        start, count = 0, _GROWTH
        while start < len(rows):
            if shapely.intersects(area, self.shapes(rows[start : start + count])).any():
                return True
            start, count = start + count, count * _GROWTH
        return False

    @cached_property
    def _kept(self) -> dict[str, Column]:
        return {name: Column(at, self._arrays) for at, name in enumerate(self.columns)}

    def _drawn(self, places: Places) -> NDArray[Any]:
        """Return geometries by their places in the file."""
        if not len(places):
            return np.empty(0, dtype=object)
        start, stop = self._ends[places], self._ends[places + 1]
        drawn = self._arrays.slices("shapes", start, stop)
        out: NDArray[Any] = shapely.from_wkb(np.array(drawn, dtype=object))
        return out

    def _table(
        self, names: Iterable[str], rows: Places | None, shapes: NDArray[Any] | None = None
    ) -> Table:
        columns = {name: self._kept[name].rows(rows) for name in names}
        dtypes = {column["name"]: column["dtype"] for column in self._columns}
        count = len(self) if rows is None else len(rows)
        return Table(columns, np.arange(count), shapes, dtypes)

    def _sound(
        self,
        of_file: Callable[[], _Found],
        of_table: Callable[[Table], _Found],
        *,
        keep: bool = False,
    ) -> _Found:
        """Ask the file; from the moment it turns out to be damaged, the source."""
        if self._held is None:
            try:
                found = of_file()
            except DamagedError:
                self._held, self._damaged = Table.of(self._again()), True
            else:
                if keep:
                    assert isinstance(found, Table)
                    self._held = found
                return found
        return of_table(self._held)
