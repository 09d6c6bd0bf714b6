"""Raster layers of the catalogue: the file checked against its hash, then opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoning.base.errors import DataError, problem
from zoning.base.settings import data_dir
from zoning.catalogue.embedded import load_layer, refuse
from zoning.model import Layer

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
        raise DataError(problem("not-a-raster", layer=layer.id, id=layer.id))
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
