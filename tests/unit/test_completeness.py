"""Why a review is no whole review: each reason, and none of them without its cause."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from law_samples import T, rule

from zoning.messages import Text, message
from zoning.model import Rule
from zoning.review.completeness import incomplete

LISTED, OTHER = rule("LIST-2"), rule("T-1")


def said(
    rules: list[Rule],
    left_out: bool = False,
    listed: bool = False,
    unread: bool = False,
    layers: tuple[Any, ...] = (),
) -> list[str]:
    held: Any = SimpleNamespace(rules={r.id: r for r in [OTHER, *([LISTED] if listed else [])]})
    reading: Any = SimpleNamespace(record=part("f.shp", unread))
    return [text.en for text in incomplete((T,) * left_out, rules, held, [reading], layers)]


def part(name: str, unread: bool, official: bool = True) -> Any:
    return SimpleNamespace(
        name=Text(name, name), unread=(T,) * unread, incomplete=unread, official=official
    )


NO_RULE = message("incomplete.no-rule").en
NARROWED = message("incomplete.narrowed").en
NO_LIST = message("incomplete.entry-list").en


@pytest.mark.parametrize(
    ("rules", "left_out", "listed", "expected"),
    [
        ([OTHER], False, False, []),
        ([], False, False, [NO_RULE]),
        ([], True, False, [NO_RULE]),
        ([OTHER], True, False, [NARROWED]),
        ([OTHER], False, True, [NO_LIST]),
        ([OTHER, LISTED], False, True, []),
        ([OTHER], True, True, [NARROWED]),
        ([], False, True, [NO_RULE, NO_LIST]),
    ],
)
def test_reasons(rules: list[Rule], left_out: bool, listed: bool, expected: list[str]) -> None:
    assert said(rules, left_out, listed) == expected


def test_what_a_file_holds_beside_what_was_read_is_told() -> None:
    (found,) = said([OTHER], unread=True)
    assert "f.shp" in found and T.en in found


@pytest.mark.parametrize(
    ("unread", "official", "told"),
    [(True, True, True), (False, True, False), (True, False, False), (False, False, False)],
)
def test_what_an_official_layer_holds_beside_what_was_read_is_told(
    unread: bool, official: bool, told: bool
) -> None:
    found = said([OTHER], layers=(part("redline", unread, official),))
    assert ["redline" in text for text in found] == [True] * told
