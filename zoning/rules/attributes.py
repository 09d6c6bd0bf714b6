"""From a file's columns to the declared attributes: aliases, values, codes, deduction."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from zoning.errors import Text
from zoning.model import AttributeSpec, Derivation, Tri, Value
from zoning.rules.logic import matches_code

_TRUE = {"true", "yes", "y", "1", "是", "有", "对", "真", "t"}
_FALSE = {"false", "no", "n", "0", "否", "无", "不", "假", "f", "没有"}
_EMPTY = {"", "null", "none", "nan", "n/a", "na", "-", "—", "/", "未知", "不详", "unknown", "待定"}
#: Codes are digits; a section letter in front ("C2521") and a name behind are dropped.
_CODE = re.compile(r"^[A-Ta-t]?\s*(\d{2,6})(?!\d)")


def read_attributes(
    specs: Iterable[AttributeSpec], raw: Mapping[str, Any]
) -> tuple[dict[str, Value], frozenset[str], tuple[Text, ...]]:
    """Normalise the columns of one feature.

    Returns
    -------
    attributes : dict
        Canonical name to value; what is not stated or not understood is absent, i.e. unknown.
    deduced : frozenset of str
        Names that were deduced from another attribute.
    notices : tuple of Text
        Values that were there but could not be understood, and contradictions.
    """
    columns = {key(name): value for name, value in raw.items()}
    known: dict[str, Value] = {}
    notices: list[Text] = []
    specs = tuple(specs)
    for spec in specs:
        for alias in (spec.name, *spec.aliases):
            value = columns.get(key(alias))
            if value is None or (is_empty(value) and _option(spec, value) is None):
                continue
            parsed = _parse(spec, value)
            if parsed is None:
                notices.append(_not_understood(spec, alias, value))
                continue
            if spec.name in known and known[spec.name] != parsed:
                notices.append(_contradiction(spec, alias, value))
                known.pop(spec.name)
                break
            known[spec.name] = parsed
    deduced = _deduce(specs, known)
    return known, deduced, tuple(notices)


def _deduce(specs: Iterable[AttributeSpec], known: dict[str, Value]) -> frozenset[str]:
    deduced: set[str] = set()
    for spec in specs:
        for rule in spec.derivations():
            if spec.name in known or rule.attribute not in known:
                continue
            value = _deduced(rule, str(known[rule.attribute]))
            if value is not None:
                known[spec.name] = value
                deduced.add(spec.name)
    return frozenset(deduced)


def _deduced(rule: Derivation, code: str) -> Value | None:
    """The value that a code leads to, or None where it leads to none for certain."""
    if matches_code(code, rule.yes) is Tri.YES:
        return True
    if matches_code(code, rule.no) is Tri.YES and matches_code(code, rule.yes) is Tri.NO:
        return False
    for option in rule.values:
        if matches_code(code, option.prefix) is Tri.YES:
            return option.value
    return None


@lru_cache(maxsize=65_536)
def key(name: str) -> str:
    """Fold case, width and separators: ``Industry Code`` and ``industry_code`` are one column."""
    return re.sub(r"[\s_\-()()]+", "", str(name)).casefold()


def is_empty(value: Any) -> bool:
    """Whether a cell states nothing: blank, a dash, NaN, or a word for unknown."""
    if isinstance(value, float) and math.isnan(value):
        return True
    return isinstance(value, str) and value.strip().casefold() in _EMPTY


def _parse(spec: AttributeSpec, value: Any) -> Value | None:
    text = str(value).strip()
    if spec.type == "bool":
        return _parse_bool(value)
    if spec.type == "number":
        return _parse_number(value)
    if spec.type == "code":
        return _parse_code(value)
    return _option(spec, value) if spec.type == "enum" else text


def _option(spec: AttributeSpec, value: Any) -> str | None:
    """The declared value that a cell names; "none" may be one, and then states something."""
    folded = key(str(value).strip())
    for option in spec.values:
        names = (option.value, option.title.zh, option.title.en, *option.aliases)
        if folded in {key(n) for n in names}:
            return option.value
    return None


def _parse_bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold()
    text = text.removesuffix(".0")
    if text in _TRUE:
        return True
    return False if text in _FALSE else None


def _parse_number(value: Any) -> float | None:
    try:
        number = float(str(value).replace(",", "").replace(",", "").strip())
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _parse_code(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = _CODE.match(str(value).strip())
    if found is None:
        return None
    digits = found.group(1)
    # A number column drops the leading zero of 0610 (coal); 610 would then read as another trade.
    return None if isinstance(value, int) and len(digits) in (3, 5) else digits


def _not_understood(spec: AttributeSpec, column: str, value: Any) -> Text:
    shown = str(value)[:60]
    allowed = "、".join(v.title.zh for v in spec.values)
    allowed_en = ", ".join(v.value for v in spec.values)
    return Text(
        f"字段“{column}”的值“{shown}”看不懂，按未知处理。"
        + (f"可用：{allowed}。" if allowed else ""),
        f"Column '{column}' holds '{shown}', which is not understood and counts as unknown."
        + (f" Use one of: {allowed_en}." if allowed_en else ""),
    )


def _contradiction(spec: AttributeSpec, column: str, value: Any) -> Text:
    shown = str(value)[:60]
    return Text(
        f"“{spec.title.zh}”在不同字段中互相矛盾（{column}={shown}），按未知处理。",
        f"'{spec.title.en}' is contradicted by column {column}={shown}; it counts as unknown.",
    )
