"""DXF drawings (AutoCAD 2007, which is UTF-8): polylines, points, and attributes beside them.

A drawing has no features: a ring is a closed polyline, a part an entity of its own. What belongs
together shows by its extended data, which CAD programs keep and most readers pass over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely

from zoning.base.drawings import XDATA_APP, XDATA_HOLE
from zoning.base.seals import MARK
from zoning.messages import message
from zoning.show.vectors.columns import Loss, cut, records, text_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Most bytes of one extended-data text.
_XDATA: Final = 255
#: Characters that a layer of a drawing cannot have in its name.
_NO_LAYER: Final = str.maketrans(dict.fromkeys('<>/\\":;?*|,=`\n\r\t', "_"))


def dxf(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:
    """Write every ring, line and point as an entity of one drawing layer."""
    layer = name.translate(_NO_LAYER)[:80] or "0"
    handles = iter(range(0x100, 1 << 62))
    lines = [*_head(layer, frame.crs.to_string())]
    for row, shape in zip(records(frame), frame.geometry, strict=True):
        for part in shapely.get_parts(shapely.get_parts([shape])):
            for at, entity in enumerate(_entities(part, layer, handles)):
                lines += [*entity, *_xdata(row, hole=at > 0)]
    lines += ["0", "ENDSEC", "0", "EOF"]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-8", "replace"))
    told = [message("vectors.drawing", crs=frame.crs.to_string())]
    if len(frame.columns) > 1:
        told.append(message("vectors.drawing-attributes", app=XDATA_APP))
    if any(_rings(shape) > 1 for shape in frame.geometry):
        told.append(message("vectors.drawing-rings"))
    return told


def _rings(shape: Any) -> int:
    parts = shapely.get_parts([shape])
    return sum(1 + max(int(shapely.get_num_interior_rings(part)), 0) for part in parts)


def _head(layer: str, crs: str) -> Iterator[str]:
    """Yield the remark, the version, and the tables that an entity refers to."""
    yield from ("999", MARK, "999", f"CRS {crs}")
    yield from ("0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1021")
    yield from ("9", "$DWGCODEPAGE", "3", "ANSI_1252", "9", "$INSUNITS", "70", "6", "0", "ENDSEC")
    yield from ("0", "SECTION", "2", "TABLES")
    yield from ("0", "TABLE", "2", "LTYPE", "5", "5", "100", "AcDbSymbolTable", "70", "1")
    yield from ("0", "LTYPE", "5", "14", "100", "AcDbSymbolTableRecord")
    yield from ("100", "AcDbLinetypeTableRecord", "2", "CONTINUOUS", "70", "0", "3", "", "72", "65")
    yield from ("73", "0", "40", "0.0", "0", "ENDTAB")
    yield from ("0", "TABLE", "2", "LAYER", "5", "2", "100", "AcDbSymbolTable", "70", "1")
    yield from ("0", "LAYER", "5", "10", "100", "AcDbSymbolTableRecord")
    yield from ("100", "AcDbLayerTableRecord", "2", layer, "70", "0", "62", "7", "6", "CONTINUOUS")
    yield from ("0", "ENDTAB", "0", "TABLE", "2", "APPID", "5", "9", "100", "AcDbSymbolTable")
    yield from ("70", "1", "0", "APPID", "5", "12", "100", "AcDbSymbolTableRecord")
    yield from (
        "100",
        "AcDbRegAppTableRecord",
        "2",
        XDATA_APP,
        "70",
        "0",
        "0",
        "ENDTAB",
        "0",
        "ENDSEC",
    )
    yield from ("0", "SECTION", "2", "ENTITIES")


def _entities(part: Any, layer: str, handles: Iterator[int]) -> Iterator[list[str]]:
    if part.geom_type == "Point":
        common = _common("POINT", layer, handles, "AcDbPoint")
        yield [*common, "10", repr(float(part.x)), "20", repr(float(part.y)), "30", "0.0"]
        return
    polygon = part.geom_type == "Polygon"
    for line in (part.exterior, *part.interiors) if polygon else (part,):
        xy = shapely.get_coordinates(line)[: -1 if polygon else None].tolist()
        flag = "1" if polygon else "0"
        common = _common("LWPOLYLINE", layer, handles, "AcDbPolyline")
        points = [text for x, y in xy for text in ("10", repr(x), "20", repr(y))]
        yield [*common, "90", str(len(xy)), "70", flag, *points]


def _common(kind: str, layer: str, handles: Iterator[int], subclass: str) -> list[str]:
    head = ["0", kind, "5", f"{next(handles):X}", "100", "AcDbEntity", "8", layer]
    return [*head, "100", subclass]


def _xdata(row: dict[str, Any], *, hole: bool) -> list[str]:
    """Return the attributes as ``name=value``; one longer than a text is cut between characters.

    The first text of a hole says that it is one.
    """
    stated = [f"{key}={text_of(value)}" for key, value in row.items() if value is not None]
    texts = [cut(" ".join(text.split()), _XDATA) for text in stated]
    texts = [XDATA_HOLE, *texts] if hole else texts
    return ["1001", XDATA_APP, *(x for text in texts for x in ("1000", text))] if texts else []
