"""Land-use surveys as delivered: codes, editions, ridges, stated and adjusted areas, by hand."""

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from stats_samples import write

from zoning.api.stats import StatisticsRequest, statistics
from zoning.base.errors import CatalogueError, UsageError
from zoning.base.geodesy import areas as true_areas
from zoning.stats import tables
from zoning.stats.patches import codes_of, edition_of, read_patches
from zoning.stats.survey import Survey

THIRD = Survey.of(tables.land_survey().editions[0])
#: Every code that the review found missing, and the suffixes of real deliveries.
REAL = [
    "0101", "0102", "0103", "0201", "0201K", "0202K", "0204", "0301", "0301K", "0302K",
    "0305", "0307", "0307K", "0401", "0403K", "0404", "05H1", "0508", "0601", "0602", "0603",
    "0701", "0702", "08H1", "08H2", "08H2A", "0809", "0810", "0810A", "09", "1001", "1002",
    "1003", "1004", "1005", "1006", "1007", "1009", "1101", "1102", "1103", "1104", "1104A",
    "1104K", "1106", "1107", "1107A", "1108", "1109", "1201", "1202", "1203", "1204", "1205",
    "1206", "1207",
]  # fmt: skip


def test_the_whole_working_classification_is_known():
    assert [c for c in REAL if THIRD.of_code(c) < 0] == []
    assert THIRD.use("0301K") == THIRD.use("0301") == "tree"
    assert THIRD.use("0102H") == "irrigated"  # A suffix nobody listed changes nothing.
    assert THIRD.use("301") == "tree"  # A number has lost its zero.
    assert THIRD.of_code("0399") == THIRD.of_code("") == -1


def patches(codes, stated=None, by=None, **columns):
    """Patches of 0.01° × 0.01° side by side."""
    shapes = [shapely.box(112 + i / 100, 37, 112.01 + i / 100, 37.01) for i in range(len(codes))]
    data = {"DLBM": codes, **columns}
    if stated is not None:
        data["TBMJ"] = stated
    if by is not None:
        data["ZLDWDM"] = by
    return geopandas.GeoDataFrame(data, geometry=shapes, crs=4490)


@pytest.mark.parametrize(
    ("codes", "edition"),
    [
        (["0301", "05H1", "0103"], "third_survey"),
        (["011", "031", "203"], "second_survey"),
        (["0103", "0303", "1701", "2303"], "land_use_2023"),
        (["0301", "0801", "0604"], "gbt21010_2017"),
    ],
)
def test_the_edition_is_found_by_its_codes(codes, edition):
    assert edition_of(codes, np.ones(len(codes)), None, "f").id == edition


def test_codes_that_fit_no_edition_or_two_are_refused():
    with pytest.raises(UsageError) as caught:
        edition_of(["031", "05H1"], np.ones(2), None, "f")
    assert caught.value.problems[0].code == "legend-mismatch"
    # 0303 is mangrove in one edition and shrub in another: nothing else in the file tells which.
    with pytest.raises(UsageError) as caught:
        edition_of(["0303", "0101"], np.ones(2), None, "f")
    assert "land_use_2023" in caught.value.problems[0].fault.en
    with pytest.raises(UsageError) as caught:
        edition_of(["011", "031"], np.ones(2), "third_survey", "f")
    assert "second_survey" in caught.value.problems[0].cure.en
    assert edition_of(["0303", "0101"], np.ones(2), "land_use_2023", "f").id == "land_use_2023"


def test_numbers_stored_as_reals_keep_their_code():
    frame = patches([301.0, 103.0])
    assert codes_of(frame["DLBM"]) == ["301", "103"]


def test_ridges_are_taken_off_and_are_a_class_of_their_own():
    """1,000 m² of dry land with 12 % ridges: 880 and 120."""
    frame = patches(["0103", "0301"], [1000.0, 500.0], KCDLBM=["1203", None], KCXS=[0.12, 0.0],
                    KCMJ=[120.0, 0.0], TBDLMJ=[880.0, 500.0])  # fmt: skip
    found = read_patches(frame, "f").frame
    by = found.groupby("class")["stated_m2"].sum()
    assert by.to_dict() == pytest.approx({103: 880.0, 301: 500.0, 1203: 120.0})
    true = true_areas(frame.geometry.to_numpy())
    ground = found.groupby("class")["ellipsoidal_m2"].sum()
    assert ground.to_dict() == pytest.approx(
        {103: 0.88 * true[0], 301: true[1], 1203: 0.12 * true[0]}
    )


@pytest.mark.parametrize(
    "columns",
    [{"KCXS": [0.12]}, {"KCXS": [12.0]}, {"KCMJ": [120.0]}, {"TBDLMJ": [880.0]}],
)
def test_any_of_the_ridge_columns_is_enough(columns):
    found = read_patches(patches(["0103"], [1000.0], **columns), "f", scheme="third_survey")
    by = found.frame.groupby("class")["stated_m2"].sum()
    assert by.to_dict() == pytest.approx({103: 880.0, 1203: 120.0})
    assert not found.notes


def test_areas_that_do_not_add_up_are_told():
    frame = patches(["0103"], [1000.0], KCMJ=[120.0], TBDLMJ=[900.0])
    (note,) = read_patches(frame, "f", scheme="third_survey").notes
    assert "20.00 m²" in note.text.en


@pytest.fixture
def county(tmp_path):
    """Ten patches that fill a unit, stated 1 % larger than they are; two files."""
    codes = ["0103", "0102", "0301", "0301K", "0305", "0404", "0702", "1101", "0201", "1207"]
    frame = patches(codes)
    frame["TBMJ"] = true_areas(frame.geometry.to_numpy()) * 1.01
    pyogrio.write_dataframe(frame[:5], tmp_path / "a.gpkg")
    pyogrio.write_dataframe(frame[5:], tmp_path / "b.gpkg")
    unit = geopandas.GeoDataFrame({"id": ["1"]}, geometry=[shapely.box(112, 37, 112.1, 37.01)],
                                  crs=4490)  # fmt: skip
    pyogrio.write_dataframe(unit, tmp_path / "unit.gpkg")
    return tmp_path


def asked(county, **more):
    return StatisticsRequest(by=county / "unit.gpkg",
                             landcover=(county / "a.gpkg", county / "b.gpkg"), **more)  # fmt: skip


def test_figures_by_hand(county):
    """Two of ten patches crops, two trees, one shrub, one grass: 20, 20 and 40 %."""
    figures = statistics("land-use", asked(county))
    row = figures.frame.iloc[0]
    size = row["land_area_km2"] * 100
    assert row["stated_ha"] == pytest.approx(1.01 * size, rel=1e-5)
    assert row["cropland_ha"] == pytest.approx(0.2 * 1.01 * size, rel=1e-4)
    assert row["forest_cover_pct"] == pytest.approx(20.0, abs=1e-3)
    assert row["forest_grass_pct"] == pytest.approx(40.0, abs=1e-3)
    assert row["difference_pct"] == pytest.approx(1.0, abs=1e-4)
    assert figures.facts["edition"] == "third_survey"
    adjusted = statistics("land-use", asked(county, areas="adjusted")).frame.iloc[0]
    assert adjusted["cropland_ha"] == pytest.approx(0.2 * size, rel=1e-4)
    table = figures.table("areas").frame
    assert table["difference_ha"].sum() == pytest.approx(0.01 * size, rel=1e-3)
    assert set(table["class"]) >= {"0301", "0103", "1207"}


def test_areas_are_adjusted_to_the_control_area(county):
    (county / "c.csv").write_text("unit,area_km2\n1,12.5\n", encoding="utf-8")
    row = statistics("land-use", asked(county, areas="adjusted", control=county / "c.csv")).frame
    assert row["control_ha"].iloc[0] == 1250.0
    assert row["cropland_ha"].iloc[0] == pytest.approx(250.0, rel=1e-4)


def test_forest_cover_takes_patches_and_gives_a_range(county):
    figures = statistics("forest-cover", asked(county))
    row = figures.frame.iloc[0]
    assert row["forest_cover_pct"] == pytest.approx(20.0, abs=1e-3)
    assert row["forest_cover_most_pct"] == pytest.approx(25.0, abs=1e-3)  # Half the shrubs.
    assert row["coverage_share"] == 1.0
    assert {"areas", "classes"} <= {t.name for t in figures.tables}


def test_soil_loss_takes_patches(county, tmp_path):
    left, top = 112.0, 37.01
    z = np.fromfunction(lambda r, c: 900.0 - 2.0 * r, (40, 400)).astype(np.float32)
    dem = write(tmp_path / "z.tif", z, crs=4490, origin=(left, top), cell=0.00025)
    asking = asked(county, dem=dem, accept="invented terrain")
    row = statistics("soil-conservation", asking).frame.iloc[0]
    assert row["coverage_share"] > 0.99
    # The embedded covers and rain are coarse, but the slope and the patches are the user's own.
    assert 0.0 < row["soil_conservation_pct"] < 100.0


def test_a_county_code_settles_where_patches_belong(tmp_path):
    frame = patches(["0103", "0301"], [100.0, 300.0], by=["140902001", "140902002"])
    pyogrio.write_dataframe(frame, tmp_path / "d.gpkg")
    asking = StatisticsRequest(by="county", landcover=tmp_path / "d.gpkg", scheme="third_survey")
    figures = statistics("land-use", asking)
    # They lie in another county: the code of the survey is what counts.
    assert figures.frame["unit"].tolist() == ["140902"]
    assert figures.frame["cropland_ha"].iloc[0] == pytest.approx(0.01)
    assert any("116 units" in n.text.en for n in figures.notes)


def over(tmp_path, *frames, **options):
    """Return land use of files over a unit of four hundredths of a degree by one."""
    paths = []
    for at, frame in enumerate(frames):
        paths.append(tmp_path / f"d{at}.gpkg")
        pyogrio.write_dataframe(frame, paths[-1])
    unit = geopandas.GeoDataFrame({"id": ["1"]}, geometry=[shapely.box(112, 37, 112.04, 37.01)],
                                  crs=4490)  # fmt: skip
    pyogrio.write_dataframe(unit, tmp_path / "unit.gpkg")
    asking = StatisticsRequest(by=tmp_path / "unit.gpkg", landcover=tuple(paths),
                               scheme="third_survey", **options)  # fmt: skip
    return statistics("land-use", asking)


def test_patches_that_overlap_are_named_pair_by_pair(tmp_path):
    """A quarter of the third patch lies over the second; another file repeats the first."""
    one = patches(["0103", "0301", "0401"], KCXS=[0.1, 0.0, 0.0])
    one.geometry = [*one.geometry[:2], shapely.box(112.0175, 37, 112.0275, 37.01)]
    two = patches(["0201"])
    figures = over(tmp_path, one, two)
    size = float(true_areas(one.geometry.to_numpy()[:1])[0])
    table = figures.table("overlaps").frame
    assert table.drop(columns=["unit", "area_m2"]).to_numpy().tolist() == [
        ["d0.gpkg", 1, "0103", "d1.gpkg", 1, "0201"],
        ["d0.gpkg", 2, "0301", "d0.gpkg", 3, "0401"],
    ]
    assert table["area_m2"].tolist() == pytest.approx([size, size / 4], rel=1e-8)
    row = figures.frame.iloc[0]
    assert row["overlap_ha"] == pytest.approx(1.25 * size / 1e4, rel=1e-8)
    assert figures.facts["doubted"] == ["landcover"]
    assert any(n.kind == "warning" and "2 pairs" in n.text.en for n in figures.notes)


def test_gaps_are_told_against_the_control_area(tmp_path):
    """Three of four patches: a quarter of the control area has none, and no patch overlaps."""
    frame = patches(["0103", "0301", "0401"])
    size = float(true_areas(frame.geometry.to_numpy()[:1])[0])
    (tmp_path / "control.csv").write_text(f"unit,area_km2\n1,{4 * size / 1e6}\n", encoding="utf-8")
    figures = over(tmp_path, frame, control=tmp_path / "control.csv")
    row = figures.frame.iloc[0]
    assert (row["gap_ha"], row["overlap_ha"]) == pytest.approx((size / 1e4, 0.0), rel=1e-7)
    assert figures.table("overlaps") is None
    assert "doubted" not in figures.facts


LEGEND = """
name = { zh = "某院图例", en = "own legend" }
source = "own"
classes = [
  { code = "F1", zh = "林", en = "wood", group = "forest", third_survey = [1, 1, 1] },
  { code = "G", zh = "草", en = "grass", group = "grass" },
]
"""


def test_a_legend_of_ones_own(tmp_path):
    (tmp_path / "my.toml").write_text(LEGEND, encoding="utf-8")
    frame = patches(["F1", "g"]).rename(columns={"DLBM": "kind"})
    pyogrio.write_dataframe(frame, tmp_path / "d.gpkg")
    unit = geopandas.GeoDataFrame({"id": ["1"]}, geometry=[frame.union_all()], crs=4490)
    pyogrio.write_dataframe(unit, tmp_path / "unit.gpkg")
    asking = StatisticsRequest(by=tmp_path / "unit.gpkg", landcover=tmp_path / "d.gpkg",
                               legend=tmp_path / "my.toml", field="kind")  # fmt: skip
    figures = statistics("land-use", asking)
    assert figures.frame["forest_cover_pct"].iloc[0] == pytest.approx(50.0, abs=1e-3)
    (tmp_path / "bad.toml").write_text(LEGEND.replace('"grass" }', '"lawn" }'), encoding="utf-8")
    with pytest.raises(CatalogueError):
        tables.user_legend(tmp_path / "bad.toml")


def test_a_legend_of_ones_own_for_a_raster(tmp_path):
    (tmp_path / "my.toml").write_text(
        LEGEND.replace('"F1"', "7").replace('"G"', "8"), encoding="utf-8"
    )
    values = np.array([[7, 8], [8, 8]], np.uint8)
    path = write(tmp_path / "r.tif", values, crs=4490, origin=(112.0, 37.1), cell=0.05)
    unit = geopandas.GeoDataFrame({"id": ["1"]}, geometry=[shapely.box(112, 37, 112.1, 37.1)],
                                  crs=4490)  # fmt: skip
    pyogrio.write_dataframe(unit, tmp_path / "unit.gpkg")
    asking = StatisticsRequest(by=tmp_path / "unit.gpkg", landcover=path,
                               legend=tmp_path / "my.toml")  # fmt: skip
    row = statistics("forest-cover", asking).frame.iloc[0]
    assert row["forest_cover_pct"] == pytest.approx(25.0, abs=0.02)


def test_the_new_legends_are_complete():
    ids = {s.id for s in tables.forest_definitions().schemes}
    assert {"cnlucc", "glc_fcs30", "esri10"} <= ids
    assert 17 in tables.forest_definitions().scheme("igbp").by_code()


def test_monitoring_takes_the_codes_as_delivered(tmp_path):
    from zoning.api.monitor import Epochs, monitor

    before, after = patches(["0301K", "0103", "05H1"]), patches(["0602", "0103", "08H2A"])
    pyogrio.write_dataframe(before, tmp_path / "b.gpkg")
    pyogrio.write_dataframe(after, tmp_path / "c.gpkg")
    unit = geopandas.GeoDataFrame({"id": ["1"]}, geometry=[before.union_all()], crs=4490)
    pyogrio.write_dataframe(unit, tmp_path / "unit.gpkg")
    figures = monitor(
        Epochs(tmp_path / "b.gpkg", tmp_path / "c.gpkg", "third_survey", "DLBM"),
        tmp_path / "unit.gpkg",
    )
    assert figures.frame["severity"].tolist() == ["red"]
    assert float(figures.frame["to_construction_km2"].iloc[0]) > 0.9
