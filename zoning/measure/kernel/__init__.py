"""Overlay without overlay geometry: areas, lengths and distances from edges alone.

``EdgeIndex`` cuts the edges of a layer once into tiles; the functions sum over pairs of edges.
Self-contained: numpy, shapely for coordinates, and numba, which is imported when first used.
"""

from zoning.measure.kernel.index import INDEX_VERSION, EdgeIndex
from zoning.measure.kernel.near import Nearest, nearest
from zoning.measure.kernel.pairs import Pairs, areas, overlaps, overlaps_within

__all__ = [
    "INDEX_VERSION",
    "EdgeIndex",
    "Nearest",
    "Pairs",
    "areas",
    "nearest",
    "overlaps",
    "overlaps_within",
]
