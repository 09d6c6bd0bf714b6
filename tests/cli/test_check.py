"""``zoning check`` on the examples: what it prints, writes and returns."""

import json
from pathlib import Path

import geopandas
import jsonschema
import pytest

import zoning as package
from zoning.model import Status

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "projects.geojson"
DAY = ("--as-of", "2026-11-21")


@pytest.fixture(scope="module")
def report():
    from datetime import date

    return package.check(EXAMPLES, as_of=date(2026, 11, 21))


#: One expected row per example: the site's status and what decides it.
EXPECTED = {
    "P01": ("violation", "R002-001"),
    "P02": ("undetermined", "CODE-287"),
    "P05": ("undetermined", "R002-060"),
    "P07": ("restricted", "R002-044"),
    "P10": ("failed", None),
}


@pytest.mark.parametrize("site", EXPECTED)
def test_examples_come_out_as_expected(report, site):
    (result,) = [r for r in report.results if r.project.id == site]
    status, rule = EXPECTED[site]
    assert result.status.value == status
    assert rule in {f.rule for f in result.findings if f.status is result.status}


def test_every_status_occurs_in_the_examples(report):
    # P01 also shows what a clause that does not apply looks like.
    assert {f.status for r in report.results for f in r.findings} == set(Status)


def test_every_example_but_the_broken_one_has_a_county(report):
    counties = {r.project.id: r.counties for r in report.results}
    assert counties.pop("P10") == ()
    assert all(counties.values())
    assert set(counties["P05"]) == {"晋源区", "清徐县", "交城县"}


def test_road_of_forty_kilometres(report):
    from zoning.base import geodesy

    (road,) = [r.project.geometry for r in report.results if r.project.id == "P05"]
    assert geodesy.lengths(road)[0] > 40_000


def test_json_fits_its_published_schema(zoning):
    done = zoning("check", EXAMPLES, *DAY, "--format", "json")
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(done.out), schema)
    assert done.code == 1
    assert done.json()["as_of"] == "2026-11-21"


def test_the_same_inputs_give_the_same_bytes(zoning, tmp_path):
    outputs = []
    for turn in "ab":
        files = [tmp_path / f"{turn}{suffix}" for suffix in (".geojson", ".gpkg", ".html")]
        done = zoning(
            "check", EXAMPLES, *DAY, "--format", "json", "--output", files[0], "--map", files[2]
        )
        zoning("check", EXAMPLES, *DAY, "-q", "--output", files[1])
        outputs.append([done.out, *(f.read_bytes() for f in files)])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg"])
def test_findings_are_written_with_their_overlaps(zoning, tmp_path, suffix):
    target = tmp_path / f"findings{suffix}"
    assert zoning("check", EXAMPLES, *DAY, "-q", "-o", target).code == 1
    layer = "overlaps" if suffix == ".gpkg" else None
    frame = geopandas.read_file(target, layer=layer)
    named = frame["rules"] if suffix == ".gpkg" else frame["rule"]
    row = frame[(frame["project_id"] == "P01") & named.str.contains("R002-001", na=False)].iloc[0]
    assert row["status"] == "violation"
    # The overlap is the part of the 40 ha plant within 1 km of the Fen.
    assert 0 < row.geometry.area < 0.0001
    assert list(tmp_path.iterdir()) == [target]


def test_table_names_clause_document_measure_and_evidence(zoning):
    out = zoning("check", EXAMPLES, *DAY, "--lang", "zh").out
    for word in ("R002-001", "晋环发〔2022〕3号", "第三章第一节", "公顷", "仅供参考", "须取"):
        assert word in out
    out = zoning("check", EXAMPLES, *DAY, "--lang", "en").out
    for word in ("R002-001", "Ch. 3 §1", "ha", "indicative", "violation"):
        assert word.casefold() in out.casefold()


def test_quiet_prints_nothing_but_the_code_stays(zoning):
    done = zoning("check", EXAMPLES, "-q")
    assert (done.code, done.out, done.err) == (1, "", "")


def test_library_frame_and_map(report):
    frame = report.to_frame()
    assert isinstance(frame, geopandas.GeoDataFrame)
    assert frame.crs.to_epsg() == 4490
    assert set(frame["status"]) == {s.value for s in Status}
    html = report.map().get_root().render()
    assert "P01" in html


@pytest.mark.parametrize(
    ("layer", "count"),
    [
        ("counties", 117),
        ("cities", 11),
        ("province", 1),
        ("karst_springs", 19),
        ("yellow_river_counties_19", 19),
    ],
)
def test_load_layer(layer, count):
    frame = package.load_layer(layer)
    assert len(frame) == count
    assert frame.crs.to_epsg() == 4490


def test_rivers_and_their_band():
    names = set(package.load_layer("rivers")["name"])
    assert {"黄河", "汾河", "桑干河", "滹沱河", "沁河", "涑水河", "唐河", "沙河", "浊漳河"} <= names
    systems = set(package.load_layer("main_rivers")["river"])
    assert systems == {"黄河", "汾河", "桑干河", "滹沱河", "漳河", "沁河", "涑水河", "大清河"}
    band = package.load_layer("main_rivers_band_1km")
    river = package.load_layer("main_rivers")
    assert band.geometry.contains(river.geometry).all()


def test_layers_and_rules_can_be_looked_at(zoning):
    assert "main_rivers" in zoning("layers", "list").out
    assert "sha256" in zoning("layers", "show", "counties").out
    assert zoning("layers", "validate").code == 0
    assert "R002-044" in zoning("rules", "list").out
    shown = zoning("rules", "show", "R002-001").out
    for word in ("晋环发〔2022〕3号", "Ch. 3 §1", "prohibit", "parameter"):
        assert word in shown
    assert zoning("data", "verify").code == 0


def test_unknown_ids_get_a_suggestion(zoning):
    done = zoning("layers", "show", "countys")
    assert done.code == 2 and "counties" in done.err
    done = zoning("rules", "show", "R002-001-expand")
    assert done.code == 2 and "R002-001-expansion" in done.err


def test_every_open_clause_is_told_with_details_and_the_attribute_it_hangs_on(zoning):
    words = ("check", EXAMPLES, *DAY, "--lang", "en")
    brief, full = zoning(*words).out, zoning(*words, "--details").out
    assert brief.count("\n") <= 40 < full.count("\n")
    for found in ("R000-022", "(groundwater)", "R002-103", "(waste_hard_to_use)"):
        assert found in full


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--basemap", "osm"), "--map"),
        (("--map", "m.html", "--basemap", "nowhere"), "tianditu-image"),
        (("--map", "m.html", "--basemap", "tianditu"), "ZONING_TIANDITU_KEY"),
    ],
)
def test_a_basemap_that_no_page_could_offer_is_refused_before_any_work(
    zoning, tmp_path, monkeypatch, words, told
):
    monkeypatch.delenv("ZONING_TIANDITU_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    done = zoning("check", EXAMPLES, *DAY, "-q", *words)
    assert done.code == 2
    assert told in done.err
    assert not (tmp_path / "m.html").exists()
