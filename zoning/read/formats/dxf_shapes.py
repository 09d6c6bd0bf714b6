"""Entities of a drawing as curves, areas and points in the plane; blocks are taken apart.

Arcs and splines become chords that leave the curve by no more than :data:`SAGITTA_M`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from zoning.read.rings import chain, nest

if TYPE_CHECKING:
    from ezdxf.document import Drawing
    from ezdxf.layouts import BaseLayout

Floats = npt.NDArray[np.float64]

#: How far a chord may leave its curve: 1 mm in metres, and about that in degrees.
SAGITTA_M: Final = 1e-3
_SAGITTA_DEG: Final = 1e-8
#: Entities that a drawing may come to when its blocks are taken apart.
MAX_ENTITIES: Final = 2_000_000
_NESTING: Final = 32

#: Writing and measures about the drawing. They have a place, but bound nothing.
WRITING: Final = frozenset({
    "TEXT", "MTEXT", "ATTRIB", "ATTDEF", "DIMENSION", "ARC_DIMENSION", "LARGE_RADIAL_DIMENSION",
    "LEADER", "MULTILEADER", "MLEADER", "TOLERANCE", "ACAD_TABLE", "RTEXT", "ARCALIGNEDTEXT",
})  # fmt: skip
#: What is no part of the ground: windows onto it, lights, pictures, lines without an end.
WITHOUT_EXTENT: Final = frozenset({
    "VIEWPORT", "LIGHT", "SUN", "CAMERA", "XLINE", "RAY", "IMAGE", "GEOPOSITIONMARKER",
    "SEQEND",
})  # fmt: skip
_CURVES: Final = frozenset({"LINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE", "HELIX", "LWPOLYLINE"})
_FILLED: Final = frozenset({"SOLID", "TRACE", "3DFACE"})


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """An entity: a point, a curve, or an area."""

    layer: str
    kind: str
    handle: str
    shape: Any = None
    curve: Floats | None = None
    closed: bool = False


@dataclass(slots=True)
class Found:
    """What a drawing or a block holds, and what of it cannot be read or need not be.

    ``unreadable`` and ``aside`` count entities by layer and type, ``missing`` names blocks and
    external drawings that are not in the file.
    """

    drawn: list[Drawn] = field(default_factory=list)
    unreadable: Counter[tuple[str, str]] = field(default_factory=Counter)
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    missing: set[str] = field(default_factory=set)
    curved: bool = False


class TooManyEntitiesError(Exception):
    """Taking the blocks apart would make more entities than any drawing has."""


def errors() -> tuple[type[Exception], ...]:
    """Return what ezdxf raises for an entity that makes no sense."""
    from ezdxf.lldxf.const import DXFError

    return (DXFError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError)


def collect(layout: BaseLayout | Iterable[Any], document: Drawing) -> Found:
    """Return all that a layout or block shows.

    Raises
    ------
    TooManyEntitiesError
    """
    entities = list(layout)
    sizes: dict[str, int] = {}
    total = sum(_size(entity, document, sizes, 0) for entity in entities)
    if total > MAX_ENTITIES:
        raise TooManyEntitiesError
    found = Found()
    for entity in entities:
        _take(entity, None, str(entity.dxf.get("handle") or ""), found, 0)
    return found


def _size(entity: Any, document: Drawing, sizes: dict[str, int], depth: int) -> int:
    """Return how many entities one stands for, before any block is taken apart."""
    if entity.dxftype() != "INSERT" or depth > _NESTING:
        return 1
    name = str(entity.dxf.get("name", "")).casefold()
    if name not in sizes:
        sizes[name] = 1  # a block within itself
        block = document.blocks.get(name)
        sizes[name] = sum(_size(e, document, sizes, depth + 1) for e in block or ()) + 1
    return sizes[name] * max(int(entity.mcount), 1)


def _take(entity: Any, above: str | None, handle: str, found: Found, depth: int) -> None:
    """Sort one entity in; ``above`` is the layer of the block reference it came with."""
    kind = entity.dxftype()
    layer = str(entity.dxf.get("layer", "0") or "0")
    if above is not None and layer == "0":
        layer = above  # what lies on layer 0 of a block lies on the layer of its reference
    if kind in WRITING or kind in WITHOUT_EXTENT:
        found.aside[layer, kind] += 1
        return
    try:
        if kind == "INSERT":
            _insert(entity, layer, handle, found, depth)
        elif kind == "MLINE":
            for part in entity.virtual_entities():
                _take(part, layer, handle, found, depth + 1)
        else:
            made = list(_shapes(entity, layer, kind, handle))
            if not made:
                found.unreadable[layer, kind] += 1
            found.drawn.extend(made)
            found.curved |= _is_curved(entity, kind)
    except errors():
        found.unreadable[layer, kind] += 1


def _is_curved(entity: Any, kind: str) -> bool:
    """Return whether chords stand for a part of the entity."""
    if kind in ("HATCH", "MPOLYGON"):
        return any(map(_is_curved_path, entity.paths))
    return kind in ("ARC", "CIRCLE", "ELLIPSE", "SPLINE", "HELIX") or bool(
        getattr(entity, "has_arc", False)
    )


def _is_curved_path(path: Any) -> bool:
    if hasattr(path, "vertices"):
        return any(bulge for _, _, bulge in path.vertices)
    return any(edge.type.name != "LINE" for edge in path.edges)


def _insert(entity: Any, layer: str, handle: str, found: Found, depth: int) -> None:
    """Take a block reference apart, an array of them one by one."""
    block = entity.block()
    name = str(entity.dxf.get("name", ""))
    if block is None or depth > _NESTING:
        found.missing.add(name)
        return
    if block.block is not None and (block.block.is_xref or block.block.is_xref_overlay):
        found.missing.add(str(block.block.dxf.get("xref_path", "") or name))
        return

    def skipped(part: Any, _reason: str) -> None:
        found.unreadable[layer, part.dxftype()] += 1

    for single in entity.multi_insert() if entity.mcount > 1 else (entity,):
        for part in single.virtual_entities(skipped_entity_callback=skipped):
            _take(part, layer, handle, found, depth + 1)


def _shapes(entity: Any, layer: str, kind: str, handle: str) -> Iterator[Drawn]:
    if kind in _CURVES or (kind == "POLYLINE" and not _is_mesh(entity)):
        yield Drawn(layer, kind, handle, curve=curve(entity), closed=_is_closed(entity))
    elif kind in _FILLED:
        corners = entity.wcs_vertices()
        yield Drawn(layer, kind, handle, shape=shapely.Polygon([(v.x, v.y) for v in corners]))
    elif kind in ("HATCH", "MPOLYGON"):
        shape = _hatch(entity)
        if shape is not None:
            yield Drawn(layer, kind, handle, shape=shape)
    elif kind == "POINT":
        place = entity.dxf.location
        yield Drawn(layer, kind, handle, shape=shapely.Point(place.x, place.y))


def _is_mesh(entity: Any) -> bool:
    return bool(entity.is_poly_face_mesh or entity.is_polygon_mesh)


def _is_closed(entity: Any) -> bool:
    kind = entity.dxftype()
    if kind == "LWPOLYLINE":
        return bool(entity.closed)
    if kind == "POLYLINE":
        return bool(entity.is_closed)
    return kind == "CIRCLE" or (kind == "SPLINE" and bool(entity.closed))


def curve(entity: Any) -> Floats:
    """Return the vertices of a curve in world coordinates, arcs and splines as chords."""
    kind = entity.dxftype()
    if kind == "LINE":
        points = [entity.dxf.start, entity.dxf.end]
    elif kind in ("CIRCLE", "ARC"):
        centre = entity.ocs().to_wcs(entity.dxf.center)
        radius = abs(entity.dxf.radius)
        points = list(entity.flattening(min(_sagitta(centre, radius), radius / 10)))
    elif kind == "ELLIPSE":
        points = list(entity.flattening(_sagitta(entity.dxf.center, entity.dxf.major_axis.magnitude)))
    elif kind in ("SPLINE", "HELIX"):
        tool = entity.construction_tool()
        first, *rest = tool.control_points
        size = max((point.distance(first) for point in rest), default=0.0)
        points = list(tool.flattening(_sagitta(first, size)))
    elif kind == "LWPOLYLINE":
        flat = _bulged(entity.get_points("xyb"), closed=bool(entity.closed))
        points = list(entity.ocs().points_to_wcs(_lifted(flat, entity.dxf.elevation)))
    else:
        points = _polyline(entity)
    return np.array([(point.x, point.y) for point in points], dtype=np.float64).reshape(-1, 2)


def _polyline(entity: Any) -> list[Any]:
    # The frame of a fitted curve (16) is kept in the file beside the curve itself.
    vertices = [v for v in entity.vertices if not v.dxf.get("flags", 0) & 16]
    if entity.is_3d_polyline:
        return [v.dxf.location for v in vertices]
    rows = [(v.dxf.location.x, v.dxf.location.y, v.dxf.get("bulge", 0.0)) for v in vertices]
    height = entity.dxf.elevation.z if entity.dxf.hasattr("elevation") else 0.0
    flat = _bulged(rows, closed=bool(entity.is_closed))
    return list(entity.ocs().points_to_wcs(_lifted(flat, height)))


def _lifted(xy: list[tuple[float, float]], height: float) -> list[Any]:
    from ezdxf.math import Vec3

    return [Vec3(x, y, height) for x, y in xy]


def _bulged(rows: Iterable[Any], *, closed: bool) -> list[tuple[float, float]]:
    """Return the vertices of a polyline; a segment with a bulge becomes the chords of its arc.

    The bulge is the tangent of a quarter of the arc's angle, positive to the left.
    """
    rows = [(float(x), float(y), float(b)) for x, y, b in rows]
    out: list[tuple[float, float]] = []
    following = [*rows[1:], *(rows[:1] if closed else [])]
    for (x0, y0, bulge), (x1, y1, _) in zip(rows, following, strict=False):
        out.append((x0, y0))
        if bulge and (x0, y0) != (x1, y1):
            out.extend(_arc(x0, y0, x1, y1, bulge))
    if rows and not closed:
        out.append(rows[-1][:2])
    return out


def _arc(x0: float, y0: float, x1: float, y1: float, bulge: float) -> list[tuple[float, float]]:
    """Return the points between the ends of an arc."""
    angle = 4.0 * math.atan(bulge)
    # Centre: from the middle of the chord along its left normal.
    offset = (1.0 - bulge * bulge) / (4.0 * bulge)
    cx, cy = (x0 + x1) / 2 - offset * (y1 - y0), (y0 + y1) / 2 + offset * (x1 - x0)
    radius = math.hypot(x0 - cx, y0 - cy)
    small = 1.0 if max(abs(x0), abs(y0)) > 360 else 0.0
    sagitta = SAGITTA_M if small else max(_SAGITTA_DEG, radius * 1e-7)
    step = 2.0 * math.acos(max(1.0 - sagitta / radius, 0.0)) if radius > sagitta else math.pi / 2
    count = max(math.ceil(abs(angle) / step), 1)
    start = math.atan2(y0 - cy, x0 - cx)
    turns = [start + angle * k / count for k in range(1, count)]
    return [(cx + radius * math.cos(t), cy + radius * math.sin(t)) for t in turns]


def _sagitta(place: Any, size: float) -> float:
    """Return how far a chord may leave a curve there: coordinates up to 360 may be degrees."""
    if max(abs(place.x), abs(place.y)) > 360:
        return SAGITTA_M
    return max(_SAGITTA_DEG, size * 1e-7)


def _hatch(entity: Any) -> Any:
    """Return the area of a hatch by the even-odd rule, or None where its boundary does not close.

    A hatch closes where its boundary is drawn with small gaps; boxes left free for text count as
    filled.
    """
    loops = []
    for path in entity.paths:
        if path.path_type_flags & 8:
            continue
        curves = list(_boundary(path, entity))
        made = chain(curves, _span(curves) * 1e-6)
        if not made.rings and len(made.open) == 1 and len(made.open[0].xy) >= 3:
            made = chain([(made.open[0].xy, True)], 0.0)
        if not made.rings or made.open:
            return None
        loops.extend(made.rings)
    if not loops:
        return None
    # Style 2 fills whatever lies within the outermost line.
    areas = nest(loops, 0.0, holes=entity.dxf.get("hatch_style", 0) != 2).areas
    shapes = [shape for shape, _ in areas]
    return shapes[0] if len(shapes) == 1 else shapely.MultiPolygon(shapes)


def _boundary(path: Any, entity: Any) -> Iterator[tuple[Floats, bool]]:
    """Yield the pieces of one boundary in world coordinates."""
    height = entity.dxf.elevation.z
    if hasattr(path, "vertices"):
        pieces = [(_bulged(path.vertices, closed=True), True)]
    else:
        pieces = [([(p.x, p.y) for p in _edge(edge)], False) for edge in path.edges]
    for points, closed in pieces:
        placed = entity.ocs().points_to_wcs(_lifted(points, height))
        yield np.array([(p.x, p.y) for p in placed], dtype=np.float64).reshape(-1, 2), closed


def _edge(edge: Any) -> list[Any]:
    """Return the points of one piece of a hatch boundary, in the plane of the hatch."""
    from ezdxf.math import fit_points_to_cad_cv

    kind = edge.type.name
    if kind == "LINE":
        return [edge.start, edge.end]
    if kind == "ARC":
        radius = abs(edge.radius)
        sagitta = min(_sagitta(edge.center, radius), radius / 10)
        return list(edge.construction_tool().flattening(sagitta))
    if kind == "ELLIPSE":
        sagitta = _sagitta(edge.center, edge.major_axis.magnitude)
        return list(edge.construction_tool().flattening(sagitta))
    if edge.control_points:
        tool = edge.construction_tool()
    else:
        tool = fit_points_to_cad_cv(edge.fit_points)
    first, *rest = tool.control_points
    size = max((point.distance(first) for point in rest), default=0.0)
    return list(tool.flattening(_sagitta(first, size)))


def _span(curves: list[tuple[Floats, bool]]) -> float:
    every = np.vstack([xy for xy, _ in curves]) if curves else np.zeros((1, 2))
    return float(np.ptp(every, axis=0).max()) if len(every) else 0.0
