"""Numbers of sections, tables and figures, counted in the order in which they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zoning.messages import Lang, message

_DIGITS: Final = "〇一二三四五六七八九"


def numbering(lang: Lang) -> dict[str, Callable[[], str]]:
    """Return the functions that a template numbers with; each call is the next number.

    ``section()`` is ``一、`` or ``1.``, ``part()`` within it ``（一）`` or ``1.1``; and
    ``table_number()`` and ``figure_number()`` are plain numbers.
    """
    counts = dict.fromkeys(("section", "part", "table", "figure"), 0)

    def count(kind: str) -> int:
        counts[kind] += 1
        return counts[kind]

    def section() -> str:
        counts["part"] = 0
        return message("papers.section", number=numeral(count("section"), lang)).in_(lang)

    def part() -> str:
        number = numeral(count("part"), lang)
        if lang != "zh":
            number = f"{counts['section']}.{number}"
        return message("papers.part", number=number).in_(lang)

    return {
        "section": section,
        "part": part,
        "table_number": lambda: str(count("table")),
        "figure_number": lambda: str(count("figure")),
    }


def numeral(number: int, lang: Lang) -> str:
    """Write a number below 1,000 as headings do: ``12`` is ``十二`` in Chinese."""
    if lang != "zh" or not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    out = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        out += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        out += "〇"
    return out + (_DIGITS[ones] if ones else "")
