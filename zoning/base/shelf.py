"""Files that are kept for one layer, under a key that holds all they depend on."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zoning.base import cache
from zoning.base.arrays import Arrays, DamagedError, write_arrays
from zoning.base.settings import root

_log = logging.getLogger(__name__)

#: The part of the cache folder that holds layers.
_FOLDER: Final = "layers"
SUFFIX: Final = ".idx"
#: What a file can be wrong in that was written by another version, or not by us at all.
WRONG: Final = (OSError, DamagedError, KeyError, TypeError, ValueError, AttributeError)


def folder() -> Path | None:
    """Return the folder of the layers; None where no cache is wanted."""
    place = cache.folder()
    return None if place is None else place / _FOLDER


def hashed(*values: Any) -> str:
    """Return the SHA-256 of values that JSON holds."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def slot_of(layer: str) -> str:
    """Return the slot of an embedded layer; another installation has another."""
    return hashed("embedded", str(root()), layer)[:24]


@dataclass(frozen=True)
class Shelf:
    """The place of one layer in the cache.

    Attributes
    ----------
    folder : Path
    slot : str
        What stays the same when the layer's source changes, or what is said of it.
    key : str
        What changes with anything that the files depend on.
    layer, source : str
        For people: the layer's id, and the file it comes from.
    """

    folder: Path
    slot: str
    key: str
    layer: str
    source: str

    def path(self, part: str) -> Path:
        """Return the file of a part."""
        return self.folder / f"{self.slot}-{self.key[:32]}.{part}{SUFFIX}"

    def arrays(
        self, part: str, key: str, make: Callable[[], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Return arrays made from the layer before under the same key, or make and keep them."""
        whole = hashed(self.key, key)
        try:
            found = self.opened(part, whole)
            if found is not None:
                return {name: found[name] for name in found}
        except WRONG as error:
            _log.info("%s: %s: %s", self.layer, part, error)
        arrays = make()
        try:
            write_arrays(self.path(part), self.about(whole), arrays)
        except (OSError, TypeError) as error:
            _log.info("%s: %s not kept: %s", self.layer, part, error)
        return arrays

    def opened(self, part: str, key: str) -> Arrays | None:
        """Return a part that is there under a key, and this user's own.

        Raises
        ------
        OSError, DamagedError, KeyError
        """
        path = self.path(part)
        if not path.exists() or not cache.owned(path):
            return None
        found = Arrays(path)
        return found if found.about["key"] == key else None

    def about(self, key: str) -> dict[str, Any]:
        """Return what every part says of itself."""
        return {"key": key, "layer": self.layer, "source": self.source}

    def remove_older(self) -> None:
        """Remove what was kept of this layer under other keys."""
        for path in self.folder.glob(f"{self.slot}-*{SUFFIX}"):
            if not path.name.startswith(f"{self.slot}-{self.key[:32]}."):
                path.unlink(missing_ok=True)
