"""Polygons that share every vertex of their borders, from a seed: cells of Voronoi diagrams.

Each edge of a diagram is replaced by a random line that stays within the two triangles between the
edge and its cells' seeds, so that no two lines cross. Needs scipy.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

#: Kilometres per degree in the middle of the province; only proportions depend on it.
PER_DEGREE = np.array([88.3, 111.0])

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Field:
    """Smooth random numbers over the plane (km): a sum of waves."""

    def __init__(self, rng: np.random.Generator, shortest: float, longest: float) -> None:
        """Draw 40 waves of lengths between ``shortest`` and ``longest``."""
        length = np.exp(rng.uniform(np.log(shortest), np.log(longest), 40))
        angle = rng.uniform(0, 2 * np.pi, 40)
        self.wave = 2 * np.pi / length * np.array([np.cos(angle), np.sin(angle)])
        self.phase, self.height = rng.uniform(0, 2 * np.pi, 40), np.sqrt(length)

    def at(self, xy: Floats) -> Floats:
        """Return the field at points (km)."""
        out = np.empty(len(xy))
        for start in range(0, len(xy), 100_000):  # A block at a time: 40 numbers a point.
            block = xy[start : start + 100_000]
            waves = np.cos(block @ self.wave + self.phase) * self.height
            out[start : start + len(block)] = waves.sum(axis=1)
        return out


def lattice(rng: np.random.Generator, area: shapely.Geometry, spacing: float) -> Floats:
    """Return jittered points of a square lattice (km) inside an area (degrees)."""
    west, south, east, north = np.array(shapely.bounds(area)) * np.tile(PER_DEGREE, 2)
    x, y = np.meshgrid(np.arange(west, east, spacing), np.arange(south, north, spacing))
    xy = np.column_stack([x.ravel(), y.ravel()])
    xy += rng.uniform(-0.45, 0.45, xy.shape) * spacing
    degrees = xy / PER_DEGREE
    shapely.prepare(area)
    return xy[shapely.contains_xy(area, degrees[:, 0], degrees[:, 1])]


def around(
    rng: np.random.Generator, area: shapely.Geometry, spacing: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return points of a lattice (km) in and around an area, and which lie in it.

    The points around it close the cells at its border.
    """
    wide = shapely.buffer(area, 3 * spacing / PER_DEGREE.min(), quad_segs=2)
    seeds = lattice(rng, wide, spacing)
    degrees = seeds / PER_DEGREE
    return seeds, shapely.contains_xy(area, degrees[:, 0], degrees[:, 1])


def wander(rng: np.random.Generator, ridges: int, points: int) -> Floats:
    """Return heights between -1 and 1 at ``points`` places along ridges; shape (ridges, points)."""
    out = np.zeros((ridges, points))
    knots, weight, total = 3, 1.0, 0.0
    while True:
        heights = rng.uniform(-1.0, 1.0, (ridges, min(knots, points)))
        place = np.linspace(0, heights.shape[1] - 1, points)
        left = (
            np.minimum(place.astype(int), heights.shape[1] - 2) if points > 1 else np.zeros(1, int)
        )
        share = place - left
        right = np.minimum(left + 1, heights.shape[1] - 1)
        out += weight * (heights[:, left] * (1 - share) + heights[:, right] * share)
        total += weight
        if knots >= points:
            return out / total
        knots, weight = knots * 2, weight * 0.6


def cells(
    rng: np.random.Generator, seeds: Floats, keep: NDArray[np.bool_], points: int
) -> tuple[NDArray, Ints]:
    """Return the cells (degrees) of the seeds (km) to keep, and which seed each belongs to.

    ``points`` vertices are put between the ends of each edge. A cell that reaches to infinity is
    left out.
    """
    diagram = Voronoi(seeds)
    pair, ends = diagram.ridge_points, np.array(diagram.ridge_vertices)
    open_cells = np.unique(pair[(ends < 0).any(axis=1)])
    keep = keep.copy()
    keep[open_cells] = False
    used = (ends >= 0).all(axis=1) & keep[pair].any(axis=1)
    pair, ends = pair[used], ends[used]
    start, end = diagram.vertices[ends[:, 0]], diagram.vertices[ends[:, 1]]
    lines = _lines(rng, start, end, seeds[pair[:, 0]], points)
    # Both directions of every ridge: the cell on its left goes from start to end.
    side = _cross(end - start, seeds[pair[:, 0]] - start) > 0
    owner = np.concatenate(
        [np.where(side, pair[:, 0], pair[:, 1]), np.where(side, pair[:, 1], pair[:, 0])]
    )
    which = np.tile(np.arange(len(pair)), 2)
    back = np.repeat([False, True], len(pair))
    mine = keep[owner]
    owner, which, back = owner[mine], which[mine], back[mine]
    middle = 0.5 * (start + end)[which] - seeds[owner]
    order = np.lexsort((np.arctan2(middle[:, 1], middle[:, 0]), owner))
    owner, which, back = owner[order], which[order], back[order]
    chain = np.where(back[:, None, None], lines[which, :0:-1], lines[which, :-1])
    cell, first, sides = np.unique(owner, return_index=True, return_counts=True)
    xy = chain.reshape(-1, 2)
    per = points + 1
    # A ring ends where it began.
    closed = np.insert(xy, (first + sides) * per, xy[first * per], axis=0)
    rings = np.concatenate([[0], np.cumsum(sides * per + 1)])
    polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, closed / PER_DEGREE, (rings, np.arange(len(rings)))
    )
    return polygons, cell


def _cross(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _lines(
    rng: np.random.Generator, start: Floats, end: Floats, seed: Floats, points: int
) -> Floats:
    """Return the ridges as random lines; shape (ridges, points + 2, 2)."""
    along = end - start
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-12)
    unit = along / length[:, None]
    normal = np.column_stack([-unit[:, 1], unit[:, 0]])
    foot = np.einsum("ij,ij->i", seed - start, unit)
    height = np.abs(np.einsum("ij,ij->i", seed - start, normal))
    t = np.linspace(0, 1, points + 2)[1:-1]
    if points:
        t = t + rng.uniform(-0.3, 0.3, (len(start), points)) / (points + 1)
    # The triangle's height over the edge; where the foot lies outside, one side leans outwards.
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.where(foot > 0, height / foot, np.inf)[:, None] * t * length[:, None]
        fall = np.where(foot < length, height / (length - foot), np.inf)[:, None]
        fall = fall * (1 - t) * length[:, None]
    room = np.minimum(np.minimum(rise, fall), 0.5 * length[:, None] * np.minimum(t, 1 - t) * 2)
    offset = 0.9 * room * wander(rng, len(start), points) if points else np.zeros((len(start), 0))
    inner = start[:, None] + t[..., None] * along[:, None] + offset[..., None] * normal[:, None]
    return np.concatenate([start[:, None], inner, end[:, None]], axis=1)


def with_holes(rng: np.random.Generator, polygons: NDArray, share: float) -> NDArray:
    """Cut a small hole, of 5-12 vertices, into some polygons that have room for it."""
    out = polygons.copy()
    chosen = np.flatnonzero(rng.random(len(polygons)) < share)
    inner = shapely.point_on_surface(polygons[chosen])
    room = shapely.distance(inner, shapely.boundary(polygons[chosen]))
    for index, point, radius in zip(chosen, shapely.get_coordinates(inner), room, strict=True):
        angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(5, 13)))[::-1]
        hole = point + radius * rng.uniform(0.2, 0.8) * np.column_stack(
            [np.cos(angle), np.sin(angle)]
        )
        if shapely.is_valid(shapely.polygons(hole)):
            rings = [shapely.get_coordinates(r) for r in polygons[index].interiors]
            out[index] = shapely.Polygon(shapely.get_exterior_ring(polygons[index]), [*rings, hole])
    return out


def are_valid(polygons: NDArray) -> NDArray[np.bool_]:
    """Where polygons are valid; rounding spoils one in some hundred thousand."""
    good: NDArray[np.bool_] = shapely.is_valid(polygons)
    if good.mean() < 0.999:
        raise AssertionError(f"{(~good).sum()} of {len(good)} polygons are invalid")
    return good
