"""Which zones a query measures, what a zone without a class leaves open, and where sites lie."""

from __future__ import annotations

from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from zoning.base import geodesy
from zoning.base.table import Table
from zoning.measure import SiteSet, ZoneSet, outside, places, survey, threads, zone_set
from zoning.measure.survey import around, origin
from zoning.model import Evidence, Layer, Query, Tri

WORDS = {"zh": "文", "en": "text"}
BASE = {"name": WORDS, "theme": "water", "geometry": "polygon", "style": {"color": "#000000"},
        "description": WORDS}  # fmt: skip
PLACED = {"evidence": "surveyed", "positional_accuracy_m": 30.0}
FIRST, SECOND, THIRD = (shapely.box(112 + i, 37, 112.1 + i, 37.1) for i in range(3))


def layer(name: str = "z", **change: object) -> Layer:
    return Layer.model_validate(BASE | {"id": name} | change)


def band(name: str, of: str, metres: float) -> Layer:
    source = {"buffer": {"layer": of, "distance_m": metres}}
    return layer(name, source=source, **PLACED)


def frame(*shapes: Any, **columns: list[object]) -> Table:
    return Table.of(geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=4490))


def sites(*shapes: Any) -> SiteSet:
    return SiteSet(np.array(shapes, dtype=object))


def middle(zone: Any, size: float = 0.001) -> Any:
    return shapely.buffer(shapely.centroid(zone), size)


def touched(found: Any) -> list[Tri]:
    return [relation.total.touches for relation in found.relations]


def asked(level: str) -> Query:
    return Query("z", 0.0, (("level", (level,)),))


def test_zones_take_the_name_and_the_accuracy_that_their_columns_state() -> None:
    shapes = frame(FIRST, SECOND, own=[5.0, None], called=["甲", None])
    named = layer(name_field="called", accuracy_field="own", **PLACED)
    zones = zone_set(named, shapes)
    assert list(zones.accuracy_m) == [5.0, 30.0]
    assert list(zones.names) == ["甲", "文"]
    plain = zone_set(layer(), shapes)
    assert list(plain.accuracy_m) == [0.0, 0.0]
    assert list(plain.names) == ["文", "文"]


def test_a_query_measures_the_zones_of_its_class() -> None:
    levels = frame(FIRST, SECOND, level=["one", "two"])
    layers, where = {"z": layer(), "none": layer("none")}, sites(middle(FIRST), middle(SECOND))
    queries = [asked("one"), asked("three"), Query("none"), Query("z")]
    found = survey(where, layers, {"z": levels}, queries)
    assert set(found) == {asked("one"), asked("three"), Query("z")}
    assert touched(found[asked("one")]) == [Tri.YES, Tri.NO]
    assert touched(found[asked("three")]) == [Tri.NO, Tri.NO]
    assert found[asked("three")].relations[0].total.distance_m == np.inf
    assert touched(found[Query("z")]) == [Tri.YES, Tri.YES]
    for one in found.values():
        assert not one.unclear.any() and one.fault is None


def test_a_zone_without_a_class_leaves_open_only_the_sites_that_may_meet_it() -> None:
    levels = frame(FIRST, SECOND, THIRD, level=["one", None, "two"])
    where = sites(middle(FIRST), middle(SECOND), middle(THIRD))
    found = survey(where, {"z": layer()}, {"z": levels}, [asked("one")])[asked("one")]
    assert touched(found) == [Tri.YES, Tri.NO, Tri.NO]
    assert list(found.unclear) == [False, True, False]
    assert found.fault is not None
    assert (found.fault.code, found.fault.field) == ("zones-unclassified", "level")


def test_two_columns_must_both_fit() -> None:
    both = Query("z", 0.0, (("level", ("one",)), ("kind", ("a",))))
    levels = frame(FIRST, SECOND, THIRD, level=["one", "one", None], kind=["a", "b", "b"])
    where = sites(middle(FIRST), middle(SECOND), middle(THIRD))
    found = survey(where, {"z": layer()}, {"z": levels}, [both])[both]
    assert touched(found) == [Tri.YES, Tri.NO, Tri.NO]
    # The third's kind is another: whatever its level, it is not meant.
    assert list(found.unclear) == [False, False, False]


def test_without_the_column_every_zone_may_be_meant() -> None:
    found = survey(
        sites(middle(FIRST), middle(THIRD)), {"z": layer()}, {"z": frame(FIRST)}, [asked("one")]
    )[asked("one")]
    assert touched(found) == [Tri.NO, Tri.NO]
    assert list(found.unclear) == [True, False]
    assert found.fault is not None and "1" in found.fault.fault.en


RIVER = Query("z", 0.0, (("river", ("汾河",)),))


@pytest.mark.parametrize(
    ("word", "unclear"), [("汾河干流", True), ("汾", True), ("沁河", False), ("汾河", False)]
)
def test_a_word_that_may_be_the_one_asked_for_leaves_open_who_meets_it(
    word: str, unclear: bool
) -> None:
    rivers = frame(FIRST, SECOND, THIRD, river=["汾河", word, "沁河"])
    where = sites(middle(FIRST), middle(SECOND), middle(THIRD))
    found = survey(where, {"z": layer()}, {"z": rivers}, [RIVER])[RIVER]
    assert touched(found)[0] is Tri.YES and touched(found)[2] is Tri.NO
    assert list(found.unclear) == [False, unclear, False]
    assert (found.fault is not None) is unclear
    if found.fault is not None:
        assert (found.fault.code, found.fault.field) == ("zones-alike", "river")
        assert word in found.fault.fault.zh


def test_of_a_column_that_holds_only_known_words_none_stands_for_another() -> None:
    lines = frame(FIRST, SECOND, level=["10kV", "110kV"])
    spec = {"name": "level", "title": WORDS, "type": "str", "values": ["10kV", "110kV"]}
    of = {"z": layer(fields=[spec])}
    found = survey(sites(middle(SECOND)), of, {"z": lines}, [asked("10kV")])[asked("10kV")]
    assert touched(found) == [Tri.NO] and not found.unclear.any() and found.fault is None


UNITS = ["ZH14102410001", "ZH14102410002", "ZH14108110001"]


@pytest.mark.parametrize(
    ("asked_for", "unclear"),
    [
        (UNITS[:1], [False, False, False]),
        (["ZH14102499999"], [True, True, False]),
        (["ZH14999910001"], [False, False, False]),
        (["全市"], [True, True, True]),
        (["14102410001"], [True, True, False]),
        ([*UNITS[:1], "全市"], [False, True, True]),
    ],
)
def test_a_unit_that_no_zone_is_may_be_any_of_its_county(
    asked_for: list[str], unclear: list[bool]
) -> None:
    units = frame(FIRST, SECOND, THIRD, unit_code=UNITS)
    where = sites(middle(FIRST), middle(SECOND), middle(THIRD))
    query = Query("z", 0.0, (("unit_code", tuple(asked_for)),))
    official = {"z": layer().model_copy(update={"evidence": Evidence.OFFICIAL})}
    found = survey(where, official, {"z": units}, [query])[query]
    assert list(found.unclear) == unclear
    assert (found.fault is not None) is any(unclear)


def test_a_unit_that_lies_elsewhere_is_no_unit_of_another_name() -> None:
    units = frame(FIRST, SECOND, unit_code=UNITS[:2])
    units.partial = True
    official = {"z": layer().model_copy(update={"evidence": Evidence.OFFICIAL})}
    far, any_ = (Query("z", 0.0, (("unit_code", (x,)),)) for x in ("ZH14102499999", "全市"))
    found = survey(sites(middle(FIRST)), official, {"z": units}, [far, any_])
    assert list(found[far].unclear) == [False] and list(found[any_].unclear) == [True]


def test_what_was_prepared_before_is_used_again() -> None:
    prepared: dict[str, ZoneSet] = {}
    survey(sites(middle(FIRST)), {"z": layer()}, {"z": frame(FIRST)}, [Query("z")], prepared)
    kept = prepared["z"]
    survey(sites(middle(FIRST)), {"z": layer()}, {"z": frame(FIRST)}, [Query("z")], prepared)
    assert prepared["z"] is kept


def test_a_band_of_a_band_is_measured_at_the_line_itself() -> None:
    layers = {"z": layer(), "b": band("b", "z", 100.0), "c": band("c", "b", 20.0)}
    layers["file"] = layer("file", source={"file": "a.gpkg"}, **PLACED)
    assert origin(layers, Query("c", 3.0)) == ("z", 123.0)
    assert origin(layers, Query("file", 3.0)) == ("file", 3.0)


@pytest.mark.parametrize("latitude", [34.6, 40.7])
def test_a_band_is_as_wide_as_asked(latitude: float) -> None:
    # At the western corners of the province, where the plane's scale differs from 1 the most.
    point = shapely.Point(110.3, latitude)
    (drawn,) = around(np.array([point], dtype=object), 1000.0)
    corners = shapely.get_coordinates(drawn)
    assert len(corners) == 4 * 16 + 1
    far = [geodesy.geod().inv(point.x, point.y, lon, lat)[2] for lon, lat in corners]
    assert far == pytest.approx([1000.0] * len(far), abs=0.02)
    # What is too wide on one side is too narrow on the other: the mean is right to 0.5 mm.
    assert np.mean(far[1:]) == pytest.approx(1000.0, abs=5e-4)


def test_a_band_around_a_tall_shape_is_as_wide_as_asked_at_its_middle() -> None:
    line = shapely.LineString([(110.3, 35.0), (110.3, 39.0)])
    (drawn,) = around(np.array([line], dtype=object), 1000.0)
    across = shapely.intersection(drawn, shapely.LineString([(110.0, 37.0), (110.6, 37.0)]))
    wide = geodesy.geod().inv(across.bounds[0], 37.0, across.bounds[2], 37.0)[2]
    assert wide == pytest.approx(2000.0, abs=1.0)


def test_touching_a_county_is_not_lying_in_it() -> None:
    west, east = shapely.box(112, 37, 113, 38), shapely.box(113, 37, 114, 38)
    zones = ZoneSet("c", np.array([east, west], dtype=object), ["east", "west"], np.zeros(2))
    where = sites(
        shapely.box(112.9, 37.1, 113, 37.2), shapely.box(112.9, 37.1, 113.1, 37.2),
        shapely.box(115, 37, 115.1, 37.1),
    )  # fmt: skip
    assert places(where, zones) == [("west",), ("east", "west"), ()]


def test_the_part_outside_is_measured_from_the_edge() -> None:
    cover = shapely.box(112, 37, 113, 38)
    inside, astride = shapely.box(112.5, 37.5, 112.6, 37.6), shapely.box(112.99, 37.5, 113.01, 37.6)
    beyond, point = shapely.box(113.01, 37.5, 113.02, 37.51), shapely.Point(113.01, 37.5)
    road = shapely.LineString([(112.99, 37.5), (113.01, 37.5)])
    found = outside(sites(inside, astride, beyond, point, road), cover, 10.0)
    assert found[0] is None
    half, whole, spot, run = found[1:]
    assert half is not None and whole is not None and spot is not None and run is not None
    assert [m.touches for m in (half, whole, spot, run)] == [
        Tri.UNKNOWN, Tri.YES, Tri.YES, Tri.UNKNOWN
    ]  # fmt: skip
    assert [m.share for m in (half, whole, spot, run)] == pytest.approx([0.5, 1, 1, 0.5], abs=1e-6)
    # 0.01 degrees of longitude are 884 m at 37.5 N, the southern edge, and less to the north.
    assert half.distance_m == pytest.approx(884.1, abs=0.5)
    assert spot.distance_m == pytest.approx(884.1, abs=0.5)
    assert whole.distance_m == pytest.approx(2 * 884.1, abs=1.0)
    assert run.length_m == pytest.approx(884.1, abs=0.5)
    assert outside(sites(inside), cover, 10.0) == [None]


def test_the_share_outside_of_a_site_smaller_than_a_square_metre() -> None:
    cover = shapely.box(112, 37, 113, 38)
    # 8e-6 degrees of longitude are 0.7 m here.
    line = shapely.LineString([(113 - 4e-6, 37.5), (113 + 4e-6, 37.5)])
    (found,) = outside(sites(line), cover, 0.0)
    assert found is not None
    assert found.share == pytest.approx(0.5, abs=1e-3)


def test_a_part_outside_that_reaches_as_far_as_the_edge_is_known_does_not_count() -> None:
    cover = shapely.box(112, 37, 113, 38)
    point = sites(shapely.Point(113.01, 37.5))
    (reach,) = outside(point, cover, 0.0)
    assert reach is not None
    assert outside(point, cover, reach.distance_m) == [None]
    assert outside(point, cover, np.nextafter(reach.distance_m, 0.0)) != [None]


def test_layers_measured_at_once_are_measured_as_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zones = [shapely.box(112 + i, 37, 112.1 + i, 37.1) for i in range(4)]
    names = [f"z{i}" for i in range(5)]
    layers = {name: layer(name) for name in names} | {"around": band("around", "z3", 900.0)}
    frames = {name: frame(*zones[: i + 1] * 2) for i, name in enumerate(names[:4])}
    where = sites(*(middle(zone, size) for zone in zones for size in (0.001, 0.06)))
    queries = [Query(name, distance) for distance in (0.0, 500.0) for name in (*names, "around")]
    told = []
    for processors in (1, 2):
        monkeypatch.setattr(threads, "processors", lambda: processors)  # noqa: B023
        monkeypatch.setattr(threads, "_MANY", 1)
        found = survey(where, layers, frames, queries)
        assert list(found) == [query for query in queries if query.layer != "z4"]
        told.append([list(one.relations) for one in found.values()])
    assert told[0] == told[1]


def test_what_fails_at_one_layer_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "processors", lambda: 2)
    monkeypatch.setattr(threads, "_MANY", 1)

    def work(_: SiteSet, name: str) -> str:
        if name == "two":
            raise ValueError(name)
        return name

    own = sites(middle(FIRST))
    assert sorted(threads.shared(own, work, [["one", "four"], ["three"]])) == [
        "four",
        "one",
        "three",
    ]
    with pytest.raises(ValueError, match="two"):
        list(threads.shared(own, work, [["one"], ["two"], ["three"]]))


def test_layers_with_geometries_in_common_are_measured_by_one_thread() -> None:
    shapes = np.array([FIRST, SECOND, THIRD, middle(THIRD)], dtype=object)

    def zones(*which: int) -> ZoneSet:
        return ZoneSet("z", shapes[list(which)], [""] * len(which), np.zeros(len(which)))

    apart = {"a": zones(0), "b": zones(1), "c": zones(2)}
    assert threads.grouped(apart) == [["a"], ["b"], ["c"]]
    joined = {"a": zones(0), "b": zones(1, 3), "c": zones(2), "d": zones(3, 0)}
    assert threads.grouped(joined) == [["a", "b", "d"], ["c"]]
    assert threads.grouped({"x": apart["a"], "y": zones(0).subset(np.array([True]))}) == [
        ["x", "y"]
    ]
