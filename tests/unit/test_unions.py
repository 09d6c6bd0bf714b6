"""Zones that are a coverage are united as one; what is none is overlaid."""

import numpy as np
import pytest
import shapely
from shapely import affinity

from zoning.measure import unions
from zoning.measure.unions import union_of


def grid(rng: np.random.Generator) -> list[shapely.Polygon]:
    """Squares of a grid, some of which border on each other."""
    low = np.array([111.0, 36.0]) + rng.uniform(0.0, 3.0, 2)
    east, north = low[0] + 0.01 * np.arange(4), low[1] + 0.01 * np.arange(4)
    every = [shapely.box(east[i], north[j], east[i + 1], north[j + 1]) for i, j in np.ndindex(3, 3)]
    return [every[at] for at in rng.permutation(9)[: rng.integers(2, 9)]]


def of_kind(kind: str, rng: np.random.Generator) -> list[shapely.Geometry]:
    shapes: list[shapely.Geometry] = list(grid(rng))
    match kind:
        case "rounded":  # a border by the last bits apart, either way
            shapes[0] = affinity.translate(shapes[0], float(rng.choice([1, -1])) * 1e-13, 0.0)
        case "copies":
            shapes.append(shapes[0])
        case "nested":
            shapes.append(affinity.scale(shapes[0], 0.3, 0.3))
        case "overlapping":
            shapes.append(affinity.translate(shapes[0], 0.004, 0.003))
        case "corners":  # a corner of the one on an edge of the other
            _, south, east, north = shapes[0].bounds
            shapes.append(shapely.box(east, (south + north) / 2, east + 0.003, north))
        case "lines":
            shapes = [shape.exterior for shape in shapes]
        case "several":
            shapes = [shapely.MultiPolygon([shapes[0]]), *shapes[1:], shapely.Polygon()]
    return shapes


KINDS = ("plain", "rounded", "copies", "nested", "overlapping", "corners", "lines", "several")


@pytest.mark.parametrize("kind", KINDS)
def test_the_union_is_that_of_an_overlay(kind: str) -> None:
    for seed in range(40):
        shapes = np.array(of_kind(kind, np.random.default_rng(seed)), dtype=object)
        found, expected = union_of(shapes), shapely.union_all(shapes)
        assert found.is_valid and found.equals(expected), seed
        assert found.length == pytest.approx(expected.length, rel=1e-12)


@pytest.mark.skipif(not unions._TELLS, reason="GEOS is older than 3.12")
def test_neighbours_need_no_overlay(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = np.array(grid(np.random.default_rng(1)), dtype=object)
    expected = shapely.union_all(shapes)
    monkeypatch.setattr(shapely, "union_all", lambda shapes: shapely.Point())
    assert union_of(shapes).equals(expected)
    over = np.array([shapes[0], affinity.translate(shapes[0], 0.001)])
    assert union_of(over) == shapely.Point()
    monkeypatch.setattr(unions, "_TELLS", False)
    assert union_of(shapes) == shapely.Point()
