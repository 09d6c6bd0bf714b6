"""The features of a table that are a layer, by the words of a column; no word is passed over."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoning.base.errors import Problem, SourceError, problem
from zoning.catalogue.words import official_words
from zoning.messages import Text, message
from zoning.model import Layer, OfficialLayer
from zoning.review.official_fields import no_field, shown
from zoning.review.official_values import texts

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

#: What programs write into a cell that holds nothing.
_NOTHING = frozenset((
    "", "nan", "none", "nil", "null", "<null>", "(null)", "<空>", "空", "空值", "n/a", "na", "#n/a",
    "-", "--", "—", "/", "?", "未知", "不详", "待定", "unknown",
))  # fmt: skip
#: How many of the words that a choice leaves out are told.
_SHOWN = 8


@dataclass(frozen=True)
class Choice:
    """What the words of one column choose.

    Attributes
    ----------
    column : str
        As the table spells it.
    kept : ndarray of bool, shape (n,)
        The features with one of the words, and those without any: each of them may be one.
    others : tuple of str
        Words left out that are known to be something else.
    unknown : tuple of str
        Words left out of which nobody says what they are.
    doubtful : ndarray of bool, shape (n,)
        The features with one of the unknown words.
    """

    column: str
    kept: NDArray[np.bool_]
    others: tuple[str, ...]
    unknown: tuple[str, ...]
    doubtful: NDArray[np.bool_]


def choices(layer: Layer, entry: OfficialLayer, frame: GeoDataFrame) -> Iterator[Choice]:
    """Yield what each column of ``where`` chooses of a table.

    Raises
    ------
    SourceError
        The table has no such column.
    """
    have = {str(c).casefold(): str(c) for c in frame.columns if c != frame.geometry.name}
    possible = np.ones(len(frame), dtype=bool)
    for name, words in entry.where.items():
        if name.casefold() not in have:
            raise SourceError(no_field(layer, entry, name, (name,)))
        choice = _choice(layer, entry, frame[have[name.casefold()]], words, possible)
        yield choice
        possible = choice.kept | choice.doubtful


def _choice(
    layer: Layer,
    entry: OfficialLayer,
    values: pd.Series,
    words: Iterable[str],
    possible: NDArray[np.bool_],
) -> Choice:
    """Choose by one column among the features that no column before has excluded."""
    column = str(values.name)
    cells = texts(values).to_numpy(dtype=object)
    wanted = {_fold(word) for word in words}
    usual = official_words().get(layer.id)
    usual_others = usual.others.values() if usual else ()
    known = {_fold(word) for words in usual_others for word in words}  # whatever the heading
    known = (known | _of(column, entry.left_out)) - wanted
    spelled = {word: _fold(word) for word in set(cells)}
    kept = np.isin(cells, [w for w, said in spelled.items() if said in wanted | _NOTHING])
    kept = possible & (kept | values.isna().to_numpy())
    left = sorted(set(cells[possible & ~kept]))
    unknown = [w for w in left if spelled[w] not in known and _may_be(spelled[w], wanted)]
    others = [word for word in left if word not in unknown]
    doubtful = possible & np.isin(cells, unknown)
    return Choice(column, kept, tuple(others), tuple(unknown), doubtful)


def _may_be(word: str, wanted: Iterable[str]) -> bool:
    """Whether a word may stand for one of those chosen.

    It holds it or is a part of it, shares half of its characters, is of another script (a code
    beside words) or no word at all. Any other word is something else, as is a plain no (非红线).
    """
    if not any(map(str.isalnum, word)):
        return True
    others = list(wanted)
    if word.isascii() not in {other.isascii() for other in others}:
        return True
    return any(_alike(word, other) for other in others)


def _alike(word: str, other: str) -> bool:
    if word in {f"{no}{other}" for no in ("非", "不", "不是")}:
        return False
    if other in word or word in other:
        return True
    shared = (Counter(word) & Counter(other)).total()
    return not word.isascii() and shared > 1 and 2 * shared >= max(len(word), len(other))


def _of(column: str, words: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the words that a table has for a column."""
    of = (said for name, said in words.items() if name.casefold() == column.casefold())
    return {_fold(word) for said in of for word in said}


def _fold(word: str) -> str:
    """Fold width and case, and take away what cannot be seen."""
    text = unicodedata.normalize("NFKC", word).casefold()
    return "".join(c for c in text if unicodedata.category(c) != "Cf").strip()


def chosen(
    layer: Layer, entry: OfficialLayer, frame: GeoDataFrame
) -> tuple[GeoDataFrame, tuple[Text, ...], tuple[Text, ...]]:
    """Keep the features that ``where`` chooses.

    A choice of none is a mistaken word or another edition of the codes, and no statement that there
    is no such zone.

    Returns
    -------
    frame : GeoDataFrame
    told : tuple of Text
        How many features were chosen, and which words were left.
    unread : tuple of Text
        Features left out that may be zones, since nobody says what their word stands for.

    Raises
    ------
    SourceError
    """
    told: list[Text] = []
    unread: list[Text] = []
    keep = np.ones(len(frame), dtype=bool)
    for choice in choices(layer, entry, frame):
        keep &= choice.kept
        left = [*choice.unknown, *choice.others]
        if not keep.any():
            raise SourceError(_none_chosen(layer, entry, choice.column, left))
        numbers = {"kept": int(keep.sum()), "count": len(keep), "field": choice.column}
        told.append(message("official.where", **numbers, left=_some(left) or ["-"]))
        if choice.unknown:
            doubt = {"count": int(choice.doubtful.sum()), "field": choice.column}
            unread.append(message("official.unknown-words", **doubt, words=_some(choice.unknown)))
    return frame[keep], tuple(told), tuple(unread)


def _some(words: Iterable[str]) -> list[str]:
    every = list(words)
    return [*every[:_SHOWN], *(("…",) if len(every) > _SHOWN else ())]


def _none_chosen(layer: Layer, entry: OfficialLayer, column: str, left: list[str]) -> Problem:
    return problem(
        "workspace-none-chosen",
        file=shown(entry),
        layer=layer.id,
        field=column,
        name=column,
        words=_some(left),
    )
