"""The zones and bands that a site's findings rest on, near the site: what its picture must show."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from zoning import measure
from zoning.model import FindingView, Layer, ProjectResult, Report, Status, Tri, Views

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from zoning.review.layers import Layers

#: Layers that say where a site lies; every site overlaps them.
ADMINISTRATIVE = ("province", "cities", "counties")
#: Files of whole counties and cities: a zone of such a layer is no shape that a site could avoid.
_UNITS = ("province", "cities", "counties", "county_systems", "main_functions")
#: Ground shown around a site: at least, and at most beyond its own size, m.
_LEAST_M = 800.0
_MOST_M = 15_000.0
_DEGREE_M = 110_980.0
#: The drawing reaches this much further than what is seen at first, on each side.
_BEYOND = 0.5
#: Points of a drawn line that lie closer together than this share of what is seen are left out.
_GRAIN = 1 / 2000
#: Zones are cut this far outside of what is drawn, degrees.
_MARGIN_DEG = 0.01
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
    edge : shapely geometry
        The lines around the band, or around the zones: what decides is on which side a site lies.
    """

    views: tuple[FindingView, ...]
    distance_m: float
    zones: Any
    band: Any
    overlap: Any
    edge: Any

    @property
    def status(self) -> Status:
        """The most severe status that rests on it."""
        return self.views[0].finding.status

    @property
    def accuracy_m(self) -> float:
        """How far the line may truly lie from where it is drawn, m; 0 where nobody says."""
        return self.views[0].accuracy_m or 0.0

    @property
    def reach_m(self) -> float:
        """How much ground around the site shows the band, or the nearest line of the zone, m."""
        return max(self.distance_m, *(_reach(view) for view in self.views))


@dataclass(frozen=True)
class Shown:
    """A zone or band that decides, as a page shows it around one site.

    Attributes
    ----------
    zone : Deciding
    box : tuple of float
        What is to be seen: west, south, east, north in degrees.
    ribbon : shapely geometry or None
        The ground within which the line may truly lie; None where its accuracy is not known.
    """

    zone: Deciding
    box: tuple[float, float, float, float]
    ribbon: Any


def administrative(layer: Layer) -> bool:
    """Say whether the zones of a layer are counties, cities or the province, whatever its name."""
    file = layer.source.file if layer.source is not None else None
    stem = file.rpartition("/")[2].partition(".")[0] if file else ""
    return layer.id in ADMINISTRATIVE or stem in _UNITS


def surroundings(
    shape: Any, band_m: float = 0.0, ratio: float = 1.0
) -> tuple[float, float, float, float]:
    """Return the ground to show around a site, as wide as the site again, and as the band needs.

    Parameters
    ----------
    shape : shapely geometry
        The site, EPSG:4490.
    band_m : float, default 0
        Width of the band that decides, m.
    ratio : float, default 1
        Least width of the picture over its height, and the other way round.

    Returns
    -------
    tuple of float
        West, south, east, north in degrees.
    """
    west, south, east, north = shapely.bounds(shape)
    middle = (south + north) / 2
    narrow = math.cos(math.radians(middle))
    width, height = (east - west) * narrow * _DEGREE_M, (north - south) * _DEGREE_M
    pad = min(max(_LEAST_M, 0.6 * max(width, height), 1.3 * band_m), _MOST_M)
    width, height = width + 2 * pad, height + 2 * pad
    width, height = max(width, height * ratio), max(height, width / ratio)
    x, y = width / 2 / _DEGREE_M / narrow, height / 2 / _DEGREE_M
    centre = (west + east) / 2
    return centre - x, middle - y, centre + x, middle + y


def shown(
    layers: Layers, views: Views, result: ProjectResult, *, severe: bool = False, most: int = 8
) -> list[Shown]:
    """Return what a site's findings rest on, each at the scale at which it is understood.

    Parameters
    ----------
    layers : Layers
        Of the review.
    views : Views
    result : ProjectResult
    severe : bool, default False
        Only what violations and restrictions rest on.
    most : int, default 8

    Returns
    -------
    list of Shown
        The most severe first; empty for a site without a place.
    """
    site = result.project.geometry
    if site is None or site.is_empty:
        return []
    found: list[Shown] = []
    for key, group in _grouped(layers, views, result).items():
        if len(found) == most or (severe and group[0].finding.status not in _SHOWN[:2]):
            break
        box = surroundings(site, max(key[1], *(_reach(view) for view in group)))
        zone = _drawn(layers, key, group, _wider(box))
        if zone is not None:
            found.append(Shown(_thinned(zone, box), box, _ribbon(zone, _wider(box))))
    return found


def shown_for(layers: Layers, report: Report, most_sites: int = 40) -> dict[str, list[Shown]]:
    """Return what the findings of every site rest on, by site.

    Of more than ``most_sites`` sites only violations and restrictions are drawn, two a site.
    """
    views, many = Views.of(report), len(report.results) > most_sites
    most = 2 if many else 8
    return {
        result.project.id: shown(layers, views, result, severe=many, most=most)
        for result in report.results
    }


def _reach(view: FindingView) -> float:
    """How far the line of a zone lies from the site, from the inside or from the outside, m."""
    total = view.finding.total
    figures = (total.depth_m, total.distance_m) if total is not None else (0.0,)
    return max(x if math.isfinite(x) else 0.0 for x in figures)


def _wider(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = box
    x, y = _BEYOND * (east - west), _BEYOND * (north - south)
    return west - x, south - y, east + x, north + y


def _thinned(zone: Deciding, box: tuple[float, float, float, float]) -> Deciding:
    """Return a zone with the lines as fine as the page can show; the overlap stays exact."""
    grain = (box[2] - box[0]) * _GRAIN
    zones, band, edge = (shapely.simplify(x, grain) for x in (zone.zones, zone.band, zone.edge))
    return Deciding(zone.views, zone.distance_m, zones, band, zone.overlap, edge)


def _ribbon(zone: Deciding, box: tuple[float, float, float, float]) -> Any:
    """Return the ground within the accuracy of the edge, on both sides of it."""
    if not zone.accuracy_m or shapely.is_empty(zone.edge):
        return None
    grain = (box[2] - box[0]) * _GRAIN
    line = np.array([shapely.simplify(zone.edge, grain)], dtype=object)
    drawn = shapely.clip_by_rect(measure.around(line, zone.accuracy_m)[0], *box)
    return None if drawn.is_empty else shapely.simplify(drawn, grain)


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
    for key, group in _grouped(layers, views, result).items():
        if len(found) == most:
            break
        zone = _drawn(layers, key, group, bounds)
        if zone is not None:
            found.append(zone)
    return found


_Key = tuple[str, float, tuple[tuple[str, tuple[str | bool, ...]], ...]]


def _drawn(
    layers: Layers,
    key: _Key,
    group: Iterable[FindingView],
    bounds: tuple[float, float, float, float],
) -> Deciding | None:
    """Draw the zones of one question, and the band around them; None where none lies near."""
    layer, distance, where = key
    frame = layers.drawn([layer]).get(layer) if layer in layers.held() else None
    zones = _near(frame, where, bounds, distance) if frame is not None else None
    if zones is None:
        return None
    band = measure.around(np.array([zones], dtype=object), distance)[0] if distance else zones
    views = tuple(group)
    overlap = next((v.overlap for v in views if v.overlap is not None), None)
    edge = shapely.boundary(band) if shapely.get_dimensions(band) == 2 else band
    clipped = (shapely.clip_by_rect(x, *bounds) for x in (zones, band, edge))
    zones, band, edge = clipped
    return Deciding(views, distance, zones, band, overlap, edge)


def _grouped(layers: Layers, views: Views, result: ProjectResult) -> dict[_Key, list[FindingView]]:
    """Group the findings that meet a zone by what was measured; the most severe first."""
    out: dict[_Key, list[FindingView]] = {}
    ranked = sorted(result.findings, key=lambda f: (-f.status.severity, f.hint))
    for view in map(views, ranked):
        finding, rule = view.finding, view.rule
        met = finding.total is not None and finding.total.touches is not Tri.NO
        if rule is None or finding.status not in _SHOWN or not met:
            continue
        if rule.scope.op == "outside" or administrative(layers.catalogue.layer(rule.layer)):
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
    # A degree of longitude is longer than that in the province; a little more, lest the cut shows.
    reach = distance_m / 80_000.0 + _MARGIN_DEG
    west, south, east, north = bounds
    box = (west - reach, south - reach, east + reach, north + reach)
    shapes = np.asarray(frame.geometry.array, dtype=object)[keep]
    shapes = shapes[shapely.intersects(shapes, shapely.box(*box))]
    if not len(shapes):
        return None
    return shapely.union_all(shapely.clip_by_rect(shapes, *box))
