"""Coordinates among the attributes, held against the geometry beside them.

They are found by the names of two columns that differ by the axis only, by their values where the
names say nothing, and as pairs in texts. What is meant by two numbers is not known, so every
system in use in Shanxi is tried, in both orders: a pair contradicts the geometry where it lies in
Shanxi in some of them and near the geometry in none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from zoning.messages import Text, message
from zoning.read import angles
from zoning.read.crs import systems
from zoning.read.types import Objects

Floats = NDArray[np.float64]
#: How far from the bounds of the geometry a stated position may lie, m, besides the rounding of
#: its last digit: a position in degrees and whole minutes is rounded by up to 0.93 km.
TOLERANCE_M: Final = 1_000.0
#: Metres in a degree of latitude, and at 34.5° N, where degrees of longitude are longest here.
_DEGREE: Final = (91_900.0, 111_200.0)
_AXES: Final = tuple(
    (re.compile(first), re.compile(second))
    for first, second in (
        ("longitude|lon|lng|long|经度|东经|经|jingdu|jd", "latitude|lat|纬度|北纬|纬|weidu|wd"),
        ("x", "y"),
        (r"easting|east|(?<![a-z])e(?![a-z])", r"northing|north|(?<![a-z])n(?![a-z])"),
        ("横|东", "纵|北"),
    )
)
#: Pairs in a text: two numbers with decimals, or degrees and minutes.
_PAIR: Final = re.compile(r"(?<![\d.])(\d{2,8}\.\d+)[^\d.]{1,24}(\d{2,8}\.\d+)(?![\d.])")
_DMS: Final = re.compile(
    r"\d{2,3}\s*[°度]\s*\d{1,2}(?:\.\d+)?\s*['′分](?:\s*\d{1,2}(?:\.\d+)?\s*[\"″秒])?"
)
#: Decimals from which on numbers under names that say nothing are taken for degrees and metres.
_DEGREE_DECIMALS, _METRE_DECIMALS = 4, 3
#: Columns of sizes, which are no coordinates whatever their numbers are.
_SIZE: Final = re.compile(r"area|leng|perim|面积|长度|周长|mj$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Two numbers in each of some rows, and the names of the columns they stand in."""

    names: str
    rows: NDArray[np.intp]
    first: Sequence[Any]
    second: Sequence[Any]
    named: bool = True


def contradictions(
    attributes: pd.DataFrame,
    geometry: Objects,
    crs: pyproj.CRS,
    undo: Callable[[Floats], Floats] | None = None,
) -> dict[int, Text]:
    """Return by row what the attributes state of a position far from the geometry.

    Parameters
    ----------
    attributes : pandas.DataFrame
    geometry : ndarray of object
        In longitude and latitude; rows without one are left alone.
    crs : pyproj.CRS
        Of the file.
    undo : callable, optional
        Takes the shift of a web map out of longitude and latitude, where the user asked for it.
    """
    bounds = shapely.bounds(geometry)
    found: dict[int, Text] = {}
    for pairs in _pairs(attributes):
        for row, told in _compare(pairs, bounds, crs, undo):
            found.setdefault(row, told)
    return found


def _pairs(attributes: pd.DataFrame) -> Iterator[_Pairs]:
    columns = {str(name): attributes[name].to_numpy(dtype=object) for name in attributes.columns}
    every = np.arange(len(attributes))
    used: set[str] = set()
    for first, second in _named(list(columns)):
        used |= {first, second}
        yield _Pairs(f"{first}, {second}", every, columns[first], columns[second])
    rest = [n for n in columns if n not in used and not _SIZE.search(n)]
    rest = [n for n in rest if _is_numeric(columns[n])]
    for first, second in pairwise(rest):
        yield _Pairs(f"{first}, {second}", every, columns[first], columns[second], named=False)
    for name, cells in columns.items():
        yield from _in_texts(name, cells)


def _named(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the columns whose names differ by the axis only."""
    folded = [
        unicodedata.normalize("NFKC", n).casefold().replace(" ", "").rstrip("_") for n in names
    ]
    left: list[str] = []
    right: list[str] = []
    for one, other in _AXES:
        firsts, seconds = _keys(names, folded, one), _keys(names, folded, other)
        for key in (k for k in firsts if k in seconds):
            a, b = firsts[key], seconds[key]
            alike = zip(a, b, strict=True) if len(a) == len(b) else ((i, j) for i in a for j in b)
            yield from ((i, j) for i, j in alike if i != j)
        left += [n for key in firsts if key not in seconds for n in firsts[key] if key == "*"]
        right += [n for key in seconds if key not in firsts for n in seconds[key] if key == "*"]
    yield from ((i, j) for i in left for j in right)


def _keys(
    names: Sequence[str], folded: Sequence[str], axis: re.Pattern[str]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in zip(names, folded, strict=True):
        for match in axis.finditer(text):
            found.setdefault(f"{text[: match.start()]}*{text[match.end() :]}", []).append(name)
    return found


def _is_numeric(cells: NDArray[Any]) -> bool:
    present = [v for v in cells if v is not None and v != ""]
    return bool(present) and all(_number(v) is not None for v in present)


def _number(value: Any) -> float | None:
    """Return a number, or degrees from degrees, minutes and seconds; None for anything else."""
    number = angles.degrees(value) if value is not None else None
    return number if number is not None and np.isfinite(number) else None


def _in_texts(name: str, cells: NDArray[Any]) -> Iterator[_Pairs]:
    texts: dict[str, list[int]] = {}
    for row, value in enumerate(cells):
        if isinstance(value, str) and len(value) > len("1.1 1.1"):
            texts.setdefault(value, []).append(row)
    for text, rows in texts.items():
        found = [m.groups() for m in _PAIR.finditer(text)]
        angled = _DMS.findall(text)
        found += list(zip(angled[::2], angled[1::2], strict=False))
        for first, second in found:
            if _is_fine(first) and _is_fine(second):
                ones = [first] * len(rows), [second] * len(rows)
                yield _Pairs(name, np.array(rows), *ones)


def _is_fine(value: Any) -> bool:
    """Whether a number is written as a coordinate is: other numbers have fewer decimals."""
    number = _number(value)
    if number is None or not np.isfinite(number):
        return False
    decimals = len(repr(value).strip("'").partition(".")[2])
    degrees = abs(number) <= 180.0
    return decimals >= (_DEGREE_DECIMALS if degrees else _METRE_DECIMALS) or not _plain(value)


def _plain(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _compare(
    pairs: _Pairs, bounds: Floats, crs: pyproj.CRS, undo: Callable[[Floats], Floats] | None
) -> Iterator[tuple[int, Text]]:
    if not pairs.named and not _may_be(pairs, crs, undo):
        return
    xy = np.array(
        [(_or_nan(a), _or_nan(b)) for a, b in zip(pairs.first, pairs.second, strict=True)],
        dtype=np.float64,
    ).reshape(-1, 2)
    box = bounds[pairs.rows]
    stated = np.asarray(np.isfinite(xy).all(axis=1) & np.isfinite(box).all(axis=1))
    nearest = np.full(len(xy), np.inf)
    possible = np.zeros(len(xy), dtype=bool)
    for lonlat in _readings(xy, crs, undo):
        inside = stated & _inside(lonlat)
        possible |= inside
        nearest[inside] = np.minimum(nearest[inside], _distance(lonlat[inside], box[inside]))
    if not (pairs.named or _meant(pairs, stated, possible)):
        return
    for at in np.flatnonzero(possible & (nearest > TOLERANCE_M)).tolist():
        first, second = pairs.first[at], pairs.second[at]
        if nearest[at] <= TOLERANCE_M + max(_slack(first), _slack(second)):
            continue
        west, south, east, north = box[at]
        yield (
            int(pairs.rows[at]),
            message(
                "stated.elsewhere",
                columns=pairs.names,
                stated=f"{first}, {second}",
                distance=nearest[at] / 1_000.0,
                lon=(west + east) / 2,
                lat=(south + north) / 2,
            ),
        )


def _may_be(pairs: _Pairs, crs: pyproj.CRS, undo: Callable[[Floats], Floats] | None) -> bool:
    """Whether the first row that states both numbers states coordinates; all would have to."""
    both = zip(pairs.first, pairs.second, strict=True)
    first = next(((a, b) for a, b in both if a is not None and b is not None), None)
    if first is None or not all(map(_is_fine, first)):
        return False
    xy = np.array([[_or_nan(value) for value in first]])
    return any(bool(_inside(read).any()) for read in _readings(xy, crs, undo))


def _or_nan(value: Any) -> float:
    number = _number(value)
    return np.nan if number is None else number


def _meant(pairs: _Pairs, stated: NDArray[np.bool_], possible: NDArray[np.bool_]) -> bool:
    """Whether numbers under names that say nothing are coordinates in every row."""
    if not stated.any() or not possible[stated].all():
        return False
    rows = np.flatnonzero(stated).tolist()
    return all(_is_fine(pairs.first[at]) and _is_fine(pairs.second[at]) for at in rows)


def _readings(
    xy: Floats, crs: pyproj.CRS, undo: Callable[[Floats], Floats] | None
) -> Iterator[Floats]:
    """Yield longitude and latitude by every system and in both orders."""
    known = {candidate.code: systems.parse(candidate.code) for candidate in systems.CANDIDATES}
    size = np.nanmax(np.abs(xy), initial=0.0, where=np.isfinite(xy))
    for order in (xy, xy[:, ::-1]):
        plain = np.ascontiguousarray(order)
        for system in (*known.values(), crs):
            if size <= 360.0 and not systems.geographic(system):
                continue
            lonlat = systems.to_lonlat(system, plain)
            yield lonlat
            if undo is not None and systems.geographic(system):
                yield undo(lonlat)


def _inside(lonlat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = systems.SHANXI
    with np.errstate(invalid="ignore"):
        x, y = lonlat[:, 0], lonlat[:, 1]
        return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def _distance(lonlat: Floats, box: Floats) -> Floats:
    """Return how far points lie from bounds, m: 0 within them, and never too little."""
    off = np.maximum(np.maximum(box[:, :2] - lonlat, lonlat - box[:, 2:]), 0.0)
    return np.asarray(np.hypot(*(off * _DEGREE).T))


def _slack(value: Any) -> float:
    """Return half a unit of the last digit of a number in degrees, m; 0 for any other."""
    if not _plain(value) or abs(float(value)) > 180.0:
        return 0.0
    text = str(value).strip().lower()
    decimals = 0 if "e" in text else len(text.partition(".")[2])
    return 0.5 * 10.0**-decimals * _DEGREE[1]


def speaks(text: str) -> bool:
    """Whether a text, which no geometry stands beside, states a position in Shanxi."""
    found = list(_in_texts("", np.array([text, None], dtype=object)[:-1]))
    china = systems.parse("EPSG:4490")
    for pairs in found:
        xy = np.array([[_or_nan(pairs.first[0]), _or_nan(pairs.second[0])]])
        if any(bool(_inside(read).any()) for read in _readings(xy, china, None)):
            return True
    return False


def in_heights(geometry: Objects, crs: pyproj.CRS) -> dict[int, Text]:
    """Return by row the geometries whose heights and measures are a place in Shanxi."""
    double = np.flatnonzero(shapely.has_z(geometry) & shapely.has_m(geometry))
    found: dict[int, Text] = {}
    for row in double.tolist():
        beside = shapely.get_coordinates(geometry[row], include_z=True, include_m=True)[:, 2:]
        beside = np.ascontiguousarray(beside[np.isfinite(beside).all(axis=1)])
        if len(beside) and any(_inside(read).all() for read in _readings(beside, crs, None)):
            found[row] = message("stated.heights")
    return found
