"""What must hold for every rule of the catalogue and whatever is known of a project."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.stated import SPECS, known_attributes, value_of
from zoning.catalogue.load import load_catalogue
from zoning.law import (
    Evidenced,
    RuleBook,
    area_of,
    citable,
    decide,
    query_of,
)
from zoning.model import (
    Evidence,
    Measure,
    Project,
    Status,
    Tri,
)

CATALOGUE = load_catalogue()
DAY = date(2026, 11, 21)
CITED, _ = citable(CATALOGUE.rules.values(), CATALOGUE.documents, DAY)
rules = st.sampled_from(CITED)
touches = st.sampled_from(list(Tri))
evidence = st.sampled_from([Evidence.OFFICIAL, Evidence.SURVEYED, Evidence.SCHEMATIC])


def seen(found, touch):
    share = 0.0 if touch is not Tri.YES else 1.0
    total = Measure("z", "zone", 0.0, depth_m=500.0, accuracy_m=1.0, share=share, touches=touch)
    return Evidenced(found, total)


def status(rule, attributes, place):
    area = seen(Evidence.SURVEYED, Tri.YES) if rule.scope.area else None
    return decide(rule, Project("p", "P", None, attributes), place, SPECS, area).status


@settings(max_examples=300, deadline=None)
@given(rules, known_attributes, st.data(), touches, evidence)
def test_knowing_more_never_turns_violation_into_undetermined(rule, known, data, touch, kind):
    before = status(rule, known, seen(kind, touch))
    unknown = [n for n in SPECS if n not in known]
    name = data.draw(st.sampled_from(unknown or list(SPECS)))
    more = {**known, name: data.draw(value_of(name))}
    after = status(rule, more, seen(kind, touch))
    if name not in known and before not in (Status.UNDETERMINED, Status.NOT_CHECKED):
        # What is decided stays decided; only an exception that is newly known may soften it. A
        # reading of a clause is a duty while the activity is unknown, and none for another one.
        assert after is before or (
            (rule.permits or rule.basis == "interpretation")
            and after.severity <= before.severity
            and after is not Status.UNDETERMINED
        )


@settings(max_examples=300, deadline=None)
@given(rules, known_attributes, touches, evidence)
def test_removing_a_layer_never_makes_a_finding_more_lenient(rule, known, touch, kind):
    with_layer = status(rule, known, seen(kind, touch))
    without = status(rule, known, Evidenced(None, state="no_data"))
    assert without in (Status.NOT_CHECKED, Status.COMPLIANT)
    if without is Status.COMPLIANT:
        # Only because the clause is about something else: then it is compliant everywhere.
        assert with_layer is Status.COMPLIANT
    if with_layer is Status.COMPLIANT:
        assert without in (Status.COMPLIANT, Status.NOT_CHECKED)


@settings(max_examples=100, deadline=None)
@given(rules, known_attributes, touches)
def test_a_schematic_layer_never_gives_more_than_undetermined(rule, known, touch):
    found = status(rule, known, seen(Evidence.SCHEMATIC, touch))
    assert found.severity <= Status.UNDETERMINED.severity
    assert not (
        found is Status.COMPLIANT
        and status(rule, known, Evidenced(None, state="no_data")) is Status.NOT_CHECKED
    )


@settings(max_examples=150, deadline=None)
@given(rules, known_attributes, touches, evidence)
def test_an_interpretation_never_gives_more_than_a_condition(rule, known, touch, kind):
    reading = rule.model_copy(update={"basis": "interpretation"})
    found = status(reading, known, seen(kind, touch))
    assert found in (Status.COMPLIANT, Status.CONDITIONAL, Status.NOT_CHECKED)


@settings(max_examples=15, deadline=None)
@given(known_attributes, st.randoms(use_true_random=False))
def test_the_order_of_rules_is_irrelevant(known, random):
    shuffled = list(CATALOGUE.rules.values())
    random.shuffle(shuffled)
    cited, notes = citable(shuffled, CATALOGUE.documents, DAY)
    assert cited == CITED
    place = {}
    for rule in cited:
        for query in (query_of(rule), area_of(rule)):
            place[query] = seen(Evidence.SURVEYED, Tri.YES)
    project = Project("p", "P", None, known)
    one = RuleBook(cited, SPECS).review(project, place)
    two = RuleBook(CITED, SPECS).review(project, place)
    assert one == two
    assert notes == citable(CATALOGUE.rules.values(), CATALOGUE.documents, DAY)[1]


@settings(max_examples=200, deadline=None)
@given(rules, known_attributes)
def test_undetermined_names_what_would_decide_it_and_both_ends(rule, known):
    project = Project("p", "P", None, known)
    area = seen(Evidence.SURVEYED, Tri.YES) if rule.scope.area else None
    found = decide(rule, project, seen(Evidence.OFFICIAL, Tri.YES), SPECS, area)
    if rule.scope.op != "outside" and found.code in ("attribute", "permit"):
        assert found.missing
        for missing in found.missing:
            assert missing.attribute not in known
            assert missing.outcomes
        ends = {o.status for m in found.missing for o in m.outcomes}
        assert len(ends) > 1


@settings(max_examples=30, deadline=None)
@given(known_attributes)
def test_a_rulebook_decides_as_one_rule_at_a_time(known):
    project = Project("p", "P", None, known)
    place = seen(Evidence.SURVEYED, Tri.YES)
    queries = {q: place for r in CITED for q in (query_of(r), area_of(r))}
    book = RuleBook(CITED, SPECS).review(replace(project, id="q"), queries)
    for finding in book.findings:
        rule = CATALOGUE.rules[str(finding.rule)]
        alone = decide(rule, project, place, SPECS, place if rule.scope.area else None)
        assert (alone.status, alone.missing) == (finding.status, finding.missing)
