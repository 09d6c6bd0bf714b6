"""What a layer is good for besides reviews: taken as data, written, shown where it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from zoning.catalog import Catalogue
from zoning.errors import Problem, Text, UsageError
from zoning.joints.layers import Layers
from zoning.model import Evidence, Layer
from zoning.overlay import convert
from zoning.report import layer_files
from zoning.sources import rasters

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
        One of ``zoning.report.layer_files.FORMATS``.
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
    "administrative": Text("行政区", "Administrative units"),
    "control": Text("控制线与管控单元", "Control lines and units"),
    "county_list": Text("按名单划定的县", "Counties listed by documents"),
    "ecology": Text("生态区域", "Ecological areas"),
    "karst": Text("岩溶泉域", "Karst springs and basins"),
    "main_function": Text("主体功能区", "Main functions"),
    "protected": Text("自然保护地", "Protected areas"),
    "raster": Text("栅格图层", "Raster layers"),
    "security_pattern": Text("一带三屏七廊", "Ecological security pattern"),
    "space": Text("三类空间", "Three spaces"),
    "urban": Text("城镇与产业格局", "Towns and industry"),
    "water": Text("河湖", "Rivers and lakes"),
    "xinzhou": Text("忻州", "Xinzhou"),
    "yangquan": Text("阳泉", "Yangquan"),
    "yellow_river": Text("黄河流域", "Yellow River basin"),
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
    raise UsageError(
        Problem(
            code="unknown-theme",
            fault=Text(f"没有主题“{theme}”。", f"There is no theme {theme!r}."),
            cure=Text(f"用 {known} 之一。", f"Use one of {known}."),
        )
    )


def _bad_format(kind: str) -> Problem:
    known = ", ".join(layer_files.FORMATS)
    return Problem(
        code="output-format",
        fault=Text(f"不支持格式“{kind}”。", f"The format {kind!r} is not supported."),
        cure=Text(f"用 {known} 之一。", f"Use one of {known}."),
    )


def _bad_suffix(kind: str, path: Path) -> Problem:
    right = layer_files.FORMATS[kind]
    return Problem(
        code="output-suffix",
        fault=Text(
            f"{path.name} 的扩展名与格式 {kind} 不符。",
            f"The suffix of {path.name} does not fit the format {kind}.",
        ),
        cure=Text(f"扩展名用 {right}。", f"Use the suffix {right}."),
    )
