"""What a file declares of a site's place: that it lies in a control line, or takes land of one.

The declaration is held against what was measured: where a site meets no such zone, either its place
is wrong, or the layer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from zoning.base.patterns import pattern
from zoning.law.places import touch_code
from zoning.messages import message
from zoning.model import Finding, Project, StatedPlace, Status, Tri
from zoning.review.known import Known
from zoning.review.sites import speak

_PARKS: Final = ("nature_reserves", "protected_areas", "scenic_areas", "wetlands")
#: How such lines are called, and the layers that hold them.
_LINES: Final[Mapping[str, tuple[str, ...]]] = {
    r"生态(?:保护)?红线": ("ecological_redline",),
    r"永久基本农田|基本农田|永农": ("permanent_basic_farmland",),
    r"耕地": ("cropland", "permanent_basic_farmland"),
    r"自然保护区|自然保护地|自然公园|森林公园|地质公园|湿地公园|国家公园": _PARKS,
    r"风景名胜区|风景区": ("scenic_areas", "protected_areas"),
    r"(?:集中式)?(?:饮用水)?水源(?:地)?(?:[一二]级|准)?(?:保护区)?": (
        "drinking_water_zones",
        "groundwater_recharge",
    ),
    r"(?:岩溶)?泉域重点保护区": ("spring_key_zones",),
    r"(?:岩溶)?泉域(?:保护区)?": ("spring_basins",),
    r"(?:永久性|国家级|省级|地方)*公益林": ("public_welfare_forest",),
    r"天然林": ("natural_forest",),
    r"林地": ("forest_land", "natural_forest", "public_welfare_forest"),
    r"(?:重要)?湿地": ("wetlands", "protected_areas"),
    r"基本草原": ("basic_grassland",),
    r"文物(?:保护单位|保护范围|古迹)?": ("heritage_zones",),
    r"(?:河道|河湖)管理范围": ("river_management_range",),
    r"采空区": ("subsidence",),
    r"地下水超采区": ("groundwater_overdraft",),
}
_NAMES: Final = "|".join(f"(?P<l{at}>{words})" for at, words in enumerate(_LINES))
_VERBS: Final = r"占用|压占|占|涉及|位于|处于|在|穿越|穿过|跨越|触及|侵占|落入|落在|属于|压盖"
_HEADING: Final = pattern(
    rf"(?:本|拟|项目|工程|选址|用地)*(?:是否|有无)?(?:{_VERBS})*(?:{_NAMES})"
    r"(?:内|范围内?|区内?|区域)?(?:重叠|占用|压占|压盖)?(?:面积|长度|情况|与否)?"
    r"(?:公顷|亩|平方米|km2|hm2|ha|m2|km|m)?"
)
_REMARK: Final = pattern(
    r".*(?:备注|说明|描述|注记|简介|概况|位置|地点|选址|remarks?|notes?|desc|description|bz)"
)
_SAID: Final = pattern(rf"(?:{_VERBS})[^，,。；;]{{0,8}}?(?:{_NAMES})")
#: A clause with one of these places no site in a zone.
_DENIED: Final = pattern(r"^[如若]|^原|禁|避|距|外侧|外围|是否|取消|复垦|退出|毗邻|相邻|附近|方向")
#: What denies the word that follows, and a zone that is named (位于非红线区).
_NOT: Final = pattern(r"(?:[不未无没][^的]{0,3}|非)$")
_OTHER: Final = pattern(r"[不未无非]")
#: Behind the name of a zone: that the site is within.
_WITHIN: Final = pattern(r"(?:保护)?(?:范围|区域?)?[内中里]")
#: Behind the name of a zone: what lies beside it, or an amount of nothing.
_BESIDE: Final = pattern(
    r"外|边|旁|[东西南北]|侧|[上下]游|^(?:面积|长度)?(?:为|约)?(?:零|0+(?:\.0+)?(?![\d.]))"
)
_YES: Final = pattern(
    r"(?:是|有|涉及|部分涉及|占用|部分占用|部分|位于|属于|存在|穿越|√|✓|y|yes|true|t|1(?:\.0+)?)"
)
_AMOUNT: Final = pattern(r"(?:约)?(\d[\d,]*(?:\.\d+)?)(?:公顷|亩|平方米|km2|hm2|ha|m2|km|m|米)?")


def with_declared(
    projects: Sequence[Project], features: Sequence[tuple[int, Any, Mapping[str, Any]]]
) -> list[Project]:
    """Note on each project what its file declares of its place.

    Parameters
    ----------
    projects, features : sequence
        In the same order; see :func:`zoning.review.sites.features`.
    """
    if not speak(features, _speaking):
        return list(projects)
    out = []
    for project, (_, _, raw) in zip(projects, features, strict=True):
        found = tuple(_declared(raw))
        out.append(replace(project, declared=found) if found else project)
    return out


def contradicted(project: Project, known: Known, site: int) -> Iterator[Finding]:
    """Yield a finding for each declaration that nothing measured bears out.

    Parameters
    ----------
    project : Project
    known : Known
    site : int
        Its position among the sites that were measured.
    """
    for one in project.declared:
        asked = [q for q in known.numbers.surveyed if q.layer in one.layers and not q.distance_m]
        columns = [found for q in asked if (found := known.columns(q)) is not None]
        # A layer that is not known to the end there says so itself.
        if columns and all(found.touches[site] == touch_code(Tri.NO) for found in columns):
            name = known.layers[asked[0].layer].layer.name
            text = message("declared.elsewhere", column=one.column, stated=one.text, name=name)
            code = "statement-contradicted"
            yield Finding(project.id, Status.UNDETERMINED, text, code, needs="correction")


def _declared(raw: Mapping[str, Any]) -> Iterator[StatedPlace]:
    for column, layers in _speaking(tuple(raw)):
        cell = raw[column]
        if cell is None or cell is False:
            continue
        if layers is not None:
            if _says_yes(_fold(cell)):
                yield StatedPlace(layers, str(column), str(cell)[:60])
        else:
            for line in _lines_in(str(cell)):
                yield StatedPlace(line, str(column), str(cell)[:60])


@lru_cache(maxsize=256)
def _speaking(columns: tuple[Any, ...]) -> tuple[tuple[Any, tuple[str, ...] | None], ...]:
    """Return the columns that may declare something: of which layers, or None for any."""
    out: list[tuple[Any, tuple[str, ...] | None]] = []
    for column in columns:
        name = _fold(column)
        found = _HEADING.fullmatch(name)
        if found is not None:
            out.append((column, _layers_of(found)))
        elif _REMARK.fullmatch(name):
            out.append((column, None))
    return tuple(out)


def _layers_of(found: re.Match[str]) -> tuple[str, ...]:
    return next(ids for at, ids in enumerate(_LINES.values()) if found[f"l{at}"] is not None)


def _says_yes(text: str) -> bool:
    amount = _AMOUNT.fullmatch(text)
    if amount is not None:
        return float(amount[1].replace(",", "")) > 0.0
    return _YES.fullmatch(text) is not None


@lru_cache(maxsize=65_536)
def _lines_in(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the layers that a remark places the site in, clause by clause."""
    clauses = (_fold(clause) for clause in re.split(r"[，,。；;、\n]", text))
    return tuple(
        _layers_of(found)
        for clause in clauses
        if not _DENIED.search(clause)
        for found in _SAID.finditer(clause)
        if not _NOT.search(clause[: found.start()]) and not _OTHER.search(found[0])
        if _WITHIN.match(clause[found.end() :]) or not _BESIDE.search(clause[found.end() :])
    )


def _fold(value: object) -> str:
    """Fold width, case, blanks, brackets and underscores."""
    text = unicodedata.normalize("NFKC", str(value)).casefold()
    return re.sub(r"[\s_()\[\]:：?？]+", "", text)
