"""What is loaded when it is asked for, as PEP 562 allows, and what is not loaded at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def attributes(package: str, homes: Mapping[str, Iterable[str]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package whose names live in modules below it.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    homes : mapping of str to iterable of str
        By module, relative to the package, the names that it gives. A name must not be that of a
        module of the package as well: which of the two one got would depend on what is loaded.

    Returns
    -------
    callable
        Raises AttributeError for any other name.
    """
    by_name = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> Any:
        if name not in by_name:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{by_name[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return load


def without(package: str) -> None:
    """Let a package count as not installed in this process, unless it is loaded already.

    For processes in which nothing else runs: numba loads all of scipy's linear algebra, which takes
    0.2 s, to learn whether it is there.
    """
    sys.modules.setdefault(package, None)  # type: ignore[arg-type]  # what Python documents for it
