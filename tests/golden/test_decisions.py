"""The decision tables: one row a case, written as data so that a reviewer can read them.

``place`` is where the site lies for the rule's own layer; ``attributes`` are columns as a user
would fill them; ``expect`` is the status, or ``not cited`` where the clause is not in force.
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from zoning.catalogue.load import load_catalogue
from zoning.law import (
    Evidenced,
    decide,
    in_force,
    read_attributes,
)
from zoning.model import (
    Evidence,
    Measure,
    Project,
    Tri,
)

CATALOGUE = load_catalogue()
TABLES = sorted((Path(__file__).parent / "decisions").glob("*.csv"))


def measure(touches, depth=5000.0, share=1.0):
    return Measure("z", "zone", 0.0, depth_m=depth, accuracy_m=10.0, share=share, touches=touches)


def seen(evidence, touches, **change):
    return Evidenced(evidence, measure(touches, **change))


PLACES = {
    "inside": seen(Evidence.OFFICIAL, Tri.YES),
    "partly inside": seen(Evidence.OFFICIAL, Tri.YES, share=0.4),
    "outside": seen(Evidence.OFFICIAL, Tri.NO, share=0.0),
    "edge": seen(Evidence.OFFICIAL, Tri.UNKNOWN, share=0.0),
    "no data": Evidenced(None, state="no_data"),
    "schematic": seen(Evidence.SCHEMATIC, Tri.YES),
    "schematic away": seen(Evidence.SCHEMATIC, Tri.NO, share=0.0),
    "other territory": seen(Evidence.OFFICIAL, Tri.YES),
    "territory unknown": seen(Evidence.OFFICIAL, Tri.YES),
    "territory edge": seen(Evidence.OFFICIAL, Tri.YES),
}
AREAS = {
    "other territory": seen(Evidence.SURVEYED, Tri.NO),
    "territory unknown": Evidenced(None, state="no_data"),
    "territory edge": seen(Evidence.SURVEYED, Tri.UNKNOWN),
}


def rows(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def outcome(row):
    rule = CATALOGUE.rules[row["rule"]]
    if not in_force(rule, CATALOGUE.documents[rule.document], date.fromisoformat(row["as_of"])):
        return "not cited"
    columns = dict(pair.split("=", 1) for pair in row["attributes"].split("; ") if pair)
    attributes, _, notices = read_attributes(CATALOGUE.attributes.values(), columns)
    assert bool(notices) == row["why"].startswith("contradiction"), notices
    project = Project("p", "P", None, attributes)
    area = None
    if rule.scope.area is not None:
        area = AREAS.get(row["place"], seen(Evidence.SURVEYED, Tri.YES))
    return decide(rule, project, PLACES[row["place"]], CATALOGUE.attributes, area).status.value


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_every_case_of_the_table(path):
    wrong = [
        f"{row['rule']} {row['as_of']} {row['place']} [{row['attributes']}]: "
        f"{found}, expected {row['expect']} ({row['why']})"
        for row in rows(path)
        if (found := outcome(row)) != row["expect"]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_rule_has_a_hit_a_miss_or_outside_and_its_dates():
    cases = {}
    for path in TABLES:
        for row in rows(path):
            cases.setdefault(row["rule"], set()).add(row["expect"])
    assert set(cases) == set(CATALOGUE.rules)
    for name, expected in cases.items():
        assert "compliant" in expected, name
        assert expected - {"compliant", "not cited", "not_checked"}, name


def test_there_are_at_least_six_hundred_cases():
    assert sum(len(rows(path)) for path in TABLES) >= 600


def test_every_exception_is_used_in_a_case():
    used = {
        (row["rule"], row["why"].removeprefix("exception: "))
        for path in TABLES
        for row in rows(path)
        if row["why"].startswith("exception: ")
    }
    declared = {(r.id, p.id) for r in CATALOGUE.rules.values() for p in r.permits}
    assert used == declared
