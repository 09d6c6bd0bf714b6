"""How many processors this process may use, and how much memory there is."""

from __future__ import annotations

import os
from typing import Final

#: How many processes share the processors, this one among them.
_SHARING: Final = [1]


def share(processes: int) -> None:
    """Let so many processes, this one among them, share what processors there are."""
    _SHARING[0] = processes


def memory() -> int:
    """Return the bytes of memory that the machine has; 0 where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        found = len(os.sched_getaffinity(0))
    else:
        found = os.cpu_count() or 1
    return max(found // _SHARING[0], 1)
