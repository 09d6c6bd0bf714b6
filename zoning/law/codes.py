"""Codes as users write them: one class of a classification, or why the cell is not one."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from zoning.messages import Text, message

#: The attribute whose codes are those of GB/T 4754-2017: sections A to T, divisions 01 to 97.
_INDUSTRY = "industry"
_LAST_DIVISION = 97
#: The standard itself, named beside a code, is not another code.
_STANDARD = re.compile(r"GB\s*/?\s*T?\s*4754(\s*[-—–]\s*\d{4})?", re.IGNORECASE)
_DECIMALS = re.compile(r"^(\d+)\.0+$")
#: A section letter in front ("C2521") and a name behind ("2521 炼焦") are dropped.
_LEADING = re.compile(r"^([A-T]?)\s*(\d+)", re.IGNORECASE)

_SEVERAL = message("codes.one-code-per-project")
_SHORT = message("codes.code-one-three-digits")
_SHORT_OTHER = message("codes.number-digits-ambiguous-leading")
_NO_SUCH = message("codes.gb-t-4754-2017")
_NO_CODE = message("codes.code-digits-expected")


def parse_code(attribute: str, value: Any) -> str | Text:
    """Read the one code that a cell states.

    Parameters
    ----------
    attribute : str
        Name of the attribute; ``industry`` is held against GB/T 4754-2017.
    value : object
        The cell, text or number.

    Returns
    -------
    str or Text
        The digits, or why the cell cannot be taken for one code.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _STANDARD.sub(" ", unicodedata.normalize("NFKC", str(value))).strip()
    text = _DECIMALS.sub(r"\1", text)
    if len(set(re.findall(r"\d+", text))) > 1:
        return _SEVERAL
    found = _LEADING.match(text)
    if found is None:
        return _NO_CODE
    section, digits = found.groups()
    if attribute == _INDUSTRY:
        return _industry(digits)
    # "H14" of the old town plans is no class 14 of today's list.
    return _NO_CODE if section else _other(digits)


def _industry(digits: str) -> str | Text:
    if len(digits) == 1 or (len(digits) == 3 and digits[0] != "0"):
        return _SHORT
    if len(digits) > 4 or not 1 <= int(digits[:2]) <= _LAST_DIVISION:
        return _NO_SUCH
    if len(digits) == 4 and digits[2] == "0":
        # Groups count from 1; zeros fill up a division, or stand for its only group (1200).
        return digits[:2] if digits[3] == "0" else _NO_SUCH
    return digits


def _other(digits: str) -> str | Text:
    if len(digits) == 1 or (len(digits) in (3, 5) and digits[0] != "0"):
        return _SHORT_OTHER
    return digits if len(digits) <= 6 else _NO_CODE
