"""The catalogue kept between runs: as it was read and found sound, to be made again in a moment.

It is kept under the hash of its files and of this installation. Only the kinds named here are
written and made; nothing in a file can name another, and nothing in it runs.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

import numpy as np

from zoning import model
from zoning.base import cache, shelf
from zoning.base.arrays import DamagedError, write_arrays
from zoning.messages import Text
from zoning.model import Declared, Effect, Evidence, Status

_log = logging.getLogger(__name__)

#: Raised when the layout of what is kept changes.
_FORMAT: Final = 1
_PART: Final = "catalogue"
_TUPLE: Final = "()"
_MAPPING: Final = "{}"
_KINDS: Final[Mapping[str, type[Declared]]] = {
    kind.__name__: kind
    for kind in vars(model).values()
    if isinstance(kind, type) and issubclass(kind, Declared)
}
_ENUMS: Final[Mapping[str, type[StrEnum]]] = {k.__name__: k for k in (Effect, Evidence, Status)}


def tables(digest: str, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the tables of the embedded catalogue as an earlier run left them, or read them.

    Parameters
    ----------
    digest : str
        SHA-256 of its files.
    read : callable
        Reads and checks them.
    """
    place = shelf.folder()
    if place is None:
        return read()
    key = shelf.hashed(_FORMAT, cache.tool(), digest)
    own = shelf.Shelf(place, shelf.slot_of(_PART), key, _PART, "layers/*.toml")
    try:
        found = own.opened(_PART, key)
        if found is not None:
            return dict(_made(json.loads(found["text"].tobytes())))
    except shelf.WRONG as error:
        _log.info("catalogue: %s: read again", error)
    made = read()
    text = json.dumps(_plain(made), ensure_ascii=False).encode()
    try:
        arrays = {"text": np.frombuffer(text, dtype=np.uint8)}
        write_arrays(own.path(_PART), own.about(key), arrays)
        own.remove_older()
    except OSError as error:
        _log.info("catalogue not kept: %s", error)
    return made


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it: kinds that JSON lacks as lists that begin with their name.

    Raises
    ------
    TypeError
        It is, or holds, something of another kind.
    """
    if isinstance(value, StrEnum):
        return [type(value).__name__, value.value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, tuple):
        return [_TUPLE, *map(_plain, value)]
    if isinstance(value, Mapping):
        return [_MAPPING, *(part for pair in value.items() for part in map(_plain, pair))]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if type(value) is Text:
        return ["Text", value.zh, value.en]
    if _KINDS.get(type(value).__name__) is type(value):
        stated = {name: getattr(value, name) for name in sorted(value.model_fields_set)}
        return [type(value).__name__, {name: _plain(part) for name, part in stated.items()}]
    raise TypeError(type(value).__name__)


def _made(value: Any) -> Any:
    """Return what :func:`_plain` was given.

    Raises
    ------
    DamagedError
        It is of no kind that :func:`_plain` writes.
    """
    if type(value) is not list:
        return value
    kind = value[0]
    if kind == "Text":
        return Text(value[1], value[2])
    if kind == _TUPLE:
        return tuple(map(_made, value[1:]))
    if kind == _MAPPING:
        parts = iter(map(_made, value[1:]))
        return dict(zip(parts, parts, strict=True))
    if kind in _KINDS:
        return _declared(_KINDS[kind], {name: _made(part) for name, part in value[1].items()})
    if kind in _ENUMS:
        return _ENUMS[kind](value[1])
    if kind == "date":
        return date.fromisoformat(value[1])
    raise DamagedError(str(kind))


def _declared(kind: type[Declared], stated: dict[str, Any]) -> Declared:
    """Return a declaration as validation made it before."""
    if kind not in _BLANK:
        _BLANK[kind] = {
            name: None if told.is_required() else told.get_default(call_default_factory=True)
            for name, told in kind.model_fields.items()
        }
    made = kind.__new__(kind)
    object.__setattr__(made, "__dict__", {**_BLANK[kind], **stated})
    object.__setattr__(made, "__pydantic_fields_set__", set(stated))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


#: What a declaration holds where nothing is stated.
_BLANK: Final[dict[type[Declared], dict[str, Any]]] = {}
