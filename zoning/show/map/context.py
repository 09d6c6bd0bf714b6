"""Layers as small display data: simplified, rounded, named.

Only the picture is simplified; every figure in the report comes from the full geometry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import geopandas
import numpy as np
import pandas as pd
import shapely

from zoning.base.settings import CRS
from zoning.messages import Lang, table
from zoning.model import Evidence, Layer
from zoning.show import titles
from zoning.show.map import palette
from zoning.show.map.codec import packed

#: 1e-5° is about 1 m: finer than any context layer.
_DECIMALS: Final = 5
#: Simplification starts at about 5 m and doubles until a layer fits its budget of vertices.
_FINEST_DEG: Final = 5e-5
_COARSEST_DEG: Final = 1e-2
_VERTICES: Final = 9_000
#: Rules speak of tens of metres from a river: lines keep more of their course than areas.
_LINE_VERTICES: Final = 24_000
#: Shapes as pages draw them, by what they are: to simplify and pack is most of a page.
_DRAWN: Final[dict[bytes, list[dict[str, Any] | None]]] = {}
_MOST: Final = 64
#: Layers of more features than this are labelled from nearer only.
_FEW: Final = 20


def layer_payload(
    frame: geopandas.GeoDataFrame,
    layer: Layer | None,
    identifier: str,
    lang: Lang,
    *,
    fields: bool = False,
) -> dict[str, Any]:
    """Return one layer as the page needs it.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Features in any CRS that leads to EPSG:4490.
    layer : Layer or None
        Its declaration: names, style, evidence. Without it the layer is drawn grey.
    identifier : str
        Layer id, shown where there is no declaration.
    lang : {"zh", "en"}
        Language of names, as far as the data have them.
    fields : bool, default False
        Also give each feature its declared columns, to be shown at a click.
    """
    frame = frame if frame.crs is None or frame.crs == CRS else frame.to_crs(CRS)
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    titles = names(frame, layer, lang)
    full = np.asarray(shapely.force_2d(frame.geometry.to_numpy()))
    rows = _rows(frame, layer, lang) if fields else [[] for _ in titles]
    style = layer.style if layer else None
    fill = style.fill_opacity if style else 0.0
    classes, own = palette.classes_of(identifier, frame)
    return {
        "id": identifier,
        "name": layer.name.in_(lang) if layer else identifier,
        "note": note(layer, lang),
        "style": {
            "color": style.color if style else "#777777",
            "weight": style.weight if style else 1.0,
            "dashArray": style.dash if style else None,
            "fillOpacity": fill,
        },
        "classes": [{"name": palette.title(x, lang), "color": x.color} for x in classes],
        "features": [
            _feature(name, shape, row, number)
            for name, shape, row, number in zip(titles, _drawn(full), rows, own, strict=True)
            if shape is not None
        ],
        "labels": _labels(full, titles, outline=fill == 0),
        "many": len(frame) > _FEW,
        "bounds": [round(float(x), _DECIMALS) for x in shapely.total_bounds(full)]
        if len(full)
        else None,
    }


def _feature(
    name: str, shape: dict[str, Any], row: list[tuple[str, str]], number: int | None
) -> dict[str, Any]:
    found: dict[str, Any] = {"n": name, "g": shape}
    if row:
        found["p"] = row
    if number is not None:
        found["c"] = number
    return found


def _drawn(shapes: np.ndarray[Any, Any]) -> list[dict[str, Any] | None]:
    """Return shapes simplified and packed, None where nothing is left; the same for each page."""
    seen = sha256()
    for shape in shapes:
        seen.update(shapely.to_wkb(shape))
    key = seen.digest()
    if key not in _DRAWN:
        while len(_DRAWN) >= _MOST:
            del _DRAWN[next(iter(_DRAWN))]
        left = simplify(shapes)
        _DRAWN[key] = [None if shape.is_empty else packed(shape, _DECIMALS) for shape in left]
    return _DRAWN[key]


def simplify(shapes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Simplify for display, no more than the budget of vertices demands.

    Polygons that share borders are simplified together, so no gap opens between them; where the
    drawing is not exact and two borders differ in a vertex, still each stretch that is the same is
    simplified once.
    """
    if not len(shapes) or shapely.get_num_coordinates(shapes).sum() <= len(shapes) * 5:
        return shapes
    polygons = bool(np.all(shapely.get_dimensions(shapes) == 2))
    budget = _VERTICES if polygons else _LINE_VERTICES
    together = polygons and len(shapes) > 1
    tolerance = _FINEST_DEG
    found = shapes
    while tolerance <= _COARSEST_DEG:
        found = (
            # Each step goes on from the one before, which is quick and moves a border little more.
            shapely.coverage_simplify(found, tolerance)
            if together
            else shapely.simplify(shapes, tolerance)
        )
        if shapely.get_num_coordinates(found).sum() <= budget:
            break
        tolerance *= 2
    return np.asarray(found)


def bounds(payloads: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """Return west, south, east, north of all features, or None without any."""
    found = [p["bounds"] for p in payloads if p["bounds"] is not None]
    if not found:
        return None
    west, south, east, north = zip(*found, strict=True)
    return [min(west), min(south), max(east), max(north)]


def names(frame: geopandas.GeoDataFrame, layer: Layer | None, lang: Lang) -> list[str]:
    """Return names in the language asked for where the data have them, else in their own."""
    field = layer.name_field if layer else None
    candidates = [f"{field}_en", "name_en"] if lang == "en" else []
    for column in (*candidates, field, "name"):
        if column and column in frame.columns:
            return ["" if pd.isna(v) else str(v) for v in frame[column]]
    return [""] * len(frame)


def _rows(
    frame: geopandas.GeoDataFrame, layer: Layer | None, lang: Lang
) -> list[list[tuple[str, str]]]:
    """Titles and values of the declared columns, feature by feature, empty ones left out."""
    found: list[list[tuple[str, str]]] = [[] for _ in range(len(frame))]
    for field in layer.fields if layer else ():
        if field.name not in frame.columns:
            continue
        unit = f" {field.unit}" if field.unit else ""
        for row, value in zip(found, frame[field.name], strict=True):
            if not pd.isna(value):
                shown = f"{value:g}" if isinstance(value, float) else str(value)
                row.append((field.title.in_(lang), shown + unit))
    return found


def note(layer: Layer | None, lang: Lang) -> str:
    """Return evidence, accuracy and standing of a layer on one line."""
    if layer is None or layer.evidence is None:
        return ""
    parts = [titles.EVIDENCE[layer.evidence].in_(lang)]
    if layer.positional_accuracy_m is not None:
        parts.append(titles.accuracy(layer.positional_accuracy_m, lang))
    if layer.evidence is not Evidence.OFFICIAL:
        parts.append(titles.page(lang)["indicative"])
    return table(lang)["separator.comma"].join(parts)


def _labels(
    shapes: np.ndarray[Any, Any], titles: Sequence[str], *, outline: bool
) -> list[tuple[float, float, str]]:
    """One label a name, at the largest part that bears it; filled areas speak when pointed at."""
    best: dict[str, tuple[float, Any]] = {}
    for shape, name in zip(shapes, titles, strict=True):
        dimension = shapely.get_dimensions(shape)
        if not name or (dimension == 2 and (not outline or len(shapes) == 1)):
            continue
        part = max(shapely.get_parts(shape), key=lambda p: (shapely.area(p), shapely.length(p)))
        size = float(shapely.area(part) or shapely.length(part))
        if name not in best or size > best[name][0]:
            spot = (
                shapely.line_interpolate_point(part, 0.5, normalized=True)
                if dimension == 1
                else shapely.point_on_surface(part)
            )
            best[name] = (size, spot)
    return [(round(p.y, _DECIMALS), round(p.x, _DECIMALS), n) for n, (_, p) in best.items()]
