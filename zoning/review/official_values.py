"""What the cells of official columns say, as the catalogue says it; what says nothing is None."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoning.base.columns import objects
from zoning.base.spelling import Words, code, fold, text
from zoning.law.attributes import is_empty
from zoning.messages import Text, message
from zoning.model import FieldSpec, Layer, Rule

if TYPE_CHECKING:
    from pandas import Series

_YES = frozenset({"是", "y", "yes", "1", "t", "true"})
_NO = frozenset({"否", "n", "no", "0", "f", "false"})
#: Signs of an empty cell beside those of :func:`is_empty`, as offices and programs leave them.
_NOTHING = frozenset({"<null>", "(null)", "<空>", "空", "--", "——", "\\", "#n/a", "<na>", "无"})
#: None of these signs is longer.
_SHORT = 8
#: 行政区划代码: of a county, or with those of a township and a village behind it; of a city or
#: province also without the noughts.
_DIVISION = re.compile(r"(\d{2}|\d{4}|\d{6})|(\d{6})(?:\d{3}|\d{6})")
#: The division code, and what ends the names of columns of other codes.
_ADCODE, _CODE = "adcode", "_code"
#: No more words of a column are told than this.
TOLD = 8

_Read = Callable[[object], Any]


def classed(spec: FieldSpec) -> tuple[str, ...]:
    """Return the only words that a column can hold once it is read; none where it may hold any."""
    return ("true", "false") if spec.type == "bool" else spec.values


def read_cells(spec: FieldSpec, cells: Series, words: Mapping[str, str]) -> Series:
    """Return a column in the words of the catalogue.

    Parameters
    ----------
    spec : FieldSpec
        The column. What says yes or no becomes True or False, a class its word in the catalogue,
        a code its usual form, a number in a column of texts its text.
    cells : Series
        As the source has them.
    words : mapping of str to str
        What words of the source stand for.

    Returns
    -------
    Series
        The very same where nothing has to be changed; None where nothing is said, or nothing that
        is understood.
    """
    import pandas as pd

    if spec.type in ("int", "float") and not words:
        return cells
    codes, known = _distinct(cells)
    read = _reader(spec, words)
    new = [read(cell) for cell in known]
    if all(type(a) is type(b) and a == b for a, b in zip(known, new, strict=True)):
        return cells
    made = objects([*new, None])[codes]
    whole = spec.type == "bool" and not any(cell is None for cell in made.tolist())
    return pd.Series(made, index=cells.index, dtype=bool if whole else object)


def not_understood(
    spec: FieldSpec, cells: Series, words: Mapping[str, str], column: str
) -> Iterator[Text]:
    """Tell the words of a column that say something, but nothing that it can hold."""
    if spec.type != "bool" and spec.name != _ADCODE:
        return  # Of classes, the examination tells more.
    (codes, known), read = _distinct(cells), _reader(spec, words)
    at = [n for n, x in enumerate(known) if read(x) is None and not _is_nothing(text(x))]
    if at:
        strange = list(dict.fromkeys(text(known[n]) for n in at))
        yield message(
            "official.not-understood",
            name=spec.title,
            column=column,
            count=int(np.isin(codes, at).sum()),
            words=[*strange[:TOLD], *(("…",) if len(strange) > TOLD else ())],
        )


def _distinct(cells: Series) -> tuple[NDArray[np.intp], list[Any]]:
    """Return what a column holds, each once, and which of them each row holds; -1 is nothing."""
    import pandas as pd

    held = cells.astype(object)
    if not all(kind.__hash__ for kind in set(map(type, held.tolist()))):
        held = held.map(text)
    codes, known = pd.factorize(held)
    return codes, list(known)


def _reader(spec: FieldSpec, words: Mapping[str, str]) -> _Read:
    """Return what reads one cell of a column."""
    translated = _translator(words)
    if spec.type == "bool":
        return lambda cell: _truth(fold(translated(cell)))
    if spec.values:
        known = _Folded({word: word for word in spec.values})
        return lambda cell: known.get(translated(cell))
    if spec.name == _ADCODE:
        return lambda cell: _division(fold(translated(cell)))
    if spec.name.endswith(_CODE):
        return lambda cell: _something(code(_something(translated(cell)) or ""))
    if spec.type == "str":
        return lambda cell: _something(translated(cell))
    return translated if words else lambda cell: cell


def _translator(words: Mapping[str, str]) -> Callable[[object], str]:
    """Return what gives the word that a cell stands for: its own where nothing is said of it."""
    if not words:
        return text
    known = _Folded(words)

    def translated(cell: object) -> str:
        # A number in a column with gaps may also be listed as it is written there: 1.0.
        found = words.get(str(cell).strip())
        found = known.get(text(cell)) if found is None else found
        return text(cell) if found is None else found

    return translated


class _Folded:
    """Words by their spelling, and without regard to it where that leaves no doubt."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words
        meant: dict[str, set[str]] = {}
        for word, value in words.items():
            meant.setdefault(fold(word), set()).add(value)
        self._meant = {key: min(values) for key, values in meant.items() if len(values) == 1}

    def get(self, word: str) -> str | None:
        """Return what a word stands for, if anything."""
        return self._words[word] if word in self._words else self._meant.get(fold(word))


def _truth(word: str) -> bool | None:
    word = re.sub(r"\.0+$", "", word)
    return True if word in _YES else False if word in _NO else None


def _division(word: str) -> str | None:
    found = _DIVISION.fullmatch(re.sub(r"\.0+$", "", word))
    return (found[1] or found[2]).ljust(6, "0") if found else None


def _something(word: str) -> str | None:
    return None if _is_nothing(word) else word


def _is_nothing(word: str) -> bool:
    if len(word) > _SHORT or word.isdecimal():
        return False
    return is_empty(word) or fold(word) in _NOTHING


def texts(cells: Series) -> Series:
    """Return the cells of a column as texts; one that says nothing is empty."""
    return cells.map(lambda cell: _something(text(cell)) or "")


def alike(
    layer: Layer, columns: Mapping[str, Iterable[Any]], rules: Iterable[Rule]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield columns with words that may stand for one that rules ask for, both kinds of words."""
    asked: dict[str, dict[str, None]] = {}
    for rule in rules:
        if rule.layer == layer.id and rule.scope.op != "outside":
            for column, words in rule.scope.where.items():
                asked.setdefault(column, {}).update(dict.fromkeys(map(str, words)))
    for spec in layer.fields:
        if spec.name in asked and spec.name in columns and not classed(spec):
            known = list(asked[spec.name])
            like = Words(dict.fromkeys(columns[spec.name])).like(known)
            if like:
                yield spec.name, sorted(like), known
