"""Write the national boundary-point TXT; the counterpart of ``parse``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from zoning.base import units
from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.base.settings import CRS
from zoning.base.targets import Target
from zoning.base.writing import whole
from zoning.messages import Text, message
from zoning.read.boundary_txt.area import ellipsoidal
from zoning.read.boundary_txt.system import System, degree_of
from zoning.read.crs.helmert import to_lonlat

#: Decimals of a metre: 0.05 mm of rounding keeps the promise of 1 mm with room to spare.
DECIMALS: Final = 4
#: A site further than this from its central meridian belongs to another zone, degrees.
_REACH: Final = {3: 2.5, 6: 4.0}
#: Column names under which each field of the plot line is looked for, best first.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("plot_id", "地块编号", "DKBH", "id", "fid"),
    "name": ("name", "地块名称", "DKMC", "MC"),
    "map_sheet": ("map_sheet", "图幅号", "TFH"),
    "use": ("land_use", "地块用途", "DKYT"),
    "land_class": ("land_class", "地类编码", "DLBM"),
}


@dataclass(frozen=True, slots=True)
class BoundaryPoint:
    """A boundary point: its name, its ring, northing ``x`` and easting ``y`` in m."""

    name: str
    ring: int
    x: float
    y: float


_KINDS: Final = {0: "点", 1: "线", 2: "面"}


def write_boundary_txt(
    frame: gpd.GeoDataFrame,
    path: Target | Path | str,
    *,
    zone: int,
    prefix: bool = True,
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] = "utf-8",
    area_unit: Literal["ha", "m2"] = "ha",
    fields: Mapping[str, str] | None = None,
    header: Mapping[str, str] | None = None,
    source: str | None = None,
) -> None:
    """Write a frame as boundary-point TXT, all or nothing.

    Parameters
    ----------
    frame : GeoDataFrame
        Polygons, lines or points in any CRS; rows become plots in order. Heights are dropped.
    path : Target or path
        An existing file is replaced only where the target allows it.
    zone : int
        Gauss–Krüger zone of CGCS2000: 25–45 are 3° zones (Shanxi 37, 38), 13–23 6° zones (19, 20).
    prefix : bool
        Whether to write the zone number in front of the eastings.
    encoding : {"utf-8", "utf-8-sig", "gb18030"}
        ``gb18030`` covers what older software reads as GBK.
    area_unit : {"ha", "m2"}
        Unit of the area field, which is the ellipsoidal area.
    fields : Mapping, optional
        Column for ``number``, ``name``, ``map_sheet``, ``use`` or ``land_class``; without an entry
        the names in ``FIELDS`` are tried, ignoring case.
    header : Mapping, optional
        Further or other header entries, e.g. ``{"数据产生单位": "…"}``.
    source : str, optional
        The file the features come from, for messages; by default the target is named.

    Raises
    ------
    UsageError
        If the zone does not exist, or the frame has no CRS.
    SourceError
        If a feature has no geometry, an unwritable kind, or lies far outside the zone.
    """
    place = source or str(Target.of(path).path)
    degree = degree_of(zone)
    if degree is None:
        raise UsageError(_bad_zone(zone, place))
    if frame.crs is None:
        raise UsageError(_no_crs(place))
    system = System("cgcs2000", degree, zone, prefix)
    geometry = np.asarray(shapely.force_2d(frame.geometry.to_crs(CRS).to_numpy()), object)
    names = _columns(frame, fields or {}, place)
    _check(geometry, system, place)
    inverse = to_lonlat("cgcs2000", system.meridian, system.false_easting, None)
    entries = _header(system) | dict(header or {})

    def lines() -> Iterator[str]:
        yield "[属性描述]"
        yield from (_line(f"{key}={value}") for key, value in entries.items())
        yield "[地块坐标]"
        for at, shape in enumerate(geometry):
            values = {k: _field(frame[c].iloc[at]) for k, c in names.items()}
            yield from _plot(shape, values, inverse, area_unit)

    _replace(Target.of(path), lines(), encoding)


def _plot(
    shape: Any, values: Mapping[str, str], inverse: pyproj.Transformer, area_unit: str
) -> Iterator[str]:
    """Yield the plot line of one feature and its point lines."""
    kind = _KINDS[int(shapely.get_dimensions(shape))]
    points = list(_points(shape, inverse))
    area = ""
    if kind == "面":
        m2 = _area(shape)
        area = f"{units.ha(m2):.6f}" if area_unit == "ha" else f"{m2:.2f}"
    v = {key: values.get(key, "") for key in FIELDS}
    yield (
        f"{len(points)},{area},{v['number']},{v['name']},{kind},{v['map_sheet']},"
        f"{v['use']},{v['land_class']},@"
    )
    for point in points:
        yield f"{point.name},{point.ring},{point.x:.{DECIMALS}f},{point.y:.{DECIMALS}f}"


def boundary_points(shape: Any, zone: int | None = None) -> tuple[int, tuple[BoundaryPoint, ...]]:
    """Return the boundary points of a geometry as its boundary-point TXT lists them.

    Parameters
    ----------
    shape : shapely geometry
        EPSG:4490, longitude first.
    zone : int, optional
        3° zone of CGCS2000; the one whose meridian is nearest by default.

    Returns
    -------
    zone : int
    points : tuple of BoundaryPoint
        A closing point repeats the first point's name.
    """
    if zone is None:
        west, _, east, _ = shapely.bounds(shape)
        zone = round((west + east) / 2 / 3)
    system = System("cgcs2000", 3, zone, True)
    inverse = to_lonlat("cgcs2000", system.meridian, system.false_easting, None)
    return zone, tuple(_points(shapely.force_2d(shape), inverse))


def _points(shape: Any, inverse: pyproj.Transformer) -> Iterator[BoundaryPoint]:
    """Yield the points of every ring in order."""
    closed = int(shapely.get_dimensions(shape)) == 2
    number = count(1)
    for ring, line in enumerate(_pieces(shape), 1):
        points = shapely.get_coordinates(line)
        east, north = inverse.transform(points[:, 0], points[:, 1], direction="INVERSE")
        first = next(number)
        for at, (x, y) in enumerate(zip(north.tolist(), east.tolist(), strict=True)):
            # A closing point repeats the first point's name, as survey offices write it.
            closes = closed and at == len(points) - 1
            yield BoundaryPoint(f"J{first if closes or at == 0 else next(number)}", ring, x, y)


def _pieces(shape: Any) -> list[Any]:
    """Return the rings of a polygon (shells and holes alike), or the lines, or the points."""
    pieces: list[Any] = []
    for part in shapely.get_parts([shape]):
        if shapely.get_dimensions(part) == 2:
            pieces += [part.exterior, *part.interiors]
        else:
            pieces.append(part)
    # All points of a multipoint form one group: each on its own ring number would say nothing.
    return [shape] if shapely.get_dimensions(shape) == 0 else pieces


def _area(shape: Any) -> float:
    """Return the ellipsoidal area of a polygon in degrees, m²."""
    total = 0.0
    for part in shapely.get_parts([shape]):
        for sign, ring in [(1, part.exterior), *((-1, hole) for hole in part.interiors)]:
            points = shapely.get_coordinates(ring)[:-1]
            total += sign * ellipsoidal(points[:, 0], points[:, 1], [0, len(points)])[0]
    return total


def _header(system: System) -> dict[str, str]:
    return {
        "格式版本号": "1.01",
        "数据产生单位": "",
        "数据产生日期": "",
        "坐标系": "2000国家大地坐标系",
        "几度分带": str(system.degree),
        "投影类型": "高斯克吕格",
        "计量单位": "米",
        "带号": str(system.zone),
        "精度": f"{10**-DECIMALS:.{DECIMALS}f}",
        "转换参数": ",,,,,,",
    }


def _columns(frame: gpd.GeoDataFrame, fields: Mapping[str, str], place: str) -> dict[str, str]:
    """Return which column feeds which field."""
    by_fold = {str(c).casefold(): c for c in frame.columns if c != frame.geometry.name}
    found: dict[str, str] = {}
    for key, options in FIELDS.items():
        wanted: Sequence[str] = (fields[key],) if key in fields else options
        column = next((by_fold[w.casefold()] for w in wanted if w.casefold() in by_fold), None)
        if column is not None:
            found[key] = column
        elif key in fields:
            raise UsageError(_no_column(fields[key], place))
    return found


def _field(value: Any) -> str:
    """Return a value as one field: commas become full-width, line ends and controls blanks."""
    if value is None or bool(pd.isna(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # whole numbers come as floats from columns with gaps
    return _line(str(value)).replace(",", "，").strip()


def _line(text: str) -> str:
    """Return text that stays on one line."""
    bad = ("Cc", "Cs", "Zl", "Zp")
    return "".join(" " if unicodedata.category(c) in bad else c for c in text)


def _check(geometry: np.ndarray[Any, Any], system: System, place: str) -> None:
    """Refuse, all at once, features that cannot be written."""
    problems: list[Problem] = []
    for at, shape in enumerate(geometry):
        if shape is None or shapely.is_empty(shape):
            problems.append(_problem(at, "geometry-empty", message("write.no-geometry"), "X,Y"))
        elif shapely.get_type_id(shape) == 7:  # GeometryCollection: no plot has a mixed kind
            problems.append(_problem(at, "txt-mixed", message("write.mixed"), "面"))
        else:
            west, _, east, _ = shapely.bounds(shape)
            away = max(abs(west - system.meridian), abs(east - system.meridian))
            if not away <= _REACH[system.degree]:
                problems.append(_outside(at, system, (west + east) / 2))
    if not len(geometry):
        problems.append(problem("frame-empty"))
    if problems:
        raise SourceError(replace(problem, file=place) for problem in problems)


def _replace(place: Target, lines: Iterator[str], encoding: str) -> None:
    """Write beside the target, then rename: the old file or the new one, never half."""
    with whole(place) as temporary, temporary.open("x", encoding=encoding, newline="\r\n") as out:
        out.writelines(line + "\n" for line in lines)


def _problem(at: int, code: str, why: Text, column: str) -> Problem:
    return Problem(
        code=code,
        fault=message("write.cannot-written-boundary-points", detail=why),
        cure=message("write.drop-feature-split-into"),
        feature=str(at + 1),
        field=column,
    )


def _outside(at: int, system: System, longitude: float) -> Problem:
    best = f"{longitude / 3:.0f}" if np.isfinite(longitude) else "?"
    return problem(
        "zone-outside",
        feature=str(at + 1),
        longitude=longitude,
        zone=system.zone,
        meridian=system.meridian,
        best=best,
    )


def _bad_zone(zone: int, place: str) -> Problem:
    return problem("zone-unknown", file=place, zone=zone)


def _no_crs(place: str) -> Problem:
    return problem("crs-missing", file=place, key="crs-missing.no-crs")


def _no_column(name: str, place: str) -> Problem:
    return problem("field-missing", file=place, field=name, name=name)
