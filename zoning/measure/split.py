"""Sites of very many vertices are measured in parts, and the parts put together again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.model import Measure, Tri

#: Sites with more vertices than this are cut; a plot drawn by hand has a few hundred.
LARGE = 20_000
#: Vertices of a part: distances between geometries cost the product of their vertices.
_PART = 1_000
#: Overlaps of cut sites with more vertices than this are not joined into one geometry.
_DRAWABLE = 50_000


def cut(geometry: Any, most: int = _PART) -> NDArray[Any]:
    """Cut a polygon or line into parts of few vertices by halving its bounding box.

    Parameters
    ----------
    geometry : shapely geometry
        Valid.
    most : int
        Vertices of a part, at the most.

    Returns
    -------
    ndarray of shapely geometry
        Parts that share nothing but edges and together are the geometry; the geometry itself,
        alone, if the cuts would not add up to it.
    """
    dimension = int(shapely.get_dimensions(geometry))
    whole = np.array([geometry], dtype=object)
    if dimension == 0:
        return whole
    done: list[Any] = []
    todo = [geometry]
    while todo:
        part = todo.pop()
        if shapely.get_num_coordinates(part) <= most:
            done.append(part)
            continue
        west, south, east, north = part.bounds
        x, y = (west + east) / 2, (south + north) / 2
        wide = east - west >= north - south
        first = (west, south, x, north) if wide else (west, south, east, y)
        second = (x, south, east, north) if wide else (west, y, east, north)
        halves = (shapely.clip_by_rect(part, *box) for box in (first, second))
        todo.extend(h for half in halves if not (h := _of_dimension(half, dimension)).is_empty)
    parts = np.array(done, dtype=object)
    size = shapely.area if dimension == 2 else shapely.length
    adds_up = abs(size(parts).sum() / size(geometry) - 1.0) < 1e-9
    return parts if adds_up and shapely.is_valid(parts).all() else whole


def _of_dimension(geometry: Any, dimension: int) -> Any:
    """Drop points and lines that a cut along an edge leaves behind."""
    parts = shapely.get_parts(geometry)
    kept = parts[shapely.get_dimensions(parts) == dimension]
    if len(kept) == len(parts):
        return geometry
    return shapely.multipolygons(kept) if dimension == 2 else shapely.multilinestrings(kept)


def join(
    measures: list[Measure], size: float, site: Any, minimum: tuple[float, float], *, draw: bool
) -> Measure:
    """Put the measures of a site's parts together.

    Parameters
    ----------
    measures : list of Measure
        One a part, taken without legal minimum.
    size : float
        Area of the whole site in m², or length in m where it has none.
    site : shapely geometry
        The whole site; it stands for an overlap that covers all of it.
    minimum : tuple of float
        Legal minimum area (m²) and length (m), applied to the total.
    draw : bool
        Whether the overlap's geometry is wanted.
    """
    nearest = min(measures, key=lambda m: m.distance_m)
    met = [m for m in measures if m.touches is Tri.YES]
    area = _at_least(sum(m.area_m2 for m in met), minimum[0])
    length = _at_least(sum(m.length_m for m in met), minimum[1])
    areal = int(shapely.get_dimensions(site)) == 2
    part = area if areal else length
    names = [name for m in (met or [nearest]) for name in m.zone.split("、")]
    return replace(
        nearest,
        zone="、".join(dict.fromkeys(names)),
        depth_m=max(m.depth_m for m in measures),
        area_m2=area,
        raw_area_m2=sum(m.raw_area_m2 for m in measures),
        length_m=length,
        raw_length_m=sum(m.raw_length_m for m in measures),
        share=min(part / size, 1.0) if size else float(bool(met)),
        accuracy_m=max(m.accuracy_m for m in (met or measures)),
        touches=_touches(part, measures),
        geometry=_shape(met, site, part >= size * (1.0 - 1e-12)) if draw else None,
    )


def _at_least(size: float, minimum: float) -> float:
    return size if size >= minimum else 0.0


def _touches(part: float, measures: list[Measure]) -> Tri:
    if part > 0.0:
        return Tri.YES
    unsure = any(m.touches is not Tri.NO for m in measures)
    return Tri.UNKNOWN if unsure else Tri.NO


def _shape(met: list[Measure], site: Any, all_of_it: bool) -> Any:
    """The joined overlap; None where it is too large to be worth drawing."""
    if not met:
        return None
    if all_of_it:
        return site
    shapes = np.array([m.geometry for m in met], dtype=object)
    if int(shapely.get_num_coordinates(shapes).sum()) > _DRAWABLE:
        return None
    return shapely.union_all(shapes)
