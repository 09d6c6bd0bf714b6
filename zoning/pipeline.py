"""The whole product on one page: what happens, in which order, from a file to a report.

    sources ──▶ catalogue (layers + rules) ──▶ overlay (numbers) ──▶ rules (decisions) ──▶ report

Nothing here measures, decides or draws; every line hands a frozen value to the next stage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning import (
    law,
    read,
    review,
    show,
    stats,
)
from zoning.base.settings import VERSION, default_lang
from zoning.catalogue import embedded
from zoning.catalogue.load import Catalogue, load_catalogue
from zoning.catalogue.rasters import open_raster
from zoning.messages import Lang, Text, message
from zoning.model import Project, ProjectResult, Report
from zoning.review.official import open_workspace
from zoning.show import map

if TYPE_CHECKING:
    from folium import Map
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from rasterio.io import DatasetReader

#: Called with what is being done, how much of it is done, and how much there is.
Progress = Callable[[Text, int, int], None]

#: Layers drawn under every review map.
BACKDROP = ("province", "cities", "counties", "main_rivers", "karst_springs")


class Review(Report):
    """A report with its ways out: a table, a map, files."""

    def to_frame(self, lang: Lang | None = None) -> GeoDataFrame:
        """Return one row a finding, with overlap geometry in EPSG:4490."""
        return show.to_frame(self, lang or default_lang())

    def to_dict(self) -> dict[str, Any]:
        """Return the report as the published JSON structure (``docs/report.schema.json``)."""
        return dict(show.to_dict(self))

    def map(self, lang: Lang | None = None) -> Map:
        """Draw sites, overlaps and zoning as a folium map that needs no network."""
        catalogue = load_catalogue()
        layers = review.Layers(catalogue, open_workspace(self.workspace, catalogue.layers))
        names = [*BACKDROP, *(record.id for record in self.layers if record.state == "used")]
        frames = layers.frames(dict.fromkeys(names))
        shown = [layers[name].layer for name in frames]
        return map.review_map(self, frames, shown, lang or default_lang())

    def save_map(self, path: str | Path, lang: Lang | None = None) -> None:
        """Write :meth:`map` as one HTML file that opens without a network."""
        map.save_html(self.map(lang), Path(path))

    def save(self, path: str | Path, lang: Lang | None = None) -> None:
        """Write the findings as GeoJSON, GeoPackage or another supported format, by suffix."""
        show.write_findings(self, path, lang or default_lang())


def check(
    files: str | Path | Sequence[str | Path],
    *,
    as_of: date | None = None,
    options: read.ReadOptions | None = None,
    workspace: str | Path | None = None,
    only: Sequence[str] = (),
    themes: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    remedy: bool = False,
    entry_list: str | Path | None = None,
    progress: Progress | None = None,
) -> Review:
    """Review the sites of one or more files against every rule of the catalogue.

    Parameters
    ----------
    files : path or sequence of paths
        Vector files with polygons, lines or points.
    as_of : date, optional
        The day whose law is asked for. Today if left out; nothing below this line reads the clock.
    options : ReadOptions, optional
        What the files do not say of themselves: layer, CRS, encoding, datum.
    workspace : path, optional
        A ``zoning.toml`` with official sources; the one in the current folder if left out.
    only, themes : sequence of str, optional
        Review these rules (``*`` stands for anything) or themes only; the report says what was
        left out.
    catalogue : Catalogue, optional
        Another catalogue than the embedded one.
    remedy : bool, default False
        Also work out what would cure each site with a violation.
    entry_list : path, optional
        A city's entry list of control units (准入清单) as CSV; its rows become rules.
    progress : callable, optional
        Told about each stage.

    Returns
    -------
    Review

    Raises
    ------
    ZoningError
        A file that cannot be read at all, or a faulty catalogue. Features that cannot be read
        become findings with status ``failed``.
    """
    day = as_of or date.today()
    tell = progress or _silent
    catalogue = catalogue or load_catalogue()
    if entry_list is not None:
        listed = law.read_entry_list(entry_list, catalogue.attributes)
        catalogue = catalogue.with_rules(listed, Path(entry_list).read_bytes())
    layers = review.Layers(catalogue, open_workspace(workspace, catalogue.layers))
    asked = options or read.ReadOptions()
    readings = review.read_files(files, asked, tell)
    features = list(review.features(readings))
    projects = law.make_projects(features, catalogue.attributes)
    projects = review.compare_places(projects, features, layers, asked.datum)
    cited, notes = law.citable(catalogue.rules.values(), catalogue.documents, day)
    in_force = len(cited)
    cited, left_out = law.narrow(cited, catalogue.rules, catalogue.layers, only, themes)
    tell(message("pipeline.measuring"), 0, len(projects))
    numbers = review.measure_sites(projects, cited, layers)
    tell(message("pipeline.deciding"), 0, len(projects))
    book = law.RuleBook(cited, catalogue.attributes)
    results = tuple(review.decide(projects, readings, book, layers, numbers))

    def again(moved: Sequence[Project]) -> tuple[ProjectResult, ...]:
        found = review.measure_sites(moved, cited, layers)
        return tuple(review.decide(moved, (), book, layers, found))

    return Review(
        tool_version=VERSION,
        catalogue_sha256=catalogue.sha256,
        as_of=day,
        inputs=tuple(reading.record for reading in readings),
        layers=layers.records(),
        rules=cited,
        documents=tuple(catalogue.documents[k] for k in sorted({r.document for r in cited})),
        results=results,
        notices=(*layers.notices(), *review.repairs(readings), *notes),
        left_out=left_out,
        rules_left_out=in_force - len(cited),
        workspace=str(layers.opened.path) if layers.opened else None,
        remedies=review.remedies(results, book, layers, again) if remedy else (),
    )


def load_layer(name: str, *, workspace: str | Path | None = None) -> GeoDataFrame | DatasetReader:
    """Return a layer: zones as a GeoDataFrame, a raster as an open rasterio dataset, in EPSG:4490.

    Parameters
    ----------
    name : str
        Layer id, see ``zoning layers list``.
    workspace : path, optional
        A ``zoning.toml``; its official source replaces the embedded one.

    Raises
    ------
    CatalogueError
        If there is no such layer.
    DataError
        If the layer has no data here, or its data are damaged.
    """
    catalogue = load_catalogue()
    if catalogue.layer(name).kind == "raster":
        return open_raster(catalogue.layer(name))
    return review.Layers(catalogue, open_workspace(workspace, catalogue.layers)).need(name)


def export_layer(
    name: str, kind: str, path: str | Path | None = None, *, workspace: str | Path | None = None
) -> Path:
    """Write a layer as gpkg, geojson, fgb, parquet, shp or cog, and return the file.

    Polygons become cells and cells polygons where the format asks for the other.
    """
    catalogue = load_catalogue()
    layers = review.Layers(catalogue, open_workspace(workspace, catalogue.layers))
    return review.export(name, kind, Path(path) if path is not None else None, layers)


def layer_coverage(by: str = "county", *, workspace: str | Path | None = None) -> DataFrame:
    """Return a table layer by county (or city): which evidence there is of it, if any."""
    catalogue = load_catalogue()
    layers = review.Layers(catalogue, open_workspace(workspace, catalogue.layers))
    return review.coverage(layers, list(catalogue.layers), by)


def map_layers(
    names: Sequence[str],
    lang: Lang | None = None,
    *,
    title: str | None = None,
    workspace: str | Path | None = None,
) -> Map:
    """Draw layers alone, over the province, as a folium map that needs no network."""
    catalogue = load_catalogue()
    layers = review.Layers(catalogue, open_workspace(workspace, catalogue.layers))
    frames = review.stacked(names, layers)
    shown = layers.shown()
    drawn = [shown[name] for name in frames]
    return map.layer_map(frames, drawn, lang or default_lang(), title=title)


def save_layer_map(
    path: str | Path,
    *,
    theme: str | None = None,
    names: Sequence[str] = (),
    lang: Lang | None = None,
    workspace: str | Path | None = None,
) -> tuple[list[str], list[str]]:
    """Write the map of a theme, or of single layers, and return what is on it and what is not.

    Layers of a theme that have no data are left out and named; a single layer without data, and a
    theme without any, is an error.
    """
    catalogue = load_catalogue()
    wanted = list(names) or review.of_theme(catalogue, str(theme))
    layers = review.Layers(catalogue, open_workspace(workspace, catalogue.layers))
    drawn = [n for n in wanted if names or layers[n].record.state == "used"]
    if not drawn:
        layers.need(wanted[0])
    title = review.theme_title(theme).in_(lang or default_lang()) if theme else None
    map.save_html(map_layers(drawn, lang, title=title, workspace=workspace), Path(path))
    return drawn, [n for n in wanted if n not in drawn]


def statistics(
    topic: str, request: stats.Request | None = None, *, progress: Progress | None = None
) -> stats.Figures:
    """Compute forest cover, soil loss or soil conservation for each unit.

    Parameters
    ----------
    topic : {"forest-cover", "soil-loss", "soil-conservation"}
    request : zoning.stats.Request, optional
        Units, rasters and options; embedded data where it names none.
    progress : callable, optional
        Told about each stage; an exception it raises cancels, and nothing half-written stays.

    Raises
    ------
    ZoningError
        Options that contradict each other, rasters or units that cannot be used.
    MissingExtraError
        Without numba (extra ``stats``).
    """
    asked = request or stats.Request()
    tell = progress or _silent
    layers = review.Layers(load_catalogue())
    units = stats.named_units(review.unit_frame(asked.by, layers, tell), asked)
    rasters = stats.rasters(asked, embedded.registry(), embedded.sha256)
    return stats.compute(topic, asked, units, rasters, _engine(), tell)


def monitor(
    epochs: stats.Epochs, by: str | Path | None = None, *, progress: Progress | None = None
) -> stats.Figures:
    """Compare two epochs of a layer or raster, unit by unit, with alerts.

    Parameters
    ----------
    epochs : zoning.stats.Epochs
    by : str or path, optional
        ``province``, ``city``, ``county`` or a vector file; counties for rasters and the base
        epoch's own patches for vector files if left out.
    progress : callable, optional
    """
    tell = progress or _silent
    paths = (epochs.base, epochs.current)
    frames = None
    layers = review.Layers(load_catalogue())
    if not epochs.rasters:
        old, new = (review.unit_frame(path, layers, tell) for path in paths)
        frames = old, new
    own = frames is not None and by is None
    units = review.unit_frame(epochs.base if own else by or "county", layers, tell)
    digests = embedded.sha256(paths[0]), embedded.sha256(paths[1])
    named = stats.named_units(units, stats.Request())
    return stats.compare_epochs(epochs, frames, named, _engine(), tell, digests)


def county_statistics(
    topic: str = "forest-cover", *, lang: Lang | None = None, **options: Any
) -> GeoDataFrame:
    """Return :func:`statistics` as a GeoDataFrame in EPSG:4490, one row a unit.

    ``options`` are those of :class:`zoning.stats.Request`. ``attrs["units"]`` holds the unit
    of every column, ``attrs["notes"]`` what must be said with the figures.
    """
    figures = statistics(topic, stats.Request(**options))
    return figures.to_frame(lang or default_lang())


def _silent(_what: Text, _done: int, _total: int) -> None:
    """Tell nobody."""


def _engine() -> stats.Engine:
    """Hand the zonal engine to the statistics, which may not import their neighbour."""
    from zoning.base import geodesy
    from zoning.zonal import grid, statistics

    return stats.Engine(
        statistics.zonal_areas, statistics.zonal_stats, grid.open_grid, geodesy.areas
    )
