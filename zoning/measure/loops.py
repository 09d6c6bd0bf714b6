"""Compiled loops where they are worth loading: the same is worked out without them."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Final

from zoning.base.errors import MissingExtraError

_WHERE: Final = "zoning.measure.kernel."


def compiled(name: str, *, worth: bool) -> ModuleType | None:
    """Return a module of compiled loops; None where they are not worth it, or numba is missing.

    Parameters
    ----------
    name : str
        Of a module of ``zoning.measure.kernel``.
    worth : bool
        Whether there is so much to do that the half second in which numba is loaded is gained
        back. Where it was loaded before, the loops are taken in any case.
    """
    if not worth and "zoning.base.compiled" not in sys.modules:
        return None
    try:
        return import_module(_WHERE + name)
    except MissingExtraError:
        return None
