"""How words are spelt: when two spellings are one word, and when one may stand for another."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

#: Blanks, and marks that nobody sees.
_BLANK = r"[\s\u200b-\u200f\u2060\ufeff\x00]"
_BLANKS = re.compile(f"{_BLANK}+")
_ENDS = re.compile(f"^{_BLANK}+|{_BLANK}+$")
#: Tables space out short Chinese words: 沁　河.
_SPACED = re.compile(f"(?<=[\u4e00-\u9fff]){_BLANK}+(?=[\u4e00-\u9fff])")
_MARKS = re.compile(r"[\W_\u200b-\u200f\u2060\ufeff]+")
#: A unit's code holds the county's: ZH 141024 1 0001.
_UNIT = re.compile(r"(?:[A-Z]{2})?(\d{6})\d{5}")
#: Whole numbers up to here are exact as doubles.
_WHOLE = 2.0**53


def text(cell: object) -> str:
    """Return a cell as it is written: a column of numbers with a gap holds 1 as 1.0."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _WHOLE:
        cell = int(cell)
    word = str(cell)
    return word if word.isalnum() else _SPACED.sub("", _ENDS.sub("", word))


def fold(word: str) -> str:
    """Fold width and case and leave blanks out: what is left is the same in every spelling."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", word)).casefold()


def code(word: str) -> str:
    """Return a code as it is listed: capitals and digits, without blanks and marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", word)).upper()


def county_of(unit: str) -> str | None:
    """Return the division code of the county in the code of a unit; None in anything else."""
    found = _UNIT.fullmatch(unit)
    return found[1] if found else None


class Words:
    """The words of a column.

    Parameters
    ----------
    words : iterable
        Each of them at least once; what is no text is left out.
    """

    def __init__(self, words: Iterable[Any]) -> None:
        self._spelt: dict[str, set[str]] = defaultdict(set)
        for word in words:
            if isinstance(word, str) and (key := fold(word)):
                self._spelt[key].add(word)
        # One long text is looked through faster than many short ones.
        self._all = "\n".join(["", *self._spelt, ""])

    @cached_property
    def all(self) -> frozenset[str]:
        """All words, as they are spelt."""
        return frozenset().union(*self._spelt.values())

    def __contains__(self, word: str) -> bool:
        """Return whether there is a word, spelt so."""
        return word in self._spelt.get(fold(word), ())

    def like(self, asked: Collection[Any]) -> frozenset[str]:
        """Return the words that may stand for one of those asked for, and are none of them.

        Such a word holds one of them, or is a part of one: 汾河干流 may be 汾河, and 沁河 may not.
        """
        out: set[str] = set()
        for key in {fold(word) for word in asked if isinstance(word, str)}:
            parts = (key[a:b] for a in range(len(key)) for b in range(a + 1, len(key) + 1))
            for other in {*self._holding(key), *(part for part in parts if part in self._spelt)}:
                out |= self._spelt[other]
        return frozenset(out.difference(asked))

    def _holding(self, key: str) -> Iterator[str]:
        """Yield the folded words that hold another."""
        at = self._all.find(key) if key else -1
        while at >= 0:
            end = self._all.index("\n", at)
            yield self._all[self._all.rindex("\n", 0, at) + 1 : end]
            at = self._all.find(key, end)
