"""What goes into a reader and what comes out: frozen values only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoning.base.errors import Problem
from zoning.base.table import Table
from zoning.messages import Text
from zoning.model import InputRecord, Ledger
from zoning.model.ledger import NOTHING_COUNTED
from zoning.read.options import ReadOptions

if TYPE_CHECKING:
    import pyproj
    from geopandas import GeoDataFrame

    from zoning.read.positions import Stated

__all__ = ["Objects", "Pieces", "Raw", "ReadOptions", "Reading", "Repair"]

Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Repair:
    """An invalid polygon made valid.

    ``area_before_m2`` is the sum of the outer rings less the inner ones as drawn, each ring's
    area taken without sign; both areas are ellipsoidal. ``kept_area`` is True where the two
    agree to 1e-9.
    """

    feature: str
    position: int
    reason: str
    area_before_m2: float
    area_after_m2: float
    method: str = "make_valid(structure)"

    @property
    def change(self) -> float:
        """Relative change of the area; infinite where the drawn area is zero."""
        if self.area_before_m2 == 0.0:
            return float("inf") if self.area_after_m2 else 0.0
        return abs(self.area_after_m2 - self.area_before_m2) / self.area_before_m2

    @property
    def kept_area(self) -> bool:
        """Whether the repair left the area as it was, to 1e-9."""
        return self.change <= 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """A vector file, checked: what can be used, and what cannot and why.

    Attributes
    ----------
    table : Table
        Usable features in EPSG:4490, 2-D, valid, non-empty, exteriors counter-clockwise
        (RFC 7946). The index is the 0-based position of the feature in the file. Attribute
        values are str, int, float, bool, or None where the file states nothing.
    record : InputRecord
        The file, and how CRS and encoding were known. ``features`` counts the failed ones too.
    problems : tuple of Problem
        Why features cannot be used, one or more each.
    failed : tuple of int
        Positions of those features, ascending.
    repairs : tuple of Repair
        Geometries that were made valid.
    failed_attributes : mapping of int to dict
        Attributes of the failed features, so that a report can name them.
    doubts : mapping of int to Text
        By position, what in the file contradicts a feature: it cannot be decided on.
    ids : mapping of int to str
        By position, the id of a feature whose own is taken elsewhere in the file. It is told where
        only a part of a file was read.
    """

    table: Table
    record: InputRecord
    problems: tuple[Problem, ...] = ()
    failed: tuple[int, ...] = ()
    repairs: tuple[Repair, ...] = ()
    failed_attributes: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    doubts: Mapping[int, Text] = field(default_factory=dict)
    ids: Mapping[int, str] = field(default_factory=dict)

    @property
    def frame(self) -> GeoDataFrame:
        """The usable features as a frame."""
        return self.table.frame


@dataclass(frozen=True, slots=True)
class Raw:
    """A layer as a format reader hands it over: nothing projected, nothing checked.

    ``geometry`` holds shapely geometries or None, ``attributes`` one row for each, ``positions``
    the place of each feature in the file. ``ledger`` accounts for every part that can be counted;
    ``unread`` says what else was not read as features: where nothing was found, there may
    be something. ``doubts`` says, by row, what in the file contradicts a feature; ``beside`` is
    what other parts of the file state of positions, and ``known`` are bounds, in the coordinates of
    the file, of what its account covers: positions there state nothing new. ``crs`` is None
    where the file states none; ``crs_is_decided`` is True where the reader has heeded the user's
    ``crs`` already.
    """

    geometry: Objects
    attributes: Table
    positions: npt.NDArray[np.int64]
    driver: str
    crs: pyproj.CRS | None
    crs_evidence: Text
    layer: str | None = None
    encoding: str | None = None
    encoding_evidence: Text | None = None
    notices: tuple[Text, ...] = ()
    unread: tuple[Text, ...] = ()
    ledger: Ledger = NOTHING_COUNTED
    broken: Mapping[int, Problem] = field(default_factory=dict)
    doubts: Mapping[int, Text] = field(default_factory=dict)
    crs_is_implied: bool = False
    crs_is_decided: bool = False
    beside: tuple[Stated, ...] = ()
    known: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Pieces:
    """A layer that need not fit into memory.

    Attributes
    ----------
    raws : iterator of Raw
        Features in the order of the source, without a ledger; positions count through.
    account : callable
        Told how many features were read, it returns the ledger of the whole source.
    digest : callable or None
        Returns the digest of what was read, where there is no file that has one.
    """

    raws: Iterator[Raw]
    account: Callable[[int], Ledger]
    digest: Callable[[], str] | None = None
