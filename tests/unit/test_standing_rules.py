"""``standing`` is written out once, whatever a rule was read from."""

import json

import pytest
from pydantic import ValidationError

from tests.each import each
from zoning.catalogue.load import load_catalogue
from zoning.model import Rule

CATALOGUE = load_catalogue()
STANDING = [rule for rule in CATALOGUE.rules.values() if rule.standing]


def test_a_rule_that_was_written_out_is_read_as_it_was():
    def same(rule: Rule) -> None:
        text = rule.model_dump_json(by_alias=True, exclude_unset=True)
        assert Rule.model_validate(json.loads(text)) == rule

    each(STANDING, same, lambda rule: rule.id)


def test_standing_goes_with_a_test_of_the_nature():
    told = json.loads(STANDING[0].model_dump_json(by_alias=True, exclude_unset=True))
    with pytest.raises(ValidationError, match="standing"):
        Rule.model_validate({**told, "when": {"attribute": "builds", "is": True}})
