"""A value that a trade cannot have is not believed, and what hangs on it is not either."""

import pytest

from zoning.catalogue.load import load_catalogue
from zoning.law import assess, read_attributes
from zoning.model import Status

CATALOGUE = load_catalogue()
REDLINE = CATALOGUE.rules["REDLINE142-GENERAL"]
KIND = "limited_activity_kind"
SPEC = CATALOGUE.attributes[KIND]
EVERY = {
    "nature": "new",
    "unavoidable": "yes",
    "planned": "yes",
    "restoration_plan": "yes",
    "law_exception": "yes",
}
#: Trades that no kind of limited activity is about.
NONE = "0610 0810 0912 0916 1011 1012 1351 2521 3011 4411 4415 4416 4700 5942 6110 6210 7010 7291"
NONE += " 7723 7724 7810 7820 7850 8080 8334 8411 9011 0313 0321 0330"


def read(**columns):
    return read_attributes(CATALOGUE.attributes.values(), columns)


@pytest.mark.parametrize("kind", [option.value for option in SPEC.values if option.trades])
@pytest.mark.parametrize("code", NONE.split())
def test_no_kind_clears_a_trade_that_has_none(code, kind):
    known, _, notices = read(industry=code, **{KIND: kind}, **EVERY)
    assert known.get(KIND) in (None, "none")
    assert any("contradict" in notice.en for notice in notices)
    found = assess(REDLINE, known, CATALOGUE.attributes)
    assert found.worst is Status.VIOLATION and found.permit is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("7461", "1"),
        ("0422", "2"),
        ("8840", "3"),
        ("0231", "4"),
        ("7861", "5"),
        ("4852", "6"),
        ("4821", "6"),
        ("7711", "8"),
        ("4420", "10"),
    ],
)
def test_a_trade_that_can_have_a_kind_is_let_through_on_its_terms(code, kind):
    known, _, notices = read(industry=code, **{KIND: kind}, **EVERY)
    assert known[KIND] == kind and not notices
    assert assess(REDLINE, known, CATALOGUE.attributes).permit is not None


def test_both_values_are_shown():
    _, _, notices = read(industry="0810", 有限人为活动="考古")
    assert len(notices) == 1
    assert "批准的考古与文物保护" in notices[0].zh and "0810" in notices[0].zh


def test_a_code_too_coarse_to_tell_does_not_clear():
    known, _, notices = read(industry="78", limited_activity_kind="5")
    assert KIND not in known and notices


@pytest.mark.parametrize("cell", ["1", 1, "第1类", "1类", "管护"])
def test_the_first_kind_by_its_number_or_name(cell):
    assert read(industry="7711", limited_activity_kind=cell)[0][KIND] == "1"
    assert KIND not in read(industry="4415", limited_activity_kind=cell)[0]


def test_what_was_deduced_from_it_goes_with_it():
    assert read(industry="0610", mining_method="underground")[0]["mining"] is True
    known, deduced, notices = read(industry="3011", mining_method="underground")
    assert "mining_method" not in known and "mining" not in known | dict.fromkeys(deduced)
    assert notices
    rule = CATALOGUE.rules["LAND-35"]
    stated = read(nature="new", industry="3011", mining_method="underground", surface_intact="yes")
    found = assess(rule, stated[0], CATALOGUE.attributes)
    assert found.permit is None and found.worst is Status.VIOLATION


@pytest.mark.parametrize("code", ["7723", "7820", "8334", "5310", "6110", "1200"])
def test_what_serves_no_water_supply_is_not_believed_to(code):
    known, _, notices = read(industry=code, water_supply_related="yes")
    assert "water_supply_related" not in known and notices
    assert read(industry=code)[0]["water_supply_related"] is False
