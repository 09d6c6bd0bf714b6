"""The door to numba for the statistics: a typed decorator and a clear error without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from zoning.errors import MissingExtraError, Text

try:
    import numba
except ImportError as error:
    raise MissingExtraError("numba", "stats", Text("土壤流失计算", "Soil loss")) from error

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile with numba, without the interpreter lock, cached on disk where that is possible.

    A kernel may call kernels of its own module only, or a stale cache would go unnoticed.
    """
    try:
        compiled = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    except RuntimeError:  # no writable place for the cache
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(Callable[P, R], compiled)
