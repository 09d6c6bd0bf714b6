"""Where a layer has zones, and of which evidence: the matrix of layers by county or city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from zoning.model import Evidence, Layer
from zoning.review.layers import Layers

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from zoning.base.table import Table

#: Counties are shrunk by this much before a zone is said to reach into one: a shared edge is none.
_EDGE_DEG = 0.002


def coverage(layers: Layers, names: Sequence[str], by: str = "county") -> pd.DataFrame:
    """Return which evidence each layer has in each county or city.

    Returns
    -------
    DataFrame
        One row a layer, one column a unit: ``official``, ``surveyed``, ``derived`` or ``schematic``
        where a zone of it lies, ``empty`` where the layer has data but no zone, ``none`` where
        there are no data at all.
    """
    import pandas as pd

    units = layers.need("cities" if by == "city" else "counties").sort_values("adcode")
    shapes = shapely.buffer(np.asarray(units.geometry.array, dtype=object), -_EDGE_DEG)
    twice = units["name"].duplicated(keep=False)
    labels = np.where(twice & (by != "city"), units.get("city", "") + units["name"], units["name"])
    rows = {name: _reach(name, layers, shapes) for name in names}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(labels))


def _reach(name: str, layers: Layers, units: Any) -> list[str]:
    layer = layers.catalogue.layer(name)
    if layer.kind == "raster":
        state = layers[name].record.state
        return [str(layer.evidence) if state == "used" else "none"] * len(units)
    loaded = layers[name]
    if loaded.frame is None:
        return ["none"] * len(units)
    found = ["empty"] * len(units)
    tree = shapely.STRtree(units)
    shapes = np.asarray(loaded.frame.geometry.array, dtype=object)
    zones, where = tree.query(shapes, predicate="intersects")
    kinds = evidence_by_zone(loaded.layer, loaded.frame, str(loaded.record.evidence))
    order = [str(kind) for kind in Evidence]
    for zone, unit in zip(zones, where, strict=True):
        known = found[unit]
        if known == "empty" or order.index(kinds[zone]) < order.index(known):
            found[unit] = kinds[zone]
    return found


def evidence_by_zone(layer: Layer, frame: GeoDataFrame | Table, own: str) -> list[str]:
    """Return the evidence of each zone: its own where the layer grades its zones."""
    field = layer.evidence_field
    if field is None or field not in frame or own == Evidence.OFFICIAL:
        return [own] * len(frame)
    return [str(kind) for kind in frame[field]]
