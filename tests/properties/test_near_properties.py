"""Zones passed over by their boxes change nothing that is measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from zoning.base.plane import to_plane
from zoning.measure import SiteSet, ZoneSet, relate, split, zones
from zoning.measure.split import cut_all


def star(rng: np.random.Generator, x: float, y: float, size: float, corners: int) -> Any:
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radius = rng.uniform(0.3, 1.0, corners) * size
    xy = np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])
    return shapely.make_valid(shapely.Polygon(xy), method="structure", keep_collapsed=False)


def scattered(rng: np.random.Generator, count: int, width: float) -> list[Any]:
    out: list[Any] = []
    for x, y in rng.uniform((111, 35), (111 + width, 35 + width), (count, 2)):
        kind = rng.integers(6)
        if kind == 0:
            out.append(shapely.Point(x, y))
        elif kind == 1:
            steps = rng.normal(0, 0.01, (rng.integers(2, 40), 2))
            out.append(shapely.LineString(np.array((x, y)) + np.cumsum(steps, axis=0)))
        else:
            size = rng.choice([0.001, 0.02, 0.3])
            shape = star(rng, x, y, size, int(rng.integers(5, 200)))
            if shapely.get_dimensions(shape) == 2 and not shape.is_empty:
                out.append(shape)
    return out


def grid(rng: np.random.Generator, step: float) -> list[Any]:
    """Cells that share edges and corners, so that many are equally near."""
    x, y = np.meshgrid(np.arange(12) * step + 111.5, np.arange(12) * step + 36.0)
    cells = shapely.box(x, y, x + step, y + step).ravel()
    return list(cells[rng.random(len(cells)) < 0.7])


def layer(shapes: list[Any], rng: np.random.Generator) -> ZoneSet:
    names = [f"z{i}" for i in range(len(shapes))]
    accuracy = rng.choice([0.0, 50.0, 900.0], len(shapes))
    return ZoneSet("z", np.array(shapes, dtype=object), names, accuracy)


@pytest.mark.parametrize("seed", range(8))
def test_zones_out_of_reach_change_no_measure(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    shapes = grid(rng, 0.02) if seed % 2 else scattered(rng, 150, [0.4, 3.0][seed % 4 // 2])
    whole = layer(shapes, rng)
    sites = SiteSet(np.array(scattered(rng, 25, 3.0) + grid(rng, 0.04)[:10], dtype=object))
    monkeypatch.setattr(split, "LARGE", 100)
    monkeypatch.setattr(zones, "LARGE", 100)
    monkeypatch.setattr(split, "_PART", 20)
    for distance in (0.0, 30.0, 5000.0):
        keep = rng.random(len(whole)) < 0.5
        for asked in (whole, whole.subset(keep)):
            few = relate(sites, asked, distance)
            with monkeypatch.context() as patch:
                patch.setattr(zones, "_ALL", 10**9)
                every = relate(sites, asked, distance)
            assert few == every


def test_only_the_zones_that_matter_are_looked_at() -> None:
    rng = np.random.default_rng(0)
    whole = layer(scattered(rng, 400, 3.0), rng)
    site = SiteSet(np.array([shapely.box(111.5, 35.5, 111.501, 35.501)], dtype=object))
    assert len(whole.near(site, 10.0)) < 40
    far = SiteSet(np.array([shapely.box(80, 20, 80.1, 20.1)], dtype=object))
    assert whole.near(far, 10.0) is whole


def test_a_point_by_itself_finds_its_zones() -> None:
    """The box of a point has no extent; the tree once overlooked what lies around it."""
    whole = layer(scattered(np.random.default_rng(5), 300, 1.0), np.random.default_rng(5))
    for x, y in np.random.default_rng(6).uniform((110.5, 34.5), (112.5, 36.5), (20, 2)):
        site = SiteSet(np.array([shapely.Point(x, y)], dtype=object))
        distance = shapely.distance(to_plane(site.geometries)[0], to_plane(whole.geometries))
        for reach in (0.0, 2_000.0, 50_000.0):
            kept = {int(name[1:]) for name in whole.near(site, reach).names}
            assert int(np.argmin(distance)) in kept
            assert set(np.flatnonzero(distance <= reach)) <= kept


def test_a_part_that_touches_itself_on_the_cut_is_mended() -> None:
    outline = [(-2, -1), (2, -1), (2, 1), (-2, 1), (-2, 0.5), (0, 0), (-2, -0.5)]
    whole = shapely.segmentize(np.array([shapely.Polygon(outline)]), 0.125)
    parts, owner = cut_all(whole, 40)
    assert shapely.is_valid(parts).all() and shapely.get_num_coordinates(parts).max() <= 40
    assert shapely.area(parts).sum() == pytest.approx(7.0) and (owner == 0).all()


def test_cut_polygons_add_up_and_are_small() -> None:
    rng = np.random.default_rng(4)
    whole = np.array([star(rng, x, 36.0, 0.05, 900) for x in (111.0, 112.0)], dtype=object)
    whole = shapely.get_parts(to_plane(whole))
    parts, owner = cut_all(whole, 100)
    assert (np.diff(owner) >= 0).all() and shapely.is_valid(parts).all()
    assert shapely.get_num_coordinates(parts).max() <= 100
    sizes = np.bincount(owner, shapely.area(parts), minlength=len(whole))
    assert sizes == pytest.approx(shapely.area(whole), rel=1e-9)
    for a, b in zip(*shapely.STRtree(parts).query(parts, predicate="overlaps"), strict=True):
        assert shapely.area(shapely.intersection(parts[a], parts[b])) < 1e-6
