"""Values of a paper made fit for a file: pictures kept apart, and texts that no writer trips on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: What XML 1.0 cannot hold, and marks that turn the reading direction.
_UNFIT = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TURNING = re.compile("[\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Picture:
    """A PNG, and what it shows, for those who cannot see it."""

    png: bytes
    title: str


def fit(value: Any, place: Callable[[Picture], Any]) -> Any:
    """Return values with every picture placed and every text cleaned, however deep they lie."""
    if isinstance(value, Picture):
        return place(value)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {key: fit(part, place) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [fit(part, place) for part in value]
    return value


def clean(text: str) -> str:
    """Return a text without what a file cannot hold; each such character becomes ``�``."""
    return _TURNING.sub("", _UNFIT.sub("�", text.encode("utf-8", "replace").decode("utf-8")))
