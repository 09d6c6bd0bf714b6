"""What makes a picture a map: graticule, scale bar, north arrow, legend, and an inset."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import geopandas
import numpy as np
import shapely

from zoning.base.geodesy import distances
from zoning.messages import Lang, message

#: Steps of the graticule, degrees: from 10 seconds to 2 degrees.
_STEPS: Final = (
    10 / 3600, 20 / 3600, 30 / 3600, 1 / 60, 2 / 60, 5 / 60, 10 / 60, 15 / 60, 30 / 60, 1.0, 2.0,
)  # fmt: skip
_LINES: Final = 4
INK: Final = "#333333"
FRAME: Final = "#555555"
WATER: Final = "#1565c0"


def frame(axes: Any, bounds: tuple[float, float, float, float]) -> None:
    """Show these bounds, west south east north in degrees, with ground shapes undistorted."""
    west, south, east, north = bounds
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)))
    axes.set_facecolor("white")
    for side in axes.spines.values():
        side.set_color(FRAME)
        side.set_linewidth(0.8)


def graticule(axes: Any) -> None:
    """Draw meridians and parallels at whole degrees, minutes or seconds, and label them."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    for axis, low, high, letter in ((axes.xaxis, west, east, "E"), (axes.yaxis, south, north, "N")):
        step = next((s for s in _STEPS if (high - low) / s <= _LINES), _STEPS[-1])
        ticks = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
        axis.set_ticks(ticks, [_degrees(t, step, letter) for t in ticks])
    axes.tick_params(labelsize=6.5, length=2, color=FRAME, labelcolor=INK, pad=2)
    for label in axes.get_yticklabels():
        label.set(rotation=90, va="center")
    axes.grid(True, color="#9e9e9e", linewidth=0.35, linestyle=(0, (4, 4)), zorder=0.5)
    axes.set_axisbelow(False)


def _degrees(value: float, step: float, letter: str) -> str:
    seconds = round(value * 3600)
    degrees, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if step >= 1:
        return f"{degrees}°{letter}"
    if step >= 1 / 60:
        return f"{degrees}°{minutes:02d}′{letter}"
    return f"{degrees}°{minutes:02d}′{seconds:02d}″{letter}"


def scale_bar(axes: Any, lang: Lang) -> None:
    """Draw a bar of a round length, true at the middle of the map, in the lower right corner."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    middle = (south + north) / 2
    ends = np.array([[west, middle]]), np.array([[east, middle]])
    width = float(distances(*ends)[0])
    bar = 10 ** math.floor(math.log10(width / 4))
    bar *= max(x for x in (1, 2, 5) if bar * x <= width / 4)
    length = bar / width * (east - west)
    x, y = east - (east - west) * 0.03 - length, south + (north - south) * 0.035
    halo = [import_module("matplotlib.patheffects").withStroke(linewidth=2.5, foreground="white")]
    for start, colour in ((x, "black"), (x + length / 2, "white")):
        patch = import_module("matplotlib.patches").Rectangle(
            (start, y), length / 2, (north - south) * 0.009,
            facecolor=colour, edgecolor="black", linewidth=0.6, zorder=20,
        )  # fmt: skip
        axes.add_patch(patch)
    key, shown = ("km", bar / 1000) if bar >= 1000 else ("metres", bar)
    text = message(f"quantity.{key}", value=f"{shown:g}").in_(lang)
    place = (x + length / 2, y + (north - south) * 0.015)
    axes.annotate(text, place, ha="center", fontsize=7, zorder=20, path_effects=halo)


def north_arrow(axes: Any) -> None:
    """Draw an arrow to the north in the upper right corner."""
    style = {"arrowstyle": "-|>", "color": "black", "linewidth": 1.0, "mutation_scale": 11}
    axes.annotate(
        "", (0.955, 0.975), (0.955, 0.90), xycoords="axes fraction", arrowprops=style, zorder=20
    )
    axes.text(0.955, 0.885, "N", transform=axes.transAxes, ha="center", va="top", fontsize=8,
              zorder=20)  # fmt: skip


def legend(
    figure: Any, keys: Sequence[Any], lang: Lang, where: str = "outside lower center"
) -> None:
    """Put the legend below the map, out of the way of what is drawn."""
    if keys:
        figure.legend(
            handles=list(keys), loc=where, ncols=min(2, len(keys)), fontsize=7, frameon=False,
            title=message("static.legend").in_(lang), title_fontsize=7.5,
        )  # fmt: skip


def inset(axes: Any, province: geopandas.GeoDataFrame | None, inner: Any) -> None:
    """Show in the upper left corner where in the province the map lies; ``inner`` is marked."""
    if province is None or province.empty:
        return
    small = axes.inset_axes((0.012, 0.712, 0.2, 0.28), zorder=19)
    shapes = shapely.simplify(province.geometry.to_numpy(), 0.02)
    geopandas.GeoSeries(shapes).plot(
        ax=small, facecolor="#eef1ee", edgecolor=FRAME, linewidth=0.5, aspect=None
    )
    spot = shapely.centroid(inner)
    small.plot([spot.x], [spot.y], marker="o", markersize=3.5, color="#c62828")
    west, south, east, north = shapely.total_bounds(shapes)
    pad = 0.05 * (north - south)
    frame(small, (west - pad, south - pad, east + pad, north + pad))
    small.set(xticks=[], yticks=[], xlabel="", ylabel="")
