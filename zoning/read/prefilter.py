"""Tells cheaply which texts may state a position: the scanner reads no other.

Every text that :mod:`zoning.read.positions` could find something in passes; most others do not.
"""

from __future__ import annotations

import re
from typing import Final

from zoning.base.patterns import pattern

#: Signs between two numbers of a pair: where the numbers are likely, and where they are sure.
NEAR, FAR = 12, 40
#: How latitudes and longitudes begin in each way of writing: degrees in all their forms, arc
#: seconds, arc minutes, radians, metres. A text without a pair of them needs no closer look.
_BEGINNINGS: Final = (
    (r"(?:3[4-9]|4[01])", r"11[0-4]"),
    (r"1[2-4]\d{4}(?!\d)", r"(?:39|4[01])\d{4}(?!\d)"),
    (r"2[0-4]\d\d(?!\d)", r"6[6-9]\d\d(?!\d)"),
    (r"0\.[67]", r"(?:1\.9|2\.0)"),
    (r"[34]\d{6}(?!\d)", r"\d{6,8}(?!\d)"),
)
#: The second number of a pair begins no farther from the first than this.
_REACH: Final = 12 + 1 + 20 + 4 + FAR
_PAIRED: Final = pattern(
    r"(?<![\d.])0*(?:"
    + "|".join(
        rf"{one}.{{1,{_REACH}}}?(?<![\d.])0*{two}"
        for pair in _BEGINNINGS
        for one, two in (pair, pair[::-1])
    )
    + ")",
    re.DOTALL,
)
_ANGLES: Final = tuple(
    pattern(rf"(?<![\d.])0?(?:{degrees})\s*(?:°|度|\ue094|deg|d|[:\s_-])\s*\d", re.IGNORECASE)
    for degrees in ("3[4-9]|4[01]", "11[0-4]")
)
#: Numbers with exponents, with signs that part digits, and of one axis with decimals of a degree.
_OTHERS: Final = pattern(
    r"\d(?:\.\d+e|e[+-])[+-]?\d{1,2}(?!\d)|\d[,'’\u00a0\u202f]\d{3}|(?:11[0-4]|3[4-9]|4[01])\.\d{4}",
    re.IGNORECASE,
)
_TWO: Final = pattern(r"\d\d\D{1,40}\d|\d\D{1,40}\d\d")
#: A code, or a run of signs that may be base64 or hexadecimal.
CODED: Final = pattern(
    r"w[qrwx][0-9b-z]{4}|8P[2-9C-X]{6}\+|(?:49|50)[ST][ -]?[A-Z]|"
    r"(?=\d*[A-Za-z+/_-])[A-Za-z0-9+/_-]{16}|\d{20}"
)


def has_pair(text: str) -> bool:
    """Whether a text may state a pair of numbers: it does not unless one of the patterns fits."""
    if not _TWO.search(text):
        return False
    angles = _ANGLES[0].search(text) and _ANGLES[1].search(text)
    return bool(angles or _PAIRED.search(text) or _OTHERS.search(text))
