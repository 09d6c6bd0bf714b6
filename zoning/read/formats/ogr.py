"""GeoPackage, shapefile, FlatGeobuf and FileGDB through GDAL, as raw columns and WKB."""

from __future__ import annotations

import contextlib
import math
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from zoning.base import datums
from zoning.base.errors import Problem, SourceError
from zoning.messages import Text, message
from zoning.read import (
    curves,
    feature_faults,
    file_faults,
    files,
    positions,
    values,
)
from zoning.read.crs import choice, systems
from zoning.read.types import Objects, Raw, ReadOptions

#: What pyogrio raises, its own slip on a damaged CRS (UnboundLocalError) included.
ERRORS = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, ValueError,
           UnicodeDecodeError, RuntimeError, MemoryError, UnboundLocalError)  # fmt: skip
DRIVERS = {"gpkg": "GPKG", "shapefile": "ESRI Shapefile", "filegdb": "OpenFileGDB",
           "flatgeobuf": "FlatGeobuf", "gml": "GML", "mapinfo": "MapInfo File"}  # fmt: skip
#: GDAL replaces arcs by chords of its own: of this angle, in degrees, instead of 4.
_ARC_STEP = 0.1
pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": str(_ARC_STEP)})
#: Types of layers that may hold arcs.
_CURVED = re.compile(r"Curve|Surface|CircularString")


def read(path: Path, name: str, options: ReadOptions, kind: str, **opening: Any) -> Raw:
    """Read one layer of a file that GDAL opens; ``opening`` goes to pyogrio and GDAL.

    Raises
    ------
    SourceError
        ``file-damaged``, ``several-layers``, ``layer-missing``, ``no-geometry``.
    """
    driver = DRIVERS[kind]
    with files.plain_name(path) as plain, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        layer = (
            None if kind in ("shapefile", "mapinfo") else choose(plain, name, driver, options.layer)
        )
        declared = dict(layers(plain, name, driver)).get(layer or "") or ""
        try:
            meta, fids, wkb, columns = pyogrio.raw.read(
                plain, layer=layer, return_fids=True, **_filter(plain, layer, options), **opening
            )
        except ERRORS as error:
            saved = _salvaged(plain, layer, driver, error) if options.bbox is None else None
            if saved is None:
                fault = file_faults.damaged(name, driver, str(error), layer)
                raise SourceError(fault) from error
            return saved
        everything = _all_fids(plain, layer) if options.bbox is not None else fids
    if wkb is None:
        raise SourceError(file_faults.no_geometry(name, layer))
    geometry, broken = from_wkb(wkb)
    crs = choice.of_file(meta.get("crs"))
    return Raw(
        geometry=geometry,
        attributes=table(meta, columns, len(fids)),
        positions=np.searchsorted(np.sort(everything), fids).astype(np.int64),
        driver=driver,
        crs=crs,
        crs_evidence=choice.STATED if crs is not None else choice.NONE,
        layer=layer,
        notices=chords() if has_arcs(declared) else (),
        unread=gdal_notices(caught),
        broken=broken,
    )


def chords(step: float = _ARC_STEP) -> tuple[Text, ...]:
    """Say that arcs were replaced by chords of an angle, in degrees.

    A chord leaves its arc by the radius times one less the cosine of half the angle.
    """
    share = 1.0 - math.cos(math.radians(step) / 2)
    return (message("curves.by-angle", step=step, share=f"{share:.1e}"),)


def _salvaged(plain: str, layer: str | None, driver: str, error: Exception) -> Raw | None:
    """Return what can be read record by record, with the CRS the file states."""
    from zoning.read.formats.salvage import salvage

    raw = salvage(plain, layer, driver, " ".join(str(error).split())[:200])
    crs = (
        choice.of_file(pyogrio.read_info(plain, layer=layer).get("crs"))
        if raw is not None
        else None
    )
    return replace(raw, crs=crs, crs_evidence=choice.STATED) if raw and crs is not None else raw


def layers(plain: str, name: str, driver: str) -> list[tuple[str, str | None]]:
    """Return the layers' names and geometry types (None for plain tables)."""
    try:
        found = pyogrio.list_layers(plain)
    except ERRORS as error:
        raise SourceError(file_faults.damaged(name, driver, str(error))) from error
    return [(str(title), None if kind is None else str(kind)) for title, kind in found]


def contents(path: Path, name: str, kind: str) -> list[tuple[str, str | None, int | None]]:
    """Return name, geometry type and number of features of every layer."""
    with files.plain_name(path) as plain, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: list[tuple[str, str | None, int | None]] = []
        for title, geometry in layers(plain, name, DRIVERS[kind]):
            try:
                about = pyogrio.read_info(plain, layer=title, force_feature_count=True)
            except ERRORS as error:  # field names that are no text, for one
                raise SourceError(file_faults.damaged(name, DRIVERS[kind], str(error))) from error
            found.append((title, geometry, int(about["features"])))
        return found


def choose(plain: str, name: str, driver: str, wanted: str | None) -> str:
    """Return the layer to read: the one asked for, or the only one with geometry."""
    found = layers(plain, name, driver)
    titles = [title for title, _ in found]
    if wanted is not None:
        same = [t for t in titles if t == wanted] or [
            t for t in titles if t.lower() == wanted.lower()
        ]
        if len(same) != 1:
            raise SourceError(file_faults.layer_missing(name, wanted, titles))
        return same[0]
    spatial = [title for title, kind in found if kind is not None]
    if len(spatial) == 1:
        return spatial[0]
    if spatial:
        raise SourceError(file_faults.several_layers(name, spatial))
    if not titles and driver == "FlatGeobuf":
        # A FlatGeobuf always holds one layer, if its header can be read.
        raise SourceError(file_faults.damaged(name, driver, "no layer can be opened"))
    raise SourceError(file_faults.no_geometry(name) if titles else file_faults.no_features(name))


def from_wkb(wkb: npt.NDArray[Any]) -> tuple[Objects, dict[int, Problem]]:
    """Return geometries from WKB, arcs as chords; what cannot be parsed is None and named."""
    for row in curves.with_arcs(wkb):
        with contextlib.suppress(curves.CurveError):
            wkb[row] = curves.straight_wkb(bytes(wkb[row]))
    geometry = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    present = np.fromiter((w is not None for w in wkb), dtype=bool, count=len(wkb))
    detail = message("ogr.ring-too-short-type")
    lost = np.flatnonzero(present & shapely.is_missing(geometry))
    mended = shapely.from_wkb(wkb[lost], on_invalid="fix")
    flaws = (feature_faults.unbuilt(shape, detail) for shape in mended)
    return geometry, dict(zip(lost.tolist(), flaws, strict=True))


def table(meta: dict[str, Any], columns: Any, rows: int) -> Any:
    """Return GDAL's columns as Python values; whole numbers stay whole where some are missing."""
    types = meta.get("ogr_types", [None] * len(columns))
    subtypes = meta.get("ogr_subtypes", [None] * len(columns))
    made = [
        (str(field), _values(column, kind, subtype))
        for field, column, kind, subtype in zip(
            meta["fields"], columns, types, subtypes, strict=True
        )
    ]
    return values.table(made, rows)


def _values(column: npt.NDArray[Any], kind: str | None, subtype: str | None) -> list[Any]:
    convert: Callable[[Any], Any] = _plain
    if column.dtype.kind == "M":
        return [None if np.isnat(v) else _day(str(v)) for v in column]
    if subtype == "OFSTBoolean":
        convert = bool
    elif kind in ("OFTInteger", "OFTInteger64"):
        convert = int
    given: list[Any] = column.tolist()
    kinds = set(map(type, given)) - {type(None)}
    if kinds <= ({int, str} if convert is _plain else {int} if convert is int else set()):
        return given
    if convert is _plain and kinds <= {float}:
        return [v if v == v else None for v in given]  # noqa: PLR0124
    return [None if _absent(v) else convert(v) for v in given]


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else _odd(value)


def _day(stamp: str) -> str:
    """Return a date without a clock time where there is none."""
    return stamp.split("T", maxsplit=1)[0] if "T00:00:00" in stamp else stamp


def _odd(value: Any) -> str:
    """Return binary or list values as text, with what positions are in them."""
    if isinstance(value, bytes):
        return "; ".join((f"({len(value)} bytes)", *dict.fromkeys(positions.in_bytes(value).shown)))
    return str(values.scalar(value))


def has_arcs(declared: str) -> bool:
    """Return whether a layer of that type may hold arcs."""
    return bool(_CURVED.search(declared))


def _filter(plain: str, layer: str | None, options: ReadOptions) -> dict[str, Any]:
    """Return pyogrio's bbox argument in the CRS of the layer."""
    if options.bbox is None or options.datum is not None:
        return {}
    stated = options.crs or pyogrio.read_info(plain, layer=layer).get("crs")
    crs = choice.of_file(stated)
    if crs is None or datums.unusable(crs, plain) is not None:
        return {}
    box = systems.bounds_in(crs, options.bbox)
    return {"bbox": box} if np.isfinite(box).all() else {}


def _all_fids(plain: str, layer: str | None) -> npt.NDArray[np.int64]:
    """Return the ids of all features of a layer, to tell positions where only some were read."""
    _, fids, _, _ = pyogrio.raw.read(
        plain, layer=layer, columns=[], read_geometry=False, return_fids=True
    )
    return np.asarray(fids, dtype=np.int64)


def gdal_notices(caught: list[warnings.WarningMessage]) -> tuple[Text, ...]:
    """Return GDAL's warnings as notices, each once, at most ten."""
    seen = dict.fromkeys(" ".join(str(w.message).split())[:300] for w in caught)
    return tuple(message("ogr.gdal-says", words=words) for words in list(seen)[:10] if words)
