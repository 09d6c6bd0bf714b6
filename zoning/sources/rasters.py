"""Raster layers of the catalogue: the file checked against its hash, then opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoning.errors import DataError, Problem, Text
from zoning.model import Layer
from zoning.settings import data_dir
from zoning.sources.embedded import load_layer, refuse

if TYPE_CHECKING:
    from rasterio.io import DatasetReader


def open_raster(layer: Layer) -> DatasetReader:
    """Return a raster layer as an open rasterio dataset in EPSG:4490; the caller closes it.

    Raises
    ------
    DataError
        If the layer is no raster, has no data here, or its file was changed.
    """
    if layer.kind != "raster":
        raise DataError(
            Problem(
                code="not-a-raster",
                fault=Text(f"图层 {layer.id} 不是栅格。", f"Layer {layer.id} is not a raster."),
                cure=Text("用 zoning.load_layer 读取。", "Read it with zoning.load_layer."),
                layer=layer.id,
            )
        )
    loaded = load_layer(layer)
    if loaded.record.state != "used" or layer.source is None or layer.source.file is None:
        refuse(loaded)
    import rasterio

    return rasterio.open(data_dir() / layer.source.file)


def class_names(dataset: Any) -> dict[int, str]:
    """Return the names of a class raster's codes, from its ``classes`` tag; else nothing."""
    text = dataset.tags().get("classes", "")
    pairs = [part.strip().split(" ", 1) for part in text.split(";") if part.strip()]
    return {int(code): name for code, name in pairs}
