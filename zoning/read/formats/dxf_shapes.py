"""Entities of a drawing as curves, areas and points in the plane; blocks are taken apart.

Arcs and splines become chords, within the tolerance of :mod:`zoning.read.curves`.
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

from zoning.base.drawings import XDATA_APP, XDATA_HOLE
from zoning.read.curves import SAGITTA_DEG, SAGITTA_M
from zoning.read.formats import dxf_texts
from zoning.read.rings import chain, nest

if TYPE_CHECKING:
    from ezdxf.document import Drawing

Floats = npt.NDArray[np.float64]

#: Entities that a drawing may come to when its blocks are taken apart.
MAX_ENTITIES: Final = 2_000_000
_NESTING: Final = 32

#: Writing and measures about the drawing. They have a place, but bound nothing.
WRITING: Final = frozenset({
    "TEXT", "MTEXT", "ATTRIB", "ATTDEF", "DIMENSION", "ARC_DIMENSION", "LARGE_RADIAL_DIMENSION",
    "LEADER", "MULTILEADER", "MLEADER", "TOLERANCE", "ACAD_TABLE", "RTEXT", "ARCALIGNEDTEXT",
})  # fmt: skip
#: What is no part of the ground: windows onto it, and lights.
WITHOUT_EXTENT: Final = frozenset({
    "VIEWPORT", "LIGHT", "SUN", "CAMERA", "GEOPOSITIONMARKER", "SEQEND",
})  # fmt: skip
CURVES: Final = frozenset({"LINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE", "HELIX", "LWPOLYLINE"})
FILLED: Final = frozenset({"SOLID", "TRACE", "3DFACE"})


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """An entity where it is shown: a point, a curve, or an area.

    ``take`` numbers the entities as they are met, a block's anew wherever it is inserted. ``hole``
    is True where the entity's extended data state that it is one, as in drawings of this program.
    """

    take: int
    layer: str
    kind: str
    handle: str
    shape: Any = None
    curve: Floats | None = None
    closed: bool = False
    hole: bool = False


@dataclass(slots=True)
class Found:
    """What a drawing or a block shows, and what of it cannot be read or need not be.

    ``seen`` counts all entities by multiplication, before any block is taken apart. ``unreadable``
    and ``aside`` count those without a shape by layer and type, ``references`` the block references
    that were followed; ``missing`` names what is referred to and is not in the file.
    """

    seen: int = 0
    takes: int = 0
    drawn: list[Drawn] = field(default_factory=list)
    unreadable: Counter[tuple[str, str]] = field(default_factory=Counter)
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    references: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    curved: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block is shown: the transformation, the layer and entity it came with, the depth."""

    matrix: Any = None
    layer: str | None = None
    handle: str = ""
    depth: int = 0

    def put(self, points: Iterable[Any]) -> list[Any]:
        """Return points of the block in world coordinates."""
        given = list(points)
        return given if self.matrix is None else list(self.matrix.transform_vertices(given))

    def sagitta(self, centre: Any, size: float) -> float:
        """Return how far a chord may leave a curve of the block; coordinates may be degrees."""
        place = self.put([centre])[0]
        scale = 1.0
        if self.matrix is not None:
            zero, x, y = self.put([(0, 0, 0), (1, 0, 0), (0, 1, 0)])
            scale = max(x.distance(zero), y.distance(zero)) or 1.0
        if max(abs(place.x), abs(place.y)) > 360:
            return SAGITTA_M / scale
        return max(SAGITTA_DEG / scale, size * 1e-7)


class TooManyEntitiesError(Exception):
    """Taking the blocks apart would make more entities than any drawing has."""


def errors() -> tuple[type[Exception], ...]:
    """Return what ezdxf raises for an entity that makes no sense."""
    from ezdxf.lldxf.const import DXFError

    return (DXFError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError)


def collect(layout: Iterable[Any], document: Drawing) -> Found:
    """Return all that a layout or block shows.

    Raises
    ------
    TooManyEntitiesError
    """
    entities = list(layout)
    sizes: dict[str, int] = {}
    found = Found(seen=sum(_size(entity, document, sizes, 0) for entity in entities))
    if found.seen > MAX_ENTITIES:
        raise TooManyEntitiesError
    for entity in entities:
        _take(entity, _Place(handle=str(entity.dxf.get("handle") or "")), found)
    return found


def _size(entity: Any, document: Drawing, sizes: dict[str, int], depth: int) -> int:
    """Return how many entities one stands for."""
    if entity.dxftype() != "INSERT" or depth >= _NESTING:
        return 1
    name = str(entity.dxf.get("name", "")).casefold()
    if name not in sizes:
        sizes[name] = MAX_ENTITIES  # a block within itself never ends
        block = document.blocks.get(name)
        inside = block if block is not None and not is_external(block) else ()
        sizes[name] = sum(_size(e, document, sizes, depth + 1) for e in inside)
    return 1 + sizes[name] * max(int(entity.mcount), 1)


def is_external(block: Any) -> bool:
    """Return whether a block stands for another drawing."""
    return block.block is not None and (block.block.is_xref or block.block.is_xref_overlay)


def _take(entity: Any, place: _Place, found: Found) -> None:
    """Sort one entity in."""
    kind = entity.dxftype()
    layer = _layer(entity)
    if place.layer is not None and layer == "0":
        layer = place.layer  # what lies on layer 0 of a block lies on the layer of its reference
    take, found.takes = found.takes, found.takes + 1
    if kind in WRITING and dxf_texts.may_draw(entity):
        found.unreadable[layer, kind] += 1
        return
    if kind in WRITING or kind in WITHOUT_EXTENT:
        found.aside[layer, kind] += 1
        return
    try:
        if kind == "INSERT":
            _insert(entity, layer, place, found)
            return
        parts = list(entity.virtual_entities()) if kind == "MLINE" else [entity]
        made = [drawn for e in parts for drawn in _shapes(e, take, layer, place)]
    except errors():
        made = []
    if not made:
        found.unreadable[layer, kind] += 1
    found.drawn.extend(made)
    found.curved |= bool(made) and _is_curved(entity, kind)


def _layer(entity: Any) -> str:
    """Return the layer of an entity; empty for a type that ezdxf does not know."""
    if entity.dxf.is_supported("layer"):
        return str(entity.dxf.get("layer", "0") or "0")
    return ""


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


def _insert(entity: Any, layer: str, place: _Place, found: Found) -> None:
    """Take a block reference apart, an array of them one by one."""
    block = entity.block()
    name = str(entity.dxf.get("name", ""))
    if block is None or is_external(block) or place.depth >= _NESTING:
        path = block.block.dxf.get("xref_path", "") if block is not None else ""
        found.missing[str(path) or name] += 1
        return
    found.references[name.casefold()] += 1
    for single in entity.multi_insert() if entity.mcount > 1 else (entity,):
        matrix = single.matrix44()
        if place.matrix is not None:
            matrix = matrix * place.matrix
        inside = _Place(matrix, layer, place.handle, place.depth + 1)
        for part in block:
            _take(part, inside, found)


def _shapes(entity: Any, take: int, layer: str, place: _Place) -> Iterator[Drawn]:
    kind = entity.dxftype()
    about = (take, layer, kind, place.handle)
    if kind in CURVES or (kind == "POLYLINE" and not _is_mesh(entity)):
        points = _plane(place.put(curve(entity, place)))
        yield Drawn(*about, curve=points, closed=_is_closed(entity), hole=_is_hole(entity))
    elif kind in FILLED:
        yield Drawn(*about, shape=shapely.Polygon(_plane(place.put(entity.wcs_vertices()))))
    elif kind in ("HATCH", "MPOLYGON"):
        shape = _hatch(entity, place)
        if shape is not None:
            yield Drawn(*about, shape=shape)
    elif kind == "POINT":
        yield Drawn(*about, shape=shapely.Point(_plane(place.put([entity.dxf.location]))[0]))


def _is_hole(entity: Any) -> bool:
    if not entity.has_xdata(XDATA_APP):
        return False
    return any(tag.code == 1000 and tag.value == XDATA_HOLE for tag in entity.get_xdata(XDATA_APP))


def _plane(points: Iterable[Any]) -> Floats:
    return np.array([(point.x, point.y) for point in points], dtype=np.float64).reshape(-1, 2)


def _is_mesh(entity: Any) -> bool:
    return bool(entity.is_poly_face_mesh or entity.is_polygon_mesh)


def _is_closed(entity: Any) -> bool:
    kind = entity.dxftype()
    if kind == "LWPOLYLINE":
        return bool(entity.closed)
    if kind == "POLYLINE":
        return bool(entity.is_closed)
    return kind == "CIRCLE" or (kind == "SPLINE" and bool(entity.closed))


def curve(entity: Any, place: _Place) -> list[Any]:
    """Return the vertices of a curve, arcs and splines as chords."""
    kind = entity.dxftype()
    if kind == "LINE":
        return [entity.dxf.start, entity.dxf.end]
    if kind in ("CIRCLE", "ARC"):
        radius = abs(entity.dxf.radius)
        sagitta = place.sagitta(entity.ocs().to_wcs(entity.dxf.center), radius)
        return list(entity.flattening(min(sagitta, radius / 10)))
    if kind == "ELLIPSE":
        size = entity.dxf.major_axis.magnitude
        return list(entity.flattening(place.sagitta(entity.dxf.center, size)))
    if kind in ("SPLINE", "HELIX"):
        return _spline(entity.construction_tool(), place)
    if kind == "LWPOLYLINE":
        rows = entity.get_points("xyb")
        return _lifted(
            _bulged(rows, place, closed=bool(entity.closed)), entity.dxf.elevation, entity
        )
    return _polyline(entity, place)


def _spline(tool: Any, place: _Place) -> list[Any]:
    first, *rest = tool.control_points
    size = max((point.distance(first) for point in rest), default=0.0)
    return list(tool.flattening(place.sagitta(first, size)))


def _polyline(entity: Any, place: _Place) -> list[Any]:
    # The frame of a fitted curve (16) is kept in the file beside the curve itself.
    vertices = [v for v in entity.vertices if not v.dxf.get("flags", 0) & 16]
    if entity.is_3d_polyline:
        return [v.dxf.location for v in vertices]
    rows = [(v.dxf.location.x, v.dxf.location.y, v.dxf.get("bulge", 0.0)) for v in vertices]
    height = entity.dxf.elevation.z if entity.dxf.hasattr("elevation") else 0.0
    return _lifted(_bulged(rows, place, closed=bool(entity.is_closed)), height, entity)


def _lifted(xy: list[tuple[float, float]], height: float, entity: Any) -> list[Any]:
    """Return points of an entity's own plane in world coordinates."""
    from ezdxf.math import Vec3

    return list(entity.ocs().points_to_wcs([Vec3(x, y, height) for x, y in xy]))


def _bulged(rows: Iterable[Any], place: _Place, *, closed: bool) -> list[tuple[float, float]]:
    """Return the vertices of a polyline; a segment with a bulge becomes the chords of its arc.

    The bulge is the tangent of a quarter of the arc's angle, positive to the left.
    """
    rows = [(float(x), float(y), float(b)) for x, y, b in rows]
    out: list[tuple[float, float]] = []
    following = [*rows[1:], *(rows[:1] if closed else [])]
    for (x0, y0, bulge), (x1, y1, _) in zip(rows, following, strict=False):
        out.append((x0, y0))
        if bulge and (x0, y0) != (x1, y1):
            out.extend(_arc((x0, y0), (x1, y1), bulge, place))
    if rows and not closed:
        out.append(rows[-1][:2])
    return out


def _arc(
    first: tuple[float, float], last: tuple[float, float], bulge: float, place: _Place
) -> list[tuple[float, float]]:
    """Return the points between the ends of an arc."""
    from ezdxf.math import Vec3

    (x0, y0), (x1, y1) = first, last
    angle = 4.0 * math.atan(bulge)
    # Centre: from the middle of the chord along its left normal.
    offset = (1.0 - bulge * bulge) / (4.0 * bulge)
    cx, cy = (x0 + x1) / 2 - offset * (y1 - y0), (y0 + y1) / 2 + offset * (x1 - x0)
    radius = math.hypot(x0 - cx, y0 - cy)
    sagitta = min(place.sagitta(Vec3(x0, y0), radius), radius / 10)
    count = max(math.ceil(abs(angle) / (2.0 * math.acos(1.0 - sagitta / radius))), 1)
    start = math.atan2(y0 - cy, x0 - cx)
    turns = [start + angle * k / count for k in range(1, count)]
    return [(cx + radius * math.cos(t), cy + radius * math.sin(t)) for t in turns]


def _hatch(entity: Any, place: _Place) -> Any:
    """Return the area of a hatch by the even-odd rule, or None where its boundary does not close.

    A hatch closes where its boundary is drawn with small gaps; boxes left free for text count as
    filled.
    """
    loops = []
    for path in entity.paths:
        if path.path_type_flags & 8:
            continue
        curves = list(_boundary(path, entity, place))
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


def _boundary(path: Any, entity: Any, place: _Place) -> Iterator[tuple[Floats, bool]]:
    """Yield the pieces of one boundary in world coordinates."""
    if hasattr(path, "vertices"):
        pieces = [(_bulged(path.vertices, place, closed=True), True)]
    else:
        pieces = [([(p.x, p.y) for p in _edge(edge, place)], False) for edge in path.edges]
    for points, closed in pieces:
        placed = _lifted(points, entity.dxf.elevation.z, entity)
        yield _plane(place.put(placed)), closed


def _edge(edge: Any, place: _Place) -> list[Any]:
    """Return the points of one piece of a hatch boundary, in the plane of the hatch."""
    from ezdxf.math import Vec3, fit_points_to_cad_cv

    kind = edge.type.name
    if kind == "LINE":
        return [edge.start, edge.end]
    if kind == "ARC":
        radius = abs(edge.radius)
        sagitta = min(place.sagitta(Vec3(edge.center), radius), radius / 10)
        return list(edge.construction_tool().flattening(sagitta))
    if kind == "ELLIPSE":
        sagitta = place.sagitta(Vec3(edge.center), edge.major_axis.magnitude)
        return list(edge.construction_tool().flattening(sagitta))
    if edge.control_points:
        return _spline(edge.construction_tool(), place)
    return _spline(fit_points_to_cad_cv(edge.fit_points), place)


def _span(curves: list[tuple[Floats, bool]]) -> float:
    every = np.vstack([xy for xy, _ in curves]) if curves else np.zeros((1, 2))
    return float(np.ptp(every, axis=0).max()) if len(every) else 0.0
