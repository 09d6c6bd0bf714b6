"""What ``--remedy`` offers is true: it is reviewed again, and official lines count."""

import json

import geopandas
import pytest
import shapely

RED = shapely.box(112.500, 37.800, 112.502, 37.804)
SITE = shapely.box(112.500, 37.800, 112.5045, 37.8036)
QUARRY = {
    "id": "Q",
    "industry": "1019",
    "nature": "new",
    "limited_activity_kind": "none",
    "national_project_kind": "none",
    "mineral_activity": "none",
}


@pytest.fixture
def redline(tmp_path):
    frame = geopandas.GeoDataFrame({"HXMC": ["a"]}, geometry=[RED], crs=4490)
    frame.to_file(tmp_path / "STBHHX.gpkg")
    (tmp_path / "zoning.toml").write_text(
        '[layers.ecological_redline]\nsource = "STBHHX.gpkg"\nauthority = "x"\n'
        'date = 2025-01-01\ncovers = "province"\n',
        encoding="utf-8",
    )
    return tmp_path


def remedy(done, name):
    (found,) = [r for r in done.json()["remedies"] if r["project"] == name]
    return found


def test_an_official_redline_is_an_obstacle(zoning, geojson, redline):
    path = geojson((json.loads(shapely.to_geojson(SITE)), QUARRY))
    done = zoning("check", path, "-w", redline, "--remedy", "--format", "json")
    assert "violation" in {f["status"] for f in done.json()["projects"][0]["findings"]}
    found = remedy(done, "Q")
    left = shapely.from_geojson(json.dumps(found["remainder"]))
    assert shapely.area(shapely.intersection(left, RED)) == 0.0
    # The redline covers 2/4.5 of the site, over its whole height.
    assert found["removed_m2"] == pytest.approx(
        (found["removed_m2"] + found["remainder_m2"]) * 2 / 4.5, rel=0.01
    )
    for move in found["moves"]:
        moved = shapely.from_geojson(json.dumps(move["geometry"]))
        assert not shapely.intersects(moved, RED)
        again = geojson((json.loads(shapely.to_geojson(moved)), QUARRY), name="moved.geojson")
        report = zoning("check", again, "-w", redline, "--format", "json").json()["projects"][0]
        assert report["status"] == move["status"]
        open_ = {
            f["rule"]
            for f in report["findings"]
            if f["status"] in ("violation", "restricted", "undetermined")
        }
        assert open_ == set(move["open_rules"])


def test_two_moves_one_clears_the_line_and_one_its_accuracy(zoning, geojson):
    done = zoning(
        "check",
        "examples/projects.geojson",
        "--as-of",
        "2026-11-21",
        "--remedy",
        "--format",
        "json",
    )
    found = remedy(done, "P01")
    near, far = found["moves"]
    assert not near["clears_accuracy"] and far["clears_accuracy"]
    accuracy = max(
        f["total"]["accuracy_m"]
        for p in done.json()["projects"]
        if p["id"] == "P01"
        for f in p["findings"]
        if f["rule"] == "R002-001"
    )
    assert far["shift_m"] >= near["shift_m"] + 0.9 * accuracy
    assert "R002-001" in near["open_rules"]  # within the accuracy of the line


def test_a_plant_in_operation_is_offered_no_move(zoning, geojson, redline):
    path = geojson((json.loads(shapely.to_geojson(SITE)), QUARRY | {"nature": "existing"}))
    report = zoning("check", path, "-w", redline, "--remedy", "--format", "json").json()
    for found in report["remedies"]:
        assert found["existing"] and found["moves"] == [] and found["remainder"] is None
