"""DXF drawings: closed polylines of one drawing layer become polygons."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from zoning.base import encoding
from zoning.base.errors import SourceError
from zoning.messages import message
from zoning.read import file_faults, values
from zoning.read.formats import ogr
from zoning.read.types import Raw, ReadOptions

_FIELD = "Layer"


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read one drawing layer. A drawing never states a CRS.

    Closed polylines become polygons and everything else on the layer is left out, with a notice;
    a layer without any keeps its lines and points.

    Raises
    ------
    SourceError
        ``file-damaged``, ``no-features``, ``several-layers``, ``layer-missing``.
    """
    entities = replace(options, layer="entities", bbox=None)
    raw = _decoded(ogr.read(path, name, entities, "dxf"))
    present = ~shapely.is_missing(raw.geometry)
    layers = raw.attributes[_FIELD].to_numpy(dtype=object)
    closed = present & shapely.is_closed(raw.geometry) & (shapely.get_dimensions(raw.geometry) == 1)
    chosen = _layer(options.layer, layers, closed, present, name)
    here = (layers == chosen) & present
    rows = np.flatnonzero(here & closed) if (here & closed).any() else np.flatnonzero(here)
    geometry = raw.geometry[rows].copy()
    rings = closed[rows]
    geometry[rings] = [_polygon(g) for g in geometry[rings]]
    left = int(here.sum()) - len(rows)
    told = [message("dxf.entities-on-layer-no", chosen=chosen, left=left)] if left else []
    if options.layer is None:
        drawn = present & ~(layers == chosen) & (shapely.get_dimensions(raw.geometry) > 0)
        others = sorted({str(title) for title in layers[drawn]})
        if others:
            told.append(message("dxf.other-layers-not-read", names=others, left=int(drawn.sum())))
    return replace(
        raw,
        geometry=geometry,
        attributes=raw.attributes.iloc[rows].reset_index(drop=True),
        positions=np.arange(len(rows)),
        layer=chosen,
        unread=(*raw.unread, *told),
        broken={},
    )


def layers(path: Path, name: str) -> list[tuple[str, str | None, int | None]]:
    """Return each drawing layer with the number of its entities."""
    raw = _decoded(ogr.read(path, name, ReadOptions(layer="entities"), "dxf"))
    counts = Counter(raw.attributes[_FIELD].tolist())
    return [(title, None, number) for title, number in sorted(counts.items())]


def _decoded(raw: Raw) -> Raw:
    """Keep the columns that say something, and decode them.

    An entity without a layer lies on layer 0. Since R2007 a drawing is UTF-8, but GDAL believes
    the code page it still names, which is Latin-1 in what most programs write; the layer names
    then come out as UTF-8 (or, in older drawings, GBK) taken for Latin-1, once or twice.
    """
    columns = {c: raw.attributes[c] for c in (_FIELD, "EntityHandle", "Text")}
    kept = {c: [_text(v) for v in values] for c, values in columns.items()}
    kept[_FIELD] = [str(v or "0") for v in kept[_FIELD]]
    return replace(raw, attributes=values.table(kept, len(raw.attributes)))


def _text(value: Any) -> Any:
    if not isinstance(value, str) or value.isascii():
        return value
    for _ in range(2):
        try:
            data = value.encode("latin-1")
        except UnicodeEncodeError:
            break
        value = encoding.first_fit(data) or value
    return value


def _layer(
    wanted: str | None,
    layers: np.ndarray[tuple[int], np.dtype[np.object_]],
    closed: np.ndarray[tuple[int], np.dtype[np.bool_]],
    present: np.ndarray[tuple[int], np.dtype[np.bool_]],
    name: str,
) -> str:
    """Return the drawing layer asked for, or the only one that can be meant."""
    every = sorted(set(layers[present].tolist()))
    if not every:
        raise SourceError(file_faults.no_features(name))
    if wanted is not None:
        if wanted not in every:
            raise SourceError(file_faults.layer_missing(name, wanted, every))
        return wanted
    likely = sorted(set(layers[closed].tolist())) or every
    if len(likely) > 1:
        raise SourceError(file_faults.several_layers(name, likely))
    return str(likely[0])


def _polygon(line: shapely.Geometry) -> shapely.Geometry:
    """Return the polygon within a closed line; one too short stays a line and fails later."""
    xy = shapely.get_coordinates(line)
    return shapely.Polygon(xy) if len(xy) >= 4 else line
