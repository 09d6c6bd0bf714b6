"""Which features of a table are a layer: a word that nobody knows may be one of its classes."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas
import pytest
import shapely

from zoning.catalogue import load_catalogue
from zoning.catalogue.words import official_words
from zoning.model import OfficialLayer
from zoning.review.chosen import chosen
from zoning.review.official import load_official
from zoning.review.suggestion import suggest_entries

RESERVES = {"BHDLX": ["国家公园", "自然保护区"]}
SIGNED = {"authority": "局", "date": "2024-05-01", "covers": ["141024"]}


def table(**columns: Sequence[object]) -> geopandas.GeoDataFrame:
    count = len(next(iter(columns.values())))
    shapes = [shapely.box(111.5 + 0.1 * i, 36.3, 111.55 + 0.1 * i, 36.35) for i in range(count)]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def entry(**change: object) -> OfficialLayer:
    return OfficialLayer.model_validate({"source": "a.gpkg", "where": RESERVES, **SIGNED} | change)


def of(layer: str, stated: OfficialLayer, **columns: Sequence[object]):
    return chosen(load_catalogue().layer(layer), stated, table(**columns))


@pytest.mark.parametrize("word", ["国家级自然保护区", "自然保護区", "保护地核心区", "ZRBHQ", "1"])
def test_a_word_that_nobody_knows_is_a_part_that_was_not_read(word: str) -> None:
    kept, told, unread = of("nature_reserves", entry(), BHDLX=["自然保护区", word])
    assert (len(kept), word in told[0].en) == (1, True)
    assert word in unread[0].en and unread[0].en.startswith("1 feature holds in BHDLX")


@pytest.mark.parametrize(
    ("layer", "column", "wanted", "words"),
    [
        ("natural_forest", "QI_YUAN", ["天然"], ["人工"]),
        ("public_welfare_forest", "森林类别", ["公益林"], ["商品林"]),
        ("nature_reserves", "LX", ["自然保护区"], ["森林公园", "地质公园", "自然公园"]),
        (
            "cropland",
            "DLMC",
            ["水田", "水浇地", "旱地"],
            ["果园", "水工建筑用地", "河流水面"],
        ),
        ("cropland", "DLBM", ["101", "102", "103"], ["201", "1203", "704"]),
        ("natural_forest", "QI_YUAN", ["11", "12", "13"], ["21", "22"]),
        ("highways", "XZDJ", ["国道", "省道", "县道"], ["村道", "乡道"]),
        ("main_rivers", "HLMC", ["汾河"], ["洪安涧河", "曲亭河"]),
        ("ecological_redline", "LX", ["红线"], ["非红线"]),
    ],
)
def test_words_that_are_plainly_another_need_no_table(layer, column, wanted, words) -> None:
    stated = entry(where={column: wanted})
    kept, _, unread = of(layer, stated, **{column: [wanted[0], *words]})
    assert (len(kept), unread) == (1, ())


@pytest.mark.parametrize("word", ["自然公园", "森林公园", "风景名胜区"])
def test_a_word_of_another_class_is_left_out_without_doubt(word: str) -> None:
    kept, told, unread = of("nature_reserves", entry(), BHDLX=["自然保护区", word])
    assert (len(kept), word in told[0].en, unread) == (1, True, ())


def test_a_workspace_says_which_words_are_something_else() -> None:
    words, columns = {"bhdlx": ["保护小区"]}, {"BHDLX": ["自然保护区", "保护小区"]}
    assert of("nature_reserves", entry(left_out=words), **columns)[2] == ()
    assert of("nature_reserves", entry(), **columns)[2] != ()


@pytest.mark.parametrize("nothing", [None, "", " ", "nan", "NULL", "<Null>", "<空>", "-", "未知"])
def test_a_cell_that_holds_nothing_may_be_one(nothing: str | None) -> None:
    kept, _, unread = of("nature_reserves", entry(), BHDLX=["森林公园", nothing, "自然保护区"])
    assert (len(kept), unread) == (2, ())


@pytest.mark.parametrize("word", ["\u200b自然保护区", "自然保护区\u3000", "\ufeff自然保护区 "])
def test_what_cannot_be_seen_changes_no_word(word: str) -> None:
    kept, _, unread = of("nature_reserves", entry(), BHDLX=[word, "森林公园"])
    assert (len(kept), unread) == (1, ())


def test_a_feature_that_one_column_excludes_leaves_no_doubt_by_another() -> None:
    both = {"QY": ["天然"], "DLBM": ["0301"]}
    stated = entry(where=both, left_out={"DLBM": ["0101"]})
    columns = {"QY": ["天然", "人工", "天然"], "DLBM": ["0301", "?!", "0101"]}
    kept, _, unread = of("natural_forest", stated, **columns)
    assert (len(kept), unread) == (1, ())
    columns["QY"][1] = "天然"
    assert len(of("natural_forest", stated, **columns)[2]) == 1


def test_a_source_with_such_a_word_is_complete_nowhere_unless_somebody_answers(tmp_path) -> None:
    table(BHDLX=["自然保护区", "国家级自然保护区"]).to_file(tmp_path / "a.gpkg")
    layer = load_catalogue().layer("nature_reserves")
    assert load_official(layer, entry(), tmp_path).record.incomplete
    said = entry(where={"BHDLX": ["自然保护区", "国家级自然保护区"]})
    assert not load_official(layer, said, tmp_path).record.incomplete
    assert not load_official(layer, entry(accept_left_out="已核实"), tmp_path).record.incomplete


def test_no_word_of_a_layer_is_told_to_be_another_too() -> None:
    for layer, words in official_words().items():
        for column, others in words.others.items():
            assert not set(others) & set(words.where.get(column, ())), layer


def test_init_names_what_it_leaves_out_beside_where(tmp_path) -> None:
    path = tmp_path / "ZRBHD.gpkg"
    table(BHDLX=["自然保护区", "国家级自然保护区", "森林公园"]).to_file(path)
    (found,) = [e for e in suggest_entries([path], tmp_path, "en") if "nature_reserves" in e[:30]]
    lines = found.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("where"))
    assert lines[at + 1] == "# Left out by BHDLX: 森林公园"
    assert lines[at + 2].startswith("# 1 feature holds words of which it is not known")
    assert lines[at + 3] == '# left_out = { "BHDLX" = ["国家级自然保护区"] }'


def test_init_suggests_a_part_of_which_no_word_is_known(tmp_path) -> None:
    path = tmp_path / "ZRBHD.gpkg"
    table(BHDLX=["国家级自然保护区"]).to_file(path)
    found = suggest_entries([path], tmp_path, "en")
    assert any(e.startswith("\n[layers.nature_reserves]") for e in found)
