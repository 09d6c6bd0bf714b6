"""What a file says of its sites besides drawing them: where the two differ, nothing is clear.

Places are compared in :mod:`zoning.review.places`; here it is the size, and what the reader of the
format has found: numbers of points, totals of a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from zoning.base import geodesy, units
from zoning.messages import Text, message
from zoning.model import Doubt, Project
from zoning.read import Reading
from zoning.review.sites import speak
from zoning.review.sizes import Stated, heading, of_zones, speaking, stated
from zoning.review.stated_datums import SHIFTS, datum_in, naming

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: A stated area may differ from the drawn one by this share, besides the rounding of its last
#: digit: the planes in use here distort areas by up to 0.2 % (ADR 0107), and papers round.
TOLERANCE: Final = 0.01
#: A line may be so much shorter than stated: lengths are stated along the slope, and by stations.
_SHORTER: Final = 0.05
#: A length without a unit may be one in a plane, or rounded.
_ROUGHLY: Final = 0.2
#: A column of areas that contradicts more zones than this, and this share of them, means others.
_HANDFUL: Final = 20
_MANY: Final = 0.3
#: Different remarks of an official source that are looked into.
_FEW: Final = 1_000
#: Land may reach so far beyond a point or a line that stands for it, m.
_BEYOND_M: Final = 10.0


class Drawn(NamedTuple):
    """A feature as drawn: its shape, its area, m², and the length of its lines, m."""

    shape: Any
    area: float
    length: float


def compare_statements(
    projects: Sequence[Project],
    features: Sequence[tuple[int, Any, Mapping[str, Any]]],
    readings: Sequence[Reading],
    datum: str | None = None,
) -> list[Project]:
    """Add a doubt to each project that its own file contradicts.

    Parameters
    ----------
    projects, features : sequence
        In the same order; see :func:`zoning.review.sites.features`.
    readings : sequence of Reading
        The files they come from.
    datum : {"gcj02", "bd09"}, optional
        The shift that has been taken out of the coordinates.

    Returns
    -------
    list of Project
    """
    sizes = _contradicted(features) if speak(features, speaking) else repeat((), len(projects))
    files = _of_files(features, readings, datum)
    out = []
    for project, feature, told, said in zip(projects, features, sizes, files, strict=True):
        # The reader has seen more than a stated size says.
        texts = (said.reader,) if said.reader is not None else told
        texts = (*texts, *dict.fromkeys((*said.file, *_datums(feature[2], datum))))
        doubts = tuple(Doubt("statement-contradicted", text) for text in texts)
        kept = project.geometry is not None and doubts
        out.append(replace(project, doubts=(*project.doubts, *doubts)) if kept else project)
    return out


def undersized(frame: GeoDataFrame) -> tuple[dict[int, Text], tuple[Text, ...]]:
    """Return, by row, the stated area of a zone that is drawn smaller: a part may be missing.

    A zone that is drawn larger than stated hides nothing, so it is passed over. A column of areas
    that would have a part of very many zones missing states something else; it is told.
    """
    found: dict[int, Text] = {}
    strange: list[Text] = []
    for column in of_zones(tuple(frame.columns)):
        short = _short(frame, column)
        if len(short) > max(_HANDFUL, _MANY * len(frame)):
            strange.append(message("witnesses.other-area", column=column, count=len(short)))
        else:
            found |= short
    columns = [c for c in frame.columns if heading(str(c)) is not None]
    if not columns:
        return found, tuple(strange)
    shapes = frame.geometry.to_numpy()
    cells = zip(*(frame[column] for column in columns), strict=True)
    features = [
        (row, shape, dict(zip(columns, values, strict=True)))
        for row, (shape, values) in enumerate(zip(shapes, cells, strict=True))
    ]
    told = enumerate(_contradicted(features, smaller=True))
    return found | {row: texts[0] for row, texts in told if texts}, tuple(strange)


def _short(frame: GeoDataFrame, column: str) -> dict[int, Text]:
    """Return the zones that are smaller than a column of numbers says, in m², the smallest unit.

    Pieces that state the same are added up.
    """
    import pandas as pd

    said = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
    drawn = geodesy.areas(frame.geometry.to_numpy())
    rows = np.flatnonzero((said > 0.0) & (drawn > 0.0))
    _, group = np.unique(said[rows], return_inverse=True)
    together = np.bincount(group, drawn[rows])[group] if len(rows) else drawn[rows]
    some = rows[said[rows] * (1.0 - TOLERANCE) > together]
    return {
        row: message("witnesses.area", column=column, stated=f"{said[row]:g}", area=drawn[row])
        for row in some.tolist()
    }


def other_datums(reading: Reading, datum: str | None) -> tuple[Text, ...]:
    """Return what an official source says of another datum: in its cells, or by its names.

    A column in which nearly every zone says something else speaks of the zones, not of their datum.
    """
    record, frame = reading.record, reading.frame
    raws: list[Mapping[str, Any]] = [{"file": record.name, "layer": record.layer or ""}]
    for column in naming(tuple(frame.columns)):
        cells = frame[column].dropna().unique()
        raws += [{column: cell} for cell in cells if len(cells) <= _FEW]
    return tuple(dict.fromkeys(text for raw in raws for text in _datums(raw, datum)))


class _Said(NamedTuple):
    """What the reader found against a feature, and what its file says of all in it."""

    reader: Text | None
    file: tuple[Text, ...]


def _of_files(
    features: Sequence[tuple[int, Any, Mapping[str, Any]]],
    readings: Sequence[Reading],
    datum: str | None,
) -> Iterator[_Said]:
    """Yield what is said of each feature; files follow one another."""
    pending = iter(features)
    for reading in readings:
        record = reading.record
        names = {"file": record.name, "layer": record.layer or ""}
        told = tuple(dict.fromkeys(_datums(names, datum)))
        for _ in range(len(reading.table) + len(reading.failed)):
            position, _, _ = next(pending)
            yield _Said(reading.doubts.get(position), told)


def _datums(raw: Mapping[str, Any], datum: str | None) -> Iterator[Text]:
    """Yield the datums that cells or names tell of, but for the one that has been undone."""
    for column, said, name in datum_in(raw):
        if name in SHIFTS and name != datum:
            yield message("witnesses.datum-shift", column=column, stated=said[:60], datum=name)
        elif name != datum:
            yield message("witnesses.datum", column=column, stated=said[:60])


def _contradicted(
    features: Sequence[tuple[int, Any, Mapping[str, Any]]], *, smaller: bool = False
) -> Iterator[tuple[Text, ...]]:
    """Yield the stated sizes that a feature's own contradicts, and that no group bears out.

    Where only a ``smaller`` drawing counts, a unit that nothing names is the smallest one, m².

    A project in several pieces often carries the size of the whole on each of them, so the pieces
    that state the same are added up as well.
    """
    said = [tuple(stated(raw)) for _, _, raw in features]
    shapes = [shape if own else None for own, (_, shape, _) in zip(said, features, strict=True)]
    drawn = list(_drawn(shapes))
    sums: dict[tuple[str, float], Drawn] = {}
    for entries, own in zip(said, drawn, strict=True):
        for key in {(entry.column, entry.value) for entry in entries}:
            so_far = sums.get(key, Drawn(None, 0.0, 0.0))
            sums[key] = Drawn(None, so_far.area + own.area, so_far.length + own.length)
    told = _smaller if smaller else _differs
    for entries, own in zip(said, drawn, strict=True):
        if not entries or own.shape is None:
            yield ()
            continue
        pairs = ((entry, sums[entry.column, entry.value]) for entry in entries)
        found = (told(entry, own, group) for entry, group in pairs)
        yield tuple(dict.fromkeys(text for text in found if text is not None))


def _drawn(shapes: Sequence[Any]) -> Iterator[Drawn]:
    areas = geodesy.areas(list(shapes))
    lines = np.array(shapes, dtype=object)
    lines[shapely.get_dimensions(lines) != 1] = None
    lengths = geodesy.lengths(lines)
    for shape, area, length in zip(shapes, areas.tolist(), lengths.tolist(), strict=True):
        # NaN, where nothing is drawn, is no size.
        yield Drawn(shape, area if area > 0.0 else 0.0, length if length > 0.0 else 0.0)


def _smaller(entry: Stated, own: Drawn, group: Drawn) -> Text | None:
    """Say so where a zone of an official layer is drawn smaller than stated."""
    if not own.area or entry.kind not in ("whole", "part"):
        return None
    if entry.value * (entry.unit or 1.0) <= own.area or _agrees(entry, own) or _fits(entry, group):
        return None
    return _told(entry, own.area)


def _differs(entry: Stated, own: Drawn, group: Drawn) -> Text | None:
    """Say so where a site is not as large, as long or as wide as stated."""
    if not own.area:
        return _beyond(entry, own, group)
    if entry.kind == "whole" and not _agrees(entry, own) and not _agrees(entry, group):
        return _told(entry, own.area)
    if entry.kind == "part" and not _fits(entry, own) and not _fits(entry, group):
        return message("witnesses.part", column=entry.column, stated=entry.text, area=own.area)
    return None


def _beyond(entry: Stated, own: Drawn, group: Drawn) -> Text | None:
    """Say so where a point or line stands for land, or a line is shorter than stated."""
    values = {"column": entry.column, "stated": entry.text}
    if entry.kind == "length":
        if not own.length or _as_long(entry, own) or _as_long(entry, group):
            return None
        return message("witnesses.length", **values, length=own.length)
    if entry.kind == "width":
        reach = 0.5 * entry.value * (entry.unit or 1.0) if own.length else 0.0
    else:
        area = entry.value * (entry.unit or units.M2_PER_MU)
        reach = 0.5 * area / group.length if own.length else (area / np.pi) ** 0.5
    if reach <= _BEYOND_M:
        return None
    drawn = message("witnesses.a-line" if own.length else "witnesses.a-point")
    return message("witnesses.beyond", **values, drawn=drawn, reach=float(reach))


def _as_long(stated: Stated, drawn: Drawn) -> bool:
    """Whether lines are as long as stated; a number without a unit must be near them in one."""
    slack = _SHORTER + stated.slack
    if stated.unit is not None:
        return drawn.length >= stated.value * stated.unit * (1.0 - slack)
    degrees = float(shapely.length(drawn.shape)) if drawn.shape is not None else 0.0
    usual = ((stated.value, drawn.length), (stated.value * 1e3, drawn.length))
    pairs = (*usual, (stated.value, degrees))
    return any(abs(said - own) <= (_ROUGHLY + slack) * max(said, own) for said, own in pairs)


def _agrees(stated: Stated, drawn: Drawn) -> bool:
    """Whether the area fits in the unit named, or in any usual one where none is."""
    if stated.unit is not None:
        return _near(stated.value * stated.unit, drawn.area, stated)
    usual = (1.0, units.M2_PER_HA, units.M2_PER_MU, units.M2_PER_KM2)
    if any(_near(stated.value * unit, drawn.area, stated) for unit in usual):
        return True
    return (
        stated.plane
        and drawn.shape is not None
        and any(_near(stated.value, plane, stated) for plane in _planes(drawn.shape, drawn.area))
    )


def _fits(stated: Stated, drawn: Drawn) -> bool:
    """Whether what is drawn has room for what is stated."""
    least = stated.value * (stated.unit or 1.0)
    return drawn.area >= least or _agrees(stated, drawn)


def _near(m2: float, area: float, stated: Stated) -> bool:
    return abs(m2 - area) <= (TOLERANCE + stated.slack) * max(m2, area)


def _planes(shape: Any, area: float) -> tuple[float, float]:
    """Return the area in square degrees, and in the metres of a web map (EPSG:3857)."""
    latitude = np.radians(shapely.get_y(shapely.centroid(shape)))
    return float(shapely.area(shape)), area / float(np.cos(latitude)) ** 2


def _told(stated: Stated, area: float) -> Text:
    return message("witnesses.area", column=stated.column, stated=stated.text, area=area)
