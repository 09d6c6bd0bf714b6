"""Two epochs compared: matrices close, alerts by hand, rasters and polygons."""

from types import SimpleNamespace

import geopandas
import numpy as np
import pytest
import shapely
from stats_samples import METRES, box_units, write

from zoning.base import geodesy
from zoning.base.errors import SourceError, UsageError
from zoning.base.progress import silent
from zoning.catalogue import load_catalogue
from zoning.stats import Epochs, compare_epochs, epochs
from zoning.stats.change import Legend
from zoning.stats.supervision import Rules
from zoning.stats.tables import forest_definitions, monitoring, supervision
from zoning.zonal import zonal_areas

DIGESTS = ("0" * 64, "1" * 64)


def rasters(tmp_path, before, after, units, **more):
    base = write(tmp_path / "b.tif", np.asarray(before, np.uint8), cell=1000.0, nodata=0)
    current = write(tmp_path / "c.tif", np.asarray(after, np.uint8), cell=1000.0, nodata=0)
    epochs = Epochs(base, current, "worldcover", **more)
    return compare_epochs(epochs, None, units.to_crs(4490), silent, DIGESTS)


UNITS = box_units([(500000, 4198000, 502000, 4200000), (502000, 4198000, 504000, 4200000)])


def test_transitions_by_hand(tmp_path):
    """Unit 1: one forest cell built on. Unit 2: grass to cropland, bare to grass, one no data."""
    before = [[10, 10, 30, 60], [10, 40, 40, 0]]
    after = [[50, 10, 40, 30], [10, 40, 40, 10]]
    figures = rasters(tmp_path, before, after, UNITS)
    one, two = figures.frame.iloc[0], figures.frame.iloc[1]
    assert one["severity"] == "red"
    assert one["to_construction_km2"] == pytest.approx(1.0, rel=1e-4)
    assert one["change_km2"] == pytest.approx(-1.0, rel=1e-4)
    assert one["base_ecological_km2"] == pytest.approx(3.0, rel=1e-4)
    assert two["severity"] == "orange"
    assert two["nature_changed_km2"] == pytest.approx(1.0, rel=1e-4)
    assert two["function_lowered_km2"] == pytest.approx(1.0, rel=1e-4)
    assert two["compared_share"] == pytest.approx(0.75, rel=1e-4)
    alerts = figures.table("alerts").frame
    assert alerts["severity"].tolist() == ["red", "orange"]
    assert alerts["share_pct"].tolist() == pytest.approx([25.0, 100 / 3], rel=1e-4)


def test_matrix_closes(tmp_path):
    rng = np.random.default_rng(11)
    codes = np.array([10, 20, 30, 40, 50, 60, 80])
    before, after = rng.choice(codes, (2, 40, 40))
    units = box_units([(500000, 4160000, 519500, 4200000), (519500, 4160000, 540000, 4200000)])
    figures = rasters(tmp_path, before, after, units)
    table = figures.table("matrix")
    inner = table.frame[[c.name for c in table.columns if c.name.startswith("to_")]].to_numpy()
    totals = table.frame["total"].to_numpy()
    assert inner[:-1].sum(axis=0) == pytest.approx(inner[-1])
    assert inner.sum(axis=1) == pytest.approx(totals)
    areas = zonal_areas(str(tmp_path / "b.tif"), units.to_crs(4490), id_column="unit")
    by_class = areas.groupby("class")["area_m2"].sum() / 1e6
    assert totals[:-1] == pytest.approx(by_class.to_numpy(float), rel=1e-9)
    now = zonal_areas(str(tmp_path / "c.tif"), units.to_crs(4490), id_column="unit")
    by_class = now.groupby("class")["area_m2"].sum() / 1e6
    assert inner[-1] == pytest.approx(by_class.to_numpy(float), rel=1e-9)


def test_changed_ground_adds_up_to_the_matrix(tmp_path):
    rng = np.random.default_rng(2)
    before, after = rng.choice([10, 30, 40], (2, 12, 12))
    figures = rasters(tmp_path, before, after, box_units([(500000, 4188000, 512000, 4200000)]))
    pieces = figures.table("pieces").frame
    table = figures.table("matrix").frame
    off_diagonal = table["total"].iloc[-1] - sum(table[f"to_{c}"].iloc[i]
                                                 for i, c in enumerate((10, 30, 40)))  # fmt: skip
    # Outlines are straight in the plane of the raster, degrees are not: 1e-5 at this size.
    assert pieces["area_m2"].sum() / 1e6 == pytest.approx(off_diagonal, rel=1e-5)
    assert all(g.geom_type in ("Polygon", "MultiPolygon") for g in pieces["geometry"])


class Band:
    """An array, read as a raster is."""

    def __init__(self, array):
        self.array, (self.height, self.width) = array, array.shape

    def read(self, _, window):
        return self.array[window.toslices()].copy()


def test_outlines_of_strips_are_those_of_the_whole(monkeypatch):
    rng = np.random.default_rng(5)
    pairs = np.kron(rng.integers(1, 3, (111, 8)), np.ones((7, 3))).astype(np.uint16)[:770]
    changed = (rng.random(pairs.shape) < 0.8).astype(np.uint8)
    changed[300:420] = 0  # nothing goes on to the next strip

    def outlines():
        found = epochs._outlined(Band(pairs), Band(changed))
        return sorted((pair, shapely.normalize(shape).wkb) for shape, pair in found)

    whole = outlines()
    monkeypatch.setattr(epochs, "_STRIP", 1)  # 256 rows
    assert outlines() == whole
    shapes = shapely.from_wkb([wkb for _, wkb in whole])
    assert shapely.area(shapes).sum() == changed.sum()
    assert np.count_nonzero(
        (shapely.bounds(shapes)[:, 1] < 512) & (shapely.bounds(shapes)[:, 3] > 512)
    )


@pytest.mark.parametrize(
    "blocks", [((512, 512), (256, 256)), ((1, 3000), (512, 512)), ((4000, 3000),)]
)
def test_windows_hold_each_cell_once_and_whole_blocks(monkeypatch, blocks):
    monkeypatch.setattr(epochs, "_CELLS", 600_000)
    seen = np.zeros((2000, 3000), np.uint8)
    for row0, row1, col0, col1 in epochs._windows(
        *(SimpleNamespace(height=2000, width=3000, block=block) for block in blocks)
    ):
        seen[row0:row1, col0:col1] += 1
        assert row0 % 256 == 0 and col0 % 256 == 0
        assert (row1 - row0) * (col1 - col0) <= 1_600_000
    assert (seen == 1).all()


def test_no_change_no_alert(tmp_path):
    same = [[10, 30, 40, 50], [60, 80, 90, 20]]
    figures = rasters(tmp_path, same, same, UNITS)
    assert set(figures.frame["severity"]) == {"none"}
    assert figures.table("alerts").frame.empty
    assert figures.table("pieces").frame.empty


def test_a_unit_without_data_is_not_reported_as_unchanged(tmp_path):
    far = box_units([(500000, 4198000, 502000, 4200000), (900000, 4198000, 902000, 4200000)])
    figures = rasters(tmp_path, [[10, 10], [10, 10]], [[10, 10], [10, 10]], far)
    assert figures.frame["severity"].tolist() == ["none", "no_data"]
    assert np.isnan(figures.frame["change_km2"].iloc[1])


def test_different_grids_are_refused(tmp_path):
    base = write(tmp_path / "b.tif", np.full((2, 4), 10, np.uint8), cell=1000.0)
    for name, options in (
        ("shifted", {"origin": (500015.0, 4200000.0), "cell": 1000.0}),
        ("finer", {"cell": 500.0}),
        ("other", {"cell": 1000.0, "crs": "EPSG:4547"}),
    ):
        current = write(tmp_path / f"{name}.tif", np.full((2, 4), 10, np.uint8), **options)
        with pytest.raises(SourceError) as caught:
            compare_epochs(Epochs(base, current, "worldcover"), None, UNITS, silent,
                           DIGESTS)  # fmt: skip
        assert caught.value.problems[0].code == "grids-differ"


def test_a_class_outside_the_legend_is_refused(tmp_path):
    with pytest.raises(SourceError) as caught:
        rasters(tmp_path, [[10, 11]], [[10, 10]], UNITS)
    assert caught.value.problems[0].code == "legend-mismatch"


@pytest.mark.parametrize(
    ("base", "current", "kind"),
    [
        (10, 50, "to_construction"),
        (10, 40, "to_agriculture"),
        (40, 50, "farmland_built"),
        (10, 30, "function_lowered"),
        (60, 10, "improved"),
        (10, 90, "same_rank"),
        (10, 10, "unchanged"),
        (10, -1, "left"),
        (-1, 10, "gained"),
    ],
)
def test_kinds(base, current, kind):
    legend = Legend.of(forest_definitions().scheme("worldcover"), monitoring())
    assert legend.kind(base, current) == kind


MU = 10000 / 15


@pytest.mark.parametrize(
    ("group", "kind", "area", "level"),
    [
        # The review's cases: 9 ha of a redline patch and 225 ha of forest were yellow.
        (None, "left", 90_000.0, "red"),
        ("forest", "to_construction", 2_250_000.0, "red"),
        # Any loss of the redline is at least orange.
        (None, "left", 1.0, "orange"),
        (None, "left", 0.9, "yellow"),
        (None, "left", 5 * MU + 1, "red"),
        (None, "function_lowered", 9e6, "orange"),
        (None, "gained", 9e6, "none"),
        ("crop", "farmland_built", 10.0, "orange"),
        ("forest", "to_construction", 0.9 * MU, "yellow"),
        ("forest", "to_construction", 1.1 * MU, "orange"),
        ("forest", "to_agriculture", 1e6, "orange"),
        ("water", "to_construction", 5 * MU + 1, "red"),
        ("grass", "to_construction", 201 * MU, "red"),
        ("grass", "function_lowered", 5 * MU, "yellow"),
    ],
)
def test_levels_by_regime(group, kind, area, level):
    assert Rules.of(None, classes=group is not None).level(group, kind, area) == level


def test_a_regime_asked_for_governs_all_ground():
    rules = Rules.of("redline", classes=True)
    assert rules.level("grass", "function_lowered", 2.0) == "orange"
    assert "142" in rules.clauses("grass").en
    with pytest.raises(UsageError):
        Rules.of("no_regime", classes=True)


def test_every_clause_stands_in_the_catalogue():
    known = load_catalogue().documents
    for regime in supervision().regimes:
        assert regime.clauses
        assert {c.document for c in regime.clauses} <= set(known)
        assert not regime.verified  # The thresholds are a judgement, and are told as such.


def hectare(lon, lat, ha):
    """Return a square of about so many hectares."""
    side = (ha * 1e4) ** 0.5 / 111_000
    return (lon, lat, lon + side / np.cos(np.radians(lat)), lat + side)


def test_nine_hectares_of_redline_are_never_yellow(tmp_path):
    """9 of 20,000 ha: 0.045 % of the patch, which the share alone let pass."""
    whole = shapely.box(112.0, 37.0, 112.16, 37.13)
    hole = shapely.box(*hectare(112.05, 37.05, 9.0))
    base = geopandas.GeoDataFrame(geometry=[whole], crs=4490)
    current = geopandas.GeoDataFrame(geometry=[whole.difference(hole)], crs=4490)
    figures = polygons(tmp_path, base, current)
    assert figures.frame["severity"].tolist() == ["red"]
    alert = figures.table("alerts").frame.iloc[0]
    assert alert["area_ha"] == pytest.approx(9.0, rel=0.02)
    assert alert["area_mu"] == pytest.approx(15 * alert["area_ha"])
    assert "142" in alert["clause"].en
    piece = figures.table("pieces").frame.iloc[0]
    assert hole.contains(shapely.Point(piece["lon"], piece["lat"]))


def test_approved_adjustments_are_apart_and_counties_are_netted(tmp_path):
    """One patch loses two squares, one of them approved; elsewhere a square is added."""
    whole, taken, passed, new = (
        shapely.box(112.0, 37.0, 112.1, 37.1), shapely.box(112.0, 37.0, 112.01, 37.01),
        shapely.box(112.05, 37.05, 112.06, 37.06), shapely.box(112.2, 37.0, 112.21, 37.01),
    )  # fmt: skip
    frame = lambda *shapes: geopandas.GeoDataFrame(geometry=list(shapes), crs=4490)  # noqa: E731
    base, current = frame(whole), frame(whole.difference(taken).difference(passed), new)
    counties = frame(shapely.box(111.9, 36.9, 112.15, 37.2), shapely.box(112.15, 36.9, 112.4, 37.2))
    counties = counties.assign(unit=["A", "B"], name=["甲", "乙"])
    units = base.assign(unit="1", name="p")
    epochs = Epochs(tmp_path / "b.gpkg", tmp_path / "c.gpkg")
    figures = compare_epochs(epochs, (base, current), units, silent, DIGESTS, frame(passed),
                             counties)  # fmt: skip
    size = {n: geodesy.areas([s])[0] / 1e4 for n, s in (("t", taken), ("p", passed), ("n", new))}
    alert = figures.table("alerts").frame.iloc[0]
    assert alert["area_ha"] == pytest.approx(size["t"], rel=1e-6)
    assert alert["approved_ha"] == pytest.approx(size["p"], rel=1e-6)
    pieces = figures.table("pieces").frame
    assert pieces["approved"].tolist() == [False, True]
    assert pieces["severity"].tolist() == ["red", "none"]
    net = figures.table("net").frame.set_index("unit")
    assert net.loc["A", "net_ha"] == pytest.approx(-size["t"] - size["p"], rel=1e-6)
    assert net.loc["A", "approved_ha"] == pytest.approx(size["p"], rel=1e-6)
    assert net.loc["B", "net_ha"] == pytest.approx(size["n"], rel=1e-6)
    # All of it approved: nothing alarms, and it is still told.
    quiet = compare_epochs(epochs, (base, current), units, silent, DIGESTS,
                           frame(passed.union(taken)), counties)  # fmt: skip
    assert quiet.frame["severity"].tolist() == ["none"]
    assert quiet.table("alerts").frame["approved_ha"].sum() > 0


def patches(boxes, **columns):
    shapes = [shapely.box(*b) for b in boxes]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def polygons(tmp_path, base, current, **more):
    epochs = Epochs(tmp_path / "b.gpkg", tmp_path / "c.gpkg", **more)
    units = base.assign(unit=[str(i + 1) for i in range(len(base))], name="p")
    return compare_epochs(epochs, (base, current), units, silent, DIGESTS)


def test_a_redline_patch_that_shrinks_is_red(tmp_path):
    base = patches([(112.0, 37.0, 112.1, 37.1), (112.2, 37.0, 112.3, 37.1)])
    current = patches([(112.0, 37.0, 112.1, 37.1), (112.2, 37.0, 112.25, 37.1)])
    figures = polygons(tmp_path, base, current)
    assert figures.frame["severity"].tolist() == ["none", "red"]
    lost = geodesy.areas([shapely.box(112.25, 37.0, 112.3, 37.1)])[0] / 1e6
    assert figures.frame["change_km2"].iloc[1] == pytest.approx(-lost, rel=1e-9)
    assert figures.frame["change_km2"].iloc[0] == pytest.approx(0.0, abs=1e-9)
    piece = figures.table("pieces").frame.iloc[0]
    assert piece["geometry"].equals(shapely.box(112.25, 37.0, 112.3, 37.1))
    assert piece["area_m2"] == pytest.approx(lost * 1e6, rel=1e-9)
    matrix = figures.table("matrix").frame
    whole = geodesy.areas(base.geometry.to_numpy()).sum() / 1e6
    assert matrix["total"].iloc[-1] == pytest.approx(whole, rel=1e-9)


def test_polygons_with_classes(tmp_path):
    base = patches([(112.0, 37.0, 112.1, 37.1)], DLBM=["0301"])
    current = patches(
        [(112.0, 37.0, 112.05, 37.1), (112.05, 37.0, 112.1, 37.1)], DLBM=["0301", "0602"]
    )
    figures = polygons(tmp_path, base, current, scheme="third_survey", field="DLBM")
    row = figures.frame.iloc[0]
    assert row["severity"] == "red"
    assert row["to_construction_km2"] / row["land_area_km2"] == pytest.approx(0.5, rel=1e-4)


def test_a_patch_within_another_is_its_own_piece(tmp_path):
    base = patches([(112.0, 37.0, 112.1, 37.1), (112.3, 37.0, 112.4, 37.1)], DLBM=["0301"] * 2)
    current = patches(
        [(112.02, 37.02, 112.05, 37.05), (112.2, 36.9, 112.5, 37.2)], DLBM=["0602"] * 2
    )
    figures = polygons(tmp_path, base, current, scheme="third_survey", field="DLBM")
    pieces = figures.table("pieces").frame
    built = [g for g in pieces["geometry"] if len(g.exterior.coords) == 5 and not g.interiors]
    # The largest first.
    assert [g.wkb for g in built] == [base.geometry.iloc[1].wkb, current.geometry.iloc[0].wkb]


def test_overlapping_patches_are_refused(tmp_path):
    base = patches([(112.0, 37.0, 112.1, 37.1), (112.05, 37.0, 112.2, 37.1)])
    with pytest.raises(SourceError) as caught:
        polygons(tmp_path, base, base)
    assert caught.value.problems[0].code == "polygons-overlap"


def test_unknown_field_or_code_is_refused(tmp_path):
    base = patches([(112.0, 37.0, 112.1, 37.1)], DLBM=["9999"])
    for field in ("DLBM", "NO"):
        with pytest.raises(UsageError):
            polygons(tmp_path, base, base, scheme="third_survey", field=field)


def test_epochs_of_different_kinds_are_refused(tmp_path):
    with pytest.raises(UsageError):
        Epochs(tmp_path / "a.tif", tmp_path / "b.shp")
    with pytest.raises(UsageError):
        Epochs(tmp_path / "a.tif", tmp_path / "b.tif")
    assert METRES
