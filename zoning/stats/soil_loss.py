"""Soil loss over a whole raster, block by block, with the halo that slope length needs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.windows import Window as RasterWindow

from zoning.base.processors import processors
from zoning.stats import losses, terrain
from zoning.stats.factors import LENGTH_CLASSES, SNAP
from zoning.stats.fields import (
    Constant,
    Field,
    Piece,
    Spread,
    Window,
)
from zoning.zonal.grid import Grid

F8 = NDArray[np.float64]
#: Cells of a block: enough to hide the halo, few enough for three in memory at once.
_BLOCK_CELLS: Final = 1_000_000
_TILE: Final = 256
#: Sources read by distinct row, see fields.Spread.
_BY_ROW: Final = ("r", "k", "practice", "wind")
_LOCAL: Final = threading.local()
#: Slight and light by the tolerance of the zone (see terrain.CLASS_CODES).
_SLIGHT, _LIGHT = 2, 3
_LOSS: Final[dict[str, Any]] = {"dtype": "float32", "nodata": -1.0, "predictor": 3}
_CLASS: Final[dict[str, Any]] = {"dtype": "uint8", "nodata": 255, "predictor": 1}


class Source(Protocol):
    """A factor seen from the calculation grid."""

    def fetch(self, _dataset: Any, window: Window) -> Piece:
        """Read what a window needs."""
        ...

    def values(self, piece: Piece) -> NDArray[Any]:
        """Turn it into the window's values."""
        ...

    def spread(self, piece: Piece) -> Spread:
        """Turn it into the window's values by distinct row."""
        ...


@dataclass(frozen=True)
class Classes:
    """How cells are sorted into classes of SL 190, t/(km²·a).

    Attributes
    ----------
    zone : Source
        Zone code of each cell, 0 for none.
    wind : Source
        Wind erosion; NaN or 0 for none.
    tolerable : float64 array (256,)
        By zone code, NaN for codes that are none.
    uppers : float64 array (4,)
        Upper limits of light, moderate, intense, very intense.
    wind_tolerable : float
    other : Source or None
        Zone codes by another reading, where zones are disputed.
    """

    zone: Source
    wind: Source
    tolerable: F8
    uppers: F8
    wind_tolerable: float = 200.0
    other: Source | None = None


@dataclass(frozen=True)
class Model:
    """Everything the soil-loss equation needs.

    Attributes
    ----------
    grid : Grid
        Calculation grid: the elevation's.
    elevation : Field
    r, k, group, practice : Source
        Factors; ``group`` numbers the land-cover groups (255: none).
    season : tuple of (Source, float)
        Covered share of each date, and the share of R that falls to it.
    ls : Source or None
        Taken instead of routing the elevation.
    method, constant, tillage : arrays
        How B and T of each group are found, see :func:`zoning.stats.losses.losses`.
    dx, dy : float64 arrays (rows,)
        Cell sizes, m.
    longest, multiplier : float
    cuts : float64 array (3,)
    length_classes : {"degree", "percent"}
    """

    grid: Grid
    elevation: Field
    r: Source
    k: Source
    group: Source
    season: tuple[tuple[Source, float], ...]
    practice: Source
    ls: Source | None
    method: NDArray[np.uint8]
    constant: F8
    tillage: F8
    dx: F8
    dy: F8
    longest: float = 100.0
    multiplier: float = 1.0
    cuts: F8 = field(default_factory=lambda: np.array([0.05, 0.7, 0.5]))
    length_classes: str = "degree"

    @property
    def halo(self) -> int:
        """Cells beyond a block that can change its slope lengths (see the terrain kernels)."""
        if self.ls is not None:
            return 0
        least = min(float(self.dx.min()), float(self.dy.min()))
        routed = int(np.ceil(self.longest / least)) + 1 if least < self.longest else 0
        return routed + 2

    @property
    def limits(self) -> F8:
        """Gradients up to which the first three slope-length exponents hold."""
        return np.array(LENGTH_CLASSES[self.length_classes]) * (1.0 + SNAP)


@dataclass(frozen=True)
class Job:
    """One block as read: its window, the window with halo, and the pieces of each source."""

    window: Window
    outer: Window
    pieces: dict[str, Piece]


def write_rasters(
    model: Model,
    loss: Path,
    classes: tuple[Path, Classes] | None = None,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    block: tuple[int, int] | None = None,
) -> None:
    """Compute soil loss and, if asked, its classes, and write them as GeoTIFFs.

    Parameters
    ----------
    model : Model
    loss : Path
        float32, t/(km²·a), nodata -1.
    classes : (Path, Classes), optional
        uint8, codes of ``terrain.CLASS_CODES`` and the two after it, nodata 255.
    threads : int, optional
        Threads that compute; reading and writing have the calling one. Figures do not depend on it.
    progress : callable, optional
        ``progress(done, total)``; an exception it raises stops the work.
    block : (int, int), optional
        Rows and columns of a block; the default suits memory. Figures do not depend on it.
    """
    workers = threads or processors()
    windows = list(_windows(model.grid, block))
    sources = _sources(model, classes[1] if classes else None)
    with ExitStack() as stack:
        stack.enter_context(rasterio.Env(GDAL_CACHEMAX=256 * 2**20))
        data = {
            name: stack.enter_context(rasterio.open(source.grid.source))
            for name, source in sources.items()
            if isinstance(source, Field)
        }
        out = stack.enter_context(rasterio.open(loss, "w", **_profile(model.grid, _LOSS, workers)))
        out_class = None
        if classes is not None:
            profile = _profile(model.grid, _CLASS, workers)
            out_class = stack.enter_context(rasterio.open(classes[0], "w", **profile))
        # Last, so that an error leaves the pool before the files are closed.
        pool = stack.enter_context(ThreadPoolExecutor(workers, thread_name_prefix="csle"))
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        running: deque[tuple[Window, Future[Any]]] = deque()
        done = 0
        for window in [*windows, None]:
            if window is not None:
                job = _read(model, sources, data, window)
                task = pool.submit(_compute, model, sources, classes[1] if classes else None, job)
                running.append((window, task))
            while running and (window is None or len(running) > workers):
                finished, future = running.popleft()
                _write(future.result(), finished, out, out_class)
                done += 1
                if progress is not None:
                    progress(done, len(windows))


def _sources(model: Model, classes: Classes | None) -> dict[str, Source]:
    found: dict[str, Source | None] = {
        "elevation": model.elevation if model.ls is None else None,
        "r": model.r,
        "k": model.k,
        "group": model.group,
        "practice": model.practice,
        "ls": model.ls,
        "zone": classes.zone if classes else None,
        "wind": classes.wind if classes else None,
        "other": classes.other if classes else None,
    }
    covers = {_cover_name(at): source for at, (source, _) in enumerate(model.season)}
    return {name: source for name, source in found.items() if source is not None} | covers


def _cover_name(at: int) -> str:
    return f"cover-{at}"


def _read(model: Model, sources: dict[str, Source], data: dict[str, Any], window: Window) -> Job:
    halo, grid = model.halo, model.grid
    outer = (
        max(0, window[0] - halo),
        min(grid.height, window[1] + halo),
        max(0, window[2] - halo),
        min(grid.width, window[3] + halo),
    )
    pieces = {
        name: source.fetch(data.get(name), outer if name == "elevation" else window)
        for name, source in sources.items()
    }
    return Job(window, outer, pieces)


def _compute(
    model: Model, sources: dict[str, Source], classes: Classes | None, job: Job
) -> tuple[NDArray[np.float32], NDArray[np.uint8] | None]:
    spread = {n: sources[n].spread(job.pieces[n]) for n in _BY_ROW if n in sources}
    got = {n: s.values(job.pieces[n]) for n, s in sources.items() if n not in spread}
    ls = terrain.prepare(got["ls"]) if "ls" in got else _route(model, got["elevation"], job)
    rain, soil, practice = spread["r"], spread["k"], spread["practice"]
    loss = _scratch("loss", ls.shape)
    group = np.ascontiguousarray(got["group"], np.uint8)
    cover, method = _cover(model, got, group)
    losses.losses(
        ls,
        terrain.prepare(rain.table),
        rain.row,
        terrain.prepare(soil.table),
        soil.row,
        terrain.prepare(practice.table),
        practice.row,
        group,
        cover,
        method,
        model.constant,
        model.tillage,
        loss,
    )
    coded = None
    if classes is not None:
        coded = _classes(classes, loss, got["zone"], spread["wind"])
        if "other" in got:
            other = _classes(classes, loss, got["other"], spread["wind"])
            coded[(coded == _SLIGHT) & (other == _LIGHT)] = terrain.LIGHT_BY_OTHER
            coded[(coded == _LIGHT) & (other == _SLIGHT)] = terrain.SLIGHT_BY_OTHER
    return loss.astype(np.float32), coded


def _cover(
    model: Model, got: dict[str, Any], group: NDArray[np.uint8]
) -> tuple[F8, NDArray[np.uint8]]:
    """Return the covered share and how B follows from it; of several dates, B itself."""
    covers = [terrain.prepare(got[_cover_name(at)]) for at in range(len(model.season))]
    if len(covers) == 1:
        return covers[0], model.method
    b = _scratch("b", group.shape)
    b[:] = 0.0
    for cover, (_, weight) in zip(covers, model.season, strict=True):
        losses.add_cover_factor(group, cover, model.method, model.constant, weight, b)
    return b, np.full_like(model.method, losses.GIVEN)


def _classes(classes: Classes, loss: F8, zone: NDArray[Any], wind: Spread) -> NDArray[np.uint8]:
    """Return the class codes of a block by one reading of the zones."""
    coded = np.empty(loss.shape, np.uint8)
    known = classes.tolerable[np.isfinite(classes.tolerable)]
    terrain.classify(
        loss,
        terrain.prepare(wind.table),
        wind.row,
        np.ascontiguousarray(zone, np.uint8),
        classes.tolerable,
        classes.wind_tolerable,
        np.array([known.min(), known.max()]),
        classes.uppers,
        coded,
    )
    return coded


def _route(model: Model, z: NDArray[Any], job: Job) -> F8:
    """Return L·S of the job's window from the elevations of the window with its halo."""
    row0, row1, col0, _ = job.outer
    dx, dy = model.dx[row0:row1], model.dy[row0:row1]
    z = terrain.prepare(z)
    gradient, enter, ls = (_scratch(name, z.shape) for name in ("gradient", "enter", "ls"))
    flow, pending = (_scratch(name, z.shape, np.int8) for name in ("flow", "pending"))
    pending[:] = 0
    enter[:] = 0.0
    terrain.gradients(z, dx, dy, model.multiplier, gradient, flow, pending)
    if min(dx.min(), dy.min()) < model.longest:
        terrain.entering_lengths(flow, gradient, pending, dx, dy, model.longest, model.cuts, enter)
    terrain.topography(gradient, flow, enter, dx, dy, model.longest, model.limits, ls)
    top, left = job.window[0] - row0, job.window[2] - col0
    height, width = job.window[1] - job.window[0], job.window[3] - job.window[2]
    return ls[top : top + height, left : left + width]


def _scratch(name: str, shape: tuple[int, ...], dtype: Any = np.float64) -> NDArray[Any]:
    """Return an array of this thread with whatever it held before.

    Fresh memory of this size comes from the system page by page, which took as long as the
    arithmetic.
    """
    size = int(np.prod(shape))
    held = getattr(_LOCAL, name, None)
    if held is None or held.size < size or held.dtype != dtype:
        held = np.empty(size, dtype)
        setattr(_LOCAL, name, held)
    return held[:size].reshape(shape)


def _write(result: Any, window: Window, out: Any, out_class: Any) -> None:
    row0, row1, col0, col1 = window
    part = RasterWindow(col0, row0, col1 - col0, row1 - row0)
    out.write(result[0], 1, window=part)
    if out_class is not None:
        out_class.write(result[1], 1, window=part)


def _windows(grid: Grid, block: tuple[int, int] | None) -> Iterator[Window]:
    """Yield blocks that end on the tiles of the output, so that none is written twice."""
    if block is None:
        width = min(grid.width, 16 * _TILE * 2)
        rows = max(_TILE, _BLOCK_CELLS // max(width, 1) // _TILE * _TILE)
        block = (rows, width)
    for row in range(0, grid.height, block[0]):
        for col in range(0, grid.width, block[1]):
            yield (
                row,
                min(row + block[0], grid.height),
                col,
                min(col + block[1], grid.width),
            )


def _profile(grid: Grid, band: dict[str, Any], workers: int) -> dict[str, Any]:
    tiled = grid.width >= _TILE and grid.height >= _TILE
    tiles = {"tiled": True, "blockxsize": _TILE, "blockysize": _TILE} if tiled else {}
    return {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": 1,
        "crs": grid.crs.to_wkt(),
        "transform": Affine(*grid.affine),
        "compress": "deflate",
        "zlevel": 1,
        "num_threads": workers,
        "bigtiff": "if_safer",
        **tiles,
        **band,
    }


def constant(value: float) -> Constant:
    """Return a factor that is the same everywhere."""
    return Constant(value)
