"""layer_statistics: how much of a vector layer lies in each county, city, basin or polygon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zoning import review, stats
from zoning.api.layers import opened
from zoning.base.errors import SourceError, UsageError, problem
from zoning.base.progress import Progress, silent
from zoning.messages import Text, message
from zoning.read import ReadOptions, read_frame, read_vector
from zoning.review import Layers
from zoning.stats import Figures
from zoning.stats.figures import Note

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def layer_statistics(
    layer: str | Path | GeoDataFrame,
    by: str | Path = "county",
    *,
    id_column: str | None = None,
    name_column: str | None = None,
    options: ReadOptions | None = None,
    workspace: str | Path | None = None,
    progress: Progress | None = None,
) -> Figures:
    """Measure a vector layer in each unit: ellipsoidal areas, overlaps counted once.

    Parameters
    ----------
    layer : str, path or GeoDataFrame
        Id of a layer of the catalogue, a file, or a frame.
    by : str or path, default "county"
        ``county``, ``city``, ``province``, ``basin`` (karst springs), the id of another layer of
        polygons, or a file of polygons.
    id_column, name_column : str, optional
        Columns of that file.
    options : ReadOptions, optional
        What the file of the layer does not say of itself.
    workspace : path, optional
        A ``zoning.toml``; its official sources replace the embedded ones.
    progress : callable, optional

    Returns
    -------
    Figures
        ``frame`` has a row a unit with ``area_km2``, ``area_ha``, ``area_mu`` and ``share`` (of
        the unit, 0 to 1) for polygons, ``length_km`` for lines, and ``zones``, the number of
        features; :func:`Figures.to_frame` gives it alone.

    Raises
    ------
    ZoningError
        No such layer or column, a layer without data, features that cannot be read.
    """
    progress, layers = progress or silent, opened(workspace)
    zones, title, notes, facts = _zones(layer, layers, options)
    asked = stats.Request(by=by, id_column=id_column, name_column=name_column)
    regions = stats.named_units(review.unit_frame(by, layers, progress), asked)
    if set(regions.geom_type) - {"Polygon", "MultiPolygon"}:
        raise UsageError(problem("units-no-polygons", by=by))
    return stats.layer_figures(zones, regions, title, progress, notes, {**facts, "by": str(by)})


def _zones(
    layer: str | Path | GeoDataFrame, layers: Layers, options: ReadOptions | None
) -> tuple[GeoDataFrame, Text, list[Note], dict[str, str]]:
    """Return the features of a layer, its name, what must be said of it, and where it is from."""
    if not isinstance(layer, str | Path):
        reading = read_frame(layer, options, name="GeoDataFrame")
    elif str(layer) in layers.catalogue.layers:
        return _of_catalogue(str(layer), layers)
    elif not Path(layer).exists() and Path(layer).suffix == "":
        layers.catalogue.layer(str(layer))  # Says which layers have similar names.
        raise AssertionError("a layer that the catalogue has was handled before")
    else:
        reading = read_vector(layer, options)
    if reading.problems:
        raise SourceError(reading.problems)
    record = reading.record
    notes = [Note("warning", text) for text in record.unread]
    return (
        reading.frame,
        message("layer-figures.title", name=record.name),
        [*notes, Note("source", Text(record.name, record.name))],
        {"layer": record.name, "layer_sha256": record.sha256, "crs": record.crs},
    )


def _of_catalogue(
    name: str, layers: Layers
) -> tuple[GeoDataFrame, Text, list[Note], dict[str, str]]:
    zones, loaded = layers.need(name), layers[name]
    record = loaded.record
    notes: list[Note] = []
    if not record.official:
        evidence = message(f"titles.evidence.{record.evidence}")
        told = message("layer-figures.indicative", evidence=evidence, name=record.name)
        notes.append(Note("warning", told))
    facts = {"layer": name, "layer_sha256": record.sha256 or "", "evidence": str(record.evidence)}
    return zones, message("layer-figures.title", name=record.name), notes, facts
