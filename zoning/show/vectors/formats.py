"""Which suffix is written by which writer, and the one way to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from zoning.base.settings import CRS
from zoning.base.targets import Target, require_suffix
from zoning.base.writing import whole
from zoning.show.vectors import drawing, ogr, tables, texts
from zoning.show.vectors.columns import Loss, typed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Writes a frame of one type a column to a place and tells what the format does not keep.
Writer = Callable[["GeoDataFrame", Path, str], list[Loss]]

_WRITERS: Final[Mapping[str, tuple[str, Writer]]] = MappingProxyType(
    {
        ".gpkg": ("GPKG", ogr.geopackage),
        ".geojson": ("GeoJSON", texts.geojson),
        ".json": ("GeoJSON", texts.geojson),
        ".shp": ("Shapefile", ogr.shapefile),
        ".fgb": ("FlatGeobuf", ogr.flatgeobuf),
        ".kml": ("KML", texts.kml),
        ".dxf": ("DXF", drawing.dxf),
        ".parquet": ("GeoParquet", tables.parquet),
        ".txt": ("TXT", texts.boundary_points),
        ".xlsx": ("XLSX", tables.xlsx),
    }
)
#: Suffixes that can be written, and what each format is called.
DRIVERS: Final[Mapping[str, str]] = {suffix: name for suffix, (name, _) in _WRITERS.items()}
SUFFIXES: Final = tuple(_WRITERS)
#: Formats whose coordinates are longitude and latitude of WGS 84 by their standard.
DEGREES: Final = frozenset({".geojson", ".json", ".kml"})
#: Formats of drawings and land offices, in metres of a 3° zone unless something else is asked for.
METRES: Final = frozenset({".dxf", ".txt"})
#: Formats of ``zoning layers export`` and the suffix of each.
EXPORTS: Final[Mapping[str, str]] = {
    "gpkg": ".gpkg",
    "geojson": ".geojson",
    "fgb": ".fgb",
    "parquet": ".parquet",
    "shp": ".shp",
    "kml": ".kml",
    "dxf": ".dxf",
    "xlsx": ".xlsx",
    "cog": ".tif",
}


def write_vector(
    frame: GeoDataFrame,
    place: Target | Path,
    name: str,
    check: Callable[[Path], list[Loss]] | None = None,
) -> list[Loss]:
    """Write features in the CRS they have; the suffix chooses the format.

    Parameters
    ----------
    frame : GeoDataFrame
        In EPSG:4490 where it names no CRS.
    place : Target or Path
    name : str
        What the layer is called, in formats that name one.
    check : callable, optional
        Looks at the file before it takes its place, and tells what else was not kept.

    Returns
    -------
    list of Text
        What the format does not keep, one sentence each.

    Raises
    ------
    UsageError
        A suffix that no writer takes, or a place that must not be written.
    SourceError
        A feature that the format cannot hold; nothing is written then.
    MissingExtraError
        A writer that needs a package which is not installed.
    """
    target = Target.of(place)
    suffix = target.path.suffix.lower()
    require_suffix(target.path, _WRITERS)
    frame = frame if frame.crs is not None else frame.set_crs(CRS)
    made, told = (frame, []) if suffix in (".geojson", ".json") else typed(frame)
    with whole(target) as temporary:
        told += _WRITERS[suffix][1](made, temporary, name)
        told += check(temporary) if check is not None else []
    return told


def zone_of(frame: GeoDataFrame) -> int:
    """Return the 3° zone in whose middle most of the features lie."""
    west, _, east, _ = frame.to_crs(CRS).total_bounds
    return int(np.clip(round((west + east) / 6), 25, 45))


def usual_crs(suffix: str, zone: int | None, frame: GeoDataFrame) -> str:
    """Return the CRS to write in where none is asked for."""
    if suffix in METRES or zone is not None:
        # EPSG:4513 to 4533 are the 3° zones 25 to 45 of CGCS2000, their number in the easting.
        return f"EPSG:{4488 + (zone or zone_of(frame))}"
    return CRS
