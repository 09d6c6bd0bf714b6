"""Why a review is no whole review: each reason, and none of them without its cause."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from law_samples import T, rule

from zoning.messages import message
from zoning.model import Rule
from zoning.review.completeness import incomplete

LISTED, OTHER = rule("LIST-2"), rule("T-1")


def said(
    rules: list[Rule], left_out: bool = False, listed: bool = False, unread: tuple[Any, ...] = ()
) -> list[str]:
    held = {r.id: r for r in ([LISTED, OTHER] if listed else [OTHER])}
    record = SimpleNamespace(name="f.shp", unread=unread)
    found = incomplete(
        (T,) if left_out else (),
        rules,
        SimpleNamespace(rules=held),
        [SimpleNamespace(record=record)],  # type: ignore[arg-type, list-item]
    )
    return [text.en for text in found]


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
    (found,) = said([OTHER], unread=("another layer",))
    assert "f.shp" in found and "another layer" in found
