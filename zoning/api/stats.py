"""stats: forest cover, soil loss and soil conservation of counties or other units."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning import review, stats
from zoning.base.errors import SourceError
from zoning.base.progress import Progress, silent
from zoning.base.settings import default_lang
from zoning.catalogue import embedded, load_catalogue
from zoning.messages import Lang, message
from zoning.read import ReadOptions, read_vector
from zoning.review import Layers
from zoning.stats import TOPICS, Figures
from zoning.stats import Request as StatisticsRequest

__all__ = ["TOPICS", "Figures", "StatisticsRequest", "county_statistics", "statistics"]

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def statistics(
    topic: str,
    request: StatisticsRequest | None = None,
    *,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Figures:
    """Compute forest cover, soil loss, soil conservation or land use for each unit.

    Parameters
    ----------
    topic : {"forest-cover", "soil-loss", "soil-conservation", "land-use"}
    request : StatisticsRequest, optional
        Units, rasters and options; embedded data where it names none. A raster may be a folder of
        tiles.
    scheduler : str, optional
        Address of a Dask scheduler on whose workers the raster is read; forest cover only. The
        figures are the same to the last bit.
    progress : callable, optional
        Told about each stage; an exception it raises cancels, and nothing half-written stays.

    Returns
    -------
    Figures

    Raises
    ------
    ZoningError
        Options that contradict each other, rasters or units that cannot be used.
    MissingExtraError
        Without numba (extra ``stats``).
    """
    asked = request or StatisticsRequest()
    progress = progress or silent
    layers = Layers(load_catalogue())
    units = stats.named_units(review.unit_frame(asked.by, layers, progress), asked)
    rasters = stats.rasters(asked, embedded.registry(), embedded.sha256)
    land = [_layer(path, progress) for path in asked.patches]
    run = None
    if scheduler is not None:
        from zoning.api import cluster

        run = cluster.windows(scheduler)
    return stats.compute(topic, asked, units, rasters, progress, land, run)


def _layer(path: Path, progress: Progress) -> stats.Layer:
    """Read a layer of land use; every feature must be usable, since areas are summed."""
    progress(message("land-use.reading", name=path.name), 0, 1)
    reading = read_vector(path, ReadOptions(repair=True))
    if reading.problems:
        raise SourceError(reading.problems)
    record = reading.record
    return stats.Layer(record.name, reading.frame, record.sha256 or "", record.unread)


def county_statistics(
    topic: str = "forest-cover",
    *,
    lang: Lang | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> GeoDataFrame:
    """Return :func:`statistics` as a GeoDataFrame in EPSG:4490, one row a unit.

    Parameters
    ----------
    topic : {"forest-cover", "soil-loss", "soil-conservation", "land-use"}
    lang : {"zh", "en"}, optional
    progress : callable, optional
    **options
        Those of :class:`zoning.StatisticsRequest`.

    Returns
    -------
    GeoDataFrame
        ``attrs["units"]`` holds the unit of every column, ``attrs["notes"]`` what must be said
        with the figures.

    Raises
    ------
    ZoningError
        As :func:`statistics`.
    """
    figures = statistics(topic, StatisticsRequest(**options), progress=progress)
    return figures.to_frame(lang or default_lang())
