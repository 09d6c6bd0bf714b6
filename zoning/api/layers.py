"""layers: what zoning is held, where, and as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from zoning import review
from zoning.api import outputs
from zoning.api.outputs import Target
from zoning.base.errors import UsageError, problem
from zoning.base.table import Table
from zoning.catalogue import load_catalogue, open_raster, open_workspace
from zoning.review import Layers
from zoning.show import layer_files, vectors
from zoning.zonal import convert

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from rasterio.io import DatasetReader


def opened(workspace: str | Path | None) -> Layers:
    """Return the layers of the catalogue, official where a workspace has them."""
    catalogue = load_catalogue()
    return Layers(catalogue, open_workspace(workspace, catalogue.layers))


def load_layer(name: str, *, workspace: str | Path | None = None) -> GeoDataFrame | DatasetReader:
    """Return a layer: zones as a GeoDataFrame, a raster as an open rasterio dataset, in EPSG:4490.

    Parameters
    ----------
    name : str
        Layer id, see ``zoning layers list``.
    workspace : path, optional
        A ``zoning.toml``; its official source replaces the embedded one.

    Returns
    -------
    GeoDataFrame or rasterio.io.DatasetReader

    Raises
    ------
    CatalogueError
        If there is no such layer.
    DataError
        If the layer has no data here, or its data are damaged.
    """
    layers = opened(workspace)
    layer = layers.catalogue.layer(name)
    return open_raster(layer) if layer.kind == "raster" else layers.need(name)


def export_layer(
    name: str,
    kind: str | None = None,
    path: str | Path | None = None,
    *,
    workspace: str | Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a layer in a format, drawing cells or polygons where it comes as the other.

    Parameters
    ----------
    name : str
        Layer id.
    kind : {"gpkg", "geojson", "fgb", "parquet", "shp", "kml", "dxf", "xlsx", "cog"}, optional
        Left out, it is what the suffix of ``path`` stands for, or ``gpkg`` without one.
    path : path, optional
        ``<id><suffix>`` in the working folder by default.
    workspace : path, optional
    overwrite : bool, default False
        Also replace a file that this program did not write.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    CatalogueError, DataError
        If there is no such layer, or it has no data.
    UsageError
        If the format is not known, the suffix contradicts it, or the place cannot be written.
    """
    layers = opened(workspace)
    kind = kind or _kind(path)
    target = _target(name, kind, path, workspace, overwrite)
    layer = layers.catalogue.layer(name)
    if kind != "cog":
        zones = review.zones_of(name, layers)
        if "evidence" not in zones and layer.kind == "vector":
            zones = zones.assign(evidence=_evidence(layers, name, zones))
        vectors.write_vector(zones, target, name)
        return target.path
    if layer.kind == "raster":
        cells = review.read_cells(layer)
    else:
        frame = layers.need(name)
        names = review.zone_names(layers[name].layer, Table.of(frame))
        cells = convert.rasterise(frame, names)
    evidence = str(layers[name].record.evidence)
    tags = {"title": f"{layer.name.zh} {layer.name.en}", "evidence": evidence}
    if layer.kind == "vector":
        pairs = dict(zip(names, _evidence(layers, name, frame), strict=True))
        if len(set(pairs.values())) > 1:
            tags["evidence"] = "; ".join(f"{zone}: {kind}" for zone, kind in pairs.items())
    if cells.below_cell:
        tags["below_cell"] = "; ".join(cells.below_cell)
    if cells.area_not_kept:
        tags["area_not_kept_km2"] = "; ".join(
            f"{zone}: {ours:.2f} as zone, {theirs:.2f} as cells"
            for zone, (ours, theirs) in cells.area_not_kept.items()
        )
    return layer_files.write_cells(cells, target, tags)


def _evidence(layers: review.Layers, name: str, frame: GeoDataFrame) -> list[str]:
    """Return the evidence of each zone."""
    loaded = layers[name]
    return review.evidence_by_zone(loaded.layer, frame, str(loaded.record.evidence))


def _kind(path: str | Path | None) -> str:
    """Return the format that a suffix stands for; the first of all where it stands for none."""
    suffix = "" if path is None else Path(path).suffix.lower().replace(".tiff", ".tif")
    kinds = {right: kind for kind, right in vectors.EXPORTS.items()}
    return kinds.get(suffix, next(iter(vectors.EXPORTS)))


def _target(
    name: str, kind: str, path: str | Path | None, workspace: str | Path | None, overwrite: bool
) -> Target:
    """Return where to write, once format and suffix agree."""
    if kind not in vectors.EXPORTS:
        raise UsageError(problem("output-format", kind=kind, known=list(vectors.EXPORTS)))
    suffix = vectors.EXPORTS[kind]
    target = Path(path) if path is not None else Path(f"{name}{suffix}")
    right = (".tif", ".tiff") if kind == "cog" else (suffix,)
    if target.suffix.lower() not in right:
        key = "output-suffix.kind"
        told = {"name": target.name, "kind": kind, "right": suffix}
        raise UsageError(problem("output-suffix", key=key, **told))
    return outputs.one(target, right, workspace=workspace, overwrite=overwrite)


def layer_coverage(
    by: Literal["county", "city"] = "county", *, workspace: str | Path | None = None
) -> DataFrame:
    """Return a table layer by county (or city): which evidence there is of it, if any.

    Parameters
    ----------
    by : {"county", "city"}
    workspace : path, optional

    Returns
    -------
    DataFrame
        ``official``, ``surveyed``, ``derived`` or ``schematic`` where a zone lies, ``empty`` where
        the layer has data but no zone, ``none`` where there are no data at all.
    """
    layers = opened(workspace)
    return review.coverage(layers, list(layers.catalogue.layers), by)
