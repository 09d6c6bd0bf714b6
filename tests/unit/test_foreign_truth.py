"""Zonal figures against another program and against counting; L·S against closed forms."""

import itertools

import numpy as np
import pytest
import shapely
from rasterio.transform import Affine
from stats_samples import box_units
from stats_samples import write as write_metres

from tests.unit.zonal_samples import areas_of, frame, write
from zoning.base.progress import silent
from zoning.stats import Epochs, compare_epochs, factors, terrain
from zoning.zonal import zonal_areas, zonal_stats
from zoning.zonal.cells import row_areas

#: Eight by eight cells of 100 m, upper left corner at (0, 800).
EIGHT = Affine(100, 0, 0, 0, -100, 800)
STAR = shapely.Polygon(
    [(400 + r * np.cos(a), 400 + r * np.sin(a))
     for a, r in zip(np.linspace(0, 2 * np.pi, 24, endpoint=False), itertools.cycle((330, 90)),
                     strict=False)]
)  # fmt: skip
#: What such programs get wrong: a name and a polygon each.
SHAPES = {
    "inside one cell": shapely.box(120, 320, 170, 390),
    "across two cells": shapely.box(160, 310, 260, 390),
    "exactly one cell": shapely.box(300, 300, 400, 400),
    "along the edges of cells": shapely.box(100, 200, 500, 600),
    "ends on corners of cells": shapely.Polygon([(100, 400), (400, 700), (700, 400), (400, 100)]),
    "sliver of a millionth": shapely.box(50, 350, 750, 350.0001),
    "sliver along an edge": shapely.box(100, 399.999, 700, 400),
    "diagonal sliver": shapely.Polygon([(5, 5), (795, 790), (795, 790.01)]),
    "hole": shapely.Polygon(shapely.box(30, 40, 770, 760).exterior.coords,
                            [shapely.box(130, 240, 555, 666).exterior.coords]),
    "hole within one cell": shapely.Polygon(shapely.box(210, 210, 290, 290).exterior.coords,
                                            [shapely.box(230, 230, 260, 260).exterior.coords]),
    "many parts": shapely.MultiPolygon(
        [shapely.box(10 + 77 * i, 15 + 60 * i, 60 + 77 * i, 55 + 61 * i) for i in range(9)]),
    "two parts in one cell": shapely.MultiPolygon([shapely.box(510, 510, 540, 590),
                                                   shapely.box(560, 510, 590, 590)]),
    "the whole raster": shapely.box(0, 0, 800, 800),
    "over the border": shapely.box(-250, 350, 333, 1250),
    "corner of the raster": shapely.box(-100, -100, 37, 41),
    "star": STAR,
    "circle": shapely.Point(413, 377).buffer(301.7, quad_segs=64),
    "concave in a cell": shapely.Polygon(
        [(310, 310), (390, 310), (390, 390), (350, 320), (310, 390)]),
}  # fmt: skip


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    """64 different values, five of them no data."""
    found = np.random.default_rng(4).permutation(64).reshape(8, 8).astype(np.float32) * 1.5 - 20.0
    found[[0, 3, 3, 4, 7], [0, 2, 3, 5, 7]] = -9999.0
    return write(tmp_path_factory.mktemp("v") / "v.tif", found, transform=EIGHT, nodata=-9999.0)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_statistics_against_exactextract(values, shape):
    exactextract = pytest.importorskip("exactextract")
    names = ["count", "sum", "mean", "min", "max", "stdev"]
    theirs = exactextract.exact_extract(str(values), frame(shape), names, output="pandas").iloc[0]
    ours = zonal_stats(values, frame(shape), stats=("count", "sum", "mean", "min", "max", "std"))
    one = ours.iloc[0]
    # exactextract keeps the shares of cells as 32-bit numbers (6e-8 of a cell).
    assert one["count"] == pytest.approx(theirs["count"], rel=2e-7, abs=1e-7)
    if theirs["count"] == 0.0:
        assert np.isnan(one["mean"])
        return
    assert one["sum"] == pytest.approx(theirs["sum"], rel=2e-7, abs=1e-5)
    assert one["mean"] == pytest.approx(theirs["mean"], rel=1e-6, abs=1e-6)
    assert one["std"] == pytest.approx(theirs["stdev"], rel=1e-5, abs=1e-4)
    assert (one["min"], one["max"]) == (theirs["min"], theirs["max"])


@pytest.mark.parametrize("name", ["hole", "star", "circle", "over the border", "many parts"])
def test_quantiles_against_exactextract(values, name):
    """Ours is the least value that the share reaches; theirs lies at most one value further."""
    exactextract = pytest.importorskip("exactextract")
    shares = (0.05, 0.25, 0.5, 0.9)
    operations = [f"quantile(q={q})" for q in shares]
    units = frame(SHAPES[name])
    theirs = exactextract.exact_extract(str(values), units, ["values", *operations],
                                        output="pandas").iloc[0]  # fmt: skip
    ours = zonal_stats(values, units, stats=("count",), quantiles=shares).iloc[0]
    known = np.unique(theirs["values"])
    for q in shares:
        own = ours[f"q{q:g}"]
        other = theirs[f"quantile_{round(100 * q)}"]
        at = int(np.searchsorted(known, own))
        assert known[at] == own
        assert known[max(at - 1, 0)] - 1e-6 <= other <= known[min(at + 1, known.size - 1)] + 1e-6


def test_means_weighted_by_true_areas_against_exactextract(tmp_path):
    """A degree of latitude: cells at the top are 1.2 % smaller than at the bottom."""
    exactextract = pytest.importorskip("exactextract")
    place = Affine(0.05, 0, 111.0, 0, -0.05, 38.0)
    field = np.random.default_rng(8).normal(size=(20, 20)).astype(np.float32) + 10.0
    field[3, 4] = -1.0
    edges = 38.0 - 0.05 * np.arange(21)
    weights = np.repeat(row_areas(edges[:-1], edges[1:], 0.05)[:, None], 20, axis=1)
    path = write(tmp_path / "v.tif", field, crs="EPSG:4490", transform=place, nodata=-1.0)
    weight = write(tmp_path / "w.tif", weights, crs="EPSG:4490", transform=place)
    units = frame(shapely.Point(111.5, 37.5).buffer(0.43), crs="EPSG:4490")
    theirs = exactextract.exact_extract(str(path), units, ["weighted_mean", "weighted_sum"],
                                        weights=str(weight), output="pandas").iloc[0]  # fmt: skip
    ours = zonal_stats(path, units, stats=("mean", "integral")).iloc[0]
    assert ours["mean"] == pytest.approx(theirs["weighted_mean"], rel=1e-8)
    assert ours["integral"] == pytest.approx(theirs["weighted_sum"], rel=1e-8)


@pytest.mark.parametrize("name", ["star", "circle", "hole", "concave in a cell", "diagonal sliver"])
def test_covered_shares_against_counting(tmp_path, name):
    """Every cell is cut into 20 × 20 and the centres are counted."""
    codes = np.arange(64, dtype=np.uint8).reshape(8, 8)
    path = write(tmp_path / "c.tif", codes, transform=EIGHT)
    shape = SHAPES[name]
    found = areas_of(zonal_areas(path, frame(shape), id_column="name"))
    ours = np.array([found.get(code, 0.0) for code in range(64)]).reshape(8, 8) / 10_000.0
    at = (np.arange(160) + 0.5) * 5.0
    inside = shapely.contains_xy(shape, *np.meshgrid(at, 800.0 - at))
    counted = inside.reshape(8, 20, 8, 20).mean(axis=(1, 3))
    # A border of length l (in cells) crosses about 20 l of the 400 parts, each right to a half.
    cells = shapely.box(*(v.ravel() for v in (
        *np.meshgrid(np.arange(8) * 100.0, 700.0 - np.arange(8) * 100.0),
        *np.meshgrid(np.arange(8) * 100.0 + 100.0, 800.0 - np.arange(8) * 100.0))))  # fmt: skip
    border = shapely.length(shapely.intersection(cells, shape.boundary)).reshape(8, 8) / 100.0
    assert (np.abs(ours - counted) <= border / 20.0 + 1e-9).all()
    assert ours.sum() * 10_000.0 == pytest.approx(shape.area, rel=1e-6)


#: A made sample in the form of CORINE: codes of three digits, cells of 100 m.
CORINE = """
id = "corine"
name = { zh = "CORINE", en = "CORINE" }
source = "made for a test"
classes = [
  { code = 112, zh = "居住", en = "urban fabric", group = "built" },
  { code = 131, zh = "采矿", en = "mineral extraction", group = "mining" },
  { code = 211, zh = "耕地", en = "arable land", group = "crop" },
  { code = 311, zh = "阔叶林", en = "broad-leaved forest", group = "forest" },
  { code = 321, zh = "草地", en = "natural grassland", group = "grass" },
  { code = 512, zh = "水体", en = "water bodies", group = "water" },
]
"""


def test_a_sample_in_the_form_of_corine(tmp_path):
    """40 × 40 cells of 1 ha; every patch of change is laid by hand."""
    before = np.full((40, 40), 211, np.uint16)
    before[:20, :20], before[:20, 20:], before[30:, 30:] = 311, 321, 512
    after = before.copy()
    after[2:5, 2:8] = 131  # 18 ha of forest mined, in the western unit
    after[10:14, 18:22] = 112  # 8 ha of forest and 8 of grass built on, across both
    after[25:27, 0:10] = 311  # 20 ha of arable land planted
    after[30:32, 30:35] = 211  # 10 ha of water drained
    base = write_metres(tmp_path / "clc2018.tif", before, cell=100.0)
    current = write_metres(tmp_path / "clc2024.tif", after, cell=100.0)
    legend = tmp_path / "corine.toml"
    legend.write_text(CORINE, encoding="utf-8")
    units = box_units([(500000, 4196000, 502000, 4200000), (502000, 4196000, 504000, 4200000)])
    figures = compare_epochs(Epochs(base, current, legend=legend), None, units.to_crs(4490), silent,
                             ("0", "1"))  # fmt: skip
    known = {
        (311, 131): 18.0, (311, 112): 8.0, (321, 112): 8.0, (211, 311): 20.0, (512, 211): 10.0,
        (211, 211): 680.0, (311, 311): 374.0, (321, 321): 392.0, (512, 512): 90.0,
    }  # fmt: skip
    table = figures.table("matrix").frame
    rows = (211, 311, 321, 512)
    for (old, new), hectares in known.items():
        # Cells of Gauss-Krüger near its meridian: true areas within 2e-5 of the plane's.
        found = table.iloc[rows.index(old)][f"to_{new}"]
        assert found * 100.0 == pytest.approx(hectares, rel=2e-5)
    assert table["total"].iloc[-1] == pytest.approx(16.0, rel=2e-5)
    pieces = figures.table("pieces").frame
    assert pieces["area_m2"].sum() / 1e4 == pytest.approx(64.0, rel=2e-5)
    assert figures.frame["severity"].tolist() == ["red", "orange"]
    rows = figures.table("alerts").frame
    mined = rows[(rows["unit"] == "1") & (rows["severity"] == "red")]
    assert mined["area_ha"].sum() == pytest.approx(26.0, rel=1e-4)


def topography(z, cell, longest=1e6, cuts=(0.05, 0.0, 0.0)):
    """Return gradient, entering length and L·S of elevations in square cells."""
    shape, size = z.shape, np.full(z.shape[0], cell)
    gradient, enter, ls = np.empty(shape), np.zeros(shape), np.empty(shape)
    flow, pending = np.empty(shape, np.int8), np.zeros(shape, np.int8)
    terrain.gradients(z, size, size, 1.0, gradient, flow, pending)
    terrain.entering_lengths(flow, gradient, pending, size, size, longest, np.array(cuts), enter)
    limits = np.array(factors.LENGTH_CLASSES["degree"]) * (1.0 + factors.SNAP)
    terrain.topography(gradient, flow, enter, size, size, longest, limits, ls)
    return gradient, enter, ls


@pytest.mark.parametrize("degrees", [0.5, 2.0, 4.0, 7.0, 15.0, 30.0])
def test_ls_of_a_plane_is_that_of_its_slope_and_length(degrees):
    """The mean L·S of a plane of length λ is (λ/22.13)^m · S(θ), whatever the cells."""
    cell, rows = 5.0, 20
    z = 1000.0 - np.tan(np.radians(degrees)) * cell * np.repeat(np.arange(rows)[:, None], 7, axis=1)
    _, _, ls = topography(z, cell)
    m = 0.2 if degrees <= 1 else 0.3 if degrees <= 3 else 0.4 if degrees <= 5 else 0.5
    sine = np.sin(np.radians(degrees))
    s = (
        10.8 * sine + 0.03
        if degrees < 5
        else 16.8 * sine - 0.5
        if degrees < 10
        else 21.91 * sine - 0.96
    )
    assert ls[:, 3].mean() == pytest.approx((cell * rows / 22.13) ** m * s, rel=1e-12)


def test_length_on_a_cone_is_that_of_its_contributing_area():
    """A cone of 20 %: a unit of contour at distance r has r/2 of ground above it.

    D8 hands each cell's ground to one neighbour, so its lengths keep the area: their mean is r/2.
    The mean of L is lower, since it grows by the root, and single cells are far off: along the
    eight directions the way from the top is whole, between them ways begin anew all the time.
    """
    cell, half = 5.0, 60
    y, x = np.mgrid[-half : half + 1, -half : half + 1] * cell
    r = np.hypot(x, y)
    gradient, enter, ls = topography(1000.0 - 0.2 * r, cell)
    ring = (r > 60.0) & (r < 280.0)
    assert gradient[ring] == pytest.approx(np.full(ring.sum(), 0.2), rel=2e-3)
    assert (enter[ring] / (r[ring] / 2.0)).mean() == pytest.approx(1.0, abs=0.03)
    s = float(factors.steepness(0.2))
    middles = r[ring] / 2.0, r[ring]
    by_area, by_way = (factors.segment_length(q - cell / 2.0, q + cell / 2.0, 0.5) for q in middles)
    found = ls[ring] / s
    assert (found / by_area).mean() == pytest.approx(0.95, abs=0.01)
    assert np.quantile(found / by_area, [0.05, 0.5, 0.95]) == pytest.approx(
        [0.31, 1.0, 1.38], abs=0.02
    )
    # No cell has more than the way from the top, but for the half cell in which it begins.
    assert (found / by_way).max() < 1.03
    axis = ((x == 0) | (y == 0) | (np.abs(x) == np.abs(y)))[ring]
    assert (found / by_way)[axis] == pytest.approx(np.ones(axis.sum()), abs=0.06)


def test_length_in_a_funnel_is_the_way_from_its_rim():
    """An inverted cone: along the axis water comes straight from the edge of the raster."""
    cell, half = 5.0, 40
    y, x = np.mgrid[-half : half + 1, -half : half + 1] * cell
    _, enter, _ = topography(1000.0 + 0.2 * np.hypot(x, y), cell)
    # (The cell beside the pit also takes one of the diagonals.)
    row = enter[half, half + 2 :]
    assert row == pytest.approx(cell * np.arange(half - 2, -1, -1), abs=1e-9)
    # The pit takes the longest of its eight ways, that from a corner.
    assert enter[half, half] == pytest.approx(cell * half * np.sqrt(2.0))
