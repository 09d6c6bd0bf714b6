"""Layers alone, rasters and figures of units on one page: maps for a briefing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import folium
import geopandas
import numpy as np
import shapely

from zoning.messages import Lang, message, table
from zoning.model import Evidence, Layer
from zoning.show import titles
from zoning.show.map.choropleth import statistics_payload
from zoning.show.map.context import bounds, layer_payload
from zoning.show.map.page import OfflineMap, set_language
from zoning.show.map.payload import layers_payload
from zoning.show.map.rasters import Bounds, raster_payload, widened
from zoning.show.map.review import BACKDROP
from zoning.stats.figures import Figures
from zoning.zonal.convert import Cells

#: Of more layers than this, some wait for a click.
_AT_ONCE: Final = 6
#: Layers that a heading names.
_NAMED: Final = 4


def layer_map(
    frames: Mapping[str, geopandas.GeoDataFrame],
    layers: Sequence[Layer],
    lang: Lang,
    *,
    title: str | None = None,
    rasters: Mapping[str, Cells] | None = None,
    figures: Sequence[Figures] = (),
    within: Bounds | None = None,
    empty: Sequence[str] = (),
    attribution: Sequence[str] = (),
) -> folium.Map:
    """Draw layers, rasters and figures without a review.

    Parameters
    ----------
    frames : mapping of str to geopandas.GeoDataFrame
        Frames by layer id, drawn in this order from the bottom.
    layers : sequence of Layer
        Declarations of these and of the rasters.
    lang : {"zh", "en"}
        Language of the page.
    title : str, optional
        Heading; by default the names of the layers.
    rasters : mapping of str to Cells, optional
        Raster layers by id; the first is shown where no other layer is, the rest wait for a click.
    figures : sequence of Figures, optional
        Of one year, or of two to be compared by swiping.
    within : tuple of float, optional
        West, south, east, north of what the page opens on; of what lies elsewhere only the
        surroundings are drawn.
    empty : sequence of str, optional
        Layers that could not be drawn, and what to supply.
    attribution : sequence of str, optional
        Credits of data sources.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; save it with `save_html`.

    Raises
    ------
    UsageError
        Figures that cannot stand beside each other.
    """
    known = {x.id: x for x in layers}
    rasters = rasters or {}
    around = None if within is None else widened(within)
    if around is not None:
        frames = {name: _near(frame, known.get(name), around) for name, frame in frames.items()}
    bare = [n for n, frame in frames.items() if frame.empty]
    items = [
        layer_payload(frame, known.get(n), n, lang, fields=True)
        for n, frame in frames.items()
        if n not in bare
    ]
    images = [raster_payload(cells, known[n], lang, around) for n, cells in rasters.items()]
    official = all(
        known[n].evidence is Evidence.OFFICIAL for n in (*frames, *rasters) if n in known
    )
    alone = not images and not figures and all(x["id"] in BACKDROP for x in items)
    names = [x["name"] for x in (*items, *images) if alone or x["id"] not in BACKDROP]
    heading = title or _heading(names, figures, lang)
    payload = layers_payload(heading, lang, indicative=not official)
    payload["layers"] = _shown(items, alone)
    over = any(not x["base"] for x in payload["layers"])  # under areas a ramp would be misread
    payload["images"] = [{**x, "shown": at == 0 and not over} for at, x in enumerate(images)]
    payload["empty"] = [*(_not_here(known, name, lang) for name in bare), *empty]
    payload["sources"] = [f"{x['name']}: {x['note']}" for x in (*items, *images) if x["note"]]
    payload["sources"] += list(attribution)
    payload["bounds"] = list(within) if within is not None else bounds(items)
    if figures:
        payload["statistics"] = statistics_payload(figures, lang)
        payload["bounds"] = list(within or figures[0].frame.total_bounds.round(5).tolist())
    page = OfflineMap(payload, scripts=("rasters.js", "choropleth.js"), styles=("theme.css",))
    set_language(page, lang)
    return page


def _heading(names: Sequence[str], figures: Sequence[Figures], lang: Lang) -> str:
    if figures:
        return figures[0].title.in_(lang)
    told = table(lang)["separator.list"].join(names[:_NAMED]) or titles.page(lang)["layers_title"]
    return told if len(names) <= _NAMED else message("theme-map.and-more", names=told).in_(lang)


def _not_here(known: Mapping[str, Layer], name: str, lang: Lang) -> str:
    """Say that a layer has no zone in the place shown, which is no statement that there is none."""
    told = known[name].name if name in known else name
    return message("theme-map.not-here", name=told).in_(lang)


def _shown(items: Sequence[dict[str, Any]], alone: bool) -> list[dict[str, Any]]:
    """Mark what is drawn at once; unless alone, province, cities and rivers are the ground."""
    found, count = [], 0
    for item in reversed(items):  # what lies on top is what the page is about
        base = item["id"] in BACKDROP and not alone
        shown = base or count < _AT_ONCE
        count += not base
        found.append({**item, "base": base, "shown": shown})
    return found[::-1]


def _near(
    frame: geopandas.GeoDataFrame, layer: Layer | None, around: Bounds
) -> geopandas.GeoDataFrame:
    """Return what of a layer lies in some bounds; borders that zones share stay shared.

    Outlines are kept whole: cut, they would seem to end where the picture does.
    """
    shapes = shapely.force_2d(np.asarray(frame.geometry.array, dtype=object))
    near = shapely.intersects(shapes, shapely.box(*around))
    if layer is not None and layer.style.fill_opacity == 0 and layer.geometry == "polygon":
        return frame[near].reset_index(drop=True)
    cut = shapely.clip_by_rect(shapes[near], *around)
    found = frame[near].set_geometry(cut, crs=frame.crs)
    return found[~found.geometry.is_empty].reset_index(drop=True)
