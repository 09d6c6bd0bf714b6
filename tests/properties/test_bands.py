"""Sites of which a place in a zone says that they lie within its band lie in the band as drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from tests.properties.test_near_properties import layer, scattered, star
from zoning.measure import SiteSet, overlaps, relate


@pytest.mark.parametrize(("seed", "distance_m"), [(0, 300.0), (1, 1000.0), (2, 3000.0)])
def test_sites_held_by_a_band_are_not_changed_by_drawing_it(
    seed: int, distance_m: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    zones = layer(scattered(rng, 80, 0.4), rng)
    width = distance_m / 140_000.0
    shapes = [star(rng, x, y, width, 12) for x, y in rng.uniform((111, 35), (111.4, 35.4), (60, 2))]
    found: list[Any] = []
    held = overlaps._held

    def counted(*given: Any) -> Any:
        found.append(held(*given).sum())
        return held(*given)

    monkeypatch.setattr(overlaps, "_held", counted)
    told = relate(SiteSet(np.array(shapes, dtype=object)), zones, distance_m)
    assert sum(found) > 3
    monkeypatch.setattr(overlaps, "_held", lambda shapes, *_: np.zeros(len(shapes), dtype=bool))
    drawn = relate(SiteSet(np.array(shapes, dtype=object)), zones, distance_m)
    for site, (one, other) in enumerate(zip(told, drawn, strict=True)):
        assert one.total is not None and other.total is not None
        assert (one.total.touches, one.total.share) == (other.total.touches, other.total.share)
        assert one.total.area_m2 == other.total.area_m2, site
        assert [row.zone for row in one.zones] == [row.zone for row in other.zones]
        if one.total.geometry is not None:
            assert shapely.equals_exact(one.total.geometry, other.total.geometry)
