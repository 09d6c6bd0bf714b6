"""``rules``, ``explain``, ``ask``, ``check --rules/--themes/--remedy`` as a user runs them."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = str(ROOT / "examples" / "projects.geojson")
DAY = ("--as-of", "2026-11-21", "--lang", "en")


def test_show_names_exceptions_successor_and_standing(zoning):
    done = zoning("rules", "show", "REDLINE142-GENERAL", "--lang", "en")
    assert done.code == 0 and "limited_activity" in done.out and "proof" in done.out
    done = zoning("rules", "show", "WPL-65-first", "--lang", "en")
    assert "CODE-319-first" in done.out and "unverified" in done.out


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
    assert "distance 600 m" in done.out
    whole = zoning("explain", EXAMPLES, "-p", "P01", *DAY, "--all")
    from zoning.catalog import load_catalogue

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
    assert found["rules"] == ["R002-001"] and 390 < found["shift_m"] < 420
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
