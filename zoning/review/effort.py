"""Sites divided among processes by work, of which the zones near a site are the most."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zoning.review.index import StoredFrame
from zoning.review.layers import Layers
from zoning.review.spool import along_curve

Floats = NDArray[np.float64]

#: Zones are counted by cells of so many degrees, about 1 km, and of a site in nine cells.
_CELL_DEG: Final = 0.01
#: Where they would be more, each is larger.
_CELLS: Final = 1_000
#: Of the zones of a layer about so many are counted.
_COUNTED: Final = 50_000
#: A part that is less work than others holds at most so many times as many sites.
_LARGER: Final = 1.2
#: What a site takes by itself, in zones; measured on layers of official size.
_ALONE: Final = 10.0


def divided(bounds: Floats, layers: Layers, count: int, most: int) -> list[NDArray[np.intp]]:
    """Divide sites into parts of neighbours that take about as long.

    Parameters
    ----------
    bounds : ndarray of float64, shape (n, 4)
        West, south, east and north of each site.
    layers : Layers
    count : int
        Number of parts; with fewer sites there are fewer.
    most : int
        Sites of a part, beyond which it holds at most a fifth more.

    Returns
    -------
    list of ndarray of intp
        Positions, ascending in each part.
    """
    if not len(bounds):
        return []
    centres = 0.5 * (bounds[:, :2] + bounds[:, 2:])
    along = along_curve(centres)
    work = effort(centres, layers)[along]
    middle = np.cumsum(work) - 0.5 * work
    ends = np.searchsorted(middle, work.sum() * np.arange(1, count) / count)
    if np.diff([0, *ends, len(along)]).max() > _LARGER * most:
        ends = np.arange(1, count) * len(along) // count
    return [np.sort(own) for own in np.split(along, ends) if len(own)]


def effort(centres: Floats, layers: Layers) -> Floats:
    """Return about how much work each of some sites is, beside the others.

    Parameters
    ----------
    centres : ndarray of float64, shape (n, 2)
        Longitudes and latitudes, at least one.
    layers : Layers
        Of those loaded, official ones are counted.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    out = np.full(len(centres), _ALONE)
    placed = np.isfinite(centres).all(axis=1)
    if not placed.any():
        return out
    centres = centres[placed]
    low, high = centres.min(axis=0), centres.max(axis=0)
    cell = max(_CELL_DEG, float((high - low).max()) / _CELLS)
    # A ring of cells lies around those of the sites, so that each has eight neighbours.
    shape = tuple(((high - low) // cell).astype(int) + 3)
    many = np.zeros(shape[0] * shape[1])
    for loaded in layers.held().values():
        if isinstance(loaded.stored, StoredFrame):
            # Neighbours lie beside one another: every so many tell of all.
            step = max(1, len(loaded.stored.bounds) // _COUNTED)
            bounds = loaded.stored.bounds[::step]
            at = np.floor((0.5 * (bounds[:, :2] + bounds[:, 2:]) - low) / cell) + 1.0
            # What has no place is in no cell either.
            x, y = at[((at >= 0) & (at < shape)).all(axis=1)].astype(int).T
            many += step * np.bincount(x * shape[1] + y, minlength=len(many))
    grid, at = many.reshape(shape), ((centres - low) // cell).astype(int)
    out[placed] += np.sum([grid[at[:, 0] + i, at[:, 1] + j] for i in range(3) for j in range(3)], 0)
    return out
