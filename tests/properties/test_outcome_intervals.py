"""Whatever turns out of what is unknown, a finding ends between its best and its worst."""

from dataclasses import replace
from datetime import date
from itertools import islice, product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.stated import CODES, SPECS, known_attributes, value_of
from zoning.catalogue import load_catalogue
from zoning.law import Evidenced, RuleBook, area_of, assess, citable, decide, query_of
from zoning.law.activity import _candidates, attribute_names, conditions, outcome
from zoning.messages import Text
from zoning.model import Evidence, Measure, Presumed, Project, Status, Tri

CATALOGUE = load_catalogue()
CITED, _ = citable(CATALOGUE.rules.values(), CATALOGUE.documents, date(2026, 11, 21))
OPEN = {Status.UNDETERMINED, Status.FAILED, Status.NOT_CHECKED}
T = Text("文", "text")


def total(rule, touches, far=3.0):
    """A measure that meets a rule's place, misses it by far, or is not known well enough."""
    within = rule.scope.op != "outside"
    met = touches is Tri.YES
    return Measure(
        "z",
        "zone",
        0.0 if met or not within else far * (rule.scope.distance_m or 100.0),
        depth_m=500.0 if touches is not Tri.UNKNOWN else 0.5,
        accuracy_m=1.0,
        share=1.0 if met is within else 0.0,
        touches=touches if within else {Tri.YES: Tri.NO, Tri.NO: Tri.YES}.get(touches, touches),
    )


@st.composite
def places(draw, rule):
    """What is known of a rule's layer, and what it can turn out to be."""
    touches = draw(st.sampled_from(list(Tri)))
    kind = draw(st.sampled_from(["certain", "no data", "sketched", "beyond", "unclear", "failed"]))
    near = draw(st.sampled_from([1.5, 3.0]))
    measure = total(rule, touches, near)
    known = {
        "certain": Evidenced(Evidence.OFFICIAL, measure),
        "no data": Evidenced(None, state="no_data"),
        "sketched": Evidenced(Evidence.SCHEMATIC, measure),
        "beyond": Evidenced(Evidence.OFFICIAL, measure, outside=True),
        "unclear": Evidenced(Evidence.OFFICIAL, measure, unclear=object()),
        "failed": Evidenced(None, state="failed"),
    }[kind]
    sure = kind == "certain" or (kind in ("beyond", "unclear") and touches is Tri.YES)
    borrowed = rule.scope.distance_basis == "parameter" and near < 2.0
    if touches is Tri.UNKNOWN or not sure or (touches is Tri.NO and borrowed):
        touches = draw(st.sampled_from([Tri.YES, Tri.NO]))
    return known, Evidenced(Evidence.OFFICIAL, total(rule, touches))


def territory(touches, evidence=Evidence.SURVEYED):
    if touches is None:
        return Evidenced(None, state="no_data")
    return Evidenced(evidence, Measure("a", "a", 0.0, touches=touches))


@st.composite
def completed(draw, names, known):
    """Add a value for each attribute that is unknown, and refine codes that are coarse."""
    out = dict(known)
    for name in names:
        if name not in out:
            out[name] = draw(value_of(name))
        elif SPECS[name].type == "code":
            finer = [code for code in CODES if code.startswith(str(out[name]))]
            out[name] = draw(st.sampled_from(finer or [out[name]]))
    return out


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CITED), known_attributes, st.data())
def test_a_finding_ends_between_its_best_and_its_worst(rule, known, data):
    place, then = data.draw(places(rule))
    area = last = None
    if rule.scope.area is not None:
        touches = data.draw(st.sampled_from([*Tri, None]))
        area = territory(touches)
        sure = (
            touches if touches in (Tri.YES, Tri.NO) else data.draw(st.sampled_from(list(Tri)[:2]))
        )
        last = territory(sure)
    found = decide(rule, Project("p", "P", None, known), place, SPECS, area)
    full = data.draw(completed(attribute_names(rule), known))
    final = decide(rule, Project("p", "P", None, full), then, SPECS, last)
    # A code that stays coarse leaves its finding open; any other is decided when all is known.
    end = final.status if final.status not in OPEN else final.worst
    assert found.best.severity <= end.severity <= found.worst.severity
    assert found.best.severity <= found.worst.severity
    if found.status not in OPEN:
        assert found.worst is found.status
    if found.counts_as in (Status.CONDITIONAL, Status.COMPLIANT) and found.status not in OPEN:
        assert not found.may_restrict


def test_the_ends_of_each_rule_are_those_of_its_activities():
    """Every combination of values that a rule can tell apart, up to 100, the place granted."""
    wide = []
    for rule in CITED:
        names = attribute_names(rule)
        first = assess(rule, {}, SPECS)
        tests = [test for condition in conditions(rule) for test in condition.tests()]
        values = [
            [value for _, value in _candidates(SPECS[n], [t for t in tests if t.attribute == n])]
            for n in names
        ]
        ends = {
            found.worst
            for combination in islice(product(*values), 100)
            if (found := assess(rule, dict(zip(names, combination, strict=True)), SPECS))
        }
        severities = [end.severity for end in ends]
        assert first.best.severity <= min(severities), rule.id
        assert max(severities) <= first.worst.severity, rule.id
        if first.worst not in ends:
            wide.append(rule.id)
        assert first.worst is outcome(rule), rule.id
    assert len(wide) <= 0.1 * len(CITED), wide


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(CITED), min_size=1, max_size=4, unique_by=lambda r: r.id),
    known_attributes,
    st.data(),
)
def test_no_site_that_is_clear_can_become_restricted(rules, known, data):
    """With presumptions too: none is signed, so none may end with exit 0."""
    names = sorted({name for rule in rules for name in attribute_names(rule)})
    free = [name for name in names if name not in known]
    presumed = data.draw(st.sets(st.sampled_from(free))) if free else set()
    answers = tuple(Presumed(n, T, data.draw(value_of(n)), T, T, T) for n in sorted(presumed))
    before, after = {}, {}
    for rule in rules:
        place, then = data.draw(places(rule))
        before.setdefault(query_of(rule), place)
        after.setdefault(query_of(rule), then)
        if area_of(rule) is not None:
            before[area_of(rule)] = after[area_of(rule)] = territory(Tri.YES)
    book = RuleBook(rules, SPECS)
    project = Project("p", "P", None, known, presumed=answers)
    result = book.review(project, before)
    sites = {query_of(rule) for rule in rules}
    if len(sites) < len(rules):
        return  # two rules on one measurement share a place, which was drawn for one of them
    full = data.draw(completed(names, known))
    final = book.review(replace(project, attributes=full, presumed=()), after)
    worst = max(f.worst.severity for f in final.findings)
    declared = any(f.presumed for f in result.findings)
    if declared:
        assert any(f.may_restrict for f in result.findings)
    if not any(f.may_restrict for f in result.findings):
        assert worst <= Status.CONDITIONAL.severity
    if result.status in (Status.CONDITIONAL, Status.COMPLIANT) and not declared:
        assert worst <= Status.CONDITIONAL.severity
