"""Read the national boundary-point TXT (界址点坐标 TXT), evidence for every decision included.

Source of the format: the coordinate exchange file of the land-approval upload (部报盘), as local
bureaus describe it and open converters read it. There is no published standard, hence the
tolerance: header keys in any order, closing points or not, ``J`` before point names or not.
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from zoning.base.errors import Problem, SourceError, problem
from zoning.base.settings import CRS
from zoning.messages import Text, message
from zoning.read.boundary_txt import numbering, place
from zoning.read.boundary_txt.encoding import Content, load
from zoning.read.boundary_txt.grouping import group
from zoning.read.boundary_txt.plots import build
from zoning.read.boundary_txt.scan import RawPlot, Scan
from zoning.read.boundary_txt.system import Located, locate, system_of_epsg
from zoning.read.boundary_txt.types import (
    BoundaryFile,
    Faults,
    Floats,
    Plot,
    Ring,
    StatedArea,
)
from zoning.read.crs.helmert import Helmert

__all__ = [
    "BoundaryFile",
    "Helmert",
    "Plot",
    "Ring",
    "StatedArea",
    "read_boundary_txt",
    "to_frame",
]


def read_boundary_txt(
    path_or_bytes: str | os.PathLike[str] | bytes,
    *,
    crs: str | int | pyproj.CRS | None = None,
    encoding: str | None = None,
    transform: Helmert | None = None,
    name: str | None = None,
) -> BoundaryFile:
    """Read a boundary-point TXT.

    Parameters
    ----------
    path_or_bytes : path or bytes
        The file, or its content.
    crs : str, int or pyproj.CRS, optional
        Overrides the header; the zone number in front of the eastings must still fit.
    encoding : str, optional
        Overrides the choice between UTF-8 and GB 18030.
    transform : Helmert, optional
        Seven parameters to CGCS2000, needed for Xi'an 80 and Beijing 54.
    name : str, optional
        What messages call the file; by default the path as given.

    Returns
    -------
    BoundaryFile
        Plots with geometry in the file's projected CRS (m, easting first) and ellipsoidal area
        (m²). A plot that cannot be read is left out and named in ``problems``.

    Raises
    ------
    SourceError
        If the file as a whole cannot be read or placed, or no plot of it can be.
    """
    content = load(path_or_bytes, encoding, name)
    faults, warnings = Faults(content.name), Faults(content.name)
    scan = Scan(content, faults).run()
    content.data = b""
    _check_header(scan)
    x = np.frombuffer(scan.northing, float) if scan.northing else np.empty(0)
    y = np.frombuffer(scan.easting, float) if scan.easting else np.empty(0)
    verdicts, zones = place.judge(place.extents(scan, x, y), _mode(crs))
    place.report(scan, verdicts, faults)
    if "ok" not in verdicts:
        raise SourceError(faults.all() or _no_plots(content.name))
    seen = place.count_zones(verdicts, zones)
    located = locate(content.name, scan.header, seen, crs=crs, transform=transform)
    good = [v == "ok" and not p.bad_lines for v, p in zip(verdicts, scan.plots, strict=True)]
    plots = _plots(scan, good, zones, located, x, y, faults, warnings)
    if not plots:
        raise SourceError(faults.all())
    _damaged(content, warnings)
    system = located.system
    return BoundaryFile(
        name=content.name,
        header=MappingProxyType(scan.header),
        crs=located.crs,
        crs_evidence=located.evidence,
        zone=system.zone if system else None,
        degree=system.degree if system else None,
        prefixed=system.prefixed if system else False,
        encoding=content.encoding,
        encoding_evidence=content.evidence,
        plots=plots,
        problems=faults.all(),
        warnings=warnings.all(),
        notices=(*located.notices, *_notices(scan)),
        to_lonlat=located.to_lonlat,
        stray=scan.stray,
    )


def to_frame(boundary: BoundaryFile) -> gpd.GeoDataFrame:
    """Return the plots as a frame in EPSG:4490, longitude first.

    Returns
    -------
    GeoDataFrame
        One row a plot, in file order: ``plot_id``, ``name``, ``map_sheet``, ``land_use``,
        ``land_class`` (text or None), ``area_m2``, ``stated_area_m2`` (m², NaN if not stated),
        ``geometry`` (2-D, degrees).
    """
    plots = boundary.plots

    def project(points: Floats) -> Floats:
        return np.column_stack(boundary.to_lonlat.transform(points[:, 0], points[:, 1]))

    geometry = shapely.transform(np.array([p.geometry for p in plots], object), project)
    texts: dict[str, list[str | None]] = {
        "plot_id": [p.number for p in plots],
        "name": [p.name for p in plots],
        "map_sheet": [p.map_sheet for p in plots],
        "land_use": [p.use for p in plots],
        "land_class": [p.land_class for p in plots],
    }
    columns: dict[str, Any] = {k: pd.Series(v, dtype=object) for k, v in texts.items()}
    columns["area_m2"] = np.array([p.area_m2 for p in plots], float)
    stated = [p.stated_area.m2 if p.stated_area else np.nan for p in plots]
    columns["stated_area_m2"] = np.array(stated, float)
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS)


def _mode(crs: str | int | pyproj.CRS | None) -> place.Mode:
    """Tell what kind of numbers the caller's CRS expects; a wrong CRS is reported later."""
    if crs is None:
        return "grid"
    try:
        chosen = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        return "free"
    if chosen.is_geographic:
        return "degrees"
    return "grid" if chosen.to_epsg() in system_of_epsg() else "free"


def _plots(
    scan: Scan,
    good: list[bool],
    zones: list[int],
    located: Located,
    x: Floats,
    y: Floats,
    faults: Faults,
    warnings: Faults,
) -> tuple[Plot, ...]:
    """Group and build the plots whose numbers make sense and lie in the file's zone."""
    system = located.system
    drafts = []
    for raw, fine, zone in zip(scan.plots, good, zones, strict=True):
        if not fine:
            continue
        if system and zone not in (0, system.zone):
            _other_zone(raw, zone, system.zone, faults)
            continue
        shift = 0.0
        if system:
            shift = 1e6 * ((system.zone if system.prefixed else 0) - zone)
        draft = group(raw, shift, scan, faults)
        if draft is not None:
            numbering.check(draft, scan.numbers, warnings)
            drafts.append(draft)
    for done in (scan.plots, scan.run_start, scan.run_key):
        done.clear()  # the drafts hold what is still needed
    return tuple(build(drafts, x, y, located.to_lonlat, faults, warnings))


def _other_zone(raw: RawPlot, zone: int, expected: int, faults: Faults) -> None:
    faults.add(
        "txt-zone-other",
        message("parse.eastings-begin-zone-but", zone=zone, expected=expected),
        message("parse.put-each-zone-into"),
        line=raw.line,
        plot=raw.label,
        column="Y",
    )


def _check_header(scan: Scan) -> None:
    """Refuse a header that says two things of where the plots lie."""
    for number, key, one, two in scan.contradictions:
        scan.faults.add(
            "txt-header-twice",
            message("parse.given", key_=key, one=one, two=two),
            message("parse.keep-right-line-only"),
            line=number,
            column=key,
        )
    if scan.contradictions:
        raise SourceError(scan.faults.all())


def _no_plots(name: str) -> Problem:
    return problem("txt-no-plots", file=name)


def _damaged(content: Content, warnings: Faults) -> None:
    """Name the lines whose text could not be decoded; numbers are ASCII and not concerned."""
    for number in content.damaged:
        warnings.add(
            "txt-encoding-damaged",
            message("parse.line-holds-bytes-invalid", encoding=content.encoding),
            message("parse.check-names-name-encoding"),
            line=number,
        )


_TOLERATED: Final[dict[str, Text]] = {
    "txt-extra-line": message("parse.tolerated.txt-extra-line"),
    "txt-no-section": message("parse.tolerated.txt-no-section"),
    "txt-no-plot-line": message("parse.tolerated.txt-no-plot-line"),
    "txt-no-shape": message("parse.tolerated.txt-no-shape"),
    "txt-no-count": message("parse.tolerated.txt-no-count"),
    "txt-no-ring": message("parse.tolerated.txt-no-ring"),
    "txt-extra-column": message("parse.tolerated.txt-extra-column"),
}


def _notices(scan: Scan) -> tuple[Text, ...]:
    """Return one notice for each kind of thing tolerated."""
    return tuple(
        message("parse.times-first-line", tolerated=_TOLERATED[code], times=times, line=line)
        for code, (times, line) in scan.tolerated.items()
    )
