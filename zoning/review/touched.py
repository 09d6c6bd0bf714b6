"""The zones that the sites touch, cut to their surroundings: what a reader lays beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.settings import CRS
from zoning.model import Finding, Project, ProjectResult, met
from zoning.review.covered import evidence_by_zone
from zoning.review.index import named
from zoning.review.layers import Layers
from zoning.review.zones import zone_names

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from zoning.catalogue.embedded import LoadedLayer

#: So much is drawn of a zone beyond where it is nearest to its site, m.
_BEYOND_M = 500.0
#: No degree is shorter than this within the province, m; at 41° N one of longitude is 84 km.
_LEAST_DEGREE_M = 80_000.0
#: Beside more sites than this, and than it has parts, a zone is drawn whole: cut around each it
#: would be all holes. What has no names is one zone, and may have all parcels of a province.
_CUT_AROUND = 100
_COLUMNS = ("layer", "layer_name", "zone", "evidence", "official", "projects")


#: A site, by position, a layer, a zone that it meets or may meet, and how far away that is, m.
Met = tuple[int, str, str, float]
#: By layer and zone, the sites that are near it, and how far away they are, m.
Near = dict[str, dict[str, dict[int, float]]]
#: The columns of a zone, and its shape.
Zone = tuple[Any, ...]


class Places(NamedTuple):
    """What sites are called, and their bounds in degrees, shape (n, 4)."""

    ids: list[str]
    bounds: NDArray[np.float64]

    @classmethod
    def of(cls, projects: Sequence[Project]) -> Places:
        """Return those of projects."""
        bounds = shapely.bounds([project.geometry for project in projects]).reshape(-1, 4)
        return cls([project.id for project in projects], bounds)


def met_zones(results: Sequence[ProjectResult]) -> list[Met]:
    """Return what zones the findings of sites were measured at, site by site."""
    some = [at for at, x in enumerate(results) if not shapely.is_empty(x.project.geometry)]
    placed = [at for at in some if results[at].project.geometry is not None]
    found = met([results[at].findings for at in placed], _zoned)
    return [(placed[at], layer, zone, far) for at, layer, zone, far in found]


def touched_zones(results: Sequence[ProjectResult], layers: Layers) -> GeoDataFrame:
    """Return the zones that sites lie in or near enough to matter, in EPSG:4490.

    Parameters
    ----------
    results : sequence of ProjectResult
        With the findings to look at.
    layers : Layers
        Those of the review.

    Returns
    -------
    GeoDataFrame
        One row a zone: ``layer``, ``layer_name`` (Text), ``zone``, ``evidence``, ``official``, and
        ``projects``, the ids of the sites; cut around them to 500 m beyond where it comes nearest,
        or whole beside more than 100 sites.
    """
    places = Places.of([result.project for result in results])
    return zone_frame(cut_zones(by_zone(met_zones(results)), places, layers))


def by_zone(known: Iterable[Met]) -> Near:
    """Return which sites are near which zones, in the order in which these are met."""
    asked: Near = {}
    for at, layer, zone, far in known:
        near = asked.setdefault(layer, {}).setdefault(zone, {})
        near[at] = max(near.get(at, 0.0), far)
    return asked


def cut_zones(asked: Near, places: Places, layers: Layers) -> list[Zone]:
    """Return zones as they are drawn beside sites, in the order in which they are asked for."""
    rows: list[Zone] = []
    for layer, called in asked.items():
        loaded = layers[layer]
        name, official = loaded.layer.name, loaded.record.official
        for zone, kind, cut in _cut(loaded, called, places.bounds):
            told = ", ".join(sorted(places.ids[at] for at in called[zone]))
            rows.append((layer, name, zone, kind, official, told, cut))
    return rows


def zone_frame(rows: Sequence[Zone]) -> GeoDataFrame:
    """Return zones as :func:`touched_zones` does."""
    from geopandas import GeoDataFrame

    columns = {name: [row[at] for row in rows] for at, name in enumerate(_COLUMNS)}
    return GeoDataFrame(columns, geometry=[row[-1] for row in rows], crs=CRS)


def _zoned(finding: Finding) -> bool:
    return bool(finding.zones)


def _cut(
    loaded: LoadedLayer, sites: Mapping[str, Mapping[int, float]], bounds: NDArray[Any]
) -> Iterator[tuple[str, str, Any]]:
    """Yield name, evidence and shape of the zones of a layer, all parts of one together."""
    frame = named(loaded, set(sites))
    if frame is None:
        return
    parts: dict[str, list[int]] = {zone: [] for zone in sites}
    for row, zone in enumerate(zone_names(loaded.layer, frame)):
        if zone in parts:
            parts[zone].append(row)
    parts = {zone: rows for zone, rows in parts.items() if rows}
    kinds = evidence_by_zone(loaded.layer, frame, str(loaded.record.evidence))
    whole = {zone for zone, rows in parts.items() if len(sites[zone]) > max(_CUT_AROUND, len(rows))}
    few = np.array([zone not in whole for zone in parts], dtype=bool)
    around = _around([sites[zone] for zone in parts if zone not in whole], bounds)
    counts = np.array([len(rows) for rows in parts.values()], dtype=np.intp)
    shapes = np.asarray(frame.geometry.array, dtype=object)[list(chain(*parts.values()))]
    partly, frames = np.flatnonzero(np.repeat(few, counts)), np.repeat(around, counts[few])
    # Most of very many zones are parcels that need no cut.
    beyond = ~shapely.covers(frames, shapes[partly])
    shapes[partly[beyond]] = shapely.intersection(shapes[partly[beyond]], frames[beyond])
    cuts = _united(shapes, counts)
    for (zone, rows), cut in zip(parts.items(), cuts, strict=True):
        if not cut.is_empty:
            yield zone, kinds[rows[0]], cut


def _around(sites: Sequence[Mapping[int, float]], bounds: NDArray[Any]) -> NDArray[Any]:
    """Return for each zone the surroundings of its sites, so wide that the zone is seen there."""
    at = np.array([site for own in sites for site in own], dtype=np.intp)
    far = np.array([far_m for own in sites for far_m in own.values()], dtype=np.float64)
    margin = (far + _BEYOND_M)[:, None] / _LEAST_DEGREE_M
    west, south = (bounds[at, :2] - margin).T
    east, north = (bounds[at, 2:] + margin).T
    counts = np.array([len(own) for own in sites], dtype=np.intp)
    return _united(shapely.box(west, south, east, north), counts)


def _united(shapes: NDArray[Any], counts: NDArray[np.intp]) -> NDArray[Any]:
    """Return the unions of so many shapes each, in order; those of one number together."""
    begins = np.cumsum(counts) - counts
    out: NDArray[Any] = shapes[begins]
    for count in np.unique(counts[counts > 1]).tolist():
        at = np.flatnonzero(counts == count)
        own = begins[at, None] + np.arange(count)
        out[at] = shapely.union_all(shapes[own], axis=1)
    return out
