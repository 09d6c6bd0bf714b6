"""Numbers as cells write them: with thousands set apart, and with their unit."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

_NUMBER: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)")
_TONNES: Final = ("吨/年", "t/a", "吨", "t")
_TEN_THOUSAND: Final = ("万吨/年", "万t/a", "万吨", "万t")
#: How cells spell the unit of an attribute, and units that are so many of it.
_FACTORS: Final[Mapping[str, Mapping[str, float]]] = {
    "%": {"%": 1.0},
    "t/h": dict.fromkeys(
        ("t/h", "吨/小时", "吨/时", "蒸吨", "蒸吨/小时", "蒸吨/时", "吨", "t"), 1.0
    ),
    "10^4 t/a": {**dict.fromkeys(_TEN_THOUSAND, 1.0), **dict.fromkeys(_TONNES, 1e-4)},
    "t/a": {**dict.fromkeys(_TONNES, 1.0), **dict.fromkeys(_TEN_THOUSAND, 1e4)},
    "t/d": dict.fromkeys(("t/d", "吨/日", "吨/天", "吨", "t"), 1.0),
    "m2": {
        **dict.fromkeys(("m2", "平方米", "平米"), 1.0),
        **dict.fromkeys(("万m2", "万平方米", "万平米", "公顷", "ha"), 1e4),
    },
    "deg": dict.fromkeys(("°", "度", "deg"), 1.0),
    "m": dict.fromkeys(("m", "米"), 1.0),
    "mm": dict.fromkeys(("mm", "毫米"), 1.0),
    "a": dict.fromkeys(("a", "年"), 1.0),
}


def parse_number(value: Any, unit: str | None) -> float | None:
    """Return a number in the unit of its attribute.

    Parameters
    ----------
    value
        A cell; it may name the unit, or one that is a multiple of it.
    unit : str or None
        As the attribute declares it.

    Returns
    -------
    float or None
        None where the cell is no number, names another unit, or is below zero: of what these
        attributes measure there cannot be less than nothing.
    """
    text = unicodedata.normalize("NFKC", str(value)).casefold().replace(",", "").strip()
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    factors = {"": 1.0, **_FACTORS.get(unit or "", {})}
    number = float(found[1]) * factors.get(found[2].replace(" ", ""), math.nan)
    return number if math.isfinite(number) and number >= 0.0 else None
