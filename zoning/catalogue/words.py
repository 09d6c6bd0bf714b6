"""What official data and projects call things: ``layers/tables/*_words.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import tomli

from zoning.base.settings import layers_dir
from zoning.model.trades import TradeWords


@dataclass(frozen=True)
class OfficialWords:
    """How official data name one layer, and the classes of its zones.

    ``names`` are parts of file, table and layer names. ``classes`` gives, for each column, the
    catalogue's word for each word in use. ``tables`` are names of tables of which a part is this
    layer: the features whose columns hold the words of ``where``; ``others`` are words of the same
    columns that stand for something else.
    """

    names: tuple[str, ...]
    classes: Mapping[str, Mapping[str, str]]
    tables: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def official_words() -> Mapping[str, OfficialWords]:
    """Return the words of every layer that has any, by layer id."""
    path = layers_dir() / "tables" / "official_words.toml"
    table = tomli.loads(path.read_text(encoding="utf-8"))["layers"]
    return {layer: _words(entry) for layer, entry in table.items()}


def _words(entry: Mapping[str, Any]) -> OfficialWords:
    names: Sequence[str] = entry["names"]
    classes = {
        column: {word: value for value, words in values.items() for word in words}
        for column, values in entry.items()
        if column not in ("names", "tables", "where", "others")
    }
    where, others = (
        {column: tuple(words) for column, words in entry.get(key, {}).items()}
        for key in ("where", "others")
    )
    return OfficialWords(tuple(names), classes, tuple(entry.get("tables", ())), where, others)


@cache
def trade_words() -> tuple[TradeWords, ...]:
    """Return the words that tell a trade, with the industry codes that agree with them."""
    path = layers_dir() / "tables" / "trade_words.toml"
    return tuple(
        TradeWords(one["name"], tuple(one["any"]), tuple(one["unless"]), tuple(one["codes"]))
        for one in tomli.loads(path.read_text(encoding="utf-8"))["words"]
    )
