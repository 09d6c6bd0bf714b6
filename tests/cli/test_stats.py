"""``zoning stats`` and ``zoning monitor`` as a user calls them."""

import csv
import io
import json
from pathlib import Path

import geopandas
import numpy as np
import openpyxl
import pyogrio
import pytest
import rasterio
import shapely

from zoning.api.printing import write_figures
from zoning.api.stats import StatisticsRequest, statistics

EXAMPLES = Path(__file__).parents[2] / "examples"
DEM = EXAMPLES / "dem_30m.tif"
BEFORE = EXAMPLES / "landcover_2020.tif"
AFTER = EXAMPLES / "landcover_2024.tif"
OWN = ("--dem", DEM, "--landcover", AFTER, "--scheme", "worldcover")


@pytest.fixture
def plots(tmp_path):
    """Two plots over the example rasters, one with a name that is a formula."""
    with rasterio.open(AFTER) as data:
        left, bottom, right, top = data.bounds
        crs = data.crs
    middle = (left + right) / 2
    frame = geopandas.GeoDataFrame(
        {"code": ["1", "2"], "label": ['=HYPERLINK("http://x")', "东区"]},
        geometry=[shapely.box(left, bottom, middle, top), shapely.box(middle, bottom, right, top)],
        crs=crs,
    ).to_crs(4490)
    path = tmp_path / "plots.gpkg"
    pyogrio.write_dataframe(frame, path)
    return path


def by(plots):
    return ("--by", plots, "--id", "code", "--name", "label")


def test_forest_cover_of_the_embedded_data_is_indicative(zoning):
    done = zoning("stats", "forest-cover", "--by", "province", "--format", "json")
    assert done.code == 0
    found = done.json()
    assert found["rows"][0]["unit"] == "140000"
    assert found["rows"][0]["land_area_km2"] == pytest.approx(156805.5, rel=1e-4)
    assert found["facts"]["caliber"] == "third_survey"
    assert any(n["kind"] == "warning" and "Demonstration" in n["en"] for n in found["notes"])
    assert found["facts"]["demonstration"] is True
    assert found["rows"][0]["forest_cover_pct"] is None
    assert all(n["zh"] and n["en"] for n in found["notes"])


def test_soil_conservation_stands_beside_the_published_figure(zoning):
    done = zoning("stats", "soil-conservation", "--by", "province", "--format", "json")
    found = done.json()
    row = found["rows"][0]
    beside = found["tables"]["published"]["rows"][0]
    assert beside["published"] == 63.0
    assert beside["computed"] is row["soil_conservation_pct"] is row["slight_km2"] is None
    assert row["soil_conservation_low_pct"] < 63.0 < row["soil_conservation_high_pct"]
    assert any("Wind erosion is not included" in n["en"] for n in found["notes"])
    assert any("Unverified" in n["en"] for n in found["notes"])


def test_levels_add_up(zoning):
    areas = {}
    for level in ("county", "city", "province"):
        rows = zoning("stats", "forest-cover", "--by", level, "--format", "json").json()["rows"]
        ends = ("forest_cover_least_pct", "forest_cover_most_pct")
        areas[level] = [sum(r[e] * r["land_area_km2"] for r in rows) for e in ends]
    # Shares are told to 0.01 %, areas to 0.01 km².
    assert areas["county"] == pytest.approx(areas["province"], rel=2e-3)
    assert areas["city"] == pytest.approx(areas["province"], rel=2e-3)


@pytest.mark.parametrize("topic", ["forest-cover", "soil-loss", "soil-conservation"])
def test_own_rasters_one_flag_away(zoning, plots, topic):
    done = zoning("stats", topic, *OWN, "--year", 2024, *by(plots), "--format", "json")
    assert done.code == 0
    rows = done.json()["rows"]
    assert [r["unit"] for r in rows] == ["1", "2"]
    # The plots' edges were densified on the way to degrees and back: a hair beside the raster.
    assert min(r["coverage_share"] for r in rows) > 0.999


def test_every_format_is_written_whole_and_inert(zoning, plots, tmp_path):
    for suffix in ("xlsx", "csv", "json", "gpkg", "geojson"):
        path = tmp_path / f"结果.{suffix}"
        done = zoning("stats", "forest-cover", *OWN, *by(plots), "--targets", "-q", "-o", path)
        assert (done.code, done.out) == (0, "")
        assert path.stat().st_size > 500
    assert not list(tmp_path.glob(".*part*"))
    sheet = openpyxl.load_workbook(tmp_path / "结果.xlsx")["figures"]
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].value.startswith("'=")
    assert "caliber" in " ".join(
        str(r[0].value) for r in openpyxl.load_workbook(tmp_path / "结果.xlsx")["notes"].rows
    )
    text = (tmp_path / "结果.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["name"].startswith("'=")
    assert "caliber" in rows[0]["remarks"]
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "结果.gpkg")}
    assert {"figures", "targets", "classes", "notes"} <= layers
    frame = pyogrio.read_dataframe(tmp_path / "结果.gpkg", layer="figures")
    assert frame.crs.to_epsg() == 4490
    assert len(json.loads((tmp_path / "结果.geojson").read_text("utf-8"))["features"]) == 2


def test_equal_figures_give_equal_bytes(plots, tmp_path):
    """Figures computed twice; that a command writes them whole is seen above."""
    request = StatisticsRequest(
        by=plots,
        id_column="code",
        name_column="label",
        dem=DEM,
        landcover=AFTER,
        scheme="worldcover",
    )
    figures = [statistics("forest-cover", request) for _ in range(2)]
    for suffix in ("xlsx", "csv", "json", "geojson", "gpkg"):
        paths = [write_figures(f, tmp_path / f"{i}.{suffix}", "en") for i, f in enumerate(figures)]
        assert paths[0].read_bytes() == paths[1].read_bytes(), suffix


def test_terminal_fits_and_speaks_both_languages(zoning, plots, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = zoning("stats", "soil-conservation", *OWN, *by(plots), "--lang", "zh")
    assert "水土保持率" in done.out
    assert "未计风力侵蚀" in done.out
    done = zoning("stats", "soil-conservation", *OWN, *by(plots), "--lang", "en")
    assert "Soil-conservation ratio" in done.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("stats", "no-topic"), "TOPIC"),
        (("stats", "forest-cover", "--landcover", AFTER), "--scheme"),
        (("stats", "forest-cover", "--landcover", AFTER, "--scheme", "nope"), "worldcover"),
        (("stats", "forest-cover", "--caliber", "new"), "third_survey"),
        (("stats", "forest-cover", "--by", "nowhere.gpkg"), "nowhere.gpkg"),
        (("stats", "soil-loss", "--dem", "nowhere.tif"), "nowhere.tif"),
        (("stats", "forest-cover", "--landcover", AFTER, "--scheme", "igbp"), "legend"),
        (("stats", "soil-loss", "--rain-formula", "xie", "--by", "province"), "zhang-fu"),
        (("stats", "soil-loss", "--length-classes", "radians"), "degree"),
        (("stats", "forest-cover", "-o", "x.doc"), ".xlsx"),
        (("monitor", BEFORE, DEM, "--scheme", "worldcover"), "legend"),
        (("monitor", BEFORE, AFTER), "--scheme"),
    ],
)  # fmt: skip
def test_wrong_calls_say_the_cure(zoning, words, message):
    done = zoning(*words)
    assert done.code == 2
    assert message in " ".join(done.err.split())
    assert "Traceback" not in done.err


def test_output_over_an_input_is_refused(zoning, tmp_path):
    copy = tmp_path / "t.csv"
    copy.write_text("unit,indicator,year,value\n", encoding="utf-8")
    done = zoning("stats", "forest-cover", "--table", copy, "-o", copy)
    assert done.code == 2
    assert copy.read_text(encoding="utf-8").startswith("unit,")


def test_an_interrupted_run_keeps_the_earlier_file(zoning, plots, tmp_path, monkeypatch):
    from zoning.show import figures

    path = tmp_path / "r.xlsx"
    path.write_bytes(b"earlier")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(figures, "_notes_table", interrupted)
    done = zoning("stats", "forest-cover", *OWN, *by(plots), "-q", "-o", path, "--overwrite")
    assert done.code == 130
    assert path.read_bytes() == b"earlier"
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []


def test_monitor_finds_what_changed_between_the_examples(zoning, plots, tmp_path):
    path = tmp_path / "change.gpkg"
    done = zoning("monitor", BEFORE, AFTER, "--scheme", "worldcover", "--by", plots, "-o", path,
                  "--format", "json")  # fmt: skip
    assert done.code == 1
    found = done.json()
    assert {r["severity"] for r in found["rows"]} == {"red", "orange"}
    total = found["tables"]["matrix"]["rows"][-1]
    assert total["total"] == pytest.approx(sum(v for k, v in total.items() if k[:3] == "to_"))
    pieces = pyogrio.read_dataframe(path, layer="pieces")
    assert {"severity", "regime", "clause", "lon", "lat"} <= set(pieces.columns)
    assert pieces["severity"].iloc[0] == "red"
    assert len(pieces) >= 2
    assert pieces["area_m2"].min() > 0
    same = zoning("monitor", BEFORE, BEFORE, "--scheme", "worldcover", "--by", plots, "-q")
    assert same.code == 0


def test_alerts_have_pictures_in_a_workbook_and_on_a_page(zoning, plots, tmp_path):
    book, page = tmp_path / "a.xlsx", tmp_path / "a.html"
    call = ("monitor", BEFORE, AFTER, "--scheme", "worldcover", "--by", plots, "-q", "-o", book,
            "--map", page)  # fmt: skip
    assert zoning(*call).code == 1
    assert zoning(*call).code == 1  # Its own outputs are replaced.
    opened = openpyxl.load_workbook(book)
    assert len(opened["pieces"]._images) >= 2
    text = page.read_text(encoding="utf-8")
    assert text.count("data:image/png") == len(opened["pieces"]._images)
    assert "http" not in text.replace("http://x", "")
    assert "<svg" in text and "森林" not in text
    refused = zoning("monitor", BEFORE, AFTER, "--scheme", "worldcover", "--map", "x.png")
    assert refused.code == 2


def test_county_tables_are_small_rounded_and_typed(zoning, tmp_path):
    path, book = tmp_path / "c.csv", tmp_path / "c.xlsx"
    zoning("stats", "soil-conservation", "-q", "-o", path)
    zoning("stats", "soil-conservation", "-q", "-o", book)
    assert path.stat().st_size < 30_000
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert len(rows) == 117
    assert [bool(r["remarks"]) for r in rows] == [True] + [False] * 116
    for name in ("land_area_km2", "soil_conservation_low_pct"):
        assert all(len(r[name].partition(".")[2]) <= 2 for r in rows)
    opened = openpyxl.load_workbook(book)
    sheet = opened["figures"]
    assert isinstance(sheet["C2"].value, float) and sheet["C2"].number_format == "#,##0.00"
    assert "(km2)" in sheet["C1"].value
    assert len(sheet._charts) == 1
    assert opened["notes"]["B1"].value


def test_tables_fit_80_columns_in_one_strip(zoning, plots, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for words in (("stats", "soil-conservation", "--by", "city", "--targets"),
                  ("monitor", BEFORE, AFTER, "--scheme", "worldcover", "--by", plots)):  # fmt: skip
        out = zoning(*words, "--lang", "zh").out
        tables = [line for line in out.splitlines() if line.startswith(("┏", "┌", "╭"))]
        assert tables
        assert len(tables) <= 4
        assert max(sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in tables) <= 80


def test_examples_are_small():
    sizes = [p.stat().st_size for p in (DEM, BEFORE, AFTER)]
    assert sum(sizes) < 300_000
    with rasterio.open(BEFORE) as one, rasterio.open(AFTER) as two:
        assert one.transform == two.transform
        assert (one.read(1) != two.read(1)).mean() < 0.2


def test_county_statistics_is_a_frame_with_units():
    import zoning as package

    frame = package.county_statistics("forest-cover", by="city", lang="zh")
    assert len(frame) == 11
    assert frame.crs.to_epsg() == 4490
    assert frame.attrs["units"]["forest_area_km2"] == "km2"
    assert any("口径" in n for n in frame.attrs["notes"])
    assert np.isfinite(frame["forest_cover_low_pct"]).all()
    assert frame["forest_cover_pct"].isna().all()


@pytest.fixture
def land(tmp_path):
    """Write land cover over two plots with ids A1 and A2: one value for each plot, 0 no data."""

    def write(name, left, right):
        values = np.full((40, 40), left, np.uint8)
        values[:, 20:] = right
        transform = rasterio.Affine(30.0, 0, 500000.0, 0, -30.0, 4200000.0)
        with rasterio.open(tmp_path / name, "w", driver="GTiff", width=40, height=40, count=1,
                           dtype="uint8", crs="EPSG:4546", transform=transform,
                           nodata=0) as out:  # fmt: skip
            out.write(values, 1)
        return tmp_path / name

    return write


@pytest.fixture
def two(tmp_path):
    boxes = [(500030, 4198900, 500570, 4199900), (500630, 4198900, 501170, 4199900)]
    shapes = [shapely.box(*b) for b in boxes]
    frame = geopandas.GeoDataFrame(
        {"id": ["A1", "A2"], "name": ["甲", "乙"]}, geometry=shapes, crs=4546
    ).to_crs(4490)
    pyogrio.write_dataframe(frame, tmp_path / "two.gpkg")
    return tmp_path / "two.gpkg"


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 10), (10, 0)])
def test_epochs_without_common_ground_end_with_3(zoning, land, two, tmp_path, before, after):
    epochs = land("b.tif", before, before), land("c.tif", after, after)
    call = ("monitor", *epochs, "--scheme", "worldcover", "--by", two)
    done = zoning(*call, "-o", tmp_path / "r.xlsx", "--format", "json")
    assert done.code == 3
    assert "Nothing could be compared: 2 of 2 units" in done.err
    assert "Cure:" in done.err
    assert {r["severity"] for r in done.json()["rows"]} == {"no_data"}
    if before == after:
        tells_in_chinese_and_not_when_quiet(zoning, call, "没有可比较之处")


def tells_in_chinese_and_not_when_quiet(zoning, call, told):
    """Whatever the figures are: the same lines print them."""
    assert told in zoning(*call, "--lang", "zh").err
    quiet = zoning(*call, "-q")
    assert (quiet.code, quiet.out, quiet.err) == (3, "", "")


@pytest.mark.parametrize("topic", ["forest-cover", "soil-loss", "soil-conservation"])
@pytest.mark.parametrize(("right", "count"), [(0, 2), (10, 1)])
def test_units_without_data_are_counted_and_end_with_3(zoning, land, two, topic, right, count):
    path = land("lc.tif", 0, right)
    call = ("stats", topic, "--landcover", path, "--scheme", "worldcover", "--by", two)
    if topic != "forest-cover":
        # Cover that is everywhere: what is missing is the land cover alone.
        call += ("--ls", land("ls.tif", 1, 1), "--cover", land("cover.tif", 1, 1))
    done = zoning(*call)
    assert done.code == 3
    assert f"{count} of 2 units have no data" in done.err
    if topic == "forest-cover":
        tells_in_chinese_and_not_when_quiet(zoning, call, f"{count} 个没有数据")


def test_help_tells_the_exit_codes(zoning):
    assert "3 units without data" in " ".join(zoning("stats", "--help").out.split())


def test_monitor_names_units_by_the_ids_of_the_file(zoning, land, two):
    path = land("lc.tif", 10, 10)
    call = ("monitor", path, path, "--scheme", "worldcover", "--by", two, "--format", "json")
    rows = zoning(*call).json()["rows"]
    assert [(r["unit"], r["name"]) for r in rows] == [("A1", "甲"), ("A2", "乙")]
