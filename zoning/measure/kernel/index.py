"""The index over a layer's edges: built once, kept as plain arrays, asked many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Changes whenever arrays of an earlier version can no longer be used.
INDEX_VERSION: Final = 2


@dataclass(frozen=True)
class EdgeIndex:
    """Polygons (or lines, or points) as tiles of few edges under a tree of boxes.

    All attributes are arrays and can lie in a file that is mapped into memory; only what a question
    touches is then read.

    Attributes
    ----------
    edges : float64 array (n, 4)
        ``x0, y0, x1, y1`` of directed edges.
    start : int64 array (t + 1,)
        Tile ``i`` owns the edges ``start[i]:start[i + 1]``.
    lids : int64 array (t,)
        First of its edges that is no edge of the geometry but closes the tile.
    owner : int64 array (t,)
        Position of its geometry.
    box : float64 array (t, 4)
        West, south, east, north.
    nodes, levels : float64 array (k, 4), int64 array
        The tree; see :class:`zoning.measure.kernel.tree.Tree`.
    dimension : int8 array (m,)
        Of each geometry: 2 polygons, 1 lines, 0 points, -1 empty.
    degrees : int8 array ()
        1 for longitude and latitude on CGCS2000, 0 for a plane.
    """

    edges: F8
    start: I8
    lids: I8
    owner: I8
    box: F8
    nodes: F8
    levels: I8
    dimension: NDArray[np.int8]
    degrees: NDArray[np.int8]

    @classmethod
    def build(cls, geometries: Any, *, degrees: bool = True, workers: int | None = None) -> Self:
        """Cut geometries into tiles and build the tree.

        Parameters
        ----------
        geometries : array_like of shapely geometry
            2-D and valid, of one dimension each; None and empty ones are kept as nothing. An
            invalid polygon gives wrong areas: validate before.
        degrees : bool, default True
            Whether coordinates are longitude and latitude (EPSG:4490); else those of a plane.
        workers : int, optional
            Threads; by default as many as processors. The arrays do not depend on it.

        Returns
        -------
        EdgeIndex
        """
        from zoning.measure.kernel import build as builder

        shapes = np.atleast_1d(np.asarray(geometries, dtype=object))
        tiles, dimension = builder.tiles_of(shapes, degrees, workers)
        nodes, levels = builder.tree_over(tiles.box)
        kind = np.array(int(degrees), dtype=np.int8)
        return cls(*tiles, nodes, levels, dimension, kind)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, as :meth:`from_arrays` takes them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the index that :meth:`arrays` came from.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            They may be memory maps, and read-only.

        Returns
        -------
        EdgeIndex

        Raises
        ------
        KeyError
            An array is missing.
        ValueError
            The arrays do not fit each other.
        """
        # A map of a file is an array of its own kind to the compiler; as a view it is a plain one.
        plain = {
            field.name: np.asarray(arrays[field.name]).view(np.ndarray) for field in fields(cls)
        }
        index = cls(**plain)
        tiles = len(index.owner)
        sizes = {len(index.start) - 1, len(index.lids), len(index.box)}
        if sizes != {tiles} or index.start[0] != 0 or index.start[-1] != len(index.edges):
            raise ValueError("the arrays of the index do not fit each other")
        if index.levels[-1] != len(index.nodes):
            raise ValueError("the arrays of the index do not fit each other")
        return index

    @property
    def reach(self) -> float:
        """The greatest coordinate without its sign; 0 of an empty index."""
        return float(np.abs(self.nodes[-1]).max()) if len(self.owner) else 0.0

    @property
    def areal(self) -> bool:
        """Whether all its tiles are those of polygons."""
        return not bool(((self.dimension == 0) | (self.dimension == 1)).any())

    def __len__(self) -> int:
        """Return the number of geometries."""
        return len(self.dimension)
