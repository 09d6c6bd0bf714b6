"""What a trade lets presume: chosen by code and name, never a clearance, never against a fact."""

from pathlib import Path

import pytest

from zoning.base.errors import CatalogueError
from zoning.catalogue import load_catalogue
from zoning.law import Evidenced, RuleBook, make_projects, query_of, read_attributes
from zoning.law.logic import matches_code
from zoning.law.profiles import CODE, chooser, presumptions
from zoning.messages import Text
from zoning.model import Evidence, Measure, Report, Rule, Status, Tri

CATALOGUE = load_catalogue()
SPECS, PROFILES = CATALOGUE.attributes, CATALOGUE.profiles
T = Text("文", "text")


@pytest.mark.parametrize(
    ("code", "name", "profile"),
    [
        ("4812", "太原至交城公路", "road"),
        ("4416", "大同光伏基地", "solar"),
        ("7010", "A 地块", "housing"),
        ("0212", "苗圃", "nursery"),
        ("0111", "谷物基地", "farm"),
        ("06", "某煤矿", "mine"),
        ("594", "危化品库", None),
        ("2521", "焦化厂", None),
        (None, "小店住宅小区", "housing"),
        (None, "某风电场", "wind"),
        (None, "风电装备制造厂", None),
        (None, "高速公路服务区", None),
        (None, "住宅小区及配套公路", None),  # two kinds
        ("7010", "某光伏电站", None),  # the name tells of another kind than the code
    ],
)
def test_a_profile_is_chosen_by_code_and_else_by_name(code, name, profile):
    attributes = {"industry": code} if code else {}
    found = chooser(PROFILES)(name, attributes.get(CODE))
    assert (found.id if found else None) == profile


def site(**columns):
    feature = (0, None, {"id": "p", "name": "小区", "industry": "7010", **columns})
    return make_projects([feature], SPECS, PROFILES)[0]


def presumed(project):
    return {answer.attribute: answer.value for answer in project.presumed}


def test_a_statement_beats_a_presumption_and_a_contradicted_one_is_not_replaced():
    assert presumed(site())["has_coal_boiler"] is False
    stated = site(has_coal_boiler="yes")
    assert stated.attributes["has_coal_boiler"] is True
    assert "has_coal_boiler" not in presumed(stated)
    # What implies the contrary of a presumption takes it away, too.
    assert "has_coal_boiler" not in presumed(site(boiler_tph=20))
    doubted = site(**{"has_coal_boiler": "yes", "有燃煤锅炉": "no"})
    assert "has_coal_boiler" not in {**doubted.attributes, **presumed(doubted)}
    garbled = site(has_coal_boiler="perhaps")
    assert "has_coal_boiler" not in {**garbled.attributes, **presumed(garbled)}


def test_no_profile_presumes_what_its_own_codes_contradict():
    for profile in PROFILES.values():
        for prefix in profile.codes:
            code = prefix + "1" if len(prefix) == 3 else prefix
            known = read_attributes(SPECS.values(), {"industry": code})[0]
            found = presumptions(profile, PROFILES, SPECS, known)
            for presumption in profile.presume:
                for name, value in presumption.answers.items():
                    assert known.get(name, value) == value, (profile.id, code, name)
            values = {answer.attribute: answer.value for answer in found}
            again = read_attributes(SPECS.values(), {"industry": code} | values)
            assert not again[2], (profile.id, code, [text.en for text in again[2]])


def test_codes_of_dangerous_stores_and_felling_have_no_profile():
    for code in ("594", "5941", "024", "0241", "25", "26", "4412"):
        assert not [p.id for p in PROFILES.values() if matches_code(code, p.codes) is Tri.YES]


def rule(name, when, effect="prohibit", layer="z"):
    return Rule.model_validate(
        {"id": name, "layer": layer, "document": "d", "section": T, "text": T, "advice": T,
         "effect": effect, "when": when}
    )  # fmt: skip


BOILER = rule("T-1", {"attribute": "has_coal_boiler", "is": True})
BOTH = rule("T-2", {"all": [{"attribute": "two_high", "is": True},
                            {"attribute": "groundwater", "is": True}]})  # fmt: skip
WATER = rule("T-3", {"attribute": "groundwater", "is": True}, effect="restrict")
HOUSE = rule("T-4", {"attribute": "sensitive_use", "is": True})


def review(project, *rules, touches=Tri.YES, evidence=Evidence.OFFICIAL):
    place = Evidenced(evidence, Measure("z", "zone", 0.0, depth_m=500.0, touches=touches))
    return RuleBook(rules, SPECS).review(project, {query_of(r): place for r in rules})


def exit_code(result):
    return Report("0", "0", None, (), (), (), (), (result,)).exit_code


def test_what_is_met_by_presumption_only_is_one_condition_and_never_exit_0():
    result = review(site(), BOILER, BOTH)
    (declaration,) = result.findings
    assert result.status is declaration.status is Status.CONDITIONAL
    assert (declaration.code, declaration.needs) == ("declaration", "signature")
    assert (declaration.best, declaration.worst) == (Status.COMPLIANT, Status.VIOLATION)
    assert {a.attribute: a.rules for a in declaration.presumed} == {
        "has_coal_boiler": ("T-1",), "two_high": ("T-2",),
    }  # fmt: skip
    assert all(answer.reason.zh and answer.reason.en for answer in declaration.presumed)
    assert result.duties == (declaration,) and not result.to_answer
    assert exit_code(result) == 3
    stated = review(site(has_coal_boiler="no", two_high="no"), BOILER, BOTH)
    assert stated.status is Status.COMPLIANT and exit_code(stated) == 0


def test_what_a_presumption_does_not_settle_stays_open_and_asks_for_the_rest_only():
    result = review(site(), WATER)
    assert result.status is Status.UNDETERMINED
    (finding,) = result.to_answer
    assert [m.attribute for m in finding.missing] == ["groundwater"]


def test_a_presumption_never_convicts():
    result = review(site(), HOUSE)
    (finding,) = result.findings
    assert (finding.status, finding.worst) == (Status.UNDETERMINED, Status.VIOLATION)


def test_without_data_a_rule_is_held_off_as_well():
    assert review(site(), BOILER, touches=Tri.NO).status is Status.COMPLIANT
    sketched = review(site(), BOILER, evidence=Evidence.SCHEMATIC)
    assert [f.code for f in sketched.findings] == ["declaration"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("answers = { nothing = true }", "dangling-reference"),
        ('answers = { has_coal_boiler = "no" }', "profile-answer"),
        ('answers = { nature = "old" }', "profile-answer"),
        ("answers = {}", "too_short"),
    ],
)
def test_a_faulty_profile_is_named(tmp_path, text, code):
    for path in Path("layers").glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    head = '[[profiles]]\nid = "odd"\ntitle = { zh = "甲", en = "a" }\ncodes = ["99"]\n'
    tail = f'[[profiles.presume]]\n{text}\nreason = {{ zh = "甲", en = "a" }}\n'
    (tmp_path / "more.toml").write_text(head + tail, encoding="utf-8")
    with pytest.raises(CatalogueError) as stop:
        load_catalogue(tmp_path)
    assert [problem.code for problem in stop.value.problems] == [code]
