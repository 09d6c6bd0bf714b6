"""Findings as frame and files: content, determinism, atomicity, inert cells."""

from __future__ import annotations

import csv
import json
import sqlite3
import time

import geopandas
import openpyxl
import pytest
import shapely
from report_samples import FORMULA, HOSTILE, sample

from zoning.base.errors import MissingExtraError, UsageError
from zoning.show import (
    SUFFIXES,
    files,
    to_frame,
    write_findings,
)


def test_the_frame_has_one_row_a_finding_with_overlap_or_site():
    frame = to_frame(sample(), "en")
    assert len(frame) == sum(len(r.findings) for r in sample().results) == 9
    assert frame.crs.to_epsg() == 4490
    row = frame[(frame["project_id"] == "P01") & (frame["rule"] == "R002-044")].iloc[0]
    assert row["geometry_of"] == "overlap"
    assert row.geometry.bounds == (112.50, 37.80, 112.51, 37.81)
    assert row["area_m2"] == 976543.21
    assert row["document_number"] == "晋政发〔2022〕11号"
    assert frame.set_index("project_id").loc["P07", "geometry_of"] == "site"
    failed = frame[frame["project_id"] == "P04"].iloc[0]
    assert failed.geometry is None and failed["geometry_of"] is None
    assert "feature 7" in failed["problem"]


def test_the_frame_names_its_units_and_provenance():
    attrs = to_frame(sample(), "zh").attrs
    assert attrs["units"]["area_m2"] == "m²"
    assert set(attrs["units"]) <= set(to_frame(sample(), "zh").columns)
    assert attrs["provenance"]["input:projects.geojson"] == "d" * 64
    assert attrs["provenance"]["layer:redline"] == "no_data"


def test_texts_follow_the_language_and_names_of_columns_do_not():
    zh, en = to_frame(sample(), "zh"), to_frame(sample(), "en")
    assert list(zh.columns) == list(en.columns)
    assert (zh["status_title"][1], en["status_title"][1]) == ("不符合", "Violation")


def test_an_empty_report_is_an_empty_frame():
    from dataclasses import replace

    frame = to_frame(replace(sample(), results=()), "en")
    assert len(frame) == 0 and frame.crs.to_epsg() == 4490


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_report_gives_the_same_bytes_at_any_time_in_any_folder(tmp_path, suffix):
    first = write_findings(sample(), tmp_path / f"a{suffix}", "zh").read_bytes()
    time.sleep(1.1)  # GeoPackage and Excel would stamp the second of writing.
    again = write_findings(sample(), tmp_path / "new" / f"b{suffix}", "zh").read_bytes()
    assert first == again
    assert sorted(p.name for p in tmp_path.rglob("*")) == [f"a{suffix}", f"b{suffix}", "new"]


def test_geojson_keeps_rfc_7946(tmp_path):
    path = write_findings(sample(), tmp_path / "f.geojson", "en")
    body = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in body
    assert body["provenance"]["as_of"] == "2025-06-01"
    assert any("Drinking-water" in x for x in body["statement"])
    polygon = next(f for f in body["features"] if f["properties"]["rule"] == "R002-044")
    ring = shapely.LinearRing(polygon["geometry"]["coordinates"][0])
    assert ring.is_ccw  # Right-hand rule: counter-clockwise outside.
    assert body["features"][5]["geometry"] is None
    assert len(geopandas.read_file(path)) == 9


def test_geopackage_holds_findings_sites_and_provenance(tmp_path):
    path = write_findings(sample(), tmp_path / "f.gpkg", "en")
    findings = geopandas.read_file(path, layer="findings")
    sites = geopandas.read_file(path, layer="sites")
    assert (len(findings), len(sites)) == (9, 7)
    assert findings.crs.to_epsg() == sites.crs.to_epsg() == 4490
    assert HOSTILE in set(sites["project_name"])
    assert sites.set_index("project_id").loc["P01", "rule"] == "R002-044"
    with sqlite3.connect(path) as database:
        rows = dict(database.execute("select key, value from provenance"))
        stamps = {x for (x,) in database.execute("select last_change from gpkg_contents")}
    database.close()
    assert rows["catalogue_sha256"] == "e" * 64
    assert stamps == {"2025-06-01T00:00:00.000Z"}


def test_cells_that_look_like_formulas_are_inert(tmp_path):
    path = write_findings(sample(), tmp_path / "f.csv", "en")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["project_id"]: row for row in csv.DictReader(file)}
    assert rows["P05"]["project_name"] == f"'{FORMULA}"

    book = openpyxl.load_workbook(write_findings(sample(), tmp_path / "f.xlsx", "en"))
    assert book.sheetnames == ["sites", "findings", "provenance"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert f"'{FORMULA}" in {cell.value for cell in cells}
    book.close()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "  =", "\r"])
def test_every_start_of_a_formula_is_disarmed(start):
    assert files.inert(f"{start}1+1").startswith("'")


@pytest.mark.parametrize("value", ["汾河", "a=b", 5.0, -5.0, True, None])
def test_other_values_stay_as_they_are(value):
    assert files.inert(value) is value


def test_an_unknown_suffix_names_the_known_ones(tmp_path):
    for name in ("f.shp", "f", "f.geojson.bak"):
        with pytest.raises(UsageError) as error:
            write_findings(sample(), tmp_path / name, "en")
        assert ".geojson, .gpkg, .xlsx, .csv" in str(error.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_interrupt_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, suffix):
    path = tmp_path / f"f{suffix}"
    path.write_text("old")

    def interrupted(report, temporary, lang):
        temporary.write_text("half")
        temporary.with_name(temporary.name + "-journal").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_WRITERS", {suffix: interrupted})
    with pytest.raises(KeyboardInterrupt):
        write_findings(sample(), path, "en")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path):
    (tmp_path / "folder.gpkg").mkdir()
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "folder.gpkg", tmp_path / "file" / "f.geojson"):
        with pytest.raises(UsageError) as error:
            write_findings(sample(), path, "en")
        assert error.value.problems[0].code == "output-unwritable"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.gpkg"]


def test_excel_without_its_extra_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(MissingExtraError, match=r"\[stats\]"):
        write_findings(sample(), tmp_path / "f.xlsx", "en")
    assert not list(tmp_path.iterdir())


def test_gdal_keeps_the_clock_it_had(tmp_path):
    import pyogrio

    write_findings(sample(), tmp_path / "f.gpkg", "en")
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
