"""What a container states beside its features, held against all of them.

A position near the data belongs to them; one elsewhere may be that of a site or a zone which
nobody reads, so the file is incomplete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import pyproj
import shapely

from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import readings
from zoning.read.crs import systems
from zoning.read.positions import Stated
from zoning.read.readings import DEGREE, Floats
from zoning.read.stated import TOLERANCE_M, Found

#: Parts that are told one by one.
_SHOWN: Final = 5


def ledger(beside: Iterable[Stated], boxes: Floats, told: Sequence[Stated] = ()) -> Ledger:
    """Account for what parts beside the features state of other places.

    Parameters
    ----------
    beside : iterable of Stated
    boxes : ndarray of float, shape (n, 4)
        Bounds of the features in longitude and latitude.
    told : sequence of Stated
        Positions that stand against single features already.
    """
    aside: dict[str | Text, SetAside] = {}
    parts = [part for part in beside if part]
    if not parts:
        return Ledger()
    near = _Near(boxes, told)
    for part in parts:
        away = near.distance(part.lonlat) - part.slack
        far = np.flatnonzero(away > TOLERANCE_M)
        if len(far):
            first = int(far[0])
            text = message(
                "rest.elsewhere",
                where=part.where,
                stated=part.shown[first],
                count=len(far),
                distance=f"{min(away[first], 9_999_999) / 1_000.0:,.1f}",
            )
            aside.setdefault(part.where, SetAside(1, text))
    if not aside:
        return Ledger()
    return Ledger((Tally("span", len(aside), 0, set_aside=tuple(aside.values())[:_SHOWN]),))


def degrees(boxes: Floats | None, crs: pyproj.CRS) -> Floats:
    """Return bounds in longitude and latitude of bounds in the coordinates of a file."""
    if boxes is None:
        return np.empty((0, 4))
    first, last = (
        systems.to_lonlat(crs, np.ascontiguousarray(boxes[:, at : at + 2])) for at in (0, 2)
    )
    return np.hstack([np.minimum(first, last), np.maximum(first, last)])


class _Near:
    """Tells how far positions lie from the nearest of many boxes."""

    def __init__(self, boxes: Floats, told: Sequence[Stated]) -> None:
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        known = [part.lonlat.reshape(-1, 2) for part in told]
        points = np.concatenate([*known, np.empty((0, 2))])
        points = points[np.isfinite(points).all(axis=1)]
        if len(boxes):
            (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
            # Containers state the extent of all their data, and windows onto it their middle.
            corners = [(x, y) for x in (west, east) for y in (south, north)]
            corners.append(((west + east) / 2, (south + north) / 2))
            points = np.concatenate([points, np.array(corners)])
        self.boxes = np.concatenate([boxes, np.hstack([points, points])])
        scaled = self.boxes * np.array([*DEGREE, *DEGREE])
        self.tree = shapely.STRtree(shapely.box(*scaled.T))

    def distance(self, lonlat: Floats) -> Floats:
        """Return the distance of each position by its nearest meaning, m."""
        nearest = np.full(lonlat.shape[:2], np.inf)
        whole = np.isfinite(lonlat).all(axis=2)
        if len(self.boxes) and whole.any():
            found = shapely.points(lonlat[whole] * DEGREE)
            at, off = self.tree.query_nearest(found, return_distance=True, all_matches=False)
            distances = np.full(len(found), np.inf)
            distances[at[0]] = off
            nearest[whole] = distances
        half = np.argwhere(np.isfinite(lonlat).any(axis=2) & ~whole)
        for k, n in half.tolist():
            off = readings.distance(np.broadcast_to(lonlat[k, n], (len(self.boxes), 2)), self.boxes)
            nearest[k, n] = off.min(initial=np.inf)
        return np.asarray(nearest.min(axis=0, initial=np.inf))


def away(found: Iterable[Found], rows: Iterable[int]) -> Iterator[Stated]:
    """Yield what is stated in rows that are doubted."""
    doubted = np.fromiter(rows, dtype=np.intp)
    for part in found:
        these = np.isin(part.rows, doubted)
        if these.any():
            shown = tuple(np.array(part.stated.shown, dtype=object)[these])
            yield Stated(shown, part.stated.lonlat[:, these], part.stated.slack[these])
