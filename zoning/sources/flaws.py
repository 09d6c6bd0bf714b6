"""Faults of single features: the others are still reviewed, and these are named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import shapely

from zoning.errors import Problem, Text
from zoning.sources.types import Broken

#: Attribute names under which people keep what they call a feature by.
ID_NAMES = ("id", "fid", "objectid", "bsm", "xmdm", "项目代码", "编号", "项目编号", "地块编号")
_PLACE = re.compile(r"^(.*?)\[(\S+) (\S+)\]$")

NULL = Broken(
    "geometry-null",
    Text("没有几何（geometry 为 null）。", "It has no geometry (null)."),
    Text("补画图形，或删除该要素。", "Draw its shape, or delete the feature."),
)
EMPTY = Broken(
    "geometry-empty",
    Text("几何为空，没有任何坐标。", "Its geometry is empty: not one coordinate."),
    Text("补画图形，或删除该要素。", "Draw its shape, or delete the feature."),
)
MIXED = Broken(
    "geometry-mixed",
    Text(
        "一个要素里混有点、线、面（GeometryCollection），无法按一种图形审查。",
        "One feature mixes points, lines or polygons (GeometryCollection); it cannot be reviewed "
        "as one kind.",
    ),
    Text("按点、线、面拆成多个要素。", "Split it into one feature for each kind."),
)
NESTED = Broken(
    "geometry-nested",
    Text(
        "GeometryCollection 嵌套过深，或含不支持的图形类型。",
        "Its GeometryCollection is nested too deeply or holds an unsupported type.",
    ),
    Text("导出为普通的点、线、面要素。", "Export it as plain points, lines or polygons."),
)
NOT_FINITE = Broken(
    "coordinates-not-finite",
    Text("坐标中有 NaN 或无穷大。", "A coordinate is NaN or infinite."),
    Text("修正或删除该要素的坐标。", "Correct or delete that coordinate."),
)
RANGE = Broken(
    "coordinates-out-of-range",
    Text(
        "坐标超出经纬度或投影的有效范围。",
        "Its coordinates lie outside the valid range of degrees or of the projection.",
    ),
    Text(
        "核对该要素是否用了另一种坐标系，或数值多写、少写了位数。",
        "Check whether it is in another coordinate system or has digits too many or too few.",
    ),
)
SWAPPED = Broken(
    "axes-swapped",
    Text(
        "该要素的坐标轴顺序颠倒：纬度在前、经度在后。",
        "The axes of this feature are swapped: latitude comes before longitude.",
    ),
    Text("交换其坐标的两个数值。", "Swap the two numbers of its coordinates."),
)
ZERO_AREA = Broken(
    "zero-area",
    Text(
        "面的面积为零（所有点在一条线上或重合）。",
        "The polygon has no area: all its points lie on one line or coincide.",
    ),
    Text("改为线或点要素，或重画边界。", "Make it a line or a point, or draw its boundary again."),
)
ZERO_LENGTH = Broken(
    "zero-length",
    Text("线的长度为零（所有点重合）。", "The line has no length: all its points coincide."),
    Text("改为点要素，或重画该线。", "Make it a point, or draw the line again."),
)


def unreadable(detail: Text) -> Broken:
    """Return the flaw of a geometry that does not follow its format."""
    return Broken(
        "geometry-unreadable",
        Text(f"几何无法解析：{detail.zh}。", f"Its geometry cannot be read: {detail.en}."),
        Text("重新导出该要素。", "Export the feature again."),
    )


def unsupported(kind: str) -> Broken:
    """Return the flaw of a geometry type that is no point, line or polygon."""
    return Broken(
        "geometry-unsupported",
        Text(f"不支持的图形类型“{kind}”。", f"Unsupported geometry type “{kind}”."),
        Text("转换为点、线或面。", "Convert it to points, lines or polygons."),
    )


def too_many_vertices(limit: int) -> Broken:
    """Return the flaw of an invalid polygon too large for a repair to be tried."""
    return Broken(
        "geometry-invalid",
        Text(
            f"面自相交，且顶点多于 {limit:,}，未尝试修复。",
            f"The polygon is invalid and has more than {limit:,} vertices; no repair was tried.",
        ),
        Text("先在桌面软件中检查并修复几何。", "Check and repair it in a desktop GIS first."),
    )


def invalid(shape: shapely.Geometry, reason: str, before: float, after: float) -> Broken:
    """Return the flaw of a polygon whose repair would change its area."""
    what, where = _describe(shape, reason)
    return Broken(
        "geometry-self-intersecting" if "ntersection" in reason else "geometry-invalid",
        Text(
            f"面无效：{what.zh}{where.zh}。修复会使面积从 {before / 1e4:.4f} 公顷变为 "
            f"{after / 1e4:.4f} 公顷，未擅自修复。",
            f"The polygon is invalid: {what.en}{where.en}. A repair would change its area from "
            f"{before / 1e4:.4f} ha to {after / 1e4:.4f} ha, so it was left alone.",
        ),
        Text(
            "按界址点顺序重画边界；确认修复结果可用时加 --repair。",
            "Draw the boundary again in the order of its points; add --repair to accept the "
            "repaired shape.",
        ),
    )


def _describe(shape: shapely.Geometry, reason: str) -> tuple[Text, Text]:
    """Return GEOS's reason and place in both languages."""
    match = _PLACE.match(reason)
    words, place = (match[1], f"{match[2]}, {match[3]}") if match else (reason, "")
    known = {
        "Self-intersection": Text("边界自相交", "its boundary crosses itself"),
        "Ring Self-intersection": Text("环自相接触", "a ring touches itself"),
        "Hole lies outside shell": Text("洞在外环之外", "a hole lies outside its outer ring"),
        "Holes are nested": Text("洞中有洞", "a hole lies in a hole"),
        "Nested shells": Text("外环互相包含", "one outer ring lies in another"),
        "Duplicate Rings": Text("有重复的环", "a ring occurs twice"),
        "Interior is disconnected": Text("内部不连通", "its interior is not connected"),
        "Too few points in geometry component": Text("点数不足", "a ring has too few points"),
    }
    what = known.get(words, Text(words, words))
    if words == "Self-intersection" and _bow_tie(shape):
        what = Text(
            "边界自相交（“8”字形，顶点次序错误）",
            "its boundary crosses itself (bow-tie: the vertices are in the wrong order)",
        )
    return what, Text(f"，位置 {place}", f" at {place}") if place else Text("", "")


def _bow_tie(shape: shapely.Geometry) -> bool:
    """Return whether a few vertices in the wrong order explain the crossing."""
    return bool(shapely.get_num_geometries(shape) == 1 and shapely.get_num_coordinates(shape) <= 6)


def label(position: int, attributes: Mapping[str, Any] | None = None) -> str:
    """Return what a feature is called in messages: ``3 (id=ABC)``, counted from 1.

    Parameters
    ----------
    position : int
        0-based position in the file.
    attributes : mapping, optional
        Its attributes, searched for an id.
    """
    if attributes:
        lower = {str(k).lower(): v for k, v in attributes.items()}
        for key in ID_NAMES:
            value = lower.get(key)
            if value is not None and str(value).strip():
                return f"{position + 1} (id={str(value).strip()[:80]})"
    return str(position + 1)


def problem(flaw: Broken, name: str, layer: str | None, feature: str) -> Problem:
    """Return ``flaw`` as the problem of one named feature."""
    return Problem(flaw.code, flaw.fault, flaw.cure, file=name, layer=layer, feature=feature)
