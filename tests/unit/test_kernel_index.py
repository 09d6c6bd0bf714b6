"""The index as arrays: kept, mapped, given back, the same from any number of threads."""

import numpy as np
import pytest
import shapely

import zoning
from zoning.base.errors import SourceError, UsageError
from zoning.measure.kernel import EdgeIndex, nearest, overlaps, overlaps_within
from zoning.measure.kernel.tiles import FULL


def ring(count, radius=1.0, x=0.0):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return shapely.Polygon(np.column_stack([x + radius * np.cos(angle), radius * np.sin(angle)]))


def test_tiles_are_small_and_close():
    index = EdgeIndex.build([ring(5000)], degrees=False)
    assert np.diff(index.start).max() <= FULL
    for tile in range(len(index.owner)):
        edges = index.edges[index.start[tile] : index.start[tile + 1]]
        assert edges[:, [0, 2]].sum(axis=0) @ [1, -1] == pytest.approx(0, abs=1e-12)


def test_many_parts_holes_and_nothing():
    shapes = [
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]),
        None,
        shapely.Polygon(),
        shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2)),
    ]
    index = EdgeIndex.build(shapes, degrees=False)
    assert index.dimension.tolist() == [2, -1, -1, 2]
    pairs = overlaps(index, EdgeIndex.build([shapely.box(0.5, 0.5, 2.5, 1.5)], degrees=False))
    assert dict(zip(pairs.left.tolist(), pairs.area.tolist(), strict=True)) == {0: 0.5, 3: 1.5}


def test_empty_sides():
    none = EdgeIndex.build([], degrees=False)
    some = EdgeIndex.build([ring(8)], degrees=False)
    assert not len(overlaps(none, some).left) and not len(overlaps(some, none).left)
    assert np.isinf(nearest(some, none).distance).all()
    assert not len(nearest(none, some).distance)


def test_arrays_can_be_mapped_from_files(tmp_path):
    index = EdgeIndex.build([ring(400), ring(400, x=1.0)], degrees=False)
    for name, array in index.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    kept = {p.stem: np.load(p, mmap_mode="r") for p in tmp_path.glob("*.npy")}
    again = EdgeIndex.from_arrays(kept)
    before, after = overlaps(index, index), overlaps(again, again)
    for one, other in zip(before, after, strict=True):
        assert one.tobytes() == other.tobytes()


def test_arrays_that_do_not_fit_are_refused():
    arrays = EdgeIndex.build([ring(40)], degrees=False).arrays()
    with pytest.raises(KeyError):
        EdgeIndex.from_arrays({k: v for k, v in arrays.items() if k != "box"})
    with pytest.raises(ValueError, match="fit"):
        EdgeIndex.from_arrays({**arrays, "edges": arrays["edges"][:-1]})


def test_zones_of_one_layer_that_overlap():
    row = [shapely.box(x, 0, x + 1, 1) for x in range(40)]
    assert not len(overlaps_within(EdgeIndex.build(row, degrees=False)).left)
    pairs = overlaps_within(EdgeIndex.build([*row, shapely.box(3.5, 0, 5, 1)], degrees=False))
    assert (pairs.left.tolist(), pairs.right.tolist()) == ([3, 4], [40, 40])
    assert pairs.area.tolist() == [0.5, 1.0]


def test_threads_change_no_byte():
    rng = np.random.default_rng(3)
    sizes, places = rng.integers(3, 300, 3000), rng.uniform(0, 900, 3000)
    shapes = [ring(n, x=x) for n, x in zip(sizes.tolist(), places.tolist(), strict=True)]
    one = EdgeIndex.build(shapes, degrees=False, workers=1)
    many = EdgeIndex.build(shapes, degrees=False, workers=3)
    for name, array in one.arrays().items():
        assert array.tobytes() == many.arrays()[name].tobytes()
    for left, right in zip(
        overlaps(one, one, workers=1), overlaps(one, one, workers=3), strict=True
    ):
        assert left.tobytes() == right.tobytes()


def frame(shapes, **columns):
    geopandas = pytest.importorskip("geopandas")
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def test_overlap_areas_of_frames_keep_their_index():
    sites = frame([shapely.box(112, 37, 112.01, 37.01), shapely.box(113, 37, 113.01, 37.01)])
    sites.index = ["a", "b"]
    zones = frame([shapely.box(112.005, 37, 112.02, 37.02)])
    table = zoning.overlap_areas(sites, zones)
    assert table[["site", "zone"]].to_numpy().tolist() == [["a", 0]]
    half = shapely.box(112.005, 37, 112.01, 37.01)
    from zoning.base import geodesy

    assert table.area_m2.tolist() == pytest.approx(geodesy.areas([half]).tolist(), rel=1e-10)
    assert table.attrs["repaired"] == {"sites": 0, "zones": 0}
    assert "length_m" not in table
    index = EdgeIndex.build(zones.geometry.array)
    assert zoning.overlap_areas(sites, index).equals(table)


def test_overlap_areas_of_lines_and_a_layer():
    line = frame([shapely.LineString([(112.0, 37.7), (113.0, 37.7)])])
    table = zoning.overlap_areas(line, "counties")
    assert table.length_m.sum() == pytest.approx(88_200, rel=0.01)
    assert not table.area_m2.any()


def test_a_bow_tie_never_reaches_the_kernel():
    """Its wings would cancel: it is refused, or repaired on request and counted."""
    bow = shapely.Polygon([(112, 37), (112.01, 37.01), (112.01, 37), (112, 37.01)])
    zones = frame([shapely.box(111, 36, 113, 38)])
    with pytest.raises(SourceError) as caught:
        zoning.overlap_areas(frame([bow]), zones)
    assert len(caught.value.problems) == 1
    table = zoning.overlap_areas(frame([bow]), zones, options=zoning.ReadOptions(repair=True))
    assert table.attrs["repaired"] == {"sites": 1, "zones": 0}
    assert table.area_m2.iloc[0] == pytest.approx(0.5 * 888_000 * 1.11, rel=0.01)


def test_what_cannot_be_measured_is_told():
    plane = EdgeIndex.build([ring(8)], degrees=False)
    with pytest.raises(UsageError):
        zoning.overlap_areas(plane, plane)
    with pytest.raises(UsageError):
        zoning.overlap_areas(3, plane)
    with pytest.raises(ValueError, match="plane"):
        nearest(EdgeIndex.build([ring(8)]), plane)
