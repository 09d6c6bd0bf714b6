"""Codes as users write them: one class of a classification, or why the cell is not one."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import tomli

from zoning.base.settings import layers_dir
from zoning.law.logic import matches_code
from zoning.messages import Text, message
from zoning.model import Tri

#: The attribute whose codes are those of GB/T 4754-2017: sections A to T, divisions 01 to 97.
_INDUSTRY = "industry"
_LAST_DIVISION = 97
#: The standard itself, named beside a code, is not another code; nor is its amendment of 2019.
_STANDARD = re.compile(
    r"GB\s*/?\s*T?\s*4754(?:\s*[-—–‐‑−:._]\s*(\d{2,4}))?(?:\s*/?\s*XG\s*1\s*[-—–]\s*2019)?",
    re.IGNORECASE,
)
#: The edition whose codes are meant: others give the same figures to other trades.
_EDITION = "2017"
_DECIMALS = re.compile(r"^(\d+)\.0+$")
#: A section letter in front ("C2521") is dropped; a name behind ("2521 炼焦") must not contradict.
_LEADING = re.compile(r"^([A-T]?)\s*(\d+)", re.IGNORECASE)

_SEVERAL = message("codes.one-code-per-project")
_SHORT = message("codes.code-one-three-digits")
_SHORT_OTHER = message("codes.number-digits-ambiguous-leading")
_NO_SUCH = message("codes.gb-t-4754-2017")
_NO_CODE = message("codes.code-digits-expected")
_OTHER_EDITION = "codes.other-edition"
_OTHER_TRADE = "codes.words-of-another-trade"


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
    text = unicodedata.normalize("NFKC", str(value))
    editions = {found[1] for found in _STANDARD.finditer(text) if found[1]}
    if editions - {_EDITION}:
        return message(_OTHER_EDITION, edition=min(editions - {_EDITION}))
    text = _STANDARD.sub(" ", text).strip()
    text = _DECIMALS.sub(r"\1", text)
    if len(set(re.findall(r"\d+", text))) > 1:
        return _SEVERAL
    found = _LEADING.match(text)
    if found is None:
        return _NO_CODE
    section, digits = found.groups()
    if attribute == _INDUSTRY:
        return _in_words(_industry(digits), text)
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


def _in_words(code: str | Text, text: str) -> str | Text:
    """Hold a code against the words beside it: "4415 太阳能发电" is no wind farm."""
    if isinstance(code, Text):
        return code
    told = {word: trades for word, trades in _words().items() if word in text}
    if not told or any(matches_code(code, trades) is not Tri.NO for trades in told.values()):
        return code
    return message(_OTHER_TRADE, word=max(told, key=len), code=code)


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """Words that tell of one trade for certain, and the codes they go with."""
    table = (layers_dir() / "tables" / "code_words.toml").read_text(encoding="utf-8")
    return {word: tuple(codes) for word, codes in tomli.loads(table)["words"].items()}


def _other(digits: str) -> str | Text:
    if len(digits) == 1 or (len(digits) in (3, 5) and digits[0] != "0"):
        return _SHORT_OTHER
    return digits if len(digits) <= 6 else _NO_CODE
