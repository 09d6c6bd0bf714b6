"""The zones that the sites touch, cut to their surroundings: what a reader lays beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.settings import CRS
from zoning.model import Finding, Measure, ProjectResult, Tri, met
from zoning.review.covered import evidence_by_zone
from zoning.review.index import named
from zoning.review.layers import Layers
from zoning.review.zones import zone_names

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from zoning.catalogue.embedded import LoadedLayer

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
    boxes = shapely.box(*shapely.bounds([x.project.geometry for x in found]).reshape(-1, 4).T)
    boxes = shapely.buffer(boxes, _MARGIN, quad_segs=16, join_style="mitre")
    asked: dict[str, dict[str, set[int]]] = {}
    for at, zones in met([result.findings for result in found], _zoned):
        for layer, zone in _met(zones):
            asked.setdefault(layer, {}).setdefault(zone, set()).add(at)
    ids = [result.project.id for result in found]
    rows: list[tuple[Any, ...]] = []
    for layer, called in asked.items():
        sites = {zone: sorted(own, key=ids.__getitem__) for zone, own in called.items()}
        for zone, kind, cut in _cut(layers[layer], sites, boxes):
            told, loaded = ", ".join(ids[at] for at in sites[zone]), layers[layer]
            official = loaded.record.official
            rows.append((layer, loaded.layer.name, zone, kind, official, told, cut))
    columns = {name: [row[at] for row in rows] for at, name in enumerate(_COLUMNS)}
    return GeoDataFrame(columns, geometry=[row[-1] for row in rows], crs=CRS)


def _zoned(finding: Finding) -> bool:
    return bool(finding.zones)


def _met(zones: Iterable[Measure]) -> Iterable[tuple[str, str]]:
    """Yield layer and zone of each measure that the site meets."""
    for found in zones:
        if found.touches is not Tri.NO or found.raw_area_m2 or found.raw_length_m:
            yield found.layer, found.zone


def _cut(
    loaded: LoadedLayer, sites: Mapping[str, Sequence[int]], boxes: NDArray[Any]
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
    around = _united(boxes, [sites[zone] for zone in parts])
    counts = [len(rows) for rows in parts.values()]
    shapes = np.asarray(frame.geometry.array, dtype=object)[list(chain(*parts.values()))]
    shapes = shapely.intersection(shapes, np.repeat(around, counts))
    ends = np.cumsum(counts).tolist()
    own = [range(end - count, end) for end, count in zip(ends, counts, strict=True)]
    for (zone, rows), cut in zip(parts.items(), _united(shapes, own), strict=True):
        if not cut.is_empty:
            yield zone, kinds[rows[0]], cut


def _united(shapes: NDArray[Any], groups: Sequence[Sequence[int]]) -> NDArray[Any]:
    """Return the union of each group of shapes; groups of one size are united together."""
    out = np.empty(len(groups), dtype=object)
    sizes = np.array([len(group) for group in groups], dtype=np.intp)
    for size in np.unique(sizes).tolist():
        at = np.flatnonzero(sizes == size)
        own = np.array([groups[place] for place in at.tolist()], dtype=np.intp)
        out[at] = shapely.union_all(shapes[own], axis=1)
    return out
