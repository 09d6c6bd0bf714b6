"""Sites are divided into neighbours of as much work, and each is in one part."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zoning.review import effort
from zoning.review.effort import divided
from zoning.review.index import StoredFrame


def layers(*boxes: Any) -> Any:
    """Layers of zones in these boxes, as a file tells of them."""
    kept = object.__new__(StoredFrame)
    kept.bounds = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    return SimpleNamespace(
        held=lambda: {"a": SimpleNamespace(stored=kept), "b": SimpleNamespace(stored=None)}
    )


def sites(lon: Any, lat: Any) -> Any:
    return np.column_stack((lon, lat, np.add(lon, 0.001), np.add(lat, 0.001)))


def zones(lon: float, lat: float, count: int) -> list[list[float]]:
    return [[lon, lat, lon + 0.002, lat + 0.002]] * count


def test_zones_near_a_site_are_counted() -> None:
    near = layers(*zones(112.0, 37.0, 5), *zones(112.012, 37.0, 2), *zones(113.0, 38.0, 9))
    centres = np.array([[112.0, 37.0], [112.5, 37.5], [113.0, 38.0]])
    found = effort.effort(centres, near) - effort._ALONE
    assert found.tolist() == [7.0, 0.0, 9.0]


def test_one_place_and_places_far_apart_are_no_matter() -> None:
    same = np.full((4, 2), 112.0)
    assert effort.effort(same, layers()).tolist() == [effort._ALONE] * 4
    wide = np.array([[-170.0, -80.0], [170.0, 80.0]])
    assert effort.effort(wide, layers(*zones(170.0, 80.0, 3))).tolist() == [10.0, 13.0]


def test_what_has_no_place_is_no_matter() -> None:
    nowhere = [np.nan] * 4
    near = layers(*zones(112.0, 37.0, 2), nowhere)
    centres = np.array([[112.0, 37.0], [np.nan, np.nan]])
    assert effort.effort(centres, near).tolist() == [12.0, 10.0]
    assert effort.effort(centres[1:], near).tolist() == [10.0]
    parts = divided(np.array([[112.0, 37.0, 112.1, 37.1], nowhere]), near, 2, 10)
    assert sorted(np.concatenate(parts).tolist()) == [0, 1]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40])
def test_every_site_is_in_one_part(count: int) -> None:
    rng = np.random.default_rng(count)
    bounds = sites(rng.uniform(110, 114, 30), rng.uniform(35, 40, 30))
    parts = divided(bounds, layers(*zones(112.0, 37.0, 50)), count, 30)
    assert sorted(np.concatenate(parts).tolist()) == list(range(30))
    assert len(parts) == min(count, 30) or count == 40
    assert all(np.all(np.diff(own) > 0) for own in parts)


def test_parts_have_as_much_work() -> None:
    # Ten sites in the west with twenty zones each, thirty in the east without: 10 x 30 = 30 x 10.
    bounds = sites([*np.linspace(110, 110.001, 10), *np.linspace(114, 114.001, 30)], [36.0] * 40)
    crowd = layers(*zones(110.0, 36.0, 20))
    parts = {own[0]: own.tolist() for own in divided(bounds, crowd, 2, 100)}
    assert parts == {0: list(range(10)), 10: list(range(10, 40))}
    # No part may hold many more sites than are allowed.
    assert [len(own) for own in divided(bounds, crowd, 2, 20)] == [20, 20]


def test_no_sites_are_no_parts() -> None:
    assert divided(np.empty((0, 4)), layers(), 3, 10) == []
