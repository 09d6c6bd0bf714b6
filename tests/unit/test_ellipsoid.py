"""Areas against the published series, lengths against Vincenty's solution."""

import itertools
import math

import numpy as np
import pytest
import shapely

from zoning.base import geodesy

A = 6378137.0
F = 1 / 298.257222101
B = A * (1 - F)
E2 = (A * A - B * B) / (A * A)


def published_strip(lat1: float, lat2: float, dlon: float) -> float:
    """国土调查办发〔2008〕32号: the block between two latitudes and dlon, all in radians."""
    e2, e4, e6, e8 = E2, E2**2, E2**3, E2**4
    k = (
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        1 / 112 * e6 + 45 / 2304 * e8,
        5 / 2304 * e8,
    )
    half, mid = (lat2 - lat1) / 2, (lat1 + lat2) / 2
    total = sum(
        (-1) ** i * k[i] * math.sin((2 * i + 1) * half) * math.cos((2 * i + 1) * mid)
        for i in range(5)
    )
    return 2 * B * B * dlon * total


def published_area(polygon: shapely.Polygon) -> float:
    """Sum the blocks from the equator to each edge, the edges cut fine as the rule asks."""

    def ring(r: shapely.LinearRing) -> float:
        xy = np.radians(shapely.get_coordinates(shapely.segmentize(r, 0.0005)))
        return abs(
            math.fsum(
                published_strip(0.0, (p[1] + q[1]) / 2, q[0] - p[0])
                for p, q in itertools.pairwise(xy)
            )
        )

    return ring(polygon.exterior) - sum(ring(r) for r in polygon.interiors)


def hexagon(lon: float, lat: float, size: float, turn: float) -> shapely.Polygon:
    angles = np.linspace(0, 2 * np.pi, 6, endpoint=False) + turn
    return shapely.Polygon(
        np.column_stack([lon + size * np.cos(angles), lat + size * np.sin(angles)])
    )


TEN = [
    hexagon(110.6, 34.8, 0.02, 0.1),
    hexagon(111.2, 35.6, 0.1, 0.4),
    hexagon(112.5, 37.8, 0.005, 0.0),
    hexagon(113.3, 40.1, 0.3, 0.7),
    hexagon(114.2, 39.4, 0.05, 1.1),
    shapely.box(112.0, 36.0, 112.01, 36.01),
    shapely.box(112.0, 36.0, 112.5, 36.5),
    shapely.box(111, 38, 112, 39).difference(shapely.box(111.3, 38.3, 111.6, 38.6)),
    shapely.Polygon([(110.5, 35), (111.5, 35.1), (111, 36), (110.9, 35.4)]),
    shapely.Polygon([(113, 40.5), (113.2, 40.5), (113.2, 40.7), (113.1, 40.55), (113, 40.7)]),
]


@pytest.mark.parametrize("polygon", TEN, ids=range(10))
def test_area_agrees_with_the_published_formula(polygon):
    assert geodesy.areas(polygon)[0] == pytest.approx(published_area(polygon), rel=1e-6)


def test_area_of_one_degree_cell_closed_form():
    # 1° × 1° at 36-37° N: F(37°) − F(36°), times one degree; the exact strip integral.
    f = geodesy.strip_area(np.radians([36.0, 37.0]))
    assert geodesy.areas(shapely.box(112, 36, 113, 37))[0] == pytest.approx(
        math.radians(1) * (f[1] - f[0]), rel=1e-12
    )


def test_small_plot_keeps_its_digits():
    # A 10 m plot: the area from the sides M·dB and N·cos B·dL, to 1e-6 of itself.
    lat, d = math.radians(37.5), 1e-4
    w2 = 1 - E2 * math.sin(lat) ** 2
    m, n = A * (1 - E2) / w2**1.5, A / w2**0.5
    expected = m * math.radians(d) * n * math.cos(lat) * math.radians(d)
    plot = shapely.box(112.5 - d / 2, 37.5 - d / 2, 112.5 + d / 2, 37.5 + d / 2)
    assert geodesy.areas(plot)[0] == pytest.approx(expected, rel=1e-6)


def test_holes_parts_orientation_and_collections():
    outer, hole = shapely.box(112, 37, 112.2, 37.2), shapely.box(112.05, 37.05, 112.1, 37.1)
    ring = shapely.Polygon(outer.exterior.coords, [hole.exterior.coords])
    backwards = shapely.Polygon(list(outer.exterior.coords)[::-1], [list(hole.exterior.coords)])
    whole, part = geodesy.areas([outer, hole])
    pieces = shapely.MultiPolygon([ring, shapely.box(113, 37, 113.1, 37.1)])
    mixed = shapely.GeometryCollection(
        [pieces, shapely.Point(1, 1), shapely.GeometryCollection([hole])]
    )
    got = geodesy.areas([ring, backwards, pieces, mixed, shapely.Point(1, 1), None])
    extra = geodesy.areas(shapely.box(113, 37, 113.1, 37.1))[0]
    expected = [whole - part, whole - part, whole - part + extra, whole + extra, 0, 0]
    assert got == pytest.approx(expected, rel=1e-12)


def vincenty(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Vincenty (1975), inverse problem: independent of the solver under test."""
    u1, u2 = (math.atan((1 - F) * math.tan(math.radians(v))) for v in (lat1, lat2))
    length = lam = math.radians(lon2 - lon1)
    for _ in range(100):
        sin_s = math.hypot(
            math.cos(u2) * math.sin(lam),
            math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(lam),
        )
        cos_s = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(lam)
        sigma = math.atan2(sin_s, cos_s)
        sin_a = math.cos(u1) * math.cos(u2) * math.sin(lam) / sin_s
        cos2_a = 1 - sin_a**2
        cos_2m = cos_s - 2 * math.sin(u1) * math.sin(u2) / cos2_a
        c = F / 16 * cos2_a * (4 + F * (4 - 3 * cos2_a))
        before = lam
        lam = length + (1 - c) * F * sin_a * (
            sigma + c * sin_s * (cos_2m + c * cos_s * (2 * cos_2m**2 - 1))
        )
        if abs(lam - before) < 1e-13:
            break
    uu = cos2_a * (A * A - B * B) / (B * B)
    big_a = 1 + uu / 16384 * (4096 + uu * (-768 + uu * (320 - 175 * uu)))
    big_b = uu / 1024 * (256 + uu * (-128 + uu * (74 - 47 * uu)))
    inner = cos_s * (2 * cos_2m**2 - 1) - big_b / 6 * cos_2m * (4 * sin_s**2 - 3) * (
        4 * cos_2m**2 - 3
    )
    return B * big_a * (sigma - big_b * sin_s * (cos_2m + big_b / 4 * inner))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((112.5, 37.8), (112.51, 37.81)),
        ((110.3, 34.6), (114.5, 40.7)),
        ((112.0, 36.0), (112.0, 36.001)),
        ((113.3, 40.1), (113.9, 40.1)),
    ],
)
def test_distance_agrees_with_vincenty(start, end):
    got = geodesy.distances(np.array([start]), np.array([end]))[0]
    assert got == pytest.approx(vincenty(*start, *end), abs=1e-4)


def test_length_is_the_sum_of_its_edges():
    line = [(112.0, 36.0), (112.1, 36.2), (112.4, 36.1)]
    expected = vincenty(*line[0], *line[1]) + vincenty(*line[1], *line[2])
    both = shapely.MultiLineString([line, line])
    got = geodesy.lengths([shapely.LineString(line), both, shapely.Point(0, 0)])
    assert got == pytest.approx([expected, 2 * expected, 0.0], abs=1e-3)


def test_empty_geometries_count_nothing():
    empty = [shapely.Polygon(), shapely.MultiPolygon(), None, shapely.LineString()]
    assert geodesy.areas(empty).tolist() == [0.0] * 4
    assert geodesy.lengths(empty).tolist() == [0.0] * 4
    assert geodesy.areas([]).size == 0 and geodesy.lengths([]).size == 0
    mixed = geodesy.areas([shapely.Polygon(), shapely.box(112, 37, 112.01, 37.01)])
    assert mixed[0] == 0.0 and mixed[1] > 9e5
