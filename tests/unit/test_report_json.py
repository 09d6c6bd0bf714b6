"""The JSON report: its published schema, its bytes, its content."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from report_samples import HOSTILE, sample

from zoning.messages import Text
from zoning.model import InputRecord, Status
from zoning.show import (
    json_schema,
    statement,
    to_dict,
    to_json,
)

SCHEMA = Path(__file__).parents[2] / "docs" / "report.schema.json"
#: How to write the published schema anew after a change of zoning/show/schema.py.
REFRESH = (
    "python -c 'import json; from zoning.show import json_schema; "
    "print(json.dumps(json_schema(), ensure_ascii=False, indent=2))' > docs/report.schema.json"
)


def finding(project: str, rule: str | None = None) -> dict:
    return told(to_dict(sample()), project, rule)


def told(body: dict, project: str, rule: str | None = None) -> dict:
    """Return a finding with what it names by id put in."""
    found = {p["id"]: p for p in body["projects"]}[project]["findings"]
    one = next(f for f in found if rule is None or f["rule"] == rule)
    measures = body["measures"]
    return one | {
        "reason": body["reasons"][one["reason"]],
        "total": measures[one["total"]] if one["total"] else None,
        "zones": [measures[x] for x in one["zones"]],
        "missing": [body["questions"][x] for x in one["missing"]],
    }


def test_the_published_schema_is_current():
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema(), REFRESH


def test_the_schema_is_a_valid_one_and_the_report_meets_it():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    for full in (False, True):
        jsonschema.validate(json.loads(to_json(sample(), full=full)), json_schema())


def test_what_is_the_same_is_said_once_and_referred_to():
    report = sample()
    again = replace(report.results[0].findings[1], rule="R002-060")
    first = replace(report.results[0], findings=(*report.results[0].findings, again))
    body = to_dict(replace(report, results=(first, *report.results[1:])))
    found = body["projects"][0]["findings"]
    assert [f["rule"] for f in found] == ["R002-044", "R002-060"]
    assert found[0]["reason"] == found[1]["reason"] and found[0]["total"] == found[1]["total"]
    assert found[0]["zones"] == [found[0]["total"]]
    assert len(body["measures"]) == len({json.dumps(x) for x in body["measures"].values()})


def test_the_short_form_tells_the_rest_by_its_rules():
    short, full = to_dict(sample()), to_dict(sample(), full=True)
    first = short["projects"][0]
    assert [f["rule"] for f in first["findings"]] == ["R002-044"]
    groups = [short["groups"][x] for x in first["others"]]
    others = [(x["status"], x["layer"], x["rules"]) for x in groups]
    assert others == [
        ("compliant", None, ["R002-061"]), ("not_checked", "redline", ["R002-001"]),
    ]  # fmt: skip
    assert short["reasons"][groups[0]["reason"]]["en"] == "Not inside."
    assert len(full["projects"][0]["findings"]) == 3 and not full["projects"][0]["others"]
    assert {r["id"] for r in short["rules"]} < {r["id"] for r in full["rules"]}
    for body in (short, full):
        listed = sum(
            len(p["findings"]) + sum(len(body["groups"][x]["rules"]) for x in p["others"])
            for p in body["projects"]
        )
        assert listed == sum(len(r.findings) for r in sample().results)
        rules = {r["id"]: r for r in body["rules"]}
        shown = {f["rule"] for p in body["projects"] for f in p["findings"]} - {None}
        assert shown <= set(rules)
        assert {rules[x]["document"] for x in shown} <= {d["id"] for d in body["documents"]}


def test_one_entry_a_line():
    lines = to_json(sample()).splitlines()
    assert sum(line.startswith('{"status":"violation","code"') for line in lines) == 1
    assert max(map(len, lines)) < 4000


def test_the_schema_refuses_keys_it_does_not_know():
    body = json.loads(to_json(sample()))
    body["projects"][0]["findings"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(body, json_schema())


def test_the_same_report_gives_the_same_bytes():
    assert to_json(sample()).encode() == to_json(sample()).encode()


def test_all_seven_statuses_pass_through():
    assert [p["status"] for p in to_dict(sample())["projects"]] == [
        "violation", "restricted", "undetermined", "failed", "not_checked", "conditional",
        "compliant",
    ]  # fmt: skip
    assert to_dict(sample())["counts"] == dict.fromkeys([s.value for s in Status], 1)


def test_a_finding_can_be_quoted_from_what_it_names():
    body = to_dict(sample())
    found = told(body, "P01", "R002-044")
    rule = {r["id"]: r for r in body["rules"]}[found["rule"]]
    document = {d["id"]: d for d in body["documents"]}[rule["document"]]
    assert document["number"] == "晋政发〔2022〕11号"
    assert rule["section"] == {"zh": "第三章第二节", "en": "chapter 3, section 2"}
    assert (rule["effect"], rule["basis"]) == ("prohibit", "text")
    assert (document["published"], document["in_force_from"]) == ("2022-05-01", "2022-06-01")
    assert found["reason"]["en"].startswith("A new two-high project 600 m")
    assert found["total"]["area_m2"] == 976543.21
    assert found["total"]["raw_area_m2"] == 980000.0
    assert (found["near_boundary"], found["indicative"], found["hint"]) == (True, True, False)


def test_missing_attributes_carry_question_and_both_outcomes():
    (missing,) = finding("P03")["missing"]
    assert missing["attribute"] == "karst_water"
    assert missing["question"]["en"] == "Does the project take karst groundwater?"
    assert (missing["if_yes"], missing["if_no"]) == ("restricted", "compliant")


def test_a_failed_feature_names_place_and_cure():
    problem = finding("P04")["problem"]
    assert (problem["file"], problem["feature"]) == ("projects.geojson", "7")
    assert problem["cure"]["en"] == "Draw the boundary and submit again."


def test_a_plan_whose_period_has_ended_says_so():
    notes = {d["id"]: d["as_of_note"] for d in to_dict(sample())["documents"]}
    assert "2020-12-31" in notes["old_plan"]["zh"]
    assert notes["yellow_river_plan"] is None


def test_figures_json_cannot_hold_become_null():
    report = sample()
    first = report.results[0]
    far = replace(first.findings[1].total, distance_m=float("inf"), share=float("nan"))
    changed = replace(first, findings=(replace(first.findings[1], total=far, zones=()),))
    body = to_dict(replace(report, results=(changed,)))
    total = body["measures"][body["projects"][0]["findings"][0]["total"]]
    assert (total["distance_m"], total["share"]) == (None, None)


def test_control_characters_are_written_as_escapes_and_read_back():
    text = to_json(sample())
    assert not [c for c in text if ord(c) < 32 and c != "\n"]
    for char in "\x7f\x9b\u202e\u2028":
        assert char not in text
    assert HOSTILE in {p["name"] for p in json.loads(text)["projects"]}


def test_a_file_name_that_is_no_text_is_still_valid_json():
    broken = replace(sample().inputs[0], name="\udcb5\udcd8.shp")
    text = to_json(replace(sample(), inputs=(broken,)))
    assert json.loads(text.encode("utf-8"))["inputs"][0]["name"] == "\udcb5\udcd8.shp"


def test_no_project_is_no_status():
    body = to_dict(replace(sample(), results=()))
    assert (body["status"], body["projects"], body["counts"]) == (None, [], {})
    jsonschema.validate(body, json_schema())


def test_the_statement_names_everything_that_was_not_checked():
    found = {(s.kind, s.text.en) for s in statement(sample())}
    kinds = [s.kind for s in statement(sample())]
    assert kinds == [
        "scope", "no_data", "layer_failed", "not_checked", "undetermined", "failed", "left_out",
        "indicative",
    ]  # fmt: skip
    assert (
        "no_data",
        'There is no data for the layer "Ecological redline"; rules not checked: R002-001.',
    ) in found
    assert ("not_checked", "R002-061 (1 project): No data for that date.") in found
    assert ("left_out", "Drinking-water zones are not public.") in found
    (waiting,) = [s.text.en for s in statement(sample()) if s.kind == "undetermined"]
    assert "karst_water" in waiting and "1 project;" in waiting


def test_official_data_alone_need_no_indicative_sentence():
    report = sample()
    official = tuple(x for x in report.layers if x.official)
    assert "indicative" not in {s.kind for s in statement(replace(report, layers=official))}


def test_encoding_evidence_is_kept():
    record = InputRecord(
        "a.shp", "f" * 64, "ESRI Shapefile", None, 1, "EPSG:4526", Text("自 .prj", "from .prj"),
        encoding="GBK", encoding_evidence=Text("自 .cpg", "from .cpg"), datum="gcj02",
    )  # fmt: skip
    (found,) = to_dict(replace(sample(), inputs=(record,)))["inputs"]
    assert found["encoding_evidence"] == {"zh": "自 .cpg", "en": "from .cpg"}
    assert (found["encoding"], found["datum"], found["layer"]) == ("GBK", "gcj02", None)
