"""Meeting no zone clears only where somebody states that there is none to meet."""

import json
import zipfile

import geopandas
import pytest
import shapely

#: A square of 20 km in 太原 (140100), and sites in and beside it.
ZONE = shapely.box(112.3, 37.8, 112.5, 38.0)
INSIDE, BESIDE = (112.40, 37.90), (112.60, 37.90)
SIGNED = 'date = 2024-05-01\nauthority = "省水利厅"\n'


@pytest.fixture
def site(geojson):
    def write(place, **attributes):
        lon, lat = place
        ring = json.loads(shapely.to_geojson(shapely.box(lon, lat, lon + 0.002, lat + 0.002)))
        return geojson((ring, {"id": "S", "industry": "2521", "nature": "new"} | attributes))

    return write


@pytest.fixture
def workspace(tmp_path):
    def write(entry, layer="spring_basins", shapes=(ZONE,), **columns):
        columns = columns or {"name": ["泉域"] * len(shapes)}
        frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=4490)
        frame.to_file(tmp_path / "zones.gpkg")
        text = f'[layers.{layer}]\nsource = "zones.gpkg"\n{entry}\n'
        (tmp_path / "zoning.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def found(done, rule="R002-044"):
    (project,) = done.json()["projects"]
    (finding,) = [f for f in project["findings"] if f["rule"] == rule]
    return finding["status"], finding["code"]


def review(zoning, path, place, *more):
    return zoning("check", path, "-w", place, "--format", "json", *more)


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "covers = []",
        'covers = "province"',
        'covers = "province"\ndate = 1900-01-01\nauthority = ""',
        'covers = "province"\ndate = 2024-05-01\nauthority = " "',
        f'{SIGNED}none_in = "province"',
    ],
)
def test_what_nobody_states_clears_nothing_and_a_hit_decides(zoning, site, workspace, entry):
    place = workspace(entry)
    done = review(zoning, site(BESIDE, karst_water=True), place)
    assert found(done) == ("not_checked", "outside-coverage")
    done = review(zoning, site(INSIDE, karst_water=True), place)
    assert found(done) == ("restricted", "applies")
    assert "covers" in json.dumps(done.json()["notices"])


def test_a_stated_coverage_clears_inside_it_and_nowhere_else(zoning, site, workspace):
    place = workspace(f'{SIGNED}covers = ["140100"]')
    assert found(review(zoning, site(BESIDE, karst_water=True), place))[0] == "compliant"
    far = site((111.5, 36.1), karst_water=True)  # 临汾
    assert found(review(zoning, far, place))[0] == "not_checked"


def test_there_is_none_here_needs_no_file(zoning, site, tmp_path):
    text = f'[layers.spring_basins]\n{SIGNED}document = "晋水函〔2024〕1号"\nnone_in = ["140100"]\n'
    (tmp_path / "zoning.toml").write_text(text, encoding="utf-8")
    done = review(zoning, site(BESIDE, karst_water=True), tmp_path)
    assert found(done) == ("compliant", "outside-zone")
    (layer,) = [r for r in done.json()["layers"] if r["id"] == "spring_basins"]
    assert (layer["evidence"], layer["file"]) == ("official", "晋水函〔2024〕1号")
    assert found(review(zoning, site((111.5, 36.1), karst_water=True), tmp_path))[0] != "compliant"
    assert zoning("workspace", "validate", tmp_path).code == 0


def test_none_here_beside_zones_here_is_a_contradiction(zoning, site, workspace):
    place = workspace(f'{SIGNED}document = "x"\nnone_in = ["140100"]\ncovers = "province"')
    done = review(zoning, site(BESIDE, karst_water=True), place)
    assert found(done) == ("failed", "layer-failed")
    done = zoning("workspace", "validate", place)
    assert done.code == 2 and "none_in" in done.err


def test_an_empty_official_file_is_an_absence_where_it_covers(zoning, site, workspace):
    place = workspace(f'{SIGNED}covers = ["140100"]', shapes=())
    assert found(review(zoning, site(BESIDE, karst_water=True), place))[0] == "compliant"
    place = workspace("covers = []", shapes=())
    assert found(review(zoning, site(BESIDE, karst_water=True), place))[0] == "failed"


def test_a_zone_without_class_concerns_only_the_sites_it_can_reach(zoning, site, workspace):
    far = shapely.box(111.4, 36.0, 111.6, 36.2)
    place = workspace(
        f'{SIGNED}covers = "province"',
        layer="drinking_water_zones",
        shapes=(ZONE, far),
        level=["一级", "甲类"],
    )
    done = review(zoning, site(BESIDE), place)
    assert found(done, "CODE-319-first")[0] == "compliant"
    assert found(review(zoning, site((111.5, 36.1)), place), "CODE-319-first")[0] == "failed"
    # The usual word was understood without being translated by hand.
    assert found(review(zoning, site(INSIDE), place), "CODE-319-first")[0] != "compliant"


def test_a_missing_class_column_is_found_by_the_validator(zoning, workspace):
    place = workspace(f'{SIGNED}covers = "province"', layer="drinking_water_zones")
    done = zoning("workspace", "validate", place)
    assert done.code == 2 and "level" in done.err


def test_a_handful_beyond_the_province_is_told_and_fails_nothing(zoning, site, workspace):
    shapes = [shapely.box(112.3 + i / 100, 37.8, 112.305 + i / 100, 37.9) for i in range(20)]
    place = workspace(
        f'{SIGNED}covers = "province"', shapes=[*shapes, shapely.box(114.8, 37.8, 114.9, 37.9)]
    )
    done = zoning("workspace", "validate", place)
    assert done.code == 0 and "numbers 21" in done.err
    done = review(zoning, site(BESIDE, karst_water=True), place)
    assert found(done)[0] == "compliant" and "21" in json.dumps(done.json()["notices"])


@pytest.mark.parametrize(
    ("away", "columns"),
    [
        (shapely.box(0, 0, 0.1, 0.1), {"QYMC": ["泉"] * 13}),
        (shapely.box(113.2, 40.0, 113.3, 40.1), {"QYMC": ["泉"] * 13, "XZQDM": ["140100"] * 13}),
        (shapely.box(113.2, 40.0, 113.3, 40.1), {"QYMC": ["泉"] * 13, "XZQMC": ["太原市"] * 13}),
    ],
)
def test_a_zone_that_lies_nowhere_its_file_can_mean_clears_nothing(
    zoning, site, workspace, away, columns
):
    shapes = [shapely.box(112.5 + i / 400, 37.8, 112.502 + i / 400, 37.85) for i in range(12)]
    place = workspace(f'{SIGNED}covers = "province"', shapes=[*shapes, away], **columns)
    assert "numbers 13" in zoning("workspace", "validate", place).err
    done = review(zoning, site((112.3, 37.8), karst_water=True), place)
    assert found(done)[0] == "not_checked" and "numbers 13" in json.dumps(done.json()["layers"])
    (place / "zones.gpkg").unlink()
    sound = workspace(f'{SIGNED}covers = "province"', shapes=shapes)
    assert found(review(zoning, site((112.3, 37.8), karst_water=True), sound))[0] == "compliant"


def test_an_official_file_not_read_in_full_clears_nothing(zoning, site, workspace, tmp_path):
    place = workspace(f'{SIGNED}covers = "province"')
    with zipfile.ZipFile(tmp_path / "zones.zip", "w") as archive:
        archive.write(tmp_path / "zones.gpkg", "zones.gpkg")
        archive.writestr("more.bin", "POLYGON ((112.5 37.8, 112.6 37.8, 112.6 37.9, 112.5 37.8))")
    text = (place / "zoning.toml").read_text("utf-8").replace("zones.gpkg", "zones.zip")
    (place / "zoning.toml").write_text(text, encoding="utf-8")
    done = review(zoning, site(BESIDE, karst_water=True), place)
    assert found(done)[0] == "not_checked"
    assert "more.bin" in json.dumps(done.json()["notices"])


def test_a_distance_reaching_beyond_the_coverage_is_not_checked(zoning, site, tmp_path):
    river = shapely.LineString([(112.9, 38.05), (112.9, 38.2)])
    frame = geopandas.GeoDataFrame(
        {"name": ["某河"], "river": ["汾河"]}, geometry=[river], crs=4490
    )
    frame.to_file(tmp_path / "r.gpkg")
    # 阳曲 ends a few hundred metres from here: 1 km around the site lies partly in 忻府区.
    text = f'[layers.main_rivers]\nsource = "r.gpkg"\n{SIGNED}covers = ["140122"]\n'
    (tmp_path / "zoning.toml").write_text(text, encoding="utf-8")
    counties = geopandas.read_file("data/boundaries/counties.fgb").set_index("adcode").geometry
    edge = shapely.intersection(counties["140122"], counties["140902"])
    spot = shapely.line_interpolate_point(shapely.line_merge(edge), 0.5, normalized=True)
    inner = counties["140122"].buffer(-0.004)
    lon, lat = shapely.get_coordinates(shapely.shortest_line(spot, inner))[1]
    done = review(zoning, site((lon, lat)), tmp_path)
    assert found(done, "R002-001") == ("not_checked", "outside-coverage")


@pytest.mark.parametrize(
    "options",
    [
        ("--rules", "CPQL-27"),
        ("--themes", "karst"),
        ("--as-of", "1987-01-01"),
    ],
)
def test_a_review_of_nothing_or_of_part_never_ends_with_zero(zoning, geojson, options):
    point = {"type": "Point", "coordinates": [112.6, 40.2]}
    path = geojson((point, {"id": "S", "industry": "4416", "nature": "new"}))
    done = zoning("check", path, *options)
    assert done.code in (1, 3)
    report = zoning("check", path, *options, "--format", "json").json()
    codes = {f["code"] for f in report["projects"][0]["findings"]}
    told = {s["kind"] for s in report["statement"]}
    assert "incomplete" in told or "law-not-held" in codes


def test_before_its_horizon_a_topic_is_incomplete_not_clear(zoning, site):
    done = zoning("check", site(BESIDE), "--as-of", "2019-12-31", "--format", "json")
    reasons = [
        f["reason"]["en"]
        for f in done.json()["projects"][0]["findings"]
        if f["code"] == "law-not-held"
    ]
    assert any("2020-01-01" in reason for reason in reasons)
    assert done.code != 0


def test_the_county_a_file_states_contradicts_its_place(zoning, site):
    done = zoning("check", site(BESIDE, 县="临猗县"), "--format", "json")
    codes = {f["code"] for f in done.json()["projects"][0]["findings"]}
    assert "place-contradicted" in codes and done.code != 0


def test_init_searches_a_folder_and_states_nothing_in_anyones_name(zoning, tmp_path):
    square = shapely.box(112.3, 37.8, 112.5, 38.0)
    files = {
        "STBHHX.gpkg": {"HXMC": ["a"]},
        "水源地.gpkg": {"JB": ["准"]},
        "GKDY2024.gpkg": {"HJGKDYFL": ["重点管控单元"]},
        "what's this.gpkg": {"a": [1]},
        "else.gpkg": {"a": [1]},
    }
    for name, columns in files.items():
        frame = geopandas.GeoDataFrame(columns, geometry=[square], crs=4490)
        frame.to_file(tmp_path / name)
    assert zoning("workspace", "init", tmp_path).code == 0
    text = (tmp_path / "zoning.toml").read_text("utf-8")
    for layer in ("ecological_redline", "drinking_water_zones", "control_units"):
        assert f"[layers.{layer}]" in text
    assert 'values.level = { "准" = "quasi" }' in text
    assert 'values.unit_class = { "重点管控单元" = "key" }' in text
    assert "covers = []" in text and "1900-" not in text and "else.gpkg" in text
    done = zoning("workspace", "validate", tmp_path)
    assert done.code == 0, done.err
    assert "covers" in done.err


def test_every_layer_that_rules_use_has_a_topic_and_words_are_the_catalogues():
    from zoning.catalogue import load_catalogue
    from zoning.catalogue.words import official_words

    catalogue = load_catalogue()
    topics = [name for topic in catalogue.topics.values() for name in topic.layers]
    assert len(topics) == len(set(topics))
    assert {rule.layer for rule in catalogue.rules.values()} <= set(topics)
    for layer, words in official_words().items():
        fields = {spec.name: set(spec.values) for spec in catalogue.layer(layer).fields}
        for column, classes in words.classes.items():
            assert set(classes.values()) <= fields[column], (layer, column)


def test_no_output_over_what_a_review_reads(zoning, site, workspace, tmp_path):
    place = workspace(f'{SIGNED}covers = "province"')
    path = site(INSIDE)
    frame = geopandas.read_file(path)
    frame.to_file(tmp_path / "plots.shp")
    kept = {p: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    for option, target in (
        ("--map", tmp_path / "plots.dbf"),
        ("--output", tmp_path / "zones.gpkg"),
        ("--map", tmp_path / "zoning.toml"),
    ):
        done = zoning("check", tmp_path / "plots.shp", "-w", place, option, target)
        assert done.code == 2 and str(target) in done.err
    assert {p: p.read_bytes() for p in kept} == kept


def test_a_review_tells_what_the_validator_refuses(zoning, site, workspace):
    place = workspace(f'{SIGNED}covers = "province"', layer="drinking_water_zones")
    told = json.dumps(review(zoning, site(BESIDE), place).json()["notices"])
    assert "level" in told and zoning("workspace", "validate", place).code == 2


def test_before_its_horizon_a_clause_on_what_lies_outside_holds_away_from_all_zones(
    zoning, site, workspace
):
    place = workspace(f'{SIGNED}covers = "province"', layer="urban_growth_boundary")
    none = f'{SIGNED}document = "x"\nnone_in = "province"\n'
    with (place / "zoning.toml").open("a", encoding="utf-8") as file:
        for layer in ("planning_areas", "built_up_areas"):
            file.write(f"\n[layers.{layer}]\n{none}")
    done = review(zoning, site(BESIDE, new_urban_cluster=True), place, "--as-of", "2023-10-07")
    told = [
        f["reason"]["en"]
        for f in done.json()["projects"][0]["findings"]
        if f["code"] == "law-not-held"
    ]
    assert any("2023-10-08" in reason for reason in told)


def test_a_choice_of_no_feature_is_no_statement_that_there_is_none(zoning, site, tmp_path):
    """The land survey comes in another edition: its cropland is 011, not 0101."""
    frame = geopandas.GeoDataFrame({"DLBM": ["011"]}, geometry=[ZONE], crs="EPSG:4490")
    frame.to_file(tmp_path / "DLTB.gpkg")
    entry = '[layers.cropland]\nsource = "DLTB.gpkg"\ncovers = "province"\n' + SIGNED
    (tmp_path / "zoning.toml").write_text(entry + 'where = { DLBM = ["0101"] }\n', "utf-8")
    done = review(zoning, site(INSIDE), tmp_path)
    found = [f for f in done.json()["projects"][0]["findings"] if f["layer"] == "cropland"]
    assert done.code != 0 and found
    assert not [f for f in found if f["code"] == "outside-zone"]
    assert {f["code"] for f in found} & {"layer-failed"}
    assert zoning("workspace", "validate", tmp_path).code == 2
    shown = zoning("check", site(INSIDE), "-w", tmp_path, "--lang", "en").out.splitlines()
    told = next(line for line in shown if "cannot be used" in line)
    assert "Cropland" in told and shown.index(told) < 5, "a failed layer is told before all else"


@pytest.mark.parametrize(
    ("dated", "status"), [("2999-01-01", "not_checked"), ("2024-05-01", "compliant")]
)
def test_a_statement_still_to_be_made_clears_nothing_and_is_told(
    zoning, site, workspace, dated, status
):
    place = workspace(f'{SIGNED}covers = "province"'.replace("2024-05-01", dated))
    # The law of a former day may be asked of what is known today.
    words = (site(BESIDE, karst_water=True), "-w", place, "--as-of", "2024-03-01")
    done = zoning("check", *words, "--format", "json")
    assert found(done)[0] == status
    assert ("still to come" in json.dumps(done.json()["notices"])) is (status == "not_checked")
    (layer,) = [r for r in done.json()["layers"] if r["official"]]
    assert (layer["authority"], layer["date"]) == ("省水利厅", dated)
    assert f"省水利厅, {dated}" in zoning("check", *words, "--details").out


def test_a_statement_of_the_future_is_told_by_the_validator(zoning, workspace):
    place = workspace(f'{SIGNED}covers = "province"'.replace("2024-05-01", "2999-01-01"))
    assert "still to come" in zoning("workspace", "validate", place).err


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({"坐标系": ["1980西安坐标系"]}, "not_checked"),
        ({"备注": ["由西安80转换为2000坐标系"]}, "compliant"),
        ({"YJJBNTTBMJ": [9e9]}, "not_checked"),
    ],
)
def test_a_source_that_contradicts_its_drawing_clears_nothing(
    zoning, site, workspace, columns, status
):
    place = workspace(f'{SIGNED}covers = "province"', name=["泉域"], **columns)
    done = review(zoning, site(BESIDE, karst_water=True), place)
    assert found(done)[0] == status
