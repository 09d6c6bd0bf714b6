"""Official layers replace embedded ones everywhere, and are never silently replaced back."""

import json

import geopandas
import pytest
import shapely

import zoning as package

#: A square of 20 km in 太原, and sites in and beside it.
ZONE = shapely.box(112.3, 37.8, 112.5, 38.0)
INSIDE, BESIDE = (112.40, 37.90), (112.60, 37.90)


def plot(lon, lat, size=0.002):
    ring = shapely.box(lon - size, lat - size, lon + size, lat + size)
    return json.loads(shapely.to_geojson(ring))


@pytest.fixture
def site(geojson):
    def write(place, **attributes):
        return geojson(
            (plot(*place), {"id": "S", "industry": "2521", "nature": "new"} | attributes)
        )

    return write


@pytest.fixture
def basins(tmp_path):
    """An official file of spring basins: Gauss-Krüger, GBK names, columns of its own."""
    frame = geopandas.GeoDataFrame({"QYMC": ["晋祠泉域"]}, geometry=[ZONE], crs="EPSG:4490").to_crs(
        "EPSG:4526"
    )
    path = tmp_path / "QY.shp"
    frame.to_file(path, encoding="GBK")
    return path


@pytest.fixture
def workspace(tmp_path):
    def write(entry: str, head: str = "", layer: str = "spring_basins"):
        common = 'date = 2024-05-01\nauthority = "省水利厅"\n'
        text = f"{head}\n[layers.{layer}]\n{common}{entry}\n"
        (tmp_path / "zoning.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


PLAIN = "source='a.shp'\ndate=2024-01-01\nauthority=''\ncovers='province'\n"


def finding(done, rule="R002-044"):
    (project,) = done.json()["projects"]
    (found,) = [f for f in project["findings"] if f["rule"] == rule]
    return found


def record(done, layer="spring_basins"):
    (found,) = [r for r in done.json()["layers"] if r["id"] == layer]
    return found


GOOD = 'source = "QY.shp"\ncovers = "province"\nfields = { name = "QYMC" }'


def test_official_layer_replaces_the_embedded_one(zoning, site, basins, workspace):
    place = workspace(GOOD)
    done = zoning("check", site(INSIDE, karst_water=True), "-w", place, "--format", "json")
    found = finding(done)
    assert (found["status"], found["total"]["zone"]) == ("restricted", "晋祠泉域")
    assert not found["indicative"] and not found["near_boundary"]
    used = record(done)
    assert used["official"] and used["evidence"] == "official"
    inspected = zoning("inspect", basins, "--format", "json").json()
    assert used["sha256"] == inspected["sha256"]
    # Beside the official basin, though well inside the embedded one of 兰村泉 or 晋祠泉.
    done = zoning("check", site(BESIDE, karst_water=True), "-w", place, "--format", "json")
    assert finding(done)["code"] == "outside-zone"


def test_workspace_in_the_current_folder_is_found_and_said(
    zoning, site, basins, workspace, monkeypatch
):
    path = site(INSIDE, karst_water=True)
    monkeypatch.chdir(workspace(GOOD))
    done = zoning("check", path, "--format", "json")
    assert record(done)["official"]
    assert "zoning.toml" in json.dumps(done.json()["notices"])


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ('source = "none.shp"\ncovers = "province"', "none.shp"),
        (f'{GOOD}\nsha256 = "{"0" * 64}"', "SHA-256"),
        ('source = "QY.shp"\ncovers = "province"\nfields = { name = "NOPE" }', "NOPE"),
        ('source = "broken.shp"\ncovers = "province"', "broken"),
    ],
)
def test_an_official_layer_that_cannot_be_used_fails_and_never_falls_back(
    zoning, site, basins, workspace, tmp_path, entry, word
):
    (tmp_path / "broken.shp").write_bytes(b"not a shapefile")
    place = workspace(entry)
    done = zoning("check", site(INSIDE, karst_water=True), "-w", place, "--format", "json")
    found = finding(done)
    assert found["status"] == "failed"
    assert word in json.dumps(found["problem"], ensure_ascii=False)
    assert record(done)["state"] == "failed"


def test_a_miss_beyond_what_the_source_covers_is_not_checked(zoning, site, basins, workspace):
    taiyuan = GOOD.replace('"province"', '["140100"]')
    far = (111.5, 36.1)  # 临汾
    path = site(far, karst_water=True)
    done = zoning("check", path, "-w", workspace(taiyuan), "--format", "json")
    assert (finding(done)["status"], finding(done)["code"]) == ("not_checked", "outside-coverage")
    done = zoning("check", path, "-w", workspace(GOOD), "--format", "json")
    assert finding(done)["status"] == "compliant"


def test_required_layers_make_a_review_incomplete(zoning, site, basins, workspace):
    place = workspace(GOOD, head='required = ["ecological_redline", "spring_basins"]')
    (tmp := place / "zoning.toml").write_text(tmp.read_text("utf-8"), encoding="utf-8")
    done = zoning("check", site(BESIDE, karst_water=False), "-w", place, "--format", "json")
    lacking = [
        f["layer"]
        for f in done.json()["projects"][0]["findings"]
        if f["code"] == "required-layer-missing"
    ]
    assert lacking == ["ecological_redline"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (
            "[layers.no_such_layer]\n" + PLAIN,
            "no_such_layer",
        ),
        ("[layers.spring_basins]\nsource='a'\nextra=1", "extra"),
        ("[layers", "TOML"),
        (
            "[layers.spring_basins]\ntable='t'\n" + PLAIN,
            "table",
        ),
    ],
)
def test_a_faulty_workspace_file_is_refused_with_its_faults(zoning, site, tmp_path, text, word):
    (tmp_path / "zoning.toml").write_text(text, encoding="utf-8")
    done = zoning("check", site(INSIDE), "-w", tmp_path)
    assert done.code == 2 and word in done.err and "zoning.toml" in done.err


def test_a_zone_whose_class_is_unknown_is_not_taken_for_another_class(
    zoning, site, tmp_path, workspace
):
    frame = geopandas.GeoDataFrame(
        {"LEVEL": ["一级", "其他"]}, geometry=[ZONE, ZONE.buffer(-0.05)], crs=4490
    )
    frame.to_file(tmp_path / "water.gpkg")
    entry = (
        'source = "water.gpkg"\ncovers = "province"\nfields = { level = "LEVEL" }\n'
        'values.level = { "一级" = "first" }'
    )
    place = workspace(entry, layer="drinking_water_zones")
    done = zoning("workspace", "validate", place)
    assert done.code == 2 and "values.level" in done.err
    frame.iloc[:1].to_file(tmp_path / "water.gpkg")
    assert zoning("workspace", "validate", place).err.count("values.level") == 0


def test_validate_reports_every_fault_at_once(zoning, tmp_path, workspace):
    far = shapely.box(100, 30, 101, 31)
    frame = geopandas.GeoDataFrame({"QYMC": ["a", "b", "c"]}, geometry=[ZONE, ZONE, far], crs=4490)
    frame.to_file(tmp_path / "QY.gpkg")
    place = workspace('source = "QY.gpkg"\ncovers = "province"')
    text = (place / "zoning.toml").read_text("utf-8")
    more = "\n[layers.karst_springs]\n" + PLAIN.replace("a.shp", "none.gpkg")
    (place / "zoning.toml").write_text(text + more, encoding="utf-8")
    done = zoning("workspace", "validate", place)
    assert done.code == 2
    for word in ("Same geometry", "outside Shanxi", "none.gpkg", "covers", "临汾市"):
        assert word in done.err, done.err


def test_validate_is_content_with_a_sound_workspace(zoning, basins, workspace):
    place = workspace(GOOD.replace('"province"', '["140100"]'))
    done = zoning("workspace", "validate", place)
    assert done.code == 0, done.err
    assert "1 zones" in done.out and "省水利厅" in done.out


def test_init_writes_a_workspace_that_can_be_read(zoning, tmp_path):
    frame = geopandas.GeoDataFrame({"HXMC": ["a"], "HXLX": ["11"]}, geometry=[ZONE], crs=4490)
    frame.to_file(tmp_path / "STBHHX.gpkg")
    assert zoning("workspace", "init", tmp_path, tmp_path / "STBHHX.gpkg").code == 0
    text = (tmp_path / "zoning.toml").read_text("utf-8")
    assert "[layers.ecological_redline]" in text
    assert zoning("workspace", "init", tmp_path).code == 2
    assert (tmp_path / "zoning.toml").read_text("utf-8") == text


def test_load_layer_takes_a_workspace(basins, workspace):
    frame = package.load_layer("spring_basins", workspace=workspace(GOOD))
    assert list(frame["name"]) == ["晋祠泉域"]
    assert frame.crs.to_epsg() == 4490


def test_map_draws_the_official_layer(zoning, site, basins, workspace, tmp_path):
    page = tmp_path / "m.html"
    zoning("check", site(INSIDE, karst_water=True), "-w", workspace(GOOD), "-q", "--map", page)
    assert "晋祠泉域" in page.read_text("utf-8")


def test_inspect_and_convert(zoning, basins, tmp_path):
    done = zoning("inspect", basins)
    assert done.code == 0
    for word in ("EPSG:4526", "GBK", "QYMC", "Polygon"):
        assert word in done.out
    assert zoning("inspect", basins, "--format", "json").json()["usable"] == 1
    target = tmp_path / "out.txt"
    assert zoning("convert", basins, target, "--zone", "38").code == 0
    review = zoning("check", target, "--format", "json")
    assert review.code in (0, 1, 3) and len(review.json()["projects"]) == 1


def test_an_official_layer_that_lies_elsewhere_fails(zoning, site, tmp_path, workspace):
    # A wrong CRS puts the zones far away; they must not clear every site as official "no overlap".
    far = shapely.box(116, 39, 117, 40)
    geopandas.GeoDataFrame({"QYMC": ["x"]}, geometry=[far], crs=4490).to_file(tmp_path / "QY.gpkg")
    place = workspace('source = "QY.gpkg"\ncovers = "province"')
    done = zoning("check", site(INSIDE, karst_water=True), "-w", place, "--format", "json")
    assert finding(done)["status"] == "failed"
    assert "workspace-elsewhere" in json.dumps(finding(done)["problem"])


def test_an_embedded_stand_in_does_not_satisfy_a_required_layer(zoning, site, basins, workspace):
    place = workspace(GOOD, head='required = ["ecological_redline"]')
    done = zoning("check", site(BESIDE), "-w", place, "--rules", "R002-001", "--format", "json")
    codes = {f["code"] for f in done.json()["projects"][0]["findings"]}
    assert "required-layer-missing" in codes and done.code in (1, 3)


def test_layers_of_the_same_file_that_stay_embedded_are_named(zoning, site, tmp_path, workspace):
    river = geopandas.GeoDataFrame(
        {"river": ["汾河"], "name": ["汾河"]},
        geometry=[shapely.LineString([(112.4, 37.5), (112.4, 38.1)])],
        crs=4490,
    )
    river.to_file(tmp_path / "r.gpkg")
    place = workspace('source = "r.gpkg"\ncovers = "province"', layer="rivers")
    done = zoning("check", site(INSIDE), "-w", place, "--format", "json")
    assert "main stems" in json.dumps(done.json()["notices"])
