"""One drawing layer: its lines joined to areas, with the entities that each is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely

from zoning.read.formats.dxf_shapes import Drawn
from zoning.read.rings import Chained, chain, distinct, nest
from zoning.read.types import ReadOptions

#: Ends no farther apart than this meet, m.
GAP_M: Final = 0.01
_METRES_PER_DEGREE: Final = 111_320.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A shape, the first entity it is made of, and the numbers of all of them."""

    geometry: Any
    first: Drawn
    takes: frozenset[int]


@dataclass(slots=True)
class DrawnLayer:
    """Areas, lines and points of a layer; ``repeated`` lie within the areas and add nothing.

    Of the ``holes``, ``assumed`` are such by their place only: the drawing does not say so.
    """

    areas: list[Shape] = field(default_factory=list)
    lines: list[Shape] = field(default_factory=list)
    points: list[Shape] = field(default_factory=list)
    repeated: set[int] = field(default_factory=set)
    gaps: list[float] = field(default_factory=list)
    holes: int = 0
    assumed: int = 0

    @property
    def features(self) -> list[Shape]:
        """What is reviewed: the areas, or lines and points where there is none."""
        return self.areas or [*self.lines, *self.points]

    @property
    def left(self) -> list[Shape]:
        """What lies beside the areas."""
        return [*self.lines, *self.points] if self.areas else []


def tolerance(drawn: Sequence[Drawn], options: ReadOptions) -> float:
    """Return the widest gap that is closed, in the unit of the coordinates."""
    gap = GAP_M if options.gap is None else options.gap
    box = bounds(drawn)
    degrees = box is not None and max(map(abs, box)) <= 360.0
    return gap / _METRES_PER_DEGREE if degrees else gap


def bounds(drawn: Iterable[Drawn]) -> Box | None:
    """Return the bounds of all entities that have finite ones."""
    boxes = [box for item in drawn if np.isfinite(box := box_of(item)).all()]
    if not boxes:
        return None
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def box_of(item: Drawn) -> Any:
    """Return the bounds of one entity; NaN where it has none."""
    if item.curve is None:
        return shapely.bounds(item.shape)
    if not len(item.curve):
        return np.full(4, np.nan)
    return np.r_[item.curve.min(axis=0), item.curve.max(axis=0)]


def encloses(items: Sequence[Drawn], within: float) -> bool:
    """Return whether these entities bound any area."""
    if any(item.curve is None and item.kind != "POINT" for item in items):
        return True
    return bool(_chained(items, within)[0].rings)


def _chained(items: Sequence[Drawn], within: float) -> tuple[Chained, list[Drawn]]:
    curves = [item for item in items if item.curve is not None]
    pairs = [(item.curve, item.closed) for item in curves if item.curve is not None]
    return chain(pairs, within), curves


def make(items: Sequence[Drawn], within: float, options: ReadOptions) -> DrawnLayer:
    """Make areas of the lines of a layer, and add those that are drawn as areas."""
    chained, curves = _chained(items, within)
    nested = nest(chained.rings, within, holes=options.nested != "sites")
    # Splines end where their control points do to about 1e-8; that is no gap.
    made = DrawnLayer(gaps=[g for g in chained.gaps if g > within / 1000], holes=nested.holes)
    made.assumed = sum(not all(curves[i].hole for i in hole) for hole in nested.cut_out)
    made.areas = [_shape(shape, sources, curves) for shape, sources in nested.areas]
    filled = [item for item in items if item.curve is None and item.kind != "POINT"]
    once = distinct([item.shape for item in filled], within)
    alone = [Shape(filled[i].shape, filled[i], frozenset({filled[i].take})) for i in once]
    made.areas += _not_covered(alone, made, within)
    made.areas.sort(key=lambda area: area.first.take)
    loose = [_shape(shapely.LineString(r.xy), r.sources, curves) for r in chained.open]
    made.lines = _not_covered(loose, made, within)
    dots = [Shape(i.shape, i, frozenset({i.take})) for i in items if i.kind == "POINT"]
    made.points = _not_covered(dots, made, within)
    used = {t for shape in (*made.areas, *made.lines, *made.points) for t in shape.takes}
    made.repeated = {item.take for item in items} - used
    return made


def _shape(geometry: Any, sources: Sequence[int], curves: Sequence[Drawn]) -> Shape:
    return Shape(geometry, curves[sources[0]], frozenset(curves[i].take for i in sources))


def _not_covered(given: list[Shape], made: DrawnLayer, within: float) -> list[Shape]:
    """Return the shapes that do not lie within the areas that are read anyway."""
    if not made.areas or not given:
        return given
    sound = shapely.make_valid(np.array([area.geometry for area in made.areas], dtype=object))
    wide = shapely.buffer(sound, within)
    shapes = shapely.make_valid(np.array([shape.geometry for shape in given], dtype=object))
    near: dict[int, list[int]] = defaultdict(list)
    for shape, area in shapely.STRtree(wide).query(shapes, predicate="intersects").T.tolist():
        near[shape].append(area)
    return [
        shape
        for at, shape in enumerate(given)
        if not shapely.covers(shapely.union_all(wide[near[at]]), shapes[at])
    ]
