"""sources: whether the files of a call are there, and what is said of them; loads nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from zoning.base.errors import SourceError
from zoning.base.processors import memory
from zoning.read import ReadOptions
from zoning.read.files import is_database, require_present

__all__ = [
    "AT_ONCE",
    "IN_ONE_FILE",
    "ReadOptions",
    "most_in_one_file",
    "processes_for",
    "require_present",
    "stated_if_many",
]

#: Sites that are reviewed at once unless that is asked for: each takes some 80 kB, 2 GB in all.
AT_ONCE: Final = 20_000
#: Sites whose findings are put together in one file, where the memory of the machine is twice what
#: they take: some 45 kB each, 1.3 GB for 24,000 on layers of official size.
IN_ONE_FILE: Final = 100_000
_SITE: Final = 45_000
#: Fewer sites for each process are reviewed sooner by this one alone.
_WORTH: Final = 2_000
#: A smaller file cannot hold so many: compressed, too, a feature takes some bytes.
_SMALL: Final = 12


def most_in_one_file() -> int:
    """Return how many sites are written to one file unless that is asked for."""
    return max(AT_ONCE, min(IN_ONE_FILE, memory() // (2 * _SITE)))


def processes_for(sites: Sequence[str], options: ReadOptions, jobs: int | None) -> int:
    """Return how many other processes are to review sites that are written to one file.

    Parameters
    ----------
    sites : sequence of str
        Files, folders or database tables.
    options : ReadOptions
    jobs : int or None
        How many are asked for; None for as many as are worth it.

    Returns
    -------
    int
        0 where this process reviews them alone: they are few, or the machine is small.
    """
    count = stated_if_many(sites, options, 2 * _WORTH - 1) or 0
    if jobs is None and count:
        from zoning.api.jobs import processes

        jobs = processes(count, _WORTH)
    # Many are reviewed share by share, also where no two of them are at once.
    return jobs if jobs is not None and (jobs > 1 or count > AT_ONCE) else 0


def stated_if_many(
    sites: Sequence[str], options: ReadOptions, most: int | None = None
) -> int | None:
    """Return about how many sites sources hold where they are more than some.

    Parameters
    ----------
    sites : sequence of str
        Files, folders or database tables.
    options : ReadOptions
    most : int, optional
        :data:`AT_ONCE` if left out.

    Returns
    -------
    int or None
        None for fewer, and for sources that do not tell without being read whole.
    """
    most = AT_ONCE if most is None else most
    try:
        if not any(map(is_database, sites)) and sum(map(_size, sites)) < most * _SMALL:
            return None
        from zoning.read.counts import stated_count

        count = sum(stated_count(name, options) or 0 for name in sites)
    except (SourceError, OSError):  # reading it says what is wrong, and may save something
        return None
    return count if count > most else None


def _size(name: str) -> int:
    """Return the bytes of a file, or of all files below a folder; 0 for what has no size."""
    place = Path(name)
    every = place.rglob("*") if place.is_dir() else [place]
    return sum(path.stat().st_size for path in every if path.is_file())
