"""The derived files: computed from other files of data/, in this order, without a network."""

from __future__ import annotations

import derived_springs
import sources
from product import Product

_LICENCE = (
    "this project's own work (Apache-2.0) on data under the licences of its sources, listed below"
)
_BASE = (sources.ADMIN, sources.WDBII, sources.DEM)

DERIVED: tuple[Product, ...] = (
    Product(
        "boundaries/spring_basins.fgb",
        derived_springs.basins,
        _BASE,
        "spring_basins.toml",
        "derived",
        "Basins of the 19 karst springs",
        "19 处岩溶大泉泉域",
        _LICENCE,
        16500,
        "column accuracy_m: 15.6 % of the radius of a circle of the basin's area (the difference "
        "between the two published extents of 晋祠) plus the outlet's own; twice that where area "
        "or extent is not published",
        "Cost distance from the outlet on the 30 arc-second grid, dearer outside the named "
        "counties, the surface watershed and the mountains, cut where the stated area is reached; "
        "basins compete and do not overlap. Calibration, residual and evidence by basin in the "
        "columns. docs/decisions/0080.",
    ),
)
