"""What is told of all sites together is what each relation says, and no band is drawn in vain."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import astuple, replace
from typing import Any

import numpy as np
import pytest
import shapely
from test_near_properties import grid, layer, scattered

from zoning.measure import SiteSet, ZoneSet, overlaps, relate
from zoning.measure.meetings import Meetings
from zoning.measure.relate import Relations
from zoning.model import Measure, Tri


def case(seed: int) -> tuple[SiteSet, ZoneSet]:
    rng = np.random.default_rng(seed)
    shapes = grid(rng, 0.02) if seed % 2 else scattered(rng, 60, 0.4)
    small = [shapely.Point(x, y).buffer(0.002) for x, y in rng.uniform(111.5, 111.7, (20, 2))]
    points = list(shapely.points(np.add(rng.uniform(111.5, 111.7, (5, 2)), (0.0, -75.5))))
    drawn = [shapely.transform(shape, lambda xy: xy - (0.0, 75.5)) for shape in small]
    every = scattered(rng, 12, 0.4) + grid(rng, 0.04)[:10] + drawn + points
    return SiteSet(np.array(every, dtype=object)), layer(shapes, rng)


def told(sites: SiteSet, zones: ZoneSet, distance: float) -> Relations:
    found = relate(sites, zones, distance)
    assert isinstance(found, Relations)
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("distance", [0.0, 600.0])
def test_columns_say_what_the_relations_say(seed: int, distance: float) -> None:
    sites, zones = case(seed)
    found = told(sites, zones, distance)
    near = found.near
    assert isinstance(near, Meetings)
    assert len(near) > 5
    rows = zip(
        near.places.tolist(), near.touches, near.zoned, near.share, near.shallow, strict=True
    )
    named = {one: which for alike, which in near.met() for one in alike}
    for at, (site, touches, zoned, share, shallow) in enumerate(rows):
        total, met = near[site].total, near[site].zones
        assert total is not None
        assert (tuple(Tri)[touches], share) == (total.touches, total.share)
        assert (zoned, total.accuracy_m) == (bool(met), near.accuracy_m[at])
        assert shallow == total.shallow
        assert total.distance_m == near.gaps[at]
        assert named[site] == [zone.zone for zone in met if zone.touches is Tri.YES]
        if len(met) == 1 and met[0].touches is Tri.YES:
            assert replace(met[0], zone=total.zone) == total
    assert found[min(set(range(len(sites.geometries))) - set(near))].zones == ()


@pytest.mark.parametrize("seed", range(2))
def test_a_band_that_is_not_drawn_says_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sites, zones = case(seed)
    for distance in (300.0, 1500.0):
        quick = list(told(sites, zones, distance))
        with monkeypatch.context() as patch:
            patch.setattr(overlaps, "_DRAWN", -1.0)
            drawn = list(told(sites, zones, distance))
        assert quick == drawn
        assert any(r.total is not None and r.total.share == 1.0 for r in quick)


def test_fields_that_come_late_are_fields_like_others() -> None:
    asked: list[str] = []

    def ask(name: str) -> Mapping[str, Any]:
        asked.append(name)
        depth = {"depth_m": 3.0}
        rest = dict.fromkeys(("area_m2", "raw_area_m2", "length_m", "raw_length_m"), 2.0)
        return depth if name == "depth_m" else {**rest, "share": 0.5, "geometry": None}

    known = {"layer": "a", "zone": "b", "distance_m": 0.0, "accuracy_m": 9.0, "touches": Tri.YES}
    late = Measure.later(ask, **known)
    assert (late.zone, late.shallow, asked) == ("b", True, ["depth_m"])
    plain = Measure("a", "b", 0.0, 3.0, 2.0, 2.0, 2.0, 2.0, 0.5, 9.0, Tri.YES)
    assert late == plain
    assert asked == ["depth_m", "area_m2"]
    for again in (copy.copy, lambda x: pickle.loads(pickle.dumps(x)), replace):
        assert again(Measure.later(ask, **known)) == plain
    assert astuple(late) == astuple(plain)
    assert not hasattr(plain, "width_m")
    assert not hasattr(Measure.later(ask, **known), "width_m")
