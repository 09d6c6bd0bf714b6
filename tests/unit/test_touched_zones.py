"""The zones beside the sites: each that matters is drawn, so much of it as tells where it lies."""

from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given
from hypothesis import strategies as st

from zoning.base.table import Table
from zoning.messages import Text
from zoning.model import Finding, Measure, Project, ProjectResult, Status, Tri
from zoning.review import touched
from zoning.review.rectangles import apart
from zoning.review.touched import Zone, touched_zones

T = Text("区", "zone")
SQUARE = shapely.box(112.0, 37.0, 112.01, 37.01)


def beside(zone, metres, sites=1, parts=1):
    """What is drawn of one zone that lies so far from each of some equal sites."""
    measure = Measure("z", "Z", metres, touches=Tri.UNKNOWN)
    found = Finding("p", Status.UNDETERMINED, T, "position", layer="z", zones=(measure,))
    results = [
        ProjectResult(Project(f"p{i}", "p", SQUARE, {}), Status.UNDETERMINED, (found,))
        for i in range(sites)
    ]
    layer = SimpleNamespace(name=T, name_field="name", evidence_field=None)
    record = SimpleNamespace(evidence="official", official=True)
    shapes = [*([zone] * parts), SQUARE]
    frame = GeoDataFrame({"name": [*"Z" * parts, "other"]}, geometry=shapes, crs=4490)
    loaded = SimpleNamespace(layer=layer, record=record, stored=None, given=Table.of(frame))
    drawn = touched_zones(results, {"z": loaded})
    return GeoDataFrame(drawn, columns=Zone._fields, geometry="shape", crs=4490)


def test_a_zone_is_cut_to_500_m_beyond_where_it_comes_nearest():
    drawn = beside(shapely.box(111.0, 36.0, 113.0, 38.0), 0.0)
    assert drawn.to_dict("records")[0]["projects"] == "p0"
    west, south, east, north = drawn.total_bounds
    assert shapely.Point(west, 37.0).distance(SQUARE) * 84_000 >= 500.0
    assert east - west < 0.03
    assert north - south < 0.03


def test_a_zone_that_matters_from_afar_is_drawn_there():
    # 0.05° of latitude are 5.5 km.
    drawn = beside(shapely.box(112.0, 37.06, 112.01, 37.2), 5_550.0)
    assert list(drawn.zone) == ["Z"]
    assert drawn.total_bounds[3] < 37.1


def test_a_zone_beside_very_many_sites_is_drawn_whole():
    zone = shapely.box(111.0, 36.0, 113.0, 38.0)
    assert beside(zone, 0.0, sites=100).geometry[0].area < 0.001
    assert beside(zone, 0.0, sites=101).geometry[0].equals(zone)
    assert beside(zone, 0.0, sites=101, parts=101).geometry[0].area < 0.001


def test_a_zone_is_clipped_to_each_of_its_surroundings() -> None:
    rng = np.random.default_rng(2)
    turn = np.linspace(0.0, 2 * np.pi, 400, endpoint=False)
    far = 0.05 * (1.0 + 0.2 * rng.random((60, 400)))
    zone = shapely.polygons(np.stack((112 + far * np.cos(turn), 37 + far * np.sin(turn)), axis=-1))
    zone[:20] = shapely.difference(zone[:20], shapely.box(111.98, 36.9, 112.02, 37.02))
    zone[20] = shapely.LineString(shapely.get_coordinates(zone[20]))
    zone[21] = shapely.simplify(zone[21], 0.01)
    # Boxes beyond the zone, all around it, within it, and at its edge.
    sides = rng.uniform((111.92, 36.92), (112.06, 37.06), (160, 2))
    boxes = np.hstack((sides, sides + rng.choice([0.001, 0.01, 0.04], (160, 1))))
    boxes = np.vstack((boxes, [(113, 37, 114, 38), (110, 30, 115, 40)]))
    whose = np.concatenate((rng.integers(0, 58, 160), [58, 59]))
    boxes, whose = apart(boxes, whose)
    around = np.full(60, shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(shapely.box(*boxes.T), indices=whose, out=around)
    found = touched._within(zone, boxes, whose)
    expected = shapely.intersection(zone, around)
    assert shapely.is_valid(found).all()
    assert (shapely.is_empty(found) == shapely.is_empty(expected)).all()
    for one, other in ((found, expected), (expected, found)):
        rest = shapely.difference(one, other)
        assert max(shapely.area(rest).max(), shapely.length(rest[20])) < 1e-15
    kinds = np.delete(shapely.get_type_id(found), 20)[~np.delete(shapely.is_empty(found), 20)]
    assert np.isin(kinds, (3, 6)).all()
    assert (kinds == 6).sum() > 5


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 6)] * 2, st.integers(0, 2))))
def test_rectangles_that_meet_are_joined_and_no_others(told: list[tuple[int, ...]]) -> None:
    rows = np.array(told, dtype=float).reshape(-1, 5)
    bounds, owner = np.hstack((rows[:, :2], rows[:, :2] + rows[:, 2:4])), rows[:, 4].astype(int)
    found, whose = apart(bounds, owner)
    for each in range(3):
        mine, own = shapely.box(*found[whose == each].T), shapely.box(*bounds[owner == each].T)
        one, other = shapely.STRtree(mine).query(mine, predicate="intersects")
        assert (one == other).all()
        held = [[bool(shapely.covers(a, b)) for a in mine] for b in own]
        assert all(sum(each) == 1 for each in held)
        # None is wider than what it holds.
        for at, box in enumerate(mine):
            inner = [b for b, which in zip(own, held, strict=True) if which[at]]
            assert shapely.total_bounds(inner) == pytest.approx(shapely.bounds(box))


def test_a_zone_of_very_many_parcels_is_cut_beside_very_many_sites() -> None:
    # Every parcel against all surroundings would be 400 million pairs.
    x, y = np.meshgrid(np.arange(140) * 0.02, np.arange(140) * 0.02)
    corners = np.column_stack((x.ravel() + 110.0, y.ravel() + 35.0))
    bounds = np.hstack((corners, corners + 0.001))
    parcels, count = shapely.box(*bounds.T), len(bounds)
    parcels[0] = shapely.LineString([(110.0005, 35.0), (110.0005, 35.03)])
    found = parcels.copy()
    near = touched._Near(np.array([count]), np.arange(count), np.zeros(count))
    touched._cut_around(found, np.ones(count, dtype=bool), np.array([count]), near, bounds)
    assert (found[1:] == parcels[1:]).all()
    assert shapely.get_num_geometries(found[0]) == 2
    # 500 m are drawn as 0.00625 degrees.
    assert shapely.length(found[0]) == pytest.approx((0.001 + 0.00625) + (0.001 + 2 * 0.00625))
