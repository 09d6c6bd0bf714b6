"""Findings as frame and files: content, determinism, atomicity, inert cells."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
import time
from dataclasses import replace
from xml.etree import ElementTree

import geopandas
import openpyxl
import pandas
import pyogrio
import pytest
import shapely
from report_samples import FORMULA, HOSTILE, sample

from zoning.base.errors import MissingExtraError, UsageError
from zoning.base.targets import Target
from zoning.show import SUFFIXES, Beside, files, to_frame, write_findings
from zoning.show.cells import inert

#: Every finding, also what conforms or was not checked.
FULL = Beside(full=True)


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
    frame = to_frame(replace(sample(), results=()), "en")
    assert len(frame) == 0 and frame.crs.to_epsg() == 4490


def test_the_same_report_gives_the_same_bytes_at_any_time_in_any_folder(tmp_path):
    def written(folder):
        return [write_findings(sample(), folder / f"a{x}", "zh").read_bytes() for x in SUFFIXES]

    first = written(tmp_path)
    time.sleep(1.1)  # GeoPackage and Excel would stamp the second of writing.
    again = written(tmp_path / "new")
    assert [x for x, one, two in zip(SUFFIXES, first, again, strict=True) if one != two] == []
    names = sorted(f"a{suffix}" for suffix in SUFFIXES)
    for folder, more in ((tmp_path, ["new"]), (tmp_path / "new", [])):
        assert sorted(p.name for p in folder.iterdir()) == [*names, *more]


def test_geojson_keeps_rfc_7946(tmp_path):
    path = write_findings(sample(), tmp_path / "f.geojson", "en", FULL)
    body = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in body
    assert body["provenance"]["as_of"] == "2025-06-01"
    assert any("Drinking-water" in x for x in body["statement"])
    found = [f for f in body["features"] if f["properties"]["kind"] == "finding"]
    sites = [f for f in body["features"] if f["properties"]["kind"] == "site"]
    assert (len(sites), len(found)) == (7, 9)
    polygon = next(f for f in found if f["properties"]["rule"] == "R002-044")
    ring = shapely.LinearRing(polygon["geometry"]["coordinates"][0])
    assert ring.is_ccw  # Right-hand rule: counter-clockwise outside.
    # A finding without an overlap is no copy of its site; a site without geometry has none.
    assert [f["geometry"] is None for f in found] == [True, False, True, False] + [True] * 5
    assert [f["geometry"] is None for f in sites].count(True) == 1
    assert len(geopandas.read_file(path)) == 16


def test_files_leave_out_what_conforms_or_was_not_checked_unless_asked(tmp_path):
    short = write_findings(sample(), tmp_path / "s.csv", "en")
    full = write_findings(sample(), tmp_path / "f.csv", "en", FULL)

    def statuses(path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row["status"] for row in csv.DictReader(file)]

    assert len(statuses(full)) == 9
    assert statuses(short) == ["violation", "restricted", "undetermined", "failed", "conditional"]


def layers_of(path):
    kinds = dict(pyogrio.list_layers(path))
    return {name: (kinds[name], pyogrio.read_info(path, name)["features"]) for name in kinds}


def test_geopackage_holds_layers_of_one_kind_each(tmp_path):
    path = write_findings(sample(), tmp_path / "f.gpkg", "en")
    assert layers_of(path) == {
        "sites": ("MultiPolygon", 5),
        "sites_lines": ("MultiLineString", 1),
        "sites_points": ("MultiPoint", 1),
        "overlaps": ("MultiPolygon", 1),
        "overlaps_lines": ("MultiLineString", 1),
        "zones": ("MultiPolygon", 0),
        "findings": (None, 5),
        "questions": (None, 0),
        "missing_layers": (None, 3),
        "provenance": (None, 18),
        "layer_styles": (None, 6),
    }
    sites = geopandas.read_file(path, layer="sites").set_index("project_id")
    assert sites.crs.to_epsg() == 4490
    assert sites.loc["P01", "rule"] == "R002-044"
    assert sites.loc["P01", "area_mu"] == pytest.approx(sites.loc["P01", "area_m2"] * 15 / 1e4)
    assert sites.loc["P04"].geometry is None and HOSTILE in set(sites["project_name"])
    overlaps = geopandas.read_file(path, layer="overlaps")
    assert overlaps.loc[0, "area_ha"] == 98.0 and overlaps.loc[0, "rules"] == "R002-044"
    assert overlaps.geometry[0].bounds == (112.50, 37.80, 112.51, 37.81)
    with sqlite3.connect(path) as database:
        rows = dict(database.execute("select key, value from provenance"))
        stamps = {x for (x,) in database.execute("select last_change from gpkg_contents")}
        (sound,) = database.execute("pragma integrity_check").fetchone()
    database.close()
    assert rows["catalogue_sha256"] == "e" * 64
    assert stamps == {"2025-06-01T00:00:00.000Z"} and sound == "ok"


def test_findings_of_a_geopackage_are_a_view_with_the_columns_of_the_frame(tmp_path):
    path = write_findings(sample(), tmp_path / "f.gpkg", "en", FULL)
    found = pyogrio.read_dataframe(path, layer="findings", fid_as_index=True)
    expected = pandas.DataFrame(to_frame(sample(), "en").drop(columns="geometry"))
    expected.index = pandas.RangeIndex(1, len(expected) + 1)
    assert found.index.tolist() == expected.index.tolist()
    for name, kind in expected.dtypes.items():
        own, frame = (x[name].astype(kind).astype(object) for x in (found, expected))
        assert own.where(own.notna(), None).tolist() == frame.where(frame.notna(), None).tolist()
    with contextlib.closing(sqlite3.connect(path)) as base:
        sayings = base.execute("SELECT * FROM finding_sayings").fetchall()
    assert len({row[1:] for row in sayings}) == len(sayings)


def test_a_site_wholly_inside_a_zone_is_not_drawn_a_second_time(tmp_path):
    report = sample()
    first = report.results[0]
    whole = replace(first.findings[1].total, share=1.0, geometry=first.project.geometry)
    changed = replace(first, findings=(replace(first.findings[1], total=whole),))
    path = write_findings(replace(report, results=(changed,)), tmp_path / "f.gpkg", "en")
    assert layers_of(path)["overlaps"] == ("MultiPolygon", 0)
    assert pyogrio.read_dataframe(path, layer="findings")["share"].tolist() == [1.0]


def test_styles_name_every_status_and_are_well_formed(tmp_path):
    path = write_findings(sample(), tmp_path / "f.gpkg", "zh")
    styles = pyogrio.read_dataframe(path, layer="layer_styles").set_index("f_table_name")
    root = ElementTree.fromstring(styles.loc["sites", "styleQML"].split("\n", 1)[1])
    renderer = root.find("renderer-v2")
    assert renderer.get("attr") == "status"
    labels = {c.get("value"): c.get("label") for c in renderer.iter("category")}
    assert labels["violation"] == "不符合" and len(labels) == 7
    parsed = {n: ElementTree.fromstring(x.split("\n", 1)[1]) for n, x in styles["styleQML"].items()}
    kinds = {name: {s.get("type") for s in qml.iter("symbol")} for name, qml in parsed.items()}
    assert kinds["sites_lines"] == {"line"} and kinds["sites_points"] == {"marker"}
    assert set(styles["f_geometry_column"]) == {"geom"} and styles["useAsDefault"].all()


def test_a_workbook_speaks_the_language_and_knows_its_types(tmp_path):
    book = openpyxl.load_workbook(write_findings(sample(), tmp_path / "f.xlsx", "zh"))
    assert book.sheetnames == ["地块", "结论", "待答问题", "缺少的图层", "依据与说明"]
    sheet = book["结论"]
    heads = [cell.value for cell in sheet[1]]
    assert not [h for h in heads if any(c.isascii() and c.isalpha() for c in h)]
    row = dict(zip(heads, sheet[2], strict=True))
    assert row["面积（公顷）"].value == pytest.approx(97.6543)
    assert row["面积（亩）"].value == pytest.approx(1464.815)
    assert row["占地块比例"].number_format == "0.0%"
    assert row["施行"].is_date and row["结论"].value == "不符合"
    assert sheet.freeze_panes == "C2" and sheet.auto_filter.ref == "A1:W6"
    widths = {sheet.column_dimensions[c].width for c in "ABCDEFGHI"}
    assert len(widths) > 3
    book.close()


def test_cells_that_look_like_formulas_are_inert(tmp_path):
    path = write_findings(sample(), tmp_path / "f.csv", "en", FULL)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["project_id"]: row for row in csv.DictReader(file)}
    assert rows["P05"]["project_name"] == f"'{FORMULA}"

    book = openpyxl.load_workbook(write_findings(sample(), tmp_path / "f.xlsx", "en"))
    assert book.sheetnames == ["Sites", "Findings", "Questions", "Missing layers", "Basis"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert f"'{FORMULA}" in {cell.value for cell in cells}
    book.close()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "  =", "\r"])
def test_every_start_of_a_formula_is_disarmed(start):
    assert inert(f"{start}1+1").startswith("'")


@pytest.mark.parametrize("value", ["汾河", "a=b", 5.0, -5.0, True, None])
def test_other_values_stay_as_they_are(value):
    assert inert(value) is value


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

    def interrupted(report, temporary, lang, beside):
        temporary.write_text("half")
        temporary.with_name(temporary.name + "-journal").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_WRITERS", {suffix: interrupted})
    with pytest.raises(KeyboardInterrupt):
        write_findings(sample(), Target(path, overwrite=True), "en")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path):
    (tmp_path / "folder.gpkg").mkdir()
    (tmp_path / "file").write_text("")
    for path, code in (
        (tmp_path / "folder.gpkg", "target-is-folder"),
        (tmp_path / "file" / "f.geojson", "output-unwritable"),
    ):
        with pytest.raises(UsageError) as error:
            write_findings(sample(), path, "en")
        assert error.value.problems[0].code == code
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


def test_geoparquet_holds_each_site_once_and_the_overlaps_of_findings(tmp_path):
    path = write_findings(sample(), tmp_path / "f.parquet", "en")
    frame = geopandas.read_parquet(path)
    assert frame.crs.to_epsg() == 4490
    sites, found = (frame[frame["kind"] == kind] for kind in ("site", "finding"))
    assert len(sites) == 7 and sites.geometry.notna().sum() == 6
    as_csv = pandas.read_csv(write_findings(sample(), tmp_path / "f.csv", "en"))
    assert found["rule"].tolist() == as_csv["rule"].where(as_csv["rule"].notna(), None).tolist()
    assert (found.geometry.notna() == (found["geometry_of"] == "overlap")).all()
    assert found["indicative"].notna().all()
