"""The nearest geometry of a layer, by its edges in a plane."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.measure.kernel.index import EdgeIndex
from zoning.measure.kernel.shares import each

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Tiles that one call asks for.
_SHARE: Final = 250


class Nearest(NamedTuple):
    """What is nearest to each geometry.

    Attributes
    ----------
    distance : float64 array (n,)
        In the plane's unit; 0 where they meet, infinite where there is nothing.
    which : int64 array (n,)
        Position of the nearest geometry, the first of equally near ones; -1 for nothing.
    link : float64 array (n, 4)
        The ends of a shortest link: ``x, y`` on the one asked for, ``x, y`` on the nearest.
    """

    distance: F8
    which: I8
    link: F8


def nearest(left: EdgeIndex, right: EdgeIndex, *, workers: int | None = None) -> Nearest:
    """Return what of the right side is nearest to each geometry of the left.

    Parameters
    ----------
    left, right : EdgeIndex
        In a plane: built with ``degrees=False``.
    workers : int, optional
        Threads; by default as many as processors. No figure depends on it.

    Returns
    -------
    Nearest

    Raises
    ------
    ValueError
        Of indexes in degrees, whose distances mean nothing.
    """
    if bool(left.degrees) or bool(right.degrees):
        raise ValueError("distances need indexes of a plane")
    from zoning.measure.kernel.gaps import Side, nearest_tiles

    sides = [Side(s.edges, s.start, s.owner, s.box, s.dimension) for s in (left, right)]

    def share(first: int) -> tuple[F8, I8, F8]:
        last = min(first + _SHARE, len(left.owner))
        return nearest_tiles(sides[0], sides[1], first, last, right.nodes, right.levels)

    out = Nearest(
        np.full(len(left), np.inf), np.full(len(left), -1, dtype=np.int64), np.zeros((len(left), 4))
    )
    found = each(share, range(0, len(left.owner), _SHARE), workers)
    if not found:
        return out
    distance, which, link = (np.concatenate(column) for column in zip(*found, strict=True))
    # Of a geometry's tiles the nearest is written last.
    order = np.lexsort((-which, -distance))
    owner = left.owner[order]
    out.distance[owner], out.which[owner], out.link[owner] = (
        distance[order],
        which[order],
        link[order],
    )
    return out
