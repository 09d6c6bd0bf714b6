"""What a file says beside its drawing leaves a site clear where the two agree."""

from __future__ import annotations

import json
from pathlib import Path

import shapely

import zoning

ROOT = Path(__file__).parents[2]
#: A solar plant of 0.4 ha in the county of the example, of which everything is stated.
PLACE = shapely.box(111.4895, 36.2953, 111.4903, 36.2958)
KNOWN = {
    "name": "光伏电站", "建设性质": "新建", "行业代码": "4416", "准入清单": "允许",
    "协调性分析": "是", "地下水": "否", "锅炉蒸吨": 0.0, "涉气": "否", "可能污染地下水": "否",
    "采矿": "否", "新增煤炭消费": "否", "可能污染土壤": "否",
}  # fmt: skip
SAID: tuple[dict[str, object], ...] = (
    {},
    {"所在县": "洪洞县", "建设地点": "山西省临汾市洪洞县大槐树镇", "行政区划代码": "141024"},
    {"地址": "临汾市洪洞县", "注册地址": "太原市小店区"},
    {"用地面积(亩)": 6.0, "用地面积": "0.40公顷", "Shape_Area": 4.0e-7, "MJ": "3999.0"},
    {"备注": "不涉及生态保护红线，未占用永久基本农田，坐标系为CGCS2000，2024年批复"},
    {"坐标系": "CGCS2000", "投影": "2000国家大地坐标系高斯克吕格"},
    {"行业类别": "太阳能发电", "建设内容": "新建20MW光伏发电，配套升压站", "项目类型": "光伏"},
    {"是否占用生态保护红线": "否", "占用永久基本农田面积": 0, "占用耕地": "无"},
    {"开采岩溶地下水": "否", "项目是否涉及采矿": "否", "里程": "", "长度": None},
)


def test_words_that_agree_with_the_drawing_leave_a_site_clear(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {**KNOWN, **said, "id": f"S{number}"},
            "geometry": json.loads(shapely.to_geojson(PLACE)),
        }
        for number, said in enumerate(SAID)
    ]
    path = tmp_path / "sites.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    report = zoning.check(path, workspace=ROOT / "examples" / "county")
    told = {result.project.id: result.status.value for result in report.results}
    assert told == {f"S{number}": "compliant" for number in range(len(SAID))}
    assert report.exit_code == 0
