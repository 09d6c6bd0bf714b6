"""zonal_stats: moments and quantiles that can be checked by hand."""

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from tests.unit.zonal_samples import frame, write
from zoning.base.errors import UsageError
from zoning.zonal import plan, zonal_stats

VALUES = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)
ALL = ("mean", "sum", "integral", "min", "max", "std", "count")


def run(path, *geometries, **options):
    return zonal_stats(path, frame(*geometries), id_column="name", **options)


@pytest.fixture
def three(tmp_path):
    return write(tmp_path / "three.tif", VALUES)


def test_whole_raster(three):
    row = run(three, shapely.box(0, 0, 300, 300), stats=ALL).iloc[0]
    # 1 + … + 9 = 45, mean 5, variance (16 + 9 + 4 + 1) × 2 / 9 = 60 / 9
    assert row["sum"] == pytest.approx(45, rel=1e-9)
    assert row["mean"] == pytest.approx(5, rel=1e-9)
    assert row["integral"] == pytest.approx(450_000, rel=1e-9)
    assert (row["min"], row["max"], row["count"]) == (1, 9, 9)
    assert row["std"] == pytest.approx(np.sqrt(60 / 9), rel=1e-9)
    assert row["area_m2"] == pytest.approx(90_000, rel=1e-9)


def test_partial_cells_weigh_by_their_share(three):
    # 50..150 × 150..250: quarters of 1, 2, 4 and 5: sum 12 / 4 = 3, mean 3.
    row = run(three, shapely.box(50, 150, 150, 250), stats=ALL).iloc[0]
    assert (row["sum"], row["mean"], row["count"]) == pytest.approx((3, 3, 1), rel=1e-9)
    assert (row["min"], row["max"]) == (1, 5)


def test_nodata_nan_and_infinity_are_left_out(tmp_path):
    values = VALUES.copy()
    values[0] = [-9999, np.nan, np.inf]
    path = write(tmp_path / "gaps.tif", values, nodata=-9999)
    row = run(path, shapely.box(0, 0, 300, 300), stats=ALL).iloc[0]
    # 4 + … + 9 = 39 over 6 cells of 9.
    assert (row["sum"], row["mean"]) == pytest.approx((39, 6.5), rel=1e-9)
    assert row["coverage_share"] == pytest.approx(2 / 3, rel=1e-9)
    assert row["low_coverage"]


def test_bands_and_scale(tmp_path):
    stored = np.stack([VALUES, VALUES * 10]).astype(np.int16)
    path = write(tmp_path / "bands.tif", stored)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = (1.0, -0.1), (0.0, 2.0)
    table = run(path, shapely.box(0, 0, 300, 300), shapely.box(0, 0, 100, 100), quantiles=[0.5])
    assert table[["name", "band"]].to_numpy().tolist() == [["a", 1], ["a", 2], ["b", 1], ["b", 2]]
    # Band 2 is 10 v × -0.1 + 2 = 2 - v: mean -3, from -7 to 1.
    assert table["mean"].to_list() == pytest.approx([5, -3, 7, -5], rel=1e-9)
    assert (table["min"][1], table["max"][1]) == pytest.approx((-7, 1))
    assert table["q0.5"].to_list() == pytest.approx([5, -3, 7, -5])


def test_quantiles_of_integers_are_exact(tmp_path):
    path = write(tmp_path / "i.tif", VALUES.astype(np.int16))
    row = run(path, shapely.box(0, 0, 300, 300), quantiles=[0, 0.1, 0.5, 1 / 3, 1]).iloc[0]
    # Nine equal cells: at or below 3 lies exactly a third.
    assert [row[f"q{q:g}"] for q in (0, 0.1, 0.5, 1 / 3, 1)] == [1, 1, 5, 3, 9]


@pytest.mark.parametrize("value_range", [None, (0.0, 2000.0)])
def test_quantiles_of_floats_are_within_a_bin(tmp_path, monkeypatch, value_range):
    rng = np.random.default_rng(5)
    values = rng.gamma(2.0, 100.0, (60, 60))
    path = write(
        tmp_path / "f.tif", values, transform=Affine(100, 0, 0, 0, -100, 6000), blockysize=4
    )
    monkeypatch.setattr(plan, "TARGET_BYTES", 8000)
    wanted = [0.05, 0.5, 0.95]
    row = run(
        path,
        shapely.box(0, 0, 6000, 6000),
        stats=ALL,
        quantiles=wanted,
        value_range=value_range,
        threads=2,
    ).iloc[0]
    width = (values.max() - values.min() if value_range is None else 2000.0) / 4096
    expected = np.quantile(values, wanted, method="inverted_cdf")
    assert [row[f"q{q:g}"] for q in wanted] == pytest.approx(expected.tolist(), abs=width)
    assert row["mean"] == pytest.approx(values.mean(), rel=1e-9)
    assert row["std"] == pytest.approx(values.std(), rel=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
@pytest.mark.parametrize("kind", ["spike", "wide", "tied", "signed"])
def test_quantiles_of_skewed_values_are_those_of_numpy(tmp_path, monkeypatch, dtype, kind):
    """On 1,200 cells of one area: the least value with that share at or below it, not a bin."""
    rng = np.random.default_rng(8)
    values = {
        "spike": np.where(rng.random((30, 40)) < 0.9, 1.0, 1e7),
        "wide": np.exp(rng.uniform(-12.0, 16.0, (30, 40))),
        "tied": rng.integers(0, 4, (30, 40)).astype(float),
        "signed": rng.normal(0.0, 1.0, (30, 40)) ** 9,
    }[kind].astype(dtype)
    cells = Affine(100, 0, 0, 0, -100, 3000)
    path = write(tmp_path / "s.tif", values, transform=cells, blockysize=4)
    monkeypatch.setattr(plan, "TARGET_BYTES", 8000)
    wanted = [0.99, 0.0, 0.25, 0.5, 0.9, 1.0]
    shapes = shapely.box(0, 0, 4000, 3000), shapely.box(0, 0, 2000, 3000)
    table = run(path, *shapes, quantiles=wanted, threads=2)
    for row, part in zip(table.itertuples(), (values, values[:, :20]), strict=True):
        expected = np.quantile(part, wanted, method="inverted_cdf")
        found = table.loc[row.Index, [f"q{q:g}" for q in wanted]].tolist()
        # Whole numbers beyond 2**24 are rounded to 32 bits.
        assert found == pytest.approx(expected.astype(float).tolist(), rel=6e-8)


def test_large_offset_does_not_cancel(tmp_path):
    path = write(tmp_path / "big.tif", VALUES.astype(np.float64) + 1e9)
    row = run(path, shapely.box(0, 0, 300, 300), stats=("std",)).iloc[0]
    assert row["std"] == pytest.approx(np.sqrt(60 / 9), rel=1e-9)


def test_mean_is_weighted_by_true_area(tmp_path):
    path = write(
        tmp_path / "lat.tif",
        np.array([[0.0], [1.0]]),
        crs="EPSG:4490",
        transform=Affine(1, 0, 110, 0, -30, 60),
    )
    units = frame(shapely.box(110, 0, 111, 60), crs="EPSG:4490")
    from zoning.zonal.cells import row_areas

    north, south = row_areas([60, 30], [30, 0], 1.0)
    mean = zonal_stats(path, units, stats=("mean",))["mean"].iloc[0]
    assert mean == pytest.approx(south / (north + south), rel=1e-12)
    assert mean > 0.57  # half the cells, but the southern one is larger: sin 30° / sin 60°


def test_no_data_at_all(three):
    row = run(three, shapely.box(900, 0, 950, 50), stats=ALL, quantiles=[0.5]).iloc[0]
    assert row[["mean", "sum", "integral", "min", "max", "std", "q0.5"]].isna().all()
    assert (row["count"], row["coverage_share"], row["low_coverage"]) == (0, 0, True)


def test_agrees_with_exactextract_on_an_equal_area_grid(tmp_path):
    exactextract = pytest.importorskip("exactextract")
    values = np.random.default_rng(1).random((30, 30)) + 1
    path = write(tmp_path / "e.tif", values, transform=Affine(100, 0, 0, 0, -100, 3000))
    units = frame(shapely.Point(1510, 1430).buffer(1234.5))
    theirs = exactextract.exact_extract(str(path), units, ["mean", "sum"], output="pandas").iloc[0]
    ours = zonal_stats(path, units, stats=("mean", "sum")).iloc[0]
    assert (ours["mean"], ours["sum"]) == pytest.approx((theirs["mean"], theirs["sum"]), rel=1e-8)


def test_all_wrong_requests_are_named_at_once(three):
    with pytest.raises(UsageError) as caught:
        run(
            three,
            shapely.box(0, 0, 1, 1),
            stats=("mode",),
            quantiles=[50],
            value_range=(1, 0),
            bins=0,
        )
    assert [p.field for p in caught.value.problems] == ["stats", "quantiles", "value_range", "bins"]
    with pytest.raises(UsageError, match="sequence"):
        run(three, shapely.box(0, 0, 1, 1), stats="mean")
