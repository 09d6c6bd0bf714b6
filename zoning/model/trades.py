"""Words that tell a trade."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TradeWords:
    """A trade that a name or a description may tell of.

    Attributes
    ----------
    name : str
    any : tuple of str
        One of them is enough.
    unless : tuple of str
        With one of these it is another trade.
    codes : tuple of str
        First digits of the GB/T 4754-2017 codes that agree with it.
    """

    name: str
    any: tuple[str, ...]
    unless: tuple[str, ...]
    codes: tuple[str, ...]
