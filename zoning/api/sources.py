"""sources: whether the files of a call are there, and what is said of them; loads nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from zoning.base.errors import SourceError
from zoning.read import ReadOptions
from zoning.read.files import is_database, require_present

__all__ = ["AT_ONCE", "BATCH_SIZE", "ReadOptions", "require_present", "stated_if_many"]

#: Sites to a batch: some hundred findings of each are held at once, and written together.
BATCH_SIZE: Final = 2_000
#: Sites that are reviewed at once unless that is asked for: each takes some 80 kB, 2 GB in all.
AT_ONCE: Final = 20_000
#: A smaller file cannot hold so many: compressed, too, a feature takes some bytes.
_SMALL: Final = AT_ONCE * 12


def stated_if_many(sites: str | Path, options: ReadOptions) -> int | None:
    """Return about how many sites a source holds where they are more than :data:`AT_ONCE`.

    Parameters
    ----------
    sites : path
        A file or a database table.
    options : ReadOptions

    Returns
    -------
    int or None
        None for fewer, and for a source that does not tell without being read whole.
    """
    place = None if is_database(str(sites)) else Path(sites)
    try:
        if place is not None and (not place.is_file() or place.stat().st_size < _SMALL):
            return None
        from zoning.read import pieces

        count = pieces.stated_count(sites, options) or 0
    except (SourceError, OSError):  # reading it says what is wrong, and may save something
        return None
    return count if count > AT_ONCE else None
