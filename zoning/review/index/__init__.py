"""Layers kept between runs, so that a second review reads only what its sites need."""

from zoning.review.index.frame import StoredFrame
from zoning.review.index.pieces import Pieces, of_embedded, shelf_of
from zoning.review.index.shelf import CacheEntry, Shelf, clear, entries
from zoning.review.index.store import Kept, kept, stats_of
from zoning.review.index.zones import StoredZones, named, taken

__all__ = [
    "CacheEntry",
    "Kept",
    "Pieces",
    "Shelf",
    "StoredFrame",
    "StoredZones",
    "clear",
    "entries",
    "kept",
    "named",
    "of_embedded",
    "shelf_of",
    "stats_of",
    "taken",
]
