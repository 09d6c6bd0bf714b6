"""What a file declares of a site's place, against what was measured."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import zoning
from zoning.review.declared import _declared

ROOT = Path(__file__).parents[2]
FARMLAND, REDLINE = "permanent_basic_farmland", "ecological_redline"


@pytest.mark.parametrize(
    ("column", "cell", "layer"),
    [
        ("是否占用生态保护红线", "是", REDLINE),
        ("是否占用生态保护红线", "否", None),
        ("生态保护红线", "不涉及", None),
        ("占用永久基本农田面积", "2.3公顷", FARMLAND),
        ("占用永久基本农田面积", 0, None),
        ("占用基本农田(亩)", "约12.5", FARMLAND),
        ("永久基本农田", None, None),
        ("不占用永久基本农田", "是", None),
        ("耕地（公顷）", "2.3", "cropland"),
        ("耕地开垦费", "12", None),
        ("用地红线", "是", None),
        ("是否涉及自然保护地", True, "protected_areas"),
        ("是否涉及自然保护地", False, None),
        ("是否位于水源保护区", "√", "drinking_water_zones"),
        ("备注", "位于生态保护红线内", REDLINE),
        ("备注", "避让生态保护红线", None),
        ("备注", "距生态保护红线500米", None),
        ("说明", "经核实不涉及占用生态红线", None),
        ("备注", "不占用永久基本农田，位于泉域重点保护区内", "spring_key_zones"),
        ("地点", "水源地一级保护区外侧", None),
        ("备注", "位于生态保护红线外", None),
        ("备注", "位于城镇开发边界外、生态保护红线外", None),
        ("备注", "位于文物保护单位建设控制地带外", None),
        ("备注", "占用基本农田0公顷", None),
        ("备注", "占用耕地：0亩", None),
        ("备注", "占用耕地0.5亩", "cropland"),
        ("备注", "没有占用基本农田", None),
        ("备注", "如占用耕地须办理手续", None),
        ("备注", "项目位于耕地北侧", None),
        ("备注", "太原市某地位于生态保护红线内", REDLINE),
        ("备注", "非煤矿山占用基本农田2亩", FARMLAND),
        ("备注", "位于生态保护红线内东部", REDLINE),
        ("备注", "占用基本草原3公顷", "basic_grassland"),
        ("备注", "未实际占用基本农田", None),
        ("备注", "位于非生态保护红线区", None),
        ("备注", "位于水源地下游2km", None),
        ("备注", "不涉及林地\n位于生态保护红线内", REDLINE),
    ],
)
def test_what_a_cell_declares(column: str, cell: object, layer: str | None) -> None:
    found = [one.layers for one in _declared({column: cell})]
    assert [layer] == [None] if layer is None else layer in found[0]
    assert len(found) == (layer is not None)


#: A solar plant that nothing speaks against, and one in the redline.
CLEAR, WITHIN = (111.4899, 36.29555), (111.4258, 36.4320)


def test_a_declaration_that_nothing_bears_out_leaves_no_site_clear() -> None:
    cases = [(CLEAR, "是", True), (CLEAR, "否", False), (WITHIN, "是", False)]
    sites = gpd.GeoDataFrame(
        {"行业代码": "4416", "是否占用生态保护红线": [declared for _, declared, _ in cases]},
        geometry=[shapely.Point(place).buffer(2e-4, quad_segs=1) for place, _, _ in cases],
        crs="EPSG:4490",
    )
    report = zoning.check(sites, workspace=ROOT / "examples" / "county")
    codes = [{finding.code for finding in result.findings} for result in report.results]
    assert ["statement-contradicted" in told for told in codes] == [doubt for *_, doubt in cases]
