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

from zoning.errors import Problem, SourceError, Text
from zoning.settings import CRS
from zoning.sources import boundary_place as place
from zoning.sources.boundary_bytes import Content, load
from zoning.sources.boundary_group import group
from zoning.sources.boundary_helmert import Helmert
from zoning.sources.boundary_plots import build
from zoning.sources.boundary_scan import RawPlot, Scan
from zoning.sources.boundary_system import Located, locate, system_of_epsg
from zoning.sources.boundary_types import BoundaryFile, Faults, Floats, Plot, Ring, StatedArea

__all__ = [
    "BoundaryFile",
    "Helmert",
    "Plot",
    "Ring",
    "StatedArea",
    "looks_like_boundary_txt",
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


def looks_like_boundary_txt(head: bytes) -> bool:
    """Tell from the first kilobytes whether a file is of this format, in any encoding."""
    words = [
        word.encode(codec)
        for word in ("属性描述", "地块坐标")
        for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
    ]
    return any(word in head for word in words)


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
            drafts.append(draft)
    for done in (scan.plots, scan.run_start, scan.run_key):
        done.clear()  # the drafts hold what is still needed
    return tuple(build(drafts, x, y, located.to_lonlat, faults, warnings))


def _other_zone(raw: RawPlot, zone: int, expected: int, faults: Faults) -> None:
    faults.add(
        "txt-zone-other",
        Text(
            f"横坐标前的带号是 {zone}，而全文件的带号是 {expected}。",
            f"The eastings begin with zone {zone}, but the file is in zone {expected}.",
        ),
        Text(
            "每个投影带单独成一个文件，或换带后再导出。",
            "Put each zone into a file of its own, or bring the plot into the file's zone.",
        ),
        line=raw.line,
        plot=raw.label,
        column="Y",
    )


def _check_header(scan: Scan) -> None:
    """Refuse a header that says two things of where the plots lie."""
    for number, key, one, two in scan.contradictions:
        scan.faults.add(
            "txt-header-twice",
            Text(f"{key} 先写“{one}”，又写“{two}”。", f"{key} is given as '{one}' and as '{two}'."),
            Text("只留正确的一行。", "Keep the right line only."),
            line=number,
            column=key,
        )
    if scan.contradictions:
        raise SourceError(scan.faults.all())


def _no_plots(name: str) -> Problem:
    return Problem(
        code="txt-no-plots",
        fault=Text(
            "文件里没有地块：找不到 [地块坐标] 和界址点。",
            "The file holds no plot: no [地块坐标] and no points were found.",
        ),
        cure=Text(
            "提供“[属性描述] … [地块坐标] …”格式的界址点坐标文件。",
            "Give a boundary-point file with the sections [属性描述] and [地块坐标].",
        ),
        file=name,
    )


def _damaged(content: Content, warnings: Faults) -> None:
    """Name the lines whose text could not be decoded; numbers are ASCII and not concerned."""
    for number in content.damaged:
        warnings.add(
            "txt-encoding-damaged",
            Text(
                f"这一行有按 {content.encoding} 无效的字节，文字已用 � 代替。",
                f"The line holds bytes invalid in {content.encoding}; they were replaced by �.",
            ),
            Text(
                "核对名称；必要时用 --encoding 指定编码。",
                "Check the names; name the encoding with --encoding if need be.",
            ),
            line=number,
        )


_TOLERATED: Final[dict[str, Text]] = {
    "txt-extra-line": Text("不属于格式的行，已跳过", "lines outside the format, skipped"),
    "txt-no-section": Text("缺 [地块坐标] 段名", "no [地块坐标] line"),
    "txt-no-plot-line": Text("界址点前没有地块行", "points without a plot line"),
    "txt-no-shape": Text("地块行没有写点、线、面，按面读", "no 点/线/面: read as polygon"),
    "txt-no-count": Text("地块行没有界址点数，未核对", "no point count: not checked"),
    "txt-no-ring": Text("界址点没有圈号，按同一圈读", "no ring number: read as one ring"),
    "txt-extra-column": Text("界址点多出的列，未使用", "extra columns of points, unused"),
}


def _notices(scan: Scan) -> tuple[Text, ...]:
    """Return one notice for each kind of thing tolerated."""
    return tuple(
        Text(
            f"{_TOLERATED[code].zh}（{times} 处，首见第 {line} 行）。",
            f"{_TOLERATED[code].en} ({times} times, first in line {line}).",
        )
        for code, (times, line) in scan.tolerated.items()
    )
