"""map_subject: what a map is of: which layers have data, the place it opens on, and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning import review
from zoning.api.layers import opened
from zoning.base.errors import DataError, UsageError, problem
from zoning.base.settings import default_lang
from zoning.messages import Lang, Text, message
from zoning.model import Layer, Style
from zoning.review import Layers
from zoning.show import map as maps
from zoning.stats import Figures

if TYPE_CHECKING:
    from folium import Map
    from geopandas import GeoDataFrame

#: The theme of all layers that have data.
ALL = "all"
#: The county or city that a map opens on.
_PLACE = "place"
_OUTLINE = Style(color="#111111", weight=3.0, fill_opacity=0.0)


@dataclass(frozen=True)
class Subject:
    """What a map is of: layers that have data, those that have none, a place and figures."""

    layers: Layers
    drawn: tuple[str, ...]
    absent: tuple[str, ...]
    place: GeoDataFrame | None
    figures: tuple[Figures, ...]
    title: str | None
    lang: Lang

    @property
    def within(self) -> tuple[float, float, float, float] | None:
        """Bounds of the place, degrees."""
        if self.place is None:
            return None
        west, south, east, north = self.place.total_bounds.round(5).tolist()
        return west, south, east, north

    @property
    def frames(self) -> dict[str, GeoDataFrame]:
        """Vector layers in drawing order, over the province and its counties."""
        kinds = self.layers.catalogue.layers
        named = [name for name in self.drawn if kinds[name].kind == "vector"]
        base = [name for name in ("cities",) if name not in named]
        base += ["counties"] if self.place is not None and "counties" not in named else []
        stacked = review.stacked([*base, *named], self.layers)
        first = [name for name in ("province", *base) if name in stacked]
        found = {name: stacked[name] for name in dict.fromkeys((*first, *stacked))}
        return found if self.place is None else {**found, _PLACE: self.place}

    @property
    def shown(self) -> dict[str, Layer]:
        """The declarations of what is drawn; the place is an outline of its own."""
        found = self.layers.shown()
        if self.place is None:
            return found
        own = {"id": _PLACE, "name": _named(self.place), "style": _OUTLINE}
        return {**found, _PLACE: found["counties"].model_copy(update=own)}

    @property
    def rasters(self) -> dict[str, Any]:
        """Raster layers as cells."""
        known = self.layers.catalogue.layers
        found = [known[name] for name in self.drawn if known[name].kind == "raster"]
        return {layer.id: review.read_cells(layer) for layer in found}

    def to_supply(self) -> list[str]:
        """What could not be drawn, and who holds the data."""
        return [_supply(self.layers, name).in_(self.lang) for name in self.absent]

    def draw(self) -> Map:
        """Return the page."""
        frames, rasters, shown = self.frames, self.rasters, self.shown
        return maps.layer_map(
            frames, [shown[n] for n in (*frames, *rasters)], self.lang, title=self.title,
            rasters=rasters, figures=self.figures, within=self.within, empty=self.to_supply(),
        )  # fmt: skip


def subject_of(
    theme: str | None,
    names: Sequence[str],
    within: str | None,
    figures: Figures | Sequence[Figures],
    lang: Lang | None,
    title: str | None,
    workspace: str | Path | None,
) -> Subject:
    """Find out what is to be drawn, and refuse what cannot be."""
    layers, spoken = opened(workspace), lang or default_lang()
    shown = (figures,) if isinstance(figures, Figures) else tuple(figures)
    if theme is None and not names and not shown:
        raise UsageError(problem("map-what"))
    if theme == ALL:
        wanted = list(layers.catalogue.layers)
    else:
        wanted = review.of_theme(layers.catalogue, theme) if theme is not None else []
    drawn = [name for name in wanted if layers[name].record.state == "used"]
    absent = [name for name in wanted if name not in drawn]
    if wanted and not drawn and not names and not shown:
        told = [_supply(layers, name) for name in absent]
        raise DataError(problem("theme-without-data", theme=theme, layers=told))
    for name in names:
        if layers.catalogue.layer(name).kind == "vector":
            layers.need(name)
    place = None if within is None else review.place_of(within, layers)
    if title is None and theme is not None and not shown:
        title = review.theme_title(theme).in_(spoken)
    if title is not None and place is not None:
        heading = message("theme-map.of-place", title=title, place=_named(place))
        title = heading.in_(spoken)
    every = tuple(dict.fromkeys((*drawn, *names)))
    return Subject(layers, every, tuple(absent), place, shown, title, spoken)


def _named(place: GeoDataFrame) -> Text:
    """Return what a county or city is called."""
    own = str(place["name"][0])
    return Text(own, str(place["name_en"][0]) if "name_en" in place else own)


def _supply(layers: Layers, name: str) -> Any:
    """Say which layer has no data, and who holds them."""
    layer, office = layers.catalogue.layers[name], layers.catalogue.office_of(name)
    if office is None:
        return layer.name
    return message("theme-map.supply", name=layer.name, office=office.title)
