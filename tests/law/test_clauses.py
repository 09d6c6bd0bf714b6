"""The catalogue against clauses that were keyed without looking at it.

A rule that is added needs a row in ``clauses.csv``; a difference needs a correction, or a row with
its reason in ``clauses_argued.csv``. What a failing test prints can be pasted there.
"""

from __future__ import annotations

import csv
import io

from keyed_clauses import CATALOGUE, compared, differences, keyed_numbers, rows

from tests.each import each

EFFECTS = {"prohibit", "exit", "restrict", "avoid", "require", "hint"}
DIRECTIONS = {"min", "max", "within"}


def pasteable(pairs: dict[tuple[str, str], tuple[str, str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows((*key, *pair) for key, pair in pairs.items())
    return "\n" + out.getvalue()


def test_every_rule_is_keyed_once() -> None:
    keyed = [row["rule"] for row in rows("clauses.csv")]
    assert len(keyed) == len(set(keyed))
    assert sorted(set(CATALOGUE.rules) - set(keyed)) == [], "not keyed"
    assert sorted(set(keyed) - set(CATALOGUE.rules)) == [], "keyed, but no rule"


def test_every_row_is_whole() -> None:
    each(rows("clauses.csv"), is_whole, lambda row: row["rule"])


def is_whole(row: dict[str, str]) -> None:
    assert row["basis"] in {"text", "memory", "unseen"}
    numbers = keyed_numbers(row)
    assert set(numbers.values()) <= DIRECTIONS
    assert [value for value, _ in numbers] == sorted(value for value, _ in numbers)
    if row["basis"] == "unseen":
        assert not (row["effect"] or row["numbers"] or row["exceptions"])
    else:
        assert row["effect"] in EFFECTS
        assert row["who"]
    assert len(row["phrase"]) <= 12, "a few characters, no sentence"


def test_every_difference_is_argued() -> None:
    argued = {(row["rule"], row["field"]) for row in rows("clauses_argued.csv")}
    left = {key: pair for key, pair in differences().items() if key not in argued}
    assert not left, pasteable(left)


def test_every_argument_is_about_a_difference() -> None:
    found = differences()
    stale = {
        (row["rule"], row["field"]): (row["keyed"], row["catalogue"])
        for row in rows("clauses_argued.csv")
        if found.get((row["rule"], row["field"])) != (row["keyed"], row["catalogue"])
    }
    assert not stale, pasteable(stale)


def test_every_argument_gives_its_reason() -> None:
    argued = rows("clauses_argued.csv")
    assert len({(row["rule"], row["field"]) for row in argued}) == len(argued)
    assert [row["rule"] for row in argued if len(row["reason"]) < 20] == []


def test_the_comparison_sees_each_field() -> None:
    """A changed row is found: the comparison is no formality."""
    row = next(row for row in rows("clauses.csv") if row["rule"] == "HWY-17-bridge")
    rule = CATALOGUE.rules["HWY-17-bridge"]
    for field, other in {
        "document": "railway_regs",
        "section": "第18条",
        "numbers": "100 m",
        "direction": "max",
        "effect": "avoid",
        "in_force_from": "2011-07-02",
        "in_force_until": "2012-01-01",
    }.items():
        assert field in compared(row | {field: other}, rule), field
    permits = bool(rule.permits)
    changed = row | {"exceptions": "" if permits else "something"}
    assert "exceptions" in compared(changed, rule)
