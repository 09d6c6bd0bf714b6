"""The tables themselves: read once, flattened to ``code.part`` keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import tomli

_FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there is a table for."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def table(lang: str) -> Mapping[str, str]:
    """Return the wording of every code in a language.

    Raises
    ------
    KeyError
        If there is no table of that language.
    """
    if lang not in languages():
        raise KeyError(lang)
    tree = tomli.loads((_FOLDER / f"{lang}.toml").read_text(encoding="utf-8"))
    return dict(_flat(tree, ""))


def _flat(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, str):
            yield prefix + key, value
        else:
            yield from _flat(value, f"{prefix}{key}.")
