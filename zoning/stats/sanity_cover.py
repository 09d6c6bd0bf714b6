"""What covers the ground, held against the embedded land cover and NDVI (see :mod:`.sanity`)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np

from zoning.messages import Text
from zoning.stats.displaced import displacement
from zoning.stats.doubts import Doubts
from zoning.stats.figures import Note
from zoning.stats.inputs import ROLES, reference
from zoning.stats.legends import agreement, doubt_legend
from zoning.stats.request import Input, Request
from zoning.stats.sample import F8, Bounds, Sample, Values, at_points, take, values_of
from zoning.stats.specs import Scheme
from zoning.stats.tables import chosen_scheme
from zoning.zonal.grid import open_grid

#: Fewer comparable points than this decide nothing; than the second, nothing about a place.
_POINTS, _MANY = 100, 1000
#: Cell of the embedded land cover, degrees; how much better classes must agree beside their place.
_COVER_CELL, _MARGIN = 0.05, 0.08
#: NDVI varies less than this over small places, which tell nothing; the least correlation.
_GREEN, _FOLLOWS = 0.03, 0.1
_YEAR: Final = re.compile(r"(?<!\d)(19[89]\d|20[0-4]\d)(?!\d)")


def ndvi(source: Input, bounds: Bounds, _request: Request, found: Doubts) -> None:
    """Doubt NDVI that is not that of the place."""
    sample = take(source.path, bounds, None)
    if sample is None:
        return
    # The embedded NDVI is the most of the year; of several dates the greenest is comparable.
    apart = np.fmax.reduce(sample.values) - at_points(reference("ndvi"), sample.lon, sample.lat)
    apart = apart[np.isfinite(apart)]
    if apart.size >= _POINTS and abs(float(np.median(apart))) > 0.35:
        found.doubt("ndvi", "ndvi-apart", name=source.path.name, apart=float(np.median(apart)))
    else:
        _follows_green(source, sample, "ndvi", found)


def cover(source: Input, bounds: Bounds, _request: Request, found: Doubts) -> None:
    """Doubt covered shares that do not follow the green of the place."""
    sample = take(source.path, bounds, None)
    if sample is not None:
        _follows_green(source, sample, "cover", found)


def _follows_green(source: Input, sample: Sample, role: str, found: Doubts) -> None:
    """Doubt greenness that is not more where the embedded NDVI is more."""
    here = at_points(reference("ndvi"), sample.lon, sample.lat)
    values = np.fmax.reduce(sample.values)
    good = np.isfinite(values) & np.isfinite(here)
    if good.sum() < _POINTS or np.std(here[good]) < _GREEN or not np.std(values[good]):
        return
    like = float(np.corrcoef(values[good], here[good])[0, 1])
    if like < _FOLLOWS:
        found.doubt(role, "green-unlike", name=source.path.name, like=like, what=ROLES[role])


def landcover(source: Input, bounds: Bounds, request: Request, found: Doubts) -> None:
    """Refuse a legend that another fits better than; doubt what does not fit the place."""
    _date(source, request, found)
    chosen, sample = chosen_scheme(request), take(source.path, bounds)
    if sample is None:
        _void_class(source, chosen, found)
        return
    ground, values = values_of(reference("landcover"), (1,)), sample.values[0]
    own = ground(sample.lon, sample.lat)[0]
    refusal, doubt = doubt_legend(values, own, chosen)
    if refusal is not None:
        found.problems.append(refusal.of(str(source.path)))
        return
    _void_class(source, chosen, found)
    if doubt is not None:
        found.doubted.append("landcover")
        found.notes.append(Note("warning", doubt))
    else:
        _classes_place(source, sample, ground, chosen, found)


def _void_class(source: Input, chosen: Scheme, found: Doubts) -> None:
    """Refuse a raster that declares a class of its legend to be no data: all of it would go."""
    declared = open_grid(str(source.path), None).nodata[0]
    known = chosen.by_code()
    if declared is None or declared not in known:
        return
    title = Text(known[int(declared)].zh, known[int(declared)].en)
    found.refuse("raster-void", source, "landcover", key="raster-void.class", value=declared,
                 title=title, id=chosen.id)  # fmt: skip


def _classes_place(
    source: Input, sample: Sample, known: Values, chosen: Scheme, found: Doubts
) -> None:
    """Doubt classes that agree clearly better with the land cover beside them."""
    values = sample.values[0]

    def score(here: F8) -> float:
        good = np.isfinite(values) & np.isfinite(here)
        if good.sum() < _MANY:
            return -1.0
        like = agreement(values[good], here[good], chosen)
        return -1.0 if like is None else like

    own = score(known(sample.lon, sample.lat)[0])
    best = displacement(sample, known, _COVER_CELL, score)
    if own > -1.0 and best.score > own + _MARGIN:
        found.doubt("landcover", "displaced", name=source.path.name, what=ROLES["landcover"],
                    east=best.east / 1000.0, north=best.north / 1000.0)  # fmt: skip


def _date(source: Input, request: Request, found: Doubts) -> None:
    """Doubt a year that contradicts the one in the file's name."""
    named = {int(y) for y in _YEAR.findall(Path(source.path).stem)}
    if request.year is not None and named and request.year not in named:
        shown = ", ".join(map(str, sorted(named)))
        found.doubt("landcover", "year-apart", name=source.path.name, year=request.year,
                    named=Text(shown, shown))  # fmt: skip
