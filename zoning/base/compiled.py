"""The one door to numba: a typed decorator, a clear error without it, a cache that never fails.

numba is an optional dependency (extra ``stats``); only the kernel modules import this one, and
they are themselves imported where they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from zoning.base.errors import MissingExtraError
from zoning.messages import message

try:
    import numba
except ImportError as error:
    raise MissingExtraError("numba", "stats", message("compiled.zonal-engine")) from error

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` with numba, without the interpreter lock, cached on disk if possible.

    numba looks for a writable place beside the source, then in ``NUMBA_CACHE_DIR``, then in the
    user's cache folder, and refuses to decorate when none is writable (a container with a
    read-only file system). Then the kernel is compiled anew in each process, which costs seconds
    and changes no figure.

    Parameters
    ----------
    function : callable
        A function in numba's subset of Python. It may call kernels of its own module only: numba
        does not notice when a kernel of another module changes and would use a stale cache.

    Returns
    -------
    callable
        The compiled function with the same signature.
    """
    try:
        compiled = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    except RuntimeError:
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(Callable[P, R], compiled)
