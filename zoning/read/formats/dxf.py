"""DXF drawings: what one drawing layer encloses becomes areas, see :mod:`zoning.read.rings`.

A drawing is lines. Their ends are joined within a tolerance, what closes is an area, and a closed
line within another is a hole of it unless the user states that it is a site; where neither the
user nor the drawing says which it is, the file is not wholly read. Nothing is left out
because it is off, frozen or invisible. Writing is set aside, and so is what has no place on the
ground: paper space and blocks that are never inserted, as long as they lie away from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from zoning.base.errors import Problem, SourceError, problem
from zoning.messages import Text, message
from zoning.read import curves, file_faults, values
from zoning.read.formats import dxf_document, dxf_layer, dxf_ledger, dxf_shapes
from zoning.read.formats.dxf_document import Opened
from zoning.read.formats.dxf_layer import DrawnLayer, Shape
from zoning.read.formats.dxf_shapes import Drawn, Found
from zoning.read.types import Raw, ReadOptions

#: An open line whose ends are nearer than this share of its length was meant to close.
_NEARLY_CLOSED: Final = 0.1


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read one drawing layer. A drawing never states a CRS.

    A layer that encloses nothing keeps its lines and points.

    Raises
    ------
    SourceError
        ``file-damaged``, ``no-features``, ``dxf-not-readable``, ``several-layers``,
        ``layer-missing``, ``dxf-units``.
    """
    opened = dxf_document.load(path, name)
    found = _collect(opened, name)
    by_layer, shown = _by_layer(found.drawn, opened)
    within = dxf_layer.tolerance(found.drawn, options)
    key = _layer(options, by_layer, shown, found, within, name)
    made = dxf_layer.make(by_layer[key], within, options)
    features = made.features
    others = {shown[layer]: items for layer, items in by_layer.items() if layer != key}
    unit = dxf_document.in_other_units(opened.document, _centres(features), options.crs, name)
    columns = {
        "Layer": [opened.text(shape.first.layer) for shape in features],
        "EntityHandle": [shape.first.handle for shape in features],
        "Entity": [shape.first.kind for shape in features],
    }
    told = [dxf_ledger.contents(opened, found), *_told(made, found, options, within)]
    return Raw(
        geometry=np.array([*(shape.geometry for shape in features), None], dtype=object)[:-1],
        attributes=values.table(columns, len(features)),
        positions=np.arange(len(features)),
        driver="DXF",
        crs=None,
        crs_evidence=message("ogr.file-states-none"),
        layer=shown[key],
        notices=(*told, *((unit,) if unit else ())),
        unread=(*opened.unread, *_assumed(made, options)),
        ledger=dxf_ledger.account(opened, found, made, others, shown[key], options),
        broken={} if made.areas else dict(_nearly_closed(features)),
        known=_known(found),
    )


def _known(found: Found) -> Any:
    """Return the bounds of what the account covers: all that is drawn, on whatever layer."""
    boxes = [dxf_layer.box_of(d) for d in found.drawn if not dxf_ledger.is_definition_point(d)]
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def layers(path: Path, name: str) -> list[tuple[str, str | None, int | None]]:
    """Return each drawing layer with the number of its entities, blocks taken apart."""
    opened = dxf_document.load(path, name)
    found = _collect(opened, name)
    counts = Counter(opened.text(drawn.layer) for drawn in found.drawn)
    for (layer, _), count in (found.unreadable + found.aside).items():
        counts[opened.text(layer)] += count
    return [(title, None, number) for title, number in sorted(counts.items())]


def _collect(opened: Opened, name: str) -> Found:
    try:
        return dxf_shapes.collect(opened.document.modelspace(), opened.document)
    except dxf_shapes.TooManyEntitiesError as error:
        what = message("dxf.entities-of-blocks")
        limit = f"{dxf_shapes.MAX_ENTITIES:,}"
        raise SourceError(file_faults.too_large(name, what, limit)) from error


def _by_layer(
    drawn: Iterable[Drawn], opened: Opened
) -> tuple[dict[str, list[Drawn]], dict[str, str]]:
    """Return the entities by layer, and the layers' names as shown; case makes no difference."""
    found: dict[str, list[Drawn]] = {}
    shown: dict[str, str] = {}
    for item in drawn:
        if not dxf_ledger.is_definition_point(item):
            title = opened.text(item.layer)
            found.setdefault(title.casefold(), []).append(item)
            shown.setdefault(title.casefold(), title)
    return found, shown


def _layer(
    options: ReadOptions,
    by_layer: dict[str, list[Drawn]],
    shown: dict[str, str],
    found: Found,
    within: float,
    name: str,
) -> str:
    """Return the key of the layer asked for, or of the only one that can be meant."""
    if options.layer is not None:
        if options.layer.casefold() not in by_layer:
            raise SourceError(
                file_faults.layer_missing(name, options.layer, sorted(shown.values()))
            )
        return options.layer.casefold()
    if not by_layer:
        raise SourceError(_nothing(found, name))
    likely = [key for key, items in by_layer.items() if dxf_layer.encloses(items, within)]
    if len(likely or by_layer) > 1:
        titles = sorted(shown[key] for key in likely or by_layer)
        raise SourceError(file_faults.several_layers(name, titles))
    return next(iter(likely or by_layer))


def _nothing(found: Found, name: str) -> Problem:
    """Return why a drawing holds nothing that can be read."""
    kinds = [f"{kind} {count}" for (_, kind), count in sorted(found.unreadable.items())]
    if not kinds and not found.missing:
        return file_faults.no_features(name)
    return problem("dxf-not-readable", file=name, kinds=[*kinds, *sorted(found.missing)][:8])


def _centres(features: Sequence[Shape]) -> Any:
    box = shapely.bounds(np.array([*(s.geometry for s in features), None], dtype=object)[:-1])
    box = box[np.isfinite(box).all(axis=1)]
    return np.column_stack([box[:, 0] / 2 + box[:, 2] / 2, box[:, 1] / 2 + box[:, 3] / 2])


def _told(made: DrawnLayer, found: Found, options: ReadOptions, within: float) -> Iterator[Text]:
    """Say what was done to the lines."""
    if made.gaps:
        gaps = {"count": len(made.gaps), "widest": f"{max(made.gaps):.2g}"}
        yield message("dxf.gaps-closed", **gaps, tolerance=f"{within:.2g}")
    if found.curved:
        yield curves.told()
    if made.holes and (options.nested is not None or not made.assumed):
        yield message("dxf.holes-stated", count=made.holes)


def _assumed(made: DrawnLayer, options: ReadOptions) -> Iterator[Text]:
    """Say what was taken for granted: rings for holes, ends of lines for slips of the hand."""
    if made.assumed and options.nested is None:
        yield message("dxf.holes-assumed", count=made.assumed)
    used = {take for shape in made.areas for take in shape.takes}
    past = [shape.geometry.length for shape in made.left if shape.takes <= used]
    if past:
        yield message("dxf.past-corners", count=len(past), longest=f"{max(past):.3g}")


def _nearly_closed(features: Sequence[Shape]) -> Iterator[tuple[int, Problem]]:
    """Fail the lines that were meant to close: read as lines, they would hide what they enclose."""
    for row, shape in enumerate(features):
        line = shape.geometry
        if line.geom_type != "LineString" or shapely.get_num_coordinates(line) < 3:
            continue
        gap = dxf_ledger.ends_apart(line)
        if gap < _NEARLY_CLOSED * line.length:
            yield row, problem("dxf-nearly-closed", gap=f"{gap:.3g}", length=f"{line.length:.4g}")
