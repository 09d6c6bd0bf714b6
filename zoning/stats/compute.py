"""One door for the pipeline: a topic and a request in, figures out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from zoning.base.errors import UsageError, problem
from zoning.base.progress import Progress
from zoning.stats.figures import Figures, with_warning
from zoning.stats.forest import forest_cover
from zoning.stats.request import TOPICS, Input, Request
from zoning.stats.sanity import examine
from zoning.stats.tables import chosen_scheme
from zoning.stats.targets import with_comparisons
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
    run: Run | None = None,
) -> Figures:
    """Compute one topic.

    Parameters
    ----------
    topic : {"forest-cover", "soil-loss", "soil-conservation"}
    request : Request
    units : GeoDataFrame
        Columns ``unit``, ``name``; EPSG:4490.
    inputs : mapping
        Rasters by role, embedded ones where the user gave none.
    progress : callable
    run : callable, optional
        Where the windows of a raster are worked on; forest cover only.

    Raises
    ------
    ZoningError
        Unknown options, unusable rasters.
    """
    if topic not in TOPICS:
        raise UsageError(problem("bad-option", topic=topic, topics=list(TOPICS)))
    scheme, begun = chosen_scheme(request), perf_counter()
    doubts, doubted = examine(request, inputs, units)
    if topic == "forest-cover":
        figures = forest_cover(
            inputs["landcover"],
            units,
            progress,
            scheme=scheme,
            caliber=request.caliber,
            threads=request.threads,
            run=run,
        )
    elif run is not None:
        raise UsageError(problem("bad-option", key="bad-option.scheduler-topic", topic=topic))
    else:
        from zoning.stats.erosion import erosion  # needs numba

        figures = erosion(topic, request, units, inputs, scheme, progress)
    table = Path(request.table) if request.table is not None else None
    figures = replace(
        with_warning(figures), notes=(*doubts, *figures.notes), facts=figures.facts | doubted
    )
    _log.info("%s: %d units in %.2f s", topic, len(units), perf_counter() - begun)
    return with_comparisons(figures, targets=request.targets, table=table)
