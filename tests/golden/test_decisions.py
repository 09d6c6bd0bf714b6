"""The decision tables: one row a case, written as data so that a reviewer can read them.

``place`` says in metres where a site of 100 m by 100 m lies for a zone of the rule's own layer, and
the site is drawn there and measured; ``attributes`` are columns as a user would fill them;
``expect`` is the status, or ``not cited`` where the clause is not in force.
"""

import csv
import functools
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from zoning.base.geodesy import geod
from zoning.catalogue.load import load_catalogue
from zoning.law import (
    Evidenced,
    decide,
    in_force,
    query_of,
    read_attributes,
)
from zoning.measure import SiteSet, ZoneSet, relate
from zoning.model import Evidence, Project

CATALOGUE = load_catalogue()
TABLES = sorted((Path(__file__).parent / "decisions").glob("*.csv"))


#: A square of 20 km in the middle of Shanxi, drawn as the zone of every rule.
WEST, SOUTH, EAST, NORTH = 112.0, 37.0, 112.2, 37.2
#: "500 m inside", "1200 m away, known to 10 m", "40 % inside", each also ", sketched".
PLACE = re.compile(
    r"(?P<metres>[\d.]+) (?P<unit>m|%) (?P<side>inside|away)(, known to (?P<known>\d+) m)?"
    r"(?P<sketched>, sketched)?"
)
WORDS = {"no data", "other territory", "territory unknown", "territory edge"}


def square(metres, unit, side):
    """A site of 100 m by 100 m north of the zone's northern edge, or south of it and inside."""
    middle, height = (WEST + EAST) / 2, 100.0
    if unit == "%":
        offset = -metres / 100.0 * height
    else:
        offset = metres if side == "away" else -metres - height
    _, south, _ = geod().fwd(middle, NORTH, 0.0 if offset >= 0 else 180.0, abs(offset))[:3]
    north = geod().fwd(middle, south, 0.0, height)[1]
    width = 0.0011
    return shapely.box(middle - width / 2, south, middle + width / 2, north)


@functools.cache
def total(place, distance_m):
    """Measure the site of a place against the zone, or the band around it."""
    found = PLACE.fullmatch(place)
    accuracy = float(found["known"] or 0.0)
    zone = shapely.box(WEST, SOUTH, EAST, NORTH)
    zones = ZoneSet("z", np.array([zone], dtype=object), ["zone"], np.array([accuracy]))
    site = square(float(found["metres"]), found["unit"], found["side"])
    return relate(SiteSet(np.array([site], dtype=object)), zones, distance_m)[0].total


def known(place, rule):
    """What is known at a place of the rule's own layer."""
    if place == "no data":
        return Evidenced(None, state="no_data")
    if place in WORDS:
        place = "500 m inside" if rule.scope.op != "outside" else "5000 m away"
        place = "0.5 m away" if rule.scope.op == "near" else place
    found = PLACE.fullmatch(place)
    evidence = Evidence.SCHEMATIC if found["sketched"] else Evidence.OFFICIAL
    return Evidenced(evidence, total(place, query_of(rule).distance_m))


def area(place):
    if place == "territory unknown":
        return Evidenced(None, state="no_data")
    where = {"other territory": "5000 m away", "territory edge": "5 m away, known to 10 m"}
    return Evidenced(Evidence.SURVEYED, total(where.get(place, "500 m inside"), 0.0))


def rows(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@functools.cache
def stated(columns):
    """Read the columns of a row as those of a site; also whether anything was told of them."""
    pairs = dict(pair.split("=", 1) for pair in columns.split("; ") if pair)
    attributes, _, notices = read_attributes(CATALOGUE.attributes.values(), pairs)
    return attributes, notices


def outcome(row, catalogue=CATALOGUE):
    rule = catalogue.rules[row["rule"]]
    document = catalogue.documents[rule.document]
    if not in_force(rule, document, date.fromisoformat(row["as_of"])):
        return "not cited"
    attributes, notices = stated(row["attributes"])
    assert bool(notices) == row["why"].startswith("contradiction"), notices
    project = Project("p", "P", None, attributes)
    held = area(row["place"]) if rule.scope.area is not None else None
    at = known(row["place"], rule)
    return decide(rule, project, at, catalogue.attributes, held).status.value


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
