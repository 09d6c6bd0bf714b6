"""How much of a vector layer lies in each unit: ellipsoidal areas and lengths, counted once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from zoning.base import geodesy, units
from zoning.base.progress import Progress
from zoning.messages import Text, message
from zoning.stats.figures import Column, Figures, Note

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_UNIT: Final = (
    Column("unit", message("figures.code")),
    Column("name", message("figures.name")),
    Column("land_area_km2", message("figures.area"), "km2", 2),
    Column("zones", message("layer-figures.zones"), "1", 0),
)
_AREA: Final = (
    Column("area_km2", message("layer-figures.area"), "km2", 4),
    Column("area_ha", message("layer-figures.area"), "ha", 2),
    Column("area_mu", message("layer-figures.area"), "mu", 1),
    Column("share", message("layer-figures.share"), "1", 6),
)
_LENGTH: Final = (Column("length_km", message("layer-figures.length"), "km", 3),)


def layer_figures(
    zones: GeoDataFrame,
    regions: GeoDataFrame,
    title: Text,
    progress: Progress,
    notes: Sequence[Note] = (),
    facts: dict[str, Any] | None = None,
) -> Figures:
    """Measure a layer in each unit.

    Parameters
    ----------
    zones : GeoDataFrame
        The layer, EPSG:4490.
    regions : GeoDataFrame
        Columns ``unit`` and ``name``, polygons in EPSG:4490.
    title : Text
        What the layer is called.
    progress : callable
    notes : sequence of Note
        What must be said of the layer.
    facts : dict, optional
        Where it comes from.

    Returns
    -------
    Figures
        A row a unit. Where zones overlap, the ground counts once. ``area_*`` and ``share`` (of the
        unit) for polygons, ``length_km`` for lines, ``zones`` the number of features that lie in
        the unit at least in part. ``facts`` holds the same of the whole layer and of what lies in
        no unit.
    """
    shapes = np.asarray(zones.geometry.array, dtype=object)
    tree = shapely.STRtree(shapes)
    grounds = np.asarray(regions.geometry.array, dtype=object)
    sizes = geodesy.areas(grounds)
    rows = []
    for done, ground in enumerate(grounds):
        progress(message("layer-figures.measuring"), done, len(grounds))
        rows.append(_measured(shapes, tree, ground))
    frame = regions[["unit", "name", "geometry"]].assign(land_area_km2=sizes / units.M2_PER_KM2)
    for name, values in zip(("zones", "m2", "m"), np.array(rows).reshape(-1, 3).T, strict=True):
        frame[name] = values
    frame["zones"] = frame["zones"].astype(int)
    frame = frame.assign(
        area_km2=units.km2(frame["m2"]),
        area_ha=units.ha(frame["m2"]),
        area_mu=units.mu(frame["m2"]),
        share=frame["m2"] / np.where(sizes > 0, sizes, np.nan),
        length_km=units.km(frame["m"]),
    )
    kinds = set(shapely.get_dimensions(shapes).tolist())
    columns = (*_UNIT, *(_AREA if 2 in kinds else ()), *(_LENGTH if 1 in kinds else ()))
    told, outside = _whole(shapes, grounds)
    return Figures(
        topic="layer",
        title=title,
        columns=columns,
        frame=frame[[*(c.name for c in columns), "geometry"]],
        notes=(*notes, *outside, Note("method", message("layer-figures.method"))),
        facts={**(facts or {}), **told},
    )


def _measured(shapes: Any, tree: Any, ground: Any) -> tuple[float, float, float]:
    """Return number, area (m²) and length (m) of what lies in a unit, overlaps counted once."""
    near = shapes[np.sort(tree.query(ground, predicate="intersects"))]
    inside = shapely.intersection(near, ground)
    # Touching is not lying in: a zone along the edge leaves less than its own kind inside.
    own = shapely.get_dimensions(inside) >= shapely.get_dimensions(near)
    own &= ~shapely.is_empty(inside)
    return (float(own.sum()), *_sizes(inside[own]))


def _sizes(shapes: Any) -> tuple[float, float]:
    """Return the area of the polygons and the length of the lines among shapes, each once."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    kinds = shapely.get_dimensions(parts)
    ground = shapely.union_all(parts[kinds == 2])
    lines = shapely.union_all(parts[kinds == 1])
    return float(geodesy.areas(ground)[0]), float(geodesy.lengths(lines)[0])


def _whole(shapes: Any, grounds: Any) -> tuple[dict[str, float], list[Note]]:
    """Return the size of the whole layer, and what of it lies in no unit."""
    area, length = _sizes(shapes)
    left = shapely.difference(shapes, shapely.union_all(grounds))
    out_area, out_length = _sizes(left[~shapely.is_empty(left)])
    told = {
        "layer_area_km2": round(units.km2(area), 6),
        "layer_length_km": round(units.km(length), 6),
        "outside_area_km2": round(units.km2(out_area), 6),
        "outside_length_km": round(units.km(out_length), 6),
    }
    if out_area < 1.0 and out_length < 1.0:
        return told, []
    numbers = {"area": told["outside_area_km2"], "length": told["outside_length_km"]}
    return told, [Note("warning", message("layer-figures.outside", **numbers))]
