"""Properties of the boundary-point TXT: nothing but the points decides what a plot is."""

import math
import random

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from zoning.base.errors import ZoningError
from zoning.base.targets import Target
from zoning.read.boundary_txt.parse import read_boundary_txt, to_frame
from zoning.read.boundary_txt.write import write_boundary_txt

GEOD = Geod(a=6378137.0, rf=298.257222101)
X, Y = 4190000.0, 38500000.0
HEAD = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=38\n[地块坐标]\n"


@st.composite
def nested_rings(draw, depth=0, box=(0, 0, 4096, 4096)):
    """Rings as (x0, y0, x1, y1) boxes that nest or lie apart, never touch."""
    x0, y0, x1, y1 = box
    if (
        min(x1 - x0, y1 - y0) < 16
        or depth > 4
        or not draw(st.booleans() if depth else st.just(True))
    ):
        return []
    ring = (x0 + 2, y0 + 2, x1 - 2, y1 - 2)
    mid = (x0 + x1) // 2
    inner = draw(nested_rings(depth + 1, (x0 + 4, y0 + 4, mid - 2, y1 - 4)))
    inner += draw(nested_rings(depth + 1, (mid + 2, y0 + 4, x1 - 4, y1 - 4)))
    return [ring, *inner]


def even_odd_area(rings):
    def inside(a, b):
        return b[0] < a[0] and b[1] < a[1] and a[2] < b[2] and a[3] < b[3]

    total = 0
    for ring in rings:
        depth = sum(inside(ring, other) for other in rings)
        total += (-1) ** depth * (ring[2] - ring[0]) * (ring[3] - ring[1])
    return total


def lines(rings, rng):
    """Point lines with random start vertex, orientation, closing, numbering and order."""
    rings = rings[:]
    rng.shuffle(rings)
    numbers = rng.sample(range(1, 999), len(rings))
    out = []
    for number, (x0, y0, x1, y1) in zip(numbers, rings, strict=True):
        points = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        turn = rng.randrange(4)
        points = points[turn:] + points[:turn]
        if rng.random() < 0.5:
            points.reverse()
        if rng.random() < 0.5:
            points.append(points[0])
        j = rng.choice(["J", "", "j"])
        out += [f"{j}{i},{number},{X + a:.3f},{Y + b:.3f}" for i, (a, b) in enumerate(points, 1)]
    return out


@settings(deadline=None)
@given(nested_rings(), st.integers(0, 2**32))
def test_even_odd_area_whatever_order_start_and_orientation(rings, seed):
    points = lines(rings, random.Random(seed))
    plot = f"{len(points)},,1,,面,,,,@\n" + "\n".join(points)
    (found,) = read_boundary_txt((HEAD + plot).encode()).plots
    assert found.geometry.is_valid
    assert found.geometry.area == pytest.approx(even_odd_area(rings), rel=1e-9)
    assert found.plane_area_m2 == pytest.approx(found.geometry.area, rel=1e-9)


star = st.lists(st.floats(0.2, 1.0), min_size=3, max_size=40)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    radii=star,
    lon=st.floats(110.6, 114.4),
    lat=st.floats(34.6, 40.7),
    size=st.floats(1e-4, 0.05),
    hole=st.booleans(),
    prefix=st.booleans(),
    six=st.booleans(),
    name=st.text(max_size=20),
)
def test_write_then_read_moves_nothing_by_a_millimetre(
    tmp_path, radii, lon, lat, size, hole, prefix, six, name
):
    angles = np.arange(len(radii)) * 2 * math.pi / len(radii)
    unit = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(radii)[:, None]
    shell = unit * size + (lon, lat)
    site = shapely.Polygon(shell, [unit[::-1] * size * 0.3 + (lon, lat)] if hole else [])
    zone = (19 if lon < 114 else 20) if six else (37 if lon < 112.5 else 38)
    before = gpd.GeoDataFrame({"name": [name]}, geometry=[site], crs=4490)
    path = tmp_path / "a.txt"
    write_boundary_txt(before, Target(path, overwrite=True), zone=zone, prefix=prefix)
    found = read_boundary_txt(path)
    assert not found.problems
    after = to_frame(found).geometry[0]
    a, b = (shapely.get_coordinates(g) for g in (site, after))
    assert a.shape == b.shape
    assert GEOD.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2].max() < 1e-3
    # What was written is stable: a second round trip gives the same point lines.
    first = path.read_bytes().splitlines()
    write_boundary_txt(to_frame(found), Target(path, overwrite=True), zone=zone, prefix=prefix)
    again = path.read_bytes().splitlines()
    assert [a for a in first if a[:1] == b"J"] == [a for a in again if a[:1] == b"J"]


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_end_in_a_file_or_a_zoning_error(data):
    try:
        read_boundary_txt(data)
    except ZoningError as error:
        assert error.problems
        assert all(error.lines("zh"))


token = st.sampled_from(
    ["J1", "1", "2", "", " ", "面", "线", "点", "@", "=", "带号", "38", "37", "3", "坐标系",
     "2000国家大地坐标系", "[地块坐标]", "[属性描述]", "4190000", "4190100.5", "38500000",
     "38500100.25", "500000", "1e308", "-1", "nan", "０", "，", "\t", "公顷", "\x00", "\ufeff"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.lists(token, max_size=9), max_size=30))
def test_any_words_of_the_format_end_in_a_file_or_a_zoning_error(rows):
    data = HEAD + "\n".join(",".join(row) for row in rows)
    try:
        found = read_boundary_txt(data.encode())
    except ZoningError as error:
        assert error.problems
    else:
        assert len(to_frame(found)) == len(found.plots)
