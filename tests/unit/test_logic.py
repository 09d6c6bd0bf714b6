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
    reduced,
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


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ({"at_least": 10}, 9.99, N),
        ({"at_least": 10}, 10, Y),
        ({"at_least": 10}, "ten", N),
        ({"at_most": 10}, 10, Y),
        ({"at_most": 10}, 10.01, N),
        ({"at_most": 10}, "ten", N),
        ({"below": 10}, 9.99, Y),
        ({"below": 10}, 10, N),
        ({"below": 10}, "ten", N),
        ({"below": 0}, 0.5, N),
        ({"below": 0}, 0, N),
        ({"below": 0}, -0.5, Y),
        ({"is": False}, False, Y),
        ({"is": False}, True, N),
        ({"is": False}, 0.0, N),  # a number is not an answer to a question of yes or no
        ({"in": ["a", "b"]}, "b", Y),
        ({"in": ["a", "b"]}, "c", N),
        ({"prefix": ["2521"]}, "25", U),
    ],
)
def test_a_test_on_a_value(form, value, expected):
    assert evaluate(condition(attribute="x", **form), {"x": value}) is expected


A, B, C = ({"attribute": name, "is": True} for name in "abc")


@pytest.mark.parametrize(
    ("form", "attributes", "expected"),
    [
        (A, {"a": True}, Y),
        (A, {"a": False}, N),
        (A, {"b": True}, A),
        (
            {"attribute": "a", "prefix": ["2521"]},
            {"a": "25"},
            {"attribute": "a", "prefix": ["2521"]},
        ),
        ({"not": A}, {"a": True}, N),
        ({"not": A}, {}, {"not": A}),
        ({"all": [A, B, C]}, {"b": False}, N),
        ({"all": [A, B, C]}, {"b": True}, {"all": [A, C]}),
        ({"all": [A, B, C]}, {"a": True, "b": True}, C),
        ({"all": [A, B]}, {"a": True, "b": True}, Y),
        ({"any": [A, B, C]}, {"b": True}, Y),
        ({"any": [A, B, C]}, {"b": False}, {"any": [A, C]}),
        ({"any": [A, B, C]}, {"a": False, "b": False}, C),
        ({"any": [A, B]}, {"a": False, "b": False}, N),
        ({"all": [{"any": [A, B]}, C]}, {"c": True}, {"any": [A, B]}),
    ],
)
def test_what_is_left_of_a_condition(form, attributes, expected):
    left = expected if expected in (Y, N) else condition(**expected)
    assert reduced(condition(**form), attributes) == left


def test_no_condition_holds_for_everything():
    assert reduced(None, {}) is Y
    assert deciding(None, {}) == ()


def test_deciding_asks_inside_a_negation():
    assert deciding(condition(**{"not": {"any": [A, B]}}), {"a": False}) == ("b",)
    assert deciding(condition(any=[A, B]), {"a": False}) == ("b",)


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


@given(tree, known, known)
def test_what_is_left_decides_as_the_whole(form, attributes, more):
    rule = Condition.model_validate(form)
    left = reduced(rule, attributes)
    now = left if isinstance(left, Tri) else evaluate(left, more)
    assert now is evaluate(rule, {**more, **attributes})


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
