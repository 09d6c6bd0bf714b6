"""Coordinates among the attributes, held against the geometry beside them.

They are found by the names of two columns that differ by the axis only, by their values where the
names say nothing, and in texts. What is meant by two numbers is not known, so every way of
writing a position in Shanxi is tried, see :mod:`zoning.read.readings`: one contradicts the
geometry where it lies in Shanxi by some of them and near the geometry by none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from zoning.base.patterns import pattern
from zoning.base.table import Table
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import angles, positions, readings
from zoning.read.crs import systems
from zoning.read.positions import Stated
from zoning.read.readings import CALLED, LIKELY, SURE, Floats, Undo
from zoning.read.types import Objects
from zoning.read.values import distinct_texts

#: How far from the bounds of the geometry a stated position may lie, m, besides the rounding of
#: its last digit: a position in degrees and whole minutes is rounded by up to 0.93 km.
TOLERANCE_M: Final = 1_000.0
_LON: Final = pattern("longitude|lon|lng|long|经度|东经|经|jingdu|jd")
_LAT: Final = pattern("latitude|lat|纬度|北纬|纬|weidu|wd")
_AXES: Final = (
    (_LON, _LAT),
    *(
        (pattern(first), pattern(second))
        for first, second in (
            ("x", "y"),
            (r"easting|east|(?<![a-z])e(?![a-z])", r"northing|north|(?<![a-z])n(?![a-z])"),
            ("横|东", "纵|北"),
        )
    ),
)
#: Degrees, minutes and seconds in columns of their own.
_PARTS: Final = tuple(
    pattern(rf"(.*?)[_ ]?(?:{word})[_ ]?", re.IGNORECASE)
    for word in ("deg|d|度", "min|m|分", "sec|s|秒")
)
#: Columns of sizes, which are no coordinates whatever their numbers are, and of other numbers,
#: which are none unless they look like nothing else.
_SIZE: Final = pattern(r"area|leng|perim|面积|长度|周长|mj$", re.IGNORECASE)
_OTHER: Final = pattern(
    r"code|代码|编码|编号|序号|号$|bm$|dm$|bh$|id$|phone|tel|mobile|电话|手机|邮编|post|zip|date|time|"
    r"日期|时间|year|年|人口|户|popul|count|数量|height|elev|高程|海拔|高度|里程|mile|stake|桩号|产|"
    r"投资|金额|价|元|cost|budget|税|率|ratio|pct|percent|重量|功率|容|流量|水位|depth|深|坡|slope|"
    r"温|降水|rain|temp|no$|num$|_m$|_m2$|_ha$|_mu$",
    re.IGNORECASE,
)
#: The signs of a text that is a number or an angle.
_NUMERIC: Final = pattern(r"[-+\s\d._eEN°度'′分\"″秒东经北纬]+")
#: Heads that name the office of an applicant, or where one is registered or reached.
_OFFICE: Final = pattern(
    r"办公|注册|公司|企业|单位(?=地|住|所|坐|经|纬|位)|总部|法人|联系|通[讯信]|邮寄|"
    r"office|company|headquarter|registered|contact|mailing",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """Positions that some rows state under a name; ``rows`` has one number for each."""

    names: str
    rows: NDArray[np.intp]
    stated: Stated


def of(attributes: Table, crs: pyproj.CRS, undo: Undo = None) -> list[Found]:
    """Return all positions among attributes.

    Parameters
    ----------
    attributes : Table
    crs : pyproj.CRS
        Of the file.
    undo : callable, optional
        Takes the shift of a web map out of longitude and latitude, where the user asked for it.
    """
    columns = {name: attributes[name] for name in attributes.columns}
    columns |= dict(_combined(columns))
    numbers = {name: _numbers(cells) for name, cells in columns.items()}
    found = [*_of_axes(columns, numbers, crs, undo)]
    for name, cells in columns.items():
        found += _in_texts(name, cells)
    return [part for part in found if part.stated]


def contradictions(found: Sequence[Found], geometry: Objects) -> dict[int, Text]:
    """Return by row what the attributes state of a position far from the geometry.

    Parameters
    ----------
    found : sequence of Found
    geometry : ndarray of object
        In longitude and latitude; rows without one are left alone.
    """
    bounds = shapely.bounds(geometry)
    told: dict[int, Text] = {}
    for part in found:
        box = bounds[part.rows]
        nearest = readings.distance(part.stated.lonlat, box).min(axis=0)
        far = np.isfinite(box).all(axis=1) & (nearest > TOLERANCE_M + part.stated.slack)
        for at in np.flatnonzero(far).tolist():
            west, south, east, north = box[at]
            text = message(
                "stated.elsewhere",
                columns=part.names,
                stated=part.stated.shown[at],
                distance=nearest[at] / 1_000.0,
                lon=(west + east) / 2,
                lat=(south + north) / 2,
            )
            told.setdefault(int(part.rows[at]), text)
    return told


def judged(found: Sequence[Found], geometry: Objects) -> tuple[dict[int, Text], set[int], Ledger]:
    """Return what contradicts each row, the rows with positions elsewhere, and an account.

    An applicant's office stands anywhere. What a column named after one states says nothing against
    the geometry of its row; it is a part that was not read, for which a user may answer.
    """
    offices = [part for part in found if _OFFICE.search(part.names)]
    doubts = contradictions([part for part in found if not _OFFICE.search(part.names)], geometry)
    told = contradictions(offices, geometry)
    if not told:
        return doubts, set(doubts), Ledger()
    names = list(dict.fromkeys(part.names for part in offices))
    text = message("stated.offices", names=names, count=len(told), first=told[min(told)])
    account = Tally("column", len(names), 0, set_aside=(SetAside(len(names), text),))
    return doubts, {*doubts, *told}, Ledger((account,))


def _of_axes(
    columns: dict[str, Any], numbers: dict[str, Floats], crs: pyproj.CRS, undo: Undo
) -> Iterator[Found]:
    used: set[str] = set()
    for first, second in _named(list(columns)):
        used |= {first, second}
        cells, values = (columns[first], columns[second]), (numbers[first], numbers[second])
        yield _pair((first, second), cells, values, CALLED, crs, undo)
    for name in columns.keys() - used:
        yield from _single(name, columns[name], numbers[name])
    rest = [n for n in columns if n not in used and not _SIZE.search(n)]
    rest = [n for n in rest if np.isfinite(numbers[n]).any()]
    for first, second in pairwise(rest):
        cells, values = (columns[first], columns[second]), (numbers[first], numbers[second])
        found = _pair((first, second), cells, values, SURE, crs, undo)
        if not found.stated and not _OTHER.search(first) and not _OTHER.search(second):
            likely = _pair((first, second), cells, values, LIKELY, crs, undo)
            # Numbers that only look like coordinates are some if all of them do.
            if len(likely.rows) == np.isfinite(values).all(axis=0).sum():
                found = likely
        yield found


def _pair(
    names: tuple[str, str],
    cells: tuple[Any, Any],
    values: tuple[Floats, Floats],
    least: int,
    crs: pyproj.CRS,
    undo: Undo,
) -> Found:
    """Return the positions in two columns."""
    rows = np.flatnonzero(np.isfinite(values).all(axis=0))
    xy = np.column_stack(values)[rows]
    sure: readings.Ints = np.full(xy.shape, 9, dtype=np.int64)
    if least > CALLED and len(rows):
        may = np.isfinite(readings.readings(xy, sure, SURE)).any(axis=(0, 2))
        rows, xy = rows[may], xy[may]
        kinds = (readings.decimals_of(cell[at]) for at in rows for cell in cells)
        sure = np.fromiter(kinds, dtype=np.int64).reshape(-1, 2)
    own = crs if least == CALLED else None
    lonlat = readings.readings(xy, sure[: len(xy)], least, own, undo)
    good = np.isfinite(lonlat).any(axis=(0, 2)) if len(lonlat) else np.zeros(len(rows), bool)
    rows = rows[good]
    pairs = [(cells[0][at], cells[1][at]) for at in rows]
    slack = [max(map(readings.slack, pair)) for pair in pairs]
    shown = tuple(f"{first}, {second}" for first, second in pairs)
    stated = Stated(shown, lonlat[:, good], np.array(slack, dtype=np.float64))
    return Found(", ".join(names), rows, stated)


def _single(name: str, cells: Any, values: Floats) -> Iterator[Found]:
    """Yield what a column named after one axis states, where none is named after the other."""
    folded = _folded(name)
    west, south, east, north = systems.SHANXI
    for axis, (low, high), word in ((0, (west, east), _LON), (1, (south, north), _LAT)):
        rows = np.flatnonzero((values >= low) & (values <= high))
        if word.fullmatch(folded) and len(rows):
            lonlat = np.full((1, len(rows), 2), np.nan)
            lonlat[0, :, axis] = values[rows]
            slack = np.array([readings.slack(cells[at]) for at in rows])
            shown = tuple(str(cells[at]) for at in rows)
            yield Found(name, rows, Stated(shown, lonlat, slack))


def _combined(columns: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield degrees that stand in three columns, or in two, under what their names share."""
    stems: list[dict[str, str]] = [{}, {}, {}]
    for name in columns:
        for part, kind in zip(stems, _PARTS, strict=True):
            match = kind.fullmatch(name)
            if match:
                part[match[1]] = name
    for stem in stems[0].keys() & stems[1].keys():
        names = [part[stem] for part in stems if stem in part]
        shares = [_numbers(columns[name]) / 60.0**at for at, name in enumerate(names)]
        total = np.sum(shares, axis=0).astype(object)
        total[~np.isfinite(total.astype(np.float64))] = None
        yield f"{stem} ({', '.join(names)})", total


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace(" ", "").rstrip("_")


def _named(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the columns whose names differ by the axis only."""
    # What stands in brackets names the columns of which others were made.
    folded = [_folded(name.partition(" (")[0]) for name in names]
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


def _numbers(cells: NDArray[Any]) -> Floats:
    """Return numbers, or degrees from degrees, minutes and seconds; NaN for anything else."""
    given = cells.tolist()
    kinds = set(map(type, given))
    if kinds <= {float, int, type(None)}:
        made = np.array(given, dtype=np.float64)
    else:
        numeric = filter(_NUMERIC.fullmatch, distinct_texts(cells))
        known = {text: angles.degrees(text) for text in numeric}
        if not known and kinds <= {str, type(None)}:
            return np.full(len(cells), np.nan)
        if kinds <= {str, type(None)}:
            found = list(map(known.get, given))
        else:
            found = [known.get(v) if isinstance(v, str) else angles.degrees(v) for v in given]
        made = np.array(found, dtype=np.float64)
    return np.where(np.isfinite(made), made, np.nan)


def _in_texts(name: str, cells: NDArray[Any]) -> Iterator[Found]:
    texts = [text for text in distinct_texts(cells) if len(text) > len("1.1 1")]
    stated = positions.find_each(texts)
    if not stated:
        return
    given = cells.tolist()
    rows: dict[str, list[int]] = {texts[at]: [] for at in stated.begins}
    for row in (row for row, value in enumerate(given) if value in rows):
        rows[given[row]].append(row)
    owned = [rows[texts[at]] for at in stated.begins]
    each = np.repeat(np.arange(len(stated.shown)), list(map(len, owned)))
    shown = tuple(stated.shown[at] for at in each)
    these = np.concatenate(owned)
    yield Found(name, these, Stated(shown, stated.lonlat[:, each], stated.slack[each]))


def speaks(text: str) -> bool:
    """Whether a text, which no geometry stands beside, states a position in Shanxi."""
    return bool(positions.find(text))


def in_heights(geometry: Objects, crs: pyproj.CRS) -> dict[int, Text]:
    """Return by row the geometries whose heights and measures are a place in Shanxi."""
    double = np.flatnonzero(shapely.has_z(geometry) & shapely.has_m(geometry))
    found: dict[int, Text] = {}
    for row in double.tolist():
        beside = shapely.get_coordinates(geometry[row], include_z=True, include_m=True)[:, 2:]
        beside = np.ascontiguousarray(beside[np.isfinite(beside).all(axis=1)])
        sure = np.full(beside.shape, 9, dtype=np.int64)
        meant = readings.readings(beside, sure, SURE, crs)
        if len(beside) and np.isfinite(meant).all(axis=(1, 2)).any():
            found[row] = message("stated.heights")
    return found
