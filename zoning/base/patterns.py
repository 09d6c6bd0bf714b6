"""Patterns that are made ready when they are first used; most runs meet few of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Later:
    """Stands for a pattern until one of its methods is asked for."""

    def __init__(self, text: Any, flags: int) -> None:
        self._stated = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._stated), name)
        setattr(self, name, found)
        return found


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is made ready when it is first used.

    Parameters
    ----------
    text : str or bytes
    flags : int, default 0
        As :func:`re.compile` takes them. A mistake in ``text`` shows when the pattern is used.
    """
    return cast("re.Pattern[AnyStr]", _Later(text, flags))
