"""From a file's columns to the declared attributes: aliases, values, codes, deduction."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zoning.base.same import Same
from zoning.law.codes import parse_code
from zoning.law.logic import matches_code
from zoning.law.numbers import parse_number
from zoning.messages import Text, message
from zoning.model import (
    AttributeSpec,
    Derivation,
    Tri,
    Value,
)

_TRUE = {"true", "yes", "y", "1", "是", "有", "对", "真", "t"}
_FALSE = {"false", "no", "n", "0", "否", "无", "不", "假", "f", "没有"}
_EMPTY = {"", "null", "none", "nan", "n/a", "na", "-", "—", "/", "未知", "不详", "unknown", "待定"}
#: How a heading puts a name as a question.
_QUESTION = re.compile("^(?:本)?(?:项目)?(?:是否|有无)(?:为|属于|属|涉及|存在|有|位于|需要?)?")
#: DBF keeps ten bytes of a column name, in whichever of these encodings it was written.
_DBF_NAME = 10
_DBF_ENCODINGS = ("utf-8", "gbk")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the columns of one feature state.

    ``values`` holds canonical names; what is not stated or not understood is absent, i.e. unknown.
    ``deduced`` names those that were deduced from another attribute, ``unsettled`` those that were
    stated and yet are unknown, for the notices to say why.
    """

    values: dict[str, Value]
    deduced: frozenset[str]
    unsettled: frozenset[str]
    notices: tuple[Text, ...]


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
    found = reader_of(specs)(raw)
    return found.values, found.deduced, found.notices


def reader_of(specs: Iterable[AttributeSpec]) -> Callable[..., Stated]:
    """Return what normalises the columns of a feature, and tells what they leave unsettled.

    It takes the columns, and the names of attributes of which no statement is to be believed.
    Features whose columns say the same share what is returned.
    """
    same = Same(*specs)

    def read(raw: Mapping[str, Any], doubted: frozenset[str] = frozenset()) -> Stated:
        names = tuple(raw)
        speaking = _speaking(same, names)
        cells = tuple([(name, type(raw[name]), raw[name]) for name in speaking])
        hashable = all(kind.__hash__ for _, kind, _ in cells)
        return (_read if hashable else _read.__wrapped__)(same, names, cells, doubted)

    return read


@lru_cache(maxsize=256)
def _speaking(same: Same, names: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the columns that speak of any attribute."""
    return tuple(name for _, columns in _plan(same, names) for name, _ in columns)


@lru_cache(maxsize=4096)
def _read(
    same: Same,
    names: tuple[Any, ...],
    cells: tuple[tuple[Any, type, Any], ...],
    doubted: frozenset[str],
) -> Stated:
    """Normalise the cells that speak of attributes; their type tells 1, 1.0 and True apart."""
    raw = {name: cell for name, _, cell in cells}
    known: dict[str, Value] = {}
    notices: list[Text] = []
    refused = set(doubted)
    garbled: set[str] = set()  # stated, but not understood: a code must not answer instead
    for spec, columns in _plan(same, names):
        for name, note in columns:
            value = raw[name]
            if value is None or (is_empty(value) and _option(spec, value) is None):
                continue
            if spec.type == "code" and len(columns) > 1 and not any(map(str.isdigit, str(value))):
                continue  # the trade in words, beside the column with its code
            if note is not None:
                notices.append(note)
            parsed = _parse(spec, value)
            if parsed is None or isinstance(parsed, Text):
                notices.append(_not_understood(spec, name, value, parsed))
                garbled.add(spec.name)
                if isinstance(parsed, Text) and any(c.isdigit() for c in str(value)):
                    refused.add(spec.name)  # another column cannot settle which code is meant
                continue
            if spec.name in known and known[spec.name] != parsed:
                notices.append(_contradiction(spec, name, value))
                refused.add(spec.name)
                break
            known[spec.name] = parsed
        if spec.name in refused:
            known.pop(spec.name, None)
    unsettled = refused | garbled
    unsettled |= {spec.name for spec in same.things if _of_size(spec, unsettled)} - known.keys()
    deduced = _deduce(same, known, unsettled, notices)
    return Stated(known, deduced, frozenset(unsettled - known.keys()), tuple(notices))


def _of_size(spec: AttributeSpec, unsettled: set[str]) -> bool:
    """Whether an attribute follows from a size that nobody understands, and so from nothing."""
    return any(
        rule.above is not None and rule.attribute in unsettled for rule in spec.derivations()
    )


def clashing(specs: Iterable[AttributeSpec], known: Mapping[str, Value]) -> frozenset[str]:
    """Name the attributes that contradict one another by what they imply."""
    return _clashing(Same(*specs), frozenset(known.items()))


@lru_cache(maxsize=4096)
def _clashing(same: Same, statements: frozenset[tuple[str, Value]]) -> frozenset[str]:
    implied = _implied(same, statements, frozenset())
    clashes = _clashes(same.things, dict(statements), implied)
    return frozenset(name for spec, source in clashes for name in (spec.name, source))


_Columns = tuple[tuple[Any, Text | None], ...]


@lru_cache(maxsize=256)
def _plan(same: Same, names: tuple[Any, ...]) -> tuple[tuple[AttributeSpec, _Columns], ...]:
    """Which columns speak of which attribute, in the order of its aliases.

    Columns whose names fold together all speak, as do those that put a name as a question (是否 …).
    Where none bears an attribute's name, one that bears its first ten bytes does, as DBF cuts
    names; the notice beside it says so.
    """
    folded: dict[str, list[Any]] = {}
    for name in names:
        for word in dict.fromkeys((key(name), _QUESTION.sub("", key(name)))):
            folded.setdefault(word, []).append(name)
    cut = _cut_columns(same, names)
    plan: list[tuple[AttributeSpec, _Columns]] = []
    for spec in same.things:
        titles = (spec.title.zh, spec.title.en)  # what it is called on the screen
        aliases = dict.fromkeys(key(alias) for alias in (spec.name, *spec.aliases, *titles))
        columns: _Columns = tuple((n, None) for a in aliases for n in folded.get(a, ()))
        columns = columns or tuple((n, _cut_off(n, alias)) for n, alias in cut.get(spec.name, ()))
        if columns:
            plan.append((spec, columns))
    return tuple(plan)


def _cut_columns(same: Same, names: tuple[Any, ...]) -> dict[str, list[tuple[Any, str]]]:
    """Attribute to the columns that bear its cut-off name, with the whole name.

    A column name longer than DBF allows shows that the table has not been cut.
    """
    found: dict[str, list[tuple[Any, str]]] = {}
    # A character cut in half may have been read as the replacement character.
    shown = {name: str(name).strip().rstrip("\ufffd").casefold() for name in names}
    for encoding in _DBF_ENCODINGS:
        if any(len(text.encode(encoding, "replace")) > _DBF_NAME for text in shown.values()):
            continue
        cuts = _cuts(same, encoding)
        for name, text in shown.items():
            if text in cuts:
                attribute, alias = cuts[text]
                if all(name != n for n, _ in found.get(attribute, ())):
                    found.setdefault(attribute, []).append((name, alias))
    return found


@lru_cache(maxsize=16)
def _cuts(same: Same, encoding: str) -> dict[str, tuple[str, str]]:
    """Cut-off name to attribute and whole name, where it can stand for one attribute only."""
    whole = {key(alias) for spec in same.things for alias in (spec.name, *spec.aliases)}
    owners: dict[str, set[str]] = {}
    cuts: dict[str, tuple[str, str]] = {}
    for spec in same.things:
        for alias in (spec.name, *spec.aliases):
            for each in _DBF_ENCODINGS:
                cut = alias.encode(each, "replace")[:_DBF_NAME].decode(each, "ignore").casefold()
                if cut == alias.casefold() or key(cut) in whole:
                    continue
                owners.setdefault(cut, set()).add(spec.name)
                if each == encoding:
                    cuts.setdefault(cut, (spec.name, alias))
    return {cut: owner for cut, owner in cuts.items() if len(owners[cut]) == 1}


def _deduce(
    same: Same,
    known: dict[str, Value],
    refused: set[str],
    notices: list[Text],
) -> frozenset[str]:
    """Fill in what follows from other attributes; what was contradicted stays unknown.

    A stated value that contradicts what another statement implies is not believed, whichever of
    the two is milder: nobody clears a coking plant by a word, and nobody knows which word is wrong.
    """
    while True:
        implied = _implied(same, frozenset(known.items()), frozenset(refused))
        clashes = list(_clashes(same.things, known, implied))
        if not clashes:
            break
        for spec, source in clashes:
            notices.append(_denied(spec, known[spec.name], source, implied[source], same.things))
        for spec, _ in clashes:
            refused.add(spec.name)
            del known[spec.name]
    deduced = frozenset(implied.keys() - known.keys())
    known.update(implied)
    return deduced


@lru_cache(maxsize=4096)
def _implied(
    same: Same, statements: frozenset[tuple[str, Value]], refused: frozenset[str]
) -> Mapping[str, Value]:
    """Return the statements and all that follows from them.

    Of two inferences for one attribute the first holds, but a yes beats a no.
    """
    stated = dict(statements)
    values = dict(stated)
    changed = True
    while changed:
        changed = False
        for spec in same.things:
            if spec.name in stated or spec.name in refused or not spec.derivations():
                continue
            found = [value for _, value in _inferences(spec, values)]
            value = True if True in found else next(iter(found), None)
            old = values.get(spec.name)
            if value is not None and (old is None or (value is True and old is False)):
                values[spec.name] = value
                changed = True
    return values


def _inferences(
    spec: AttributeSpec, values: Mapping[str, Value]
) -> Iterator[tuple[Derivation, Value]]:
    for rule in spec.derivations():
        if rule.attribute in values:
            value = _deduced(rule, values[rule.attribute])
            if value is not None:
                yield rule, value


def _clashes(
    specs: tuple[AttributeSpec, ...], stated: Mapping[str, Value], implied: Mapping[str, Value]
) -> Iterator[tuple[AttributeSpec, str]]:
    """Yield each statement that something else contradicts, and what that is."""
    for spec in specs:
        if spec.name in stated:
            other = (r.attribute for r, v in _inferences(spec, implied) if v != stated[spec.name])
            source = next(other, None)
            if source is not None:
                yield spec, source


def _deduced(rule: Derivation, known: Value) -> Value | None:
    """The value that another one leads to, or None where it leads to none for certain."""
    if rule.above is not None:
        return None if isinstance(known, str) else float(known) > rule.above
    code = str(known)
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
    return re.sub(r"[\s_\-()（）]+", "", str(name)).casefold()


def is_empty(value: Any) -> bool:
    """Whether a cell states nothing: blank, a dash, NaN, or a word for unknown."""
    if isinstance(value, float) and math.isnan(value):
        return True
    return isinstance(value, str) and value.strip().casefold() in _EMPTY


def _parse(spec: AttributeSpec, value: Any) -> Value | Text | None:
    """The value that a cell states; a reason, or None, where it is not understood."""
    text = str(value).strip()
    if spec.type == "bool":
        return _parse_bool(value)
    if spec.type == "number":
        return parse_number(value, spec.unit)
    if spec.type == "code":
        return parse_code(spec.name, value)
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


def _not_understood(spec: AttributeSpec, column: Any, value: Any, reason: Text | None) -> Text:
    shown = str(value)[:60]
    options = [Text(option.title.zh, option.value) for option in spec.values]
    allowed = message("attributes.allowed", values=options) if options else None
    return message(
        "attributes.not-understood",
        column=column,
        shown=shown,
        allowed=allowed,
        reason=message("attributes.reason", reason=reason) if reason else None,
    )


def _cut_off(column: Any, alias: str) -> Text:
    return message("attributes.column-taken-cut-off", column=column, alias=alias)


def _denied(
    spec: AttributeSpec, stated: Value, source: str, value: Value, specs: Iterable[AttributeSpec]
) -> Text:
    other = next(s for s in specs if s.name == source)
    return message(
        "attributes.stated-contradicts-implied",
        title=spec.title,
        stated=spoken(spec, stated),
        source=other.title,
        value=spoken(other, value),
    )


def spoken(spec: AttributeSpec, value: Value) -> Text:
    """Say a value as a reader would."""
    if isinstance(value, bool):
        return message("activity.yes") if value else message("activity.no")
    titles = {option.value: option.title for option in spec.values}
    return titles.get(
        str(value),
        Text(f"{value:g}", f"{value:g}")
        if isinstance(value, float)
        else Text(str(value), str(value)),
    )


def _contradiction(spec: AttributeSpec, column: Any, value: Any) -> Text:
    shown = str(value)[:60]
    return message(
        "attributes.contradicted-by-column-counts", title=spec.title, column=column, shown=shown
    )
