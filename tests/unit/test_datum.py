"""GCJ-02 and BD-09: published values, the round trip over all Shanxi, and the hint."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from zoning.base.errors import SourceError
from zoning.read.crs import datum

GEOD = Geod(a=6378137.0, rf=298.257222101)


def shanxi(step=0.02):
    """Grid over the province's bounding box, 110.2–114.6° E, 34.5–40.8° N."""
    lon, lat = np.meshgrid(np.arange(110.2, 114.6, step), np.arange(34.5, 40.8, step))
    return lon.ravel(), lat.ravel()


def test_forward_matches_the_public_formula():
    # eviltransform's own test vector (Shanghai): WGS 84 (31.1774276, 121.5272106).
    lon, lat = datum.wgs84_to_gcj02(121.5272106, 31.1774276)
    assert lon == pytest.approx(121.531541859215, abs=1e-9)
    assert lat == pytest.approx(31.17530398364597, abs=1e-9)
    # coordtransform's own example for the second shift.
    lon, lat = datum.gcj02_to_bd09(116.404, 39.915)
    assert lon == pytest.approx(116.41036949371029, abs=1e-12)
    assert lat == pytest.approx(39.92133699351021, abs=1e-12)


@pytest.mark.parametrize(
    ("forward", "back"),
    [
        (datum.wgs84_to_gcj02, datum.gcj02_to_wgs84),
        (datum.wgs84_to_bd09, datum.bd09_to_wgs84),
        (datum.gcj02_to_bd09, datum.bd09_to_gcj02),
    ],
)
def test_round_trip_over_all_shanxi_below_a_tenth_of_a_millimetre(forward, back):
    lon, lat = shanxi()
    lon2, lat2 = back(*forward(lon, lat))
    assert np.abs(lon2 - lon).max() < 1e-9
    assert np.abs(lat2 - lat).max() < 1e-9
    metres = GEOD.inv(lon, lat, lon2, lat2)[2]
    assert metres.max() < 1e-4
    # and the other order: forward of the inverse is the input
    lon3, lat3 = forward(*back(lon, lat))
    assert max(np.abs(lon3 - lon).max(), np.abs(lat3 - lat).max()) < 1e-9


def test_shift_in_shanxi_is_a_few_hundred_metres():
    lon, lat = shanxi(0.1)
    metres = GEOD.inv(lon, lat, *datum.wgs84_to_gcj02(lon, lat))[2]
    assert 450 < metres.min() < metres.max() < 700


def test_outside_china_nothing_moves():
    lon, lat = datum.wgs84_to_gcj02([2.35, -70.0], [48.85, -33.4])
    assert lon.tolist() == [2.35, -70.0]
    assert lat.tolist() == [48.85, -33.4]


def test_undo_keeps_structure_and_shape():
    square = shapely.box(112.50, 37.80, 112.51, 37.81)
    ring = shapely.Polygon(
        square.exterior, [shapely.box(112.503, 37.803, 112.506, 37.806).exterior]
    )
    shifted = shapely.transform(ring, lambda p: np.column_stack(datum.wgs84_to_bd09(*p.T)))
    back = datum.undo(np.array([shifted, None, shapely.Point()]), "bd09")
    assert shapely.equals_exact(back[0], ring, 1e-9)
    assert len(back[0].interiors) == 1
    assert back[1] is None
    assert back[2].is_empty


def test_undo_refuses_metres_and_unknown_names():
    with pytest.raises(SourceError, match="degrees"):
        datum.undo(shapely.Point(500000, 4200000), "gcj02")
    with pytest.raises(SourceError, match="degrees"):
        datum.undo(shapely.Point(1e308, float("inf")), "bd09")
    with pytest.raises(SourceError) as caught:
        datum.undo(shapely.Point(112, 37), "gcj")
    assert caught.value.problems[0].code == "datum-unknown"
    assert "gcj02" in caught.value.lines("zh")[0]


COUNTY = shapely.box(112.0, 37.0, 112.5, 37.5)


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
@pytest.mark.parametrize("dimension", ["polygon", "line", "point"])
def test_hint_when_the_shift_explains_the_place(name, dimension):
    forward = {"gcj02": datum.wgs84_to_gcj02, "bd09": datum.wgs84_to_bd09}[name]
    site = {
        "polygon": shapely.box(112.496, 37.2, 112.4995, 37.203),
        "line": shapely.LineString([(112.4991, 37.2), (112.4992, 37.3)]),
        "point": shapely.Point(112.4995, 37.2),
    }[dimension]
    wrong = shapely.transform(site, lambda p: np.column_stack(forward(*p.T)))
    hint = datum.gcj_hint(wrong, COUNTY, "某县")
    assert hint is not None
    assert hint.inside_before < 0.99 <= hint.inside_after
    assert "某县" in hint.text.zh
    assert "--datum" in hint.text.en
    if name == "gcj02":
        assert hint.datum == "gcj02"
        assert 300 < hint.shift_m < 700


@pytest.mark.parametrize(
    "site",
    [
        shapely.box(112.2, 37.2, 112.21, 37.21),  # well inside
        shapely.box(113.2, 37.2, 113.21, 37.21),  # 60 km away: no shift explains that
        shapely.box(111.99, 37.2, 111.995, 37.21),  # west of it: the shift goes the other way
        shapely.Polygon(),
        None,
    ],
)
def test_no_hint_without_reason(site):
    assert datum.gcj_hint(site, COUNTY) is None


@pytest.mark.parametrize("lon", datum._BOX[:2])
@pytest.mark.parametrize("lat", datum._BOX[2:])
def test_the_corners_of_the_shifted_area_are_shifted(lon, lat):
    assert datum.wgs84_to_gcj02(lon, lat) != (lon, lat)


def test_a_line_without_length_lies_nowhere():
    county = shapely.box(0, 0, 2, 2)
    assert datum._share_inside(shapely.LineString([(1, 1), (1, 1)]), county) == 0.0
    assert datum._share_inside(shapely.LineString([(1, 1), (3, 1)]), county) == 0.5
    assert datum._share_inside(shapely.MultiPoint([(1, 1), (3, 1)]), county) == 0.5
    assert datum._share_inside(shapely.box(1, 0, 3, 2), county) == 0.5
