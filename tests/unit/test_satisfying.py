"""Columns for which a condition holds, and for which its denial does."""

from __future__ import annotations

from typing import Any

import pytest
from law_samples import spec, values

from zoning.law import read_attributes, satisfying
from zoning.law.logic import evaluate
from zoning.model import Condition, Tri

SPECS = {
    "a": spec("a"), "b": spec("b"), "n": spec("n", "number"), "code": spec("code", "text"),
    "kind": spec("kind", "enum", values=values("x", "y", "z")),
}  # fmt: skip
A, B = {"attribute": "a", "is": True}, {"attribute": "b", "is": True}


def solved(**form: Any) -> dict[str, str] | None:
    return satisfying(Condition.model_validate(form), SPECS)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (A, {"a": "yes"}),
        ({"attribute": "a", "is": False}, {"a": "no"}),
        ({"not": A}, {"a": "no"}),
        ({"attribute": "kind", "in": ["y", "x"]}, {"kind": "y"}),
        ({"not": {"attribute": "kind", "in": ["x", "z"]}}, {"kind": "y"}),
        ({"not": {"attribute": "kind", "in": ["x", "y", "z"]}}, None),
        ({"attribute": "code", "prefix": ["25", "26"]}, {"code": "25"}),
        ({"not": {"attribute": "code", "prefix": ["25"]}}, None),
        ({"attribute": "n", "at_least": 8}, {"n": "8"}),
        ({"not": {"attribute": "n", "at_least": 8}}, {"n": "4"}),
        ({"attribute": "n", "at_most": 8}, {"n": "8"}),
        ({"not": {"attribute": "n", "at_most": 8}}, {"n": "17"}),
        ({"attribute": "n", "below": 8}, {"n": "4"}),
        ({"not": {"attribute": "n", "below": 8}}, {"n": "8"}),
        ({"all": [A, B]}, {"a": "yes", "b": "yes"}),
        ({"any": [A, B]}, {"a": "yes"}),
        ({"not": {"all": [A, B]}}, {"a": "no"}),
        ({"not": {"any": [A, B]}}, {"a": "no", "b": "no"}),
        ({"not": {"not": A}}, {"a": "yes"}),
        ({"all": [A, {"not": A}]}, None),
        ({"any": [{"all": [A, {"not": A}]}, B]}, {"b": "yes"}),
        ({"all": [A, {"not": {"attribute": "code", "prefix": ["1"]}}]}, None),
        ({"all": [A, A]}, {"a": "yes"}),
    ],
)
def test_the_columns_make_the_condition_true(
    form: dict[str, Any], expected: dict[str, str] | None
) -> None:
    assert solved(**form) == expected
    if expected is not None:
        stated, _, _ = read_attributes(SPECS.values(), expected)
        assert evaluate(Condition.model_validate(form), stated) is Tri.YES
