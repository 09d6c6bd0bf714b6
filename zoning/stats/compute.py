"""One door for the pipeline: a topic and a request in, figures out."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from zoning.base import scratch
from zoning.base.errors import UsageError, problem
from zoning.base.progress import Progress
from zoning.messages import Text
from zoning.stats.county_zones import burn_zones
from zoning.stats.dashboard import dashboard
from zoning.stats.figures import Figures, Note, with_warning
from zoning.stats.forest import forest_cover
from zoning.stats.joined import joined
from zoning.stats.request import BY_COUNTY, TOPICS, Input, Request
from zoning.stats.sanity import examine
from zoning.stats.tables import chosen_scheme
from zoning.stats.targets import with_comparisons
from zoning.stats.vector_cover import Layer, burn, land_figures
from zoning.zonal.statistics import Run

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_log = logging.getLogger(__name__)


def compute(
    topic: str,
    request: Request,
    units: GeoDataFrame,
    inputs: Mapping[str, Input],
    progress: Progress,
    layers: Sequence[Layer] = (),
    run: Run | None = None,
) -> Figures:
    """Compute one topic.

    Parameters
    ----------
    topic : {"forest-cover", "soil-loss", "soil-conservation", "land-use", "indicators", "table"}
    request : Request
    units : GeoDataFrame
        Columns ``unit``, ``name``; EPSG:4490.
    inputs : mapping
        Rasters by role, embedded ones where the user gave none.
    progress : callable
    layers : sequence of Layer, optional
        Vector land use, instead of a raster of land cover.
    run : callable, optional
        Where the windows of a raster are worked on; forest cover only.

    Raises
    ------
    ZoningError
        Unknown options, unusable rasters.
    """
    if topic not in TOPICS:
        raise UsageError(problem("bad-option", topic=topic, topics=list(TOPICS)))
    if topic == "indicators":
        return dashboard(units, None if request.table is None else Path(request.table))
    if topic == "table":
        return with_warning(joined(units, None if request.table is None else Path(request.table)))
    begun = perf_counter()
    doubts, doubted = examine(request, inputs, units)
    figures = _figures(topic, request, units, inputs, progress, layers, run)
    table = Path(request.table) if request.table is not None else None
    figures = replace(
        with_warning(figures), notes=(*doubts, *figures.notes), facts=figures.facts | doubted
    )
    _log.info("%s: %d units in %.2f s", topic, len(units), perf_counter() - begun)
    return with_comparisons(figures, targets=request.targets, table=table)


def _figures(
    topic: str,
    request: Request,
    units: GeoDataFrame,
    inputs: Mapping[str, Input],
    progress: Progress,
    layers: Sequence[Layer],
    run: Run | None,
) -> Figures:
    if run is not None and (layers or topic != "forest-cover"):
        raise UsageError(problem("bad-option", key="bad-option.scheduler-topic", topic=topic))
    if layers and topic in ("forest-cover", "land-use"):
        return land_figures(topic, request, units, layers)
    if topic == "land-use":
        raise UsageError(problem("bad-option", field="landcover", key="bad-option.no-patches"))
    if topic == "forest-cover":
        return forest_cover(
            inputs["landcover"],
            units,
            progress,
            scheme=chosen_scheme(request),
            caliber=request.caliber,
            threads=request.threads,
            run=run,
        )
    from zoning.stats.erosion import erosion  # needs numba

    grid = inputs["ls" if "ls" in inputs else "dem"].path
    table = None
    scheme = None if layers else chosen_scheme(request)
    with scratch.folder() as folder:
        if request.zone == BY_COUNTY:
            table = burn_zones(units, grid, folder / "zones.tif")
            zones = Input(folder / "zones.tif", table.title)
            inputs, request = {**inputs, "zones": zones}, replace(request, zone=None)
        if layers:
            burned = folder / "land_use.tif"
            scheme = burn(layers, request, grid, burned).scheme
            title = Text("、".join(x.name for x in layers), ", ".join(x.name for x in layers))
            cover = Input(burned, title, False, layers[0].sha256, request.year)
            inputs = {**inputs, "landcover": cover}
        figures = erosion(topic, request, units, inputs, scheme or chosen_scheme(request), progress)
    if table is None:
        return figures
    weak = [*figures.facts["weak"], "zone"]
    return replace(figures, tables=(*figures.tables, table),
                   notes=(Note("parameter", table.title), *figures.notes),
                   facts=figures.facts | {"zone": BY_COUNTY, "weak": weak})  # fmt: skip
