"""Attributes for which a condition holds: the case a decision table needs of every rule."""

from __future__ import annotations

from collections.abc import Mapping

from zoning.model import AttributeSpec, Condition

Columns = dict[str, str]


def satisfying(condition: Condition, specs: Mapping[str, AttributeSpec]) -> Columns | None:
    """Return columns, as a user would fill them, for which a condition holds.

    Parameters
    ----------
    condition : Condition
    specs : mapping of str to AttributeSpec

    Returns
    -------
    dict or None
        None where the condition contradicts itself.
    """
    return _solve(condition, specs, holds=True)


def _solve(
    condition: Condition, specs: Mapping[str, AttributeSpec], *, holds: bool
) -> Columns | None:
    if condition.not_ is not None:
        return _solve(condition.not_, specs, holds=not holds)
    parts = condition.all or condition.any
    if parts is None:
        return _test(condition, specs, holds=holds)
    if (condition.all is not None) == holds:
        return _merged([_solve(part, specs, holds=holds) for part in parts])
    found = (_solve(part, specs, holds=holds) for part in parts)
    return next((columns for columns in found if columns is not None), None)


def _merged(parts: list[Columns | None]) -> Columns | None:
    out: Columns = {}
    for part in parts:
        if part is None or any(out.get(name, value) != value for name, value in part.items()):
            return None
        out |= part
    return out


def _test(test: Condition, specs: Mapping[str, AttributeSpec], *, holds: bool) -> Columns | None:
    name = str(test.attribute)
    value: str | None = None
    if test.is_ is not None:
        value = "yes" if test.is_ == holds else "no"
    elif test.in_ is not None:
        others = [v.value for v in specs[name].values if v.value not in test.in_]
        value = test.in_[0] if holds else next(iter(others), None)
    elif test.prefix is not None:
        value = test.prefix[0] if holds else None
    elif test.at_least is not None:
        value = f"{test.at_least if holds else test.at_least / 2:g}"
    elif test.at_most is not None:
        value = f"{test.at_most if holds else 2 * test.at_most + 1:g}"
    elif test.below is not None:
        value = f"{test.below / 2 if holds else test.below:g}"
    return None if value is None else {name: value}
