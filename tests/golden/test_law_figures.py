"""Every figure of national law, written down a second time from the articles.

A distance or limit changed in the catalogue alone fails here. ``zones`` names the classes of the
layer that the figure is for, where the article tells classes apart.
"""

import csv
from pathlib import Path

from zoning.catalogue.load import load_catalogue
from zoning.law.activity import conditions

CATALOGUE = load_catalogue()
ROOT = Path(__file__).parents[2]
with (Path(__file__).parent / "law_figures.csv").open(encoding="utf-8", newline="") as handle:
    FIGURES = list(csv.DictReader(handle))


def national():
    """Rules of the files that hold national and provincial law."""
    text = "".join(p.read_text("utf-8") for p in (ROOT / "layers").glob("law_*.toml"))
    return [rule for rule in CATALOGUE.rules.values() if f'id = "{rule.id}"\n' in text]


def limits(rule, attribute):
    tests = [t for c in conditions(rule) for t in c.tests() if t.attribute == attribute]
    return sorted({b for t in tests for b in (t.at_least, t.at_most, t.below) if b is not None})


def test_each_figure_is_the_one_of_the_article():
    for row in FIGURES:
        rule = CATALOGUE.rules[row["rule"]]
        wanted = [float(v) for v in row["value"].split()]
        if row["figure"] == "distance_m":
            assert [rule.scope.distance_m] == wanted, rule.id
            assert rule.scope.distance_basis == row["basis"], rule.id
        else:
            assert limits(rule, row["figure"]) == wanted, rule.id
        if row["zones"]:
            column, words = row["zones"].split("=")
            assert sorted(map(str, rule.scope.where[column])) == words.split(), rule.id


def test_no_figure_of_national_law_is_missing_here():
    listed = {(row["rule"], row["figure"]) for row in FIGURES}
    for rule in national():
        if rule.scope.distance_m is not None:
            assert (rule.id, "distance_m") in listed, rule.id
        for condition in conditions(rule):
            for test in condition.tests():
                if not test.at_least is test.at_most is test.below is None:
                    assert (rule.id, test.attribute) in listed, rule.id
