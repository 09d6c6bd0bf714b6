"""The datum that a file names in words: in a cell, or in the name of a file or table.

Coordinates that say which datum they are on elsewhere are judged when they are read; a word beside
them is seen by nobody else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from zoning.base.patterns import pattern

#: Headings under which a datum is stated, and those of remarks and names, which may tell of one.
_HEADING: Final = pattern(
    r".*(?:坐标系|坐标基准|大地基准|基准面|空间参考|投影|datum|crs|srs|srid|epsg|coordsys|coordinatesystem|zbx)"
    r".*"
)
_REMARK: Final = pattern(
    r"file|layer|.*(?:备注|说明|描述|注记|简介|名称|remarks?|notes?|comments?|desc|description|bz|name)"
)
#: Headings of what the coordinates were once on.
_FORMER: Final = pattern(r"原|旧|来源|ys|former|original|source")
#: Datums that lie some tens to hundreds of metres away, by the names of the options that undo them.
_OTHERS: Final = {
    "gcj02": pattern(
        r"gcj-?0?2|火星坐标|国测局坐标|(?:高德|腾讯|谷歌中国)(?:地图)?(?:坐标|经纬度)|amap"
    ),
    "bd09": pattern(r"bd-?09|百度(?:地图)?(?:坐标|经纬度)"),
    "xian80": pattern(
        r"西安-?(?:19)?80|(?:19)?80年?西安|(?:19)?80国家|国家(?:大地坐标系?)?(?:19)?80|80坐标系?"
        r"|xi'?an-?(?:19)?80|epsg:?(?:4610|23[2-9]\d)(?!\d)"
    ),
    "beijing54": pattern(
        r"北京-?(?:19)?54|(?:19)?54年?北京|新?54坐标系?|beijing-?(?:19)?54|bj-?54|pulkovo|krass?ow?sky"
        r"|epsg:?(?:4214|214[1-8]\d|24[0-4]\d)(?!\d)"
    ),
    "local": pattern(r"(?:地方|独立|城建|城市|工程|施工|假定)坐标系?"),
}
#: Those that ``--datum`` undoes.
SHIFTS: Final = ("gcj02", "bd09")
#: Today's datums, words for what has been turned into one of them, and for maps beneath.
_TODAY: Final = pattern(
    r"转换|转为|转成|已转|换算|底图|地形图"
    r"|cgcs|2000|wgs-?84|wgs1984|itrf|epsg:?(?:4326|4490|45[0-5]\d|4479|4480)"
)
#: What is no such datum, and what is still to be turned into one of today's, or is on none.
_NOT: Final = pattern(r"(?:非|不是)$")
_STILL: Final = pattern(
    r"(?:非|不是|[未没需待应须]|尚|有待)(?:要|经|进行|作|做)*(?:转|换算|cgcs|国家2000|2000|wgs)"
)
#: Codes that stand for a system by themselves, in a column of systems.
_CODES: Final = {"4610": "xian80", "4214": "beijing54"}


def datum_in(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield each other datum that a feature's columns name: column, cell, and its short name."""
    for column, system in _speaking(tuple(raw)):
        cell = raw[column]
        if cell is None or isinstance(cell, bool | float):
            continue
        text = str(cell).strip()
        found = datum_named(text) or (_CODES.get(text) if system else None)
        if found is not None:
            yield str(column), text, found


def naming(columns: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return those of some columns that may name a datum."""
    return tuple(column for column, _ in _speaking(columns))


@lru_cache(maxsize=256)
def _speaking(columns: tuple[Any, ...]) -> tuple[tuple[Any, bool], ...]:
    """Return the columns that may name a datum, and whether that is what they are for."""
    folded = (
        (column, re.sub(r"[\s_()（）:：-]+", "", str(column)).casefold()) for column in columns
    )
    return tuple(
        (column, _HEADING.fullmatch(name) is not None)
        for column, name in folded
        if not _FORMER.match(name) and (_HEADING.fullmatch(name) or _REMARK.fullmatch(name))
    )


@lru_cache(maxsize=65_536)
def datum_named(text: str) -> str | None:
    """Return which other datum a text names, None where it names one of today's, too."""
    folded = re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", text)).casefold()
    for name, words in _OTHERS.items():
        found = words.search(folded)
        if found is None or _NOT.search(folded[: found.start()]):
            continue
        if _STILL.search(folded) or not _TODAY.search(folded):
            return name
    return None
