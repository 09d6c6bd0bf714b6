"""The maps themselves: a review over its context, and layers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import folium
import geopandas

from zoning.messages import Lang
from zoning.model import Card, Layer, ProjectResult, Report
from zoning.review.deciding import Shown
from zoning.show.map.backdrop import basemaps
from zoning.show.map.context import bounds, layer_payload
from zoning.show.map.page import OfflineMap, set_language
from zoning.show.map.payload import ReviewPayload

Frames = Mapping[str, geopandas.GeoDataFrame]
#: What every map lies on: it can be switched off, and is no zoning.
BACKDROP = ("province", "cities", "counties", "main_rivers")


def review_map(
    report: Report,
    context: Frames,
    layers: Sequence[Layer],
    lang: Lang,
    *,
    attribution: Sequence[str] = (),
    cards: Sequence[Card] = (),
    zones: Mapping[str, Sequence[Shown]] | None = None,
    others: Sequence[ProjectResult] = (),
    online: Sequence[str] = (),
) -> folium.Map:
    """Draw a review: sites by status, overlaps, and the layers they were held against.

    Parameters
    ----------
    report : Report
        The finished review.
    context : mapping of str to geopandas.GeoDataFrame
        Frames by layer id, drawn in this order from the bottom: province, cities, rivers, bands.
    layers : sequence of Layer
        Declarations of the context layers: name, style, evidence.
    lang : {"zh", "en"}
        Language of the page.
    attribution : sequence of str, optional
        Further credits of data sources.
    cards : sequence of Card, optional
        Where the sites stand in the zoning systems, for the panel beside the map.
    zones : mapping of str to sequence of Shown, optional
        The zones and bands that decide, by site: see `zoning.review.deciding.shown_for`.
    others : sequence of ProjectResult, optional
        Sites that are not in the report, of which only place and status are shown.
    online : sequence of str, optional
        Basemaps from the network that the reader may switch on: see `backdrop.basemaps`.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; save it with `save_html`.
    """
    payload = ReviewPayload(report, lang, cards, zones, others).build()
    payload["sources"] += list(attribution)
    payload["layers"] = _context(context, layers, lang)
    for item in payload["layers"]:
        item["base"] = item["id"] in BACKDROP
        # What decides is drawn around each site; whole layers wait for a click.
        item["shown"] = item["base"]
    return _finish(payload, lang, online)


def _context(frames: Frames, layers: Sequence[Layer], lang: Lang) -> list[dict[str, Any]]:
    known = {x.id: x for x in layers}
    return [layer_payload(frame, known.get(key), key, lang) for key, frame in frames.items()]


def _finish(payload: dict[str, Any], lang: Lang, online: Sequence[str] = ()) -> folium.Map:
    if payload["bounds"] is None:
        payload["bounds"] = bounds(payload["layers"])
    offered = basemaps(online, lang)
    payload["basemaps"] = [x.as_dict() for x in offered]
    page = OfflineMap(payload, [host for x in offered for host in x.hosts])
    set_language(page, lang)
    return page
