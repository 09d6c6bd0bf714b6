"""Whether a raster lies beside its place: it agrees better with known ground some cells away."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from zoning.stats.sample import F8, Sample, Values

#: Cells of the known ground that are tried in each direction.
_REACH: Final = 2
#: Metres to a degree of latitude.
_METRES: Final = 111_000.0


class Displacement(NamedTuple):
    """How far a raster lies beside its place, m, and the better score there."""

    east: float
    north: float
    score: float


def displacement(
    sample: Sample, known: Values, cell: float, score: Callable[[F8], float]
) -> Displacement:
    """Return where a raster agrees best with known ground, its own place included.

    Parameters
    ----------
    sample : Sample
    known : callable
        The known ground at points.
    cell : float
        Cell of the known ground, degrees.
    score : callable
        How well the sample agrees with values of the known ground; more is better.
    """
    steps = range(-_REACH, _REACH + 1)
    tried = {
        (i, j): score(known(sample.lon + i * cell, sample.lat + j * cell)[0])
        for i, j in itertools.product(steps, steps)
    }
    # Of equals the nearest: nothing is moved without a reason.
    (i, j), best = max(tried.items(), key=lambda t: (t[1], -abs(t[0][0]) - abs(t[0][1])))
    narrow = float(np.cos(np.radians(np.mean(sample.lat))))
    # What agrees with the ground to the east of it lies to the west of its place.
    return Displacement(-i * cell * _METRES * narrow, -j * cell * _METRES, best)
