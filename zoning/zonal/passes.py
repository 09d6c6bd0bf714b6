"""One pass over a raster's windows by several threads, each with its own dataset handle."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import rasterio
from numpy.typing import NDArray

from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.base.processors import processors
from zoning.zonal.cells import CellAreas, cell_areas
from zoning.zonal.coverage import Spans, cover_window
from zoning.zonal.grid import Grid
from zoning.zonal.kernels import multiply
from zoning.zonal.plan import Window, plan_windows
from zoning.zonal.units import Units

F8 = NDArray[np.float64]
T = TypeVar("T")
#: Called with windows done and windows in all, from the calling thread.
Progress = Callable[[int, int], None]

#: GDAL keeps decoded blocks; ours are read once each, so a small cache does (bytes).
_GDAL_CACHE: Final = 64 * 2**20


@dataclass(frozen=True)
class Pass:
    """Everything a pass needs that does not change on the way.

    Attributes
    ----------
    grid : Grid
    units : Units
    windows : list of Window
    areas : CellAreas or None
        None if no unit touches the raster.
    """

    grid: Grid
    units: Units
    windows: list[Window]
    areas: CellAreas | None


@dataclass(frozen=True)
class Piece:
    """One window as a summing function sees it.

    Attributes
    ----------
    units : int64 array (n,)
        Units in the order of ``spans``.
    spans : Spans
    areas : float64 array (rows, 1 or cols)
        Cell areas in m².
    step : int
        0 where ``areas`` has one column, else 1.
    bands : list of (array, mask or None)
        Stored values (rows, cols) of each band.
    """

    units: NDArray[np.int64]
    spans: Spans
    areas: F8
    step: int
    bands: list[tuple[NDArray[Any], NDArray[np.uint8] | None]]


def plan_pass(grid: Grid, units: Units, *, codes_only: bool) -> Pass:
    """Plan the windows and prepare the cell areas over all of them.

    Parameters
    ----------
    grid : Grid
    units : Units
    codes_only : bool
        True if the work on a window makes no float64 array of its size.
    """
    light = codes_only and grid.crs.is_geographic  # areas of projected cells are such an array
    windows = plan_windows(units, grid, 1 if light else 8 * len(grid.bands))
    areas = None
    if windows:
        box = (
            min(w.row0 for w in windows),
            max(w.row1 for w in windows),
            min(w.col0 for w in windows),
            max(w.col1 for w in windows),
        )
        areas = cell_areas(grid.crs, grid.affine, (grid.height, grid.width), box)
    return Pass(grid, units, windows, areas)


def run_pass(
    plan: Pass, work: Callable[[Piece], T], threads: int | None, progress: Progress | None
) -> list[T]:
    """Apply ``work`` to each window's data and return the results in the windows' order.

    Parameters
    ----------
    plan : Pass
    work : callable
        Called concurrently; must not change shared state.
    threads : int, optional
        All cores this process may use if None.
    progress : callable, optional
        ``progress(done, total)``. An exception it raises (also a keyboard interrupt) stops the
        threads after their present window.

    Raises
    ------
    SourceError
        The raster is damaged, or a unit's rings do not close up.
    """
    results: list[Any] = [None] * len(plan.windows)
    finished: queue.SimpleQueue[None] = queue.SimpleQueue()
    counter, stop = itertools.count(), threading.Event()

    def worker() -> None:
        try:
            with (
                rasterio.Env(GDAL_CACHEMAX=_GDAL_CACHE),
                rasterio.open(plan.grid.source) as dataset,
            ):
                # next() of a count is atomic, so each window is taken once.
                while not stop.is_set() and (i := next(counter)) < len(plan.windows):
                    results[i] = _one(plan, plan.windows[i], dataset, work)
                    finished.put(None)
        except BaseException:
            stop.set()
            finished.put(None)
            raise

    n_threads = max(1, min(_threads(threads), len(plan.windows)))
    with ThreadPoolExecutor(n_threads, thread_name_prefix="zonal") as pool:
        futures = [pool.submit(worker) for _ in range(n_threads)]
        try:
            for done in range(len(plan.windows)):
                finished.get()
                if stop.is_set():
                    break
                if progress is not None:
                    progress(done + 1, len(plan.windows))
        except BaseException:
            stop.set()
            raise
        for future in futures:
            future.result()
    return results


def _one(plan: Pass, window: Window, dataset: Any, work: Callable[[Piece], T]) -> T:
    """Read one window, find where the units cover it, and hand both to ``work``."""
    spans = cover_window(
        plan.units.x,
        plan.units.y,
        window.edges,
        window.start,
        window.end,
        plan.grid.sign,
        window.row0,
        window.col0,
        window.row1 - window.row0,
        window.col1 - window.col0,
    )
    if spans.broken >= 0:
        raise SourceError(_broken(plan.units.ids[window.units[spans.broken]]))
    assert plan.areas is not None  # there is a window, so plan_pass has made them
    areas = multiply(*plan.areas.factors(*window.box))
    bands = plan.grid.read(dataset, window.box)
    return work(Piece(window.units, spans, areas, int(areas.shape[1] > 1), bands))


def _threads(asked: int | None) -> int:
    if asked is not None:
        if asked < 1:
            raise UsageError(problem("zonal-request", field="threads", asked=asked))
        return asked
    return processors()


def _broken(identifier: Any) -> Problem:
    return problem("unit-geometry", feature=str(identifier))
