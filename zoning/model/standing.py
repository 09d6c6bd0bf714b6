"""What exists without lawful approval counts as new where a clause forbids what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What exists without lawful approval; where that is not stated, it is asked.
_STANDING: Mapping[str, Any] = {
    "all": [{"attribute": "nature", "in": ["existing"]}, {"attribute": "unlawful", "is": True}]
}
#: What is still to come, or exists with approval: only that can use an exception.
_LAWFUL: Mapping[str, Any] = {
    "any": [
        {"attribute": "nature", "in": ["new", "expand", "rebuild", "relocate"]},
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
    if not isinstance(test, Mapping) or test.get("any", [None])[-1] == _STANDING:
        return test
    if test.get("attribute") == "nature" and "existing" not in test.get("in", ()):
        return {"any": [test, _STANDING]}
    return {name: or_standing(part) for name, part in test.items()}


def is_written_out(test: Any) -> bool:
    """Whether a condition lets what exists without lawful approval pass already."""
    if isinstance(test, Mapping):
        return test == _STANDING or any(is_written_out(part) for part in test.values())
    return isinstance(test, list) and any(is_written_out(part) for part in test)


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
