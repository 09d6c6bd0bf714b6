"""Cells of a table: each value with its own type, and no text that would run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

#: A cell that starts so would be run as a formula when a table is opened in a spreadsheet.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def inert(value: Any) -> Any:
    """Disarm a text that a spreadsheet would run as a formula: an apostrophe goes before it."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def write_row(sheet: Any, line: int, row: Iterable[Any], formats: Iterable[Any] = ()) -> None:
    """Write each value with its own type: a text is never a formula, a link or a number."""
    looks = iter(formats)
    for at, value in enumerate(row):
        look = next(looks, None)
        if isinstance(value, str):
            clean = value.encode("utf-8", "backslashreplace").decode("utf-8")
            sheet.write_string(line, at, inert(clean), look)
        elif isinstance(value, bool):
            sheet.write_boolean(line, at, value, look)
        elif value is not None and not math.isnan(value):
            sheet.write_number(line, at, value, look)
