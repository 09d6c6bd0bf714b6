"""A user's entry list becomes rules, and every faulty row is named."""

from datetime import date

import geopandas
import pytest
import shapely
from shapely.affinity import translate

from zoning import check
from zoning.base.errors import CatalogueError, SourceError
from zoning.catalogue.load import load_catalogue
from zoning.law import Evidenced, decide, earlier_editions, read_entry_list, read_unlisted
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


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        ("2521,", {"attribute": "industry", "prefix": ("2521",)}),
        (",新建", {"attribute": "nature", "in_": ("new",)}),
    ],
)
def test_a_row_may_name_a_trade_or_a_kind_of_works_alone(tmp_path, cells, form):
    head = "unit_code,effect,text,industry,nature\n"
    (found,) = read_entry_list(write(tmp_path, f"{head}U,禁止,a,{cells}\n"), SPECS)
    assert found.when is not None
    assert found.when.model_dump(exclude_defaults=True) == form


def test_before_the_code_a_list_was_policy_and_in_the_basin_law(tmp_path):
    rules = read_entry_list(write(tmp_path, GOOD), SPECS)
    found = {rule.id: rule for rule in earlier_editions(rules)}
    assert list(found) == ["LIST-2-2020", "LIST-2-2023", "LIST-4-2020"]
    policy, law, limit = found.values()
    assert (policy.document, policy.effect, policy.verified) == (
        "shanxi_units_2020", Effect.RESTRICT, False,
    )  # fmt: skip
    assert (law.document, law.effect, law.verified) == ("yellow_river_law", Effect.PROHIBIT, True)
    assert law.scope.area.layer == "yellow_river_basin_86"
    assert law.scope.where == policy.scope.where == {"unit_code": ("ZH001",)}
    assert limit.effect is Effect.RESTRICT and limit.scope.area is None
    assert {r.in_force_until for r in found.values()} == {date(2026, 8, 14)}
    assert [r.successor for r in found.values()] == ["LIST-2", "LIST-2", "LIST-4"]


@pytest.mark.parametrize("cell", ["zh001", "ＺＨ001", "ZH-001", " ZH001 ", "ZH001;", "'ZH001"])
def test_the_code_of_a_unit_has_one_spelling(tmp_path, cell):
    text = f"unit_code,effect,text\n{cell},禁止,a\n"
    (found,) = read_entry_list(write(tmp_path, text), SPECS)
    assert found.scope.where == {"unit_code": ("ZH001",)}


def test_a_blank_inside_a_code_makes_no_two_of_it(tmp_path):
    text = "unit_code,effect,text\nZH 14102410001 ZH14102410002、BZ　141024,禁止,a\n"
    (found,) = read_entry_list(write(tmp_path, text), SPECS)
    codes = ("ZH14102410001", "ZH14102410002", "BZ141024")
    assert found.scope.where == {"unit_code": codes}


def test_a_cell_without_a_code_is_empty(tmp_path):
    with pytest.raises(CatalogueError) as caught:
        read_entry_list(write(tmp_path, "unit_code,effect,text\n——,禁止,a\n"), SPECS)
    assert [p.field for p in caught.value.problems] == ["unit_code"]


def test_the_units_of_all_rows_are_listed(tmp_path):
    rule = read_unlisted(write(tmp_path, GOOD.replace("ZH001,允许", "ZH004,允许")))
    assert rule.id == "LIST-0" and rule.scope.op == "outside"
    assert set(rule.scope.where["unit_code"][1:]) == {"ZH001", "ZH002", "ZH003", "ZH004"}


UNIT, NEXT = "ZH14102410001", "ZH14102410002"
SITE = shapely.box(111.489, 36.295, 111.490, 36.296)


@pytest.mark.parametrize(
    ("drawn", "listed", "row", "unit"),
    [
        (UNIT, UNIT, Status.VIOLATION, Status.COMPLIANT),
        (f"{UNIT.lower()} ", UNIT, Status.VIOLATION, Status.COMPLIANT),
        (UNIT, "zh 14102410001", Status.VIOLATION, Status.COMPLIANT),
        (14102410001.0, "14102410001", Status.VIOLATION, Status.COMPLIANT),
        (UNIT, "14102410001", Status.FAILED, Status.FAILED),
        ("", UNIT, Status.FAILED, Status.FAILED),
        (UNIT, NEXT, Status.COMPLIANT, Status.FAILED),
        (UNIT, "ZH14102499999", Status.FAILED, Status.FAILED),
        (UNIT, "ZH14999910001", Status.COMPLIANT, Status.FAILED),
        (UNIT, "全市", Status.FAILED, Status.FAILED),
        (UNIT, f"{UNIT};全市", Status.VIOLATION, Status.COMPLIANT),
    ],
)
def test_a_unit_that_is_not_the_listed_one_for_sure_is_not_cleared(
    tmp_path, drawn, listed, row, unit
):
    around = [SITE.buffer(0.01), translate(SITE, 0.1)]
    codes = [drawn, NEXT if isinstance(drawn, str) else 14102410002.0]
    units = {"HJGKDYMC": ["甲", "乙"], "HJGKDYFL": ["一般管控单元"] * 2, "HJGKDYBM": codes}
    geopandas.GeoDataFrame(units, geometry=around, crs=4490).to_file(tmp_path / "u.gpkg")
    sites = {"id": ["A"], "name": ["甲"]}
    geopandas.GeoDataFrame(sites, geometry=[SITE], crs=4490).to_file(tmp_path / "s.geojson")
    said = 'source = "u.gpkg"\nauthority = "x"\ndate = 2026-01-01\ncovers = ["141024"]\n'
    (tmp_path / "zoning.toml").write_text(f"[layers.control_units]\n{said}", encoding="utf-8")
    rows = write(tmp_path, f"unit_code,effect,text\n{listed},禁止,a\n")
    day = date(2026, 11, 21)
    for _ in range(2):  # the second time, the layer is read from where it is kept
        report = check(tmp_path / "s.geojson", workspace=tmp_path, entry_list=rows, as_of=day)
        found = {f.rule: f.status for f in report.results[0].findings if f.rule}
        assert (found["LIST-2"], found["LIST-0"]) == (row, unit)
