"""What a file says of its sites besides drawing them: where the two differ, nothing is clear.

The county is compared in :mod:`zoning.review.places`; here it is the area, and what the reader of
the format has found: numbers of points, totals of a sheet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from zoning.base import geodesy, units
from zoning.base.patterns import pattern
from zoning.messages import Text, message
from zoning.model import Doubt, Project
from zoning.read import Reading

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: A stated area may differ from the drawn one by this share, besides the rounding of its last
#: digit: the planes in use here distort areas by up to 0.2 % (ADR 0107), and papers round.
TOLERANCE: Final = 0.01
_BASES: Final = (
    "面积", "用地面积", "占地面积", "总面积", "项目面积", "项目用地面积", "总用地面积",
    "用地总面积", "总占地面积", "占地总面积", "项目占地面积", "地块面积", "宗地面积",
    "图斑面积", "拟用地面积",
    "申请面积", "申请用地面积", "批准面积", "红线面积", "规划面积", "净用地面积", "椭球面积",
    "矿区面积", "area", "shapearea", "sitearea", "landarea", "plotarea", "statedarea", "totalarea",
    "mj", "tbmj", "ydmj", "ydzmj", "zdmj", "zmj", "xmmj", "dkmj", "zdymj", "jsydmj",
)  # fmt: skip
_UNITS: Final = {
    "m2": 1.0, "㎡": 1.0, "平方米": 1.0, "平米": 1.0, "sqm": 1.0, "米2": 1.0,
    "ha": units.M2_PER_HA, "hm2": units.M2_PER_HA, "公顷": units.M2_PER_HA,
    "mu": units.M2_PER_MU, "亩": units.M2_PER_MU,
    "km2": units.M2_PER_KM2, "平方公里": units.M2_PER_KM2, "平方千米": units.M2_PER_KM2,
    "万平方米": units.M2_PER_HA, "万m2": units.M2_PER_HA, "万㎡": units.M2_PER_HA,
    "万亩": 10_000 * units.M2_PER_MU,
}  # fmt: skip
_UNIT: Final = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_COLUMN: Final = pattern(
    rf"({'|'.join(sorted(_BASES, key=len, reverse=True))})(?:单位)?[:：/]?({_UNIT})?"
)
_VALUE: Final = pattern(rf"(\d[\d,]*(?:\.\d+)?)(?:e([+-]?\d+))?({_UNIT})?")
#: Columns whose unit a standard fixes (图斑面积 of the national land survey: m²).
_FIXED: Final = {"tbmj": 1.0}
#: Columns that desktop GIS fills with the area in the plane of the layer, degrees included.
_PLANE: Final = ("shapearea", "area")


@dataclass(frozen=True, slots=True)
class Stated:
    """An area as a cell states it.

    ``unit_m2`` is None where nothing names the unit; ``slack`` is half a unit of the last digit, as
    a share of the value.
    """

    column: str
    text: str
    value: float
    unit_m2: float | None
    slack: float
    plane: bool


def compare_statements(
    projects: Sequence[Project],
    features: Sequence[tuple[int, Any, Mapping[str, Any]]],
    readings: Sequence[Reading],
) -> list[Project]:
    """Add a doubt to each project that its own file contradicts.

    Parameters
    ----------
    projects, features : sequence
        In the same order; see :func:`zoning.review.sites.features`.
    readings : sequence of Reading
        The files they come from.

    Returns
    -------
    list of Project
    """
    found = _contradicted(features)
    read = _read(features, readings)
    out = []
    for project, noted, told in zip(projects, read, found, strict=True):
        texts = (noted,) if noted is not None else told
        doubts = tuple(Doubt("statement-contradicted", text) for text in texts)
        kept = project.geometry is not None and doubts
        out.append(replace(project, doubts=(*project.doubts, *doubts)) if kept else project)
    return out


def undersized(frame: GeoDataFrame) -> dict[int, Text]:
    """Return, by row, the stated area of a zone that is drawn smaller: a part may be missing.

    A zone that is drawn larger than stated hides nothing, so it is passed over.
    """
    columns = [c for c in frame.columns if _column(str(c)) is not None]
    if not columns:
        return {}
    shapes = frame.geometry.to_numpy()
    cells = zip(*(frame[column] for column in columns), strict=True)
    features = [
        (row, shape, dict(zip(columns, values, strict=True)))
        for row, (shape, values) in enumerate(zip(shapes, cells, strict=True))
    ]
    return {row: told[0] for row, told in enumerate(_contradicted(features, smaller=True)) if told}


def _read(
    features: Sequence[tuple[int, Any, Mapping[str, Any]]], readings: Sequence[Reading]
) -> Iterator[Text | None]:
    """Yield what the reader found against each feature; files follow one another."""
    pending = iter(features)
    for reading in readings:
        for _ in range(len(reading.table) + len(reading.failed)):
            position, _, _ = next(pending)
            yield reading.doubts.get(position)


def _contradicted(
    features: Sequence[tuple[int, Any, Mapping[str, Any]]], *, smaller: bool = False
) -> Iterator[tuple[Text, ...]]:
    """Yield the stated areas that a feature's own contradicts, and that no group bears out.

    Where only a ``smaller`` drawing counts, a unit that nothing names is the smallest one, m².

    A project in several pieces often carries the area of the whole on each of them, so the pieces
    that state the same are added up as well.
    """
    stated = [tuple(_stated(raw)) for _, _, raw in features]
    shapes = (shape if said else None for said, (_, shape, _) in zip(stated, features, strict=True))
    areas = geodesy.areas(list(shapes))
    sums: dict[tuple[str, float], float] = {}
    for entries, area in zip(stated, areas, strict=True):
        for entry in entries:
            key = (entry.column, entry.value)
            sums[key] = sums.get(key, 0.0) + float(area)
    for entries, area, (_, shape, _) in zip(stated, areas, features, strict=True):
        if not area > 0.0:
            yield ()
            continue
        wrong = (
            entry
            for entry in entries
            if not (smaller and _covered(entry, float(area)))
            and not _agrees(entry, float(area), shape)
            and not _agrees(entry, sums[(entry.column, entry.value)], None)
        )
        yield tuple(_told(entry, float(area)) for entry in wrong)


def _stated(raw: Mapping[str, Any]) -> Iterator[Stated]:
    for name, value in raw.items():
        column = _column(str(name))
        if column is None or value is None or isinstance(value, bool):
            continue
        text = _fold(value)
        number = _VALUE.fullmatch(text)
        if number is None:
            continue
        digits = number[1].replace(",", "")
        scale = 10.0 ** int(number[2] or 0)
        amount = float(digits) * scale
        if amount <= 0.0:
            continue
        step = 10.0 ** -len(digits.partition(".")[2]) * scale
        unit = number[3] or column[2]
        known = _UNITS[unit] if unit else _FIXED.get(column[1])
        slack = 0.5 * step / amount
        yield Stated(str(name), str(value).strip(), amount, known, slack, column[1] in _PLANE)


@lru_cache(4096)
def _column(name: str) -> re.Match[str] | None:
    """Return what the name of a column says of an area: every row has the same few names."""
    return _COLUMN.fullmatch(_fold(name))


def _fold(value: object) -> str:
    """Fold width, case, blanks, brackets and underscores."""
    text = unicodedata.normalize("NFKC", str(value)).casefold()
    return re.sub(r"[\s_()\[\]]+", "", text)


def _agrees(stated: Stated, area: float, shape: Any) -> bool:
    """Whether the area fits in the unit named, or in any usual one where none is."""
    if stated.unit_m2 is not None:
        return _near(stated.value * stated.unit_m2, area, stated)
    usual = (1.0, units.M2_PER_HA, units.M2_PER_MU, units.M2_PER_KM2)
    if any(_near(stated.value * unit, area, stated) for unit in usual):
        return True
    return (
        stated.plane
        and shape is not None
        and any(_near(stated.value, plane, stated) for plane in _planes(shape, area))
    )


def _covered(stated: Stated, area: float) -> bool:
    """Whether what is drawn is at least as large as stated."""
    return stated.value * (stated.unit_m2 or 1.0) <= area


def _near(m2: float, area: float, stated: Stated) -> bool:
    return abs(m2 - area) <= (TOLERANCE + stated.slack) * max(m2, area)


def _planes(shape: Any, area: float) -> tuple[float, float]:
    """Return the area in square degrees, and in the metres of a web map (EPSG:3857)."""
    latitude = np.radians(shapely.get_y(shapely.centroid(shape)))
    return float(shapely.area(shape)), area / float(np.cos(latitude)) ** 2


def _told(stated: Stated, area: float) -> Text:
    return message("witnesses.area", column=stated.column, stated=stated.text, area=area)
