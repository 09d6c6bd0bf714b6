"""What the cells of official columns say: yes or no, codes, classes, and nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely

from zoning.base.columns import objects
from zoning.base.errors import CatalogueError, SourceError
from zoning.base.spelling import Words, county_of
from zoning.catalogue import load_catalogue, open_workspace
from zoning.model import OfficialLayer
from zoning.review.official_fields import remarks, rename
from zoning.review.official_values import alike

CATALOGUE = load_catalogue()
UNIT = "ZH14102410001"


def frame(**columns: Any) -> geopandas.GeoDataFrame:
    held = {k: v if isinstance(v, pd.Series) else pd.Series(objects(v)) for k, v in columns.items()}
    shapes = [
        shapely.box(112 + i, 37, 112.1 + i, 37.1) for i in range(len(next(iter(held.values()))))
    ]
    return geopandas.GeoDataFrame(held, geometry=shapes, crs=4490)


def entry(**change: object) -> OfficialLayer:
    return OfficialLayer.model_validate({"source": "a.gpkg"} | change)


def read(layer: str, column: str, *cells: Any, **change: object) -> list[Any]:
    """Return what a column of a layer says once it is read; None for what is not known."""
    extra = {"name": ["x"] * len(cells)} if column != "name" else {}
    found = rename(CATALOGUE.layer(layer), entry(**change), frame(**extra, **{column: cells}))
    (spec,) = {s.name for s in CATALOGUE.layer(layer).fields if column in (s.name, *s.aliases)}
    return [None if cell is None or cell != cell else cell for cell in found[spec].tolist()]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("是", True), ("Y", True), ("y", True), ("1", True), (1, True), (1.0, True), ("1.0", True),
        ("T", True), ("TRUE", True), (" 是　", True), ("Ｙ", True), ("yes", True), (True, True),
        ("否", False), ("N", False), (0, False), (0.0, False), ("f", False), ("False", False),
        ("2", None), (2.0, None), ("有条件", None), ("", None), (None, None), (float("nan"), None),
    ],
)  # fmt: skip
def test_yes_and_no_are_understood_however_written(word: Any, said: bool | None) -> None:
    assert read("contaminated_land", "SFML", word) == [said]


def test_a_column_of_yes_and_no_holds_truths() -> None:
    made = rename(
        CATALOGUE.layer("contaminated_land"), entry(), frame(name=["a", "b"], SFML=["是", "否"])
    )
    assert made["listed"].dtype == bool
    values = {"listed": {"在册": "true", "不在册": "否"}}
    assert read("contaminated_land", "SFML", "在册", "不在册", values=values) == [True, False]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (140321, "140321"), (140321.0, "140321"), ("140321", "140321"), ("１４０３２１", "140321"),
        ("140321000000", "140321"), ("140321001", "140321"), (140321001002, "140321"),
        (" 140321 ", "140321"), ("140321.0", "140321"), ("1403", "140300"), ("14", "140000"),
        ("平定县", None), ("14032", None), ("14032100", None), ("", None), ("-", None),
    ],
)  # fmt: skip
def test_a_division_code_has_six_figures(cell: Any, code: str | None) -> None:
    assert read("counties", "XZQDM", cell) == [code]


@pytest.mark.parametrize(
    "cell",
    [UNIT, UNIT.lower(), f" {UNIT}\u3000", "ZH 14102410001", "ＺＨ14102410001", "ZH-141024-10001"],
)
def test_the_code_of_a_unit_has_one_spelling(cell: str) -> None:
    assert read("control_units", "HJGKDYBM", cell) == [UNIT]


def test_a_code_that_is_a_number_is_its_figures() -> None:
    assert read("control_units", "HJGKDYBM", 14102410001.0, None) == ["14102410001", None]


@pytest.mark.parametrize(
    "cell", ["", " ", "\u3000", "nan", "NULL", "<Null>", "-", "——", "未知", None]
)
def test_what_says_nothing_is_missing(cell: Any) -> None:
    assert read("rivers", "SXMC", cell, "汾河") == [None, "汾河"]


def test_a_name_keeps_its_spelling_but_for_blanks() -> None:
    assert read("rivers", "SXMC", " 汾河\xa0", "汾　河", "汾河（干流）") == [
        "汾河",
        "汾河",
        "汾河（干流）",
    ]


CLASSES = {"unit_class": {"1": "priority", "2": "key", "3": "general"}}


@pytest.mark.parametrize("cells", [(1, 3, None), (1.0, 3.0, None), ("1", "３", "9")])
def test_a_gap_in_a_column_of_numbers_changes_no_class(cells: tuple[Any, ...]) -> None:
    found = read("control_units", "GKDYFL", *cells, values=CLASSES)
    assert found == ["priority", "general", None]


def test_a_number_may_be_translated_as_it_is_written() -> None:
    values = {"unit_class": {"1.0": "priority"}}
    assert read("control_units", "GKDYFL", 1.0, None, values=values) == ["priority", None]


def test_classes_differ_neither_by_case_nor_by_width() -> None:
    assert read("power_lines", "DYDJ", "110KV", " ５００ｋＶ", "110千伏") == [
        "110kV",
        "500kV",
        "110kV",
    ]
    assert read("drinking_water_zones", "JB", "一 级", "I 级", "甲级") == ["first", "first", None]


def test_a_column_that_needs_no_change_is_left_alone() -> None:
    given = frame(name=["a"], SXMC=["汾河"])
    assert rename(CATALOGUE.layer("rivers"), entry(), given)["river"].dtype == given["SXMC"].dtype


def test_the_named_column_wins_and_the_other_is_kept() -> None:
    given = frame(name=["a", "b"], zone=["甲", "乙"], GKFQ=["核心保护区", "一般控制区"])
    made = rename(CATALOGUE.layer("nature_reserves"), entry(fields={"zone": "GKFQ"}), given)
    assert made["zone"].tolist() == ["core", "general"]
    assert made["zone_"].tolist() == ["甲", "乙"]


def test_columns_that_differ_by_case_are_two() -> None:
    given = frame(name=["a"], LX=["化工"], lx=["综合"])
    parks = CATALOGUE.layer("industrial_parks")
    assert rename(parks, entry(fields={"kind": "lx"}), given)["kind"].tolist() == ["general"]
    assert rename(parks, entry(fields={"kind": "LX"}), given)["kind"].tolist() == ["chemical"]
    for said in ({}, {"kind": "Lx"}):
        with pytest.raises(SourceError, match="LX"):
            rename(parks, entry(fields=said), given)


def test_one_column_may_be_two_fields() -> None:
    fields = {"name": "MC", "river": "MC"}
    made = rename(CATALOGUE.layer("rivers"), entry(fields=fields), frame(MC=["汾河"]))
    assert made["name"].tolist() == made["river"].tolist() == ["汾河"]


def test_what_is_not_understood_or_not_used_is_told() -> None:
    given = frame(name=["a", "b", "c"], SFML=["是", "待核", None], accuracy_m=[5.0, 5.0, 5.0])
    strange, accuracy = remarks(CATALOGUE.layer("contaminated_land"), entry(), given)
    assert "SFML: 1 value is" in strange.en and "待核" in strange.en and "是" not in strange.en
    assert "accuracy_m" in accuracy.en
    assert not list(remarks(CATALOGUE.layer("counties"), entry(), frame(XZQDM=[140321, None])))
    (code,) = remarks(CATALOGUE.layer("counties"), entry(), frame(XZQDM=["140321", "平定县"]))
    assert "平定县" in code.zh


@pytest.mark.parametrize(
    ("word", "may_be"),
    [
        ("汾河干流", True), ("汾河水系", True), ("汾", True), ("汾河", False), ("沁河", False),
        ("黄河", False), ("", False),
    ],
)  # fmt: skip
def test_a_word_may_stand_for_another_that_it_holds(word: str, may_be: bool) -> None:
    assert Words([word, "漳河"]).like(["汾河"]) == ({word} if may_be else set())


def test_words_that_differ_by_width_and_case_may_be_one() -> None:
    words = Words(["ｚｈ1", "ZH1", "ZH10", None, 3])
    assert words.like(["ZH1"]) == {"ｚｈ1", "ZH10"}
    assert "ZH1" in words and "zh1" not in words and words.all == {"ｚｈ1", "ZH1", "ZH10"}


@pytest.mark.parametrize(
    ("unit", "county"),
    [(UNIT, "141024"), ("14102410001", "141024"), ("全市", None), ("ZH1410241000", None)],
)
def test_the_code_of_a_unit_tells_its_county(unit: str, county: str | None) -> None:
    assert county_of(unit) == county


def test_words_that_may_be_another_are_named_for_a_layer() -> None:
    rules = list(CATALOGUE.rules.values())
    lakes = CATALOGUE.layer("lake_surroundings")
    ((column, words, asked),) = alike(lakes, {"name": ["漳泽水库（漳泽湖）", "盐湖"]}, rules)
    assert (column, words) == ("name", ["漳泽水库（漳泽湖）"]) and "漳泽湖" in asked
    assert not list(alike(lakes, {"name": ["漳泽湖", "盐湖"]}, rules))


@pytest.mark.parametrize(
    ("said", "near"),
    [('fields = { nmae = "MC" }', "name"), ('values.kindd = { "1" = "core" }', "kind")],
)
def test_a_field_that_a_layer_does_not_have_is_refused(
    said: str, near: str, tmp_path: Path
) -> None:
    file = tmp_path / "zoning.toml"
    file.write_text(f'[layers.nature_reserves]\nsource = "a.gpkg"\n{said}\n', encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        open_workspace(file, CATALOGUE.layers)
    (found,) = caught.value.problems
    assert found.code == "workspace-unknown-column"
    assert f"Did you mean {near}" in found.cure.en and found.field is not None
