"""What a heading and its cell state of the size of a site: area, length or width, and the unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from zoning.base import units
from zoning.base.patterns import pattern

#: What is stated: the area of all of a site or zone, of a part, how long or how wide it is.
Kind = Literal["whole", "part", "length", "width"]

_AREAS: Final = {
    "m2": 1.0, "㎡": 1.0, "平方米": 1.0, "平米": 1.0, "sqm": 1.0, "米2": 1.0, "平方": 1.0,
    "ha": units.M2_PER_HA, "hm2": units.M2_PER_HA, "公顷": units.M2_PER_HA,
    "hectare": units.M2_PER_HA, "hectares": units.M2_PER_HA,
    "mu": units.M2_PER_MU, "亩": units.M2_PER_MU,
    "km2": units.M2_PER_KM2, "平方公里": units.M2_PER_KM2, "平方千米": units.M2_PER_KM2,
    "万平方米": units.M2_PER_HA, "万平米": units.M2_PER_HA, "万m2": units.M2_PER_HA,
    "万㎡": units.M2_PER_HA, "万亩": 10_000 * units.M2_PER_MU,
}  # fmt: skip
_LENGTHS: Final = {
    "km": 1e3, "公里": 1e3, "千米": 1e3, "里程": 1e3, "m": 1.0, "米": 1.0, "meters": 1.0,
}  # fmt: skip


def _any_of(words: Mapping[str, float]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


#: What may stand before an area without making it that of a part.
_OF = (
    r"(?:项目|工程|本项目|总|拟|地块|宗地|图斑|规划|批准|批复|申请|合计|本次|实际|设计|净|征占|建设项目)*"
    r"(?:用地|占地|征地|征收|征用|土地|场区|场地|矿区|采矿权|探矿权|矿权|勘查|红线|范围"
    r"|界址|测量|测绘|实测|图形|图上|出让|供地|选址|椭球)?"
)
_WHOLE: Final = (
    rf"{_OF}总?面积(?:合计|总计)?|(?:项目|总|拟|规划)*(?:用地|占地|征地)(?:规模|亩数|公顷数)?|亩数|公顷数"
    r"|(?:site|land|plot|total|stated|shape|project)?area|hectares?|acreage"
    r"|mj|tbmj|yd(?:z)?mj|zdmj|zmj|xmmj|dkmj|zdymj|jsydmj"
)
#: Of a part of the site: there must be at least so much of it.
_PART: Final = r"(?:项目)?(?:永久|临时|新增|建设|新增建设|永久性)用地(?:总)?面积"
_LENGTH: Final = (
    r"(?:线路|路线|管线|管道|道路|公路|铁路|河道|渠道|项目|工程|建设|设计|主线|线缆)*"
    r"(?:总|全)?(?:长度|里程|长)|(?:total|route|line)?length"
)
_WIDTH: Final = (
    r"(?:路基|用地|占地|道路|红线|道路红线|征地|平均|走廊|管廊|通道)*(?:总|全)?(?:宽度|宽)|width"
)
_COLUMN: Final = pattern(
    rf"(?:(?P<whole>{_WHOLE})|(?P<part>{_PART}))(?:单位)?[:：/]?(?P<area>{_any_of(_AREAS)})?"
    rf"|(?:(?P<length>{_LENGTH})|(?P<width>{_WIDTH}))(?:单位)?[:：/]?(?P<line>{_any_of(_LENGTHS)})?"
)
#: Columns of official tables that hold the area of a zone or of a part of it.
_PINYIN: Final = pattern(r"[a-z]{1,8}mj")
_NUMBER: Final = r"(?P<number>\d[\d,]*(?:\.\d+)?)(?:e(?P<power>[+-]?\d+))?"
#: A number that is no more than about right.
_ABOUT: Final = pattern(r"约|大约|大概|近|≈|~|余|多|左右")
_UNIT: Final = {kind: _any_of(_AREAS) for kind in ("whole", "part")} | {
    kind: _any_of(_LENGTHS) for kind in ("length", "width")
}
#: By how much such a number may be wrong, as a share of it.
_ROUGH: Final = 0.1
#: Columns whose unit a standard fixes (图斑面积 of the national land survey: m²), or their name.
_FIXED: Final = {
    "tbmj": 1.0, "hectares": units.M2_PER_HA, "hectare": units.M2_PER_HA,
    "公顷数": units.M2_PER_HA,
}  # fmt: skip
#: Columns that desktop GIS fills with the area in the plane of the layer, degrees included.
_PLANE: Final = ("shapearea", "area")


@dataclass(frozen=True, slots=True)
class Stated:
    """A size as a cell states it.

    ``unit`` is in m² or m, None where nothing names it; ``slack`` is half a unit of the last digit,
    as a share of the value.
    """

    column: str
    text: str
    kind: Kind
    value: float
    unit: float | None
    slack: float
    plane: bool


class Heading(NamedTuple):
    """What a heading says: the kind of size, its name without the unit, and the unit."""

    kind: Kind
    name: str
    unit: str | None


def stated(raw: Mapping[str, Any]) -> Iterator[Stated]:
    """Yield the sizes that the columns of a feature state, those above zero.

    Parameters
    ----------
    raw : mapping
        Cells by column.
    """
    for name, found in speaking(tuple(raw)):
        value = raw[name]
        if value is None or isinstance(value, bool):
            continue
        text = _fold(value)
        for number, unit, rough in _numbers(text, found.kind):
            digits = number["number"].replace(",", "")
            scale = 10.0 ** int(number["power"] or 0)
            amount = float(digits) * scale
            if amount <= 0.0:
                continue
            step = 10.0 ** -len(digits.partition(".")[2]) * scale
            slack = 0.5 * step / amount + (_ROUGH if rough else 0.0)
            known = _unit(found, unit)
            plane = found.name in _PLANE
            yield Stated(str(name), str(value).strip(), found.kind, amount, known, slack, plane)


def _numbers(text: str, kind: Kind) -> Iterator[tuple[re.Match[str], str | None, bool]]:
    """Yield the numbers of a cell with their units: one, or several that name theirs."""
    rough = bool(_ABOUT.search(text))
    bare = re.sub(r"^(?:共计|合计|总计|共|计|约为|为)+|[,，;、。]+$", "", _ABOUT.sub("", text))
    one = re.compile(rf"{_NUMBER}(?P<unit>{_UNIT[kind]})?")
    alone = one.fullmatch(bare)
    if alone is not None:
        yield alone, alone["unit"], rough
        return
    every = list(one.finditer(bare))
    rest = re.sub(r"[,，;、/=合折即计]+", "", one.sub("", bare))
    if len(every) > 1 and not rest and all(match["unit"] for match in every):
        yield from ((match, match["unit"], rough) for match in every)


def _unit(found: Heading, unit: str | None) -> float | None:
    unit = unit or found.unit
    if unit is None:
        return units.M2_PER_MU if found.name.endswith("亩数") else _FIXED.get(found.name)
    return (_AREAS if found.kind in ("whole", "part") else _LENGTHS)[unit]


@lru_cache(256)
def speaking(columns: tuple[Any, ...]) -> tuple[tuple[Any, Heading], ...]:
    """Return the columns that state a size, with what their headings say."""
    told = ((column, heading(str(column))) for column in columns)
    return tuple((column, found) for column, found in told if found is not None)


def of_zones(columns: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return further columns by which official tables state areas of zones, or of parts of them."""
    rest = (column for column in columns if heading(str(column)) is None)
    return tuple(column for column in rest if _PINYIN.fullmatch(_fold(column)))


@lru_cache(4096)
def heading(name: str) -> Heading | None:
    """Return what the name of a column says of a size: every row has the same few names."""
    folded = _fold(name)
    found = _COLUMN.fullmatch(folded)
    if found is None:
        return None
    kind = next(kind for kind in _KINDS if found[kind] is not None)
    return Heading(kind, found[kind], found["area"] or found["line"])


_KINDS: Final[tuple[Kind, ...]] = ("whole", "part", "length", "width")


def _fold(value: object) -> str:
    """Fold width, case, blanks, brackets and underscores."""
    text = unicodedata.normalize("NFKC", str(value)).casefold()
    return re.sub(r"[\s_()\[\]]+", "", text)
