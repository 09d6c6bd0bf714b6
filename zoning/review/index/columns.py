"""Columns of a frame as arrays, and back: each distinct value once, and which one a row holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

#: Types of columns whose values are text, numbers, truth values or nothing.
_OF_VALUES: Final = ("object", "str", "string")
_VALUES: Final = (str, int, float, bool, type(None))


def encode(number: int, column: pd.Series) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """Return what is to be said of a column and its arrays; None where it holds anything else.

    Parameters
    ----------
    number : int
        Of the column in its frame; part of the names of its arrays.
    column : Series
    """
    kind = str(column.dtype)
    if kind not in _OF_VALUES:
        return None
    values = column.tolist()
    kinds = set(map(type, values))
    if not kinds <= set(_VALUES):
        return None
    if kinds <= {str, type(None)}:
        codes, known = pd.factorize(np.array(values, dtype=object))
    else:
        codes, known = _factorize(values)
    texts = [json.dumps(value, ensure_ascii=False).encode() for value in known]
    ends = np.cumsum([0, *(len(text) + 1 for text in texts)], dtype=np.int64)
    arrays: dict[str, NDArray[Any]] = {
        f"codes.{number}": np.asarray(codes, dtype=np.int32),
        f"words.{number}": np.frombuffer(b",".join([*texts, b""]), dtype=np.uint8),
        f"ends.{number}": ends,
    }
    return {"name": column.name, "dtype": kind}, arrays


def _factorize(values: list[Any]) -> tuple[list[int], list[Any]]:
    """Number the distinct values; one is no truth, and neither is 1.0."""
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
    """A column of a stored frame, as far as questions about it go.

    Parameters
    ----------
    number : int
    dtype : str
    arrays : mapping of str to ndarray
    """

    def __init__(self, number: int, dtype: str, arrays: Arrays) -> None:
        self._number, self._dtype, self._arrays = number, dtype, arrays

    def isna(self) -> pd.Series:
        """Return which rows hold nothing."""
        return pd.Series(self._codes < 0)

    def isin(self, words: Any) -> pd.Series:
        """Return which rows hold one of some values."""
        # The last two stand for the codes of nothing.
        known = [*self._words(), float("nan"), None]
        return pd.Series(self._series(known).isin(words).to_numpy()[self._codes])

    def rows(self, rows: NDArray[np.intp] | None = None) -> pd.Series:
        """Return the values of some rows, or of all."""
        codes = self._codes if rows is None else self._codes[rows]
        if rows is None or len(rows) * 4 > len(self._codes):
            known = np.empty(len(self._arrays[f"ends.{self._number}"]) + 1, dtype=object)
            known[:] = [*self._words(), float("nan"), None]
            return self._series(known[codes])
        used, which = np.unique(codes, return_inverse=True)
        words = np.empty(len(used), dtype=object)
        words[:] = [None if code == _NONE else float("nan") for code in used.tolist()]
        words[used >= 0] = np.array([*self._some(used[used >= 0]), None], dtype=object)[:-1]
        return self._series(words[which])

    @property
    def _codes(self) -> NDArray[np.int32]:
        return self._arrays[f"codes.{self._number}"]

    def _words(self) -> list[Any]:
        text = self._arrays[f"words.{self._number}"].tobytes()
        return list(json.loads(b"[" + text.rstrip(b",") + b"]"))

    def _some(self, codes: NDArray[np.int32]) -> list[Any]:
        text = self._arrays[f"words.{self._number}"].tobytes()
        ends = self._arrays[f"ends.{self._number}"]
        pairs = zip(ends[codes].tolist(), (ends[codes + 1] - 1).tolist(), strict=True)
        return list(json.loads(b"[" + b",".join(text[low:high] for low, high in pairs) + b"]"))

    def _series(self, values: Any) -> pd.Series:
        return pd.Series(values, dtype=self._dtype)
