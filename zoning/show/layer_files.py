"""A layer as a file: GeoPackage, GeoJSON, FlatGeobuf, GeoParquet, shapefile, or COG."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zoning.base import scratch
from zoning.base.errors import MissingExtraError
from zoning.base.settings import CRS
from zoning.base.writing import whole
from zoning.messages import message

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from zoning.zonal.convert import Cells

#: Formats of ``zoning layers export`` and the suffix each writes.
FORMATS: Final[Mapping[str, str]] = {
    "gpkg": ".gpkg",
    "geojson": ".geojson",
    "fgb": ".fgb",
    "parquet": ".parquet",
    "shp": ".shp",
    "cog": ".tif",
}
_DRIVERS: Final = {"gpkg": "GPKG", "geojson": "GeoJSON", "fgb": "FlatGeobuf"}
#: Files that make up a shapefile.
_SHP: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def write_zones(frame: GeoDataFrame, path: Path, kind: str, name: str) -> Path:
    """Write zones (EPSG:4490) in a vector format; GeoJSON is written in WGS 84 as RFC 7946 asks.

    Shapefile columns are cut to ten characters by the format; texts are UTF-8 with a ``.cpg``.

    Raises
    ------
    UsageError
        If the place cannot be written.
    MissingExtraError
        For GeoParquet without pyarrow (extra ``formats``).
    """
    import pyogrio

    frame = frame if frame.crs is not None else frame.set_crs(CRS)
    if kind == "parquet":
        _need_pyarrow()
        with whole(path) as temporary:
            frame.to_parquet(temporary, index=False)
        return path
    if kind == "shp":
        return _write_shapefile(frame, path)
    if kind == "geojson":
        # WGS 84 and CGCS2000 agree to decimetres and count as equal here.
        frame = frame.set_crs("OGC:CRS84", allow_override=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"})
    try:
        with whole(path) as temporary:
            temporary.unlink()
            options = {"RFC7946": "YES"} if kind == "geojson" else {}
            pyogrio.write_dataframe(
                frame, temporary, driver=_DRIVERS[kind], layer=name, layer_options=options
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    return path


def write_cells(cells: Cells, path: Path, tags: Mapping[str, str]) -> Path:
    """Write a raster as cloud-optimised GeoTIFF: tiled, compressed, with internal overviews."""
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy

    profile: dict[str, Any] = {
        "driver": "GTiff",
        "dtype": cells.values.dtype.name,
        "count": 1,
        "height": cells.values.shape[0],
        "width": cells.values.shape[1],
        "crs": CRS,
        "transform": cells.transform,
        "nodata": cells.nodata,
    }
    listed = "; ".join(f"{code} {name}" for code, name in cells.classes.items())
    with whole(path) as temporary, MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(cells.values, 1)
            target.scales, target.units = (cells.scale,), (cells.unit,)
            target.update_tags(**tags, **({"classes": listed} if listed else {}))
        copy(
            memory.name,
            temporary,
            driver="COG",
            COMPRESS="DEFLATE",
            PREDICTOR="YES",
            BLOCKSIZE="256",
            OVERVIEW_RESAMPLING="NEAREST" if cells.classes else "AVERAGE",
        )
    return path


def _need_pyarrow() -> None:
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise MissingExtraError("pyarrow", "formats", message("layer-files.writing-geoparquet"))


def _write_shapefile(frame: GeoDataFrame, path: Path) -> Path:
    """Write all parts of a shapefile into a folder beside, then move them into place."""
    import warnings

    import pyogrio

    path.parent.mkdir(parents=True, exist_ok=True)
    with scratch.folder(path.parent) as folder:
        made = folder / path.name
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*[Nn]ormalized/laundered field name.*")
            warnings.filterwarnings("ignore", message=".*not successfully written.*")
            pyogrio.write_dataframe(frame, made, driver="ESRI Shapefile", encoding="UTF-8")
        for suffix in _SHP:
            part = made.with_suffix(suffix)
            if part.exists():
                part.replace(path.with_suffix(suffix))
    return path
