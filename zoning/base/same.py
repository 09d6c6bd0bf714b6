"""Objects as the key of a cache: the same ones, not equal ones."""

from __future__ import annotations

from typing import Any


class Same:
    """Some things as a key: equal to the same things alone, and kept while the key is.

    Parameters
    ----------
    *things : object
        They need not be hashable.
    """

    __slots__ = ("_hash", "_ids", "things")

    def __init__(self, *things: Any) -> None:
        self.things = things
        self._ids = tuple(map(id, things))
        self._hash = hash(self._ids)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self._ids == other._ids
