"""The zones that the sites touch, cut to their surroundings: what a reader lays beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from zoning.base.settings import CRS
from zoning.model import Finding, Measure, ProjectResult, Tri, met
from zoning.review.covered import evidence_by_zone
from zoning.review.index import named
from zoning.review.layers import Layers
from zoning.review.zones import zone_names

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: How far around its sites a zone is drawn, degrees: about 2 km.
_MARGIN = 0.02
_COLUMNS = ("layer", "layer_name", "zone", "evidence", "official", "projects")


def touched_zones(results: Iterable[ProjectResult], layers: Layers) -> GeoDataFrame:
    """Return the zones that sites lie in or near enough to matter, in EPSG:4490.

    Parameters
    ----------
    results : iterable of ProjectResult
        With the findings to look at.
    layers : Layers
        Those of the review.

    Returns
    -------
    GeoDataFrame
        One row a zone: ``layer``, ``layer_name`` (Text), ``zone``, ``evidence``, ``official``, and
        ``projects``, the ids of the sites; cut to about 2 km around them.
    """
    from geopandas import GeoDataFrame

    found = [x for x in results if x.project.geometry is not None]
    found = [x for x in found if not x.project.geometry.is_empty]
    around = shapely.box(*shapely.bounds([x.project.geometry for x in found]).reshape(-1, 4).T)
    cuts = shapely.buffer(around, _MARGIN, quad_segs=16, join_style="mitre")
    boxes = dict(zip((x.project.id for x in found), cuts, strict=True))
    asked: dict[str, dict[str, set[str]]] = {}
    for at, zones in met([result.findings for result in found], _zoned):
        for layer, zone in _met(zones):
            asked.setdefault(layer, {}).setdefault(zone, set()).add(found[at].project.id)
    rows: list[tuple[Any, ...]] = []
    for layer, called in asked.items():
        rows += _rows(layer, called, boxes, layers)
    columns = {name: [row[at] for row in rows] for at, name in enumerate(_COLUMNS)}
    return GeoDataFrame(columns, geometry=[row[-1] for row in rows], crs=CRS)


def _zoned(finding: Finding) -> bool:
    return bool(finding.zones)


def _met(zones: Iterable[Measure]) -> Iterable[tuple[str, str]]:
    """Yield layer and zone of each measure that the site meets."""
    for found in zones:
        if found.touches is not Tri.NO or found.raw_area_m2 or found.raw_length_m:
            yield found.layer, found.zone


def _rows(
    name: str, zones: dict[str, set[str]], boxes: dict[str, Any], layers: Layers
) -> Iterable[tuple[Any, ...]]:
    """Yield one row a zone of a layer, all its parts together."""
    loaded = layers[name]
    frame = named(loaded, set(zones))
    if frame is None:
        return
    places: dict[str, list[int]] = {zone: [] for zone in zones}
    for row, zone in enumerate(zone_names(loaded.layer, frame)):
        if zone in places:
            places[zone].append(row)
    kinds = evidence_by_zone(loaded.layer, frame, str(loaded.record.evidence))
    shapes = np.asarray(frame.geometry.array, dtype=object)
    for zone, rows in places.items():
        projects = sorted(zones[zone])
        around = shapely.union_all([boxes[p] for p in projects])
        cut = shapely.union_all(shapely.intersection(shapes[rows], around))
        if rows and not cut.is_empty:
            told, official = ", ".join(projects), loaded.record.official
            yield name, loaded.layer.name, zone, kinds[rows[0]], official, told, cut
