"""DXF drawings: what one drawing layer encloses becomes areas, see :mod:`zoning.read.rings`.

A drawing is lines. Their ends are joined within a tolerance, what closes is an area, and a closed
line within another is a hole of it unless the user states that it is a site. Nothing is left out
because it is off, frozen or invisible. Writing is set aside, and so is what has no place on the
ground: paper space and blocks that are never inserted, as long as they lie away from it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from zoning.base.errors import Problem, SourceError, problem
from zoning.messages import Text, message
from zoning.read import file_faults, values
from zoning.read.formats import dxf_document, dxf_shapes
from zoning.read.formats.dxf_shapes import Drawn, Found
from zoning.read.rings import Chained, chain, distinct, nest
from zoning.read.types import Raw, ReadOptions

#: Ends no farther apart than this meet, m.
GAP_M: Final = 0.01
_METRES_PER_DEGREE: Final = 111_320.0
#: An open line whose ends are nearer than this share of its length was meant to close.
_NEARLY_CLOSED: Final = 0.1
#: Paper and symbols are drawn no farther from their origin than this, in drawing units.
_LOCAL: Final = 5_000.0
#: Layer on which CAD programs keep the points that dimensions hang on.
_DEFPOINTS: Final = "defpoints"


@dataclass(slots=True)
class _Layer:
    """One drawing layer: areas with what they are made of, lines, points, and what was done."""

    areas: list[tuple[Any, Drawn]] = field(default_factory=list)
    lines: list[tuple[Any, Drawn]] = field(default_factory=list)
    points: list[tuple[Any, Drawn]] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    repeated: int = 0
    holes: int = 0


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read one drawing layer. A drawing never states a CRS.

    A layer that encloses nothing keeps its lines and points.

    Raises
    ------
    SourceError
        ``file-damaged``, ``no-features``, ``several-layers``, ``layer-missing``, ``dxf-units``.
    """
    opened = dxf_document.load(path, name)
    found = _collect(opened, name)
    by_layer = _by_layer(found.drawn, opened)
    chosen = _layer(options, by_layer, found, opened, name)
    key = chosen.casefold()
    tolerance = _tolerance(found, options)
    made = _areas(by_layer.get(key, []), tolerance, options)
    if not (made.areas or made.lines or made.points):
        raise SourceError(file_faults.no_features(name, chosen))
    features = made.areas or [*made.lines, *made.points]
    left = [*made.lines, *made.points] if made.areas else []
    unit = dxf_document.in_other_units(opened.document, _centres(features), options.crs, name)
    rows = [_row(drawn, opened) for _, drawn in features]
    return Raw(
        geometry=np.array([shape for shape, _ in features] + [None], dtype=object)[:-1],
        attributes=values.table(
            {"Layer": [r[0] for r in rows], "EntityHandle": [r[1] for r in rows],
             "Entity": [r[2] for r in rows]}, len(rows)),
        positions=np.arange(len(rows)),
        driver="DXF",
        crs=None,
        crs_evidence=message("ogr.file-states-none"),
        layer=chosen,
        notices=(*_told(made, found, options, tolerance), *((unit,) if unit else ())),
        unread=(
            *opened.unread,
            *_left(made, left, chosen, options),
            *_unreadable(found, key, options, opened),
            *_elsewhere(by_layer, key, options, opened),
            *_unplaced(opened, found, name),
        ),
        broken={} if made.areas else dict(_nearly_closed(features)),
    )  # fmt: skip


def layers(path: Path, name: str) -> list[tuple[str, str | None, int | None]]:
    """Return each drawing layer with the number of its entities, blocks taken apart."""
    opened = dxf_document.load(path, name)
    found = _collect(opened, name)
    counts = Counter(opened.text(drawn.layer) for drawn in found.drawn)
    for (layer, _), count in (found.unreadable + found.aside).items():
        counts[opened.text(layer)] += count
    return [(title, None, number) for title, number in sorted(counts.items())]


def _collect(opened: dxf_document.Opened, name: str) -> Found:
    try:
        return dxf_shapes.collect(opened.document.modelspace(), opened.document)
    except dxf_shapes.TooManyEntitiesError as error:
        what = message("dxf.entities-of-blocks")
        limit = f"{dxf_shapes.MAX_ENTITIES:,}"
        raise SourceError(file_faults.too_large(name, what, limit)) from error


def _by_layer(drawn: Iterable[Drawn], opened: dxf_document.Opened) -> dict[str, list[Drawn]]:
    """Return the shapes by layer; names differ by more than case."""
    found: dict[str, list[Drawn]] = {}
    for item in drawn:
        if item.kind == "POINT" and item.layer.casefold() == _DEFPOINTS:
            continue
        found.setdefault(opened.text(item.layer).casefold(), []).append(item)
    return found


def _tolerance(found: Found, options: ReadOptions) -> float:
    """Return the widest gap that is closed, in the unit of the coordinates."""
    gap = GAP_M if options.gap is None else options.gap
    box = _box(found.drawn)
    degrees = box is not None and max(map(abs, box)) <= 360.0
    return gap / _METRES_PER_DEGREE if degrees else gap


def _box(drawn: Sequence[Drawn]) -> tuple[float, float, float, float] | None:
    boxes = [_bounds(item) for item in drawn]
    boxes = [box for box in boxes if np.isfinite(box).all()]
    if not boxes:
        return None
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def _bounds(item: Drawn) -> Any:
    if item.curve is None:
        return shapely.bounds(item.shape)
    if not len(item.curve):
        return np.full(4, np.nan)
    return np.r_[item.curve.min(axis=0), item.curve.max(axis=0)]


def _layer(
    options: ReadOptions,
    by_layer: dict[str, list[Drawn]],
    found: Found,
    opened: dxf_document.Opened,
    name: str,
) -> str:
    """Return the drawing layer asked for, or the only one that can be meant."""
    shown = {opened.text(item.layer).casefold(): opened.text(item.layer) for item in found.drawn}
    every = sorted(shown[key] for key in by_layer)
    if options.layer is not None:
        if options.layer.casefold() not in by_layer:
            raise SourceError(file_faults.layer_missing(name, options.layer, every))
        return shown[options.layer.casefold()]
    if not every:
        raise SourceError(_nothing(found, name))
    tolerance = _tolerance(found, options)
    enclosing = [key for key, items in by_layer.items() if _encloses(items, tolerance)]
    likely = sorted(shown[key] for key in enclosing) or every
    if len(likely) > 1:
        raise SourceError(file_faults.several_layers(name, likely))
    return likely[0]


def _nothing(found: Found, name: str) -> Problem:
    """Return why a drawing holds nothing that can be read."""
    kinds = [f"{kind} {count}" for (_, kind), count in sorted(found.unreadable.items())]
    if not kinds and not found.missing:
        return file_faults.no_features(name)
    return problem("dxf-not-readable", file=name, kinds=[*kinds, *sorted(found.missing)][:8])


def _encloses(items: Sequence[Drawn], tolerance: float) -> bool:
    if any(item.curve is None and item.kind != "POINT" for item in items):
        return True
    return bool(_chained(items, tolerance)[0].rings)


def _chained(items: Sequence[Drawn], tolerance: float) -> tuple[Chained, list[Drawn]]:
    curves = [item for item in items if item.curve is not None]
    pairs = [(item.curve, item.closed) for item in curves if item.curve is not None]
    return chain(pairs, tolerance), curves


def _areas(items: Sequence[Drawn], tolerance: float, options: ReadOptions) -> _Layer:
    """Make areas of the lines of a layer, and add those that are drawn as areas."""
    chained, curves = _chained(items, tolerance)
    nested = nest(chained.rings, tolerance, holes=options.nested != "sites")
    # Splines end where their control points do to about 1e-8; that is no gap.
    made = _Layer(gaps=[g for g in chained.gaps if g > tolerance / 1000], holes=nested.holes)
    made.repeated = nested.repeated + len(chained.repeated)
    made.areas = [(shape, curves[sources[0]]) for shape, sources in nested.areas]
    filled = [item for item in items if item.curve is None and item.kind != "POINT"]
    once = distinct([item.shape for item in filled], tolerance)
    made.repeated += len(filled) - len(once)
    made.areas += _not_covered([(filled[i].shape, filled[i]) for i in once], made, tolerance)
    order = {id(item): at for at, item in enumerate(items)}
    made.areas.sort(key=lambda area: order[id(area[1])])
    loose = [(shapely.LineString(r.xy), curves[r.sources[0]]) for r in chained.open]
    made.lines = _not_covered(loose, made, tolerance)
    dots = [(item.shape, item) for item in items if item.kind == "POINT"]
    made.points = _not_covered(dots, made, tolerance)
    return made


def _not_covered(
    given: list[tuple[Any, Drawn]], made: _Layer, tolerance: float
) -> list[tuple[Any, Drawn]]:
    """Return the shapes that do not lie within the areas that are read anyway."""
    if not made.areas or not given:
        return given
    sound = shapely.make_valid(np.array([area for area, _ in made.areas], dtype=object))
    wide = shapely.buffer(sound, tolerance)
    shapes = shapely.make_valid(np.array([shape for shape, _ in given], dtype=object))
    near: dict[int, list[int]] = defaultdict(list)
    for shape, area in shapely.STRtree(wide).query(shapes, predicate="intersects").T.tolist():
        near[shape].append(area)
    left = [
        pair
        for at, pair in enumerate(given)
        if not shapely.covers(shapely.union_all(wide[near[at]]), shapes[at])
    ]
    made.repeated += len(given) - len(left)
    return left


def _row(drawn: Drawn, opened: dxf_document.Opened) -> tuple[str, str, str]:
    return opened.text(drawn.layer), drawn.handle, drawn.kind


def _centres(features: Sequence[tuple[Any, Drawn]]) -> Any:
    box = shapely.bounds(np.array([shape for shape, _ in features], dtype=object))
    box = box[np.isfinite(box).all(axis=1)]
    return np.column_stack([box[:, 0] / 2 + box[:, 2] / 2, box[:, 1] / 2 + box[:, 3] / 2])


def _told(
    made: _Layer, found: Found, options: ReadOptions, tolerance: float
) -> Iterator[Text]:
    """Say what was done to the lines."""
    if made.gaps:
        gaps = {"count": len(made.gaps), "widest": f"{max(made.gaps):.2g}"}
        yield message("dxf.gaps-closed", **gaps, tolerance=f"{tolerance:.2g}")
    if found.curved:
        yield message("dxf.chords", tolerance=dxf_shapes.SAGITTA_M * 1000)
    if made.repeated:
        yield message("dxf.drawn-twice", count=made.repeated)
    if made.holes and options.nested is not None:
        yield message("dxf.holes-stated", count=made.holes)
    if found.aside:
        kinds = Counter[str]()
        for (_, kind), count in found.aside.items():
            kinds[kind] += count
        listed = [f"{kind} {count}" for kind, count in sorted(kinds.items())]
        yield message("dxf.set-aside", count=kinds.total(), kinds=listed)


def _left(
    made: _Layer, left: Sequence[tuple[Any, Drawn]], chosen: str, options: ReadOptions
) -> Iterator[Text]:
    """Say what of the layer is not reviewed, and why the file is therefore incomplete."""
    if left:
        lines = [s for s, _ in left if s.geom_type == "LineString"]
        widths = [_gap(line) for line in lines]
        narrowest = f"{min(widths):.3g}" if widths else "-"
        yield message("dxf.entities-on-layer-no", chosen=chosen, left=len(left), gap=narrowest)
    if made.holes and options.nested is None:
        yield message("dxf.holes-assumed", count=made.holes)


def _unreadable(
    found: Found, key: str, options: ReadOptions, opened: dxf_document.Opened
) -> Iterator[Text]:
    """Say which entities make no shape: on the layer that is read, or on any if none was named."""
    kinds: Counter[str] = Counter()
    for (layer, kind), count in found.unreadable.items():
        if options.layer is None or opened.text(layer).casefold() == key:
            kinds[kind] += count
    if kinds:
        listed = [f"{kind} {count}" for kind, count in sorted(kinds.items())]
        yield message("dxf.not-readable", count=kinds.total(), kinds=listed)
    external = sorted(opened.text(name) for name in found.missing | _external(opened))
    if external:
        yield message("dxf.external-missing", names=external[:5], count=len(external))


def _external(opened: dxf_document.Opened) -> set[str]:
    """Return the external drawings that the file names, inserted or not."""
    return {
        str(block.block.dxf.get("xref_path", "") or block.name)
        for block in opened.document.blocks
        if block.block is not None and (block.block.is_xref or block.block.is_xref_overlay)
    }


def _elsewhere(
    by_layer: dict[str, list[Drawn]], key: str, options: ReadOptions, opened: dxf_document.Opened
) -> Iterator[Text]:
    """Name the layers that nobody chose and that are not read."""
    if options.layer is not None:
        return
    others = [item for layer, items in by_layer.items() if layer != key for item in items]
    if others:
        names = sorted({opened.text(item.layer) for item in others})
        yield message("dxf.other-layers-not-read", names=names, left=len(others))


def _unplaced(opened: dxf_document.Opened, found: Found, name: str) -> Iterator[Text]:
    """Name the sheets and unused blocks that hold something where the ground is."""
    ground = _ground(found)
    inserted = _inserted(opened)
    for block in opened.document.blocks:
        title = block.name
        if title.casefold() == "*model_space" or title.casefold() in inserted:
            continue
        inside = dxf_shapes.collect(block, opened.document).drawn
        if title.casefold().startswith("*d"):
            # The picture of a dimension: lines that enclose nothing, and arrowheads.
            inside = inside if _pictures_area(inside) else []
        count = sum(_on_ground(_bounds(item), ground) for item in inside)
        if count and title.casefold().startswith("*paper_space"):
            yield message("dxf.paper-on-ground", count=count)
        elif count:
            yield message("dxf.block-on-ground", block=opened.text(title), count=count)


def _pictures_area(drawn: Sequence[Drawn]) -> bool:
    heads = ("SOLID", "TRACE", "POINT")
    return _encloses([item for item in drawn if item.kind not in heads], GAP_M)


def _inserted(opened: dxf_document.Opened) -> set[str]:
    """Return the names of the blocks that model space shows, directly or through others."""
    document = opened.document
    seen: set[str] = set()
    stack = ["*model_space"]
    while stack:
        block = document.blocks.get(stack.pop())
        for entity in block or ():
            name = _reference(entity)
            if name is not None and name not in seen:
                seen.add(name)
                stack.append(name)
    return seen


def _reference(entity: Any) -> str | None:
    """Return the block that an entity refers to."""
    return str(entity.dxf.get("name", "")).casefold() if entity.dxftype() == "INSERT" else None


def _ground(found: Found) -> tuple[float, float, float, float] | None:
    """Return where the drawing lies, with a tenth of its distance from the origin around it."""
    box = _box(found.drawn)
    if box is None:
        return None
    margin_x = max(box[2] - box[0], 0.1 * max(abs(box[0]), abs(box[2])))
    margin_y = max(box[3] - box[1], 0.1 * max(abs(box[1]), abs(box[3])))
    return box[0] - margin_x, box[1] - margin_y, box[2] + margin_x, box[3] + margin_y


def _on_ground(box: Any, ground: tuple[float, float, float, float] | None) -> bool:
    """Return whether something drawn in coordinates of its own could be meant on the ground."""
    if not np.isfinite(box).all():
        return False
    if np.abs(box).max() > _LOCAL:
        return True
    if ground is None:
        return False
    return bool(
        box[0] <= ground[2] and box[2] >= ground[0] and box[1] <= ground[3] and box[3] >= ground[1]
    )


def _gap(line: Any) -> float:
    xy = shapely.get_coordinates(line)
    return float(np.hypot(*(xy[0] - xy[-1])))


def _nearly_closed(features: Sequence[tuple[Any, Drawn]]) -> Iterator[tuple[int, Problem]]:
    """Fail the lines that were meant to close: read as lines, they would hide what they enclose."""
    for row, (shape, _) in enumerate(features):
        if shape.geom_type != "LineString" or shapely.get_num_coordinates(shape) < 3:
            continue
        gap = _gap(shape)
        if gap < _NEARLY_CLOSED * shape.length:
            yield row, problem("dxf-nearly-closed", gap=f"{gap:.3g}", length=f"{shape.length:.4g}")
