"""The zones beside the sites: each that matters is drawn, so much of it as tells where it lies."""

from types import SimpleNamespace

import shapely
from geopandas import GeoDataFrame

from zoning.base.table import Table
from zoning.messages import Text
from zoning.model import Finding, Measure, Project, ProjectResult, Status, Tri
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
