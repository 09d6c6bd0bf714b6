"""Areas with less than 400 mm of rain a year: where the wind notice of 2026 spares arbor forest.

The only open climatology here has cells of 0.25 degree, far coarser than the line it stands for,
so the layer hints and never decides. See docs/decisions/0087.
"""

from __future__ import annotations

from pathlib import Path

import derived_grid as dg
import numpy as np
import rasterio
from fetch import Say

LIMIT_MM = 400.0
#: Cells are turned into polygons as they are; smoothing would pretend to a finer line.
TOLERANCE_M = 1.0


def dry_areas(_cache: Path, out: Path, say: Say) -> None:
    """Write dry_areas_400mm.fgb: one zone, the cells under the limit within the province."""
    root = dg.data_root(out)
    say("dry areas")
    with rasterio.open(root / "rasters" / "grid_rain_annual.tif") as source:
        rain = source.read(1, masked=True)
        transform = source.transform
    dry = np.asarray((rain < LIMIT_MM).filled(False), dtype=np.int32)
    drawn = dg.polygons(dry, transform, TOLERANCE_M)
    rows = [
        {
            "name": "年降水量400毫米以下(推算)", "name_en": "Less than 400 mm a year (derived)",
            "limit_mm": LIMIT_MM, "geometry": dg.clip(drawn[1], dg.province(root)),
        }
    ]  # fmt: skip
    dg.write(rows, out)
