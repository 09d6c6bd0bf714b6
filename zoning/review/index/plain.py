"""What was told on reading as JSON, and back; a sentence of the tables keeps its code and values.

Only the kinds named here are written and made; nothing in a file can name another.
"""

from __future__ import annotations

import dataclasses
from pathlib import PurePath
from typing import Any, Final

import numpy as np

from zoning.base.arrays import DamagedError
from zoning.base.errors import Problem
from zoning.messages import Text, message
from zoning.messages.text import Message
from zoning.model import InputRecord, Ledger, SetAside, Tally

#: Key that names the kind of a value.
_KIND: Final = "~"
_KINDS: Final = {kind.__name__: kind for kind in (InputRecord, Ledger, Tally, SetAside, Problem)}


def plain(value: Any) -> Any:
    """Return a value as JSON holds it.

    Raises
    ------
    TypeError
        It is, or holds, something of another kind.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Message):
        told = {name: plain(part) for name, part in value.values.items()}
        return {_KIND: "message", "code": value.code, "values": told}
    if isinstance(value, Text):
        return {_KIND: "text", "zh": value.zh, "en": value.en}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, tuple):
        return {_KIND: "tuple", "of": [plain(part) for part in value]}
    kind = type(value).__name__
    if _KINDS.get(kind) is type(value):
        told = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {_KIND: kind, **told}
    raise TypeError(kind)


def made(value: Any) -> Any:
    """Return what :func:`plain` was given.

    Raises
    ------
    DamagedError
        It is of no kind that :func:`plain` writes.
    """
    if isinstance(value, list):
        return [made(part) for part in value]
    if not isinstance(value, dict):
        return value
    kind = value.get(_KIND)
    try:
        if kind == "tuple":
            return tuple(made(part) for part in value["of"])
        if kind == "text":
            return Text(value["zh"], value["en"])
        if kind == "message":
            return message(value["code"], **{k: made(v) for k, v in value["values"].items()})
        return _KINDS[str(kind)](**{k: made(v) for k, v in value.items() if k != _KIND})
    except (KeyError, TypeError) as error:
        raise DamagedError(str(kind)) from error
