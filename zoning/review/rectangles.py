"""Rectangles around places, joined where they meet: what is cut to them has no piece twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.measure.runs import spread

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def apart(bounds: Floats, owner: Places) -> tuple[Floats, Places]:
    """Join the rectangles of each owner that meet into the one around them, until none meet.

    Parameters
    ----------
    bounds : ndarray of float64, shape (n, 4)
        West, south, east and north of each.
    owner : ndarray of intp, shape (n,)

    Returns
    -------
    bounds : ndarray of float64, shape (m, 4)
    owner : ndarray of intp, shape (m,)
        Ascending.
    """
    while True:
        bounds, owner = _distinct(bounds, owner)
        one, other = _meeting(bounds, owner)
        if not len(one):
            return bounds, owner
        wide = bounds.copy()
        for side, widest in enumerate((np.minimum, np.minimum, np.maximum, np.maximum)):
            widest.at(wide[:, side], one, bounds[other, side])
            widest.at(wide[:, side], other, bounds[one, side])
        bounds = wide


def _distinct(bounds: Floats, owner: Places) -> tuple[Floats, Places]:
    """Return each rectangle of an owner once, by owner and from west to east."""
    order = np.lexsort((*bounds.T[::-1], owner))
    bounds, owner = bounds[order], owner[order]
    new = np.ones(len(owner), dtype=bool)
    new[1:] = (np.diff(owner) != 0) | (np.diff(bounds, axis=0) != 0).any(axis=1)
    return bounds[new], owner[new]


def _meeting(bounds: Floats, owner: Places) -> tuple[Places, Places]:
    """Return the pairs of rectangles of one owner that have a place in common, each once.

    They are sorted by owner and from west to east.
    """
    west, south, east, north = bounds.T
    # Numbers that grow with the owner first and the longitude second.
    _, place = np.unique(np.concatenate((west, east)), return_inverse=True)
    begin, end = place.reshape(2, -1) + owner * (place.max(initial=0) + 1)
    first = np.arange(1, len(owner) + 1)
    count = np.searchsorted(begin, end, side="right") - first
    one, other = np.repeat(first - 1, count), spread(first, count)
    meet = (south[one] <= north[other]) & (south[other] <= north[one])
    return one[meet], other[meet]
