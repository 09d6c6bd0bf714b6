"""cache: what is kept of official layers between reviews."""

from __future__ import annotations

from pathlib import Path

from zoning.base import cache
from zoning.review import index
from zoning.review.index import CacheEntry

__all__ = ["CacheEntry", "cache_folder", "clear_cache", "list_cache"]


def cache_folder() -> Path | None:
    """Return the folder in which layers are kept; None if ``ZONING_CACHE`` is ``off``."""
    return cache.folder()


def list_cache() -> list[CacheEntry]:
    """Return the layers that are kept, by source.

    Returns
    -------
    list of CacheEntry
        With id, source, size in bytes, and the time it was kept.
    """
    return index.entries()


def clear_cache() -> tuple[int, int]:
    """Remove everything that is kept; the next review reads its sources again.

    Returns
    -------
    files, size : int
        How many files that were, and how many bytes.
    """
    return index.clear()
