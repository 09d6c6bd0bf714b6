"""Angles as tables write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

_DMS = re.compile(
    r"""^\s*(?:东经|北纬|[EN])?\s*(?P<d>\d{1,3}(?:\.\d+)?)[°度]\s*"""
    r"""(?:(?P<m>\d{1,2}(?:\.\d+)?)['′分]\s*)?(?:(?P<s>\d{1,2}(?:\.\d+)?)["″秒])?\s*[EN]?\s*$"""
)
#: Degrees, minutes and seconds with one sign between them: two dots are no decimal point.
_PARTED: Final = re.compile(
    r"\s*(?:东经|北纬|[EN])?\s*(?P<d>\d{1,3})(?P<sign>[-:.]|\s+)(?P<m>\d{1,2})(?P=sign)"
    r"(?P<s>\d{1,2}(?:\.\d+)?)\s*[EN]?\s*"
)
#: Other signs of degrees, minutes and seconds.
_SIGNS: Final = str.maketrans("º˚’‘＇”“＂", "°°'''\"\"\"")
_UNITS: Final = (("s", 3600.0), ("m", 60.0), ("d", 1.0))


@dataclass(frozen=True, slots=True)
class Written:
    """A coordinate in a table.

    ``half`` is half a unit of the last digit that is written, and ``spelled`` whether degrees,
    minutes and seconds are: programs drop zeros at the end of a number, and nobody drops minutes.
    """

    value: float
    half: float
    spelled: bool = True


def degrees(value: Any) -> float | None:
    """Return a number from ``112.5``, ``"112.5"`` or ``112°30′00″``, else None.

    Sixty minutes or seconds are none: ``111°75′38″`` is a slip of which nobody knows the meaning.
    """
    number = _number(value)
    match = _DMS.match(str(value)[:60]) if number is None and not isinstance(value, bool) else None
    return number if match is None else _sum(match)


def coordinate(value: Any) -> Written | None:
    """Return what a cell of a column of coordinates states, else None.

    Besides what :func:`degrees` reads these are ``112-30-00``, ``112.30.00``, ``112:30:00`` and
    ``112 30 00``, which elsewhere may be numbers of documents, addresses or times.
    """
    number = _number(value)
    if number is not None:
        return Written(number, _half(str(value).strip()), spelled=False)
    if isinstance(value, bool):
        return None
    text = str(value)[:60].translate(_SIGNS).replace("''", '"').replace("′′", '"')
    match = _PARTED.fullmatch(text) or _DMS.match(text)
    total = None if match is None else _sum(match)
    if match is None or total is None:
        return None
    last, unit = next((name, unit) for name, unit in _UNITS if match[name])
    return Written(total, _half(match[last]) / unit)


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _sum(match: re.Match[str]) -> float | None:
    minutes, seconds = float(match["m"] or 0), float(match["s"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return float(match["d"]) + minutes / 60 + seconds / 3600


def _half(number: str) -> float:
    """Return half a unit of the last digit; none for an exponent, which a program has written."""
    return 0.0 if "e" in number.lower() else 0.5 * 10.0 ** -len(number.partition(".")[2])
