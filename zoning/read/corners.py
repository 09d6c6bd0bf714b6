"""Points and lines of which an area may be meant: nobody reviewed what lies within.

Corners of a parcel come as points, one a row, and outlines as closed lines. Where headings or names
number points as corners, nothing is decided on them. Where it only may be so, the file counts as
not wholly read, and a user may say why that is accepted: wells have numbers, and roads run in
rings. Layers are not asked, for roundabouts are in every one of roads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.patterns import pattern
from zoning.base.table import Table
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import feature_faults, validity, values
from zoning.read.reader import with_more
from zoning.read.types import Raw, Reading, ReadOptions

Rows = NDArray[np.intp]
#: Headings of columns that number corners, whatever they hold.
CORNER: Final = pattern(
    r".*(?:界址|拐|顶|折|边界|(?<!三)角)点(?:编?号|序号?|名称?|代码)?|界桩(?:编?号|点号?)?|jzdb?h|"
    r"(?:vertex|corner)(?:index|no|num|number|id|name|part|partindex)?|boundarypointno",
)
#: Headings of columns that number points, which may be corners.
POINT: Final = pattern(r"点(?:编?号|序号?|名|次)|桩号|(?:point|pt)(?:no|num|number|index|name)")
#: Headings of columns that name the parcel to which points belong.
PARCEL: Final = pattern(
    r"(?:(?:项目)?地块|宗地|图斑|用地|矿区|区块)(?:编?号|序号|代码|名称?)?|dkbh|dkmc|zdh|zddm|tbbh|"
    r"(?:parcel|plot|polygon)(?:id|no|num|number|name)?|origfid"
)
#: Headings of columns that say what a row is, or which.
_NAMED: Final = pattern(r".*(?:名|name|title).*")
_CALLED: Final = pattern("name|名称?|label|title")
_ID: Final = frozenset(feature_faults.ID_NAMES) | {"项目", "项目代号", "工程", "project", "site"}
#: What numbers a point, and a stake: one of a road (K12) is a place. And what numbers a corner.
_LABEL: Final = pattern(r".*\d.*|[a-z]|[甲乙丙丁戊己庚辛壬癸①-⑳]", re.IGNORECASE)
_STAKE: Final = pattern(r"[a-jl-z]?[-_ ]?\d{1,5}", re.IGNORECASE)
_OF_CORNER: Final = pattern(
    r"(?:界址点?|拐点?|(?:顶|折|边界|(?<!三)角)点|界桩|corner|vertex|boundary point)"
    r"\s*(?:编?号)?[:：#_-]?\s*[a-z]{0,2}[-_]?\d+|[\w)）][-_—]j\d{1,4}$|"
    r"(?:界址|拐|边界|(?<!三)角|顶)点(?:坐标|成果)?表?$",
    re.IGNORECASE,
)
#: Titles, and names of files and layers, that say of what points are corners.
TITLE: Final = pattern(
    r"(?:界址|拐|边界|(?<!三)角|顶)点|界桩|(?<![a-z])(?:jzd|corners?|vertices|vertex)(?![a-z])",
    re.IGNORECASE,
)
#: What numbers a text among its likes, at its end.
_NUMBER: Final = pattern(r"[\s#_-]*[A-Za-z]{0,2}[-_]?\d+号?点?$")
_J: Final = pattern(r"j[-_]?(\d{1,5})", re.IGNORECASE)
#: Columns of places that are looked for by themselves.
_PLACES: Final = pattern(
    r".*(?:井|孔|泉|采样|取样|监测|塔|机位|风机|样点|测点|钻|well|tower|sample|station|turbine).*"
)
#: Names and labels of such places: places are called 阳泉 and 井坪, too.
_PLACE: Final = pattern(
    r".*(?:(?:水|机|深|浅|监测|观测|勘探|地热|油|气|采样|水源|注水)井|钻孔|采样点|取样点|监测点|样点|测点"
    r"|机位|风机|铁塔|杆塔|塔基|well|tower|sample|station|turbine)[ #_-]*[a-z]{0,2}\d*(?:号|#)?"
    r"|(?:井|孔|jc)[-_]?\d+",
    re.IGNORECASE,
)
_LONGEST: Final = 24
#: The dimension of an area.
_AREA: Final = 2
#: Points from which on there is an area between them.
FEWEST: Final = 3
#: The area within points in a row, as a share of the square of what is around them.
_IN_ROW: Final = 1e-6
#: A line is closed where its ends lie within this share of its length.
_CLOSED: Final = 0.01
#: Lines of a file that are tried for whether they are the sides of one area.
_SIDES: Final = 1_000


def folded(name: str) -> str:
    """Return a heading without case, width, blanks, underscores and what stands in brackets."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"\(.*\)|[\s_]", "", text)


def numbered(table: Table, rows: Rows) -> dict[int, Text]:
    """Return by row the points whose headings or names number them as corners.

    A heading that only numbers points, and J1, J2, J3, say nothing of places that have each a name
    of their own besides.
    """
    found: dict[int, Text] = {}
    for name in table.columns:
        cells = table[name][rows].tolist()
        head = folded(name)
        these = _corners(head, cells)
        if not these and (these := _points(head, cells)):
            these = [] if _named_apart(table, rows, name) else these
            called = _called_places(table, rows)
            these = [at for at in these if not called[at]]
        for at in these:
            told = message("corners.numbered", column=name, said=_text(cells[at])[:_LONGEST])
            found.setdefault(int(rows[at]), told)
    return found


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _corners(head: str, cells: Sequence[Any]) -> list[int]:
    """Return which cells number a corner: by their heading, or three and more by what they say."""
    if CORNER.fullmatch(head):
        return [at for at, cell in enumerate(cells) if _text(cell)]
    if _PLACES.fullmatch(head):
        return []
    texts = {cell for cell in cells if isinstance(cell, str) and len(cell) <= _LONGEST}
    if not _OF_CORNER.search("\n".join(texts)):
        return []
    said = {text for text in texts if _OF_CORNER.search(text)}
    these = [at for at, cell in enumerate(cells) if cell in said]
    return these if len(these) >= FEWEST else []


def _points(head: str, cells: Sequence[Any]) -> list[int]:
    """Return which cells number a point, three and more of them."""
    if _PLACES.fullmatch(head):
        return []
    filled = [at for at, cell in enumerate(cells) if cell is not None and cell != ""]
    if POINT.fullmatch(head):
        label = _STAKE if head == "桩号" else _LABEL
        filled = [at for at in filled if label.fullmatch(_text(cells[at]))]
        return filled if len(filled) >= FEWEST else []
    numbers: list[int] = []
    for at in filled:
        match = _J.fullmatch(_text(cells[at]))
        if match is None:
            return []
        numbers.append(int(match[1]))
    return filled if _run(numbers) else []


def _run(numbers: Sequence[int]) -> bool:
    """Whether three numbers follow one another."""
    some = set(numbers)
    return any(n + 1 in some and n + 2 in some for n in some)


def _named_apart(table: Table, rows: Rows, but: str) -> bool:
    """Whether another column gives each of the points a name that numbers no corner."""
    for name in table.columns:
        head = folded(name)
        if name == but or not (_NAMED.fullmatch(head) or _PLACES.fullmatch(head)):
            continue
        if POINT.fullmatch(head) or CORNER.fullmatch(head):
            continue
        texts = {_text(cell) for cell in table[name][rows].tolist()}
        if len(texts) < len(rows) or any(not text or _OF_CORNER.search(text) for text in texts):
            continue
        stems = {_NUMBER.sub("", text) for text in texts}
        if _PLACES.fullmatch(head) or 2 * len(stems) > len(texts):
            return True
    return False


def _called_places(table: Table, rows: Rows) -> NDArray[np.bool_]:
    """Mark the points that a name or a label calls a well, a sample or the like."""
    out = np.zeros(len(rows), dtype=bool)
    for name in table.columns:
        head = folded(name)
        if _NAMED.fullmatch(head) or POINT.fullmatch(head):
            cells = table[name][rows].tolist()
            out |= np.array([bool(_PLACE.fullmatch(_text(cell))) for cell in cells])
    return out


def possible(table: Table, rows: Rows) -> Ledger:
    """Account for points that may be corners of one area, though nothing numbers them so.

    They share the name or the number of a parcel or a project, and nothing but a number of their
    own or a place tells them apart; or nothing at all does.
    """
    rows = rows[~_called_places(table, rows)] if len(rows) else rows
    if len(rows) < FEWEST:
        return Ledger()
    names = {name for name in table.columns if _says_which(folded(name))}
    group = np.zeros(len(rows), dtype=np.int64)
    known, filled = np.zeros((2, len(rows)), dtype=bool)
    counted = False
    for name in table.columns:
        cells = [None if v is None or v == "" else v for v in table[name][rows].tolist()]
        numbers = _running(cells)
        if numbers:
            # Sites are hardly called 1, 2, 3; the corners of one are.
            counted = True
            known |= bool(_CALLED.fullmatch(folded(name))) and _run(list(map(int, numbers)))
            continue
        codes = _codes(cells)
        filled |= codes >= 0
        known |= (codes >= 0) & (name in names)
        _, group = np.unique(group * (len(rows) + 2) + codes, return_inverse=True)
        if np.bincount(group).max() < FEWEST:
            return Ledger()
    known |= filled & (not counted)
    counts = np.bincount(group[known], minlength=int(group.max()) + 1)
    shared = int(counts[counts >= FEWEST].sum())
    if not shared:
        return Ledger()
    return _aside(message("corners.possible", count=shared), int((counts >= FEWEST).sum()))


def _says_which(head: str) -> bool:
    if POINT.fullmatch(head) or CORNER.fullmatch(head):
        return False
    return bool(PARCEL.fullmatch(head) or _NAMED.fullmatch(head)) or head in _ID


def _running(cells: Sequence[Any]) -> set[float]:
    """Return the numbers of a column that has its own for each row: it counts, or is a place."""
    try:
        numbers = {float(cell) for cell in cells}
    except (TypeError, ValueError):
        return set()
    return numbers if len(numbers) == len(cells) and np.isfinite(list(numbers)).all() else set()


def _codes(cells: Sequence[Any]) -> NDArray[np.int64]:
    """Return a number for each distinct value, -1 for none."""
    seen: dict[Any, int] = {None: -1}
    return np.fromiter((seen.setdefault(cell, len(seen)) for cell in cells), np.int64, len(cells))


def several(geometry: NDArray[Any]) -> Ledger:
    """Account for geometries of so many points that an area may lie between them."""
    points = geometry[shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOINT]
    # Nothing lies between points in a row.
    hulls = shapely.convex_hull(points)
    count = int((shapely.area(hulls) > _IN_ROW * shapely.length(hulls) ** 2).sum())
    return _aside(message("corners.several", count=count), count) if count else Ledger()


def closed(geometry: NDArray[Any]) -> Ledger:
    """Account for lines that close: each by itself, in one part or several, or all together."""
    lines = geometry[shapely.get_dimensions(geometry) == 1]
    count = int(_close(lines).sum())
    if not count and 1 < len(lines) <= _SIDES:
        together = shapely.multilinestrings(shapely.get_parts(lines))
        count = int(_close(np.array([together], dtype=object)).sum())
    return _aside(message("corners.closed", count=count), count) if count else Ledger()


def _close(lines: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which lines are closed for half of their length or more."""
    several = shapely.get_num_geometries(lines) > 1
    joined = lines.copy()
    joined[several] = shapely.line_merge(lines[several])
    parts, owner = shapely.get_parts(joined, return_index=True)
    length = shapely.length(parts)
    apart = shapely.distance(shapely.get_point(parts, 0), shapely.get_point(parts, -1))
    shut = (apart <= _CLOSED * length) & (shapely.get_num_points(parts) > FEWEST)
    whole = np.bincount(owner, length, len(lines))
    return np.asarray(2.0 * np.bincount(owner, length * shut, len(lines)) >= whole)


def _aside(told: Text, count: int) -> Ledger:
    return Ledger((Tally("geometry", count, 0, set_aside=(SetAside(count, told),)),))


def heeded(reading: Reading, options: ReadOptions) -> Reading:
    """Return the sites of a file with what is to be said where areas may be meant.

    Parameters
    ----------
    reading : Reading
        Of sites; a layer may hold closed lines and numbered points.
    options : ReadOptions
    """
    record = reading.record
    said = f"{record.name} {record.layer or ''}"
    told, account = _told(reading.table, reading.table.geometry, said)
    doubts = {int(reading.table.index[row]): text for row, text in told.items()}
    return with_more(replace(reading, doubts={**reading.doubts, **doubts}), account, options)


def asked(raw: Raw, name: str) -> Raw:
    """Return a piece of a source of sites with the same; its batches may part what is one site."""
    if (shapely.get_dimensions(raw.geometry) == _AREA).all():
        return raw
    shapes = validity.structure(raw.geometry, dict(raw.broken)).geometry
    said = f"{name} {raw.layer or ''}"
    told, account = _told(values.clean(raw.attributes)[0], shapes, said)
    return replace(raw, doubts={**told, **raw.doubts}, unread=(*raw.unread, *account.unread))


def titled(geometry: NDArray[Any], said: str) -> dict[int, Text]:
    """Return by row the points of which a title says that they are corners, three and more."""
    rows = np.flatnonzero(shapely.get_type_id(geometry) == shapely.GeometryType.POINT).tolist()
    if len(rows) < FEWEST or not TITLE.search(said):
        return {}
    return dict.fromkeys(rows, message("corners.titled", said=said.strip()[:80]))


def _told(table: Table, shapes: NDArray[Any], said: str) -> tuple[dict[int, Text], Ledger]:
    """Return what is to be said of each row, and of all of them."""
    rows = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POINT)
    told = {**titled(shapes, said), **(numbered(table, rows) if len(rows) else {})}
    rest = np.setdiff1d(rows, np.fromiter(told, dtype=np.intp, count=len(told)))
    return told, possible(table, rest) + several(shapes) + closed(shapes)
