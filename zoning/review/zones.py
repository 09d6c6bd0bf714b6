"""Layers as zones and as cells: what maps draw and exports write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely

from zoning.base.errors import UsageError, problem
from zoning.base.table import Table
from zoning.catalogue import rasters
from zoning.catalogue.content import Catalogue
from zoning.messages import Text, message, table
from zoning.model import Layer
from zoning.review.layers import Layers

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from zoning.zonal import convert


def read_cells(layer: Layer) -> convert.Cells:
    """Return a raster layer as cells in memory."""
    from zoning.zonal import convert

    with rasters.open_raster(layer) as dataset:
        return convert.Cells(
            dataset.read(1),
            dataset.transform,
            dataset.nodata,
            rasters.class_names(dataset),
            float(dataset.scales[0]),
            dataset.units[0] or "",
        )


def zones_of(name: str, layers: Layers) -> GeoDataFrame:
    """Return a layer as zones; a raster becomes the polygons of its classes."""
    layer = layers.catalogue.layer(name)
    if layer.kind != "raster":
        return layers.need(name)
    from zoning.zonal import convert

    return convert.vectorise(read_cells(layer))


def zone_names(layer: Layer, table: Table) -> list[str]:
    """Return the names of the zones; without a name field, the layer's own."""
    names = np.full(len(table), layer.name.zh, dtype=object)
    if layer.name_field is not None and layer.name_field in table:
        named = ~table.isna(layer.name_field)
        names[named] = table[layer.name_field][named]
    return [str(name) for name in names.tolist()]


def theme_title(theme: str) -> Text:
    """Return what a theme is called on a page; its id where it has no other name."""
    key = f"theme.{theme}"
    return message(key) if key in table("en") else Text(theme, theme)


def stacked(names: Sequence[str], layers: Layers) -> dict[str, GeoDataFrame]:
    """Return the zones of layers in drawing order: the province, then areas from the largest down.

    What covers most lies at the bottom, so that it hides nothing.
    """
    frames = {name: zones_of(name, layers) for name in dict.fromkeys(names)}

    def size(name: str) -> float:
        shapes = np.asarray(frames[name].geometry.array, dtype=object)
        return float(shapely.area(shapes).sum())

    order = sorted(frames, key=size, reverse=True)
    return {"province": zones_of("province", layers)} | {name: frames[name] for name in order}


def of_theme(catalogue: Catalogue, theme: str) -> list[str]:
    """Return the layers of a theme, or raise the UsageError that lists the themes."""
    found = [layer.id for layer in catalogue.layers.values() if layer.theme == theme]
    if found:
        return found
    known = ", ".join(sorted({layer.theme for layer in catalogue.layers.values()}))
    raise UsageError(problem("unknown-theme", theme=theme, known=known))


def place_of(place: str, layers: Layers) -> GeoDataFrame:
    """Return a county or city, by name or division code, as one row.

    Raises
    ------
    UsageError
        There is none of that name, or more than one; the codes tell them apart.
    """
    wanted = place.casefold()
    found = []
    for name in ("counties", "cities"):
        frame = layers.need(name)
        columns = [c for c in ("adcode", "name", "name_en") if c in frame]
        same = frame[columns].astype(str).apply(lambda own: own.str.casefold() == wanted)
        rows = frame[same.any(axis=1)]
        found += [rows.iloc[[at]].reset_index(drop=True) for at in range(len(rows))]
    if not found:
        raise UsageError(problem("place-unknown", place=place))
    if len(found) > 1:
        listed = [f"{rows['name'][0]} {rows['adcode'][0]}" for rows in found]
        raise UsageError(problem("place-ambiguous", place=place, listed=listed))
    return found[0]
