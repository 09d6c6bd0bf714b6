"""Every figure, date, effect, exception and list of the catalogue is held by some test.

Each is changed, one at a time; the decision tables (``tests/golden``), the second keying
(``clauses.csv``) or the trades written down a second time (``code_lists.csv``) must notice. Only
the effect of a reading (``basis = "interpretation"``) may change unnoticed: whatever it says, it
never gives more than a condition, so the change is none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import keyed_clauses
import pytest

from zoning.catalogue import Catalogue
from zoning.model import Condition, Effect, Rule

GOLDEN = Path(__file__).parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))
import test_decisions as tables  # noqa: E402

CATALOGUE = tables.CATALOGUE
ROWS: dict[str, list[dict[str, str]]] = {}
for _path in tables.TABLES:
    for _row in tables.rows(_path):
        ROWS.setdefault(_row["rule"], []).append(_row)
KEYED = {row["rule"]: row for row in keyed_clauses.rows("clauses.csv")}
#: The effect that each is changed to: the milder neighbour, of the mildest the stricter one.
OTHER = {
    Effect.PROHIBIT: Effect.RESTRICT,
    Effect.EXIT: Effect.RESTRICT,
    Effect.RESTRICT: Effect.REQUIRE,
    Effect.AVOID: Effect.REQUIRE,
    Effect.REQUIRE: Effect.RESTRICT,
    Effect.ENCOURAGE: Effect.RESTRICT,
}
DAY = timedelta(days=1)
CODES = {(row["owner"], row["list"]): row["codes"] for row in keyed_clauses.rows("code_lists.csv")}


def mutants() -> Iterator[tuple[str, str, Catalogue]]:
    """Yield (what was changed, rule, catalogue)."""
    for rule in CATALOGUE.rules.values():
        for what, changed in changes(rule):
            rules = {**CATALOGUE.rules, rule.id: changed}
            yield what, rule.id, replace(CATALOGUE, rules=rules)
    by_document: dict[str, list[str]] = {}
    for rule in CATALOGUE.rules.values():
        by_document.setdefault(rule.document, []).append(rule.id)
    for name, document in CATALOGUE.documents.items():
        for field in ("in_force_from", "in_force_until"):
            day = getattr(document, field)
            if day is None or name not in by_document:
                continue
            for step in (DAY, -DAY):
                moved = document.model_copy(update={field: day + step})
                documents = {**CATALOGUE.documents, name: moved}
                catalogue = replace(CATALOGUE, documents=documents)
                yield f"document {field}: {step.days:+d}", ",".join(by_document[name]), catalogue


def changes(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Yield a rule with one thing changed, for each thing."""

    def copy(**update: Any) -> Rule:
        return rule.model_copy(update=update)

    scope = rule.scope
    if scope.distance_m is not None and scope.distance_basis == "text":
        for factor in (3.0, 1 / 3.0):
            wider = scope.model_copy(update={"distance_m": scope.distance_m * factor})
            yield f"distance: x{factor:g}", copy(scope=wider)
    if rule.basis == "text":
        yield "effect", copy(effect=OTHER[rule.effect])
    for field in ("in_force_from", "in_force_until"):
        day = getattr(rule, field)
        if day is not None:
            for step in (DAY, -DAY):
                yield f"{field}: {step.days:+d}", copy(**{field: day + step})
    for permit in rule.permits:
        rest = tuple(p for p in rule.permits if p is not permit)
        yield f"exception: {permit.id}", copy(permits=rest)
    if rule.when is not None:
        for what, condition in conditions(rule.when):
            yield what, copy(when=condition)


def conditions(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """Yield a condition with one bound or one code changed."""
    for field in ("at_least", "at_most", "below"):
        bound = getattr(condition, field)
        if bound is not None:
            yield f"threshold: {field}", condition.model_copy(update={field: bound * 2 + 1})
    codes = condition.prefix or ()
    for code in codes:
        if len(codes) > 1:
            rest = tuple(c for c in codes if c != code)
            yield f"code: {code}", condition.model_copy(update={"prefix": rest})
    for group in ("all", "any"):
        parts = getattr(condition, group) or ()
        for index, part in enumerate(parts):
            for what, changed in conditions(part):
                inner = (*parts[:index], changed, *parts[index + 1 :])
                yield what, condition.model_copy(update={group: inner})
    if condition.not_ is not None:
        for what, changed in conditions(condition.not_):
            yield what, condition.model_copy(update={"not_": changed})


def noticed(rules: str, catalogue: Catalogue) -> bool:
    """Whether a decision table or the second keying disagrees with a changed catalogue."""
    for name in rules.split(","):
        if any(tables.outcome(row, catalogue) != row["expect"] for row in ROWS[name]):
            return True
        keyed, rule = KEYED[name], catalogue.rules[name]
        before = keyed_clauses.compared(keyed, CATALOGUE.rules[name])
        if keyed_clauses.compared(keyed, rule) != before:
            return True
        if rule_codes(rule) != {k: v for k, v in CODES.items() if k[0] == name}:
            return True
    return False


def rule_codes(rule: Rule) -> dict[tuple[str, str], str]:
    """Return the code lists of a rule: of its activity and of each exception, in reading order."""
    found: dict[tuple[str, str], str] = {}
    parts = [("when", rule.when), *((p.id, p.when) for p in rule.permits)]
    for name, condition in parts:
        tests = condition.tests() if condition is not None else ()
        for number, test in enumerate(t for t in tests if t.prefix):
            found[rule.id, f"{name} {number + 1}: {test.attribute}"] = " ".join(test.prefix or ())
    return found


def attribute_codes(catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """Return the code lists from which attributes are inferred."""
    found: dict[tuple[str, str], str] = {}
    for spec in catalogue.attributes.values():
        for rule in spec.derivations():
            lists = [("yes", rule.yes), ("no", rule.no)]
            lists += [(option.value, option.prefix) for option in rule.values]
            for value, codes in lists:
                if codes:
                    found[spec.name, f"{value} from {rule.attribute}"] = " ".join(codes)
        for option in spec.values:
            if option.trades:
                found[spec.name, f"{option.value} is for"] = " ".join(option.trades)
    return found


def test_code_lists_are_those_written_down_a_second_time() -> None:
    found = attribute_codes(CATALOGUE)
    for rule in CATALOGUE.rules.values():
        if KEYED[rule.id]["basis"] != "unseen" or any(k[0] == rule.id for k in CODES):
            found |= rule_codes(rule)
    assert found == CODES


@pytest.mark.slow
def test_every_change_of_the_catalogue_is_noticed() -> None:
    waiting = {name for name, row in KEYED.items() if row["basis"] == "unseen"}
    seen = 0
    missed = []
    for what, rules, catalogue in mutants():
        seen += 1
        if not noticed(rules, catalogue) and not waiting.issuperset(rules.split(",")):
            missed.append((rules, what))
    assert seen > 900
    assert missed == []
