"""What became of every entity of a drawing: read, set aside by a rule, or left unread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read.formats import dxf_layer, dxf_shapes, dxf_texts
from zoning.read.formats.dxf_document import Opened
from zoning.read.formats.dxf_layer import Box, DrawnLayer
from zoning.read.formats.dxf_shapes import Drawn, Found
from zoning.read.types import ReadOptions

#: Paper and symbols are drawn no farther from their origin than this, in drawing units.
_LOCAL: Final = 5_000.0
_SHOWN: Final = 12


def account(
    opened: Opened,
    found: Found,
    made: DrawnLayer,
    others: Mapping[str, Sequence[Drawn]],
    chosen: str,
    options: ReadOptions,
) -> Ledger:
    """Return the account of a drawing's entities.

    Parameters
    ----------
    opened : Opened
    found : Found
        What model space shows.
    made : DrawnLayer
        The layer that is read.
    others : mapping of str to sequence of Drawn
        The entities of the other layers, by their names as shown.
    chosen : str
        Name of the layer that is read.
    options : ReadOptions
    """
    used = {take for shape in made.features for take in shape.takes}
    left = {take for shape in made.left for take in shape.takes} - used
    beyond = [*_unplaced(opened, found)]
    parts = [
        *_aside(made, found),
        *_beside(len(left), made, chosen),
        *_elsewhere(others, options),
        *_unreadable(opened, found, chosen, options),
        *beyond,
    ]
    seen = found.seen + sum(part.count for part in beyond) + opened.lost
    read = len(used) + found.references.total()
    entities = Tally("entity", seen, read, set_aside=tuple(p for p in parts if p.count))
    box = dxf_layer.bounds(found.drawn)
    beside = tuple(dxf_texts.astray(opened.document, box))
    told = sum(part.count for part in beside)
    texts = (Tally("member", told, 0, set_aside=beside),) if beside else ()
    return Ledger((entities, *texts, *_external(opened, found)))


def contents(opened: Opened, found: Found) -> Text:
    """Return the number of entities by layer and type."""
    counts = Counter((opened.text(d.layer), d.kind) for d in found.drawn)
    for (layer, kind), count in (found.aside + found.unreadable).items():
        counts[opened.text(layer), kind] += count
    listed = [f"{layer}: {kind} {n}" for (layer, kind), n in sorted(counts.items())]
    more = ["…"] if len(listed) > _SHOWN else []
    return message("dxf.contents", listed=[*listed[:_SHOWN], *more])


def _aside(made: DrawnLayer, found: Found) -> Iterator[SetAside]:
    """Yield what bounds nothing, or nothing more than what is read."""
    if found.aside:
        kinds: Counter[str] = Counter()
        for (_, kind), count in found.aside.items():
            kinds[kind] += count
        total = kinds.total()
        yield SetAside(total, message("dxf.set-aside", count=total, kinds=_kinds(kinds)), False)
    points = {d.take for d in found.drawn if is_definition_point(d)}
    if points:
        yield SetAside(len(points), message("dxf.definition-points", count=len(points)), False)
    if made.repeated:
        count = len(made.repeated)
        yield SetAside(count, message("dxf.drawn-twice", count=count), False)


def is_definition_point(item: Drawn) -> bool:
    """Return whether CAD programs made the point for a dimension to hang on."""
    return item.kind == "POINT" and item.layer.casefold() == "defpoints"


def _kinds(kinds: Counter[str]) -> list[str]:
    return [f"{kind} {count}" for kind, count in sorted(kinds.items())]


def _beside(count: int, made: DrawnLayer, chosen: str) -> Iterator[SetAside]:
    """Yield the lines that close to no area beside others that do."""
    if count:
        widths = [ends_apart(s.geometry) for s in made.left if s.geometry.geom_type == "LineString"]
        gap = f"{min(widths):.3g}" if widths else "-"
        told = message("dxf.entities-on-layer-no", chosen=chosen, left=count, gap=gap)
        yield SetAside(count, told)


def ends_apart(line: Any) -> float:
    """Return the distance between the ends of a line."""
    first, last = line.coords[0], line.coords[-1]
    return float(np.hypot(first[0] - last[0], first[1] - last[1]))


def _elsewhere(others: Mapping[str, Sequence[Drawn]], options: ReadOptions) -> Iterator[SetAside]:
    """Yield what other layers hold: left out on the user's word, or unread."""
    count = len({item.take for items in others.values() for item in items})
    if count:
        stated = options.layer is not None
        key = "dxf.layers-not-chosen" if stated else "dxf.other-layers-not-read"
        told = message(key, names=sorted(others)[:_SHOWN], left=count)
        yield SetAside(count, told, may_hold=not stated)


def _unreadable(
    opened: Opened, found: Found, chosen: str, options: ReadOptions
) -> Iterator[SetAside]:
    """Yield the entities that make no shape; those of layers left out by choice apart."""
    here: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    for (layer, kind), count in found.unreadable.items():
        same = not layer or opened.text(layer).casefold() == chosen.casefold()
        meant = options.layer is None or same
        (here if meant else elsewhere)[kind] += count
    for kinds, may_hold in ((here, True), (elsewhere, False)):
        if kinds:
            told = message("dxf.not-readable", count=kinds.total(), kinds=_kinds(kinds))
            yield SetAside(kinds.total(), told, may_hold)
    if found.missing:
        count = found.missing.total()
        names = sorted(map(opened.text, found.missing))[:_SHOWN]
        yield SetAside(count, message("dxf.external-missing", names=names, count=count))


def _external(opened: Opened, found: Found) -> Iterator[Tally]:
    """Yield the account of external drawings that are named and nowhere inserted."""
    names = [
        str(block.block.dxf.get("xref_path", "") or block.name)
        for block in opened.document.blocks
        if block.block is not None and dxf_shapes.is_external(block)
    ]
    hidden = [opened.text(name) for name in names if name not in found.missing]
    if hidden:
        told = message("dxf.external-missing", names=sorted(hidden)[:_SHOWN], count=len(hidden))
        yield Tally("block", len(hidden), 0, set_aside=(SetAside(len(hidden), told),))


def _unplaced(opened: Opened, found: Found) -> Iterator[SetAside]:
    """Yield what stands on sheets and in blocks that are never inserted.

    It has no place on the ground, unless it is drawn in coordinates that lie there.
    """
    ground = _ground(found)
    away = 0
    for block in opened.document.blocks:
        title = block.name.casefold()
        if title == "*model_space" or title in found.references or dxf_shapes.is_external(block):
            continue
        inside = dxf_shapes.collect(block, opened.document)
        drawn = inside.drawn
        if title.startswith("*d") and not _bounds_area(drawn):
            drawn = []  # the picture of a dimension: lines that enclose nothing, and arrowheads
        astray = {d.take for d in drawn if _on_ground(dxf_layer.box_of(d), ground)}
        unclear = inside.unreadable.total() if astray else 0
        key = "dxf.paper-on-ground" if title.startswith("*paper_space") else "dxf.block-on-ground"
        count = len(astray) + unclear
        yield SetAside(count, message(key, block=opened.text(block.name), count=count))
        away += inside.seen - count
    yield SetAside(away, message("dxf.off-ground", count=away), may_hold=False)


def _bounds_area(drawn: Sequence[Drawn]) -> bool:
    heads = ("SOLID", "TRACE", "POINT")
    lines = [item for item in drawn if item.kind not in heads]
    return dxf_layer.encloses(lines, dxf_layer.GAP_M)


def _ground(found: Found) -> Box | None:
    """Return where the drawing lies, with a tenth of its distance from the origin around it."""
    box = dxf_layer.bounds(found.drawn)
    if box is None:
        return None
    margin_x = max(box[2] - box[0], 0.1 * max(abs(box[0]), abs(box[2])))
    margin_y = max(box[3] - box[1], 0.1 * max(abs(box[1]), abs(box[3])))
    return box[0] - margin_x, box[1] - margin_y, box[2] + margin_x, box[3] + margin_y


def _on_ground(box: Any, ground: Box | None) -> bool:
    """Return whether something drawn in coordinates of its own could be meant on the ground."""
    if not np.isfinite(box).all():
        return False
    if ground is None or np.abs(box).max() > _LOCAL:
        return True
    return bool(
        box[0] <= ground[2] and box[2] >= ground[0] and box[1] <= ground[3] and box[3] >= ground[1]
    )
