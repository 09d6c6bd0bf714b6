"""Forest cover by caliber and legend, targets, published figures, user tables."""

import subprocess

import numpy as np
import pandas as pd
import pytest
from stats_samples import box_units, write

from tests.warm import python
from zoning.base.errors import CatalogueError, SourceError, UsageError
from zoning.base.progress import silent
from zoning.messages import Text
from zoning.stats import Input, Request, tables
from zoning.stats.forest import forest_cover
from zoning.stats.specs import (
    CALIBERS,
)
from zoning.stats.target_specs import (
    Target,
)
from zoning.stats.targets import (
    compare,
    read_table,
    with_comparisons,
)
from zoning.stats.verdicts import Known, judge


def source(path, **more):
    return Input(path, Text(path.name, path.name), **more)


def covered(path, values, caliber="third_survey", scheme="worldcover", units=None, **more):
    raster = source(write(path, np.asarray(values, np.uint8), cell=1000.0), **more)
    height, width = np.shape(values)
    units = (
        units
        if units is not None
        else box_units([(500000, 4200000 - 1000 * height, 500000 + 1000 * width, 4200000)])
    )
    return forest_cover(raster, units, silent, scheme=scheme, caliber=caliber)


def test_shares_by_hand(tmp_path):
    """Two of eight cells trees, one shrub: 25 % new caliber; shrub may count 0 to 1 in the old."""
    values = [[10, 10, 20, 30], [40, 40, 50, 80]]
    new = covered(tmp_path / "a.tif", values).frame.iloc[0]
    assert new["forest_cover_pct"] == pytest.approx(25.0, abs=1e-3)
    assert new["forest_cover_least_pct"] == pytest.approx(0.7 * 25.0, abs=1e-3)
    assert new["forest_cover_most_pct"] == pytest.approx(25.0, abs=1e-3)
    old = covered(tmp_path / "a.tif", values, "statutory").frame.iloc[0]
    assert old["forest_cover_pct"] == pytest.approx(25.0, abs=1e-3)
    assert old["forest_cover_most_pct"] == pytest.approx(37.5, abs=1e-3)
    assert new["forest_area_km2"] == pytest.approx(2.0, rel=1e-4)
    assert new["coverage_share"] == pytest.approx(1.0)
    assert not new["low_coverage"]


def test_calibers_differ_where_shrubs_are_named(tmp_path):
    values = [[20, 40], [40, 30]]  # GlobeLand30: forest, shrub, shrub, grass
    new = covered(tmp_path / "a.tif", values, scheme="globeland30").frame.iloc[0]
    old = covered(tmp_path / "a.tif", values, "statutory", "globeland30").frame.iloc[0]
    assert new["forest_cover_pct"] == pytest.approx(25.0, abs=1e-3)
    assert old["forest_cover_pct"] == pytest.approx(75.0, abs=1e-3)


def test_every_output_names_its_caliber(tmp_path):
    figures = covered(tmp_path / "a.tif", [[10, 30]], "statutory")
    notes = " ".join(n.text.zh for n in figures.notes if n.kind == "caliber")
    assert "法定口径" in notes
    assert "国土调查口径（新口径）" not in notes
    assert figures.facts["caliber"] == "statutory"
    assert figures.to_frame("en").attrs["units"]["forest_cover_pct"] == "%"


def test_wrong_legend_is_refused_and_rare_strange_classes_widen_the_range(tmp_path):
    with pytest.raises(UsageError) as caught:
        covered(tmp_path / "a.tif", [[1, 2], [3, 4]])
    assert caught.value.problems[0].code == "legend-mismatch"
    values = np.full((5, 10), 30)
    values[0, 0] = 33
    figures = covered(tmp_path / "b.tif", values)
    row = figures.frame.iloc[0]
    assert row["forest_cover_pct"] == 0.0
    assert row["forest_cover_most_pct"] == pytest.approx(2.0, abs=1e-3)
    assert any("33" in n.text.en for n in figures.notes if n.kind == "warning")


def test_a_unit_beyond_the_raster_is_no_data_and_flagged(tmp_path):
    units = box_units(
        [(500000, 4199000, 502000, 4200000), (501000, 4199000, 503000, 4200000),
         (600000, 4100000, 601000, 4101000)]
    )  # fmt: skip
    frame = covered(tmp_path / "a.tif", [[10, 30]], units=units).frame
    assert frame["forest_cover_pct"].tolist()[:2] == pytest.approx([50.0, 0.0], abs=1e-3)
    assert frame["coverage_share"].tolist() == pytest.approx([1.0, 0.5, 0.0], abs=1e-3)
    assert frame["low_coverage"].tolist() == [False, True, True]
    assert np.isnan(frame["forest_cover_pct"].iloc[2])


def test_a_figure_lies_in_its_own_range(tmp_path):
    """Half of the unit has no data, the other half no forest: the range begins at 0 %."""
    units = box_units([(501000, 4199000, 503000, 4200000)])
    frame = covered(tmp_path / "a.tif", [[10, 30]], units=units).frame
    low, figure, high = (
        frame[f"forest_cover_{name}"].iloc[0] for name in ("low_pct", "pct", "high_pct")
    )
    assert low == pytest.approx(figure, abs=1e-3) and 0.0 <= figure < high


@pytest.mark.parametrize("scheme", [s.id for s in tables.forest_definitions().schemes])
def test_every_legend_has_forest_and_known_groups(scheme):
    legend = tables.forest_definitions().scheme(scheme)
    groups = {c.group for c in tables.csle_factors().cover}
    ranks = set(tables.monitoring().by_group())
    assert {c.group for c in legend.classes} <= groups & ranks
    for caliber in CALIBERS:
        assert max(c.weights(caliber)[0] for c in legend.classes) == 1.0
        for c in legend.classes:
            if c.group in ("water", "built", "crop", "snow", "bare"):
                assert c.weights(caliber) == (0.0, 0.0, 0.0)


def test_statutory_never_counts_less_than_the_survey():
    for scheme in tables.forest_definitions().schemes:
        for c in scheme.classes:
            assert c.statutory[2] >= c.third_survey[2]


# ------------------------------------------------------------------ targets

XINZHOU = next(t for t in tables.indicators().targets if t.id == "I001-06")


@pytest.mark.parametrize(
    ("value", "year", "target_year", "gap", "verdict", "path", "words"),
    [
        # 14.21 in 2020, 16.71 in 2025: 15.71 on the line in 2023.
        (15.71, 2023, 2025, 1.0, "not_met", 15.71, "ahead"),
        (15.70, 2023, 2025, 1.01, "not_met", 15.71, "behind"),
        (16.71, 2023, 2025, 0.0, "met", 15.71, ""),
        (16.0, 2025, 2025, 0.71, "not_met", None, ""),
        # From the target of 2025 to that of 2035: 18.21 in 2030.
        (18.21, 2030, 2035, 1.5, "not_met", 18.21, "ahead"),
        (18.2, 2030, 2035, 1.51, "not_met", 18.21, "behind"),
        # The target of 2035 is reached by way of that of 2025, not straight: 15.71, not 15.31.
        (15.70, 2023, 2035, 4.01, "not_met", 15.71, "behind"),
        (14.0, 2019, 2025, 2.71, "not_met", None, "no base"),
        (14.0, None, 2025, 2.71, "undetermined", None, "year"),
    ],
)
def test_verdicts_by_hand(value, year, target_year, gap, verdict, path, words):
    known = Known(value, year, "third_survey")
    found = judge(XINZHOU, target_year, XINZHOU.values[target_year], known)
    assert found.gap == pytest.approx(gap, abs=1e-9)
    assert found.verdict == verdict
    assert found.path == (None if path is None else pytest.approx(path))
    assert words in (found.reason.en if found.reason else "")


def test_calibers_are_never_mixed():
    for caliber in ("statutory", None):
        found = judge(XINZHOU, 2025, 16.71, Known(23.57, 2020, caliber))
        assert (found.gap, found.verdict) == (None, "not_comparable")


def test_coarse_figures_get_no_verdict():
    found = judge(XINZHOU, 2025, 16.71, Known(1.8, 2023, "third_survey", demonstration=True))
    assert (found.gap, found.verdict) == (None, "undetermined")
    assert "demonstration" in found.reason.en


CEILING = Target(id="x", indicator="urban_boundary", place="1", sense="at_most",
                 base=(2020, 600.0), values={2030: 700.0}, binding="binding",
                 document="d")  # fmt: skip


def test_ceilings_count_the_other_way():
    assert judge(CEILING, 2030, 700.0, Known(650.0, 2025))[:2] == (-50.0, "met")
    assert judge(CEILING, 2030, 700.0, Known(720.0, 2030))[:2] == (20.0, "not_met")
    found = judge(CEILING, 2030, 700.0, Known(720.0, 2025))
    assert found[:2] == (20.0, "not_met")
    assert "behind" in found.reason.en


def drawn(share, value=710.0, **more):
    """Return a figure of which a share of the draws is at most 700."""
    draws = np.where(np.arange(1000) < 1000 * share, 650.0, 750.0)
    return Known(value, 2030, draws=draws, **more)


@pytest.mark.parametrize(
    ("share", "more", "verdict"),
    [
        # The range straddles 700: 95 % either way is needed.
        (0.96, {}, "met"),
        (0.94, {}, "undetermined"),
        (0.06, {}, "undetermined"),
        (0.04, {}, "not_met"),
        # All draws on one side: nothing can turn the verdict.
        (1.0, {"value": 690.0}, "met"),
        (0.0, {}, "not_met"),
        (1.0, {"value": 690.0, "weak": ("r",), "coverage": 0.5}, "met"),
        # A raster in doubt decides nothing, whatever the draws say.
        (1.0, {"value": 690.0, "doubted": ("dem",)}, "undetermined"),
    ],
)
def test_unknowns_need_a_probability(share, more, verdict):
    found = judge(CEILING, 2030, 700.0, drawn(share, **more))
    assert found.verdict == verdict
    assert found.probability == pytest.approx(share)


def test_an_open_verdict_says_what_would_settle_it():
    found = judge(CEILING, 2030, 700.0, drawn(0.5, weak=("k",), coverage=0.36, settles="k"))
    assert found.settles == "k"
    assert "36.0 %" in found.reason.en
    assert "erodibility" in found.reason.en


def figures_for(tmp_path, code, cover_cells, embedded=False, year=2023):
    values = np.full((10, 10), 30)
    values.ravel()[:cover_cells] = 10
    units = box_units([(500000, 4190000, 510000, 4200000)])
    units["unit"] = code
    return covered(tmp_path / "t.tif", values, units=units, embedded=embedded, year=year)


def test_needed_area_and_reference_of_a_county(tmp_path):
    figures = figures_for(tmp_path, "140902", 15)
    table = compare(figures, tables.indicators(), {}).frame
    # A county has no target of its own: Xinzhou's 16.71 % is a yardstick, 1.71 % of 100 km² away.
    row = table[table["target_year"] == 2025].iloc[0]
    assert row["place"] == "140900"
    assert row["verdict"] == "reference"
    assert 0.0 <= row["probability"] <= 1.0
    assert row["gap"] == pytest.approx(1.71, abs=1e-3)
    assert row["needed_km2"] == pytest.approx(1.71, rel=1e-3)
    assert row["needed_wan_mu"] == pytest.approx(1.71 * 0.15, rel=1e-3)
    assert set(table["place"]) == {"140900"}


def test_floors_ask_for_the_users_table(tmp_path):
    figures = figures_for(tmp_path, "140900", 20)
    bare = compare(figures, tables.indicators(), {}).frame
    floors = bare[bare["target_id"].isin(["I001-01", "I001-02"])]
    assert set(floors["verdict"]) == {"no_figure"}
    path = tmp_path / "t.csv"
    path.write_text(
        "unit,indicator,year,value\n140900,redline_area,2023,6206.07\n"
        "140900,basic_farmland,2023,5200\n",
        encoding="utf-8",
    )
    table = compare(figures, tables.indicators(), read_table(path)).frame
    red = table[(table["target_id"] == "I001-01") & (table["target_year"] == 2025)].iloc[0]
    assert red["verdict"] == "met"
    farm = table[(table["target_id"] == "I001-02") & (table["target_year"] == 2025)].iloc[0]
    assert farm["verdict"] == "not_met"
    assert farm["needed_wan_mu"] == pytest.approx((5264.468667 - 5200) * 0.15)


@pytest.mark.parametrize(
    "body",
    [
        "unit,indicator,year,value\n1,no_such,2020,3\n",
        "unit,indicator,year,value\n1,redline_area,twenty,3\n",
        "unit,indicator,year,value\n1,redline_area,2020,nan\n",
        "unit,indicator,year,value\n1,redline_area,2020,3\n1,redline_area,2021,3\n",
        "unit,year,value\n1,2020,3\n",
    ],
)
def test_faulty_tables_name_their_rows(tmp_path, body):
    path = tmp_path / "t.csv"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_table(path)
    assert caught.value.problems[0].feature in ("2", "3")


def test_published_figures_stand_beside_with_the_difference(tmp_path):
    figures = with_comparisons(figures_for(tmp_path, "140900", 15), targets=False, table=None)
    row = figures.table("published").frame.iloc[0]
    assert row["published"] == 14.21
    assert row["difference"] == pytest.approx(15.0 - 14.21, abs=1e-3)
    other = with_comparisons(figures_for(tmp_path, "140431", 50), targets=False, table=None)
    row = other.table("published").frame.iloc[0]
    assert not row["comparable"]
    assert np.isnan(row["difference"])


def test_targets_of_the_documents():
    by_id = {t.id: t for t in tables.indicators().targets}
    assert len(by_id) == len(tables.indicators().targets)
    assert by_id["I000-01"].values == {2025: 22.6, 2035: 26.6}
    assert by_id["I002-T22"].caliber == "statutory"
    # 4748 万亩 in km²: 10,000 亩 are 20/3 km².
    assert by_id["E-02"].values[2035] == pytest.approx(4748 * 20 / 3, abs=1e-3)
    assert by_id["E-01"].values[2035] == pytest.approx(5649 * 20 / 3, abs=1e-3)
    assert by_id["C-140200-farmland"].values[2035] == pytest.approx(500.86 * 20 / 3, abs=1e-3)


# ------------------------------------------------------------------ tables and requests


def test_user_factors_replace_single_entries(tmp_path):
    path = tmp_path / "f.toml"
    path.write_text(
        '[parameters.t_cropland]\nname = {zh = "T", en = "T"}\nvalue = 0.42\nunit = "1"\n'
        'source = "mine"\nverified = true\n',
        encoding="utf-8",
    )
    found = tables.with_user_factors(path)
    assert found.value("t_cropland") == 0.42
    assert found.value("k_uniform") == tables.csle_factors().value("k_uniform")
    path.write_text("[parameters.no_such]\nvalue = 1.0\n", encoding="utf-8")
    with pytest.raises(UsageError):
        tables.with_user_factors(path)
    path.write_text("[parameters.t_cropland]\nvalue = 1.0\n", encoding="utf-8")
    with pytest.raises(CatalogueError):
        tables.with_user_factors(path)


def test_unverified_values_are_marked_as_such():
    factors = tables.csle_factors()
    assert {p.verified for p in factors.practice[1:]} == {False}
    assert not factors.parameters["t_cropland"].verified
    assert "不是官方" in tables.erosion_classes().zones_source


@pytest.mark.parametrize(
    "options",
    [
        {"landcover": "x.tif"},
        {"rain": "a.tif", "erosivity": "b.tif"},
        {"length_classes": "radians"},
        {"threads": 0},
    ],
)
def test_contradicting_requests_are_refused(options):
    with pytest.raises(UsageError):
        Request(**options)


def test_frame_of_figures_is_a_copy(tmp_path):
    figures = covered(tmp_path / "a.tif", [[10, 30]])
    frame = figures.to_frame()
    frame["forest_cover_pct"] = 0.0
    assert figures.frame["forest_cover_pct"].iloc[0] > 0
    assert isinstance(frame.drop(columns="geometry"), pd.DataFrame)


@pytest.mark.parametrize(
    "options",
    [("soil-loss", "--rain"), ("forest-cover", "--targets", "--table")],
    ids=["rain", "table"],
)
def test_a_csv_of_unreadable_bytes_is_a_named_fault(tmp_path, options):
    path = tmp_path / "bad.csv"
    path.write_bytes(b"date,rain_mm\n\xff\xff\xff\x81\n")
    command = [*python(), "-m", "zoning", "stats", *options, path, "--by", "province"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "bad.csv" in done.stderr and "Traceback" not in done.stderr
