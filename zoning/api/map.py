"""map: layers alone, over the province, as a page that needs no network or as a still picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoning import review
from zoning.api import outputs
from zoning.api.layers import opened
from zoning.base.settings import default_lang
from zoning.messages import Lang
from zoning.review import Layers
from zoning.show import map as maps
from zoning.show.map import static

if TYPE_CHECKING:
    from folium import Map

#: What a map can be written as.
SUFFIXES = (".html", ".htm", *static.SUFFIXES)


def map_layers(
    names: Sequence[str],
    lang: Lang | None = None,
    *,
    title: str | None = None,
    workspace: str | Path | None = None,
) -> Map:
    """Draw layers over the province as a folium map.

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
    return _drawn(opened(workspace), names, lang, title)


def _drawn(layers: Layers, names: Sequence[str], lang: Lang | None, title: str | None) -> Map:
    frames = review.stacked(names, layers)
    shown = layers.shown()
    return maps.layer_map(frames, [shown[n] for n in frames], lang or default_lang(), title=title)


def save_layer_map(
    path: str | Path,
    *,
    theme: str | None = None,
    names: Sequence[str] = (),
    lang: Lang | None = None,
    workspace: str | Path | None = None,
    overwrite: bool = False,
) -> tuple[list[str], list[str]]:
    """Write the map of a theme, or of single layers, and return what is on it and what is not.

    The suffix decides what is written: a page, or a still picture at 300 dots an inch.

    Layers of a theme that have no data are left out and named; a single layer without data, and a
    theme without any, is an error.

    Parameters
    ----------
    path : path
        ``.html``, ``.png``, ``.pdf`` or ``.svg``.
    theme : str, optional
    names : sequence of str
        Layer ids; one of the two is given.
    lang : {"zh", "en"}, optional
    workspace : path, optional
    overwrite : bool
        Also replace a file that this program did not write.

    Returns
    -------
    drawn, without_data : list of str

    Raises
    ------
    UsageError
        No such theme or suffix, or the file must not be written.
    CatalogueError, DataError
    MissingExtraError
        A still picture without matplotlib (extra ``plot``).
    """
    target = outputs.one(path, SUFFIXES, workspace=workspace, overwrite=overwrite)
    layers = opened(workspace)
    wanted = list(names) or review.of_theme(layers.catalogue, str(theme))
    drawn = [n for n in wanted if names or layers[n].record.state == "used"]
    if not drawn:
        layers.need(wanted[0])
    spoken = lang or default_lang()
    title = review.theme_title(theme).in_(spoken) if theme else None
    if target.path.suffix.lower() in static.SUFFIXES:
        frames, shown = review.stacked(drawn, layers), layers.shown()
        static.save_figure(frames, [shown[n] for n in frames], target, spoken, title=title)
    else:
        maps.save_html(_drawn(layers, drawn, spoken, title), target)
    return drawn, [n for n in wanted if n not in drawn]
