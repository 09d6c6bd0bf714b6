"""Edges that a text names: rings, limits and what is carried beyond them before the cut."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pyflwdir")

import shapely
from derived import dg, edges, springs


def _square(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(west, south, east, north)


def test_a_ring_runs_through_places_and_along_a_river_in_either_direction() -> None:
    river = shapely.MultiLineString([[(1.0, 3.0), (1.2, 2.0), (1.0, 1.0)]])
    south = [{"river": "r", "start": [1.0, 3.0], "end": [1.0, 1.0]}, [5.0, 1.0], [5.0, 3.0]]
    north = [{"river": "r", "start": [1.0, 1.0], "end": [1.0, 3.0]}, [5.0, 3.0], [5.0, 1.0]]
    # a rectangle of 4 by 2 less the triangle of base 2 and height 0.2 west of the bend
    for parts in (south, north):
        assert edges.ring(parts, {"r": river}).area == pytest.approx(8.0 - 0.2)


def test_a_ring_takes_only_the_stretch_between_its_ends() -> None:
    river = shapely.MultiLineString([[(0.0, 4.0), (0.0, 0.0)]])
    parts = [{"river": "r", "start": [0.1, 3.0], "end": [0.1, 1.0]}, [2.0, 1.0], [2.0, 3.0]]
    assert edges.ring(parts, {"r": river}).equals(_square(0.0, 1.0, 2.0, 3.0))


def test_limits_keep_counties_less_watersheds_and_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    import geopandas as gpd

    shapes = {"1": _square(0, 0, 2, 2), "2": _square(2, 0, 4, 2), "3": _square(4, 0, 6, 2)}
    table = gpd.GeoDataFrame({"adcode": list(shapes)}, geometry=list(shapes.values()))
    monkeypatch.setattr(edges.gpd, "read_file", lambda _path: table)
    rivers = gpd.GeoDataFrame({"name": []}, geometry=[])
    sheds = {"east": _square(3, 0, 9, 2), "low": _square(0, 0, 9, 1)}
    specs = [
        {"order": 1, "limit": {"counties": ["1", "2"], "not_in_sheds": ["east"]}},
        {"order": 2, "limit": {"counties": ["1", "2"], "only_in_shed": {"2": "low"}},
         "yields_to": [1]},
        {"order": 3, "limit": {"beyond": [[[0, 0], [6, 0], [6, 1], [0, 1]]]}},
        {"order": 4},
    ]  # fmt: skip
    found = edges.limits(springs.dg.DATA, specs, sheds, rivers)
    assert found[1].equals(_square(0, 0, 3, 2))
    assert found[2].equals(_square(3, 0, 4, 1))
    assert found[3].equals(_square(0, 1, 6, 2))
    assert 4 not in found


def test_only_what_borders_on_the_basin_is_carried_beyond_its_limit() -> None:
    permitted = np.zeros((1, 12), dtype=bool)
    permitted[0, :6] = True
    mine = np.zeros_like(permitted)
    mine[0, 3:6] = True
    assert np.flatnonzero(edges.carried(mine, permitted)[0]).tolist() == list(range(3, 10))
    other = np.zeros_like(permitted)
    other[0, :3] = True  # does not reach its limit
    assert np.flatnonzero(edges.carried(other, permitted)[0]).tolist() == [0, 1, 2]


def test_a_closed_limit_keeps_other_basins_out() -> None:
    from rasterio.transform import Affine

    grid = dg.Cells(np.zeros((1, 4)), np.ones((1, 4), np.int32), np.ones((1, 4)),
                    Affine(1.0, 0.0, 0.0, 0.0, -1.0, 1.0))  # fmt: skip
    limits = {1: _square(0, 0, 2, 1), 2: _square(1, 0, 3, 1)}
    specs = {1: {"closed": True}, 2: {}, 3: {}}
    found = springs._openings(grid, limits, specs)
    assert found[1][0].tolist() == [True, True, False, False]
    assert found[2][0].tolist() == [False, False, True, False]
    assert found[3][0].tolist() == [False, False, True, True]
