"""The ground of a page: relief and seats lie where they should, and take little room."""

from __future__ import annotations

import geopandas
import pytest

from zoning.base.settings import data_dir
from zoning.show.map.backdrop import ground


def test_the_ground_takes_little_room():
    assert len(ground("zh")["relief"]) < 200_000


def test_every_seat_lies_in_the_county_or_city_that_it_is_named_after():
    counties = geopandas.read_file(data_dir() / "boundaries" / "counties.fgb")
    seats = ground("zh")["seats"]
    points = geopandas.GeoDataFrame(
        {"seat": [s[2] for s in seats], "rank": [s[3] for s in seats]},
        geometry=geopandas.points_from_xy([s[0] for s in seats], [s[1] for s in seats]),
        crs=counties.crs,
    )
    found = points.sjoin(counties, predicate="within")
    assert len(found) == len(seats)
    for row in found.itertuples():
        assert (row.city if row.rank == 1 else row.name).startswith(row.seat)
    assert (found["rank"] == 1).sum() == 11  # every city
    assert len(seats) >= 90
    assert not found.duplicated(["adcode", "rank"]).any()


def test_names_are_in_the_language_asked_for():
    assert "太原" in [s[2] for s in ground("zh")["seats"]]
    assert "Taiyuan" in [s[2] for s in ground("en")["seats"]]


def test_the_relief_is_as_wide_and_high_as_its_bounds_in_web_mercator():
    from base64 import b64decode
    from io import BytesIO

    import numpy as np
    from PIL import Image
    from pyproj import Transformer

    base = ground("zh")
    west, south, east, north = base["bounds"]
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    (x0, y0), (x1, y1) = to_metres.transform(west, south), to_metres.transform(east, north)
    with Image.open(BytesIO(b64decode(base["relief"].split(",")[1]))) as picture:
        assert picture.width / picture.height == pytest.approx((x1 - x0) / (y1 - y0), rel=1e-3)
        grey = np.asarray(picture)[..., 0].astype(float)
        alpha = np.asarray(picture)[..., 3]

    # Taiyuan's basin is flat and one grey, the Lüliang mountains at its west are not.
    def rough(lon: float, lat: float) -> float:
        x, y = to_metres.transform(lon, lat)
        column = round((x - x0) / (x1 - x0) * grey.shape[1])
        row = round((y1 - y) / (y1 - y0) * grey.shape[0])
        return float(grey[row - 12 : row + 12, column - 12 : column + 12].std())

    assert rough(112.45, 37.45) * 3 < rough(111.5, 37.8)
    assert alpha[0].max() == 0  # no frame is seen
    assert alpha[alpha.shape[0] // 2, alpha.shape[1] // 2] == 255
