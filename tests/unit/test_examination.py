"""What is found odd about an official source, zone by zone, on a province of two cities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from zoning.base.errors import Problem
from zoning.model import Layer, OfficialLayer, Rule
from zoning.review.examination import Examined

#: Counties of one degree side by side from 112 E: two of the city "A", one of the city "B".
COUNTIES = geopandas.GeoDataFrame(
    {"name": ["a1", "a2", "b1"], "city": ["A", "A", "B"]},
    geometry=[shapely.box(112 + i, 37, 113 + i, 38) for i in range(3)],
    crs=4490,
)
WORDS = {"zh": "文", "en": "text"}
RULE = {"id": "R-1", "layer": "z", "document": "d", "section": WORDS, "text": WORDS,
        "advice": WORDS, "effect": "prohibit",
        "scope": {"where": {"level": ["one"]}}}  # fmt: skip
SIGNED = {"authority": "厅", "date": "2024-05-01", "document": "1 号"}


def layer(values: Sequence[str] = ("one", "two")) -> Layer:
    fields = [
        {"name": "name", "title": WORDS, "type": "str"},
        {"name": "level", "title": WORDS, "type": "str", "values": list(values)},
        {"name": "grade", "title": WORDS, "type": "str", "values": ["x"]},
    ]
    return Layer.model_validate(
        {"id": "z", "name": WORDS, "theme": "water", "geometry": "polygon", "fields": fields,
         "style": {"color": "#000000"}, "description": WORDS}
    )  # fmt: skip


def zone(lon: float, lat: float = 37.5, width: float = 0.02) -> shapely.Polygon:
    return shapely.box(lon, lat, lon + width, lat + width)


def row(count: int, start: float = 112.1, step: float = 0.03) -> list[shapely.Polygon]:
    """Zones side by side without touching, none like another."""
    return [zone(start + i * step) for i in range(count)]


def examined(
    shapes: Sequence[Any],
    entry: dict[str, object] | None = None,
    *,
    covered: Sequence[bool] = (False, False, False),
    denied: Sequence[bool] = (False, False, False),
    **columns: Sequence[object],
) -> Examined:
    """An examination of zones; what the workspace states is signed."""
    stated = {"source": "a.gpkg", "covers": ["140100"], **SIGNED} if entry is None else entry
    frame = geopandas.GeoDataFrame(dict(columns), geometry=list(shapes), crs=4490)
    return Examined(
        layer(), OfficialLayer.model_validate(stated), frame, COUNTIES,
        np.array(covered), np.array(denied),
    )  # fmt: skip


def codes(problems: Iterator[Problem]) -> list[str]:
    return [found.code for found in problems]


def only(problems: Iterator[Problem], code: str) -> list[Problem]:
    return [found for found in problems if found.code == code]


def test_a_sound_source_has_no_faults_and_no_remarks() -> None:
    sound = examined(row(12), level=["one"] * 12)
    assert codes(sound.faults({"R-1": Rule.model_validate(RULE)})) == []
    assert codes(sound.remarks()) == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"source": "a.gpkg"}, True),
        ({"source": "a.gpkg", "covers": ["140100"], **SIGNED}, False),
        ({"source": "a.gpkg", "none_in": ["140100"], **SIGNED}, False),
    ],
)
def test_coverage_not_stated_is_told(entry: dict[str, object], told: bool) -> None:
    found = codes(examined(row(1), entry).remarks())
    assert ("workspace-coverage-not-stated" in found) is told


def test_an_unsigned_statement_is_told_with_what_it_lacks() -> None:
    (found,) = only(
        examined(row(1), {"source": "a", "covers": ["140100"]}).remarks(),
        "workspace-statement-unsigned",
    )
    assert (found.field, found.layer, found.file) == ("covers", "z", "a")


@pytest.mark.parametrize(("beyond", "fails"), [(0, None), (1, False), (2, True)])
def test_a_handful_beyond_the_province_is_a_remark_and_more_a_fault(
    beyond: int, fails: bool | None
) -> None:
    # One of ten is a tenth, which is a handful still.
    found = examined([*row(10 - beyond), *row(beyond, start=120.0)])
    code = "workspace-outside-province"
    assert bool(only(found.faults({}), code)) is (fails is True)
    assert bool(only(found.remarks(), code)) is (fails is False)
    for problem in (*only(found.faults({}), code), *only(found.remarks(), code)):
        assert problem.fault.en.startswith(f"{beyond} of 10 ")
        assert "9, 10" in problem.fault.en or beyond == 1
        assert "10" in problem.fault.en


def test_no_more_than_twenty_zones_are_numbered() -> None:
    for count, more in ((20, False), (21, True)):
        (found,) = only(examined(row(count, start=120.0)).faults({}), "workspace-outside-province")
        numbers = ", ".join(str(i + 1) for i in range(20))
        assert numbers in found.fault.en
        assert ("20, …" in found.fault.en) is more


def test_a_column_that_rules_ask_for_must_be_there() -> None:
    rules = {"R-1": Rule.model_validate(RULE)}
    (found,) = only(examined(row(1)).faults(rules), "workspace-class-missing")
    assert found.field == "level"
    assert "R-1" in found.fault.en + found.cure.en
    assert not only(examined(row(1), level=["one"]).faults(rules), "workspace-class-missing")
    assert not only(examined([]).faults(rules), "workspace-class-missing")
    elsewhere = {"R-1": Rule.model_validate(RULE | {"layer": "other"})}
    assert not only(examined(row(1)).faults(elsewhere), "workspace-class-missing")


@pytest.mark.parametrize(("empty", "fails"), [(0, None), (1, False), (2, True)])
def test_a_handful_without_a_class_is_a_remark_and_more_a_fault(
    empty: int, fails: bool | None
) -> None:
    names = [None] * 10  # a column without a list of words may be empty
    levels = ["one"] * (10 - empty) + [None] * empty
    found = examined(row(10), level=levels, name=names)
    code = "workspace-unknown-code"
    assert bool(only(found.faults({}), code)) is (fails is True)
    assert bool(only(found.remarks(), code)) is (fails is False)


def test_a_source_without_zones_has_no_unknown_codes() -> None:
    found = examined([], level=[])
    assert codes(found.faults({})) == []
    assert codes(found.remarks()) == []


def test_zones_where_there_should_be_none_are_a_contradiction() -> None:
    denied = (True, False, True)
    # a1 ends at 113 E: 0.004 degrees reach into it by less than its line is known, 0.006 by more.
    touch_a1 = shapely.box(112.996, 37.5, 113.3, 37.6)
    reach_a1 = shapely.box(112.994, 37.5, 113.3, 37.6)
    assert codes(examined([touch_a1], denied=denied).contradictions()) == []
    (found,) = examined([zone(113.4), reach_a1], denied=denied).contradictions()
    assert found.code == "workspace-none-in-contradicted"
    assert (found.field, "a1" in found.fault.en, "a2" in found.fault.en) == ("none_in", True, False)
    assert codes(examined([reach_a1]).contradictions()) == []


def test_zones_drawn_twice_are_named_with_their_likes() -> None:
    first, second = zone(112.1), zone(112.3)
    turned = shapely.Polygon([*first.exterior.coords[2:], *first.exterior.coords[1:3]])
    assert turned.equals(first)
    # The same box, another shape: not a repetition.
    corner = shapely.Polygon([(112.3, 37.5), (112.32, 37.5), (112.32, 37.52)])
    shapes = [zone(113.0), first, second, zone(113.5), turned, corner]
    (found,) = only(examined(shapes).remarks(), "workspace-duplicate-geometry")
    assert found.feature == "5"
    assert found.fault.en.startswith("Same geometry as feature 2 (1 repeat")


def test_no_more_than_twenty_repetitions_are_named() -> None:
    found = only(examined([zone(112.1)] * 30).remarks(), "workspace-duplicate-geometry")
    assert [p.feature for p in found] == [str(i) for i in range(2, 22)]
    assert "29" in found[0].fault.en


def test_a_covered_city_without_a_zone_is_named() -> None:
    def bare(shapes: Sequence[Any], **states: Sequence[bool]) -> str | None:
        told = only(examined(shapes, **states).remarks(), "workspace-coverage")  # type: ignore[arg-type]
        return told[0].fault.en if told else None

    everywhere = (True, True, True)
    # One zone in a1 is enough for the city A.
    said = bare([zone(112.4)], covered=everywhere)
    assert said is not None and "B" in said and "A" not in said
    assert bare([zone(112.4)], covered=everywhere, denied=(False, False, True)) is None
    assert bare([zone(112.4)], covered=(True, True, False)) is None
    assert bare([zone(112.4), zone(114.4)], covered=everywhere) is None


def test_words_that_may_be_another_are_a_fault() -> None:
    rule = Rule.model_validate(RULE | {"scope": {"where": {"name": ["汾河"]}}})
    names = ["汾河", "汾河干流", "沁河"]
    found = examined(row(3), name=names, level=["one"] * 3)
    (fault,) = only(found.faults({"R-1": rule}), "zones-alike")
    assert fault.field == "name" and "汾河干流" in fault.fault.en and "沁河" not in fault.fault.en
