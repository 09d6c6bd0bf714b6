"""The one table of colours on page and paper: statuses, bands that decide, classes of zones."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from pydantic import Field

from zoning.base.settings import layers_dir
from zoning.messages import Lang, Text, message
from zoning.model import Declared, FindingView, Status
from zoning.review.deciding import Deciding
from zoning.show import titles

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


@dataclass(frozen=True)
class Look:
    """How something is told apart: colour, hatch, and the shape of its sign."""

    color: str
    hatch: str
    shape: str = ""


#: Tones after Okabe and Ito, dark enough for a white sign; shape and hatch say the status again.
STATUS: Final[Mapping[Status, Look]] = MappingProxyType(
    {
        Status.VIOLATION: Look("#b3001b", "slash", "octagon"),
        Status.RESTRICTED: Look("#b85c00", "dots", "triangle"),
        Status.UNDETERMINED: Look("#7b3fa0", "level", "circle"),
        Status.FAILED: Look("#222222", "cross", "square"),
        Status.NOT_CHECKED: Look("#5f6672", "upright", "square"),
        Status.CONDITIONAL: Look("#0067a3", "backslash", "diamond"),
        Status.COMPLIANT: Look("#00795a", "plain", "circle"),
    }
)

#: Zones and bands that findings rest on, in the order of their severity (Okabe and Ito).
BANDS: Final = (
    Look("#d55e00", "slash"),
    Look("#0072b2", "backslash"),
    Look("#009e73", "dots"),
    Look("#a8437c", "cross"),
)

#: The same hatches as matplotlib writes them.
HATCHES: Final[Mapping[str, str]] = MappingProxyType(
    {"slash": "//", "backslash": "\\\\", "dots": "..", "cross": "xx"}
)


class ZoneClass(Declared):
    """One class of zones: the value of the column, what it is called, and its colour."""

    value: str
    title: Text
    color: str = Field(pattern=r"^#[0-9a-f]{6}$")


class LayerClasses(Declared):
    """The classes of some layers, told by one column."""

    layers: tuple[str, ...]
    field: str
    classes: tuple[ZoneClass, ...]


class Ramp(Declared):
    """The colours of a quantity, from the lower to the upper end of its range."""

    layer: str
    range: tuple[float, float]
    colors: tuple[str, ...]


class MapClasses(Declared):
    """``layers/tables/map_classes.toml``."""

    layers: tuple[LayerClasses, ...]
    ramps: tuple[Ramp, ...] = ()


@cache
def _declared() -> MapClasses:
    path = layers_dir() / "tables" / "map_classes.toml"
    return MapClasses.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def _table() -> Mapping[str, LayerClasses]:
    return {name: entry for entry in _declared().layers for name in entry.layers}


def cell_classes(layer: str, names: Mapping[int, str]) -> Mapping[int, ZoneClass]:
    """Return the class of each code of a class raster, by the names that the raster gives them."""
    entry = _table().get(layer)
    known = {own.value: own for own in entry.classes} if entry is not None else {}
    return {code: known[name] for code, name in names.items() if name in known}


def ramp(layer: str) -> Ramp | None:
    """Return the colours of a raster of quantities, None where none are declared."""
    return next((own for own in _declared().ramps if own.layer == layer), None)


def classes_of(layer: str, frame: GeoDataFrame) -> tuple[tuple[ZoneClass, ...], list[int | None]]:
    """Return the classes that occur in a layer, and the number of each zone's.

    Parameters
    ----------
    layer : str
        Layer id.
    frame : GeoDataFrame
        Its zones.

    Returns
    -------
    classes : tuple of ZoneClass
        In the order of the legend; empty where the layer is drawn in one colour.
    numbers : list of int or None
        The class of each zone, None where its value is not listed.
    """
    entry = _table().get(layer)
    if entry is None or entry.field not in frame.columns:
        return (), [None] * len(frame)
    values = ["" if pd.isna(value) else str(value) for value in frame[entry.field]]
    found = tuple(own for own in entry.classes if own.value in values)
    at = {own.value: number for number, own in enumerate(found)}
    return found, [at.get(value) for value in values]


def zone_name(zone: Deciding, lang: Lang) -> str:
    """Name what a finding rests on: the layer, the classes chosen, the band around them."""
    view = zone.views[0]
    name = view.layer.name.in_(lang) if view.layer else str(view.layer_id)
    classes = [own.title.in_(lang) for own in _chosen(view)]
    if classes:
        name = message("sketch.zone", name=name, classes=classes).in_(lang)
    if zone.distance_m:
        size = titles.length(zone.distance_m, lang)
        name = message("sketch.band", name=name, size=size).in_(lang)
    return name


def _chosen(view: FindingView) -> tuple[ZoneClass, ...]:
    """Return the classes of zones that a clause is about; none where it is about all of them."""
    entry = _table().get(view.layer_id or "")
    values = view.rule.scope.where.get(entry.field, ()) if entry and view.rule else ()
    return tuple(own for own in entry.classes if own.value in values) if entry else ()


def looks() -> dict[str, Any]:
    """Return the colours as a page needs them."""
    status = {
        kind.value: {
            "color": look.color,
            "hatch": look.hatch,
            "shape": look.shape,
            "sign": titles.SIGN[kind].replace("√", "✓").replace("-", "–"),
        }
        for kind, look in STATUS.items()
    }
    return {"status": status, "bands": [{"color": x.color, "hatch": x.hatch} for x in BANDS]}


def title(own: ZoneClass, lang: Lang) -> str:
    """Return what a class is called."""
    return own.title.in_(lang)
