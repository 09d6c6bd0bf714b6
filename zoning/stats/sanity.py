"""Whether a user's rasters can be what they are said to be, before any figure is made of them.

Each is held against the embedded elevation, land cover and rain where the units lie. These are
coarse, but a wrong unit, a void or a wrong legend is far beyond their error. What has a certain
cause is refused, what has none is doubted; see docs/decisions/0148.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base import datums
from zoning.base.errors import SourceError
from zoning.messages import message
from zoning.stats.displaced import displacement
from zoning.stats.doubts import Doubts
from zoning.stats.figures import Note
from zoning.stats.inputs import ROLES, reference
from zoning.stats.request import Input, Request
from zoning.stats.sample import (
    Bounds,
    Sample,
    Values,
    bands_at_points,
    beyond,
    take,
    values_of,
)
from zoning.stats.sanity_cover import cover, landcover, ndvi
from zoning.zonal.grid import open_grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

F8 = NDArray[np.float64]
#: No ground of the earth lies lower or higher, m.
_LOWEST, _HIGHEST = -450.0, 9000.0
#: Fewer comparable points or reference cells than this decide nothing.
_POINTS, _CELLS = 100, 9
#: An offset of the median beyond this is more than both elevations' errors, m.
_OFFSET_M: Final = 60.0
#: Ground within 30" lies nearer to its mean than this, m.
_FAR_M: Final = 900.0
#: Cell of the embedded elevations, degrees; points that a place is judged by; how much less the
#: spread must be beside the own place.
_DEM_CELL, _MANY, _BESIDE = 1.0 / 120.0, 1000, 0.85
#: L·S ends here: slopes of 100 m, as steep as can be (21.91 − 0.96, times (100 / 22.13)^0.5 · 1.5).
_MOST_LS: Final = 67.0
#: Mean annual R of 109 stations in Shanxi, 2000-2016, runs from 663 to 2,810 (宁婷 et al. 2020).
_R_RANGE: Final = (663.0, 2810.0)
#: Months' rain must follow the usual months so much better when turned, as a correlation.
_TURNED: Final = 0.05


class Unit(NamedTuple):
    """A unit that values may be in by mistake: its name and how much larger its numbers are."""

    name: str
    factor: float


_LENGTHS: Final = (
    Unit("feet", 1.0 / 0.3048),
    Unit("decimetres", 10.0),
    Unit("centimetres", 100.0),
    Unit("millimetres", 1000.0),
    Unit("kilometres", 0.001),
)
_RAINS: Final = (
    Unit("tenths-mm", 10.0),
    Unit("centimetres", 0.1),
    Unit("inches", 1.0 / 25.4),
    Unit("metres", 0.001),
    Unit("mm-per-day", 1.0 / 30.44),
)


def examine(
    request: Request, inputs: Mapping[str, Input], units: GeoDataFrame
) -> tuple[list[Note], dict[str, Any]]:
    """Hold every raster of the user against what is known of the place.

    Parameters
    ----------
    request : Request
        ``accept`` holds the reason for which refusals are overridden.
    inputs : mapping
        Rasters by role; embedded ones are not looked at.
    units : GeoDataFrame
        EPSG:4490; only where they lie is looked at.

    Returns
    -------
    notes : list of Note
    facts : dict
        ``doubted``: roles whose raster may be wrong; ``accepted``: what was overridden, and why.

    Raises
    ------
    SourceError
        Rasters that cannot be what they are said to be, all of them, unless accepted.
    """
    found = Doubts()
    bounds: Bounds = tuple(float(v) for v in units.total_bounds)  # type: ignore[assignment]
    for role, source in inputs.items():
        if source.embedded or source.path.suffix.lower() == ".csv":
            continue
        _datum(source, role, found)
        work = _EXAMINERS.get(role)
        if work is not None:
            work(source, bounds, request, found)
    facts: dict[str, Any] = {"doubted": sorted(set(found.doubted))} if found.doubted else {}
    if not found.problems:
        return found.notes, facts
    if request.accept is None:
        raise SourceError(found.problems)
    for one in found.problems:
        told = message("sanity.accepted", fault=one.fault, reason=request.accept)
        found.notes.append(Note("warning", told))
    facts["accepted"] = {
        "reason": request.accept,
        "faults": [{"code": p.code, "role": p.field, "fault": p.fault.en} for p in found.problems],
    }
    facts["doubted"] = sorted({*found.doubted, *(p.field or "" for p in found.problems)})
    return found.notes, facts


def _datum(source: Input, role: str, found: Doubts) -> None:
    """Judge a raster's datum as that of every other file.

    Grids on a sphere are let through: the latitudes of such global products are geodetic ones.
    """
    crs = datums.without_empty_shift(open_grid(str(source.path), None).crs)
    if crs.ellipsoid is not None and crs.ellipsoid.inverse_flattening == 0.0:
        return
    unusable = datums.unusable(crs, str(source.path))
    if unusable is not None:
        cure = message("raster-datum.cure")
        found.problems.append(replace(unusable, cure=cure, field=role))


def _elevation(source: Input, bounds: Bounds, _request: Request, found: Doubts) -> None:
    odd, total = beyond(source.path, bounds, _LOWEST, _HIGHEST)
    sample = take(source.path, bounds)
    if sample is None:
        return
    known = values_of(reference("dem"), (1,))
    here, values = known(sample.lon, sample.lat)[0], sample.values[0]
    unit = _unit(values, here, _LENGTHS, tight=0.1)
    if unit is not None:
        found.refuse("raster-unit", source, "dem", key=f"raster-unit.{unit.name}",
                     ratio=unit.factor)  # fmt: skip
        return
    if odd:
        _refuse_voids(source, odd, total, found)
        return
    # One number far from all ground, in many places: what stands where there are no data.
    far = Counter(values[np.abs(values - here) > _FAR_M].tolist())
    most, many = far.most_common(1)[0] if far else (0.0, 0)
    data = int(np.isfinite(values).sum())
    if many > 1 and many > 0.5 * far.total() and far.total() < 0.5 * data:
        found.refuse("raster-void", source, "dem", key="raster-void.far", value=most,
                     share=100.0 * many / data)  # fmt: skip
        return
    _resemblance(source, sample, here, found)
    if "dem" not in found.doubted:
        _place(source, sample, known, found)


def _place(source: Input, sample: Sample, known: Values, found: Doubts) -> None:
    """Doubt elevations that agree clearly better with the ground beside them."""
    values = sample.values[0]

    def score(here: F8) -> float:
        apart = values - here
        return -float(np.nanstd(apart)) if np.isfinite(apart).sum() > _MANY else -np.inf

    own = score(known(sample.lon, sample.lat)[0])
    best = displacement(sample, known, _DEM_CELL, score)
    if np.isfinite(own) and best.score > _BESIDE * own:
        found.doubt("dem", "displaced", name=source.path.name, what=ROLES["dem"],
                    east=best.east / 1000.0, north=best.north / 1000.0)  # fmt: skip


def _refuse_voids(source: Input, odd: Counter[float], total: int, found: Doubts) -> None:
    value, _ = odd.most_common(1)[0]
    count = sum(odd.values())
    found.refuse("raster-void", source, "dem", value=value, count=count,
                 share=100.0 * count / max(total, 1))  # fmt: skip


def _resemblance(source: Input, sample: Sample, here: F8, found: Doubts) -> None:
    """Doubt elevations that lie apart from the embedded ones, or do not follow them."""
    values = sample.values[0]
    good = np.isfinite(values) & np.isfinite(here)
    if good.sum() < _POINTS or np.unique(here[good]).size < _CELLS:
        found.unsure(source, "dem")
        return
    offset = float(np.median(values[good] - here[good]))
    spread = float(np.std(here[good]))
    like = float(np.corrcoef(values[good], here[good])[0, 1]) if np.std(values[good]) else 0.0
    if spread > 30.0 and not like > 0.6:
        found.doubt("dem", "dem-unlike", name=source.path.name, offset=offset, like=like)
    elif abs(offset) > _OFFSET_M:
        found.doubt("dem", "dem-offset", name=source.path.name, offset=offset)


def _unit(values: F8, here: F8, units: tuple[Unit, ...], tight: float) -> Unit | None:
    """Return the unit in which values agree with what is known here, if it is not their own."""
    good = np.isfinite(values) & np.isfinite(here) & (here > 0.0)
    if good.sum() < 10:
        return None
    ratio = float(np.median(values[good] / here[good]))
    if 0.6 < ratio < 1.67:
        return None
    return next((u for u in units if abs(ratio / u.factor - 1.0) <= tight), None)


def _rain(source: Input, bounds: Bounds, _request: Request, found: Doubts) -> None:
    sample = take(source.path, bounds, None)
    if sample is None or len(sample.values) != 12:
        return
    known = bands_at_points(reference("rain"), sample.lon, sample.lat).sum(axis=0)
    total = sample.values.sum(axis=0)
    unit = _unit(total, known, _RAINS, tight=0.35)
    if unit is not None:
        found.refuse("raster-unit", source, "rain", key=f"raster-unit.rain-{unit.name}",
                     ratio=float(np.nanmedian(total / known)))  # fmt: skip
        return
    months = np.nanmean(sample.values, axis=1)
    usual = np.nanmean(bands_at_points(reference("rain"), sample.lon, sample.lat), axis=1)
    # The summer monsoon: June to September hold about 70 % of the year everywhere here.
    if months.sum() > 0.0 and months[5:9].sum() < 0.5 * months.sum():
        found.refuse("rain-order", source, "rain", share=100.0 * months[5:9].sum() / months.sum())
        return
    turned = [float(np.corrcoef(np.roll(months, -k), usual)[0, 1]) for k in range(12)]
    late = int(np.argmax(turned))
    if late and turned[late] > turned[0] + _TURNED:
        found.doubt("rain", "rain-turned", name=source.path.name, months=min(late, 12 - late))
    good = np.isfinite(total) & (known > 0.0)
    if good.any():
        ratio = float(np.median(total[good] / known[good]))
        if not 0.6 < ratio < 1.67:
            found.doubt("rain", "rain-apart", name=source.path.name, ratio=ratio)


def _erosivity(source: Input, bounds: Bounds, _request: Request, found: Doubts) -> None:
    middle = _median(source, bounds)
    if middle is None or _R_RANGE[0] / 2.0 <= middle <= _R_RANGE[1] * 2.0:
        return
    if _R_RANGE[0] / 17.02 * 0.8 <= middle <= _R_RANGE[1] / 17.02 * 1.2:
        found.refuse("raster-unit", source, "erosivity", key="raster-unit.us-erosivity",
                     middle=middle)  # fmt: skip
    else:
        found.doubt("erosivity", "erosivity-apart", name=source.path.name, middle=middle,
                    low=_R_RANGE[0], high=_R_RANGE[1])  # fmt: skip


def _erodibility(source: Input, bounds: Bounds, _request: Request, found: Doubts) -> None:
    middle = _median(source, bounds)
    # Metric values end near 0.1; those of the US handbook are 7.59 times as large.
    if middle is not None and 0.1 < middle <= 0.8:
        found.refuse("raster-unit", source, "erodibility", key="raster-unit.us-erodibility",
                     middle=middle)  # fmt: skip
    elif middle is not None and not 0.005 <= middle <= 0.1:
        found.doubt("erodibility", "erodibility-apart", name=source.path.name, middle=middle)


def _ls(source: Input, bounds: Bounds, _request: Request, found: Doubts) -> None:
    sample = take(source.path, bounds)
    if sample is None:
        return
    values = sample.values[0][np.isfinite(sample.values[0])]
    # L·S of level ground is 0.02 or more; slopes, in degrees or per cent, are 0 there.
    if values.size and (values.max() > _MOST_LS or (values == 0.0).mean() > 0.001):
        found.doubt("ls", "ls-apart", name=source.path.name, most=float(values.max()),
                    limit=_MOST_LS)  # fmt: skip


def _median(source: Input, bounds: Bounds) -> float | None:
    sample = take(source.path, bounds)
    if sample is None or not np.isfinite(sample.values[0]).any():
        return None
    return float(np.nanmedian(sample.values[0]))


_EXAMINERS: Final[Mapping[str, Callable[[Input, Bounds, Request, Doubts], None]]] = {
    "dem": _elevation,
    "landcover": landcover,
    "rain": _rain,
    "erosivity": _erosivity,
    "erodibility": _erodibility,
    "ndvi": ndvi,
    "cover": cover,
    "ls": _ls,
}
