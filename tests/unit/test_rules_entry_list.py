"""A user's entry list becomes rules, and every faulty row is named."""

import pytest

from zoning.base.errors import CatalogueError, SourceError
from zoning.catalogue.load import load_catalogue
from zoning.law import Evidenced, decide, read_entry_list
from zoning.model import (
    Effect,
    Evidence,
    Measure,
    Project,
    Status,
    Tri,
)

CATALOGUE = load_catalogue()
SPECS = CATALOGUE.attributes
GOOD = """单元编码,管控,内容,行业代码,建设性质
ZH001,禁止,不得新建焦化,2521;26,新建
ZH001,允许,鼓励光伏,4416,
ZH002、ZH003,限制,工业用水从严,,
"""


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rows_become_rules(tmp_path, encoding):
    ban, limit = read_entry_list(write(tmp_path, GOOD, encoding), SPECS)
    assert (ban.id, ban.effect, limit.effect) == ("LIST-2", Effect.PROHIBIT, Effect.RESTRICT)
    assert ban.scope.where == {"unit_code": ("ZH001",)}
    assert limit.scope.where == {"unit_code": ("ZH002", "ZH003")}
    assert limit.when is None and "2" in ban.section.en


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        ({"industry": "2521", "nature": "new"}, Status.VIOLATION),
        ({"industry": "2614", "nature": "new"}, Status.VIOLATION),
        ({"industry": "2521", "nature": "existing"}, Status.COMPLIANT),
        ({"industry": "4416", "nature": "new"}, Status.COMPLIANT),
        ({"industry": "25", "nature": "new"}, Status.UNDETERMINED),
        ({}, Status.UNDETERMINED),
    ],
)
def test_rows_decide_like_any_rule(tmp_path, attributes, status):
    ban, _ = read_entry_list(write(tmp_path, GOOD), SPECS)
    inside = Evidenced(Evidence.OFFICIAL, Measure("u", "ZH001", 0.0, depth_m=9.0, touches=Tri.YES))
    assert decide(ban, Project("p", "P", None, attributes), inside, SPECS).status is status


def test_every_faulty_row_is_named(tmp_path):
    text = (
        "unit_code,effect,text,industry,nature\n,禁止,a,2521,\nU,maybe,b,x1,sometimes\nU,禁止,,,\n"
    )
    with pytest.raises(CatalogueError) as caught:
        read_entry_list(write(tmp_path, text), SPECS)
    found = {(p.feature, p.field) for p in caught.value.problems}
    assert found == {
        ("2", "unit_code"), ("3", "effect"), ("3", "industry"), ("3", "nature"), ("4", "text"),
    }  # fmt: skip


def test_no_file_and_no_rows(tmp_path):
    with pytest.raises(SourceError):
        read_entry_list(tmp_path / "none.csv", SPECS)
    with pytest.raises(CatalogueError):
        read_entry_list(write(tmp_path, ""), SPECS)


def test_the_table_enters_the_hash_of_the_catalogue(tmp_path):
    path = write(tmp_path, GOOD)
    more = CATALOGUE.with_rules(read_entry_list(path, SPECS), path.read_bytes())
    assert more.sha256 != CATALOGUE.sha256 and "LIST-2" in more.rules
    assert "LIST-2" not in CATALOGUE.rules
