"""Layers as a still picture: PNG, PDF or SVG, for pages that cannot hold a map."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import geopandas
import numpy as np
import shapely

from zoning.base.errors import MissingExtraError, UsageError, problem
from zoning.base.seals import MARK
from zoning.base.settings import CRS
from zoning.base.targets import Target
from zoning.base.writing import whole
from zoning.messages import Lang, message
from zoning.model import Layer
from zoning.show.map import furniture, palette
from zoning.show.map.context import names, note, simplify
from zoning.show.map.fonts import letters
from zoning.show.map.rasters import Bounds, colour, widened
from zoning.zonal.convert import Cells

#: What is left out of each format: the time, and versions of what drew it, would change the bytes.
_BARE: Final[Mapping[str, Mapping[str, None]]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None},
}
#: The seal stands behind the picture, where each format lets programs stop reading.
_MARKS: Final = {
    ".png": f"\n{MARK}\n".encode(),
    ".pdf": f"%{MARK}\n".encode(),
    ".svg": f"<!-- {MARK} -->\n".encode(),
}
#: The suffixes of still pictures.
SUFFIXES: Final = tuple(_BARE)
_INCHES: Final = (6.3, 8.0)


def save_figure(
    frames: Mapping[str, geopandas.GeoDataFrame],
    layers: Sequence[Layer],
    place: Target | Path | str,
    lang: Lang,
    *,
    title: str | None = None,
    dpi: int = 300,
    rasters: Mapping[str, Cells] | None = None,
    within: Bounds | None = None,
) -> Path:
    """Draw layers into a PNG, PDF or SVG; the suffix decides.

    Parameters
    ----------
    frames : mapping of str to geopandas.GeoDataFrame
        Frames by layer id, drawn in this order from the bottom.
    layers : sequence of Layer
        Their declarations: name, style, evidence.
    place : Target or path
        The file; missing folders are made. It is written whole or not at all.
    lang : {"zh", "en"}
        Language of names and notes.
    title : str, optional
        Heading of the picture.
    dpi : int, default 300
        Pixels an inch; the picture is 6.3 by 8 inches.
    rasters : mapping of str to Cells, optional
        Raster layers, drawn below the others.
    within : tuple of float, optional
        West, south, east, north of what is shown; all of the layers by default.

    Returns
    -------
    Path
        The file written: the same bytes for the same layers, fonts and matplotlib.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    UsageError
        If the suffix is not known, no font for Chinese is at hand and the picture needs one, or
        the place cannot be written.
    """
    target = Target.of(place)
    path = target.path
    if path.suffix.lower() not in _BARE:
        raise UsageError(problem("picture-suffix", file=str(path), known=list(SUFFIXES)))
    need_matplotlib()
    known = {x.id: x for x in layers}
    texts = [title or "", *(known[k].name.in_(lang) for k in frames if k in known)]
    with whole(target) as temporary, letters(texts, lang, os.fspath(path)):
        figure = import_module("matplotlib.figure").Figure(figsize=_INCHES, layout="constrained")
        axes = figure.add_subplot()
        shown = {key: _clean(frame) for key, frame in frames.items()}
        furniture.frame(axes, _extent(shown) if within is None else widened(within))
        keys = [k for key, x in (rasters or {}).items() for k in _cells(axes, x, known[key], lang)]
        for key, frame in shown.items():
            keys += draw(axes, frame, known.get(key), key, lang)
        axes.set(xlabel="", ylabel="")
        furniture.graticule(axes)
        furniture.scale_bar(axes, lang)
        furniture.north_arrow(axes)
        if title:
            axes.set_title(title, fontsize=11)
        furniture.legend(figure, keys, lang)
        temporary.write_bytes(rendered(figure, path.suffix, dpi) + _MARKS[path.suffix.lower()])
    return path


def need_matplotlib() -> None:
    """Raise the MissingExtraError that says what to install, where matplotlib is missing."""
    try:
        import_module("matplotlib")
    except ImportError as error:
        purpose = message("static.drawing-still-map")
        raise MissingExtraError("matplotlib", "plot", purpose) from error


def rendered(figure: Any, suffix: str, dpi: int) -> bytes:
    """Return a figure as a file of a format, the same bytes every time."""
    kind, out = suffix.lower(), BytesIO()
    how: dict[str, Any] = {"format": kind.removeprefix("."), "metadata": dict(_BARE[kind])}
    if kind == ".png":  # a tenth larger than at the usual level, in half the time
        how["pil_kwargs"] = {"compress_level": 3}
    with import_module("matplotlib").rc_context({"svg.hashsalt": "zoning"}):
        figure.savefig(out, dpi=dpi, **how)
    return out.getvalue()


def _clean(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    frame = frame if frame.crs is None or frame.crs == CRS else frame.to_crs(CRS)
    return frame[~(frame.geometry.isna() | frame.geometry.is_empty)]


def _extent(frames: Mapping[str, geopandas.GeoDataFrame]) -> tuple[float, float, float, float]:
    """Bounds of all frames with a margin; of a single point, some minutes around it."""
    bounds = np.array([f.total_bounds for f in frames.values() if len(f)])
    if not len(bounds):
        return (110.2, 34.5, 114.6, 40.8)  # the province
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    pad = max(0.04 * (east - west), 0.04 * (north - south), 0.01)
    return float(west - pad), float(south - pad), float(east + pad), float(north + pad)


def draw(
    axes: Any, frame: geopandas.GeoDataFrame, layer: Layer | None, key: str, lang: Lang
) -> list[Any]:
    """Draw one layer, each class of its zones in its colour, and return its keys."""
    shapes = simplify(np.asarray(shapely.force_2d(frame.geometry.to_numpy())))
    style = layer.style if layer else None
    label = layer.name.in_(lang) if layer else key
    if layer is not None and note(layer, lang):
        label += f"\n{note(layer, lang)}"
    classes, numbers = palette.classes_of(key, frame)
    plain = style.color if style else "#777777"
    colours = [plain if number is None else classes[number].color for number in numbers]
    drawn = geopandas.GeoSeries(shapes, crs=CRS)
    dimension = int(shapely.get_dimensions(shapes).max()) if len(shapes) else 0
    weight = style.weight if style else 1.0
    fill = style.fill_opacity if style else 0.0
    if dimension == 0:
        drawn.plot(
            ax=axes, aspect=None, color=colours, markersize=18, edgecolor="white", linewidth=0.6
        )
        _name_points(axes, list(shapes), names(frame, layer, lang))
    elif dimension == 1:
        drawn.plot(ax=axes, aspect=None, color=colours, linewidth=weight * 0.8)
    else:
        rgb = import_module("matplotlib.colors").to_rgb
        faces = [(*rgb(colour), fill) for colour in colours]
        drawn.plot(ax=axes, aspect=None, facecolor=faces, edgecolor=colours, linewidth=weight * 0.6)
    if not classes:
        return [_key(plain, fill, weight, dimension, label)]
    told = [f"{label.splitlines()[0]}: {palette.title(own, lang)}" for own in classes]
    pairs = zip(classes, told, strict=True)
    return [_key(own.color, fill, weight, dimension, text) for own, text in pairs]


def _key(colour: str, fill: float, weight: float, dimension: int, label: str) -> Any:
    lines, patches = import_module("matplotlib.lines"), import_module("matplotlib.patches")
    if dimension == 0:
        return lines.Line2D([], [], color=colour, marker="o", linestyle="", label=label)
    if dimension == 1:
        return lines.Line2D([], [], color=colour, linewidth=weight, label=label)
    face = (*import_module("matplotlib.colors").to_rgb(colour), fill)
    return patches.Patch(facecolor=face, edgecolor=colour, label=label)


def _cells(axes: Any, cells: Cells, layer: Layer, lang: Lang) -> Iterator[Any]:
    """Draw a raster layer in its colours, and yield its keys: classes, or steps of the ramp."""
    coloured = colour(cells, layer)
    palette = np.array([(0, 0, 0, 0), *((*own, 200) for own in coloured.colours)], dtype=np.uint8)
    left, step, top = cells.transform.c, cells.transform.a, cells.transform.f
    rows, columns = cells.values.shape
    extent = (left, left + columns * step, top - rows * step, top)
    axes.imshow(palette[coloured.numbers], extent=extent, interpolation="nearest", zorder=0.5,
                aspect=axes.get_aspect())  # fmt: skip
    patch = import_module("matplotlib.patches").Patch
    key = coloured.key(lang)
    if "ramp" not in key:
        for own in key["classes"]:
            yield patch(facecolor=own["color"], label=own["name"])
        return
    ramp = key["ramp"]
    for number, tick in zip(np.linspace(1, len(coloured.colours), len(ramp["ticks"])),
                            ramp["ticks"], strict=True):  # fmt: skip
        face = tuple(part / 255 for part in coloured.colours[int(number) - 1])
        yield patch(facecolor=face, label=f"{layer.name.in_(lang)} {tick} {ramp['unit']}".strip())


def _name_points(axes: Any, shapes: Sequence[Any], titles: Sequence[str]) -> None:
    """Write names beside points as long as there are few."""
    if len(shapes) > 30:
        return
    for shape, text in zip(shapes, titles, strict=True):
        spot = shapely.point_on_surface(shape)
        axes.annotate(text, (spot.x, spot.y), (3, 3), textcoords="offset points", fontsize=7)
