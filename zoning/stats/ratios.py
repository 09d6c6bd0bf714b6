"""Soil loss by its ratio to what the zone tolerates, in steps: what any factor would change.

The ratio of eroded ground is a distribution function: where all factors are larger by m, a cell is
eroded if its ratio is 1/m or more. So one histogram of each unit answers for every draw.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.windows import Window as RasterWindow

from zoning.stats.fields import Field
from zoning.stats.soil_loss import Classes, Model, Source

F8 = NDArray[np.float64]
#: Steps to a doubling of the ratio, and doublings below and above 1 that are told apart.
_STEPS: Final = 8
_DOUBLINGS: Final = 8
#: Number of steps; the first holds everything lower, the last everything higher.
STEPS: Final = 2 * _STEPS * _DOUBLINGS + 2
_NO_DATA: Final = 65535
_ROWS: Final = 512


def write_ratios(model: Model, rules: Classes, loss: Path, path: Path) -> tuple[float, ...]:
    """Write for each cell the step of its ratio, whether it is tilled, and the other reading.

    Parameters
    ----------
    model, rules
        As the loss was computed.
    loss : Path
        Soil loss, t/(km²·a), nodata -1.
    path : Path
        uint16: ``(reading · 2 + tilled) · STEPS + step``.

    Returns
    -------
    tuple of float
        By the number of the reading: the tolerance of the zone over that of the other reading.
    """
    readings = _readings(rules)
    sources: dict[str, Source] = {"group": model.group, "zone": rules.zone, "wind": rules.wind}
    if rules.other is not None:
        sources["other"] = rules.other
    grid = model.grid
    profile = {
        "driver": "GTiff", "width": grid.width, "height": grid.height, "count": 1,
        "dtype": "uint16", "nodata": _NO_DATA, "crs": grid.crs.to_wkt(),
        "transform": Affine(*grid.affine), "compress": "deflate", "zlevel": 1,
    }  # fmt: skip
    opened = {n: rasterio.open(s.grid.name) for n, s in sources.items() if isinstance(s, Field)}
    try:
        with rasterio.open(loss) as lost, rasterio.open(path, "w", **profile) as out:
            for row in range(0, grid.height, _ROWS):
                window = (row, min(row + _ROWS, grid.height), 0, grid.width)
                part = RasterWindow(0, row, grid.width, window[1] - row)
                values = {n: s.values(s.fetch(opened.get(n), window)) for n, s in sources.items()}
                coded = _coded(lost.read(1, window=part), values, model, rules, readings)
                out.write(coded, 1, window=part)
    finally:
        for dataset in opened.values():
            dataset.close()
    return readings


def _readings(rules: Classes) -> tuple[float, ...]:
    """Return what the tolerances of two readings of the zones can be in proportion; 1 first."""
    if rules.other is None:
        return (1.0,)
    known = np.unique(rules.tolerable[np.isfinite(rules.tolerable)])
    return (1.0, *sorted({float(a / b) for a in known for b in known if a != b}))


def _coded(
    loss: NDArray[Any], values: dict[str, Any], model: Model, rules: Classes,
    readings: tuple[float, ...],
) -> NDArray[np.uint16]:  # fmt: skip
    tolerable = rules.tolerable[np.asarray(values["zone"], np.uint8)]
    with np.errstate(divide="ignore", invalid="ignore"):
        doublings = np.log2(np.maximum(loss.astype(float), 0.0) / tolerable)
        step = np.floor(doublings * _STEPS) + _STEPS * _DOUBLINGS + 1
    step = np.clip(np.nan_to_num(step, nan=0.0, neginf=0.0, posinf=STEPS - 1), 0, STEPS - 1)
    step[np.nan_to_num(values["wind"], nan=0.0) >= rules.wind_tolerable] = STEPS - 1
    group = np.asarray(values["group"], np.uint8)
    tilled = np.append(model.tillage < 1.0, np.zeros(256 - model.tillage.size, bool))[group]
    reading = np.zeros(loss.shape, np.int64)
    if "other" in values:
        ratio = tolerable / rules.tolerable[np.asarray(values["other"], np.uint8)]
        for at, one in enumerate(readings[1:], start=1):
            reading[np.isclose(ratio, one)] = at
    coded = (reading * 2 + tilled) * STEPS + step.astype(np.int64)
    coded[(loss < 0.0) | ~np.isfinite(tolerable)] = _NO_DATA
    return np.asarray(coded, np.uint16)


def histogram(areas: pd.DataFrame, units: list[str], readings: int) -> F8:
    """Return m² by unit, reading, tilled and step, shape (units, readings, 2, STEPS)."""
    found = np.zeros((len(units), readings * 2 * STEPS))
    place = {unit: at for at, unit in enumerate(units)}
    data = areas[areas["class"].notna()]
    rows = data["unit"].map(place).to_numpy(int)
    np.add.at(found, (rows, data["class"].to_numpy(int)), data["area_m2"].to_numpy(float))
    return found.reshape(len(units), readings, 2, STEPS)


def eroded(steps: F8, factor: F8) -> F8:
    """Return how much of a histogram is eroded if all its ratios are multiplied.

    Parameters
    ----------
    steps : float64 array (STEPS,)
        m² by step.
    factor : float64 array (draws,)
        Natural logarithm of the multiplier.

    Returns
    -------
    float64 array (draws,)
        m²; within a step, ground is taken to be spread evenly.
    """
    # From each lower edge of a step up: what is eroded if that edge is where the limit lies.
    above = np.append(np.cumsum(steps[::-1])[::-1][1:], 0.0)
    edge = _STEPS * _DOUBLINGS - factor / np.log(2.0) * _STEPS
    at = np.clip(edge, 0.0, STEPS - 2.0)
    return np.asarray(np.interp(at, np.arange(STEPS), above), float)
