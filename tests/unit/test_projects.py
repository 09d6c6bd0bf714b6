"""From features to projects: identities that name one site only, and names."""

from __future__ import annotations

from typing import Any

import pytest
from law_samples import spec

from zoning.law import make_projects
from zoning.model import Project

SPECS = {"a": spec("a", aliases=["甲"])}


def made(*raw: dict[str, Any]) -> list[Project]:
    return make_projects([(n, f"shape {n}", columns) for n, columns in enumerate(raw)], SPECS)


def test_a_site_without_an_id_has_its_position_and_no_notice() -> None:
    first, second = made({}, {"甲": "yes"})
    assert (first.id, first.name, first.geometry, first.notices) == ("1", "1", "shape 0", ())
    assert (second.id, second.attributes) == ("2", {"a": True})


@pytest.mark.parametrize(
    ("raw", "identity", "name"),
    [
        ({"ID": "x", "NAME": "n"}, "x", "n"),
        ({"项目编号": 7.0, "项目名称": "焦化"}, "7", "焦化"),
        ({"project id": 7.5}, "7.5", "7.5"),
        ({"id": None, "编号": "b"}, "b", "b"),
        ({"id": "-", "XMDM": "c"}, "c", "c"),
        ({"XMMC": "n"}, "1", "n"),
    ],
)
def test_where_an_id_and_a_name_stand(raw: dict[str, Any], identity: str, name: str) -> None:
    (found,) = made(raw)
    assert (found.id, found.name) == (identity, name)


def test_a_repeated_id_is_counted_on_and_told() -> None:
    found = made({"id": "x"}, {"id": "x"}, {"id": "x"}, {"id": "y"})
    assert [p.id for p in found] == ["x", "x#2", "x#3", "y"]
    assert [len(p.notices) for p in found] == [0, 1, 1, 0]
    assert "2" in found[1].notices[0].en and "x#2" in found[1].notices[0].en
    assert "3" in found[2].notices[0].en


def test_a_made_up_id_is_none_that_another_states() -> None:
    found = made({}, {"id": "1"}, {"id": "x"}, {"id": "x"}, {"id": "x#2"})
    assert [p.id for p in found] == ["1#2", "1", "x", "x#3", "x#2"]
    assert len({p.id for p in found}) == 5


def test_what_is_not_understood_is_told_after_the_id() -> None:
    *_, found = made({"id": "x"}, {"id": "x", "甲": "maybe"})
    assert len(found.notices) == 2 and "maybe" in found.notices[1].en
    assert found.attributes == {}
