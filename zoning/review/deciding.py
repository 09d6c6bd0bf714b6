"""The zones and bands that a site's findings rest on, near the site: what its picture must show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from zoning import measure
from zoning.model import FindingView, ProjectResult, Status, Tri, Views

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from zoning.review.layers import Layers

#: Layers that say where a site lies; every site overlaps them.
ADMINISTRATIVE = ("province", "cities", "counties")
_SHOWN = (Status.VIOLATION, Status.RESTRICTED, Status.UNDETERMINED, Status.CONDITIONAL)


@dataclass(frozen=True)
class Deciding:
    """What one or more findings rest on.

    Attributes
    ----------
    views : tuple of FindingView
        The findings, most severe first.
    distance_m : float
        Width of the band that the clause draws around the zones; 0 for the zones themselves.
    zones : shapely geometry
        The zones near the site, EPSG:4490.
    band : shapely geometry
        The zones with the band around them; the zones themselves without one.
    overlap : shapely geometry or None
        The part of the site in it.
    """

    views: tuple[FindingView, ...]
    distance_m: float
    zones: Any
    band: Any
    overlap: Any

    @property
    def status(self) -> Status:
        """The most severe status that rests on it."""
        return self.views[0].finding.status


def deciding(
    layers: Layers,
    views: Views,
    result: ProjectResult,
    bounds: tuple[float, float, float, float],
    most: int = 4,
) -> list[Deciding]:
    """Return the zones and bands that a site meets, or may meet, most severe first.

    Parameters
    ----------
    layers : Layers
        Of the review; nothing is opened a second time.
    views : Views
    result : ProjectResult
    bounds : tuple
        West, south, east, north in degrees: only what lies in it is returned.
    most : int
        No more than this many.
    """
    found: list[Deciding] = []
    for key, group in _grouped(views, result).items():
        if len(found) == most:
            break
        layer, distance, where = key
        frame = layers.frames([layer]).get(layer) if layer in layers.held() else None
        zones = _near(frame, where, bounds, distance) if frame is not None else None
        if zones is None:
            continue
        band = zones
        if distance:
            drawn = measure.around(np.array([zones], dtype=object), distance)
            band = shapely.clip_by_rect(drawn[0], *bounds)
        overlap = next((v.overlap for v in group if v.overlap is not None), None)
        shown = shapely.clip_by_rect(zones, *bounds)
        found.append(Deciding(tuple(group), distance, shown, band, overlap))
    return found


_Key = tuple[str, float, tuple[tuple[str, tuple[str | bool, ...]], ...]]


def _grouped(views: Views, result: ProjectResult) -> dict[_Key, list[FindingView]]:
    """Group the findings that meet a zone by what was measured; the most severe first."""
    out: dict[_Key, list[FindingView]] = {}
    ranked = sorted(result.findings, key=lambda f: (-f.status.severity, f.hint))
    for view in map(views, ranked):
        finding, rule = view.finding, view.rule
        met = finding.total is not None and finding.total.touches is not Tri.NO
        if rule is None or finding.status not in _SHOWN or not met:
            continue
        if rule.layer in ADMINISTRATIVE or rule.scope.op == "outside":
            continue
        where = tuple(sorted((k, tuple(v)) for k, v in rule.scope.where.items()))
        out.setdefault((rule.layer, rule.scope.distance_m or 0.0, where), []).append(view)
    return out


def _near(
    frame: GeoDataFrame,
    where: tuple[tuple[str, tuple[str | bool, ...]], ...],
    bounds: tuple[float, float, float, float],
    distance_m: float,
) -> Any:
    """Return the chosen zones near the bounds as one geometry, or None."""
    keep = np.ones(len(frame), dtype=bool)
    for column, allowed in where:
        if column in frame:
            keep &= frame[column].isin(allowed).to_numpy()
    reach = distance_m / 80_000.0  # a degree of longitude is longer than that in the province
    west, south, east, north = bounds
    box = (west - reach, south - reach, east + reach, north + reach)
    shapes = np.asarray(frame.geometry.array, dtype=object)[keep]
    shapes = shapes[shapely.intersects(shapes, shapely.box(*box))]
    if not len(shapes):
        return None
    return shapely.union_all(shapely.clip_by_rect(shapes, *box))
