"""A pattern that is made ready when it is used answers as one that was made before."""

from __future__ import annotations

import re

import pytest

from zoning.base.patterns import pattern


def test_it_answers_as_one_made_before() -> None:
    later, before = pattern(r"(\d+)\s*KM", re.IGNORECASE), re.compile(r"(\d+)\s*KM", re.IGNORECASE)
    for text in ("12 km", "km", "3KM and 4 km"):
        assert later.findall(text) == before.findall(text)
        assert bool(later.fullmatch(text)) == bool(before.fullmatch(text))
    assert later.sub("x", "3KM and 4 km") == "x and x"
    assert (later.pattern, later.flags) == (before.pattern, before.flags)
    assert pattern(rb"\d").findall(b"a1") == [b"1"]


def test_a_mistake_shows_when_it_is_used() -> None:
    wrong = pattern("(")
    with pytest.raises(re.error):
        wrong.search("")
