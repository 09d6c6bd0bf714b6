"""Every clause keyed a second time, from the documents alone, and compared with the catalogue.

``clauses.csv`` was written before anyone looked at how the catalogue has encoded a clause. One row
a rule:

- ``numbers`` that decide, in m, t/h, t/d, t/a, m2, %, °, mm, years; ``direction`` of each: ``min``
  (at least), ``max`` (at most, the number itself included), ``within`` (inside this distance); a
  distance from the edge of a control zone is keyed with the width of that zone;
- ``effect``: prohibit, exit, restrict, avoid, require, or ``hint`` for verbs such as 支持, 推动;
- ``who`` is reached, and ``exceptions`` that the text itself makes;
- ``in_force_until``: the last day; of a plan, the last day of its period;
- ``basis``: text, memory (remembered, not read), unseen (could be read nowhere: nothing is
  compared, and ``unconfirmed.csv`` says why);
- ``keyed_from``: the number of the source document and its section, the law and its article, or
  the section of a collection of facts about texts that are not public in full;
- ``phrase``: a few decisive characters of the article.

``clauses_argued.csv`` holds every difference that stands, with the reason; a reason that begins
with ``open:`` is a fault of the catalogue not yet corrected.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from zoning.catalogue import load_catalogue
from zoning.model.declared import Condition, Rule

HERE = Path(__file__).parent
CATALOGUE = load_catalogue()

#: What an attribute counts, and how many of the unit one of it is.
UNITS = {
    "annual_rain_mm": ("mm", 1.0),
    "boiler_tph": ("t/h", 1.0),
    "capacity_tpa": ("t/a", 1.0),
    "capacity_tpd": ("t/d", 1.0),
    "floor_area_m2": ("m2", 1.0),
    "freight_wan_t": ("t/a", 1e4),
    "kiln_tpd": ("t/d", 1.0),
    "shrub_cover_pct": ("%", 1.0),
    "slope_deg": ("°", 1.0),
    "tailings_height_m": ("m", 1.0),
    "temporary_years": ("years", 1.0),
}
#: The directions that a test of the catalogue can express. ``below`` finds what falls short of a
#: minimum; it cannot say "at most", for it leaves out the number itself. ``above`` is what lies
#: beyond a maximum (``not at_most``).
EXPRESSES = {
    "near": {"within", "min"},
    "at_least": {"min"},
    "below": {"min"},
    "at_most": {"max"},
    "above": {"max", "min"},
}
#: Both give a condition and never more.
CONDITIONAL = {"hint", "require"}

Number = tuple[float, str]


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def keyed_numbers(row: dict[str, str]) -> dict[Number, str]:
    """Return the direction of each number of a row."""
    numbers = [part.split() for part in row["numbers"].split(";") if part.strip()]
    directions = [part for part in row["direction"].split(";") if part]
    return {
        (float(value), unit): direction
        for (value, unit), direction in zip(numbers, directions, strict=True)
    }


def catalogue_numbers(rule: Rule) -> dict[Number, str]:
    """Return the numbers that a rule takes from its clause, with the test each stands in.

    A distance of our own (``distance_basis = "parameter"``) is no number of the clause.
    """
    found: dict[Number, str] = {}
    if rule.scope.distance_m is not None and rule.scope.distance_basis == "text":
        found[rule.scope.distance_m, "m"] = "near"
    conditions = [*([rule.when] if rule.when else []), *(p.when for p in rule.permits)]
    for condition in conditions:
        for test, denied in signed(condition):
            for kind in ("at_least", "below", "at_most"):
                bound = getattr(test, kind)
                if bound is not None:
                    unit, factor = UNITS[str(test.attribute)]
                    found[bound * factor, unit] = "above" if denied and kind == "at_most" else kind
    return found


def signed(condition: Condition, denied: bool = False) -> Iterator[tuple[Condition, bool]]:
    """Yield the single tests of a condition, each with whether it is denied."""
    if condition.attribute is not None:
        yield condition, denied
    for part in (*(condition.all or ()), *(condition.any or ())):
        yield from signed(part, denied)
    if condition.not_ is not None:
        yield from signed(condition.not_, not denied)


def shown(numbers: dict[Number, str]) -> str:
    return "; ".join(f"{value:g} {unit}" for value, unit in sorted(numbers))


def catalogue_effect(rule: Rule) -> str:
    effect = str(rule.effect.value)
    return "hint" if rule.basis == "interpretation" or effect == "encourage" else effect


def catalogue_dates(rule: Rule) -> tuple[date | None, date | None]:
    document = CATALOGUE.documents[rule.document]
    period_end = document.period[1] if document.period else None
    return (
        rule.in_force_from or document.in_force_from,
        rule.in_force_until or document.in_force_until or period_end,
    )


def compared(row: dict[str, str], rule: Rule) -> dict[str, tuple[str, str]]:
    """Return field → (keyed, catalogue) wherever the two disagree."""
    start, end = catalogue_dates(rule)
    pairs = {
        "document": (row["document"], rule.document),
        "section": (row["section"], rule.section.zh),
        "in_force_from": (row["in_force_from"], str(start or "")),
        "in_force_until": (row["in_force_until"], str(end or "")),
    }
    different = {field: pair for field, pair in pairs.items() if pair[0] and pair[0] != pair[1]}
    if row["basis"] == "unseen":
        return different

    mine, theirs = keyed_numbers(row), catalogue_numbers(rule)
    if set(mine) != set(theirs):
        different["numbers"] = shown(mine), shown(theirs)
    for number in set(mine) & set(theirs):
        if mine[number] not in EXPRESSES[theirs[number]]:
            different["direction"] = mine[number], theirs[number]

    effects = row["effect"], catalogue_effect(rule)
    if effects[0] != effects[1] and not CONDITIONAL.issuperset(effects):
        different["effect"] = effects
    permits = "; ".join(permit.id for permit in rule.permits)
    if bool(row["exceptions"]) != bool(permits):
        different["exceptions"] = row["exceptions"], permits
    return different


def differences() -> dict[tuple[str, str], tuple[str, str]]:
    """Return (rule, field) → (keyed, catalogue) for every rule that both know."""
    return {
        (row["rule"], field): pair
        for row in rows("clauses.csv")
        if row["rule"] in CATALOGUE.rules
        for field, pair in compared(row, CATALOGUE.rules[row["rule"]]).items()
    }
