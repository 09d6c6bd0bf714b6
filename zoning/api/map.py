"""map: layers, rasters and figures of units, as a page that needs no network or a still picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoning.api import outputs
from zoning.api.map_subject import subject_of
from zoning.base.errors import UsageError, problem
from zoning.base.targets import Target
from zoning.messages import Lang
from zoning.show import map as maps
from zoning.show.map import static
from zoning.show.saved_figures import read_figures
from zoning.stats import Figures

if TYPE_CHECKING:
    from folium import Map

__all__ = ["briefing_map", "save_briefing_map", "save_figures_map"]

#: What a map can be written as.
SUFFIXES = (".html", ".htm", *static.SUFFIXES)


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
    return subject_of(theme, layers, within, figures, lang, title, workspace).draw()


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
    subject = subject_of(theme, layers, within, figures, lang, title, workspace)
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
