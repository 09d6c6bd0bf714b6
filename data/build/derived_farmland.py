"""How much cropland each county is likely to have, and its farmland in proportion.

The land cover calls terraced loess and the dry fields of the north grass. So cropland is estimated:
flat ground under crops and flat ground under grass each hold a share of it, and the two shares are
those at which the published totals of cropland come out best. See docs/decisions/0099.
"""

from __future__ import annotations

import derived_grid as dg
import numpy as np
from derived_terrain import without_small

#: Flat ground: the limit, to half a degree of slope on the 30 arc-second grid, at which the three
#: published totals of cropland are met best.
FLAT_DEG = 2.5
#: Steps of the bisection of a group's factor.
STEPS = 24


def fitted(parts: list[dg.Floats], totals: list[tuple[dg.Mask, float]], area: dg.Floats
           ) -> dg.Floats:  # fmt: skip
    """Return the share of cropland by cell: the parts weighted so that totals come out best.

    Parameters
    ----------
    parts : list of array
        Shares of cells that may hold cropland, one array a kind of cover.
    totals : list of (mask, float)
        Cells and the published cropland in them, km2.
    area : array
        Areas of cells, km2.
    """
    found = [[float((area * p)[cells].sum()) / km2 for p in parts] for cells, km2 in totals]
    weights, *_ = np.linalg.lstsq(np.array(found), np.ones(len(totals)), rcond=None)
    return np.asarray(np.tensordot(np.clip(weights, 0.0, 1.0), np.array(parts), 1))


def by_county(values: dg.Floats, county: dg.Ints, area: dg.Floats) -> dg.Floats:
    """Return the area-weighted sum of a share by county code (index)."""
    return np.bincount(county.ravel(), (area * values).ravel())


def best(score: dg.Floats, allowed: dg.Mask, county: dg.Ints, most: dg.Floats, area: dg.Floats
         ) -> dg.Mask:  # fmt: skip
    """Return the best allowed cells of each county up to an area by county code, km2."""
    out = np.zeros(score.shape, dtype=bool)
    codes = np.where(allowed, county, 0).ravel()
    for code in np.unique(codes[codes > 0]):
        where = np.flatnonzero(codes == code)
        order = where[np.argsort(-score.ravel()[where], kind="stable")]
        grown = np.cumsum(area.ravel()[order])
        out.ravel()[order[grown <= most[code]]] = True
    return out


def in_proportion(
    score: dg.Floats, allowed: dg.Mask, county: dg.Ints, wanted: dg.Floats, total: float,
    area: dg.Floats, small: float,
) -> dg.Mask:  # fmt: skip
    """Return the best cells of each county, in proportion to ``wanted``, that make up a total.

    Small patches go and small holes fill; the common factor is found by bisection, so that what
    remains meets the total as nearly as the factor's last step allows.
    """
    low, high = 0.0, 4.0
    found, miss = np.zeros(score.shape, dtype=bool), np.inf
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        drawn = best(score, allowed, county, middle * wanted, area)
        drawn = without_small(drawn, area, small) & allowed
        size = float(area[drawn].sum())
        if abs(size - total) < miss:
            found, miss = drawn, abs(size - total)
        low, high = (middle, high) if size < total else (low, middle)
    return found
