"""A site that lies elsewhere than its file says is told so, with the shift that explains it."""

import json

import pytest
import shapely

from zoning import load_layer
from zoning.read.crs import datum
from zoning.review import places


def plot(point, size=0.0005):
    box = shapely.box(point.x - size, point.y - size, point.x + size, point.y + size)
    return json.loads(shapely.to_geojson(box))


def notices(done):
    return json.dumps(done.json()["projects"][0]["notices"], ensure_ascii=False)


@pytest.fixture(scope="module")
def county():
    frame = load_layer("counties").set_index("name")
    return frame.geometry["迎泽区"]


def edge_site(county):
    """A small plot just inside the east edge: GCJ-02 moves it out, to the east."""
    inner = shapely.point_on_surface(county)
    ray = shapely.intersection(county, shapely.LineString([inner, (inner.x + 1, inner.y)]))
    east = shapely.bounds(ray)[2]
    return shapely.Point(east - 0.0015, inner.y)


def test_a_site_drawn_on_a_web_map_gets_the_hint(zoning, geojson, county):
    true = edge_site(county)
    lon, lat = datum.wgs84_to_gcj02(true.x, true.y)
    shifted = geojson((plot(shapely.Point(lon, lat)), {"id": "A", "县区": "迎泽区"}))
    done = zoning("check", shifted, "--format", "json")
    assert "--datum gcj02" in notices(done)
    done = zoning("check", shifted, "--datum", "gcj02", "--format", "json")
    assert "datum" not in notices(done)
    assert done.json()["inputs"][0]["datum"] == "gcj02"


def test_a_site_where_it_should_be_gets_none(zoning, geojson, county):
    path = geojson((plot(edge_site(county)), {"id": "A", "县区": "迎泽区"}))
    assert notices(zoning("check", path, "--format", "json")) == "[]"


def test_a_site_far_from_its_county_is_told_so(zoning, geojson):
    path = geojson((plot(shapely.Point(111.5, 36.1)), {"id": "A", "XZQDM": "140106"}))
    assert "140106" in notices(zoning("check", path, "--format", "json"))


@pytest.mark.parametrize(
    ("name", "count"),
    [("迎泽区", 1), ("迎泽", 1), ("太原市迎泽区", 1), ("140106", 1), ("140106001000", 1),
     ("城区", 2), ("朝阳区", 0)],
)  # fmt: skip
def test_names_and_codes(name, count):
    assert places._rows(name, load_layer("counties")).sum() == count
