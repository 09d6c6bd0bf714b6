"""Sites that are decided together come to what each comes to alone, to the last field."""

import dataclasses
import random
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from report_samples import sample

from zoning.base.errors import Problem
from zoning.catalogue import load_catalogue
from zoning.law import (
    RuleBook,
    area_of,
    citable,
    decide_all,
    outside_finding,
    query_of,
    questions,
    status_of,
    statuses_of,
)
from zoning.measure import Relation, Surveyed
from zoning.messages import Text
from zoning.model import (
    Evidence,
    Measure,
    Presumed,
    Project,
    ProjectResult,
    SiteFindings,
    Status,
    Tri,
    counted,
    counts,
    foremost,
    met,
    most,
    which,
)
from zoning.review.known import Known
from zoning.show.columns import columns
from zoning.show.facts import matters, rank

CATALOGUE = load_catalogue()
SPECS = CATALOGUE.attributes
CITED, _ = citable(CATALOGUE.rules.values(), CATALOGUE.documents, date(2026, 11, 21))
BOOK = RuleBook(CITED, SPECS)
QUERIES = list(dict.fromkeys(q for r in CITED for q in (query_of(r), area_of(r)) if q is not None))
CODES = ("2521", "26", "2614", "4416", "0610", "4812", "7010", "0212", "25", "461")
T = Text("文", "text")


def value(spec, chance):
    if spec.type == "bool":
        return chance.random() < 0.5
    if spec.type == "enum":
        return chance.choice([v.value for v in spec.values])
    if spec.type == "number":
        return chance.choice([0.0, 20.0, 35.0, 150.0, 4000.0, 30000.0])
    return chance.choice(CODES)


def site(name, chance):
    """A site of which some attributes are known, and some others presumed."""
    names = sorted(SPECS)
    known = {n: value(SPECS[n], chance) for n in chance.sample(names, chance.choice([0, 5, 30]))}
    free = [n for n in names if n not in known]
    presumed = chance.sample(free, chance.choice([0, 0, 10, 40]))
    answers = tuple(Presumed(n, T, value(SPECS[n], chance), T, T, T) for n in presumed)
    return Project(name, name, None, known, presumed=answers)


def relation(query, chance):
    """A site at a layer: far away, at about the distance asked for, at the edge, or within."""
    if chance.random() < 0.1:
        return Relation(None)
    far = chance.choice([0.0, 0.5, 1.0, 1.5, 2.0, 9.0]) * (query.distance_m or 100.0)
    touches = chance.choice(list(Tri))
    depth, share = chance.choice([0.0, 0.5, 1.0, 70.0]), chance.choice([0.0, 0.3, 1 - 1e-7, 1.0])
    total = Measure(query.layer, "Z", far, depth, share=share, accuracy_m=1.0, touches=touches)
    met = touches is not Tri.NO and chance.random() < 0.9
    return Relation(total, (total,) if met else ())


class Layer:
    """A layer whose zones differ in their evidence."""

    def __init__(self, name, chance):
        kinds = [Evidence.OFFICIAL, Evidence.SURVEYED, Evidence.SCHEMATIC]
        self.own, self.met = chance.choice(kinds), chance.choice(kinds)
        state = chance.choice(["used", "used", "used", "failed", "no_data"])
        self.record = SimpleNamespace(evidence=self.own, state=state, problem=None)

    def evidence_of(self, zones):
        return self.met if zones else self.own


def known(count, chance):
    layers = {q.layer: Layer(q.layer, chance) for q in QUERIES}
    fault = Problem("zones-unclassified", T, T)
    surveyed = {
        q: Surveyed(
            [relation(q, chance) for _ in range(count)],
            np.array([chance.random() < 0.2 for _ in range(count)]),
            chance.choice([None, fault]),
        )
        for q in QUERIES
        if layers[q.layer].record.state == "used"
    }
    uncovered = {
        q: np.array([chance.random() < 0.3 for _ in range(count)])
        for q in surveyed
        if chance.random() < 0.5
    }
    return Known(layers, SimpleNamespace(surveyed=surveyed, uncovered=uncovered))


def is_open(finding):
    return finding.is_open


def kind(finding):
    told = finding.status, finding.counts_as, finding.code, finding.rule, finding.worst
    return *told, finding.near_boundary, finding.total is None, bool(finding.zones)


@pytest.mark.parametrize("seed", range(2))
def test_sites_decided_together_come_to_what_each_comes_to_alone(seed):
    chance = random.Random(seed)
    projects = [site(f"p{i}", chance) for i in range(9)]
    # Some are alike in what they do, some in all but their place.
    projects += [Project(f"q{i}", "q", None, p.attributes, presumed=p.presumed)
                 for i, p in enumerate(projects[:6])]  # fmt: skip
    places = known(len(projects), chance)
    beyond = [chance.choice([None, None, Tri.UNKNOWN, Tri.YES]) for _ in projects]
    measured = [t and Measure("province", "", 1.0, touches=t) for t in beyond]
    out = np.array([t is Tri.YES for t in beyond])
    together = decide_all(BOOK, projects, places, out)
    for index, project in enumerate(projects):
        alone = BOOK.review(project, {q: places.at(q, index) for q in QUERIES}, (), measured[index])
        before = [outside_finding(project, measured[index])] if measured[index] else []
        declared = together.declaration(index)
        found = SiteFindings(together.table, index, before, [declared] if declared else [])
        # Counts and choices are told by kinds, before any finding is made.
        tallied = counts(found, kind)
        chosen = which(found, is_open)
        assert tuple(found) == alone.findings
        assert tallied == counts(alone.findings, kind)
        assert chosen == tuple(filter(is_open, alone.findings))
        assert len(found) == len(alone.findings)


def zoned(finding):
    return bool(finding.zones)


def results_of(projects, places):
    """The projects as decided together, some of them with findings of no rule."""
    together = decide_all(BOOK, projects, places, np.zeros(len(projects), dtype=bool))
    for index, project in enumerate(projects):
        beyond = Measure("province", "", float("inf"), 0.12345, share=0.1234567)
        before = [outside_finding(project, beyond)] if index % 2 else []
        declared = together.declaration(index)
        found = SiteFindings(together.table, index, before, [declared] if declared else [])
        yield ProjectResult(project, Status.UNDETERMINED, found, ("A", "B"))


def test_many_sites_are_counted_as_each_is():
    chance = random.Random(3)
    projects = [site(f"p{i}", chance) for i in range(6)]
    cells = [x.findings for x in results_of(projects, known(6, chance))]
    made = [tuple(findings) for findings in cells]
    for sites in (cells, [*cells[:3], *made[3:]]):
        keys, many = counted(sites, kind)
        told = [{keys[i]: row[i] for i in np.flatnonzero(row)} for row in many.tolist()]
        assert told == [counts(findings, kind) for findings in made]
        told = [x and x.at("p", None, ()) for x in foremost(sites, rank)]
        assert told == [x and x.at("p", None, ()) for x in (most(own, rank) for own in sites)]
        assert statuses_of(sites) == [status_of(own) for own in made]
        found = met(sites, zoned)
        rows = zip(found.site.tolist(), found.zone.tolist(), found.far_m.tolist(), strict=True)
        assert list(dict.fromkeys((at, *found.zones[zone], far) for at, zone, far in rows)) == list(
            dict.fromkeys(
                (at, zone.layer, zone.zone, zone.distance_m)
                for at, own in enumerate(made)
                for finding in own
                for zone in finding.zones
            )
        )


@pytest.mark.parametrize("everything", [True, False])
def test_questions_to_many_sites_are_those_to_each(everything):
    chance = random.Random(11)
    projects = [site(f"p{i}", chance) for i in range(6)]
    results = list(results_of(projects, known(6, chance)))
    together = {q.spec.name: q for q in questions(results, SPECS, everything=everything)}
    alone = [
        q
        for result in results
        for made in [dataclasses.replace(result, findings=tuple(result.findings))]
        for q in questions([made], SPECS, everything=everything)
    ]
    assert together.keys() == {q.spec.name for q in alone}
    for name, question in together.items():
        own = [q for q in alone if q.spec.name == name]
        assert question.weight == pytest.approx(sum(q.weight for q in own))
        assert question.worst is max((q.worst for q in own), key=lambda s: s.severity)
        for told in ("projects", "decides", "waiting", "stands_for"):
            assert getattr(question, told) == set().union(*(getattr(q, told) for q in own))


@pytest.mark.parametrize("full", [True, False])
def test_columns_say_of_cells_what_they_say_of_findings_made_one_by_one(full):
    chance = random.Random(7)
    projects = [site(f"p{i}", chance) for i in range(6)]
    results = list(results_of(projects, known(6, chance)))
    cells = dataclasses.replace(sample(), rules=CITED, results=tuple(results))
    made = [dataclasses.replace(x, findings=tuple(x.findings)) for x in results]
    one_by_one = dataclasses.replace(cells, results=tuple(made))
    rows = list(columns(cells, "en", full=full).rows())
    assert rows == list(columns(one_by_one, "en", full=full).rows())
    wanted = [f for x in made for f in x.findings if full or matters(f)]
    assert [(x["rule"], x["status"]) for x in rows] == [(f.rule, f.status.value) for f in wanted]
    totals = [f.total for f in wanted]
    assert [x["share"] for x in rows] == [t and round(t.share, 6) for t in totals]
    assert [x["zones"] for x in rows] == [
        "; ".join(z.zone for z in f.zones) or None for f in wanted
    ]
