"""A site beside the county that its file states: what is taken for one, and what contradicts it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
import shapely

from zoning.base.table import Table
from zoning.messages import Text
from zoning.model import Doubt, Project
from zoning.read.crs import datum
from zoning.review.places import compare_places

WEST, EAST = shapely.box(111.0, 37.0, 112.0, 38.0), shapely.box(112.0, 37.0, 113.0, 38.0)
FAR = shapely.box(110.5, 35.0, 110.6, 35.1)
COUNTIES = Table.of(gpd.GeoDataFrame(
    {"adcode": ["140106", "140107", "140202"], "name": ["甲区", "乙县", "甲区"],
     "city": ["丙市", "丙市", "丁市"]},
    geometry=[WEST, EAST, FAR], crs="EPSG:4490",
))  # fmt: skip


class Layers:
    """Three counties whose lines are known to some metres."""

    def __init__(self, accuracy_m: float | None = None) -> None:
        self.record = SimpleNamespace(accuracy_m=accuracy_m)

    @property
    def counties(self) -> Table:
        return COUNTIES

    def __getitem__(self, name: str) -> Any:
        assert name == "counties"
        return self


def doubts(
    geometry: Any, raw: dict[str, Any], known: str | None = "gcj02", accuracy_m: float | None = None
) -> tuple[Doubt, ...]:
    old = Text("旧", "older")
    site = Project("p", "P", geometry, {}, notices=(old,))
    layers: Any = Layers(accuracy_m)
    (found,) = compare_places([site], [(0, geometry, raw)], layers, known)
    assert found.notices == (old, *(doubt.text for doubt in found.doubts))
    return found.doubts


INSIDE = shapely.Point(112.5, 37.5)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ({}, 0),
        ({"县区": "乙县"}, 0),
        ({"县区": "甲区"}, 1),
        ({"县区": "丙市甲区"}, 1),
        ({"County ": "乙"}, 0),
        ({"county": "甲"}, 1),
        ({"XZQDM": "140107"}, 0),
        ({"XZQDM": "140106"}, 1),
        ({"adcode": 140106.0}, 1),
        ({"adcode": "140107001"}, 0),
        ({"adcode_": "140106"}, 1),
        ({"adcode": "130101"}, 1),
        ({"adcode": "990101"}, 0),
        ({"县区": " "}, 0),
        ({"县区": None}, 0),
        ({"名称": "甲区"}, 0),
        ({"县区": "甲区", "adcode": "140107"}, 1),
        ({"县区": "甲区", "adcode": "140106"}, 2),
        ({"县区": "甲区", "所在县": "甲区"}, 1),
    ],
)
def test_what_a_file_states_of_the_county(raw: dict[str, Any], number: int) -> None:
    found = doubts(INSIDE, raw)
    assert len(found) == number
    assert {doubt.code for doubt in found} <= {"place-contradicted"}


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ({"所在区县": "甲区"}, 1),
        ({"所在县（市、区）": "乙县"}, 0),
        ({"项目所在县": "甲区"}, 1),
        ({"行政区划代码": "140106"}, 1),
        ({"ZLDWDM": "1401060010010000000"}, 1),
        ({"ZLDWDM": "1401070010010000000"}, 0),
        ({"所在市": "1402"}, 1),
        ({"所在市": "140100"}, 0),
        ({"省": "河北省"}, 1),
        ({"省": "山西省"}, 0),
        ({"建设地点": "河北省石家庄市某镇"}, 1),
        ({"建设地点": "某镇某村"}, 0),
        ({"注册地址": "河北省石家庄市"}, 0),
        ({"位置": "距太原市小店区20km"}, 0),
        ({"位置": "东邻灵石县"}, 0),
        ({"市场": "甲区"}, 0),
    ],
)
def test_other_headings_of_a_place(raw: dict[str, Any], number: int) -> None:
    assert len(doubts(INSIDE, raw)) == number


def test_a_name_that_two_counties_bear_is_any_of_them() -> None:
    assert not doubts(shapely.Point(110.55, 35.05), {"县区": "甲区"})
    assert doubts(shapely.Point(110.55, 35.05), {"县区": "丙市甲区"})


@pytest.mark.parametrize(
    ("east_m", "accuracy_m", "number"), [(400.0, 500.0, 0), (600.0, 500.0, 1), (1.0, None, 1)]
)
def test_a_site_at_the_line_is_not_elsewhere(
    east_m: float, accuracy_m: float | None, number: int
) -> None:
    site = shapely.Point(112.0 + east_m / 90_000.0, 37.5)
    assert len(doubts(site, {"县区": "丙市甲区"}, accuracy_m=accuracy_m)) == number


def test_what_could_not_be_read_is_not_compared() -> None:
    assert not doubts(None, {"县区": "甲区"})


def test_a_shift_that_explains_it_is_named_unless_it_is_out_already() -> None:
    true = shapely.Point(111.997, 37.5)
    shifted = shapely.Point(*datum.wgs84_to_gcj02(true.x, true.y))
    assert shifted.x > 112.0
    (told,) = doubts(shifted, {"县区": "丙市甲区"}, known=None)
    assert "gcj02" in told.text.en
    (told,) = doubts(shifted, {"县区": "丙市甲区"}, known="gcj02")
    assert "gcj02" not in told.text.en
    # It is told although the line is not known to that distance.
    assert doubts(shifted, {"县区": "丙市甲区"}, known=None, accuracy_m=5_000.0)
