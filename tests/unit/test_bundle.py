"""Bundles: a review in one file, made again to the same bytes, without files or workspace."""

import json
import zipfile
from datetime import date
from pathlib import Path

import geopandas
import pytest
import shapely

import zoning
from zoning.base.errors import DataError, SourceError

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"
DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "b.zip"
    report = zoning.check(EXAMPLES, as_of=DAY, remedy=True)
    report.save_bundle(path)
    return path, report


def altered(path, target, member, change):
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == member else content)
    return target


def test_a_replay_gives_the_same_bytes(bundle):
    path, report = bundle
    again = zoning.replay(path)
    assert again.to_json() == report.to_json()
    verified = zoning.verify(path)
    assert verified.same and verified.differences == ()


def test_the_same_review_gives_the_same_bundle(bundle, tmp_path):
    path, _ = bundle
    zoning.check(EXAMPLES, as_of=DAY, remedy=True).save_bundle(tmp_path / "c.zip")
    assert (tmp_path / "c.zip").read_bytes() == path.read_bytes()


def test_a_finding_that_was_changed_is_named(bundle, tmp_path):
    path, _ = bundle

    def soften(content):
        report = json.loads(content)
        finding = report["projects"][0]["findings"][0]
        assert finding["status"] == "violation"
        finding["status"] = "compliant"
        return json.dumps(report)

    found = zoning.verify(altered(path, tmp_path / "b.zip", "report.json", soften))
    assert not found.same
    (only,) = found.differences
    assert (only.project, only.before, only.now) == ("P01", "compliant", "violation")


def test_a_rule_that_was_changed_is_named(bundle, tmp_path):
    path, _ = bundle

    def shorten(content):
        catalogue = json.loads(content)
        for rule in catalogue["rules"]:
            if rule["id"] == "R002-001":
                rule["scope"]["distance_m"] = 1.0
        return json.dumps(catalogue)

    found = zoning.verify(altered(path, tmp_path / "b.zip", "catalogue.json", shorten))
    assert not found.same
    assert ("P01", "R002-001") in {(d.project, d.rule) for d in found.differences}


@pytest.mark.parametrize(
    ("member", "change"),
    [
        ("bundle.json", lambda b: b.replace(b'"format": 2', b'"format": 3')),
        ("bundle.json", lambda b: b[:20]),
        ("layers/province.wkb", lambda b: b[:-3]),
        ("readings.json", lambda b: b"[]}"),
        ("layers.json", lambda b: b"{}"[:1]),
    ],
)
def test_damage_is_a_named_fault(bundle, tmp_path, member, change):
    path, _ = bundle
    with pytest.raises(SourceError) as caught:
        zoning.replay(altered(path, tmp_path / "b.zip", member, change))
    assert caught.value.problems[0].code in ("bundle-damaged", "bundle-format")


def test_what_is_no_bundle_is_refused(tmp_path):
    for path in (EXAMPLES, tmp_path, tmp_path / "none.zip"):
        with pytest.raises(SourceError):
            zoning.verify(path)


@pytest.fixture
def workspace(tmp_path):
    """An official redline that holds the first example site."""
    site = geopandas.read_file(EXAMPLES).geometry[0]
    frame = geopandas.GeoDataFrame({"HXMC": ["甲"]}, geometry=[site.buffer(0.02)], crs=4490)
    frame.to_file(tmp_path / "STBHHX.gpkg", driver="GPKG")
    place = tmp_path / "zoning.toml"
    place.write_text(
        '[layers.ecological_redline]\nsource = "STBHHX.gpkg"\ndate = 2025-06-01\n'
        'authority = "甲局"\ncovers = "province"\nfields = { name = "HXMC" }\n',
        encoding="utf-8",
    )
    return place


def test_a_report_keeps_the_official_layer_it_used(workspace, tmp_path):
    report = zoning.check(EXAMPLES, as_of=DAY, workspace=workspace)
    source = tmp_path / "STBHHX.gpkg"
    before = report.map("en").get_root().render()
    report.save_bundle(tmp_path / "b.zip")
    # The file is replaced after the review: nothing that the report shows may change.
    other = geopandas.GeoDataFrame(
        {"HXMC": ["乙"]}, geometry=[shapely.box(112, 38, 113, 39)], crs=4490
    )
    other.to_file(source, driver="GPKG")
    assert "ecological_redline" in before
    frame = report.reviewed.layers["ecological_redline"].frame
    assert list(frame["name"]) == ["甲"]
    source.unlink()
    workspace.unlink()
    assert zoning.verify(tmp_path / "b.zip").same
    replayed = zoning.replay(tmp_path / "b.zip")
    assert replayed.to_json() == report.to_json()
    assert list(replayed.reviewed.layers["ecological_redline"].frame["name"]) == ["甲"]


def test_an_official_layer_is_not_opened_after_the_review(workspace):
    """Of the layers that no card shows; those are held, for a card may be asked for later."""
    text = workspace.read_text("utf-8")
    workspace.write_text(text + text.replace("ecological_redline", "built_up_areas"), "utf-8")
    report = zoning.check(EXAMPLES, as_of=DAY, workspace=workspace, only=["R002-001"])
    with pytest.raises(DataError, match="does not hold it"):
        _ = report.reviewed.layers["built_up_areas"]
    (source := workspace.parent / "STBHHX.gpkg").unlink()
    card = report.card("P01", "en").set_index("layer").loc["ecological_redline"]
    assert (card["standing"], card["source"]) == ("inside", source.name)
