"""A name or description that tells of another trade than the industry code does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from zoning.law.attributes import key
from zoning.messages import Text, message
from zoning.model.trades import TradeWords

#: Headings of columns that say in words what a project is, besides its name.
_TELLING: Final = frozenset(map(key, (
    "项目类型", "项目类别", "工程类型", "行业名称", "行业类别", "行业类型", "行业类别名称",
    "所属行业", "国民经济行业", "国民经济行业名称", "建设内容", "主要建设内容",
    "建设内容及规模", "建设规模及内容", "建设内容与规模", "工程内容", "项目内容", "产品",
    "主要产品", "产品方案", "描述", "项目描述", "简介", "项目简介", "项目概况",
    "project_type", "description", "products",
)))  # fmt: skip


def contradictions(
    trades: Sequence[TradeWords],
) -> Callable[[str, Mapping[str, Any], str], Text | None]:
    """Return what tells whether words contradict the industry code of a project.

    Where the words tell of several trades, one that agrees with the code is enough.

    Parameters
    ----------
    trades : sequence of TradeWords

    Returns
    -------
    callable
        Takes the name, the columns and the code of a project; returns a notice, or None.
    """
    every = sorted({word.casefold() for trade in trades for word in trade.any})
    # Most names tell of no such trade.
    speaks = re.compile("|".join(map(re.escape, every)) or "(?!)").search

    @lru_cache(maxsize=65_536)
    def told(text: str) -> tuple[TradeWords, ...]:
        if not speaks(text):
            return ()
        return tuple(
            trade
            for trade in trades
            if any(word.casefold() in text for word in trade.any)
            and not any(word.casefold() in text for word in trade.unless)
        )

    def contradicted(name: str, raw: Mapping[str, Any], code: str) -> Text | None:
        texts = [name, *(str(raw[column]) for column in _telling(tuple(raw)))]
        found = [(text, trade) for text in texts for trade in told(text.casefold())]
        if not found or any(_agrees(trade, code) for _, trade in found):
            return None
        text, trade = found[0]
        return message("projects.another-trade", said=text[:60], trade=trade.name, code=code)

    return contradicted


def _agrees(trade: TradeWords, code: str) -> bool:
    """Whether a code is, or may still turn out to be, one of a trade."""
    return any(code.startswith(start) or start.startswith(code) for start in trade.codes)


@lru_cache(maxsize=256)
def _telling(columns: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(column for column in columns if key(column) in _TELLING)
