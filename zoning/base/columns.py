"""Columns as arrays of numbers, and back: each distinct value once, and which one a row holds."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.arrays import Arrays
from zoning.base.spelling import Words
from zoning.base.table import Table, absent, among

#: Types of columns whose values are text, numbers, truth values or nothing.
_OF_VALUES: Final = ("object", "str", "string")
_VALUES: Final = (str, int, float, bool, type(None))
#: How far a product may be from the exact one, of its size; from where on doubles are whole.
_EPSILON: Final = 2.0**-52
_WHOLE: Final = 2.0**52
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode
#: Kinds of arrays that are kept as they are.
_PLAIN: Final = "biuf"


def encode(
    number: int, name: str, cells: NDArray[Any], dtype: str
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """Return what is to be said of a column and its arrays; None where it holds anything else.

    Parameters
    ----------
    number : int
        Of the column in its table; part of the names of its arrays.
    name : str
    cells : ndarray
    dtype : str
        What pandas calls its type.
    """
    if cells.dtype.kind in _PLAIN:
        return {"name": name, "dtype": dtype}, {f"cells.{number}": cells}
    values = cells.tolist()
    if dtype not in _OF_VALUES or not set(map(type, values)) <= set(_VALUES):
        return None
    codes, known = _factorize(values)
    texts = [text.encode() for text in map(_as_json(known), known)]
    ends = np.cumsum([0, *(len(text) + 1 for text in texts)], dtype=np.int64)
    arrays: dict[str, NDArray[Any]] = {
        f"codes.{number}": np.asarray(codes, dtype=np.int32),
        f"words.{number}": np.frombuffer(b",".join([*texts, b""]), dtype=np.uint8),
        f"ends.{number}": ends,
    }
    return {"name": name, "dtype": dtype}, arrays


def _as_json(known: list[Any]) -> Callable[[Any], str]:
    """Return what writes some values as JSON does; of one type each takes a third of the time."""
    kinds = set(map(type, known))
    if kinds <= {str}:
        return encode_basestring
    return float.__repr__ if kinds <= {float} and all(map(math.isfinite, known)) else _ENCODE


def _factorize(values: list[Any]) -> tuple[list[int], list[Any]]:
    """Number the distinct values; one is no truth, and neither is 1.0."""
    if set(map(type, values)) <= {str, type(None)}:
        known = [value for value in dict.fromkeys(values) if value is not None]
        numbers = {**dict(zip(known, range(len(known)), strict=True)), None: _NONE}
        return list(map(numbers.__getitem__, values)), known
    place: dict[Any, int] = {}
    codes: list[int] = []
    for value in values:
        if value is None:
            codes.append(_NONE)
        elif isinstance(value, float) and np.isnan(value):
            codes.append(_NAN)
        else:
            codes.append(place.setdefault((type(value), value), len(place)))
    return codes, [value for _, value in place]


#: Codes of a row without a value, as the frame says it: None, or not a number.
_NONE: Final = -1
_NAN: Final = -2


class Column:
    """A column that is kept in arrays, as far as questions about it go.

    Parameters
    ----------
    number : int
    arrays : Arrays
        That hold those of :func:`encode`.
    """

    def __init__(self, number: int, arrays: Arrays) -> None:
        self._number, self._arrays = number, arrays

    def isna(self) -> NDArray[np.bool_]:
        """Mark the rows that hold nothing."""
        if self._numeric:
            return absent(self.rows())
        return np.asarray(self._codes < 0)

    def isin(self, values: Collection[Any]) -> NDArray[np.bool_]:
        """Mark the rows that hold one of some values."""
        if self._numeric:
            return among(self.rows(), values)
        if self.of_texts():
            own = [self._numbers.get(value, _NAN) for value in values if value is not None]
            ends = self._arrays[f"ends.{self._number}"]
            marked = np.zeros(len(ends) + 1, dtype=bool)
            marked[own], marked[_NAN], marked[_NONE] = True, False, None in values
            return marked[self._codes]
        wanted = frozenset(values)
        # The last two stand for the codes of nothing.
        known = [*map(wanted.__contains__, self._words()), False, None in wanted]
        return np.array(known, dtype=bool)[self._codes]

    @cached_property
    def words(self) -> Words:
        """Its words, those of no row among them."""
        return Words(() if self._numeric else self._words())

    def of_texts(self) -> bool:
        """Say whether it holds texts or nothing."""
        if self._numeric:
            return False
        first = self._arrays[f"words.{self._number}"][self._arrays[f"ends.{self._number}"][:-1]]
        return bool((first == ord('"')).all())

    def rows(self, rows: NDArray[np.intp] | None = None) -> NDArray[Any]:
        """Return the values of some rows, or of all."""
        if self._numeric:
            cells = self._arrays[f"cells.{self._number}"]
            return cells if rows is None else cells[rows]
        codes = self._codes if rows is None else self._codes[rows]
        if rows is None or len(rows) * 4 > len(self._codes):
            known = np.empty(len(self._arrays[f"ends.{self._number}"]) + 1, dtype=object)
            known[:] = [*self._words(), float("nan"), None]
            return known[codes]
        used, which = np.unique(codes, return_inverse=True)
        words = np.empty(len(used), dtype=object)
        words[:] = [None if code == _NONE else float("nan") for code in used.tolist()]
        words[used >= 0] = np.array([*self._some(used[used >= 0]), None], dtype=object)[:-1]
        return words[which]

    @property
    def _numeric(self) -> bool:
        """Whether it is kept as an array of numbers or truth values."""
        return f"cells.{self._number}" in self._arrays

    @property
    def _codes(self) -> NDArray[np.int32]:
        return self._arrays[f"codes.{self._number}"]

    @cached_property
    def _numbers(self) -> dict[Any, int]:
        """The codes of texts, for those who ask more than once."""
        return {word: code for code, word in enumerate(self._words())}

    def _words(self) -> list[Any]:
        text = self._arrays[f"words.{self._number}"].tobytes()
        return list(json.loads(b"[" + text.rstrip(b",") + b"]"))

    def _some(self, codes: NDArray[np.int32]) -> list[Any]:
        text = self._arrays[f"words.{self._number}"].tobytes()
        ends = self._arrays[f"ends.{self._number}"]
        pairs = zip(ends[codes].tolist(), (ends[codes + 1] - 1).tolist(), strict=True)
        return list(json.loads(b"[" + b",".join(text[low:high] for low, high in pairs) + b"]"))


def packed(table: Table) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """Return what is to be said of a table and its arrays; None where it cannot be kept so."""
    arrays: dict[str, NDArray[Any]] = {}
    columns: list[dict[str, Any]] = []
    for number, name in enumerate(table.columns):
        encoded = encode(number, name, table[name], table.dtype(name))
        if encoded is None:
            return None
        columns.append(encoded[0])
        arrays.update(encoded[1])
    return {"columns": columns}, {**arrays, **packed_shapes(table.geometry)}


def unpacked(arrays: Arrays) -> Table:
    """Return a table from its arrays.

    Raises
    ------
    DamagedError
    """
    columns = arrays.about["columns"]
    cells = {told["name"]: Column(at, arrays).rows() for at, told in enumerate(columns)}
    ends = arrays["shape_ends"]
    drawn = np.array(arrays.slices("shapes", ends[:-1], ends[1:]), dtype=object)
    dtypes = {told["name"]: told["dtype"] for told in columns}
    return Table(cells, np.arange(len(drawn)), shapely.from_wkb(drawn), dtypes)


def packed_shapes(shapes: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return geometries as bytes, and where each ends."""
    drawn = shapely.to_wkb(shapes)
    return {
        "shape_ends": np.cumsum([0, *map(len, drawn)], dtype=np.int64),
        "shapes": np.frombuffer(b"".join(drawn), dtype=np.uint8),
    }


def rounded(values: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Return values rounded as `round` does, which numpy does otherwise in the last digit.

    What is not finite becomes NaN.
    """
    step = 10.0**digits
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.where(np.isfinite(values), values, np.nan) * step
        whole = np.rint(scaled)
        # The product may be half a step where the value is not: such values are rounded singly.
        half = np.abs(np.abs(scaled - whole) - 0.5) <= np.abs(scaled) * _EPSILON
        out: NDArray[np.float64] = whole / step
    for at in np.flatnonzero(half | (np.abs(scaled) >= _WHOLE)).tolist():
        out[at] = round(float(values[at]), digits)
    return out


def objects(values: Iterable[Any]) -> NDArray[np.object_]:
    """Return values as an array of objects, whatever they are."""
    found = list(values)
    return np.array([*found, None], dtype=object)[:-1] if found else np.empty(0, dtype=object)


class Coded(NamedTuple):
    """A column of few values: these, and of each row the position of its own."""

    values: NDArray[np.object_]
    codes: NDArray[np.intp]


def drawn_once(shapes: NDArray[Any]) -> Coded:
    """Return geometries as WKB: one that several rows share is written out once."""
    same = np.fromiter(map(id, shapes), dtype=np.int64, count=len(shapes))
    _, first, codes = np.unique(same, return_index=True, return_inverse=True)
    return Coded(shapely.to_wkb(shapes[first]), codes)
