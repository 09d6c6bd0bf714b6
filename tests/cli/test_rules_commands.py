"""``rules``, ``explain``, ``ask``, ``check --rules/--themes/--remedy`` as a user runs them."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = str(ROOT / "examples" / "projects.geojson")
DAY = ("--as-of", "2026-11-21", "--lang", "en")


def test_show_names_exceptions_successor_and_standing(zoning):
    done = zoning("rules", "show", "REDLINE142-GENERAL", "--lang", "en")
    assert done.code == 0 and "limited_activity" in done.out and "proof" in done.out
    done = zoning("rules", "show", "WPL2008-58-first", "--lang", "en")
    assert "WPL-65-first" in done.out and "unverified" in done.out
    done = zoning("rules", "show", "WPL-65-first", "--lang", "en")
    assert "CODE-319-first" in done.out and "unverified" not in done.out


def test_timeline_between_two_days(zoning):
    done = zoning("rules", "timeline", "--since", "2026-08-01", "--until", "2026-08-31")
    assert done.code == 0
    assert "2026-08-15" in done.out and "CODE-319-first" in done.out
    assert "2026-03-15" not in done.out


def test_themes_and_patterns_narrow_and_say_so(zoning):
    done = zoning("check", EXAMPLES, *DAY, "--themes", "karst", "--format", "json")
    report = json.loads(done.out)
    assert {r["layer"] for r in report["rules"]} <= {"spring_basins", "spring_key_zones"}
    assert [x for x in report["statement"] if x["kind"] == "left_out"]
    done = zoning("check", EXAMPLES, *DAY, "--rules", "R002-00?,YRL-*", "--format", "json")
    ids = {r["id"] for r in json.loads(done.out)["rules"]}
    assert "R002-001" in ids and "YRL-86" in ids and "R002-118" not in ids


@pytest.mark.parametrize("option", [("--rules", "NOPE-*"), ("--themes", "nowhere")])
def test_a_selection_that_matches_nothing_is_refused(zoning, option):
    done = zoning("check", EXAMPLES, *DAY, *option)
    assert done.code == 2 and option[1] in done.err


def test_the_day_decides_what_is_cited(zoning):
    def ids(day):
        done = zoning("check", EXAMPLES, "--as-of", day, "--format", "json")
        return {r["id"] for r in json.loads(done.out)["rules"]}

    old, new = ids("2022-06-01"), ids("2026-11-21")
    assert {"WPL-65-first", "NRR2017-27"} <= old - new
    assert {"CODE-319-first", "NRR2026-CORE", "R000-010"} <= new - old


def test_explain_hides_nothing_with_all(zoning):
    done = zoning("explain", EXAMPLES, "-p", "P01", *DAY)
    assert done.code == 0
    assert "high_pollution" in done.out and "inferred from industry" in done.out
    assert "distance 171 m" in done.out
    whole = zoning("explain", EXAMPLES, "-p", "P01", *DAY, "--all")
    from zoning.catalogue.load import load_catalogue

    assert not [name for name in load_catalogue().rules if name not in whole.out]
    assert "not in force" in whole.out


def test_explain_wants_a_site_of_the_file(zoning):
    done = zoning("explain", EXAMPLES, "-p", "P99", *DAY)
    assert done.code == 2 and "P01" in done.err


def test_ask_puts_the_decisive_first_and_the_code_before_what_it_answers(zoning, tmp_path):
    site = json.loads(Path(EXAMPLES).read_text("utf-8"))["features"][0]
    site["properties"] = {"id": "A"}
    path = tmp_path / "bare.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [site]}), "utf-8")
    done = zoning("ask", str(path), *DAY, "--format", "json")
    rows = json.loads(done.out)
    weights = [row["weight"] for row in rows]
    assert weights == sorted(weights, reverse=True)
    assert rows[0]["attribute"] in ("industry", "nature")
    industry = next(row for row in rows if row["attribute"] == "industry")
    assert {"high_pollution", "two_high"} <= set(industry["stands_for"])
    assert "行业代码" in industry["columns"]


def test_diff_between_two_days_names_who_is_affected(zoning):
    done = zoning("rules", "diff", "2026-08-14", "2026-11-21", EXAMPLES, "--lang", "en", "--all")
    assert done.code == 1 and "WPL-65-first" in done.out and "CODE-319-first" in done.out
    same = zoning("rules", "diff", "2026-11-20", "2026-11-21", EXAMPLES, "--lang", "en")
    assert same.code == 0 and same.out.startswith("0 findings differ")


def test_diff_between_two_catalogues(zoning, tmp_path):
    for path in (ROOT / "layers").glob("*.toml"):
        text = path.read_text("utf-8")
        if path.name == "rivers.toml":
            text = text.replace(
                "distance_m = 1000, distance_basis", "distance_m = 100, distance_basis"
            )
        (tmp_path / path.name).write_text(text, "utf-8")
    done = zoning("rules", "diff", str(ROOT / "layers"), str(tmp_path), EXAMPLES, "--lang", "en")
    assert done.code == 1 and "P01" in done.out and "R002-001" in done.out


def test_remedy_moves_the_site_and_the_moved_site_passes(zoning, tmp_path):
    done = zoning("check", EXAMPLES, *DAY, "--remedy", "--format", "json")
    report = json.loads(done.out)
    (found,) = [r for r in report["remedies"] if r["project"] == "P01"]
    assert found["rules"] == ["R002-001"] and 829 < found["shift_m"] < 850
    assert found["remainder_m2"] + found["removed_m2"] == pytest.approx(400_027, rel=1e-3)
    site = {
        "type": "Feature",
        "properties": {"id": "P01", "行业代码": "2521", "建设性质": "新建"},
        "geometry": found["moved"],
    }
    path = tmp_path / "moved.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [site]}), "utf-8")
    again = json.loads(zoning("check", str(path), *DAY, "--format", "json").out)
    assert again["status"] == found["moved_status"] != "violation"


def inside(**properties):
    """Draw a coking plant in the middle of forbidden ground."""
    ring = [[111.654, 36.329], [111.656, 36.329], [111.656, 36.331], [111.654, 36.331]]
    polygon = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return polygon, {"id": "A", "行业代码": "2521", "建设性质": "新建", **properties}


def test_remedy_of_a_site_wholly_on_forbidden_ground(zoning, geojson):
    polygon, properties = inside()
    tiny = {"type": "Polygon", "coordinates": [
        [[111.655, 36.33], [111.6550001, 36.33], [111.6550001, 36.3300001], [111.655, 36.33]]
    ]}  # fmt: skip
    point = {"type": "Point", "coordinates": [111.655, 36.33]}
    line = {"type": "LineString", "coordinates": [[111.654, 36.33], [111.656, 36.33]]}
    shapes = {"A": polygon, "B": tiny, "C": point, "D": line}
    path = geojson(*((shape, {**properties, "id": name}) for name, shape in shapes.items()))
    done = zoning("check", path, *DAY, "--remedy", "--format", "json")
    assert done.code == 1
    found = {r["project"]: r for r in done.json()["remedies"]}
    assert found["A"]["remainder_m2"] == 0.0 and 950 < found["A"]["shift_m"] < 1_050
    assert found["B"]["remainder_m2"] == 0.0 and found["B"]["shift_m"] > 0
    assert found["C"]["remainder_m2"] is None and found["C"]["shift_m"] > 0
    (stretch,) = found["D"]["stretches"]
    assert stretch["from_m"] == 0.0 and 170 < stretch["to_m"] < 190
    assert "0.0000 ha" in zoning("check", path, *DAY, "--remedy").out


@pytest.mark.parametrize("words", [("explain",), ("ask",), ("rules", "diff")])
def test_commands_that_read_sites_take_the_reading_options(zoning, words, tmp_path):
    rows = "name,x,y,行业代码,建设性质\n甲,111.655,36.33,2521,新建\n"
    path = tmp_path / "sites.csv"
    path.write_bytes(rows.encode("gbk"))
    days = ("2026-11-20", "2026-11-21") if words[0] == "rules" else ()
    options = ("--lon", "x", "--lat", "y", "--encoding", "GBK", "--crs", "EPSG:4490")
    done = zoning(*words, *days, path, *options, "--lang", "en")
    assert done.code == 0, done.err
    wrong = zoning(*words, *days, path, *options, "--datum", "wgs", "--lang", "en")
    assert wrong.code == 2 and "--datum" in wrong.err
    for option in ("--workspace", "--entry-list"):
        missing = zoning(*words, *days, path, *options, option, tmp_path / "none", "--lang", "en")
        assert missing.code == 2 and "none" in missing.err


def test_explain_tells_of_the_rules_of_an_entry_list(zoning, geojson, tmp_path):
    listed = tmp_path / "list.csv"
    listed.write_text("单元编码,管控,内容,行业代码\nZH001,禁止,不得焦化,2521\n", "utf-8")
    done = zoning("explain", geojson(inside()), *DAY, "--entry-list", listed, "--all")
    assert done.code == 0 and "LIST-2" in done.out
    assert "clause" in done.out.split("LIST-2")[1].splitlines()[1]


def test_explain_without_a_project_names_the_sites(zoning):
    done = zoning("explain", EXAMPLES, *DAY)
    assert done.code == 2 and "'-'" not in done.err and "'None'" not in done.err
    assert "sites; name one" in done.err and "P01, P02" in done.err and "--project" in done.err
    done = zoning("explain", EXAMPLES, "--lang", "zh")
    assert done.code == 2 and "要指定一个" in done.err and "P01、P02" in done.err
    done = zoning("ask", EXAMPLES, *DAY, "-p", "P99")
    assert done.code == 2 and "P99" in done.err and "P01" in done.err


def test_a_narrowed_review_does_not_look_like_a_full_one(zoning):
    done = zoning("check", EXAMPLES, *DAY, "--rules", "R002-001")
    assert any(re.match(r"1 of \d+ rules; \d+ left out", line) for line in done.out.splitlines())
    assert "rules;" not in zoning("check", EXAMPLES, *DAY).out


@pytest.mark.parametrize("option", ["--rules", "--themes"])
@pytest.mark.parametrize("value", ["", " , "])
def test_an_empty_selection_is_refused(zoning, option, value):
    done = zoning("check", EXAMPLES, *DAY, option, value)
    assert done.code == 2 and option in done.err
