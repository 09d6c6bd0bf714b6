"""Layers as a still picture, for pages that cannot hold a map."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import geopandas
import numpy as np
import shapely

from zoning.base.errors import MissingExtraError, UsageError, problem
from zoning.base.settings import CRS
from zoning.base.writing import whole
from zoning.messages import Lang, message
from zoning.model import Layer
from zoning.show.map.context import names, note, simplify

#: The first of these that the machine has; a picture with empty boxes for letters is an error.
_FONTS: Final = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
)
#: Metres of one degree of latitude at the middle of the province (CGCS2000, 37.5° N).
_METRES_PER_DEGREE: Final = 110_980.0
_INCHES: Final = (6.0, 7.5)


def save_png(
    frames: Mapping[str, geopandas.GeoDataFrame],
    layers: Sequence[Layer],
    path: Path | str,
    lang: Lang,
    *,
    title: str | None = None,
    dpi: int = 120,
) -> Path:
    """Draw layers into a PNG.

    Parameters
    ----------
    frames : mapping of str to geopandas.GeoDataFrame
        Frames by layer id, drawn in this order from the bottom.
    layers : sequence of Layer
        Their declarations: name, style, evidence.
    path : path
        The file; missing folders are made. It is written whole or not at all.
    lang : {"zh", "en"}
        Language of names and notes.
    title : str, optional
        Heading of the picture.
    dpi : int, default 120
        Pixels an inch; the picture is 6 by 7.5 inches.

    Returns
    -------
    Path
        The file written: the same bytes for the same layers, fonts and matplotlib.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    UsageError
        If no font for Chinese is installed and the picture needs one, or if the place cannot be
        written.
    """
    try:
        import_module("matplotlib")
    except ImportError as error:
        purpose = message("static.drawing-still-map")
        raise MissingExtraError("matplotlib", "plot", purpose) from error
    path = Path(path)
    known = {x.id: x for x in layers}
    texts = [title or "", *(known[k].name.in_(lang) for k in frames if k in known)]
    with whole(path) as temporary, _font(texts, lang, path):
        figure = import_module("matplotlib.figure").Figure(figsize=_INCHES, layout="constrained")
        axes = figure.add_subplot()
        keys = [_draw(axes, frame, known.get(key), key, lang) for key, frame in frames.items()]
        _finish(axes, keys, title)
        # No "Software" entry: it holds the version of matplotlib and would change the bytes.
        figure.savefig(temporary, dpi=dpi, format="png", metadata={"Software": None})
    return path


def _draw(
    axes: Any, frame: geopandas.GeoDataFrame, layer: Layer | None, key: str, lang: Lang
) -> Any:
    """Draw one layer and return its key for the legend."""
    frame = frame if frame.crs is None or frame.crs == CRS else frame.to_crs(CRS)
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    shapes = simplify(np.asarray(shapely.force_2d(frame.geometry.to_numpy())))
    style = layer.style if layer else None
    color, weight = (style.color, style.weight) if style else ("#777777", 1.0)
    fill = style.fill_opacity if style else 0.0
    lines, patches = import_module("matplotlib.lines"), import_module("matplotlib.patches")
    label = layer.name.in_(lang) if layer else key
    if layer is not None and note(layer, lang):
        label += f"\n{note(layer, lang)}"
    drawn = geopandas.GeoSeries(shapes, crs=CRS)
    dimension = int(shapely.get_dimensions(shapes).max()) if len(shapes) else 0
    if dimension == 0:
        drawn.plot(ax=axes, color=color, markersize=18, edgecolor="white", linewidth=0.6)
        _name_points(axes, list(shapes), names(frame, layer, lang))
        return lines.Line2D([], [], color=color, marker="o", linestyle="", label=label)
    if dimension == 1:
        drawn.plot(ax=axes, color=color, linewidth=weight * 0.8)
        return lines.Line2D([], [], color=color, linewidth=weight, label=label)
    face = (*import_module("matplotlib.colors").to_rgb(color), fill)
    drawn.plot(ax=axes, facecolor=face, edgecolor=color, linewidth=weight * 0.6)
    return patches.Patch(facecolor=face, edgecolor=color, label=label)


def _name_points(axes: Any, shapes: Sequence[Any], titles: Sequence[str]) -> None:
    """Write names beside points as long as there are few."""
    if len(shapes) > 30:
        return
    for shape, text in zip(shapes, titles, strict=True):
        spot = shapely.point_on_surface(shape)
        axes.annotate(text, (spot.x, spot.y), (3, 3), textcoords="offset points", fontsize=7)


def _finish(axes: Any, keys: Sequence[Any], title: str | None) -> None:
    """Put on title, legend and scale bar; degrees are stretched to look like ground."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    narrow = math.cos(math.radians((south + north) / 2))
    axes.set_aspect(1 / narrow)
    axes.set_axis_off()
    if title:
        axes.set_title(title)
    if keys:
        axes.legend(handles=list(keys), loc="upper left", bbox_to_anchor=(0, 0), fontsize=7)
    metres = (east - west) * _METRES_PER_DEGREE * narrow
    bar = 10 ** math.floor(math.log10(metres / 3))
    bar *= max(x for x in (1, 2, 5) if bar * x <= metres / 3)
    length = bar / (_METRES_PER_DEGREE * narrow)
    y = south - (north - south) * 0.01
    axes.plot([east - length, east], [y, y], color="black", linewidth=2, clip_on=False)
    text = f"{bar / 1000:g} km" if bar >= 1000 else f"{bar:g} m"
    axes.annotate(text, (east - length / 2, y), (0, -10), textcoords="offset points", ha="center")


@contextmanager
def _font(texts: Sequence[str], lang: Lang, path: Path) -> Iterator[None]:
    """Use a font that has the letters needed."""
    matplotlib = import_module("matplotlib")
    manager = import_module("matplotlib.font_manager").fontManager
    found = [name for name in _FONTS if name in set(manager.get_font_names())]
    if not found and (lang == "zh" or not "".join(texts).isascii()):
        raise UsageError(problem("font-missing", file=os.fspath(path)))
    with matplotlib.rc_context({"font.family": [*found[:1], "DejaVu Sans"]}):
        yield
