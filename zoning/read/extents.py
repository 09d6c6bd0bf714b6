"""The extent that a container states of its data, held against the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read.types import Objects, Pieces, Raw

#: How far the two may differ, in degrees and in the units of a plane: what rounding, padding and
#: chords of arcs come to stays far below a kilometre.
TOLERANCE: Final = (0.01, 1_000.0)


def held(raw: Raw, declared: Any, *, edited: bool = False) -> Raw:
    """Return a layer with what its container states against it.

    Parameters
    ----------
    raw : Raw
    declared : sequence of float or None
        Bounds in the coordinates of the file: west, south, east, north, or six numbers with
        heights. Anything else states nothing.
    edited : bool
        Whether the format is edited in place and keeps the extent of what was deleted. An extent
        that reaches too far is then a remark, as long as the data lie in it.
    """
    box = bounds(declared)
    own = of(raw.geometry)
    told = difference(box, own)
    if told is None:
        return raw
    assert box is not None
    assert own is not None
    if edited and _holds(box, own):
        return replace(raw, notices=(*raw.notices, told))
    return replace(raw, ledger=raw.ledger + _account(told))


def watched(pieces: Pieces, declared: Callable[[], Any], *, edited: bool = False) -> Pieces:
    """Return a source read in pieces, held against what its container states at the end.

    Parameters
    ----------
    pieces : Pieces
    declared : callable
        Returns what :func:`held` takes; it is asked when all pieces were read.
    edited : bool
        As :func:`held` takes it.
    """
    boxes: list[NDArray[np.float64]] = []

    def read_on() -> Iterator[Raw]:
        for raw in pieces.raws:
            own = of(raw.geometry)
            boxes.extend([own] if own is not None else [])
            yield raw

    def account(read: int) -> Ledger:
        counted, box = pieces.account(read), bounds(declared())
        every = np.array(boxes or np.empty((0, 4)))
        own = np.hstack((every[:, :2].min(axis=0), every[:, 2:].max(axis=0))) if boxes else None
        told = difference(box, own)
        if told is None or (edited and box is not None and own is not None and _holds(box, own)):
            return counted
        return counted + _account(told)

    return Pieces(read_on(), account)


def difference(
    declared: NDArray[np.float64] | None, own: NDArray[np.float64] | None
) -> Text | None:
    """Return what is to be said of two boxes, or None where they agree or one states nothing."""
    if declared is None or own is None or np.abs(declared - own).max() <= _tolerance(own):
        return None
    return message("extents.differ", stated=_shown(declared), drawn=_shown(own))


def _shown(box: NDArray[np.float64]) -> str:
    return ", ".join(f"{value:.10g}" for value in box)


def _account(told: Text) -> Ledger:
    return Ledger((Tally("span", 1, 0, set_aside=(SetAside(1, told),)),))


def bounds(declared: Any) -> NDArray[np.float64] | None:
    """Return four finite numbers from four or six, or None."""
    if not isinstance(declared, Sequence | np.ndarray) or len(declared) not in (4, 6):
        return None
    if any(isinstance(v, bool) or not isinstance(v, int | float | np.number) for v in declared):
        return None
    half = len(declared) // 2
    box = np.array([*declared[:2], *declared[half : half + 2]], dtype=np.float64)
    return box if np.isfinite(box).all() and box[0] <= box[2] and box[1] <= box[3] else None


def of(geometry: Objects) -> NDArray[np.float64] | None:
    """Return the bounds of the data, or None where there is none."""
    if not len(geometry):
        return None
    with np.errstate(all="ignore"):
        box = shapely.total_bounds(geometry)
    return box if np.isfinite(box).all() else None


def _holds(declared: NDArray[np.float64], own: NDArray[np.float64]) -> bool:
    """Whether the data lie in the extent stated."""
    within = _tolerance(own)
    return bool(
        (declared[:2] <= own[:2] + within).all() and (declared[2:] >= own[2:] - within).all()
    )


def _tolerance(own: NDArray[np.float64]) -> float:
    return TOLERANCE[0] if np.abs(own).max() <= 360.0 else TOLERANCE[1]
