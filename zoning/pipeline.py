"""The whole product on one page: what happens, in which order, from a file to a report.

    sources ──▶ catalogue (layers + rules) ──▶ overlay (numbers) ──▶ rules (decisions) ──▶ report

Nothing here measures, decides or draws; every line hands a frozen value to the next stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoning import maps, overlay, report, rules, sources
from zoning import statistics as stats
from zoning.catalog import Catalogue, load_catalogue
from zoning.errors import Lang, SourceError, Text
from zoning.model import Measure, Project, ProjectResult, Query, Report, Rule, Tri
from zoning.settings import VERSION, default_lang
from zoning.sources import embedded

if TYPE_CHECKING:
    from folium import Map
    from geopandas import GeoDataFrame

#: Called with what is being done, how much of it is done, and how much there is.
Progress = Callable[[Text, int, int], None]

#: Layers drawn under every review map.
BACKDROP = ("province", "cities", "counties", "main_rivers", "karst_springs")


class Review(Report):
    """A report with its ways out: a table, a map, files."""

    def to_frame(self, lang: Lang | None = None) -> GeoDataFrame:
        """Return one row a finding, with overlap geometry in EPSG:4490."""
        return report.to_frame(self, lang or default_lang())

    def to_dict(self) -> dict[str, Any]:
        """Return the report as the published JSON structure (``docs/report.schema.json``)."""
        return dict(report.to_dict(self))

    def map(self, lang: Lang | None = None) -> Map:
        """Draw sites, overlaps and zoning as a folium map that needs no network."""
        catalogue = load_catalogue()
        names = [*BACKDROP, *(record.id for record in self.layers if record.state == "used")]
        layers = [catalogue.layers[name] for name in dict.fromkeys(names)]
        frames = {layer.id: load_layer(layer.id) for layer in layers}
        return maps.review_map(self, frames, layers, lang or default_lang())

    def save_map(self, path: str | Path, lang: Lang | None = None) -> None:
        """Write :meth:`map` as one HTML file that opens without a network."""
        maps.save_html(self.map(lang), Path(path))

    def save(self, path: str | Path, lang: Lang | None = None) -> None:
        """Write the findings as GeoJSON, GeoPackage or another supported format, by suffix."""
        report.write_findings(self, path, lang or default_lang())


def check(
    files: str | Path | Sequence[str | Path],
    *,
    as_of: date | None = None,
    options: sources.ReadOptions | None = None,
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
    catalogue = load_catalogue()
    readings = _read(files, options or sources.ReadOptions(), tell)
    projects = rules.make_projects(_features(readings), catalogue.attributes)
    cited, notes = rules.citable(catalogue.rules.values(), catalogue.documents, day)
    loaded = _load(catalogue, cited)
    numbers = _measure([p for p in projects if p.geometry is not None], catalogue, cited, loaded)
    tell(Text("判定", "Deciding"), len(projects), len(projects))
    results = _decide(projects, readings, catalogue, cited, loaded, numbers)
    return Review(
        tool_version=VERSION,
        catalogue_sha256=catalogue.sha256,
        as_of=day,
        inputs=tuple(reading.record for reading in readings),
        layers=tuple(layer.record for layer in loaded.values()),
        rules=cited,
        documents=tuple(catalogue.documents[k] for k in sorted({r.document for r in cited})),
        results=tuple(results),
        notices=notes,
    )


def load_layer(name: str) -> GeoDataFrame:
    """Return the zones of a layer as a GeoDataFrame in EPSG:4490.

    Parameters
    ----------
    name : str
        Layer id, see ``zoning layers list``.

    Raises
    ------
    CatalogueError
        If there is no such layer.
    DataError
        If the layer has no data here, or its data are damaged.
    """
    catalogue = load_catalogue()
    layer = catalogue.layer(name)
    if layer.source is not None and layer.source.buffer is not None:
        band = layer.source.buffer
        return overlay.bands(load_layer(band.layer), band.distance_m)
    loaded = embedded.load_layer(layer)
    return loaded.frame if loaded.frame is not None else embedded.refuse(loaded)


def statistics(
    topic: str, request: stats.Request | None = None, *, progress: Progress | None = None
) -> stats.Figures:
    """Compute forest cover, soil loss or soil conservation for each unit.

    Parameters
    ----------
    topic : {"forest-cover", "soil-loss", "soil-conservation"}
    request : zoning.statistics.Request, optional
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
    from zoning.overlay import ellipsoid, zonal, zonal_grid

    asked = request or stats.Request()
    tell = progress or _silent
    engine = stats.Engine(
        zonal.zonal_areas, zonal.zonal_stats, zonal_grid.open_grid, ellipsoid.areas
    )
    units = stats.named_units(_unit_frame(asked.by, tell), asked)
    rasters = stats.rasters(asked, embedded.registry(), embedded.sha256)
    return stats.compute(topic, asked, units, load_layer("counties"), rasters, engine, tell)


def county_statistics(
    topic: str = "forest-cover", *, lang: Lang | None = None, **options: Any
) -> GeoDataFrame:
    """Return :func:`statistics` as a GeoDataFrame in EPSG:4490, one row a unit.

    ``options`` are those of :class:`zoning.statistics.Request`. ``attrs["units"]`` holds the unit
    of every column, ``attrs["notes"]`` what must be said with the figures.
    """
    figures = statistics(topic, stats.Request(**options))
    return figures.to_frame(lang or default_lang())


# ---------------------------------------------------------------- the joints between the stages


@dataclass(frozen=True)
class _Numbers:
    """What the overlay stage found: relations by query, counties and outside parts by site."""

    relations: Mapping[Query, Sequence[overlay.Relation]]
    counties: Sequence[tuple[str, ...]]
    outside: Sequence[Measure | None]


def _silent(_what: Text, _done: int, _total: int) -> None:
    """Tell nobody."""


def _read(
    files: str | Path | Sequence[str | Path], options: sources.ReadOptions, tell: Progress
) -> list[sources.Reading]:
    paths = [files] if isinstance(files, str | Path) else list(files)
    readings = []
    for done, path in enumerate(paths):
        tell(Text(f"读取 {path}", f"Reading {path}"), done, len(paths))
        readings.append(sources.read_vector(path, options))
    return readings


def _unit_frame(by: str | Path, tell: Progress) -> GeoDataFrame:
    """Polygons of an administrative level, or of a file."""
    level = {"province": "province", "city": "cities", "county": "counties"}.get(str(by))
    if level is not None:
        return load_layer(level)
    reading = _read(by, sources.ReadOptions(), tell)[0]
    if reading.problems:
        raise SourceError(reading.problems)
    return reading.frame


def _features(
    readings: Sequence[sources.Reading],
) -> Iterator[tuple[int, Any, Mapping[str, Any]]]:
    """Every feature in file order, the broken ones with no geometry."""
    for reading in readings:
        columns = reading.frame.drop(columns=reading.frame.geometry.name)
        rows = dict(zip(reading.frame.index, columns.to_dict("records"), strict=True))
        shapes = dict(zip(reading.frame.index, reading.frame.geometry, strict=True))
        for position in sorted({*rows, *reading.failed}):
            raw = rows.get(position, reading.failed_attributes.get(position, {}))
            yield position, shapes.get(position), raw


def _load(catalogue: Catalogue, cited: Sequence[Rule]) -> dict[str, embedded.LoadedLayer]:
    asked = {query.layer for query in rules.queries_of(cited)}
    names = dict.fromkeys(("province", "counties", *sorted(asked)))
    return {name: embedded.load_layer(catalogue.layers[name]) for name in names}


def _measure(
    projects: Sequence[Project],
    catalogue: Catalogue,
    cited: Sequence[Rule],
    loaded: Mapping[str, embedded.LoadedLayer],
) -> _Numbers:
    sites = overlay.SiteSet(np.array([p.geometry for p in projects], dtype=object))
    frames = {name: layer.frame for name, layer in loaded.items() if layer.frame is not None}
    relations = overlay.survey(sites, catalogue.layers, frames, rules.queries_of(cited))
    counties = overlay.places(
        sites, overlay.zone_set(catalogue.layers["counties"], frames["counties"])
    )
    province = catalogue.layers["province"]
    cover = frames["province"].geometry.iloc[0]
    beyond = overlay.outside(sites, cover, province.positional_accuracy_m or 0.0)
    return _Numbers(relations, counties, beyond)


def _decide(
    projects: Sequence[Project],
    readings: Sequence[sources.Reading],
    catalogue: Catalogue,
    cited: Sequence[Rule],
    loaded: Mapping[str, embedded.LoadedLayer],
    numbers: _Numbers,
) -> Iterator[ProjectResult]:
    faults = iter(problem for reading in readings for problem in reading.problems)
    queries = rules.queries_of(cited)
    book = rules.RuleBook(cited, catalogue.attributes)
    index = 0
    for project in projects:
        if project.geometry is None:
            yield rules.failed_project(project, [next(faults)])
            continue
        known = {q: _evidence(loaded[q.layer], numbers.relations.get(q), index) for q in queries}
        counties, beyond = numbers.counties[index], numbers.outside[index]
        index += 1
        yield book.review(project, known, counties, beyond)


def _evidence(
    layer: embedded.LoadedLayer, relations: Sequence[overlay.Relation] | None, index: int
) -> rules.Evidenced:
    record = layer.record
    if relations is None:
        return rules.Evidenced(record.evidence, state=record.state, problem=record.problem)
    found = relations[index]
    met = [zone.zone for zone in found.zones if zone.touches is Tri.YES]
    return rules.Evidenced(layer.evidence_of(met), found.total, found.zones, record.state)
