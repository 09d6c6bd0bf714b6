"""What planners send by mistake: a clear message, the right exit code, nothing left behind."""

import json
import math

import pytest
import shapely

SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[112.5, 37.9], [112.51, 37.9], [112.51, 37.91], [112.5, 37.91], [112.5, 37.9]]
    ],
}


def moved(dx, dy):
    ring = [[x + dx, y + dy] for x, y in SQUARE["coordinates"][0]]
    return {"type": "Polygon", "coordinates": [ring]}


def assert_refused(done, *words):
    assert done.code == 2
    assert "Traceback" not in done.err and done.out == ""
    for word in words:
        assert word.casefold() in done.err.casefold(), done.err


def test_no_file(zoning, tmp_path):
    done = zoning("check", tmp_path / "none.geojson", "-o", tmp_path / "out.geojson")
    assert_refused(done, "none.geojson")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"   \n", b"\x89PNG\r\n\x1a\n", b"{", b'{"type":"Feat', b"hello, world"]
)
def test_not_a_vector_file(zoning, tmp_path, content):
    path = tmp_path / "site.geojson"
    path.write_bytes(content)
    done = zoning("check", path, "-o", tmp_path / "o.gpkg", "--map", tmp_path / "m.html")
    assert_refused(done, "site.geojson")
    assert list(tmp_path.iterdir()) == [path]


def test_no_features(zoning, geojson):
    assert_refused(zoning("check", geojson()), "sites.geojson", "feature")


def test_missing_crs_offers_candidates(zoning, tmp_path):
    import geopandas
    import shapely

    frame = geopandas.GeoDataFrame(
        {"id": ["A"]}, geometry=[shapely.box(38455000, 4195000, 38455500, 4195500)]
    )
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(tmp_path / "plots.shp")
    assert_refused(zoning("check", tmp_path / "plots.shp"), "plots.shp", "EPSG:4526", "--crs")
    assert zoning("check", tmp_path / "plots.shp", "--crs", "EPSG:4526", "-q").code in (0, 1, 3)


def test_metre_coordinates_in_geojson(zoning, geojson):
    square = {
        "type": "Polygon",
        "coordinates": [
            [[455000, 4195000], [455500, 4195000], [455500, 4195500], [455000, 4195000]]
        ],
    }
    assert_refused(zoning("check", geojson((square, {}))), "--crs")


def test_swapped_axes(zoning, geojson):
    ring = [[y, x] for x, y in SQUARE["coordinates"][0]]
    done = zoning("check", geojson(({"type": "Polygon", "coordinates": [ring]}, {})))
    assert_refused(done, "swap")


BROKEN = {
    "null": None,
    "empty": {"type": "Polygon", "coordinates": []},
    "bow tie": {
        "type": "Polygon",
        "coordinates": [[[112, 37], [112.1, 37.1], [112.1, 37], [112, 37.1], [112, 37]]],
    },
    "zero area": {
        "type": "Polygon",
        "coordinates": [[[112, 37], [112.1, 37], [112, 37], [112, 37]]],
    },
    "self-crossing": {
        "type": "Polygon",
        "coordinates": [
            [[112, 37], [112.2, 37], [112.2, 37.2], [112.1, 36.9], [112, 37.2], [112, 37]]
        ],
    },
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_geometry_fails_alone(zoning, geojson, kind):
    path = geojson((SQUARE, {"id": "good"}), (BROKEN[kind], {"id": "bad"}))
    report = zoning("check", path, "--format", "json").json()
    by_id = {p["id"]: p for p in report["projects"]}
    assert by_id["bad"]["status"] == "failed"
    problem = by_id["bad"]["findings"][0]["problem"]
    assert "sites.geojson" in problem["file"] and "bad" in problem["feature"]
    assert problem["cure"]["en"] and problem["cure"]["zh"]
    assert len(by_id["good"]["findings"]) > 3


def test_only_broken_geometries_gives_three(zoning, geojson):
    assert zoning("check", geojson((None, {"id": "x"})), "-q").code == 3


@pytest.mark.parametrize("number", [math.nan, math.inf, 1e308])
def test_impossible_coordinates(zoning, geojson, number):
    bad = {"type": "Point", "coordinates": [number, 37.9]}
    done = zoning("check", geojson((bad, {"id": "bad"}), (SQUARE, {"id": "good"})), "-q")
    assert done.code in (2, 3)
    assert "Traceback" not in done.err


def test_heights_are_dropped(zoning, geojson):
    ring = [[x, y, 800.0] for x, y in SQUARE["coordinates"][0]]
    flat = zoning("check", geojson((SQUARE, {"id": "a"})), "--format", "json").json()
    tall = geojson(({"type": "Polygon", "coordinates": [ring]}, {"id": "a"}), name="tall.geojson")
    raised = zoning("check", tall, "--format", "json").json()
    assert raised["projects"][0]["findings"] == flat["projects"][0]["findings"]


def test_site_outside_the_province_is_not_checked(zoning, geojson):
    done = zoning("check", geojson((moved(4, 2), {"id": "Beijing"})), "--format", "json")
    assert done.code == 3
    (finding,) = done.json()["projects"][0]["findings"]
    assert finding["code"] == "outside-province"


def test_duplicate_ids_are_told_apart(zoning, geojson):
    path = geojson((SQUARE, {"id": "A"}), (moved(0.1, 0), {"id": "A"}))
    report = zoning("check", path, "--format", "json").json()
    assert [p["id"] for p in report["projects"]] == ["A", "A#2"]
    assert "A#2" in json.dumps(report["projects"][1]["notices"])


def test_a_thousand_features_of_which_three_are_broken(zoning, geojson):
    features = [(moved(0.001 * (i % 40), 0.001 * (i // 40)), {"id": f"S{i}"}) for i in range(1000)]
    for i in (7, 500, 999):
        features[i] = (BROKEN["bow tie"], {"id": f"S{i}"})
    report = zoning("check", geojson(*features), "--rules", "R002-001", "--format", "json").json()
    failed = [p for p in report["projects"] if any(f["rule"] is None for f in p["findings"])]
    assert {p["id"] for p in failed} == {"S7", "S500", "S999"}
    assert len(report["projects"]) == 1000


@pytest.mark.parametrize(
    "words",
    [
        ("--lang", "fr"),
        ("--as-of", "yesterday"),
        ("--format", "pdf"),
        ("--datum", "mars"),
        ("--crs", "EPSG:999999"),
        ("-o", "x.docm"),
        ("--no-such-option",),
    ],
)
def test_wrong_options(zoning, geojson, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    path = geojson((SQUARE, {}))
    done = zoning("check", path, *words)
    assert_refused(done)
    assert done.err.strip()
    assert list(tmp_path.iterdir()) == [path]


def test_output_never_overwrites_the_input(zoning, geojson):
    path = geojson((SQUARE, {}))
    before = path.read_bytes()
    assert_refused(zoning("check", path, "-o", path), "overwrite")
    assert path.read_bytes() == before


def test_a_target_in_a_missing_folder_is_made(zoning, geojson, tmp_path):
    target = tmp_path / "new" / "folder" / "review.html"
    assert zoning("check", geojson((SQUARE, {})), "-q", "--map", target).code in (0, 1, 3)
    assert target.stat().st_size > 10_000


def test_hostile_names_stay_inert(zoning, geojson, tmp_path):
    name = "<script>alert(1)</script>[red]=cmd|' /C calc'!A0\x1b[31m"
    path = geojson((SQUARE, {"id": "X", "name": name}))
    page = tmp_path / "m.html"
    done = zoning("check", path, "--map", page)
    assert "\x1b[31m" not in done.out and "[red]" in done.out
    assert "<script>alert(1)" not in page.read_text("utf-8")


def test_a_site_that_would_take_minutes_is_refused_before(zoning, tmp_path, monkeypatch):
    from zoning.read import limits

    monkeypatch.setattr(limits, "MAX_SITE_RINGS", 2)
    outer = shapely.box(112.0, 37.0, 112.01, 37.01)
    holes = [shapely.box(112.001 + x, 37.001, 112.0012 + x, 37.0012) for x in (0.0, 0.002)]
    path = tmp_path / "holes.geojson"
    path.write_text(shapely.to_geojson(outer.difference(shapely.union_all(holes))), "utf-8")
    done = zoning("check", path)
    assert done.code == 2
    assert "3 rings" in done.err and "2 rings" in done.err
