"""A location sketch of one site: the zones and bands that decide, on a map that can be printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

import geopandas
import numpy as np
import shapely

from zoning.messages import Lang, message
from zoning.model import ProjectResult, Views
from zoning.review.deciding import Deciding, deciding, surroundings
from zoning.review.layers import Layers
from zoning.show import lines, titles
from zoning.show.map import furniture, palette
from zoning.show.map.context import names
from zoning.show.map.fonts import letters
from zoning.show.map.static import need_matplotlib, rendered

#: Width and height of the sketch, in inches: the width of a text page.
INCHES: Final = (6.1, 5.0)
#: Where on the sketch the map lies; a layout worked out for each would take as long as drawing it.
_PLACE: Final = (0.045, 0.275, 0.945, 0.715)
_RATIO: Final = _PLACE[2] * INCHES[0] / (_PLACE[3] * INCHES[1])


def sketch(
    layers: Layers,
    views: Views,
    result: ProjectResult,
    lang: Lang,
    *,
    zones: bool = True,
    suffix: str = ".png",
    dpi: int = 170,
) -> bytes:
    """Draw where a site lies and what it meets there.

    Parameters
    ----------
    layers : Layers
        Those of the review, with the backdrop held.
    views : Views
    result : ProjectResult
        The site; it must have a geometry.
    lang : {"zh", "en"}
    zones : bool, default True
        Also draw the zones and bands that findings rest on.
    suffix : {".png", ".pdf", ".svg"}
    dpi : int, default 170

    Returns
    -------
    bytes
        The picture, the same bytes for the same review, fonts and matplotlib.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    UsageError
        If there is no font for Chinese.
    """
    need_matplotlib()
    bounds = surroundings(result.project.geometry, _widest(views, result), _RATIO)
    met = deciding(layers, views, result, bounds) if zones else []
    frames = layers.drawn(x for x in ("province", "counties", "main_rivers") if x in layers.held())
    with letters(["中"], lang):
        figure = import_module("matplotlib.figure").Figure(figsize=INCHES)
        axes = figure.add_axes(_PLACE)
        furniture.frame(axes, bounds)
        keys = [*_zones(axes, met, lang), *_backdrop(axes, frames, bounds, result, lang)]
        keys.insert(0, _site(axes, result, lang))
        furniture.graticule(axes)
        furniture.scale_bar(axes, lang)
        furniture.north_arrow(axes)
        furniture.inset(axes, frames.get("province"), result.project.geometry)
        furniture.legend(figure, keys, lang, "lower center")
        with import_module("matplotlib").rc_context({"hatch.linewidth": 0.35}):
            return rendered(figure, suffix, dpi)


def _widest(views: Views, result: ProjectResult) -> float:
    """The widest band that a finding of the site is decided by, m."""
    met = [
        view.rule.scope.distance_m or 0.0
        for view in map(views, result.findings)
        if view.rule is not None and view.overlap is not None
    ]
    return max(met, default=0.0)


def _zones(axes: Any, met: Sequence[Deciding], lang: Lang) -> Iterator[Any]:
    """Draw zones and bands from the least severe up, and yield their keys.

    What decides is filled and hatched, and the part of the site in it filled darker; what stands
    behind it is an outline.
    """
    patch = import_module("matplotlib.patches").Patch
    for at in reversed(range(len(met))):
        item, style = met[at], _style(at, met)
        if "hatch" in style:
            _areas(axes, item.band, **style)
        else:  # the line itself, without the edges that it was cut along
            dotted = {key: style[key] for key in ("linewidth", "linestyle")}
            _outlines(axes, item.edge, color=style["edgecolor"], **dotted)
        if item.distance_m:
            _outlines(axes, item.zones, color=palette.BANDS[at].color, linewidth=1.6)
        if item.overlap is not None and item.status is met[0].status:
            inside = {"facecolor": (*_rgb(at), 0.45), "edgecolor": palette.BANDS[at].color}
            _areas(axes, item.overlap, linewidth=0.6, **inside)
    for at, item in enumerate(met):
        yield patch(label=_label(item, lang), **_style(at, met))


def _style(at: int, met: Sequence[Deciding]) -> dict[str, Any]:
    look = palette.BANDS[at]
    if met[at].status is not met[0].status:
        return {"facecolor": "none", "edgecolor": look.color, "linewidth": 1.1, "linestyle": ":"}
    hatch = palette.HATCHES[look.hatch]
    face = (*_rgb(at), 0.10)
    return {"facecolor": face, "edgecolor": look.color, "hatch": hatch, "linewidth": 1.0}


def _rgb(at: int) -> tuple[float, float, float]:
    color = palette.BANDS[at].color
    found: tuple[float, float, float] = import_module("matplotlib.colors").to_rgb(color)
    return found


def _label(item: Deciding, lang: Lang) -> str:
    """Name the layer, the band, the status and how sure the line is."""
    view = item.views[0]
    name = palette.zone_name(item, lang)
    parts = [titles.STATUS[item.status].in_(lang)]
    if view.evidence is not None:
        parts.append(titles.EVIDENCE[view.evidence].in_(lang))
    if view.accuracy_m:
        parts.append(titles.accuracy(view.accuracy_m, lang))
    return f"{name}\n{lines.joined(parts, lang)}"


def _site(axes: Any, result: ProjectResult, lang: Lang) -> Any:
    """Draw the site over everything, and return its key."""
    shape, label = result.project.geometry, message("sketch.site").in_(lang)
    lines2d = import_module("matplotlib.lines")
    stroke = import_module("matplotlib.patheffects").withStroke
    halo = [stroke(linewidth=3.4, foreground="white")]
    dimension = int(shapely.get_dimensions(shape))
    if dimension == 0:
        xy = shapely.get_coordinates(shape)
        style = {"color": "black", "marker": "o", "markersize": 6, "markeredgecolor": "white"}
        axes.plot(xy[:, 0], xy[:, 1], linestyle="", zorder=12, **style)
        return lines2d.Line2D([], [], linestyle="", label=label, **style)
    _outlines(axes, shape, color="black", linewidth=1.8, path_effects=halo, zorder=12)
    return lines2d.Line2D([], [], color="black", linewidth=1.8, label=label)


def _backdrop(
    axes: Any,
    frames: Mapping[str, geopandas.GeoDataFrame],
    bounds: tuple[float, float, float, float],
    result: ProjectResult,
    lang: Lang,
) -> Iterator[Any]:
    """Draw county lines and rivers with their names, and yield their keys."""
    styles = {
        "counties": {"color": "#757575", "linewidth": 0.8, "linestyle": (0, (6, 2, 1, 2))},
        "main_rivers": {"color": furniture.WATER, "linewidth": 1.1},
    }
    box = shapely.box(*bounds)
    taken = shapely.buffer(result.project.geometry, 0.06 * (bounds[3] - bounds[1]))
    for key, style in styles.items():
        frame = frames.get(key)
        if frame is None:
            continue
        frame = frame[frame.geometry.intersects(box)]
        if frame.empty:
            continue
        shapes = shapely.clip_by_rect(frame.geometry.to_numpy(), *bounds)
        for shape, name in zip(shapes, names(frame, None, lang), strict=True):
            _outlines(axes, shape, zorder=3, **style)
            _name(axes, shapely.difference(shape, taken), name, str(style["color"]))
        label = message(f"sketch.{key.replace('_', '-')}").in_(lang)
        yield import_module("matplotlib.lines").Line2D([], [], label=label, **style)


def _name(axes: Any, shape: Any, name: str, colour: str) -> None:
    if not name or shape.is_empty:
        return
    if shapely.get_dimensions(shape) == 1:
        part = max(shapely.get_parts(shape), key=shapely.length)
        spot = shapely.line_interpolate_point(part, 0.3, normalized=True)
    else:
        spot = shapely.point_on_surface(shape)
    halo = [import_module("matplotlib.patheffects").withStroke(linewidth=2, foreground="white")]
    axes.text(spot.x, spot.y, name, fontsize=7, color=colour, ha="center", va="center",
              path_effects=halo, zorder=11, clip_on=True)  # fmt: skip


def _areas(axes: Any, shape: Any, **style: Any) -> None:
    """Fill the areas of a geometry, holes left open; lines in it are drawn as lines."""
    path = import_module("matplotlib.path").Path
    patch = import_module("matplotlib.patches").PathPatch
    for part in shapely.get_parts(shape):
        if shapely.get_dimensions(part) != 2:
            _outlines(axes, part, color=style["edgecolor"], linewidth=1.6)
            continue
        rings = [np.asarray(ring.coords)[:, :2] for ring in (part.exterior, *part.interiors)]
        drawn = path.make_compound_path(*(path(ring, closed=True) for ring in rings))
        axes.add_patch(patch(drawn, zorder=2, **style))


def _outlines(axes: Any, shape: Any, **style: Any) -> None:
    """Draw the lines of a geometry, or the outlines of its areas, or its points."""
    for part in shapely.get_parts(shape):
        dimension = int(shapely.get_dimensions(part))
        for piece in shapely.get_parts(shapely.boundary(part) if dimension == 2 else part):
            xy = shapely.get_coordinates(piece)
            more = {"marker": "o", "markersize": 4} if dimension == 0 else {}
            axes.plot(xy[:, 0], xy[:, 1], **{"zorder": 4, **style}, **more)
