"""Industry codes are of one edition, and mean what the words beside them mean."""

import re
import tomllib

import pytest

from zoning.base.settings import layers_dir
from zoning.law.codes import parse_code
from zoning.messages import Text


def read(cell):
    return parse_code("industry", cell)


@pytest.mark.parametrize(
    "cell",
    [
        "4415（GB/T 4754-2011）",
        "4415 GB/T4754—2002",
        "GB/T 4754-94 4415",
        "4415(gb/t 4754:2011)",
        "4415（GB 4754－2011）",
    ],
)
def test_a_code_of_another_edition_is_not_understood(cell):
    # 4415 was solar power in 2011 and is wind power in 2017.
    found = read(cell)
    assert isinstance(found, Text)
    assert "2017" in found.zh and "2017" in found.en


@pytest.mark.parametrize("year", ["2011版", "2002"])
def test_a_year_beside_a_code_is_never_dropped(year):
    assert isinstance(read(f"4415({year})"), Text)


@pytest.mark.parametrize(
    "cell", ["4415", "4415 GB/T 4754—2017", "4415(GB/T 4754-2017/XG1-2019)", "4415 GB/T4754"]
)
def test_the_edition_of_2017_and_its_amendment_are_understood(cell):
    assert read(cell) == "4415"


@pytest.mark.parametrize(
    "cell",
    ["4415 太阳能发电", "4414风力发电", "4416 炼焦", "0810煤矿", "8334 医院", "7010 学校"],
)
def test_words_of_another_trade_contradict_the_code(cell):
    found = read(cell)
    assert isinstance(found, Text)
    assert re.findall(r"\d{4}", cell)[0] in found.zh


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("4416 太阳能发电", "4416"),
        ("4874 风能发电工程施工", "4874"),
        ("2521 炼焦", "2521"),
        ("0610 烟煤和无烟煤开采洗选", "0610"),
        ("3021 水泥制品制造", "3021"),
        ("4412 热电联产(自备电厂,火力发电)", "4412"),
        ("44 太阳能发电", "44"),
        ("2521 一期", "2521"),
        ("4620 污水处理及其再生利用", "4620"),
        ("2221 机制纸及纸板制造(造纸)", "2221"),
    ],
)
def test_words_of_the_same_trade_and_unknown_words_are_left(cell, code):
    assert read(cell) == code


def test_the_codes_of_the_words_are_codes():
    table = tomllib.loads((layers_dir() / "tables" / "code_words.toml").read_text("utf-8"))
    assert len(table["words"]) >= 40
    for word, codes in table["words"].items():
        assert len(word) >= 2 and codes
        for code in codes:
            assert re.fullmatch(r"\d{2,4}", code) and 1 <= int(code[:2]) <= 97
