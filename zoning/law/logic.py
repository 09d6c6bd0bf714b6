"""Three-valued logic over declared conditions (Kleene): unknown is neither yes nor no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from zoning.model import Condition, Tri, Value


def both(values: Iterable[Tri]) -> Tri:
    """Kleene conjunction: no wins, then unknown."""
    found = Tri.YES
    for value in values:
        if value is Tri.NO:
            return value
        if value is Tri.UNKNOWN:
            found = value
    return found


def either(values: Iterable[Tri]) -> Tri:
    """Kleene disjunction: yes wins, then unknown."""
    found = Tri.NO
    for value in values:
        if value is Tri.YES:
            return value
        if value is Tri.UNKNOWN:
            found = value
    return found


def negate(value: Tri) -> Tri:
    """Kleene negation."""
    return _NEGATED[value]


_NEGATED = {Tri.YES: Tri.NO, Tri.NO: Tri.YES, Tri.UNKNOWN: Tri.UNKNOWN}


def evaluate(condition: Condition | None, attributes: Mapping[str, Value]) -> Tri:
    """Decide a condition on what is known of a project.

    Parameters
    ----------
    condition : Condition or None
        None holds for everything.
    attributes : mapping
        Known attributes; a name that is absent is unknown.
    """
    if condition is None:
        return Tri.YES
    if condition.attribute is not None:
        value = attributes.get(condition.attribute)
        return Tri.UNKNOWN if value is None else _test(condition, value)
    if condition.all is not None:
        return both(evaluate(c, attributes) for c in condition.all)
    if condition.any is not None:
        return either(evaluate(c, attributes) for c in condition.any)
    assert condition.not_ is not None  # held by the model's validator
    return negate(evaluate(condition.not_, attributes))


def reduced(condition: Condition | None, attributes: Mapping[str, Value]) -> Condition | Tri:
    """Return what is left of a condition once the known attributes are put in.

    Parameters
    ----------
    condition : Condition or None
    attributes : mapping
        Known attributes.

    Returns
    -------
    Condition or Tri
        The condition on the unknown attributes alone, or YES or NO where none is left to ask.
    """
    if condition is None:
        return Tri.YES
    if condition.attribute is not None:
        value = attributes.get(condition.attribute)
        return condition if value is None or _open(condition, value) else _test(condition, value)
    if condition.not_ is not None:
        inner = reduced(condition.not_, attributes)
        return negate(inner) if isinstance(inner, Tri) else Condition.model_construct(not_=inner)
    group = condition.all or condition.any or ()
    settles, neutral = (Tri.NO, Tri.YES) if condition.all is not None else (Tri.YES, Tri.NO)
    parts = [reduced(part, attributes) for part in group]
    if any(part is settles for part in parts):
        return settles
    left = tuple(part for part in parts if isinstance(part, Condition))
    if len(left) <= 1:
        return left[0] if left else neutral
    if condition.all is not None:
        return Condition.model_construct(all=left)
    return Condition.model_construct(any=left)


def _open(condition: Condition, value: Value) -> bool:
    """Whether a known value is too coarse to decide a test."""
    return _test(condition, value) is Tri.UNKNOWN


def _test(condition: Condition, value: Value) -> Tri:
    if condition.is_ is not None:
        return _tri(value is condition.is_)
    if condition.in_ is not None:
        return _tri(value in condition.in_)
    if condition.prefix is not None:
        return matches_code(str(value), condition.prefix)
    if condition.at_least is not None:
        return _tri(isinstance(value, int | float) and value >= condition.at_least)
    if condition.at_most is not None:
        return _tri(isinstance(value, int | float) and value <= condition.at_most)
    return _tri(isinstance(value, int | float) and value < (condition.below or 0.0))


def matches_code(code: str, prefixes: Iterable[str]) -> Tri:
    """Whether a hierarchical code falls under any prefix.

    A code coarser than a prefix (``26`` against ``2614``) may or may not fall under it: unknown.
    """
    return _matches(code, tuple(prefixes))


@lru_cache(maxsize=65_536)
def _matches(code: str, prefixes: tuple[str, ...]) -> Tri:
    found = [
        Tri.YES if code.startswith(p) else Tri.UNKNOWN if p.startswith(code) else Tri.NO
        for p in prefixes
    ]
    return either(found)


def deciding(condition: Condition | None, attributes: Mapping[str, Value]) -> tuple[str, ...]:
    """Name the unknown attributes on which an undecided condition hangs, in reading order."""
    if condition is None or evaluate(condition, attributes) is not Tri.UNKNOWN:
        return ()
    if condition.attribute is not None:
        return (condition.attribute,)
    inner = condition.all or condition.any or ((condition.not_,) if condition.not_ else ())
    names: dict[str, None] = {}
    for part in inner:
        names.update(dict.fromkeys(deciding(part, attributes)))
    return tuple(names)


def _tri(value: bool) -> Tri:
    return Tri.YES if value else Tri.NO
