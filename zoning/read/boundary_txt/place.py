"""Where the numbers of each plot can lie: northing and easting, swapped, degrees, or nowhere.

In China northings are 1.9–6.0 million metres; eastings 0.1–0.9 million, with the zone number in
front 13–46 million. The three ranges do not meet, so a swap shows in the numbers themselves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from zoning.messages import Text, message
from zoning.read.boundary_txt.scan import Scan
from zoning.read.boundary_txt.types import Faults, Floats

#: ``grid``: Gauss–Krüger metres; ``degrees``: a geographic CRS was given; ``free``: another one.
Mode = Literal["grid", "degrees", "free"]
Verdict = Literal["ok", "empty", "swapped", "degrees", "zones", "range"]

_NORTHING: Final = (1.5e6, 6.5e6)
_PLAIN: Final = (1e5, 9e5)
_PREFIXED: Final = (13e6, 46e6)
_LATITUDE: Final = (0.0, 60.0)
_LONGITUDE: Final = (70.0, 140.0)
_FREE: Final = (-1e8, 1e8)
_NOWHERE: Final = 1e12


@dataclass(frozen=True, slots=True)
class Extents:
    """Bounds of each plot's third (x) and fourth (y) column, NaN for a plot without points."""

    x_min: Floats
    x_max: Floats
    y_min: Floats
    y_max: Floats


def extents(scan: Scan, x: Floats, y: Floats) -> Extents:
    """Return the bounds of all plots, each an array of shape (plots,)."""
    start = np.array([p.start for p in scan.plots], np.int64)
    stop = np.array([p.stop for p in scan.plots], np.int64)
    filled = np.flatnonzero(stop > start)

    def reduce(how: np.ufunc, column: Floats) -> Floats:
        out = np.full(len(start), np.nan)
        if len(filled):
            # Points belong to plots without gaps, so each start ends the plot before.
            found = how.reduceat(column, start[filled])
            # Infinities and 1e308 only need to stay out of range, not to be calculated with.
            out[filled] = np.clip(np.nan_to_num(found, nan=_NOWHERE), -_NOWHERE, _NOWHERE)
        return out

    return Extents(
        reduce(np.minimum, x), reduce(np.maximum, x), reduce(np.minimum, y), reduce(np.maximum, y)
    )


def _within(low: Floats, high: Floats, limits: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((low >= limits[0]) & (high <= limits[1]))


def _easting(low: Floats, high: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which bounds are eastings of one zone, and which are eastings at all."""
    plain, prefixed = _within(low, high, _PLAIN), _within(low, high, _PREFIXED)
    zone_low, zone_high = np.floor(low / 1e6), np.floor(high / 1e6)
    rest = _within(low - zone_low * 1e6, high - zone_high * 1e6, _PLAIN)
    one = plain | (prefixed & (zone_low == zone_high) & rest)
    return one, _within(low, high, (_PLAIN[0], _PREFIXED[1]))


def judge(bounds: Extents, mode: Mode) -> tuple[list[Verdict], list[int]]:
    """Return for each plot a verdict, and the zone number in front of its easting (0 for none)."""
    b = bounds
    if mode == "degrees":
        ok = _within(b.x_min, b.x_max, _LATITUDE) & _within(b.y_min, b.y_max, _LONGITUDE)
        swapped = _within(b.y_min, b.y_max, _LATITUDE) & _within(b.x_min, b.x_max, _LONGITUDE)
        others: list[tuple[Verdict, NDArray[np.bool_]]] = []
    elif mode == "free":
        ok = _within(b.x_min, b.x_max, _FREE) & _within(b.y_min, b.y_max, _FREE)
        swapped, others = np.zeros_like(ok), []
    else:
        north = _within(b.x_min, b.x_max, _NORTHING)
        one, any_zone = _easting(b.y_min, b.y_max)
        ok = north & one
        swapped = _within(b.y_min, b.y_max, _NORTHING) & _easting(b.x_min, b.x_max)[1]
        small = _within(b.x_min, b.x_max, (-180, 180)) & _within(b.y_min, b.y_max, (-180, 180))
        others = [("zones", north & any_zone), ("degrees", small)]
    verdict = np.full(len(ok), "range", object)
    for name, mask in (*others, ("swapped", swapped), ("empty", np.isnan(b.x_min)), ("ok", ok)):
        verdict[mask] = name
    grid = ok & (b.y_min >= _PREFIXED[0]) & (mode == "grid")
    zones = np.where(grid, np.floor(np.where(grid, b.y_min, 0.0) / 1e6), 0).astype(int)
    return verdict.tolist(), zones.tolist()


def count_zones(verdicts: list[Verdict], zones: list[int]) -> Counter[int]:
    """Count the zone numbers in front of the eastings of plots whose numbers make sense."""
    return Counter(z for v, z in zip(verdicts, zones, strict=True) if v == "ok")


_SAYS: Final[dict[str, tuple[Text, Text]]] = {
    "empty": (
        message("place.plot-has-no-points"),
        message("place.add-point-lines-delete"),
    ),
    "swapped": (
        message("place.x-y-swapped-third"),
        message("place.exchange-columns-x-northing"),
    ),
    "degrees": (
        message("place.numbers-look-like-degrees"),
        message("place.give-gauss-kr-ger"),
    ),
    "zones": (
        message("place.eastings-within-plot-differ"),
        message("place.bring-all-points-into"),
    ),
    "range": (
        message("place.numbers-lie-outside-national"),
        message("place.check-local-grid-lost"),
    ),
}


def report(scan: Scan, verdicts: list[Verdict], faults: Faults) -> None:
    """Add a problem for each plot whose numbers cannot be placed."""
    for plot, verdict in zip(scan.plots, verdicts, strict=True):
        if verdict != "ok" and not plot.bad_lines:
            fault, cure = _SAYS[verdict]
            faults.add(f"txt-{verdict}", fault, cure, line=plot.line, plot=plot.label, column="X,Y")
