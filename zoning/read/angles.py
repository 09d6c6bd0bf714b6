"""Angles as tables write them."""

from __future__ import annotations

import re
from typing import Any

_DMS = re.compile(
    r"""^\s*(?:东经|北纬|[EN])?\s*(\d{1,3}(?:\.\d+)?)[°度]\s*(?:(\d{1,2}(?:\.\d+)?)['′分]\s*)?"""
    r"""(?:(\d{1,2}(?:\.\d+)?)["″秒])?\s*[EN]?\s*$"""
)


def degrees(value: Any) -> float | None:
    """Return a number from ``112.5``, ``"112.5"`` or ``112°30′00″``, else None.

    Sixty minutes or seconds are none: ``111°75′38″`` is a slip of which nobody knows the meaning.
    """
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    match = _DMS.match(str(value)[:60])
    if match is None:
        return None
    minutes, seconds = float(match[2] or 0), float(match[3] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return float(match[1]) + minutes / 60 + seconds / 3600
