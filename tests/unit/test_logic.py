"""Kleene's tables, codes, and which attributes an undecided condition hangs on."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from zoning.law.logic import (
    both,
    deciding,
    either,
    evaluate,
    matches_code,
    negate,
)
from zoning.model import Condition, Tri

Y, N, U = Tri.YES, Tri.NO, Tri.UNKNOWN
RANK = {N: 0, U: 1, Y: 2}


@pytest.mark.parametrize(("a", "b"), list(itertools.product([Y, N, U], repeat=2)))
def test_kleene_tables(a, b):
    # Kleene's strong logic is min and max over no < unknown < yes.
    assert RANK[both([a, b])] == min(RANK[a], RANK[b])
    assert RANK[either([a, b])] == max(RANK[a], RANK[b])
    assert RANK[negate(a)] == 2 - RANK[a]


@pytest.mark.parametrize(
    ("code", "prefixes", "expected"),
    [
        ("2521", ["2521"], Y),
        ("2614", ["26"], Y),
        ("26", ["2614"], U),
        ("25", ["2521", "26"], U),
        ("4416", ["4411", "4412"], N),
        ("0610", ["06"], Y),
        ("6110", ["06"], N),
    ],
)
def test_codes(code, prefixes, expected):
    assert matches_code(code, prefixes) is expected


def condition(**form):
    return Condition.model_validate(form)


def test_tests_on_attributes():
    new = condition(attribute="nature", **{"in": ["new"]})
    big = condition(attribute="area", at_least=10)
    small = condition(attribute="area", below=10)
    assert evaluate(new, {"nature": "new"}) is Y
    assert evaluate(new, {"nature": "existing"}) is N
    assert evaluate(new, {}) is U
    assert evaluate(big, {"area": 10.0}) is Y  # a threshold is met at ≥
    assert evaluate(small, {"area": 10.0}) is N
    assert evaluate(None, {}) is Y


def test_deciding_leaves_out_what_cannot_matter():
    rule = condition(
        all=[
            {"any": [{"attribute": "a", "is": True}, {"attribute": "b", "is": True}]},
            {"attribute": "c", "is": True},
        ]
    )
    assert deciding(rule, {}) == ("a", "b", "c")
    assert deciding(rule, {"a": True}) == ("c",)
    assert deciding(rule, {"c": False}) == ()
    assert deciding(rule, {"b": False, "c": True}) == ("a",)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"attribute": "a"},
        {"attribute": "a", "is": True, "below": 3},
        {"attribute": "a", "is": True, "all": []},
        {"all": [], "any": []},
        {"is": True},
        {"attribute": "a", "equals": 1},
    ],
)
def test_a_condition_has_exactly_one_form(form):
    with pytest.raises(ValidationError):
        Condition.model_validate(form)


leaf = st.builds(
    lambda n, v: {"attribute": n, "is": v}, st.sampled_from(["a", "b", "c"]), st.booleans()
)
tree = st.recursive(
    leaf,
    lambda t: st.one_of(
        st.builds(lambda c: {"all": c}, st.lists(t, min_size=1, max_size=3)),
        st.builds(lambda c: {"any": c}, st.lists(t, min_size=1, max_size=3)),
        st.builds(lambda c: {"not": c}, t),
    ),
    max_leaves=8,
)
known = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.booleans())


@given(tree, known, st.sampled_from(["a", "b", "c"]), st.booleans())
def test_knowing_more_never_undoes_a_decision(form, attributes, name, value):
    rule = Condition.model_validate(form)
    before = evaluate(rule, attributes)
    after = evaluate(rule, {name: value, **attributes})
    assert before is U or after is before


@given(tree, known)
def test_stating_every_deciding_attribute_decides(form, attributes):
    rule = Condition.model_validate(form)
    names = deciding(rule, attributes)
    assert (evaluate(rule, attributes) is U) == bool(names)
    for values in itertools.product([True, False], repeat=len(names)):
        full = {**attributes, **dict(zip(names, values, strict=True))}
        while rest := deciding(rule, full):
            full |= dict.fromkeys(rest, True)
        assert evaluate(rule, full) is not U
