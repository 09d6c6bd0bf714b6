"""What exists without lawful approval counts as new where a clause forbids what stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: What a project is that does not exist yet, or not so.
_TO_COME = ("new", "expand", "rebuild", "relocate")
_UNLAWFUL: Mapping[str, Any] = {"attribute": "unlawful", "is": True}
#: What is still to come, or exists with approval: only that can use an exception.
_LAWFUL: Mapping[str, Any] = {
    "any": [
        {"attribute": "nature", "in": list(_TO_COME)},
        {"attribute": "unlawful", "is": False},
    ]
}


def or_standing(test: Any) -> Any:
    """Let what exists without lawful approval pass each test of the nature of a project.

    Parameters
    ----------
    test : object
        A condition as TOML states it, or a part of one.

    Returns
    -------
    object
        The same where it tests no nature, or lets all that exists pass already.
    """
    if isinstance(test, list):
        return [or_standing(part) for part in test]
    if not isinstance(test, Mapping) or _is_written_out(test):
        return test
    if test.get("attribute") == "nature" and "existing" not in test.get("in", ()):
        return {"any": [test, _standing(test["in"])]}
    return {name: or_standing(part) for name, part in test.items()}


def is_written_out(test: Any) -> bool:
    """Whether a condition lets what exists without lawful approval pass already."""
    if isinstance(test, Mapping):
        return _is_written_out(test) or any(is_written_out(part) for part in test.values())
    return isinstance(test, list) and any(is_written_out(part) for part in test)


def _standing(passing: Sequence[str]) -> Mapping[str, Any]:
    """Return the test of what exists without lawful approval, beside that of what passes anyway.

    Where all that is to come passes, its nature need not be known of what is unlawful.
    """
    others = [nature for nature in _TO_COME if nature not in passing]
    if not others:
        return _UNLAWFUL
    return {"all": [_UNLAWFUL, {"not": {"attribute": "nature", "in": others}}]}


def _is_written_out(test: Mapping[str, Any]) -> bool:
    either = test.get("any")
    if not isinstance(either, list | tuple) or len(either) != 2:
        return False
    first = either[0]
    of_nature = isinstance(first, Mapping) and first.get("attribute") == "nature"
    return of_nature and either[1] == _standing(first.get("in", ()))


def if_lawful(permits: Any) -> Any:
    """Keep exceptions, all of which take an approval, from what exists without one.

    Parameters
    ----------
    permits : object
        Exceptions as TOML states them.
    """
    if not isinstance(permits, list):
        return permits
    return [_if_lawful(permit) for permit in permits]


def _if_lawful(permit: Any) -> Any:
    if not isinstance(permit, Mapping) or _LAWFUL in _parts(permit.get("when")):
        return permit
    return {**permit, "when": {"all": [*_parts(permit.get("when")), _LAWFUL]}}


def _parts(test: Any) -> list[Any]:
    return list(test["all"]) if isinstance(test, Mapping) and "all" in test else [test]
