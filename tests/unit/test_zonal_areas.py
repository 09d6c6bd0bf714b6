"""zonal_areas: sums small enough to check by hand, and what is refused."""

import sys
from importlib import import_module

import numpy as np
import pytest
import shapely
from rasterio.transform import Affine

from tests.unit.zonal_samples import EQUAL_AREA, areas_of, frame, shares_by_shapely, write
from zoning.base.errors import MissingExtraError, SourceError, UsageError
from zoning.zonal import plan, zonal_areas
from zoning.zonal.cells import row_areas

# Cells of 100 m, so 10,000 m² each; rows from the top.
CLASSES = np.array([[1, 1, 2], [1, 2, 2], [3, 3, 3]], np.uint8)


@pytest.fixture
def three(tmp_path):
    return write(tmp_path / "three.tif", CLASSES)


def run(path, *geometries, crs=EQUAL_AREA, **options):
    return zonal_areas(path, frame(*geometries, crs=crs), id_column="name", **options)


def test_whole_raster(three):
    table = run(three, shapely.box(0, 0, 300, 300))
    # 3 cells each of 1, 2 and 3.
    assert areas_of(table) == pytest.approx({1: 30000, 2: 30000, 3: 30000}, rel=1e-9)
    assert table["share"].to_list() == pytest.approx([1 / 3] * 3, rel=1e-10)
    assert table["coverage_share"].to_list() == [1.0] * 3
    assert not table["low_coverage"].any()
    assert table.attrs["units"]["area_m2"] == "m2"


def test_box_through_the_middle_of_cells(three):
    # 50..250 in both directions: corners 1/4, sides 1/2, centre 1.
    # class 1: 1/4 + 1/2 (top middle) + 1/2 (left middle) = 1.25
    # class 2: 1/4 (top right) + 1 (centre) + 1/2 (right) = 1.75
    # class 3: 1/4 + 1/2 + 1/4 = 1.0
    table = run(three, shapely.box(50, 50, 250, 250))
    assert areas_of(table) == pytest.approx({1: 12500, 2: 17500, 3: 10000}, rel=1e-9)


def test_triangle(three):
    # Below the diagonal from top left to bottom right: diagonal cells 1/2.
    # class 1: 1/2 (0,0) + 1 (1,0) = 1.5; class 2: 1/2 (1,1); class 3: 1 + 1 + 1/2 = 2.5
    table = run(three, shapely.Polygon([(0, 300), (0, 0), (300, 0)]))
    assert areas_of(table) == pytest.approx({1: 15000, 2: 5000, 3: 25000}, rel=1e-9)


def test_hole_and_parts(three):
    ring = shapely.Polygon(
        [(0, 0), (300, 0), (300, 300), (0, 300)], [[(50, 50), (250, 50), (250, 250), (50, 250)]]
    )
    # What the box above leaves: 3 - 1.25, 3 - 1.75, 3 - 1.0
    assert areas_of(run(three, ring)) == pytest.approx({1: 17500, 2: 12500, 3: 20000}, rel=1e-9)
    # An island in the hole: half of the centre cell (class 2) more.
    both = shapely.MultiPolygon([ring, shapely.box(100, 100, 150, 200)])
    assert areas_of(run(three, both)) == pytest.approx({1: 17500, 2: 17500, 3: 20000}, rel=1e-9)


def test_level_border_inside_a_row(three):
    # 30 m of the bottom row, all three columns: 3 × 0.3 of class 3.
    table = run(three, shapely.box(0, 20, 300, 50))
    assert areas_of(table) == pytest.approx({3: 9000}, rel=1e-9)


def test_border_along_cells_leaves_no_sliver(tmp_path):
    second = 1 / 3600
    path = write(
        tmp_path / "seconds.tif",
        np.arange(36, dtype=np.uint8).reshape(6, 6),
        crs="EPSG:4490",
        transform=Affine(second, 0, 112.3, 0, -second, 37.7),
    )
    unit = shapely.box(112.3 + second, 37.7 - 4 * second, 112.3 + 3 * second, 37.7 - 2 * second)
    assert sorted(areas_of(run(path, unit, crs="EPSG:4490"))) == [13, 14, 19, 20]


def test_overlapping_units_each_get_their_own(three):
    table = run(three, shapely.box(0, 0, 300, 300), shapely.box(0, 200, 100, 300))
    assert areas_of(table, "a") == pytest.approx({1: 30000, 2: 30000, 3: 30000}, rel=1e-9)
    assert areas_of(table, "b") == pytest.approx({1: 10000}, rel=1e-9)


def test_nodata_lowers_the_coverage_and_not_the_shares(tmp_path):
    path = write(tmp_path / "gaps.tif", CLASSES, nodata=3)
    table = run(path, shapely.box(0, 0, 300, 300))
    assert areas_of(table) == pytest.approx({1: 30000, 2: 30000}, rel=1e-9)
    assert table["share"].to_list() == pytest.approx([0.5, 0.5])
    assert table["coverage_share"].to_list() == pytest.approx([2 / 3] * 2, rel=1e-10)
    assert table["low_coverage"].all()
    assert table["unit_area_m2"].to_list() == pytest.approx([90000] * 2, rel=1e-9)


def test_partly_outside_is_flagged(three):
    # 60 m × 300 m of 120 m × 300 m lie west of the raster.
    table = run(three, shapely.box(-60, 0, 60, 300), shapely.box(2, 0, 300, 300))
    half = table[table["name"] == "a"]
    assert areas_of(table) == pytest.approx({1: 12000, 3: 6000}, rel=1e-9)
    assert half["coverage_share"].to_list() == pytest.approx([0.5, 0.5], rel=1e-7)
    assert half["low_coverage"].all()
    assert table.attrs["low_coverage"] == ["a"]


def test_unit_without_data_still_has_a_row(three):
    table = run(three, shapely.box(1000, 0, 1100, 100), shapely.box(0, 0, 100, 100))
    row = table.iloc[0]
    assert row["name"] == "a"
    assert table["class"].isna().to_list() == [True, False]
    assert (row["area_m2"], row["coverage_share"], row["low_coverage"]) == (0.0, 0.0, True)
    assert row["unit_area_m2"] == pytest.approx(10000, rel=1e-7)


def test_under_ninety_nine_percent_is_flagged(three):
    # 300 m wide units shifted east by 2 m and by 4 m: 0.9933 and 0.9867 of them have data.
    table = run(three, shapely.box(2, 0, 302, 300), shapely.box(4, 0, 304, 300))
    flags = table.groupby("name")["low_coverage"].first()
    assert flags.to_list() == [False, True]


def test_south_up_raster(tmp_path):
    path = write(tmp_path / "up.tif", CLASSES[::-1], transform=Affine(100, 0, 0, 0, 100, 0))
    table = run(path, shapely.Polygon([(0, 300), (0, 0), (300, 0)]))
    assert areas_of(table) == pytest.approx({1: 15000, 2: 5000, 3: 25000}, rel=1e-9)


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint16", "int32", "uint32", "float32"])
def test_other_types_with_nodata(tmp_path, dtype):
    nodata = {"int8": -7, "uint16": 65535, "uint32": 4294967295}.get(dtype, -9999)
    values = np.where(CLASSES == 2, nodata, CLASSES.astype(float) + 90).astype(dtype)
    table = run(write(tmp_path / "t.tif", values, nodata=nodata), shapely.box(50, 50, 250, 250))
    assert areas_of(table) == pytest.approx({91: 12500, 93: 10000}, rel=1e-9)
    assert table["coverage_share"].iloc[0] == pytest.approx(2.25 / 4)


def test_widely_spread_and_many_classes(tmp_path):
    values = np.arange(1600, dtype=np.int32).reshape(40, 40) * 100_003
    path = write(tmp_path / "many.tif", values, transform=Affine(100, 0, 0, 0, -100, 4000))
    found = areas_of(run(path, shapely.box(50, 0, 4000, 4000)))
    assert len(found) == 1600
    assert found[0] == pytest.approx(5000, rel=1e-9)
    assert found[100_003] == pytest.approx(10000, rel=1e-9)


def test_mask_band(tmp_path):
    path = write(tmp_path / "masked.tif", CLASSES)
    import rasterio

    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(path, "r+") as dataset,
    ):
        dataset.write_mask(CLASSES != 1)
    assert areas_of(run(path, shapely.box(0, 0, 300, 300))) == pytest.approx(
        {2: 30000, 3: 30000}, rel=1e-9
    )


def test_second_band(tmp_path):
    path = write(tmp_path / "bands.tif", np.stack([CLASSES, CLASSES + 10]))
    assert sorted(areas_of(run(path, shapely.box(0, 0, 300, 300), band=2))) == [11, 12, 13]


def wiggly(n=400, lon=112.0, lat=37.0, size=0.3):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    radius = size * (1 + 0.3 * np.sin(7 * angle) + 0.05 * np.sin(61 * angle))
    return shapely.Polygon(
        np.column_stack([lon + radius * np.cos(angle), lat + radius * np.sin(angle)])
    )


@pytest.fixture(scope="module")
def geographic(tmp_path_factory):
    rng = np.random.default_rng(3)
    return write(
        tmp_path_factory.mktemp("zonal") / "geo.tif",
        rng.integers(1, 6, (90, 100)).astype(np.uint8),
        crs="EPSG:4490",
        transform=Affine(0.01, 0, 111.5, 0, -0.01, 37.45),
        tiled=True,
        blockxsize=16,
        blockysize=16,
    )


def test_against_intersection_of_every_cell(geographic):
    import rasterio

    unit = wiggly()
    with rasterio.open(geographic) as dataset:
        values, transform = dataset.read(1), dataset.transform
    shares = shares_by_shapely(unit, transform, 90, 100)
    top = transform.f + transform.e * np.arange(90)
    cells = shares * row_areas(top, top + transform.e, transform.a)[:, None]
    expected = {int(c): cells[values == c].sum() for c in np.unique(values)}
    table = run(geographic, unit, crs="EPSG:4490")
    assert areas_of(table) == pytest.approx(expected, rel=1e-9)


def test_against_exactextract(geographic):
    exactextract = pytest.importorskip("exactextract")
    unit = frame(wiggly(), crs="EPSG:4490")
    got = exactextract.exact_extract(
        str(geographic), unit, ["cell_id", "coverage", "values"], output="pandas"
    ).iloc[0]
    edges = 37.45 - 0.01 * np.arange(91)
    area = (
        got["coverage"].astype(float)
        * row_areas(edges[:-1], edges[1:], 0.01)[got["cell_id"] // 100]
    )
    expected = {int(c): area[got["values"] == c].sum() for c in np.unique(got["values"])}
    # exactextract keeps coverage as float32: 6e-8 a boundary cell, of which there are 500 here.
    assert areas_of(zonal_areas(geographic, unit, id_column="name")) == pytest.approx(
        expected, rel=5e-9
    )


def test_threads_and_windows_change_nothing(geographic, monkeypatch):
    units = [wiggly(), wiggly(60, 111.8, 37.1, 0.2), wiggly(90, 112.4, 36.9, 0.25)]
    whole = run(geographic, *units, crs="EPSG:4490", threads=1)
    monkeypatch.setattr(plan, "TARGET_BYTES", 16 * 16 * 2)
    seen = []
    one = run(geographic, *units, crs="EPSG:4490", threads=1, progress=lambda *p: seen.append(p))
    five = run(geographic, *units, crs="EPSG:4490", threads=5)
    assert seen[-1][0] == seen[-1][1] == len(seen) > 10
    assert one["area_m2"].to_list() == five["area_m2"].to_list()
    assert one["area_m2"].to_list() == pytest.approx(whole["area_m2"].to_list(), rel=1e-12)


def test_cancelling_stops_the_run(geographic, monkeypatch):
    monkeypatch.setattr(plan, "TARGET_BYTES", 256)

    def cancel(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(geographic, wiggly(), crs="EPSG:4490", progress=cancel)


def test_units_in_another_crs_are_densified(three):
    import pyproj

    # A rectangle with two vertices a side in Gauss–Krüger is curved in the raster's CRS.
    there = pyproj.Transformer.from_crs(EQUAL_AREA, "EPSG:4547", always_xy=True)
    x0, y0 = 10_850_000.0, 4_420_000.0
    gx, gy = there.transform(x0 + 20_000, y0 - 20_000)
    unit = shapely.box(gx - 8000, gy - 8000, gx + 8000, gy + 8000)
    path = write(
        three.with_name("large.tif"),
        np.ones((400, 400), np.uint8),
        transform=Affine(100, 0, x0, 0, -100, y0),
    )
    table = run(path, unit, crs="EPSG:4547")
    fine = shapely.segmentize(frame(unit, crs="EPSG:4547").geometry.values, 1.0)
    truth = frame(fine[0], crs="EPSG:4547").to_crs(EQUAL_AREA).area.iloc[0]
    assert table["area_m2"].iloc[0] == pytest.approx(truth, rel=1e-7)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"crs": None}, "raster-crs-missing"),
        ({"transform": Affine(100, 5, 0, 5, -100, 300)}, "raster-rotated"),
    ],
)
def test_unusable_rasters_are_refused(tmp_path, options, code):
    path = write(tmp_path / "bad.tif", CLASSES, **options)
    with pytest.raises(SourceError) as caught:
        run(path, shapely.box(0, 0, 300, 300))
    assert caught.value.problems[0].code == code


def test_fractions_are_no_classes(tmp_path):
    with pytest.raises(SourceError, match="zonal_stats"):
        run(write(tmp_path / "f.tif", CLASSES * np.float32(0.5)), shapely.box(0, 0, 300, 300))


def test_missing_and_damaged_files(tmp_path, three):
    with pytest.raises(SourceError) as caught:
        run(tmp_path / "none.tif", shapely.box(0, 0, 1, 1))
    assert caught.value.problems[0].code == "raster-unreadable"
    big = write(
        tmp_path / "cut.tif",
        np.random.default_rng(0).integers(0, 255, (512, 512), np.uint8),
        compress="deflate",
        tiled=True,
    )
    content = big.read_bytes()
    big.write_bytes(content[: len(content) // 2])
    with pytest.raises(SourceError, match="cannot be read"):
        run(big, shapely.box(0, -50900, 51200, 300))


def test_all_faulty_units_are_named_at_once(three):
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    with pytest.raises(SourceError) as caught:
        run(three, shapely.Point(1, 1), None, shapely.box(0, 0, 1, 1), shapely.Polygon())
    assert [p.feature for p in caught.value.problems] == ["a", "b", "d"]
    with pytest.raises(SourceError, match="Self-intersection"):
        run(three, bow)


def test_units_without_crs_are_refused(three):
    with pytest.raises(SourceError) as caught:
        run(three, shapely.box(0, 0, 1, 1), crs=None)
    assert caught.value.problems[0].code == "units-crs-missing"


def test_units_beyond_the_projection_are_refused(tmp_path):
    path = write(tmp_path / "laea.tif", CLASSES, crs="+proj=gnom +lat_0=37 +lon_0=112 +ellps=GRS80")
    with pytest.raises(SourceError):
        run(path, shapely.box(-68, -38, -67, -37), crs="EPSG:4490")


def test_wrong_calls(three):
    unit = shapely.box(0, 0, 1, 1)
    with pytest.raises(UsageError, match="no band"):
        run(three, unit, band=2)
    with pytest.raises(UsageError, match="threads"):
        run(three, unit, threads=0)
    with pytest.raises(UsageError, match="no column"):
        zonal_areas(three, frame(unit), id_column="nom")
    with pytest.raises(UsageError, match="repeated"):
        zonal_areas(three, frame(unit, unit).assign(name="same"), id_column="name")


def test_no_units_give_an_empty_table(three):
    assert len(zonal_areas(three, frame(shapely.box(0, 0, 1, 1)).iloc[:0])) == 0


def test_without_numba_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "zoning.base.compiled")
    with pytest.raises(MissingExtraError, match=r"\[stats\]"):
        import_module("zoning.base.compiled")


def test_no_writable_cache_is_no_obstacle(monkeypatch):
    from zoning.base import compiled

    asked = []

    def njit(cache=False, **options):
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(compiled.numba, "njit", njit)
    assert compiled.kernel(abs)(-2) == 2
    assert asked == [True, False]


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e20, 2.5])
def test_numbers_that_are_no_classes_are_refused(tmp_path, value):
    values = np.full((3, 3), 2.0)
    values[1, 1] = value
    with pytest.raises(SourceError) as caught:
        run(write(tmp_path / "f.tif", values), shapely.box(0, 0, 300, 300))
    assert "float64" in caught.value.problems[0].fault.en
