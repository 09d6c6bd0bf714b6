"""A site of very many vertices comes out as the same site with few does."""

import numpy as np
import pytest
import shapely

from zoning.measure import SiteSet, ZoneSet, relate
from zoning.measure import split as module
from zoning.model import Tri


def star(vertices):
    t = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    r = 0.15 + 0.02 * np.sin(t * 40)
    return shapely.Polygon(np.column_stack([112.5 + r * np.cos(t), 37.6 + r * np.sin(t)]))


def zones(*geometries, accuracy=100.0, **tolerances):
    return ZoneSet(
        "z",
        np.array(geometries, dtype=object),
        [f"z{i}" for i in range(len(geometries))],
        np.full(len(geometries), accuracy),
        **tolerances,
    )


def test_parts_add_up_and_share_only_edges():
    site = star(50_000)
    parts = module.cut(site)
    assert len(parts) > 20
    assert shapely.area(parts).sum() == pytest.approx(site.area, rel=1e-12)
    assert shapely.get_num_coordinates(parts).max() <= 1_000
    assert shapely.area(shapely.union_all(parts)) == pytest.approx(site.area, rel=1e-9)


@pytest.mark.parametrize("distance", [0.0, 1_000.0])
@pytest.mark.parametrize(
    "zone",
    [
        [shapely.box(112.4, 37.5, 112.55, 37.65)],
        [shapely.box(112.0, 37.0, 113.0, 38.0)],
        [shapely.box(112.4, 37.5, 112.5, 37.7), shapely.box(112.45, 37.5, 112.6, 37.7)],
        [shapely.box(114.0, 39.0, 114.1, 39.1)],
        [shapely.box(112.6724, 37.6, 112.7, 37.61)],
    ],
    ids=["partly", "all", "overlapping", "far", "near"],
)
def test_cut_and_uncut_agree(monkeypatch, zone, distance):
    site = SiteSet(np.array([star(30_000)], dtype=object))
    cut = relate(site, zones(*zone), distance)[0]
    assert site.split is not None
    monkeypatch.setattr("zoning.measure.zones.LARGE", 10**9)
    whole = relate(SiteSet(site.geometries), zones(*zone), distance)[0]
    assert cut.total.touches is whole.total.touches
    assert cut.total.distance_m == pytest.approx(whole.total.distance_m, abs=1e-6)
    # Parts get extra vertices of their own where a band is drawn: 2 cm on an edge of 1 km.
    near = 1e-9 if distance == 0.0 else 1e-6
    assert cut.total.area_m2 == pytest.approx(whole.total.area_m2, rel=near)
    assert cut.total.share == pytest.approx(whole.total.share, rel=near)
    assert [m.zone for m in cut.zones] == [m.zone for m in whole.zones]
    for a, b in zip(cut.zones, whole.zones, strict=True):
        assert a.area_m2 == pytest.approx(b.area_m2, rel=near)
    if whole.total.touches is Tri.YES and whole.total.geometry is not None:
        assert cut.total.geometry.is_valid
        assert cut.total.geometry.area == pytest.approx(whole.total.geometry.area, rel=near)


def test_the_legal_minimum_is_for_the_whole_site():
    # Every part alone is far smaller than the minimum; together they reach it.
    site = SiteSet(np.array([star(30_000)], dtype=object))
    area = relate(site, zones(shapely.box(112, 37, 113, 38)))[0].total.area_m2
    for minimum, expected in ((area * 0.999, Tri.YES), (area * 1.001, Tri.UNKNOWN)):
        found = relate(site, zones(shapely.box(112, 37, 113, 38), min_area_m2=minimum))[0]
        assert found.total.touches is expected


def test_a_long_line_is_cut_too():
    x = np.linspace(111.5, 113.5, 40_000)
    road = shapely.LineString(np.column_stack([x, 37.5 + 0.01 * np.sin(x * 300)]))
    site = SiteSet(np.array([road], dtype=object))
    found = relate(site, zones(shapely.box(112, 37, 113, 38)))[0].total
    assert site.split is not None
    assert found.length_m == pytest.approx(site.sizes[0] / 2, rel=1e-2)


def test_many_holes_are_dealt_out_to_the_arms_that_hold_them():
    # A comb: halving leaves several arms in one part, and every hole must stay in its own.
    arms = [shapely.box(112.0 + 0.04 * i, 37.0, 112.02 + 0.04 * i, 37.4) for i in range(8)]
    comb = shapely.union_all([*arms, shapely.box(112.0, 36.98, 112.3, 37.0)])
    holes = [
        shapely.box(x, y, x + 0.001, y + 0.001).exterior
        for x in np.arange(112.0015, 112.3, 0.002)
        if (x - 112.0) % 0.04 < 0.0185
        for y in np.arange(37.001, 37.398, 0.0035)
    ]
    site = shapely.polygons(comb.exterior, holes=holes)
    assert shapely.is_valid(site) and len(holes) > 1_000
    parts = module.cut(site)
    assert len(parts) > 5 and shapely.is_valid(parts).all()
    assert shapely.get_num_coordinates(parts).max() <= 1_000
    assert shapely.area(parts).sum() == pytest.approx(site.area, rel=1e-9)
