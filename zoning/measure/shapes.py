"""Geometries of zones of which those are made that somebody asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Places = NDArray[np.intp]


class Shapes:
    """n geometries, each made once; used like an array of them.

    Parameters
    ----------
    count : int
    make : callable
        Returns the geometries of some positions.
    """

    def __init__(self, count: int, make: Callable[[Places], NDArray[Any]]) -> None:
        self._made, self._make = np.full(count, None), make
        self._places = np.arange(count)

    def some(self, which: NDArray[Any]) -> Shapes:
        """Return some of them, by mark or by position, without making any."""
        out = object.__new__(Shapes)
        out._made, out._make, out._places = self._made, self._make, self._places[which]
        return out

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, which: Any) -> Any:
        places = self._places[which]
        missing = shapely.is_missing(self._made[places])
        if missing.any():
            new = np.unique(places[missing])
            self._made[new] = self._make(new)
        return self._made[places]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self[:], dtype=dtype or object)
