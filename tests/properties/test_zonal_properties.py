"""What must hold for any polygon: area of parts = whole; how a ring is written is no matter."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from tests.unit.zonal_samples import areas_of, frame, shares_by_shapely, write
from zoning.zonal import zonal_areas, zonal_stats

SIZE = 24
TRANSFORM = Affine(100, 0, 0, 0, -100, SIZE * 100)


@pytest.fixture(scope="module")
def raster(tmp_path_factory):
    values = np.random.default_rng(7).integers(0, 4, (SIZE, SIZE)).astype(np.uint8)
    return write(tmp_path_factory.mktemp("p") / "r.tif", values, transform=TRANSFORM)


@st.composite
def polygons(draw):
    """Star-shaped polygons inside the raster, often with vertices and edges on grid lines."""
    n = draw(st.integers(3, 12))
    turn = draw(st.floats(0, 6.28))
    angles = turn + np.arange(n) * 2 * np.pi / n
    radii = np.array(draw(st.lists(st.floats(30, 700), min_size=n, max_size=n)))
    x = 1200 + radii * np.cos(angles)
    y = 1200 + radii * np.sin(angles)
    grain = draw(st.sampled_from([0, 25, 50, 100]))
    if grain:
        x, y = np.rint(x / grain) * grain, np.rint(y / grain) * grain
    shape = shapely.make_valid(shapely.Polygon(np.column_stack([x, y])))
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return max(parts, key=lambda p: p.area, default=shapely.box(1200, 1200, 1300, 1350))


def areas(raster, geometry):
    return areas_of(zonal_areas(raster, frame(geometry), id_column="name", threads=1))


def same(a, b, scale):
    for key in a.keys() | b.keys():
        assert a.get(key, 0.0) == pytest.approx(b.get(key, 0.0), abs=1e-9 * scale)


quick = settings(max_examples=25, deadline=None)


@quick
@given(shape=polygons())
def test_every_cell_as_shapely_cuts_it(raster, shape):
    table = zonal_stats(raster, frame(shape), stats=("count",), threads=1)
    shares = shares_by_shapely(shape, TRANSFORM, SIZE, SIZE)
    assert table["count"].iloc[0] == pytest.approx(shares.sum(), rel=1e-9)
    import rasterio

    with rasterio.open(raster) as dataset:
        values = dataset.read(1)
    expected = {c: shares[values == c].sum() * 10_000 for c in range(4)}
    same(areas(raster, shape), expected, shape.area)


@quick
@given(shape=polygons(), start=st.integers(0, 11), back=st.booleans())
def test_writing_of_the_ring_is_no_matter(raster, shape, start, back):
    points = np.roll(shapely.get_coordinates(shape.exterior)[:-1], start, axis=0)
    other = shapely.Polygon(points[::-1] if back else points)
    same(areas(raster, shape), areas(raster, other), shape.area)


@quick
@given(shape=polygons(), angle=st.floats(0, 3.14), shift=st.floats(-300, 300))
def test_parts_add_up_to_the_whole(raster, shape, angle, shift):
    dx, dy = np.cos(angle), np.sin(angle)
    px, py = 1200 - dy * shift, 1200 + dx * shift
    far = 5000
    side = shapely.Polygon(
        [
            (px - far * dx, py - far * dy),
            (px + far * dx, py + far * dy),
            (px + far * (dx - dy), py + far * (dy + dx)),
            (px - far * (dx + dy), py - far * (dy - dx)),
        ]
    )
    total: dict[int, float] = {}
    for piece in (shapely.intersection(shape, side), shapely.difference(shape, side)):
        parts = [p for p in shapely.get_parts(piece) if p.geom_type == "Polygon" and p.area > 0]
        if parts:
            for key, value in areas(raster, shapely.MultiPolygon(parts)).items():
                total[key] = total.get(key, 0.0) + value
    same(areas(raster, shape), total, shape.area)


@quick
@given(shape=polygons(), right=st.integers(-4, 4), up=st.integers(-4, 4))
def test_shift_by_whole_cells_changes_no_share(raster, shape, right, up):
    moved = shapely.transform(shape, lambda p: p + np.array([right * 100.0, up * 100.0]))
    table = zonal_stats(raster, frame(shape, moved), stats=("count",), threads=1)
    assert table["count"][1] == pytest.approx(table["count"][0], rel=1e-12, abs=1e-12)
    assert table["count"][0] == pytest.approx(shape.area / 10_000, rel=1e-9)
