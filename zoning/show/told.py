"""What a document names by an id instead of repeating it, in tables by that id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_Value = TypeVar("_Value")


class Told:
    """Tables of what was told, by table and id."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {}
        self._ids: dict[tuple[str, object], str] = {}
        self._same: dict[tuple[str, int], tuple[object, str]] = {}

    def __call__(self, table: str, key: object, made: Callable[[], Any]) -> str:
        """Return the id of an entry, the next one of its table if the key is new."""
        if (table, key) not in self._ids:
            entries = self.tables.setdefault(table, {})
            name = f"{table[0]}{len(entries) + 1}"
            entries[name] = made()
            self._ids[table, key] = name
        return self._ids[table, key]

    def known(self, table: str, value: _Value, made: Callable[[_Value], Any]) -> str:
        """Return the id of what is mostly the very same object: comparing texts takes longer."""
        key = table, id(value)
        if key not in self._same:
            self._same[key] = value, self(table, value, lambda: made(value))
        return self._same[key][1]
