"""What a layer is good for besides reviews: taken as data, written, shown where it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from zoning.base.errors import Problem, UsageError, problem
from zoning.catalogue import rasters
from zoning.catalogue.load import Catalogue
from zoning.messages import Text, message
from zoning.model import Evidence, Layer
from zoning.review.layers import Layers
from zoning.show import layer_files
from zoning.zonal import convert

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

#: Counties are shrunk by this much before a zone is said to reach into one: a shared edge is none.
_EDGE_DEG = 0.002


def read_cells(layer: Layer) -> convert.Cells:
    """Return a raster layer as cells in memory."""
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
    return convert.vectorise(read_cells(layer)) if layer.kind == "raster" else layers.need(name)


def export(name: str, kind: str, path: Path | None, layers: Layers) -> Path:
    """Write a layer in a format, drawing cells or polygons where it comes as the other.

    Parameters
    ----------
    name : str
        Layer id.
    kind : str
        One of ``zoning.show.layer_files.FORMATS``.
    path : Path, optional
        ``<id><suffix>`` in the working folder by default.

    Raises
    ------
    CatalogueError, DataError
        If there is no such layer, or it has no data.
    UsageError
        If the format is not known, the suffix contradicts it, or the place cannot be written.
    """
    if kind not in layer_files.FORMATS:
        raise UsageError(_bad_format(kind))
    suffix = layer_files.FORMATS[kind]
    target = path or Path(f"{name}{suffix}")
    if target.suffix.lower() not in ({".tif", ".tiff"} if kind == "cog" else {suffix}):
        raise UsageError(_bad_suffix(kind, target))
    layer = layers.catalogue.layer(name)
    if kind != "cog":
        return layer_files.write_zones(zones_of(name, layers), target, kind, name)
    if layer.kind == "raster":
        cells = read_cells(layer)
    else:
        frame = layers.need(name)
        cells = convert.rasterise(frame, zone_names(layers[name].layer, frame))
    tags = {
        "title": f"{layer.name.zh} {layer.name.en}",
        "evidence": str(layers[name].record.evidence),
    }
    return layer_files.write_cells(cells, target, tags)


def zone_names(layer: Layer, frame: GeoDataFrame) -> list[str]:
    """Return the names of the zones; without a name field, the layer's own."""
    if layer.name_field in frame:
        return [str(name) for name in frame[layer.name_field].fillna(layer.name.zh)]
    return [layer.name.zh] * len(frame)


def coverage(layers: Layers, names: Sequence[str], by: str = "county") -> pd.DataFrame:
    """Return which evidence each layer has in each county or city.

    Returns
    -------
    DataFrame
        One row a layer, one column a unit: ``official``, ``surveyed``, ``derived`` or ``schematic``
        where a zone of it lies, ``empty`` where the layer has data but no zone, ``none`` where
        there are no data at all.
    """
    import pandas as pd

    units = layers.need("cities" if by == "city" else "counties").sort_values("adcode")
    shapes = shapely.buffer(np.asarray(units.geometry.array, dtype=object), -_EDGE_DEG)
    twice = units["name"].duplicated(keep=False)
    labels = np.where(twice & (by != "city"), units.get("city", "") + units["name"], units["name"])
    rows = {name: _reach(name, layers, shapes) for name in names}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(labels))


def _reach(name: str, layers: Layers, units: Any) -> list[str]:
    layer = layers.catalogue.layer(name)
    if layer.kind == "raster":
        state = layers[name].record.state
        return [str(layer.evidence) if state == "used" else "none"] * len(units)
    loaded = layers[name]
    if loaded.frame is None:
        return ["none"] * len(units)
    found = ["empty"] * len(units)
    tree = shapely.STRtree(units)
    shapes = np.asarray(loaded.frame.geometry.array, dtype=object)
    zones, where = tree.query(shapes, predicate="intersects")
    kinds = _evidence_by_zone(loaded.layer, loaded.frame, str(loaded.record.evidence))
    order = [str(kind) for kind in Evidence]
    for zone, unit in zip(zones, where, strict=True):
        known = found[unit]
        if known == "empty" or order.index(kinds[zone]) < order.index(known):
            found[unit] = kinds[zone]
    return found


def _evidence_by_zone(layer: Layer, frame: GeoDataFrame, own: str) -> list[str]:
    if layer.evidence_field not in frame or own == Evidence.OFFICIAL:
        return [own] * len(frame)
    return [str(kind) for kind in frame[layer.evidence_field]]


#: What the themes are called on a page.
_THEMES = {
    "administrative": message("layer-use.themes.administrative"),
    "control": message("layer-use.themes.control"),
    "county_list": message("layer-use.themes.county-list"),
    "ecology": message("layer-use.themes.ecology"),
    "karst": message("layer-use.themes.karst"),
    "main_function": message("layer-use.themes.main-function"),
    "protected": message("layer-use.themes.protected"),
    "raster": message("layer-use.themes.raster"),
    "security_pattern": message("layer-use.themes.security-pattern"),
    "space": message("layer-use.themes.space"),
    "urban": message("layer-use.themes.urban"),
    "water": message("layer-use.themes.water"),
    "xinzhou": message("layer-use.themes.xinzhou"),
    "yangquan": message("layer-use.themes.yangquan"),
    "yellow_river": message("layer-use.themes.yellow-river"),
}


def theme_title(theme: str) -> Text:
    """Return what a theme is called on a page; its id where it has no other name."""
    return _THEMES.get(theme, Text(theme, theme))


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


def _bad_format(kind: str) -> Problem:
    known = ", ".join(layer_files.FORMATS)
    return problem("output-format", kind=kind, known=known)


def _bad_suffix(kind: str, path: Path) -> Problem:
    right = layer_files.FORMATS[kind]
    return problem("output-suffix", name=path.name, kind=kind, right=right)
