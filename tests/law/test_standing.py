"""What exists without approval is no freer than what is new, where a clause bans what stands."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.each import each
from zoning.catalogue.load import load_catalogue
from zoning.law import Activity, assess, read_attributes
from zoning.model import Effect, Rule, Status, Tri

HERE = Path(__file__).parent
CATALOGUE = load_catalogue()
RULES = tuple(CATALOGUE.rules.values())
STANDING = tuple(rule for rule in RULES if rule.standing)
HARD = (Effect.PROHIBIT, Effect.EXIT, Effect.RESTRICT)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def spares_what_exists(rule: Rule) -> bool:
    """Whether a rule that may restrict tests the nature of a project and leaves existing out."""
    if rule.when is None or rule.effect not in HARD or rule.basis == "interpretation":
        return False
    if rule.standing:
        return False
    natures = [test.in_ or () for test in rule.when.tests() if test.attribute == "nature"]
    return bool(natures) and not any("existing" in values for values in natures)


def told(why: str) -> dict[tuple[str, str], str]:
    """Columns of the projects in the decision tables, by rule and reason."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted((HERE.parent / "golden" / "decisions").glob("*.csv")):
        for row in table(path):
            if row["why"].startswith(why) and "nature=" in row["attributes"]:
                found.setdefault((row["rule"], row["why"]), row["attributes"])
    return found


#: Rules whose row in the tables is of digging or clearing, whatever the nature.
BUILT = {
    "LAND-37-cropland": "nature=new; industry=2521",
    "LAND2004-36": "nature=new; industry=2521",
    "TOWN-24": "nature=new; explosive_site=yes; mining=no; excavation=no",
    "SCENIC-26": "nature=new; explosive_site=yes; mining=no; excavation=no; land_clearing=no",
    "SWC-18": "nature=new; industry=2521",
}
HITS = BUILT | {rule: columns for (rule, _), columns in told("hit").items()}
EXCEPTIONS = told("exception: ")


def judged(rule: Rule, columns: str, **more: str) -> Activity:
    pairs = dict(pair.split("=", 1) for pair in columns.split("; "))
    attributes, _, _ = read_attributes(CATALOGUE.attributes.values(), {**pairs, **more})
    return assess(rule, attributes, CATALOGUE.attributes)


def test_a_rule_that_spares_what_exists_says_why():
    left = {row["rule"] for row in table(HERE / "standing_left.csv")}
    assert left == {rule.id for rule in RULES if spares_what_exists(rule)}
    assert all(row["why"] for row in table(HERE / "standing_left.csv"))


def test_every_standing_rule_has_a_hit_to_start_from():
    assert {rule.id for rule in STANDING} <= HITS.keys()


def test_what_exists_without_approval_is_caught_like_what_is_new():
    def caught(rule: Rule) -> None:
        found = judged(rule, HITS[rule.id], nature="existing", unlawful="yes")
        new = judged(rule, HITS[rule.id])
        assert (found.applies, found.worst) == (Tri.YES, new.worst)

    each(STANDING, caught, lambda rule: rule.id)


def test_what_exists_with_approval_is_let_be_and_without_a_word_is_asked():
    def let_be(rule: Rule) -> None:
        lawful = judged(rule, HITS[rule.id], nature="existing", unlawful="no")
        silent = judged(rule, HITS[rule.id], nature="existing")
        assert silent.applies is not Tri.NO
        if lawful.applies is Tri.NO:
            assert silent.applies is Tri.UNKNOWN
            assert silent.worst is not Status.COMPLIANT
            assert "unlawful" in {missing.attribute for missing in silent.missing}

    each(STANDING, let_be, lambda rule: rule.id)


def test_what_lacks_approval_can_use_no_exception():
    def refused(case: tuple[str, str]) -> None:
        rule, columns = CATALOGUE.rules[case[0]], EXCEPTIONS[case]
        assert judged(rule, columns).permit is not None
        old = judged(rule, columns, nature="existing", unlawful="yes")
        assert (old.applies, old.permit, old.open_permits) == (Tri.YES, None, ())

    names = {rule.id for rule in STANDING}
    each((case for case in EXCEPTIONS if case[0] in names), refused, str)
