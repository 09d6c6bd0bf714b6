"""Words that tell of another trade than the code: neither is believed."""

from __future__ import annotations

import pytest
import shapely

from zoning.catalogue.load import load_catalogue
from zoning.catalogue.words import trade_words
from zoning.law import make_projects

CATALOGUE = load_catalogue()


def made(**raw: object):
    feature = (0, shapely.Point(112, 37), raw)
    (found,) = make_projects(
        [feature], CATALOGUE.attributes, CATALOGUE.profiles, trades=trade_words()
    )
    return found


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        ({"name": "光伏电站", "行业代码": "4416"}, True),
        ({"name": "危险废物处置中心", "行业代码": "4416"}, False),
        ({"name": "焦化厂", "行业代码": "4416"}, False),
        ({"name": "焦化厂", "行业代码": "2521"}, True),
        ({"name": "焦化厂", "行业代码": "25"}, True),
        ({"name": "焦化厂污水处理站", "行业代码": "4620"}, True),
        ({"name": "A", "项目类型": "生猪养殖场", "行业代码": "4416"}, False),
        ({"name": "A", "建设内容": "在废弃采石场上建光伏发电", "行业代码": "4416"}, True),
        ({"name": "A", "建设内容": "新建年产60万吨焦炉", "行业代码": "4416"}, False),
        ({"name": "A", "备注": "旁边是焦化厂", "行业代码": "4416"}, True),
        ({"name": "光伏电站", "行业代码": "4415"}, False),
        ({"name": "Landfill", "行业代码": "4416"}, False),
        ({"name": "露天矿排土场复垦光伏", "行业代码": "4416"}, True),
        ({"name": "化工厂搬迁地块住宅", "行业代码": "7010"}, True),
        ({"name": "煤矿矿井水处理", "行业代码": "4620"}, True),
        ({"name": "水泥厂屋顶分布式光伏发电项目", "行业代码": "4416"}, True),
    ],
)
def test_words_against_the_code(raw: dict[str, object], known: bool) -> None:
    found = made(**raw)
    assert ("industry" in found.attributes) == known
    assert any("行业按未知处理" in note.zh for note in found.notices) != known
    # Nothing follows from a code that is not believed.
    assert known or not {"high_pollution", "two_high"} & found.attributes.keys()
    assert known or not found.deduced


def test_codes_agree_with_every_trade_that_names_them() -> None:
    for trade in trade_words():
        assert trade.any and trade.codes
        for code in trade.codes:
            assert code.isdigit() and 2 <= len(code) <= 4, (trade.name, code)
