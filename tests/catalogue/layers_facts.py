"""What can be counted of a layer, for its expected row."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from zoning import review
from zoning.base import geodesy
from zoning.catalogue.load import load_catalogue
from zoning.model import Layer

COLUMNS = ["layer", "kind", "geometry", "evidence", "count", "west", "south", "east", "north",
           "size", "unit", "share_pct"]  # fmt: skip
PROVINCE_KM2 = 156_805.5
CATALOGUE = load_catalogue()
LAYERS = review.Layers(CATALOGUE)


def facts(layer: Layer) -> list[Any]:
    """Return the row of a layer: empty numbers where there are no data."""
    head = [layer.id, layer.kind, layer.geometry, str(layer.evidence or "none")]
    if layer.kind == "raster":
        cells = review.read_cells(layer)
        t, (rows, columns) = cells.transform, cells.values.shape
        bounds = (t.c, t.f + rows * t.e, t.c + columns * t.a, t.f)
        codes = len(cells.classes) or ""
        return [*head, codes, *(round(b, 4) for b in bounds), cells.values.size, "cells", ""]
    frame = LAYERS[layer.id].frame
    if frame is None:
        return [*head, 0, "", "", "", "", 0, "", ""]
    shapes = np.asarray(frame.geometry.array, dtype=object)
    bounds = [round(float(b), 4) for b in shapely.total_bounds(shapes)]
    area = float(geodesy.areas(shapes).sum()) / 1e6
    length = float(geodesy.lengths(shapes).sum()) / 1e3
    if area:
        return [*head, len(frame), *bounds, round(area, 1), "km2",
                round(100 * area / PROVINCE_KM2, 2)]  # fmt: skip
    size = (round(length, 1), "km") if length else (len(frame), "points")
    return [*head, len(frame), *bounds, *size, ""]
