"""What the statistics need of the zonal engine and of raster headers, handed in from above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from zoning.messages import Text

#: Told what is being done, how much of it is done, and how much there is.
Tell = Callable[[Text, int, int], None]


class GridLike(Protocol):
    """The header of a raster that can be used, as ``zoning.measure`` opens it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def crs(self) -> CRS: ...  # noqa: D102
    @property
    def affine(self) -> tuple[float, float, float, float, float, float]: ...  # noqa: D102
    @property
    def height(self) -> int: ...  # noqa: D102
    @property
    def width(self) -> int: ...  # noqa: D102
    @property
    def block(self) -> tuple[int, int]: ...  # noqa: D102
    @property
    def bounds(self) -> tuple[float, float, float, float]: ...  # noqa: D102
    @property
    def bands(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def dtypes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def scales(self) -> tuple[float, ...]: ...  # noqa: D102
    @property
    def offsets(self) -> tuple[float, ...]: ...  # noqa: D102

    def is_data(  # noqa: D102
        self, index: int, stored: NDArray[Any], mask: NDArray[np.uint8] | None
    ) -> Any: ...

    def read(  # noqa: D102
        self, dataset: Any, window: tuple[int, int, int, int]
    ) -> list[tuple[NDArray[Any], NDArray[np.uint8] | None]]: ...


@dataclass(frozen=True)
class Engine:
    """The overlay stage as the statistics see it.

    Attributes
    ----------
    areas, stats : callable
        ``zoning.zonal.statistics.zonal_areas`` and ``zonal_stats``.
    open : callable
        ``open(path, bands)`` gives a checked header, or says why the raster cannot be used.
    polygon_areas : callable
        Ellipsoidal areas (m²) of polygons in EPSG:4490.
    """

    areas: Callable[..., pd.DataFrame]
    stats: Callable[..., pd.DataFrame]
    open: Callable[[Any, Sequence[int] | None], GridLike]
    polygon_areas: Callable[[Any], NDArray[np.float64]]


@dataclass(frozen=True)
class Input:
    """One raster that goes into a figure.

    Attributes
    ----------
    path : Path
    title : Text
        What it is, for the list of sources.
    embedded : bool
        True for the package's own coarse rasters: figures made from them are indicative.
    sha256 : str or None
    year : int or None
        Year the raster shows, where known.
    """

    path: Path
    title: Text
    embedded: bool = False
    sha256: str | None = None
    year: int | None = None


def silent(_what: Text, _done: int, _total: int) -> None:
    """Tell nobody."""


def counter(tell: Tell, what: Text) -> Callable[[int, int], None]:
    """Return the two-number progress callback that the zonal engine takes."""
    return lambda done, total: tell(what, done, total)
