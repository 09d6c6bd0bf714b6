"""The maps themselves: a review over its context, and layers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import folium
import geopandas

from zoning.messages import Lang, table
from zoning.model import (
    Card,
    Evidence,
    Layer,
    Report,
    Status,
)
from zoning.show import titles
from zoning.show.map.context import bounds, layer_payload
from zoning.show.map.page import OfflineMap, set_language
from zoning.show.map.payload import ReviewPayload, layers_payload

Frames = Mapping[str, geopandas.GeoDataFrame]


def review_map(
    report: Report,
    context: Frames,
    layers: Sequence[Layer],
    lang: Lang,
    *,
    attribution: Sequence[str] = (),
    cards: Sequence[Card] = (),
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
        Where the sites stand in the zoning systems, for their popups.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; save it with `save_html`.
    """
    payload = ReviewPayload(report, lang, cards).build()
    payload["sources"] += list(attribution)
    payload["layers"] = _context(context, layers, lang)
    quiet = {r.layer for r in report.rules} - _speaking(report)
    for item in payload["layers"]:
        # Areas without a violation or restriction wait for a click; the rest is drawn at once.
        item["shown"] = item["style"]["fillOpacity"] == 0 or item["id"] not in quiet
    return _finish(payload, lang)


def layer_map(
    frames: Frames,
    layers: Sequence[Layer],
    lang: Lang,
    *,
    title: str | None = None,
    attribution: Sequence[str] = (),
) -> folium.Map:
    """Draw layers alone.

    Parameters
    ----------
    frames : mapping of str to geopandas.GeoDataFrame
        Frames by layer id, drawn in this order from the bottom.
    layers : sequence of Layer
        Their declarations.
    lang : {"zh", "en"}
        Language of the page.
    title : str, optional
        Heading; by default the names of the layers.
    attribution : sequence of str, optional
        Credits of data sources.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; save it with `save_html`.
    """
    items = _context(frames, layers, lang, fields=True)
    names = table(lang)["separator.list"].join(x["name"] for x in items)
    heading = title or names or titles.page(lang)["layers_title"]
    official = all(x.evidence is Evidence.OFFICIAL for x in layers if x.id in frames)
    payload = layers_payload(heading, lang, indicative=not official)
    payload["layers"] = [{**x, "shown": True} for x in items]
    payload["sources"] = [f"{x['name']}: {x['note']}" for x in items if x["note"]]
    payload["sources"] += list(attribution)
    return _finish(payload, lang)


def _context(
    frames: Frames, layers: Sequence[Layer], lang: Lang, *, fields: bool = False
) -> list[dict[str, Any]]:
    known = {x.id: x for x in layers}
    return [
        layer_payload(frame, known.get(key), key, lang, fields=fields)
        for key, frame in frames.items()
    ]


def _finish(payload: dict[str, Any], lang: Lang) -> folium.Map:
    if payload["bounds"] is None:
        payload["bounds"] = bounds(payload["layers"])
    page = OfflineMap(payload)
    set_language(page, lang)
    return page


def _speaking(report: Report) -> set[str]:
    """Return the layers that a violation or a restriction rests on.

    Stand-ins for the control lines leave nearly every site undetermined; all of them drawn at once
    would hide what was found.
    """
    by_rule = {r.id: r.layer for r in report.rules}
    found = set()
    for result in report.results:
        for finding in result.findings:
            if finding.status in (Status.VIOLATION, Status.RESTRICTED):
                found.add(finding.layer or by_rule.get(finding.rule or "", ""))
    return found
