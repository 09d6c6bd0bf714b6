"""Law in time, at the days on which it changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from law_samples import T, document, rule

from zoning.law import citable, force_span, in_force, precedence, timeline

DAY, EVE, NEXT = date(2020, 5, 2), date(2020, 5, 1), date(2020, 5, 3)
WHEN = {"attribute": "a", "is": True}


def exception(name: str, source: str | None) -> dict[str, Any]:
    return {"id": name, "when": WHEN, "text": T, "proof": T, "document": source}


@pytest.mark.parametrize(
    ("day", "starts", "ends"), [(EVE, False, True), (DAY, True, True), (NEXT, True, False)]
)
def test_both_days_of_a_span_are_in_force(day: date, starts: bool, ends: bool) -> None:
    assert in_force(rule(), document(in_force_from=DAY), day) is starts
    assert in_force(rule(in_force_from=DAY), document(), day) is starts
    assert in_force(rule(), document(in_force_until=DAY), day) is ends
    assert in_force(rule(in_force_until=DAY), document(), day) is ends
    assert in_force(rule(), document(), day)


def test_the_narrower_span_holds() -> None:
    span = force_span(
        rule(in_force_from=DAY, in_force_until=NEXT),
        document(in_force_from=EVE, in_force_until=date(2021, 1, 1)),
    )
    assert span == (DAY, NEXT)
    assert force_span(rule(), document()) == (None, None)


def test_what_is_cited_first() -> None:
    docs = {level: document(level, level=level) for level in ("law", "plan", "standard")}
    order = [
        rule("Z-1", document="law", special=True),
        rule("B-1", document="law"),
        rule("C-1", document="law"),
        rule("A-1", document="plan"),
        rule("D-1", document="standard"),
        rule("E-1", document="law", basis="interpretation", special=True),
    ]
    mixed = [*order[4:], *order[:4]]
    assert sorted(mixed, key=lambda r: precedence(r, docs[r.document])) == order
    assert citable(mixed, docs, DAY)[0] == tuple(order)


@pytest.mark.parametrize(
    ("change", "day", "kept"),
    [
        ({"in_force_from": DAY}, EVE, 1),
        ({"in_force_from": DAY}, DAY, 2),
        ({"in_force_until": DAY}, DAY, 2),
        ({"in_force_until": DAY}, NEXT, 1),
        ({}, DAY, 2),
    ],
)
def test_an_exception_of_another_document_holds_while_that_is_in_force(
    change: dict[str, date], day: date, kept: int
) -> None:
    docs = {"d": document(), "other": document("other", **change)}
    permits = [exception("own", None), exception("lent", "other")]
    (found,), _ = citable([rule(permits=permits)], docs, day)
    assert [p.id for p in found.permits] == ["own", "lent"][:kept]


def test_what_is_not_cited_is_told_with_its_day_and_successor() -> None:
    docs = {
        "new": document("new", in_force_from=NEXT),
        "old": document("old", in_force_until=EVE),
        "d": document(),
    }
    rules = [
        rule("N-1", document="new", successor="D-1"),
        rule("O-2", document="old", successor="D-1"),
        rule("O-1", document="old", in_force_until=date(2019, 1, 1), successor="gone"),
        rule("D-1"),
    ]
    kept, notes = citable(rules, docs, DAY)
    assert [r.id for r in kept] == ["D-1"]
    new, old = (note.en for note in notes)
    assert "N-1" in new and NEXT.isoformat() in new and "D-1" not in new
    assert old.index("O-1") < old.index("O-2") and EVE.isoformat() in old
    assert "D-1" in old and "gone" not in old and "2019" not in old
    assert "《" not in notes[0].zh.replace("《new》", "") and "《《" not in notes[0].zh


@pytest.mark.parametrize(("day", "notes"), [(DAY, 0), (NEXT, 1)])
def test_a_plan_is_cited_after_its_period_and_that_is_said(day: date, notes: int) -> None:
    docs = {"d": document(period=(EVE, DAY), level="plan")}
    kept, said = citable([rule()], docs, day)
    assert len(kept) == 1 and len(said) == notes
    assert all(DAY.isoformat() in note.en for note in said)


def test_the_days_on_which_the_law_changes() -> None:
    docs = {
        "a": document("a", in_force_from=EVE, in_force_until=DAY, period=(EVE, EVE)),
        "b": document("b", in_force_from=NEXT),
        "c": document("c"),
    }
    rules = [
        rule("A-2", document="a", successor="B-1"),
        rule("A-1", document="a"),
        rule("B-1", document="b"),
        rule("C-1", document="c"),
    ]
    found = [(e.day, e.kind, e.document, e.rules, e.successors) for e in timeline(rules, docs)]
    assert found == [
        (EVE, "begins", "a", ("A-1", "A-2"), ()),
        (DAY, "period_ends", "a", (), ()),
        (NEXT, "ends", "a", ("A-1", "A-2"), ("B-1",)),
        (NEXT, "begins", "b", ("B-1",), ()),
    ]


def test_the_levels_of_law_in_order() -> None:
    order = ["law", "regulation", "local_regulation", "rule", "normative", "plan", "standard"]
    ranked = sorted(order[::2] + order[1::2], key=lambda n: precedence(rule(), document(level=n)))
    assert ranked == order
