"""A review narrowed to some rules or themes, and what that leaves out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from law_samples import rule

from zoning.base.errors import UsageError
from zoning.law import narrow

RULES = [rule("A-1", layer="x"), rule("A-2", layer="y"), rule("B-1", layer="x")]
KNOWN = {r.id: r for r in [*RULES, rule("OLD-1", layer="w")]}
LAYERS: Any = {name: SimpleNamespace(theme=theme) for name, theme in
               {"x": "water", "y": "land", "w": "air"}.items()}  # fmt: skip


def kept(*patterns: str, themes: tuple[str, ...] = ()) -> tuple[list[str], tuple[Any, ...]]:
    found, left_out = narrow(RULES, KNOWN, LAYERS, patterns, themes)
    return [r.id for r in found], left_out


@pytest.mark.parametrize(
    ("patterns", "themes", "expected"),
    [
        ((), (), ["A-1", "A-2", "B-1"]),
        (("*",), (), ["A-1", "A-2", "B-1"]),
        (("a-?",), (), ["A-1", "A-2"]),
        (("B-1", "A-2"), (), ["A-2", "B-1"]),
        ((), ("water",), ["A-1", "B-1"]),
        ((), ("water", "land"), ["A-1", "A-2", "B-1"]),
        (("A-*",), ("water",), ["A-1"]),
        (("OLD-1",), (), []),
        ((), ("air",), []),
    ],
)
def test_what_is_kept(
    patterns: tuple[str, ...], themes: tuple[str, ...], expected: list[str]
) -> None:
    found, left_out = kept(*patterns, themes=themes)
    assert found == expected
    assert bool(left_out) == (len(expected) < 3)


def test_what_is_left_out_is_counted_by_theme() -> None:
    _, (said,) = kept("A-1", themes=("water",))
    assert "A-1 water" in said.en and "2" in said.en
    assert "land 1" in said.en and "water 1" in said.en


def test_what_matches_nothing_is_a_mistake_and_all_are_told() -> None:
    with pytest.raises(UsageError) as caught:
        kept("A-1", "C-*", "d", themes=("water", "fire"))
    assert [p.field for p in caught.value.problems] == ["--rules", "--rules", "--themes"]
    told = " ".join(p.fault.en for p in caught.value.problems)
    assert "C-*" in told and "fire" in told and "A-1" not in told
