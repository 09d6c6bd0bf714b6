"""What the page says, in both languages.

`zoning.report` has the same titles for the terminal; siblings may not import each other, so a test
holds the two together.
"""

from __future__ import annotations

from typing import Final

from zoning.errors import Lang, Text
from zoning.model import Evidence, Status

STATUS: Final = {
    Status.VIOLATION: Text("不符合", "Violation"),
    Status.RESTRICTED: Text("受限", "Restricted"),
    Status.UNDETERMINED: Text("待定", "Undetermined"),
    Status.FAILED: Text("数据有误", "Data error"),
    Status.NOT_CHECKED: Text("未核查", "Not checked"),
    Status.CONDITIONAL: Text("附条件", "Conditional"),
    Status.COMPLIANT: Text("符合", "Compliant"),
}

EVIDENCE: Final = {
    Evidence.OFFICIAL: Text("官方数据", "official"),
    Evidence.SURVEYED: Text("开放实测数据", "surveyed, open data"),
    Evidence.DERIVED: Text("推算数据", "derived"),
    Evidence.SCHEMATIC: Text("示意数据", "schematic"),
}

#: Everything the script writes that does not come from the report.
PAGE: Final = {
    "title": Text("选址审查图", "Siting review map"),
    "layers_title": Text("图层", "Layers"),
    "as_of": Text("基准日", "as of"),
    "catalogue": Text("规则库", "catalogue"),
    "indicative": Text("仅供参考，不是法定边界", "indicative, not a legal boundary"),
    "warning": Text(
        "仅供参考：带“仅供参考”标记的图层不是法定边界，结论须以主管部门的矢量成果复核。",
        "Indicative: layers so marked are not legal boundaries; have the result confirmed with "
        "the authority's own vectors.",
    ),
    "legend": Text("图例", "Legend"),
    "overlap": Text("重叠部分", "Overlap"),
    "sites": Text("项目", "Sites"),
    "more_sites": Text("其余 {n} 个项目见图上或报告", "{n} more sites: see the map or the report"),
    "not_checked": Text("未核查", "Not checked"),
    "no_data": Text("没有数据", "no data"),
    "unreadable": Text("读取失败", "could not be read"),
    "sources": Text("数据来源", "Data sources"),
    "simplified": Text(
        "底图已为显示而简化；面积和距离按完整数据量算。",
        "Context is simplified for display; areas and distances are from the full data.",
    ),
    "panel": Text("显示或隐藏说明", "Show or hide the panel"),
    "hint": Text("提示（对条文的解读）", "hint (a reading of the clause)"),
    "near": Text(
        "结论落在图层位置精度之内，须实地核定",
        "within the layer's positional accuracy; verify on site",
    ),
    "reason": Text("理由", "Why"),
    "clause": Text("条文", "Clause"),
    "document": Text("文件", "Document"),
    "measures": Text("量算", "Measured"),
    "zones": Text("涉及", "Zones"),
    "basis": Text("依据数据", "Data"),
    "missing": Text("缺少", "Missing"),
    "advice": Text("建议", "Advice"),
    "problem": Text("错误", "Fault"),
    "note": Text("注意", "Note"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "met": Text("另有 {n} 条规则：符合或不适用。", "{n} more met or not applicable."),
    "area": Text("重叠 {v}", "overlap {v}"),
    "length": Text("穿越长度 {v}", "length inside {v}"),
    "share": Text("占项目 {v}", "{v} of the project"),
    "depth": Text("深入 {v}", "depth {v}"),
    "distance": Text("距离 {v}", "distance {v}"),
    "raw": Text("扣除容差前 {v}", "before tolerances {v}"),
    "ha": Text("{ha} 公顷（{mu} 亩）", "{ha} ha ({mu} mu)"),
    "m": Text("{v} 米", "{v} m"),
    "km": Text("{v} 公里", "{v} km"),
}


def page(lang: Lang) -> dict[str, str]:
    """Return the script's words in one language."""
    return {key: value.in_(lang) for key, value in PAGE.items()}


def accuracy(accuracy_m: float, lang: Lang) -> str:
    """Write a positional accuracy, always in metres so that layers compare at a glance."""
    return f"±{accuracy_m:,.0f} {'米' if lang == 'zh' else 'm'}"
