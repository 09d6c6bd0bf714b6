"""The zones beside the sites: each that matters is drawn, so much of it as tells where it lies."""

from types import SimpleNamespace

import numpy as np
import shapely
from geopandas import GeoDataFrame

from zoning.base.table import Table
from zoning.messages import Text
from zoning.model import Finding, Measure, Project, ProjectResult, Status, Tri
from zoning.review import touched
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
    # Boxes that lie apart, overlap, touch at a corner, or lie beyond the zone or all within it.
    around = [
        shapely.union_all([shapely.box(x, y, x + width, y + width) for x, y in rng.uniform(
            (111.92, 36.92), (112.06, 37.06), (count, 2))])
        for width, count in zip(rng.choice([0.001, 0.01, 0.04], 57), [1, 2, 5] * 19, strict=True)
    ]  # fmt: skip
    pair = shapely.box(111.95, 37.0, 111.97, 37.02), shapely.box(111.97, 37.02, 111.98, 37.03)
    around += [
        shapely.union_all(pair),
        shapely.box(113, 37, 114, 38),
        shapely.box(110, 30, 115, 40),
    ]
    found = touched._within(zone, np.array(around))
    expected = shapely.intersection(zone, np.array(around))
    assert (
        shapely.is_valid(found).all()
        and (shapely.is_empty(found) == shapely.is_empty(expected)).all()
    )
    assert shapely.area(shapely.symmetric_difference(found, expected)).max() < 1e-15
    assert np.isin(shapely.get_type_id(found), (3, 6)).all()
    assert (shapely.get_type_id(found) == 6).sum() > 5
