"""GeoPackage, FlatGeobuf and shapefile, through GDAL."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyogrio
import shapely

from zoning.base.errors import SourceError, problem
from zoning.base.seals import MARK
from zoning.base.settings import VERSION
from zoning.messages import message
from zoning.show.vectors.columns import EXACT, Loss, names_of, renamed, safe_names

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Most bytes of a text in a shapefile's table.
_DBF_TEXT: Final = 254
#: Shapefiles hold one of these kinds.
_KINDS: Final = ("point", "line", "polygon")
#: GDAL writes the day into files; a fixed one keeps equal content equal.
_DAY: Final = "2000-01-01T00:00:00.000Z"


@contextmanager
def fixed_day(day: str = _DAY) -> Iterator[None]:
    """Let GDAL take this for the present time, so that equal content gives equal bytes."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": day})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def geopackage(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:
    """Write one layer; columns keep their names, but for two that differ in case only."""
    names = safe_names(names_of(frame))
    free = safe_names(("fid", "geom"), taken=names.values())
    options = {"FID": free["fid"], "GEOMETRY_NAME": free["geom"], "DESCRIPTION": MARK}
    frame = frame.rename(columns=names)
    with fixed_day():
        pyogrio.write_dataframe(frame, path, driver="GPKG", layer=name, layer_options=options)
    return renamed(names)


def flatgeobuf(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:
    """Write one layer; the order of features is kept, so there is no spatial index."""
    options = {"SPATIAL_INDEX": "NO"}
    if pyogrio.__gdal_version__ >= (3, 9, 0):
        options["DESCRIPTION"] = MARK
    pyogrio.write_dataframe(frame, path, driver="FlatGeobuf", layer=name, layer_options=options)
    return []


def shapefile(frame: GeoDataFrame, path: Path, name: str) -> list[Loss]:  # noqa: ARG001
    """Write all parts, in UTF-8 with a ``.cpg``, and the full column names into ``.shp.xml``.

    Raises
    ------
    SourceError
        Features of several kinds, texts beyond 254 bytes, numbers beyond the table's.
    """
    _require_one_kind(frame, path)
    _require_fitting(frame, path)
    names = safe_names(names_of(frame), room=10)
    told = renamed(names)
    flags = [n for n in names if str(frame[n].dtype) in ("bool", "boolean")]
    if flags:
        told.append(message("vectors.flags-as-numbers", names=flags))
    made = frame.astype(dict.fromkeys(flags, "Int64")).rename(columns=names)
    with warnings.catch_warnings(), fixed_day():
        # A CRS that ESRI's dialect cannot name in full is told by its numbers.
        warnings.filterwarnings("ignore", message=".*not successfully written.*")
        pyogrio.write_dataframe(made, path, driver="ESRI Shapefile", encoding="UTF-8")
    about = path.with_suffix(".shp.xml")
    about.write_text(_about(names), encoding="utf-8")
    return told


def _about(names: Mapping[str, str]) -> str:
    """Return ESRI's metadata file: what each column is called in full."""
    rows = "".join(
        f"<attr><attrlabl>{escape(short)}</attrlabl><attalias>{escape(full)}</attalias></attr>"
        for full, short in names.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    made = f"<idinfo><native {'Software=' + quoteattr(f'zoning {VERSION}')}/></idinfo>"
    seal = f"<!-- {MARK} -->"
    return f"{head}<metadata>{made}<eainfo><detailed>{rows}</detailed></eainfo>{seal}</metadata>\n"


def _require_one_kind(frame: GeoDataFrame, path: Path) -> None:
    found = sorted(set(shapely.get_dimensions(frame.geometry.to_numpy()).tolist()) - {-1})
    mixed = "GeometryCollection" in set(frame.geom_type)
    if len(found) > 1 or mixed:
        kinds = [message(f"vectors.kind.{_KINDS[k]}") for k in found]
        raise SourceError(problem("target-mixed-kinds", file=path.name, kinds=kinds))


def _require_fitting(frame: GeoDataFrame, path: Path) -> None:
    """Refuse values that the table would cut."""
    for name in names_of(frame):
        values = [v for v in frame[name].tolist() if isinstance(v, str | int | np.integer)]
        if any(_too_large(value) for value in values):
            raise SourceError(problem("target-value-too-long", file=path.name, field=name))


def _too_large(value: Any) -> bool:
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace")) > _DBF_TEXT
    return not isinstance(value, bool) and abs(value) > EXACT
