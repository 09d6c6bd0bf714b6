"""The units statistics are gathered by: an administrative level, or polygons of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zoning import read
from zoning.base.errors import SourceError
from zoning.base.progress import Progress
from zoning.review.layers import Layers
from zoning.review.sites import read_files

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_LEVELS = {
    "province": "province",
    "city": "cities",
    "county": "counties",
    "basin": "spring_basins",
}


def unit_frame(by: str | Path, layers: Layers, progress: Progress) -> GeoDataFrame:
    """Return polygons of an administrative level, of spring basins, of a layer, or of a file."""
    level = _LEVELS.get(str(by), str(by))
    if level in layers.catalogue.layers:
        return layers.need(level)
    reading = read_files(by, read.ReadOptions(), progress)[0]
    if reading.problems:
        raise SourceError(reading.problems)
    return reading.frame
