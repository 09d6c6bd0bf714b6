"""map: layers, rasters and figures of units, as a page that needs no network or a still picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning import review
from zoning.api import outputs
from zoning.api.layers import opened
from zoning.base.errors import DataError, UsageError, problem
from zoning.base.settings import default_lang
from zoning.base.targets import Target
from zoning.messages import Lang, Text, message
from zoning.model import Layer, Style
from zoning.review import Layers
from zoning.show import map as maps
from zoning.show.map import static
from zoning.show.saved_figures import read_figures
from zoning.stats import Figures

if TYPE_CHECKING:
    from folium import Map
    from geopandas import GeoDataFrame

__all__ = ["briefing_map", "map_layers", "save_briefing_map", "save_figures_map"]

#: What a map can be written as.
SUFFIXES = (".html", ".htm", *static.SUFFIXES)
#: The theme of all layers that have data.
ALL = "all"
#: The county or city that a map opens on.
_PLACE = "place"
_OUTLINE = Style(color="#111111", weight=3.0, fill_opacity=0.0)


@dataclass(frozen=True)
class _Subject:
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
        name = str(self.place["name"][0])
        own = {"id": _PLACE, "name": Text(name, name), "style": _OUTLINE}
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


def briefing_map(
    theme: str | None = None,
    *,
    layers: Sequence[str] = (),
    within: str | None = None,
    figures: Figures | Sequence[Figures] = (),
    lang: Lang | None = None,
    title: str | None = None,
    workspace: str | Path | None = None,
) -> Map:
    """Draw a theme, layers or figures of units on one page that needs no network.

    Parameters
    ----------
    theme : str, optional
        A theme of the catalogue, or ``all``.
    layers : sequence of str, optional
        Further layers by id; rasters get a slider for their transparency.
    within : str, optional
        A county or city by name or division code; the page opens on it.
    figures : Figures or two of them, optional
        As :func:`zoning.api.stats.statistics` returns them, coloured beside a table; two years
        are compared by swiping. What a figure cannot carry is hatched or grey, with the reason.
    lang : {"zh", "en"}, optional
    title : str, optional
    workspace : path, optional
        A ``zoning.toml``; its official sources replace the embedded ones.

    Returns
    -------
    folium.Map
        Shows itself in a notebook.

    Raises
    ------
    UsageError
        No such theme or place, nothing to draw, or figures that cannot be compared.
    CatalogueError, DataError
        A layer that does not exist or has no data, or a theme without any: what to supply.
    """
    return _subject(theme, layers, within, figures, lang, title, workspace).draw()


def map_layers(
    names: Sequence[str],
    lang: Lang | None = None,
    *,
    title: str | None = None,
    workspace: str | Path | None = None,
) -> Map:
    """Draw layers over the province: :func:`briefing_map` of layers alone.

    Parameters
    ----------
    names : sequence of str
        Layer ids.
    lang : {"zh", "en"}, optional
    title : str, optional
    workspace : path, optional

    Returns
    -------
    folium.Map

    Raises
    ------
    CatalogueError, DataError
        A layer that does not exist or has no data.
    """
    return briefing_map(layers=names, lang=lang, title=title, workspace=workspace)


def save_briefing_map(
    path: str | Path,
    theme: str | None = None,
    *,
    layers: Sequence[str] = (),
    within: str | None = None,
    figures: Figures | Sequence[Figures] = (),
    lang: Lang | None = None,
    title: str | None = None,
    workspace: str | Path | None = None,
    overwrite: bool = False,
    dpi: int = 300,
) -> tuple[list[str], list[str]]:
    """Write :func:`briefing_map` to a file, and return what is on it and what is not.

    The suffix decides what is written: a page, or a still picture. Layers of a theme that have no
    data are left out and named; a single layer without data, and a theme without any, is an error.

    Parameters
    ----------
    path : path
        ``.html``, ``.png``, ``.pdf`` or ``.svg``.
    theme, layers, within, figures, lang, title, workspace
        As of :func:`briefing_map`; figures need a page.
    overwrite : bool
        Also replace a file that this program did not write.
    dpi : int, default 300
        Pixels an inch of a still picture.

    Returns
    -------
    drawn, without_data : list of str

    Raises
    ------
    UsageError
        As :func:`briefing_map`; or a suffix that is not known, or a file that must not be written.
    CatalogueError, DataError
    MissingExtraError
        A still picture without matplotlib (extra ``plot``).
    """
    target = outputs.one(path, SUFFIXES, workspace=workspace, overwrite=overwrite)
    subject = _subject(theme, layers, within, figures, lang, title, workspace)
    if target.path.suffix.lower() not in static.SUFFIXES:
        maps.save_html(subject.draw(), target)
        return list(subject.drawn), list(subject.absent)
    if subject.figures:
        raise UsageError(problem("figures-need-a-page", file=str(path)))
    frames, rasters, shown = subject.frames, subject.rasters, subject.shown
    static.save_figure(
        frames, [shown[n] for n in (*frames, *rasters)], target, subject.lang,
        title=subject.title, dpi=dpi, rasters=rasters, within=subject.within,
    )  # fmt: skip
    return list(subject.drawn), list(subject.absent)


def save_figures_map(
    figures: Figures,
    path: str | Path | Target,
    beside: str | Path | None = None,
    lang: Lang | None = None,
) -> None:
    """Write figures as a map beside a table, and under a slider those saved in another year.

    Parameters
    ----------
    figures : Figures
    path : path
        Ending in ``.html``.
    beside : path, optional
        JSON that ``zoning stats -o`` wrote: the earlier year.
    lang : {"zh", "en"}, optional

    Raises
    ------
    UsageError
        The two cannot be compared, or the file must not be written.
    SourceError
        ``beside`` holds no figures of these units.
    """
    shown = [read_figures(Path(beside), figures)] if beside is not None else []
    page = briefing_map(figures=[*shown, figures], lang=lang)
    maps.save_html(page, path if isinstance(path, Target) else outputs.one(path, outputs.MAP))


def _subject(
    theme: str | None,
    names: Sequence[str],
    within: str | None,
    figures: Figures | Sequence[Figures],
    lang: Lang | None,
    title: str | None,
    workspace: str | Path | None,
) -> _Subject:
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
        heading = message("theme-map.of-place", title=title, place=str(place["name"][0]))
        title = heading.in_(spoken)
    every = tuple(dict.fromkeys((*drawn, *names)))
    return _Subject(layers, every, tuple(absent), place, shown, title, spoken)


def _supply(layers: Layers, name: str) -> Any:
    """Say which layer has no data, and who holds them."""
    layer, office = layers.catalogue.layers[name], layers.catalogue.office_of(name)
    if office is None:
        return layer.name
    return message("theme-map.supply", name=layer.name, office=office.title)
