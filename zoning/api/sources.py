"""sources: whether the files of a call are there, and what is said of them; loads nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from zoning.base.errors import SourceError
from zoning.read import ReadOptions
from zoning.read.files import is_database, require_present

__all__ = ["AT_ONCE", "BATCH_SIZE", "ReadOptions", "require_present", "stated_if_many"]

#: Sites to a batch: some hundred findings of each are held at once, and written together.
BATCH_SIZE: Final = 1_000
#: Sites that are reviewed at once unless that is asked for: each takes some 80 kB, 2 GB in all.
AT_ONCE: Final = 20_000
#: A smaller file cannot hold so many: compressed, too, a feature takes some bytes.
_SMALL: Final = AT_ONCE * 12


def stated_if_many(sites: Sequence[str], options: ReadOptions) -> int | None:
    """Return about how many sites sources hold where they are more than :data:`AT_ONCE`.

    Parameters
    ----------
    sites : sequence of str
        Files, folders or database tables.
    options : ReadOptions

    Returns
    -------
    int or None
        None for fewer, and for sources that do not tell without being read whole.
    """
    try:
        if not any(map(is_database, sites)) and sum(map(_size, sites)) < _SMALL:
            return None
        from zoning.read import pieces

        count = sum(pieces.stated_count(name, options) or 0 for name in sites)
    except (SourceError, OSError):  # reading it says what is wrong, and may save something
        return None
    return count if count > AT_ONCE else None


def _size(name: str) -> int:
    """Return the bytes of a file, or of all files below a folder; 0 for what has no size."""
    place = Path(name)
    every = place.rglob("*") if place.is_dir() else [place]
    return sum(path.stat().st_size for path in every if path.is_file())
