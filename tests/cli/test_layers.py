"""``zoning layers export``, ``zoning layers coverage``, ``zoning map``: as a user types them."""

from __future__ import annotations

import csv

import pyogrio
import pytest
import rasterio
from typer.testing import CliRunner

from zoning.cli import application


def run(*words):
    return CliRunner().invoke(application(), list(words))


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "fgb", "shp"])
def test_vector_formats_hold_every_zone(tmp_path, kind):
    out = tmp_path / f"basins.{kind}"
    done = run("layers", "export", "spring_basins", "--format", kind, "-o", str(out))
    assert done.exit_code == 0, done.output
    assert pyogrio.read_info(out)["features"] == 19


@pytest.mark.parametrize(("suffix", "driver"), [("geojson", "GeoJSON"), ("FGB", "FlatGeobuf")])
def test_the_suffix_chooses_the_format(tmp_path, suffix, driver):
    out = tmp_path / f"basins.{suffix}"
    assert run("layers", "export", "spring_basins", "-o", str(out)).exit_code == 0
    assert pyogrio.read_info(out)["driver"] == driver


def test_geoparquet(tmp_path):
    geopandas = pytest.importorskip("geopandas")
    pytest.importorskip("pyarrow")
    out = tmp_path / "basins.parquet"
    assert run("layers", "export", "spring_basins", "-f", "parquet", "-o", str(out)).exit_code == 0
    assert len(geopandas.read_parquet(out)) == 19


def test_a_vector_layer_becomes_a_cog(tmp_path):
    out = tmp_path / "cities.tif"
    assert run("layers", "export", "cities", "-f", "cog", "-o", str(out)).exit_code == 0
    with rasterio.open(out) as grid:
        assert grid.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert grid.overviews(1)
        assert (grid.width, grid.height, grid.crs.to_string()) == (630, 810, "EPSG:4490")
        assert "太原市" in grid.tags()["classes"]


def test_a_raster_layer_becomes_polygons(tmp_path):
    out = tmp_path / "spaces.gpkg"
    assert run("layers", "export", "three_spaces_raster", "-o", str(out)).exit_code == 0
    frame = pyogrio.read_dataframe(out)
    assert frame["name"].tolist() == ["ecological", "agricultural", "urban"]
    assert frame["area_km2"].sum() == pytest.approx(156_805, rel=0.002)


def test_a_raster_layer_stays_as_it_is(tmp_path):
    import zoning

    out = tmp_path / "elevation.tif"
    assert run("layers", "export", "elevation", "-f", "cog", "-o", str(out)).exit_code == 0
    with rasterio.open(out) as made, zoning.load_layer("elevation") as kept:
        assert (made.read(1) == kept.read(1)).all()
        assert made.units == kept.units


def test_the_same_bytes_twice(tmp_path):
    for name in ("a.gpkg", "b.gpkg"):
        out = tmp_path / name
        run("layers", "export", "lakes_5", "-o", str(out))
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_wrong_words_are_refused_with_a_cure(tmp_path):
    from zoning.base.errors import DataError, UsageError

    done = run("layers", "export", "cities", "-f", "docx")
    assert isinstance(done.exception, UsageError)
    done = run("layers", "export", "cities", "-f", "gpkg", "-o", str(tmp_path / "x.shp"))
    assert "gpkg" in str(done.exception)
    done = run("layers", "export", "subsidence", "-o", str(tmp_path / "x.gpkg"))
    assert isinstance(done.exception, DataError)
    assert not (tmp_path / "x.gpkg").exists()
    assert isinstance(run("map").exception, UsageError)
    assert "security_pattern" in str(run("map", "--theme", "nothing").exception)


def test_coverage_says_what_there_is_where(tmp_path):
    out = tmp_path / "coverage.csv"
    assert run("layers", "coverage", "--by", "county", "--csv", str(out)).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as handle:
        rows = {row["layer"]: row for row in csv.DictReader(handle)}
    assert len(rows["counties"]) == 119  # with the seal of a CSV
    assert rows["spring_basins"]["晋源区"] == "derived"
    assert rows["spring_basins"]["阳城县"] == "schematic"
    assert rows["spring_basins"]["右玉县"] in ("derived", "empty")
    assert rows["taiyuan_1p30"]["介休市"] == "schematic"
    assert rows["taiyuan_1p30"]["云州区"] == "empty"
    assert rows["nature_reserves"]["五台县"] == "none"
    assert rows["counties"]["五台县"] == "surveyed"


def test_coverage_on_the_terminal():
    shown = run("layers", "coverage", "--lang", "zh").output
    assert "太原 大同" in shown
    assert "推算" in shown


def test_a_theme_becomes_a_page(tmp_path):
    out = tmp_path / "pattern.html"
    done = run("map", "--theme", "security_pattern", "-o", str(out), "--lang", "zh")
    assert done.exit_code == 0, done.output
    text = out.read_text("utf-8")
    assert "太行山" in text
    assert 'src="http' not in text


def test_show_prints_method_calibration_residuals_and_accuracy():
    shown = run("layers", "show", "ecological_redline", "--lang", "en").output
    for words in ("Dual evaluation", "21.95 %", "6,206.07", "0.05", "±5000 m", "never decides"):
        assert words in " ".join(shown.split()), words


def test_an_official_layer_takes_the_place_of_the_computed_one(tmp_path):
    ring = "[[112.4,37.68],[112.46,37.68],[112.46,37.74],[112.4,37.68]]"
    site = f'{{"type":"Polygon","coordinates":[{ring}]}}'
    feature = f'{{"type":"Feature","properties":{{"HXMC":"A"}},"geometry":{site}}}'
    (tmp_path / "redline.geojson").write_text(
        f'{{"type":"FeatureCollection","features":[{feature}]}}', encoding="utf-8"
    )
    space = tmp_path / "zoning.toml"
    space.write_text(
        '[layers.ecological_redline]\nsource = "redline.geojson"\ndate = 2025-06-01\n'
        'authority = "the authority"\ncovers = "province"\n',
        encoding="utf-8",
    )
    table, out = tmp_path / "coverage.csv", tmp_path / "redline.gpkg"
    words = ["--workspace", str(space)]
    done = run("layers", "coverage", "--csv", str(table), *words)
    assert done.exit_code == 0, done.output
    with table.open(encoding="utf-8-sig", newline="") as handle:
        rows = {row["layer"]: row for row in csv.DictReader(handle)}
    assert rows["ecological_redline"]["太原市"] == "official"
    assert rows["ecological_redline"]["忻州市"] == "empty"
    assert rows["permanent_basic_farmland"]["忻州市"] == "derived"
    assert run("layers", "export", "ecological_redline", "-o", str(out), *words).exit_code == 0
    assert pyogrio.read_info(out)["features"] == 1
