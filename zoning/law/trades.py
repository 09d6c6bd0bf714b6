"""Values that only some trades can have: stated for another trade, such a value is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zoning.law import attributes
from zoning.law.attributes import Stated, spoken
from zoning.law.logic import matches_code
from zoning.messages import Text, message
from zoning.model import AttributeSpec, AttributeValue, Tri, Value

_TRADE = "industry"


def read_attributes(
    specs: Iterable[AttributeSpec], raw: Mapping[str, Any]
) -> tuple[dict[str, Value], frozenset[str], tuple[Text, ...]]:
    """Normalise the columns of one feature, as :func:`zoning.law.attributes.read_attributes`.

    Returns
    -------
    attributes : dict
        Canonical name to value; what is not stated, not understood or contradicted is absent.
    deduced : frozenset of str
        Names that were deduced from another attribute.
    notices : tuple of Text
        Values that were there but could not be understood, and contradictions.
    """
    found = reader_of(specs)(raw)
    return found.values, found.deduced, found.notices


def reader_of(specs: Iterable[AttributeSpec]) -> Callable[..., Stated]:
    """Return what normalises the columns of a feature, and takes no value its trade cannot have.

    Features whose columns say the same share what is returned.
    """
    declared = tuple(specs)
    read = attributes.reader_of(declared)
    trade = next((spec for spec in declared if spec.name == _TRADE), None)
    if trade is None:
        return read
    # What was read is kept beside what it came to, so that its id stays its own.
    seen: dict[int, tuple[Stated, Stated]] = {}

    def checked(raw: Mapping[str, Any], doubted: frozenset[str] = frozenset()) -> Stated:
        stated = read(raw, doubted)
        if id(stated) not in seen:
            seen[id(stated)] = stated, _without_contradictions(stated, declared, trade)
        return seen[id(stated)][1]

    return checked


def _without_contradictions(
    stated: Stated, specs: tuple[AttributeSpec, ...], trade: AttributeSpec
) -> Stated:
    code = stated.values.get(_TRADE)
    wrong = [
        (spec, option)
        for spec in specs
        for option in spec.values
        if option.value == stated.values.get(spec.name) and not _can_have(option, code)
    ]
    if code is None or not wrong:
        return stated
    names = {spec.name for spec, _ in wrong}
    gone = _hanging(stated, names, specs)
    return Stated(
        {name: value for name, value in stated.values.items() if name not in gone},
        stated.deduced - gone,
        stated.unsettled | names,
        (*stated.notices, *(_notice(spec, option, trade, code) for spec, option in wrong)),
    )


def _hanging(
    stated: Stated, names: Iterable[str], specs: tuple[AttributeSpec, ...]
) -> frozenset[str]:
    """Return some attributes, and all that may have been deduced from them."""
    gone = set(names)
    while True:
        more = {
            spec.name
            for spec in specs
            if spec.name in stated.deduced - gone
            and any(rule.attribute in gone for rule in spec.derivations())
        }
        if not more:
            return frozenset(gone)
        gone |= more


def _can_have(option: AttributeValue, code: Value | None) -> bool:
    """Whether a trade is known to be one of those that a value is for."""
    if code is None or not option.trades:
        return True
    return matches_code(str(code), option.trades) is Tri.YES


def _notice(spec: AttributeSpec, option: AttributeValue, trade: AttributeSpec, code: Value) -> Text:
    return message(
        "attributes.trade-cannot-have",
        title=spec.title,
        stated=option.title,
        source=trade.title,
        value=spoken(trade, code),
    )
