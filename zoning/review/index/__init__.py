"""Official layers kept between runs, so that a second review reads only what its sites need."""

from zoning.review.index.frame import StoredFrame
from zoning.review.index.store import CacheEntry, Kept, clear, entries, kept
from zoning.review.index.zones import StoredZones, named, taken

__all__ = [
    "CacheEntry",
    "Kept",
    "StoredFrame",
    "StoredZones",
    "clear",
    "entries",
    "kept",
    "named",
    "taken",
]
